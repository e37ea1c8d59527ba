//! Whether this node's clock agrees with the database's, which all nodes share.

use base::{Clock, Timestamp};
use store::{Store, StoreError};

/// How far a node's clock may be from the database's. Leases are moments by the nodes' own clocks: a
/// lane is taken over when its node's word has run out by the clock of whoever takes it, and that
/// node stops writing five seconds before it has by its own (decision 23). Two nodes that are off
/// by this much in opposite directions are four seconds apart, so one second is left.
pub(crate) const APART_MAX_MS: i64 = 2 * Timestamp::SECOND;

/// How far ahead of the database's clock this one is for certain, negative if behind. `None` where it
/// is the same clock.
pub(crate) async fn apart_ms(store: &Store, clock: &dyn Clock) -> Result<Option<i64>, StoreError> {
    let asked = clock.now();
    let theirs = store.database_time().await?;
    Ok(theirs.map(|theirs| certain_ms(asked, theirs, clock.now())))
}

/// The database told its time at some moment between the two: the way there and back is no
/// difference of clocks.
fn certain_ms(asked: Timestamp, theirs: Timestamp, answered: Timestamp) -> i64 {
    asked.since(theirs).max(0) + answered.since(theirs).min(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_takes_long_is_no_difference_of_clocks() {
        let apart = |asked, theirs, answered| {
            certain_ms(Timestamp(asked), Timestamp(theirs), Timestamp(answered))
        };
        assert_eq!(apart(1_000, 1_001, 1_002), 0);
        assert_eq!(apart(1_000, 5_000, 9_000), 0);
        assert_eq!(apart(9_000, 1_000, 9_002), 8_000);
        assert_eq!(apart(1_000, 9_000, 1_002), -7_998);
    }
}
