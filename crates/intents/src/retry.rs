//! How long to wait after what went wrong, and when to stop trying: one table, by class of error.
//! Pure: the caller brings the moment and the dice.
//!
//! The vendor's own word (`Retry-After`) always wins over this table. Waiting is exponential with
//! full jitter: any moment between now and the longest wait of that try is as likely as any other,
//! so that a thousand lanes that failed together do not come back together.

use base::Timestamp;

/// Who or what stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It asked us to wait and named no moment. Nothing was done.
    Busy,
    /// No answer, or none that can be read: what was asked for may have been done.
    Unclear,
    /// It said no and will say no again.
    Refused,
    /// The authorisation does not hold: a person must connect again.
    Auth,
    /// Nothing left the house.
    Unsent,
}

/// What follows when tries or time are spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The intent is a dead letter: it is not tried again before a person says so.
    DeadLetter,
    /// An alarm is raised for a person; trying goes on at the longest wait.
    Alarm,
}

/// How one class of error is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The longest wait before the second try, in milliseconds.
    pub first_ms: i64,
    /// By how much the longest wait grows with each try.
    pub factor: u32,
    /// It grows no further than this, in milliseconds.
    pub max_ms: i64,
    /// After so many tries it is enough.
    pub attempts_max: Option<u32>,
    /// After so much time it is enough, in milliseconds from the first time that it went wrong.
    pub age_max_ms: Option<i64>,
    pub then: Then,
}

/// When a vendor that does not answer is left alone, for the whole connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitPolicy {
    /// Failures of the vendor itself in a row until nothing is sent any more.
    pub failures: u32,
    /// One call is let through after so long, in milliseconds; twice as long after each that fails.
    pub first_ms: i64,
    pub max_ms: i64,
}

/// The table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policies {
    pub busy: Policy,
    pub unclear: Policy,
    pub refused: Policy,
    pub auth: Policy,
    pub unsent: Policy,
    pub circuit: CircuitPolicy,
}

impl Policies {
    /// What holds unless the configuration says otherwise.
    pub const DEFAULT: Policies = Policies {
        busy: Policy {
            first_ms: 5 * Timestamp::SECOND,
            factor: 2,
            max_ms: Timestamp::MINUTE,
            attempts_max: None,
            age_max_ms: Some(Timestamp::DAY),
            then: Then::Alarm,
        },
        unclear: Policy {
            first_ms: 2 * Timestamp::SECOND,
            factor: 2,
            max_ms: 15 * Timestamp::MINUTE,
            attempts_max: Some(24),
            age_max_ms: Some(3 * Timestamp::DAY),
            then: Then::DeadLetter,
        },
        refused: Policy {
            first_ms: Timestamp::MINUTE,
            factor: 2,
            max_ms: Timestamp::HOUR,
            attempts_max: Some(1),
            age_max_ms: None,
            then: Then::DeadLetter,
        },
        auth: Policy {
            first_ms: Timestamp::MINUTE,
            factor: 2,
            max_ms: Timestamp::HOUR,
            attempts_max: Some(1),
            age_max_ms: None,
            then: Then::Alarm,
        },
        unsent: Policy {
            first_ms: 2 * Timestamp::SECOND,
            factor: 2,
            max_ms: 15 * Timestamp::MINUTE,
            attempts_max: None,
            age_max_ms: Some(2 * Timestamp::HOUR),
            then: Then::Alarm,
        },
        circuit: CircuitPolicy {
            failures: 5,
            first_ms: 15 * Timestamp::SECOND,
            max_ms: 5 * Timestamp::MINUTE,
        },
    };

    pub fn of(&self, class: Class) -> &Policy {
        match class {
            Class::Busy => &self.busy,
            Class::Unclear => &self.unclear,
            Class::Refused => &self.refused,
            Class::Auth => &self.auth,
            Class::Unsent => &self.unsent,
        }
    }
}

impl Default for Policies {
    fn default() -> Policies {
        Policies::DEFAULT
    }
}

impl Policy {
    /// The longest wait after so many tries.
    pub fn longest_ms(&self, attempts: u32) -> i64 {
        let grown = i64::from(self.factor).saturating_pow(attempts.saturating_sub(1).min(62));
        self.first_ms.saturating_mul(grown).clamp(1, self.max_ms.max(1))
    }

    /// How long to wait after so many tries: up to [`Policy::longest_ms`], as the dice have it.
    pub fn wait_ms(&self, attempts: u32, dice: u64) -> i64 {
        jitter(self.longest_ms(attempts), dice)
    }

    /// How long to wait before asking again what has been unknown for so long: the longer it has
    /// been, the longer it may be yet. A question that stays open costs no try.
    pub fn look_ms(&self, unknown_ms: i64, dice: u64) -> i64 {
        jitter((unknown_ms / 2).clamp(self.first_ms.max(1), self.max_ms.max(1)), dice)
    }

    /// True when so many tries since `began` are enough.
    pub fn is_spent(&self, attempts: u32, began: Timestamp, now: Timestamp) -> bool {
        self.attempts_max.is_some_and(|most| attempts >= most)
            || self.age_max_ms.is_some_and(|most| now.since(began) >= most)
    }
}

/// The share of the longest wait that the dice say: full jitter.
fn jitter(longest_ms: i64, dice: u64) -> i64 {
    let longest = u128::try_from(longest_ms).unwrap_or(1);
    let share = longest.saturating_mul(u128::from(dice)).checked_div(u128::from(u64::MAX));
    i64::try_from(share.unwrap_or(longest)).unwrap_or(longest_ms).max(1)
}

/// Dice that fall the same way each time: whoever asks is named, and how often it has tried.
pub fn dice(name: &str, count: u32) -> u64 {
    // FNV-1a, stirred at the end because names differ in few places: no secret depends on it.
    let bytes = name.bytes().chain(count.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let stirred = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    stirred ^ (stirred >> 29)
}

/// The moment of an event, and what is known of waiting then.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub now: Timestamp,
    pub retry: &'a Policies,
    /// Any number: the share of the longest wait that is waited.
    pub dice: u64,
}

impl Moment<'_> {
    /// The usual table, and the longest wait each time.
    pub fn plain(now: Timestamp) -> Moment<'static> {
        Moment { now, retry: &Policies::DEFAULT, dice: u64::MAX }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNCLEAR: Policy = Policies::DEFAULT.unclear;

    #[test]
    fn waiting_grows_and_ends_at_a_quarter_of_an_hour() {
        assert_eq!(UNCLEAR.longest_ms(1), 2_000);
        assert_eq!(UNCLEAR.longest_ms(4), 16_000);
        assert_eq!(UNCLEAR.longest_ms(60), 15 * Timestamp::MINUTE);
    }

    #[test]
    fn tries_or_time_are_enough() {
        let (began, soon) = (Timestamp(0), Timestamp(Timestamp::HOUR));
        assert!(!UNCLEAR.is_spent(23, began, soon));
        assert!(UNCLEAR.is_spent(24, began, soon));
        assert!(UNCLEAR.is_spent(1, began, Timestamp(3 * Timestamp::DAY)));
        assert!(!Policies::DEFAULT.busy.is_spent(1_000, began, soon));
    }

    #[test]
    fn lanes_that_fail_together_do_not_come_back_together() {
        let mut waits: Vec<i64> =
            (0..100).map(|n| UNCLEAR.wait_ms(9, dice(&format!("book-{n}/xero"), 9))).collect();
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 95, "{} of 100", waits.len());
        let (low, high) = (waits[10], waits[waits.len() - 10]);
        assert!(low < 100_000 && high > 400_000, "{low} to {high} of 512000");
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_the_longest(attempts in 0_u32..2_000, dice: u64) {
            let wait = UNCLEAR.wait_ms(attempts, dice);
            prop_assert!(wait >= 1 && wait <= UNCLEAR.longest_ms(attempts));
        }

        #[test]
        fn the_same_dice_fall_the_same_way(name: String, count: u32) {
            prop_assert_eq!(dice(&name, count), dice(&name, count));
        }
    }
}
