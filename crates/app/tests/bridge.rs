//! On any day the books and Amazon's balance are apart by named items alone.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::collections::BTreeSet;
use std::sync::Arc;

use app::cli::bridge;
use app::engine::Engine;
use app::home::Home;
use app::stages::Pace;
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Day, Timestamp, Zone};
use mapping::Role;
use mapping::settlement::Way;
use mapping::settlement::bridge::{Bridge, ItemKind};
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{Edition, Mood, StatementLine};

/// Months go by: a turn a day is enough.
const PACE: Pace = Pace {
    poll_ms: Timestamp::DAY,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 30 * Timestamp::DAY,
    reports_ms: Timestamp::DAY,
};

/// Orders are placed in the first three of them; the book is kept until the middle of April: by then
/// one settlement was negative and one payout came back.
fn history(seed: u64, setting: Setting) -> Options {
    let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
    Options { months: 3, ..Options::before(seed, setting, 50, end) }
}

fn end() -> Timestamp {
    Timestamp::parse("2026-04-14T09:00:00Z").unwrap()
}

struct Kept {
    engine: Engine,
    world: Sandbox,
    _folder: tempfile::TempDir,
}

async fn kept(seed: u64, (setting, edition): (Setting, Edition), way: Way) -> Kept {
    let history = history(seed, setting);
    let start = history.from;
    let clock = WorldClock::jumping(start);
    let history = Some(history);
    let options = SandboxOptions {
        limits: false,
        edition,
        history,
        clock,
        ..SandboxOptions::new(seed, 0, start)
    };
    let world = Sandbox::new(options);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = way;
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    calm::work(&engine, &world, || world.clock().now() >= end()).await;
    let kept = Kept { engine, world, _folder: folder };
    kept.statement().await;
    kept
}

impl Kept {
    /// The bank books what Amazon paid, and the bookkeeper matches it with what is open.
    async fn statement(&self) {
        let history = self.world.amazon().history().unwrap();
        let (chart, _) = self.engine.store.chart(&self.engine.book).await.unwrap().unwrap();
        let rules = self.engine.rules().await.unwrap();
        let bank = rules.book().accounts.get(&Role::Bank(history.currency())).unwrap();
        let account = chart.account_by_id(bank).unwrap().code.clone().unwrap();
        for line in history.bank_lines(self.world.clock().now()) {
            let line = StatementLine {
                id: format!("{} {}", line.date, line.text),
                account: account.clone(),
                date: line.date,
                amount: line.amount,
                text: line.text,
                mood: Mood::Matches,
            };
            self.world.xero().bank_statement(line).unwrap();
        }
    }

    /// Month ends, the days around each payout, and the last days of settlements that are negative.
    fn days(&self) -> Vec<Day> {
        let ends = ["2026-01-31", "2026-02-28", "2026-03-31"];
        let mut days: Vec<Day> = ends.into_iter().map(|text| Day::parse(text).unwrap()).collect();
        for settlement in &self.world.amazon().history().unwrap().settlements {
            let payout = &settlement.payout;
            let started =
                payout.started().into_iter().flat_map(|at| [at, at.after_ms(Timestamp::DAY)]);
            let closed = Some(settlement.end).filter(|_| settlement.total < 0);
            let moments = started.chain(payout.failed()).chain(closed);
            days.extend(moments.map(|at| at.day(&Zone::utc())));
        }
        let today = self.world.clock().now().day(&Zone::utc());
        days.retain(|day| *day < today);
        days.sort_unstable();
        days.dedup();
        days
    }

    async fn bridge(&self, day: Day) -> Bridge {
        let made = bridge::of_day(&self.engine, day).await;
        made.map_err(|failure| format!("{day}: {} {}", failure.code, failure.detail)).unwrap()
    }

    /// Without one of the two sides there is no bridge.
    async fn refuses(&mut self) {
        let day = self.world.clock().now().day(&Zone::utc()).after_days(-2);
        self.engine.settings.amazon.clear();
        let failure = bridge::of_day(&self.engine, day).await.err().unwrap();
        assert_eq!(failure.code, "bridge_no_balance");
        "another".clone_into(&mut self.engine.settings.xero.tenant_id);
        let failure = bridge::of_day(&self.engine, day).await.err().unwrap();
        assert_eq!(failure.code, "bridge_xero_unread");
    }

    async fn check(mut self) {
        let tomorrow = self.world.clock().now().day(&Zone::utc()).after_days(1);
        let early = bridge::of_day(&self.engine, tomorrow).await.err().unwrap();
        assert_eq!(early.code, "bridge_day_invalid");
        let (mut open, mut received) = (Vec::new(), false);
        let mut kinds = BTreeSet::new();
        for day in self.days() {
            let bridge = self.bridge(day).await;
            for item in bridge.left.iter().chain(&bridge.right) {
                assert!(!item.id.is_empty() && !item.text.is_empty(), "{item:?}");
                kinds.insert(format!("{:?}", item.kind));
            }
            let waits = bridge.right.iter().filter(|item| item.kind == ItemKind::Payout).count();
            received |= waits == 0;
            if !bridge.closes() {
                open.push(format!("{bridge:#?}"));
            }
        }
        assert!(open.is_empty(), "{} days do not close:\n{}", open.len(), open.join("\n"));
        assert!(received, "on some day after a payout nothing is on its way");
        assert!(!kinds.contains(&format!("{:?}", ItemKind::Unexplained)));
        let expected = ["Account", "Balance", "Payout", "Transaction"];
        assert!(expected.iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
        self.refuses().await;
    }
}

#[tokio::test]
async fn uk_in_summary() {
    kept(1, (Setting::UkVat, Edition::Uk), Way::Summary).await.check().await;
}

#[tokio::test]
async fn us_order_by_order() {
    kept(3, (Setting::Us, Edition::Us), Way::PerOrder).await.check().await;
}
