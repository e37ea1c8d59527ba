//! A transaction in Amazon's words: only the fields that are read. Amazon's model calls none of
//! them required, and any list may be null.

use serde::Deserialize;

use super::{Breakdown, Money, RelatedIdentifier};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    pub selling_partner_metadata: Option<SellingPartner>,
    pub related_identifiers: Option<Vec<RelatedIdentifier>>,
    pub transaction_type: Option<String>,
    pub transaction_id: Option<String>,
    pub transaction_status: Option<String>,
    pub description: Option<String>,
    pub posted_date: Option<String>,
    pub total_amount: Option<Money>,
    pub marketplace_details: Option<Marketplace>,
    pub items: Option<Vec<Item>>,
    pub contexts: Option<Vec<Context>>,
    pub breakdowns: Option<Vec<Breakdown>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SellingPartner {
    pub account_type: Option<String>,
    pub marketplace_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Marketplace {
    pub marketplace_id: Option<String>,
    pub marketplace_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    pub description: Option<String>,
    pub related_identifiers: Option<Vec<ItemIdentifier>>,
    pub total_amount: Option<Money>,
    pub breakdowns: Option<Vec<Breakdown>>,
    pub contexts: Option<Vec<Context>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemIdentifier {
    pub item_related_identifier_name: Option<String>,
    pub item_related_identifier_value: Option<String>,
}

/// Any of Amazon's contexts. `contextType` says which one, and so do the fields that are there:
/// one struct of options, because serde would read a tagged list's numbers through a float.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// Of a `ProductContext`.
    pub sku: Option<String>,
    pub quantity_shipped: Option<i64>,
    pub fulfillment_network: Option<String>,
    /// Of a `DeferredContext`: `DD7`, `B2B`.
    pub deferral_reason: Option<String>,
    pub maturity_date: Option<String>,
}
