//! What needs one engine alone: what `SQLite` says when it cannot, and that nothing is untested.

use std::path::Path;

use store::{Pulled, Store, StoreError};

use crate::fixtures::{Bench, later, order_fact, vault};
use crate::testing;

/// The words after `pub async fn` in the store's own files.
fn public_functions() -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(source).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in text.split("pub async fn ").skip(1) {
            names.push(part.split(['(', '<']).next().unwrap().to_owned());
        }
    }
    names
}

#[test]
fn every_public_function_is_called_by_this_suite() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine");
    let mut called = String::new();
    for entry in std::fs::read_dir(suite).unwrap() {
        let path = entry.unwrap().path();
        let is_case = path.file_name().unwrap().to_str().unwrap().starts_with("cases_");
        if is_case || path.ends_with("fixtures.rs") {
            called.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let functions = public_functions();
    assert!(functions.len() > 40, "the scan found only {}", functions.len());
    let is_called = |name: &String| {
        called.contains(&format!(".{name}(")) || called.contains(&format!("Store::{name}("))
    };
    let untested: Vec<&String> = functions.iter().filter(|name| !is_called(name)).collect();
    assert!(untested.is_empty(), "not called on both engines: {untested:?}");
}

#[tokio::test]
async fn what_is_no_database_is_said_clearly() {
    for url in ["mysql://root@host/db", "sqlite:", "daybook.db"] {
        let error = Store::open(url, vault()).await.err().unwrap();
        assert!(matches!(error, StoreError::Url { .. }), "{url}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no/such/folder/daybook.db");
    let error = Store::open(&format!("sqlite:{}", path.display()), vault()).await.err().unwrap();
    assert_eq!(error.code(), "database_unreachable");
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "these are notes, not a database, and long enough to be sure").unwrap();
    let error = Store::open(&format!("sqlite:{}", path.display()), vault()).await.err().unwrap();
    assert_eq!(error.code(), "database_damaged");
}

#[tokio::test]
async fn two_processes_may_open_the_same_file() {
    let fresh = testing::sqlite();
    let bench = Bench::open(&fresh.url).await;
    let other = Store::open(&fresh.url, vault()).await.unwrap();
    bench.pull(&[order_fact("1", 1)]).await;
    assert_eq!(other.orders(&bench.book).await.unwrap(), 1);
    let pulled = Pulled { facts: vec![order_fact("2", 1)], ..Pulled::default() };
    assert_eq!(other.record(&bench.lease, &pulled, later(1)).await.unwrap(), 1);
    assert_eq!(bench.store.orders(&bench.book).await.unwrap(), 2);
}
