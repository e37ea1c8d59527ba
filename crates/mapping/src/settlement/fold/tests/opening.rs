//! Rows from before the book's cut-over.

#![expect(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]

use proptest::prelude::*;

use super::properties::{lines, some_rules};
use super::*;
use crate::Role;
use crate::settlement::footing::Balance;
use crate::settlement::pack::Pack;
use crate::settlement::plan::{About, Card, Plan, UntaxedLines, What, plan};

const BEGINS: &str = "2026-01-22";

fn cut(day: &str, held_back: &[(&str, bool)]) -> Cut {
    let held_back = held_back.iter().map(|(order, is_refund)| HeldBack {
        order_id: (*order).to_owned(),
        is_refund: *is_refund,
        shipment_id: String::new(),
    });
    Cut { day: Day::parse(day).unwrap(), held_back: held_back.collect() }
}

fn begun(rules: &FoldRules, cut: &Cut, lines: &[Line]) -> Footing {
    let about = settlement(lines);
    let mut fold = Fold::start(&about, Layout::FlatFileV2, rules).unwrap().begun_at(cut);
    for line in lines {
        fold.row(&line.row()).unwrap();
    }
    fold.finish().unwrap()
}

fn planned(way: Way, footing: &Footing) -> Plan {
    let zone = Zone::named("Europe/London").unwrap();
    let about = About {
        way,
        region: "EU".to_owned(),
        next_number: 1,
        clearing_is_bank: false,
        untaxed_lines: UntaxedLines::Document,
        card: Card::Known,
        converted: None,
        zone,
    };
    plan(footing, &Pack::built_in("uk").unwrap(), &about).unwrap()
}

fn opened(footing: &Footing) -> [i64; 3] {
    Balance::ALL.map(|of| footing.opened(Some(of)).unwrap().amount.minor())
}

/// Before, from the day on, and an order that was held back in between.
fn spanning() -> [Line; 7] {
    let later = "2026-01-24T10:00:00Z";
    let held = "026-0000000-0000009";
    [
        line("Order/ItemPrice/Principal", 10_000),
        line("Order/ItemFees/Commission", -1_500),
        line("other-transaction/other-transaction/Previous Reserve Amount Balance", 700),
        line("Order/ItemPrice/Principal", 4_000).order(held).posted(later),
        line("Order/ItemFees/Commission", -600).order(held).posted(later),
        line("Order/ItemPrice/Principal", 2_400).posted(later),
        line("Refund/ItemPrice/Principal", -300).order(held).posted(later),
    ]
}

#[test]
fn rows_from_before_and_what_was_held_back_are_in_the_opening_balances() {
    let cut = cut(BEGINS, &[("026-0000000-0000009", false)]);
    let footing = begun(&rules(), &cut, &spanning());
    assert_eq!(opened(&footing), [8_500, 700, 3_400]);
    assert_eq!(footing.opened(None).unwrap().rows, 5);
    let left: Vec<i64> = groups(&footing).map(|group| group.amount.minor()).collect();
    assert_eq!(left, [2_400, -300]);
    assert_eq!(footing.sum, gbp(14_700));
}

#[test]
fn a_summary_takes_each_balance_over_and_its_total_reaches_the_bank() {
    let cut = cut(BEGINS, &[("026-0000000-0000009", false)]);
    let plan = planned(Way::Summary, &begun(&rules(), &cut, &spanning()));
    let [document] = plan.documents.as_slice() else { panic!("{:#?}", plan.documents) };
    assert_eq!((document.what, document.total), (What::Invoice, gbp(14_700)));
    let taken = document.lines.iter().filter(|line| line.rule.is_empty());
    let taken: Vec<(Role, i64)> = taken.map(|line| (line.role, line.amount.minor())).collect();
    let clearing = Role::Clearing(Currency::GBP);
    assert_eq!(taken, [(clearing, 8_500), (Role::Reserved, 700), (Role::Deferred, 3_400)]);
    assert_eq!((plan.posted, plan.covered), (gbp(2_100), gbp(12_600)));
}

#[test]
fn per_order_what_was_kept_back_goes_to_clearing() {
    let cut = cut(BEGINS, &[("026-0000000-0000009", false)]);
    let per_order = FoldRules { way: Way::PerOrder, ..rules() };
    let plan = planned(Way::PerOrder, &begun(&per_order, &cut, &spanning()));
    let first = plan.documents.first().unwrap();
    let lines: Vec<(Role, i64)> =
        first.lines.iter().map(|line| (line.role, line.amount.minor())).collect();
    assert_eq!(lines, [(Role::Reserved, 700), (Role::Deferred, 3_400)]);
    // Rows of orders, before and after: the refund has a credit note, the sale an invoice.
    assert_eq!((plan.posted, plan.covered), (gbp(0), gbp(14_700)));
    let payout = plan.documents.last().unwrap();
    assert_eq!((payout.part.as_str(), payout.total), ("payout", gbp(14_700)));
}

#[test]
fn a_settlement_that_had_ended_is_one_line_dated_on_the_first_day() {
    let reserve = "other-transaction/other-transaction/Current Reserve Amount";
    // Amazon dates it seconds after the end.
    let lines = [
        line("Order/ItemPrice/Principal", 10_000),
        line(reserve, -900).posted("2026-01-29T09:00:30Z"),
    ];
    let footing = begun(&rules(), &cut("2026-01-30", &[]), &lines);
    assert_eq!(opened(&footing), [9_100, 0, 0]);
    let plan = planned(Way::Summary, &footing);
    let [document] = plan.documents.as_slice() else { panic!("{:#?}", plan.documents) };
    assert_eq!(document.date, Day::parse("2026-01-30").unwrap());
    assert_eq!((document.lines.len(), document.total), (1, gbp(9_100)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_cent_is_counted_once_wherever_the_book_begins(
        lines in lines(),
        rules in some_rules(),
        day in 0_i64..90,
        held in any::<bool>(),
    ) {
        let day = Day::parse("2026-01-10").unwrap().after_days(day).to_string();
        let held: &[(&str, bool)] = if held { &[("026-0000000-0000001", false)] } else { &[] };
        let footing = begun(&rules, &cut(&day, held), &lines);
        let whole = fold_with(&rules, &lines);
        prop_assert_eq!(footing.sum, whole.sum);
        prop_assert_eq!(&footing.categories, &whole.categories);
        let opening = footing.opened(None).unwrap();
        let claimed = footing.claims.values();
        let counted = claimed.clone().map(|one| one.rows).sum::<u64>()
            + groups(&footing).map(|group| group.rows).sum::<u64>();
        prop_assert_eq!(counted + opening.rows, footing.rows);
        let amounts = claimed.map(|one| one.amount).chain(groups(&footing).map(|group| group.amount));
        let amounts = Money::sum(amounts, Currency::GBP).unwrap();
        prop_assert_eq!(amounts.plus(opening.amount).unwrap(), footing.sum);
        let plan = planned(rules.way, &footing);
        prop_assert_eq!(plan.posted.plus(plan.covered).unwrap(), footing.sum);
    }
}
