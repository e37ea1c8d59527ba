//! Books that are kept for months against one simulated account.

#[path = "support/calm.rs"]
mod calm;

#[path = "months/bank.rs"]
mod bank;
#[path = "months/both_ways.rs"]
mod both_ways;
#[path = "months/bridge.rs"]
mod bridge;
#[path = "months/claims.rs"]
mod claims;
#[path = "months/close.rs"]
mod close;
#[path = "months/cutover.rs"]
mod cutover;
#[path = "months/foreign.rs"]
mod foreign;
#[path = "months/kept.rs"]
mod kept;
#[path = "months/settlements.rs"]
mod settlements;
#[path = "months/unread.rs"]
mod unread;
#[path = "months/untaxed.rs"]
mod untaxed;
