//! How the books stand, as gauges: made anew from a snapshot each time that someone asks.

use std::fmt::Error;

use base::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::status::{BookStatus, LaneStatus, Snapshot};

/// Label sets, each label a short text.
macro_rules! labels {
    ($($name:ident { $($label:ident),+ })+) => {
        $(#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $name { $($label: String),+ })+
    };
}

labels! {
    OfBook { book }
    OfLane { book, lane }
    OfState { book, state, kind }
    OfCode { book, code }
    OfWindow { book, window }
    OfOperation { book, region, operation }
    OfConnection { book, vendor, label }
    OfSecret { vendor, secret, key }
    OfChannel { channel }
    OfSeverity { severity }
}

/// Gauges of one label set under one name.
type Gauges<L> = Family<L, Gauge>;

#[derive(Default)]
struct All {
    books: Gauge,
    lane_lag: Gauges<OfLane>,
    lane_failures: Gauges<OfLane>,
    lane_success: Gauges<OfLane>,
    lane_leased: Gauges<OfLane>,
    intents: Gauges<OfState>,
    held: Gauges<OfCode>,
    dead: Gauges<OfCode>,
    stopped: Gauges<OfCode>,
    alarms: Gauges<OfCode>,
    undecided: Gauges<OfBook>,
    suspended: Gauges<OfBook>,
    unposted: Gauges<OfBook>,
    posted_day: Gauges<OfBook>,
    xero_left: Gauges<OfWindow>,
    amazon_left: Gauges<OfOperation>,
    connections: Gauges<OfConnection>,
    secrets: Gauges<OfSecret>,
    waiting: Gauges<OfChannel>,
    alerts: Gauges<OfSeverity>,
}

/// The snapshot and the open alerts, by severity, in Prometheus' text format.
pub fn text(snapshot: &Snapshot, alerts: &[(&str, u64)]) -> Result<String, Error> {
    let all = All::default();
    all.books.set(i64::try_from(snapshot.books.len()).unwrap_or(i64::MAX));
    for book in &snapshot.books {
        all.book(book, snapshot.at);
    }
    for secret in &snapshot.secrets {
        let labels = OfSecret {
            vendor: secret.vendor.clone(),
            secret: secret.kind.as_str().to_owned(),
            key: secret.key.chars().take(12).collect(),
        };
        set(&all.secrets, &labels, secret.ends.0 / Timestamp::SECOND);
    }
    for channel in &snapshot.channels {
        let labels = OfChannel { channel: channel.name.clone() };
        set(&all.waiting, &labels, large(channel.waiting));
    }
    for (severity, count) in alerts {
        set(&all.alerts, &OfSeverity { severity: (*severity).to_owned() }, large(*count));
    }
    let mut registry = Registry::with_prefix("daybook");
    all.register_lanes(&mut registry);
    all.register_books(&mut registry);
    all.register_rest(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn set<L: Clone + std::hash::Hash + Eq>(gauges: &Gauges<L>, labels: &L, value: i64) {
    gauges.get_or_create(labels).set(value);
}

fn large(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl All {
    fn book(&self, status: &BookStatus, now: Timestamp) {
        let book = status.id.as_str();
        for lane in status.lanes.iter().filter(|_| !status.is_demo) {
            self.lane(book, lane);
        }
        for (state, kinds) in &status.open {
            for (kind, count) in kinds {
                let (state, kind) = ((*state).to_owned(), (*kind).to_owned());
                let labels = OfState { book: book.to_owned(), state, kind };
                set(&self.intents, &labels, large(*count));
            }
        }
        let lists = [
            (&status.held, &self.held),
            (&status.dead, &self.dead),
            (&status.stopped, &self.stopped),
        ];
        for (list, gauges) in lists {
            for waiting in list {
                let labels = OfCode { book: book.to_owned(), code: waiting.code.clone() };
                set(gauges, &labels, large(waiting.count));
            }
        }
        for alarm in &status.alarms {
            let labels = OfCode { book: book.to_owned(), code: alarm.code.clone() };
            self.alarms.get_or_create(&labels).inc();
        }
        let labels = OfBook { book: book.to_owned() };
        set(&self.undecided, &labels, large(status.undecided));
        set(&self.suspended, &labels, large(status.suspended));
        set(&self.posted_day, &labels, large(status.posted_last_day));
        let unposted_ms = status.oldest_unposted.map_or(0, |oldest| now.since(oldest));
        set(&self.unposted, &labels, unposted_ms / Timestamp::SECOND);
        self.budgets(book, status);
        for one in &status.connections {
            let (vendor, label) = (one.vendor.clone(), one.label.clone());
            let labels = OfConnection { book: book.to_owned(), vendor, label };
            set(&self.connections, &labels, i64::from(one.state == "ok"));
        }
    }

    fn lane(&self, book: &str, lane: &LaneStatus) {
        let labels = OfLane { book: book.to_owned(), lane: lane.short.clone() };
        set(&self.lane_lag, &labels, lane.lag_ms / Timestamp::SECOND);
        set(&self.lane_failures, &labels, i64::from(lane.failures));
        set(&self.lane_leased, &labels, i64::from(lane.node.is_some()));
        if let Some(moment) = lane.succeeded {
            set(&self.lane_success, &labels, moment.0 / Timestamp::SECOND);
        }
    }

    fn budgets(&self, book: &str, status: &BookStatus) {
        let of = |window: &str| OfWindow { book: book.to_owned(), window: window.to_owned() };
        if let Some(left) = &status.xero_left {
            set(&self.xero_left, &of("day"), i64::from(left.day));
            set(&self.xero_left, &of("minute"), i64::from(left.minute));
        }
        for region in &status.amazon_left {
            for bucket in &region.buckets {
                let labels = OfOperation {
                    book: book.to_owned(),
                    region: region.region.clone(),
                    operation: bucket.operation.clone(),
                };
                set(&self.amazon_left, &labels, i64::from(bucket.left));
            }
        }
    }

    fn register_lanes(&self, to: &mut Registry) {
        to.register("books", "Books of this store", self.books.clone());
        let help = "How long a lane should have had a turn already";
        to.register("lane_lag_seconds", help, self.lane_lag.clone());
        let help = "Turns in a row that ended in an error";
        to.register("lane_failures", help, self.lane_failures.clone());
        let help = "1 while a lane is having its turn";
        to.register("lane_leased", help, self.lane_leased.clone());
        let help = "When a lane's turn last went well";
        to.register("lane_success_timestamp_seconds", help, self.lane_success.clone());
        let help = "Calls that Xero still takes today and this minute";
        to.register("xero_calls_left", help, self.xero_left.clone());
        let help = "Calls that are left in Amazon's buckets";
        to.register("amazon_calls_left", help, self.amazon_left.clone());
    }

    fn register_books(&self, to: &mut Registry) {
        let help = "Documents and changes that have not come to an end, by state and kind";
        to.register("intents", help, self.intents.clone());
        to.register("held", "Documents that wait for a person, by why", self.held.clone());
        to.register("dead_letters", "Documents that were refused, by why", self.dead.clone());
        let help = "Orders and settlements that could not be decided, by why";
        to.register("subjects_stopped", help, self.stopped.clone());
        let help = "Orders and settlements that wait for their decision";
        to.register("subjects_undecided", help, self.undecided.clone());
        let help = "Settlements of which amounts are in suspense";
        to.register("settlements_in_suspense", help, self.suspended.clone());
        let help = "How long ago the oldest document was decided that is not in Xero";
        to.register("oldest_unposted_seconds", help, self.unposted.clone());
        let help = "Documents that Xero confirmed within the last day";
        to.register("posted_last_day", help, self.posted_day.clone());
        to.register("alarms", "Alarms that are not cleared, by code", self.alarms.clone());
    }

    fn register_rest(&self, to: &mut Registry) {
        let help = "1 when a connection works, 0 when it waits for a person";
        to.register("connection_ok", help, self.connections.clone());
        let help = "When a secret ends, counted from when Daybook was given it";
        to.register("secret_ends_timestamp_seconds", help, self.secrets.clone());
        let help = "Alerts that wait to be delivered, by channel";
        to.register("alert_deliveries_waiting", help, self.waiting.clone());
        to.register("alerts_open", "Alerts that are not over, by severity", self.alerts.clone());
    }
}
