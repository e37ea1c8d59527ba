//! An order in Amazon's words: only the fields that are read. All but what Amazon's model calls
//! required may be missing, and a list may be null.

use base::Exact;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub order_id: String,
    pub created_time: String,
    pub last_updated_time: String,
    pub programs: Option<Vec<String>>,
    pub associated_orders: Option<Vec<AssociatedOrder>>,
    pub sales_channel: SalesChannel,
    pub buyer: Option<Buyer>,
    pub recipient: Option<Recipient>,
    pub proceeds: Option<OrderProceeds>,
    pub payment: Option<Payment>,
    pub fulfillment: Option<OrderFulfillment>,
    pub order_items: Vec<OrderItem>,
}

/// Amazon writes the amount as text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    pub amount: Exact,
    pub currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociatedOrder {
    pub order_id: Option<String>,
    pub association_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SalesChannel {
    pub channel_name: String,
    pub marketplace_id: Option<String>,
    pub marketplace_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Buyer {
    pub buyer_name: Option<String>,
    pub buyer_email: Option<String>,
    pub buyer_company_name: Option<String>,
    pub buyer_purchase_order_number: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    pub delivery_address: Option<Address>,
}

/// The two parts of an address that tax depends on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub country_code: Option<String>,
    pub state_or_region: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderProceeds {
    pub grand_total: Option<Money>,
    pub breakdowns: Option<Vec<OrderBreakdown>>,
}

#[derive(Debug, Deserialize)]
pub struct OrderBreakdown {
    #[serde(rename = "type")]
    pub kind: String,
    /// `PENDING` or `FINALIZED`, for what is charged after checkout.
    pub status: Option<String>,
    pub subtotal: Money,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub payment_executions: Option<Vec<PaymentExecution>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentExecution {
    pub payment_method: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderFulfillment {
    pub fulfillment_status: Option<String>,
    pub fulfilled_by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    pub order_item_id: String,
    pub quantity_ordered: u64,
    pub product: Product,
    pub proceeds: Option<ItemProceeds>,
    pub promotion: Option<Promotion>,
    pub cancellation: Option<Cancellation>,
    pub fulfillment: Option<ItemFulfillment>,
    pub tax: Option<ItemTax>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub asin: Option<String>,
    pub title: Option<String>,
    pub seller_sku: Option<String>,
    pub price: Option<Price>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    pub unit_price: Option<Money>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemProceeds {
    pub proceeds_total: Option<Money>,
    pub breakdowns: Option<Vec<ItemBreakdown>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemBreakdown {
    #[serde(rename = "type")]
    pub kind: String,
    pub subtotal: Money,
    pub detailed_breakdowns: Option<Vec<DetailedBreakdown>>,
}

#[derive(Debug, Deserialize)]
pub struct DetailedBreakdown {
    pub subtype: Option<String>,
    pub value: Option<Money>,
}

#[derive(Debug, Deserialize)]
pub struct Promotion {
    pub breakdowns: Option<Vec<PromotionBreakdown>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromotionBreakdown {
    pub promotion_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    pub cancellation_execution: Option<CancellationExecution>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancellationExecution {
    pub cancelled_by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFulfillment {
    pub quantity_fulfilled: Option<u64>,
    pub quantity_unfulfilled: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemTax {
    pub tax_calculation_breakdowns: Option<Vec<TaxCalculation>>,
    pub tax_collections: Option<Vec<TaxCollection>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxCalculation {
    pub reporting_scheme: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxCollection {
    pub model: Option<String>,
    pub responsible_party: Option<String>,
}
