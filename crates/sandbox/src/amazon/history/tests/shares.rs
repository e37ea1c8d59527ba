use std::collections::BTreeMap;

use super::NOW;
use crate::amazon::history::{History, Options, Setting};

/// Rows by their words in a large history.
fn counts(setting: Setting) -> BTreeMap<(&'static str, &'static str, &'static str), i64> {
    let history = History::tell(Options::before(11, setting, 3_000, NOW));
    let mut counts = BTreeMap::new();
    for row in history.transactions.iter().flat_map(|of| &of.rows) {
        let words = (row.words.transaction_type, row.words.amount_type, row.words.description);
        *counts.entry(words).or_default() += 1;
    }
    counts
}

/// So many of a thousand sold items, at least and at most; the middle is what real files showed.
fn within(
    counts: &BTreeMap<(&'static str, &'static str, &'static str), i64>,
    words: (&'static str, &'static str, &'static str),
    (least, most): (i64, i64),
) {
    let sold = counts[&("Order", "ItemPrice", "Principal")];
    let found = counts.get(&words).copied().unwrap_or(0) * 1000 / sold;
    assert!((least..=most).contains(&found), "{words:?}: {found} of a thousand");
}

#[test]
fn rows_come_about_as_often_as_in_real_files() {
    let uk = counts(Setting::UkVat);
    within(&uk, ("Order", "ItemFees", "FBAPerUnitFulfillmentFee"), (900, 1000));
    within(&uk, ("Order", "ItemFees", "Commission"), (960, 1000));
    within(&uk, ("Order", "ItemFees", "DigitalServicesFee"), (700, 1000));
    within(&uk, ("Order", "ItemPrice", "Shipping"), (140, 320));
    within(&uk, ("Order", "Promotion", "Shipping"), (100, 220));
    within(&uk, ("Order", "Promotion", "Principal"), (12, 50));
    within(&uk, ("Refund", "ItemPrice", "Principal"), (20, 60));
    let us = counts(Setting::Us);
    within(&us, ("Order", "ItemPrice", "Tax"), (700, 1000));
    within(&us, ("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"), (700, 1000));
    within(&us, ("Liquidations", "ItemPrice", "Principal"), (1, 10));
    assert!(!us.contains_key(&("Order", "Promotion", "TaxDiscount")));
    let reimbursed: i64 = us
        .iter()
        .filter(|(words, _)| words.1 == "FBA Inventory Reimbursement")
        .map(|(_, count)| count)
        .sum();
    let sold = us[&("Order", "ItemPrice", "Principal")];
    assert!((8..25).contains(&(reimbursed * 1000 / sold)));
}

#[test]
fn a_seller_without_vat_calculation_has_no_row_of_tax() {
    let gross = counts(Setting::UkGross);
    assert!(gross.keys().all(|words| !(words.0 == "Order" && words.2.contains("Tax"))));
    let au = counts(Setting::Au);
    within(&au, ("Order", "ItemPrice", "Tax"), (1, 30));
    within(&au, ("Order", "ItemWithheldTax", "LowValueGoodsTax-Principal"), (1, 30));
    let de = counts(Setting::De);
    within(&de, ("Order", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Shipping"), (30, 120));
}

#[test]
fn both_generations_of_charges_are_there() {
    let uk = counts(Setting::UkVat);
    for words in [
        ("other-transaction", "other-transaction", "Storage Fee"),
        ("FBAFees", "FBA Inventory Storage Fee", "Base fee"),
        ("FBAFees", "FBA Inventory Storage Fee", "Tax on fee"),
        ("FBAFees", "FBA Removal Order: Disposal Fee", "Base fee"),
        ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount"),
        ("other-transaction", "other-transaction", "Subscription Fee"),
        ("other-transaction", "other-transaction", "Amazon Capital Services"),
        ("A-to-z Guarantee Refund", "ItemPrice", "Principal"),
        ("Chargeback Refund", "ItemPrice", "Principal"),
        ("other-transaction", "FBA Inventory Reimbursement", "COMPENSATED_CLAWBACK"),
        ("AmazonFees", "FBA fulfilment fee per unit - Reversal", "Base fee"),
    ] {
        assert!(uk.contains_key(&words), "{words:?}");
    }
}
