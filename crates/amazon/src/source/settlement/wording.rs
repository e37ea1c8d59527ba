//! The date-range report's columns, types and descriptions in the words of the flat file V2.

use super::headings::Column;

/// Types with the words of the other languages, in lower case.
const TYPES: [(&str, &[&str]); 10] = [
    ("Order", &["bestellung", "commande", "ordine", "pedido", "注文", "bestelling"]),
    ("Refund", &["erstattung", "remboursement", "rimborso", "reembolso", "返金", "terugbetaling"]),
    ("Order_Retrocharge", &["bestellung_wiedereinzug"]),
    ("Refund_Retrocharge", &["erstattung_wiedereinzug"]),
    ("Chargeback Refund", &["erstattung durch rückbuchung"]),
    ("Service Fee", &["servicegebühr"]),
    ("Transfer", &["übertrag"]),
    ("Adjustment", &["anpassung"]),
    ("FBA Inventory Fee", &["versand durch amazon lagergebühr"]),
    ("FBA transaction fees", &["transaktionsgebühren für versand durch amazon"]),
];

const DESCRIPTIONS: [(&str, &str); 6] = [
    ("Cost of Advertising", "werbekosten"),
    ("Cost of Advertising", "kosten van reclame"),
    ("FBA Inbound Transportation Fee", "frachtkosten für den transport zum amazon-versandzentrum"),
    (
        "FBA Inbound Transportation Program Fee",
        "gebühr für die teilnahme am amazon transportpartner-programm",
    ),
    (
        "FBA Inventory Reimbursement - General Adjustment",
        "versand durch amazon erstattung für lagerbestand - allgemeine anpassung",
    ),
    (
        "FBA Inventory Reimbursement - Customer Return",
        "versand durch amazon erstattung für lagerbestand - kundenrücksendung",
    ),
];

/// Types whose columns are the parts of a sale, as V2's amount types are.
const SALES: [&str; 7] = [
    "Order",
    "Refund",
    "Order_Retrocharge",
    "Refund_Retrocharge",
    "Chargeback Refund",
    "A-to-z Guarantee Claim",
    "Liquidations",
];

const OTHER: &str = "other-transaction";
const STOCK: &str = "FBA Inventory Reimbursement";

/// Charges that V2 has other words for: type and description here, then V2's three.
const CHARGES: [(&str, &str, [&str; 3]); 14] = [
    (
        "Service Fee",
        "Cost of Advertising",
        ["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"],
    ),
    ("Service Fee", "Subscription", [OTHER, OTHER, "Subscription Fee"]),
    ("Service Fee", "Premium Services Fee", ["AmazonFees", "Premium Services Fee", "Base fee"]),
    ("Service Fee", "Vine Enrolment Fee", ["AmazonFees", "Vine Enrollment Fee", "Base fee"]),
    ("Amazon Fees", "Vine Enrolment Fee", ["AmazonFees", "Vine Enrollment Fee", "Base fee"]),
    (
        "Service Fee",
        "FBA Inbound Placement Service Fee",
        ["FBAFees", "FBA Inbound Placement Service Fee", "Base fee"],
    ),
    ("FBA Inventory Fee", "FBA storage fee", [OTHER, OTHER, "Storage Fee"]),
    ("FBA Inventory Fee", "FBA Long-Term Storage Fee", [OTHER, OTHER, "StorageRenewalBilling"]),
    (
        "FBA Inventory Fee",
        "FBA Removal Order: Return Fee",
        ["FBAFees", "FBA Removal Order: Return Fee", "Base fee"],
    ),
    (
        "FBA Inventory Fee",
        "FBA Removal Order: Disposal Fee",
        ["FBAFees", "FBA Removal Order: Disposal Fee", "Base fee"],
    ),
    (
        "FBA Inventory Fee",
        "FBA Amazon-Partnered Carrier Shipment Fee",
        ["FBAFees", "FBA Amazon-Partnered Carrier Shipment Fee", "Base fee"],
    ),
    (
        "Adjustment",
        "FBA Inventory Reimbursement - Lost:Warehouse",
        [OTHER, STOCK, "WAREHOUSE_LOST"],
    ),
    (
        "Adjustment",
        "FBA Inventory Reimbursement - Damaged:Warehouse",
        [OTHER, STOCK, "WAREHOUSE_DAMAGE"],
    ),
    (
        "Adjustment",
        "FBA Inventory Reimbursement - Lost:Inbound",
        [OTHER, STOCK, "MISSING_FROM_INBOUND"],
    ),
];

/// The type in English; as it is where we have no word for it.
pub(super) fn kind(word: &str) -> &str {
    let plain = word.to_lowercase();
    let named = TYPES.iter().find(|(english, words)| {
        english.to_lowercase() == plain || words.contains(&plain.as_str())
    });
    named.map_or(word, |(english, _)| english)
}

/// The description in English; as it is where we have no word for it.
pub(super) fn description(text: &str) -> &str {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = words.join(" ").to_lowercase();
    let named = DESCRIPTIONS.iter().find(|(_, other)| *other == plain);
    named.map_or(text, |(english, _)| english)
}

/// Transaction type, amount type and description of an amount. What V2 has no words for keeps
/// the report's own: type, column, description.
pub(super) fn words<'a>(
    kind: &'a str,
    column: Column,
    description: &'a str,
    withheld: &'static str,
) -> [&'a str; 3] {
    if SALES.contains(&kind) {
        let [amount_type, word] = part(column, withheld);
        return [kind, amount_type, word];
    }
    let charge = CHARGES.iter().find(|(of, text, _)| *of == kind && *text == description);
    if let Some((_, _, words)) = charge {
        return *words;
    }
    if kind == "Transfer" {
        return [kind, kind, description];
    }
    [kind, super::headings::english(column), description]
}

/// A part of a sale. The report adds up what V2 keeps apart: `fba fees` and `promotional rebates`
/// stand for several of V2's words, and take that of the largest.
fn part(column: Column, withheld: &'static str) -> [&'static str; 2] {
    match column {
        Column::ProductSales => ["ItemPrice", "Principal"],
        Column::ProductSalesTax => ["ItemPrice", "Tax"],
        Column::ShippingCredits => ["ItemPrice", "Shipping"],
        Column::ShippingCreditsTax => ["ItemPrice", "ShippingTax"],
        Column::GiftWrapCredits => ["ItemPrice", "GiftWrap"],
        Column::GiftWrapCreditsTax => ["ItemPrice", "GiftWrapTax"],
        Column::RegulatoryFee => ["ItemPrice", "RegulatoryFee"],
        Column::RegulatoryFeeTax => ["ItemPrice", "RegulatoryFeeTax"],
        Column::Points => ["Points", "PointsGranted"],
        Column::PromotionalRebates => ["Promotion", "Principal"],
        Column::PromotionalRebatesTax => ["Promotion", "TaxDiscount"],
        Column::MarketplaceWithheldTax => ["ItemWithheldTax", withheld],
        Column::SellingFees => ["ItemFees", "Commission"],
        Column::FbaFees => ["ItemFees", "FBAPerUnitFulfillmentFee"],
        Column::OtherTransactionFees
        | Column::Other
        | Column::Moment
        | Column::Settlement
        | Column::Type
        | Column::Order
        | Column::Sku
        | Column::Description
        | Column::Quantity
        | Column::Marketplace
        | Column::AccountType
        | Column::Fulfilment
        | Column::TaxCollectionModel
        | Column::Total
        | Column::TransactionStatus
        | Column::ReleaseDate => ["ItemFees", super::headings::english(column)],
    }
}

/// True for the columns that add up to the line's total.
pub(super) fn is_amount(column: Column) -> bool {
    let other = [Column::OtherTransactionFees, Column::Other];
    other.contains(&column) || part(column, "") != ["ItemFees", super::headings::english(column)]
}

/// `AFN` and `MFN`, as V2 writes who fulfils.
pub(super) fn fulfilment(word: &str) -> &str {
    const SELLER: [&str; 6] = ["seller", "verkäufer", "vendeur", "venditore", "vendedor", "出品者"];
    let plain = word.to_lowercase();
    if plain == "amazon" {
        return "AFN";
    }
    if SELLER.contains(&plain.as_str()) { "MFN" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_is_told_in_v2s_words() {
        let word = kind("Bestellung");
        let tax = "MarketplaceFacilitatorVAT-Principal";
        assert_eq!(
            words(word, Column::ProductSales, "x", tax),
            ["Order", "ItemPrice", "Principal"]
        );
        let withheld = words(word, Column::MarketplaceWithheldTax, "x", tax);
        assert_eq!(withheld, ["Order", "ItemWithheldTax", tax]);
    }

    #[test]
    fn a_charge_is_told_in_v2s_words_where_it_has_some() {
        let (word, text) = (kind("Servicegebühr"), description("Werbekosten"));
        let expected = ["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"];
        assert_eq!(words(word, Column::OtherTransactionFees, text, ""), expected);
        let own = words("Debt", Column::Other, "Something", "");
        assert_eq!(own, ["Debt", "other", "Something"]);
        assert_eq!(words("Transfer", Column::Other, "To account", "")[1], "Transfer");
        assert_eq!(kind("Neues"), "Neues");
    }

    #[test]
    fn amounts_are_the_columns_between_model_and_total() {
        assert!(is_amount(Column::ProductSales) && is_amount(Column::Other));
        assert!(!is_amount(Column::Total) && !is_amount(Column::Quantity));
    }
}
