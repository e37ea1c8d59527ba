//! Opening, books, rules, connections, secrets, tokens, calls and alarms.

use base::{Secret, Timestamp};
use store::{Alarm, Connection, Store, StoreError, Tokens, Vault};

use crate::fixtures::{Bench, NOW, later, vault};

const KEY: &str = "xero|client|user";

fn tokens(word: &str, refreshed: Timestamp) -> Tokens {
    Tokens {
        access: Some(Secret::new(format!("access {word}"))),
        access_expires: refreshed.after_ms(1_800_000),
        refresh: Some(Secret::new(format!("refresh {word}"))),
        refreshed,
    }
}

pub(crate) async fn the_database_says_how_it_is(bench: Bench) {
    let health = bench.store.check().await.unwrap();
    assert!(health.writable);
    assert_eq!(health.migration, health.migration_known);
    if bench.url.starts_with("sqlite:") {
        assert_eq!(health.engine, "sqlite");
        assert_eq!((health.journal_mode.as_str(), health.synchronous.as_str()), ("wal", "full"));
    } else {
        assert_eq!((health.engine, health.synchronous.as_str()), ("postgresql", "on"));
    }
    assert!(health.version.contains("SQL"));
}

pub(crate) async fn the_database_says_how_it_is_reached_and_what_time_it_is(bench: Bench) {
    let is_file = bench.url.starts_with("sqlite");
    let link = bench.store.link().await.unwrap();
    // A server of one's own, named in DAYBOOK_TEST_POSTGRES, may be elsewhere.
    assert!(!is_file || link == store::Link::Local, "{link:?}");
    let time = bench.store.database_time().await.unwrap();
    assert_eq!(time.is_none(), is_file);
    assert!(time.is_none_or(|time| time.iso().as_str() > "2026"));
}

pub(crate) async fn a_second_opening_finds_what_was_written(bench: Bench) {
    bench.store.close().await;
    assert!(bench.store.books().await.is_err());
    let again = Store::open(&bench.url, vault()).await.unwrap();
    assert_eq!(again.books().await.unwrap().len(), 1);
}

pub(crate) async fn another_master_key_is_refused(bench: Bench) {
    let other = Vault::new(Secret::new("another key"));
    let error = Store::open(&bench.url, other).await.err().unwrap();
    assert!(matches!(error, StoreError::WrongMasterKey));
    assert_eq!(error.code(), "wrong_master_key");
}

pub(crate) async fn a_book_can_be_changed(bench: Bench) {
    let mut book = bench.store.book(&bench.book).await.unwrap().unwrap();
    book.settings = r#"{"mode":"draft"}"#.to_owned();
    bench.store.put_book(&book).await.unwrap();
    assert_eq!(bench.store.books().await.unwrap(), vec![book]);
    let unknown = intents::BookId::derive(&["nobody"]);
    assert_eq!(bench.store.book(&unknown).await.unwrap(), None);
}

pub(crate) async fn publishing_the_same_rules_changes_nothing(bench: Bench) {
    assert_eq!(bench.store.rules(&bench.book).await.unwrap(), None);
    let first = bench.store.publish_rules(&bench.book, "one", NOW).await.unwrap();
    let same = bench.store.publish_rules(&bench.book, "one", later(1)).await.unwrap();
    assert_eq!((first.version, &same), (1, &first));
    let second = bench.store.publish_rules(&bench.book, "two", later(2)).await.unwrap();
    assert_eq!((second.version, second.body.as_str()), (2, "two"));
    assert_eq!(bench.store.rules(&bench.book).await.unwrap(), Some(second));
    let back = bench.store.publish_rules(&bench.book, "one", later(3)).await.unwrap();
    assert_eq!((back.version, &back.hash), (3, &first.hash));
    assert_eq!(bench.store.rules_hash(&bench.book).await.unwrap(), Some(back.hash));
    let found = bench.store.rules_by_hash(&bench.book, &first.hash).await.unwrap().unwrap();
    assert_eq!((found.version, found.body.as_str()), (3, "one"));
    assert_eq!(bench.store.rules_by_hash(&bench.book, "none").await.unwrap(), None);
}

pub(crate) async fn a_connection_keeps_its_state(bench: Bench) {
    let mut connection = Connection {
        id: "xero-1".to_owned(),
        book: bench.book.clone(),
        vendor: "xero".to_owned(),
        label: "Org".to_owned(),
        details: "{}".to_owned(),
        state: "ok".to_owned(),
        state_detail: String::new(),
    };
    bench.store.put_connection(&connection).await.unwrap();
    bench.store.set_connection_state("xero-1", "expired", "sign in again").await.unwrap();
    connection.state = "expired".to_owned();
    connection.state_detail = "sign in again".to_owned();
    assert_eq!(bench.store.connections(&bench.book).await.unwrap(), vec![connection]);
    let refused = bench.store.set_connection_state("xero-2", "ok", "").await.unwrap_err();
    assert_eq!(refused.code(), "unknown_connection");
}

pub(crate) async fn secrets_are_kept_and_not_in_clear(bench: Bench) {
    assert!(bench.store.secret("xero_client").await.unwrap().is_none());
    bench.store.put_secret("xero_client", &Secret::new("first")).await.unwrap();
    let secret = Secret::new("very-secret-words");
    bench.store.put_secret("xero_client", &secret).await.unwrap();
    assert_eq!(bench.store.secret("xero_client").await.unwrap(), Some(secret));
    if let Some(path) = bench.url.strip_prefix("sqlite:") {
        bench.store.close().await;
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(17).any(|part| part == b"very-secret-words"));
    }
}

pub(crate) async fn tokens_are_refreshed_by_one_at_a_time(bench: Bench) {
    let store = &bench.store;
    assert_eq!(store.tokens(KEY).await.unwrap(), None);
    assert_eq!(store.claim_token(KEY, NOW, 1000).await.unwrap(), None);
    store.put_tokens(KEY, &tokens("one", NOW)).await.unwrap();
    let lease = store.claim_token(KEY, NOW, 1000).await.unwrap().unwrap();
    assert_eq!(store.claim_token(KEY, NOW, 1000).await.unwrap(), None);
    store.release_token(&lease).await.unwrap();
    let second = store.claim_token(KEY, NOW, 1000).await.unwrap().unwrap();
    assert!(second.fence > lease.fence);
    // The second one's lease runs out; a third claims, and the second comes too late.
    let third = store.claim_token(KEY, NOW.after_ms(1000), 1000).await.unwrap().unwrap();
    let late = store.settle_token(&second, &tokens("late", NOW), NOW).await.unwrap_err();
    assert!(matches!(late, StoreError::FenceLost { .. }));
    store.settle_token(&third, &tokens("three", later(5)), later(5)).await.unwrap();
    assert_eq!(store.tokens(KEY).await.unwrap(), Some(tokens("three", later(5))));
    let again = store.settle_token(&third, &tokens("again", NOW), NOW).await.unwrap_err();
    assert_eq!(again.code(), "fence_lost");
}

pub(crate) async fn a_refresh_keeps_the_token_before(bench: Bench) {
    let store = &bench.store;
    store.put_tokens(KEY, &tokens("one", NOW)).await.unwrap();
    assert_eq!(store.previous_tokens(KEY).await.unwrap(), None);
    let lease = store.claim_token(KEY, NOW, 1000).await.unwrap().unwrap();
    store.settle_token(&lease, &tokens("two", later(9)), later(9)).await.unwrap();
    let before = store.previous_tokens(KEY).await.unwrap().unwrap();
    assert_eq!(before.refresh, Some(Secret::new("refresh one")));
    assert_eq!(before.refreshed, NOW);
    // A refresh that gives no new refresh token keeps the one it used.
    let lease = store.claim_token(KEY, later(9), 1000).await.unwrap().unwrap();
    let without = Tokens { refresh: None, ..tokens("three", later(10)) };
    store.settle_token(&lease, &without, later(10)).await.unwrap();
    let kept = store.tokens(KEY).await.unwrap().unwrap();
    assert_eq!(kept.refresh, Some(Secret::new("refresh two")));
    assert_eq!(kept.access, Some(Secret::new("access three")));
}

pub(crate) async fn a_fresh_consent_fences_out_a_refresh_under_way(bench: Bench) {
    let store = &bench.store;
    store.put_tokens(KEY, &tokens("one", NOW)).await.unwrap();
    let lease = store.claim_token(KEY, NOW, 1000).await.unwrap().unwrap();
    store.put_tokens(KEY, &tokens("consent", later(1))).await.unwrap();
    assert!(store.settle_token(&lease, &tokens("late", NOW), NOW).await.is_err());
    assert_eq!(store.tokens(KEY).await.unwrap(), Some(tokens("consent", later(1))));
}

pub(crate) async fn calls_are_counted(bench: Bench) {
    bench.store.count_calls("xero", "PUT Invoices", 2).await.unwrap();
    bench.store.count_calls("xero", "PUT Invoices", 3).await.unwrap();
    bench.store.count_calls("amazon", "searchOrders", 1).await.unwrap();
    let calls = bench.store.calls().await.unwrap();
    let told: Vec<(&str, u64)> =
        calls.iter().map(|count| (count.operation.as_str(), count.calls)).collect();
    assert_eq!(told, vec![("searchOrders", 1), ("PUT Invoices", 5)]);
}

pub(crate) async fn an_alarm_is_raised_once(bench: Bench) {
    let alarm = |detail: &str| Alarm {
        code: "double_invoice".to_owned(),
        subject: "order:1".to_owned(),
        detail: detail.to_owned(),
    };
    bench.store.raise_alarm(&bench.book, &alarm("two"), NOW).await.unwrap();
    bench.store.raise_alarm(&bench.book, &alarm("three"), later(1)).await.unwrap();
    let alarms = bench.store.alarms(&bench.book).await.unwrap();
    assert_eq!(alarms.len(), 1);
    assert_eq!((&alarms[0].alarm, alarms[0].times), (&alarm("three"), 2));
    assert_eq!((alarms[0].first, alarms[0].last), (NOW, later(1)));
}
