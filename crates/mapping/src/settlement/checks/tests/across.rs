//! Checks against neighbours, payouts and other reports, each shown to hold and to fire.

use super::*;

const ALL_HOLD: [(&str, Verdict); 3] =
    [("I2", Verdict::Holds), ("I4", Verdict::Holds), ("I6", Verdict::Holds)];

#[test]
fn a_chain_below_zero_is_carried_on() {
    let first = footing(0, -32_169);
    let mut second = footing(2, -6_231);
    second.links.payable_to_amazon = cad(-32_169);
    second.links.successful_charge = cad(32_169);
    let mut third = footing(4, 101_608);
    third.links.payable_to_amazon = cad(-6_231);
    assert_eq!(verdicts(&neighbours(&End::of(&first), &second)), ALL_HOLD);
    // Not charged: the debt was carried on.
    assert_eq!(verdicts(&neighbours(&End::of(&second), &third)), ALL_HOLD);
    assert_eq!(verdicts(&neighbours(&End::of(&third), &footing(6, 5))), ALL_HOLD);
}

#[test]
fn i6_a_debt_that_is_not_carried_on() {
    let first = footing(0, -32_169);
    let second = footing(2, 500);
    let checks = neighbours(&End::of(&first), &second);
    assert_eq!(
        fired(&checks[2]),
        ("settlement_debt_differs", Verdict::Fails, Some(-32_169), Some(0))
    );
    // A debt that nobody had.
    let mut second = footing(2, 500);
    second.links.payable_to_amazon = cad(-10);
    let checks = neighbours(&End::of(&footing(0, 700)), &second);
    assert_eq!(fired(&checks[2]), ("settlement_debt_differs", Verdict::Fails, Some(0), Some(-10)));
    // Charged in part.
    let mut second = footing(2, 500);
    second.links.payable_to_amazon = cad(-32_169);
    second.links.successful_charge = cad(30_000);
    let checks = neighbours(&End::of(&first), &second);
    assert_eq!(
        fired(&checks[3]),
        ("settlement_debt_differs", Verdict::Review, Some(32_169), Some(30_000))
    );
}

#[test]
fn a_debt_may_be_moved_to_another_account() {
    let first = footing(0, -5_000);
    // India: the debt and its adjustment stand together.
    let mut second = footing(2, 500);
    second.links.payable_to_amazon = cad(-5_000);
    second.links.debt_adjustments = cad(5_000);
    assert_eq!(verdicts(&neighbours(&End::of(&first), &second)), ALL_HOLD);
    // Europe: the adjustment alone.
    second.links.payable_to_amazon = cad(0);
    assert_eq!(neighbours(&End::of(&first), &second)[2].verdict, Verdict::Review);
    // The account that pays for another one's debt.
    let mut payer = footing(2, 500);
    payer.links.debt_adjustments = cad(-5_000);
    assert_eq!(verdicts(&neighbours(&End::of(&footing(0, 100)), &payer)), ALL_HOLD);
}

#[test]
fn i2_a_gap_and_an_overlap() {
    let first = End::of(&footing(0, 100));
    for (week, how) in [(3, "is missing"), (1, "overlap")] {
        let checks = neighbours(&first, &footing(week, 100));
        assert_eq!(checks[0].code, "settlement_gap");
        assert_eq!(
            verdicts(&checks),
            [("I2", Verdict::Fails), ("I4", Verdict::Missing), ("I6", Verdict::Missing)]
        );
        assert!(checks[0].detail.ends_with(how), "{}", checks[0].detail);
    }
}

#[test]
fn i4_a_reserve_that_does_not_come_back() {
    let mut first = footing(0, 100);
    first.links.current_reserve = cad(-7_028);
    let mut second = footing(2, 100);
    second.links.previous_reserve = cad(7_028);
    assert_eq!(verdicts(&neighbours(&End::of(&first), &second)), ALL_HOLD);
    second.links.previous_reserve = cad(7_000);
    let checks = neighbours(&End::of(&first), &second);
    assert_eq!(
        fired(&checks[1]),
        ("settlement_reserve_differs", Verdict::Fails, Some(7_028), Some(7_000))
    );
}

#[test]
fn i7_money_that_came_back_from_nowhere() {
    let failed = |amount| payout(PayoutStatus::Failed, Some(cad(amount)));
    let mut after = footing(2, 100);
    assert_eq!(failed_transfer(&after, &[]).verdict, Verdict::Holds);
    after.links.failed_transfers = cad(900);
    assert_eq!(failed_transfer(&after, &[]).verdict, Verdict::Missing);
    assert_eq!(failed_transfer(&after, &[failed(100), failed(900)]).verdict, Verdict::Holds);
    assert_eq!(failed_transfer(&after, &[failed(400), failed(500)]).verdict, Verdict::Holds);
    let paid = payout(PayoutStatus::Paid, Some(cad(900)));
    assert_eq!(
        fired(&failed_transfer(&after, &[paid, failed(100)])),
        ("settlement_failed_transfer_unknown", Verdict::Fails, Some(100), Some(900))
    );
}

#[test]
fn i11_a_settlement_that_was_issued_again() {
    let first = Issue { settlement_id: "S0", hash: "aa", rows: 3, sum: cad(100) };
    assert_eq!(reissue(&first, &first).verdict, Verdict::Holds);
    let again = Issue { hash: "bb", rows: 4, sum: cad(90), ..first };
    assert_eq!(
        fired(&reissue(&first, &again)),
        ("settlement_reissued", Verdict::Fails, Some(100), Some(90))
    );
    let other = Issue { settlement_id: "S1", ..first };
    assert_eq!(reissue(&first, &other).verdict, Verdict::Missing);
}

#[test]
fn i12_a_date_range_report_that_comes_to_something_else() {
    let settled = footing(0, 21_211);
    let mut ranged = footing(0, 21_211);
    ranged.transfers = cad(-13_375);
    assert_eq!(date_range(&settled, &ranged).verdict, Verdict::Holds);
    ranged.sum = cad(21_210);
    assert_eq!(
        fired(&date_range(&settled, &ranged)),
        ("date_range_differs", Verdict::Fails, Some(21_211), Some(21_210))
    );
    assert_eq!(date_range(&settled, &footing(2, 21_211)).verdict, Verdict::Missing);
}

#[test]
fn control_totals_agree_or_are_named_as_missing() {
    let settled = footing(0, 9_804);
    let paid = payout(PayoutStatus::Paid, Some(cad(9_804)));
    let group = event_group(9_804, None);
    let all = controls(&settled, Some(cad(9_804)), Some(&paid), Some(&group));
    let names = ["control_summary", "control_payout", "control_group"];
    assert_eq!(verdicts(&all), names.map(|name| (name, Verdict::Holds)));
    let none = controls(&settled, None, None, None);
    assert_eq!(verdicts(&none), names.map(|name| (name, Verdict::Missing)));
    let paid = payout(PayoutStatus::Paid, Some(cad(9_800)));
    let wrong = controls(&settled, Some(cad(9_803)), Some(&paid), Some(&event_group(1, None)));
    assert_eq!(
        wrong.iter().map(fired).collect::<Vec<_>>(),
        [
            ("control_summary_differs", Verdict::Fails, Some(9_803), Some(9_804)),
            ("control_payout_differs", Verdict::Fails, Some(9_800), Some(9_804)),
            ("control_group_differs", Verdict::Fails, Some(1), Some(9_804)),
        ]
    );
}

#[test]
fn nothing_is_paid_out_of_a_settlement_below_zero() {
    let owed = footing(0, -32_169);
    let none = payout(PayoutStatus::NoPayout, None);
    for payout in [None, Some(&none)] {
        assert_eq!(controls(&owed, None, payout, None)[1].verdict, Verdict::Holds);
    }
    let paid = payout(PayoutStatus::Paid, Some(cad(100)));
    assert_eq!(controls(&owed, None, Some(&paid), None)[1].verdict, Verdict::Fails);
}

#[test]
fn a_payout_in_another_currency_is_compared_with_what_amazon_converted() {
    let settled = footing(0, 9_804);
    let usd = |minor| Money::from_minor(minor, Currency::USD);
    let paid = payout(PayoutStatus::Paid, Some(usd(7_000)));
    let of = |group: Option<&PaymentGroup>| controls(&settled, None, Some(&paid), group)[1].verdict;
    assert_eq!(of(None), Verdict::Missing);
    assert_eq!(of(Some(&event_group(9_804, Some(usd(7_000))))), Verdict::Holds);
    assert_eq!(of(Some(&event_group(9_804, Some(usd(6_999))))), Verdict::Fails);
}
