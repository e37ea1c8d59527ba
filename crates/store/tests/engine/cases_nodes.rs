//! Nodes: who is alive, who leads, whose lanes may be taken.

use base::{Secret, Timestamp};
use store::{NodeRow, Store};

use crate::fixtures::{Bench, LANE, LEASE_MS, NOW, later, order_fact, sale, vault};

fn node(name: &str, alive_until: Timestamp) -> NodeRow {
    NodeRow { name: name.to_owned(), alive_until, started: NOW, about: "{}".to_owned() }
}

pub(crate) async fn a_node_that_is_silent_loses_its_lanes(bench: Bench) {
    let store = &bench.store;
    store.beat(&node("node", later(15))).await.unwrap();
    assert_eq!(store.claim_lane(LANE, "other", later(14), LEASE_MS).await.unwrap(), None);
    let taken = store.claim_lane(LANE, "other", later(15), LEASE_MS).await.unwrap().unwrap();
    assert!(taken.was_left);
    let late = store.settle_lane(&bench.lease, later(99), "{}", later(15)).await.unwrap_err();
    assert_eq!(late.code(), "fence_lost");
    // Whoever settles leaves nothing open.
    store.settle_lane(&taken, later(16), "{}", later(16)).await.unwrap();
    let next = store.claim_lane(LANE, "node", later(16), LEASE_MS).await.unwrap().unwrap();
    assert!(!next.was_left);
    // A claim that is given up is free at once, and was left.
    store.abandon_lane(&taken, later(99)).await.unwrap();
    store.abandon_lane(&next, later(18)).await.unwrap();
    assert_eq!(store.claim_due_lane(LANE, "other", later(17), LEASE_MS).await.unwrap(), None);
    let next = store.claim_due_lane(LANE, "other", later(18), LEASE_MS).await.unwrap().unwrap();
    assert!(next.was_left);
}

pub(crate) async fn one_node_leads_until_it_is_silent_or_resigns(bench: Bench) {
    let store = &bench.store;
    let lead = |name: &'static str, second| store.lead("engine", name, later(second), 10_000);
    assert!(lead("a", 0).await.unwrap());
    assert!(!lead("b", 9).await.unwrap());
    assert!(lead("a", 9).await.unwrap());
    assert_eq!(store.leader("engine", later(18)).await.unwrap().as_deref(), Some("a"));
    assert_eq!(store.leader("engine", later(19)).await.unwrap(), None);
    assert!(lead("b", 19).await.unwrap());
    assert!(!lead("a", 20).await.unwrap());
    store.resign("engine", "a").await.unwrap();
    assert!(!lead("a", 21).await.unwrap());
    store.resign("engine", "b").await.unwrap();
    assert!(lead("a", 22).await.unwrap());
}

pub(crate) async fn lanes_that_are_due_and_free_are_found(bench: Bench) {
    let store = &bench.store;
    assert_eq!(store.due_lanes(later(1), 9).await.unwrap(), []);
    store.ensure_lane("another", &bench.book, later(5)).await.unwrap();
    assert_eq!(store.next_lane().await.unwrap(), Some(later(5)));
    assert_eq!(store.next_due_after(later(4)).await.unwrap(), Some(later(5)));
    assert_eq!(store.next_due_after(later(5)).await.unwrap(), None);
    let due = store.due_lanes(later(5), 9).await.unwrap();
    assert_eq!(due.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["another"]);
    store.settle_lane(&bench.lease, later(3), "{}", later(2)).await.unwrap();
    assert_eq!(store.next_lane().await.unwrap(), Some(later(3)));
    let due = store.due_lanes(later(5), 9).await.unwrap();
    assert_eq!(due.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), [LANE, "another"]);
    assert_eq!(store.due_lanes(later(5), 1).await.unwrap().len(), 1);
    // Something new waits for it: it is found first, and however little is asked for.
    store.nudge("another", later(5)).await.unwrap();
    let found = async |second, limit| {
        let due = store.due_lanes(later(second), limit).await.unwrap();
        due.into_iter().map(|lane| (lane.name, lane.is_wanted)).collect::<Vec<_>>()
    };
    let (wanted, calm) = (("another".to_owned(), true), (LANE.to_owned(), false));
    assert_eq!(found(5, 1).await, [wanted.clone(), calm.clone()]);
    // So it stays until its turns are over.
    let turn = async |second, due| {
        let now = later(second);
        let lease = store.claim_due_lane("another", "node", now, LEASE_MS).await.unwrap().unwrap();
        assert_eq!(found(second, 9).await.as_slice(), std::slice::from_ref(&calm));
        store.settle_lane(&lease, later(due), "{}", now).await.unwrap();
    };
    turn(5, 5).await;
    assert_eq!(found(5, 9).await, [wanted, calm.clone()]);
    turn(5, 6).await;
    assert_eq!(found(6, 9).await, [calm.clone(), ("another".to_owned(), false)]);
    turn(6, 6).await;
    assert_eq!(found(6, 9).await, [calm.clone(), ("another".to_owned(), false)]);
    // What is not due yet is not claimed, whoever asks for it.
    let claim = |second| store.claim_due_lane("another", "node", later(second), LEASE_MS);
    assert_eq!(claim(4).await.unwrap(), None);
    assert!(claim(6).await.unwrap().is_some());
}

pub(crate) async fn nodes_are_known_and_forgotten(bench: Bench) {
    let store = &bench.store;
    store.beat(&node("b", later(20))).await.unwrap();
    store.beat(&node("a", later(10))).await.unwrap();
    store.beat(&node("a", later(30))).await.unwrap();
    let known = store.nodes().await.unwrap();
    assert_eq!(known, [node("a", later(30)), node("b", later(20))]);
    store.forget_nodes(later(25)).await.unwrap();
    assert_eq!(store.nodes().await.unwrap(), [node("a", later(30))]);
}

/// From a file into the engine at hand.
pub(crate) async fn a_store_is_moved_whole_and_says_so(bench: Bench) {
    let file = crate::testing::sqlite();
    let source = Bench::open(&file.url).await;
    source.store.put_secret("name", &Secret::new("word")).await.unwrap();
    source.pull(&[order_fact("205-1", 1)]).await;
    source.decide(&[sale(&source.book, "205-1")]).await;
    let store = &source.store;
    // The engine at hand has a book already: nothing is mixed.
    let error = store.move_to(&bench.store, "there", |_copied| ()).await.unwrap_err();
    assert_eq!(error.code(), "store_not_empty");
    assert_eq!(store.moved().await.unwrap(), None);

    let fresh = if bench.url.starts_with("sqlite") {
        crate::testing::sqlite()
    } else {
        crate::testing::postgres().unwrap()
    };
    let target = Store::open(&fresh.url, vault()).await.unwrap();
    let mut said = 0;
    let copied = store.move_to(&target, "there", |_copied| said += 1).await.unwrap();
    assert_eq!(said, copied.len());
    let rows = |table: &str| copied.iter().find(|one| one.0 == table).unwrap().1;
    assert_eq!((rows("books"), rows("lanes"), rows("facts")), (1, 1, 1));
    assert_eq!(store.moved().await.unwrap().as_deref(), Some("there"));
    assert_eq!(target.moved().await.unwrap(), None);
    let secret = target.secret("name").await.unwrap().unwrap();
    assert_eq!(secret.expose(), "word");
    assert_eq!(target.books().await.unwrap(), store.books().await.unwrap());
    assert_eq!(target.lanes().await.unwrap(), store.lanes().await.unwrap());
    assert_eq!(
        target.counts(&source.book).await.unwrap(),
        store.counts(&source.book).await.unwrap()
    );
    // What was at work goes on there, under the same fence.
    target.settle_lane(&source.lease, later(5), "{}", later(1)).await.unwrap();
    target.close().await;
}
