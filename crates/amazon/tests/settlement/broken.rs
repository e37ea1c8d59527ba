//! Files that are refused, each with its code and place, and files of any bytes at all.

use std::io::Write as _;

use amazon::Hints;
use proptest::prelude::*;

use crate::{files, read};

#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Reads a file that is refused, with the code and the place.
#[track_caller]
fn check(bytes: &[u8], code: &str, line: u64, column: u64) {
    let refused = read(bytes, &Hints::default()).unwrap_err();
    assert_eq!((refused.code, refused.line, refused.column), (code, line, column), "{refused:?}");
    assert!(!refused.detail.is_empty() && !refused.advice.is_empty());
}

/// A US file with one text replaced.
#[track_caller]
fn changed(from: &str, to: &str, code: &str, line: u64, column: u64) {
    let text = files::us().text();
    assert!(text.contains(from), "{from}");
    check(text.replacen(from, to, 1).as_bytes(), code, line, column);
}

#[test]
fn what_is_no_text_file_is_said_to_be_what_it_is() {
    check(b"", "settlement_file_empty", 0, 0);
    check(b"\n \r\n", "settlement_file_empty", 0, 0);
    check(files::V2.join("\t").as_bytes(), "settlement_file_empty", 2, 0);
    check(b"  <!DOCTYPE html><html></html>", "settlement_file_is_html", 1, 0);
    check(
        b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>",
        "settlement_file_is_html",
        1,
        0,
    );
    check(b"PK\x03\x04", "settlement_file_is_binary", 1, 0);
    check(b"%PDF-1.7", "settlement_file_is_binary", 1, 0);
    check(b"settlement-id\0\t", "settlement_file_is_binary", 1, 0);
    check(b"\xff\xfes\0e\0", "settlement_encoding_unknown", 1, 0);
    changed("AFN", "A\0N", "settlement_file_is_binary", 1, 0);
    let hints = Hints { gzip: Some(false), ..Hints::default() };
    let refused = read(&packed(b"x"), &hints).unwrap_err();
    assert_eq!(refused.code, "settlement_file_is_binary");
}

#[test]
fn a_zero_byte_far_down_is_found_too() {
    let mut table = files::us();
    for _ in 0..5000 {
        table.raw("");
    }
    table.row("20480000001", ["x", "y", "z"], "0.00", files::US_DATES[0]);
    let text = table.text();
    let at = text.rfind('y').unwrap();
    let mut bytes = text.into_bytes();
    bytes[at] = 0;
    assert!(at > 5000);
    let refused = read(&bytes, &Hints::default()).unwrap_err();
    assert_eq!(refused.code, "settlement_file_is_binary");
}

#[test]
fn a_file_that_ends_too_early_is_truncated() {
    let text = files::us().text();
    let cut = text.len() - 30;
    check(&text.as_bytes()[..cut], "settlement_file_truncated", 5, 0);
    check(&text.as_bytes()[..40], "settlement_file_truncated", 1, 0);
    let mut head: Vec<&str> = text.lines().take(2).collect();
    head.push("");
    check(head.join("\n").as_bytes(), "settlement_file_truncated", 2, 0);
    let whole = packed(text.as_bytes());
    let refused = read(&whole[..whole.len() / 2], &Hints::default()).unwrap_err();
    assert_eq!(refused.code, "settlement_file_truncated");
    let range = files::RANGE_US;
    check(&range.as_bytes()[..range.len() - 40], "settlement_file_truncated", 9, 0);
    let open = range.replace("Mug, blue \"\"XL\"\"", "Mug, blue \"\"XL\"");
    check(open.as_bytes(), "settlement_file_truncated", 7, 0);
}

#[test]
fn a_damaged_packed_file_is_refused() {
    let mut bytes = packed(files::us().text().as_bytes());
    let at = bytes.len() - 6;
    bytes[at] ^= 0xff;
    let refused = read(&bytes, &Hints::default()).unwrap_err();
    assert_eq!(refused.code, "settlement_file_damaged");
}

#[test]
fn another_report_is_named() {
    let reports = [
        ("amazon-order-id\tmerchant-order-id\tpurchase-date\tsku\n", "order report"),
        ("approval-date\treimbursement-id\tcase-id\tamount-total\n", "reimbursements"),
        ("UNIQUE_ACCOUNT_IDENTIFIER\tTAX_CALCULATION_DATE\n", "VAT"),
        ("\"Date\",\"FNSKU\",\"Event Type\"\n", "ledger"),
        ("item-name\tlisting-id\tseller-sku\n", "listings"),
        ("<?xml version=\"1.0\"?><AmazonEnvelope>", "XML"),
        ("settlement-id,settlement-start-date,amount\n", "commas"),
        ("{\"errors\":[]}", "JSON"),
        ("hello world\n", "hello world"),
    ];
    for (text, name) in reports {
        let refused = read(text.as_bytes(), &Hints::default()).unwrap_err();
        assert_eq!(refused.code, "settlement_wrong_report");
        assert!(refused.detail.contains(name), "{}", refused.detail);
    }
}

#[test]
fn columns_are_missing_or_doubled() {
    let refused =
        read(files::us().text().replacen("amount-type", "kind", 1).as_bytes(), &Hints::default());
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, "settlement_columns_missing");
    assert!(refused.detail.contains("amount-type"));
    changed("promotion-id", "sku", "settlement_columns_doubled", 1, 24);
    let range = files::RANGE_US.replace("\"settlement id\"", "\"number\"");
    check(range.as_bytes(), "settlement_columns_missing", 6, 0);
    let range = files::RANGE_US.replace("\"other\"", "\"selling fees\"");
    check(range.as_bytes(), "settlement_columns_doubled", 6, 29);
}

#[test]
fn a_settlements_own_line_must_be_there_and_be_clear() {
    changed("\n20480000001\t\t", "\n999\t\t", "settlement_header_missing", 3, 1);
    changed("\n20480000001\t2024", "\n\t2024", "settlement_header_missing", 2, 1);
    let doubled = "\n20480000001\t\t\t\t1.00\t\tOrder";
    changed("\n20480000001\t\t\t\t\t\tOrder", doubled, "settlement_header_unclear", 3, 15);
}

#[test]
fn a_repetition_that_differs_is_refused() {
    let text = files::india().text();
    let (before, after) = text.rsplit_once("-1.80").unwrap();
    let changed = format!("{before}-1.81{after}");
    check(changed.as_bytes(), "settlement_repeated_differs", 11, 0);
    let mut table = files::india();
    table.head("301", files::EU_DATES, "91.00", "INR");
    check(&table.bytes(), "settlement_repeated_differs", 11, 0);
}

#[test]
fn currencies_do_not_mix_and_are_known() {
    changed("17.48\tUSD", "17.48\tusd", "settlement_currency_unknown", 2, 6);
    let row = "\n20480000001\t\t\t\t\tEUR\tOrder";
    changed("\n20480000001\t\t\t\t\t\tOrder", row, "settlement_two_currencies", 3, 6);
    let range = files::RANGE_US.replace("USD", "money").replace("amazon.com", "elsewhere");
    check(range.as_bytes(), "settlement_currency_unknown", 7, 0);
}

#[test]
fn amounts_that_are_no_amounts_are_refused() {
    changed("24.99", "", "settlement_amount_missing", 3, 15);
    changed("24.99", "$24.99", "settlement_amount_unreadable", 3, 15);
    changed("24.99", "999999999999999999999.00", "settlement_amount_unreadable", 3, 15);
    changed("24.99", "24.995", "settlement_amount_inexact", 3, 15);
    changed("24.99", "24,99", "settlement_decimals_mixed", 3, 15);
    changed("17.48\t", "1,748\t", "settlement_amount_ambiguous", 2, 5);
    let range = files::RANGE_US.replace("\"17.00\"", "\"\"");
    check(range.as_bytes(), "settlement_amount_missing", 9, 30);
}

#[test]
fn dates_are_read_or_refused() {
    changed("2024-10-12 01:02:03 UTC", "45577.04", "settlement_date_unreadable", 3, 18);
    changed("2024-10-12\t", "2024-10-13\t", "settlement_dates_disagree", 3, 17);
    changed("2024-10-12\t", "12th\t", "settlement_date_unreadable", 3, 17);
    changed(
        "2024-10-12\t2024-10-12 01:02:03 UTC",
        "10/12/24\t",
        "settlement_date_unreadable",
        3,
        17,
    );
    changed(
        "2024-10-23 14:28:39 UTC",
        "2024-10-01 14:28:39 UTC",
        "settlement_dates_disagree",
        2,
        3,
    );
    let range = files::RANGE_US.replace("10:23:05 PM PDT", "10:23:05 PM");
    check(range.as_bytes(), "settlement_date_unreadable", 7, 1);
}

#[test]
fn lines_that_are_too_long_too_wide_or_untied_are_refused() {
    changed("AFN", &"A".repeat(2_000_000), "settlement_row_too_long", 3, 0);
    changed("MUG \"BLUE\" 2\t1\t", "MUG \tBLUE\t 2\t1\t", "settlement_cells_extra", 3, 25);
    let range = files::RANGE_US.replace("\"other\"", "\"a new fee\"").replacen(
        "\"0\",\"1,015.48\"",
        "\"1\",\"1,016.48\"",
        1,
    );
    check(range.as_bytes(), "settlement_row_untied", 7, 30);
}

#[test]
fn texts_in_no_encoding_are_refused() {
    let text = files::us().text().replace("AFN", "\u{1}").into_bytes();
    let bytes: Vec<u8> = text.iter().map(|byte| if *byte == 1 { 0x81 } else { *byte }).collect();
    check(&bytes, "settlement_encoding_unknown", 3, 0);
}

#[test]
fn a_document_has_only_so_many_settlements() {
    let mut table = files::Table::new(&files::V2);
    for id in 0..10_001 {
        table.head(&id.to_string(), files::US_DATES, "0.00", "USD");
    }
    check(&table.bytes(), "settlement_too_many", 10_002, 0);
}

#[test]
fn a_reader_that_fails_says_so_and_goes_on_saying_so() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _buffer: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the cable is out"))
        }
    }
    let refused = amazon::Reader::new(Broken, &Hints::default()).err().unwrap();
    assert_eq!(refused.code, "file_unreadable");
    let text = files::us().text().replace("24.99", "x");
    let mut reader = amazon::Reader::new(text.as_bytes(), &Hints::default()).unwrap();
    assert!(reader.next_event().is_ok());
    assert!(reader.next_event().is_err());
    assert!(reader.next_event().is_err());
}

/// Whole files of every kind.
fn all() -> Vec<Vec<u8>> {
    let range =
        [files::RANGE_US, files::RANGE_DE, files::RANGE_AU, files::RANGE_FR, files::RANGE_JA];
    let mut all: Vec<Vec<u8>> = range.iter().map(|text| text.as_bytes().to_vec()).collect();
    let flat = [files::us(), files::uk(), files::de(), files::india(), files::canada(3)];
    all.extend(flat.iter().map(files::Table::bytes));
    all.push(packed(&files::india().bytes()));
    all
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600), japan in any::<bool>()) {
        let hints = Hints { japan, ..Hints::default() };
        let _result = read(&bytes, &hints);
    }

    #[test]
    fn a_changed_file_is_read_or_refused(
        which in 0_usize..11,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8),
    ) {
        let mut bytes = all().swap_remove(which);
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, [b'\t', b'\n', b',', b'"'][usize::from(byte % 4)]),
                2 if bytes.len() > 1 => { bytes.remove(at); }
                _ => bytes.truncate(at.max(1)),
            }
        }
        let result = read(&bytes, &Hints::default());
        if let Err(refused) = result {
            prop_assert!(!refused.advice.is_empty());
        }
    }

    #[test]
    fn a_file_cut_anywhere_never_gives_other_amounts(which in 0_usize..10, cut in any::<prop::sample::Index>()) {
        let bytes = all().swap_remove(which);
        let whole = read(&bytes, &Hints::default()).unwrap();
        let cut = cut.index(bytes.len());
        if let Ok(part) = read(&bytes[..cut], &Hints::default()) {
            for (one, other) in part.rows.iter().zip(&whole.rows) {
                prop_assert_eq!((&one.words, one.amount, one.posted), (&other.words, other.amount, other.posted));
            }
        }
    }

    #[test]
    fn however_the_bytes_come_the_rows_are_the_same(size in 1_usize..64) {
        struct Slow<'a>(&'a [u8], usize);
        impl std::io::Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let count = self.1.min(buffer.len()).min(self.0.len());
                buffer[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let bytes = files::us().bytes();
        let mut reader = amazon::Reader::new(Slow(&bytes, size), &Hints::default()).unwrap();
        let mut count = 0;
        while reader.next_event().unwrap().is_some() {
            count += 1;
        }
        prop_assert_eq!(count, 4);
    }
}
