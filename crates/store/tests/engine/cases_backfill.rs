//! What is urgent goes first; a stretch of the past that is wanted.

use intents::{Kind, Priority};
use store::{Backfill, BackfillState, Decision};

use crate::fixtures::{Bench, NOW, contact, invoice, later, sale};

pub(crate) async fn the_urgent_goes_first_and_what_it_shares_goes_with_it(bench: Bench) {
    let (store, book) = (&bench.store, &bench.book);
    assert_eq!(store.most_urgent(book, later(1)).await.unwrap(), None);
    let old = Decision { priority: Priority::Backfill, ..sale(book, "1") };
    bench.decide(&[old]).await;
    assert_eq!(store.most_urgent(book, NOW).await.unwrap(), Some(Priority::Backfill));
    let of = |kind, priority| store.has_due(book, (kind, priority), NOW);
    assert!(!of(Kind::Contact, Priority::Live).await.unwrap());
    let sooner = store.next_intent_due(book, Some(Priority::Backfill)).await.unwrap();
    assert_eq!(sooner, None);

    bench.decide(&[sale(book, "2")]).await;
    assert_eq!(store.most_urgent(book, NOW).await.unwrap(), Some(Priority::Live));
    assert!(of(Kind::Contact, Priority::Live).await.unwrap());
    assert!(!of(Kind::Contact, Priority::Backfill).await.unwrap());
    bench.post(&[&contact(book)]).await;
    let in_order = vec![invoice(book, "2", 1).id, invoice(book, "1", 1).id];
    assert_eq!(bench.due(Kind::Invoice).await, in_order);
    assert!(of(Kind::Invoice, Priority::Backfill).await.unwrap());
    assert_eq!(store.waiting(book, Priority::Backfill).await.unwrap(), 2);
    assert!(!of(Kind::Payment, Priority::Live).await.unwrap());
    let sooner = store.next_intent_due(book, Some(Priority::Backfill)).await.unwrap();
    assert_eq!(sooner, Some(NOW));
}

pub(crate) async fn in_one_batch_the_most_urgent_counts(bench: Bench) {
    let old = Decision { priority: Priority::Backfill, ..sale(&bench.book, "1") };
    bench.decide(&[old, sale(&bench.book, "2")]).await;
    let of = bench.store.has_due(&bench.book, (Kind::Contact, Priority::Live), NOW).await;
    assert!(of.unwrap());
}

pub(crate) async fn a_stretch_of_the_past_is_wanted_once_for_a_book(bench: Bench) {
    assert_eq!(bench.store.backfill(&bench.book).await.unwrap(), None);
    let wanted = Backfill {
        book: bench.book.clone(),
        since: later(-9_000),
        until: NOW,
        state: BackfillState::Running,
        who: "anna".to_owned(),
        asked: later(1),
        forecast: "{}".to_owned(),
    };
    bench.store.put_backfill(&wanted).await.unwrap();
    let paused = Backfill { state: BackfillState::Paused, who: "ben".to_owned(), ..wanted };
    bench.store.put_backfill(&paused).await.unwrap();
    assert_eq!(bench.store.backfill(&bench.book).await.unwrap(), Some(paused.clone()));
    assert_eq!(bench.store.backfills().await.unwrap(), vec![paused]);
}
