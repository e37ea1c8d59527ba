//! Settlements with their neighbours, claims, reports, and what an undoing takes away.

use base::{Currency, FactId, Money, Subject, Timestamp};
use intents::{Body, Intent, IntentId, Kind, State, Undo};
use store::{BEGINNING, Claim, Decision, Document, Footed, Pulled, Settlement};

use crate::fixtures::{Bench, NOW, intent_of, invoice, later, nothing, order_fact, sale};

fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

fn settlement(id: &str, day: i64) -> Settlement {
    let starts = NOW.after_ms(day * Timestamp::DAY);
    Settlement {
        settlement_id: id.to_owned(),
        fact: FactId::derive(&["settlement", id]),
        report: "report".to_owned(),
        region: "EU".to_owned(),
        seller_id: "seller".to_owned(),
        series: "seller/EU/Amazon.co.uk/GBP".to_owned(),
        starts,
        ends: starts.after_ms(14 * Timestamp::DAY),
        deposited: Some(starts.after_ms(16 * Timestamp::DAY)),
        rows: 12,
        total: gbp(9804),
        current_reserve: gbp(-2000),
        covered: gbp(10000),
        posted: gbp(-196),
        held: gbp(0),
    }
}

fn claim(settlement_id: &str, order_id: &str, minor: i64) -> Claim {
    Claim {
        settlement_id: settlement_id.to_owned(),
        order_id: order_id.to_owned(),
        item_id: "item".to_owned(),
        component: "goods".to_owned(),
        is_refund: false,
        amount: gbp(minor),
        rows: 2,
    }
}

fn footed(id: &str, day: i64, claims: Vec<Claim>) -> Decision {
    let footed = Footed { settlement: settlement(id, day), claims };
    Decision { subject: Subject::settlement(id), footed: Some(footed), ..nothing("1") }
}

pub(crate) async fn a_settlement_is_kept_with_its_decision(bench: Bench) {
    bench.decide(&[footed("11", 0, Vec::new())]).await;
    let kept = bench.store.settlement(&bench.book, "11").await.unwrap();
    assert_eq!(kept, Some(settlement("11", 0)));
    assert_eq!(bench.store.settlement(&bench.book, "12").await.unwrap(), None);
    assert_eq!(bench.store.settlements(&bench.book).await.unwrap(), vec![settlement("11", 0)]);
}

pub(crate) async fn a_settlement_knows_its_neighbours(bench: Bench) {
    let all = [footed("11", 0, vec![]), footed("12", 14, vec![]), footed("13", 28, vec![])];
    bench.decide(&all).await;
    let (middle, series) = (settlement("12", 14), settlement("12", 14).series);
    let around = bench.store.settlements_around(&bench.book, &series, middle.starts).await;
    let (before, after) = around.unwrap();
    assert_eq!(before.map(|one| one.settlement_id).as_deref(), Some("11"));
    assert_eq!(after.map(|one| one.settlement_id).as_deref(), Some("13"));
    let around = bench.store.settlements_around(&bench.book, "other", middle.starts).await;
    assert_eq!(around.unwrap(), (None, None));
}

pub(crate) async fn claims_are_replaced_with_their_settlement(bench: Bench) {
    let first = vec![claim("11", "a", 500), claim("11", "b", 700)];
    bench.decide(&[footed("11", 0, first), footed("12", 14, vec![claim("12", "a", 100)])]).await;
    let claims = bench.store.claims(&bench.book, &["a"]).await.unwrap();
    assert_eq!(claims, vec![claim("11", "a", 500), claim("12", "a", 100)]);
    bench.decide(&[footed("11", 0, vec![claim("11", "b", 700)])]).await;
    let own = bench.store.claims_of(&bench.book, "11").await.unwrap();
    assert_eq!(own, vec![claim("11", "b", 700)]);
    let claims = bench.store.claims(&bench.book, &["a", "b"]).await.unwrap();
    assert_eq!(claims, vec![claim("12", "a", 100), claim("11", "b", 700)]);
}

pub(crate) async fn a_book_begins_with_one_list_of_what_it_carries(bench: Bench) {
    bench.decide(&[footed("11", 0, vec![claim("11", "a", 500)])]).await;
    let of = |order: &str, minor| claim(BEGINNING, order, minor);
    for carried in [vec![of("a", 300), of("b", 200)], vec![of("a", 310)]] {
        bench.store.begin_book(&bench.lease, &carried).await.unwrap();
        let listed = bench.store.claims_of(&bench.book, BEGINNING).await.unwrap();
        assert_eq!(listed, carried);
    }
    let claims = bench.store.claims(&bench.book, &["a"]).await.unwrap();
    assert_eq!(claims, vec![claim("11", "a", 500), of("a", 310)]);
}

pub(crate) async fn a_report_is_fetched_once(bench: Bench) {
    let reports = vec![("r1".to_owned(), "hash".to_owned())];
    let pulled = Pulled { reports, ..Pulled::default() };
    bench.store.record(&bench.lease, &pulled, NOW).await.unwrap();
    bench.store.record(&bench.lease, &pulled, NOW).await.unwrap();
    let fetched = bench.store.fetched_reports(&bench.book, &["r1", "r2"]).await.unwrap();
    assert_eq!(fetched.into_iter().collect::<Vec<_>>(), vec!["r1"]);
}

pub(crate) async fn a_subject_can_be_woken(bench: Bench) {
    let fact = order_fact("1", 1);
    bench.pull(std::slice::from_ref(&fact)).await;
    bench.decide(&[Decision { saw: vec![fact.id], ..nothing("1") }]).await;
    assert!(bench.due_subjects().await.is_empty());
    let subject = Subject::order("1");
    let woken = bench.store.wake_subjects(&bench.lease, std::slice::from_ref(&subject), NOW).await;
    woken.unwrap();
    assert_eq!(bench.due_subjects().await, vec![subject]);
}

pub(crate) async fn facts_of_a_source_are_read_by_time(bench: Bench) {
    let facts = [order_fact("1", 1), order_fact("2", 5)];
    bench.pull(&facts).await;
    let source = facts[0].source.clone();
    let read = bench.store.facts_of_source(&bench.book, &source, Timestamp(0), later(3)).await;
    assert_eq!(read.unwrap(), vec![facts[0].clone()]);
    let none = bench.store.facts_of_source(&bench.book, "other", Timestamp(0), later(9)).await;
    assert!(none.unwrap().is_empty());
}

pub(crate) async fn what_was_written_is_archived_with_its_fact(bench: Bench) {
    let bytes = b"proof".to_vec();
    let hash = base::id::content_hash(&bytes);
    let document = Document { hash: hash.clone(), kind: "daybook.proof".to_owned(), bytes };
    let fact = order_fact("1", 1);
    let record = || bench.store.record_written(&bench.lease, &document, &fact, NOW);
    assert!(record().await.unwrap());
    assert!(!record().await.unwrap());
    assert_eq!(bench.store.document(&hash).await.unwrap(), Some(document.bytes.clone()));
}

/// What was undone stands no more: its intent is reversed, its remote id is free of it, and what
/// needed it is due no more.
pub(crate) async fn an_undoing_takes_away_what_it_undoes(bench: Bench) {
    bench.pull(&[order_fact("1", 1)]).await;
    bench.decide(&[sale(&bench.book, "1")]).await;
    let made = invoice(&bench.book, "1", 1);
    bench.post(&[&made]).await;
    let body = Body::Undo(Undo {
        of: made.id.clone(),
        of_kind: Kind::Invoice,
        label: "AMZ-1".to_owned(),
        on: None,
    });
    let undo = intent_of(&bench.book, Subject::order("1"), "undo:invoice:1", 1, body);
    let undo = Intent { needs: vec![made.id.clone()], supersedes: Some(made.id.clone()), ..undo };
    bench.decide(&[Decision { intents: vec![undo.clone()], ..nothing("1") }]).await;
    assert_eq!(bench.due(Kind::Undo).await, vec![undo.id.clone()]);
    bench.post(&[&undo]).await;
    assert_eq!(bench.state(&made).await, State::Reversed);
    assert_eq!(bench.due(Kind::Payment).await, Vec::<IntentId>::new());
}
