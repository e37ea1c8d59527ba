//! Balances and summaries in Amazon's words: only the fields that are read.

use serde::Deserialize;

use super::{Breakdown, Money, RelatedIdentifier};

/// A balance and those that it is made of: TOTAL, of AVAILABLE and RESERVED, of DEFERRED and
/// `ACCOUNT_LEVEL_RESERVE`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    pub partner_metadata: Option<Partner>,
    pub balance_type: Option<String>,
    pub amount: Option<Money>,
    pub balances: Option<Vec<Balance>>,
    pub as_of_date: Option<String>,
    /// In the marketplace's own time, with its offset.
    pub last_updated_time: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub net_proceeds: Option<Money>,
    pub related_identifiers: Option<Vec<RelatedIdentifier>>,
    pub breakdowns: Option<Vec<Breakdown>>,
    pub period_end: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partner {
    pub account_type: Option<String>,
    pub marketplace_id: Option<String>,
}
