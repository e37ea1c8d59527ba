//! How the whole store stands, alerts, and their deliveries.

use base::{Secret, Timestamp};
use intents::{Kind, Outcome, Reason, State};
use store::{
    Alarm, Alert, AlertChange, Connection, Decision, Delivery, DeliveryState, LaneRow, OpenIntents,
    Tokens,
};

use crate::fixtures::{Bench, LANE, NOW, contact, invoice, later, nothing, order_fact, sale};

/// The decision that looked at an order's first fact and found nothing to do.
fn seen(order_id: &str) -> Decision {
    Decision { saw: vec![order_fact(order_id, 1).id], ..nothing(order_id) }
}

pub(crate) async fn lanes_are_watched_with_who_holds_them(bench: Bench) {
    let lanes = bench.store.watched_lanes().await.unwrap();
    let [lane] = lanes.as_slice() else { panic!("{lanes:?}") };
    assert_eq!((lane.name.as_str(), lane.node.as_str()), (LANE, "node"));
    let known: Vec<LaneRow> = bench.store.lanes().await.unwrap();
    assert_eq!((lane.due, lane.lease_until), (known[0].due, known[0].lease_until));
    let applied = bench.store.applied().await.unwrap();
    assert_eq!(applied.migration, applied.migration_known);
}

pub(crate) async fn what_is_open_is_counted_for_every_book_at_once(bench: Bench) {
    let (store, book) = (&bench.store, &bench.book);
    bench.pull(&[order_fact("1", 1), order_fact("2", 1), order_fact("3", 1)]).await;
    let due = store.due_by_book(later(9)).await.unwrap();
    assert_eq!((due[0].subjects, due[0].oldest), (3, NOW));
    bench.decide(&[sale(book, "1"), sale(book, "2"), seen("3")]).await;
    assert!(store.due_by_book(later(9)).await.unwrap().is_empty());
    let open = store.open_intents().await.unwrap();
    let of = |kind: Kind, state: State, open: &[OpenIntents]| {
        let found = open.iter().find(|one| (one.kind, one.state) == (kind, state));
        found.map_or(0, |one| one.intents)
    };
    assert_eq!(of(Kind::Invoice, State::Ready, &open), 2);
    assert!(open.iter().all(|one| one.oldest == NOW && one.book == *book));

    bench.post(&[&contact(book)]).await;
    let (first, second) = (invoice(book, "1", 1), invoice(book, "2", 1));
    bench.post(&[&first]).await;
    let no = Reason::new("account_invalid", "no");
    bench.deliver(&[&second], |_| Outcome::Refused(no.clone())).await;
    let open = store.open_intents().await.unwrap();
    assert_eq!(of(Kind::Invoice, State::Ready, &open), 0);
    assert_eq!(of(Kind::Invoice, State::Dead, &open), 1);
    let dead = store.dead_by_code().await.unwrap();
    assert_eq!((dead[0].code.as_str(), dead[0].count), ("account_invalid", 1));
    assert_eq!(dead[0].oldest, Some(NOW));
    assert!(store.held_by_code().await.unwrap().is_empty());
    // The contact and the first invoice.
    assert_eq!(store.posted_after(later(-1)).await.unwrap(), vec![(book.clone(), 2)]);
    assert!(store.posted_after(later(600)).await.unwrap().is_empty());
    let delays = store.delays_after(later(-1), 10).await.unwrap();
    assert_eq!(delays.len(), 1);
    assert_eq!(delays[0].0, later(1));
}

pub(crate) async fn stops_and_notes_are_counted_by_code(bench: Bench) {
    let store = &bench.store;
    bench.pull(&[order_fact("1", 1), order_fact("2", 1)]).await;
    let (stop, note) = (Reason::new("unknown_sku", "MUG"), Reason::new("recorded", "cancelled"));
    let stopped = Decision { stop: Some(stop), ..seen("1") };
    let noted = Decision { note: Some(note), ..seen("2") };
    bench.decide(&[stopped, noted]).await;
    let stops = store.stopped_by_code().await.unwrap();
    assert_eq!((stops.len(), stops[0].code.as_str(), stops[0].count), (1, "unknown_sku", 1));
    assert_eq!(store.noted_with("recorded").await.unwrap()[0].count, 1);
    assert!(store.noted_with("no such code").await.unwrap().is_empty());
}

pub(crate) async fn connections_and_tokens_are_watched_without_being_opened(bench: Bench) {
    let store = &bench.store;
    let connection = Connection {
        id: "c".to_owned(),
        book: bench.book.clone(),
        vendor: "xero".to_owned(),
        label: "org".to_owned(),
        details: "{}".to_owned(),
        state: "ok".to_owned(),
        state_detail: String::new(),
    };
    store.put_connection(&connection).await.unwrap();
    assert_eq!(store.all_connections().await.unwrap(), vec![connection]);
    let mut tokens =
        Tokens { access: None, access_expires: NOW, refresh: None, refreshed: later(5) };
    store.put_tokens("none", &tokens).await.unwrap();
    tokens.refresh = Some(Secret::new("token"));
    store.put_tokens("one", &tokens).await.unwrap();
    let ages = store.token_ages().await.unwrap();
    let short: Vec<(&str, Timestamp, bool)> =
        ages.iter().map(|age| (age.name.as_str(), age.refreshed, age.has_refresh)).collect();
    assert_eq!(short, [("none", later(5), false), ("one", later(5), true)]);
    assert!(ages.iter().all(|age| age.authorised.is_none()));
}

pub(crate) async fn what_is_given_again_keeps_its_day(bench: Bench) {
    let store = &bench.store;
    store.put_secret("app", &Secret::new("s")).await.unwrap();
    assert!(store.secret_ages().await.unwrap().is_empty());
    let tokens = Tokens { access: None, access_expires: NOW, refresh: None, refreshed: NOW };
    store.put_tokens("row", &tokens).await.unwrap();
    let days = [(false, NOW, NOW), (false, later(1), NOW), (true, later(2), later(2))];
    for (is_new, given, known) in days {
        store.date_secret("app", is_new, given).await.unwrap();
        store.date_tokens("row", is_new, given).await.unwrap();
        store.put_tokens("row", &tokens).await.unwrap();
        assert_eq!(store.secret_ages().await.unwrap(), vec![("app".to_owned(), known)]);
        assert_eq!(store.token_ages().await.unwrap()[0].authorised, Some(known));
    }
}

pub(crate) async fn an_alarm_that_was_mended_is_cleared_and_may_come_back(bench: Bench) {
    let (store, book) = (&bench.store, &bench.book);
    let alarm = Alarm {
        code: "double_invoice".to_owned(),
        subject: "order:1".to_owned(),
        detail: "two".to_owned(),
    };
    store.raise_alarm(book, &alarm, NOW).await.unwrap();
    store.raise_alarm(book, &alarm, later(1)).await.unwrap();
    let open = store.open_alarms().await.unwrap();
    assert_eq!((open.len(), open[0].row.times, &open[0].row.alarm), (1, 2, &alarm));
    let which = ("double_invoice", "order:1");
    assert!(store.clear_alarm(book, which, "check", later(2)).await.unwrap());
    assert!(!store.clear_alarm(book, which, "check", later(3)).await.unwrap());
    assert!(store.open_alarms().await.unwrap().is_empty());
    assert!(store.alarms(book).await.unwrap().is_empty());
    store.raise_alarm(book, &alarm, later(4)).await.unwrap();
    let again = store.open_alarms().await.unwrap();
    assert_eq!((again[0].row.first, again[0].row.times), (later(4), 1));
}

fn alert(key: &str, last: Timestamp) -> Alert {
    Alert {
        key: key.to_owned(),
        book: String::new(),
        code: "lane_late".to_owned(),
        severity: "warning".to_owned(),
        level: 1,
        body: "{}".to_owned(),
        first: NOW,
        last,
        notified: None,
        resolved: None,
    }
}

fn delivery(id: &str, channel: &str, created: Timestamp) -> Delivery {
    Delivery {
        id: id.to_owned(),
        channel: channel.to_owned(),
        created,
        due: Some(created),
        attempts: 0,
        state: DeliveryState::Waiting,
        detail: String::new(),
        body: "{}".to_owned(),
    }
}

pub(crate) async fn who_read_an_older_alert_changes_nothing(bench: Bench) {
    let store = &bench.store;
    let change = |alert: Alert, was_last| AlertChange { alert, was_last };
    let first = change(alert("a", NOW), None);
    let told = [delivery("d1", "mail", NOW)];
    assert!(store.change_alerts(std::slice::from_ref(&first), &told).await.unwrap());
    // Another process found the same at the same time: it tells nobody.
    let twice = [delivery("d2", "mail", NOW)];
    assert!(!store.change_alerts(&[first], &twice).await.unwrap());
    assert_eq!(store.deliveries(9).await.unwrap(), told);
    let over = Alert { resolved: Some(later(1)), ..alert("a", later(1)) };
    let stale = change(over.clone(), Some(later(-5)));
    assert!(!store.change_alerts(&[stale], &[]).await.unwrap());
    assert_eq!(store.open_alerts().await.unwrap(), vec![alert("a", NOW)]);
    assert!(store.change_alerts(&[change(over.clone(), Some(NOW))], &[]).await.unwrap());
    assert!(store.open_alerts().await.unwrap().is_empty());
    assert_eq!(store.resolved_alerts(5).await.unwrap(), vec![over]);
    // What was over may begin again.
    let again = Alert { first: later(9), ..alert("a", later(9)) };
    assert!(store.change_alerts(&[change(again.clone(), None)], &[]).await.unwrap());
    assert_eq!(store.open_alerts().await.unwrap(), vec![again]);
}

pub(crate) async fn a_delivery_is_one_hands_at_a_time_until_it_is_taken(bench: Bench) {
    let store = &bench.store;
    let rows = [delivery("b", "mail", later(1)), delivery("a", "hook", later(2))];
    store.change_alerts(&[], &rows).await.unwrap();
    assert!(store.claim_deliveries(NOW, 1_000, 9).await.unwrap().is_empty());
    let claimed = store.claim_deliveries(later(2), 1_000, 9).await.unwrap();
    let ids: Vec<&str> = claimed.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["b", "a"]);
    assert!(store.claim_deliveries(later(2), 1_000, 9).await.unwrap().is_empty());
    // The process died: the lease ends.
    assert_eq!(store.claim_deliveries(later(3), 1_000, 1).await.unwrap().len(), 1);
    let taken =
        Delivery { due: None, attempts: 1, state: DeliveryState::Delivered, ..rows[0].clone() };
    store.settle_delivery(&taken).await.unwrap();
    let failed = Delivery {
        due: Some(later(60)),
        attempts: 1,
        detail: "no answer".to_owned(),
        ..rows[1].clone()
    };
    store.settle_delivery(&failed).await.unwrap();
    let waiting = store.waiting_deliveries().await.unwrap();
    assert_eq!(waiting, vec![("hook".to_owned(), 1, later(2))]);
    let newest = store.deliveries(9).await.unwrap();
    assert_eq!((newest[0].detail.as_str(), newest[0].attempts), ("no answer", 1));
    assert_eq!(newest[1].state, DeliveryState::Delivered);
    store.wake_deliveries("mail", later(30)).await.unwrap();
    assert!(store.claim_deliveries(later(30), 1, 9).await.unwrap().is_empty());
    store.wake_deliveries("hook", later(30)).await.unwrap();
    assert_eq!(store.claim_deliveries(later(30), 1, 9).await.unwrap().len(), 1);
    store.settle_delivery(&failed).await.unwrap();
    store.forget_alerts(later(600)).await.unwrap();
    assert_eq!(store.deliveries(9).await.unwrap(), vec![failed]);
}
