//! The simulated Xero as a client meets it: through its router.

mod bank;
mod books;
mod documents;
mod editions;
mod faults;
mod identity;
mod journals;
mod lists;
mod money;
mod papers;
mod purchases;
mod statement;
mod webhooks;
mod world;
