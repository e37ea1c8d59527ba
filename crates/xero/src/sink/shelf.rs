//! Documents read again after they were posted: do they still read as they were meant?
//!
//! A [`Shelf`] is what one call brought. It is asked for each posted intent what it shows of it, by
//! the id that our receipt names, and for whatever on it is nobody's of ours.

mod reading;
mod strangers;

use intents::{Body, Decided, Kind};

use super::compare::ReadBack;
use super::element::Element;
use super::known::{Given, Known, is_same_id};
use super::paper::Paper;
use super::thing::Thing;
use crate::api::{
    allocations, bank_transactions, bank_transfers, credit_notes, invoices, lines, manual_journals,
    payments,
};
use crate::ask::PullStop;
use crate::source::{Seen, seen};

pub use self::reading::{read_by_ids, read_changed};
pub use self::strangers::Stranger;

/// Ids in one call: with forty of them its address is well below 4,000 characters.
pub const IDS_MAX: usize = 40;

/// Lines that are told of a document that was edited.
const LINES_TOLD: usize = 8;

/// A list of Xero's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Sales invoices and bills.
    Invoices,
    /// Credit notes with what they are allocated to.
    CreditNotes,
    /// Payments and refunds.
    Payments,
    BankTransactions,
    BankTransfers,
    ManualJournals,
}

impl Resource {
    pub const ALL: [Resource; 6] = [
        Resource::Invoices,
        Resource::CreditNotes,
        Resource::Payments,
        Resource::BankTransactions,
        Resource::BankTransfers,
        Resource::ManualJournals,
    ];

    /// The list in which what an intent of this kind made can be read again; nothing of what is no
    /// document.
    pub fn of(kind: Kind) -> Option<Resource> {
        Thing::of(kind).map(|thing| match thing {
            Thing::Invoice => Resource::Invoices,
            Thing::CreditNote | Thing::Allocation => Resource::CreditNotes,
            Thing::Payment => Resource::Payments,
            Thing::BankTransaction => Resource::BankTransactions,
            Thing::BankTransfer => Resource::BankTransfers,
            Thing::ManualJournal => Resource::ManualJournals,
        })
    }

    /// The list that a webhook's category is about; nothing of one that we do not follow.
    pub fn of_category(category: &str) -> Option<Resource> {
        match category {
            "INVOICE" => Some(Resource::Invoices),
            "CREDITNOTE" => Some(Resource::CreditNotes),
            "PAYMENT" => Some(Resource::Payments),
            _others => None,
        }
    }
}

/// What one call brought.
#[derive(Debug, Clone)]
pub struct Shelf {
    papers: Papers,
    /// There is a page after this one.
    pub more: bool,
}

#[derive(Debug, Clone)]
enum Papers {
    Invoices(Vec<invoices::Invoice>),
    CreditNotes(Vec<credit_notes::CreditNote>),
    Payments(Vec<payments::Payment>),
    BankTransactions(Vec<bank_transactions::BankTransaction>),
    BankTransfers(Vec<bank_transfers::BankTransfer>),
    ManualJournals(Vec<manual_journals::ManualJournal>),
}

/// What a shelf shows of a posted intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It reads as it was meant.
    Same,
    /// It is there and reads otherwise: what, in words and amounts.
    Edited(String),
    Voided,
    Deleted,
    /// Xero shows too little of it to tell.
    Unclear,
}

impl Shelf {
    /// The ids of what is on it, those of allocations with those of their credit notes.
    pub fn ids(&self) -> Vec<String> {
        let ids: Vec<&Option<String>> = match &self.papers {
            Papers::Invoices(all) => all.iter().map(|one| &one.invoice_id).collect(),
            Papers::CreditNotes(all) => {
                let own = all.iter().map(|one| &one.credit_note_id);
                let allocated = all.iter().flat_map(|one| &one.allocations);
                own.chain(allocated.map(|one| &one.allocation_id)).collect()
            }
            Papers::Payments(all) => all.iter().map(|one| &one.payment_id).collect(),
            Papers::BankTransactions(all) => {
                all.iter().map(|one| &one.bank_transaction_id).collect()
            }
            Papers::BankTransfers(all) => all.iter().map(|one| &one.bank_transfer_id).collect(),
            Papers::ManualJournals(all) => all.iter().map(|one| &one.manual_journal_id).collect(),
        };
        ids.into_iter().flatten().cloned().collect()
    }

    /// The sales invoices on it, with what is paid and credited on them.
    pub fn sales(&self) -> Result<Vec<Seen>, PullStop> {
        let Papers::Invoices(all) = &self.papers else { return Ok(Vec::new()) };
        let sales = all.iter().filter(|one| one.kind.as_deref() == Some(invoices::SALES));
        sales.map(seen).collect()
    }

    /// What it shows of a posted intent; nothing when its document is not on it.
    pub fn find(&self, posted: &Decided, given: &Given) -> Option<Finding> {
        let id = posted.receipt.as_ref()?.remote_id.as_str();
        let known = Known::new(given);
        let body = &posted.intent.body;
        match &self.papers {
            Papers::Invoices(all) => {
                let one = all.iter().find(|one| is_same_id(one.invoice_id.as_deref(), id))?;
                Some(finding(one, body, known, Paper::from(one).lines))
            }
            Papers::CreditNotes(all) if matches!(body, Body::Allocation(_)) => {
                allocated(all, posted, known)
            }
            Papers::CreditNotes(all) => {
                let one = all.iter().find(|one| is_same_id(one.credit_note_id.as_deref(), id))?;
                Some(finding(one, body, known, Paper::from(one).lines))
            }
            Papers::Payments(all) => {
                let one = all.iter().find(|one| is_same_id(one.payment_id.as_deref(), id))?;
                Some(finding(one, body, known, &[]))
            }
            Papers::BankTransactions(all) => {
                let is_it = |one: &&bank_transactions::BankTransaction| {
                    is_same_id(one.bank_transaction_id.as_deref(), id)
                };
                let one = all.iter().find(is_it)?;
                Some(finding(one, body, known, &one.line_items))
            }
            Papers::BankTransfers(all) => {
                let one = all.iter().find(|one| is_same_id(one.bank_transfer_id.as_deref(), id))?;
                Some(finding(one, body, known, &[]))
            }
            Papers::ManualJournals(all) => {
                let one =
                    all.iter().find(|one| is_same_id(one.manual_journal_id.as_deref(), id))?;
                Some(finding(one, body, known, &[]))
            }
        }
    }
}

fn finding<E: Element + Status>(
    element: &E,
    body: &Body,
    known: Known<'_>,
    theirs: &[lines::Line],
) -> Finding {
    match element.status() {
        Some("VOIDED") => return Finding::Voided,
        Some("DELETED") => return Finding::Deleted,
        Some(_) | None => {}
    }
    let Some(ReadBack { differences, .. }) = element.read_back(body, known) else {
        return Finding::Unclear;
    };
    if differences.is_empty() {
        return Finding::Same;
    }
    let mut words = differences;
    if words.iter().any(|words| words.starts_with("line")) {
        words.extend(told(theirs));
    }
    Finding::Edited(words.join("; "))
}

/// The lines as Xero has them.
fn told(theirs: &[lines::Line]) -> Option<String> {
    let word = |line: &lines::Line| {
        let amount = line.line_amount.map(|exact| exact.0.normalize().to_string());
        let account = line.account_code.clone().or_else(|| line.account_id.clone());
        let (amount, account) = (amount.unwrap_or_default(), account.unwrap_or_default());
        format!("{amount} to {account} with {}", line.tax_type.as_deref().unwrap_or("no tax type"))
    };
    let mut words: Vec<String> = theirs.iter().take(LINES_TOLD).map(word).collect();
    let rest = theirs.len().saturating_sub(LINES_TOLD);
    if rest > 0 {
        words.push(format!("{rest} more"));
    }
    (!words.is_empty()).then(|| format!("Xero's lines: {}", words.join(", ")))
}

/// An allocation stands on its credit note: one that is not there any more was taken away.
fn allocated(
    all: &[credit_notes::CreditNote],
    posted: &Decided,
    known: Known<'_>,
) -> Option<Finding> {
    let Body::Allocation(made) = &posted.intent.body else { return None };
    let on = known.id(&made.credit_note)?;
    let note = all.iter().find(|one| is_same_id(one.credit_note_id.as_deref(), on))?;
    let id = posted.receipt.as_ref()?.remote_id.as_str();
    let is_it = |one: &&allocations::Allocation| match one.allocation_id.as_deref() {
        Some(found) => found.eq_ignore_ascii_case(id) && !one.is_deleted,
        None => one.answers(&posted.intent.body, known),
    };
    let is_there = note.allocations.iter().any(|one| is_it(&one))
        // A receipt from a reply that named no allocation: by what it joins.
        || (id.contains(':')
            && note.allocations.iter().any(|one| one.answers(&posted.intent.body, known)));
    Some(if is_there { Finding::Same } else { Finding::Deleted })
}

/// Where each resource says how a document stands.
trait Status {
    fn status(&self) -> Option<&str>;
}

macro_rules! status {
    ($($wire:ty),+ $(,)?) => {
        $(impl Status for $wire {
            fn status(&self) -> Option<&str> {
                self.status.as_deref()
            }
        })+
    };
}

status!(
    invoices::Invoice,
    credit_notes::CreditNote,
    payments::Payment,
    bank_transactions::BankTransaction,
    bank_transfers::BankTransfer,
    manual_journals::ManualJournal,
);
