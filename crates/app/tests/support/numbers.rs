//! What a fleet came to, as an owner would want to read it.

use std::collections::BTreeMap;
use std::time::Duration;

/// The numbers of a fleet.
#[derive(Debug, Default)]
pub(crate) struct Came {
    pub(crate) books: usize,
    pub(crate) days: u16,
    pub(crate) nodes: usize,
    pub(crate) outages: usize,
    pub(crate) turns: u64,
    pub(crate) deaths: u32,
    pub(crate) orders: u64,
    pub(crate) posted: u64,
    /// Stopped or held for a person.
    pub(crate) held: u64,
    /// Without an invoice of their own, by why.
    pub(crate) recorded: BTreeMap<String, u64>,
    pub(crate) settlements: u64,
    pub(crate) proofs: u64,
    pub(crate) bridges: u64,
    /// Messages of Amazon's that came, and hints that were new.
    pub(crate) notifications: u64,
    pub(crate) hints: u64,
    /// Deliveries of Xero's that were answered well, and those that were lost on their way or back.
    pub(crate) webhooks: u64,
    pub(crate) webhooks_lost: u64,
    pub(crate) alerts: usize,
    /// Times that a person had to connect again, because no token was left that works.
    pub(crate) consents: u64,
    /// Calls that reached a vendor.
    pub(crate) calls: BTreeMap<String, u64>,
    /// From the change of an order at Amazon to its invoice in Xero, in milliseconds, of every order
    /// that changed while the fleet played.
    pub(crate) waits_ms: Vec<i64>,
    /// How long after the last order the last book was at rest, in milliseconds.
    pub(crate) rest_ms: i64,
    pub(crate) wall: Duration,
}

impl Came {
    /// A table, ready to be printed.
    pub(crate) fn table(&self) -> String {
        let mut lines = Lines(String::new());
        lines.add("Books, nodes", format!("{}, {}", self.books, self.nodes));
        lines.add("Simulated days, outages", format!("{}, {}", self.days, self.outages));
        lines.add("Orders at Amazon", self.orders);
        lines.add("  posted", self.posted);
        lines.add("  held for a person", self.held);
        for (why, count) in &self.recorded {
            lines.add(&format!("  {why}"), count);
        }
        lines.add("Settlements posted whole", self.settlements);
        lines.add("  proofs that verify", self.proofs);
        lines.add("  bridges that close", self.bridges);
        lines.add("Turns of lanes", self.turns);
        lines.add("  ended by a death", self.deaths);
        lines.add("Notifications, new hints", format!("{}, {}", self.notifications, self.hints));
        lines.add("Webhooks kept, lost", format!("{}, {}", self.webhooks, self.webhooks_lost));
        lines.add("Alerts told", self.alerts);
        lines.add("Consents given again", self.consents);
        for (vendor, count) in &self.calls {
            lines.add(&format!("Calls to {vendor}"), count);
        }
        // Each book is looked at for them every hour: one would have ended the play.
        lines.add("Requests over a limit", "none");
        let mut waits = self.waits_ms.clone();
        waits.sort_unstable();
        lines.add("From change to invoice", format!("{} invoices", waits.len()));
        for (name, of_thousand) in [("p50", 500), ("p99", 990), ("max", 1000)] {
            let at = waits.len().saturating_sub(1) * of_thousand / 1000;
            let wait = waits.get(at).map_or_else(|| "-".to_owned(), |ms| spell(*ms));
            lines.add(&format!("  {name}"), wait);
        }
        lines.add("All at rest after the last order", spell(self.rest_ms));
        lines.add("Wall time", format!("{:.1} s", self.wall.as_secs_f64()));
        lines.0
    }
}

struct Lines(String);

impl Lines {
    fn add(&mut self, name: &str, value: impl std::fmt::Display) {
        let value = value.to_string();
        self.0.extend([format!("{name:<34}{value:>18}"), "\n".to_owned()]);
    }
}

fn spell(ms: i64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        ..120 => format!("{}.{:03} s", seconds, ms % 1_000),
        120..7_200 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
