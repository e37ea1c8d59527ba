//! What looks after everything else, with real receivers on loopback: rules, alerts that arrive once
//! although a channel is down or the process is restarted, metrics that agree with the store, logs.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;
#[path = "watch/dashboard.rs"]
mod dashboard;
#[path = "watch/mail.rs"]
mod mail;
#[path = "watch/receivers.rs"]
mod receivers;
#[path = "watch/rules.rs"]
mod rules;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use app::alerts::channels::{SIGNATURE_HEADER, signature, vault_name};
use app::alerts::notice::Notice;
use app::alerts::told::Occasion;
use app::alerts::{Config, Email, Severity, Slack, Told, Webhook};
use app::book::Lane;
use app::home::Home;
use app::serve::metrics::{Duty, Probes, router};
use app::setup::Wish;
use app::status;
use app::telemetry::{self, Wanted};
use app::transport::{Carrier, InProcess, Vendor, Wire};
use app::watch::Watch;
use base::{Clock, Decimal, Response, Secret, Sent, Timestamp};
use intents::BookId;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use store::{Book, Store, Vault};

use crate::receivers::{Hook, Letters, Way};

const NOW: Timestamp = Timestamp(1_780_000_000_000);
const KEY: &str = "the key of the webhook";

/// A store in a folder, as a process finds it.
async fn open(folder: &Path) -> Store {
    let url = format!("sqlite:{}", folder.join("daybook.db").display());
    Store::open(&url, Vault::new(Secret::new("0123456789abcdef0123456789abcdef"))).await.unwrap()
}

/// Books whose lanes are due at a moment.
async fn idle_books(store: &Store, count: usize, due: Timestamp) -> Vec<BookId> {
    let mut books = Vec::new();
    for number in 0..count {
        let id = BookId::derive(&[&number.to_string()]);
        let settings = r#"{"amazon":[{"region":"EU"}],"sandbox":null}"#.to_owned();
        let name = format!("Shop {number:04}");
        store.put_book(&Book { id: id.clone(), name, settings }).await.unwrap();
        for lane in [Lane::Amazon { region: "EU".to_owned() }, Lane::Book, Lane::Xero] {
            store.ensure_lane(&lane.name(&id), &id, due).await.unwrap();
        }
        books.push(id);
    }
    books
}

/// Every lane of a book is next due at a moment.
async fn settle(store: &Store, book: &BookId, due: Timestamp, now: Timestamp) {
    for lane in [Lane::Amazon { region: "EU".to_owned() }, Lane::Book, Lane::Xero] {
        let lease = store.claim_lane(&lane.name(book), "node", now, 1_000).await.unwrap().unwrap();
        store.settle_lane(&lease, due, "{}", now).await.unwrap();
    }
}

fn webhook(url: &str) -> BTreeMap<String, Webhook> {
    let hook = Webhook { url: url.to_owned(), key: "vault:hook".to_owned(), least: Severity::Info };
    BTreeMap::from([("erp".to_owned(), hook)])
}

fn email(server: &str) -> BTreeMap<String, Email> {
    let email = Email {
        server: server.to_owned(),
        user: None,
        password: None,
        ca: None,
        from: "Daybook <daybook@example.org>".to_owned(),
        to: vec!["finance@example.org".to_owned(), "ops@example.org".to_owned()],
        least: Severity::Warning,
    };
    BTreeMap::from([("finance".to_owned(), email)])
}

async fn watch(store: &Store, clock: &Arc<WorldClock>, config: &Config) -> Watch {
    store.put_secret(&vault_name("hook"), &Secret::new(KEY)).await.unwrap();
    let wire: Arc<dyn Carrier> = Arc::new(Wire::new().unwrap());
    Watch::new(store.clone(), clock.clone(), wire, config.clone())
}

async fn round_at(watch: &Watch, clock: &WorldClock, moment: Timestamp) -> Told {
    clock.advance_to(moment);
    watch.round().await.unwrap()
}

fn occasions(notices: &[Notice]) -> Vec<Occasion> {
    notices.iter().flat_map(|notice| notice.alerts.iter().map(|item| item.occasion)).collect()
}

#[tokio::test]
async fn an_alert_is_told_once_reminded_of_daily_and_told_when_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let hook = Hook::start().await;
    let config = Config { webhook: webhook(&hook.url), ..Config::default() };
    let clock = WorldClock::fixed(NOW);
    let watch = watch(&store, &clock, &config).await;
    let books = idle_books(&store, 1, NOW).await;
    let later = |ms| NOW.after_ms(ms);

    assert_eq!(round_at(&watch, &clock, NOW).await, Told::default());
    let late = later(31 * Timestamp::MINUTE);
    let told = round_at(&watch, &clock, late).await;
    assert_eq!((told.open, told.told, told.delivered), (3, 3, 1));
    // The same again is not told again.
    for ms in [30_000, 60_000, 90_000, Timestamp::HOUR] {
        assert_eq!(round_at(&watch, &clock, late.after_ms(ms)).await.told, 0);
    }
    let notices = hook.notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(occasions(&notices), [Occasion::Began; 3]);
    let item = &notices[0].alerts[0];
    assert_eq!((item.code.as_str(), item.page.as_str()), ("lane_late", "docs/errors/lane_late.md"));
    assert_eq!(item.book_name.as_deref(), Some("Shop 0000"));

    // Four times the limit is worse, and said at once; a day later it is said again.
    round_at(&watch, &clock, later(3 * Timestamp::HOUR)).await;
    round_at(&watch, &clock, later(28 * Timestamp::HOUR)).await;
    let so_far = occasions(&hook.notices());
    assert_eq!(so_far[3..], [[Occasion::Worse; 3], [Occasion::Reminder; 3]].concat());

    // It runs again: over, but only when that has lasted a while.
    let over = later(29 * Timestamp::HOUR);
    clock.advance_to(over);
    settle(&store, &books[0], over.after_ms(Timestamp::DAY), over).await;
    assert_eq!(round_at(&watch, &clock, over.after_ms(30_000)).await.told, 3);
    assert_eq!(occasions(&hook.notices())[9..], [Occasion::Over; 3]);
    assert!(store.open_alerts().await.unwrap().is_empty());
    assert_eq!(round_at(&watch, &clock, over.after_ms(60_000)).await.told, 0);
}

#[tokio::test]
async fn a_lane_that_is_late_for_a_moment_and_well_again_is_one_alert() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let hook = Hook::start().await;
    let config = Config { webhook: webhook(&hook.url), ..Config::default() };
    let clock = WorldClock::fixed(NOW);
    let watch = watch(&store, &clock, &config).await;
    let books = idle_books(&store, 1, NOW).await;
    for turn in 1..=6 {
        let late = NOW.after_ms(turn * 40 * Timestamp::MINUTE);
        round_at(&watch, &clock, late).await;
        // Well for two minutes only.
        settle(&store, &books[0], late.after_ms(2 * Timestamp::MINUTE), late).await;
        round_at(&watch, &clock, late.after_ms(Timestamp::MINUTE)).await;
        let due = late.after_ms(-30 * Timestamp::MINUTE);
        settle(&store, &books[0], due, late.after_ms(2 * Timestamp::MINUTE)).await;
        round_at(&watch, &clock, late.after_ms(3 * Timestamp::MINUTE)).await;
    }
    assert_eq!(hook.notices().len(), 1);
}

#[tokio::test]
async fn a_restart_loses_none_and_a_channel_that_is_down_keeps_no_other_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (hook, letters) = (Hook::start().await, Letters::start(Way::Clear));
    hook.answer(503);
    let config = Config {
        webhook: webhook(&hook.url),
        email: email(&format!("smtp://{}", letters.address)),
        ..Config::default()
    };
    let clock = WorldClock::fixed(NOW);
    idle_books(&store, 2, NOW.after_ms(-Timestamp::HOUR)).await;
    let first = watch(&store, &clock, &config).await;
    let told = first.round().await.unwrap();
    assert_eq!((told.told, told.delivered, told.failed), (6, 1, 1));
    let letter = letters.all().pop().unwrap();
    for part in
        ["To: finance@example.org", "Subject: Daybook warning: Shop 000", "[warning] Shop 0001"]
    {
        assert!(letter.contains(part), "{part} is not in\n{letter}");
    }
    // The process ends: once while it has the delivery in hand, and once more.
    clock.advance_to(NOW.after_ms(Timestamp::MINUTE));
    let claimed = store.claim_deliveries(clock.now(), 60_000, 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    drop(first);
    store.close().await;
    let store = open(folder.path()).await;
    hook.answer(200);
    let again = watch(&store, &clock, &config).await;
    assert_eq!(round_at(&again, &clock, NOW.after_ms(90_000)).await.delivered, 0);
    assert_eq!(round_at(&again, &clock, NOW.after_ms(150_000)).await.delivered, 1);
    let notices = hook.notices();
    assert_eq!((notices.len(), notices[0].alerts.len()), (1, 6));
    assert_eq!(notices[0].id, claimed[0].id);
    assert_eq!(letters.all().len(), 1, "what was taken is not delivered again");
    assert!(store.waiting_deliveries().await.unwrap().is_empty());
}

#[tokio::test]
async fn two_that_decide_at_once_tell_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let hook = Hook::start().await;
    let config = Config { webhook: webhook(&hook.url), ..Config::default() };
    let clock = WorldClock::fixed(NOW);
    idle_books(&store, 5, NOW.after_ms(-Timestamp::HOUR)).await;
    let (one, other) = (watch(&store, &clock, &config).await, watch(&store, &clock, &config).await);
    let (first, second) = tokio::join!(one.round(), other.round());
    assert_eq!(first.unwrap().told + second.unwrap().told, 15);
    assert_eq!(hook.notices().len(), 1);
}

#[tokio::test]
async fn a_webhook_is_signed_and_slack_gets_words() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let hook = Hook::start().await;
    let slack = Hook::start().await;
    store.put_secret(&vault_name("slack"), &Secret::new(slack.url.clone())).await.unwrap();
    let ops = Slack { url: "vault:slack".to_owned(), least: Severity::Critical };
    let pages = Some("https://docs.example.org/errors/".to_owned());
    let config = Config {
        webhook: webhook(&hook.url),
        slack: BTreeMap::from([("ops".to_owned(), ops)]),
        pages,
        ..Config::default()
    };
    assert_eq!(config.invalid(), None);
    let clock = WorldClock::fixed(NOW);
    let watch = watch(&store, &clock, &config).await;
    let id = idle_books(&store, 1, NOW.after_ms(-Timestamp::HOUR)).await.remove(0);
    let named = Book {
        id: id.clone(),
        name: "Cups & <Saucers>".to_owned(),
        settings: r#"{"amazon":[]}"#.to_owned(),
    };
    store.put_book(&named).await.unwrap();
    watch.round().await.unwrap();
    assert!(slack.bodies().is_empty(), "a warning is not critical");
    let (headers, body) = hook.requests().remove(0);
    let expected = signature(&Secret::new(KEY), NOW.0 / 1_000, &body);
    assert_eq!(headers.get(SIGNATURE_HEADER).map(String::as_str), Some(expected.as_str()));
    assert_ne!(expected, signature(&Secret::new("another"), NOW.0 / 1_000, &body));
    round_at(&watch, &clock, NOW.after_ms(2 * Timestamp::HOUR)).await;
    let words = slack.bodies().remove(0);
    assert!(words.contains("Cups &amp; &lt;Saucers&gt;"), "{words}");
    assert!(words.contains("https://docs.example.org/errors/lane_late.md"), "{words}");
}

async fn get(url: &str) -> Response {
    let wire = Wire::new().unwrap();
    let sent = wire.carry(url, &base::Request::get("")).await;
    let reply = if let Sent::Reply(reply) = &sent { Some(reply.clone()) } else { None };
    reply.unwrap()
}

/// Serves a watch on loopback.
async fn served(watch: Watch, duty: Duty) -> String {
    let probes = Arc::new(Probes { watch: Arc::new(watch), duty: Box::new(move || duty) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(probes)).await.unwrap() });
    url
}

#[tokio::test]
async fn metrics_agree_with_the_store() {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        clock: clock.clone(),
        layout: Layout::Live,
        ..SandboxOptions::new(5, 60, start)
    });
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    // A world in this process is a demo's, of which nothing is due; this one is watched.
    let sandbox = Some("in this process".to_owned());
    let wish = Wish { sandbox, ..calm::wish(carrier.as_ref(), "").await };
    let engine = calm::connected(&home, clock.clone(), carrier.clone(), &wish).await;
    let config = Config::default();
    let watch = Watch::new(engine.store.clone(), clock.clone(), carrier, config);
    calm::work(&engine, &world, || false).await;
    watch.round().await.unwrap();
    let url = served(watch, Duty::Active).await;
    let reply = get(&format!("{url}/metrics")).await;
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let samples = dashboard::parse(&reply.text());

    let book = engine.book.as_str();
    let sum = |name: &str, label: &str| -> Decimal {
        let fits = |(known, labels): &(String, String)| known == name && labels.contains(label);
        samples.iter().filter(|(key, _)| fits(key)).map(|(_, value)| value).sum()
    };
    let counts = engine.store.counts(&engine.book).await.unwrap();
    for state in intents::State::ALL {
        let known: u64 = counts.iter().filter(|((_, s), _)| *s == state).map(|(_, n)| n).sum();
        let shown = sum("daybook_intents", &format!("state=\"{}\"", state.as_str()));
        let is_end = matches!(
            state,
            intents::State::Posted | intents::State::Withdrawn | intents::State::Reversed
        );
        let expected = if is_end { 0 } else { known };
        assert_eq!(shown, expected.into(), "{state:?}");
    }
    let lanes = engine.lanes().await.unwrap();
    let shown = samples.iter().filter(|((name, _), _)| name == "daybook_lane_lag_seconds").count();
    assert_eq!(shown, lanes.len());
    let stopped = engine.store.stopped(&engine.book).await.unwrap().len();
    assert_eq!(sum("daybook_subjects_stopped", book), stopped.into());
    let posted = engine.store.posted_after(start.after_ms(-1)).await.unwrap()[0].1;
    assert_eq!(sum("daybook_posted_last_day", book), posted.into());
    // Those who bump the counters are in this process; other tests may be, too.
    for call in engine.store.calls().await.unwrap() {
        let counted = sum("daybook_calls_total", &format!("operation=\"{}\"", call.operation));
        assert!(counted >= call.calls.into(), "{call:?}: {counted}");
    }
    assert!(sum("daybook_notification_to_posted_seconds_count", "") > Decimal::ONE);
    let ends = |secret: &str, days: i64| {
        let fits = |(name, labels): &(String, String)| {
            name == "daybook_secret_ends_timestamp_seconds" && labels.contains(secret)
        };
        let found = samples.iter().filter(|(key, _)| fits(key));
        let first = Decimal::from(start.after_ms(days * Timestamp::DAY).0 / 1_000);
        found.filter(|(_, value)| **value >= first).count()
    };
    // One application, three regions, one user of Xero.
    let regions = engine.settings.amazon.len();
    assert_eq!((ends("client_secret", 180), ends("authorisation", 365)), (1, regions));
    assert_eq!(ends("refresh_token", 60), 1);
    assert!(!reply.text().contains(&engine.settings.name), "a book is told by its id");

    let ready = get(&format!("{url}/readyz")).await;
    assert_eq!((ready.status, ready.text().contains("\"engine\":\"active\"")), (200, true));
    assert_eq!(get(&format!("{url}/healthz")).await.status, 200);
    engine.store.close().await;
    assert_eq!(get(&format!("{url}/healthz")).await.status, 200);
    let gone = get(&format!("{url}/readyz")).await;
    assert_eq!((gone.status, gone.text().contains("\"code\":\"database")), (503, true));
}

#[expect(clippy::disallowed_methods, reason = "it measures how long the machine really takes")]
fn instant() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn a_thousand_idle_books_are_looked_at_in_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    idle_books(&store, 1_000, NOW.after_ms(Timestamp::HOUR)).await;
    status::snapshot(&store, NOW).await.unwrap();
    let begun = instant();
    let snapshot = status::snapshot(&store, NOW).await.unwrap();
    let took = begun.elapsed();
    println!("a snapshot of 1,000 idle books: {took:.1?}");
    assert_eq!(snapshot.books.len(), 1_000);
    assert_eq!(status::text::headline(&snapshot), "1000 books, all up to date");
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_go_to_a_collector_without_bodies_or_tokens() {
    let collector = Hook::start().await;
    let config = telemetry::Config { otlp_endpoint: Some(collector.url.clone()) };
    let wanted = Wanted { filter: "error".to_owned(), config, ..Wanted::default() };
    let told = telemetry::start(&wanted);
    let span = telemetry::turn_span("book_1/xero");
    span.in_scope(|| {
        let call = telemetry::call_span(Vendor::Xero, "PUT /Invoices", 1);
        let headers = vec![("authorization".to_owned(), "Bearer secret".to_owned())];
        let reply = Response { status: 429, headers, body: b"Jane Doe".to_vec() };
        telemetry::ended(&call, &Sent::Reply(reply));
        tracing::warn!(target: "app", "a secret in a line of the log");
    });
    drop(span);
    tokio::task::spawn_blocking(move || told.end()).await.unwrap();
    let requests = collector.requests();
    let (headers, body) = requests.first().unwrap();
    assert_eq!(headers.get("content-type").map(String::as_str), Some("application/x-protobuf"));
    let text = String::from_utf8_lossy(body).into_owned();
    for part in ["daybook", "turn", "call", "book_1/xero", "PUT /Invoices", "status"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("secret") && !text.contains("Jane"));
}

fn daybook(home: &Path, args: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    for name in ["DAYBOOK_HOME", "DAYBOOK_DATABASE", "DAYBOOK_MASTER_KEY", "DAYBOOK_LOG"] {
        command.env_remove(name);
    }
    let output = command.arg("--home").arg(home).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_verbs_say_how_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("books");
    let (succeeded, said, _) = daybook(&home, &["status"]);
    assert!(succeeded);
    assert!(said.starts_with("There is no book yet"), "{said}");
    let (succeeded, said, _) = daybook(&home, &["alerts"]);
    assert!(succeeded && said.contains("No alert is open"), "{said}");
    let (succeeded, said, _) = daybook(&home, &["--json", "alerts", "clear", "alarm x|y"]);
    assert!(!succeeded && said.contains("alarm_unknown"), "{said}");

    let (succeeded, said, _) = daybook(&home, &["--json", "alerts", "secret", "hook"]);
    assert!(!succeeded && said.contains("channel_secret_missing"), "{said}");

    let config = "[telemetry]\notlp_endpoint = \"no address\"\n\
        [alerts.webhook.erp]\nurl = \"http://127.0.0.1:9/\"\nkey = \"vault:none\"\n";
    std::fs::write(home.join("config.toml"), config).unwrap();
    let (succeeded, said, logged) =
        daybook(&home, &["--json", "--log-format", "json", "alerts", "test"]);
    assert!(!succeeded && said.contains("vault:none is not set"), "{said}");
    let line: serde_json::Value = serde_json::from_str(logged.lines().next().unwrap()).unwrap();
    assert_eq!((&line["level"], &line["code"]), (&"ERROR".into(), &"config_invalid".into()));

    std::fs::write(home.join("config.toml"), config.replace("vault:none", "hunter2")).unwrap();
    let (succeeded, said, _) = daybook(&home, &["--json", "status"]);
    assert!(!succeeded && said.contains("config_invalid") && !said.contains("hunter2"), "{said}");
}
