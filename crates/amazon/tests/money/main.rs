//! The flows about money over a scripted transport: settlement reports, transactions, totals,
//! payouts.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod contents;
mod examples;
mod payouts;
mod reports;
mod script;
mod totals;
mod transactions;
