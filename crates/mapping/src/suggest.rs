//! Proposals for a person to accept. Nothing here reaches the ledger by itself.

mod accounts;
mod contacts;

pub use accounts::{Choice, NewAccount, Suggestion, suggest_accounts};
pub(crate) use contacts::{likeness, similar_contact};
