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

#[derive(Deserialize)]
struct Edition {
    /// Xero's `Version` of an organisation.
    versions: Vec<String>,
    tax_types: BTreeMap<String, String>,
}

pub(crate) fn first(
    chart: &Chart,
    accounts: BTreeMap<Role, String>,
) -> Result<RuleBook, RuleBookError> {
    let mut book = RuleBook::from_json(FIRST)?;
    let editions: Vec<Edition> =
        serde_json::from_str(TAX_TYPES).map_err(RuleBookError::Unreadable)?;
    let version = &chart.organisation.version;
    if let Some(edition) = editions.into_iter().find(|e| e.versions.contains(version)) {
        book.tax_types = edition.tax_types;
    }
    book.accounts = accounts;
    Ok(book)
}
