//! Takes the turn of any lane of any book, given the lane's name and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::Clock;
use intents::BookId;
use mapping::rulebook::Compiled;
use store::{Lease, Store};

use super::{Alive, Engine, EngineError, IDLE_MS, LEASE_MS};
use crate::book::{Lane, Settings};
use crate::intake::Notifications;
use crate::stages::{Gate, Next, Pace, StageError};
use crate::transport::Carrier;

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

/// Rule books that were compiled lately.
#[derive(Default)]
pub struct KeptRules(Mutex<BTreeMap<BookId, Compiled>>);

/// What came of a lane that was to have a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// Someone else has it, or it is not due any more.
    Passed,
    Worked(Next),
}

impl Lanes {
    /// Makes the lanes of every book, and takes back what an earlier self of this node had claimed.
    pub async fn take_over(&self) -> Result<(), EngineError> {
        let now = self.clock.now();
        for book in self.store.books().await? {
            for lane in settings_of(&book)?.lanes() {
                self.store.ensure_lane(&lane.name(&book.id), &book.id, now).await?;
            }
        }
        Ok(self.store.free_leases(&self.node).await?)
    }

    /// Claims the lane if it is due, does one piece of its work, settles it.
    pub async fn turn(&self, name: &str) -> Result<Turned, EngineError> {
        let now = self.clock.now();
        let claimed = self.store.claim_due_lane(name, &self.node, now, LEASE_MS).await?;
        let Some(lease) = claimed else { return Ok(Turned::Passed) };
        let (engine, lane) = match (self.engine(&lease).await, Lane::parse(name)) {
            (Ok(engine), Some(lane)) => (engine, lane),
            (Ok(_), None) => return self.put_off(&lease).await,
            (Err(error), _) => {
                tracing::warn!(lane = name, code = error.code(), "No turn: {}", crate::say(&error));
                return self.put_off(&lease).await;
            }
        };
        let next = if matches!(lane, Lane::Amazon { .. }) {
            engine.take(&lane, &lease, Err(unused())).await?
        } else {
            match self.rules.of(&engine).await {
                Ok(rules) => engine.take(&lane, &lease, Ok(&rules)).await?,
                Err(EngineError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    let (code, detail) = (error.code(), crate::say(&error));
                    let unusable = StageError::Vendor { code, detail };
                    engine.take(&lane, &lease, Err(unusable)).await?
                }
            }
        };
        Ok(Turned::Worked(next))
    }

    /// A lane that nobody can work is looked at again later.
    async fn put_off(&self, lease: &Lease) -> Result<Turned, EngineError> {
        let now = self.clock.now();
        let due = now.after_ms(IDLE_MS);
        self.store.settle_lane(lease, due, &lease.state, now).await?;
        Ok(Turned::Worked(Next::At(due)))
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

/// Amazon is read without rules.
fn unused() -> StageError {
    StageError::Vendor { code: "rule_failed", detail: String::new() }
}

impl KeptRules {
    /// The rule book that decides now, compiled once for as long as it does.
    async fn of(&self, engine: &Engine) -> Result<Compiled, EngineError> {
        let known = self.kept().get(&engine.book).cloned();
        let current = engine.store.rules_hash(&engine.book).await?.ok_or(EngineError::NoRules)?;
        if let Some(rules) = known.filter(|rules| rules.hash() == current) {
            return Ok(rules);
        }
        let rules = engine.rules().await?;
        let mut kept = self.kept();
        if kept.len() >= RULES_KEPT {
            kept.pop_first();
        }
        kept.insert(engine.book.clone(), rules.clone());
        Ok(rules)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<BookId, Compiled>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A book's settings as they are stored.
pub(crate) fn settings_of(book: &store::Book) -> Result<Settings, EngineError> {
    serde_json::from_str(&book.settings)
        .map_err(|error| EngineError::Settings(book.id.as_str().to_owned(), error.to_string()))
}
