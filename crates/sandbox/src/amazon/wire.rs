//! An order as Amazon's model `orders_2026-01-01` writes it: the parts that the generator fills.

use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub order_id: String,
    pub order_aliases: Vec<Alias>,
    pub created_time: String,
    pub last_updated_time: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub associated_orders: Vec<AssociatedOrder>,
    pub sales_channel: SalesChannel,
    pub buyer: Buyer,
    pub recipient: Recipient,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proceeds: Option<OrderProceeds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<OrderTax>,
    pub fulfillment: OrderFulfillment,
    pub order_items: Vec<OrderItem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    pub alias_id: String,
    pub alias_type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociatedOrder {
    pub order_id: String,
    pub association_type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SalesChannel {
    pub channel_name: &'static str,
    pub marketplace_id: &'static str,
    pub marketplace_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Buyer {
    pub buyer_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_company_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer_purchase_order_number: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    pub delivery_address: Address,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub name: &'static str,
    pub address_line1: &'static str,
    pub city: &'static str,
    pub state_or_region: &'static str,
    pub postal_code: &'static str,
    pub country_code: &'static str,
    pub address_type: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Amount {
    pub amount: String,
    pub currency_code: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderProceeds {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grand_total: Option<Amount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breakdowns: Vec<Breakdown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    pub subtotal: Amount,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub detailed_breakdowns: Vec<Detail>,
}

#[derive(Debug, Serialize)]
pub struct Detail {
    pub subtype: &'static str,
    pub value: Amount,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub payment_executions: Vec<PaymentExecution>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentExecution {
    pub payment_method: &'static str,
    pub payment_amount: Amount,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderTax {
    pub tax_registrations: Vec<TaxRegistration>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxRegistration {
    pub entity_type: &'static str,
    pub tax_registration_type: &'static str,
    pub tax_registration_number: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderFulfillment {
    pub fulfillment_status: &'static str,
    pub fulfilled_by: &'static str,
    pub fulfillment_service_level: &'static str,
    pub ship_by_window: Window,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    pub earliest_date_time: String,
    pub latest_date_time: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    pub order_item_id: String,
    pub quantity_ordered: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<&'static str>,
    pub product: Product,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proceeds: Option<ItemProceeds>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expense: Option<Expense>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Cancellation>,
    pub fulfillment: ItemFulfillment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<ItemTax>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub asin: &'static str,
    pub title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_sku: Option<&'static str>,
    pub condition: Condition,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    pub condition_type: &'static str,
    pub condition_subtype: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    pub unit_price: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_designation: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemProceeds {
    pub proceeds_total: Amount,
    pub breakdowns: Vec<Breakdown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expense {
    pub points_cost: PointsCost,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsCost {
    pub points_granted: PointsGranted,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsGranted {
    pub points_number: i64,
    pub points_monetary_value: Amount,
}

#[derive(Debug, Serialize)]
pub struct Promotion {
    pub breakdowns: Vec<PromotionBreakdown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PromotionBreakdown {
    pub promotion_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_request: Option<CancellationRequest>,
    pub cancellation_execution: CancellationExecution,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CancellationRequest {
    pub requester: &'static str,
    pub cancel_reason: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CancellationExecution {
    pub cancelled_by: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFulfillment {
    pub quantity_fulfilled: i64,
    pub quantity_unfulfilled: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packing: Option<Packing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Shipping>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Packing {
    pub gift_option: GiftOption,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GiftOption {
    pub gift_wrap_level: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shipping {
    pub international_shipping: InternationalShipping,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InternationalShipping {
    pub ioss_number: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemTax {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tax_calculation_breakdowns: Vec<TaxCalculation>,
    pub tax_collections: Vec<TaxCollection>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxCalculation {
    pub reporting_scheme: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaxCollection {
    pub model: &'static str,
    pub responsible_party: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    pub package_reference_id: String,
    pub created_time: String,
    pub package_status: PackageStatus,
    pub carrier: &'static str,
    pub ship_time: String,
    pub package_items: Vec<PackageItem>,
}

#[derive(Debug, Serialize)]
pub struct PackageStatus {
    pub status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageItem {
    pub order_item_id: String,
    pub quantity: i64,
}
