//! What happened to the account: each transaction with the rows that it is in a settlement.

use base::{Timestamp, digest};

use super::words::Words;
use crate::amazon::generate::Product;

/// One amount of a transaction: one row of a settlement.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub words: Words,
    pub amount: i64,
    /// The place of its item in the transaction's list.
    pub item: Option<usize>,
    pub promotion: Option<&'static str>,
    /// Some rows are written with a tab too few.
    pub is_short: bool,
}

impl Row {
    pub(crate) fn of(words: Words, amount: i64) -> Row {
        Row { words, amount, item: None, promotion: None, is_short: false }
    }

    pub(crate) fn of_item(words: Words, amount: i64, item: usize) -> Row {
        Row { item: Some(item), ..Row::of(words, amount) }
    }

    pub(crate) fn short(words: Words, amount: i64) -> Row {
        Row { is_short: true, ..Row::of(words, amount) }
    }
}

/// A line of an order, or goods that a transaction is about.
#[derive(Debug, Clone)]
pub struct Item {
    /// Empty where no order is behind it.
    pub code: String,
    pub product: &'static Product,
    /// Not told of refunds.
    pub quantity: Option<i64>,
    /// `merchant-adjustment-item-id`, of refunds.
    pub adjustment: String,
}

/// The order that a transaction belongs to.
#[derive(Debug, Clone, Default)]
pub struct OrderRef {
    pub id: String,
    /// The seller's own number where the order came from another shop.
    pub merchant_id: String,
    pub shipment: String,
    /// `amzn1:crow:…`, of refunds.
    pub adjustment: String,
    pub store: String,
    /// `AFN` or `MFN`.
    pub network: &'static str,
    /// From another shop: rows repeat the SKU as the seller's own item id.
    pub is_elsewhere: bool,
}

/// Why and until when money is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deferral {
    /// `DD7` or `B2B`.
    pub reason: &'static str,
    pub maturity: Timestamp,
}

#[derive(Debug, Clone)]
pub struct Transaction {
    pub id: String,
    /// `transactionType` and `description` in the Finances API.
    pub kind: &'static str,
    pub description: &'static str,
    pub posted: Timestamp,
    /// When its money may be paid out; later than `posted` if it is deferred.
    pub released: Timestamp,
    pub deferral: Option<Deferral>,
    /// So much later than it is posted or released, the Finances API tells of it.
    pub late_ms: i64,
    pub order: Option<OrderRef>,
    pub items: Vec<Item>,
    pub rows: Vec<Row>,
}

impl Transaction {
    /// A transaction that is about the account, at one moment.
    pub(crate) fn charge(
        named: (&'static str, &'static str),
        at: Timestamp,
        rows: Vec<Row>,
    ) -> Transaction {
        Transaction {
            id: String::new(),
            kind: named.0,
            description: named.1,
            posted: at,
            released: at,
            deferral: None,
            late_ms: 0,
            order: None,
            items: Vec::new(),
            rows,
        }
    }

    /// Held back until another moment.
    pub(crate) fn deferred(mut self, reason: &'static str, until: Timestamp) -> Transaction {
        self.released = until;
        self.deferral = Some(Deferral { reason, maturity: until });
        self
    }

    pub fn total(&self) -> i64 {
        self.rows.iter().map(|row| row.amount).sum()
    }

    /// The second transaction, which lets the money of a deferred one go.
    pub fn release_id(&self) -> String {
        digest(&[&self.id, "release"])
    }

    pub fn order_id(&self) -> &str {
        self.order.as_ref().map_or("", |order| &order.id)
    }
}
