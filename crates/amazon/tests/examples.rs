//! Amazon's own example orders, from the model file in the folder that `DAYBOOK_SPECS` names.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;

use amazon::{Account, Region};
use base::Timestamp;
use facts::Body;
use facts::order::{ChargeKind, Order, Status};
use serde_json::Value;
use serde_json::value::RawValue;

/// What the model file says that each example is worth.
const EXPECTED: [(&str, &str); 8] = [
    ("028-1234567-8901234", "125.00 TRY"),
    ("114-9876543-1234567", "49.99 USD"),
    ("123-4567890-1234567", "154.99 USD"),
    ("171-2345678-9012345", "1599.90 BRL"),
    ("171-9876543-2109876", "299.90 BRL"),
    ("202-1234567-8901234", "103.97 GBP"),
    ("202-7654321-1098765", "34.99 GBP"),
    ("250-1234567-8901234", "19940 JPY"),
];

/// Every order that stands anywhere below a `examples` or `x-amzn-api-sandbox`.
fn collect(value: &Value, inside: bool, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if inside && fields.contains_key("orderItems") {
                found.push(value.to_string());
                return;
            }
            for (name, value) in fields {
                let inside = inside || name == "examples" || name == "x-amzn-api-sandbox";
                collect(value, inside, found);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, inside, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn read(buyer_data: bool) -> Option<BTreeMap<String, Order>> {
    let Some(folder) = std::env::var_os("DAYBOOK_SPECS") else {
        println!("skipped: DAYBOOK_SPECS does not name the folder of the vendors' files");
        return None;
    };
    let file = std::path::Path::new(&folder).join("amazon/orders_2026-01-01.json");
    let model: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut found = Vec::new();
    collect(&model, false, &mut found);
    let marketplaces = Vec::new();
    let seller_id = "A1".to_owned();
    let account = Account { region: Region::Europe, seller_id, marketplaces, buyer_data };
    let orders = found.into_iter().map(|text| {
        let raw = RawValue::from_string(text).unwrap();
        let body = amazon::read_order(&account, &raw, Timestamp(0)).0.body;
        let Body::Order(order) = body else { panic!("{body:?}") };
        (order.order_id.clone(), *order)
    });
    Some(orders.collect())
}

#[test]
fn every_example_order_is_read_with_its_total() {
    let Some(orders) = read(false) else { return };
    let totals: Vec<(&str, String)> = orders
        .iter()
        .map(|(id, order)| (id.as_str(), order.grand_total.unwrap().to_string()))
        .collect();
    assert_eq!(totals, EXPECTED.map(|(id, total)| (id, total.to_owned())));
}

#[test]
fn every_example_item_foots_to_its_own_total() {
    let Some(orders) = read(false) else { return };
    for (id, order) in &orders {
        let items = order.items.iter();
        let sums = items.map(|item| {
            let total = item.total.unwrap();
            let charges = item.charges.iter().map(|charge| charge.amount);
            (base::Money::sum(charges, total.currency()).unwrap(), total)
        });
        for (sum, total) in sums {
            assert_eq!(sum, total, "{id}");
        }
    }
}

#[test]
fn the_turkish_example_has_a_facilitator_and_a_scheme() {
    let Some(orders) = read(false) else { return };
    let item = &orders["028-1234567-8901234"].items[0];
    assert_eq!(item.facilitator.as_deref(), Some("Amazon Services Europe S.a.r.L."));
    assert_eq!(item.reporting_scheme.as_deref(), Some("IOSS"));
}

#[test]
fn the_american_example_is_a_replacement_with_a_tip() {
    let Some(orders) = read(false) else { return };
    let order = &orders["123-4567890-1234567"];
    assert!(order.is_replacement());
    assert_eq!(order.status, Status::Shipped);
    let tip = order.charges.iter().find(|charge| charge.kind == ChargeKind::DeliveryTip);
    assert!(!tip.unwrap().is_pending);
}

#[test]
fn the_buyers_of_the_examples_are_seen_only_where_buyer_data_is_on() {
    let (Some(off), Some(on)) = (read(false), read(true)) else { return };
    assert!(off.values().all(|order| order.buyer.is_none() && order.ship_to.is_none()));
    let uk = &on["202-7654321-1098765"];
    assert_eq!(uk.buyer.as_ref().unwrap().name.as_deref(), Some("Sarah Thompson"));
    assert_eq!(uk.ship_to.as_ref().unwrap().country.as_deref(), Some("GB"));
}
