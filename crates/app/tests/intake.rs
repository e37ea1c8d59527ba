//! Amazon sends word of changes: from the subscription over a queue that speaks SQS to the fact,
//! whatever is doubled, late, in disorder, lost or malformed, and wherever the process ends.

#[path = "support/calm.rs"]
mod calm;

#[path = "intake/by_queue.rs"]
mod by_queue;
#[path = "intake/hinted.rs"]
mod hinted;
#[path = "intake/moto.rs"]
mod moto;
#[path = "intake/shop.rs"]
mod shop;
#[path = "intake/simulated.rs"]
mod simulated;
#[path = "intake/subscribing.rs"]
mod subscribing;
