//! What a credit note must carry: the difference between what stands in the ledger and what
//! Amazon now says, by item and component, on the accounts and tax types of the posted lines.

use std::collections::BTreeMap;

use base::{Decimal, Money, Rate, Rounding};
use facts::order::ChargeKind;
use intents::document::Cover;
use intents::{CreditNote, Line};

use crate::orders::stop::Stop;
use crate::orders::{asking, texts};

/// Units that are taken away, by item.
pub(crate) type Taken = BTreeMap<String, u64>;

/// An invoice's lines less what credit notes took away.
pub(crate) fn net(lines: &[Line], notes: &[&CreditNote]) -> Result<Vec<Line>, Stop> {
    let mut net = lines.to_vec();
    for credit in notes.iter().flat_map(|note| &note.lines) {
        match net.iter_mut().find(|line| is_of(line, credit)) {
            Some(line) => {
                line.amount = line.amount.minus(credit.amount)?;
                line.tax = line.tax.minus(credit.tax)?;
                for cover in &credit.covers {
                    take(line, cover)?;
                }
            }
            None => net.push(negated(credit)?),
        }
    }
    Ok(net)
}

fn is_of(line: &Line, credit: &Line) -> bool {
    line.account_id == credit.account_id
        && line.tax_type == credit.tax_type
        && credit.covers.iter().all(|cover| line.covers.iter().any(|own| is_same(own, cover)))
}

fn is_same(a: &Cover, b: &Cover) -> bool {
    a.item_id == b.item_id && a.component == b.component
}

fn take(line: &mut Line, taken: &Cover) -> Result<(), Stop> {
    for own in line.covers.iter_mut().filter(|own| is_same(own, taken)) {
        own.amount = own.amount.minus(taken.amount)?;
    }
    Ok(())
}

fn negated(line: &Line) -> Result<Line, Stop> {
    let mut line = line.clone();
    line.amount = line.amount.negated()?;
    line.tax = line.tax.negated()?;
    for cover in &mut line.covers {
        cover.amount = cover.amount.negated()?;
    }
    Ok(line)
}

/// The credit note's lines. Positive where something was taken away; negative where a discount
/// shrank with it.
pub(crate) fn difference(
    standing: &[Line],
    wanted: &[Line],
    taken: &Taken,
) -> Result<Vec<Line>, Stop> {
    let mut credit = Vec::new();
    for line in standing {
        let covers = line
            .covers
            .iter()
            .map(|own| {
                let amount = own.amount.minus(covered(wanted, own)?)?;
                Ok(Cover { amount, ..own.clone() })
            })
            .collect::<Result<Vec<_>, Stop>>()?;
        let covers: Vec<_> = covers.into_iter().filter(|cover| !cover.amount.is_zero()).collect();
        let amount = Money::sum(covers.iter().map(|c| c.amount), line.amount.currency())?;
        if amount.is_zero() {
            continue;
        }
        let tax = tax_taken(line, amount, wanted)?;
        let units = units(&covers, taken);
        credit.push(credited(line, (amount, tax), covers, units));
    }
    for line in wanted {
        let is_new = |cover: &&Cover| {
            !standing.iter().any(|other| other.covers.iter().any(|own| is_same(own, cover)))
        };
        let new: Vec<Cover> = line.covers.iter().filter(is_new).cloned().collect();
        let amount = Money::sum(new.iter().map(|c| c.amount), line.amount.currency())?;
        if !amount.is_zero() {
            let tax = share(line.tax, amount, line.amount)?;
            let added = credited(line, (amount, tax), new, 0);
            credit.push(with_unit(negated(&added)?));
        }
    }
    Ok(credit)
}

fn covered(lines: &[Line], wanted: &Cover) -> Result<Money, Stop> {
    let covers = lines.iter().flat_map(|line| &line.covers);
    let same = covers.filter(|cover| is_same(cover, wanted)).map(|cover| cover.amount);
    Ok(Money::sum(same, wanted.amount.currency())?)
}

/// The tax that leaves with an amount: the difference of both taxes where the lines face each
/// other, else the amount's share of the posted tax.
fn tax_taken(line: &Line, amount: Money, wanted: &[Line]) -> Result<Money, Stop> {
    let has = |cover: &Cover| line.covers.iter().any(|own| is_same(own, cover));
    let facing: Vec<&Line> = wanted.iter().filter(|w| w.covers.iter().any(has)).collect();
    let is_clean =
        facing.iter().all(|other| other.tax_type == line.tax_type && other.covers.iter().all(has));
    if is_clean {
        let left = Money::sum(facing.iter().map(|other| other.tax), line.tax.currency())?;
        let taken = line.tax.minus(left)?;
        if taken.minor().unsigned_abs() <= amount.minor().unsigned_abs() {
            return Ok(taken);
        }
    }
    share(line.tax, amount, line.amount)
}

fn share(tax: Money, amount: Money, of: Money) -> Result<Money, Stop> {
    match amount.amount().checked_div(of.amount()) {
        Some(part) => Ok(Rate(part).of(tax, Rounding::HalfAwayFromZero)?),
        None => Ok(Money::zero(tax.currency())),
    }
}

/// The units that a line takes away with its goods.
fn units(covers: &[Cover], taken: &Taken) -> u64 {
    let goods = covers.iter().filter(|cover| cover.component == asking::kind(&ChargeKind::Item));
    goods
        .filter_map(|cover| taken.get(&cover.item_id))
        .fold(0, |sum, units| sum.saturating_add(*units))
}

/// The posted unit stays where the units taken away make up the amount; else the text names them.
fn credited(line: &Line, (amount, tax): (Money, Money), covers: Vec<Cover>, units: u64) -> Line {
    let credit = Line { amount, tax, covers, ..line.clone() };
    let quantity = Decimal::from(units);
    let is_whole = units > 0
        && line.unit_amount.checked_mul(quantity) == Some(amount.amount())
        && tax.amount().abs() <= line.unit_amount.abs();
    let text = &line.description;
    if is_whole {
        let description = texts::description(&format!("Cancelled: {text}"));
        return Line { description, quantity, ..credit };
    }
    let how_many = if units > 0 { format!(", {}", texts::units(units)) } else { String::new() };
    let description = texts::description(&format!("Cancelled{how_many}: {text}"));
    with_unit(Line { description, ..credit })
}

fn with_unit(line: Line) -> Line {
    Line { quantity: Decimal::ONE, unit_amount: line.amount.amount(), ..line }
}
