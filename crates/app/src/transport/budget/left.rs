//! What is left of a lane's budget, for people and for metrics.

use base::Timestamp;
use serde::Serialize;

use super::{Budget, XERO_MINUTE};
use crate::transport::courier::amazon_limit;

/// Calls that Xero still takes from one organisation's lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct XeroLeft {
    pub day: u32,
    pub day_of: u32,
    pub minute: u32,
    pub minute_of: u32,
    /// When the day that is counted began; none before the first call.
    pub day_from: Option<Timestamp>,
    /// Xero asked us to wait until then.
    pub closed_until: Option<Timestamp>,
}

/// Calls that are left in the bucket of one of Amazon's operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketLeft {
    pub operation: String,
    pub left: u32,
    pub of: u32,
}

impl Budget {
    /// As it stands now, without spending any of it.
    pub fn xero_left(&self, now: Timestamp) -> XeroLeft {
        let is_today = self.day_from.is_some_and(|from| now.since(from) < Timestamp::DAY);
        let spent = if is_today { self.day_calls } else { 0 };
        let recent = self.ended.iter().filter(|ended| now.since(**ended) < Timestamp::MINUTE);
        let minute = XERO_MINUTE.saturating_sub(recent.count());
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        XeroLeft {
            day: self.day_of().saturating_sub(spent),
            day_of: self.day_of(),
            minute: small(minute),
            minute_of: small(XERO_MINUTE),
            day_from: self.day_from.filter(|_| is_today),
            closed_until: self.closed_until.filter(|until| *until > now),
        }
    }

    /// The buckets that were ever drawn from.
    pub fn buckets_left(&self, now: Timestamp) -> Vec<BucketLeft> {
        let left = self.buckets.iter().map(|(operation, full)| {
            let limit = amazon_limit(operation);
            let period_ms = limit.period_ms.max(1);
            let missing_ms = full.since(now).max(0);
            let missing = missing_ms.saturating_add(period_ms - 1) / period_ms;
            let missing = u32::try_from(missing).unwrap_or(u32::MAX);
            let left = limit.burst.saturating_sub(missing);
            BucketLeft { operation: operation.clone(), left, of: limit.burst }
        });
        left.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_not_left() {
        let mut budget = Budget::default();
        assert_eq!(budget.xero_left(Timestamp(0)).day, 1_000);
        budget.take_xero(Timestamp(0)).unwrap();
        budget.ended_xero(Timestamp(0), None);
        let left = budget.xero_left(Timestamp(10));
        assert_eq!((left.day, left.minute), (999, 59));
        budget.ended_xero(Timestamp(20), Some(120));
        assert_eq!(budget.xero_left(Timestamp(30)).day, 120);
        let tomorrow = budget.xero_left(Timestamp(Timestamp::DAY));
        assert_eq!((tomorrow.day, tomorrow.minute, tomorrow.day_from), (1_000, 60, None));
    }

    #[test]
    fn a_bucket_fills_again() {
        let mut budget = Budget::default();
        let limit = amazon_limit("getOrder");
        for _ in 0..3 {
            budget.take("getOrder", limit, Timestamp(0)).unwrap();
        }
        assert_eq!(budget.buckets_left(Timestamp(0))[0].left, 27);
        assert_eq!(budget.buckets_left(Timestamp(2_000))[0].left, 28);
        assert_eq!(budget.buckets_left(Timestamp(60_000))[0].left, 30);
    }
}
