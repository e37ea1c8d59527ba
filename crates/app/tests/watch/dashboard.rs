//! Prometheus' text format, read back, and the dashboard that stands on it.

use std::collections::{BTreeMap, BTreeSet};

use app::metrics;
use app::status::{AlarmStatus, ChannelStatus, Waiting};
use base::{Decimal, Sent, Timestamp};

use crate::NOW;
use crate::rules::calm;

/// Name and labels of a sample, and its value.
pub(crate) type Samples = BTreeMap<(String, String), Decimal>;

/// A count, or seconds, which may be few.
fn number(text: &str) -> Decimal {
    text.parse().or_else(|_long| Decimal::from_scientific(text)).unwrap()
}

/// Every line is a comment or a sample, every sample has a type, and none is there twice.
pub(crate) fn parse(text: &str) -> Samples {
    let mut samples = Samples::new();
    let mut typed = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(typed.insert(name.to_owned()), "{name} is described twice");
            continue;
        }
        if line.starts_with("# HELP ") {
            continue;
        }
        let (key, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = key.split_once('{').unwrap_or((key, "}"));
        let labels = labels.strip_suffix('}').unwrap();
        let family = ["_bucket", "_count", "_sum"]
            .iter()
            .filter_map(|end| name.strip_suffix(end))
            .find(|family| typed.contains(*family))
            .unwrap_or(name);
        assert!(typed.contains(family), "{name} has no type");
        let before = samples.insert((name.to_owned(), labels.to_owned()), number(value));
        assert!(before.is_none(), "{line} is there twice");
    }
    samples
}

/// Everything that can be measured, at least once.
fn everything() -> String {
    let mut snapshot = calm();
    let book = snapshot.books.first_mut().unwrap();
    let waiting = vec![Waiting { code: "made_up".to_owned(), count: 1, oldest: None }];
    book.held.clone_from(&waiting);
    book.dead.clone_from(&waiting);
    book.stopped = waiting;
    book.alarms = vec![AlarmStatus {
        code: "made_up".to_owned(),
        subject: "order:1".to_owned(),
        detail: String::new(),
        first: NOW,
        last: NOW,
    }];
    snapshot.channels =
        vec![ChannelStatus { name: "ops".to_owned(), waiting: 1, oldest: Timestamp(0) }];
    metrics::call("amazon", "made up", &Sent::Lost(String::new()), 1);
    metrics::turn(&app::book::Lane::Book, Ok(()), 1);
    metrics::posted(intents::Kind::Undo, 1);
    metrics::posted_after(1);
    metrics::delivery("made up", "delivered");
    let gauges = metrics::gauges::text(&snapshot, &[("info", 1)]).unwrap();
    format!("{gauges}{}", metrics::text().unwrap())
}

#[test]
fn the_dashboard_asks_for_what_exists_and_shows_all_of_it() {
    let samples = parse(&everything());
    let exists: BTreeSet<&str> = samples.keys().map(|(name, _)| name.as_str()).collect();
    let path = format!("{}/../../docs/grafana/daybook.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() >= 12);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asked: BTreeSet<&str> =
        text.split(|c: char| !is_part(c)).filter(|word| word.starts_with("daybook_")).collect();
    for name in &asked {
        assert!(exists.contains(name), "nothing measures {name}");
    }
    let family = |name: &str| {
        let ends = ["_bucket", "_count", "_sum"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let shown: BTreeSet<String> = asked.iter().map(|name| family(name)).collect();
    for name in exists {
        assert!(shown.contains(&family(name)), "the dashboard does not show {name}");
    }
}

#[test]
fn no_label_holds_more_than_ids_and_words() {
    for ((name, labels), _) in parse(&everything()) {
        assert!(!labels.contains("Cups") && !labels.contains('@'), "{name} {labels}");
    }
}
