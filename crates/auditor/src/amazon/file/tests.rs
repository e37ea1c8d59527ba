use super::*;

const NAMES: &str = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\torder-id\tamount-type\tamount-description\tamount\tquantity-purchased";

fn head(id: &str, total: &str) -> String {
    format!("{id}\t15.11.2024 08:59:45 UTC\t29.11.2024 08:59:45 UTC\t\t{total}\tEUR")
}

fn row(id: &str, order: &str, words: [&str; 3], amount: &str) -> String {
    let [transaction_type, amount_type, description] = words;
    format!(
        "{id}\t\t\t\t\t\t{transaction_type}\t{order}\t{amount_type}\t{description}\t{amount}\t1"
    )
}

const ORDER: &str = "202-1234567-1234567";

fn file(lines: &[String]) -> Vec<u8> {
    format!("{NAMES}\r\n{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

#[test]
fn sales_refunds_and_the_rest_are_told_apart() {
    let lines = [
        head("7", "1.041,20"),
        row("7", ORDER, ["Order", "ItemPrice", "Principal"], "1.200,00"),
        row(
            "7",
            ORDER,
            ["Order", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Principal"],
            "-20,00",
        ),
        row("7", ORDER, ["Order", "ItemFees", "Commission"], "-18,80"),
        row("7", ORDER, ["Refund", "ItemPrice", "Principal"], "-60,00"),
        row(
            "7",
            ORDER,
            ["Refund", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Principal"],
            "10,00",
        ),
        row(
            "7",
            "",
            ["other-transaction", "other-transaction", "Current Reserve Amount"],
            "-70,00",
        ),
        row("7", "S02-1234567-1234567", ["Order", "ItemPrice", "Principal"], "0,00"),
    ];
    let found = read(&file(&lines)).unwrap();
    let [settlement] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((settlement.total, settlement.sum), (eur(104_120), eur(104_120)));
    assert_eq!(settlement.reserved, Some(eur(-7_000)));
    let rows = settlement.orders[ORDER];
    assert_eq!((rows.sold, rows.withheld, rows.units), (eur(120_000), eur(-2_000), 1));
    assert_eq!((rows.refunded, rows.unwithheld), (eur(-6_000), eur(1_000)));
    assert_eq!((rows.net().unwrap(), settlement.orders.len()), (eur(113_000), 1));
}

#[test]
fn a_file_may_be_packed_and_hold_several_settlements() {
    use std::io::Write as _;
    let lines = [head("1", "0,05"), row("1", "", ["Fee", "Fee", "Fee"], "0,05"), head("2", "0,00")];
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&file(&lines)).unwrap();
    let found = read(&packer.finish().unwrap()).unwrap();
    assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn what_cannot_be_read_names_its_line() {
    let bad = [head("1", "0,05"), row("1", "", ["Fee", "Fee", "Fee"], "0,0x")];
    assert_eq!(read(&file(&bad)), Err("line 3: \"0,0x\" is no amount in EUR".to_owned()));
    let stray = [row("1", "", ["Fee", "Fee", "Fee"], "0,05")];
    assert!(read(&file(&stray)).unwrap_err().starts_with("line 2: no row names"));
    assert!(read(b"settlement-id\n").unwrap_err().contains("settlement-start-date"));
}

#[test]
fn amounts_are_read_in_both_ways_of_writing() {
    for (text, minor) in [
        ("54,20", 5_420),
        ("-0.05", -5),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("1,234", 123_400),
        ("12", 1_200),
        ("-3,5", -350),
        ("32.09    ", 3_209),
    ] {
        assert_eq!(amount(text, Currency::EUR), Ok(eur(minor)), "{text}");
    }
    for text in ["", "-", "1.2345", "12 EUR"] {
        assert!(amount(text, Currency::EUR).is_err(), "{text}");
    }
}

#[test]
fn moments_are_read_in_three_ways_of_writing() {
    let expected = Timestamp::parse("2024-11-15T08:59:45Z").ok();
    for text in ["15.11.2024 08:59:45 UTC", "2024-11-15 08:59:45 UTC", "2024-11-15T09:59:45+01:00"]
    {
        assert_eq!(moment(text), expected, "{text}");
    }
    assert_eq!(moment("yesterday"), None);
}

#[test]
fn an_order_number_has_three_blocks_of_digits() {
    assert!(is_amazons(ORDER));
    for other in ["", "S02-1234567-1234567", "24111314VO", "202-1234567-123456", "202-1234567"] {
        assert!(!is_amazons(other), "{other}");
    }
}
