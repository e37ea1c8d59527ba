//! Taking a posted settlement back: payments before documents, each by its own undoing. Where the
//! books are closed, or Xero refuses because a bank line was matched, a document that says the
//! opposite is posted on the first open day instead, with the true date in its text.

use base::{Day, Money};
use facts::finances::Payout;
use facts::{Act, Body as Said};
use intents::{
    Allocation, BankTransaction, BankTransfer, Body, CreditNote, Decided, Direction, Intent,
    IntentId, Invoice, Kind, Payment, Reason, State, Undo,
};

use crate::orders::Changes;
use crate::orders::booked;
use crate::orders::stop::Stop;
use crate::rulebook::Role;
use crate::settlement::decide::Settling;
use crate::settlement::documents::{self, intent};
use crate::settlement::plan::Way;

/// Parts of what takes something back begin with it.
pub(crate) const PREFIX: &str = "undo:";

/// The reasons for which a document cannot be undone and is reversed instead.
const BARRED: [&str; 3] = ["period_locked", "document_reconciled", "has_payments"];

pub(crate) fn take_back(settling: &Settling<'_>) -> Result<Changes, Stop> {
    let standing = settling.standing();
    if standing.iter().any(|decided| decided.progress.state.is_in_flight()) {
        return Ok(Changes { wait: true, ..Changes::default() });
    }
    let mut changes = Changes::default();
    let unsent = standing.iter().filter(|decided| booked::is_unsent(decided));
    changes.withdraw.extend(unsent.map(|decided| decided.intent.id.clone()));
    for decided in standing.iter().filter(|decided| !booked::is_unsent(decided)) {
        match decided.intent.kind() {
            Kind::Invoice | Kind::Bill | Kind::BankTransaction | Kind::BankTransfer => {
                one(settling, &standing, decided, &mut changes)?;
            }
            // Payments go with what they pay; a contact or a file stays.
            Kind::Payment
            | Kind::Contact
            | Kind::Item
            | Kind::InvoiceEdit
            | Kind::InvoiceVoid
            | Kind::CreditNote
            | Kind::Allocation
            | Kind::SupplierCredit
            | Kind::Refund
            | Kind::ManualJournal
            | Kind::Attachment
            | Kind::Undo => {}
        }
    }
    changes.note = Some(Reason::new("recorded", "taken back by a person"));
    Ok(changes)
}

/// Undoes one document with its payments, or reverses it where that is barred.
fn one(
    settling: &Settling<'_>,
    standing: &[&Decided],
    document: &Decided,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let payments: Vec<&Decided> = standing
        .iter()
        .copied()
        .filter(|decided| pays(decided).is_some_and(|paid| paid.invoice == document.intent.id))
        .filter(|decided| !booked::is_unsent(decided))
        .collect();
    let mut parts: Vec<&Decided> = payments.clone();
    parts.push(document);
    let is_barred = date(&document.intent.body)
        .is_some_and(|day| settling.case.must_be_open(day, "the document").is_err())
        || parts.iter().any(|part| undoing_of(settling, part).is_some_and(is_barred));
    if is_barred {
        let pending = parts.iter().filter_map(|part| undoing_of(settling, part));
        let pending = pending.filter(|undoing| booked::is_unsent(undoing));
        changes.withdraw.extend(pending.map(|undoing| undoing.intent.id.clone()));
        let reversal = reversal(settling, document, &payments)?;
        changes.intents.extend(reversal);
        return Ok(());
    }
    let mut before = Vec::new();
    for payment in payments {
        let undoing = undone(settling, payment, Vec::new());
        before.push(undoing.id.clone());
        push_new(settling, undoing, changes);
    }
    push_new(settling, undone(settling, document, before), changes);
    Ok(())
}

fn push_new(settling: &Settling<'_>, wanted: Intent, changes: &mut Changes) {
    if settling.booked.newest(&wanted.part).is_none() {
        changes.intents.push(wanted);
    }
}

/// The part in which a document is taken back.
fn part_of(decided: &Decided) -> String {
    format!("{PREFIX}{}:{}", decided.intent.part, decided.intent.revision)
}

fn undoing_of<'a>(settling: &Settling<'a>, decided: &Decided) -> Option<&'a Decided> {
    settling.booked.newest(&part_of(decided))
}

fn is_barred(undoing: &Decided) -> bool {
    let reason = undoing.progress.reason.as_ref();
    undoing.progress.state == State::Dead
        && reason.is_some_and(|reason| BARRED.contains(&reason.code.as_str()))
}

/// An undoing that needs others to be through first. Its id is the same each time.
fn undone(settling: &Settling<'_>, decided: &Decided, before: Vec<IntentId>) -> Intent {
    let body = Body::Undo(Undo {
        of: decided.intent.id.clone(),
        of_kind: decided.intent.kind(),
        label: label(&decided.intent),
        on: None,
    });
    let part = part_of(decided);
    let mut made = match settling.booked.newest(&part) {
        Some(known) => known.intent.clone(),
        None => intent(settling, &part, body, Vec::new()),
    };
    if settling.booked.newest(&part).is_none() {
        made.needs = std::iter::once(decided.intent.id.clone()).chain(before).collect();
        made.supersedes = Some(decided.intent.id.clone());
    }
    made
}

fn label(intent: &Intent) -> String {
    match &intent.body {
        Body::Payment(payment) => format!("{} on {}", payment.amount, payment.invoice_number),
        Body::BankTransaction(moved) => format!("{} {}", moved.total, moved.reference),
        Body::BankTransfer(moved) => format!("{} {}", moved.amount, moved.reference),
        Body::Invoice(invoice) | Body::Bill(invoice) => invoice.number.clone(),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => intent.part.clone(),
    }
}

fn pays(decided: &Decided) -> Option<&Payment> {
    match &decided.intent.body {
        Body::Payment(payment) => Some(payment),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

fn date(body: &Body) -> Option<Day> {
    match body {
        Body::Invoice(invoice) | Body::Bill(invoice) => Some(invoice.date),
        Body::BankTransaction(moved) => Some(moved.date),
        Body::BankTransfer(moved) => Some(moved.date),
        Body::Payment(payment) => Some(payment.date),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

/// True once a document says the opposite of this one, in whatever state it is.
pub(crate) fn is_reversed(settling: &Settling<'_>, decided: &Decided) -> bool {
    let reversal = settling.booked.newest(&reversal_part(decided));
    let is_of_reversed = pays(decided).is_some_and(|payment| {
        let mut paid = settling.booked.0.iter().filter(|d| d.intent.id == payment.invoice);
        paid.any(|paid| settling.booked.newest(&reversal_part(paid)).is_some())
    });
    reversal.is_some() || is_of_reversed
}

fn reversal_part(decided: &Decided) -> String {
    format!("{PREFIX}reversal:{}:{}", decided.intent.part, decided.intent.revision)
}

/// The first day on which anything may be dated: the day on which the person spoke, or the day
/// after the close date.
fn open_day(settling: &Settling<'_>) -> Day {
    let spoken = settling.asked.situation.facts.iter().filter_map(|fact| match &fact.body {
        Said::Approval(approval) if approval.act == Act::Reverse => Some(fact.occurred),
        Said::Approval(_)
        | Said::Order(_)
        | Said::Unreadable { .. }
        | Said::Settlement(_)
        | Said::Transaction(_)
        | Said::Payout(_)
        | Said::Summary(_)
        | Said::EventGroup(_)
        | Said::Balance(_)
        | Said::Proof { .. } => None,
    });
    let spoken = spoken.max().unwrap_or(settling.asked.found.settlement.end);
    let day = settling.case.day(spoken);
    let close = settling.asked.situation.chart.organisation.close_date();
    let close = close.max(settling.case.settings().filed_until);
    close.map_or(day, |close| day.max(close.after_days(1)))
}

fn reversal(
    settling: &Settling<'_>,
    document: &Decided,
    payments: &[&Decided],
) -> Result<Vec<Intent>, Stop> {
    let day = open_day(settling);
    settling.case.must_be_open(day, "the reversal")?;
    let part = reversal_part(document);
    match &document.intent.body {
        Body::Invoice(invoice) => note(settling, document, (invoice, Kind::Invoice), payments, day),
        Body::Bill(bill) => note(settling, document, (bill, Kind::Bill), payments, day),
        Body::BankTransaction(moved) => {
            let direction = match moved.direction {
                Direction::Receive => Direction::Spend,
                Direction::Spend => Direction::Receive,
            };
            let reference = format!("{}-R", moved.reference);
            let body = BankTransaction { direction, date: day, reference, ..moved.clone() };
            Ok(vec![intent(settling, &part, Body::BankTransaction(body), Vec::new())])
        }
        Body::BankTransfer(moved) => {
            let body = BankTransfer {
                from_account_id: moved.to_account_id.clone(),
                from_account_name: moved.to_account_name.clone(),
                to_account_id: moved.from_account_id.clone(),
                to_account_name: moved.from_account_name.clone(),
                date: day,
                amount: moved.amount,
                reference: format!("{}-R", moved.reference),
            };
            Ok(vec![intent(settling, &part, Body::BankTransfer(body), Vec::new())])
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => Ok(Vec::new()),
    }
}

/// A credit note of the same lines. It is set against the document where that is open, and given
/// back through the account that the document was paid from or into where it is not.
fn note(
    settling: &Settling<'_>,
    document: &Decided,
    (invoice, kind): (&Invoice, Kind),
    payments: &[&Decided],
    day: Day,
) -> Result<Vec<Intent>, Stop> {
    let mut lines = invoice.lines.clone();
    for line in &mut lines {
        line.description =
            format!("Reversal of {} of {}: {}", invoice.number, invoice.date, line.description);
    }
    let credit = CreditNote {
        number: format!("{}-R", invoice.number),
        contact: invoice.contact.clone(),
        date: day,
        currency: invoice.currency,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
        lines,
        total: invoice.total,
        tax: invoice.tax,
    };
    let part = reversal_part(document);
    let number = credit.number.clone();
    let body =
        if kind == Kind::Bill { Body::SupplierCredit(credit) } else { Body::CreditNote(credit) };
    let mut made = intent(settling, &part, body, Vec::new());
    made.needs = vec![document.intent.id.clone()];
    let paid = payments.iter().filter_map(|payment| pays(payment));
    let paid = Money::sum(paid.map(|payment| payment.amount), invoice.currency)?;
    let mut intents = Vec::new();
    let mut refund = |account: (&str, &str), amount: Money, suffix: &str| {
        let body = Body::Refund(Payment {
            invoice: made.id.clone(),
            invoice_number: number.clone(),
            account_id: account.0.to_owned(),
            account_name: account.1.to_owned(),
            date: day,
            amount,
            rate: invoice.rate,
            reference: invoice.reference.clone(),
        });
        let mut one = intent(settling, &format!("{part}:{suffix}"), body, Vec::new());
        one.needs = vec![made.id.clone()];
        intents.push(one);
    };
    for payment in payments.iter().filter_map(|payment| pays(payment)) {
        refund((&payment.account_id, &payment.account_name), payment.amount, "refund");
    }
    let open = invoice.total.minus(paid)?;
    if open.is_positive() {
        if is_matched(settling, document) {
            let clearing = documents::account(settling, Role::Clearing(invoice.currency))?;
            refund((&clearing.account_id, &clearing.name), open, "clearing");
        } else {
            let body = Body::Allocation(Allocation {
                credit_note: made.id.clone(),
                credit_note_number: number.clone(),
                invoice: document.intent.id.clone(),
                invoice_number: invoice.number.clone(),
                date: day,
                amount: open,
            });
            let mut one = intent(settling, &format!("{part}:allocation"), body, Vec::new());
            one.needs = vec![made.id.clone(), document.intent.id.clone()];
            intents.push(one);
        }
    }
    intents.insert(0, made);
    Ok(intents)
}

/// Xero refused to void it because of money that is not ours: a bookkeeper matched it with the
/// bank.
fn is_matched(settling: &Settling<'_>, document: &Decided) -> bool {
    let undoing = undoing_of(settling, document);
    let reason = undoing.and_then(|undoing| undoing.progress.reason.as_ref());
    reason
        .is_some_and(|reason| reason.code == "has_payments" || reason.code == "document_reconciled")
}

/// The bank sent the payout back: what said that it arrived is undone, and what waits for it is
/// settled from clearing, where Amazon's later row brings the money back.
pub(crate) fn payout_failed(
    settling: &Settling<'_>,
    standing: &[&Decided],
    payout: &Payout,
) -> Result<Changes, Stop> {
    let mut changes = Changes::default();
    if settling.asked.way == Way::PerOrder {
        let made = standing.iter().find(|decided| decided.intent.part == "payout");
        if let Some(made) = made.filter(|made| made.progress.state == State::Posted) {
            push_new(settling, undone(settling, made, Vec::new()), &mut changes);
        }
        return Ok(changes);
    }
    let documents = standing.iter().filter(|d| matches!(d.intent.body, Body::Invoice(_)));
    let Some(last) = documents.max_by_key(|d| booked::ordinal(&d.intent.part)) else {
        return Ok(changes);
    };
    let Body::Invoice(invoice) = &last.intent.body else { return Ok(changes) };
    let day = settling.case.day(payout.updated);
    settling.case.must_be_open(day, "the payout that came back")?;
    let clearing = documents::account(settling, Role::Clearing(invoice.currency))?;
    let body = Body::Payment(Payment {
        invoice: last.intent.id.clone(),
        invoice_number: invoice.number.clone(),
        account_id: clearing.account_id.clone(),
        account_name: clearing.name.clone(),
        date: day,
        amount: invoice.total,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
    });
    let mut returned = intent(settling, "returned", body, Vec::new());
    returned.needs = vec![last.intent.id.clone()];
    push_new(settling, returned, &mut changes);
    Ok(changes)
}
