//! The rule book that a new book begins with.

use std::collections::BTreeMap;

use facts::Chart;
use serde::Deserialize;

use crate::rulebook::{Role, RuleBook, RuleBookError};

/// Written for an organisation in the United Kingdom that sells in marketplaces worldwide.
const FIRST: &str = include_str!("first.json");

/// The default tax types of Xero's editions, by tax class.
/// <https://developer.xero.com/documentation/api/accounting/types#taxtypes>
const TAX_TYPES: &str = include_str!("tax_types.json");

/// The classes of what is bought, such as Amazon's fees. An organisation without the rate of one
/// goes without the class until a settlement asks for it: orders buy nothing.
pub(crate) const PURCHASES: [&str; 4] =
    ["input_standard", "input_zero", "reverse_charge", "input_exempt"];

#[derive(Deserialize)]
struct Edition {
    /// Xero's `Version` of an organisation.
    versions: Vec<String>,
    /// Only for organisations in these countries; for all where none is named.
    #[serde(default)]
    countries: Vec<String>,
    tax_types: BTreeMap<String, String>,
}

impl Edition {
    fn is_of(&self, chart: &Chart) -> bool {
        let organisation = &chart.organisation;
        let is_there = self.countries.is_empty() || self.countries.contains(&organisation.country);
        is_there && self.versions.contains(&organisation.version)
    }
}

fn has_rate(chart: &Chart, tax_type: &str) -> bool {
    chart.tax_rate(tax_type).is_some_and(|rate| rate.is_active)
}

pub(crate) fn first(
    chart: &Chart,
    accounts: BTreeMap<Role, String>,
) -> Result<RuleBook, RuleBookError> {
    let mut book = RuleBook::from_json(FIRST)?;
    let editions: Vec<Edition> =
        serde_json::from_str(TAX_TYPES).map_err(RuleBookError::Unreadable)?;
    if let Some(edition) = editions.into_iter().find(|edition| edition.is_of(chart)) {
        book.tax_types = edition.tax_types;
    }
    book.tax_types.retain(|class, tax_type| {
        !PURCHASES.contains(&class.as_str()) || has_rate(chart, tax_type)
    });
    book.accounts = accounts;
    Ok(book)
}
