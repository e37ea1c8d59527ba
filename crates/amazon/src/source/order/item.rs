//! The items of an order: units, amounts with their signs as printed, and who remits the tax.

use facts::order as ours;

use super::{OrderError, filled, list, money, words};
use crate::api::orders::order as wire;

pub(super) fn item(wire: &wire::OrderItem) -> Result<ours::Item, OrderError> {
    let id = wire.order_item_id.as_str();
    let proceeds = wire.proceeds.as_ref();
    let total = proceeds.and_then(|proceeds| proceeds.proceeds_total.as_ref());
    let price = wire.product.price.as_ref().and_then(|price| price.unit_price.as_ref());
    let fulfillment = wire.fulfillment.as_ref();
    let execution = wire.cancellation.as_ref().and_then(|c| c.cancellation_execution.as_ref());
    Ok(ours::Item {
        item_id: id.to_owned(),
        sku: filled(wire.product.seller_sku.as_ref()),
        asin: filled(wire.product.asin.as_ref()),
        title: filled(wire.product.title.as_ref()),
        ordered: wire.quantity_ordered,
        fulfilled: fulfillment.and_then(|fulfillment| fulfillment.quantity_fulfilled),
        unfulfilled: fulfillment.and_then(|fulfillment| fulfillment.quantity_unfulfilled),
        unit_price: price.map(|p| money(p, || format!("item {id} unitPrice"))).transpose()?,
        total: total.map(|t| money(t, || format!("item {id} proceedsTotal"))).transpose()?,
        charges: charges(id, proceeds)?,
        promotions: promotions(wire.promotion.as_ref()),
        facilitator: facilitator(wire.tax.as_ref()),
        reporting_scheme: reporting_scheme(wire.tax.as_ref()),
        cancelled_by: execution.and_then(|execution| execution.cancelled_by.clone()),
    })
}

fn charges(
    item_id: &str,
    proceeds: Option<&wire::ItemProceeds>,
) -> Result<Vec<ours::Charge>, OrderError> {
    list(proceeds.and_then(|proceeds| proceeds.breakdowns.as_ref()))
        .map(|breakdown| {
            let place = || format!("item {item_id} {}", breakdown.kind);
            Ok(ours::Charge {
                kind: words::charge_kind(&breakdown.kind),
                amount: money(&breakdown.subtotal, place)?,
                parts: parts(breakdown, &place)?,
            })
        })
        .collect()
}

/// A detailed breakdown without a value says nothing and is no part.
fn parts(
    breakdown: &wire::ItemBreakdown,
    place: &impl Fn() -> String,
) -> Result<Vec<ours::Part>, OrderError> {
    list(breakdown.detailed_breakdowns.as_ref())
        .filter_map(|detail| detail.value.as_ref().map(|value| (detail.subtype.as_deref(), value)))
        .map(|(subtype, value)| {
            let subtype = subtype.unwrap_or_default();
            let amount = money(value, || format!("{} of {subtype}", place()))?;
            Ok(ours::Part { of: words::charge_kind(subtype), amount })
        })
        .collect()
}

fn promotions(wire: Option<&wire::Promotion>) -> Vec<String> {
    list(wire.and_then(|promotion| promotion.breakdowns.as_ref()))
        .filter_map(|breakdown| breakdown.promotion_id.clone())
        .collect()
}

/// Who withholds the tax. Amazon's model lists one way of collecting; any other word is not a
/// facilitator.
fn facilitator(wire: Option<&wire::ItemTax>) -> Option<String> {
    list(wire.and_then(|tax| tax.tax_collections.as_ref()))
        .find(|collection| collection.model.as_deref() == Some("MARKETPLACE_FACILITATOR"))
        .map(|collection| {
            let party = filled(collection.responsible_party.as_ref());
            party.or_else(|| collection.model.clone()).unwrap_or_default()
        })
}

fn reporting_scheme(wire: Option<&wire::ItemTax>) -> Option<String> {
    list(wire.and_then(|tax| tax.tax_calculation_breakdowns.as_ref()))
        .find_map(|breakdown| breakdown.reporting_scheme.clone())
}
