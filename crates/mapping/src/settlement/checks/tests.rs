mod across;

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Money, Timestamp};
use facts::finances::{PaymentGroup, Payout, PayoutStatus};
use facts::settlement::{Layout, Settlement};

use super::*;
use crate::settlement::footing::{Footing, Links, Untaxed};

fn cad(minor: i64) -> Money {
    Money::from_minor(minor, Currency::CAD)
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A settlement of two weeks that begins in some week.
fn footing(week: i64, sum: i64) -> Footing {
    let start = moment("2026-01-05T08:00:00Z").after_ms(week.saturating_mul(7 * Timestamp::DAY));
    let end = start.after_ms(14 * Timestamp::DAY);
    Footing {
        settlement: Settlement {
            settlement_id: format!("S{week}"),
            start,
            end,
            deposit: Some(end.after_ms(2 * Timestamp::DAY)),
            total: Some(cad(sum)),
            currency: Currency::CAD,
        },
        layout: Layout::FlatFileV2,
        rows: 1,
        sum: cad(sum),
        categories: BTreeMap::new(),
        parts: Vec::new(),
        unknown: Vec::new(),
        checks: Vec::new(),
        links: Links {
            previous_reserve: cad(0),
            current_reserve: cad(0),
            payable_to_amazon: cad(0),
            successful_charge: cad(0),
            failed_transfers: cad(0),
            debt_adjustments: cad(0),
        },
        claims: BTreeMap::new(),
        opening: BTreeMap::new(),
        untaxed: Untaxed { orders: BTreeSet::new(), amount: cad(0) },
        marketplace: String::new(),
        transfers: cad(0),
    }
}

fn payout(status: PayoutStatus, amount: Option<Money>) -> Payout {
    Payout {
        payout_id: "P".to_owned(),
        settlement_id: Some("S0".to_owned()),
        status,
        updated: Timestamp(0),
        created: None,
        amount,
        trace_id: None,
        account_tail: None,
        failure: None,
        region: "NA".to_owned(),
        seller_id: "A1".to_owned(),
        marketplace_id: String::new(),
        account_type: "Standard Orders".to_owned(),
    }
}

fn event_group(original: i64, converted: Option<Money>) -> PaymentGroup {
    PaymentGroup {
        group_id: "G".to_owned(),
        status: "Closed".to_owned(),
        start: Timestamp(0),
        end: None,
        original_total: Some(cad(original)),
        converted_total: converted,
        beginning_balance: None,
        transferred: None,
        trace_id: None,
        account_tail: None,
        region: "NA".to_owned(),
        seller_id: "A1".to_owned(),
    }
}

fn verdicts(checks: &[Check]) -> Vec<(&str, Verdict)> {
    checks.iter().map(|check| (check.name.as_str(), check.verdict)).collect()
}

#[test]
fn a_row_weeks_away_from_its_settlement_is_pointed_out() {
    let one = footing(0, 100);
    let (start, end) = (one.settlement.start, one.settlement.end);
    let day = Timestamp::DAY;
    let found = |first, last| posted_within(&one, (first, last));
    assert_eq!(found(start, end), None);
    assert_eq!(found(start.after_ms(-7 * day), end.after_ms(7 * day)), None);
    for (first, last) in [(start.after_ms(-8 * day), end), (start, end.after_ms(8 * day))] {
        let check = found(first, last).unwrap();
        assert_eq!(fired(&check), ("settlement_row_outside", Verdict::Review, None, None));
    }
}

/// Code, verdict and both numbers.
fn fired(check: &Check) -> (&str, Verdict, Option<i64>, Option<i64>) {
    let minor = |money: Option<Money>| money.map(Money::minor);
    (check.code.as_str(), check.verdict, minor(check.expected), minor(check.found))
}
