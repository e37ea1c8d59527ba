//! Do both sides agree? Asked of the vendors alone.
//!
//! The auditor reads Amazon's orders and Xero's documents through the vendors' public APIs, reads
//! their JSON itself, works out by itself what each order asks of the books, and compares. It sees
//! neither the store nor the rules nor the connectors, so that it can contradict them: `agrees` is
//! its word, not Daybook's own. It writes nothing.
//!
//! Where the book keeps settlements it reads their reports, Amazon's Finances and payouts, too, and
//! the bills, bank transactions and manual journals on the other side: each settlement must be
//! carried by its documents to the cent, in either way of booking, and what only passes through an
//! account must have left it.
//!
//! What it is told of Daybook is which orders and settlements are held for a person, which accounts
//! money goes to, and which way the book posts. It audits orders in their own currency, with the
//! facilitator's tax as its own payment.
//!
//! Start reading at [`audit`], then `expect` (what an order asks for), `amazon::file` (what a
//! settlement says) and `compare`.

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

mod amazon;
mod ask;
mod compare;
mod expect;
mod told;
mod xero;

use std::collections::BTreeMap;

use base::{Clock, Money, Timestamp, Transport};
use serde::Serialize;

use ask::Asker;
use told::Told;

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
    /// How the book keeps settlements, where it does.
    pub keeping: Option<Keeping>,
}

/// How a book posts what Amazon settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Orders and refunds have documents; a settlement's documents carry the rest and the payout.
    PerOrder,
    /// Orders have none; a settlement's last document is what reaches the bank.
    Summary,
}

/// What Daybook says of the settlements that it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    pub way: Way,
    /// Settlements that wait for a person, with the reason: settlement id to reason code.
    pub held: BTreeMap<String, String>,
    /// The book's beginning: orders and settlements from before are somebody else's.
    pub from: Option<Timestamp>,
    /// Reports that were made later, and what Finances told since, have not been looked for yet.
    pub read_until: Option<Timestamp>,
    /// What is on Suspense because nobody knows its words, by settlement; income is positive.
    pub suspended: BTreeMap<String, Money>,
}

/// Where money goes, by Xero's `AccountID`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Currency code to the clearing account of that currency.
    pub clearing: BTreeMap<String, String>,
    pub marketplace_tax: String,
    /// Nothing may move on it, but for [`Keeping::suspended`].
    pub suspense: Option<String>,
    /// What the newest settlement holds back.
    pub reserved: Option<String>,
    /// Zero, except while a settlement is in debt.
    pub carried_forward: Option<String>,
    /// Zero, except while an accrual is open.
    pub deferred: Option<String>,
    pub accrued_fees: Option<String>,
    /// Zero, except while a card of another currency has not been charged.
    pub transit: Option<String>,
}

/// Something that both sides do not say alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Empty when it belongs to no order.
    pub order_id: String,
    /// Empty when it belongs to no settlement.
    pub settlement_id: String,
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
    /// Per currency, exact: live invoices less live credit notes that are set against them.
    pub xero_total: BTreeMap<String, String>,
    /// Per currency, exact: what Amazon has shipped and not invoiced, and what it has settled of
    /// invoiced orders.
    pub payments_expected: BTreeMap<String, String>,
    pub payments_found: BTreeMap<String, String>,
    /// Per currency, exact: what Amazon's Finances say went back to buyers of posted orders, and
    /// the credit notes whose money was given back.
    pub refunds_expected: BTreeMap<String, String>,
    pub refunds_found: BTreeMap<String, String>,
    /// None where the book keeps no settlements.
    pub settlements: Option<Settled>,
    pub differences: Vec<Difference>,
    pub trial_balance_balances: bool,
    /// Requests that were sent, repeated ones included.
    pub calls: u64,
}

/// What the auditor found about settlements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// Settlements that Amazon shows, those included whose reports are gone and that the books name.
    pub shown: u64,
    pub should_post: u64,
    /// Settlements that should be posted, and whose documents come to what Amazon says.
    pub posted: u64,
    /// Settlements that Amazon shows and that wait for a person.
    pub held: u64,
    /// Settlements that are posted twice, or beside somebody else's document.
    pub duplicates: Vec<String>,
    /// Settlements that should be posted and have no document.
    pub lost: Vec<String>,
    /// Settlements from before the book's beginning, or, order by order, begun before it: not
    /// compared.
    pub earlier: Vec<String>,
    /// Settlements whose report is newer than the last look for reports: not compared.
    pub too_recent: Vec<String>,
    /// Settlements whose report Amazon lists no more: compared with what Finances say of them.
    pub gone: Vec<String>,
    /// Settlements that Amazon may know and would not tell of: not compared.
    pub untold: Vec<String>,
    /// Per currency, exact: totals of the settlements that should be posted.
    pub amazon_total: BTreeMap<String, String>,
    /// Per currency, exact: what their documents, and those of their orders, carry.
    pub xero_total: BTreeMap<String, String>,
    /// Orders that are settled whole, and whose documents were held against their rows.
    pub orders_settled: u64,
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
    let mut told = match &question.keeping {
        Some(keeping) => Some(Told::read(&mut asker, &question, keeping).await?),
        None => None,
    };
    let xero = (question.xero, question.tenant_id);
    let books = xero::Books::read(&mut asker, xero, told.is_some()).await?;
    let strangers = compare::strangers(&orders, &books);
    let unknown = orders.look_for(&mut asker, &question.amazon, strangers).await?;
    if let Some(told) = &mut told {
        told.look_for_gone(&mut asker, &question.amazon, &books).await?;
    }
    let mut audit = compare::compare(&compare::Both {
        orders: &orders,
        unknown: &unknown,
        books: &books,
        held: &question.held,
        accounts: &question.accounts,
        told: told.as_ref(),
    });
    audit.calls = asker.calls();
    Ok(audit)
}
