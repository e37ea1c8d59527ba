//! What an account is for. Rules name roles; the book says which account plays each.

use std::fmt;
use std::str::FromStr;

use base::Currency;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Written `sales`, `clearing:GBP` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What Amazon owes in one currency: where order payments go.
    Clearing(Currency),
    /// Tax that Amazon collects and remits; returns to zero with each paid order.
    MarketplaceTax,
    /// Tax of other countries that the seller owes there: a liability, never on the home return.
    ForeignVat,
    Sales,
    ShippingIncome,
    GiftWrapIncome,
    PromotionalRebates,
    /// Money given back to buyers, where the book keeps it apart from the income it reduces.
    Refunds,
    /// Referral, closing, subscription and other selling fees.
    SellerFees,
    FbaFees,
    StorageFees,
    AdvertisingFees,
    /// What Amazon pays for goods that it lost or damaged.
    Reimbursements,
    /// A-to-z claims, chargebacks, goodwill, return shipping.
    Claims,
    /// Amazon Lending: a liability.
    Loan,
    /// What Amazon holds back at a settlement's close: a current asset.
    Reserved,
    /// Sold and not yet released by Amazon: a current asset.
    Deferred,
    /// A settlement's month parts, until its last one: a current asset.
    CarriedForward,
    /// Fees of the period that Amazon settles in the next: a current liability.
    AccruedFees,
    /// Payouts between the currency of a settlement and that of the bank: returns to zero with each.
    Transit,
    /// Income tax and GST that Amazon withheld and that the return gives credit for: an asset.
    WithheldTax,
    /// The bank account that payouts in a currency reach.
    Bank(Currency),
    /// The card that Amazon charges when a settlement is negative.
    ChargeCard,
    Suspense,
    FxDifferences,
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the role of an account")]
pub struct RoleError(String);

impl Role {
    /// The roles that an order's documents cannot do without.
    pub const FOR_ORDERS: [Role; 8] = [
        Role::Sales,
        Role::ShippingIncome,
        Role::GiftWrapIncome,
        Role::PromotionalRebates,
        Role::MarketplaceTax,
        Role::ForeignVat,
        Role::Suspense,
        Role::FxDifferences,
    ];

    /// The roles that are not per currency, in the order in which people meet them.
    pub const PLAIN: [Role; 23] = [
        Role::Sales,
        Role::ShippingIncome,
        Role::GiftWrapIncome,
        Role::PromotionalRebates,
        Role::MarketplaceTax,
        Role::ForeignVat,
        Role::Refunds,
        Role::SellerFees,
        Role::FbaFees,
        Role::StorageFees,
        Role::AdvertisingFees,
        Role::Reimbursements,
        Role::Claims,
        Role::Loan,
        Role::Reserved,
        Role::Deferred,
        Role::CarriedForward,
        Role::AccruedFees,
        Role::Transit,
        Role::WithheldTax,
        Role::ChargeCard,
        Role::Suspense,
        Role::FxDifferences,
    ];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Role::Clearing(currency) => return write!(f, "clearing:{currency}"),
            Role::MarketplaceTax => "marketplace_tax",
            Role::ForeignVat => "foreign_vat",
            Role::Sales => "sales",
            Role::ShippingIncome => "shipping_income",
            Role::GiftWrapIncome => "gift_wrap_income",
            Role::PromotionalRebates => "promotional_rebates",
            Role::Bank(currency) => return write!(f, "bank:{currency}"),
            Role::Refunds => "refunds",
            Role::SellerFees => "seller_fees",
            Role::FbaFees => "fba_fees",
            Role::StorageFees => "storage_fees",
            Role::AdvertisingFees => "advertising_fees",
            Role::Reimbursements => "reimbursements",
            Role::Claims => "claims",
            Role::Loan => "loan",
            Role::Reserved => "reserved",
            Role::Deferred => "deferred",
            Role::CarriedForward => "carried_forward",
            Role::AccruedFees => "accrued_fees",
            Role::Transit => "transit",
            Role::WithheldTax => "withheld_tax",
            Role::ChargeCard => "charge_card",
            Role::Suspense => "suspense",
            Role::FxDifferences => "fx_differences",
        };
        f.write_str(word)
    }
}

type OfCurrency = fn(Currency) -> Role;

const OF_CURRENCY: [(&str, OfCurrency); 2] = [("clearing:", Role::Clearing), ("bank:", Role::Bank)];

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        for (prefix, role) in OF_CURRENCY {
            if let Some(code) = text.strip_prefix(prefix) {
                return code
                    .parse()
                    .map(role)
                    .map_err(|_not_a_currency| RoleError(text.to_owned()));
            }
        }
        Role::PLAIN
            .into_iter()
            .find(|role| role.to_string() == text)
            .ok_or_else(|| RoleError(text.to_owned()))
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_back_as_it_is_written() {
        for role in Role::PLAIN.into_iter().chain([Role::Clearing(Currency::EUR)]) {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert!("petty_cash".parse::<Role>().is_err());
        assert!("clearing:euro".parse::<Role>().is_err());
    }
}
