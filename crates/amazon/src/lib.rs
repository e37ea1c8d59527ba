//! Amazon, as Daybook knows it: the Selling Partner API.
//!
//! Amazon is where trade is reported. This crate says which calls to make and how to read the
//! replies ([`api`], one file per resource of theirs), in which order and up to where
//! ([`source`]), and turns Amazon's words into [`facts`]. It sends nothing itself: every flow is a
//! function over a [`base::Transport`] that returns after one call, and what to do when it cannot
//! go on is said in [`PullStop`].
//!
//! It must never decide what is posted, never name an intent in `source`, and never keep what it
//! does not need of a buyer ([`source::privacy`]). Start reading at [`mod@source::order`].
//!
//! What Amazon promises and what it leaves open: `docs/connectors/amazon.md`.

pub mod api;
pub mod error;
pub mod source;
pub mod spec;
pub mod token;

pub use api::sellers::Participation;
pub use error::{PullStop, Remedy};
pub use source::settlement::{Diagnostics, Event, Hints, Malformed, Reader};
pub use source::{Account, Page, Position, Pulled, Raw, order, participations, read_order, sweep};
pub use spec::{Marketplace, Region, SPEC};
