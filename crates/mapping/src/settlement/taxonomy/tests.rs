use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::settlement::words::Category;

fn nature(words: [&str; 3]) -> Nature {
    classify(words[0], words[1], words[2]).unwrap_or_else(|| panic!("{words:?} are unknown"))
}

fn kind(words: [&str; 3]) -> (Category, LineKind) {
    let nature = nature(words);
    (nature.category, nature.kind)
}

#[test]
fn the_table_is_read_whole() {
    let table = Table::built_in();
    assert_eq!(table.unread, Vec::<String>::new());
    let mut by_category: BTreeMap<&str, usize> = BTreeMap::new();
    for known in &table.known {
        *by_category.entry(known.nature.category.as_str()).or_default() += 1;
        assert_ne!(known.nature.kind, LineKind::Suspense, "{known:?}");
        let found = nature(known.words.each_ref().map(String::as_str));
        assert_eq!(found, known.nature, "{known:?} is hidden by another line");
    }
    let counts: Vec<(&str, usize)> = by_category.into_iter().collect();
    let golden = "advertising 28, amazon fee 116, fba fee 143, loan 1, other 6, refund 58, \
                  reimbursement 29, reserve 2, sales 14, shipping income 4, tax collected 56, \
                  tax withheld 157, transfer 15";
    let counted: Vec<String> = counts.iter().map(|(name, n)| format!("{name} {n}")).collect();
    assert_eq!(counted.join(", "), golden);
}

#[test]
fn a_table_line_that_is_not_one_is_told() {
    let table = Table::read("Order\tItemPrice\tPrincipal\tsales\tgoods\t\tperhaps\nOrder\n# no\n");
    assert_eq!(table.unread.len(), 2);
    assert!(table.known.is_empty());
}

#[test]
fn three_generations_of_a_charge_are_the_same_charge() {
    let other = "other-transaction";
    for words in [
        [other, other, "Storage Fee"],
        [other, other, "StorageRenewalBilling"],
        ["FBAFees", "FBA Inventory Storage Fee", "Base fee"],
        ["FBAFees", "FBA Long Term Storage Fee", "Discount on Fee"],
        ["FBAFees", "FBA Inventory Storage Fee", "Tax on fee CGST"],
    ] {
        assert_eq!(kind(words), (Category::FbaFee, LineKind::StorageFee));
    }
    for words in [
        ["Vine Enrollment Fee", "Vine Enrollment Fee", "Vine Enrollment Fee"],
        ["AmazonFees", "Vine Enrollment Fee", "Base fee"],
        ["CouponRedemptionFee", "CouponRedemptionFee", "Save 20% on \"Summer\" | IGST"],
        ["AmazonFees", "Coupon Performance Based Fee", "Tax on fee"],
        ["ServiceFee", "Deals", "Promotion Fee"],
    ] {
        assert_eq!(kind(words), (Category::Advertising, LineKind::PromotionFee));
    }
}

#[test]
fn spelling_twins_are_one_word() {
    let pairs = [
        (
            ["Order", "ItemFees", "DigitalServicesFee"],
            ["order", " itemfees ", "Digital  Services Fee"],
        ),
        (
            ["Order", "ShipmentFees", "FBA transportation fee"],
            ["Order", "Shipment-Fees", "FBA Transportation Fee"],
        ),
        (
            ["AmazonFees", "FBA fulfilment fee per unit - Reversal", "Base fee"],
            ["AMAZON_FEES", "FBA FULFILLMENT FEE PER UNIT - REVERSAL", "BASE_FEE"],
        ),
        (
            ["Order", "ItemWithheldTax", "LowValueGoodsTax-Other"],
            ["ORDER", "ITEM_WITHHELD_TAX", "LOW_VALUE_GOODS_TAX_OTHER"],
        ),
        (["Order", "ItemPrice", "ShippingTax"], ["Order", "ItemPrice", "Shipping tax"]),
    ];
    for (one, other) in pairs {
        assert_eq!(nature(one), nature(other));
    }
    // One space makes another fee of it.
    assert_eq!(nature(["Order", "ItemFees", "ShippingChargeback"]).category, Category::FbaFee);
    assert_eq!(nature(["Order", "ItemFees", "Shipping Chargeback"]).category, Category::AmazonFee);
}

#[test]
fn variable_text_is_known_by_its_beginning() {
    let other = "other-transaction";
    let debt = |text| ["Debt Adjustment", "Debt Adjustment", text];
    for (words, expected) in [
        (debt("Cross-Account Debt Adjustment against DE, FR"), LineKind::DebtAdjustment),
        (debt("Cross-Account Debt Adjustment for GB"), LineKind::DebtAdjustment),
        ([other, other, "Transfer of funds unsuccessful: a new reason."], LineKind::FailedTransfer),
        (
            [
                "AmazonFees",
                "Eco-contribution for EPR Pay on Behalf - FR - Toys - (Period 01.01.2026 - 31.03.2026)",
                "Base fee",
            ],
            LineKind::EcoContribution,
        ),
        (
            ["FBAFees", "FBA Customer Returns Fee for ASIN: B000000000", "Base fee"],
            LineKind::FbaService,
        ),
        (
            ["FBAFees", "FBA Inventory Storage Fee for ASIN: B000000000", "Base fee"],
            LineKind::StorageFee,
        ),
        ([other, "Inbound Defect Fee", "Misrouted: FBA15ABC"], LineKind::FbaService),
        // V1 has no amount type: what it says comes as a description.
        ([other, other, "Cross-Account Debt Adjustment against DE, FR"], LineKind::DebtAdjustment),
        ([other, other, "Eco-contribution for EPR Pay on Behalf - FR"], LineKind::EcoContribution),
        ([other, other, "Amazon service fee for EPR Pay on Behalf - DE"], LineKind::SellingFee),
        (["Grade and Resell Charge", "Grade and Resell Charge", "A mug"], LineKind::FbaService),
        (["Grade and Resell Fees", "Grade and Resell Charge", "Any product"], LineKind::FbaService),
        (["", "FBAFees", "FBA Inventory Storage Fee CGST"], LineKind::StorageFee),
        (["", "FBAFees", "Something new"], LineKind::FbaService),
        (["", "FBAInboundTransportationFee", "SGST"], LineKind::InboundFreight),
        ([other, other, "MFNPostagePurchaseCompleteIGST"], LineKind::Postage),
        ([other, "", "Amazon Easy Ship weight handling fee reversal IGST"], LineKind::Postage),
        (["Order", "OrderFees", "Any"], LineKind::FulfilmentFee),
        (["Cancellation", "ItemPrice", "Any"], LineKind::Goods),
        (["Order", "ItemTDS", "TDS (Section 194-O)"], LineKind::IncomeTaxWithheld),
    ] {
        assert_eq!(nature(words).kind, expected, "{words:?}");
    }
}

#[test]
fn what_nobody_knows_stays_unknown() {
    for words in [
        ["AmazonFees", "Brand Registry Fee", "Base fee"],
        ["FBAFees", "Inventory Hugging Fee", "Tax on fee"],
        ["Order", "ItemFees", "MysteryFee"],
        ["Order", "ItemPrice", "Principal IGST"],
        ["other-transaction", "other-transaction", ""],
        ["other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_FOUND"],
        ["", "", ""],
    ] {
        assert_eq!(classify(words[0], words[1], words[2]), None, "{words:?}");
    }
}

#[test]
fn what_undoes_a_sale_says_so() {
    assert!(nature(["Refund", "ItemPrice", "Principal"]).is_refund);
    assert!(nature(["Refund_Retrocharge", "ItemPrice", "Tax"]).is_refund);
    assert!(nature(["Chargeback Refund", "ItemFees", "Commission"]).is_refund);
    assert!(!nature(["Order_Retrocharge", "ItemPrice", "Tax"]).is_refund);
    let shipping = nature(["Refund", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Shipping"]);
    assert_eq!((shipping.kind, shipping.of), (LineKind::WithheldTax, LineKind::Shipping));
}

#[test]
fn a_persons_meaning_wins() {
    let text = r#"[{"transaction_type": "amazonfees", "amount_type": "Brand Registry*", "amount_description": "*",
        "category": "amazon fee", "kind": "paid_service"},
        {"transaction_type": "Order", "amount_type": "ItemPrice", "amount_description": "Tax",
        "category": "tax collected", "kind": "sale_tax", "of": "goods"}]"#;
    let overrides: Overrides = serde_json::from_str(text).unwrap();
    let fee = overrides.nature("AmazonFees", "Brand registry fee - DE", "Base fee").unwrap();
    assert_eq!(
        (fee.category, fee.kind, fee.of),
        (Category::AmazonFee, LineKind::PaidService, LineKind::PaidService)
    );
    assert_eq!(overrides.nature("Order", "ItemPrice", "Tax").unwrap().of, LineKind::Goods);
    assert_eq!(overrides.nature("Order", "ItemPrice", "Taxes"), None);
    let again: Overrides =
        serde_json::from_str(&serde_json::to_string(&overrides).unwrap()).unwrap();
    assert_eq!(again, overrides);
    assert!(serde_json::from_str::<Overrides>(r#"[{"type": "Order"}]"#).is_err());
}

#[test]
fn an_unknown_fee_resembles_a_known_one() {
    let near = similar("AmazonFees", "Vine Enrolment Fees", "Base fee").unwrap();
    assert_eq!(near.nature.kind, LineKind::PromotionFee);
    let near =
        similar("other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_LOSTT").unwrap();
    assert_eq!(near.words, "other-transaction / FBA Inventory Reimbursement / WAREHOUSE_LOST");
    assert_eq!(similar("zzz", "qqq", "xxx"), None);
}

#[test]
fn people_read_the_fees_name() {
    assert_eq!(
        word(["FBAFees", "FBA Inventory Storage Fee", "Tax on fee CGST"]),
        "FBA Inventory Storage Fee"
    );
    assert_eq!(word(["Order", "ItemFees", "Commission"]), "Commission");
    assert_eq!(
        word(["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"]),
        "Cost of Advertising"
    );
    assert_eq!(word(["Odd", "", ""]), "Odd");
    assert_eq!(word(["CouponRedemptionFee", "CouponRedemptionFee", "Baseball"]), "Baseball");
}

proptest! {
    #[test]
    fn no_text_is_too_odd(words in proptest::array::uniform3("\\PC{0,30}")) {
        let [transaction_type, amount_type, description] = words.each_ref().map(String::as_str);
        let _: Option<Nature> = classify(transaction_type, amount_type, description);
        let _: &str = word([transaction_type, amount_type, description]);
    }

    #[test]
    fn case_and_spaces_do_not_matter(which in 0_usize..560, upper in any::<bool>(), pad in " {0,3}") {
        let table = Table::built_in();
        let known = table.known.iter().cycle().nth(which).unwrap();
        let turned = known.words.each_ref().map(|word| {
            let word = if upper { word.to_uppercase() } else { word.to_lowercase() };
            format!("{pad}{word}{pad}")
        });
        prop_assert_eq!(nature(turned.each_ref().map(String::as_str)), known.nature);
    }
}
