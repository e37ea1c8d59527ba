//! A book that is connected to simulated vendors and worked until nothing is left to do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::cli::connect::{patiently, sandbox_wish};
use app::engine::{Alive, Engine, Round};
use app::home::Home;
use app::setup::{Setup, Wish};
use app::stages::{OpenGate, Pace};
use app::transport::Carrier;
use base::{Clock, Timestamp};
use mapping::rulebook::Posting;
use sandbox::clock::WorldClock;
use sandbox::server::Sandbox;

/// Amazon is asked less often than in real life, so that sends are full and few.
const PACE: Pace = Pace {
    poll_ms: 15 * Timestamp::MINUTE,
    chart_ms: Timestamp::DAY,
    check_ms: 30 * Timestamp::DAY,
    reports_ms: 6 * Timestamp::HOUR,
};
/// Orders can be seen two minutes after they changed.
const SHOWN_MS: i64 = 2 * Timestamp::MINUTE;
/// Rounds of a world that never comes to rest.
const ROUNDS_MAX: u32 = 20_000;

/// The wish of a person who connects to the vendors that `carrier` reaches at `url`.
pub(crate) async fn wish(carrier: &dyn Carrier, url: &str) -> Wish {
    sandbox_wish(carrier, url, Posting::Post).await.unwrap()
}

/// A connected book in a fresh data folder. Every call goes through `carrier`.
pub(crate) async fn connected(
    home: &Home,
    clock: Arc<WorldClock>,
    carrier: Arc<dyn Carrier>,
    wish: &Wish,
) -> Engine {
    let store = home.store().await.unwrap();
    let clock: Arc<dyn Clock> = clock;
    let setup = Setup::new(store.clone(), clock.clone(), carrier.clone());
    let (book, settings) = patiently(&setup, wish).await.unwrap();
    let gate = Arc::new(OpenGate);
    let node = "test".to_owned();
    let alive = Alive::always();
    let notifications = None;
    Engine { store, clock, carrier, gate, node, alive, pace: PACE, book, settings, notifications }
}

/// Works until the world changes no more and everything is posted, recorded or held. `stop` ends
/// it early.
pub(crate) async fn work(engine: &Engine, world: &Sandbox, stop: impl Fn() -> bool) {
    engine.take_over().await.unwrap();
    let rules = engine.rules().await.unwrap();
    let last = world.amazon().last_change().unwrap_or(Timestamp(0));
    let shown = last.after_ms(SHOWN_MS).max(engine.clock.now());
    for _round in 0..ROUNDS_MAX {
        if stop() {
            return;
        }
        let Round::Idle { next } = engine.round(&rules).await.unwrap() else { continue };
        if engine.clock.now() >= shown && engine.is_quiet(shown, &rules).await.unwrap() {
            return;
        }
        let trouble = engine.trouble().await.unwrap();
        assert_eq!(trouble, None, "a person would have to act");
        engine.clock.until(next).await;
    }
    let (lanes, counts) = (engine.lanes().await.unwrap(), engine.store.counts(&engine.book).await);
    panic!("the world does not come to rest at {}: {counts:?}, {lanes:#?}", engine.clock.now());
}
