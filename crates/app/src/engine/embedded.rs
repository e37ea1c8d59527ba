//! The embedded engine: turns are given in this process. One node leads; on `PostgreSQL` others
//! stand by, and one of them takes over when the leader falls silent.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use base::Timestamp;
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};

use super::{EngineError, Lanes, Node};
use crate::serve::metrics::Duty;

/// Turns at once. A turn is mostly waiting for a vendor, and none may hold up another book's.
const TURNS_MAX: usize = 256;
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
    under_way: BTreeMap<String, Id>,
}

impl Turns {
    fn begin(&mut self, lanes: &Arc<Lanes>, lane: String) {
        if self.under_way.contains_key(&lane) {
            return;
        }
        let handle = self.set.spawn(turn(lanes.clone(), lane.clone()));
        self.under_way.insert(lane, handle.id());
    }

    /// Waits until a turn has ended, however it ended.
    async fn ended(&mut self) -> Option<()> {
        let id = match self.set.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => error.id(),
        };
        self.under_way.retain(|_lane, one| *one != id);
        Some(())
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
        let room = TURNS_MAX.saturating_sub(turns.set.len());
        if room > 0 {
            // Lanes that have just begun may not be claimed yet, and are found once more.
            let looked = room.saturating_add(turns.under_way.len());
            for row in self.lanes.store.due_lanes(now, looked).await? {
                if turns.set.len() < TURNS_MAX {
                    turns.begin(&self.lanes, row.name);
                }
            }
        }
        let next = self.lanes.store.next_lane().await?;
        Ok(next.unwrap_or(now.after_ms(GLANCE_MS)).max(now.after_ms(1)))
    }
}

/// One turn, whose failure is its own.
async fn turn(lanes: Arc<Lanes>, name: String) {
    if let Err(error) = lanes.turn(&name).await {
        tracing::warn!(lane = name, code = error.code(), "A turn failed: {}", crate::say(&error));
    }
}
