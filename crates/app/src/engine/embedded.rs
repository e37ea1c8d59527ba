//! The embedded engine: turns are given in this process. One node leads; on `PostgreSQL` others
//! stand by, and one of them takes over when the leader falls silent.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use base::Timestamp;
use store::DueLane;
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};

use super::{EngineError, Lanes, Node};
use crate::serve::metrics::Duty;

/// Turns at once. A turn is mostly waiting for a vendor, and none may hold up another book's. Lanes
/// that something new waits for have room of their own: when the time to look has come for those of
/// thousands of books at once, what is new does not wait in line behind them, nor they behind it.
const WANTED_MAX: usize = 160;
const CALM_MAX: usize = 32;
/// How long lanes that were found and had no room are known before they are looked for again.
const LOOK_MS: i64 = 50;
/// How long a word from another process (a review, a release, a new book) may wait.
const GLANCE_MS: i64 = 500;
/// How often a node that stands by looks whether the leader is silent.
const STANDBY_MS: i64 = 2 * Timestamp::SECOND;

/// Gives turns to whatever lane is due.
pub struct Embedded {
    pub lanes: Arc<Lanes>,
    pub node: Arc<Node>,
    /// Rung by whoever made a lane due in this process.
    pub bell: Arc<Notify>,
}

/// Turns under way, and whose they are.
#[derive(Default)]
struct Turns {
    set: JoinSet<()>,
    /// With whether the lane was wanted.
    under_way: BTreeMap<String, (Id, bool)>,
    /// Found due, with no room yet; and when they were.
    waiting: Vec<DueLane>,
    looked: Option<Timestamp>,
}

impl Turns {
    /// Waits until a turn has ended, however it ended, and takes note of all that have.
    async fn ended(&mut self) -> Option<()> {
        let mut next = Some(self.set.join_next_with_id().await?);
        while let Some(ended) = next {
            let id = match ended {
                Ok((id, ())) => id,
                Err(error) => error.id(),
            };
            self.under_way.retain(|_lane, (one, _)| *one != id);
            next = self.set.try_join_next_with_id();
        }
        Some(())
    }

    /// Begins as many of the waiting as there is room for.
    fn fill(&mut self, lanes: &Arc<Lanes>) {
        let all = self.under_way.len();
        let mut wanted = self.under_way.values().filter(|(_, is_wanted)| *is_wanted).count();
        let mut calm = all.saturating_sub(wanted);
        for lane in std::mem::take(&mut self.waiting) {
            if self.under_way.contains_key(&lane.name) {
                continue;
            }
            let (count, most) =
                if lane.is_wanted { (&mut wanted, WANTED_MAX) } else { (&mut calm, CALM_MAX) };
            if *count >= most {
                self.waiting.push(lane);
                continue;
            }
            *count = count.saturating_add(1);
            let handle = self.set.spawn(turn(lanes.clone(), lane.name.clone()));
            self.under_way.insert(lane.name, (handle.id(), lane.is_wanted));
        }
    }
}

impl Embedded {
    /// Works until the process ends; a database that does not answer is waited for.
    pub async fn work(&self) -> Infallible {
        let mut turns = Turns::default();
        loop {
            let was_leading = self.node.duty() == Duty::Active;
            if self.leads(was_leading).await.unwrap_or(false) {
                self.lead(&mut turns).await;
                continue;
            }
            // Whoever leads now breaks our lanes; what we still hold is fenced out.
            turns = Turns::default();
            self.node.set_duty(Duty::Standby);
            self.lanes.clock.until(self.lanes.clock.now().after_ms(STANDBY_MS)).await;
        }
    }

    /// Whether this node leads; who begins to takes over first.
    async fn leads(&self, was_leading: bool) -> Result<bool, EngineError> {
        let led = async {
            let is_leading = self.node.leads().await?;
            if is_leading && !was_leading {
                self.lanes.take_over().await?;
                self.node.set_duty(Duty::Active);
                tracing::info!(node = self.node.name, "This node gives turns now");
            }
            Ok(is_leading)
        };
        led.await.inspect_err(|error: &EngineError| {
            tracing::warn!(code = error.code(), "The database does not answer: {error}");
        })
    }

    /// Gives turns until it is time to look again whether this node still leads.
    async fn lead(&self, turns: &mut Turns) {
        let clock = &self.lanes.clock;
        let until = clock.now().after_ms(STANDBY_MS);
        while clock.now() < until && self.node.is_alive() {
            let next = match self.begin(turns).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(code = error.code(), "The database does not answer: {error}");
                    until
                }
            };
            let wait = next.min(clock.now().after_ms(GLANCE_MS)).min(until);
            tokio::select! {
                Some(()) = turns.ended() => {}
                () = self.bell.notified() => {}
                () = clock.until(wait) => {}
            }
        }
    }

    /// Begins the turns that are due and says when the next one will be.
    async fn begin(&self, turns: &mut Turns) -> Result<Timestamp, EngineError> {
        let now = self.lanes.clock.now();
        // While there is more to do than room, it is enough to look now and then.
        let is_known = turns.looked.is_some_and(|at| now.since(at) < LOOK_MS);
        if turns.waiting.is_empty() || !is_known {
            // Lanes that have just begun may not be claimed yet, and are found once more.
            let most = WANTED_MAX.saturating_add(turns.under_way.len());
            turns.waiting = self.lanes.store.due_lanes(now, most).await?;
            turns.looked = Some(now);
        }
        turns.fill(&self.lanes);
        if !turns.waiting.is_empty() {
            return Ok(now.after_ms(LOOK_MS));
        }
        let next = self.lanes.store.next_due_after(now).await?;
        Ok(next.unwrap_or(now.after_ms(GLANCE_MS)).max(now.after_ms(1)))
    }
}

/// One turn, whose failure is its own.
async fn turn(lanes: Arc<Lanes>, name: String) {
    if let Err(error) = lanes.turn(&name).await {
        tracing::warn!(lane = name, code = error.code(), "A turn failed: {}", crate::say(&error));
    }
}
