//! A world for the simulation: both vendors and a store on disk.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::cli::books;
use app::cli::open::pace;
use app::engine::Engine;
use app::home::{Config, Home};
use app::report::Report;
use app::transport::{Carrier, InProcess};
use base::Timestamp;
use intents::State;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::truth::Truth;

use crate::calm;
use crate::luck::{Luck, Unreliable};

/// What a world came to.
pub(crate) struct Played {
    pub(crate) truth: Truth,
    pub(crate) report: Report,
    /// How often the process ended.
    pub(crate) deaths: u32,
    pub(crate) left_on_the_wire: u64,
}

/// Plays a world to its end.
pub(crate) fn play(seed: u64, orders: usize, luck: Arc<Luck>) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(life(seed, orders, luck))
}

async fn life(seed: u64, orders: usize, luck: Arc<Luck>) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::read(dir.path()).unwrap();
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        faults: luck.vendors,
        layout: Layout::Live,
        clock: clock.clone(),
        ..SandboxOptions::new(seed, orders, start)
    });
    let calm: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let inner = InProcess::new(world.router());
    let unreliable: Arc<dyn Carrier> =
        Arc::new(Unreliable::new(inner, luck.clone(), clock.clone()));
    let wish = calm::wish(calm.as_ref(), "").await;
    let connected = calm::connected(&home, clock, calm.clone(), &wish).await;
    let pace = pace(&Config::default());
    let engine = Engine { carrier: unreliable, gate: luck.clone(), pace, ..connected };
    let mut deaths = 0;
    while luck.life(calm::work(&engine, &world, || false)).await.is_none() {
        deaths += 1;
    }
    let engine = Engine { carrier: calm, ..engine };
    let report = books::report(&engine).await.unwrap();
    let counts = engine.store.counts(&engine.book).await.unwrap();
    let left = counts.iter().filter(|((_, state), _)| *state == State::Sending);
    let left_on_the_wire = left.map(|(_, count)| count).sum();
    Played { truth: world.truth(), report, deaths, left_on_the_wire }
}
