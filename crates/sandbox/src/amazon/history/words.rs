//! The words in settlement rows: transaction-type, amount-type and amount-description.

/// What a row is, in Amazon's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    pub transaction_type: &'static str,
    pub amount_type: &'static str,
    pub description: &'static str,
}

pub(crate) const fn words(
    transaction_type: &'static str,
    amount_type: &'static str,
    description: &'static str,
) -> Words {
    Words { transaction_type, amount_type, description }
}

/// A row of an order.
pub(crate) const fn order(amount_type: &'static str, description: &'static str) -> Words {
    words("Order", amount_type, description)
}

/// A row about the account, in the shape that most of them have.
pub(crate) const fn other(description: &'static str) -> Words {
    words("other-transaction", "other-transaction", description)
}

pub(crate) const PRINCIPAL: Words = order("ItemPrice", "Principal");
pub(crate) const TAX: Words = order("ItemPrice", "Tax");
pub(crate) const SHIPPING: Words = order("ItemPrice", "Shipping");
pub(crate) const SHIPPING_TAX: Words = order("ItemPrice", "ShippingTax");
pub(crate) const GIFT_WRAP: Words = order("ItemPrice", "GiftWrap");
pub(crate) const GIFT_WRAP_TAX: Words = order("ItemPrice", "GiftWrapTax");
pub(crate) const PROMOTION: Words = order("Promotion", "Principal");
pub(crate) const PROMOTION_SHIPPING: Words = order("Promotion", "Shipping");
pub(crate) const TAX_DISCOUNT: Words = order("Promotion", "TaxDiscount");
pub(crate) const COMMISSION: Words = order("ItemFees", "Commission");
pub(crate) const FULFILMENT: Words = order("ItemFees", "FBAPerUnitFulfillmentFee");
pub(crate) const DIGITAL: Words = order("ItemFees", "DigitalServicesFee");
/// The same fee as some European rows spell it.
pub(crate) const DIGITAL_SPELT: Words = order("ItemFees", "Digital Services Fee");
pub(crate) const CLOSING: Words = order("ItemFees", "VariableClosingFee");
pub(crate) const SHIPPING_CHARGEBACK: Words = order("ItemFees", "ShippingChargeback");
pub(crate) const GIFT_WRAP_CHARGEBACK: Words = order("ItemFees", "GiftwrapChargeback");
pub(crate) const REFUND_COMMISSION: Words = order("ItemFees", "RefundCommission");
pub(crate) const RESTOCKING: Words = order("ItemPrice", "RestockingFee");

pub(crate) const RESERVED: Words = other("Current Reserve Amount");
pub(crate) const UNRESERVED: Words = other("Previous Reserve Amount Balance");
pub(crate) const PAYABLE: Words = other("Payable to Amazon");
pub(crate) const CHARGED: Words = other("Successful charge");
pub(crate) const RETURNED: Words = other(
    "Transfer of funds unsuccessful: We could not transfer funds to your bank account because the account information on file is invalid. Please update your bank account information.",
);

impl Words {
    /// The same amount in a transaction of another type.
    pub(crate) fn within(self, transaction_type: &'static str) -> Words {
        Words { transaction_type, ..self }
    }

    /// What the buyer pays or is given off: it adds up to the order's total.
    pub(crate) fn is_price(self) -> bool {
        matches!(self.amount_type, "ItemPrice" | "Promotion")
    }

    pub(crate) fn is_withheld(self) -> bool {
        matches!(self.amount_type, "ItemWithheldTax" | "ItemTCS" | "ItemTDS")
    }
}
