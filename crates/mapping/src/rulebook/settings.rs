//! What a book's owner chooses with a switch rather than with a table.

use base::Day;
use serde::{Deserialize, Serialize};

use crate::settlement::plan::{UntaxedLines, Way};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub posting: Posting,
    /// In approve mode so many orders wait for a person after go-live; later ones post.
    pub approve_first: u64,
    pub contacts: ContactPolicy,
    pub unknown_sku: UnknownSku,
    pub tracked_items: TrackedItems,
    /// One line per account, tax type and tracking instead of one per item and component.
    pub consolidate_lines: bool,
    pub due_days: u16,
    pub invoice_date: InvoiceDate,
    pub facilitator: Facilitator,
    pub currency: CurrencyMode,
    pub closed_period: ClosedPeriod,
    /// Last day of the last tax period that the owner marked as filed: closed, as Xero's locks are.
    pub filed_until: Option<Day>,
    /// The tax class of a SKU that no table and no Xero item knows.
    pub tax_class: String,
    /// Buyer names and ship-to countries are asked for at Amazon.
    pub buyer_data: bool,
    /// What becomes a document: each order, or each settlement.
    #[serde(default = "per_order")]
    pub way: Way,
    /// What a settlement's lines without tax become where orders have documents of their own.
    #[serde(default)]
    pub untaxed_lines: UntaxedLines,
    /// The tax pack of settlement lines; empty takes the one for the organisation's country.
    #[serde(default)]
    pub tax_pack: String,
    /// The first day that is the book's own, from Amazon's midnight UTC on: orders before it, and what
    /// Amazon posted before it, were booked by whoever kept the books then and are in the opening
    /// balances.
    #[serde(default, alias = "settlements_from")]
    pub cutover: Option<Day>,
}

fn per_order() -> Way {
    Way::PerOrder
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posting {
    /// Held in Daybook until a person releases it.
    Approve,
    /// A draft in Xero, not in the ledger, never paid.
    Draft,
    Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactPolicy {
    Marketplace,
    /// Needs buyer data; an order without it goes to its marketplace's contact.
    Buyer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownSku {
    /// An untracked item is created in Xero.
    Create,
    Hold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackedItems {
    /// Xero's stock does not move: the line carries no item.
    WithoutItem,
    WithItem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceDate {
    Purchase,
    /// The first shipment; until then the order is recorded only.
    Ship,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facilitator {
    /// The invoice carries Amazon's tax, and a second payment settles it.
    Gross,
    /// Both legs stand on the invoice and cancel out.
    Net,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrencyMode {
    /// Documents in the order's currency.
    Foreign,
    /// For organisations without multi-currency: documents in the organisation's own.
    Convert,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedPeriod {
    /// A document that falls on or before the close date waits for a person.
    Hold,
}
