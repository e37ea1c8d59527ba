//! What an amount of a settlement is.

use serde::{Deserialize, Serialize};

/// The coarse kinds that people compare periods by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Category {
    #[serde(rename = "sales")]
    Sales,
    #[serde(rename = "shipping income")]
    ShippingIncome,
    #[serde(rename = "tax collected")]
    TaxCollected,
    #[serde(rename = "tax withheld")]
    TaxWithheld,
    #[serde(rename = "refund")]
    Refund,
    #[serde(rename = "amazon fee")]
    AmazonFee,
    #[serde(rename = "fba fee")]
    FbaFee,
    #[serde(rename = "advertising")]
    Advertising,
    #[serde(rename = "reimbursement")]
    Reimbursement,
    #[serde(rename = "loan")]
    Loan,
    #[serde(rename = "other")]
    Other,
    #[serde(rename = "reserve")]
    Reserve,
    #[serde(rename = "transfer")]
    Transfer,
    /// Words that nobody knows: the amount counts, its account is a question.
    #[serde(rename = "suspense")]
    Suspense,
}

/// The fine kinds that accounts and tax are chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Goods,
    Shipping,
    GiftWrap,
    /// Reduces goods; `ShippingDiscount` reduces shipping.
    Discount,
    ShippingDiscount,
    /// Amazon Points (JP) granted or taken back.
    Points,
    CashOnDelivery,
    Liquidation,
    /// Refunded beyond the price, return shipping paid to the buyer.
    Goodwill,
    ReturnShipping,
    /// Kept from a refund.
    RestockingFee,
    /// Referral, closing, digital services, tax-calculation fees and the like.
    SellingFee,
    RefundFee,
    Subscription,
    /// Postage and labels bought at Amazon.
    Postage,
    FulfilmentFee,
    /// Removal, disposal, preparation, returns processing and the like.
    FbaService,
    InboundFreight,
    StorageFee,
    /// FBA's charge that takes an income line back; follows that line.
    ShippingChargeback,
    GiftWrapChargeback,
    Advertising,
    /// Coupons, deals, Vine.
    PromotionFee,
    /// Paid account services.
    PaidService,
    /// Eco-contributions that Amazon pays on the seller's behalf.
    EcoContribution,
    Reimbursement,
    /// A-to-z claims and chargebacks beside the refunded price, recharges, recoveries.
    Claim,
    /// Rewards and balance adjustments of unknown cause.
    Adjustment,
    Loan,
    CurrentReserve,
    PreviousReserve,
    PayableToAmazon,
    SuccessfulCharge,
    FailedTransfer,
    DebtAdjustment,
    MicroDeposit,
    /// Cash that a carrier or another collected directly.
    DirectPayment,
    /// A payout inside a date-range report; never part of a settlement's sum.
    Transfer,
    /// Tax of a sale: of goods, shipping or gift wrap (see [`Nature::of`]).
    SaleTax,
    /// Tax of a sale that Amazon keeps and remits.
    WithheldTax,
    /// Taxes that belong to no sale here: regulatory fees, export charges, commingling VAT,
    /// retroactive charges.
    OtherTax,
    /// Income tax, TCS, TDS: withheld from the seller, credited on a return.
    IncomeTaxWithheld,
    Suspense,
}

/// Who owes the tax of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liable {
    /// Not a sale, or nothing to owe.
    Nobody,
    Seller,
    /// Amazon keeps the tax and remits it.
    Amazon,
}

/// What a triple of Amazon's words stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nature {
    pub category: Category,
    pub kind: LineKind,
    /// For `SaleTax`, `WithheldTax` and discounts' tax: the kind whose tax it is. Else `kind`.
    pub of: LineKind,
    /// It undoes an earlier sale: refunds, claims, chargebacks, cancellations, retro refunds.
    pub is_refund: bool,
}

impl Category {
    pub const ALL: [Category; 14] = [
        Category::Sales,
        Category::ShippingIncome,
        Category::TaxCollected,
        Category::TaxWithheld,
        Category::Refund,
        Category::AmazonFee,
        Category::FbaFee,
        Category::Advertising,
        Category::Reimbursement,
        Category::Loan,
        Category::Other,
        Category::Reserve,
        Category::Transfer,
        Category::Suspense,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Category::Sales => "sales",
            Category::ShippingIncome => "shipping income",
            Category::TaxCollected => "tax collected",
            Category::TaxWithheld => "tax withheld",
            Category::Refund => "refund",
            Category::AmazonFee => "amazon fee",
            Category::FbaFee => "fba fee",
            Category::Advertising => "advertising",
            Category::Reimbursement => "reimbursement",
            Category::Loan => "loan",
            Category::Other => "other",
            Category::Reserve => "reserve",
            Category::Transfer => "transfer",
            Category::Suspense => "suspense",
        }
    }

    pub fn parse(text: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.as_str() == text)
    }
}
