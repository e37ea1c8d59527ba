//! The test of everything: a seeded world in which every call may be lost and the process may end
//! before and after every call and every commit. Whatever the seed, each order is posted once or
//! visibly held, and both sides agree. A failure prints its seed: `DAYBOOK_SIM_SEED=n` plays it again.

#[path = "simulation/backfill.rs"]
mod backfill;
#[path = "support/calm.rs"]
mod calm;
#[path = "support/fleet.rs"]
mod fleet;
#[path = "support/judge.rs"]
mod judge;
#[path = "support/luck.rs"]
mod luck;
#[path = "support/market.rs"]
mod market;
#[path = "support/numbers.rs"]
mod numbers;
#[path = "support/owner.rs"]
mod owner;
#[path = "support/post.rs"]
mod post;
#[path = "support/process.rs"]
mod process;
#[cfg(test)]
#[path = "../../store/tests/support/testing.rs"]
mod testing;
#[path = "support/world.rs"]
mod world;

use base::Timestamp;
use fleet::{Fleet, Plan, START, outages};
use luck::Luck;
use market::{Market, Season};
use numbers::Came;
use sandbox::server::FaultPlan;
use world::{Played, play};

/// Seeds of an ordinary run: of one book, of fleets, and of fleets on PostgreSQL.
/// `DAYBOOK_SIM_SEEDS` asks for more of each, and `DAYBOOK_SIM_FROM` names the first.
const SEEDS: u64 = 160;
const FLEETS: u64 = 8;
const FLEETS_ON_POSTGRES: u64 = 1;
/// Of one book: among so many are orders that must be stopped.
const ORDERS: usize = 20;

fn seeds(otherwise: u64) -> Vec<u64> {
    let first = number("DAYBOOK_SIM_FROM").unwrap_or(0);
    match number("DAYBOOK_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (first..first + number("DAYBOOK_SIM_SEEDS").unwrap_or(otherwise)).collect(),
    }
}

#[track_caller]
fn check(seed: u64, played: &Played) {
    let truth = &played.truth;
    assert_eq!(truth.duplicates_ids, Vec::<String>::new(), "seed {seed}: doubles");
    assert_eq!(truth.lost_ids, Vec::<String>::new(), "seed {seed}: lost");
    assert_eq!(truth.payments_wrong, vec![], "seed {seed}: payments");
    assert_eq!(truth.totals_wrong, vec![], "seed {seed}: totals");
    assert_eq!(truth.unexpected, vec![], "seed {seed}: unexpected");
    assert_eq!(truth.posted, truth.should_post, "seed {seed}");
    assert_eq!(truth.amazon_total, truth.xero_total, "seed {seed}");
    assert_eq!(truth.unknown_names, vec![], "seed {seed}: names");
    let report = &played.report;
    assert!(report.agrees, "seed {seed}: {:#?}", report.differences);
    assert!(report.dead.is_empty(), "seed {seed}: {:?}", report.dead);
    assert!(report.alarms.is_empty(), "seed {seed}: {:?}", report.alarms);
}

#[test]
fn whatever_fails_every_order_is_posted_once_or_held() {
    let mut deaths = 0;
    for seed in seeds(SEEDS) {
        let played = play(seed, ORDERS, Luck::bad(seed));
        check(seed, &played);
        deaths += played.deaths;
        assert_eq!(played.left_on_the_wire, 0, "seed {seed}: intents are left sending");
    }
    println!("the process ended {deaths} times");
    assert!(deaths > 0);
}

#[test]
fn a_calm_world_needs_no_second_look() {
    let played = play(1, 60, Luck::good());
    check(1, &played);
    assert_eq!(played.deaths, 0);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Of a thousand: deaths at a commit or call, lost calls, calls that do not leave.
const ROUGH: [u64; 3] = [2, 20, 10];
const NODES: usize = 3;

/// Who trades for how many days, with how many orders of all the world on one of them.
struct Trade {
    markets: Vec<Market>,
    days: u16,
    orders_a_day: usize,
}

#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
fn plan(seed: u64, trade: Trade, database: &str) -> Plan {
    let Trade { markets, days, orders_a_day } = trade;
    let luck = Luck::new(seed, ROUGH, FaultPlan::Heavy).with(u32::from(days) * 40, outages(days));
    let start = Timestamp::parse(START).unwrap();
    let season = Season { start, days, orders_a_day };
    Plan { seed, season, markets, nodes: NODES, database: database.to_owned(), luck }
}

/// Plays until every promise was kept to every book.
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#[expect(clippy::disallowed_methods, reason = "how long it took is a number to show")]
fn play_fleet(plan: Plan) -> Came {
    let began = std::time::Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut came = runtime.block_on(async {
        let mut fleet = Fleet::new(plan).await;
        fleet.play().await;
        fleet.came
    });
    came.wall = began.elapsed();
    came
}

/// One book with orders of all the world, and one account.
fn small(seed: u64) -> Trade {
    // Both ways of every account, seed by seed.
    let accounts = [1, 2, 3, 4, 6, 7, 8, 9];
    let number = accounts.into_iter().cycle().zip(0..=seed % 8).last().map_or(1, |(of, _)| of);
    let account = Market::of(number);
    Trade { markets: vec![Market::World, account], days: 1, orders_a_day: 20 }
}

#[test]
fn with_everything_on_and_everything_failing_every_promise_is_kept() {
    for seed in seeds(FLEETS) {
        let database = testing::sqlite();
        println!("seed {seed}");
        let came = play_fleet(plan(seed, small(seed), &database.url));
        println!("{}", came.table());
    }
}

#[test]
fn a_week_of_many_books_ends_equal_on_both_sides() {
    let books = number("DAYBOOK_WEEK").map_or(5, |books| usize::try_from(books).unwrap());
    let days = if books > 5 { 7 } else { 2 };
    let markets = (0..books).map(Market::of).collect();
    let database = testing::sqlite();
    let came = play_fleet(plan(1, Trade { markets, days, orders_a_day: 30 }, &database.url));
    println!("{}", came.table());
    assert!(came.deaths > 0);
}

#[test]
fn the_same_on_postgresql() {
    for seed in seeds(FLEETS_ON_POSTGRES) {
        let Some(database) = testing::postgres() else { return };
        play_fleet(plan(seed, small(seed), &database.url));
    }
}
