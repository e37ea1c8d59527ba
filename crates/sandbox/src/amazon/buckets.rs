//! Token buckets: one per operation and authorisation.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base::Timestamp;

use super::marketplaces::Region;
use super::operation::Operation;

/// Each bucket as the moment at which it will be full again.
#[derive(Default)]
pub(crate) struct Buckets {
    full_at: Mutex<BTreeMap<(Operation, Region), Timestamp>>,
}

impl Buckets {
    /// Takes one token, or says that there is none.
    pub(crate) fn take(&self, operation: Operation, region: Region, now: Timestamp) -> bool {
        let Some((period_ms, burst)) = operation.bucket() else { return true };
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.entry((operation, region)).or_insert(now);
        let next = (*full_at).max(now).after_ms(period_ms);
        let allowed = next.since(now) <= period_ms * burst;
        if allowed {
            *full_at = next;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_one_call_per_period() {
        let buckets = Buckets::default();
        let take = |at| buckets.take(Operation::GetOrder, Region::Eu, Timestamp(at));
        assert!((0..30).all(|_| take(1_000)));
        assert!(!take(1_000));
        assert!(!take(2_999));
        assert!(take(3_000));
        assert!(!take(3_000));
    }

    #[test]
    fn each_authorisation_has_a_bucket_of_its_own() {
        let buckets = Buckets::default();
        for _ in 0..15 {
            assert!(buckets.take(Operation::Participations, Region::Eu, Timestamp(0)));
        }
        assert!(!buckets.take(Operation::Participations, Region::Eu, Timestamp(0)));
        assert!(buckets.take(Operation::Participations, Region::Na, Timestamp(0)));
    }
}
