//! How many calls a lane may still make. Pure arithmetic on times; the lane's row keeps it.

mod left;

use std::collections::BTreeMap;

use base::{Limit, Timestamp};
use intents::Priority;
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
    /// Xero: how many calls a day the organisation's plan has, once a header told.
    day_of: Option<u32>,
    day_from: Option<Timestamp>,
    /// The vendor told us to wait until then.
    closed_until: Option<Timestamp>,
}

/// Xero's limit a minute and organisation. Its windows are fixed and of unknown phase, so a call
/// may start only when fewer than this many ended within the last minute.
/// <https://developer.xero.com/documentation/guides/oauth2/limits/>
const XERO_MINUTE: usize = 60;
/// Xero's limits a day and organisation: of the smallest plan, and of all others. Which it is, the
/// header tells that counts what is left.
const XERO_DAY: u32 = 1_000;
const XERO_DAY_LARGE: u32 = 5_000;
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
        } else if self.day_calls >= self.day_of() {
            return Err(from.after_ms(Timestamp::DAY));
        }
        Ok(())
    }

    /// When Xero may be called for something of this urgency: now, or later. Some of the minute and
    /// of the day is kept for what is more urgent. Asking spends nothing.
    pub fn room_xero(&self, priority: Priority, now: Timestamp) -> Result<(), Timestamp> {
        let (minute, day) = (kept_of_a_minute(priority), kept_of_a_day(priority, self.day_of()));
        let today = self.day_from.filter(|from| now.since(*from) < Timestamp::DAY);
        let spent = if today.is_some() { self.day_calls } else { 0 };
        if spent >= self.day_of().saturating_sub(day) && day > 0 {
            return Err(today.unwrap_or(now).after_ms(Timestamp::DAY));
        }
        let mut recent: Vec<Timestamp> = self.ended.clone();
        recent.retain(|moment| now.since(*moment) < Timestamp::MINUTE);
        recent.sort();
        // Room comes when so many of the oldest are a minute ago that the rest leaves what is kept.
        let over = recent.len().saturating_sub(XERO_MINUTE - minute - 1);
        match over.checked_sub(1).and_then(|last| recent.get(last)) {
            Some(last) if minute > 0 => Err(last.after_ms(Timestamp::MINUTE)),
            Some(_) | None => Ok(()),
        }
    }

    /// When an Amazon operation has calls left that live work will not miss. Asking spends nothing.
    pub fn spare(&self, operation: &str, limit: Limit, now: Timestamp) -> Result<(), Timestamp> {
        self.open(now)?;
        let full = self.buckets.get(operation).copied().unwrap_or(now).max(now);
        let kept = i64::from(limit.burst.div_ceil(4));
        let room_ms = limit.period_ms.saturating_mul(i64::from(limit.burst).saturating_sub(kept));
        let next = full.after_ms(limit.period_ms);
        if next.since(now) > room_ms {
            return Err(now.after_ms(next.since(now).saturating_sub(room_ms)));
        }
        Ok(())
    }

    fn day_of(&self) -> u32 {
        self.day_of.unwrap_or(XERO_DAY)
    }

    /// A call to Xero ended, whatever became of it. `day_remaining` is Xero's own count.
    pub fn ended_xero(&mut self, now: Timestamp, day_remaining: Option<u32>) {
        self.ended.push(now);
        if day_remaining.is_some_and(|left| left >= XERO_DAY) {
            self.day_of = Some(XERO_DAY_LARGE);
        }
        let day_of = self.day_of();
        self.day_calls = match day_remaining {
            Some(left) if left > XERO_DAY_KEPT => {
                day_of.saturating_sub(left).min(day_of.saturating_sub(1))
            }
            Some(_) => day_of,
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

/// Of a minute's calls so many are kept for what is more urgent: what a burst of live orders takes.
fn kept_of_a_minute(priority: Priority) -> usize {
    match priority {
        Priority::Live => 0,
        Priority::Settlement => 10,
        Priority::Inventory => 15,
        Priority::Backfill => 20,
    }
}

/// Of a day's calls so many are kept for what is more urgent: the past may take two thirds.
pub fn kept_of_a_day(priority: Priority, day_of: u32) -> u32 {
    match priority {
        Priority::Live => 0,
        Priority::Settlement => day_of / 20,
        Priority::Inventory => day_of / 10,
        Priority::Backfill => day_of / 3,
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
    fn the_past_leaves_a_third_of_the_minute_and_of_the_day() {
        let mut budget = Budget::default();
        for ms in 0..40 {
            budget.room_xero(Priority::Backfill, Timestamp(ms)).unwrap();
            budget.take_xero(Timestamp(ms)).unwrap();
            budget.ended_xero(Timestamp(ms), None);
        }
        let wait = budget.room_xero(Priority::Backfill, Timestamp(40));
        assert_eq!(wait, Err(Timestamp(60_000)));
        budget.room_xero(Priority::Settlement, Timestamp(40)).unwrap();
        budget.room_xero(Priority::Live, Timestamp(40)).unwrap();
        budget.room_xero(Priority::Backfill, Timestamp(60_000)).unwrap();
        budget.ended_xero(Timestamp(41), Some(333));
        let wait = budget.room_xero(Priority::Backfill, Timestamp(120_000));
        assert_eq!(wait, Err(Timestamp(Timestamp::DAY)));
        budget.room_xero(Priority::Settlement, Timestamp(120_000)).unwrap();
    }

    #[test]
    fn a_larger_plan_is_known_by_what_is_left_of_it() {
        let mut budget = Budget::default();
        budget.take_xero(Timestamp(0)).unwrap();
        budget.ended_xero(Timestamp(0), Some(4_999));
        assert_eq!((budget.day_of(), budget.day_calls), (5_000, 1));
        budget.ended_xero(Timestamp(1), Some(700));
        assert_eq!((budget.day_of(), budget.day_calls), (5_000, 4_300));
    }

    #[test]
    fn the_past_leaves_a_quarter_of_a_bucket() {
        let mut budget = Budget::default();
        for _ in 0..15 {
            budget.spare("searchOrders", SEARCH, Timestamp(0)).unwrap();
            budget.take("searchOrders", SEARCH, Timestamp(0)).unwrap();
        }
        let wait = budget.spare("searchOrders", SEARCH, Timestamp(0));
        assert_eq!(wait, Err(Timestamp(180_000)));
        budget.take("searchOrders", SEARCH, Timestamp(0)).unwrap();
        budget.spare("searchOrders", SEARCH, Timestamp(360_000)).unwrap();
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
