//! Tax and exchange rates: the other place that rounds.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Currency, Money, MoneyError};

/// How a half of the last decimal is rounded. Always named, never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// 0.125 becomes 0.13, -0.125 becomes -0.13.
    HalfAwayFromZero,
    /// 0.125 becomes 0.12, 0.135 becomes 0.14.
    HalfEven,
}

/// A tax or exchange rate as a plain factor: 0.2 for 20 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(pub Decimal);

impl Rate {
    /// A rate written in percent, as Xero writes `EffectiveRate`: 20 is a fifth.
    pub fn percent(percent: Decimal) -> Option<Rate> {
        percent.checked_div(Decimal::ONE_HUNDRED).map(Rate)
    }

    /// The rate at which `from` is worth `to`, as [`Rate::convert`] reads it, with so many decimals at
    /// most.
    pub fn between(from: Money, to: Money, decimals: u32) -> Result<Rate, MoneyError> {
        let rate = from.amount().checked_div(to.amount()).ok_or(MoneyError::Overflow)?;
        let rounding = RoundingStrategy::MidpointAwayFromZero;
        Ok(Rate(rate.round_dp_with_strategy(decimals, rounding).normalize()))
    }

    /// The rate applied to an amount, in the amount's currency.
    pub fn of(self, money: Money, rounding: Rounding) -> Result<Money, MoneyError> {
        let product = money.amount().checked_mul(self.0).ok_or(MoneyError::Overflow)?;
        round(product, money.currency(), rounding)
    }

    /// The tax inside an amount that includes it: `gross - round(gross / (1 + rate))`, as Xero
    /// works it out for lines that include tax
    /// <https://central.xero.com/s/article/Rounding-in-Xero>.
    pub fn inside(self, gross: Money, rounding: Rounding) -> Result<Money, MoneyError> {
        let factor = Decimal::ONE.checked_add(self.0).ok_or(MoneyError::Overflow)?;
        let net = gross.amount().checked_div(factor).ok_or(MoneyError::Overflow)?;
        gross.minus(round(net, gross.currency(), rounding)?)
    }

    /// An amount in another currency, at this many units of `money`'s currency for one unit of
    /// `to` (Xero's `CurrencyRate` reads the same way: foreign units for one base unit).
    pub fn convert(
        self,
        money: Money,
        to: Currency,
        rounding: Rounding,
    ) -> Result<Money, MoneyError> {
        let amount = money.amount().checked_div(self.0).ok_or(MoneyError::Overflow)?;
        round(amount, to, rounding)
    }
}

fn round(amount: Decimal, currency: Currency, rounding: Rounding) -> Result<Money, MoneyError> {
    let strategy = match rounding {
        Rounding::HalfAwayFromZero => RoundingStrategy::MidpointAwayFromZero,
        Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
    };
    Money::exact(amount.round_dp_with_strategy(currency.exponent(), strategy), currency)
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Rate).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    #[test]
    fn tax_inside_a_gross_amount() {
        let rate = Rate::percent(Decimal::TEN).unwrap();
        assert_eq!(rate.inside(gbp(47_85), Rounding::HalfAwayFromZero).unwrap(), gbp(4_35));
    }

    #[test]
    fn the_two_roundings_differ_on_a_half() {
        let half = Rate(Decimal::new(5, 1));
        assert_eq!(half.of(gbp(5), Rounding::HalfAwayFromZero).unwrap(), gbp(3));
        assert_eq!(half.of(gbp(5), Rounding::HalfEven).unwrap(), gbp(2));
    }

    #[test]
    fn converting_divides_by_foreign_units_per_base_unit() {
        let rate = Rate(Decimal::new(125, 2));
        let eur = Money::from_minor(10_00, Currency::EUR);
        assert_eq!(rate.convert(eur, Currency::GBP, Rounding::HalfEven).unwrap(), gbp(8_00));
    }
}
