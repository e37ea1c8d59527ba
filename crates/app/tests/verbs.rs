//! The verbs as a script sees them: exit status, one JSON value on standard output, codes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs a verb with `--json`: whether it succeeded, and what it printed.
fn daybook(home: &Path, args: &[&str]) -> (bool, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    for name in ["DAYBOOK_HOME", "DAYBOOK_DATABASE", "DAYBOOK_MASTER_KEY"] {
        command.env_remove(name);
    }
    let output = command.arg("--json").arg("--home").arg(home).args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), serde_json::from_str(&text).unwrap())
}

#[track_caller]
fn refused(home: &Path, args: &[&str], code: &str) {
    let (succeeded, printed) = daybook(home, args);
    assert!(!succeeded, "{args:?}");
    assert_eq!(printed.pointer("/error/code").unwrap(), code, "{args:?}");
}

#[test]
fn a_demo_can_be_looked_at_and_not_be_worked_on() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("books");
    let (succeeded, report) = daybook(&home, &["demo", "--orders", "40", "--seed", "3"]);
    assert!(succeeded);
    assert_eq!(report["agrees"], true);
    assert_eq!(report["posted"], report["should_post"]);

    let (succeeded, kept) = daybook(&home, &["books"]);
    assert!(succeeded);
    assert_eq!(kept["xero_total"], report["xero_total"]);
    let (succeeded, findings) = daybook(&home, &["doctor"]);
    assert!(succeeded, "{findings}");
    let (succeeded, rules) = daybook(&home, &["rules", "show"]);
    assert!(succeeded);
    assert_eq!(rules["settings"]["posting"], "post");

    refused(&home, &["demo", "--orders", "40"], "home_unusable");
    refused(&home, &["run", "--until-quiet"], "not_connected");
    refused(&home, &["explain", "000-0000000-0000000"], "order_unknown");
    refused(&home, &["review", "000-0000000-0000000", "tax-is-right"], "order_unknown");
    refused(&home, &["release", "nonsense"], "order_unknown");
}

#[test]
fn a_folder_without_a_book_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), &["books"], "not_connected");
    refused(folder.path(), &["connect"], "config_invalid");
    refused(folder.path(), &["connect", "--sandbox", "http://127.0.0.1:1"], "sandbox_unreachable");
}
