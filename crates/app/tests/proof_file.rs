//! `daybook settlement --proof` and `daybook verify` through the real binary: what was changed is
//! seen, and where.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "support/reports.rs"]
mod reports;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use reports::Flat;
use serde_json::Value;
use tempfile::TempDir;

/// A report, its proof, and a home that may not exist.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    /// With the report of the worked example and its proof.
    fn proved() -> Desk {
        let desk = Desk::new();
        desk.put("uk.txt", &Flat::uk().text());
        desk.prove();
        desk
    }

    fn prove(&self) {
        let (report, proof) = (self.name("uk.txt"), self.name("proof.json"));
        let output = self.daybook(&["settlement", &report, "--proof", &proof]);
        assert!(output.status.success(), "{}", text(&output));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn text_of(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn daybook(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_daybook"))
            .arg("--home")
            .arg(self.path("home"))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn verify(&self, more: &[&str]) -> (Value, bool) {
        let proof = self.name("proof.json");
        let output = self.daybook(&[&["--json", "verify", &proof], more].concat());
        let object = serde_json::from_slice(&output.stdout).unwrap();
        (object, output.status.success())
    }

    /// Code, place, expected and found of each finding against a changed report.
    fn against(&self, report: &str) -> Vec<[String; 4]> {
        self.put("changed.txt", report);
        let (object, holds) = self.verify(&["--report", &self.name("changed.txt")]);
        assert!(!holds, "{object}");
        let findings = object.get("findings").and_then(Value::as_array);
        let findings = findings.unwrap_or_else(|| panic!("no findings in {object}"));
        let word =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        findings
            .iter()
            .map(|one| ["code", "place", "expected", "found"].map(|key| word(one.get(key))))
            .collect()
    }
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

#[test]
fn a_proof_of_a_file_holds_with_and_without_its_report() {
    let desk = Desk::proved();
    let (object, holds) = desk.verify(&[]);
    assert!(holds, "{object}");
    assert_eq!(object["installation"], false);
    let report = desk.name("uk.txt");
    let (object, holds) = desk.verify(&["--report", &report]);
    assert!(holds, "{object}");
    assert_eq!(object["report_compared"], true);
    let shown = text(&desk.daybook(&["verify", &desk.name("proof.json"), "--report", &report]));
    assert!(
        shown.contains("All of it holds, and the report's rows are those that were proved."),
        "{shown}"
    );
    assert!(shown.contains("a key made for this proof alone"), "{shown}");
}

#[test]
fn one_cent_changed_is_named_by_its_line_and_both_amounts() {
    let desk = Desk::proved();
    let found = desk.against(&desk.text_of("uk.txt").replacen("\t-18.36\t", "\t-18.37\t", 1));
    assert_eq!(found[0], ["proof_rows_differ", "line 5", "-18.36 GBP", "-18.37 GBP"]);
    assert!(
        found.iter().any(|one| one[0] == "proof_sums_differ" && one[3] == "98.03 GBP"),
        "{found:?}"
    );
    assert!(found.iter().any(|one| one[0] == "proof_report_differs"), "{found:?}");
}

#[test]
fn a_row_removed_added_or_swapped_is_named_by_its_line() {
    let desk = Desk::proved();
    let whole = desk.text_of("uk.txt");
    let lines: Vec<&str> = whole.lines().collect();
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let place = |lines: &[&str]| {
        let found = desk.against(&joined(lines));
        assert_eq!(found[0][0], "proof_rows_differ", "{found:?}");
        found[0][1].clone()
    };
    assert_eq!(place(&[&lines[..3], &lines[4..]].concat()), "what was line 4");
    assert_eq!(place(&[&lines[..4], &lines[3..]].concat()), "line 5");
    assert_eq!(place(&[&lines[..3], &[lines[4], lines[3]], &lines[5..]].concat()), "line 4");
}

#[test]
fn a_header_that_was_edited_or_another_settlement_is_seen() {
    let desk = Desk::proved();
    let whole = desk.text_of("uk.txt");
    let found = desk.against(&whole.replacen("\t98.04\t", "\t98.05\t", 1));
    assert_eq!(
        found[0],
        ["proof_settlement_differs", "settlement.total", "98.04 GBP", "98.05 GBP"]
    );
    let found = desk.against(&whole.replace("11111111111", "11111111119"));
    assert_eq!(found[0][0], "proof_settlement_differs");
}

#[test]
fn a_number_in_the_proof_edited_a_wrong_key_and_no_proof() {
    let desk = Desk::proved();
    let good = desk.text_of("proof.json");
    desk.put("proof.json", &good.replacen("\"20.00\"", "\"20.01\"", 1));
    let (object, holds) = desk.verify(&[]);
    assert!(!holds);
    let codes: Vec<&str> = object["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert!(codes.contains(&"proof_signature_invalid"), "{codes:?}");
    assert!(codes.contains(&"proof_sums_differ"), "{codes:?}");

    desk.put("proof.json", &good);
    let (object, holds) = desk.verify(&["--key", &"ab".repeat(32)]);
    assert!(!holds);
    assert_eq!(object["findings"][0]["code"], "proof_key_differs");

    let half: String = good.chars().take(good.len() / 2).collect();
    desk.put("proof.json", &half);
    let (object, holds) = desk.verify(&[]);
    assert!(!holds);
    assert_eq!(object["error"]["code"], "proof_unreadable");
}

#[test]
fn a_home_signs_with_its_own_key_which_doctor_shows() {
    let desk = Desk::new();
    desk.put("uk.txt", &Flat::uk().text());
    // A home exists from its first use on; no book is needed.
    desk.daybook(&["doctor"]);
    desk.prove();
    let shown = text(&desk.daybook(&["doctor"]));
    let line = shown.lines().find(|line| line.contains("proof key")).unwrap();
    let key = line.split_whitespace().last().unwrap();
    let (object, holds) = desk.verify(&["--key", key]);
    assert!(holds, "{object}");
    assert_eq!(object["installation"], true);
    assert_eq!(object["public_key"], key);
}

#[test]
fn what_fails_a_check_is_held_in_its_proof_and_does_not_verify() {
    let desk = Desk::new();
    let mut flat = Flat::uk();
    flat.total = "98.05".to_owned();
    desk.put("uk.txt", &flat.text());
    let (report, proof) = (desk.name("uk.txt"), desk.name("proof.json"));
    assert!(!desk.daybook(&["settlement", &report, "--proof", &proof]).status.success());
    let proof: Value = serde_json::from_str(&desk.text_of("proof.json")).unwrap();
    assert_eq!(proof["coverage"]["held"]["rows"], 4);
    assert_eq!(proof["documents"], Value::Array(Vec::new()));
    let (object, holds) = desk.verify(&[]);
    assert!(!holds);
    let codes: Vec<&str> = object["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert_eq!(codes, ["proof_total_differs", "proof_check_failed"]);
}

#[test]
fn a_proof_has_a_page_for_people() {
    let desk = Desk::proved();
    let html = desk.name("proof.html");
    let output = desk.daybook(&["verify", &desk.name("proof.json"), "--html", &html]);
    assert!(output.status.success(), "{}", text(&output));
    let page = desk.text_of("proof.html");
    for word in ["The proof holds", "Each cent once", "AMZ-EU-11111111111-1"] {
        assert!(page.contains(word), "{word}");
    }
    assert!(!page.contains("<script"));
}

#[test]
fn per_order_rows_are_covered_in_the_proof() {
    let desk = Desk::new();
    desk.put("uk.txt", &Flat::uk().text());
    let (report, proof) = (desk.name("uk.txt"), desk.name("proof.json"));
    let output = desk.daybook(&["settlement", &report, "--per-order", "--proof", &proof]);
    assert!(output.status.success(), "{}", text(&output));
    let (object, holds) = desk.verify(&["--report", &report]);
    assert!(holds, "{object}");
    let proof: Value = serde_json::from_str(&desk.text_of("proof.json")).unwrap();
    assert_eq!(proof["coverage"]["covered"]["rows"], 2);
    assert_eq!(proof["coverage"]["planned"]["amount"]["amount"], "-21.96");
}
