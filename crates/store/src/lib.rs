//! Where facts, decisions and the outbox are kept: `SQLite` or `PostgreSQL`, from one SQL text.
//!
//! What must be true together is written in one transaction, and whoever writes shows a
//! [`Lease`], whose fence says that the lane is still theirs. The store decides nothing: states
//! change by `intents::outbox::next` alone. It knows no vendor, and it never waits for the
//! network.
//!
//! Start at [`Store`] in `store.rs`, then `facts.rs`, `decisions.rs` and `sends.rs`: the three
//! writes of the flow. The tables are in `migrations/`; what differs between the two databases
//! is in `dialect.rs` and nowhere else.

mod alerts;
mod backfills;
mod books;
mod calls;
mod charts;
mod connections;
mod copy;
mod decided;
mod decision_rows;
mod decisions;
mod dialect;
mod drift_acts;
mod drifts;
mod error;
mod exchanges;
mod facts;
mod hints;
mod lanes;
mod letters;
mod link;
mod migrations;
mod nodes;
mod notices;
mod outbox;
mod progress;
mod receipts;
mod replay;
mod rows;
mod rules;
mod secrets;
mod sends;
mod settle;
mod settlement_rows;
mod settlements;
mod standing;
mod store;
mod story;
mod subjects;
mod tallies;
mod tokens;
mod vault;
mod watch;
mod wire;

pub use alerts::{Alert, AlertChange, Delivery, DeliveryState};
pub use backfills::{Backfill, BackfillState};
pub use books::Book;
pub use calls::{Alarm, AlarmRow, CallCount};
pub use connections::Connection;
pub use copy::Copied;
pub use decisions::Decision;
pub use drift_acts::{Choice, DriftAct};
pub use drifts::{Drift, Drifted, Looked, Sighted};
pub use error::StoreError;
pub use exchanges::Exchange;
pub use facts::{Document, Pulled};
pub use hints::{DueHint, Hint, HintCount, HintsDone, UnreadNotification, UnreadRow};
pub use lanes::{DueLane, LaneRow, Lease};
pub use letters::{Letter, LetterAct, Said, What};
pub use link::Link;
pub use nodes::NodeRow;
pub use notices::Notice;
pub use replay::{REPLAYED, Replayed};
pub use rules::RuleBookVersion;
pub use sends::CheckingSend;
pub use settle::{Attempt, Settled};
pub use settlements::{BEGINNING, Claim, Footed, POSTED, Settlement};
pub use store::{Health, Limits, Store};
pub use story::{AttemptRow, DecisionRow, Story};
pub use subjects::SubjectRow;
pub use tokens::{TokenLease, Tokens};
pub use vault::{Vault, VaultError};
pub use watch::{Applied, Coded, DueSubjects, OpenAlarm, OpenIntents, TokenAge, WatchedLane};
