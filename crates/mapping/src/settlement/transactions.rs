//! What a part of a Finances transaction stands for.
//!
//! Amazon publishes no list of these words either, and they are not quite the settlement report's:
//! `Shipment` there is `Order` here, `OurPricePrincipal` is `Principal`. The path from the root
//! down says which kind of amount a leaf is; the leaf says which one.

use facts::finances::{Part, Transaction};

use crate::settlement::taxonomy::classify;
use crate::settlement::words::{Category, LineKind, Nature};

/// Leaves that the settlement report calls otherwise, without case and signs between words.
const LEAVES: [(&str, &str); 16] = [
    ("ourpriceprincipal", "Principal"),
    ("ourprice", "Principal"),
    ("productcharges", "Principal"),
    ("itemprice", "Principal"),
    ("ourpricetax", "Tax"),
    ("producttax", "Tax"),
    ("principaltax", "Tax"),
    ("shippingprincipal", "Shipping"),
    ("shippingcharge", "Shipping"),
    ("shippingcharges", "Shipping"),
    ("giftwrapprincipal", "GiftWrap"),
    ("giftwrapcharge", "GiftWrap"),
    ("promorebates", "Principal"),
    ("promotionalrebates", "Principal"),
    ("promotiontax", "TaxDiscount"),
    ("restockingfeeprincipal", "RestockingFee"),
];

/// None for words that nobody knows.
pub fn nature(transaction: &Transaction, part: &Part) -> Option<Nature> {
    let transaction_type = match transaction.transaction_type.as_str() {
        "Shipment" => "Order",
        other => other,
    };
    let leaf = part.path.last()?;
    let plain = plain(leaf);
    let known = LEAVES.iter().find(|(word, _)| *word == plain);
    let description = known.map_or(leaf.as_str(), |(_, description)| description);
    let above: Vec<String> = part.path.iter().map(|word| self::plain(word)).collect();
    let says = |word: &str| above.iter().any(|one| one.contains(word));
    let kinds: &[&str] =
        if says("withheld") || says("marketplacefacilitator") || says("lowvaluegoods") {
            &["ItemWithheldTax"]
        } else if says("promo") || says("discount") {
            &["Promotion", "ItemPrice"]
        } else if says("fee") || says("expense") {
            &["ItemFees", "ItemPrice"]
        } else {
            &["ItemPrice", "ItemFees", "ItemWithheldTax", "Promotion"]
        };
    let refund = if is_refund(transaction) { "Refund" } else { "Order" };
    let types = [transaction_type, refund];
    let tried = types.iter().flat_map(|first| kinds.iter().map(move |kind| (*first, *kind)));
    let mut natures = tried.filter_map(|(first, kind)| classify(first, kind, description));
    natures.next().or_else(|| of_account(transaction, leaf))
}

/// What belongs to no order: the transaction's own words say more than its parts.
fn of_account(transaction: &Transaction, leaf: &str) -> Option<Nature> {
    let words = [leaf, transaction.description.as_str(), transaction.transaction_type.as_str()];
    let tried = words.into_iter().flat_map(|word| {
        [
            classify("other-transaction", "other-transaction", word),
            classify("other-transaction", "FBA Inventory Reimbursement", word),
            classify("AmazonFees", word, "Base fee"),
            classify("FBAFees", word, "Base fee"),
            classify("ServiceFee", word, "TransactionTotalAmount"),
            classify("Transfers", word, word),
        ]
    });
    tried.flatten().next()
}

/// True of money that goes back to a buyer.
pub fn is_refund(transaction: &Transaction) -> bool {
    let plain = plain(&transaction.transaction_type);
    ["refund", "guarantee", "chargeback"].iter().any(|word| plain.contains(word))
}

/// True of what a buyer pays or gets back, which order documents carry; fees never are.
pub fn is_of_sale(nature: Nature) -> bool {
    match nature.kind {
        LineKind::Goods
        | LineKind::Shipping
        | LineKind::GiftWrap
        | LineKind::Discount
        | LineKind::ShippingDiscount
        | LineKind::Points
        | LineKind::CashOnDelivery
        | LineKind::Goodwill
        | LineKind::ReturnShipping
        | LineKind::RestockingFee
        | LineKind::SaleTax
        | LineKind::WithheldTax => true,
        LineKind::Liquidation
        | LineKind::SellingFee
        | LineKind::RefundFee
        | LineKind::Subscription
        | LineKind::Postage
        | LineKind::FulfilmentFee
        | LineKind::FbaService
        | LineKind::InboundFreight
        | LineKind::StorageFee
        | LineKind::ShippingChargeback
        | LineKind::GiftWrapChargeback
        | LineKind::Advertising
        | LineKind::PromotionFee
        | LineKind::PaidService
        | LineKind::EcoContribution
        | LineKind::Reimbursement
        | LineKind::Claim
        | LineKind::Adjustment
        | LineKind::Loan
        | LineKind::CurrentReserve
        | LineKind::PreviousReserve
        | LineKind::PayableToAmazon
        | LineKind::SuccessfulCharge
        | LineKind::FailedTransfer
        | LineKind::DebtAdjustment
        | LineKind::MicroDeposit
        | LineKind::DirectPayment
        | LineKind::Transfer
        | LineKind::OtherTax
        | LineKind::IncomeTaxWithheld
        | LineKind::Suspense => nature.category == Category::Refund,
    }
}

fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use base::{Currency, Money, Timestamp};
    use facts::finances::TransactionStatus;

    use super::*;

    fn transaction(kind: &str) -> Transaction {
        Transaction {
            transaction_id: "t".to_owned(),
            transaction_type: kind.to_owned(),
            status: TransactionStatus::Released,
            description: String::new(),
            posted: Timestamp(0),
            total: Money::zero(Currency::GBP),
            region: "EU".to_owned(),
            seller_id: "s".to_owned(),
            account_type: String::new(),
            marketplace_id: String::new(),
            marketplace_name: String::new(),
            order_id: None,
            shipment_id: None,
            refund_id: None,
            settlement_id: None,
            event_group_id: None,
            releases: None,
            released_by: None,
            deferral: None,
            items: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn kind(transaction_type: &str, path: &[&str]) -> Option<(LineKind, bool)> {
        let path = path.iter().map(|word| (*word).to_owned()).collect();
        let part = Part { path, amount: Money::zero(Currency::GBP) };
        nature(&transaction(transaction_type), &part).map(|nature| (nature.kind, nature.is_refund))
    }

    #[test]
    fn what_left_for_the_bank_without_a_payout_is_known() {
        let micro = Some((LineKind::MicroDeposit, false));
        assert_eq!(kind("MicroDeposit", &["Expenses", "Micro Deposit", "Micro Deposit"]), micro);
    }

    #[test]
    fn amazons_two_vocabularies_mean_the_same() {
        let goods = Some((LineKind::Goods, false));
        assert_eq!(kind("Shipment", &["Sales", "Principal"]), goods);
        assert_eq!(kind("Shipment", &["ProductCharges", "OurPricePrincipal"]), goods);
        let back = Some((LineKind::Goods, true));
        assert_eq!(kind("Refund", &["ProductCharges", "OurPricePrincipal"]), back);
        let fee = Some((LineKind::SellingFee, false));
        assert_eq!(kind("Shipment", &["Expenses", "AmazonFees", "Commission"]), fee);
        assert_eq!(kind("Refund", &["Sales", "A new word"]), None);
    }
}
