//! The shapes of the Notifications API and of the messages.

use base::Exact;
use serde::{Deserialize, Serialize};

pub(crate) const DESTINATION_FIELDS: [&str; 2] = ["name", "resourceSpecification"];
pub(crate) const SUBSCRIPTION_FIELDS: [&str; 3] =
    ["payloadVersion", "destinationId", "processingDirective"];

#[derive(Serialize)]
pub(crate) struct Payload<T> {
    pub payload: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewDestination {
    pub name: String,
    pub resource_specification: Resource,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqs: Option<Sqs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_bridge: Option<EventBridge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sqs {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EventBridge {
    pub region: String,
    pub account_id: String,
    /// Amazon gives it a name; none is asked for.
    #[serde(default)]
    pub name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Destination {
    destination_id: String,
    name: String,
    resource: Resource,
}

impl Destination {
    pub(crate) fn of(id: &str, name: &str, resource: &Resource) -> Destination {
        let mut resource = resource.clone();
        if let Some(bus) = &mut resource.event_bridge {
            name.clone_into(&mut bus.name);
        }
        Destination { destination_id: id.to_owned(), name: name.to_owned(), resource }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewSubscription {
    pub payload_version: String,
    pub destination_id: String,
    pub processing_directive: Option<Directive>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Directive {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_filter: Option<Filter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_expression: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Filter {
    pub event_filter_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_change_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_ids: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription<'a> {
    pub subscription_id: &'a str,
    pub payload_version: &'a str,
    pub destination_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processing_directive: Option<&'a Directive>,
}

/// Most types are written like this.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Envelope<'a, P> {
    pub notification_version: &'a str,
    pub notification_type: &'a str,
    pub payload_version: &'a str,
    pub event_time: String,
    pub payload: P,
    pub notification_metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Metadata {
    pub application_id: &'static str,
    pub subscription_id: String,
    pub publish_time: String,
    pub notification_id: String,
}

/// And those about reports like this.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CamelEnvelope<'a, P> {
    pub notification_version: &'a str,
    pub notification_type: &'a str,
    pub payload_version: &'a str,
    pub event_time: String,
    pub payload: P,
    pub notification_metadata: CamelMetadata,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CamelMetadata {
    pub application_id: &'static str,
    pub subscription_id: String,
    pub publish_time: String,
    pub notification_id: String,
}

impl From<Metadata> for CamelMetadata {
    fn from(of: Metadata) -> CamelMetadata {
        CamelMetadata {
            application_id: of.application_id,
            subscription_id: of.subscription_id,
            publish_time: of.publish_time,
            notification_id: of.notification_id,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OrderPayload {
    pub order_change_notification: OrderChange,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OrderChange {
    pub notification_level: &'static str,
    pub seller_id: String,
    pub amazon_order_id: String,
    pub order_change_type: &'static str,
    pub order_change_trigger: Trigger,
    pub summary: Summary,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Trigger {
    pub time_of_order_change: String,
    pub change_reason: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Summary {
    pub marketplace_id: String,
    pub order_status: String,
    pub purchase_date: String,
    pub destination_postal_code: Option<&'static str>,
    pub fulfillment_type: &'static str,
    pub order_type: &'static str,
    pub number_of_items_shipped: u64,
    pub number_of_items_unshipped: u64,
    pub order_items: Vec<OrderItem>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OrderItem {
    pub order_item_id: String,
    #[serde(rename = "SellerSKU")]
    pub seller_sku: &'static str,
    pub supply_source_id: Option<String>,
    pub quantity: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TransactionPayload {
    pub transaction_update_notification: TransactionUpdate,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TransactionUpdate {
    pub selling_partner_metadata: SellingPartner,
    pub related_identifiers: Vec<Related>,
    pub transaction_type: &'static str,
    pub posted_date: String,
    pub total_amount: Amount,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SellingPartner {
    pub selling_partner_id: String,
    pub marketplace_id: &'static str,
    pub account_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Related {
    pub related_identifier_name: &'static str,
    pub related_identifier_value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Amount {
    pub currency_amount: Exact,
    pub currency_code: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportPayload {
    pub report_processing_finished_notification: ReportFinished,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportFinished {
    pub seller_id: String,
    pub account_id: String,
    pub report_id: String,
    pub report_type: &'static str,
    pub processing_status: &'static str,
    pub report_document_id: String,
}
