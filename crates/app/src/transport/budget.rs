//! How many calls a lane may still make. Pure arithmetic on times; the lane's row keeps it.

mod left;

use std::collections::BTreeMap;

use base::{Limit, Timestamp};
use serde::{Deserialize, Serialize};

pub use left::{BucketLeft, XeroLeft};

/// What a lane has spent. Xero counts calls in a window, Amazon in a bucket per operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Amazon: for each operation the moment at which its bucket will be full again.
    buckets: BTreeMap<String, Timestamp>,
    /// Xero: when each call of the last minute ended.
    ended: Vec<Timestamp>,
    /// Xero: calls since `day_from`.
    day_calls: u32,
    day_from: Option<Timestamp>,
    /// The vendor told us to wait until then.
    closed_until: Option<Timestamp>,
}

/// Xero's limit a minute and organisation. Its windows are fixed and of unknown phase, so a call
/// may start only when fewer than this many ended within the last minute.
/// <https://developer.xero.com/documentation/guides/oauth2/limits/>
const XERO_MINUTE: usize = 60;
/// Xero's limit a day and organisation on the smallest plan; a larger plan's header widens it.
const XERO_DAY: u32 = 1_000;
/// What the headers must leave for people and other applications.
const XERO_DAY_KEPT: u32 = 20;

impl Budget {
    /// When an Amazon operation may be called: now, or later. Taking it spends it.
    pub fn take(&mut self, operation: &str, limit: Limit, now: Timestamp) -> Result<(), Timestamp> {
        self.open(now)?;
        let full = self.buckets.get(operation).copied().unwrap_or(now).max(now);
        let next = full.after_ms(limit.period_ms);
        let room_ms = limit.period_ms.saturating_mul(i64::from(limit.burst));
        if next.since(now) > room_ms {
            return Err(now.after_ms(next.since(now).saturating_sub(room_ms)));
        }
        self.buckets.insert(operation.to_owned(), next);
        Ok(())
    }

    /// When Xero may be called: now, or later.
    pub fn take_xero(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        self.open(now)?;
        self.ended.retain(|moment| now.since(*moment) < Timestamp::MINUTE);
        if self.ended.len() >= XERO_MINUTE {
            let first = self.ended.iter().min().copied().unwrap_or(now);
            return Err(first.after_ms(Timestamp::MINUTE));
        }
        let from = *self.day_from.get_or_insert(now);
        if now.since(from) >= Timestamp::DAY {
            self.day_from = Some(now);
            self.day_calls = 0;
        } else if self.day_calls >= XERO_DAY {
            return Err(from.after_ms(Timestamp::DAY));
        }
        Ok(())
    }

    /// A call to Xero ended, whatever became of it. `day_remaining` is Xero's own count.
    pub fn ended_xero(&mut self, now: Timestamp, day_remaining: Option<u32>) {
        self.ended.push(now);
        self.day_calls = match day_remaining {
            Some(left) if left > XERO_DAY_KEPT => XERO_DAY.saturating_sub(left).min(XERO_DAY - 1),
            Some(_) => XERO_DAY,
            None => self.day_calls.saturating_add(1),
        };
    }

    /// A process died with calls that nobody counted: the minute counts as full.
    pub fn assume_spent(&mut self, now: Timestamp) {
        self.ended = vec![now; XERO_MINUTE];
    }

    /// The vendor said 429: nothing goes out before then.
    pub fn close(&mut self, until: Timestamp) {
        self.closed_until = self.closed_until.max(Some(until));
    }

    /// An Amazon operation was throttled although we kept its rate: its bucket counts as empty.
    pub fn drain(&mut self, operation: &str, limit: Limit, now: Timestamp) {
        let full = now.after_ms(limit.period_ms.saturating_mul(i64::from(limit.burst)));
        self.buckets.insert(operation.to_owned(), full);
    }

    fn open(&self, now: Timestamp) -> Result<(), Timestamp> {
        match self.closed_until {
            Some(until) if until > now => Err(until),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Limit = Limit::bucket(180_000, 20);

    #[test]
    fn a_bucket_gives_its_burst_and_then_one_a_period() {
        let mut budget = Budget::default();
        for _ in 0..20 {
            budget.take("searchOrders", SEARCH, Timestamp(0)).unwrap();
        }
        assert_eq!(budget.take("searchOrders", SEARCH, Timestamp(0)), Err(Timestamp(180_000)));
        budget.take("searchOrders", SEARCH, Timestamp(180_000)).unwrap();
        assert!(budget.take("searchOrders", SEARCH, Timestamp(180_001)).is_err());
    }

    #[test]
    fn no_minute_sees_more_than_sixty_calls_to_xero() {
        let mut budget = Budget::default();
        for ms in 0..60 {
            budget.take_xero(Timestamp(ms)).unwrap();
            budget.ended_xero(Timestamp(ms), None);
        }
        assert_eq!(budget.take_xero(Timestamp(100)), Err(Timestamp(60_000)));
        budget.take_xero(Timestamp(60_000)).unwrap();
    }

    #[test]
    fn after_a_death_the_minute_counts_as_full() {
        let mut budget = Budget::default();
        budget.assume_spent(Timestamp(5));
        assert_eq!(budget.take_xero(Timestamp(6)), Err(Timestamp(60_005)));
    }

    #[test]
    fn a_used_up_day_waits_for_the_next() {
        let mut budget = Budget::default();
        budget.take_xero(Timestamp(0)).unwrap();
        budget.ended_xero(Timestamp(0), Some(5));
        assert_eq!(budget.take_xero(Timestamp(70_000)), Err(Timestamp(Timestamp::DAY)));
    }

    #[test]
    fn what_the_vendor_closed_stays_closed() {
        let mut budget = Budget::default();
        budget.close(Timestamp(500));
        assert_eq!(budget.take_xero(Timestamp(499)), Err(Timestamp(500)));
        assert_eq!(budget.take("x", SEARCH, Timestamp(499)), Err(Timestamp(500)));
        budget.take_xero(Timestamp(500)).unwrap();
    }
}
