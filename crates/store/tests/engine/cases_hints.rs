//! Hints: what a vendor says had changed, and what could not be read of it.

use base::Timestamp;
use store::{Hint, HintsDone, Pulled, UnreadNotification};

use crate::fixtures::{Bench, LANE, LEASE_MS, NOW, later, order_fact};

fn hint(bench: &Bench, id: &str, about: &str, second: i64) -> Hint {
    Hint {
        book: bench.book.clone(),
        lane: LANE.to_owned(),
        id: id.to_owned(),
        kind: "order".to_owned(),
        about: about.to_owned(),
        occurred: later(second),
        due: Some(later(second)),
    }
}

async fn waiting(bench: &Bench, now: Timestamp) -> Vec<String> {
    let due = bench.store.due_hints(LANE, now, 100).await.unwrap();
    due.into_iter().map(|one| one.about).collect()
}

pub(crate) async fn a_notification_that_comes_twice_is_one_hint(bench: Bench) {
    let store = &bench.store;
    let twice = [hint(&bench, "n1", "o1", 1), hint(&bench, "n1", "o1", 1)];
    assert_eq!(store.record_hints(&twice, later(2)).await.unwrap(), 1);
    assert_eq!(store.record_hints(&twice[..1], later(3)).await.unwrap(), 0);
    assert_eq!(store.due_hints(LANE, later(9), 100).await.unwrap().len(), 1);
    // Another lane's is another one.
    let other = Hint { lane: "another lane".to_owned(), ..hint(&bench, "n1", "o1", 1) };
    assert_eq!(store.record_hints(&[other], later(4)).await.unwrap(), 1);
    assert_eq!(store.record_hints(&[], later(4)).await.unwrap(), 0);
}

pub(crate) async fn a_hint_makes_its_lane_due(bench: Bench) {
    let store = &bench.store;
    store.settle_lane(&bench.lease, later(600), "{}", later(1)).await.unwrap();
    let nothing = Hint { due: None, ..hint(&bench, "n0", "x", 1) };
    assert_eq!(store.record_hints(&[nothing], later(2)).await.unwrap(), 1);
    assert_eq!(store.lanes().await.unwrap()[0].due, later(600), "there is nothing to do");
    store.record_hints(&[hint(&bench, "n1", "o1", 1)], later(3)).await.unwrap();
    assert_eq!(store.lanes().await.unwrap()[0].due, later(3));
    assert_eq!(store.next_hint_due(LANE, "order").await.unwrap(), Some(later(1)));
    assert_eq!(store.next_hint_due("another lane", "order").await.unwrap(), None);
    assert_eq!(waiting(&bench, later(3)).await, ["o1"]);
}

pub(crate) async fn hints_about_one_thing_are_one_thing_to_look_at(bench: Bench) {
    let store = &bench.store;
    store.record_hints(&[hint(&bench, "n1", "o1", 5)], later(5)).await.unwrap();
    store.record_hints(&[hint(&bench, "n2", "o2", 2)], later(6)).await.unwrap();
    let late =
        [hint(&bench, "n3", "o1", 3), Hint { due: Some(later(60)), ..hint(&bench, "n4", "o4", 7) }];
    store.record_hints(&late, later(7)).await.unwrap();
    let due = store.due_hints(LANE, later(10), 100).await.unwrap();
    let told: Vec<(&str, usize)> =
        due.iter().map(|one| (one.about.as_str(), one.ids.len())).collect();
    assert_eq!(told, [("o1", 2), ("o2", 1)], "the longest waiting first");
    assert_eq!((due[0].occurred, due[0].received, due[0].tries), (later(5), later(5), 0));
    assert_eq!(store.due_hints(LANE, later(10), 1).await.unwrap().len(), 1);
}

pub(crate) async fn a_hint_ends_with_the_facts_that_it_brought(bench: Bench) {
    let store = &bench.store;
    store.record_hints(&[hint(&bench, "n1", "o1", 1)], later(1)).await.unwrap();
    let seen = store.due_hints(LANE, later(2), 100).await.unwrap().remove(0);
    // Another change of it is told while we ask.
    store.record_hints(&[hint(&bench, "n2", "o1", 2)], later(2)).await.unwrap();
    let pulled = Pulled { facts: vec![order_fact("o1", 1)], ..Pulled::default() };
    let done = [HintsDone::Read(seen.ids)];
    store.free_leases("node").await.unwrap();
    let lease = store.claim_lane(LANE, "node", NOW, LEASE_MS).await.unwrap().unwrap();
    let fenced = store.record_hinted(&bench.lease, &pulled, &done, later(3)).await.unwrap_err();
    assert_eq!(fenced.code(), "fence_lost");
    assert_eq!(store.due_hints(LANE, later(9), 100).await.unwrap()[0].ids.len(), 2);
    assert_eq!(store.record_hinted(&lease, &pulled, &done, later(3)).await.unwrap(), 1);
    let left = store.due_hints(LANE, later(9), 100).await.unwrap();
    assert_eq!(left[0].ids, ["n2"], "what came meanwhile is looked at again");
    // The same notification again does not come back to life.
    assert_eq!(store.record_hints(&[hint(&bench, "n1", "o1", 1)], later(8)).await.unwrap(), 0);
    assert_eq!(store.due_hints(LANE, later(9), 100).await.unwrap(), left);
}

pub(crate) async fn a_sweep_ends_what_happened_before_it(bench: Bench) {
    let store = &bench.store;
    let money = Hint { kind: "transactions".to_owned(), ..hint(&bench, "n3", "", 1) };
    let hints = [hint(&bench, "n1", "o1", 10), hint(&bench, "n2", "o2", 11), money];
    store.record_hints(&hints, later(12)).await.unwrap();
    let swept = HintsDone::Swept { kind: "order".to_owned(), to: later(10) };
    let none = Pulled::default();
    store.record_hinted(&bench.lease, &none, &[swept], later(13)).await.unwrap();
    assert_eq!(waiting(&bench, later(20)).await, ["o2", ""]);
}

pub(crate) async fn what_is_not_there_yet_is_looked_for_later(bench: Bench) {
    let store = &bench.store;
    store.record_hints(&[hint(&bench, "n1", "o1", 1)], later(1)).await.unwrap();
    let ids = ["n1".to_owned()];
    store.put_off_hints(&bench.lease, &ids, later(30)).await.unwrap();
    assert_eq!(waiting(&bench, later(29)).await, Vec::<String>::new());
    let due = store.due_hints(LANE, later(30), 100).await.unwrap();
    assert_eq!(
        (due[0].tries, store.next_hint_due(LANE, "order").await.unwrap()),
        (1, Some(later(30)))
    );
    let left = [HintsDone::Left(ids.to_vec())];
    store.record_hinted(&bench.lease, &Pulled::default(), &left, later(31)).await.unwrap();
    assert_eq!(store.next_hint_due(LANE, "order").await.unwrap(), None);
    // What has ended is not put off any more.
    store.put_off_hints(&bench.lease, &ids, later(40)).await.unwrap();
    assert_eq!(store.next_hint_due(LANE, "order").await.unwrap(), None);
}

pub(crate) async fn waiting_hints_are_counted_and_old_ones_forgotten(bench: Bench) {
    let store = &bench.store;
    let hints = [hint(&bench, "n1", "o1", 1), hint(&bench, "n2", "o2", 1)];
    store.record_hints(&hints[..1], later(5)).await.unwrap();
    store.record_hints(&hints[1..], later(6)).await.unwrap();
    let counts = store.hint_counts().await.unwrap();
    assert_eq!(
        (counts.len(), counts[0].lane.as_str(), counts[0].kind.as_str()),
        (1, LANE, "order")
    );
    assert_eq!((counts[0].waiting, counts[0].oldest), (2, later(5)));
    let done = [HintsDone::Read(vec!["n1".to_owned()])];
    store.record_hinted(&bench.lease, &Pulled::default(), &done, later(7)).await.unwrap();
    assert_eq!(store.hint_counts().await.unwrap()[0].waiting, 1);
    assert_eq!(store.forget_hints(later(7)).await.unwrap(), 0);
    assert_eq!(store.forget_hints(later(8)).await.unwrap(), 1, "what waits is never forgotten");
    assert_eq!(store.hint_counts().await.unwrap()[0].waiting, 1);
}

pub(crate) async fn what_could_not_be_read_is_kept_once(bench: Bench) {
    let store = &bench.store;
    let unread = UnreadNotification {
        hash: "h1".to_owned(),
        size: 12,
        code: "notification_unreadable".to_owned(),
        detail: "no type".to_owned(),
        body: Some("{}".to_owned()),
    };
    let other = UnreadNotification { hash: "h2".to_owned(), body: None, ..unread.clone() };
    store.keep_unread(&unread, later(1)).await.unwrap();
    store.keep_unread(&other, later(2)).await.unwrap();
    store.keep_unread(&unread, later(3)).await.unwrap();
    let rows = store.unread_notifications(10).await.unwrap();
    assert_eq!((rows.len(), &rows[0].unread, &rows[1].unread), (2, &unread, &other));
    assert_eq!((rows[0].first, rows[0].last, rows[0].times), (later(1), later(3), 2));
    assert_eq!(store.unread_notifications(1).await.unwrap().len(), 1);
}
