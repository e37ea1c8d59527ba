//! Settlement files of every layout and region, whole and broken.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "settlement/broken.rs"]
mod broken;
#[path = "settlement/files.rs"]
mod files;

use amazon::{Diagnostics, Event, Hints, Malformed, Reader};
use base::{Currency, Money, Timestamp};
use facts::settlement::{Layout, Settlement};

/// A row that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) line: u64,
    pub(crate) id: String,
    pub(crate) words: [String; 3],
    pub(crate) amount: Money,
    pub(crate) posted: Timestamp,
    pub(crate) marketplace: String,
    pub(crate) fulfilment: String,
    pub(crate) order_id: String,
    pub(crate) sku: String,
    pub(crate) quantity: String,
    pub(crate) raw: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) layout: Layout,
    pub(crate) settlements: Vec<Settlement>,
    pub(crate) rows: Vec<Kept>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) bytes_read: u64,
}

pub(crate) fn read(bytes: &[u8], hints: &Hints) -> Result<Whole, Malformed> {
    let mut reader = Reader::new(bytes, hints)?;
    let (mut settlements, mut rows) = (Vec::new(), Vec::new());
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Settlement(settlement) => settlements.push(settlement),
            Event::Row(row) => rows.push(Kept {
                line: row.line,
                id: row.settlement_id.to_owned(),
                words: [row.transaction_type, row.amount_type, row.amount_description]
                    .map(str::to_owned),
                amount: row.amount,
                posted: row.posted,
                marketplace: row.marketplace.to_owned(),
                fulfilment: row.fulfilment.to_owned(),
                order_id: row.order_id.to_owned(),
                sku: row.sku.to_owned(),
                quantity: row.quantity.to_owned(),
                raw: row.raw.to_vec(),
            }),
        }
    }
    let diagnostics = reader.diagnostics().clone();
    let (layout, bytes_read) = (reader.layout(), reader.bytes_read());
    Ok(Whole { layout, settlements, rows, diagnostics, bytes_read })
}

#[track_caller]
fn whole(bytes: &[u8]) -> Whole {
    read(bytes, &Hints::default()).unwrap()
}

impl Whole {
    /// The rows of each settlement add up to its total.
    #[track_caller]
    fn foots(&self) {
        for settlement in &self.settlements {
            let own = self.rows.iter().filter(|row| row.id == settlement.settlement_id);
            let sum = Money::sum(own.map(|row| row.amount), settlement.currency).unwrap();
            assert_eq!(Some(sum), settlement.total, "{}", settlement.settlement_id);
        }
    }

    fn words(&self) -> Vec<String> {
        self.rows.iter().map(|row| format!("{}={}", row.words.join("/"), row.amount)).collect()
    }
}

fn at(iso: &str) -> Timestamp {
    Timestamp::parse(iso).unwrap()
}

#[test]
fn a_us_file_is_read_to_the_cent() {
    let text = files::us().text();
    let found = whole(text.as_bytes());
    found.foots();
    assert_eq!(found.layout, Layout::FlatFileV2);
    assert_eq!(found.bytes_read, u64::try_from(text.len()).unwrap());
    let settlement = &found.settlements[0];
    assert_eq!(settlement.start, at("2024-10-09T14:28:39Z"));
    assert_eq!(settlement.deposit, Some(at("2024-10-25T14:28:39Z")));
    let row = &found.rows[0];
    assert_eq!(row.sku, "MUG \"BLUE\" 2");
    assert_eq!(
        (row.line, row.marketplace.as_str(), row.fulfilment.as_str()),
        (3, "Amazon.com", "AFN")
    );
    assert_eq!(row.posted, at("2024-10-12T01:02:03Z"));
    assert_eq!(row.raw, text.lines().nth(2).unwrap().as_bytes());
}

#[test]
fn a_british_and_a_german_file_are_read_to_the_penny() {
    let found = whole(&files::uk().bytes());
    found.foots();
    assert_eq!(found.rows[1].posted, at("2024-11-15T08:59:45Z"));
    assert!(!found.rows[0].raw.ends_with(b"\r"));
    let found = whole(&files::de().bytes());
    found.foots();
    assert_eq!(found.diagnostics.decimals, Some(amazon::source::settlement::Decimals::Comma));
}

#[test]
fn columns_may_stand_in_any_order_and_the_last_may_lack() {
    let mut names = files::V2;
    names.reverse();
    let mut table = files::Table::new(&names[1..]);
    table.head("1", files::EU_DATES, "5.00", "AUD");
    table.row("1", ["Order", "ItemPrice", "Principal"], "5.00", files::EU_DATES[0]);
    whole(&table.bytes()).foots();
}

#[test]
fn settlements_may_be_mixed_and_a_repeated_one_is_left_out() {
    let found = whole(&files::india().bytes());
    found.foots();
    assert_eq!((found.settlements.len(), found.rows.len()), (2, 4));
    assert_eq!(found.rows[1].words, ["", "FBAFees", "FBA Inventory Storage Fee"]);
    assert_eq!(found.diagnostics.repeated_settlements, 1);
    assert_eq!(found.diagnostics.repeated_rows, 2);
}

#[test]
fn a_settlements_own_line_twice_before_its_rows_is_one() {
    let mut table = files::Table::new(&files::V2);
    table.head("1", files::US_DATES, "5.00", "USD").head("1", files::US_DATES, "5.00", "USD");
    table.row("1", ["Order", "ItemPrice", "Principal"], "5.00", files::US_DATES[0]);
    whole(&table.bytes()).foots();
}

#[test]
fn identical_rows_are_two_rows() {
    let mut table = files::Table::new(&files::V2);
    table.head("1", files::US_DATES, "10.00", "USD");
    for _ in 0..2 {
        table.row("1", ["Order", "ItemPrice", "Principal"], "5.00", files::US_DATES[0]);
    }
    whole(&table.bytes()).foots();
}

#[test]
fn short_rows_blank_lines_and_a_byte_order_mark_are_noted() {
    let mut table = files::us();
    let short = "20480000001\t\t\t\t\t\tAmazonFees\t\t\t\t\t\tVine Enrollment Fee\tBase fee\t0.00\t\t2024-10-12\t2024-10-12 01:02:03 UTC\t\t\t\t\t";
    table.raw(short).raw("").raw("\t\t\t");
    let found = whole(&[b"\xef\xbb\xbf".as_slice(), &table.bytes()].concat());
    found.foots();
    let diagnostics = found.diagnostics;
    assert!(diagnostics.has_bom);
    assert_eq!((diagnostics.padded_rows, diagnostics.blank_lines, diagnostics.rows), (1, 2, 4));
    assert_eq!(found.rows[3].words, ["AmazonFees", "Vine Enrollment Fee", "Base fee"]);
}

#[test]
fn a_packed_file_is_unpacked_and_its_packed_bytes_are_counted() {
    let packed = broken::packed(&files::us().bytes());
    let found = whole(&packed);
    found.foots();
    assert!(found.diagnostics.is_gzip);
    assert_eq!(found.bytes_read, u64::try_from(packed.len()).unwrap());
}

#[test]
fn skus_of_japan_are_read_in_cp932_because_of_the_yen() {
    let mut table = files::Table::new(&files::V2);
    table.head("1", files::US_DATES, "1980", "JPY");
    table.line(&[
        ("settlement-id", "1"),
        ("amount", "1980"),
        ("posted-date", "2024/10/12"),
        ("posted-date-time", "2024/10/12 01:02:03 UTC"),
        ("sku", "SKU"),
    ]);
    let bytes = table.text().replace("SKU", "\u{1}").into_bytes();
    let sku = b"\x8f\xa4\x95i";
    let bytes: Vec<u8> =
        bytes.iter().flat_map(|b| if *b == 1 { sku.to_vec() } else { vec![*b] }).collect();
    let found = whole(&bytes);
    found.foots();
    assert_eq!(found.rows[0].sku, "商品");
    assert_eq!(found.diagnostics.encoding, "Shift_JIS");
    assert!(found.rows[0].raw.windows(4).any(|window| window == sku));
    assert_eq!(found.settlements[0].total, Some(Money::from_minor(1980, Currency::JPY)));
}

#[test]
fn a_posted_date_alone_is_taken_where_it_means_one_day() {
    let mut table = files::Table::new(&files::V2);
    table.head("1", files::US_DATES, "5.00", "USD");
    let day =
        |date: &'static str| [("settlement-id", "1"), ("amount", "2.50"), ("posted-date", date)];
    table.line(&day("26/10/24")).line(&day("10/26/2024"));
    let found = whole(&table.bytes());
    found.foots();
    assert!(found.rows.iter().all(|row| row.posted == at("2024-10-26T00:00:00Z")));
}

#[test]
fn canadas_chain_in_v1_gives_v2s_words() {
    for part in 1..=3 {
        let found = whole(&files::canada(part).bytes());
        found.foots();
        assert_eq!(found.layout, Layout::FlatFileV1);
    }
    let found = whole(&files::canada(3).bytes());
    let expected = [
        "other-transaction/other-transaction/Payable to Amazon=-62.31 CAD",
        "other-transaction/other-transaction/Successful charge=62.31 CAD",
        "other-transaction/FBA Inventory Reimbursement/WAREHOUSE_DAMAGE=16.08 CAD",
        "Order/ItemPrice/Principal=1200.00 CAD",
        "Order/ItemFees/Commission=-180.00 CAD",
        "Order/ShipmentFees/FBA transportation fee=-20.00 CAD",
    ];
    assert_eq!(found.words(), expected);
    assert_eq!(found.rows[3].line, found.rows[4].line);
    assert_eq!(found.diagnostics.lines_without_amount, 1);
}

#[test]
fn the_us_date_range_report_becomes_rows_without_the_buyer() {
    let found = whole(files::RANGE_US.as_bytes());
    assert_eq!(found.layout, Layout::DateRange);
    let ids: Vec<&str> = found.settlements.iter().map(|s| s.settlement_id.as_str()).collect();
    assert_eq!(ids, ["22010000001", "unsettled"]);
    assert_eq!(found.settlements[0].start, at("2025-06-09T05:23:05Z"));
    assert_eq!((found.settlements[0].total, found.settlements[0].currency), (None, Currency::USD));
    let expected = [
        "Order/ItemPrice/Principal=1024.99 USD",
        "Order/ItemPrice/Tax=1.75 USD",
        "Order/Promotion/Principal=-2.00 USD",
        "Order/ItemWithheldTax/MarketplaceFacilitatorTax-Principal=-1.75 USD",
        "Order/ItemFees/Commission=-3.75 USD",
        "Order/ItemFees/FBAPerUnitFulfillmentFee=-3.76 USD",
        "ServiceFee/Cost of Advertising/TransactionTotalAmount=-10.00 USD",
        "Order/ItemPrice/Principal=20.00 USD",
        "Order/ItemFees/Commission=-3.00 USD",
    ];
    assert_eq!(found.words(), expected);
    assert_eq!(
        (found.rows[0].marketplace.as_str(), found.rows[0].fulfilment.as_str()),
        ("Amazon.com", "AFN")
    );
    for row in &found.rows {
        let raw = String::from_utf8(row.raw.clone()).unwrap();
        for buyer in ["SPRINGFIELD", "SHELBYVILLE", "\"IL\"", "62701", "62565"] {
            assert!(!raw.contains(buyer), "{raw}");
        }
    }
    let raw = String::from_utf8(found.rows[0].raw.clone()).unwrap();
    assert!(raw.contains("\"Amazon\",,,,\"MarketplaceFacilitator\""), "{raw}");
}

#[test]
fn the_german_report_is_read_in_either_encoding() {
    // Windows-1252 has no true minus: Amazon writes a hyphen there.
    let legacy = files::RANGE_DE.replace('\u{2212}', "-");
    let (legacy, _, _) = encoding_rs::WINDOWS_1252.encode(&legacy);
    let (one, two) = (whole(files::RANGE_DE.as_bytes()), whole(&legacy));
    assert_eq!(one.words(), two.words());
    assert_eq!(two.diagnostics.encoding, "windows-1252");
    let expected = [
        "Order/ItemPrice/Principal=1234.56 EUR",
        "Order/ItemPrice/Tax=19.00 EUR",
        "Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal=-19.00 EUR",
        "Order/ItemFees/Commission=-185.18 EUR",
        "Order/ItemFees/FBAPerUnitFulfillmentFee=-4.50 EUR",
        "ServiceFee/Cost of Advertising/TransactionTotalAmount=-20.00 EUR",
    ];
    assert_eq!(one.words(), expected);
    assert!(!String::from_utf8(one.rows[0].raw.clone()).unwrap().contains("Köln"));
}

#[test]
fn the_australian_french_and_japanese_reports_are_read() {
    let found = whole(files::RANGE_AU.as_bytes());
    assert_eq!(found.rows[0].posted, at("2026-06-29T08:39:32Z"));
    assert!(
        found
            .words()
            .contains(&"Order/ItemWithheldTax/LowValueGoodsTax-Principal=-2.00 AUD".to_owned())
    );
    let found = whole(files::RANGE_FR.as_bytes());
    assert_eq!(found.words()[2], "Order/ItemPrice/ShippingTax=0.10 EUR");
    let (legacy, _, _) = encoding_rs::SHIFT_JIS.encode(files::RANGE_JA);
    for bytes in [files::RANGE_JA.as_bytes(), &legacy] {
        let found = whole(bytes);
        assert_eq!(found.words()[1], "Order/Points/PointsGranted=-20 JPY");
        assert_eq!(found.rows[0].sku, "マグ");
        assert_eq!(found.rows[0].posted, at("2024-01-31T18:04:05Z"));
    }
}

#[test]
fn a_quoted_cell_may_go_on_in_the_next_line() {
    let text = files::RANGE_US.replace("Mug, blue", "Mug,\nblue");
    let found = whole(text.as_bytes());
    assert_eq!(found.words(), whole(files::RANGE_US.as_bytes()).words());
}
