//! What happened: orders, settlements, transactions and payouts as Amazon gave them, the
//! organisation's chart as Xero gave it, and what people said. Facts are never changed; a correction is another fact.
//!
//! Vendor words stop at the vendor's crate: here an order has *charges*, not breakdowns. This
//! crate knows no rule and no document. Start at [`fact`], then [`order`] and [`chart`].

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

pub mod chart;
pub mod fact;
pub mod finances;
pub mod order;
pub mod settlement;

pub use base::{FactId, Subject};
pub use chart::Chart;
pub use fact::{Act, Approval, Body, Fact};
pub use order::Order;
