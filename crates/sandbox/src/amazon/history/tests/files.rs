use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::GzDecoder;

use super::{options, tell};
use crate::amazon::history::{Charset, History, Report, Setting, write_settlement};

/// A document's lines, cell by cell, in this reader's own way.
pub(super) fn lines(history: &History, report: &Report) -> Vec<Vec<String>> {
    let mut bytes = history.document(report);
    if report.is_gzip {
        let mut plain = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
        bytes = plain;
    }
    let text = match report.charset {
        Charset::Utf8 => String::from_utf8(bytes).unwrap(),
        // Near enough to Windows-1252 for letters.
        Charset::Cp1252 => bytes.into_iter().map(char::from).collect(),
    };
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Hundredths, however the file writes them.
fn minor(text: &str) -> i64 {
    let (whole, cents) = text.split_once(['.', ',']).unwrap();
    assert_eq!(cents.len(), 2, "{text}");
    format!("{whole}{cents}").parse().unwrap()
}

/// Sums of rows and totals of header rows by settlement.
pub(super) fn feet(lines: &[Vec<String>]) -> BTreeMap<String, (i64, i64)> {
    let mut feet: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for cells in &lines[1..] {
        let foot = feet.entry(cells[0].clone()).or_default();
        if cells[4].is_empty() {
            assert!(cells[1..6].iter().all(String::is_empty));
            foot.0 += minor(&cells[14]);
        } else {
            foot.1 = minor(&cells[4]);
        }
    }
    feet
}

#[test]
fn every_document_foots_by_its_own_text() {
    for setting in Setting::ALL {
        for seed in 0..3 {
            let history = tell(seed, setting);
            for report in &history.reports {
                let lines = lines(&history, report);
                assert_eq!(lines[0].len(), 24);
                for (id, (sum, total)) in feet(&lines) {
                    assert_eq!(sum, total, "{setting:?} {seed} {id}");
                }
            }
        }
    }
}

#[test]
fn rows_have_the_shape_that_amazon_gives_them() {
    let (mut short, mut twins, mut foreign) = (0, 0, 0);
    for setting in [Setting::UkVat, Setting::De, Setting::Us] {
        let history = tell(6, setting);
        for report in &history.reports {
            let lines = lines(&history, report);
            let distinct: BTreeSet<&Vec<String>> = lines.iter().collect();
            twins += lines.len() - distinct.len();
            for cells in &lines[2..] {
                short += usize::from(cells.len() == 23);
                assert!(cells.len() == 24 || cells.len() == 23);
                assert!(!cells[12].is_empty() && !cells[13].is_empty());
                let is_refund = cells[6].contains("Refund") && !cells[7].is_empty();
                if is_refund {
                    assert!(cells[10].is_empty() && cells[22].is_empty());
                    assert!(cells[9].starts_with("amzn1:crow:") && !cells[20].is_empty());
                }
                if cells[6] == "Order" {
                    assert!(!cells[21].is_empty() && !cells[10].is_empty());
                }
                let is_german = setting == Setting::De;
                assert_eq!(cells[14].contains(','), is_german);
                assert!(cells[17].ends_with(" UTC") && cells[17].starts_with(&cells[16]));
                foreign += usize::from(!cells[21].is_ascii());
            }
        }
    }
    assert!(short > 0 && foreign > 0 && twins > 0, "{short} {foreign} {twins}");
}

#[test]
fn orders_from_other_shops_bring_a_fee_alone() {
    let lines: Vec<Vec<String>> = (0..4)
        .flat_map(|seed| {
            let history = tell(seed, Setting::UkVat);
            let reports = history.reports.clone();
            reports.iter().flat_map(|report| lines(&history, report)).collect::<Vec<_>>()
        })
        .filter(|cells| cells[7].starts_with("S02-"))
        .collect();
    assert!(!lines.is_empty());
    for cells in lines {
        assert_eq!(cells[11], "Non-Amazon UK");
        assert!(cells[8].starts_with('#') && cells[19] == cells[21]);
        assert!(cells[13] != "Principal" || cells[14] == "0.00");
    }
}

#[test]
fn a_settlement_of_any_size_has_its_rows_and_foots() {
    for setting in Setting::ALL {
        for rows in [1, 17, 5_000] {
            let mut bytes = Vec::new();
            let totals = write_settlement(&mut bytes, rows, 3, setting).unwrap();
            assert_eq!(totals.bytes, bytes.len() as u64);
            let text = String::from_utf8(bytes).unwrap();
            let lines: Vec<Vec<String>> =
                text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
            assert_eq!(lines.len() as u64, rows + 2);
            let (sum, total) = feet(&lines)[&totals.settlement_id];
            assert_eq!((sum, total), (totals.total, totals.total), "{setting:?} {rows}");
        }
    }
}

#[test]
fn the_same_seed_writes_the_same_settlement() {
    let bytes = |seed| {
        let mut bytes = Vec::new();
        write_settlement(&mut bytes, 400, seed, Setting::Us).unwrap();
        bytes
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
    assert_eq!(options(1, Setting::Us).months, 6);
}
