//! A book with a simulated seller whose orders come about and change over two hours.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::Arc;

use app::engine::{Engine, Round};
use app::home::Home;
use app::intake::sqs::Sqs;
use app::intake::{Listener, Mailbox, Notifications};
use app::stages::LaneState;
use app::transport::{Carrier, InProcess, Wire};
use base::{Clock, Subject, Timestamp};
use intents::BookId;
use sandbox::amazon::{Layout, Region};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};

use crate::calm;

pub(crate) struct Shop {
    pub(crate) world: Sandbox,
    pub(crate) clock: Arc<WorldClock>,
    pub(crate) carrier: Arc<dyn Carrier>,
    pub(crate) engine: Engine,
    pub(crate) folder: tempfile::TempDir,
}

/// Where nobody listens: for tests that need no queue.
pub(crate) fn nowhere(name: &str) -> Notifications {
    let arn = format!("arn:aws:sqs:eu-west-1:123456789012:{name}");
    Notifications::of("http://127.0.0.1:9/", &arn, None)
}

pub(crate) fn options(seed: u64, orders: usize) -> SandboxOptions {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    SandboxOptions { layout: Layout::Live, clock, ..SandboxOptions::new(seed, orders, start) }
}

/// A book in a folder, connected to vendors in another process, in real time.
pub(crate) async fn at(folder: &Path, url: &str) -> Engine {
    let home = Home::read(folder).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(Wire::new().unwrap());
    let wish = calm::wish(carrier.as_ref(), url).await;
    calm::connected(&home, WorldClock::real(0), carrier, &wish).await
}

/// Rounds until nothing is due; says when something is.
pub(crate) async fn until_idle(engine: &Engine) -> Timestamp {
    let rules = engine.rules().await.unwrap();
    loop {
        if let Round::Idle { next } = engine.round(&rules).await.unwrap() {
            return next;
        }
    }
}

impl Shop {
    /// Connected, and worked until nothing is due.
    pub(crate) async fn open(options: SandboxOptions, queue: Option<Notifications>) -> Shop {
        let clock = options.clock.clone();
        let world = Sandbox::new(options);
        let folder = tempfile::tempdir().unwrap();
        let home = Home::read(folder.path()).unwrap();
        let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
        let wish = calm::wish(carrier.as_ref(), "").await;
        let connected = calm::connected(&home, clock.clone(), carrier.clone(), &wish).await;
        let engine = Engine { notifications: queue, ..connected };
        engine.take_over().await.unwrap();
        let shop = Shop { world, clock, carrier, engine, folder };
        shop.until_idle().await;
        shop
    }

    pub(crate) async fn until_idle(&self) -> Timestamp {
        until_idle(&self.engine).await
    }

    /// Works what is due until a moment, as time passes.
    pub(crate) async fn work_until(&self, moment: Timestamp) {
        loop {
            let next = self.until_idle().await;
            if next >= moment {
                break;
            }
            self.clock.until(next.max(self.clock.now().after_ms(1))).await;
        }
        self.clock.until(moment).await;
    }

    pub(crate) fn listener(&self, mailbox: impl Mailbox + 'static) -> Listener {
        let (store, clock) = (self.engine.store.clone(), self.engine.clock.clone());
        Listener::new(store, clock, Arc::new(mailbox))
    }

    /// Sends what the simulated Amazon has to tell by now, and says how much that was.
    pub(crate) async fn tell(&self, queue: &Sqs) -> u64 {
        let mut sent = 0;
        loop {
            let taken = self.world.amazon().take_notifications(10);
            if taken.is_empty() {
                return sent;
            }
            sent += u64::try_from(taken.len()).unwrap();
            let bodies: Vec<String> = taken.into_iter().map(|one| one.body).collect();
            queue.send(&bodies).await.unwrap();
        }
    }

    /// The next moment at which an order in Europe changes, and which.
    pub(crate) fn next_order(&self) -> (Timestamp, String) {
        let now = self.clock.now();
        let mut next: Option<(Timestamp, String)> = None;
        self.world.amazon().each_order(|id, of| {
            let later = of.versions.iter().map(|version| version.at).find(|at| *at > now);
            let later = later.filter(|_| of.region == Region::Eu);
            let change = later.map(|at| (at, id.to_owned()));
            next = change.into_iter().chain(next.take()).min();
        });
        next.unwrap()
    }

    /// How often an operation of Amazon's was called.
    pub(crate) fn calls(&self, operation: &str) -> u64 {
        let key = ("amazon".to_owned(), operation.to_owned());
        self.world.kit().log().calls.get(&key).copied().unwrap_or(0)
    }

    /// What an order's facts say of when they occurred.
    pub(crate) async fn facts(&self, order_id: &str) -> Vec<Timestamp> {
        let subject = Subject::order(order_id);
        let story = self.engine.store.explain(&self.engine.book, &subject).await.unwrap();
        story.facts.into_iter().map(|fact| fact.occurred).collect()
    }

    pub(crate) fn lane(&self) -> String {
        format!("{}/amazon/EU", self.engine.book)
    }

    pub(crate) fn book(&self) -> BookId {
        self.engine.book.clone()
    }

    pub(crate) async fn state(&self) -> LaneState {
        let lanes = self.engine.store.lanes().await.unwrap();
        let row = lanes.into_iter().find(|row| row.name == self.lane()).unwrap();
        serde_json::from_str(&row.state).unwrap()
    }
}
