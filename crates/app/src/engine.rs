//! An engine decides only who gets a turn, and when; the truth is in the store's tables.
//!
//! [`Engine`] works one book's lanes, one after the other: the verbs, the demo and the tests.
//! [`Lanes`] are the turns of any lane of any book; the [`Embedded`] engine gives turns in this
//! process, [`restate`] lets a Restate server give them to many nodes.

mod about;
mod clocks;
mod embedded;
mod error;
mod lanes;
mod node;
pub mod restate;
mod trouble;
mod work;

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Clock, Timestamp};
use intents::BookId;
use intents::outbox::QUARANTINE_MS;
use mapping::rulebook::{Compiled, RuleBook};
use store::{Backfill, BackfillState, LaneRow, Lease, Store};
use tracing::Instrument as _;

use crate::backfill::Progress;
use crate::book::{Lane, Settings};
use crate::codes::is_for_a_person;
use crate::intake::Notifications;
use crate::say;
use crate::stages::{self, Gate, LaneState, Next, Pace, StageError, Turn};
use crate::transport::Carrier;
use crate::{metrics, telemetry};

pub use self::about::{About, Reached};
pub(crate) use self::clocks::{APART_MAX_MS, apart_ms};
pub use self::embedded::Embedded;
pub use self::error::EngineError;
use self::lanes::Ruled;
pub use self::lanes::{KeptRules, Lanes, Turned};
pub(crate) use self::node::ENGINE;
pub use self::node::{Alive, NODE_LEASE_MS, Node};

/// Longer than the longest turn: eight calls of thirty seconds.
const LEASE_MS: i64 = 5 * Timestamp::MINUTE;
/// By then a request that was sent is answered, given up or dead.
const REQUEST_DEAD_MS: i64 = 30 * Timestamp::SECOND + QUARANTINE_MS;
/// A lane that nobody can work is looked at again so late.
const IDLE_MS: i64 = 15 * Timestamp::MINUTE;

/// Works one book's lanes.
pub struct Engine {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub carrier: Arc<dyn Carrier>,
    pub gate: Arc<dyn Gate>,
    /// Names this process in leases.
    pub node: String,
    /// Until when this process may put something on the wire.
    pub alive: Alive,
    pub pace: Pace,
    pub book: BookId,
    pub settings: Settings,
    /// Where Amazon is to send word of changes, if anywhere.
    pub notifications: Option<Notifications>,
}

/// What a round over the lanes came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Something was done; there may be more to do now.
    Worked,
    /// Nothing is due before then.
    Idle { next: Timestamp },
}

impl Engine {
    /// Takes over from a process that ended: what it had on the wire is to be looked up, and every
    /// lane gets a turn at once.
    pub async fn take_over(&self) -> Result<u64, EngineError> {
        let now = self.clock.now();
        for lane in self.settings.lanes() {
            let name = lane.name(&self.book);
            self.store.ensure_lane(&name, &self.book, now).await?;
            self.store.nudge(&name, now).await?;
        }
        self.store.free_leases(&self.node).await?;
        let Some(lease) = self.claim(&Lane::Xero.name(&self.book)).await? else { return Ok(0) };
        let recovered = self.store.recover(&lease, now).await?;
        let state = self.state_of(&lease);
        let text = serde_json::to_string(&state).unwrap_or_default();
        self.store.settle_lane(&lease, now, &text, now).await?;
        Ok(recovered)
    }

    /// The rule book that decides now.
    pub async fn rules(&self) -> Result<Compiled, EngineError> {
        let version = self.store.rules(&self.book).await?.ok_or(EngineError::NoRules)?;
        let hash = version.hash.clone();
        let failed = |detail: String| EngineError::Rules { hash: hash.clone(), detail };
        let book = RuleBook::from_json(&version.body).map_err(|error| failed(say(&error)))?;
        book.compile().map_err(|errors| {
            let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
            failed(words.join("; "))
        })
    }

    /// The same rules, or the version that was published since.
    pub async fn newest(&self, rules: Compiled) -> Result<Compiled, EngineError> {
        let version = self.store.rules(&self.book).await?.ok_or(EngineError::NoRules)?;
        if version.hash == rules.hash() { Ok(rules) } else { self.rules().await }
    }

    /// Gives each lane that is due one turn: Amazon first, so that sends are full, then deciding,
    /// then Xero unless more orders are on their way in.
    pub async fn round(&self, rules: &Compiled) -> Result<Round, EngineError> {
        let mut is_reading = false;
        let mut has_worked = false;
        for lane in self.settings.lanes() {
            let name = lane.name(&self.book);
            let Some(row) = self.due(&name).await? else { continue };
            if lane == Lane::Xero && is_reading {
                continue;
            }
            let is_amazon = matches!(lane, Lane::Amazon { .. });
            let next = self.turn(&lane, &row, rules).await?;
            has_worked = has_worked || next == Some(Next::Now);
            is_reading = is_reading || (is_amazon && next == Some(Next::Now));
        }
        if has_worked || is_reading {
            return Ok(Round::Worked);
        }
        Ok(Round::Idle { next: self.next_due().await? })
    }

    async fn due(&self, name: &str) -> Result<Option<LaneRow>, EngineError> {
        let now = self.clock.now();
        let lanes = self.lanes().await?;
        Ok(lanes.into_iter().find(|row| row.name == name && row.due <= now))
    }

    async fn next_due(&self) -> Result<Timestamp, EngineError> {
        let now = self.clock.now();
        let lanes = self.lanes().await?;
        let first = lanes.iter().map(|row| row.due.max(row.lease_until)).min();
        Ok(first.unwrap_or(now.after_ms(self.pace.poll_ms)).max(now))
    }

    /// The book's lanes. One whose link is gone from the settings sleeps, and holds up nobody.
    pub async fn lanes(&self) -> Result<Vec<LaneRow>, EngineError> {
        let names: Vec<String> =
            self.settings.lanes().iter().map(|lane| lane.name(&self.book)).collect();
        let lanes = self.store.lanes().await?;
        Ok(lanes.into_iter().filter(|row| names.contains(&row.name)).collect())
    }

    async fn claim(&self, name: &str) -> Result<Option<Lease>, EngineError> {
        Ok(self.store.claim_lane(name, &self.node, self.clock.now(), LEASE_MS).await?)
    }

    /// Claims a lane and takes its turn.
    pub async fn turn(
        &self,
        lane: &Lane,
        row: &LaneRow,
        rules: &Compiled,
    ) -> Result<Option<Next>, EngineError> {
        let Some(lease) = self.claim(&row.name).await? else { return Ok(None) };
        self.take(lane, &lease, Ruled::Given(rules)).await.map(Some)
    }

    /// What a lane remembers. Whoever left it open may have made calls that nobody counted.
    fn state_of(&self, lease: &Lease) -> LaneState {
        let mut state: LaneState = serde_json::from_str(&lease.state).unwrap_or_default();
        if lease.was_left && self.settings.limits {
            state.budget.assume_spent(self.clock.now());
        }
        state
    }

    /// Does one piece of a claimed lane's work and settles it under the fence. Rules that cannot be
    /// used are the trouble of the lanes that decide by them; what Amazon says is read all the same.
    async fn take(
        &self,
        lane: &Lane,
        lease: &Lease,
        rules: Ruled<'_>,
    ) -> Result<Next, EngineError> {
        let mut state = self.state_of(lease);
        let lease_end = self.clock.now().after_ms(LEASE_MS - REQUEST_DEAD_MS);
        let turn = Turn {
            store: &self.store,
            clock: &self.clock,
            gate: self.gate.as_ref(),
            lease,
            settings: &self.settings,
            notifications: self.notifications.as_ref(),
            pace: self.pace,
            write_until: lease_end.min(self.alive.may_write_until()),
        };
        let (began, span) = (self.clock.now(), telemetry::turn_span(&lease.lane));
        let work = async {
            match lane {
                Lane::Amazon { region } => self.amazon(&turn, region, &mut state).await,
                Lane::Book => stages::map::map(&turn, &rules.of(self).await?).await,
                Lane::Xero => self.xero(&turn, &rules.of(self).await?, &mut state).await,
            }
        };
        let result = work.instrument(span.clone()).await;
        let ended = result.as_ref().map(drop).map_err(StageError::code);
        span.record("code", ended.err().unwrap_or("ok"));
        metrics::turn(lane, ended, self.clock.now().since(began));
        let next = self.after(lease, &mut state, result).await?;
        let due = match next {
            Next::Now => self.clock.now(),
            Next::At(moment) => moment,
        };
        self.gate.pass("lane: before settling").await;
        let text = serde_json::to_string(&state).unwrap_or_default();
        self.store.settle_lane(lease, due, &text, self.clock.now()).await?;
        Ok(next)
    }

    /// True when every seller account was read to its end since `since`, every subject is decided
    /// and nothing is ready, on the wire or to be looked up.
    pub async fn is_quiet(&self, since: Timestamp, rules: &Compiled) -> Result<bool, EngineError> {
        let now = self.clock.now();
        for row in self.lanes().await? {
            let state: LaneState = serde_json::from_str(&row.state).unwrap_or_default();
            let is_amazon = matches!(Lane::parse(&row.name), Some(Lane::Amazon { .. }));
            let is_behind = |swept: Option<Timestamp>| swept.is_none_or(|swept| swept < since);
            let is_unread =
                is_behind(state.swept) || (self.settings.money && is_behind(state.money.swept));
            if is_amazon && is_unread {
                return Ok(false);
            }
        }
        if self.reads_the_past().await? {
            return Ok(false);
        }
        let due = self.store.due_subjects(&self.book, rules.hash(), now, 1).await?;
        Ok(due.is_empty() && self.store.next_intent_due(&self.book, None).await?.is_none())
    }

    /// True while a stretch of the past is being read and was not left off.
    async fn reads_the_past(&self) -> Result<bool, EngineError> {
        let wanted = self.store.backfill(&self.book).await?;
        match wanted.filter(|wanted| wanted.state == BackfillState::Running) {
            Some(wanted) => self.is_past_left(&wanted).await,
            None => Ok(false),
        }
    }

    /// True when some of a stretch of the past was not read yet.
    pub async fn is_past_left(&self, wanted: &Backfill) -> Result<bool, EngineError> {
        let now = self.clock.now();
        for link in &self.settings.amazon {
            let kept = self.store.cursor(&self.book, &Progress::cursor(&link.region)).await?;
            let progress = Progress::of(kept.as_deref(), wanted, now);
            if progress.next(self.settings.money).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What stops a lane that a person must mend (a lost authorisation), if anything.
    pub async fn trouble(&self) -> Result<Option<String>, EngineError> {
        for row in self.lanes().await? {
            let state: LaneState = serde_json::from_str(&row.state).unwrap_or_default();
            if let Some(trouble) = state.trouble.filter(|trouble| is_for_a_person(trouble)) {
                return Ok(Some(trouble));
            }
        }
        Ok(None)
    }

    /// Works until there is nothing left to do, waiting for what is due later.
    pub async fn run_until_quiet(&self) -> Result<Option<String>, EngineError> {
        let mut rules = self.rules().await?;
        let since = self.clock.now();
        let mut hastened = BTreeSet::new();
        loop {
            rules = self.newest(rules).await?;
            let Round::Idle { next } = self.round(&rules).await? else { continue };
            if let Some(trouble) = self.trouble().await? {
                return Ok(Some(trouble));
            }
            if self.is_quiet(since, &rules).await? {
                return Ok(None);
            }
            if !self.hasten(since, &mut hastened).await? {
                self.clock.until(next).await;
            }
        }
    }

    /// Who waits for quiet wants to know what is new now: an account that was read before `since` is
    /// read again at once, however soon it would be. Each lane once.
    async fn hasten(
        &self,
        since: Timestamp,
        hastened: &mut BTreeSet<String>,
    ) -> Result<bool, EngineError> {
        let mut has_hastened = false;
        for row in self.lanes().await? {
            let state: LaneState = serde_json::from_str(&row.state).unwrap_or_default();
            let is_amazon = matches!(Lane::parse(&row.name), Some(Lane::Amazon { .. }));
            let is_old = state.swept.is_some_and(|swept| swept < since);
            if !is_amazon || !is_old || !hastened.insert(row.name.clone()) {
                continue;
            }
            let Some(lease) = self.claim(&row.name).await? else { continue };
            let state = LaneState { orders_due: None, ..self.state_of(&lease) };
            let (now, text) = (self.clock.now(), serde_json::to_string(&state).unwrap_or_default());
            self.store.settle_lane(&lease, now, &text, now).await?;
            has_hastened = true;
        }
        Ok(has_hastened)
    }
}
