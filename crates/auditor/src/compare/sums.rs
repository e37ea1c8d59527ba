//! Sums per currency.

use std::collections::BTreeMap;

use base::{Currency, Money, MoneyError};

#[derive(Debug, Default)]
pub(super) struct Sums(BTreeMap<Currency, Money>);

impl Sums {
    pub(super) fn add(&mut self, amount: Money) -> Result<(), MoneyError> {
        let sum = self.0.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
        *sum = sum.plus(amount)?;
        Ok(())
    }

    pub(super) fn add_all(&mut self, amounts: Vec<Money>) -> Result<(), MoneyError> {
        amounts.into_iter().try_for_each(|amount| self.add(amount))
    }

    /// The sum of amounts in a currency; those in others are not counted.
    pub(super) fn of(amounts: Vec<Money>, currency: Currency) -> Result<Money, MoneyError> {
        let same = amounts.into_iter().filter(|amount| amount.currency() == currency);
        Money::sum(same, currency)
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.0.values().all(|sum| sum.is_zero())
    }

    pub(super) fn amounts(self) -> Vec<Money> {
        self.0.into_values().collect()
    }

    /// Exact texts by currency code. A currency that comes to nothing is not there.
    pub(super) fn texts(self) -> BTreeMap<String, String> {
        let sums = self.0.into_values().filter(|sum| !sum.is_zero());
        sums.map(|sum| (sum.currency().code().to_owned(), sum.amount().to_string())).collect()
    }
}
