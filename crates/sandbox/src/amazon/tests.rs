//! Drives Amazon's side through its router, as a client would.

mod cases;
mod client;
mod doors;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod finances;
mod notifications;
mod pages;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod payouts;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod settlements;
mod signing_in;
mod verdicts;
