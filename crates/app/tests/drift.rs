//! A bookkeeper edits, voids, deletes, doubles and pays by hand what Daybook posted. It is found by
//! the next check, and at once where Xero tells of it; each choice is carried out, nothing doubles,
//! and what was put right closes itself.

#[path = "support/calm.rs"]
mod calm;

#[path = "drift/by_check.rs"]
mod by_check;
#[path = "drift/by_webhook.rs"]
mod by_webhook;
#[path = "drift/case.rs"]
mod case;
#[path = "drift/settlements.rs"]
mod settlements;
