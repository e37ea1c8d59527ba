#![expect(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]

use base::Currency;
use facts::finances::TransactionStatus;
use proptest::prelude::*;

use super::*;

fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

fn at(day: i64) -> Timestamp {
    // The cut-over of these tests is on day 20.
    first().midnight_utc().after_ms((day - 20) * Timestamp::DAY)
}

fn first() -> Day {
    Day::parse("2026-02-20").unwrap()
}

fn transaction(id: &str, minor: i64, (posted, free): (i64, Option<i64>)) -> Vec<Transaction> {
    let one = Transaction {
        transaction_id: id.to_owned(),
        transaction_type: "Shipment".to_owned(),
        status: TransactionStatus::Released,
        description: "Order Payment".to_owned(),
        posted: at(posted),
        total: gbp(minor),
        region: "EU".to_owned(),
        seller_id: "s".to_owned(),
        account_type: String::new(),
        marketplace_id: String::new(),
        marketplace_name: String::new(),
        order_id: Some(format!("order-{id}")),
        shipment_id: Some(format!("parcel-{id}")),
        refund_id: None,
        settlement_id: None,
        event_group_id: None,
        releases: None,
        released_by: None,
        deferral: None,
        items: Vec::new(),
        parts: Vec::new(),
    };
    match free {
        Some(free) if free == posted => vec![one],
        None => vec![Transaction { status: TransactionStatus::Deferred, ..one }],
        Some(free) => {
            let release = Transaction {
                transaction_id: format!("{id}-release"),
                releases: Some(id.to_owned()),
                posted: at(free),
                ..one.clone()
            };
            vec![Transaction { status: TransactionStatus::DeferredReleased, ..one }, release]
        }
    }
}

fn ended(id: &str, (starts, ends): (i64, i64), total: i64, reserve: i64) -> Ended {
    Ended {
        settlement_id: id.to_owned(),
        series: "s/EU/GBP".to_owned(),
        starts: at(starts),
        ends: at(ends),
        total: gbp(total),
        current_reserve: gbp(-reserve),
        paid: Some(at(ends + 2)),
    }
}

fn proposed(balance: i64, settlements: &[Ended], transactions: &[Transaction]) -> Proposal {
    let transactions: Vec<&Transaction> = transactions.iter().collect();
    propose(&Beginning {
        day: first(),
        currency: Currency::GBP,
        balance: gbp(balance),
        settlements,
        transactions: &transactions,
    })
    .unwrap()
}

fn totals(proposal: &Proposal) -> [i64; 3] {
    Balance::ALL.map(|balance| proposal.total(balance).unwrap().minor())
}

#[test]
fn the_balance_is_what_is_free_what_is_kept_back_and_what_is_held_back() {
    let all = [
        transaction("settled", 900, (4, Some(5))),
        transaction("free", 500, (12, Some(18))),
        transaction("held", 300, (15, Some(24))),
        transaction("still held", 40, (16, None)),
        transaction("later", 7, (21, Some(21))),
    ];
    let settlements = [ended("1", (1, 15), 800, 100)];
    let proposal = proposed(940, &settlements, &all.concat());
    assert_eq!(totals(&proposal), [500, 100, 340]);
    assert_eq!(proposal.difference().unwrap(), gbp(0));
    let orders: Vec<(Balance, &str)> =
        proposal.orders.iter().map(|one| (one.balance, one.order_id.as_str())).collect();
    let expected = [
        (Balance::Clearing, "order-free"),
        (Balance::Deferred, "order-held"),
        (Balance::Deferred, "order-still held"),
    ];
    assert_eq!(orders, expected);
    assert_eq!(proposal.cut().held_back.len(), 2);
    assert_eq!(proposal.on_the_way.len(), 1, "it was sent three days before");
}

#[test]
fn what_ended_and_was_not_sent_is_in_the_balance_and_the_books() {
    let settlements = [ended("1", (5, 19), 800, 100)];
    let proposal = proposed(900, &settlements, &transaction("in it", 900, (6, Some(6))));
    assert_eq!(totals(&proposal), [800, 100, 0]);
    assert!(proposal.on_the_way.is_empty() && proposal.orders.is_empty());
    let one = settlements.first().unwrap();
    assert!(!is_before(at(20), (one.ends, one.total), one.paid));
    assert!(is_before(at(22), (one.ends, one.total), one.paid));
    assert!(!is_before(at(18), (one.ends, one.total), one.paid));
}

#[test]
fn a_debt_of_the_last_settlement_stays_and_an_earlier_one_was_taken_over() {
    let settlements = [ended("1", (-9, 5), -321, 0), ended("2", (5, 19), -62, 0)];
    let proposal = proposed(-62, &settlements, &[]);
    assert_eq!(totals(&proposal), [-62, 0, 0]);
    assert!(is_before(at(20), (at(19), gbp(-62)), None));
}

#[test]
fn what_nothing_explains_is_told() {
    let proposal = proposed(501, &[], &transaction("free", 500, (12, Some(12))));
    assert_eq!(proposal.difference().unwrap(), gbp(1));
}

proptest! {
    /// However money came free and was settled: it is in exactly one account, or not in the balance.
    #[test]
    fn every_amount_stands_once(
        all in proptest::collection::vec((1_i64..10_000, 0_i64..30, proptest::option::of(0_i64..30)), 0..20),
        ends in 0_i64..20,
    ) {
        let mut transactions = Vec::new();
        let (mut settled, mut balance) = (0, 0);
        for (number, (amount, posted, wait)) in all.iter().enumerate() {
            let free = wait.map(|wait| posted + wait);
            transactions.extend(transaction(&number.to_string(), *amount, (*posted, free)));
            if *posted < 20 {
                balance += amount;
            }
            settled += free.filter(|free| *free < ends).map_or(0, |_free| *amount);
        }
        let settlements = [ended("1", (-1, ends), settled, 0)];
        let is_sent = ends + 2 < 20;
        let at_amazon = if is_sent { balance - settled } else { balance };
        let proposal = proposed(at_amazon, &settlements, &transactions);
        prop_assert_eq!(proposal.difference().unwrap(), gbp(0));
    }
}
