//! The sink as a whole: exact requests, judged replies, look-ups.

mod fixtures;
mod kinds;
mod outcomes;
mod requests;
mod sightings;
