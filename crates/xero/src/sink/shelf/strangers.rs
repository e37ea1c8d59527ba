//! Documents on a shelf as they may double ours.

use base::{Currency, Decimal};
use intents::Kind;

use super::{Papers, Shelf};
use crate::api::{bank_transactions, credit_notes, invoices, manual_journals};
use crate::sink::element::is_gone;
use crate::sink::paper::{Paper, currency};

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

impl Shelf {
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
