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

/// What a settlement report calls a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Triple<'a> {
    pub(crate) transaction_type: &'a str,
    pub(crate) amount_type: &'a str,
    pub(crate) amount_description: &'a str,
}

impl Triple<'_> {
    fn nature(self) -> Option<Nature> {
        classify(self.transaction_type, self.amount_type, self.amount_description)
    }
}

/// None for words that nobody knows.
pub fn nature(transaction: &Transaction, part: &Part) -> Option<Nature> {
    triple(transaction, part)?.nature()
}

/// The first of the words that a part may go by in a settlement report which is known there.
pub(crate) fn triple<'a>(transaction: &'a Transaction, part: &'a Part) -> Option<Triple<'a>> {
    let transaction_type = match transaction.transaction_type.as_str() {
        "Shipment" => "Order",
        other => other,
    };
    let leaf = part.path.last()?;
    let plain = plain(leaf);
    let known = LEAVES.iter().find(|(word, _)| *word == plain);
    let amount_description = known.map_or(leaf.as_str(), |(_, description)| description);
    let above: Vec<String> = part.path.iter().map(|word| self::plain(word)).collect();
    let says = |word: &str| above.iter().any(|one| one.contains(word));
    let kinds: &[&'static str] =
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
    let tried = types.iter().flat_map(|transaction_type| {
        kinds.iter().map(move |amount_type| Triple {
            transaction_type,
            amount_type,
            amount_description,
        })
    });
    let known = tried.into_iter().find(|one| one.nature().is_some());
    known.or_else(|| of_account(transaction, leaf))
}

/// What belongs to no order: the transaction's own words say more than its parts.
fn of_account<'a>(transaction: &'a Transaction, leaf: &'a str) -> Option<Triple<'a>> {
    let words = [leaf, transaction.description.as_str(), transaction.transaction_type.as_str()];
    let mut tried = words.into_iter().flat_map(|word| {
        [
            ("other-transaction", "other-transaction", word),
            ("other-transaction", "FBA Inventory Reimbursement", word),
            ("AmazonFees", word, "Base fee"),
            ("FBAFees", word, "Base fee"),
            ("ServiceFee", word, "TransactionTotalAmount"),
            ("Transfers", word, word),
        ]
        .map(|(transaction_type, amount_type, amount_description)| Triple {
            transaction_type,
            amount_type,
            amount_description,
        })
    });
    tried.find(|one| one.nature().is_some())
}

/// True of money that goes back to a buyer.
pub fn is_refund(transaction: &Transaction) -> bool {
    is_refund_word(&transaction.transaction_type)
}

/// The same of a settlement row's type.
pub(crate) fn is_refund_word(transaction_type: &str) -> bool {
    let plain = plain(transaction_type);
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
