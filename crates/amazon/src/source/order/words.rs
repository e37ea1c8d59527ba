//! Amazon's words for states and kinds. Each set is open: a word that the model does not list, or
//! no word at all, is kept as it is, and nothing stands for it.

use facts::order as ours;

use crate::api::orders::order as wire;

pub(super) fn channel(word: &str) -> ours::Channel {
    match word {
        "AMAZON" => ours::Channel::Amazon,
        "NON_AMAZON" => ours::Channel::NonAmazon,
        other => ours::Channel::Other(other.to_owned()),
    }
}

/// Amazon's sample code knows words that its model does not, so that the set is open.
pub(super) fn status(word: Option<&str>) -> ours::Status {
    match word.unwrap_or_default() {
        "PENDING_AVAILABILITY" => ours::Status::PendingAvailability,
        "PENDING" => ours::Status::Pending,
        "UNSHIPPED" => ours::Status::Unshipped,
        "PARTIALLY_SHIPPED" => ours::Status::PartiallyShipped,
        "SHIPPED" => ours::Status::Shipped,
        "CANCELLED" => ours::Status::Cancelled,
        "UNFULFILLABLE" => ours::Status::Unfulfillable,
        other => ours::Status::Other(other.to_owned()),
    }
}

pub(super) fn fulfilled_by(word: Option<&str>) -> ours::FulfilledBy {
    match word.unwrap_or_default() {
        "AMAZON" => ours::FulfilledBy::Amazon,
        "MERCHANT" => ours::FulfilledBy::Merchant,
        other => ours::FulfilledBy::Other(other.to_owned()),
    }
}

pub(super) fn associated(wire: &wire::AssociatedOrder) -> ours::Associated {
    let association = match wire.association_type.as_deref().unwrap_or_default() {
        "REPLACEMENT_ORIGINAL_ID" => ours::Association::ReplacementOf,
        "EXCHANGE_ORIGINAL_ID" => ours::Association::ExchangeOf,
        other => ours::Association::Other(other.to_owned()),
    };
    ours::Associated { order_id: wire.order_id.clone().unwrap_or_default(), association }
}

pub(super) fn charge_kind(word: &str) -> ours::ChargeKind {
    match word {
        "ITEM" => ours::ChargeKind::Item,
        "SHIPPING" => ours::ChargeKind::Shipping,
        "GIFT_WRAP" => ours::ChargeKind::GiftWrap,
        "COD_FEE" => ours::ChargeKind::CodFee,
        "TAX" => ours::ChargeKind::Tax,
        "DISCOUNT" => ours::ChargeKind::Discount,
        "DELIVERY_TIP" => ours::ChargeKind::DeliveryTip,
        other => ours::ChargeKind::Other(other.to_owned()),
    }
}
