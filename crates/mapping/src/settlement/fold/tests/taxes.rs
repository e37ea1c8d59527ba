//! Who owes the tax, and where it is shown.

use super::*;

#[test]
fn the_sellers_tax_is_inside_the_price() {
    let footing = fold(&[
        line("Order/ItemPrice/Principal", 10_000),
        line("Order/ItemPrice/Tax", 2_000),
        line("Order/ItemFees/Commission", -1_836),
        line("Order/ItemFees/FBAPerUnitFulfillmentFee", -360),
    ]);
    assert_eq!(footing.sum, gbp(9_804));
    assert_eq!(
        told(&footing),
        [
            (K::Goods, Liable::Seller, true, 12_000, 2_000),
            (K::SellingFee, Liable::Nobody, false, -1_836, 0),
            (K::FulfilmentFee, Liable::Nobody, false, -360, 0),
        ]
    );
    let goods = group(&footing, K::Goods);
    assert_eq!(goods.rows, 2);
    assert_eq!(
        goods.words,
        [("Principal".to_owned(), gbp(10_000)), ("Tax".to_owned(), gbp(2_000))]
    );
    assert_eq!((goods.marketplace.as_str(), goods.fulfilment.as_str()), ("Amazon.co.uk", "AFN"));
    assert_eq!(footing.categories.get(&Category::TaxCollected), Some(&gbp(2_000)));
}

#[test]
fn without_tax_rows_the_price_is_all_there_is() {
    let footing = fold(&[line("Order/ItemPrice/Principal", 12_000)]);
    assert_eq!(told(&footing), [(K::Goods, Liable::Seller, false, 12_000, 0)]);
    // Nobody's tax is stated here, so none is missing.
    assert!(footing.untaxed.orders.is_empty());
}

#[test]
fn a_stated_tax_of_nothing_stands_apart() {
    let footing = fold(&[
        line("Order/ItemPrice/Principal", 12_000),
        line("Order/ItemPrice/Tax", 2_400),
        line("Order/ItemPrice/Principal", 800).item("2"),
        line("Order/ItemPrice/Tax", 0).item("2"),
    ]);
    assert_eq!(
        told(&footing),
        [(K::Goods, Liable::Seller, true, 800, 0), (K::Goods, Liable::Seller, true, 14_400, 2_400),]
    );
}

#[test]
fn tax_that_amazon_keeps_comes_to_nothing_beside_the_price() {
    let lines = [
        line("Order/ItemPrice/Principal", 5_420),
        line("Order/ItemPrice/Tax", 379),
        line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", -379),
        line("Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Shipping", 0),
        line("Refund/ItemPrice/Principal", -5_420),
        line("Refund/ItemPrice/Tax", -379),
        line("Refund/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal", 379),
    ];
    let footing = fold(&lines);
    // The sale and its refund are told apart, or what is withheld would come to nothing.
    assert_eq!(
        told(&footing),
        [
            (K::Goods, Liable::Amazon, false, 5_420, 0),
            (K::Goods, Liable::Amazon, false, -5_420, 0),
            (K::SaleTax, Liable::Amazon, false, 379, 0),
            (K::SaleTax, Liable::Amazon, false, -379, 0),
            (K::WithheldTax, Liable::Amazon, false, -379, 0),
            (K::WithheldTax, Liable::Amazon, false, 379, 0),
        ]
    );
}

#[test]
fn shipping_gift_wrap_and_discounts_have_their_own_tax() {
    let lines = [
        line("Order/ItemPrice/Principal", 10_000),
        line("Order/ItemPrice/Tax", 2_000),
        line("Order/ItemPrice/Shipping", 500),
        line("Order/ItemPrice/ShippingTax", 100),
        line("Order/ItemPrice/GiftWrap", 300),
        line("Order/ItemPrice/GiftWrapTax", 60),
        line("Order/Promotion/Principal", -1_000),
        line("Order/Promotion/Shipping", -500),
        line("Order/Promotion/TaxDiscount", -300),
    ];
    assert_eq!(
        told(&fold(&lines)),
        [
            (K::Goods, Liable::Seller, true, 12_000, 2_000),
            (K::Shipping, Liable::Seller, true, 600, 100),
            (K::GiftWrap, Liable::Seller, true, 360, 60),
            (K::Discount, Liable::Seller, true, -1_300, -300),
            (K::ShippingDiscount, Liable::Seller, true, -500, 0),
        ]
    );
    // The tax of a discount belongs to the only discount there is.
    let lines: Vec<Line> =
        lines.into_iter().filter(|l| l.words != "Order/Promotion/Principal").collect();
    let footing = fold(&lines);
    let shipping = group(&footing, K::ShippingDiscount);
    assert_eq!((shipping.amount, shipping.tax), (gbp(-800), gbp(-300)));
}

#[test]
fn a_chargeback_of_shipping_follows_the_items_tax() {
    let footing = fold(&[
        line("Order/ItemPrice/Shipping", 500),
        line("Order/ItemPrice/ShippingTax", 100),
        line("Order/ItemWithheldTax/MarketplaceFacilitatorTax-Shipping", -100),
        line("Order/ItemFees/ShippingChargeback", -500),
    ]);
    assert_eq!(group(&footing, K::ShippingChargeback).liable, Liable::Amazon);
}

#[test]
fn a_rest_that_amazon_does_not_withhold_is_the_sellers_in_australia() {
    let lines = [
        line("Order/ItemPrice/Principal", 5_000),
        line("Order/ItemPrice/Tax", 500),
        line("Order/ItemWithheldTax/LowValueGoodsTax-Principal", -300),
        line("Order/ItemPrice/Principal", 7_000).item("2"),
    ];
    let footing = fold_in_australia(&lines);
    let split = [
        (K::Goods, Liable::Seller, false, 7_000, 0),
        (K::Goods, Liable::Seller, true, 5_200, 200),
        (K::SaleTax, Liable::Amazon, false, 300, 0),
        (K::WithheldTax, Liable::Amazon, false, -300, 0),
    ];
    assert_eq!(told(&footing), split);
    // A low-value import says nothing about what is sold from stock at home.
    assert!(footing.untaxed.orders.is_empty());
}

#[test]
fn a_regulatory_fee_may_be_withheld_with_the_tax() {
    let withheld = |amount| {
        fold(&[
            line("Order/ItemPrice/Principal", 5_000),
            line("Order/ItemPrice/Tax", 400),
            line("Order/ItemPrice/RegulatoryFee", 28),
            line("Order/ItemWithheldTax/MarketplaceFacilitatorTax-Principal", -400),
            line("Order/ItemWithheldTax/MarketplaceFacilitatorTax-Other", amount),
        ])
    };
    for amount in [0, -28] {
        assert_eq!(checks::verdict(&withheld(amount), "I10"), Verdict::Holds);
    }
    assert_eq!(group(&withheld(0), K::OtherTax).liable, Liable::Amazon);
}

#[test]
fn an_order_without_tax_beside_taxed_ones_is_a_question() {
    let footing = fold(&[
        line("Order/ItemPrice/Principal", 10_000),
        line("Order/ItemPrice/Tax", 2_000),
        line("Order/ItemPrice/Principal", 4_000).order("026-0000000-0000002"),
        line("Order/ItemPrice/Shipping", 500).order("026-0000000-0000002"),
        line("Order/ItemPrice/Principal", 3_000).order("306-0000000-0000003").at("Amazon.de"),
        line("Order/ItemPrice/Principal", 0).order("S02-0000000-0000004"),
        line("Refund/ItemPrice/Principal", -900).order("026-0000000-0000005"),
    ]);
    assert_eq!(footing.untaxed.amount, gbp(4_500));
    assert!(footing.untaxed.orders.iter().eq(["026-0000000-0000002"]));
    assert_eq!(footing.marketplace, "Amazon.co.uk");
}

#[test]
fn goods_that_are_known_to_carry_no_tax_are_no_question_and_a_group_of_their_own() {
    let rules = FoldRules { without_tax: ["BOOK".to_owned()].into(), ..rules() };
    let book = |amount| line("Order/ItemPrice/Principal", amount).order("026-0000000-0000002");
    let footing = fold_with(
        &rules,
        &[
            line("Order/ItemPrice/Principal", 10_000).of("MUG"),
            line("Order/ItemPrice/Tax", 2_000).of("MUG"),
            book(4_000).of("BOOK"),
            line("Refund/ItemPrice/Principal", -900).order("026-0000000-0000005").of("BOOK"),
        ],
    );
    assert!(footing.untaxed.orders.is_empty());
    let untaxed: Vec<(bool, Money)> = footing.parts[0]
        .groups
        .iter()
        .filter(|group| group.untaxed)
        .map(|group| (group.is_refund, group.amount))
        .collect();
    assert_eq!(untaxed, [(false, gbp(4_000)), (true, gbp(-900))]);
}
