//! The four stages. Each reads what to do from the store, does one bounded piece of it, writes it
//! down in one transaction, and says when it wants to be called again. Running one twice is
//! running it once.

pub mod accrue;
pub mod backfill;
pub mod bank;
pub mod check;
pub mod exchanges;
pub mod hints;
pub mod letters;
pub mod look;
pub mod map;
pub mod money;
pub mod notices;
pub mod prove;
pub mod pull;
pub mod push;
pub mod settle;
pub mod wishes;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base::{Clock, Timestamp};
use intents::retry::dice;
use serde::{Deserialize, Serialize};
use store::{Lease, Store};

use crate::book::Settings;
use crate::intake::{Notifications, subscriptions::Standing};
use crate::proofs::SigningKeyError;
use crate::transport::{Budget, Circuit};

/// One lane's turn: everything a stage may use.
pub struct Turn<'a> {
    pub store: &'a Store,
    pub clock: &'a Arc<dyn Clock>,
    pub gate: &'a dyn Gate,
    pub lease: &'a Lease,
    pub settings: &'a Settings,
    /// Where Amazon is to send word of changes, if anywhere.
    pub notifications: Option<&'a Notifications>,
    pub pace: Pace,
    /// A write may go on the wire only before then: afterwards it could still be alive when the
    /// lease has run out and another node looks it up.
    pub write_until: Timestamp,
}

impl Turn<'_> {
    /// When to look again where nothing is known to come: within [`Pace::poll_ms`], at a moment of the
    /// lane's own, so that those of a thousand books do not all look at once.
    pub fn next_look(&self) -> Timestamp {
        own_moment(&self.lease.lane, self.pace.poll_ms, self.clock.now())
    }
}

/// The last moment within a period from now that is the lane's own: it comes once in every period.
fn own_moment(lane: &str, every_ms: i64, now: Timestamp) -> Timestamp {
    let own = i64::try_from(dice(lane, 0) >> 1).unwrap_or(0);
    let latest = now.0.saturating_add(every_ms);
    let late_ms = latest.saturating_sub(own.checked_rem(every_ms).unwrap_or(0));
    Timestamp(latest.saturating_sub(late_ms.checked_rem_euclid(every_ms).unwrap_or(0)))
}

/// How often the outside world is asked without being nudged.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub poll_ms: i64,
    pub chart_ms: i64,
    pub check_ms: i64,
    /// How often settlement reports, payouts and transactions are asked for.
    pub reports_ms: i64,
}

/// When a lane wants its next turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is more to do now.
    Now,
    At(Timestamp),
}

impl Next {
    /// No later than a moment, if there is one.
    pub fn by(self, moment: Option<Timestamp>) -> Next {
        match (self, moment) {
            (Next::At(next), Some(moment)) => Next::At(next.min(moment)),
            (next, _) => next,
        }
    }
}

/// What a lane keeps between its turns, in its row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaneState {
    pub budget: Budget,
    /// What is known of the vendor's silence.
    pub circuit: Circuit,
    /// How many intents of a kind the next send may hold, after a whole request was refused.
    pub batch: BTreeMap<String, usize>,
    pub chart_read: Option<Timestamp>,
    pub checked: Option<Timestamp>,
    /// The check that is under way.
    pub checking: check::Checking,
    /// When the sweep that is being read began, and when the last one that came to its end did.
    pub sweeping: Option<Timestamp>,
    pub swept: Option<Timestamp>,
    /// Times in a row that Amazon refused a page token and the sweep began again.
    pub restarts: u32,
    /// When orders are to be asked for again.
    pub orders_due: Option<Timestamp>,
    pub money: money::Money,
    /// When a sweep was last made early, because so many orders were said to have changed.
    pub swept_early: Option<Timestamp>,
    /// The past is not read on before then.
    pub backfill_from: Option<Timestamp>,
    /// What Amazon was asked to send word of.
    pub subscriptions: Standing,
    /// Turns in a row that ended in an error.
    pub failures: u32,
    /// What stops the lane, as code and words, until it goes well again.
    pub trouble: Option<String>,
    /// Since when it is stopped, and when a turn last went well.
    pub troubled: Option<Timestamp>,
    pub succeeded: Option<Timestamp>,
}

/// Where a simulation may end the process: before and after every commit.
pub trait Gate: Send + Sync {
    fn pass<'a>(&'a self, point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// Lets everything through.
pub struct OpenGate;

impl Gate for OpenGate {
    fn pass<'a>(&'a self, _point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(std::future::ready(()))
    }
}

/// Why a turn could not be finished. The lane backs off and says so.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    #[error("{detail}")]
    Vendor { code: &'static str, detail: String },
    /// Nothing could be sent; the code is the transport's.
    #[error("{detail}")]
    Sending { code: String, detail: String },
}

impl StageError {
    fn of_key(error: &SigningKeyError) -> StageError {
        StageError::Vendor { code: error.code(), detail: crate::say(error) }
    }

    /// Why nothing left the house; the transport puts a code before the colon where it has one.
    pub fn unsent(why: &str, otherwise: &str) -> StageError {
        let is_code = |text: &&str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let coded = why.split_once(": ").filter(|(code, _)| is_code(code) && code.contains('_'));
        let (code, detail) = coded.unwrap_or((otherwise, why));
        StageError::Sending { code: code.to_owned(), detail: detail.to_owned() }
    }

    /// The page in `docs/errors`.
    pub fn code(&self) -> &str {
        match self {
            StageError::Store(error) => error.code(),
            StageError::Vendor { code, .. } => code,
            StageError::Sending { code, .. } => code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lane_looks_once_in_a_period_and_at_another_moment() {
        let every = 5 * Timestamp::MINUTE;
        let start = Timestamp(1_795_000_000_000);
        let first = |book: usize| own_moment(&format!("book_{book}/xero"), every, start);
        let thirds = |at: Timestamp| at.since(start.after_ms(1)) * 3 / every;
        let mut counts = [0; 3];
        for book in 0..300 {
            let at = first(book);
            assert!(at > start && at <= start.after_ms(every), "{at}");
            // However late the turn was, the moment stays.
            assert_eq!(
                own_moment(&format!("book_{book}/xero"), every, at.after_ms(40)),
                at.after_ms(every)
            );
            assert_eq!(own_moment(&format!("book_{book}/xero"), every, at), at.after_ms(every));
            counts[usize::try_from(thirds(at)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (80..=120).contains(count)), "{counts:?}");
    }
}
