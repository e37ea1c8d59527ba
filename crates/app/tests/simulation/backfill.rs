//! Orders from before the book was connected: foretold, read beside live work, and resumed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::cli::backfill::{Proposed, accept, propose, told};
use app::cli::books;
use app::cli::open::pace;
use app::engine::{Engine, Round};
use app::home::{Config, Home};
use app::transport::{Carrier, InProcess};
use base::Timestamp;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{FaultPlan, Sandbox, SandboxOptions};
use store::{Backfill, BackfillState};

use crate::calm;
use crate::luck::{Luck, Outage, Unreliable};

/// All of the world's past, which is thirty days long.
const FROM: &str = "2026-10-17";

/// A book that is connected when most of its world's orders lie in the past.
struct Kept {
    world: Sandbox,
    engine: Engine,
    _folder: tempfile::TempDir,
}

impl Kept {
    async fn new(seed: u64, orders: usize, luck: Arc<Luck>) -> Kept {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::read(folder.path()).unwrap();
        let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
        let clock = WorldClock::jumping(start);
        let world = Sandbox::new(SandboxOptions {
            faults: luck.vendors,
            layout: Layout::Live,
            clock: clock.clone(),
            ..SandboxOptions::new(seed, orders, start)
        });
        let calm: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
        let rough = Unreliable::new(InProcess::new(world.router()), luck.clone(), clock.clone());
        let mut wish = calm::wish(calm.as_ref(), "").await;
        wish.since = start;
        let connected = calm::connected(&home, clock, calm, &wish).await;
        let pace = pace(&Config::default());
        let engine = Engine { carrier: Arc::new(rough), gate: luck, pace, ..connected };
        Kept { world, engine, _folder: folder }
    }

    async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    async fn wanted(&self) -> Backfill {
        self.engine.store.backfill(&self.engine.book).await.unwrap().unwrap()
    }

    /// Orders of the past that were read.
    async fn read(&self) -> u64 {
        let told = told(&self.engine, self.wanted().await).await.unwrap();
        told.lanes.iter().map(|lane| lane.progress.orders.items).sum()
    }

    /// Everything that is to be in Xero is there, and no limit of the vendors was passed.
    fn is_even(&self) {
        let truth = self.world.truth();
        assert_eq!(truth.lost_ids, Vec::<String>::new());
        assert_eq!(truth.duplicates_ids, Vec::<String>::new());
        assert_eq!(truth.posted, truth.should_post);
        assert_eq!(truth.amazon_total, truth.xero_total);
        assert_eq!(truth.payments_wrong, vec![]);
    }
}

#[tokio::test]
async fn the_past_is_foretold_and_live_orders_do_not_wait_for_it() {
    let kept = Kept::new(5, 2_500, Luck::good()).await;
    let proposed: Proposed = propose(&kept.engine, FROM).await.unwrap();
    accept(&kept.engine, &proposed).await.unwrap();
    kept.work().await;
    kept.is_even();
    assert_eq!(kept.world.kit().log().throttled, std::collections::BTreeMap::new());

    let foretold: u64 = proposed.forecast.regions.iter().map(|one| one.orders).sum();
    let read = kept.read().await;
    assert!(read > 1_900, "{read}");
    assert!(foretold.abs_diff(read) < read / 3, "foretold {foretold}, read {read}");
    let told = told(&kept.engine, kept.wanted().await).await.unwrap();
    let takes = proposed.forecast.regions.iter().map(|one| one.takes_ms).max().unwrap();
    let took =
        told.lanes.iter().filter_map(|one| Some(one.progress.ended?.since(one.progress.began)));
    let took = took.max().unwrap();
    let about_ms = 10 * Timestamp::MINUTE;
    let is_right = took <= takes * 2 + about_ms && takes <= took * 2 + about_ms;
    assert!(is_right, "foretold {takes} ms, took {took} ms");
    assert!(told.is_over() && told.waiting == 0);
    // As without a past: Amazon shows an order after two minutes, and is asked every five.
    let report = books::report(&kept.engine).await.unwrap();
    let spread = report.order_to_invoice_ms.as_ref().unwrap();
    assert!(spread.p99 <= 8 * Timestamp::MINUTE, "p99 {} ms of {}", spread.p99, spread.orders);
    assert!(report.agrees, "{:#?}", report.differences);

    let late = propose(&kept.engine, "2026-11-17").await.unwrap_err();
    assert_eq!(late.code, "backfill_day_invalid");
    let old = propose(&kept.engine, "2024-11-10").await.unwrap_err();
    assert_eq!(old.code, "backfill_day_invalid");
    let nonsense = propose(&kept.engine, "last year").await.unwrap_err();
    assert_eq!(nonsense.code, "backfill_day_invalid");
}

#[tokio::test]
async fn a_pause_is_kept_and_reading_goes_on_where_it_was() {
    let away = Outage {
        vendor: "/amazon/",
        from: Timestamp::parse("2026-11-16T09:20:00Z").unwrap(),
        to: Timestamp::parse("2026-11-16T09:50:00Z").unwrap(),
    };
    let luck = Luck::new(6, [0; 3], FaultPlan::None).with(0, vec![away]);
    let kept = Kept::new(6, 900, Arc::new(luck)).await;
    let proposed = propose(&kept.engine, FROM).await.unwrap();
    accept(&kept.engine, &proposed).await.unwrap();
    let rules = kept.engine.rules().await.unwrap();
    while kept.read().await == 0 {
        if let Round::Idle { next } = kept.engine.round(&rules).await.unwrap() {
            kept.engine.clock.until(next).await;
        }
    }
    let other = propose(&kept.engine, "2026-10-20").await.unwrap();
    let refused = accept(&kept.engine, &other).await.unwrap_err();
    assert_eq!(refused.code, "backfill_running");

    let paused = Backfill { state: BackfillState::Paused, ..kept.wanted().await };
    kept.engine.store.put_backfill(&paused).await.unwrap();
    let read = kept.read().await;
    kept.work().await;
    assert_eq!(kept.read().await, read);
    let again = Backfill { state: BackfillState::Running, ..paused };
    kept.engine.store.put_backfill(&again).await.unwrap();
    kept.work().await;
    assert!(kept.read().await > read);
    kept.is_even();
}

#[tokio::test]
async fn whatever_fails_the_past_is_read_once() {
    for seed in 0..4 {
        let luck = Luck::bad(seed);
        let kept = Kept::new(seed, 60, Luck::good()).await;
        let proposed = propose(&kept.engine, FROM).await.unwrap();
        accept(&kept.engine, &proposed).await.unwrap();
        let inner = InProcess::new(kept.world.router());
        let rough = Unreliable::new(inner, luck.clone(), kept.world.clock().clone());
        let engine = Engine { carrier: Arc::new(rough), gate: luck.clone(), ..kept.engine };
        let kept = Kept { engine, ..kept };
        while luck.life(kept.work()).await.is_none() {}
        kept.is_even();
        assert!(kept.read().await >= 40);
    }
}
