//! What happened in this process, counted and timed, for Prometheus. Whoever does something bumps
//! it here; how the books stand is asked of the store when someone looks ([`gauges`]).
//!
//! No label holds a person, a secret or a document: a book is its id, an operation has no ids in it.

pub mod gauges;

use std::sync::LazyLock;
use std::time::Duration;

use base::Sent;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::book::Lane;

/// The process's own registry.
static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    vendor: &'static str,
    operation: String,
    /// `2xx`, `4xx`, …, or what became of it: `not_sent`, `lost`, `busy`.
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VendorLabels {
    vendor: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnLabels {
    /// `amazon`, `book` or `xero`.
    lane: &'static str,
    /// `ok`, or the code of what stopped it.
    result: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LaneLabels {
    lane: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    channel: String,
    /// `delivered`, `failed` or `given_up`.
    result: &'static str,
}

/// A turn is a page or a send: from a few milliseconds to eight calls of thirty seconds.
const TURN_SECONDS: [Edge; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];
/// A call is given up after thirty seconds.
const CALL_SECONDS: [Edge; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// From seconds, with a notification, to hours, after an outage.
const POSTED_SECONDS: [Edge; 11] =
    [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0];

#[expect(
    clippy::disallowed_types,
    reason = "Prometheus counts seconds in floats; no amount is here"
)]
type Edge = f64;

struct Metrics {
    registry: Registry,
    calls: Family<CallLabels, Counter>,
    call_seconds: Family<VendorLabels, Histogram>,
    turns: Family<TurnLabels, Counter>,
    turn_seconds: Family<LaneLabels, Histogram>,
    posted: Family<KindLabels, Counter>,
    posted_seconds: Histogram,
    deliveries: Family<DeliveryLabels, Counter>,
}

impl Metrics {
    fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("daybook"),
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(|| Histogram::new(CALL_SECONDS)),
            turns: Family::default(),
            turn_seconds: Family::new_with_constructor(|| Histogram::new(TURN_SECONDS)),
            posted: Family::default(),
            posted_seconds: Histogram::new(POSTED_SECONDS),
            deliveries: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let help = "Calls to the vendors, by operation and what became of them";
        registry.register("calls", help, self.calls.clone());
        let help = "How long the vendors took to answer";
        registry.register("call_duration_seconds", help, self.call_seconds.clone());
        let help = "Turns of lanes, by what became of them";
        registry.register("turns", help, self.turns.clone());
        let help = "How long turns took";
        registry.register("turn_duration_seconds", help, self.turn_seconds.clone());
        let help = "Documents and changes that Xero confirmed";
        registry.register("documents_posted", help, self.posted.clone());
        let help =
            "From an order's last change at Amazon, which it notifies of, to the invoice in Xero";
        registry.register("notification_to_posted_seconds", help, self.posted_seconds.clone());
        let help = "Alerts handed to channels, by what became of them";
        registry.register("alert_deliveries", help, self.deliveries.clone());
    }
}

fn seconds(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or_default())
}

/// A call ended after so many milliseconds.
pub fn call(vendor: &'static str, operation: &str, sent: &Sent, took_ms: i64) {
    let labels = CallLabels { vendor, operation: operation.to_owned(), status: status(sent) };
    METRICS.calls.get_or_create(&labels).inc();
    let took = seconds(took_ms).as_secs_f64();
    METRICS.call_seconds.get_or_create(&VendorLabels { vendor }).observe(took);
}

/// A class of answers in a word.
pub fn status(sent: &Sent) -> &'static str {
    match sent {
        Sent::Reply(reply) if reply.status == 429 => "429",
        Sent::Reply(reply) => match reply.status {
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            500..=599 => "5xx",
            0..=199 | 600.. => "other",
        },
        Sent::Busy(_) => "busy",
        Sent::NotSent(_) => "not_sent",
        Sent::Lost(_) => "lost",
    }
}

/// A turn ended after so many milliseconds: well, or with a code.
pub fn turn(lane: &Lane, ended: Result<(), &str>, took_ms: i64) {
    let lane = lane_word(lane);
    let result = ended.err().unwrap_or("ok").to_owned();
    METRICS.turns.get_or_create(&TurnLabels { lane, result }).inc();
    let took = seconds(took_ms).as_secs_f64();
    METRICS.turn_seconds.get_or_create(&LaneLabels { lane }).observe(took);
}

/// What a lane does, in a word.
pub fn lane_word(lane: &Lane) -> &'static str {
    match lane {
        Lane::Amazon { .. } => "amazon",
        Lane::Book => "book",
        Lane::Xero => "xero",
    }
}

/// Xero confirmed so many documents of a kind.
pub fn posted(kind: intents::Kind, documents: u64) {
    METRICS.posted.get_or_create(&KindLabels { kind: kind.as_str() }).inc_by(documents);
}

/// An invoice was posted so long after Amazon's order last changed.
pub fn posted_after(ms: i64) {
    METRICS.posted_seconds.observe(seconds(ms).as_secs_f64());
}

/// A channel was handed an alert.
pub fn delivery(channel: &str, result: &'static str) {
    let labels = DeliveryLabels { channel: channel.to_owned(), result };
    METRICS.deliveries.get_or_create(&labels).inc();
}

/// Everything counted so far, in Prometheus' text format.
pub fn text() -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    encode(&mut text, &METRICS.registry)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use base::Response;

    use super::*;

    #[test]
    fn what_happened_is_counted_by_what_became_of_it() {
        let reply =
            |status| Sent::Reply(Response { status, headers: Vec::new(), body: Vec::new() });
        call("xero", "PUT /Made Up", &reply(200), 120);
        call("xero", "PUT /Made Up", &reply(429), 20);
        call("xero", "PUT /Made Up", &Sent::Lost("timeout".to_owned()), 30_000);
        turn(&Lane::Xero, Err("made_up_code"), 5);
        posted(intents::Kind::BankTransfer, 3);
        let text = text().unwrap();
        let lines = [
            "daybook_calls_total{vendor=\"xero\",operation=\"PUT /Made Up\",status=\"2xx\"} 1",
            "daybook_calls_total{vendor=\"xero\",operation=\"PUT /Made Up\",status=\"429\"} 1",
            "daybook_calls_total{vendor=\"xero\",operation=\"PUT /Made Up\",status=\"lost\"} 1",
            "daybook_turns_total{lane=\"xero\",result=\"made_up_code\"} 1",
            "daybook_documents_posted_total{kind=\"bank_transfer\"} 3",
            "# TYPE daybook_call_duration_seconds histogram",
        ];
        for line in lines {
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
    }
}
