//! Amazon's own example orders, from the model file of Orders v2026-01-01 in `DAYBOOK_SPECS`, go
//! through the whole flow: each is posted with Amazon's total, or held with a reason that a person
//! can act on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "support/calm.rs"]
mod calm;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use app::cli::books;
use app::engine::Engine;
use app::home::Home;
use app::setup::Wish;
use app::transport::{Carrier, InProcess};
use base::{Currency, Decimal, Rate, Subject, Timestamp};
use mapping::rulebook::DatedRate;
use sandbox::amazon::Region;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use serde_json::Value;

const MODEL: &str = "amazon/orders_2026-01-01.json";
/// A while after the youngest example. Amazon shows no order that is older than two years.
const NOW: &str = "2025-04-01T09:00:00Z";
/// Before the oldest example.
const SINCE: &str = "2024-12-01T00:00:00Z";

/// What must become of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// One invoice of this total.
    Posted(&'static str),
    /// No document until a person acts on this reason.
    Held(&'static str),
    /// No sale, for this reason.
    NoSale(&'static str),
}

/// A book that posts pounds, dollars and yen alone.
const FATES: [(&str, Fate); 8] = [
    // It replaces an order that was sold before.
    ("123-4567890-1234567", Fate::NoSale("replacement or exchange of another order")),
    ("250-1234567-8901234", Fate::Posted("19940")),
    ("202-7654321-1098765", Fate::Posted("34.99")),
    ("171-2345678-9012345", Fate::Held("currency_not_enabled")),
    // Its tax is 3.00 in 92.97: a rate that no organisation in the United Kingdom has.
    ("202-1234567-8901234", Fate::Held("tax_type_missing")),
    ("171-9876543-2109876", Fate::Held("currency_not_enabled")),
    ("028-1234567-8901234", Fate::Held("currency_not_enabled")),
    ("114-9876543-1234567", Fate::Posted("49.99")),
];

/// What changes when the book posts lira and reais as well.
const FATES_WITH_ALL_CURRENCIES: [(&str, Fate); 3] = [
    ("171-2345678-9012345", Fate::Posted("1599.90")),
    ("171-9876543-2109876", Fate::Posted("299.90")),
    ("028-1234567-8901234", Fate::Posted("125.00")),
];

/// Every order in the responses of the model file, with the country of its marketplace.
fn examples(specs: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(specs.join(MODEL)).unwrap();
    let model: Value = serde_json::from_str(&text).unwrap();
    let mut orders = Vec::new();
    collect(&model["paths"], &mut orders);
    orders
}

fn collect(value: &Value, orders: &mut Vec<Value>) {
    match value {
        Value::Object(fields) if fields.contains_key("orderItems") => orders.push(value.clone()),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, orders)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, orders)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn region(order: &Value) -> Region {
    match order["proceeds"]["grandTotal"]["currencyCode"].as_str().unwrap() {
        "GBP" | "TRY" => Region::Eu,
        "USD" | "BRL" => Region::Na,
        "JPY" => Region::Fe,
        other => panic!("an example in {other}: which region is it of?"),
    }
}

fn world(orders: &[Value]) -> Sandbox {
    let now = Timestamp::parse(NOW).unwrap();
    let clock = WorldClock::jumping(now);
    let world = Sandbox::new(SandboxOptions { clock, ..SandboxOptions::new(1, 0, now) });
    for order in orders {
        let seen = Timestamp::parse(order["lastUpdatedTime"].as_str().unwrap()).unwrap();
        world.amazon().insert_order(region(order), &order.to_string(), seen).unwrap();
    }
    world
}

/// A person's wish to post in these currencies besides pounds.
async fn wish(carrier: &dyn Carrier, currencies: &[&str]) -> Wish {
    let mut wish = calm::wish(carrier, "").await;
    wish.since = Timestamp::parse(SINCE).unwrap();
    wish.currencies = currencies.iter().map(|code| code.parse::<Currency>().unwrap()).collect();
    let dated = wish.rates.first().unwrap().clone();
    for (currency, tenths) in [("BRL", 75), ("TRY", 450)] {
        let (currency, rate) = (currency.parse().unwrap(), Rate(Decimal::new(tenths, 1)));
        wish.rates.push(DatedRate { currency, rate, ..dated.clone() });
    }
    wish
}

/// Plays the examples through a book with these currencies and compares what became of each.
async fn check(currencies: &[&str], fates: &BTreeMap<&str, Fate>) {
    let Some(specs) = std::env::var_os("DAYBOOK_SPECS") else {
        let text = "examples: skipped: DAYBOOK_SPECS does not name the folder of Amazon's models";
        drop(writeln!(std::io::stderr().lock(), "{text}"));
        return;
    };
    let orders = examples(Path::new(&specs));
    let ids: BTreeSet<&str> =
        orders.iter().map(|order| order["orderId"].as_str().unwrap()).collect();
    assert_eq!(ids, fates.keys().copied().collect(), "Amazon's examples are other ones now");
    let world = world(&orders);
    for (id, fate) in fates {
        if let Fate::Held(reason) = fate {
            world.amazon().expect_held(id, reason);
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let home = Home::read(dir.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let wish = wish(carrier.as_ref(), currencies).await;
    let engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    calm::work(&engine, &world, || false).await;
    for order in &orders {
        let id = order["orderId"].as_str().unwrap();
        assert_eq!(fate(&engine, &world, id).await, fates[id].to_string(), "{id}");
    }
    let report = books::report(&engine).await.unwrap();
    assert!(report.agrees, "{:?}", report.differences);
}

/// What became of an order: by the ledger if it has documents, else by what Daybook says.
async fn fate(engine: &Engine, world: &Sandbox, id: &str) -> String {
    let ledger = world.xero().ledger();
    let of_it = ledger.invoices.iter().filter(|invoice| invoice.reference == id);
    let totals: Vec<String> = of_it.map(|invoice| invoice.total.normalize().to_string()).collect();
    if !totals.is_empty() {
        return format!("posted {}", totals.join(" and "));
    }
    let subject = Subject::order(id);
    let stopped = engine.store.stopped(&engine.book).await.unwrap();
    if let Some((_, reason)) = stopped.into_iter().find(|(of, _)| *of == subject) {
        assert!(!reason.detail.is_empty(), "{id} is held without a word");
        return format!("held {}", reason.code);
    }
    let noted = engine.store.noted(&engine.book).await.unwrap();
    let noted = noted.into_iter().find(|(of, _)| *of == subject);
    noted.map_or_else(|| "lost".to_owned(), |(_, reason)| format!("no sale {}", reason.detail))
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fate::Posted(total) => {
                write!(f, "posted {}", total.parse::<Decimal>().unwrap().normalize())
            }
            Fate::Held(code) => write!(f, "held {code}"),
            Fate::NoSale(why) => write!(f, "no sale {why}"),
        }
    }
}

#[tokio::test]
async fn every_example_is_posted_with_amazons_total_or_held_with_a_reason() {
    check(&["USD", "JPY"], &BTreeMap::from(FATES)).await;
}

#[tokio::test]
async fn with_their_currencies_enabled_the_other_examples_are_posted_too() {
    let mut fates = BTreeMap::from(FATES);
    fates.extend(FATES_WITH_ALL_CURRENCIES);
    check(&["USD", "JPY", "BRL", "TRY"], &fates).await;
}
