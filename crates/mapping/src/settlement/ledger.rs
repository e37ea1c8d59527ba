//! What Daybook's own documents do to the ledger, account by account: debits positive.
//!
//! Only what stands counts: posted, not voided, not undone, no draft. An invoice reads as its last
//! edit says. Tax that goes to the organisation's own tax account is left out: Xero moves that.

mod entries;

use std::collections::BTreeSet;

use base::{Day, Money, MoneyError, Subject};
use intents::document::{CreditNote, JournalLine, Line};
use intents::{
    BankTransaction, Body, Decided, Direction, IntentId, Invoice, InvoiceStatus, Payment, State,
};

pub use self::entries::{Entry, EntryLine};

/// Where a movement is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An account's id, in small letters.
    Account(String),
    /// What customers owe, and what suppliers are owed: the documents themselves.
    Receivable,
    Payable,
}

/// One amount on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    pub place: Place,
    pub day: Day,
    /// Debits positive.
    pub amount: Money,
    /// The document's number or reference.
    pub number: String,
    /// What its line says.
    pub text: String,
    pub subject: Subject,
}

/// An invoice, a bill or a credit note that stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper<'a> {
    pub kind: PaperKind,
    pub id: &'a IntentId,
    /// Xero's id.
    pub remote_id: Option<&'a str>,
    pub subject: &'a Subject,
    pub number: &'a str,
    pub date: Day,
    pub lines: &'a [Line],
    pub total: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperKind {
    Invoice,
    CreditNote,
    Bill,
    SupplierCredit,
}

impl PaperKind {
    /// True where the document itself is a debit: someone owes the seller.
    pub fn is_debit(self) -> bool {
        matches!(self, PaperKind::Invoice | PaperKind::SupplierCredit)
    }

    /// True of what a supplier sends.
    pub fn is_purchase(self) -> bool {
        matches!(self, PaperKind::Bill | PaperKind::SupplierCredit)
    }

    fn place(self) -> Place {
        if self.is_purchase() { Place::Payable } else { Place::Receivable }
    }

    /// A debit of the document, or a credit where it is one.
    fn signed(self, amount: Money) -> Result<Money, MoneyError> {
        if self.is_debit() { Ok(amount) } else { amount.negated() }
    }
}

impl Paper<'_> {
    /// What is owed to the seller by it: negative where the seller owes.
    pub fn owed(&self) -> Result<Money, MoneyError> {
        self.kind.signed(self.total)
    }
}

/// What was posted, with the invoices that an edit took the place of: the document is there all the
/// same.
fn posted(decided: &[Decided]) -> Vec<&Decided> {
    let is_posted = |one: &&Decided| one.progress.state == State::Posted;
    let edited = decided.iter().filter(is_posted).filter_map(|one| edit_of(&one.intent.body));
    let edited: BTreeSet<&IntentId> = edited.collect();
    decided.iter().filter(|one| is_posted(one) || edited.contains(&one.intent.id)).collect()
}

/// A subject's intents that stand.
#[derive(Debug)]
pub struct Standing<'a> {
    posted: Vec<&'a Decided>,
    gone: BTreeSet<&'a IntentId>,
}

impl<'a> Standing<'a> {
    pub fn of(decided: &'a [Decided]) -> Standing<'a> {
        let posted = posted(decided);
        let gone = posted.iter().filter_map(|one| ended(&one.intent.body)).collect();
        Standing { posted, gone }
    }

    /// What was neither ended nor taken back since.
    pub fn live(&self) -> impl Iterator<Item = &'a Decided> {
        self.posted.iter().copied().filter(|one| !self.gone.contains(&one.intent.id))
    }

    /// Invoices, bills and credit notes that are in the ledger.
    pub fn papers(&self) -> Vec<Paper<'a>> {
        self.live().filter_map(|one| self.paper(one)).collect()
    }

    fn paper(&self, one: &'a Decided) -> Option<Paper<'a>> {
        match &one.intent.body {
            Body::Invoice(_) => of_invoice(one, PaperKind::Invoice, self.invoice(one)?),
            Body::Bill(made) => of_invoice(one, PaperKind::Bill, made),
            Body::CreditNote(note) => Some(of_note(one, PaperKind::CreditNote, note)),
            Body::SupplierCredit(note) => Some(of_note(one, PaperKind::SupplierCredit, note)),
            Body::Contact(_)
            | Body::Item(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::Allocation(_)
            | Body::Payment(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_)
            | Body::Undo(_) => None,
        }
    }

    /// The invoice that an intent made, as its last edit says.
    pub(crate) fn invoice(&self, one: &'a Decided) -> Option<&'a Invoice> {
        let Body::Invoice(made) = &one.intent.body else { return None };
        Some(self.edited(&one.intent.id).unwrap_or(made))
    }

    fn edited(&self, id: &IntentId) -> Option<&'a Invoice> {
        let edits = self.posted.iter().filter_map(|other| match &other.intent.body {
            Body::InvoiceEdit { of, invoice } if of == id => Some((other.intent.revision, invoice)),
            Body::InvoiceEdit { .. }
            | Body::Contact(_)
            | Body::Item(_)
            | Body::Invoice(_)
            | Body::InvoiceVoid { .. }
            | Body::CreditNote(_)
            | Body::Allocation(_)
            | Body::Payment(_)
            | Body::Bill(_)
            | Body::SupplierCredit(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_)
            | Body::Undo(_) => None,
        });
        edits.max_by_key(|(revision, _)| *revision).map(|(_, invoice)| invoice)
    }

    /// Everything that the subject's intents moved.
    pub fn movements(&self) -> Result<Vec<Movement>, MoneyError> {
        let papers = self.papers();
        let mut all = Vec::new();
        for paper in &papers {
            of_paper(paper, &mut all)?;
        }
        for one in self.live() {
            let subject = &one.intent.subject;
            match &one.intent.body {
                Body::Payment(paid) | Body::Refund(paid) => {
                    all.extend(of_payment(&papers, paid)?);
                }
                Body::Allocation(set) => {
                    for id in [&set.invoice, &set.credit_note] {
                        all.extend(settled(&papers, id, (set.date, set.amount))?);
                    }
                }
                Body::BankTransaction(moved) => of_bank(subject, moved, &mut all)?,
                Body::BankTransfer(moved) => {
                    let sides = [
                        (&moved.from_account_id, moved.amount.negated()?),
                        (&moved.to_account_id, moved.amount),
                    ];
                    for (account, amount) in sides {
                        let place = account_place(account);
                        let (number, text) = (moved.reference.clone(), "transfer".to_owned());
                        let subject = subject.clone();
                        let day = moved.date;
                        all.push(Movement { place, day, amount, number, text, subject });
                    }
                }
                Body::ManualJournal(made) => {
                    let line = |line: &JournalLine| Movement {
                        place: account_place(&line.account_id),
                        day: made.date,
                        amount: line.amount,
                        number: made.number().to_owned(),
                        text: line.description.clone(),
                        subject: subject.clone(),
                    };
                    all.extend(made.lines.iter().map(line));
                }
                Body::Contact(_)
                | Body::Item(_)
                | Body::Invoice(_)
                | Body::InvoiceEdit { .. }
                | Body::InvoiceVoid { .. }
                | Body::CreditNote(_)
                | Body::Bill(_)
                | Body::SupplierCredit(_)
                | Body::Attachment(_)
                | Body::Undo(_) => {}
            }
        }
        Ok(all)
    }
}

/// What a payment that Xero shows and Daybook did not make moved.
pub fn paid_by_others(
    paper: &Paper<'_>,
    (account_id, day): (&str, Day),
    amount: Money,
) -> Result<[Movement; 2], MoneyError> {
    let signed = paper.kind.signed(amount)?;
    let movement = |place, amount| Movement {
        place,
        day,
        amount,
        number: paper.number.to_owned(),
        text: "paid outside Daybook".to_owned(),
        subject: paper.subject.clone(),
    };
    Ok([
        movement(account_place(account_id), signed),
        movement(paper.kind.place(), signed.negated()?),
    ])
}

pub(crate) fn account_place(account_id: &str) -> Place {
    Place::Account(account_id.to_lowercase())
}

/// The invoice that an edit changes.
fn edit_of(body: &Body) -> Option<&IntentId> {
    if let Body::InvoiceEdit { of, .. } = body { Some(of) } else { None }
}

/// The intent whose document an intent ends.
fn ended(body: &Body) -> Option<&IntentId> {
    match body {
        Body::InvoiceVoid { of, .. } => Some(of),
        Body::Undo(undo) => Some(&undo.of),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_) => None,
    }
}

fn of_invoice<'a>(one: &'a Decided, kind: PaperKind, made: &'a Invoice) -> Option<Paper<'a>> {
    (made.status == InvoiceStatus::Authorised).then(|| Paper {
        kind,
        id: &one.intent.id,
        remote_id: one.receipt.as_ref().map(|receipt| receipt.remote_id.as_str()),
        subject: &one.intent.subject,
        number: &made.number,
        date: made.date,
        lines: &made.lines,
        total: made.total,
    })
}

fn of_note<'a>(one: &'a Decided, kind: PaperKind, note: &'a CreditNote) -> Paper<'a> {
    Paper {
        kind,
        id: &one.intent.id,
        remote_id: one.receipt.as_ref().map(|receipt| receipt.remote_id.as_str()),
        subject: &one.intent.subject,
        number: &note.number,
        date: note.date,
        lines: &note.lines,
        total: note.total,
    }
}

fn of_paper(paper: &Paper<'_>, all: &mut Vec<Movement>) -> Result<(), MoneyError> {
    let movement = |place, amount, text: &str| Movement {
        place,
        day: paper.date,
        amount,
        number: paper.number.to_owned(),
        text: text.to_owned(),
        subject: paper.subject.clone(),
    };
    all.push(movement(paper.kind.place(), paper.kind.signed(paper.total)?, ""));
    for line in paper.lines {
        let net = line.amount.minus(line.tax)?;
        let place = account_place(&line.account_id);
        all.push(movement(place, paper.kind.signed(net)?.negated()?, &line.description));
    }
    Ok(())
}

fn of_payment(papers: &[Paper<'_>], paid: &Payment) -> Result<Vec<Movement>, MoneyError> {
    let Some(paper) = papers.iter().find(|paper| *paper.id == paid.invoice) else {
        return Ok(Vec::new());
    };
    let movement = Movement {
        place: account_place(&paid.account_id),
        day: paid.date,
        amount: paper.kind.signed(paid.amount)?,
        number: paper.number.to_owned(),
        text: format!("payment of {}", paper.number),
        subject: paper.subject.clone(),
    };
    let control = settled(papers, &paid.invoice, (paid.date, paid.amount))?;
    Ok(std::iter::once(movement).chain(control).collect())
}

/// What is owed by a document becomes less.
fn settled(
    papers: &[Paper<'_>],
    id: &IntentId,
    (day, amount): (Day, Money),
) -> Result<Option<Movement>, MoneyError> {
    let Some(paper) = papers.iter().find(|paper| paper.id == id) else { return Ok(None) };
    Ok(Some(Movement {
        place: paper.kind.place(),
        day,
        amount: paper.kind.signed(amount)?.negated()?,
        number: paper.number.to_owned(),
        text: String::new(),
        subject: paper.subject.clone(),
    }))
}

fn of_bank(
    subject: &Subject,
    moved: &BankTransaction,
    all: &mut Vec<Movement>,
) -> Result<(), MoneyError> {
    let signed = |amount: Money, is_debit: bool| {
        if is_debit { Ok(amount) } else { amount.negated() }
    };
    let is_in = moved.direction == Direction::Receive;
    let movement = |account: &str, amount, text: &str| Movement {
        place: account_place(account),
        day: moved.date,
        amount,
        number: moved.reference.clone(),
        text: text.to_owned(),
        subject: subject.clone(),
    };
    all.push(movement(&moved.bank_account_id, signed(moved.total, is_in)?, ""));
    for line in &moved.lines {
        let net = line.amount.minus(line.tax)?;
        all.push(movement(&line.account_id, signed(net, !is_in)?, &line.description));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
