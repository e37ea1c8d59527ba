//! What a lane makes of hints, without a queue.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use app::stages::hints::{ORDER, REPORT, TRANSACTIONS};
use base::{Clock as _, Timestamp};
use sandbox::amazon::Layout;
use sandbox::amazon::history::{Options, Setting};
use sandbox::faults::Fault;
use sandbox::server::SandboxOptions;
use store::Hint;

use crate::shop::{Shop, options};

/// A hint that came just now about what happened some time ago.
fn hint(shop: &Shop, kind: &str, about: &str, ago_ms: i64) -> Hint {
    let now = shop.clock.now();
    let (book, lane, id) = (shop.book(), shop.lane(), format!("n {kind} {about}"));
    let (kind, about) = (kind.to_owned(), about.to_owned());
    Hint { book, lane, id, kind, about, occurred: now.after_ms(-ago_ms), due: Some(now) }
}

async fn record(shop: &Shop, hints: &[Hint]) {
    shop.engine.store.record_hints(hints, shop.clock.now()).await.unwrap();
}

async fn waiting(shop: &Shop) -> u64 {
    let counts = shop.engine.store.hint_counts().await.unwrap();
    counts.iter().map(|count| count.waiting).sum()
}

#[tokio::test]
async fn an_order_that_is_not_there_yet_is_looked_for_and_then_left_to_the_sweep() {
    let shop = Shop::open(options(3, 20), None).await;
    record(&shop, &[hint(&shop, ORDER, "202-0000000-0000000", 0)]).await;
    let before = shop.calls("getOrder");
    shop.until_idle().await;
    assert_eq!((shop.calls("getOrder"), waiting(&shop).await), (before + 1, 1));
    let next = shop.until_idle().await;
    assert!(next <= shop.clock.now().after_ms(31_000), "it is looked for again soon");
    shop.work_until(shop.clock.now().after_ms(20 * Timestamp::MINUTE)).await;
    assert_eq!((shop.calls("getOrder"), waiting(&shop).await), (before + 5, 0));
    let state = shop.state().await;
    assert_eq!((state.trouble, state.failures), (None, 0));
}

#[tokio::test]
async fn an_order_that_cannot_be_read_does_not_keep_the_lane_from_the_sweep() {
    let shop = Shop::open(options(3, 20), None).await;
    let (changed, order_id) = shop.next_order();
    shop.work_until(changed).await;
    for _ in 0..10 {
        shop.world.kit().faults.script("getOrder", Fault::ErrorBefore);
    }
    record(&shop, &[hint(&shop, ORDER, &order_id, 0)]).await;
    let swept = shop.state().await.swept;
    shop.work_until(shop.clock.now().after_ms(40 * Timestamp::MINUTE)).await;
    let state = shop.state().await;
    assert!(state.swept > swept, "the sweep came all the same");
    assert_eq!((state.trouble, waiting(&shop).await), (None, 0));
    assert!(shop.facts(&order_id).await.contains(&changed));
}

#[tokio::test]
async fn single_calls_keep_to_their_budget_and_the_sweep_goes_on() {
    let shop = Shop::open(options(3, 200), None).await;
    let mut hints = Vec::new();
    shop.world.amazon().each_order(|id, of| {
        if of.region == sandbox::amazon::Region::Eu && of.at(shop.clock.now()).is_some() {
            hints.push(hint(&shop, ORDER, id, 0));
        }
    });
    hints.truncate(80);
    let count = u64::try_from(hints.len()).unwrap();
    assert!(count > 40, "more than Amazon takes at once");
    let before = (shop.calls("getOrder"), shop.calls("searchOrders"));
    record(&shop, &hints).await;
    shop.until_idle().await;
    assert_eq!(shop.calls("getOrder"), before.0 + 30, "the burst");
    assert_eq!(shop.calls("searchOrders"), before.1, "waiting for a call sweeps nothing");
    shop.work_until(shop.clock.now().after_ms(5 * Timestamp::MINUTE)).await;
    assert_eq!((shop.calls("getOrder"), waiting(&shop).await), (before.0 + count, 0));
}

#[tokio::test]
async fn many_old_hints_are_one_sweep() {
    let many = SandboxOptions { layout: Layout::Backfill, ..options(3, 400) };
    let shop = Shop::open(many, None).await;
    let mut hints = Vec::new();
    shop.world.amazon().each_order(|id, of| {
        if of.region == sandbox::amazon::Region::Eu {
            hints.push(hint(&shop, ORDER, id, 5 * Timestamp::MINUTE));
        }
    });
    hints.truncate(120);
    assert_eq!(hints.len(), 120);
    let before = (shop.calls("getOrder"), shop.calls("searchOrders"));
    record(&shop, &hints).await;
    shop.until_idle().await;
    assert_eq!(waiting(&shop).await, 0);
    assert_eq!(shop.calls("getOrder"), before.0);
    assert_eq!(shop.calls("searchOrders"), before.1 + 1);
}

async fn with_money() -> Shop {
    let of = options(3, 0);
    let history = Options::before(3, Setting::UkVat, 60, of.start);
    let from = of.start.after_ms(-60 * Timestamp::DAY);
    let history = Options { from, months: 3, ..history };
    Shop::open(SandboxOptions { history: Some(history), ..of }, None).await
}

#[tokio::test]
async fn word_of_money_makes_its_reading_due_and_not_more_often_than_it_may_be() {
    let shop = with_money().await;
    let calls = || (shop.calls("listTransactions"), shop.calls("getReports"));
    shop.work_until(shop.clock.now().after_ms(Timestamp::HOUR)).await;
    let before = calls();
    record(&shop, &[hint(&shop, TRANSACTIONS, "", 0), hint(&shop, REPORT, "50017018502", 0)]).await;
    shop.until_idle().await;
    assert_eq!(calls(), (before.0, before.1 + 1), "transactions show two minutes later");
    shop.work_until(shop.clock.now().after_ms(3 * Timestamp::MINUTE)).await;
    assert!(shop.calls("listTransactions") > before.0);
    assert_eq!(waiting(&shop).await, 0);
    let again = shop.calls("listTransactions");
    let second = Hint { id: "another".to_owned(), ..hint(&shop, TRANSACTIONS, "", 0) };
    record(&shop, &[second]).await;
    shop.work_until(shop.clock.now().after_ms(10 * Timestamp::MINUTE)).await;
    assert_eq!((shop.calls("listTransactions"), waiting(&shop).await), (again, 1));
    shop.work_until(shop.clock.now().after_ms(10 * Timestamp::MINUTE)).await;
    assert!(shop.calls("listTransactions") > again);
    assert_eq!(waiting(&shop).await, 0);
}

#[tokio::test]
async fn word_of_money_is_left_where_the_book_reads_none() {
    let shop = Shop::open(options(3, 20), None).await;
    record(&shop, &[hint(&shop, TRANSACTIONS, "", 0)]).await;
    shop.until_idle().await;
    assert_eq!(waiting(&shop).await, 0);
}
