//! A proof that holds, and every way in which it may not: each fails and says where.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use base::{Currency, Day, Money, Timestamp};
use proof::{
    BookSide, Check, Control, Coverage, Document, FORMAT, Finding, Key, Proof, Report, RowSeen,
    Segments, Settlement, Share, Standing, Verdict, verify, verify_rows,
};
use proptest::prelude::*;

type Rows = Vec<(u64, Vec<u8>, i64)>;
/// A code, where it is told, and what brings it about.
type Case = (&'static str, &'static str, fn(&mut Proof));

fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

fn key() -> Key {
    Key::from_seed(&[7; 32])
}

/// So many rows from line 3; row `n` is worth `n + 1` pence.
fn rows(count: u64) -> Rows {
    let row = |index: u64| {
        (index + 3, format!("row {index}").into_bytes(), i64::try_from(index).unwrap() + 1)
    };
    (0..count).map(row).collect()
}

/// One invoice that carries it all.
fn document(sum: Money) -> Document {
    Document {
        part: "document:1".to_owned(),
        number: "AMZ-EU-1-1".to_owned(),
        kind: "invoice".to_owned(),
        date: Day::parse("2026-11-16").unwrap(),
        total: sum,
        tax: gbp(0),
        carries: sum,
        intent_id: None,
        xero_id: None,
        status: "planned".to_owned(),
    }
}

fn proof_of(rows: &Rows) -> Proof {
    let mut segments = Segments::start(Currency::GBP);
    for (line, bytes, minor) in rows {
        segments.row(*line, bytes, gbp(*minor)).unwrap();
    }
    let sealed = segments.finish().unwrap();
    let moment = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let share = Share { rows: sealed.rows, amount: sealed.sum };
    let mut proof = Proof {
        format: FORMAT,
        settlement: Settlement {
            settlement_id: "1".to_owned(),
            region: "EU".to_owned(),
            marketplace: "Amazon.co.uk".to_owned(),
            currency: Currency::GBP,
            start: moment,
            end: moment,
            deposit: Some(moment),
            total: Some(sealed.sum),
        },
        report: Report {
            sha256: proof::Hash::of(b"file"),
            bytes: 4,
            layout: "flat_file_v2".to_owned(),
            rows: 0,
            sum: gbp(0),
        },
        root: sealed.root,
        segment_rows: 1,
        segments: Vec::new(),
        categories: BTreeMap::from([("sales".to_owned(), sealed.sum)]),
        standing: Standing::Planned,
        coverage: Coverage { planned: share, ..Coverage::none(Currency::GBP) },
        documents: vec![document(sealed.sum)],
        checks: Vec::new(),
        controls: vec![Control {
            name: "summary".to_owned(),
            verdict: Verdict::Missing,
            expected: None,
            found: None,
            detail: "a file alone".to_owned(),
        }],
        payout: None,
        book: BookSide {
            book: None,
            rules: "uk".to_owned(),
            rules_hash: "0".repeat(40),
            way: "summary".to_owned(),
            zone: "Europe/London".to_owned(),
        },
        program: "daybook 0.1.0".to_owned(),
        made_at: moment,
        installation: false,
        signature: None,
    };
    proof.seal(sealed);
    key().sign(&mut proof).unwrap();
    proof
}

fn seen(rows: &Rows) -> impl Iterator<Item = RowSeen<'_>> {
    rows.iter().map(|(line, bytes, minor)| RowSeen { line: *line, bytes, amount: gbp(*minor) })
}

fn against(proof: &Proof, rows: &Rows) -> Vec<Finding> {
    verify_rows(proof, seen(rows)).unwrap()
}

fn codes(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|finding| finding.code.as_str()).collect()
}

/// The proof, changed and signed again: its signature is good and its content is not.
fn resigned(change: impl Fn(&mut Proof)) -> Vec<Finding> {
    let mut proof = proof_of(&rows(5));
    change(&mut proof);
    key().sign(&mut proof).unwrap();
    verify(&proof, None)
}

#[test]
fn what_is_right_holds_and_survives_being_written_down() {
    let rows = rows(5);
    let proof = proof_of(&rows);
    assert_eq!(verify(&proof, Some(&key().public())), []);
    assert_eq!(against(&proof, &rows), []);
    let text = serde_json::to_string_pretty(&proof).unwrap();
    let back: Proof = serde_json::from_str(&text).unwrap();
    assert_eq!(back, proof);
    assert_eq!(verify(&back, Some(&key().public())), []);
}

#[test]
fn a_number_that_was_edited_breaks_the_signature_and_says_which_sum() {
    let mut proof = proof_of(&rows(5));
    proof.report.sum = gbp(16);
    let found = verify(&proof, None);
    assert_eq!(codes(&found)[0], "proof_signature_invalid");
    assert!(codes(&found).contains(&"proof_sums_differ"), "{found:?}");
    let total = found.iter().find(|one| one.code == "proof_total_differs").unwrap();
    assert_eq!(total.expected.as_deref(), Some("0.15 GBP"));
    assert_eq!(total.found.as_deref(), Some("0.16 GBP"));
}

#[test]
fn another_key_no_signature_and_another_format() {
    let mut proof = proof_of(&rows(5));
    let other = Key::from_seed(&[8; 32]).public();
    assert_eq!(codes(&verify(&proof, Some(&other))), ["proof_key_differs"]);
    proof.signature = None;
    assert_eq!(codes(&verify(&proof, None)), ["proof_unsigned"]);
    proof.format = 2;
    assert_eq!(codes(&verify(&proof, None)), ["proof_format_unknown"]);
}

#[test]
fn a_signature_by_an_attackers_key_that_names_ours_is_refused() {
    let mut proof = proof_of(&rows(5));
    Key::from_seed(&[8; 32]).sign(&mut proof).unwrap();
    proof.signature.as_mut().unwrap().public_key = key().public();
    assert_eq!(codes(&verify(&proof, Some(&key().public()))), ["proof_signature_invalid"]);
}

#[test]
fn each_thing_that_is_said_twice_must_agree() {
    let cases: [Case; 11] = [
        ("proof_sums_differ", "segments", |proof| proof.segments[1].sum = gbp(9)),
        ("proof_rows_differ", "root", |proof| proof.segments.swap(0, 1)),
        ("proof_rows_differ", "segments", |proof| proof.segment_rows = 3),
        ("proof_rows_differ", "report.rows", |proof| proof.report.rows = 6),
        ("proof_sums_differ", "categories", |proof| {
            proof.categories.insert("sales".to_owned(), gbp(14));
        }),
        ("proof_total_differs", "settlement.total", |proof| {
            proof.settlement.total = Some(gbp(14));
        }),
        ("proof_coverage_differs", "coverage", |proof| proof.coverage.planned.amount = gbp(14)),
        ("proof_coverage_differs", "standing", |proof| proof.standing = Standing::Posted),
        ("proof_documents_differ", "documents", |proof| proof.documents[0].carries = gbp(14)),
        ("proof_check_failed", "checks I4", |proof| proof.checks.push(failed())),
        ("proof_control_differs", "controls summary", |proof| {
            proof.controls[0].verdict = Verdict::Holds;
            proof.controls[0].expected = Some(gbp(15));
            proof.controls[0].found = Some(gbp(14));
        }),
    ];
    for (code, place, change) in cases {
        let found = resigned(change);
        let is_told = found.iter().any(|one| one.code == code && one.place == place);
        assert!(is_told, "{code} at {place}: {found:?}");
        assert!(!codes(&found).contains(&"proof_signature_invalid"), "{found:?}");
    }
}

fn failed() -> Check {
    Check {
        name: "I4".to_owned(),
        code: "settlement_reserve_differs".to_owned(),
        verdict: Verdict::Fails,
        expected: Some(gbp(1)),
        found: Some(gbp(2)),
        detail: "the reserve".to_owned(),
    }
}

#[test]
fn opening_balances_carry_at_most_what_is_covered() {
    let none = proof_of(&rows(3));
    assert!(!serde_json::to_string(&none).unwrap().contains("opening"));
    let opening = |rows| Some(proof::Share { rows, amount: gbp(0) });
    let found = resigned(|proof| proof.coverage.opening = opening(1));
    assert_eq!(codes(&found), ["proof_coverage_differs"]);
    let found = resigned(|proof| proof.coverage.opening = opening(0));
    assert_eq!(codes(&found), Vec::<&str>::new());
}

/// Money on clearing and journals may carry rows; what only moves money may not.
#[test]
fn rows_are_on_documents_of_any_kind() {
    let carried_by = |kind: &'static str, part: &'static str| {
        let found = resigned(move |proof| {
            proof.documents[0].kind = kind.to_owned();
            proof.documents[0].part = part.to_owned();
        });
        codes(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    for kind in ["invoice", "bill", "journal", "receive", "spend"] {
        assert_eq!(carried_by(kind, "document:1"), none, "{kind}");
    }
    for (kind, part) in [
        ("receive", "payout"),
        ("spend", "charge:1"),
        ("payment", "payment:1"),
        ("transfer", "payout"),
        ("payment", "document:1"),
    ] {
        assert_eq!(carried_by(kind, part), ["proof_documents_differ"], "{kind} {part}");
    }
}

#[test]
fn posted_without_an_id_of_xeros_is_not_posted() {
    let found = resigned(|proof| {
        proof.standing = Standing::Posted;
        std::mem::swap(&mut proof.coverage.posted, &mut proof.coverage.planned);
    });
    assert_eq!(codes(&found), ["proof_documents_differ"]);
}

#[test]
fn one_cent_changed_says_which_line_and_both_sums() {
    let mut rows = rows(9);
    let proof = proof_of(&rows);
    rows[4] = (7, b"row 4 changed".to_vec(), 6);
    let found = against(&proof, &rows);
    assert_eq!(codes(&found), ["proof_rows_differ", "proof_sums_differ"]);
    assert_eq!(found[0].place, "line 7");
    assert_eq!(found[0].expected.as_deref(), Some("0.05 GBP"));
    assert_eq!(found[0].found.as_deref(), Some("0.06 GBP"));
}

#[test]
fn a_row_removed_added_or_swapped_says_so() {
    let whole = rows(9);
    let proof = proof_of(&whole);
    let case = |change: &dyn Fn(&mut Rows)| {
        let mut rows = whole.clone();
        change(&mut rows);
        let found = against(&proof, &rows);
        (found[0].place.clone(), found[0].detail.clone(), found.len())
    };
    let (place, detail, count) = case(&|rows| drop(rows.remove(4)));
    assert_eq!((place.as_str(), count), ("what was line 7", 3));
    assert_eq!(detail, "rows are missing here");
    let (place, detail, _) = case(&|rows| rows.insert(4, (7, b"new".to_vec(), 0)));
    assert_eq!((place.as_str(), detail.as_str()), ("line 7", "rows were put in here"));
    let (place, detail, count) = case(&|rows| rows.swap(4, 5));
    assert_eq!((place.as_str(), detail.as_str()), ("line 8", "two neighbours have changed places"));
    assert_eq!(count, 1);
    let (place, detail, _) = case(&|rows| drop(rows.pop()));
    assert_eq!(
        (place.as_str(), detail.as_str()),
        ("what was line 11", "the report ends before these rows")
    );
    let (place, _, _) = case(&|rows| rows.push((12, b"more".to_vec(), 1)));
    assert_eq!(place, "line 12");
}

#[test]
fn in_a_long_report_the_lines_are_narrowed_down() {
    let mut rows = rows(10_000);
    let proof = proof_of(&rows);
    assert_eq!(against(&proof, &rows), []);
    rows[5_001].1 = b"changed".to_vec();
    let found = against(&proof, &rows);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].place, "lines 5003 to 5006 (4 rows)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_change_of_the_rows_goes_unseen(
        count in 1_u64..200,
        at in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        what in 0_u8..5,
    ) {
        let whole = rows(count);
        let proof = proof_of(&whole);
        prop_assert_eq!(against(&proof, &whole), vec![]);
        let (at, to) = (at.index(whole.len()), to.index(whole.len()));
        let mut changed = whole.clone();
        match what {
            0 => changed[at].1.push(b' '),
            1 => drop(changed.remove(at)),
            2 => changed.swap(at, to),
            3 => changed.insert(at, whole[to].clone()),
            _ => changed[at].2 += 1,
        }
        prop_assert_eq!(against(&proof, &changed).is_empty(), changed == whole);
    }

    #[test]
    fn no_byte_of_a_proof_can_be_changed_unseen(at in any::<prop::sample::Index>(), to in 32_u8..127) {
        let proof = proof_of(&rows(3));
        let mut bytes = serde_json::to_vec(&proof).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(read) = serde_json::from_slice::<Proof>(&bytes) {
            prop_assert_eq!(verify(&read, Some(&key().public())).is_empty(), read == proof);
        }
    }
}
