//! Settlements of another currency than the bank's, or than that of the card that Amazon charges.

use base::{Currency, Decimal, Money, Rate};

use super::{about, footing, gbp, group, part, uk};
use crate::Role;
use crate::settlement::plan::{About, Card, Converted, Plan, Planned, Way, What, plan};
use crate::settlement::words::LineKind;

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// A settlement in pounds for an organisation whose clearing account for them is a bank account.
fn planned(way: Way, minor: i64, converted: Converted) -> Plan {
    let footing = footing(vec![part("2026-01-01", vec![group(LineKind::Goods, minor)])]);
    let asked = About { clearing_is_bank: true, converted: Some(converted), ..about(way) };
    plan(&footing, &uk(), &asked).unwrap()
}

fn into_base(minor: i64) -> Converted {
    Converted { amount: eur(minor), is_base: true }
}

fn payout(plan: &Plan) -> Vec<&Planned> {
    plan.documents.iter().filter(|one| one.part.starts_with("payout")).collect()
}

fn lines(planned: &Planned) -> Vec<(Role, Money)> {
    planned.lines.iter().map(|line| (line.role, line.amount)).collect()
}

#[test]
fn a_converted_payout_goes_through_transit() {
    let planned = planned(Way::PerOrder, 5000, into_base(5831));
    let [sent, arrived] = payout(&planned)[..] else { panic!("{planned:?}") };
    assert_eq!((sent.part.as_str(), sent.total), ("payout:sent", gbp(5000)));
    assert_eq!(sent.what, What::Spend { bank: Role::Clearing(Currency::GBP) });
    assert_eq!(lines(sent), [(Role::Transit, gbp(5000))]);
    assert_eq!((arrived.part.as_str(), arrived.total), ("payout", eur(5831)));
    assert_eq!(arrived.what, What::Receive { bank: Role::Bank(Currency::EUR) });
    assert_eq!(lines(arrived), [(Role::Transit, eur(5831))]);
    assert_eq!(sent.rate, Some(Rate(Decimal::new(857_486, 6))));
    assert!(planned.questions.is_empty());
}

/// A rate of six decimals does not give every amount: transit is at zero all the same.
#[test]
fn what_the_rate_leaves_is_a_difference_of_exchange() {
    let planned = planned(Way::PerOrder, 98_765_432, into_base(115_000_001));
    let arrived = payout(&planned)[1];
    let [(Role::Transit, worth), (Role::FxDifferences, rest)] = lines(arrived)[..] else {
        panic!("{arrived:?}")
    };
    assert_eq!(worth.plus(rest).unwrap(), arrived.total);
    assert!(!rest.is_zero() && rest.minor().abs() < 100, "{rest}");
}

#[test]
fn a_payout_that_cannot_be_converted_is_a_question() {
    let into_third = Converted { amount: eur(5831), is_base: false };
    let codes = |plan: &Plan| plan.questions.iter().map(|one| one.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(&planned(Way::PerOrder, 5000, into_third)), ["payout_currency"]);
    // In summary the bank's line settles an invoice, in whatever currency it is.
    assert!(codes(&planned(Way::Summary, 5000, into_third)).is_empty());
    let footing = footing(vec![part("2026-01-01", vec![group(LineKind::Goods, 5000)])]);
    let asked = About { converted: Some(into_base(5831)), ..about(Way::PerOrder) };
    assert_eq!(codes(&plan(&footing, &uk(), &asked).unwrap()), ["payout_currency"]);
}

#[test]
fn a_card_of_another_currency_is_charged_through_transit() {
    let groups = vec![group(LineKind::SuccessfulCharge, 3000), group(LineKind::SellingFee, -500)];
    let footing = footing(vec![part("2026-01-01", groups)]);
    for (way, clearing_is_bank) in
        [(Way::Summary, true), (Way::Summary, false), (Way::PerOrder, true), (Way::PerOrder, false)]
    {
        let asked = About { card: Card::OtherCurrency, clearing_is_bank, ..about(way) };
        let planned = plan(&footing, &uk(), &asked).unwrap();
        let lines = planned.documents.iter().flat_map(|document| &document.lines);
        let waiting: Vec<Money> =
            lines.filter(|line| line.role == Role::Transit).map(|line| line.amount).collect();
        assert_eq!(waiting, [gbp(3000)], "{planned:?}");
        assert!(planned.documents.iter().all(|one| !one.part.starts_with("charge")));
    }
}
