//! What Amazon's Finances and Transfers APIs report: transactions, payouts, control totals,
//! balances.

use base::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// One financial event. Amazon's vocabulary is open: words are kept as Amazon writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    pub transaction_id: String,
    /// `Shipment`, `Refund`, `ServiceFee`, `Transfer` and so on.
    pub transaction_type: String,
    pub status: TransactionStatus,
    pub description: String,
    pub posted: Timestamp,
    /// Positive: Amazon owes it to the seller.
    pub total: Money,
    pub region: String,
    pub seller_id: String,
    /// `Standard Orders`, `Invoiced Orders` and so on; empty where Amazon gives none.
    pub account_type: String,
    pub marketplace_id: String,
    pub marketplace_name: String,
    pub order_id: Option<String>,
    pub shipment_id: Option<String>,
    pub refund_id: Option<String>,
    pub settlement_id: Option<String>,
    pub event_group_id: Option<String>,
    /// On a release: the deferred transaction that it releases.
    pub releases: Option<String>,
    /// On a deferred transaction: the transaction that released it.
    pub released_by: Option<String>,
    /// Why it is held back (`DD7`, `B2B`) and until when.
    pub deferral: Option<Deferral>,
    pub items: Vec<TransactionItem>,
    /// What belongs to no item.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionStatus {
    /// Amazon holds it back.
    Deferred,
    /// It counts towards a payout.
    Released,
    /// What was deferred, after its release: the release is another transaction.
    DeferredReleased,
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    pub reason: String,
    pub matures: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionItem {
    /// `ORDER_ITEM_ID`, where Amazon gives it.
    pub item_id: Option<String>,
    /// `ORDER_ADJUSTMENT_ITEM_ID` of a refund.
    pub adjustment_item_id: Option<String>,
    pub sku: Option<String>,
    pub quantity: Option<u64>,
    /// `AFN`, `MFN`; empty where Amazon gives none.
    #[serde(default)]
    pub fulfilment: String,
    pub description: String,
    pub total: Money,
    pub parts: Vec<Part>,
}

/// One leaf of Amazon's tree of breakdowns, with the words from the root down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `["Sales", "Principal"]`, `["Expenses", "AmazonFees", "Commission"]`.
    pub path: Vec<String>,
    pub amount: Money,
}

/// Money that Amazon sent, or tried to send, to the seller's bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    pub payout_id: String,
    pub settlement_id: Option<String>,
    pub status: PayoutStatus,
    /// The moment of its last status.
    pub updated: Timestamp,
    pub created: Option<Timestamp>,
    /// In the currency in which Amazon pays.
    pub amount: Option<Money>,
    /// The banking network's own id.
    pub trace_id: Option<String>,
    pub account_tail: Option<String>,
    pub failure: Option<String>,
    pub region: String,
    pub seller_id: String,
    pub marketplace_id: String,
    pub account_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutStatus {
    Started,
    InTransit,
    Paid,
    Failed,
    Cancelled,
    NoPayout,
    Other(String),
}

/// What Amazon's own summary says that a settlement comes to: a control total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub settlement_id: String,
    pub net_proceeds: Money,
    pub parts: Vec<Part>,
    pub region: String,
    pub seller_id: String,
}

/// A payment group of the older Finances API: total, and what was paid in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentGroup {
    pub group_id: String,
    /// `Open` or `Closed`.
    pub status: String,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub original_total: Option<Money>,
    /// Where Amazon pays in another currency.
    pub converted_total: Option<Money>,
    pub beginning_balance: Option<Money>,
    pub transferred: Option<Timestamp>,
    pub trace_id: Option<String>,
    pub account_tail: Option<String>,
    pub region: String,
    pub seller_id: String,
}

/// What Amazon owes at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub region: String,
    pub seller_id: String,
    pub marketplace_id: String,
    pub account_type: String,
    /// The day it stands for; none for now.
    pub as_of: Option<base::Day>,
    pub updated: Option<Timestamp>,
    pub total: Money,
    pub available: Option<Money>,
    pub deferred: Option<Money>,
    pub reserve: Option<Money>,
}
