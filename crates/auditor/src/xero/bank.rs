//! What is read of Xero's bank transactions and transfers, and of the organisation: where payouts
//! stand that a book of orders posts.

use base::{Currency, Decimal, Exact};
use serde::Deserialize;

use super::wire::{Account, Pagination};

#[derive(Debug, Deserialize)]
pub(crate) struct BankTransactions {
    pub(super) pagination: Option<Pagination>,
    #[serde(rename = "BankTransactions")]
    pub(super) transactions: Vec<BankTransaction>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BankTransaction {
    #[serde(rename = "BankTransactionID")]
    pub(super) id: String,
    #[serde(rename = "Type")]
    pub(super) kind: String,
    #[serde(rename = "Reference")]
    pub(super) reference: Option<String>,
    #[serde(rename = "Status")]
    pub(super) status: String,
    #[serde(rename = "Date")]
    pub(super) date: Option<String>,
    #[serde(rename = "Total")]
    pub(super) total: Exact,
    #[serde(rename = "BankAccount")]
    pub(super) account: Option<Account>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BankTransfers {
    #[serde(rename = "BankTransfers")]
    pub(super) transfers: Vec<BankTransfer>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BankTransfer {
    #[serde(rename = "Reference")]
    reference: Option<String>,
    /// Missing in older replies: those are there.
    #[serde(rename = "Status")]
    status: Option<String>,
    #[serde(rename = "Amount")]
    amount: Exact,
    #[serde(rename = "FromBankAccount")]
    from: Option<Account>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Organisations {
    #[serde(rename = "Organisations")]
    pub(super) organisations: Vec<Organisation>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Organisation {
    #[serde(rename = "BaseCurrency")]
    pub(super) base_currency: Currency,
}

/// Money that moved on a bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) reference: String,
    pub(crate) way: MoveWay,
    pub(crate) amount: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MoveWay {
    /// Received on a bank account.
    In,
    /// Spent from one.
    Out,
    /// Transferred to another account; from which one.
    From(String),
}

impl Move {
    /// None for what is gone, and for the two sides of a transfer, which is listed for itself.
    pub(super) fn of_transaction(one: BankTransaction) -> Option<Move> {
        let way = match one.kind.as_str() {
            "RECEIVE" => MoveWay::In,
            "SPEND" => MoveWay::Out,
            _ => return None,
        };
        let reference = one.reference.filter(|_| one.status == "AUTHORISED")?;
        Some(Move { reference, way, amount: one.total.0 })
    }

    pub(super) fn of_transfer(one: BankTransfer) -> Option<Move> {
        let is_gone = one.status.as_deref().is_some_and(|status| status != "AUTHORISED");
        let from = one.from.and_then(|account| account.account_id).unwrap_or_default();
        let reference = one.reference.filter(|_| !is_gone)?;
        Some(Move { reference, way: MoveWay::From(from), amount: one.amount.0 })
    }
}
