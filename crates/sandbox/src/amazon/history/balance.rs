//! What the account holds at a moment.

use base::Timestamp;

use super::History;

/// In minor units. `available + deferred + reserve` is `total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub available: i64,
    /// Sales whose money is still held back.
    pub deferred: i64,
    /// What the last settlement kept, until the next one closes.
    pub reserve: i64,
    pub total: i64,
}

impl History {
    /// The balance just before a moment: every transaction posted by then, less every payout that
    /// had been started. Amazon's own books are complete, so what it tells late counts here too.
    pub fn balance(&self, at: Timestamp) -> Balance {
        let posted = self.transactions.iter().filter(|of| of.posted < at);
        let (mut total, mut deferred) = (0, 0);
        for transaction in posted {
            total += transaction.total();
            if transaction.released >= at {
                deferred += transaction.total();
            }
        }
        let started = self.settlements.iter().map(|of| &of.payout);
        let started = started.filter(|payout| payout.started().is_some_and(|of| of < at));
        total -= started.map(|payout| payout.amount).sum::<i64>();
        let closed = self.settlements.iter().rev().find(|of| of.end < at);
        let reserve = closed.map_or(0, super::Settlement::reserved);
        Balance { available: total - deferred - reserve, deferred, reserve, total }
    }
}
