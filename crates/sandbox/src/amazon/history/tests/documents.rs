use std::collections::BTreeSet;

use base::Timestamp;

use super::files::{feet, lines};
use super::{quirky, tell};
use crate::amazon::history::{Quirks, Setting};

#[test]
fn a_report_comes_a_little_after_each_settlement_ends() {
    let history = tell(1, Setting::UkVat);
    assert_eq!(history.reports.len(), history.settlements.len());
    for (report, settlement) in history.reports.iter().zip(&history.settlements) {
        let later = report.created.since(settlement.end);
        assert!(later > 10 * Timestamp::MINUTE && later < 8 * Timestamp::HOUR);
        assert_eq!(report.settlements, [settlement.number]);
    }
    let ids: BTreeSet<&str> = history.reports.iter().map(|report| report.id.as_str()).collect();
    assert_eq!(ids.len(), history.reports.len());
    let charsets: BTreeSet<&str> = history.reports.iter().map(|of| of.content_type).collect();
    assert!(charsets.len() > 1 && history.reports.iter().any(|report| report.is_gzip));
}

#[test]
fn a_flawed_document_is_followed_by_a_whole_one() {
    let history = quirky(Setting::UkVat, Quirks { reissue: true, ..Quirks::default() });
    let flawed = history.reports.iter().position(|report| report.is_flawed).unwrap();
    let flawed = &history.reports[flawed];
    let whole = history
        .reports
        .iter()
        .find(|report| report.settlements == flawed.settlements && !report.is_flawed)
        .unwrap();
    assert!(whole.created > flawed.created && whole.id != flawed.id);
    let feet_of = |report| feet(&lines(&history, report)).into_values().next().unwrap();
    let (sum, total) = feet_of(flawed);
    assert_ne!(sum, total);
    assert_eq!(feet_of(whole), (total, total));
}

#[test]
fn a_document_listed_twice_has_the_same_bytes() {
    let history = quirky(Setting::Au, Quirks { listed_twice: true, ..Quirks::default() });
    let again: Vec<_> = history
        .reports
        .windows(2)
        .filter(|pair| pair[0].settlements == pair[1].settlements)
        .collect();
    assert!(again.len() > 2);
    for pair in again {
        assert_ne!(pair[0].document_id, pair[1].document_id);
        assert_eq!(history.document(&pair[0]), history.document(&pair[1]));
    }
}

#[test]
fn an_indian_document_repeats_the_settlement_before() {
    let history = tell(1, Setting::In);
    let report = &history.reports[3];
    assert_eq!(report.settlements, [2, 3]);
    let lines = lines(&history, report);
    assert_eq!(feet(&lines).len(), 2);
    let untyped = history.reports.iter().any(|report| {
        let lines = self::lines(&history, report);
        lines[1..].iter().any(|cells| cells[6].is_empty() && cells[4].is_empty())
    });
    assert!(untyped);
}

#[test]
fn unknown_words_come_only_when_asked_for() {
    let words = |quirks| {
        let history = quirky(Setting::De, quirks);
        let all = history.transactions.iter().flat_map(|of| of.rows.clone());
        all.filter(|row| row.words.amount_type.contains("Quantum")).count()
    };
    assert_eq!(words(Quirks::default()), 0);
    assert!(words(Quirks { unknown_triples: true, ..Quirks::default() }) > 5);
}
