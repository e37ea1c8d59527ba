//! Types of notifications, how each is sent, and the words of their filters.

use super::wire::{Filter, Resource};
use crate::amazon::reply::Refusal;

pub(crate) const ORDER_CHANGE: &str = "ORDER_CHANGE";
pub(crate) const TRANSACTION_UPDATE: &str = "TRANSACTION_UPDATE";
pub(crate) const REPORT_FINISHED: &str = "REPORT_PROCESSING_FINISHED";
const ANY_OFFER: &str = "ANY_OFFER_CHANGED";

/// To a queue or to an event bus
/// (<https://developer-docs.amazon.com/sp-api/docs/set-up-notifications-with-amazon-eventbridge>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Sqs,
    EventBridge,
}

/// Sent to a queue. Types for vendors are left out: the one account is a seller's.
const BY_SQS: [&str; 8] = [
    ORDER_CHANGE,
    TRANSACTION_UPDATE,
    REPORT_FINISHED,
    "FEED_PROCESSING_FINISHED",
    "FBA_INVENTORY_AVAILABILITY_CHANGES",
    "ACCOUNT_STATUS_CHANGED",
    "FBA_OUTBOUND_SHIPMENT_STATUS",
    ANY_OFFER,
];

const BY_EVENT_BRIDGE: [&str; 6] = [
    "BRANDED_ITEM_CONTENT_CHANGE",
    "ITEM_PRODUCT_TYPE_CHANGE",
    "LISTINGS_ITEM_STATUS_CHANGE",
    "LISTINGS_ITEM_ISSUES_CHANGE",
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE",
    "PRODUCT_TYPE_DEFINITIONS_CHANGE",
];

const ORDER_CHANGES: [&str; 3] = ["BuyerRequestedChange", "DeliveryTipChange", "OrderStatusChange"];

/// How a type is sent.
pub(crate) fn channel(kind: &str) -> Result<Channel, Refusal> {
    if BY_SQS.contains(&kind) {
        return Ok(Channel::Sqs);
    }
    if BY_EVENT_BRIDGE.contains(&kind) {
        return Ok(Channel::EventBridge);
    }
    Err(Refusal::input("There is no such notificationType."))
}

impl Channel {
    pub(crate) fn fits(self, resource: &Resource) -> bool {
        match self {
            Channel::Sqs => resource.sqs.is_some(),
            Channel::EventBridge => resource.event_bridge.is_some(),
        }
    }
}

/// Only changes of orders and of offers can be filtered, by words that there are.
pub(crate) fn check_filter(kind: &str, filter: &Filter) -> Result<(), Refusal> {
    if kind != ORDER_CHANGE && kind != ANY_OFFER {
        return Err(Refusal::input("This type has no eventFilter."));
    }
    let Some(changes) = &filter.order_change_types else { return Ok(()) };
    let is_known = |word: &String| ORDER_CHANGES.contains(&word.as_str());
    if kind != ORDER_CHANGE || changes.is_empty() || !changes.iter().all(is_known) {
        return Err(Refusal::input("orderChangeTypes has a word that there is not."));
    }
    Ok(())
}

/// The status of an order in the words of the older Orders API, which notifications use.
pub(crate) fn status(word: &str) -> String {
    let told = match word {
        "PENDING" => "Pending",
        "PENDING_AVAILABILITY" => "PendingAvailability",
        "UNSHIPPED" => "Unshipped",
        "PARTIALLY_SHIPPED" => "PartiallyShipped",
        "SHIPPED" => "Shipped",
        "CANCELLED" => "Canceled",
        "UNFULFILLABLE" => "Unfulfillable",
        "INVOICE_UNCONFIRMED" => "InvoiceUnconfirmed",
        other => other,
    };
    told.to_owned()
}

/// Who ships, in the same words.
pub(crate) fn fulfilment(word: &str) -> &'static str {
    if word == "AMAZON" { "AFN" } else { "MFN" }
}
