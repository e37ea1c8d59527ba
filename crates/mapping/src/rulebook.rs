//! A book's rules as data: edited on the canvas, published as a version, run as they are.

pub(crate) mod check;
pub(crate) mod compiled;
pub(crate) mod expression;
mod first;
pub(crate) mod inputs;
mod role;
mod settings;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base::{Currency, Day, Decimal, Rate};
use facts::Chart;
use serde::{Deserialize, Serialize};

use crate::settlement::taxonomy::Overrides;

pub use compiled::Compiled;
pub use expression::{CellError, SOURCE_MAX};
pub(crate) use first::PURCHASES;
pub use role::{Role, RoleError};
pub use settings::{
    ClosedPeriod, ContactPolicy, CurrencyMode, Facilitator, InvoiceDate, Posting, Settings,
    TrackedItems, UnknownSku,
};
pub(crate) use table::RuleFailure;
pub use table::{Column, Content, Table};

/// The shape of the JSON that this build reads and writes.
pub const FORMAT: u32 = 1;

/// What evaluates cells. A book published under another evaluator must be checked again.
pub const EVALUATOR: &str = "zen-expression 2.1.6";

/// Everything that decides how a book's orders become documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleBook {
    pub format: u32,
    pub evaluator: String,
    pub name: String,
    pub settings: Settings,
    /// Account ids, never codes: users recode.
    pub accounts: BTreeMap<Role, String>,
    /// Tax class (`standard`, `reduced`, `books`, `food`, `zero`, `exempt`, `export`, `none`; of
    /// purchases `input_standard`, `input_zero`, `input_exempt`, `reverse_charge`) to the
    /// organisation's tax type.
    pub tax_types: BTreeMap<String, String>,
    /// How the invoice's own fields are filled: `number`, `reference`, `url`.
    pub header: Vec<Field>,
    /// How a line's own fields are filled: `description`.
    pub line: Vec<Field>,
    pub tables: Tables,
    pub skus: Vec<Sku>,
    pub rates: Vec<DatedRate>,
    pub marketplaces: Vec<Marketplace>,
    /// What a person confirmed that settlement words stand for.
    #[serde(default)]
    pub words: Overrides,
}

/// A target and the formula that fills it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub id: String,
    pub target: String,
    pub formula: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// Whether an order is posted, recorded only, or cancelled; and why.
    pub posting: Table,
    /// Line kind, marketplace, fulfilment, SKU category → role or account code.
    pub accounts: Table,
    /// Who owes the tax, what Amazon states, what the SKU is → treatment, class and reason.
    pub tax: Table,
    /// Marketplace, fulfilment → tracking options, or none.
    pub tracking: Table,
    /// Marketplace, program → the contact's name and key.
    pub contacts: Table,
}

/// What the owner knows about a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sku {
    pub sku: String,
    #[serde(default)]
    pub category: String,
    pub tax_class: Option<String>,
    /// The item in Xero, where its code is not made from the SKU.
    pub item_code: Option<String>,
}

/// A currency's rate from a day on, until the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedRate {
    pub currency: Currency,
    pub from: Day,
    /// Foreign units for one unit of the organisation's currency, as Xero's `CurrencyRate`.
    pub rate: Rate,
    /// Who said so: `HMRC monthly`, `ECB`.
    pub source: String,
}

/// A marketplace and how its numbers are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marketplace {
    pub marketplace_id: String,
    /// `Amazon.co.uk`
    pub name: String,
    /// ISO 3166, two letters.
    pub country: String,
    /// Of Seller Central.
    pub host: String,
    pub prices: Prices,
    pub discounts: Discounts,
    /// The country's tax in percent by tax class, for prices that Amazon gives without their tax.
    #[serde(default)]
    pub tax: BTreeMap<String, Decimal>,
}

/// Whether the tax that Amazon lists is inside the other amounts or beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prices {
    IncludeTax,
    ExcludeTax,
}

/// How Amazon prints a discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discounts {
    /// As a positive number, to be taken off.
    Positive,
    /// As a negative number, to be added.
    Negative,
}

/// Why a text is not a rule book.
#[derive(Debug, thiserror::Error)]
pub enum RuleBookError {
    #[error("the rule book could not be read")]
    Unreadable(#[source] serde_json::Error),
    #[error("the rule book has format {0}, and this build reads format {FORMAT}")]
    Format(u32),
}

/// What is wrong with a rule book, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{table}, row {row}, {cell}: {problem}")]
pub struct RuleError {
    pub table: String,
    pub row: String,
    pub cell: String,
    pub problem: String,
}

impl RuleBook {
    /// The first rule book of a new book: these accounts, the tax types of its country.
    pub fn first(
        chart: &Chart,
        accounts: BTreeMap<Role, String>,
    ) -> Result<RuleBook, RuleBookError> {
        first::first(chart, accounts)
    }

    pub fn from_json(text: &str) -> Result<RuleBook, RuleBookError> {
        let book: RuleBook = serde_json::from_str(text).map_err(RuleBookError::Unreadable)?;
        if book.format == FORMAT { Ok(book) } else { Err(RuleBookError::Format(book.format)) }
    }

    pub fn to_json(&self) -> Result<String, RuleBookError> {
        serde_json::to_string(self).map_err(RuleBookError::Unreadable)
    }

    /// The version's name: a hash of its content.
    pub fn hash(&self) -> Result<String, RuleBookError> {
        Ok(base::id::content_hash(self.to_json()?.as_bytes()))
    }

    /// Compiles every cell, once per published version; every error, not only the first.
    pub fn compile(&self) -> Result<Compiled, Vec<RuleError>> {
        Compiled::new(self)
    }

    /// The publish gate: everything that compiling finds, and what only the chart shows.
    pub fn check(&self, chart: &Chart) -> Vec<RuleError> {
        check::check(self, chart)
    }
}
