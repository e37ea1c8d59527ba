//! Rules and facts become intents.
//!
//! A [`RuleBook`] is data: settings, accounts by role, field maps and decision tables, versioned by
//! its content. [`RuleBook::compile`] makes it runnable once; [`decide`] then says what should
//! exist in the ledger for one order. Both are pure: no clock, no file, no socket, no database.
//!
//! Nothing here guesses. A rule that cannot be evaluated, a total that does not foot, an account
//! that is archived: each is a `stop` with a stable code and the numbers, and the order waits for
//! a person. Start reading at [`orders`], then [`rulebook`]; [`suggest`] only proposes.

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

mod again;
pub mod orders;
pub mod rulebook;
pub mod settlement;
pub mod suggest;

pub use orders::{Changes, Situation, decide};
pub use rulebook::{Compiled, Role, RuleBook, RuleBookError, RuleError, Settings};
pub use suggest::{Suggestion, suggest_accounts};
