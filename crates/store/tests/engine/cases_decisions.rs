//! Deciding: what is due, what is written, what is refused.

use base::Subject;
use intents::{Body, Event, Intent, Kind, Outcome, Reason, State};
use store::{Decision, StoreError};

use crate::fixtures::{
    Bench, NOW, RULES, contact, ended, invoice, later, nothing, order_fact, payment, sale, send_of,
};

pub(crate) async fn a_new_fact_makes_its_subject_due_until_it_is_decided(bench: Bench) {
    bench.pull(&[order_fact("1", 1), order_fact("2", 1)]).await;
    let (one, two) = (Subject::order("1"), Subject::order("2"));
    assert_eq!(bench.due_subjects().await, vec![one.clone(), two.clone()]);
    bench.decide(&[sale(&bench.book, "1")]).await;
    assert_eq!(bench.due_subjects().await, vec![two]);
    let row = bench.store.subject(&bench.book, &one).await.unwrap();
    assert_eq!(row.decided.len(), 2);
    assert_eq!(row.decided_under.as_deref(), Some(RULES));
    bench.pull(&[order_fact("1", 2)]).await;
    assert_eq!(bench.due_subjects().await.len(), 2);
    let limited = bench.store.due_subjects(&bench.book, RULES, later(1), 1).await.unwrap();
    assert_eq!(limited.len(), 1);
}

pub(crate) async fn a_fact_that_comes_in_meanwhile_keeps_the_subject_due(bench: Bench) {
    bench.pull(&[order_fact("1", 1)]).await;
    // Decided from the first fact, while a second one came in.
    bench.pull(&[order_fact("1", 2)]).await;
    bench.decide(&[Decision { saw: vec![order_fact("1", 1).id], ..nothing("1") }]).await;
    assert_eq!(bench.due_subjects().await.len(), 1);
    let saw = vec![order_fact("1", 1).id, order_fact("1", 2).id];
    bench.decide(&[Decision { saw, ..nothing("1") }]).await;
    assert!(bench.due_subjects().await.is_empty());
}

pub(crate) async fn what_was_stopped_is_due_under_other_rules(bench: Bench) {
    let fact = order_fact("1", 1);
    bench.pull(std::slice::from_ref(&fact)).await;
    let stop = Some(Reason::new("account_missing", "no account for shipping"));
    bench.decide(&[Decision { saw: vec![fact.id], stop: stop.clone(), ..nothing("1") }]).await;
    assert!(bench.due_subjects().await.is_empty());
    let due = bench.store.due_subjects(&bench.book, "rules-2", NOW, 10).await.unwrap();
    assert_eq!(due, vec![fact.subject.clone()]);
    let row = bench.store.subject(&bench.book, &fact.subject).await.unwrap();
    assert_eq!(row.stop, stop);
}

pub(crate) async fn a_shared_intent_is_made_by_who_comes_first(bench: Bench) {
    bench.pull(&[order_fact("1", 1), order_fact("2", 1), order_fact("3", 1)]).await;
    // Two in one transaction, and a third one later that would have named it otherwise.
    bench.decide(&[sale(&bench.book, "1"), sale(&bench.book, "2")]).await;
    let mut other = contact(&bench.book);
    if let Body::Contact(contact) = &mut other.body {
        contact.name = "Another name".to_owned();
    }
    bench.decide(&[Decision { shared: vec![other], ..sale(&bench.book, "3") }]).await;
    assert_eq!(bench.due(Kind::Contact).await, vec![contact(&bench.book).id]);
    let kept = bench.store.intents(&[contact(&bench.book).id]).await.unwrap();
    assert_eq!(kept[0].intent, contact(&bench.book));
}

pub(crate) async fn deciding_twice_is_deciding_once(bench: Bench) {
    bench.pull(&[order_fact("1", 1)]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    let row = bench.store.subject(&bench.book, &Subject::order("1")).await.unwrap();
    assert_eq!(row.decided.len(), 2);
    let progress = &row.decided[0].progress;
    assert_eq!((progress.state, progress.attempts, progress.generation), (State::Ready, 0, 1));
    assert_eq!(row.decided[0].intent, invoice(&bench.book, "1", 1));
    assert_eq!(row.decided[1].intent, payment(&bench.book, "1", "payment:1:clearing"));
}

pub(crate) async fn the_same_intent_with_another_body_is_refused(bench: Bench) {
    bench.decide(&[sale(&bench.book, "1")]).await;
    let mut other = sale(&bench.book, "1");
    if let Body::Invoice(invoice) = &mut other.intents[0].body {
        invoice.reference = "another".to_owned();
    }
    let refused = bench.store.decide(&bench.lease, &[other.clone()], NOW).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::IntentDiffers { intent } if *intent == other.intents[0].id)
    );
    assert_eq!(refused.code(), "intent_differs");
    // The same within one transaction.
    let both = [sale(&bench.book, "1"), Decision { subject: Subject::order("2"), ..other }];
    let refused = bench.store.decide(&bench.lease, &both, NOW).await.unwrap_err();
    assert_eq!(refused.code(), "intent_differs");
}

pub(crate) async fn withdrawing_what_moved_on_is_refused_and_nothing_is_written(bench: Bench) {
    let (contact, first) = (contact(&bench.book), invoice(&bench.book, "1", 1));
    bench.decide(&[sale(&bench.book, "1")]).await;
    let second = Decision {
        intents: vec![invoice(&bench.book, "1", 2)],
        withdraw: vec![first.id.clone(), contact.id.clone()],
        ..nothing("1")
    };
    bench.post(&[&contact]).await;
    let refused =
        bench.store.decide(&bench.lease, std::slice::from_ref(&second), NOW).await.unwrap_err();
    assert!(matches!(refused, StoreError::Moved { state: State::Posted, .. }));
    assert_eq!(bench.state(&first).await, State::Ready);
    let one = Decision { withdraw: vec![first.id.clone()], ..second };
    bench.decide(&[one]).await;
    assert_eq!(bench.state(&first).await, State::Withdrawn);
    assert_eq!(bench.due(Kind::Invoice).await, vec![invoice(&bench.book, "1", 2).id]);
    let unknown = Decision { withdraw: vec![invoice(&bench.book, "9", 1).id], ..nothing("1") };
    let refused = bench.store.decide(&bench.lease, &[unknown], NOW).await.unwrap_err();
    assert_eq!(refused.code(), "unknown_intent");
}

pub(crate) async fn a_held_intent_waits_for_a_person(bench: Bench) {
    let held = Intent { hold: Some("approval".to_owned()), ..contact(&bench.book) };
    bench.decide(&[Decision { intents: vec![held.clone()], ..nothing("1") }]).await;
    assert!(bench.due(Kind::Contact).await.is_empty());
    let waiting = bench.store.held(&bench.book).await.unwrap();
    assert_eq!(waiting[0].progress.reason.as_ref().unwrap().code, "approval");
    let refused = bench.store.act(&held.id, Event::Claimed, "ann", NOW).await.unwrap_err();
    assert_eq!(refused.code(), "intent_moved");
    bench.store.act(&held.id, Event::Released, "ann", NOW).await.unwrap();
    assert_eq!(bench.due(Kind::Contact).await, vec![held.id.clone()]);
    bench.store.act(&held.id, Event::Withdrawn, "ann", NOW).await.unwrap();
    assert!(bench.due(Kind::Contact).await.is_empty());
    let again = bench.store.act(&held.id, Event::Withdrawn, "ann", NOW).await.unwrap_err();
    assert!(matches!(again, StoreError::Moved { state: State::Withdrawn, .. }));
    let unknown = invoice(&bench.book, "9", 1).id;
    let refused = bench.store.act(&unknown, Event::Released, "ann", NOW).await.unwrap_err();
    assert_eq!(refused.code(), "unknown_intent");
}

pub(crate) async fn many_subjects_are_read_at_once(bench: Bench) {
    let names: Vec<String> = (0..250).map(|number| format!("{number:03}")).collect();
    let facts: Vec<_> = names.iter().map(|name| order_fact(name, 1)).collect();
    bench.pull(&facts).await;
    let decisions: Vec<_> = names.iter().map(|name| sale(&bench.book, name)).collect();
    bench.decide(&decisions).await;
    let mut asked: Vec<Subject> = names.iter().rev().map(|name| Subject::order(name)).collect();
    asked.push(Subject::order("unknown"));
    asked.extend([Subject::order("249"), Subject::order("249")]);
    let rows = bench.store.subjects(&bench.book, &asked).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.subject.clone()).collect::<Vec<_>>(), asked);
    assert_eq!([&rows[251], &rows[252]], [&rows[0], &rows[0]]);
    assert!(rows[..250].iter().all(|row| (row.facts.len(), row.decided.len()) == (1, 2)));
    assert!(rows[250].facts.is_empty() && rows[250].decided_under.is_none());
}

pub(crate) async fn waiting_for_what_has_settled_already_is_no_waiting(bench: Bench) {
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1")]).await;
    let send = send_of(&[&contact], 1);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    // The contact that the invoice needs is on the wire: waiting makes sense.
    bench.decide(&[Decision { wait: true, ..nothing("1") }]).await;
    assert!(bench.due_subjects().await.is_empty());
    assert!(bench.store.subject(&bench.book, &Subject::order("1")).await.unwrap().waits);
    let busy = ended(&contact, Outcome::Busy(later(2)));
    let answer = crate::fixtures::answered(429);
    bench.store.end_send(&bench.lease, &send.id, &[busy], answer).await.unwrap();
    assert_eq!(bench.due_subjects().await, vec![Subject::order("1")]);
    // It has settled: whoever still says that it waits has read too early.
    bench.decide(&[Decision { wait: true, ..nothing("1") }]).await;
    assert_eq!(bench.due_subjects().await, vec![Subject::order("1")]);
    bench.decide(&[nothing("1")]).await;
    assert!(bench.due_subjects().await.is_empty());
}
