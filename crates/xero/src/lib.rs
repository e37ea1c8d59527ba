//! Xero: where the books are kept.
//!
//! [`source`] reads what an organisation has (its chart, its documents) into facts; [`sink`] turns
//! intents into Xero's requests and judges the replies. [`api`] holds Xero's own words, one file
//! per resource; [`spec`] is Xero as data; [`token`] and [`connection`] say how it is reached and
//! what it means when it is not.
//!
//! Nothing here opens a socket, reads a clock, retries or rounds. `source` never names intents and
//! `sink` never names facts. Start at `sink/outcome.rs`: it decides what a reply means, and no path
//! through it takes silence for success. The research behind it is `docs/connectors/xero.md`.

pub mod api;
mod ask;
pub mod connection;
#[cfg(test)]
mod script;
pub mod sink;
pub mod source;
pub mod spec;
pub mod token;
pub mod webhook;

pub use ask::{PullStop, ask};
pub use connection::{ConnectionState, ConnectionTrouble, connections, disconnect, probe};
pub use sink::{
    BuildError, Finding, Given, IDS_MAX, Looked, Pushed, Resource, Shelf, Stranger, build, look,
    push, read_by_ids, read_changed,
};
pub use source::{
    Balance, Debt, Deposit, DepositKind, Landing, Mention, MentionKind, Paid, Seen, Standing,
    pull_by_reference, pull_chart, pull_debts, pull_deposits, pull_paid, pull_reconciled,
    pull_trial_balance,
};
pub use spec::SPEC;
