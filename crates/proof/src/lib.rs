//! The proof of a settlement: Amazon's rows = Amazon's total = what Daybook decided = what Xero
//! holds = the money in the bank, each cent counted exactly once, signed.
//!
//! A [`Proof`] is one JSON document that stands alone. It binds each row of Amazon's report as it
//! stood in the file (a hash tree, [`tree`], cut into [`segments`] so that a reader can say *where*
//! a file was edited), the sums, the documents and the checks, and a signature over the whole
//! ([`signature`], over the bytes that [`canonical`] defines). Somebody who has the proof and the
//! report needs nothing of Daybook's to repeat every step: the definitions are written where they
//! are used.
//!
//! Verifying is [`verify()`] for the proof itself and [`RowsCheck`] against a report's rows. Nothing
//! here reads a file, a clock or a random number, and nothing here knows Amazon, Xero or a rule.

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

pub mod canonical;
pub mod finding;
pub mod rows;
pub mod segments;
pub mod signature;
pub mod statement;
pub mod tree;
pub mod verify;

pub use finding::{Fault, Finding};
pub use rows::{RowSeen, RowsCheck, verify_rows};
pub use segments::{Sealed, Segment, Segments};
pub use signature::{Key, KeyError, Signature};
pub use statement::{
    BookSide, Check, Control, Coverage, Document, FORMAT, MoneyOut, Proof, Report, Settlement,
    Share, Standing, Verdict,
};
pub use tree::{Hash, Tree};
pub use verify::verify;
