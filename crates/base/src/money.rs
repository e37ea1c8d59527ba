//! Exact amounts. There are no operators: adding can overflow or mix currencies, so it is a
//! question with an answer.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Currency;

/// An exact amount in one currency, counted in minor units: pence, cents, yen.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount could not be made or worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{amount} has more decimals than {currency} has")]
    Inexact { amount: Decimal, currency: Currency },
    #[error("the amount is too large to count in minor units")]
    Overflow,
    #[error("{left} and {right} cannot be added: they are different currencies")]
    Mixed { left: Currency, right: Currency },
    #[error("an amount cannot be split by weights that add up to nothing")]
    NoWeights,
}

impl Money {
    /// Takes a decimal only if it fits exactly. Rounding is a decision, and decisions belong to
    /// rules.
    pub fn exact(amount: Decimal, currency: Currency) -> Result<Money, MoneyError> {
        let scale = 10_i64.checked_pow(currency.exponent()).ok_or(MoneyError::Overflow)?;
        let scaled = amount.checked_mul(Decimal::from(scale)).ok_or(MoneyError::Overflow)?;
        if !scaled.is_integer() {
            return Err(MoneyError::Inexact { amount, currency });
        }
        let minor = scaled.to_i64().ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency })
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// So many pence, cents or yen.
    pub fn from_minor(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// The amount in minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as a decimal with the currency's own number of places: `12.00`, `1200`.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn is_negative(self) -> bool {
        self.minor < 0
    }

    pub fn is_positive(self) -> bool {
        self.minor > 0
    }

    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }

    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        self.plus(other.negated()?)
    }

    pub fn negated(self) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// The sum of amounts, all in `currency`. The sum of none is zero.
    pub fn sum(
        amounts: impl IntoIterator<Item = Money>,
        currency: Currency,
    ) -> Result<Money, MoneyError> {
        amounts.into_iter().try_fold(Money::zero(currency), Money::plus)
    }

    /// Splits the amount by weights so that the parts add up to it exactly: each part is the
    /// share cut towards zero, and the units left over go to the largest remainders, first come
    /// first served. One of the two places that round.
    pub fn allocate(self, weights: &[u64]) -> Result<Vec<Money>, MoneyError> {
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        if total == 0 {
            return Err(MoneyError::NoWeights);
        }
        let whole = u128::from(self.minor.unsigned_abs());
        let mut shares = Vec::with_capacity(weights.len());
        let mut given: u128 = 0;
        for (index, weight) in weights.iter().enumerate() {
            let product = whole.checked_mul(u128::from(*weight)).ok_or(MoneyError::Overflow)?;
            let share = product.checked_div(total).ok_or(MoneyError::Overflow)?;
            let rest = product.checked_rem(total).ok_or(MoneyError::Overflow)?;
            given = given.checked_add(share).ok_or(MoneyError::Overflow)?;
            shares.push((index, share, rest));
        }
        let left = whole.checked_sub(given).and_then(|left| usize::try_from(left).ok());
        shares.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
        for share in shares.iter_mut().take(left.ok_or(MoneyError::Overflow)?) {
            share.1 = share.1.checked_add(1).ok_or(MoneyError::Overflow)?;
        }
        shares.sort_by_key(|share| share.0);
        shares.into_iter().map(|(_, share, _)| self.signed(share)).collect()
    }

    fn signed(self, magnitude: u128) -> Result<Money, MoneyError> {
        let minor = i64::try_from(magnitude).ok().ok_or(MoneyError::Overflow)?;
        let money = Money { minor, currency: self.currency };
        if self.is_negative() { money.negated() } else { Ok(money) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Our own JSON carries money as text: JavaScript's numbers are floats.
#[derive(Serialize, Deserialize)]
struct Plain {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Plain { amount: self.amount().to_string(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let plain = Plain::deserialize(deserializer)?;
        let amount: Decimal = plain.amount.parse().map_err(serde::de::Error::custom)?;
        Money::exact(amount, plain.currency).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    #[test]
    fn a_fraction_of_a_penny_is_refused() {
        let amount = Decimal::new(12_345, 3);
        let refused = Money::exact(amount, Currency::GBP);
        assert_eq!(refused, Err(MoneyError::Inexact { amount, currency: Currency::GBP }));
    }

    #[test]
    fn yen_have_no_decimals() {
        let money = Money::exact(Decimal::from(5980), Currency::JPY).unwrap();
        assert_eq!(money.to_string(), "5980 JPY");
        assert!(Money::exact(Decimal::new(59_805, 1), Currency::JPY).is_err());
    }

    #[test]
    fn currencies_do_not_mix() {
        assert!(gbp(1).plus(Money::from_minor(1, Currency::EUR)).is_err());
    }

    #[test]
    fn the_largest_remainder_gets_the_odd_penny() {
        assert_eq!(gbp(100).allocate(&[1, 1, 1]).unwrap(), vec![gbp(34), gbp(33), gbp(33)]);
        assert_eq!(gbp(-100).allocate(&[1, 2]).unwrap(), vec![gbp(-33), gbp(-67)]);
    }

    proptest! {
        #[test]
        fn allocation_loses_nothing(minor in -1_000_000_000_i64..1_000_000_000, weights in proptest::collection::vec(0_u64..1000, 1..12)) {
            prop_assume!(weights.iter().sum::<u64>() > 0);
            let parts = gbp(minor).allocate(&weights).unwrap();
            prop_assert_eq!(Money::sum(parts.iter().copied(), Currency::GBP).unwrap(), gbp(minor));
        }

        #[test]
        fn printing_and_parsing_is_identity(minor in any::<i64>()) {
            let text = serde_json::to_string(&gbp(minor)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), gbp(minor));
        }

        #[test]
        fn exact_undoes_amount(minor in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Money::exact(gbp(minor).amount(), Currency::GBP).unwrap(), gbp(minor));
        }
    }
}
