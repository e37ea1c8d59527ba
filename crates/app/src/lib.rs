//! The one binary `daybook`: the only place that opens sockets to the vendors, reads the real
//! clock and waits.
//!
//! Start at [`stages`] (pull, map, push, check: what happens), then [`engine`] (who calls them, and
//! when), then [`transport`] (how a call leaves the house: budgets, tokens, addresses).

pub mod alerts;
pub mod backfill;
pub mod book;
pub mod cli;
pub mod clock;
pub mod codes;
pub mod drifts;
pub mod engine;
pub mod home;
pub mod intake;
pub mod metrics;
pub mod pages;
pub mod proofs;
pub mod report;
pub mod serve;
pub mod setup;
pub mod stages;
pub mod status;
pub mod telemetry;
pub mod transport;
pub mod watch;

/// An error with its causes.
pub fn say(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
