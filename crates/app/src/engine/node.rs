//! This process among others on one database: that it is alive, and whether it leads.

use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Timestamp};
use store::{NodeRow, Store};

use super::about::CALLED_MS;
use super::clocks::{APART_MAX_MS, apart_ms};
use super::{About, EngineError};
use crate::serve::metrics::Duty;
use crate::transport::AppCalls;

/// A node that was not heard of for so long holds nothing any more.
pub const NODE_LEASE_MS: i64 = 15 * Timestamp::SECOND;
/// How often it says that it is alive.
const BEAT_MS: i64 = 4 * Timestamp::SECOND;
/// It stops writing to vendors this long before others may take its lanes, so that what it began
/// is on the wire before they begin to wait for that to be dead.
const MARGIN_MS: i64 = 5 * Timestamp::SECOND;
/// Nodes that are gone are listed this long.
const REMEMBERED_MS: i64 = Timestamp::DAY;
/// What one node alone does: giving turns (embedded engine), and telling people.
pub(crate) const ENGINE: &str = "engine";
const WATCH: &str = "watch";

/// Until when this process may put something on the wire, and how much of what a vendor allows an
/// application: told to every turn.
#[derive(Debug, Clone)]
pub struct Alive {
    until: Arc<AtomicI64>,
    calls: Arc<AppCalls>,
}

impl Alive {
    /// For a process that has its data folder to itself, by a lock of the system.
    pub fn always() -> Alive {
        Alive { until: Arc::new(AtomicI64::new(i64::MAX)), calls: Arc::default() }
    }

    fn not_yet() -> Alive {
        Alive { until: Arc::default(), calls: Arc::default() }
    }

    /// What this process calls in all.
    pub fn app_calls(&self) -> Arc<AppCalls> {
        self.calls.clone()
    }

    pub fn may_write_until(&self) -> Timestamp {
        Timestamp(self.until.load(Ordering::SeqCst))
    }

    /// False: this process gives no turns now. It could not say that it is alive, or its clock is off.
    pub fn is_at(&self, now: Timestamp) -> bool {
        now < self.may_write_until()
    }

    fn set(&self, until: Timestamp) {
        self.until.store(until.0, Ordering::SeqCst);
    }
}

/// This process, as others on the database see it.
pub struct Node {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub name: String,
    pub alive: Alive,
    started: Timestamp,
    about: About,
    duty: Mutex<Duty>,
    /// When it last may have called a vendor.
    called: AtomicI64,
}

impl Node {
    pub fn new(store: Store, clock: Arc<dyn Clock>, name: &str, about: About) -> Node {
        let started = clock.now();
        let (alive, duty) = (Alive::not_yet(), Mutex::new(Duty::Starting));
        let called = AtomicI64::new(started.0);
        Node { store, clock, name: name.to_owned(), alive, started, about, duty, called }
    }

    /// Says once that it is alive, and looks who else is.
    pub async fn beat(&self) -> Result<(), EngineError> {
        let now = self.clock.now();
        let alive_until = now.after_ms(NODE_LEASE_MS);
        self.store.beat(&self.row(alive_until)).await?;
        let nodes = self.store.nodes().await?;
        self.alive.calls.share_among(About::callers(&nodes, now));
        self.alive.set(alive_until.after_ms(-MARGIN_MS));
        Ok(())
    }

    fn row(&self, alive_until: Timestamp) -> NodeRow {
        let now = self.clock.now();
        if self.duty() != Duty::Standby {
            self.called.store(now.0, Ordering::SeqCst);
        }
        let called = Timestamp(self.called.load(Ordering::SeqCst));
        let about = About { calls: now.since(called) < CALLED_MS, ..self.about.clone() };
        let about = serde_json::to_string(&about).unwrap_or_default();
        let name = self.name.clone();
        NodeRow { name, alive_until, started: self.started, about }
    }

    /// That this clock and the database's agree. From the moment at which they do not, this node
    /// writes nothing and says nothing, until they do again.
    pub async fn check_clock(&self) -> Result<(), EngineError> {
        let apart_ms = apart_ms(&self.store, self.clock.as_ref()).await?.unwrap_or(0);
        if apart_ms.abs() <= APART_MAX_MS {
            return Ok(());
        }
        self.alive.set(Timestamp(0));
        Err(EngineError::ClockOff { apart_ms })
    }

    /// That all nodes of one Restate are reached at one address: asked once this node has said where
    /// it is reached itself.
    pub async fn check_addresses(&self) -> Result<(), EngineError> {
        let (now, known) = (self.clock.now(), self.store.nodes().await?);
        self.about.agrees_with(&self.row(now), &known, now)
    }

    /// Says that it is alive for as long as it is. A database that does not answer is tried again;
    /// meanwhile nothing is written to a vendor once the last word has run out.
    pub async fn live(&self) -> Infallible {
        loop {
            let said = async {
                self.check_clock().await?;
                self.beat().await
            };
            if let Err(error) = said.await {
                let words = crate::say(&error);
                tracing::warn!(
                    code = error.code(),
                    "This node cannot say that it is alive: {words}"
                );
            }
            let now = self.clock.now();
            drop(self.store.forget_nodes(now.after_ms(-REMEMBERED_MS)).await);
            self.clock.until(now.after_ms(BEAT_MS)).await;
        }
    }

    /// True while this node, and no other, gives turns.
    pub async fn leads(&self) -> Result<bool, EngineError> {
        self.holds(ENGINE).await
    }

    /// True while this node, and no other, tells people what needs them.
    pub async fn watches(&self) -> Result<bool, EngineError> {
        self.holds(WATCH).await
    }

    /// May give turns: what it said last, others still believe, and its clock is right.
    pub fn is_alive(&self) -> bool {
        self.alive.is_at(self.clock.now())
    }

    async fn holds(&self, office: &str) -> Result<bool, EngineError> {
        let now = self.clock.now();
        if !self.alive.is_at(now) {
            return Ok(false);
        }
        Ok(self.store.lead(office, &self.name, now, NODE_LEASE_MS).await?)
    }

    /// What it does for the engine, for whoever asks.
    pub fn duty(&self) -> Duty {
        *self.duty.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_duty(&self, duty: Duty) {
        *self.duty.lock().unwrap_or_else(PoisonError::into_inner) = duty;
    }

    /// Ends in order: others need not wait for its silence.
    pub async fn leave(&self) -> Result<(), EngineError> {
        let was_alive = self.is_alive();
        self.alive.set(Timestamp(0));
        self.store.resign(ENGINE, &self.name).await?;
        self.store.resign(WATCH, &self.name).await?;
        if was_alive {
            self.store.beat(&self.row(self.clock.now())).await?;
        }
        Ok(())
    }
}
