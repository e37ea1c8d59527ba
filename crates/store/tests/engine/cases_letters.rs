//! Dead letters: what waits for a person, what the person did, and what went over the wire.

use base::{Subject, Timestamp};
use facts::Body as FactBody;
use intents::outbox::TRIES_SPENT_CODE;
use intents::{Event, Kind, Outcome, Policies, Reason, Sighting, State};
use store::{Attempt, Decision, Exchange, Letter, Limits, Said, What};

use crate::fixtures::{
    Bench, NOW, answered, contact, ended, fact_of, invoice, later, nothing, payment, sale, send_of,
    settled,
};

const CLEARING: &str = "payment:1:clearing";

fn said(at: Timestamp) -> Said<'static> {
    Said { who: "ann", reason: "the account is mended", at }
}

fn refused() -> Outcome {
    Outcome::Refused(Reason::new("account_invalid", "Account must be valid."))
}

async fn letters(bench: &Bench) -> Vec<Letter> {
    bench.store.letters(&bench.book).await.unwrap()
}

/// Orders whose invoices were refused, and one that was not.
async fn refused_orders(bench: &Bench, orders: &[&str]) {
    let sales: Vec<Decision> = orders.iter().map(|order| sale(&bench.book, order)).collect();
    let facts: Vec<_> = orders.iter().map(|order| crate::fixtures::order_fact(order, 1)).collect();
    bench.pull(&facts).await;
    bench.decide(&sales).await;
    bench.post(&[&contact(&bench.book)]).await;
    for order in orders {
        bench.deliver(&[&invoice(&bench.book, order, 1)], |_| refused()).await;
    }
}

pub(crate) async fn what_was_refused_is_a_letter_and_what_needs_it_waits(bench: Bench) {
    refused_orders(&bench, &["1", "2"]).await;
    let all = letters(&bench).await;
    assert_eq!(all.len(), 2);
    let first = &all[0];
    assert_eq!(first.subject, Subject::order("1"));
    assert_eq!(first.reason.code, "account_invalid");
    assert_eq!(first.since, later(1));
    assert!(matches!(&first.what, What::Intent { kind: Kind::Invoice, state: State::Dead, .. }));
    assert!(bench.due(Kind::Payment).await.is_empty());
    // What does not need it goes on.
    bench.decide(&[sale(&bench.book, "3")]).await;
    assert_eq!(bench.due(Kind::Invoice).await, vec![invoice(&bench.book, "3", 1).id]);
}

pub(crate) async fn a_replayed_letter_is_decided_again_before_it_is_sent(bench: Bench) {
    refused_orders(&bench, &["1", "2"]).await;
    let all = letters(&bench).await;
    let replayed = bench.store.replay_letters(&bench.book, &all, said(later(1))).await.unwrap();
    assert_eq!((replayed.letters, replayed.again, replayed.subjects), (2, 2, 2));
    assert!(letters(&bench).await.is_empty());
    assert!(bench.due(Kind::Invoice).await.is_empty());
    assert_eq!(bench.due_subjects().await, vec![Subject::order("1"), Subject::order("2")]);
    let mark = bench.store.cursor(&bench.book, store::REPLAYED).await.unwrap();
    assert_eq!(mark, Some(later(1).0.to_string()));
    // Twice is once.
    let again = bench.store.replay_letters(&bench.book, &all, said(later(6))).await.unwrap();
    assert_eq!((again.letters, again.again), (0, 0));
    // The rules say the same of the first, and something else of the second.
    let (first, second) = (invoice(&bench.book, "1", 1), invoice(&bench.book, "2", 1));
    let newer = invoice(&bench.book, "2", 2);
    let same = Decision { release: vec![first.id.clone()], ..nothing("1") };
    let other = Decision {
        intents: vec![newer.clone()],
        withdraw: vec![second.id.clone()],
        ..nothing("2")
    };
    bench.decide(&[same, other]).await;
    assert_eq!(bench.state(&first).await, State::Ready);
    assert_eq!(bench.state(&second).await, State::Withdrawn);
    let due = bench.due(Kind::Invoice).await;
    assert!(due.len() == 2 && due.contains(&first.id) && due.contains(&newer.id), "{due:?}");
    let story = bench.store.explain(&bench.book, &Subject::order("1")).await.unwrap();
    let told: Vec<(&str, &str)> = story
        .attempts
        .iter()
        .filter(|row| row.intent == first.id)
        .map(|row| (row.outcome.as_str(), row.by.as_str()))
        .collect();
    assert!(told.contains(&("reconsidered", "ann")) && told.contains(&("released", "map")));
}

pub(crate) async fn what_no_rules_decide_again_goes_out_and_what_waits_is_decided(bench: Bench) {
    bench.pull(&[crate::fixtures::order_fact("1", 1)]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    let (contact, invoice) = (contact(&bench.book), invoice(&bench.book, "1", 1));
    bench.deliver(&[&contact], |_| refused()).await;
    let all = letters(&bench).await;
    let replayed = bench.store.replay_letters(&bench.book, &all, said(NOW)).await.unwrap();
    // The invoice, and not its payment, needs the contact.
    assert_eq!((replayed.as_they_are, replayed.again), (1, 1));
    assert_eq!(bench.due(Kind::Contact).await, vec![contact.id.clone()]);
    assert_eq!(bench.state(&invoice).await, State::Held);
    assert_eq!(bench.state(&payment(&bench.book, "1", CLEARING)).await, State::Ready);
    assert_eq!(bench.due_subjects().await, vec![Subject::order("1")]);
}

pub(crate) async fn what_is_ignored_stays_so_until_it_is_replayed_or_differs(bench: Bench) {
    refused_orders(&bench, &["1"]).await;
    let all = letters(&bench).await;
    let aside = Said { who: "ann", reason: "booked by hand", at: later(5) };
    bench.store.ignore_letters(&bench.book, &all, aside).await.unwrap();
    let ignored = letters(&bench).await.remove(0).ignored.unwrap();
    assert_eq!((ignored.who.as_str(), ignored.reason.as_str()), ("ann", "booked by hand"));
    assert_eq!(bench.store.ignored(&bench.book).await.unwrap().len(), 1);
    bench.store.replay_letters(&bench.book, &all, said(later(6))).await.unwrap();
    assert!(bench.store.ignored(&bench.book).await.unwrap().is_empty());
    let acts = bench.store.letter_acts(&bench.book, &all[0].id).await.unwrap();
    let told: Vec<&str> = acts.iter().map(|act| act.act.as_str()).collect();
    assert_eq!(told, ["ignored", "replayed"]);
    // Another reason is another letter.
    bench.store.ignore_letters(&bench.book, &all, aside).await.unwrap();
    let first = invoice(&bench.book, "1", 1);
    bench.decide(&[Decision { release: vec![first.id.clone()], ..nothing("1") }]).await;
    let period = || Outcome::Refused(Reason::new("period_locked", "lock date"));
    let send = send_of(&[&first], 2);
    bench.store.begin_send(&bench.lease, &send, NOW).await.unwrap();
    let ended = [ended(&first, period())];
    bench.store.end_send(&bench.lease, &send.id, &ended, answered(400)).await.unwrap();
    assert_eq!(letters(&bench).await[0].ignored, None);
}

pub(crate) async fn what_was_stopped_or_unreadable_is_a_letter(bench: Bench) {
    let body = || FactBody::Unreadable { reason: "grandTotal: 12.005".to_owned() };
    let mut payout = fact_of("1", 1, body());
    payout.subject = Subject::settlement("77");
    payout.id = base::FactId::derive(&["payout"]);
    bench.pull(&[fact_of("1", 1, body()), payout]).await;
    let stop = Some(Reason::new("unreadable_order", "grandTotal: 12.005"));
    bench.decide(&[Decision { stop, ..nothing("1") }]).await;
    let all = letters(&bench).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].what, What::Subject);
    assert_eq!(all[0].reason.code, "unreadable_order");
    assert!(matches!(&all[1].what, What::Unread { raw_hash } if !raw_hash.is_empty()));
    assert_eq!(all[1].reason, Reason::new("unreadable_document", "grandTotal: 12.005"));
    let replayed = bench.store.replay_letters(&bench.book, &all, said(later(5))).await.unwrap();
    assert_eq!((replayed.letters, replayed.subjects), (2, 2));
    assert!(bench.due_subjects().await.contains(&Subject::order("1")));
}

pub(crate) async fn tries_that_are_spent_end_in_a_letter(bench: Bench) {
    let mut retry = Policies::DEFAULT;
    retry.unclear.attempts_max = Some(2);
    let limits = Limits { retry, ..Limits::default() };
    let bench = Bench { store: bench.store.clone().with_limits(limits), ..bench };
    let contact = contact(&bench.book);
    bench.decide(&[sale(&bench.book, "1")]).await;
    let mut at = NOW;
    for generation in 1..=2 {
        let send = send_of(&[&contact], generation);
        bench.store.begin_send(&bench.lease, &send, at).await.unwrap();
        at = at.after_ms(Timestamp::SECOND);
        let lost = ended(&contact, Outcome::Lost(Reason::new("timeout", "no answer")));
        let none = Attempt { at, status: None, ..answered(0) };
        bench.store.end_send(&bench.lease, &send.id, &[lost], none).await.unwrap();
        let absent = Event::Seen { sighting: Sighting::Absent, may_resend: false };
        let looked = Attempt { at, ..answered(200) };
        let seen = settled(&contact, absent);
        bench.store.end_send(&bench.lease, &send.id, &[seen], looked).await.unwrap();
    }
    assert_eq!(bench.state(&contact).await, State::Dead);
    let letter = letters(&bench).await.remove(0);
    assert_eq!(letter.reason.code, TRIES_SPENT_CODE);
    assert_eq!(TRIES_SPENT_CODE, "tries_spent");
}

fn exchange(at: Timestamp) -> Exchange {
    Exchange {
        at,
        code: "timeout".to_owned(),
        request: format!("PUT /Invoices at {at}"),
        request_headers: vec![("idempotency-key".to_owned(), "k".to_owned())],
        request_body: "{}".to_owned(),
        status: None,
        reply_headers: Vec::new(),
        reply_body: "no answer".to_owned(),
    }
}

pub(crate) async fn exchanges_are_kept_for_a_while(bench: Bench) {
    let send = send_of(&[&contact(&bench.book)], 1);
    for second in [1, 2] {
        let one = exchange(later(second));
        bench.store.keep_exchange(&bench.lease, Some(&send.id), &one).await.unwrap();
        // The same again is the same.
        bench.store.keep_exchange(&bench.lease, Some(&send.id), &one).await.unwrap();
    }
    let kept = bench.store.exchanges(&send.id).await.unwrap();
    assert_eq!(kept, [exchange(later(1)), exchange(later(2))]);
    // Of reads only the newest twenty stay.
    for second in 0..30 {
        bench.store.keep_exchange(&bench.lease, None, &exchange(later(second))).await.unwrap();
    }
    let reads = bench.store.read_exchanges(&bench.lease.lane).await.unwrap();
    assert_eq!((reads.len(), reads[0].at), (20, later(29)));
    let old = bench.store.purge_exchanges(later(90 * 86_400 + 2)).await.unwrap();
    assert_eq!(old, 1);
    assert_eq!(bench.store.exchanges(&send.id).await.unwrap(), [exchange(later(2))]);
    assert_eq!(bench.store.limits().exchanges_ms, 90 * Timestamp::DAY);
}
