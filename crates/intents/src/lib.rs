//! What should exist in the other system and how far it has got.
//!
//! An intent is decided once, by `mapping`, with final amounts, accounts, dates and texts; then it
//! is carried out until it is true. [`outbox::next`] is the only place where an intent's state
//! changes. This crate must never format a vendor's request and never read a clock.

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

pub mod document;
pub mod drift;
pub mod intent;
mod label;
pub mod outbox;
mod priority;
pub mod retry;
pub mod send;

pub use document::{
    Allocation, Attachment, BankTransaction, BankTransfer, Contact, ContactRef, CreditNote,
    Direction, Invoice, InvoiceStatus, Item, JournalLine, Line, ManualJournal, Payment, Tracking,
    Undo,
};
pub use drift::{DriftId, DriftKind, DriftState, Wish};
pub use intent::{Because, Body, BookId, Decided, Intent, IntentId, Kind, Receipt, Trace};
pub use outbox::{Event, Progress, State};
pub use priority::Priority;
pub use retry::Policies;
pub use send::{Outcome, Reason, Send, SendId, Sighting};
