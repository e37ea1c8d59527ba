//! Documents read again after they were posted: do they still read as they were meant?
//!
//! A [`Shelf`] is what one call brought. It is asked for each posted intent what it shows of it, by
//! the id that our receipt names, and for whatever on it is nobody's of ours.

use base::Timestamp;
use base::{Currency, Decimal, Transport};
use intents::{Body, Decided, Kind};

use super::compare::ReadBack;
use super::element::{Element, is_gone};
use super::known::{Given, Known, is_same_id};
use super::paper::{Paper, currency};
use super::thing::Thing;
use crate::api::query::any_of;
use crate::api::{
    allocations, bank_transactions, bank_transfers, credit_notes, invoices, is_more, lines,
    manual_journals, payments,
};
use crate::ask::{PullStop, ask};
use crate::source::{Seen, seen};

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

/// A live or ended document, as far as it can be told that it says the same as one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    pub id: String,
    /// What an intent that makes such a document is called.
    pub kind: Kind,
    /// Its number, reference or narration.
    pub texts: Vec<String>,
    /// In `currency`; a journal has neither.
    pub total: Option<Decimal>,
    pub currency: Option<Currency>,
    /// It counts in the books.
    pub is_live: bool,
}

/// What changed since a moment (everything, without one), a thousand a page, pages counted from 1.
/// What changes while we read comes again: ask from a little before the last time. Transfers come
/// on one page.
pub async fn read_changed(
    transport: &dyn Transport,
    tenant_id: &str,
    resource: Resource,
    since: Option<Timestamp>,
    page: u32,
) -> Result<Shelf, PullStop> {
    Ok(match resource {
        Resource::Invoices => {
            let reply = ask(transport, tenant_id, &invoices::Changed { since, page }).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.invoices.len());
            Shelf { papers: Papers::Invoices(reply.invoices), more }
        }
        Resource::CreditNotes => {
            let reply = ask(transport, tenant_id, &credit_notes::Changed { since, page }).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.credit_notes.len());
            Shelf { papers: Papers::CreditNotes(reply.credit_notes), more }
        }
        Resource::Payments => {
            let reply = ask(transport, tenant_id, &payments::Changed { since, page }).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.payments.len());
            Shelf { papers: Papers::Payments(reply.payments), more }
        }
        Resource::BankTransactions => {
            let call = bank_transactions::Changed { since, page };
            let reply = ask(transport, tenant_id, &call).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.bank_transactions.len());
            Shelf { papers: Papers::BankTransactions(reply.bank_transactions), more }
        }
        Resource::BankTransfers => {
            let reply = ask(transport, tenant_id, &bank_transfers::Changed { since }).await?;
            Shelf { papers: Papers::BankTransfers(reply.bank_transfers), more: false }
        }
        Resource::ManualJournals => {
            let call = manual_journals::Changed { since, page };
            let reply = ask(transport, tenant_id, &call).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.manual_journals.len());
            Shelf { papers: Papers::ManualJournals(reply.manual_journals), more }
        }
    })
}

/// Documents by their ids, at most [`IDS_MAX`] of them: one call, of transfers one for each. What
/// Xero does not know is not among them.
pub async fn read_by_ids(
    transport: &dyn Transport,
    tenant_id: &str,
    resource: Resource,
    ids: &[String],
) -> Result<Shelf, PullStop> {
    let papers = match resource {
        Resource::Invoices => {
            let call = invoices::ByIds { ids: ids.iter().map(String::as_str).collect() };
            Papers::Invoices(ask(transport, tenant_id, &call).await?.invoices)
        }
        Resource::CreditNotes => {
            let call = credit_notes::Where { condition: any_of("CreditNoteID", ids) };
            Papers::CreditNotes(ask(transport, tenant_id, &call).await?.credit_notes)
        }
        Resource::Payments => {
            let call = payments::Where { condition: any_of("PaymentID", ids), page: 1 };
            Papers::Payments(ask(transport, tenant_id, &call).await?.payments)
        }
        Resource::BankTransactions => {
            let condition = any_of("BankTransactionID", ids);
            let call = bank_transactions::Where { condition, page: 1 };
            Papers::BankTransactions(ask(transport, tenant_id, &call).await?.bank_transactions)
        }
        Resource::BankTransfers => {
            let mut all = Vec::new();
            for id in ids {
                let call = bank_transfers::Get { bank_transfer_id: id };
                match ask(transport, tenant_id, &call).await {
                    Ok(reply) => all.extend(reply.bank_transfers),
                    Err(PullStop::Status { status: 404, .. }) => {}
                    Err(stop) => return Err(stop),
                }
            }
            Papers::BankTransfers(all)
        }
        Resource::ManualJournals => {
            let call =
                manual_journals::Where { condition: any_of("ManualJournalID", ids), page: 1 };
            Papers::ManualJournals(ask(transport, tenant_id, &call).await?.manual_journals)
        }
    };
    Ok(Shelf { papers, more: false })
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

    /// Every document on it that could double one of ours.
    pub fn strangers(&self) -> Vec<Stranger> {
        match &self.papers {
            Papers::Invoices(all) => {
                all.iter().filter_map(|one| paper(&Paper::from(one))).collect()
            }
            Papers::CreditNotes(all) => {
                all.iter().filter_map(|one| paper(&Paper::from(one))).collect()
            }
            Papers::BankTransactions(all) => all.iter().filter_map(transaction).collect(),
            Papers::ManualJournals(all) => all.iter().filter_map(journal).collect(),
            // What is paid twice shows at the invoice; of transfers a bank shows each side once.
            Papers::Payments(_) | Papers::BankTransfers(_) => Vec::new(),
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

fn paper(paper: &Paper<'_>) -> Option<Stranger> {
    let kind = match paper.kind? {
        invoices::SALES => Kind::Invoice,
        invoices::PURCHASE => Kind::Bill,
        credit_notes::SALES => Kind::CreditNote,
        credit_notes::PURCHASE => Kind::SupplierCredit,
        _others => return None,
    };
    let texts = paper.number.into_iter().chain(paper.reference).map(str::to_owned).collect();
    Some(Stranger {
        id: paper.id?.to_owned(),
        kind,
        texts,
        total: paper.total,
        currency: paper.currency,
        is_live: matches!(paper.status, Some("AUTHORISED" | "PAID")),
    })
}

fn transaction(wire: &bank_transactions::BankTransaction) -> Option<Stranger> {
    let is_money =
        [bank_transactions::RECEIVED, bank_transactions::SPENT].contains(&wire.kind.as_deref()?);
    Some(Stranger {
        id: wire.bank_transaction_id.clone().filter(|_id| is_money)?,
        kind: Kind::BankTransaction,
        texts: wire.reference.iter().cloned().collect(),
        total: wire.total.map(|exact| exact.0),
        currency: currency(wire.currency_code.as_deref()),
        is_live: !is_gone(wire.status.as_deref()),
    })
}

fn journal(wire: &manual_journals::ManualJournal) -> Option<Stranger> {
    Some(Stranger {
        id: wire.manual_journal_id.clone()?,
        kind: Kind::ManualJournal,
        texts: wire.narration.iter().cloned().collect(),
        total: None,
        currency: None,
        is_live: wire.status.as_deref() == Some("POSTED"),
    })
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
