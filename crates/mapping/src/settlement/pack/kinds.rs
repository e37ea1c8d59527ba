//! What the kinds of amounts have in common, and what people call them.

use crate::settlement::words::LineKind;

/// Every kind, in the order in which a document shows them.
pub const KINDS: [LineKind; 43] = [
    LineKind::Goods,
    LineKind::Shipping,
    LineKind::GiftWrap,
    LineKind::Discount,
    LineKind::ShippingDiscount,
    LineKind::Points,
    LineKind::CashOnDelivery,
    LineKind::Liquidation,
    LineKind::Goodwill,
    LineKind::ReturnShipping,
    LineKind::RestockingFee,
    LineKind::SellingFee,
    LineKind::RefundFee,
    LineKind::Subscription,
    LineKind::Postage,
    LineKind::FulfilmentFee,
    LineKind::FbaService,
    LineKind::InboundFreight,
    LineKind::StorageFee,
    LineKind::ShippingChargeback,
    LineKind::GiftWrapChargeback,
    LineKind::Advertising,
    LineKind::PromotionFee,
    LineKind::PaidService,
    LineKind::EcoContribution,
    LineKind::Reimbursement,
    LineKind::Claim,
    LineKind::Adjustment,
    LineKind::Loan,
    LineKind::CurrentReserve,
    LineKind::PreviousReserve,
    LineKind::PayableToAmazon,
    LineKind::SuccessfulCharge,
    LineKind::FailedTransfer,
    LineKind::DebtAdjustment,
    LineKind::MicroDeposit,
    LineKind::DirectPayment,
    LineKind::Transfer,
    LineKind::SaleTax,
    LineKind::WithheldTax,
    LineKind::OtherTax,
    LineKind::IncomeTaxWithheld,
    LineKind::Suspense,
];

/// A sale, or what follows its line: taxed on the sales side, and moved by `refunds`.
pub(crate) fn is_sale(kind: LineKind) -> bool {
    matches!(
        kind,
        LineKind::Goods
            | LineKind::Shipping
            | LineKind::GiftWrap
            | LineKind::Discount
            | LineKind::ShippingDiscount
            | LineKind::Points
            | LineKind::CashOnDelivery
            | LineKind::Liquidation
            | LineKind::RestockingFee
            | LineKind::ShippingChargeback
            | LineKind::GiftWrapChargeback
    )
}

/// Moves between the balances with Amazon: shown one by one, never with tax.
pub(crate) fn is_balance(kind: LineKind) -> bool {
    matches!(
        kind,
        LineKind::Loan
            | LineKind::CurrentReserve
            | LineKind::PreviousReserve
            | LineKind::PayableToAmazon
            | LineKind::SuccessfulCharge
            | LineKind::FailedTransfer
            | LineKind::DebtAdjustment
            | LineKind::MicroDeposit
            | LineKind::DirectPayment
            | LineKind::Transfer
    )
}

/// What a line of this kind is called. Kinds of one caption share a line where all else is alike.
pub(crate) fn caption(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Goods => "Sales",
        LineKind::Shipping | LineKind::ShippingChargeback => "Shipping",
        LineKind::GiftWrap | LineKind::GiftWrapChargeback => "Gift wrap",
        LineKind::Discount | LineKind::ShippingDiscount => "Promotional rebates",
        LineKind::Points => "Amazon Points",
        LineKind::CashOnDelivery => "Cash on delivery charges",
        LineKind::Liquidation => "Liquidations",
        LineKind::Goodwill => "Goodwill",
        LineKind::ReturnShipping => "Return shipping",
        LineKind::RestockingFee => "Restocking fees",
        LineKind::SellingFee | LineKind::RefundFee => "Selling fees",
        LineKind::Subscription => "Subscription",
        LineKind::Postage => "Postage",
        LineKind::FulfilmentFee => "FBA fulfilment fees",
        LineKind::FbaService => "FBA services",
        LineKind::InboundFreight => "Inbound freight",
        LineKind::StorageFee => "Storage fees",
        LineKind::Advertising => "Advertising",
        LineKind::PromotionFee => "Coupon and deal fees",
        LineKind::PaidService => "Paid services",
        LineKind::EcoContribution => "Eco-contributions",
        LineKind::Reimbursement => "Reimbursements",
        LineKind::Claim => "Claims and chargebacks",
        LineKind::Adjustment => "Adjustments",
        LineKind::Loan => "Amazon loan",
        LineKind::CurrentReserve => "Reserve held back",
        LineKind::PreviousReserve => "Reserve released",
        LineKind::PayableToAmazon => "Payable to Amazon",
        LineKind::SuccessfulCharge => "Charged to the card",
        LineKind::FailedTransfer => "Failed transfer",
        LineKind::DebtAdjustment => "Debt adjustment",
        LineKind::MicroDeposit => "Micro deposit",
        LineKind::DirectPayment => "Collected directly",
        LineKind::Transfer => "Transfer",
        LineKind::SaleTax | LineKind::WithheldTax => "Tax that Amazon remits",
        LineKind::OtherTax => "Other taxes",
        LineKind::IncomeTaxWithheld => "Tax withheld from the seller",
        LineKind::Suspense => "Unknown rows",
    }
}
