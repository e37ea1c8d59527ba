//! What is remembered of Amazon's money between turns: what is due when, and up to when all is known.

use base::{Day, Timestamp};
use serde::{Deserialize, Serialize};

use crate::stages::pull::SHOWN_MS;

/// What a lane remembers of Amazon's money between its turns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Money {
    pub(super) reports_due: Option<Timestamp>,
    pub(super) payouts_due: Option<Timestamp>,
    pub(super) transactions_due: Option<Timestamp>,
    pub(super) groups_due: Option<Timestamp>,
    /// The last day whose balance was read.
    pub(super) balance: Option<Day>,
    pub(super) balances_due: Option<Timestamp>,
    /// Not asked for before then, whatever Amazon says that there is.
    pub(super) reports_from: Option<Timestamp>,
    pub(super) transactions_from: Option<Timestamp>,
    /// When each part was last read to its end, or found not to be had.
    read: Read,
    /// Answers in a row that could not be read, as a rule about one thing: what is wanted first stays so
    /// until it is had.
    pub(super) unread: u32,
    /// When nothing of it was due any more. Parts are read at their own times: see `read_until`.
    pub swept: Option<Timestamp>,
}

/// Of each part, when it was last read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Read {
    /// The list of reports; they are read once each of them is fetched too.
    listed: Option<Timestamp>,
    reports: Option<Timestamp>,
    payouts: Option<Timestamp>,
    transactions: Option<Timestamp>,
    groups: Option<Timestamp>,
}

impl Money {
    /// Amazon said that a settlement report is there.
    pub fn hasten_reports(&mut self, now: Timestamp) {
        let from = self.reports_from.unwrap_or(now).max(now);
        self.reports_due = self.reports_due.map(|due| due.min(from));
    }

    /// Amazon said that money moved.
    pub fn hasten_transactions(&mut self, occurred: Timestamp, now: Timestamp) {
        let shown = occurred.min(now).after_ms(SHOWN_MS + Timestamp::SECOND);
        let from = self.transactions_from.unwrap_or(now).max(shown).max(now);
        self.transactions_due = self.transactions_due.map(|due| due.min(from));
    }

    /// A part that was due and is not any more was read.
    pub(super) fn note(&mut self, before: &Money, now: Timestamp) {
        let Money { read, reports_due, payouts_due, transactions_due, groups_due, .. } = self;
        for (read, was, is) in [
            (&mut read.listed, before.reports_due, *reports_due),
            (&mut read.payouts, before.payouts_due, *payouts_due),
            (&mut read.transactions, before.transactions_due, *transactions_due),
            (&mut read.groups, before.groups_due, *groups_due),
        ] {
            if is_due(was, now) && !is_due(is, now) {
                *read = Some(now);
            }
        }
    }

    /// Every report that was listed is fetched.
    pub(super) fn nothing_waits(&mut self) {
        self.read.reports = self.read.listed;
    }

    /// Up to when all parts were read: what is newer may not be known yet.
    pub fn read_until(&self) -> Option<Timestamp> {
        let Read { reports, payouts, transactions, groups, .. } = self.read;
        [reports?, payouts?, transactions?, groups?].into_iter().min()
    }

    /// The moment at which something is due again.
    pub(super) fn next(&self, now: Timestamp, otherwise_ms: i64) -> Timestamp {
        let due = [
            self.reports_due,
            self.payouts_due,
            self.transactions_due,
            self.groups_due,
            self.balances_due,
        ];
        let first = due.into_iter().flatten().min();
        first.unwrap_or(now.after_ms(otherwise_ms)).max(now.after_ms(1))
    }
}

pub(super) fn is_due(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_none_or(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hint of money makes transactions be read again; reports are as old as before.
    #[test]
    fn all_is_read_up_to_where_the_oldest_part_is() {
        let (first, second) = (Timestamp(1_000), Timestamp(9_000));
        let later = Some(Timestamp(90_000));
        let mut money = Money::default();
        assert_eq!(money.read_until(), None);
        for part in 0..4 {
            let before = money.clone();
            let parts = [
                &mut money.reports_due,
                &mut money.payouts_due,
                &mut money.transactions_due,
                &mut money.groups_due,
            ];
            *parts.into_iter().nth(part).unwrap() = later;
            money.note(&before, first);
        }
        assert_eq!(money.read_until(), None, "reports may wait to be fetched");
        money.nothing_waits();
        assert_eq!(money.read_until(), Some(first));
        let hinted = Money { transactions_due: Some(second), ..money.clone() };
        money.note(&hinted, second);
        assert_eq!((money.read.transactions, money.read_until()), (Some(second), Some(first)));
    }
}
