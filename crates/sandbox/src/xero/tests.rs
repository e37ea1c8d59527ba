//! The simulated Xero as a client meets it: through its router.

mod books;
mod documents;
mod faults;
mod identity;
mod lists;
mod money;
mod world;
