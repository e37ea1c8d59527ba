//! What must hold of any rows in any order.

use proptest::prelude::*;

use super::*;

const WORDS: [&str; 25] = [
    "Order/ItemPrice/Principal",
    "Order/ItemPrice/Tax",
    "Order/ItemPrice/Shipping",
    "Order/ItemPrice/ShippingTax",
    "Order/Promotion/Principal",
    "Order/Promotion/Shipping",
    "Order/Promotion/TaxDiscount",
    "Order/ItemWithheldTax/MarketplaceFacilitatorTax-Principal",
    "Order/ItemPrice/RegulatoryFee",
    "Order/Points/PointsGranted",
    "Order/ItemFees/Commission",
    "Order/ItemFees/ShippingChargeback",
    "Refund/ItemPrice/Principal",
    "Refund/ItemPrice/Tax",
    "Refund/ItemPrice/Goodwill",
    "Refund/ItemFees/Commission",
    "Refund/ItemFees/RefundCommission",
    "Refund/ItemWithheldTax/MarketplaceFacilitatorTax-Principal",
    "Order_Retrocharge/ItemPrice/Tax",
    "FBAFees/FBA Inventory Storage Fee/Base fee",
    "other-transaction/other-transaction/Current Reserve Amount",
    "other-transaction/other-transaction/Promotion Adjustment",
    "Transfer/Transfer/Payout",
    "Mystery/Of/Words",
    "Mystery/Of/Others",
];

pub(super) fn lines() -> impl Strategy<Value = Vec<Line>> {
    let a_line = (0..WORDS.len(), 0..4_u32, 0..2_u32, 0..80_i64, 0..3_usize, -500..500_i64);
    let a_line = a_line.prop_map(|(words, order, item, day, marketplace, amount)| {
        let orders = ["026-0000000-0000001", "026-0000000-0000002", "S02-0000000-0000003", ""];
        let order = orders[usize::try_from(order).unwrap()];
        let mut line = line(WORDS[words], amount).order(order).item(&format!("0{item}"));
        line.posted = line.posted.after_ms(day.saturating_mul(Timestamp::DAY));
        line.at(["Amazon.co.uk", "Amazon.de", ""][marketplace])
    });
    proptest::collection::vec(a_line, 0..60).prop_map(|mut lines| {
        for (line, number) in lines.iter_mut().zip(2..) {
            line.number = number;
        }
        lines
    })
}

pub(super) fn some_rules() -> impl Strategy<Value = FoldRules> {
    (any::<bool>(), any::<bool>()).prop_map(|(per_order, cut)| FoldRules {
        way: if per_order { Way::PerOrder } else { Way::Summary },
        uncovered: std::collections::BTreeSet::new(),
        cuts: if cut { vec![Day::parse("2026-02-11").unwrap()] } else { Vec::new() },
        ..rules()
    })
}

/// Of either kind: in Australia a rest of the tax that Amazon withholds is the seller's.
fn about(lines: &[Line], is_australian: bool) -> Settlement {
    if is_australian { australian(lines) } else { settlement(lines) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        (lines, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        rules in some_rules(),
        is_australian in any::<bool>(),
    ) {
        let about = about(&lines, is_australian);
        let folded = |lines: &[Line]| fold_of(&about, Layout::FlatFileV2, &rules, lines).unwrap();
        prop_assert_eq!(folded(&lines), folded(&shuffled));
    }

    #[test]
    fn in_sum_only_the_claims_are_coarser(
        lines in lines(),
        rules in some_rules(),
        is_australian in any::<bool>(),
    ) {
        let about = about(&lines, is_australian);
        let mut fold = Fold::start(&about, Layout::FlatFileV2, &rules).unwrap();
        for line in &lines {
            fold.row(&line.row_in(about.currency)).unwrap();
        }
        let in_sum = fold.finish_in_sum().unwrap();
        let mut by_item = fold_of(&about, Layout::FlatFileV2, &rules, &lines).unwrap();
        let mut claims = std::collections::BTreeMap::new();
        for (claim, more) in by_item.claims {
            let coarse = Claim { order_id: String::new(), item_id: String::new(), ..claim };
            let none = Claimed { amount: Money::zero(about.currency), rows: 0 };
            let sum = claims.entry(coarse).or_insert(none);
            sum.amount = sum.amount.plus(more.amount).unwrap();
            sum.rows = sum.rows.saturating_add(more.rows);
        }
        by_item.claims = claims;
        prop_assert_eq!(in_sum, by_item);
    }

    #[test]
    fn every_cent_is_counted_once(
        lines in lines(),
        rules in some_rules(),
        (is_v2, is_australian) in any::<(bool, bool)>(),
    ) {
        let layout = if is_v2 { Layout::FlatFileV2 } else { Layout::DateRange };
        let about = about(&lines, is_australian);
        let footing = fold_of(&about, layout, &rules, &lines).unwrap();
        let add = |amounts: &mut dyn Iterator<Item = Money>| Money::sum(amounts, about.currency).unwrap();
        let rows: i64 = lines.iter().map(|line| line.amount).sum();
        let sum = footing.sum;
        prop_assert_eq!(sum.plus(footing.transfers).unwrap(), Money::from_minor(rows, about.currency));
        prop_assert_eq!(add(&mut footing.categories.values().copied()), sum);
        let claimed = add(&mut footing.claims.values().map(|claimed| claimed.amount));
        let parts = add(&mut footing.parts.iter().map(|part| part.total));
        prop_assert_eq!(parts.plus(claimed).unwrap(), sum);
        let suspense = add(&mut footing.unknown.iter().map(|unknown| unknown.amount));
        let category = footing.categories.get(&Category::Suspense).copied();
        prop_assert_eq!(suspense, category.unwrap_or(Money::zero(about.currency)));
        let mut counted = footing.claims.values().map(|claimed| claimed.rows).sum::<u64>();
        for part in &footing.parts {
            prop_assert_eq!(add(&mut part.groups.iter().map(|group| group.amount)), part.total);
            for group in &part.groups {
                counted = counted.saturating_add(group.rows);
                let words = group.words.iter().map(|(_, amount)| *amount);
                prop_assert_eq!(add(&mut words.into_iter()), group.amount);
                prop_assert!(group.stated || group.tax.is_zero());
            }
        }
        let payouts = lines.iter().filter(|line| line.words.starts_with("Transfer")).count();
        let payouts = if is_v2 { 0 } else { u64::try_from(payouts).unwrap() };
        prop_assert_eq!(counted.saturating_add(payouts), footing.rows);
        prop_assert!(footing.parts.is_sorted_by_key(|part| (part.month, part.last)));
    }
}
