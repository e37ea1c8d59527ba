use amazon::source::reports::{FetchedReport, ReportRef, facts_of_report};
use base::{Subject, Timestamp};
use facts::settlement::{Found, Layout};
use facts::{Body, Fact};
use proptest::prelude::*;

use crate::script::{account, at, gbp, now};

const COLUMNS: [&str; 24] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

fn line(cells: &[(&str, &str)]) -> String {
    let cell = |name: &&str| {
        cells.iter().find(|(known, _)| known == name).map_or("", |(_, text)| *text).to_owned()
    };
    COLUMNS.iter().map(cell).collect::<Vec<_>>().join("\t")
}

fn head(id: &str, total: &str) -> String {
    line(&[
        ("settlement-id", id),
        ("settlement-start-date", "2026-11-01 10:00:00 UTC"),
        ("settlement-end-date", "2026-11-15 10:00:00 UTC"),
        ("deposit-date", "2026-11-17 10:00:00 UTC"),
        ("total-amount", total),
        ("currency", "GBP"),
    ])
}

fn row(id: &str, marketplace: &str, amount: &str) -> String {
    line(&[
        ("settlement-id", id),
        ("transaction-type", "Order"),
        ("order-id", "202-1234567-8901234"),
        ("marketplace-name", marketplace),
        ("amount-type", "ItemPrice"),
        ("amount-description", "Principal"),
        ("amount", amount),
        ("posted-date", "2026-11-10"),
        ("posted-date-time", "2026-11-10 08:00:00 UTC"),
        ("sku", "TEA-1"),
    ])
}

fn document(lines: &[String]) -> FetchedReport {
    let text = format!("{}\n{}\n", COLUMNS.join("\t"), lines.join("\n"));
    FetchedReport::of(text.into_bytes(), Some("utf-8".to_owned()))
}

fn reference(id: &str) -> ReportRef {
    ReportRef {
        report_id: id.to_owned(),
        document_id: "D-1".to_owned(),
        created: at("2026-11-16T10:00:00Z"),
        marketplace_ids: vec!["A1F83G8C2ARO7P".to_owned()],
        data_start: None,
        data_end: None,
    }
}

fn read(fetched: &FetchedReport) -> Vec<Fact> {
    facts_of_report(&account(), fetched, Some(&reference("50014018724")), now())
}

#[track_caller]
fn found(fact: &Fact) -> &Found {
    let Body::Settlement(found) = &fact.body else { unreachable!("{fact:?}") };
    found
}

fn one() -> Vec<String> {
    vec![
        head("111", "19.60"),
        row("111", "Amazon.co.uk", "24.00"),
        row("111", "Amazon.co.uk", "-4.40"),
        row("111", "", "0.00"),
    ]
}

#[test]
fn a_settlement_is_a_fact_at_its_end_with_its_rows_counted_and_summed() {
    let fetched = document(&one());
    let facts = read(&fetched);
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].subject, Subject::settlement("111"));
    assert_eq!(facts[0].occurred, at("2026-11-15T10:00:00Z"));
    assert_eq!(
        (facts[0].source.as_str(), &facts[0].raw_hash),
        ("amazon:EU:reports", &fetched.hash)
    );
    let found = found(&facts[0]);
    assert_eq!((found.rows, found.sum, found.settlement.total), (3, gbp(1960), Some(gbp(1960))));
    assert_eq!((found.layout, found.marketplace.as_str()), (Layout::FlatFileV2, "Amazon.co.uk"));
    assert_eq!(found.report_id.as_deref(), Some("50014018724"));
    assert_eq!((found.region.as_str(), found.seller_id.as_str()), ("EU", "A1"));
}

#[test]
fn the_same_settlement_in_two_documents_is_one_fact() {
    let alone = document(&one());
    let mut lines = one();
    lines.push(head("222", "1.00"));
    lines.push(row("222", "Amazon.de", "1.00"));
    let both = document(&lines);
    let other = facts_of_report(&account(), &both, Some(&reference("2")), now());
    assert_ne!(alone.hash, both.hash);
    assert_eq!(other.len(), 2);
    assert_eq!(read(&alone)[0].id, other[0].id);
    assert_eq!(found(&other[1]).marketplace, "Amazon.de");
    // From a disk it is that settlement too.
    assert_eq!(facts_of_report(&account(), &alone, None, now())[0].id, other[0].id);
}

#[test]
fn a_settlement_that_amazon_issued_again_is_another_fact() {
    let first = read(&document(&one()));
    let mut lines = one();
    lines.push(row("111", "Amazon.co.uk", "0.00"));
    assert_ne!(read(&document(&lines))[0].id, first[0].id);
    let mut lines = one();
    lines[0] = head("111", "19.61");
    assert_ne!(read(&document(&lines))[0].id, first[0].id);
    let other = amazon::Account { seller_id: "A2".to_owned(), ..account() };
    assert_ne!(facts_of_report(&other, &document(&one()), None, now())[0].id, first[0].id);
}

#[test]
fn a_settlement_that_does_not_foot_is_a_fact_all_the_same() {
    let mut lines = one();
    lines.pop();
    lines.pop();
    let facts = read(&document(&lines));
    let found = found(&facts[0]);
    assert_eq!((found.sum, found.settlement.total), (gbp(2400), Some(gbp(1960))));
}

#[test]
fn a_broken_file_is_one_fact_that_says_where() {
    let mut lines = one();
    lines[2] = row("111", "Amazon.co.uk", "four");
    let fetched = document(&lines);
    let facts = read(&fetched);
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].subject.as_str(), "settlement:report:50014018724");
    assert_eq!(facts[0].occurred, at("2026-11-16T10:00:00Z"));
    assert_eq!(facts[0].raw_hash, fetched.hash);
    let Body::Unreadable { reason } = &facts[0].body else { unreachable!() };
    assert!(reason.starts_with("settlement_amount_unreadable at line 4, cell 15: "), "{reason}");
    // The same file again is the same fact; without a report's name it is known by its hash.
    assert_eq!(read(&fetched)[0].id, facts[0].id);
    let disk = facts_of_report(&account(), &fetched, None, now());
    assert_eq!(disk[0].subject.as_str(), format!("settlement:report:{}", fetched.hash));
    assert_eq!(disk[0].occurred, now());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_say_why(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let facts = read(&FetchedReport::of(bytes, None));
        let is_known = |fact: &Fact| matches!(fact.body, Body::Settlement(_) | Body::Unreadable { .. });
        let are_known = facts.iter().all(is_known);
        prop_assert!(are_known);
    }

    /// Any change of any row is another fact; where a row ends matters; what stands between does
    /// not come into it.
    #[test]
    fn the_id_is_that_of_the_rows(amounts in proptest::collection::vec(-10_000_i64..10_000, 1..6), at in 0_usize..6, by in 1_i64..100) {
        let lines = |amounts: &[i64]| {
            let rows = amounts.iter().map(|minor| row("111", "Amazon.de", &gbp(*minor).amount().to_string()));
            std::iter::once(head("111", "1.00")).chain(rows).collect::<Vec<_>>()
        };
        let mut changed = amounts.clone();
        let place = at % changed.len();
        changed[place] += by;
        let first = read(&document(&lines(&amounts)));
        prop_assert_eq!(&read(&document(&lines(&amounts)))[0].id, &first[0].id);
        prop_assert_ne!(&read(&document(&lines(&changed)))[0].id, &first[0].id);
        prop_assert_eq!(found(&first[0]).sum, gbp(amounts.iter().sum()));
        prop_assert!(first[0].occurred > Timestamp(0));
    }
}
