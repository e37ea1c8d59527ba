//! How an order's amounts are to be read so that they add up to Amazon's total.
//!
//! Amazon does not document whether the other amounts include the tax it lists, nor the sign of a
//! discount (<https://github.com/amzn/selling-partner-api-models/issues/5297>). So every reading
//! is tried against Amazon's own totals, to the cent; the marketplace's declared reading is only a
//! preference among those that foot. None foots: the order is held, with all the numbers.

use base::{Currency, Money, MoneyError};
use facts::order::{ChargeKind, Item, Order, OrderCharge};

use crate::orders::asking;
use crate::orders::stop::Stop;
use crate::rulebook::{Discounts, Marketplace, Prices};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) prices: Prices,
    pub(crate) discounts: Discounts,
    pub(crate) tips: Tips,
}

/// Whether a tip that Amazon has not charged yet is part of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tips {
    Counted,
    PendingLeftOut,
}

/// An order's amounts under a reading that foots.
#[derive(Debug, Clone)]
pub(crate) struct Footed<'o> {
    pub(crate) reading: Reading,
    pub(crate) items: Vec<&'o Item>,
    /// Amounts of the order that belong to no item.
    pub(crate) extras: Vec<(&'o ChargeKind, Money)>,
    /// What the items and extras add up to: Amazon's total, or the part of it that foots.
    pub(crate) total: Money,
    /// What of Amazon's total is left over where only a part foots.
    pub(crate) rest: Option<Money>,
}

/// Reads the whole order.
pub(crate) fn read<'o>(order: &'o Order, place: &Marketplace) -> Result<Footed<'o>, Stop> {
    let total = order.grand_total.ok_or_else(|| no_total(order))?;
    let mut footing: Vec<Reading> = Vec::new();
    for reading in candidates(order, place) {
        if foots(order, reading, total)? {
            footing.push(reading);
        }
    }
    let sensible = |reading: &Reading| reduces(order, *reading);
    if footing.iter().any(sensible) {
        footing.retain(sensible);
    }
    let Some(first) = footing.first().copied() else {
        return Err(Stop::new("untied_total", sums(order, place, total)?));
    };
    let is_declared = first.prices == place.prices && first.discounts == place.discounts;
    let rivals = footing.iter().any(|other| matters(order, first) != matters(order, *other));
    if rivals && !is_declared {
        let detail = format!("two readings add up to {total} with different lines");
        return Err(Stop::new("reading_ambiguous", detail));
    }
    let extras = extras(order, first, total.currency())?;
    Ok(Footed { reading: first, items: order.items.iter().collect(), extras, total, rest: None })
}

/// Reads the items whose own amounts add up to Amazon's total of them; the rest of the order's
/// total is left over. Only a reviewer may ask for this.
pub(crate) fn read_part<'o>(order: &'o Order, place: &Marketplace) -> Result<Footed<'o>, Stop> {
    let total = order.grand_total.ok_or_else(|| no_total(order))?;
    let mut best: Option<(Reading, Vec<&Item>)> = None;
    for reading in candidates(order, place) {
        let mut items = Vec::new();
        for item in &order.items {
            if item.total.is_some() && item_foots(item, reading, total.currency())? {
                items.push(item);
            }
        }
        if best.as_ref().is_none_or(|(_, most)| most.len() < items.len()) {
            best = Some((reading, items));
        }
    }
    let Some((reading, items)) = best.filter(|(_, items)| !items.is_empty()) else {
        return Err(Stop::new("untied_total", "not one item adds up to Amazon's total of it"));
    };
    let part = Money::sum(items.iter().filter_map(|item| item.total), total.currency())?;
    let rest = total.minus(part)?;
    if !rest.is_positive() {
        let detail = format!("the items that add up come to {part}, and Amazon's total is {total}");
        return Err(Stop::new("untied_total", detail));
    }
    Ok(Footed { reading, items, extras: Vec::new(), total: part, rest: Some(rest) })
}

/// A charge as it counts towards the total under a reading; tax beside the prices counts too.
pub(crate) fn signed(
    kind: &ChargeKind,
    amount: Money,
    reading: Reading,
) -> Result<Money, MoneyError> {
    match kind {
        ChargeKind::Tax => match reading.prices {
            Prices::IncludeTax => Ok(Money::zero(amount.currency())),
            Prices::ExcludeTax => Ok(amount),
        },
        ChargeKind::Discount => match reading.discounts {
            Discounts::Positive => amount.negated(),
            Discounts::Negative => Ok(amount),
        },
        ChargeKind::Item
        | ChargeKind::Shipping
        | ChargeKind::GiftWrap
        | ChargeKind::CodFee
        | ChargeKind::DeliveryTip
        | ChargeKind::Other(_) => Ok(amount),
    }
}

/// What an item adds to the total.
pub(crate) fn item_sum(
    item: &Item,
    reading: Reading,
    currency: Currency,
) -> Result<Money, MoneyError> {
    item.charges.iter().try_fold(Money::zero(currency), |sum, charge| {
        sum.plus(signed(&charge.kind, charge.amount, reading)?)
    })
}

fn item_foots(item: &Item, reading: Reading, currency: Currency) -> Result<bool, MoneyError> {
    let sum = item_sum(item, reading, currency)?;
    Ok(item.total.is_none_or(|total| total == sum))
}

fn foots(order: &Order, reading: Reading, total: Money) -> Result<bool, MoneyError> {
    for item in &order.items {
        if !item_foots(item, reading, total.currency())? {
            return Ok(false);
        }
    }
    Ok(order_sum(order, reading, total.currency())? == total)
}

fn order_sum(order: &Order, reading: Reading, currency: Currency) -> Result<Money, MoneyError> {
    let mut sum = Money::zero(currency);
    for item in &order.items {
        sum = sum.plus(item_sum(item, reading, currency)?)?;
    }
    for (_, amount) in extras(order, reading, currency)? {
        sum = sum.plus(amount)?;
    }
    Ok(sum)
}

/// Tips, and what the order has of other charges beyond its items. The remaining kinds are sums
/// over the items by Amazon's word, so only items say what they are.
fn extras(
    order: &Order,
    reading: Reading,
    currency: Currency,
) -> Result<Vec<(&ChargeKind, Money)>, MoneyError> {
    let mut extras = Vec::new();
    for charge in order.charges.iter().filter(|charge| is_order_level(charge, reading)) {
        let on_items = order.items.iter().flat_map(|item| &item.charges);
        let same = on_items.filter(|other| other.kind == charge.kind).map(|other| other.amount);
        let amount = charge.amount.minus(Money::sum(same, currency)?)?;
        if !amount.is_zero() {
            extras.push((&charge.kind, amount));
        }
    }
    Ok(extras)
}

fn is_order_level(charge: &OrderCharge, reading: Reading) -> bool {
    match charge.kind {
        ChargeKind::DeliveryTip => !charge.is_pending || reading.tips == Tips::Counted,
        ChargeKind::Other(_) => true,
        ChargeKind::Item
        | ChargeKind::Shipping
        | ChargeKind::GiftWrap
        | ChargeKind::CodFee
        | ChargeKind::Tax
        | ChargeKind::Discount => false,
    }
}

/// The declared reading first, then those that differ from it, least first.
fn candidates(order: &Order, place: &Marketplace) -> Vec<Reading> {
    let prices = match place.prices {
        Prices::IncludeTax => [Prices::IncludeTax, Prices::ExcludeTax],
        Prices::ExcludeTax => [Prices::ExcludeTax, Prices::IncludeTax],
    };
    let discounts = match place.discounts {
        Discounts::Positive => [Discounts::Positive, Discounts::Negative],
        Discounts::Negative => [Discounts::Negative, Discounts::Positive],
    };
    let has_pending = order.charges.iter().any(|charge| charge.is_pending);
    let tips: &[Tips] =
        if has_pending { &[Tips::Counted, Tips::PendingLeftOut] } else { &[Tips::Counted] };
    let mut readings = Vec::new();
    for prices in prices {
        for discounts in discounts {
            readings.extend(tips.iter().map(|tips| Reading { prices, discounts, tips: *tips }));
        }
    }
    readings
}

/// True when every discount makes the order cheaper, as discounts do.
fn reduces(order: &Order, reading: Reading) -> bool {
    let mut charges = order.items.iter().flat_map(|item| &item.charges);
    charges.all(|charge| match reading.discounts {
        Discounts::Positive => charge.kind != ChargeKind::Discount || !charge.amount.is_negative(),
        Discounts::Negative => charge.kind != ChargeKind::Discount || !charge.amount.is_positive(),
    })
}

/// The part of a reading that changes this order's lines.
fn matters(order: &Order, reading: Reading) -> (Option<Prices>, Option<Discounts>, Option<Tips>) {
    let has = |kind: &ChargeKind| {
        let mut charges = order.items.iter().flat_map(|item| &item.charges);
        charges.any(|charge| charge.kind == *kind && !charge.amount.is_zero())
    };
    let is_pending = |charge: &OrderCharge| charge.is_pending && !charge.amount.is_zero();
    (
        has(&ChargeKind::Tax).then_some(reading.prices),
        has(&ChargeKind::Discount).then_some(reading.discounts),
        order.charges.iter().any(is_pending).then_some(reading.tips),
    )
}

fn no_total(order: &Order) -> Stop {
    let status = asking::status(&order.status);
    Stop::new("untied_total", format!("Amazon gives no total, and the order is {status}"))
}

/// Amazon's total beside what the readings give, each sum once, and the items whose own totals do
/// not add up under the nearest of them.
fn sums(order: &Order, place: &Marketplace, total: Money) -> Result<String, MoneyError> {
    let currency = total.currency();
    let mut sums: Vec<(Money, Reading)> = Vec::new();
    for reading in candidates(order, place) {
        let sum = order_sum(order, reading, currency)?;
        if !sums.iter().any(|(known, _)| *known == sum) {
            sums.push((sum, reading));
        }
    }
    let off = |sum: Money| total.minor().abs_diff(sum.minor());
    let Some((nearest, reading)) = sums.iter().min_by_key(|(sum, _)| off(*sum)).copied() else {
        return Ok(format!("Amazon's total is {total}"));
    };
    let several = sums.len() > 1;
    let parts = sums.iter().map(|(sum, reading)| match reading.in_words(order) {
        words if several && !words.is_empty() => format!("{} ({words})", sum.amount()),
        _ => sum.amount().to_string(),
    });
    let parts = parts.collect::<Vec<_>>().join(" or ");
    let miss = total.minus(nearest)?.amount().abs();
    let at_least = if several { " at least" } else { "" };
    let mut text = format!("Amazon's total is {total}, its parts add up to {parts}");
    if off(nearest) > 0 {
        text = format!("{text}: off by {miss}{at_least}");
    }
    for item in &order.items {
        let sum = item_sum(item, reading, currency)?;
        if let Some(own) = item.total.filter(|own| *own != sum) {
            let (id, own, sum) = (&item.item_id, own.amount(), sum.amount());
            text = format!("{text}; item {id} is said to be {own}, its parts add up to {sum}");
        }
    }
    Ok(text)
}

impl Reading {
    /// What of the reading makes a difference to this order.
    fn in_words(self, order: &Order) -> String {
        let (prices, discounts, tips) = matters(order, self);
        let prices = prices.map(|prices| match prices {
            Prices::IncludeTax => "tax inside",
            Prices::ExcludeTax => "tax beside the prices",
        });
        let discounts = discounts.map(|discounts| match discounts {
            Discounts::Positive => "discounts taken off",
            Discounts::Negative => "discounts added",
        });
        let tips = tips.map(|tips| match tips {
            Tips::Counted => "pending tips counted",
            Tips::PendingLeftOut => "pending tips left out",
        });
        [prices, discounts, tips].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
