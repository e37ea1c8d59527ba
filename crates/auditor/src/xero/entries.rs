//! What of settlements stands on no invoice and no bill: bank transactions and manual journals, by what
//! they put on each account.

use base::{Decimal, Exact};
use serde::Deserialize;

use super::bank::BankTransaction;
use super::wire::Pagination;

#[derive(Debug, Deserialize)]
pub(crate) struct ManualJournals {
    pub(super) pagination: Option<Pagination>,
    #[serde(rename = "ManualJournals")]
    pub(super) journals: Vec<ManualJournal>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ManualJournal {
    #[serde(rename = "ManualJournalID")]
    pub(super) id: String,
    #[serde(rename = "Narration")]
    narration: Option<String>,
    #[serde(rename = "Date")]
    date: Option<String>,
    #[serde(rename = "Status")]
    status: String,
    #[serde(rename = "JournalLines")]
    lines: Option<Vec<JournalLine>>,
}

#[derive(Debug, Deserialize)]
struct JournalLine {
    #[serde(rename = "AccountID")]
    account_id: Option<String>,
    #[serde(rename = "LineAmount")]
    amount: Exact,
}

/// One of them that is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// A reference, or the word that a narration begins with.
    pub(crate) reference: String,
    /// As Xero writes it.
    pub(crate) date: String,
    /// By account, debits positive; of a bank transaction the bank account alone.
    sides: Vec<(String, Decimal)>,
}

impl Entry {
    /// None for what is gone, and for transfers.
    pub(super) fn of_transaction(one: &BankTransaction) -> Option<Entry> {
        let total = match one.kind.as_str() {
            "RECEIVE" => one.total.0,
            "SPEND" => Decimal::ZERO.checked_sub(one.total.0)?,
            _ => return None,
        };
        let reference = one.reference.clone().filter(|_| one.status == "AUTHORISED")?;
        let account = one.account.as_ref().and_then(|account| account.account_id.clone());
        let date = one.date.clone().unwrap_or_default();
        Some(Entry { reference, date, sides: vec![(account.unwrap_or_default(), total)] })
    }

    /// None for a draft, and for what is gone.
    pub(super) fn of_journal(one: ManualJournal) -> Option<Entry> {
        let narration = one.narration.filter(|_| one.status == "POSTED")?;
        let reference = narration.split_whitespace().next().unwrap_or_default().to_owned();
        let lines = one.lines.into_iter().flatten();
        let sides = lines.map(|line| (line.account_id.unwrap_or_default(), line.amount.0));
        let date = one.date.unwrap_or_default();
        Some(Entry { reference, date, sides: sides.collect() })
    }

    /// What it puts on an account.
    pub(crate) fn on(&self, account: &str) -> Option<Decimal> {
        let on = self.sides.iter().filter(|(id, _)| id == account);
        on.map(|(_, amount)| *amount).try_fold(Decimal::ZERO, Decimal::checked_add)
    }
}
