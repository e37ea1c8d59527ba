//! Drives Amazon's side through its router, as a client would.

mod cases;
mod client;
mod doors;
mod pages;
mod signing_in;
mod verdicts;
