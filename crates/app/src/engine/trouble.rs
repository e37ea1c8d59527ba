//! What follows when a turn failed: how long the lane waits, and when a person is told.

use intents::retry::dice;
use store::{Alarm, Lease};

use super::{Engine, EngineError};
use crate::book::Lane;
use crate::codes::class_of;
use crate::say;
use crate::stages::{LaneState, Next, StageError};

impl Engine {
    /// A turn that failed is followed by another as the retry policy of its class says; the reason
    /// stays in the lane until it goes well. Where the policy's tries or time are spent an alarm is
    /// raised, and trying goes on. While the vendor does not answer at all the circuit says when
    /// the next call goes out, whatever else the lane would wait for.
    pub(super) async fn after(
        &self,
        lease: &Lease,
        state: &mut LaneState,
        result: Result<Next, StageError>,
    ) -> Result<Next, EngineError> {
        let now = self.clock.now();
        let error = match result {
            Ok(next) if state.circuit.open_since().is_some() => {
                self.silent(lease, state).await?;
                return Ok(next);
            }
            Ok(next) => {
                state.failures = 0;
                state.troubled = None;
                state.succeeded = Some(now);
                if state.trouble.take().is_some() {
                    self.calm(lease).await?;
                }
                return Ok(next);
            }
            Err(error) => error,
        };
        let detail = say(&error);
        tracing::warn!(lane = lease.lane, code = error.code(), "A turn failed: {detail}");
        state.failures = state.failures.saturating_add(1);
        let since = *state.troubled.get_or_insert(now);
        state.trouble = Some(format!("{}: {detail}", error.code()));
        let retry = &self.store.limits().retry;
        let policy = retry.of(class_of(error.code()));
        if policy.is_spent(state.failures, since, now) {
            self.tell(lease, error.code(), format!("since {since}: {detail}")).await?;
        }
        let wait_ms = policy.wait_ms(state.failures, dice(&lease.lane, state.failures));
        Ok(Next::At(state.circuit.open_until(now).unwrap_or(now.after_ms(wait_ms))))
    }

    /// What was told of the lane is over.
    async fn calm(&self, lease: &Lease) -> Result<(), EngineError> {
        let open = self.store.alarms(&lease.book).await?.into_iter().map(|row| row.alarm);
        for alarm in open.filter(|alarm| alarm.subject == lease.lane) {
            let which = (alarm.code.as_str(), alarm.subject.as_str());
            self.store.clear_alarm(&lease.book, which, "lane", self.clock.now()).await?;
        }
        Ok(())
    }

    /// The turn itself did not fail, and yet the vendor does not answer: a probe that is not due is
    /// no good news.
    async fn silent(&self, lease: &Lease, state: &mut LaneState) -> Result<(), EngineError> {
        let now = self.clock.now();
        let since = *state.troubled.get_or_insert(now);
        let is_xero = Lane::parse(&lease.lane) == Some(Lane::Xero);
        let code = silence_code(is_xero);
        let detail = format!("no answer since {since}");
        state.trouble.get_or_insert(format!("{code}: {detail}"));
        if self.store.limits().retry.unsent.is_spent(state.failures, since, now) {
            self.tell(lease, code, detail).await?;
        }
        Ok(())
    }

    async fn tell(&self, lease: &Lease, code: &str, detail: String) -> Result<(), EngineError> {
        let subject = lease.lane.clone();
        let alarm = Alarm { code: code.to_owned(), subject, detail };
        Ok(self.store.raise_alarm(&lease.book, &alarm, self.clock.now()).await?)
    }
}

fn silence_code(is_xero: bool) -> &'static str {
    if is_xero { "xero_no_answer" } else { "amazon_no_answer" }
}
