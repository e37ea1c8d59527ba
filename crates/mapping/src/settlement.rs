//! What should exist in the ledger for a settlement of Amazon's.
//!
//! Reading is one fold: [`Fold::start`] with what the report says of the settlement, [`Fold::row`]
//! for each amount, [`Fold::finish`] for the [`Footing`]: what it adds up to, by category and by
//! group, whether the arithmetic holds, and what nobody knew. The order of the rows does not
//! matter, and memory grows with groups and orders, not with rows. [`plan()`] then says which documents
//! a rule book makes of a footing. All of it is pure: the file command, the store and the tests use
//! the same functions.
//!
//! Nothing here guesses: an unknown word goes to suspense inside a document that still balances.

pub mod accruals;
mod again;
pub mod bridge;
pub mod checks;
pub mod claims;
pub mod close;
pub mod cutover;
pub mod decide;
mod documents;
pub mod fold;
pub mod footing;
pub mod ledger;
pub mod pack;
pub mod plan;
pub mod taxonomy;
pub mod transactions;
mod undo;
pub mod words;

pub use accruals::{Period, PeriodSituation, decide_period};
pub use checks::{Check, Verdict};
pub use claims::{Carried, Excess};
pub use documents::{carries_rows, way_of};
pub use fold::{Cut, Fold, FoldError, FoldRules, HeldBack};
pub use footing::{Balance, Footing, Group, Part, Unknown};
pub use pack::Pack;
pub use plan::{
    About, Card, Converted, Plan, PlanError, Planned, PlannedLine, Question, UntaxedLines, Way,
    What, plan,
};
pub use taxonomy::{Override, Overrides, classify};
pub use undo::{is_undoing, stands};
pub use words::{Category, Liable, LineKind, Nature};
