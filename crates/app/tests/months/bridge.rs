//! On any day the books and Amazon's balance are apart by named items alone.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use app::cli::bridge;
use base::{Day, Timestamp, Zone};
use intents::{Body, Decided, State};
use mapping::settlement::Way;
use mapping::settlement::bridge::{Bridge, ItemKind};
use sandbox::amazon::history::Setting;
use sandbox::xero::Edition;

use crate::kept::{Account, Kept};
use crate::settlements;

/// The book is kept until the middle of April: by then one settlement was negative and one payout
/// came back.
async fn kept(seed: u64, of: (Setting, Edition), way: Way) -> Kept {
    let account = Account::of_a_quarter(seed, of);
    let kept = account.connected(account.world(), |wish| wish.way = way).await;
    kept.work_until(Timestamp::parse("2026-04-14T09:00:00Z").unwrap()).await;
    kept.matched().await;
    kept
}

/// Month ends, the days around each payout, and the last days of settlements that are negative.
fn days(kept: &Kept) -> Vec<Day> {
    let ends = ["2026-01-31", "2026-02-28", "2026-03-31"];
    let mut days: Vec<Day> = ends.into_iter().map(|text| Day::parse(text).unwrap()).collect();
    for settlement in &kept.history().settlements {
        let payout = &settlement.payout;
        let started = payout.started().into_iter().flat_map(|at| [at, at.after_ms(Timestamp::DAY)]);
        let closed = Some(settlement.end).filter(|_| settlement.total < 0);
        let moments = started.chain(payout.failed()).chain(closed);
        days.extend(moments.map(|at| at.day(&Zone::utc())));
    }
    let today = kept.today();
    days.retain(|day| *day < today);
    days.sort_unstable();
    days.dedup();
    days
}

/// Without one of the two sides there is no bridge.
async fn refuses(kept: &mut Kept) {
    let day = kept.today().after_days(-2);
    kept.engine.settings.amazon.clear();
    let failure = bridge::of_day(&kept.engine, day).await.err().unwrap();
    assert_eq!(failure.code, "bridge_no_balance");
    "another".clone_into(&mut kept.engine.settings.xero.tenant_id);
    let failure = bridge::of_day(&kept.engine, day).await.err().unwrap();
    assert_eq!(failure.code, "bridge_xero_unread");
}

async fn check(mut kept: Kept) {
    let tomorrow = kept.today().after_days(1);
    let early = bridge::of_day(&kept.engine, tomorrow).await.err().unwrap();
    assert_eq!(early.code, "bridge_day_invalid");
    let bridges = kept.closes(days(&kept)).await;
    let is_received =
        |bridge: &Bridge| bridge.right.iter().all(|item| item.kind != ItemKind::Payout);
    assert!(bridges.iter().any(is_received), "on some day after a payout nothing is on its way");
    let items = bridges.iter().flat_map(|bridge| bridge.left.iter().chain(&bridge.right));
    let kinds: BTreeSet<String> = items.map(|item| format!("{:?}", item.kind)).collect();
    assert!(!kinds.contains(&format!("{:?}", ItemKind::Unexplained)));
    let expected = ["Account", "Balance", "Payout", "Transaction"];
    assert!(expected.iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
    refuses(&mut kept).await;
}

#[tokio::test]
async fn uk_in_summary() {
    check(kept(1, (Setting::UkVat, Edition::Uk), Way::Summary).await).await;
}

#[tokio::test]
async fn us_order_by_order() {
    check(kept(3, (Setting::Us, Edition::Us), Way::PerOrder).await).await;
}

/// An edit takes the place of the invoice that it changes: its order's rows are covered by it, and
/// every day's bridge has it once.
#[tokio::test]
async fn uk_order_by_order_with_orders_that_changed_after_their_invoice() {
    let setting = Setting::UkVat;
    let account = Account { seed: 7, setting, edition: Edition::Uk, months: 2, orders: 60 };
    let mut kept = account.connected(account.world(), |wish| wish.way = Way::PerOrder).await;
    // Asked more often, Amazon tells of an order before and after it changes.
    kept.engine.pace.poll_ms = 2 * Timestamp::HOUR;
    kept.work().await;
    let (store, book) = (&kept.engine.store, &kept.engine.book);
    let mut changed = 0;
    for subject in store.subjects_page(book, None, 1000).await.unwrap() {
        let row = kept.row(&subject).await;
        let is_edit = |one: &Decided| {
            let is_posted = one.progress.state == State::Posted;
            is_posted && matches!(one.intent.body, Body::InvoiceEdit { .. })
        };
        changed += usize::from(row.decided.iter().any(is_edit));
    }
    assert!(changed > 0, "an order changed after its invoice");
    settlements::are_whole(&kept).await;
    kept.matched().await;
    let first = kept.history().options.from.day(&Zone::utc());
    let all = std::iter::successors(Some(first), |day| Some(day.after_days(1)));
    kept.closes(all.take_while(|day| *day < kept.today())).await;
}
