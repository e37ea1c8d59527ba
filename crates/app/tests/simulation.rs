//! The test of everything: a seeded world in which every call may be lost and the process may end
//! before and after every call and every commit. Whatever the seed, each order is posted once or
//! visibly held, and both sides agree. A failure prints its seed: `DAYBOOK_SIM_SEED=n` plays it again.

#[path = "support/calm.rs"]
mod calm;
#[path = "support/fleet.rs"]
mod fleet;
#[path = "support/luck.rs"]
mod luck;
#[cfg(test)]
#[path = "../../store/tests/support/testing.rs"]
mod testing;
#[path = "support/world.rs"]
mod world;

use std::collections::BTreeMap;

use fleet::{Came, Fleet, Plan, outages};
use intents::State;
use luck::Luck;
use sandbox::server::FaultPlan;
use world::{Played, play};

/// Seeds of an ordinary run; `DAYBOOK_SIM_SEEDS` asks for more.
const SEEDS: u64 = 12;

fn seeds() -> Vec<u64> {
    match number("DAYBOOK_SIM_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("DAYBOOK_SIM_SEEDS").unwrap_or(SEEDS)).collect(),
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
    for seed in seeds() {
        let played = play(seed, 40, Luck::bad(seed));
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

fn plan(seed: u64, books: usize, days: u16, database: &str) -> Plan {
    let luck = Luck::new(seed, ROUGH, FaultPlan::Heavy).with(u32::from(days) * 40, outages(days));
    Plan {
        seed,
        books,
        orders: 30 * usize::from(days),
        days,
        nodes: 3,
        database: database.to_owned(),
        luck,
    }
}

#[expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that shows its numbers")]
fn play_fleet(plan: Plan) -> Came {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (fleet, came) = Fleet::new(plan).await.play().await;
        println!("{came:#?}");
        assert_eq!(fleet.in_state(State::Sending).await, 0, "left on the wire");
        assert_eq!(fleet.in_state(State::Dead).await, 0, "dead letters");
        assert_eq!(came.throttled, BTreeMap::new(), "limits as vendors count");
        came
    })
}

#[test]
fn a_week_of_many_books_ends_equal_on_both_sides() {
    let books = number("DAYBOOK_WEEK").map_or(4, |books| usize::try_from(books).unwrap());
    let days = if books > 4 { 7 } else { 2 };
    let database = testing::sqlite();
    let came = play_fleet(plan(1, books, days, &database.url));
    assert!(came.deaths > 0);
}

#[test]
fn the_same_on_postgresql() {
    let Some(database) = testing::postgres() else { return };
    play_fleet(plan(2, 3, 1, &database.url));
}
