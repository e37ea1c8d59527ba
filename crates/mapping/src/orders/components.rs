//! An order's charges, each with its tax inside: whether Amazon's tax calculation is on or off, the
//! same sale gives the same components.

use base::{Money, MoneyError, Rate, Rounding};
use facts::order::{Charge, ChargeKind, Item};

use crate::orders::asking;
use crate::orders::reading::{Footed, Reading, signed};
use crate::orders::stop::Stop;
use crate::rulebook::Prices;

/// One amount that becomes a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component<'o> {
    /// None for what belongs to the whole order.
    pub(crate) item: Option<&'o Item>,
    pub(crate) kind: &'o ChargeKind,
    /// What a discount falls upon, where Amazon says so.
    pub(crate) of: Option<&'o ChargeKind>,
    /// Tax included; negative for a discount.
    pub(crate) gross: Money,
    /// The tax inside, where Amazon states any for the item.
    pub(crate) tax: Option<Money>,
}

impl Component<'_> {
    /// How covers name it: `item`, `shipping`, `discount:shipping`.
    pub(crate) fn name(&self) -> String {
        match self.of {
            Some(of) => format!("{}:{}", asking::kind(self.kind), asking::kind(of)),
            None => asking::kind(self.kind).to_owned(),
        }
    }

    pub(crate) fn item_id(&self) -> &str {
        self.item.map_or("", |item| &item.item_id)
    }
}

/// All components of an order, in the order in which Amazon lists them, without empty ones.
pub(crate) fn components<'o>(footed: &Footed<'o>) -> Result<Vec<Component<'o>>, Stop> {
    let mut all = Vec::new();
    for item in &footed.items {
        all.extend(of_item(item, footed.reading)?);
    }
    for (kind, amount) in &footed.extras {
        all.push(Component { item: None, kind, of: None, gross: *amount, tax: None });
    }
    all.retain(|component| !component.gross.is_zero());
    Ok(all)
}

/// The tax that Amazon states for an item, if any.
pub(crate) fn stated_tax(item: &Item) -> Result<Option<Money>, MoneyError> {
    let mut taxes = item.charges.iter().filter(|charge| charge.kind == ChargeKind::Tax);
    let Some(first) = taxes.next() else { return Ok(None) };
    taxes.try_fold(first.amount, |sum, charge| sum.plus(charge.amount)).map(Some)
}

fn of_item(item: &Item, reading: Reading) -> Result<Vec<Component<'_>>, Stop> {
    let mut components = Vec::new();
    for charge in item.charges.iter().filter(|charge| charge.kind != ChargeKind::Tax) {
        let amount = signed(&charge.kind, charge.amount, reading)?;
        for (of, gross) in discounted(charge, amount)? {
            components.push(Component {
                item: Some(item),
                kind: &charge.kind,
                of,
                gross,
                tax: None,
            });
        }
    }
    let Some(tax) = stated_tax(item)? else { return Ok(components) };
    let shares = shares(item, &components, tax)?;
    for (component, share) in components.iter_mut().zip(shares) {
        component.tax = Some(share);
        if reading.prices == Prices::ExcludeTax {
            component.gross = component.gross.plus(share)?;
        }
    }
    Ok(components)
}

/// A discount by what it falls upon; what Amazon does not attribute falls upon the goods.
fn discounted(
    charge: &Charge,
    amount: Money,
) -> Result<Vec<(Option<&ChargeKind>, Money)>, MoneyError> {
    if charge.kind != ChargeKind::Discount || charge.parts.is_empty() {
        return Ok(vec![(None, amount)]);
    }
    let mut left = amount;
    let mut split = Vec::new();
    for part in charge.parts.iter().filter(|part| part.of != ChargeKind::Item) {
        let share = if part.amount.is_negative() == amount.is_negative() {
            part.amount
        } else {
            part.amount.negated()?
        };
        left = left.minus(share)?;
        split.push((Some(&part.of), share));
    }
    let is_too_much = !left.is_zero() && left.is_negative() != amount.is_negative();
    if is_too_much {
        return Ok(vec![(None, amount)]);
    }
    split.insert(0, (None, left));
    Ok(split)
}

/// Each component's share of the item's tax, adding up to it exactly: Amazon's own parts where
/// they do, else in proportion.
fn shares(item: &Item, components: &[Component<'_>], tax: Money) -> Result<Vec<Money>, Stop> {
    if let Some(shares) = by_parts(item, components, tax)? {
        return Ok(shares);
    }
    let amounts: Vec<Money> = components.iter().map(|component| component.gross).collect();
    Ok(spread(tax, &amounts)?)
}

fn by_parts(
    item: &Item,
    components: &[Component<'_>],
    tax: Money,
) -> Result<Option<Vec<Money>>, MoneyError> {
    let parts: Vec<_> = item
        .charges
        .iter()
        .filter(|charge| charge.kind == ChargeKind::Tax)
        .flat_map(|charge| &charge.parts)
        .filter(|part| !part.amount.is_zero())
        .collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let zero = Money::zero(tax.currency());
    // Tax on a discount is printed with either sign, and reduces the tax.
    let mut shares = vec![zero; components.len()];
    for part in parts {
        let of_part: Vec<usize> =
            (0..).zip(components).filter(|(_, c)| *c.kind == part.of).map(|(at, _)| at).collect();
        let is_discount = part.of == ChargeKind::Discount;
        let amount = if is_discount && part.amount.is_positive() {
            part.amount.negated()?
        } else {
            part.amount
        };
        let amounts: Vec<Money> =
            of_part.iter().filter_map(|at| components.get(*at)).map(|c| c.gross).collect();
        if amounts.is_empty() {
            return Ok(None);
        }
        for (at, share) in of_part.iter().zip(spread(amount, &amounts)?) {
            if let Some(slot) = shares.get_mut(*at) {
                *slot = slot.plus(share)?;
            }
        }
    }
    let sum = Money::sum(shares.iter().copied(), tax.currency())?;
    Ok((sum == tax).then_some(shares))
}

/// Splits a tax over amounts in proportion, adding up to it exactly. What has the other sign (a
/// discount among prices) takes its share at the common rate; the others share what is then left.
fn spread(tax: Money, amounts: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let total = Money::sum(amounts.iter().copied(), tax.currency())?;
    let Some(rate) = tax.amount().checked_div(total.amount()).map(Rate) else {
        // Nothing in sum: the first carries the tax, whatever it is.
        let rest = amounts.iter().skip(1).map(|_| Money::zero(tax.currency()));
        return Ok(std::iter::once(tax).chain(rest).take(amounts.len()).collect());
    };
    let is_against = |amount: Money| amount.is_negative() != total.is_negative();
    let mut left = tax;
    let mut shares = Vec::with_capacity(amounts.len());
    for amount in amounts.iter().copied().filter(|amount| is_against(*amount)) {
        let share = rate.of(amount, Rounding::HalfAwayFromZero)?;
        left = left.minus(share)?;
        shares.push(share);
    }
    let weights: Vec<u64> = amounts
        .iter()
        .copied()
        .filter(|amount| !is_against(*amount))
        .map(|amount| amount.minor().unsigned_abs())
        .collect();
    let mut against = shares.into_iter();
    let mut along = left.allocate(&weights)?.into_iter();
    let zero = Money::zero(tax.currency());
    let next = |amount: &Money| {
        let share = if is_against(*amount) { against.next() } else { along.next() };
        share.unwrap_or(zero)
    };
    Ok(amounts.iter().map(next).collect())
}

#[cfg(test)]
mod tests {
    use base::Currency;
    use proptest::prelude::*;

    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    #[test]
    fn a_discount_takes_its_share_of_the_tax_off() {
        let shares = spread(gbp(1_800), &[gbp(10_000), gbp(-1_000)]).unwrap();
        assert_eq!(shares, vec![gbp(2_000), gbp(-200)]);
    }

    #[test]
    fn tax_on_nothing_stays_with_the_goods() {
        let shares = spread(gbp(1), &[gbp(500), gbp(-500)]).unwrap();
        assert_eq!(shares, vec![gbp(1), gbp(0)]);
    }

    proptest! {
        #[test]
        fn spreading_loses_nothing(
            tax in -100_000_i64..100_000,
            amounts in proptest::collection::vec(-100_000_i64..100_000, 1..8),
        ) {
            let amounts: Vec<Money> = amounts.into_iter().map(gbp).collect();
            if let Ok(shares) = spread(gbp(tax), &amounts) {
                prop_assert_eq!(shares.len(), amounts.len());
                prop_assert_eq!(Money::sum(shares, Currency::GBP).unwrap(), gbp(tax));
            }
        }
    }
}
