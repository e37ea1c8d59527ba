//! Takes the turn of any lane of any book, given the lane's name and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{Clock, Timestamp};
use mapping::rulebook::Compiled;
use store::{Lease, Store};

use super::{Alive, Engine, EngineError, IDLE_MS, LEASE_MS};
use crate::book::{Lane, Settings};
use crate::intake::Notifications;
use crate::stages::{Gate, Next, Pace, StageError};
use crate::transport::Carrier;

/// A lane whose turn's end could not be written down is due again after so long.
const AGAIN_MS: i64 = 2 * Timestamp::SECOND;
/// Rule books that are kept compiled: a book that is at work takes turns one after the other.
const RULES_KEPT: usize = 64;

/// Every lane of every book, as one process works them.
pub struct Lanes {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub carrier: Arc<dyn Carrier>,
    pub gate: Arc<dyn Gate>,
    pub node: String,
    pub alive: Alive,
    pub pace: Pace,
    /// Where Amazon sends word of changes.
    pub notifications: Option<Notifications>,
    pub rules: KeptRules,
}

/// Rule books that were compiled lately, by their hash: books with the same rules share them.
#[derive(Default)]
pub struct KeptRules(Mutex<BTreeMap<String, Compiled>>);

/// What came of a lane that was to have a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// Someone else has it, it is not due any more, or this node may not write just now.
    Passed,
    Worked(Next),
}

impl Lanes {
    /// Makes the lanes of every book, and takes back what an earlier self of this node had claimed.
    pub async fn take_over(&self) -> Result<(), EngineError> {
        let now = self.clock.now();
        for book in self.store.books().await? {
            // A book whose settings cannot be read is said to be so by its lanes' turns.
            let Ok(settings) = settings_of(&book) else { continue };
            for lane in settings.lanes() {
                self.store.ensure_lane(&lane.name(&book.id), &book.id, now).await?;
            }
        }
        Ok(self.store.free_leases(&self.node).await?)
    }

    /// Claims the lane if it is due, does one piece of its work, settles it.
    pub async fn turn(&self, name: &str) -> Result<Turned, EngineError> {
        let now = self.clock.now();
        if !self.alive.is_at(now) {
            return Ok(Turned::Passed);
        }
        let claimed = self.store.claim_due_lane(name, &self.node, now, LEASE_MS).await?;
        let Some(lease) = claimed else { return Ok(Turned::Passed) };
        let worked = self.work(&lease).await;
        if worked.is_err() {
            self.let_go(&lease).await;
        }
        worked.map(Turned::Worked)
    }

    async fn work(&self, lease: &Lease) -> Result<Next, EngineError> {
        let engine = match self.engine(lease).await {
            Err(EngineError::Store(error)) => return Err(error.into()),
            Err(error) => {
                let words = crate::say(&error);
                tracing::warn!(lane = lease.lane, code = error.code(), "No turn: {words}");
                return self.put_off(lease).await;
            }
            Ok(engine) => engine,
        };
        let Some(lane) = Lane::parse(&lease.lane) else { return self.put_off(lease).await };
        engine.take(&lane, lease, Ruled::Kept(&self.rules)).await
    }

    /// A lane that nobody can work is looked at again later.
    async fn put_off(&self, lease: &Lease) -> Result<Next, EngineError> {
        let now = self.clock.now();
        let due = now.after_ms(IDLE_MS);
        self.store.settle_lane(lease, due, &lease.state, now).await?;
        Ok(Next::At(due))
    }

    /// The turn's end could not be written down. The lane is not kept from others, or from us, for
    /// as long as a lease runs: it is due again soon after the database takes this.
    async fn let_go(&self, lease: &Lease) {
        let until = self.clock.now().after_ms(LEASE_MS);
        loop {
            let next = self.clock.now().after_ms(AGAIN_MS);
            if self.store.abandon_lane(lease, next).await.is_ok() || next > until {
                return;
            }
            self.clock.until(next).await;
        }
    }

    async fn engine(&self, lease: &Lease) -> Result<Engine, EngineError> {
        let unknown = || store::StoreError::UnknownBook { book: lease.book.clone() };
        let book = self.store.book(&lease.book).await?.ok_or_else(unknown)?;
        Ok(Engine {
            store: self.store.clone(),
            clock: self.clock.clone(),
            carrier: self.carrier.clone(),
            gate: self.gate.clone(),
            node: self.node.clone(),
            alive: self.alive.clone(),
            pace: self.pace,
            settings: settings_of(&book)?,
            notifications: self.notifications.clone(),
            book: book.id,
        })
    }
}

/// Where a turn has its rules from, if it asks for them: Amazon is read without any.
#[derive(Clone, Copy)]
pub(super) enum Ruled<'a> {
    Given(&'a Compiled),
    Kept(&'a KeptRules),
}

impl Ruled<'_> {
    pub(super) async fn of(self, engine: &Engine) -> Result<Compiled, StageError> {
        match self {
            Ruled::Given(rules) => Ok(rules.clone()),
            Ruled::Kept(kept) => kept.of(engine).await.map_err(|error| match error {
                EngineError::Store(error) => StageError::Store(error),
                EngineError::Rules { .. }
                | EngineError::NoRules
                | EngineError::Settings(..)
                | EngineError::Restate { .. }
                | EngineError::ClockOff { .. }
                | EngineError::Addresses { .. } => {
                    StageError::Vendor { code: error.code(), detail: crate::say(&error) }
                }
            }),
        }
    }
}

impl KeptRules {
    /// The rule book that decides now, compiled once for as long as it does.
    async fn of(&self, engine: &Engine) -> Result<Compiled, EngineError> {
        let current = engine.store.rules_hash(&engine.book).await?.ok_or(EngineError::NoRules)?;
        if let Some(rules) = self.kept().get(&current).cloned() {
            return Ok(rules);
        }
        let rules = engine.rules().await?;
        let mut kept = self.kept();
        if kept.len() >= RULES_KEPT {
            kept.pop_first();
        }
        kept.insert(rules.hash().to_owned(), rules.clone());
        Ok(rules)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Compiled>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A book's settings as they are stored.
pub(crate) fn settings_of(book: &store::Book) -> Result<Settings, EngineError> {
    serde_json::from_str(&book.settings)
        .map_err(|error| EngineError::Settings(book.id.as_str().to_owned(), error.to_string()))
}
