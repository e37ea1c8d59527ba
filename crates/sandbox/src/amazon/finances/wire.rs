//! The shapes of the Finances API's replies: the parts that the history fills.

use base::{Exact, Money};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Amount {
    pub currency_code: String,
    pub currency_amount: Exact,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Amount {
        let currency_code = money.currency().code().to_owned();
        Amount { currency_code, currency_amount: Exact(money.amount()) }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Breakdown {
    pub breakdown_type: &'static str,
    pub breakdown_amount: Amount,
    pub breakdowns: Vec<Breakdown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RelatedIdentifier {
    pub related_identifier_name: &'static str,
    pub related_identifier_value: String,
}

pub(crate) fn related(name: &'static str, value: impl Into<String>) -> RelatedIdentifier {
    RelatedIdentifier { related_identifier_name: name, related_identifier_value: value.into() }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemRelatedIdentifier {
    pub item_related_identifier_name: &'static str,
    pub item_related_identifier_value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SellingPartner {
    pub selling_partner_id: String,
    pub account_type: &'static str,
    pub marketplace_id: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Partner {
    pub partner_id: String,
    pub account_type: &'static str,
    pub marketplace_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Marketplace {
    pub marketplace_id: &'static str,
    pub marketplace_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub description: &'static str,
    pub related_identifiers: Vec<ItemRelatedIdentifier>,
    pub total_amount: Amount,
    /// Some transactions have their detail on top alone.
    pub breakdowns: Option<Vec<Breakdown>>,
    pub contexts: Vec<Context>,
}

/// Which fields there are depends on the type.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context {
    pub context_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity_shipped: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fulfillment_network: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferral_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maturity_date: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    pub selling_partner_metadata: SellingPartner,
    pub related_identifiers: Vec<RelatedIdentifier>,
    pub transaction_type: &'static str,
    pub transaction_id: String,
    pub transaction_status: &'static str,
    pub description: &'static str,
    pub posted_date: String,
    pub total_amount: Amount,
    pub marketplace_details: Marketplace,
    pub items: Vec<Item>,
    pub contexts: Vec<Context>,
    pub breakdowns: Vec<Breakdown>,
}

#[derive(Debug, Serialize)]
pub(crate) struct TransactionsReply {
    pub payload: Transactions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transactions {
    pub transactions: Vec<Transaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct BalancesReply {
    pub balances: Vec<Balance>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Balance {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_metadata: Option<Partner>,
    pub balance_type: &'static str,
    pub amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub balances: Vec<Balance>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SummaryReply {
    pub summaries: Vec<Summary>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub partner_metadata: Partner,
    pub net_proceeds: Amount,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_identifiers: Vec<RelatedIdentifier>,
    pub breakdowns: Vec<Breakdown>,
    pub period_start: String,
    pub period_end: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct GroupsReply {
    pub payload: Groups,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Groups {
    pub financial_event_group_list: Vec<Group>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Group {
    pub financial_event_group_id: String,
    pub processing_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund_transfer_status: Option<&'static str>,
    pub original_total: OldAmount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted_total: Option<OldAmount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund_transfer_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_tail: Option<&'static str>,
    pub beginning_balance: OldAmount,
    pub financial_event_group_start: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub financial_event_group_end: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OldAmount {
    pub currency_code: String,
    pub currency_amount: Exact,
}

impl From<Money> for OldAmount {
    fn from(money: Money) -> OldAmount {
        let Amount { currency_code, currency_amount } = money.into();
        OldAmount { currency_code, currency_amount }
    }
}
