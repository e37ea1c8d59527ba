//! Orders that a test puts in as Amazon's own JSON text: read for the truth, served untouched.

use base::{Currency, Decimal, Money, Timestamp};
use serde::Deserialize;

use super::state::{LineState, State};

/// An order's text and what it says.
#[derive(Debug, Clone)]
pub(crate) struct RawState {
    pub text: String,
    pub id: String,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub state: State,
}

/// Why a text cannot be served as an order.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    #[error("the text is not an order")]
    Json(#[source] serde_json::Error),
    #[error("the order has no readable times")]
    Time(#[source] base::TimeError),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
    created_time: String,
    last_updated_time: String,
    sales_channel: SalesChannel,
    #[serde(default)]
    associated_orders: Vec<Associated>,
    proceeds: Option<OrderProceeds>,
    payment: Option<Payment>,
    fulfillment: Option<OrderFulfillment>,
    #[serde(default)]
    order_items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SalesChannel {
    channel_name: String,
    marketplace_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Associated {
    association_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderProceeds {
    grand_total: Option<Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    amount: String,
    currency_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    #[serde(default)]
    payment_executions: Vec<Execution>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Execution {
    payment_method: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderFulfillment {
    fulfillment_status: String,
    fulfilled_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    proceeds: Option<ItemProceeds>,
    fulfillment: Option<ItemFulfillment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemProceeds {
    proceeds_total: Option<Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemFulfillment {
    quantity_fulfilled: Option<u64>,
    quantity_unfulfilled: Option<u64>,
}

impl Amount {
    fn money(&self) -> Option<Money> {
        let currency: Currency = self.currency_code.parse().ok()?;
        Money::exact(Decimal::from_str_exact(&self.amount).ok()?, currency).ok()
    }
}

impl RawState {
    pub(crate) fn read(text: &str) -> Result<RawState, RawError> {
        let order: Order = serde_json::from_str(text).map_err(RawError::Json)?;
        Ok(RawState {
            text: text.to_owned(),
            created: Timestamp::parse(&order.created_time).map_err(RawError::Time)?,
            updated: Timestamp::parse(&order.last_updated_time).map_err(RawError::Time)?,
            state: order.state(),
            id: order.order_id,
        })
    }
}

impl Order {
    fn state(&self) -> State {
        let (status, fulfilled_by) = match &self.fulfillment {
            Some(of) => (of.fulfillment_status.clone(), of.fulfilled_by.clone()),
            None => (String::new(), None),
        };
        let executions = self.payment.iter().flat_map(|payment| &payment.payment_executions);
        State {
            status,
            sold_on_amazon: self.sales_channel.channel_name == "AMAZON",
            marketplace_id: self.sales_channel.marketplace_id.clone().unwrap_or_default(),
            fulfilled_by: fulfilled_by.unwrap_or_default(),
            replaces: self.associated_orders.iter().any(|other| {
                matches!(
                    other.association_type.as_deref(),
                    Some("REPLACEMENT_ORIGINAL_ID" | "EXCHANGE_ORIGINAL_ID")
                )
            }),
            invoiced: executions
                .filter_map(|execution| execution.payment_method.as_deref())
                .any(|method| method == "Invoice"),
            total: self
                .proceeds
                .as_ref()
                .and_then(|of| of.grand_total.as_ref())
                .and_then(Amount::money),
            lines: self.order_items.iter().filter_map(Item::state).collect(),
        }
    }
}

impl Item {
    fn state(&self) -> Option<LineState> {
        let total = self.proceeds.as_ref()?.proceeds_total.as_ref()?.money()?;
        let fulfillment = self.fulfillment.as_ref();
        let count = |of: fn(&ItemFulfillment) -> Option<u64>| fulfillment.and_then(of).unwrap_or(0);
        Some(LineState {
            total,
            fulfilled: count(|of| of.quantity_fulfilled),
            unfulfilled: count(|of| of.quantity_unfulfilled),
        })
    }
}
