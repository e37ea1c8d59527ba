//! Amazon and Xero, simulated on loopback, as strict as they are where it is known and stricter
//! where it is not.
//!
//! It sees `base` alone and reads the vendors' JSON itself, so that it can contradict us. Start at
//! [`kit`] for what both vendors share (time, faults, what clients got wrong), then [`amazon`]
//! (seeded orders over time) and [`xero`] (a real double-entry ledger).

pub mod amazon;
pub mod clock;
pub mod faults;
pub mod kit;
pub mod random;
pub mod server;
pub mod truth;
pub mod xero;

pub use clock::WorldClock;
pub use faults::{Fault, Faults, Lost};
pub use kit::Kit;
pub use server::{Connection, FaultPlan, Sandbox, SandboxOptions};
pub use truth::Truth;
