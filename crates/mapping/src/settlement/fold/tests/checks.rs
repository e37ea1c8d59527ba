//! The checks that one settlement answers, each shown to hold and to fire.

use super::*;
use crate::settlement::checks::{Check, nets};

fn check<'f>(footing: &'f Footing, name: &str) -> &'f Check {
    footing.checks.iter().find(|check| check.name == name).unwrap()
}

pub(super) fn verdict(footing: &Footing, name: &str) -> Verdict {
    check(footing, name).verdict
}

/// Code, verdict and both numbers.
fn fired(check: &Check) -> (&str, Verdict, Option<i64>, Option<i64>) {
    let minor = |money: Option<Money>| money.map(Money::minor);
    (check.code.as_str(), check.verdict, minor(check.expected), minor(check.found))
}

#[test]
fn i1_rows_that_do_not_add_up_to_the_total() {
    let lines = [line("Order/ItemPrice/Principal", 1_000)];
    assert_eq!(verdict(&fold(&lines), "I1"), Verdict::Holds);
    let mut about = settlement(&lines);
    about.total = Some(gbp(999));
    let footing = fold_of(&about, Layout::FlatFileV2, &rules(), &lines).unwrap();
    let failed = check(&footing, "I1");
    assert_eq!(fired(failed), ("settlement_does_not_foot", Verdict::Fails, Some(999), Some(1_000)));
    assert!(failed.detail.contains("9.99 GBP") && failed.detail.contains("10.00 GBP"));
    about.total = None;
    let footing = fold_of(&about, Layout::DateRange, &rules(), &lines).unwrap();
    assert_eq!(verdict(&footing, "I1"), Verdict::Missing);
}

#[test]
fn i3_another_deposit_date() {
    let lines = [line("Order/ItemPrice/Principal", 1_000)];
    assert_eq!(verdict(&fold(&lines), "I3"), Verdict::Holds);
    let mut about = settlement(&lines);
    about.deposit = Some(about.end);
    let footing = fold_of(&about, Layout::FlatFileV2, &rules(), &lines).unwrap();
    assert_eq!(
        fired(check(&footing, "I3")),
        ("settlement_deposit_date", Verdict::Review, None, None)
    );
    assert!(check(&footing, "I3").detail.contains("2026-01-31T09:00:00.000Z"));
    about.deposit = None;
    let footing = fold_of(&about, Layout::FlatFileV2, &rules(), &lines).unwrap();
    assert_eq!(verdict(&footing, "I3"), Verdict::Missing);
}

#[test]
fn i5_groups_that_come_to_something_else() {
    let mut footing = fold(&[
        line("other-transaction/other-transaction/Previous Reserve Amount Balance", 18_095),
        line("Order/ItemPrice/Principal", 65_786),
        line("other-transaction/other-transaction/Current Reserve Amount", -32_410),
    ]);
    assert_eq!(verdict(&footing, "I5"), Verdict::Holds);
    footing.parts[0].groups.pop();
    let failed = nets(&footing);
    assert_eq!(
        (failed.code.as_str(), failed.verdict, failed.expected),
        ("settlement_does_not_net", Verdict::Fails, Some(gbp(51_471)))
    );
}

#[test]
fn i8_a_refund_fee_of_more_than_a_fifth() {
    let refund = |commission, kept| {
        fold(&[
            line("Refund/ItemPrice/Principal", -6_000),
            line("Refund/ItemFees/Commission", commission),
            line("Refund/ItemFees/RefundCommission", kept),
        ])
    };
    // As seen: a fifth, rounded to the cent either way.
    for (commission, kept) in [(1_044, -209), (864, -173), (963, -193), (1_044, 0)] {
        assert_eq!(verdict(&refund(commission, kept), "I8"), Verdict::Holds);
    }
    let footing = refund(1_044, -309);
    let odd = check(&footing, "I8");
    assert_eq!(fired(odd), ("refund_commission_unusual", Verdict::Review, Some(208), Some(309)));
    assert!(odd.detail.contains(ORDER));
    for (commission, kept) in [(-1_044, 209), (0, -209), (1_044, 209)] {
        assert_eq!(verdict(&refund(commission, kept), "I8"), Verdict::Review);
    }
}

#[test]
fn i9_a_retrocharge_that_leaves_something() {
    let charge = |withheld, posted: &str| {
        let retro = |words: &str, amount| line(words, amount).order(ORDER);
        fold(&[
            retro("Order_Retrocharge/ItemPrice/Tax", 700),
            retro("Order_Retrocharge/ItemPrice/ShippingTax", 0),
            retro(
                "Order_Retrocharge/ItemWithheldTax/MarketplaceFacilitatorTax-Principal",
                withheld,
            )
            .posted(posted),
        ])
    };
    let at = "2026-01-20T10:00:00Z";
    let footing = charge(-700, at);
    assert_eq!(verdict(&footing, "I9"), Verdict::Holds);
    assert_eq!(group(&footing, K::OtherTax).liable, Liable::Amazon);
    let footing = charge(-650, at);
    let odd = check(&footing, "I9");
    assert_eq!(fired(odd), ("retrocharge_does_not_net", Verdict::Review, Some(0), Some(50)));
    // Another moment is another group, and neither comes to nothing.
    assert!(check(&charge(-700, "2026-01-20T10:00:01Z"), "I9").detail.contains(": 2;"));
}

#[test]
fn i10_tax_that_is_not_what_is_withheld() {
    let footing = fold(&[
        line("Order/ItemPrice/Principal", 5_420),
        line("Order/ItemPrice/Tax", 379),
        line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", -378),
        line("Order/ItemPrice/Principal", 0).order("S02-1234567-1234567").at("Non-Amazon UK"),
    ]);
    let failed = check(&footing, "I10");
    assert_eq!(fired(failed), ("withheld_tax_differs", Verdict::Fails, Some(-379), Some(-378)));
    assert!(failed.detail.contains(ORDER));
    // More withheld than there is tax is nobody's rest.
    let footing = fold_in_australia(&[
        line("Order/ItemPrice/Tax", 379),
        line("Order/ItemWithheldTax/LowValueGoodsTax-Principal", -400),
    ]);
    assert_eq!(verdict(&footing, "I10"), Verdict::Fails);
}
