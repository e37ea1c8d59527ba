//! What ought to be, from the generator, beside what is, from the ledger. Nothing here asks
//! Daybook.

mod doubles;
mod judge;
mod ledger;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::doubles::{Doubled, doubles};
pub use self::judge::judge;
pub use self::ledger::{Document, DocumentKind, Ledger};

/// The sandbox's verdict at the world's present moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// The world's present moment.
    pub now: String,
    /// Orders placed so far.
    pub orders: usize,
    /// Orders that should have exactly one live invoice.
    pub should_post: usize,
    pub should_post_ids: Vec<String>,
    /// Those of them that have it, with the right total.
    pub posted: usize,
    pub posted_ids: Vec<String>,
    /// Orders with more than one live invoice, or with more paid than has shipped.
    pub duplicates: usize,
    pub duplicates_ids: Vec<String>,
    /// Orders that should have an invoice and have none.
    pub lost: usize,
    pub lost_ids: Vec<String>,
    /// Orders with one live invoice of another total than Amazon's.
    pub totals_wrong: Vec<WrongAmount>,
    /// Orders whose payments do not amount to what shipped.
    pub payments_wrong: Vec<WrongAmount>,
    /// Orders with a live invoice that should have none: cancelled, held or no sale.
    pub unexpected: Vec<Reasoned>,
    /// Bills, bank transactions, transfers, journals and refunds that Xero has more than once.
    pub doubles: Vec<Doubled>,
    /// Orders that must be stopped.
    pub held_expected: Vec<Reasoned>,
    /// Orders that are no sales now.
    pub recorded_expected: Vec<Reasoned>,
    /// Grand totals of the orders that should be posted, by currency.
    pub amazon_total: BTreeMap<String, String>,
    /// Live sales invoices less live credit notes, by currency.
    pub xero_total: BTreeMap<String, String>,
    pub amazon_calls: u64,
    pub xero_calls: u64,
    /// Calls by vendor and operation.
    pub calls: Vec<Counted>,
    /// What clients sent and the vendor does not know. Daybook's list must stay empty.
    pub unknown_names: Vec<Counted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reasoned {
    pub order_id: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrongAmount {
    pub order_id: String,
    pub currency: String,
    pub expected: String,
    pub found: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub vendor: String,
    pub name: String,
    pub count: u64,
}
