//! Everything in one process: the HTTP port beside whichever engine gives turns.

pub mod metrics;
pub mod webhooks;

use std::convert::Infallible;
use std::sync::Arc;

use base::{Clock, Timestamp};
use store::Store;
use tokio::sync::Notify;

use self::metrics::Probes;
use self::webhooks::Hooks;
use crate::engine::restate::{Restate, RestateConfig};
use crate::engine::{About, Embedded, EngineError, KeptRules, Lanes, NODE_LEASE_MS, Node};
use crate::intake::{Listener, Notifications};
use crate::stages::{Gate, Pace};
use crate::transport::Carrier;
use crate::watch::{ROUND_MS, Watch};

/// Between tries to begin.
const PATIENCE_MS: i64 = 2 * Timestamp::SECOND;

/// Who gives turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Embedded,
    Restate(RestateConfig),
}

impl Choice {
    pub fn as_str(&self) -> &'static str {
        match self {
            Choice::Embedded => "embedded",
            Choice::Restate(_) => "restate",
        }
    }
}

/// What a service is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub carrier: Arc<dyn Carrier>,
    pub gate: Arc<dyn Gate>,
    /// This process's name in leases.
    pub node: String,
    pub pace: Pace,
    pub notifications: Option<Notifications>,
    pub alerts: crate::alerts::Config,
}

/// One node at work.
pub struct Service {
    pub node: Arc<Node>,
    pub lanes: Arc<Lanes>,
    /// Rung when a lane is made due in this process, so that its turn need not wait for a glance.
    pub bell: Arc<Notify>,
    pub watch: Arc<Watch>,
}

impl Service {
    pub fn new(parts: Parts, choice: &Choice) -> Service {
        let Parts { store, clock, carrier, gate, node, pace, notifications, alerts } = parts;
        let watch = Watch::new(store.clone(), clock.clone(), carrier.clone(), alerts);
        let known = Node::new(store.clone(), clock.clone(), &node, About::of(choice));
        let alive = known.alive.clone();
        let rules = KeptRules::default();
        let lanes = Lanes { store, clock, carrier, gate, node, alive, pace, notifications, rules };
        let (node, lanes, watch) = (Arc::new(known), Arc::new(lanes), Arc::new(watch));
        Service { node, lanes, bell: Arc::default(), watch }
    }

    /// What is served on the port.
    pub async fn router(&self) -> Result<axum::Router, EngineError> {
        let node = self.node.clone();
        let duty = Box::new(move || node.duty());
        let (store, clock) = (self.lanes.store.clone(), self.lanes.clock.clone());
        let keys = webhooks::keys(&store).await?;
        let hooks = Hooks { store, clock, keys };
        let probes = Probes { watch: self.watch.clone(), duty };
        Ok(metrics::router(Arc::new(probes)).merge(webhooks::router(hooks)))
    }

    /// Tells people what needs them, while no other node does.
    async fn tell(&self) -> Infallible {
        let clock = &self.lanes.clock;
        let mut due = clock.now();
        loop {
            clock.until(clock.now().after_ms(NODE_LEASE_MS / 2)).await;
            let is_ours = self.node.watches().await.unwrap_or(false);
            if !is_ours || clock.now() < due {
                continue;
            }
            due = clock.now().after_ms(ROUND_MS);
            if let Err(error) = self.watch.round().await {
                tracing::warn!(code = error.code(), "Alerts wait: {}", crate::say(&error));
            }
        }
    }

    /// Takes what Amazon sends word of, where it has a queue to send to.
    async fn listen(&self) -> Infallible {
        let Some(queue) = &self.lanes.notifications else { return std::future::pending().await };
        let (store, clock) = (self.lanes.store.clone(), self.lanes.clock.clone());
        let listener = Listener::at(queue, store, clock).await.with_bell(self.bell.clone());
        listener.listen().await
    }

    /// A database that goes away while this node begins is waited for, as it is later.
    async fn begin(&self, choice: &Choice) -> Result<(), EngineError> {
        let clock = &self.lanes.clock;
        loop {
            let begun = self.try_to_begin(choice).await;
            let Err(EngineError::Store(error)) = &begun else { return begun };
            if !["database_unreachable", "database_busy"].contains(&error.code()) {
                return begun;
            }
            tracing::warn!(code = error.code(), "This node waits for its database: {error}");
            clock.until(clock.now().after_ms(PATIENCE_MS)).await;
        }
    }

    async fn try_to_begin(&self, choice: &Choice) -> Result<(), EngineError> {
        self.node.check_clock().await?;
        self.node.beat().await?;
        self.node.check_addresses().await?;
        match choice {
            // It takes over when it leads.
            Choice::Embedded => Ok(()),
            Choice::Restate(_) => self.lanes.take_over().await,
        }
    }

    /// Gives turns until the process ends. A node that would do harm to others does not begin.
    pub async fn work(&self, choice: Choice) -> Result<Infallible, EngineError> {
        self.begin(&choice).await?;
        let (lanes, node, bell) = (self.lanes.clone(), self.node.clone(), self.bell.clone());
        let work = async {
            match choice {
                Choice::Embedded => match (Embedded { lanes, node, bell }).work().await {},
                Choice::Restate(config) => Restate::new(lanes, node, bell, config)?.work().await,
            }
        };
        tokio::select! {
            never = self.node.live() => match never {},
            never = self.listen() => match never {},
            never = self.tell() => match never {},
            ended = work => ended,
        }
    }
}
