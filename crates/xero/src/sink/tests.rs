//! The sink as a whole: exact requests, judged replies, look-ups.

mod bank;
mod fixtures;
mod kinds;
mod outcomes;
mod requests;
mod shelves;
mod sightings;
mod undoing;
