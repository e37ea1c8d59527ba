//! What is worth telling, as a table: one thing that is wrong, and what is told of it.

use std::collections::BTreeMap;

use app::alerts::{Rules, Severity, evaluate};
use app::status::{
    AlarmStatus, BookStatus, ChannelStatus, ConnectionStatus, LaneStatus, RegionLeft, SecretKind,
    SecretStatus, Snapshot, Trouble, Waiting, text,
};
use app::transport::budget::{BucketLeft, XeroLeft};
use base::Timestamp;
use intents::BookId;

use crate::NOW;

const DAY: i64 = Timestamp::DAY;

/// One book, one thousand calls left, nothing wrong.
pub(crate) fn calm() -> Snapshot {
    let id = BookId::derive(&["calm"]);
    let lane = |short: &str| LaneStatus {
        name: format!("{id}/{short}"),
        short: short.to_owned(),
        due: NOW,
        lag_ms: 0,
        node: None,
        failures: 0,
        trouble: None,
        succeeded: Some(NOW),
        read_to: None,
    };
    let connection = ConnectionStatus {
        vendor: "xero".to_owned(),
        label: "org".to_owned(),
        state: "ok".to_owned(),
    };
    let bucket = BucketLeft { operation: "getOrder".to_owned(), left: 30, of: 30 };
    let book = BookStatus {
        name: "Cups".to_owned(),
        is_demo: false,
        lanes: ["amazon/EU", "book", "xero"].map(lane).into(),
        open: BTreeMap::from([("ready", BTreeMap::from([("invoice", 2)]))]),
        oldest_unposted: Some(NOW.after_ms(-1_000)),
        held: Vec::new(),
        dead: Vec::new(),
        stopped: Vec::new(),
        suspended: 0,
        undecided: 3,
        undecided_since: Some(NOW),
        posted_last_day: 7,
        past: Vec::new(),
        xero_left: Some(XeroLeft {
            day: 1_000,
            day_of: 1_000,
            minute: 60,
            minute_of: 60,
            day_from: None,
            closed_until: None,
        }),
        amazon_left: vec![RegionLeft { region: "EU".to_owned(), buckets: vec![bucket] }],
        connections: vec![connection],
        alarms: Vec::new(),
        id: id.clone(),
    };
    let secret = SecretStatus {
        key: "k".to_owned(),
        kind: SecretKind::Authorisation,
        vendor: "amazon".to_owned(),
        books: vec![id],
        since: NOW,
        ends: NOW.after_ms(365 * DAY),
    };
    let (books, secrets) = (vec![book], vec![secret]);
    Snapshot { at: NOW, books, secrets, nodes: Vec::new(), channels: Vec::new() }
}

fn waiting(code: &str, count: u64, days: i64) -> Vec<Waiting> {
    vec![Waiting { code: code.to_owned(), count, oldest: Some(NOW.after_ms(-days * DAY)) }]
}

fn trouble(code: &str, minutes: i64) -> Trouble {
    Trouble {
        code: code.to_owned(),
        detail: "what Jane Doe of jane@example.org said".to_owned(),
        is_for_a_person: app::codes::is_for_a_person(code),
        since: Some(NOW.after_ms(-minutes * Timestamp::MINUTE)),
    }
}

fn lane(book: &mut BookStatus, index: usize) -> &mut LaneStatus {
    book.lanes.get_mut(index).unwrap()
}

fn alarm(subject: &str) -> AlarmStatus {
    AlarmStatus {
        code: "double_invoice".to_owned(),
        subject: subject.to_owned(),
        detail: "2 live invoices carry the reference".to_owned(),
        first: NOW,
        last: NOW,
    }
}

/// What is wrong, and the code, severity and level of what is told; none: nothing is.
type Case = (&'static str, fn(&mut BookStatus), Option<(&'static str, Severity, i64)>);

const CASES: [Case; 21] = [
    ("nothing", |_| {}, None),
    ("29 minutes", |book| lane(book, 0).lag_ms = 29 * 60_000, None),
    ("late", |book| lane(book, 0).lag_ms = 30 * 60_000, Some(("lane_late", Severity::Warning, 1))),
    (
        "later",
        |book| lane(book, 0).lag_ms = 120 * 60_000,
        Some(("lane_late", Severity::Critical, 2)),
    ),
    (
        "late in a demo",
        |book| {
            lane(book, 0).lag_ms = DAY;
            book.is_demo = true;
        },
        None,
    ),
    ("it may pass", |book| lane(book, 2).trouble = Some(trouble("xero_no_answer", 29)), None),
    (
        "it does not",
        |book| lane(book, 2).trouble = Some(trouble("xero_no_answer", 30)),
        Some(("xero_no_answer", Severity::Warning, 1)),
    ),
    (
        "a person",
        |book| lane(book, 2).trouble = Some(trouble("authorisation_gone", 0)),
        Some(("authorisation_gone", Severity::Critical, 3)),
    ),
    (
        "refused",
        |book| book.dead = waiting("account_invalid", 1, 0),
        Some(("account_invalid", Severity::Warning, 1)),
    ),
    (
        "many",
        |book| book.dead = waiting("account_invalid", 120, 0),
        Some(("account_invalid", Severity::Warning, 3)),
    ),
    (
        "stopped",
        |book| book.stopped = waiting("unknown_sku", 9, 0),
        Some(("unknown_sku", Severity::Warning, 1)),
    ),
    ("held", |book| book.held = waiting("approval", 5, 2), None),
    (
        "held long",
        |book| book.held = waiting("approval", 5, 3),
        Some(("approval", Severity::Info, 1)),
    ),
    ("unposted", |book| book.oldest_unposted = Some(NOW.after_ms(-5 * Timestamp::HOUR)), None),
    (
        "unposted long",
        |book| book.oldest_unposted = Some(NOW.after_ms(-6 * Timestamp::HOUR)),
        Some(("unposted_late", Severity::Warning, 1)),
    ),
    ("a tenth left", |book| book.xero_left.as_mut().unwrap().day = 100, None),
    (
        "less",
        |book| book.xero_left.as_mut().unwrap().day = 99,
        Some(("budget_low", Severity::Warning, 1)),
    ),
    (
        "none",
        |book| book.xero_left.as_mut().unwrap().day = 0,
        Some(("budget_low", Severity::Warning, 2)),
    ),
    (
        "an alarm",
        |book| book.alarms = vec![alarm("order:1")],
        Some(("double_invoice", Severity::Warning, 1)),
    ),
    (
        "two alarms",
        |book| book.alarms = vec![alarm("order:1"), alarm("order:2")],
        Some(("double_invoice", Severity::Warning, 2)),
    ),
    ("suspense", |book| book.suspended = 1, Some(("settlement_unknown_words", Severity::Info, 1))),
];

#[test]
fn each_thing_that_is_wrong_is_told_and_nothing_else() {
    let rules = Rules::default();
    for (name, make, expected) in CASES {
        let mut snapshot = calm();
        make(&mut snapshot.books[0]);
        let told = evaluate(&snapshot, &rules, NOW);
        let short: Vec<_> =
            told.iter().map(|one| (one.code.as_str(), one.severity, one.level)).collect();
        assert_eq!(short, expected.into_iter().collect::<Vec<_>>(), "{name}");
        for one in told {
            assert!(!one.what.contains("Jane") && !one.todo.contains("Jane"), "{name}: {one:?}");
            let page = format!("{}/../../docs/errors/{}.md", env!("CARGO_MANIFEST_DIR"), one.code);
            assert!(std::path::Path::new(&page).exists(), "{page}");
            // The same thing keeps its key while it grows worse.
            assert!(one.key.ends_with(snapshot.books[0].id.as_str()));
        }
        if let Some((code, _, _)) = expected {
            let silent = Rules { silent: vec![code.to_owned()], ..Rules::default() };
            assert!(evaluate(&snapshot, &silent, NOW).is_empty(), "{name}");
        }
    }
}

#[test]
fn a_secret_is_told_of_at_each_limit_that_it_passes() {
    let cases = [
        (31 * DAY, None),
        (30 * DAY, Some((Severity::Warning, 1, false))),
        (7 * DAY, Some((Severity::Warning, 2, true))),
        (DAY, Some((Severity::Critical, 3, true))),
        (-1, Some((Severity::Critical, 4, true))),
    ];
    for (left_ms, expected) in cases {
        let mut snapshot = calm();
        snapshot.secrets[0].ends = NOW.after_ms(left_ms);
        let told = evaluate(&snapshot, &Rules::default(), NOW);
        let short: Vec<_> = told.iter().map(|one| (one.severity, one.level, one.reminds)).collect();
        assert_eq!(short, expected.into_iter().collect::<Vec<_>>(), "{left_ms}");
        assert!(told.iter().all(|one| one.code == "secret_ending" && one.key == "secret|k"));
    }
}

#[test]
fn a_channel_that_is_down_is_told_on_the_others() {
    let mut snapshot = calm();
    let oldest = NOW.after_ms(-Timestamp::HOUR);
    snapshot.channels = vec![ChannelStatus { name: "ops".to_owned(), waiting: 4, oldest }];
    let told = evaluate(&snapshot, &Rules::default(), NOW);
    assert_eq!((told.len(), told[0].code.as_str()), (1, "alert_not_delivered"));
}

#[test]
fn the_first_line_is_for_whoever_keeps_the_books() {
    let mut snapshot = calm();
    assert_eq!(text::headline(&snapshot), "1 book, up to date");
    snapshot.books[0].held = waiting("approval", 2, 0);
    let expected = "1 book, up to date; 2 documents wait for you";
    assert_eq!(text::headline(&snapshot), expected);
    snapshot.books[0].lanes[2].trouble = Some(trouble("authorisation_gone", 5));
    snapshot.books[0].dead = waiting("account_invalid", 1, 0);
    let whole = text::text(&snapshot);
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(
        lines[0],
        "1 book; Cups is behind; 2 documents wait for you; 1 document was refused"
    );
    assert_eq!(lines[1], "  Cups: xero is stopped (docs/errors/authorisation_gone.md), needs you");
    assert!(whole.contains("1000 of 1000 calls left today"), "{whole}");
    assert!(whole.contains("seller's authorisation of amazon"), "{whole}");
}
