//! `daybook settlement FILE…` through the real binary: what it shows, what it writes, how it ends.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "support/reports.rs"]
mod reports;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use reports::Flat;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with reports in it, and a home that does not exist.
struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name).display().to_string()
    }

    fn daybook(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        command.arg("--home").arg(self.path("home")).args(arguments).stdin(Stdio::null());
        command
    }

    /// The object of `--json`, and whether all is well.
    fn json(&self, arguments: &[&str]) -> (Value, bool) {
        let output = self.daybook(&[&["--json"], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.trim().lines().count(), 1, "one object: {text}");
        (serde_json::from_str(&text).unwrap(), output.status.success())
    }
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

fn error_code(object: &Value, file: usize) -> &str {
    let code = object.pointer(&format!("/files/{file}/error/code")).and_then(Value::as_str);
    code.unwrap_or_else(|| panic!("{object}"))
}

#[test]
fn a_file_shows_what_is_in_it_and_what_would_be_posted() {
    let desk = Desk::new();
    let file = desk.put("uk.txt", Flat::uk().text());
    let (object, is_well) = desk.json(&["settlement", &file]);
    assert!(is_well, "{object}");
    let one = &object["settlements"][0];
    assert_eq!(one["settlement_id"], "11111111111");
    assert_eq!(one["currency"], "GBP");
    assert_eq!(one["start"], "2026-11-02T08:00:00.000Z");
    assert_eq!(one["end"], "2026-11-16T08:00:00.000Z");
    assert_eq!(one["deposit_date"], "2026-11-18");
    assert_eq!(one["rows"], 4);
    assert_eq!((&one["total"], &one["sum"]), (&"98.04".into(), &"98.04".into()));
    assert_eq!(one["foots"], true);
    assert_eq!(one["unknown"], Value::Array(Vec::new()));
    let categories = serde_json::json!({
        "sales": "100.00", "tax collected": "20.00", "amazon fee": "-18.36", "fba fee": "-3.60"
    });
    assert_eq!(one["categories"], categories);
    assert_eq!(one["file"], file);
    assert_eq!(one["rules"]["id"], "uk");
    assert_eq!(one["posted"], "98.04");
    let document = &one["documents"][0];
    assert_eq!(document["kind"], "invoice");
    assert_eq!(document["number"], "AMZ-EU-11111111111-1");
    assert_eq!((&document["total"], &document["tax"]), (&"98.04".into(), &"16.34".into()));
    let file = &object["files"][0];
    assert_eq!(file["layout"], "flat_file_v2");
    assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
    assert!(file.get("error").is_none());
}

#[test]
fn rows_are_sealed_where_something_needs_their_root() {
    let desk = Desk::new();
    let file = desk.put("uk.txt", Flat::uk().text());
    let (alone, _) = desk.json(&["settlement", &file]);
    assert!(alone["settlements"][0]["root"].is_null());
    let page = desk.put("page.html", String::new());
    let (shown, _) = desk.json(&["settlement", &file, "--html", &page]);
    let root = shown["settlements"][0]["root"].as_str().unwrap();
    assert_eq!(root.len(), 64);
    assert!(std::fs::read_to_string(&page).unwrap().contains(root));
    let (twice, _) = desk.json(&["settlement", &file, &file]);
    assert_eq!(twice["settlements"][0]["root"], root);
}

#[test]
fn the_shape_of_the_object_is_known() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.row(["Order", "202-1111111-1111111", "ItemFees", "SurpriseFee"], "-1.00");
    flat.total = "97.04".to_owned();
    let file = desk.put("uk.txt", flat.text());
    let (object, _) = desk.json(&["settlement", &file, "/nonexistent"]);
    let keys =
        |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&object), "files settlements");
    assert_eq!(
        keys(&object["settlements"][0]),
        "accounts also_in categories checks covered currency deposit_date documents end file foots layout marketplace \
         notes posted questions region root rows rules settlement_id start sum total unknown"
    );
    let one = &object["settlements"][0];
    assert_eq!(
        keys(&one["unknown"][0]),
        "amount amount_description amount_type first_line rows suggested_by suggestion transaction_type"
    );
    assert_eq!(one["unknown"][0]["amount"], "-1.00");
    assert_eq!(one["unknown"][0]["first_line"], 7);
    assert_eq!(one["categories"]["suspense"], "-1.00");
    assert_eq!(keys(&one["accounts"][0]), "amount code name role tax");
    assert_eq!(keys(&one["checks"][0]), "code detail expected found name verdict");
    assert_eq!(keys(&one["documents"][0]), "account date kind lines number part tax text total");
    assert_eq!(
        keys(&one["documents"][0]["lines"][0]),
        "account account_name amount confirm description fulfilment marketplace reason role rows rule stated tax tax_class tax_name tax_rate"
    );
    assert_eq!(
        keys(&object["files"][0]),
        "bytes diagnostics encoding file layout settlements sha256"
    );
    assert_eq!(keys(&object["files"][1]), "error file");
    assert_eq!(keys(&object["files"][1]["error"]), "advice code column detail line");
}

#[test]
fn what_does_not_foot_ends_with_1_and_shows_both_numbers() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.total = "98.05".to_owned();
    let file = desk.put("uk.txt", flat.text());
    let (object, is_well) = desk.json(&["settlement", &file]);
    assert!(!is_well);
    let one = &object["settlements"][0];
    assert_eq!((&one["total"], &one["sum"]), (&"98.05".into(), &"98.04".into()));
    assert_eq!(one["foots"], false);
    let checks = one["checks"].as_array().unwrap();
    let failed = checks.iter().find(|check| check["code"] == "settlement_does_not_foot").unwrap();
    assert_eq!(failed["verdict"], "fails");
    let shown = text(&desk.daybook(&["settlement", &file]));
    assert!(
        shown.contains("DOES NOT ADD UP: Amazon's total is 98.05, the rows come to 98.04"),
        "{shown}"
    );
}

#[test]
fn bad_files_are_named_and_the_others_go_on() {
    let desk = Desk::new();
    let good = desk.put("good.txt", Flat::uk().text());
    let folder = desk.0.path().display().to_string();
    let (object, is_well) = desk.json(&["settlement", &folder, "/nonexistent", &good]);
    assert!(!is_well);
    assert_eq!(error_code(&object, 0), "file_is_directory");
    assert_eq!(error_code(&object, 1), "file_unreadable");
    assert_eq!(object["settlements"].as_array().unwrap().len(), 1);
    let shown = text(&desk.daybook(&["settlement", &folder, &good]));
    assert!(shown.contains("NOT READ") && shown.contains("file_is_directory"), "{shown}");
    assert!(shown.contains("ADDS UP"), "{shown}");
}

/// A file that is broken in one way, and the code that says so.
fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let good = Flat::uk().text();
    let edit = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    let other = |change: fn(&mut Flat)| {
        let mut flat = Flat::uk();
        change(&mut flat);
        flat.text().into_bytes()
    };
    let mut two_currencies = Flat::uk().text();
    two_currencies = two_currencies.replacen(
        "11111111111\t\t\t\t\t\tOrder",
        "11111111111\t\t\t\t\tEUR\tOrder",
        1,
    );
    let orders = "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tsku\n1\t1\t1\t1\t1\t1\n";
    let html = "<!DOCTYPE html><html><body>Sign in</body></html>";
    vec![
        ("settlement_file_empty", Vec::new()),
        ("settlement_file_is_html", html.as_bytes().to_vec()),
        ("settlement_file_is_binary", b"PK\x03\x04\0\0\0\0\0\0".to_vec()),
        ("settlement_file_truncated", good.bytes().take(good.len() - 120).collect()),
        ("settlement_wrong_report", orders.as_bytes().to_vec()),
        ("settlement_columns_missing", edit("\tamount\t", "\tbetrag\t")),
        (
            "settlement_header_missing",
            edit("\n11111111111\t\t\t\t\t\tOrder", "\n22222222222\t\t\t\t\t\tOrder"),
        ),
        ("settlement_two_currencies", two_currencies.into_bytes()),
        ("settlement_amount_missing", edit("\t100.00\t", "\t\t")),
        ("settlement_amount_unreadable", edit("\t100.00\t", "\tten\t")),
        ("settlement_amount_inexact", edit("\t100.00\t", "\t100.001\t")),
        ("settlement_decimals_mixed", edit("\t-18.36\t", "\t-18,36\t")),
        ("settlement_date_unreadable", edit("\t05.11.2026 10:00:00 UTC\t", "\tyesterday\t")),
        ("settlement_dates_disagree", edit("\t05.11.2026\t", "\t07.11.2026\t")),
        (
            "settlement_row_too_long",
            other(|flat| {
                let long = "x".repeat(2 << 20);
                flat.row(["Order", "", "ItemFees", &long], "0.00");
            }),
        ),
    ]
}

#[test]
fn each_kind_of_broken_file_has_its_code_and_a_page() {
    let desk = Desk::new();
    let good = desk.put("good.txt", Flat::uk().text());
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for (code, bytes) in broken() {
        let file = desk.put("broken.txt", bytes);
        let (object, is_well) = desk.json(&["settlement", &file, &good]);
        assert!(!is_well, "{code}");
        assert_eq!(error_code(&object, 0), code, "{object}");
        let error = &object["files"][0]["error"];
        assert!(!error["detail"].as_str().unwrap().is_empty(), "{error}");
        assert!(!error["advice"].as_str().unwrap().is_empty(), "{error}");
        assert_eq!(object["settlements"][0]["foots"], true, "{code}: the other file goes on");
        assert!(pages.join(format!("{code}.md")).exists(), "{code} has no page");
    }
}

#[test]
fn a_broken_amount_is_named_with_its_line_and_cell() {
    let desk = Desk::new();
    let file = desk.put("bad.txt", Flat::uk().text().replacen("\t-18.36\t", "\tlots\t", 1));
    let (object, _) = desk.json(&["settlement", &file]);
    let error = &object["files"][0]["error"];
    assert_eq!((&error["line"], &error["column"]), (&5.into(), &15.into()), "{error}");
    assert!(error["detail"].as_str().unwrap().contains("lots"), "{error}");
}

#[test]
fn packed_files_and_standard_input_are_read_too() {
    let desk = Desk::new();
    let plain = desk.put("uk.txt", Flat::uk().text());
    let packed = Command::new("gzip").args(["-k", &plain]).status();
    if packed.is_ok_and(|status| status.success()) {
        let (object, is_well) = desk.json(&["settlement", &format!("{plain}.gz")]);
        assert!(is_well, "{object}");
        assert_eq!(object["files"][0]["diagnostics"]["is_gzip"], true);
        assert_eq!(object["settlements"][0]["sum"], "98.04");
    }
    let mut command = desk.command(&["--json", "settlement", "-"]);
    let output = command.stdin(std::fs::File::open(&plain).unwrap()).output().unwrap();
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["settlements"][0]["sum"], "98.04");
}

#[test]
fn the_same_settlement_twice_is_shown_once_and_a_reissue_is_refused() {
    let desk = Desk::new();
    let first = desk.put("a.txt", Flat::uk().text());
    let again = desk.put("b.txt", Flat::uk().text());
    let (object, is_well) = desk.json(&["settlement", &first, &again]);
    assert!(is_well);
    assert_eq!(object["settlements"].as_array().unwrap().len(), 1);
    assert_eq!(object["settlements"][0]["also_in"][0], again);

    let mut other = Flat::uk();
    other.row(["Order", "202-1111111-1111111", "ItemFees", "Commission"], "0.00");
    let other = desk.put("c.txt", other.text());
    let (object, _) = desk.json(&["settlement", &first, &other]);
    let settlements = object["settlements"].as_array().unwrap();
    assert_eq!(settlements.len(), 2);
    for one in settlements {
        let checks = one["checks"].as_array().unwrap();
        let failed = checks.iter().find(|check| check["code"] == "settlement_reissued");
        assert_eq!(failed.unwrap()["verdict"], "fails");
    }
}

#[test]
fn neighbours_are_compared() {
    let desk = Desk::new();
    let mut next = Flat::uk();
    next.id = "11111111112".to_owned();
    next.start = "16.11.2026 08:00:00 UTC".to_owned();
    next.end = "30.11.2026 08:00:00 UTC".to_owned();
    next.deposit = "02.12.2026 08:00:00 UTC".to_owned();
    let reserve = "Previous Reserve Amount Balance";
    next.row_on(
        ["other-transaction", "", "other-transaction", reserve],
        "5.00",
        "16.11.2026 08:01:00 UTC",
    );
    next.total = "103.04".to_owned();
    let first = desk.put("a.txt", Flat::uk().text());
    let second = desk.put("b.txt", next.text());
    let (object, _) = desk.json(&["settlement", &second, &first]);
    let checks = object["settlements"][0]["checks"].as_array().unwrap();
    let verdict = |code: &str| {
        let check = checks.iter().find(|check| check["code"] == code);
        check.unwrap_or_else(|| panic!("{code}: {checks:?}"))["verdict"].clone()
    };
    assert_eq!(verdict("settlement_gap"), "holds");
    assert_eq!(verdict("settlement_reserve_differs"), "fails");
}

#[test]
fn per_order_says_so_and_posts_the_rest() {
    let desk = Desk::new();
    let file = desk.put("uk.txt", Flat::uk().text());
    let (object, is_well) = desk.json(&["settlement", &file, "--per-order"]);
    assert!(is_well, "{object}");
    let one = &object["settlements"][0];
    assert_eq!((&one["covered"], &one["posted"]), (&"120.00".into(), &"-21.96".into()));
    assert_eq!(one["rules"]["way"], "per_order");
    assert_eq!(one["documents"][0]["kind"], "bill");
    let shown = text(&desk.daybook(&["settlement", &file, "--per-order"]));
    assert!(
        shown.contains("orders and refunds are taken as carried by documents of their own"),
        "{shown}"
    );
}

#[test]
fn rules_are_named_or_said_to_be_missing() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.currency = "AED".to_owned();
    let file = desk.put("ae.txt", flat.text());
    let (object, is_well) = desk.json(&["settlement", &file]);
    assert!(is_well, "what it contains is shown all the same: {object}");
    let one = &object["settlements"][0];
    assert_eq!(one["questions"][0]["code"], "settlement_rules_missing");
    assert_eq!(one["documents"], Value::Array(Vec::new()));
    let (object, _) = desk.json(&["settlement", &file, "--rules", "us"]);
    assert_eq!(object["settlements"][0]["rules"]["id"], "us");
    assert!(!object["settlements"][0]["documents"].as_array().unwrap().is_empty());
    let (object, is_well) = desk.json(&["settlement", &file, "--rules", "atlantis"]);
    assert!(!is_well);
    assert_eq!(object["error"]["code"], "settlement_rules_unknown");
}

#[test]
fn own_meanings_of_words_win() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.row(["Order", "202-1111111-1111111", "ItemFees", "SurpriseFee"], "-1.00");
    flat.total = "97.04".to_owned();
    let file = desk.put("uk.txt", flat.text());
    let map = desk.put(
        "map.json",
        r#"[{"transaction_type":"Order","amount_type":"ItemFees","amount_description":"Surprise*","category":"amazon fee","kind":"selling_fee"}]"#,
    );
    let (object, _) = desk.json(&["settlement", &file, "--map", &map]);
    let one = &object["settlements"][0];
    assert_eq!(one["unknown"], Value::Array(Vec::new()));
    assert_eq!(one["categories"]["amazon fee"], "-19.36");
    let bad = desk.put("bad.json", "{}");
    let (object, _) = desk.json(&["settlement", &file, "--map", &bad]);
    assert_eq!(object["error"]["code"], "settlement_map_unreadable");
}

#[test]
fn spreadsheets_are_in_xeros_templates() {
    let desk = Desk::new();
    let file = desk.put("uk.txt", Flat::uk().text());
    let folder = desk.path("csv").display().to_string();
    assert!(desk.daybook(&["settlement", &file, "--csv", &folder]).status.success());
    let sales = std::fs::read_to_string(desk.path("csv/sales-invoices.csv")).unwrap();
    let lines: Vec<&str> = sales.trim_end().split("\r\n").collect();
    assert!(lines[0].starts_with("*ContactName,EmailAddress,POAddressLine1"));
    assert!(
        lines[1].starts_with("Amazon.co.uk,,,,,,,,,,AMZ-EU-11111111111-1,11111111111,05/11/2026,"),
        "{sales}"
    );
    assert!(lines.len() > 2 && lines.iter().all(|line| line.matches(',').count() >= 28));
    let bills = std::fs::read_to_string(desk.path("csv/bills.csv")).unwrap();
    assert_eq!(bills.trim_end().lines().count(), 1, "no bill");
    let taken = desk.put("taken", "");
    let output = desk.daybook(&["settlement", &file, "--csv", &taken]);
    assert!(text(&output).contains("file_unwritable"), "{}", text(&output));
}

/// Lines without tax as the owner chose, shown, proved, and left out of what Xero can import.
#[test]
fn lines_without_tax_are_shown_as_money_on_clearing_or_a_journal() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.row(["other-transaction", "", "other-transaction", "Current Reserve Amount"], "-20.00");
    flat.total = "78.04".to_owned();
    let file = desk.put("uk.txt", flat.text());
    let folder = desk.path("csv").display().to_string();
    let proof = desk.path("proof.json").display().to_string();
    for (choice, kind) in [("bank_transaction", "spend"), ("manual_journal", "journal")] {
        let args = ["settlement", &file, "--per-order", "--untaxed-lines", choice];
        let (object, _) = desk.json(&args);
        let one = &object["settlements"][0];
        assert_eq!(one["rules"]["untaxed_lines"], choice);
        assert_eq!(one["questions"], Value::Array(Vec::new()));
        let documents = one["documents"].as_array().unwrap();
        let document = documents.iter().find(|one| one["part"] == "document:2").unwrap();
        let told = (&document["kind"], &document["number"], &document["total"]);
        assert_eq!(told.0, kind);
        assert_eq!((told.1, told.2), (&"AMZ-EU-11111111111-2".into(), &"20.00".into()));
        let accounts = one["accounts"].as_array().unwrap();
        let reserved = accounts.iter().find(|one| one["role"] == "reserved").unwrap();
        assert_eq!(reserved["amount"], "-20.00");
        let mut args = args.to_vec();
        args.extend(["--csv", &folder, "--proof", &proof]);
        let shown = text(&desk.daybook(&args));
        let left_out = format!("Not in the spreadsheets: {kind} AMZ-EU-11111111111-2");
        assert!(shown.contains(&left_out), "{shown}");
        let verified = desk.daybook(&["verify", &proof, "--report", &file]);
        assert!(verified.status.success(), "{}", text(&verified));
    }
    let refused = desk.daybook(&["settlement", &file, "--untaxed-lines", "manual_journal"]);
    assert!(!refused.status.success(), "in summary there is nothing to choose");
}

#[test]
fn spreadsheets_are_one_for_each_rule_book_and_leave_out_what_is_held() {
    let desk = Desk::new();
    let uk = desk.put("uk.txt", Flat::uk().text());
    let mut flat = Flat::uk();
    (flat.id, flat.currency) = ("22222222222".to_owned(), "EUR".to_owned());
    let eu = desk.put("eu.txt", flat.text());
    (flat.id, flat.total) = ("33333333333".to_owned(), "98.05".to_owned());
    let held = desk.put("held.txt", flat.text());
    let folder = desk.path("csv").display().to_string();
    let shown = text(&desk.daybook(&["settlement", &uk, &eu, &held, "--csv", &folder]));
    assert!(shown.contains("Not in the spreadsheets: 33333333333"), "{shown}");
    assert!(shown.contains("Would wait for a person"), "{shown}");
    let read = |name: &str| std::fs::read_to_string(desk.path("csv").join(name)).unwrap();
    assert!(read("sales-invoices-uk.csv").contains("AMZ-EU-11111111111-1"));
    let eu = read("sales-invoices-eu.csv");
    assert!(eu.contains("AMZ-EU-22222222222-1") && !eu.contains("33333333333"), "{eu}");
    assert!(!desk.path("csv/sales-invoices.csv").exists());
}

#[test]
fn unknown_words_are_shown_whole() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    let long = "a description that goes on for longer than the column of names is wide";
    flat.row(["Mystery", "", "Box", long], "0.00");
    flat.row(["", "", "", ""], "0.00");
    let file = desk.put("uk.txt", flat.text());
    let shown = text(&desk.daybook(&["settlement", &file]));
    assert!(shown.contains(&format!("    Mystery / Box / {long}\n")), "{shown}");
    assert!(shown.contains("(blank) / (blank) / (blank)"), "{shown}");
    assert!(shown.contains("1 row from line 7"), "{shown}");
}

#[test]
fn what_an_accountant_must_confirm_is_said() {
    let desk = Desk::new();
    let file = desk.put("uk.txt", Flat::uk().text());
    let (object, _) = desk.json(&["settlement", &file, "--rules", "ca"]);
    let lines = object["settlements"][0]["documents"][0]["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["confirm"] == true), "{object}");
    let shown = text(&desk.daybook(&["settlement", &file, "--rules", "ca"]));
    assert!(shown.contains("to be confirmed by an accountant"), "{shown}");
    let shown = text(&desk.daybook(&["settlement", &file]));
    assert!(!shown.contains("to be confirmed"), "{shown}");
}

#[test]
fn the_page_stands_alone_and_escapes_what_it_shows() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.row(["Order", "", "<script>alert(1)</script>", "\"&'"], "0.00");
    let file = desk.put("uk.txt", flat.text());
    let html = desk.path("page.html").display().to_string();
    let output = desk.daybook(&["settlement", &file, "--html", &html]);
    assert!(output.status.success(), "{}", text(&output));
    let page = std::fs::read_to_string(&html).unwrap();
    for word in ["<script", "http://", "https://", "url(", "@import", "<link", "<img"] {
        assert!(!page.contains(word), "{word}");
    }
    for word in
        ["<svg", "prefers-color-scheme: dark", "AMZ-EU-11111111111-1", "Adds up", "&lt;script&gt;"]
    {
        assert!(page.contains(word), "{word}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let desk = Desk::new();
        let file = desk.put("random", bytes);
        let output = desk.daybook(&["settlement", &file]);
        prop_assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        prop_assert!(!text(&output).contains("panicked"));
    }

    #[test]
    fn no_mutation_makes_it_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<bool>()) {
        let desk = Desk::new();
        let mut bytes = Flat::uk().text().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if cut {
            bytes.truncate(at);
        }
        let file = desk.put("mutated", bytes);
        let output = desk.daybook(&["settlement", &file]);
        prop_assert!(output.status.code().is_some_and(|code| code <= 1), "{}", text(&output));
        prop_assert!(!text(&output).contains("panicked"));
    }
}
