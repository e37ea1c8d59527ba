//! How everything stands at one moment: read with the same few questions however many books there
//! are. What `daybook status` prints, what metrics show and what alerts are decided from.

mod gather;
mod secrets;
pub mod text;

use std::collections::BTreeMap;

use base::Timestamp;
use intents::BookId;
use serde::Serialize;

pub use self::gather::snapshot;
pub use self::secrets::{SecretKind, SecretStatus};
use crate::transport::budget::{BucketLeft, XeroLeft};

/// The whole store at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    pub at: Timestamp,
    pub books: Vec<BookStatus>,
    pub secrets: Vec<SecretStatus>,
    /// Processes of `daybook serve` on this store, alive or silent for less than a day.
    pub nodes: Vec<NodeStatus>,
    /// Channels of alerts to which something is still to be delivered.
    pub channels: Vec<ChannelStatus>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeStatus {
    pub name: String,
    pub started: Timestamp,
    pub is_alive: bool,
    /// It gives turns; with Restate none of them does so alone.
    pub leads: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BookStatus {
    pub id: BookId,
    pub name: String,
    /// Its vendors lived in a demo and ended with it: nothing is due, whatever its lanes say.
    pub is_demo: bool,
    pub lanes: Vec<LaneStatus>,
    /// Intents that have not come to an end, by state, then kind.
    pub open: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    /// When the oldest intent was decided that should be in Xero and is not.
    pub oldest_unposted: Option<Timestamp>,
    pub held: Vec<Waiting>,
    /// Dead letters.
    pub dead: Vec<Waiting>,
    /// Orders and settlements that could not be decided.
    pub stopped: Vec<Waiting>,
    /// Settlements of which amounts are in suspense.
    pub suspended: u64,
    /// Orders and settlements that wait for their decision, and since when the oldest does.
    pub undecided: u64,
    pub undecided_since: Option<Timestamp>,
    /// Documents that Xero confirmed within the last day.
    pub posted_last_day: u64,
    /// How far the stretch of the past has been read that was asked for, by region.
    pub past: Vec<PastStatus>,
    pub xero_left: Option<XeroLeft>,
    pub amazon_left: Vec<RegionLeft>,
    pub connections: Vec<ConnectionStatus>,
    pub alarms: Vec<AlarmStatus>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastStatus {
    pub region: String,
    /// Of the stretch's time, in hundredths.
    pub percent: i64,
    pub is_paused: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaneStatus {
    pub name: String,
    /// Without the book: `amazon/EU`, `book`, `xero`.
    pub short: String,
    pub due: Timestamp,
    /// How long it should have had a turn already.
    pub lag_ms: i64,
    /// Who gives it a turn just now.
    pub node: Option<String>,
    /// Turns in a row that ended in an error.
    pub failures: u32,
    pub trouble: Option<Trouble>,
    /// When a turn last went well.
    pub succeeded: Option<Timestamp>,
    /// Amazon: up to when changed orders were read.
    pub read_to: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    pub code: String,
    pub detail: String,
    /// Only a person can mend it.
    pub is_for_a_person: bool,
    pub since: Option<Timestamp>,
}

/// Things with the same code that wait for someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub code: String,
    pub count: u64,
    /// Since when the oldest is there, where that is known.
    pub oldest: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegionLeft {
    pub region: String,
    pub buckets: Vec<BucketLeft>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectionStatus {
    pub vendor: String,
    pub label: String,
    /// `ok`, `needs_consent`, `disconnected`, `authorisation_gone`, …
    pub state: String,
}

impl ConnectionStatus {
    /// A book has one organisation, which has its name above; of Amazon there is one for each region.
    pub(crate) fn shown(&self) -> String {
        if self.vendor == "xero" { "Xero".to_owned() } else { format!("Amazon {}", self.label) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmStatus {
    pub code: String,
    pub subject: String,
    pub detail: String,
    pub first: Timestamp,
    pub last: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelStatus {
    pub name: String,
    pub waiting: u64,
    pub oldest: Timestamp,
}

/// The note of a settlement some of whose amounts nobody knows.
pub const SUSPENSE_CODE: &str = "settlement_unknown_words";
/// A lane that is this late is behind; below it, others had their turn first.
pub const LATE_MS: i64 = 5 * Timestamp::MINUTE;

impl LaneStatus {
    pub fn is_late(&self) -> bool {
        self.lag_ms >= LATE_MS
    }
}

impl BookStatus {
    /// Nothing is late, nothing is stopped that should run.
    pub fn is_up_to_date(&self) -> bool {
        self.is_demo || !self.lanes.iter().any(|lane| lane.is_late() || lane.trouble.is_some())
    }

    /// Intents in one state.
    pub fn in_state(&self, state: &str) -> u64 {
        self.open.get(state).map_or(0, |kinds| kinds.values().sum())
    }
}
