//! What says the opposite of a posted document, where the document itself cannot be taken back:
//! on the first open day, with the true date in its text and the reason in its trace.

use base::{Day, Money};
use intents::{
    Allocation, BankTransaction, BankTransfer, Body, CreditNote, Decided, Direction, Intent,
    Invoice, JournalLine, Kind, ManualJournal, Payment, Reason, Trace,
};

use super::{PREFIX, asked_at, date, is_document, refused};
use crate::orders::stop::Stop;
use crate::rulebook::Role;
use crate::settlement::decide::Settling;
use crate::settlement::documents::{self, intent};

/// The table that a reversal's trace names.
const TABLE: &str = "undo";

/// The part in which the opposite of a document is said.
pub(super) fn part_of(decided: &Decided) -> String {
    format!("{PREFIX}reversal:{}:{}", decided.intent.part, decided.intent.revision)
}

/// The part that an intent says the opposite of.
pub(crate) fn reverses(intent: &Intent) -> Option<&str> {
    intent.part.strip_prefix(PREFIX)?.strip_prefix("reversal:")
}

/// The day on which it was asked for, or the day after the close date.
fn open_day(settling: &Settling<'_>) -> Day {
    let day = settling.case.day(asked_at(settling));
    let close = settling.asked.situation.chart.organisation.close_date();
    let close = close.max(settling.case.settings().filed_until);
    close.map_or(day, |close| day.max(close.after_days(1)))
}

/// The documents that say the opposite of one that `payments` were made on.
pub(super) fn of(
    settling: &Settling<'_>,
    document: &Decided,
    payments: &[&Payment],
    why: &Reason,
) -> Result<Vec<Intent>, Stop> {
    let turning = Turning { settling, document, why, day: open_day(settling) };
    match &document.intent.body {
        Body::Invoice(invoice) => turning.note((invoice, Kind::Invoice), payments),
        Body::Bill(bill) => turning.note((bill, Kind::Bill), payments),
        Body::BankTransaction(moved) => Ok(vec![turning.made("", turning.turned(moved))]),
        Body::BankTransfer(moved) => Ok(vec![turning.made("", turning.sent_back(moved))]),
        Body::ManualJournal(made) => Ok(vec![turning.made("", turning.told_back(made)?)]),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::Attachment(_)
        | Body::Undo(_) => Ok(Vec::new()),
    }
}

/// The reason for the newest documents' reversals in a sentence, if any of them was reversed.
pub(super) fn told(settling: &Settling<'_>, new: &[Intent]) -> Option<String> {
    let known = settling.booked.0.iter();
    let newest = known.filter(|one| {
        let newest = settling.booked.newest(&one.intent.part);
        is_document(one) && newest.is_some_and(|newest| newest.intent.id == one.intent.id)
    });
    let reversals = newest.filter_map(|document| {
        let part = part_of(document);
        let made = settling.booked.newest(&part).map(|known| &known.intent);
        made.or_else(|| new.iter().find(|one| one.part == part))
    });
    let mut told = reversals.filter_map(|made| {
        let trace = made.because.traces.iter().find(|trace| trace.table == TABLE)?;
        let day = dated(&made.body)?;
        Some(format!(
            "taken back by a person, reversed on {day} because of {}: {}",
            trace.rule, trace.reading
        ))
    });
    told.next()
}

fn dated(body: &Body) -> Option<Day> {
    match body {
        Body::CreditNote(note) | Body::SupplierCredit(note) => Some(note.date),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => date(body),
    }
}

/// One document being reversed on a day.
struct Turning<'a, 's> {
    settling: &'s Settling<'a>,
    document: &'s Decided,
    why: &'s Reason,
    day: Day,
}

impl Turning<'_, '_> {
    fn made(&self, suffix: &str, body: Body) -> Intent {
        let trace = Trace {
            table: TABLE.to_owned(),
            rule: self.why.code.clone(),
            reading: self.why.detail.clone(),
        };
        let part = format!("{}{suffix}", part_of(self.document));
        intent(self.settling, &part, body, vec![trace])
    }

    fn turned(&self, moved: &BankTransaction) -> Body {
        let direction = match moved.direction {
            Direction::Receive => Direction::Spend,
            Direction::Spend => Direction::Receive,
        };
        let mut lines = moved.lines.clone();
        for line in &mut lines {
            line.description = text(&moved.reference, moved.date, &line.description);
        }
        let (date, reference) = (self.day, format!("{}-R", moved.reference));
        Body::BankTransaction(BankTransaction {
            direction,
            date,
            reference,
            lines,
            ..moved.clone()
        })
    }

    fn sent_back(&self, moved: &BankTransfer) -> Body {
        Body::BankTransfer(BankTransfer {
            from_account_id: moved.to_account_id.clone(),
            from_account_name: moved.to_account_name.clone(),
            to_account_id: moved.from_account_id.clone(),
            to_account_name: moved.from_account_name.clone(),
            date: self.day,
            amount: moved.amount,
            reference: format!("{}-R", moved.reference),
        })
    }

    fn told_back(&self, made: &ManualJournal) -> Result<Body, Stop> {
        let number = made.number();
        let mut lines = opposite(made.lines.clone())?;
        for line in &mut lines {
            line.description = text(number, made.date, &line.description);
        }
        let narration = format!("{number}-R Reversal of {number} of {}", made.date);
        let on_cash_basis = made.on_cash_basis;
        Ok(Body::ManualJournal(ManualJournal { narration, date: self.day, lines, on_cash_basis }))
    }

    /// A credit note of the same lines. It is set against the document where that is open, and
    /// given back through the account that the document was paid from or into where it is not.
    fn note(
        &self,
        (invoice, kind): (&Invoice, Kind),
        payments: &[&Payment],
    ) -> Result<Vec<Intent>, Stop> {
        let credit = credit(invoice, self.day);
        let number = credit.number.clone();
        let body = if kind == Kind::Bill {
            Body::SupplierCredit(credit)
        } else {
            Body::CreditNote(credit)
        };
        let mut made = self.made("", body);
        made.needs = vec![self.document.intent.id.clone()];
        let named = (&made, number.as_str());
        let mut parts = Vec::new();
        for (at, payment) in payments.iter().enumerate() {
            let account = (payment.account_id.as_str(), payment.account_name.as_str());
            let suffix = format!(":refund:{}", at.saturating_add(1));
            parts.push(self.refund(named, invoice, (account, payment.amount), &suffix));
        }
        let paid = Money::sum(payments.iter().map(|payment| payment.amount), invoice.currency)?;
        let open = invoice.total.minus(paid)?;
        if open.is_positive() && self.is_matched() {
            let clearing = documents::account(self.settling, Role::Clearing(invoice.currency))?;
            let account = (clearing.account_id.as_str(), clearing.name.as_str());
            parts.push(self.refund(named, invoice, (account, open), ":clearing"));
        } else if open.is_positive() {
            parts.push(self.allocation(named, invoice, open));
        }
        parts.insert(0, made);
        Ok(parts)
    }

    fn refund(
        &self,
        (note, number): (&Intent, &str),
        invoice: &Invoice,
        (account, amount): ((&str, &str), Money),
        suffix: &str,
    ) -> Intent {
        let body = Body::Refund(Payment {
            invoice: note.id.clone(),
            invoice_number: number.to_owned(),
            account_id: account.0.to_owned(),
            account_name: account.1.to_owned(),
            date: self.day,
            amount,
            rate: invoice.rate,
            reference: invoice.reference.clone(),
        });
        let mut made = self.made(suffix, body);
        made.needs = vec![note.id.clone()];
        made
    }

    fn allocation(
        &self,
        (note, number): (&Intent, &str),
        invoice: &Invoice,
        amount: Money,
    ) -> Intent {
        let document = &self.document.intent.id;
        let body = Body::Allocation(Allocation {
            credit_note: note.id.clone(),
            credit_note_number: number.to_owned(),
            invoice: document.clone(),
            invoice_number: invoice.number.clone(),
            date: self.day,
            amount,
        });
        let mut made = self.made(":allocation", body);
        made.needs = vec![note.id.clone(), document.clone()];
        made
    }

    /// Xero refused to void it because of money that is not ours: a bookkeeper matched it with the
    /// bank.
    fn is_matched(&self) -> bool {
        let reason = refused(self.settling, self.document);
        reason.is_some_and(|reason| {
            reason.code == "has_payments" || reason.code == "document_reconciled"
        })
    }
}

/// A credit note of an invoice's or a bill's own lines, on another day.
pub(crate) fn credit(invoice: &Invoice, day: Day) -> CreditNote {
    let mut lines = invoice.lines.clone();
    for line in &mut lines {
        line.description = text(&invoice.number, invoice.date, &line.description);
    }
    CreditNote {
        number: format!("{}-R", invoice.number),
        contact: invoice.contact.clone(),
        date: day,
        currency: invoice.currency,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
        lines,
        total: invoice.total,
        tax: invoice.tax,
    }
}

/// The same lines of a journal on the other side.
pub(crate) fn opposite(lines: Vec<JournalLine>) -> Result<Vec<JournalLine>, Stop> {
    let turn = |line: JournalLine| Ok(JournalLine { amount: line.amount.negated()?, ..line });
    lines.into_iter().map(turn).collect()
}

fn text(number: &str, date: Day, line: &str) -> String {
    format!("Reversal of {number} of {date}: {line}")
}
