//! How far a world has got, for whoever measures how long things take: when each order came about,
//! and when its invoice was made.

use base::Timestamp;
use serde::Serialize;

use super::Sandbox;

/// Moments are in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Progress {
    pub(super) orders: Vec<Arrival>,
    /// Documents, payments, contacts and items that were made.
    pub(super) made: usize,
    /// When a document was last made or changed.
    pub(super) last_ms: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Arrival {
    id: String,
    /// When the order's first version came about.
    placed_ms: Timestamp,
    /// When its authorised invoice was made, if there is one.
    invoiced_ms: Option<Timestamp>,
}

impl Sandbox {
    pub(super) fn progress(&self) -> Progress {
        let told = self.xero.told();
        let mut orders = Vec::new();
        let now = self.kit.now();
        self.amazon.each_order(|id, shelved| {
            let Some(first) = shelved.versions.first().filter(|first| first.at <= now) else {
                return;
            };
            let invoiced_ms = told.invoices.get(id).copied();
            orders.push(Arrival { id: id.to_owned(), placed_ms: first.at, invoiced_ms });
        });
        Progress { orders, made: told.made, last_ms: told.last }
    }
}
