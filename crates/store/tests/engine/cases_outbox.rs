//! The outbox: what is due, what is on the wire, what has landed.

use base::Subject;
use intents::send::Member;
use intents::{Event, IntentId, Kind, Outcome, Reason, Sighting, State};
use store::{Attempt, Decision, StoreError};

use crate::fixtures::{
    Bench, LANE, LEASE_MS, NOW, answered, contact, edit, ended, invoice, later, nothing, payment,
    receipt, sale, send_of, settled, void,
};

const CLEARING: &str = "payment:1:clearing";

fn reason() -> Reason {
    Reason::new("timeout", "no answer")
}

pub(crate) async fn what_needs_another_is_due_after_it(bench: Bench) {
    let (contact, first) = (contact(&bench.book), invoice(&bench.book, "1", 1));
    bench.decide(&[sale(&bench.book, "1"), sale(&bench.book, "2")]).await;
    assert_eq!(bench.due(Kind::Contact).await, vec![contact.id.clone()]);
    assert!(bench.due(Kind::Invoice).await.is_empty());
    bench.post(&[&contact]).await;
    assert_eq!(bench.state(&contact).await, State::Posted);
    let second = invoice(&bench.book, "2", 1);
    assert_eq!(bench.due(Kind::Invoice).await, vec![first.id.clone(), second.id.clone()]);
    assert!(bench.due(Kind::Payment).await.is_empty());
    bench.post(&[&first]).await;
    assert_eq!(bench.due(Kind::Payment).await, vec![payment(&bench.book, "1", CLEARING).id]);
    // What is decided later about a posted invoice is due at once.
    let late = payment(&bench.book, "1", "payment:2:clearing");
    bench.decide(&[Decision { intents: vec![late.clone()], ..nothing("1") }]).await;
    assert!(bench.due(Kind::Payment).await.contains(&late.id));
    let receipts = bench.store.receipts(&[first.id.clone(), second.id]).await.unwrap();
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[&first.id], receipt(first.id.as_str()));
}

pub(crate) async fn a_send_moves_all_its_members_or_none(bench: Bench) {
    let (contact, first, second) =
        (contact(&bench.book), invoice(&bench.book, "1", 1), invoice(&bench.book, "2", 1));
    bench.decide(&[sale(&bench.book, "1"), sale(&bench.book, "2")]).await;
    bench.post(&[&contact]).await;
    bench.store.begin_send(&bench.lease, &send_of(&[&first], 1), NOW).await.unwrap();
    let both = send_of(&[&second, &first], 1);
    let refused = bench.store.begin_send(&bench.lease, &both, NOW).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Moved { intent, state: State::Sending, .. } if *intent == first.id)
    );
    assert_eq!(bench.state(&second).await, State::Ready);
    let mut with_unknown = send_of(&[&second], 1);
    with_unknown.members.push(Member { intent: IntentId::derive(&["unknown"]), generation: 1 });
    let refused = bench.store.begin_send(&bench.lease, &with_unknown, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "unknown_intent");
    // Past the lease nothing goes on the wire.
    let late = bench.store.begin_send(&bench.lease, &send_of(&[&second], 1), later(60)).await;
    assert_eq!(late.unwrap_err().code(), "fence_lost");
    let unknown = bench
        .store
        .end_send(&bench.lease, &send_of(&[&second], 7).id, &[], answered(200))
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), "unknown_send");
}

pub(crate) async fn the_same_send_may_begin_again(bench: Bench) {
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1")]).await;
    let send = send_of(&[&contact], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    let lost = ended(&contact, Outcome::Lost(reason()));
    let no_answer = Attempt { status: None, ..answered(0) };
    bench.store.end_send(&bench.lease, &send.id, &[lost], no_answer).await.unwrap();
    let absent = Event::Seen { sighting: Sighting::Absent, may_resend: true };
    let seen = settled(&contact, absent);
    bench.store.end_send(&bench.lease, &send.id, &[seen], answered(200)).await.unwrap();
    bench.store.begin_send(&bench.lease, &send, later(50)).await.unwrap();
    let lost = ended(&contact, Outcome::Unclear(reason()));
    bench.store.end_send(&bench.lease, &send.id, &[lost], answered(500)).await.unwrap();
    let checking = bench.store.checking_sends(&bench.book, later(600), 9).await.unwrap();
    assert_eq!(checking[0].send.first_sent, Some(NOW));
    assert_eq!(checking[0].send.request, send.request);
    // The same id with other bytes is a mistake.
    let mut other = send.clone();
    other.request.body.push(b' ');
    let refused = bench.store.begin_send(&bench.lease, &other, later(51)).await.unwrap_err();
    assert_eq!(refused.code(), "send_differs");
}

pub(crate) async fn what_was_on_the_wire_is_looked_up_after_a_crash(bench: Bench) {
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1")]).await;
    let send = send_of(&[&contact], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    assert_eq!(bench.store.recover(&bench.lease, NOW).await.unwrap(), 0);
    // The process dies; its lease runs out; another one takes the lane.
    let claimed = bench.store.claim_lane(LANE, "other", later(60), LEASE_MS).await.unwrap();
    let lease = claimed.unwrap();
    assert_eq!(bench.store.recover(&lease, later(60)).await.unwrap(), 1);
    assert_eq!(bench.store.recover(&lease, later(60)).await.unwrap(), 0);
    assert_eq!(bench.state(&contact).await, State::Checking);
    let checking = bench.store.checking_sends(&bench.book, later(600), 9).await.unwrap();
    assert_eq!(checking.len(), 1);
    assert_eq!(checking[0].members[0].intent, contact);
    let found = Event::Seen { sighting: Sighting::Found(receipt("c-1")), may_resend: false };
    let seen = settled(&contact, found);
    bench.store.end_send(&lease, &send.id, &[seen], answered(200)).await.unwrap();
    assert_eq!(bench.state(&contact).await, State::Posted);
    assert_eq!(bench.due(Kind::Invoice).await, vec![invoice(&bench.book, "1", 1).id]);
}

pub(crate) async fn an_unclear_send_is_looked_up_in_its_time(bench: Bench) {
    let (first, second) = (invoice(&bench.book, "1", 1), invoice(&bench.book, "2", 1));
    bench.decide(&[sale(&bench.book, "1"), sale(&bench.book, "2")]).await;
    bench.post(&[&contact(&bench.book)]).await;
    let send = send_of(&[&second, &first], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    let lost = |one| ended(one, Outcome::Lost(reason()));
    let all = [lost(&first), lost(&second)];
    bench.store.end_send(&bench.lease, &send.id, &all, answered(0)).await.unwrap();
    assert!(bench.store.checking_sends(&bench.book, later(2), 9).await.unwrap().is_empty());
    let checking = bench.store.checking_sends(&bench.book, later(600), 9).await.unwrap();
    assert_eq!(checking.len(), 1);
    assert_eq!(checking[0].send.members, send.members);
    let members: Vec<&IntentId> =
        checking[0].members.iter().map(|decided| &decided.intent.id).collect();
    assert_eq!(members, vec![&second.id, &first.id]);
    assert_eq!(checking[0].members[0].progress.attempts, 1);
}

pub(crate) async fn a_void_takes_away_what_payments_need_and_an_edit_does_not(bench: Bench) {
    let first = invoice(&bench.book, "1", 1);
    let (edit, payment) = (edit(&bench.book, &first, "1"), payment(&bench.book, "1", CLEARING));
    bench.decide(&[sale(&bench.book, "1")]).await;
    bench.post(&[&contact(&bench.book)]).await;
    bench.post(&[&first]).await;
    bench.decide(&[Decision { intents: vec![edit.clone()], ..nothing("1") }]).await;
    let same = |_: &intents::Intent| Outcome::Delivered(receipt(first.id.as_str()));
    bench.deliver(&[&edit], same).await;
    // The edit has the invoice's own id: the invoice let go of it.
    assert_eq!(bench.state(&first).await, State::Reversed);
    assert_eq!(bench.due(Kind::Payment).await, vec![payment.id.clone()]);
    let kept = bench.store.receipts(std::slice::from_ref(&first.id)).await.unwrap();
    assert_eq!(kept.len(), 1);
    let by_remote =
        bench.store.receipts_by_remote(&bench.book, &[first.id.to_string()]).await.unwrap();
    let subjects: Vec<&Subject> = by_remote.values().map(|(subject, _)| subject).collect();
    assert_eq!(subjects, [&first.subject]);
    let void = void(&bench.book, &first, &edit, "1");
    bench.decide(&[Decision { intents: vec![void.clone()], ..nothing("1") }]).await;
    bench.deliver(&[&void], same).await;
    assert_eq!(bench.state(&edit).await, State::Reversed);
    assert!(bench.due(Kind::Payment).await.is_empty());
    assert_eq!(bench.store.posted_invoices(&bench.book).await.unwrap(), 1);
}

pub(crate) async fn a_remote_id_is_the_receipt_of_one_intent(bench: Bench) {
    let (first, second) = (invoice(&bench.book, "1", 1), invoice(&bench.book, "2", 1));
    bench.decide(&[sale(&bench.book, "1"), sale(&bench.book, "2")]).await;
    bench.post(&[&contact(&bench.book)]).await;
    let send = send_of(&[&first, &second], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    let same = |one| ended(one, Outcome::Delivered(receipt("x-1")));
    let both = [same(&first), same(&second)];
    bench.store.end_send(&bench.lease, &send.id, &both, answered(200)).await.unwrap();
    // Whoever comes second is held without it, in the same send or later.
    assert_eq!(bench.state(&first).await, State::Posted);
    assert_eq!(bench.state(&second).await, State::Held);
    let held = bench.store.held(&bench.book).await.unwrap();
    assert_eq!(held[0].receipt, None);
    assert_eq!(held[0].progress.reason.as_ref().unwrap().code, "receipt_taken");
    let asked = ["x-1".to_owned(), "x-2".to_owned()];
    let taken = bench.store.taken(&bench.book, &asked).await.unwrap();
    assert_eq!(taken, ["x-1".to_owned()].into());
    assert_eq!(bench.store.remote_ids(&bench.book, Kind::Invoice).await.unwrap(), taken);
    assert!(bench.store.remote_ids(&bench.book, Kind::Payment).await.unwrap().is_empty());
}

pub(crate) async fn what_differs_is_held_with_its_receipt(bench: Bench) {
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1")]).await;
    let differs = Reason::new("readback_differs", "the name is another");
    bench.deliver(&[&contact], |_| Outcome::Differs(receipt("c-1"), differs.clone())).await;
    let held = bench.store.held(&bench.book).await.unwrap();
    assert_eq!(held[0].receipt, Some(receipt("c-1")));
    assert_eq!(held[0].progress.reason, Some(differs));
    assert!(bench.due(Kind::Invoice).await.is_empty());
    assert_eq!(bench.store.taken(&bench.book, &["c-1".to_owned()]).await.unwrap().len(), 1);
    // Looked up again, it may find its own; withdrawn, it leaves the document to the next one.
    bench.store.act(&contact.id, Event::Released, "ann", NOW).await.unwrap();
    let send = send_of(&[&contact], 2);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    let lost = ended(&contact, Outcome::Unclear(reason()));
    bench.store.end_send(&bench.lease, &send.id, &[lost], answered(500)).await.unwrap();
    assert!(bench.store.taken(&bench.book, &["c-1".to_owned()]).await.unwrap().is_empty());
    assert!(bench.store.remote_ids(&bench.book, Kind::Contact).await.unwrap().is_empty());
}

pub(crate) async fn a_subject_that_waits_becomes_due_when_its_intent_settles(bench: Bench) {
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1"), sale(&bench.book, "2")]).await;
    let send = send_of(&[&contact], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    bench.decide(&[Decision { wait: true, ..nothing("1") }]).await;
    let lost = ended(&contact, Outcome::Unclear(reason()));
    bench.store.end_send(&bench.lease, &send.id, &[lost], answered(500)).await.unwrap();
    assert!(bench.due_subjects().await.is_empty());
    let found = Event::Seen { sighting: Sighting::Found(receipt("c-1")), may_resend: false };
    let seen = [settled(&contact, found)];
    bench.store.end_send(&bench.lease, &send.id, &seen, answered(200)).await.unwrap();
    assert_eq!(bench.due_subjects().await, vec![Subject::order("1")]);
}

pub(crate) async fn a_server_error_is_remembered_with_the_send(bench: Bench) {
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1")]).await;
    let send = send_of(&[&contact], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    let unclear = || [ended(&contact, Outcome::Unclear(reason()))];
    let error = Attempt { saw_server_error: true, ..answered(503) };
    bench.store.end_send(&bench.lease, &send.id, &unclear(), error).await.unwrap();
    let look = [settled(
        &contact,
        Event::Seen { sighting: Sighting::Unclear(reason()), may_resend: false },
    )];
    bench.store.end_send(&bench.lease, &send.id, &look, answered(200)).await.unwrap();
    let checking = bench.store.checking_sends(&bench.book, later(600), 9).await.unwrap();
    assert!(checking[0].send.saw_server_error);
    // A look-up that showed nothing costs no try.
    assert_eq!(checking[0].members[0].progress.attempts, 1);
}

pub(crate) async fn the_next_due_time_is_known(bench: Bench) {
    let contact = contact(&bench.book);
    assert_eq!(bench.store.next_intent_due(&bench.book, None).await.unwrap(), None);
    bench.decide(&[sale(&bench.book, "1")]).await;
    assert_eq!(bench.store.next_intent_due(&bench.book, None).await.unwrap(), Some(NOW));
    bench.deliver(&[&contact], |_| Outcome::Busy(later(30))).await;
    assert_eq!(bench.store.next_intent_due(&bench.book, None).await.unwrap(), Some(later(30)));
    let send = send_of(&[&contact], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    // A send that has not ended is never quiet.
    assert!(bench.store.next_intent_due(&bench.book, None).await.unwrap().is_some());
    let unclear = [ended(&contact, Outcome::Lost(reason()))];
    bench.store.end_send(&bench.lease, &send.id, &unclear, answered(0)).await.unwrap();
    let next = bench.store.next_intent_due(&bench.book, None).await.unwrap();
    assert!(next.is_some_and(|next| next > later(1)));
}
