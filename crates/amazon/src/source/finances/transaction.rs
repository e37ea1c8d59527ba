//! A transaction in Amazon's words becomes one in ours.

use base::{Money, Subject, Timestamp};
use facts::finances as ours;
use facts::{Body, Fact};
use serde_json::value::RawValue;

use super::super::filing::{Filing, Part, filled, time, time_opt};
use super::super::order::is_order_id;
use super::parts::{beyond, footed, leaves, minus, money, plus, sum};
use super::{FinancesError, TRANSACTION_KIND};
use crate::api::finances::transaction as wire;
use crate::api::finances::{Breakdown, SETTLEMENT_ID};
use crate::source::{Account, Raw};

/// Reads one transaction as Amazon wrote it. Never fails: one that cannot be read is a fact that
/// says why, filed under its order where that is known.
pub fn read_transaction(account: &Account, raw: &RawValue, now: Timestamp) -> (Fact, Raw) {
    let filing = Filing { account, name: "transactions", kind: TRANSACTION_KIND, now };
    let document = filing.document(raw);
    let part = match serde_json::from_slice::<wire::Transaction>(&document.bytes) {
        Ok(wire) => part(account, &wire, &document.hash),
        Err(error) => Part::unshaped(error),
    };
    let fact = filing.fact_of(part, &document);
    (fact, document)
}

fn part(account: &Account, wire: &wire::Transaction, hash: &str) -> Part {
    // Amazon's model does not promise an id. Two transactions without one are never taken for the
    // same, unless they are the same to the letter.
    let id = filled(wire.transaction_id.as_ref()).unwrap_or_else(|| format!("content:{hash}"));
    let body = transaction(account, wire, &id);
    let posted = wire.posted_date.as_deref().and_then(|text| Timestamp::parse(text).ok());
    let occurred = posted.map(|posted| match &body {
        // Both states of a transaction have one posted date. The later one comes after.
        Ok(read) if read.status == ours::TransactionStatus::DeferredReleased => posted.after_ms(1),
        Ok(_) | Err(_) => posted,
    });
    let body = body.map(|read| Body::Transaction(Box::new(read)));
    Part { subject: Some(subject(account, wire)), occurred, about: id, body }
}

/// The order, else the settlement, else the account.
fn subject(account: &Account, wire: &wire::Transaction) -> Subject {
    if let Some(order_id) = related(wire, "ORDER_ID").filter(|id| is_order_id(id)) {
        return Subject::order(&order_id);
    }
    if let Some(settlement_id) = related(wire, SETTLEMENT_ID) {
        return Subject::settlement(&settlement_id);
    }
    account.subject(&marketplace_id(wire))
}

fn transaction(
    account: &Account,
    wire: &wire::Transaction,
    id: &str,
) -> Result<ours::Transaction, FinancesError> {
    let posted = wire.posted_date.as_deref().ok_or(FinancesError::Missing("postedDate"))?;
    let total = wire.total_amount.as_ref().ok_or(FinancesError::Missing("totalAmount"))?;
    let total = money(total, "totalAmount")?;
    let (items, parts) = broken_down(wire, total)?;
    let seller = wire.selling_partner_metadata.as_ref();
    let marketplace = wire.marketplace_details.as_ref();
    Ok(ours::Transaction {
        transaction_id: id.to_owned(),
        transaction_type: text(wire.transaction_type.as_ref()),
        status: status(wire.transaction_status.as_deref()),
        description: text(wire.description.as_ref()),
        posted: time("postedDate", posted)?,
        total,
        region: account.region.as_str().to_owned(),
        seller_id: account.seller_id.clone(),
        account_type: text(seller.and_then(|seller| seller.account_type.as_ref())),
        marketplace_id: marketplace_id(wire),
        marketplace_name: text(marketplace.and_then(|place| place.marketplace_name.as_ref())),
        order_id: related(wire, "ORDER_ID"),
        shipment_id: related(wire, "SHIPMENT_ID"),
        refund_id: related(wire, "REFUND_ID"),
        settlement_id: related(wire, SETTLEMENT_ID),
        event_group_id: related(wire, "FINANCIAL_EVENT_GROUP_ID"),
        releases: related(wire, "DEFERRED_TRANSACTION_ID"),
        released_by: related(wire, "RELEASE_TRANSACTION_ID"),
        deferral: deferral(wire)?,
        items,
        parts,
    })
}

/// Amazon has written `Released` where its model says `RELEASED`.
fn status(word: Option<&str>) -> ours::TransactionStatus {
    let word = word.unwrap_or_default();
    match word.to_ascii_uppercase().as_str() {
        "DEFERRED" => ours::TransactionStatus::Deferred,
        "RELEASED" => ours::TransactionStatus::Released,
        "DEFERRED_RELEASED" => ours::TransactionStatus::DeferredReleased,
        _ => ours::TransactionStatus::Other(word.to_owned()),
    }
}

/// Items and what belongs to none of them; all parts together come to the total.
fn broken_down(
    wire: &wire::Transaction,
    total: Money,
) -> Result<(Vec<ours::TransactionItem>, Vec<ours::Part>), FinancesError> {
    let whole = leaves(list(wire.breakdowns.as_ref()), total.currency())?;
    let wires = list(wire.items.as_ref());
    let are_broken_down = wires.iter().any(|item| !list(item.breakdowns.as_ref()).is_empty());
    let mut items = Vec::new();
    let mut roots = Vec::new();
    let mut rest = total;
    for wire in wires {
        let mut read = item(wire, total)?;
        // Where only the whole is broken down, the items' money is told there, and once.
        if !are_broken_down && !whole.is_empty() {
            read.parts.clear();
        }
        rest = minus(rest, sum(&read.parts, total.currency())?, &[])?;
        items.push(read);
        for tree in list(wire.breakdowns.as_ref()) {
            roots.push((text(tree.breakdown_type.as_ref()), root(tree, total)?));
        }
    }
    let parts = if are_broken_down { beyond(whole, roots, rest)? } else { footed(whole, rest)? };
    Ok((items, parts))
}

/// What a tree comes to.
fn root(tree: &Breakdown, total: Money) -> Result<Money, FinancesError> {
    match &tree.breakdown_amount {
        Some(amount) => money(amount, "an item's breakdown"),
        None => sum(&leaves(std::slice::from_ref(tree), total.currency())?, total.currency()),
    }
}

fn item(wire: &wire::Item, whole: Money) -> Result<ours::TransactionItem, FinancesError> {
    let parts = leaves(list(wire.breakdowns.as_ref()), whole.currency())?;
    let total = match &wire.total_amount {
        Some(total) => money(total, "an item's totalAmount")?,
        None => sum(&parts, whole.currency())?,
    };
    // An item in another currency than its transaction is refused here.
    plus(whole, Money::zero(total.currency()), &["an item's totalAmount".to_owned()])?;
    let contexts = list(wire.contexts.as_ref());
    let quantity = contexts.iter().find_map(|context| context.quantity_shipped);
    Ok(ours::TransactionItem {
        item_id: identifier(wire, "ORDER_ITEM_ID"),
        adjustment_item_id: identifier(wire, "ORDER_ADJUSTMENT_ITEM_ID"),
        sku: contexts.iter().find_map(|context| filled(context.sku.as_ref())),
        quantity: quantity
            .map(|units| u64::try_from(units).map_err(|_negative| FinancesError::Quantity(units)))
            .transpose()?,
        fulfilment: contexts
            .iter()
            .find_map(|context| filled(context.fulfillment_network.as_ref()))
            .unwrap_or_default(),
        description: text(wire.description.as_ref()),
        total,
        parts: footed(parts, total)?,
    })
}

/// Of the transaction, else of one of its items.
fn deferral(wire: &wire::Transaction) -> Result<Option<ours::Deferral>, FinancesError> {
    let items = list(wire.items.as_ref()).iter().flat_map(|item| list(item.contexts.as_ref()));
    let mut contexts = list(wire.contexts.as_ref()).iter().chain(items);
    let found = contexts.find(|context| {
        filled(context.deferral_reason.as_ref())
            .or(filled(context.maturity_date.as_ref()))
            .is_some()
    });
    let Some(context) = found else { return Ok(None) };
    let matures = time_opt("maturityDate", context.maturity_date.as_deref())?;
    Ok(Some(ours::Deferral { reason: text(context.deferral_reason.as_ref()), matures }))
}

/// The store of the sale, else the one of the seller's account.
fn marketplace_id(wire: &wire::Transaction) -> String {
    let details = wire.marketplace_details.as_ref();
    let seller = wire.selling_partner_metadata.as_ref();
    let found = filled(details.and_then(|details| details.marketplace_id.as_ref()));
    found.or(filled(seller.and_then(|seller| seller.marketplace_id.as_ref()))).unwrap_or_default()
}

fn related(wire: &wire::Transaction, name: &str) -> Option<String> {
    list(wire.related_identifiers.as_ref())
        .iter()
        .filter(|related| related.related_identifier_name.as_deref() == Some(name))
        .find_map(|related| filled(related.related_identifier_value.as_ref()))
}

fn identifier(wire: &wire::Item, name: &str) -> Option<String> {
    list(wire.related_identifiers.as_ref())
        .iter()
        .filter(|related| related.item_related_identifier_name.as_deref() == Some(name))
        .find_map(|related| filled(related.item_related_identifier_value.as_ref()))
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

/// A list that may be missing or null.
fn list<T>(list: Option<&Vec<T>>) -> &[T] {
    list.map(Vec::as_slice).unwrap_or_default()
}
