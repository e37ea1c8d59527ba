//! The processes of a fleet: each as `daybook serve` puts it together, but for its sockets.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::cli::open::pace;
use app::home::Config;
use app::intake::Listener;
use app::serve::webhooks::{self, Hooks};
use app::serve::{Choice, Parts, Service};
use app::stages::Pace;
use app::transport::{Carrier, InProcess};
use base::{Clock, Timestamp};
use sandbox::clock::WorldClock;
use store::Store;

use crate::luck::Luck;
use crate::post::{self, PostBox};

const BEAT_MS: i64 = 4 * Timestamp::SECOND;

/// What every process is made of.
pub(crate) struct Ground {
    pub(crate) store: Store,
    pub(crate) clock: Arc<WorldClock>,
    pub(crate) rough: Arc<dyn Carrier>,
    pub(crate) luck: Arc<Luck>,
    pub(crate) queue: Arc<PostBox>,
    pub(crate) alerts: app::alerts::Config,
}

impl Ground {
    fn service(&self, node: &str) -> Service {
        let parts = Parts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            carrier: self.rough.clone(),
            gate: self.luck.clone(),
            node: node.to_owned(),
            pace: fleet_pace(),
            notifications: Some(post::queue()),
            alerts: self.alerts.clone(),
        };
        Service::new(parts, &Choice::Embedded)
    }

    fn listener(&self) -> Listener {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Listener::new(self.store.clone(), clock, self.queue.clone()).with_gate(self.luck.clone())
    }

    pub(crate) async fn door(&self) -> Arc<dyn Carrier> {
        let keys = webhooks::keys(&self.store).await.unwrap();
        let hooks = Hooks { store: self.store.clone(), clock: self.clock.clone(), keys };
        Arc::new(InProcess::new(webhooks::router(hooks)))
    }
}

/// With notifications, asking is for what they miss. Money is asked for often enough that a book
/// comes to rest between two movements.
pub(crate) fn fleet_pace() -> Pace {
    let pace = pace(&Config { poll_minutes: 15, ..Config::default() });
    Pace { reports_ms: 30 * Timestamp::MINUTE, ..pace }
}

/// One process: its hands and ears, its word that it is alive, and until when it is down.
pub(crate) struct Process {
    name: String,
    pub(crate) service: Service,
    pub(crate) listener: Listener,
    pub(crate) door: Arc<dyn Carrier>,
    beaten: Timestamp,
    pub(crate) down_until: Option<Timestamp>,
}

impl Process {
    /// It is started when the fleet is.
    pub(crate) async fn down(ground: &Ground, number: usize) -> Process {
        let name = format!("node {number}");
        Process {
            service: ground.service(&name),
            listener: ground.listener(),
            door: ground.door().await,
            name,
            beaten: Timestamp(0),
            down_until: Some(Timestamp(0)),
        }
    }

    /// Starts with nothing in its memory.
    pub(crate) async fn rise(&mut self, ground: &Ground, now: Timestamp) {
        self.service = ground.service(&self.name);
        self.listener = ground.listener();
        self.door = ground.door().await;
        self.down_until = None;
        self.beaten = Timestamp(0);
        self.beat(now).await;
        self.service.lanes.take_over().await.unwrap();
    }

    pub(crate) async fn beat(&mut self, now: Timestamp) {
        if now.since(self.beaten) >= BEAT_MS {
            self.service.node.beat().await.unwrap();
            self.beaten = now;
        }
    }
}
