//! What people read: stories, lists, counts, latencies.

use base::Subject;
use intents::{Event, Kind, Outcome, Reason, State};
use store::Decision;

use crate::fixtures::{
    Bench, NOW, RULES, contact, invoice, later, nothing, order_fact, payment, sale,
};

pub(crate) async fn a_story_tells_everything(bench: Bench) {
    let first = invoice(&bench.book, "1", 1);
    bench.pull(&[order_fact("1", 1)]).await;
    let stop = Some(Reason::new("account_missing", "no account"));
    let saw = vec![order_fact("1", 1).id];
    bench.decide(&[Decision { stop: stop.clone(), saw, ..nothing("1") }]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    bench.post(&[&contact(&bench.book)]).await;
    let refused = Reason::new("validation", "the account is archived");
    bench.deliver(&[&first], |_| Outcome::Refused(refused.clone())).await;
    bench.store.act(&first.id, Event::Released, "ann", later(2)).await.unwrap();
    let story = bench.store.explain(&bench.book, &Subject::order("1")).await.unwrap();
    assert_eq!((story.facts.len(), story.stale.len()), (1, 0));
    let stops: Vec<_> = story.decisions.iter().map(|row| row.stop.clone()).collect();
    assert_eq!(stops, vec![stop, None]);
    assert_eq!(story.decisions[1].rule_hash, RULES);
    assert_eq!((story.decisions[1].at, story.decisions[1].saw.len()), (NOW, 1));
    let kinds: Vec<Kind> = story.intents.iter().map(|decided| decided.intent.kind()).collect();
    assert_eq!(kinds, vec![Kind::Contact, Kind::Invoice, Kind::Payment]);
    let tried: Vec<(&str, Option<u16>, &str)> = story
        .attempts
        .iter()
        .filter(|row| row.intent == first.id)
        .map(|row| (row.outcome.as_str(), row.status, row.detail.as_str()))
        .collect();
    let expected =
        [("refused", Some(200), "the account is archived"), ("released", None, "")].to_vec();
    assert_eq!(tried, expected);
    assert_eq!(story.attempts.last().map(|row| row.by.as_str()), Some("ann"));
    let nobody = bench.store.explain(&bench.book, &Subject::order("9")).await.unwrap();
    assert!(nobody.facts.is_empty() && nobody.intents.is_empty() && nobody.attempts.is_empty());
}

pub(crate) async fn lists_and_counts_add_up(bench: Bench) {
    let first = invoice(&bench.book, "1", 1);
    bench.pull(&[order_fact("1", 1), order_fact("2", 1), order_fact("3", 1)]).await;
    let stop = Reason::new("missing_sku", "item 1");
    let note = Reason::new("pending", "not paid yet");
    bench
        .decide(&[
            sale(&bench.book, "1"),
            Decision { stop: Some(stop.clone()), ..nothing("2") },
            Decision { note: Some(note.clone()), ..nothing("3") },
        ])
        .await;
    bench.post(&[&contact(&bench.book)]).await;
    bench.deliver(&[&first], |_| Outcome::Refused(stop.clone())).await;
    let store = &bench.store;
    assert_eq!(store.stopped(&bench.book).await.unwrap(), vec![(Subject::order("2"), stop)]);
    assert_eq!(store.noted(&bench.book).await.unwrap(), vec![(Subject::order("3"), note)]);
    let dead = store.dead(&bench.book).await.unwrap();
    assert_eq!((dead.len(), &dead[0].intent), (1, &first));
    assert!(store.held(&bench.book).await.unwrap().is_empty());
    let counts = store.counts(&bench.book).await.unwrap();
    let expected = [
        ((Kind::Contact, State::Posted), 1),
        ((Kind::Invoice, State::Dead), 1),
        ((Kind::Payment, State::Ready), 1),
    ];
    assert_eq!(counts, expected.into());
    assert_eq!(store.orders(&bench.book).await.unwrap(), 3);
}

pub(crate) async fn latencies_run_from_the_fact_to_the_receipt(bench: Bench) {
    bench.pull(&[order_fact("1", -5), order_fact("1", -3)]).await;
    let saw = vec![order_fact("1", -5).id, order_fact("1", -3).id];
    bench.decide(&[Decision { saw, ..sale(&bench.book, "1") }]).await;
    bench.post(&[&contact(&bench.book)]).await;
    bench.post(&[&invoice(&bench.book, "1", 1)]).await;
    bench.post(&[&payment(&bench.book, "1", "payment:1:clearing")]).await;
    let latencies = bench.store.latencies(&bench.book).await.unwrap();
    assert_eq!(latencies, vec![(later(-3), later(1))]);
}
