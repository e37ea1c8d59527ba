//! What Daybook's own documents say about the balance with Amazon: which are open at the end of a
//! day, and how those of orders moved it.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, MoneyError};
use intents::{Body, Decided, Intent, IntentId, State};
use mapping::settlement::bridge::{Document, Open, OrderBooked, OrderStep};
use mapping::settlement::carries_rows;
use mapping::settlement::ledger::{self, Paper, PaperKind};
use store::SubjectRow;
use xero::Paid;

/// A document that stands in the ledger.
#[derive(Debug, Clone)]
pub(super) struct Standing<'a> {
    pub(super) id: &'a IntentId,
    pub(super) remote_id: Option<&'a str>,
    pub(super) number: &'a str,
    pub(super) date: Day,
    /// What Amazon or a buyer owes by it: bills and credit notes to customers are negative.
    pub(super) amount: Money,
    is_note: bool,
}

impl<'a> Standing<'a> {
    fn of(paper: &Paper<'a>) -> Result<Standing<'a>, MoneyError> {
        Ok(Standing {
            id: paper.id,
            remote_id: paper.remote_id,
            number: paper.number,
            date: paper.date,
            amount: paper.owed()?,
            is_note: matches!(paper.kind, PaperKind::CreditNote | PaperKind::SupplierCredit),
        })
    }
}

/// What was paid on a document, in its own sense.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) date: Day,
    pub(super) amount: Money,
    pub(super) account_id: String,
}

/// A subject's documents and what settles them, as Daybook decided and posted them.
#[derive(Debug)]
pub(super) struct Booked<'a> {
    pub(super) documents: Vec<Standing<'a>>,
    settled: BTreeMap<&'a IntentId, Vec<Settled>>,
    decided: &'a [Decided],
}

fn is_posted(decided: &Decided) -> bool {
    decided.progress.state == State::Posted
}

impl<'a> Booked<'a> {
    pub(super) fn of(row: &'a SubjectRow) -> Result<Booked<'a>, MoneyError> {
        let stands = ledger::Standing::of(&row.decided);
        let papers = stands.papers();
        let documents = papers.iter().map(Standing::of).collect::<Result<_, _>>()?;
        let mut booked = Booked { documents, settled: BTreeMap::new(), decided: &row.decided };
        for one in stands.live() {
            booked.settle(one);
        }
        Ok(booked)
    }

    fn settle(&mut self, one: &'a Decided) {
        let (on, date, amount, account) = match &one.intent.body {
            Body::Payment(paid) | Body::Refund(paid) => {
                (vec![&paid.invoice], paid.date, paid.amount, paid.account_id.clone())
            }
            Body::Allocation(set) => {
                (vec![&set.invoice, &set.credit_note], set.date, set.amount, String::new())
            }
            Body::Contact(_)
            | Body::Item(_)
            | Body::Invoice(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::CreditNote(_)
            | Body::Bill(_)
            | Body::SupplierCredit(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_)
            | Body::Undo(_) => return,
        };
        for document in on {
            let settled = Settled { date, amount, account_id: account.clone() };
            self.settled.entry(document).or_default().push(settled);
        }
    }

    pub(super) fn settled(&self, document: &Standing<'_>) -> &[Settled] {
        self.settled.get(document.id).map(Vec::as_slice).unwrap_or_default()
    }

    /// What payments that Xero shows and Daybook did not make settle on its documents.
    pub(super) fn add(&mut self, paid: &[Paid], currency: Currency) -> Result<(), MoneyError> {
        let known: BTreeSet<&str> = self
            .decided
            .iter()
            .filter_map(|one| one.receipt.as_ref().map(|receipt| receipt.remote_id.as_str()))
            .collect();
        for document in &self.documents {
            let of_it = paid.iter().filter(|one| {
                document.remote_id.is_some_and(|id| id.eq_ignore_ascii_case(&one.invoice_id))
                    && !known.iter().any(|known| known.eq_ignore_ascii_case(&one.id))
            });
            for one in of_it {
                let amount = Money::exact(one.amount, currency)?;
                let account_id = one.account_id.clone();
                let settled = Settled { date: one.date, amount, account_id };
                self.settled.entry(document.id).or_default().push(settled);
            }
        }
        Ok(())
    }

    /// What is open of a document at the end of a day, in the sense of what is owed to the seller.
    fn open(&self, document: &Standing<'_>, day: Day) -> Result<Money, MoneyError> {
        let currency = document.amount.currency();
        if document.date > day {
            return Ok(Money::zero(currency));
        }
        let settled = self.settled(document).iter().filter(|one| one.date <= day);
        let settled = Money::sum(settled.map(|one| one.amount), currency)?;
        if document.amount.is_negative() {
            document.amount.plus(settled)
        } else {
            document.amount.minus(settled)
        }
    }

    /// Xero's ids of the invoices and bills that nothing of ours has settled by the end of a day.
    pub(super) fn unsettled(&self, day: Day) -> Result<Vec<String>, MoneyError> {
        let mut ids = Vec::new();
        for document in self.documents.iter().filter(|document| !document.is_note) {
            if !self.open(document, day)?.is_zero() {
                ids.extend(document.remote_id.map(str::to_owned));
            }
        }
        Ok(ids)
    }

    pub(super) fn opens(&self, day: Day) -> Result<Vec<Open>, MoneyError> {
        let mut opens = Vec::new();
        for document in &self.documents {
            let amount = self.open(document, day)?;
            if !amount.is_zero() {
                let text = format!("open, dated {}", document.date);
                opens.push(Open { number: document.number.to_owned(), text, amount });
            }
        }
        Ok(opens)
    }

    /// Of an order: how its documents moved the balance. `with_amazon` are the accounts of it.
    pub(super) fn order(&self, with_amazon: &BTreeSet<String>) -> Result<OrderBooked, MoneyError> {
        let mut steps = Vec::new();
        for document in &self.documents {
            let zero = Money::zero(document.amount.currency());
            let number = document.number.to_owned();
            let (date, amount) = (document.date, document.amount);
            steps.push(OrderStep { number: number.clone(), date, amount, paid: zero });
            for settled in self.settled(document).iter().filter(|one| !one.account_id.is_empty()) {
                let signed =
                    if amount.is_negative() { settled.amount.negated()? } else { settled.amount };
                let is_with = with_amazon.contains(&settled.account_id.to_lowercase());
                let (amount, paid) =
                    if is_with { (zero, signed) } else { (signed.negated()?, zero) };
                steps.push(OrderStep { number: number.clone(), date: settled.date, amount, paid });
            }
        }
        Ok(OrderBooked { steps })
    }

    /// Of a settlement: the documents that carry its rows.
    pub(super) fn carriers(&self) -> Vec<Document> {
        let carriers = self.decided.iter().filter(|one| is_posted(one)).filter_map(|one| {
            let (number, date) = carrier(&one.intent)?;
            let reversal = format!("undo:reversal:{}:{}", one.intent.part, one.intent.revision);
            let reversal = self.decided.iter().find(|other| other.intent.part == reversal);
            Some(Document {
                number: number.to_owned(),
                date,
                reversed: reversal.filter(|other| is_posted(other)).and_then(dated),
            })
        });
        carriers.collect()
    }
}

/// Number and day of a document that carries a settlement's rows.
fn carrier(intent: &Intent) -> Option<(&str, Day)> {
    if !carries_rows(intent) {
        return None;
    }
    match &intent.body {
        Body::Invoice(made) | Body::Bill(made) => Some((&made.number, made.date)),
        Body::BankTransaction(moved) => Some((&moved.reference, moved.date)),
        Body::ManualJournal(made) => Some((made.number(), made.date)),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

/// The day of a document that says the opposite of another.
fn dated(decided: &Decided) -> Option<Day> {
    match &decided.intent.body {
        Body::CreditNote(note) | Body::SupplierCredit(note) => Some(note.date),
        Body::BankTransaction(moved) => Some(moved.date),
        Body::ManualJournal(made) => Some(made.date),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}
