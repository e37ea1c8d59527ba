//! Do both sides agree? Asked of the vendors alone.
//!
//! The auditor reads Amazon's orders and Xero's documents through the vendors' public APIs, reads
//! their JSON itself, works out by itself what each order asks of the books, and compares. It sees
//! neither the store nor the rules nor the connectors, so that it can contradict them: `agrees` is
//! its word, not Daybook's own. It writes nothing.
//!
//! What it is told of Daybook is which orders are held for a person, and which accounts money goes
//! to. It audits books that post per order in the order's own currency, with the facilitator's tax
//! as its own payment.
//!
//! Start reading at [`audit`], then `expect` (what an order asks for) and `compare`.

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

mod amazon;
mod ask;
mod compare;
mod expect;
mod xero;

use std::collections::BTreeMap;

use base::{Clock, Timestamp, Transport};
use serde::Serialize;

use ask::Asker;

/// One region of Amazon's.
pub struct Side<'a> {
    /// `EU`, `NA` or `FE`: for messages.
    pub region: &'a str,
    pub transport: &'a dyn Transport,
    /// None means all that the authorisation covers.
    pub marketplaces: Vec<String>,
}

/// What is audited.
pub struct Question<'a> {
    pub amazon: Vec<Side<'a>>,
    pub xero: &'a dyn Transport,
    /// The organisation.
    pub tenant_id: &'a str,
    pub clock: &'a dyn Clock,
    /// Orders that changed since then.
    pub since: Timestamp,
    /// Orders that wait for a person, with the reason: order id to reason code.
    pub held: BTreeMap<String, String>,
    pub accounts: Accounts,
}

/// Where money goes, by Xero's `AccountID`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Currency code to the clearing account of that currency.
    pub clearing: BTreeMap<String, String>,
    pub marketplace_tax: String,
    /// Nothing may move on it.
    pub suspense: Option<String>,
}

/// Something that both sides do not say alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Empty when it belongs to no order.
    pub order_id: String,
    pub what: String,
    pub amazon: String,
    pub xero: String,
}

/// What the auditor found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Both sides say the same, to the cent, about every order.
    pub agrees: bool,
    /// Orders that Amazon shows.
    pub orders: u64,
    pub should_post: u64,
    /// Orders that should be posted and have exactly one live invoice, worth what Amazon says.
    pub posted: u64,
    /// Orders that Amazon shows and that wait for a person.
    pub held: u64,
    /// Orders with more than one live invoice, or one that is not ours beside ours.
    pub duplicates: Vec<String>,
    /// Orders that should be posted and have no live invoice.
    pub lost: Vec<String>,
    /// Held orders of which a part is posted, as a reviewer may decide. In neither total.
    pub part_posted: Vec<String>,
    /// Orders that changed after the last moment that Amazon's list covers: not compared.
    pub too_recent: Vec<String>,
    /// Per currency, exact: the grand totals of what should be posted.
    pub amazon_total: BTreeMap<String, String>,
    /// Per currency, exact: live invoices less live credit notes.
    pub xero_total: BTreeMap<String, String>,
    /// Per currency, exact: what Amazon has shipped and not invoiced.
    pub payments_expected: BTreeMap<String, String>,
    pub payments_found: BTreeMap<String, String>,
    pub differences: Vec<Difference>,
    pub trial_balance_balances: bool,
    /// Requests that were sent, repeated ones included.
    pub calls: u64,
}

/// Why there is no audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    #[error("{what}: no answer after {attempts} attempts, the last: {last}")]
    NoAnswer { what: String, attempts: u32, last: String },
    #[error("{what}: refused with {status}: {detail}")]
    Refused { what: String, status: u16, detail: String },
    #[error("{what}: more than {pages} pages")]
    Endless { what: String, pages: u32 },
}

/// Reads both sides and compares them. Waits where a vendor's budget is used up.
pub async fn audit(question: Question<'_>) -> Result<Audit, AuditError> {
    let mut asker = Asker::new(question.clock);
    let mut orders = amazon::Orders::since(question.since);
    for side in &question.amazon {
        orders.read(&mut asker, side).await?;
    }
    let books = xero::Books::read(&mut asker, question.xero, question.tenant_id).await?;
    let strangers = compare::strangers(&orders, &books);
    let unknown = orders.look_for(&mut asker, &question.amazon, strangers).await?;
    let mut audit = compare::compare(&compare::Both {
        orders: &orders,
        unknown: &unknown,
        books: &books,
        held: &question.held,
        accounts: &question.accounts,
    });
    audit.calls = asker.calls();
    Ok(audit)
}
