//! What every crate may know: money, currencies, ids, time, and how a call to a vendor is written
//! down and sent.
//!
//! Nothing here knows Amazon, Xero or a rule. Start reading at [`money`] for amounts and at
//! [`call`] for how the outside world is spoken to. This crate must never open a socket, read a
//! clock or round an amount except in [`Rate::of`] and [`Money::allocate`].

#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects, clippy::as_conversions)]

pub mod call;
pub mod currency;
pub mod exact;
pub mod id;
pub mod money;
pub mod rate;
pub mod secret;
pub mod subject;
pub mod time;
pub mod transport;

pub use call::{Call, CallError, Host, Limit, Method, Request, Response};
pub use currency::{Currency, CurrencyError};
pub use exact::Exact;
pub use id::digest;
pub use money::{Money, MoneyError};
pub use rate::{Rate, Rounding};
pub use secret::Secret;
pub use subject::{FactId, Subject};
pub use time::{Clock, Day, TimeError, Timestamp, Zone};
pub use transport::{Sent, Transport};

pub use rust_decimal::Decimal;
