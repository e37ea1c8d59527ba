//! What is read of an order. Written down here for itself, not shared with the connector.

use base::Exact;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) orders: Vec<Box<RawValue>>,
    pub(crate) pagination: Option<Pagination>,
    pub(crate) last_updated_before: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct One {
    pub(crate) order: Box<RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Named {
    pub(crate) order_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Times {
    pub(crate) last_updated_time: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    #[serde(rename = "orderId")]
    pub(crate) id: String,
    pub(crate) last_updated_time: String,
    pub(crate) created_time: Option<String>,
    pub(crate) associated_orders: Option<Vec<Associated>>,
    pub(crate) sales_channel: SalesChannel,
    pub(crate) proceeds: Option<Proceeds>,
    pub(crate) payment: Option<Payment>,
    pub(crate) fulfillment: Option<Fulfillment>,
    #[serde(rename = "orderItems")]
    pub(crate) items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Amount {
    pub(crate) amount: Exact,
    pub(crate) currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Associated {
    pub(crate) association_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SalesChannel {
    pub(crate) channel_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Proceeds {
    pub(crate) grand_total: Option<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    pub(crate) payment_executions: Option<Vec<Execution>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Execution {
    pub(crate) payment_method: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fulfillment {
    pub(crate) fulfillment_status: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub(crate) proceeds: Option<ItemProceeds>,
    pub(crate) fulfillment: Option<ItemFulfillment>,
    pub(crate) tax: Option<ItemTax>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemProceeds {
    pub(crate) proceeds_total: Option<Amount>,
    pub(crate) breakdowns: Option<Vec<Breakdown>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Breakdown {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) subtotal: Amount,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemFulfillment {
    pub(crate) quantity_fulfilled: Option<u64>,
    pub(crate) quantity_unfulfilled: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemTax {
    pub(crate) tax_collections: Option<Vec<Collection>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Collection {
    pub(crate) model: Option<String>,
}
