//! What Xero said by webhook, what stands there by our receipts, and what drifted from it.

use base::{Subject, Timestamp};
use intents::{DriftId, DriftKind, DriftState, Intent, Kind, Outcome, Reason, State, Wish};
use store::{Choice, Looked, Notice, Sighted, StoreError};

use crate::fixtures::{Bench, invoice, later, nothing, order_fact, payment, sale};

fn notice(key: &str, resource_id: &str, sequence: i64) -> Notice {
    Notice {
        key: key.to_owned(),
        category: "INVOICE".to_owned(),
        change: "UPDATE".to_owned(),
        resource_id: resource_id.to_owned(),
        occurred: (sequence > 1).then(|| later(sequence)),
        sequence: Some(sequence),
    }
}

pub(crate) async fn a_notice_is_kept_once_until_it_is_looked_at(bench: Bench) {
    let store = &bench.store;
    let said = [notice("k1", "a", 1), notice("k0", "b", 2), notice("k1", "a", 3)];
    assert_eq!(store.record_notices(&bench.book, &said, later(1)).await.unwrap(), 2);
    assert_eq!(store.record_notices(&bench.book, &said, later(2)).await.unwrap(), 0);
    let due = store.due_notices(&bench.book, 10).await.unwrap();
    assert_eq!(due, said[..2]);
    assert_eq!(store.due_notices(&bench.book, 1).await.unwrap(), said[..1]);
    let keys = ["k1".to_owned(), "unknown".to_owned()];
    store.finish_notices(&bench.lease, &keys, later(3)).await.unwrap();
    assert_eq!(store.due_notices(&bench.book, 10).await.unwrap(), said[1..2]);
    // Said again, it is known; after a long while it is forgotten.
    assert_eq!(store.record_notices(&bench.book, &said[..1], later(4)).await.unwrap(), 0);
    let much_later = later(3).after_ms(41 * Timestamp::DAY);
    store.finish_notices(&bench.lease, &[], much_later).await.unwrap();
    assert_eq!(store.record_notices(&bench.book, &said[..1], much_later).await.unwrap(), 1);
}

/// An order with its contact, its invoice and its payment posted.
async fn posted(bench: &Bench) -> (Intent, Intent) {
    bench.pull(&[order_fact("1", 1)]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    let made = invoice(&bench.book, "1", 1);
    let paid = payment(&bench.book, "1", "payment:1:clearing");
    bench.post(&[&crate::fixtures::contact(&bench.book)]).await;
    bench.post(&[&made]).await;
    bench.post(&[&paid]).await;
    (made, paid)
}

pub(crate) async fn what_stands_is_found_by_what_it_is_there(bench: Bench) {
    let (made, paid) = posted(&bench).await;
    let store = &bench.store;
    let asked = [made.id.to_string(), paid.id.to_string(), "nobody's".to_owned()];
    let found = store.posted_by_remote(&bench.book, &asked).await.unwrap();
    let found: Vec<&str> = found.iter().map(|one| one.intent.part.as_str()).collect();
    assert_eq!(found, ["invoice", "payment:1:clearing"]);
    let counts = store.standing_counts(&bench.book).await.unwrap();
    assert_eq!((counts[&Kind::Invoice], counts[&Kind::Payment]), (1, 1));
    let after = store.standing_after(&bench.book, Kind::Invoice, "", 5).await.unwrap();
    assert_eq!((after.0.len(), after.1.as_deref()), (1, Some(made.id.as_str())));
    let after = store.standing_after(&bench.book, Kind::Invoice, made.id.as_str(), 5).await;
    assert_eq!(after.unwrap(), (Vec::new(), None));
    // What was tried about the payment counts for its invoice too.
    let written = store.written_at(&bench.book, &asked, later(0)).await.unwrap();
    assert_eq!(written[made.id.as_str()].len(), 2);
    let none = store.written_at(&bench.book, &asked, later(60)).await.unwrap();
    assert!(none.is_empty());
}

pub(crate) async fn subjects_in_flight_are_known(bench: Bench) {
    bench.pull(&[order_fact("1", 1)]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    let subject = Subject::order("1");
    assert!(bench.store.subjects_in_flight(&bench.book).await.unwrap().is_empty());
    bench.post(&[&crate::fixtures::contact(&bench.book)]).await;
    let made = invoice(&bench.book, "1", 1);
    bench.deliver(&[&made], |_| Outcome::Lost(Reason::new("timeout", ""))).await;
    let in_flight = bench.store.subjects_in_flight(&bench.book).await.unwrap();
    assert_eq!(in_flight.into_iter().collect::<Vec<_>>(), [subject]);
}

fn sighted(of: &Intent, kind: DriftKind, remote_id: &str, found: &str) -> Sighted {
    Sighted {
        intent: of.id.clone(),
        subject: of.subject.clone(),
        kind,
        remote_id: remote_id.to_owned(),
        document: of.label(),
        found: found.to_owned(),
    }
}

fn whole(of: &Intent, sighted: Vec<Sighted>) -> Looked {
    let kinds = vec![DriftKind::Edited, DriftKind::Voided, DriftKind::Deleted];
    Looked { sighted, whole: vec![(of.id.clone(), kinds)], others: Vec::new() }
}

impl Bench {
    async fn note(&self, looked: &Looked, second: i64) -> Vec<DriftId> {
        let opened =
            self.store.note_drifts(&self.lease, looked, later(second)).await.unwrap().opened;
        opened.into_iter().map(|drift| drift.id).collect()
    }

    async fn drift_states(&self) -> Vec<DriftState> {
        let drifts = self.store.drifts(&self.book, None).await.unwrap();
        drifts.into_iter().map(|drift| drift.state).collect()
    }

    async fn acts(&self, id: &DriftId) -> Vec<String> {
        let acts = self.store.drift_acts(id).await.unwrap();
        acts.into_iter().map(|act| format!("{}: {} {}", act.actor, act.act, act.detail)).collect()
    }
}

pub(crate) async fn a_drift_is_open_until_it_is_accepted_or_put_right(bench: Bench) {
    let (made, _) = posted(&bench).await;
    let edited = |words: &str| whole(&made, vec![sighted(&made, DriftKind::Edited, "r", words)]);
    let opened = bench.note(&edited("total: 12 was meant, Xero has 13"), 1).await;
    let id = &opened[0];
    assert_eq!(bench.note(&edited("total: 12 was meant, Xero has 13"), 2).await, []);
    let known = bench.store.drift(id).await.unwrap().unwrap();
    assert_eq!((known.first_seen, known.last_seen), (later(1), later(2)));

    let accept = Choice::Accept { reason: "a discount" };
    assert!(bench.store.choose(id, accept, "Ada", later(3)).await.unwrap());
    assert_eq!(bench.note(&edited("total: 12 was meant, Xero has 13"), 4).await, []);
    assert_eq!(bench.drift_states().await, [DriftState::Accepted]);
    // It changed again.
    assert_eq!(bench.note(&edited("total: 12 was meant, Xero has 14"), 5).await, opened);
    assert_eq!(bench.drift_states().await, [DriftState::Open]);
    // Of another place nothing was said.
    assert_eq!(bench.note(&Looked::default(), 6).await, []);
    assert_eq!(bench.drift_states().await, [DriftState::Open]);
    assert_eq!(bench.note(&whole(&made, Vec::new()), 7).await, []);
    assert_eq!(bench.drift_states().await, [DriftState::Gone]);
    let open = bench.store.drifts(&bench.book, Some(DriftState::Open)).await.unwrap();
    assert!(open.is_empty());
    assert_eq!(
        bench.acts(id).await,
        [
            "check: found total: 12 was meant, Xero has 13",
            "Ada: accepted a discount",
            "check: found again total: 12 was meant, Xero has 14",
            "check: gone ",
        ]
    );
    let unknown = DriftId::derive(&["unknown"]);
    assert!(!bench.store.choose(&unknown, accept, "Ada", later(8)).await.unwrap());
    assert_eq!(bench.store.drift(&unknown).await.unwrap(), None);
}

pub(crate) async fn a_double_is_gone_when_it_was_taken_away(bench: Bench) {
    let (made, _) = posted(&bench).await;
    let double = sighted(&made, DriftKind::Duplicate, "other", "another invoice");
    let others = vec!["other".to_owned()];
    let seen = Looked { sighted: vec![double], others: others.clone(), ..Looked::default() };
    assert_eq!(bench.note(&seen, 1).await.len(), 1);
    // Our own document says nothing about it.
    bench.note(&whole(&made, Vec::new()), 2).await;
    assert_eq!(bench.drift_states().await, [DriftState::Open]);
    bench.note(&Looked { others, ..Looked::default() }, 3).await;
    assert_eq!(bench.drift_states().await, [DriftState::Gone]);
}

pub(crate) async fn what_someone_ended_is_let_go_to_be_posted_again(bench: Bench) {
    let (made, paid) = posted(&bench).await;
    bench.decide(&[nothing("1")]).await;
    let lost = |of: &Intent, kind| sighted(of, kind, of.id.as_str(), "it was ended");
    let seen = [lost(&made, DriftKind::Voided), lost(&paid, DriftKind::Deleted)];
    let opened = bench.note(&Looked { sighted: seen.to_vec(), ..Looked::default() }, 1).await;
    let ask = Choice::Ask(Wish::Repost);
    assert!(bench.store.choose(&opened[0], ask, "Ada", later(2)).await.unwrap());
    let wished = bench.store.wished_drifts(&bench.book).await.unwrap();
    assert_eq!((wished.len(), wished[0].wish), (1, Some(Wish::Repost)));

    let lost =
        [(made.id.clone(), Some(opened[0].clone())), (paid.id.clone(), Some(opened[1].clone()))];
    let subject = Subject::order("1");
    let repost = || bench.store.let_repost(&bench.lease, &subject, &lost, later(3));
    repost().await.unwrap();
    assert_eq!(bench.state(&made).await, State::Reversed);
    assert_eq!(bench.state(&paid).await, State::Reversed);
    assert_eq!(bench.drift_states().await, [DriftState::Reposted, DriftState::Reposted]);
    assert!(bench.store.wished_drifts(&bench.book).await.unwrap().is_empty());
    assert_eq!(bench.due_subjects().await, vec![subject.clone()]);
    // The other system's ids are nobody's any more.
    let ids = [made.id.to_string(), paid.id.to_string()];
    assert!(bench.store.posted_by_remote(&bench.book, &ids).await.unwrap().is_empty());
    let story = bench.store.explain(&bench.book, &subject).await.unwrap();
    let ended = story.attempts.iter().filter(|one| one.by == "drift" && one.outcome == "reversed");
    assert_eq!(ended.count(), 2);
    // Twice is once.
    repost().await.unwrap();
    assert_eq!(bench.state(&made).await, State::Reversed);
}

pub(crate) async fn drifts_are_written_by_who_has_the_lane(bench: Bench) {
    let lease = store::Lease { fence: bench.lease.fence - 1, ..bench.lease.clone() };
    let noted = bench.store.note_drifts(&lease, &Looked::default(), later(1)).await;
    assert!(matches!(noted, Err(StoreError::FenceLost { .. })));
    let subject = Subject::order("1");
    let let_go = bench.store.let_repost(&lease, &subject, &[], later(1)).await;
    assert!(matches!(let_go, Err(StoreError::FenceLost { .. })));
    let finished = bench.store.finish_notices(&lease, &[], later(1)).await;
    assert!(matches!(finished, Err(StoreError::FenceLost { .. })));
}
