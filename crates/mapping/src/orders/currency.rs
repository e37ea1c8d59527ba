//! The one rate of an order, and documents in the organisation's own currency.

use base::{Currency, Day, Decimal, Money, Rate, Rounding};
use intents::Line;

use crate::orders::case::Case;
use crate::orders::stop::Stop;
use crate::rulebook::DatedRate;

/// The order's rate on a day, from the rule book's dated table; none in the organisation's own
/// currency.
pub(crate) fn rate<'c>(
    case: &Case<'c>,
    currency: Currency,
    day: Day,
) -> Result<Option<&'c DatedRate>, Stop> {
    if currency == case.base() {
        return Ok(None);
    }
    match case.situation.rules.rate(currency, day) {
        Some(dated) if dated.rate.0 > Decimal::ZERO => Ok(Some(dated)),
        Some(dated) => {
            let detail = format!("the {currency} rate of {} is {}", dated.from, dated.rate.0);
            Err(Stop::new("rate_missing", detail))
        }
        None => {
            let detail = format!("the rule book has no {currency} rate for {day}");
            Err(Stop::new("rate_missing", detail))
        }
    }
}

/// Lines in another currency: each converted, the odd cents given to the largest, so that they
/// add up to the converted total. Their covers likewise.
pub(crate) fn converted(
    lines: Vec<Line>,
    total: Money,
    to: Currency,
    rate: Rate,
) -> Result<(Vec<Line>, Money), Stop> {
    let total = rate.convert(total, to, Rounding::HalfAwayFromZero)?;
    let amounts: Vec<Money> = lines.iter().map(|line| line.amount).collect();
    let amounts = rescaled(&amounts, total, rate)?;
    let mut done = Vec::with_capacity(lines.len());
    for (mut line, amount) in lines.into_iter().zip(amounts) {
        let covered: Vec<Money> = line.covers.iter().map(|cover| cover.amount).collect();
        for (cover, part) in line.covers.iter_mut().zip(rescaled(&covered, amount, rate)?) {
            cover.amount = part;
        }
        line.tax = capped(rate.convert(line.tax, to, Rounding::HalfAwayFromZero)?, amount);
        line.amount = amount;
        line.quantity = Decimal::ONE;
        line.unit_amount = amount.amount();
        done.push(line);
    }
    Ok((done, total))
}

fn rescaled(amounts: &[Money], total: Money, rate: Rate) -> Result<Vec<Money>, Stop> {
    let mut parts = Vec::with_capacity(amounts.len());
    for amount in amounts {
        parts.push(rate.convert(*amount, total.currency(), Rounding::HalfAwayFromZero)?);
    }
    let off = total.minus(Money::sum(parts.iter().copied(), total.currency())?)?;
    if off.is_zero() {
        return Ok(parts);
    }
    let weights: Vec<u64> = parts.iter().map(|part| part.minor().unsigned_abs()).collect();
    let shares = off.allocate(&weights)?;
    let pairs = parts.into_iter().zip(shares);
    Ok(pairs.map(|(part, share)| part.plus(share)).collect::<Result<_, _>>()?)
}

/// Tax is never more than the line that it is in.
fn capped(tax: Money, amount: Money) -> Money {
    if tax.minor().unsigned_abs() > amount.minor().unsigned_abs() { amount } else { tax }
}
