//! A book that is connected to a small world without defects, nothing done yet.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::engine::Engine;
use app::home::Home;
use app::transport::{Carrier, InProcess};
use base::Timestamp;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use tempfile::TempDir;

use crate::calm;

/// So many settled orders; the folder is the book's home.
pub(crate) async fn connected(seed: u64, orders: usize) -> (Sandbox, Engine, TempDir) {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        defects_per_mille: 0,
        clock: clock.clone(),
        ..SandboxOptions::new(seed, orders, start)
    });
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let wish = calm::wish(carrier.as_ref(), "").await;
    let engine = calm::connected(&home, clock, carrier, &wish).await;
    (world, engine, folder)
}
