//! Lanes: leases, fences and nudges.

use store::{Pulled, StoreError};

use crate::fixtures::{Bench, LANE, LEASE_MS, NOW, later, nothing, order_fact, sale, send_of};

pub(crate) async fn a_lane_is_claimed_by_one_at_a_time(bench: Bench) {
    let store = &bench.store;
    assert_eq!(store.claim_lane(LANE, "other", NOW, LEASE_MS).await.unwrap(), None);
    assert_eq!(store.claim_lane("no lane", "other", NOW, LEASE_MS).await.unwrap(), None);
    let state = r#"{"bucket":3}"#;
    store.settle_lane(&bench.lease, later(30), state, later(1)).await.unwrap();
    let lanes = store.lanes().await.unwrap();
    assert_eq!((lanes.len(), lanes[0].due, lanes[0].lease_until.0), (1, later(30), 0));
    let next = store.claim_lane(LANE, "other", later(1), LEASE_MS).await.unwrap().unwrap();
    assert_eq!((next.state.as_str(), next.fence), (state, bench.lease.fence + 1));
    assert_eq!((&next.book, next.node.as_str()), (&bench.book, "other"));
    // Making it again changes nothing.
    store.ensure_lane(LANE, &bench.book, later(2)).await.unwrap();
    assert_eq!(store.lanes().await.unwrap()[0].fence, next.fence);
}

pub(crate) async fn of_many_who_claim_at_once_one_gets_the_lane(bench: Bench) {
    bench.store.free_leases("node").await.unwrap();
    let nodes: Vec<String> = (0..8).map(|number| format!("node {number}")).collect();
    let claims = nodes.iter().map(|node| bench.store.claim_lane(LANE, node, NOW, LEASE_MS));
    let claimed = futures::future::join_all(claims).await;
    let won = claimed.into_iter().filter_map(|claim| claim.unwrap()).count();
    assert_eq!(won, 1);
}

pub(crate) async fn an_expired_lease_can_be_claimed_and_the_old_one_is_fenced_out(bench: Bench) {
    let store = &bench.store;
    store.renew_lane(&bench.lease, later(30), LEASE_MS).await.unwrap();
    assert_eq!(store.claim_lane(LANE, "other", later(89), LEASE_MS).await.unwrap(), None);
    assert!(store.claim_lane(LANE, "other", later(90), LEASE_MS).await.unwrap().is_some());
    let late = store.renew_lane(&bench.lease, later(90), LEASE_MS).await.unwrap_err();
    assert_eq!(late.code(), "fence_lost");
    let late = store.settle_lane(&bench.lease, later(90), "{}", later(90)).await.unwrap_err();
    assert!(matches!(late, StoreError::FenceLost { .. }));
}

pub(crate) async fn a_nudge_during_a_turn_is_not_lost(bench: Bench) {
    let store = &bench.store;
    store.nudge(LANE, later(5)).await.unwrap();
    store.settle_lane(&bench.lease, later(600), "{}", later(6)).await.unwrap();
    assert_eq!(store.lanes().await.unwrap()[0].due, later(6));
    let lease = store.claim_lane(LANE, "node", later(6), LEASE_MS).await.unwrap().unwrap();
    store.settle_lane(&lease, later(600), "{}", later(7)).await.unwrap();
    assert_eq!(store.lanes().await.unwrap()[0].due, later(600));
    store.nudge(LANE, later(8)).await.unwrap();
    store.nudge(LANE, later(9)).await.unwrap();
    assert_eq!(store.lanes().await.unwrap()[0].due, later(8));
}

pub(crate) async fn a_node_that_was_killed_frees_its_lanes(bench: Bench) {
    let store = &bench.store;
    store.free_leases("another node").await.unwrap();
    assert_eq!(store.claim_lane(LANE, "node", NOW, LEASE_MS).await.unwrap(), None);
    store.free_leases("node").await.unwrap();
    assert!(store.claim_lane(LANE, "node", NOW, LEASE_MS).await.unwrap().is_some());
}

pub(crate) async fn nothing_is_written_without_the_lane(bench: Bench) {
    let store = &bench.store;
    let (old, book) = (&bench.lease, &bench.book);
    bench.pull(&[order_fact("1", 1)]).await;
    bench.decide(&[sale(book, "1")]).await;
    store.free_leases("node").await.unwrap();
    store.claim_lane(LANE, "other", NOW, LEASE_MS).await.unwrap().unwrap();
    let send = send_of(&[&crate::fixtures::contact(book)], 1);
    let answer = crate::fixtures::answered(200);
    let refused = [
        store.record(old, &Pulled::default(), NOW).await.err(),
        store.set_cursor(old, "orders", "x").await.err(),
        store.decide(old, &[nothing("1")], NOW).await.err(),
        store.begin_send(old, &send, NOW).await.err(),
        store.end_send(old, &send.id, &[], answer).await.err(),
        store.recover(old, NOW).await.err(),
    ];
    for error in refused {
        assert_eq!(error.map(|error| error.code()), Some("fence_lost"));
    }
    assert_eq!(store.cursor(book, "orders").await.unwrap(), None);
}
