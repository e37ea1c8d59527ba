//! On any day the books and Amazon's balance are apart by named items alone.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use app::cli::bridge;
use base::{Day, Timestamp, Zone};
use mapping::settlement::Way;
use mapping::settlement::bridge::{Bridge, ItemKind};
use sandbox::amazon::history::Setting;
use sandbox::xero::Edition;

use crate::kept::{Account, Kept};

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
