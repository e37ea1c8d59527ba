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
    settled(&report["settlements"]);
    looked_at(&report["settlements"]);

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

    let (succeeded, drifts) = daybook(&home, &["drift", "--all"]);
    assert!(succeeded);
    assert_eq!(drifts["drifts"], Value::Array(Vec::new()), "nobody wrote there but Daybook");
    refused(&home, &["drift", "accept", "drift_0", "--reason", "right so"], "drift_unknown");
    refused(&home, &["drift", "repost", ""], "drift_unknown");
}

/// A text at a place in what was printed.
#[track_caller]
fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value.pointer(place).and_then(Value::as_str).unwrap()
}

#[track_caller]
fn is_true(value: &Value, place: &str) {
    assert_eq!(value.pointer(place), Some(&true.into()), "{place} of {value}");
}

/// Every settlement is found, posted, matched and proved, and both months are closed.
fn settled(told: &Value) {
    is_true(told, "/agrees");
    is_true(told, "/report/agrees");
    assert_eq!(text(told, "/marketplace"), "Amazon.co.uk");
    let settlements = told.pointer("/settlements").and_then(Value::as_array).unwrap();
    assert!(settlements.len() >= 3, "{told}");
    assert!(settlements.iter().any(|one| text(one, "/bank") == "matched"));
    for one in settlements {
        is_true(one, "/proof/holds");
        assert_eq!(text(one, "/standing"), "posted");
        assert!(!one.pointer("/documents").and_then(Value::as_array).unwrap().is_empty());
        let is_booked = one.pointer("/is_booked") == Some(&true.into());
        assert!(!is_booked || text(one, "/bank") == "matched", "{one}");
        let page = std::fs::read_to_string(text(one, "/proof/page")).unwrap();
        assert!(page.contains(text(one, "/settlement_id")));
    }
    let months = told.pointer("/months").and_then(Value::as_array).unwrap();
    assert_eq!(months.len(), 2);
    for month in months {
        is_true(month, "/is_well");
        is_true(month, "/bridge_closes");
        assert_eq!(month.pointer("/books"), month.pointer("/amazon"));
        assert!(Path::new(text(month, "/page")).exists());
    }
}

/// The second book and its files can be looked at when the demo is over.
fn looked_at(told: &Value) {
    let home = Path::new(text(told, "/home"));
    let (succeeded, listed) = daybook(home, &["settlements"]);
    assert!(succeeded);
    let count = |of: &Value| of.pointer("/settlements").and_then(Value::as_array).unwrap().len();
    assert_eq!(count(&listed), count(told));
    let (succeeded, books) = daybook(home, &["books"]);
    assert!(succeeded);
    assert_eq!(books.pointer("/settlements"), told.pointer("/report/settlements"));
    let proof = text(told, "/settlements/0/proof/json");
    let reports = ["/settlements/0/report", "/settlements/1/report"];
    for (report, is_its_own) in reports.into_iter().zip([true, false]) {
        let (holds, _) = daybook(home, &["verify", proof, "--report", text(told, report)]);
        assert_eq!(holds, is_its_own, "{report}");
    }
}

#[test]
fn a_demo_of_orders_alone_has_no_settlements() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("books");
    let (succeeded, report) = daybook(&home, &["demo", "--orders", "5", "--orders-only"]);
    assert!(succeeded);
    assert!(report["settlements"].is_null());
    assert!(!home.join("settlements").exists());
}

#[test]
fn a_folder_without_a_book_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), &["books"], "not_connected");
    refused(folder.path(), &["connect"], "config_invalid");
    refused(folder.path(), &["connect", "--sandbox", "http://127.0.0.1:1"], "sandbox_unreachable");
}
