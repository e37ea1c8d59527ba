//! How long thousands of orders take through the store: printed, and bounded generously.

use std::time::Instant;

use intents::{Intent, Kind, Outcome};
use store::Decision;

use crate::fixtures::{
    Bench, answered, contact, ended, invoice, later, order_fact, receipt, sale, send_of,
};
use crate::testing;

#[tokio::test]
async fn ten_thousand_orders_take_seconds_on_sqlite() {
    let fresh = testing::sqlite();
    measure("sqlite", &Bench::open(&fresh.url).await, 10_000).await;
}

#[tokio::test]
async fn two_thousand_orders_take_seconds_on_postgres() {
    let Some(fresh) = testing::postgres() else { return };
    measure("postgresql", &Bench::open(&fresh.url).await, 2_000).await;
}

#[expect(clippy::disallowed_methods, reason = "it measures how long the machine really takes")]
fn now() -> Instant {
    Instant::now()
}

async fn measure(engine: &str, bench: &Bench, orders: usize) {
    let names: Vec<String> = (0..orders).map(|number| format!("202-{number:07}")).collect();
    let begun = now();
    for page in names.chunks(100) {
        let facts: Vec<_> = page.iter().map(|name| order_fact(name, 1)).collect();
        bench.pull(&facts).await;
    }
    let pulled = begun.elapsed();
    let begun = now();
    let decided = decide_all(bench).await;
    let mapped = begun.elapsed();
    let begun = now();
    bench.post(&[&contact(&bench.book)]).await;
    let sends = send_all(bench, Kind::Invoice).await + send_all(bench, Kind::Payment).await;
    let pushed = begun.elapsed();
    println!(
        "{engine}: {orders} facts {pulled:.2?}, {decided} decisions {mapped:.2?}, {} intents in \
         {sends} sends {pushed:.2?}",
        orders * 2
    );
    assert_eq!((decided, sends), (orders, orders / 25));
    assert_eq!(bench.store.latencies(&bench.book).await.unwrap().len(), orders);
    let total = pulled + mapped + pushed;
    assert!(total.as_secs() < 120, "{engine} took {total:?}");
}

async fn decide_all(bench: &Bench) -> usize {
    let mut decided = 0;
    loop {
        let due = bench.store.due_subjects(&bench.book, "rules-1", later(9), 200).await.unwrap();
        if due.is_empty() {
            return decided;
        }
        let rows = bench.store.subjects(&bench.book, &due).await.unwrap();
        let decisions: Vec<Decision> =
            rows.iter().map(|row| sale(&bench.book, row.subject.order_id().unwrap())).collect();
        bench.decide(&decisions).await;
        decided += decisions.len();
    }
}

async fn send_all(bench: &Bench, kind: Kind) -> usize {
    let mut sends = 0;
    loop {
        let due = bench.store.due_intents(&bench.book, kind, later(9), 50).await.unwrap();
        if due.is_empty() {
            return sends;
        }
        let intents: Vec<&Intent> = due.iter().map(|decided| &decided.intent).collect();
        let needed: Vec<_> = intents.iter().flat_map(|one| one.needs.clone()).collect();
        bench.store.receipts(&needed).await.unwrap();
        let send = send_of(&intents, 1);
        bench.store.begin_send(&bench.lease, &send, later(1)).await.unwrap();
        let posted = |one: &&Intent| ended(one, Outcome::Delivered(receipt(one.id.as_str())));
        let settled: Vec<_> = intents.iter().map(posted).collect();
        bench.store.end_send(&bench.lease, &send.id, &settled, answered(200)).await.unwrap();
        sends += 1;
    }
}

/// The measured orders are those of the suite.
#[test]
fn a_sale_is_an_invoice_and_a_payment() {
    let book = intents::BookId::derive(&["org"]);
    assert_eq!(sale(&book, "1").intents[0], invoice(&book, "1", 1));
    assert_eq!(sale(&book, "1").intents.len(), 2);
}
