//! Facts, raw bytes, cursors and charts.

use base::{Currency, FactId};
use facts::chart::Organisation;
use facts::{Act, Approval, Body, Chart};
use intents::BookId;
use store::{Book, Decision, Document, Pulled};

use crate::fixtures::{Bench, LEASE_MS, NOW, fact_of, later, nothing, order_fact};

pub(crate) async fn pulling_twice_is_pulling_once(bench: Bench) {
    let facts = [order_fact("1", 1), order_fact("2", 1)];
    assert_eq!(bench.pull(&facts).await, 2);
    assert_eq!(bench.pull(&facts).await, 0);
    // Twice in one pull, and one that is new.
    let more = [order_fact("1", 1), order_fact("3", 1), order_fact("3", 1)];
    assert_eq!(bench.pull(&more).await, 1);
    let row = bench.store.subject(&bench.book, &facts[0].subject).await.unwrap();
    assert_eq!(row.facts, vec![facts[0].clone()]);
    assert_eq!(bench.store.orders(&bench.book).await.unwrap(), 3);
}

pub(crate) async fn an_older_state_of_an_order_is_kept_as_stale(bench: Bench) {
    let (first, newest, third) = (order_fact("1", 1), order_fact("1", 9), order_fact("1", 10));
    let mut twin = order_fact("1", 9);
    twin.id = FactId::derive(&["the same time, another content"]);
    assert_eq!(bench.pull(std::slice::from_ref(&newest)).await, 1);
    // Another snapshot of the same moment is new: no moment belongs to one change alone.
    assert_eq!(bench.pull(&[first.clone(), twin.clone()]).await, 1);
    // Stale ones are known as well: they come in once.
    assert_eq!(bench.pull(&[first.clone(), third.clone()]).await, 1);
    let row = bench.store.subject(&bench.book, &first.subject).await.unwrap();
    assert_eq!(row.facts, vec![newest.clone(), twin, third.clone()]);
    let story = bench.store.explain(&bench.book, &first.subject).await.unwrap();
    assert_eq!(story.facts.len(), 4);
    assert_eq!(story.stale, [first.id].into());
}

pub(crate) async fn what_a_person_says_is_never_stale(bench: Bench) {
    let approval = Approval { who: "ann".to_owned(), act: Act::TaxIsRight };
    let said = fact_of("1", 5, Body::Approval(approval));
    bench.pull(&[order_fact("1", 9)]).await;
    assert!(bench.store.record_said(&bench.book, &said, NOW).await.unwrap());
    assert!(!bench.store.record_said(&bench.book, &said, NOW).await.unwrap());
    let row = bench.store.subject(&bench.book, &said.subject).await.unwrap();
    assert_eq!(row.facts, vec![said, order_fact("1", 9)]);
}

pub(crate) async fn an_order_that_could_not_be_read_can_be_read_later(bench: Bench) {
    let unreadable = fact_of("1", 9, Body::Unreadable { reason: "no status".to_owned() });
    assert_eq!(bench.pull(std::slice::from_ref(&unreadable)).await, 1);
    assert_eq!(bench.pull(&[order_fact("1", 9)]).await, 1);
    let row = bench.store.subject(&bench.book, &unreadable.subject).await.unwrap();
    assert_eq!(row.facts, vec![unreadable, order_fact("1", 9)]);
}

pub(crate) async fn raw_bytes_and_cursors_come_back(bench: Bench) {
    let bytes = vec![0_u8, 255, 13, 10, 0];
    let hash = base::id::content_hash(&bytes);
    let document = Document { hash: hash.clone(), kind: "amazon.orders".to_owned(), bytes };
    let pulled = Pulled {
        facts: Vec::new(),
        documents: vec![document.clone(), document.clone()],
        reports: Vec::new(),
        cursor: Some(("orders".to_owned(), "2023-11-14".to_owned())),
    };
    assert_eq!(bench.store.record(&bench.lease, &pulled, NOW).await.unwrap(), 0);
    assert_eq!(bench.store.document(&hash).await.unwrap(), Some(document.bytes));
    assert_eq!(bench.store.document("unknown").await.unwrap(), None);
    let cursor = bench.store.cursor(&bench.book, "orders").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("2023-11-14"));
    bench.store.set_cursor(&bench.lease, "orders", "2023-11-15").await.unwrap();
    let cursor = bench.store.cursor(&bench.book, "orders").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("2023-11-15"));
    assert_eq!(bench.store.cursor(&bench.book, "other").await.unwrap(), None);
}

pub(crate) async fn the_chart_is_kept_whole(bench: Bench) {
    let chart = Chart {
        organisation: Organisation {
            organisation_id: "o".to_owned(),
            name: "Org".to_owned(),
            base_currency: Currency::GBP,
            country: "GB".to_owned(),
            version: "UK".to_owned(),
            class: "STANDARD".to_owned(),
            time_zone: "Europe/London".to_owned(),
            sales_tax_basis: "ACCRUALS".to_owned(),
            pays_tax: true,
            is_demo: false,
            period_lock: None,
            year_end_lock: None,
            short_code: None,
        },
        accounts: Vec::new(),
        tax_rates: Vec::new(),
        tracking: Vec::new(),
        currencies: vec![Currency::GBP],
        items: Vec::new(),
        contacts: Vec::new(),
    };
    assert_eq!(bench.store.chart(&bench.book).await.unwrap(), None);
    bench.store.put_chart(&bench.lease, &chart, NOW).await.unwrap();
    bench.store.put_chart(&bench.lease, &chart, later(1)).await.unwrap();
    assert_eq!(bench.store.chart(&bench.book).await.unwrap(), Some((chart, later(1))));
}

pub(crate) async fn two_books_may_know_the_same_fact(bench: Bench) {
    let other = BookId::derive(&["another org"]);
    let book = Book { id: other.clone(), name: "Other".to_owned(), settings: "{}".to_owned() };
    bench.store.put_book(&book).await.unwrap();
    bench.store.ensure_lane("other", &other, NOW).await.unwrap();
    let claimed = bench.store.claim_lane("other", "node", NOW, LEASE_MS).await.unwrap();
    let pulled = Pulled { facts: vec![order_fact("1", 1)], ..Pulled::default() };
    bench.pull(&pulled.facts).await;
    assert_eq!(bench.store.record(&claimed.unwrap(), &pulled, NOW).await.unwrap(), 1);
    assert_eq!(bench.store.orders(&bench.book).await.unwrap(), 1);
    assert_eq!(bench.store.orders(&other).await.unwrap(), 1);
}

pub(crate) async fn many_facts_come_in_at_once(bench: Bench) {
    let facts: Vec<_> = (0..450).map(|number| order_fact(&format!("{number:03}"), 1)).collect();
    assert_eq!(bench.pull(&facts).await, 450);
    let first = bench.store.subjects_page(&bench.book, None, 400).await.unwrap();
    assert_eq!(first.len(), 400);
    let rest = bench.store.subjects_page(&bench.book, first.last(), 400).await.unwrap();
    assert_eq!(rest.len(), 50);
    assert!(rest.iter().all(|subject| !first.contains(subject)));
}

pub(crate) async fn two_lanes_may_bring_the_same_facts_at_once(bench: Bench) {
    bench.store.ensure_lane("second", &bench.book, NOW).await.unwrap();
    let second = bench.store.claim_lane("second", "node", NOW, LEASE_MS).await.unwrap().unwrap();
    let facts: Vec<_> = (0..300).map(|number| order_fact(&format!("{number:03}"), 1)).collect();
    let mut backwards = facts.clone();
    backwards.reverse();
    let one = Pulled { facts: facts.clone(), ..Pulled::default() };
    let other = Pulled { facts: backwards, ..Pulled::default() };
    let (one, other) = tokio::join!(
        bench.store.record(&bench.lease, &one, NOW),
        bench.store.record(&second, &other, NOW),
    );
    assert_eq!(one.unwrap() + other.unwrap(), 300);
    let decisions: Vec<Decision> = facts
        .iter()
        .map(|fact| {
            let order = fact.subject.order_id().unwrap();
            Decision { saw: vec![fact.id.clone()], ..nothing(order) }
        })
        .collect();
    bench.decide(&decisions).await;
    assert!(bench.due_subjects().await.is_empty());
}

pub(crate) async fn a_fact_of_an_unknown_book_is_refused(bench: Bench) {
    let nobody = BookId::derive(&["nobody"]);
    let refused = bench.store.record_said(&nobody, &order_fact("1", 1), NOW).await.unwrap_err();
    assert_eq!(refused.code(), "unknown_book");
}
