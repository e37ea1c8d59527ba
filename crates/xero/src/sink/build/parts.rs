//! What documents have in common: parties, lines, rates, and that they add up.

use base::{Currency, Decimal, Exact, Money, Rate};
use intents::{ContactRef, Intent, IntentId, Line, Tracking};

use super::super::known::Known;
use super::BuildError;
use crate::api::lines::{ContactById, NewLine, NewTracking};

/// `unitdp=4` lets unit amounts have four decimals; quantities have as many.
/// <https://developer.xero.com/documentation/api/accounting/invoices#optional-parameters>
const UNIT_DECIMALS_MAX: u32 = 4;

/// Xero keeps eighteen digits before and six after the point of a rate.
const RATE_DECIMALS_MAX: u32 = 6;

pub(super) fn contact<'a>(
    intent: &Intent,
    contact: &'a ContactRef,
    known: Known<'a>,
) -> Result<ContactById<'a>, BuildError> {
    match contact {
        ContactRef::Known(contact_id) => Ok(ContactById { contact_id }),
        ContactRef::Made(maker) => Ok(ContactById { contact_id: made_by(intent, maker, known)? }),
    }
}

pub(super) fn made_by<'a>(
    intent: &Intent,
    maker: &IntentId,
    known: Known<'a>,
) -> Result<&'a str, BuildError> {
    known.id(maker).ok_or_else(|| BuildError::MissingReceipt {
        intent: intent.id.clone(),
        needed: maker.clone(),
    })
}

pub(super) fn lines<'a>(
    intent: &Intent,
    lines: &'a [Line],
) -> Result<Vec<NewLine<'a>>, BuildError> {
    lines.iter().map(|made| line(intent, made)).collect()
}

fn line<'a>(intent: &Intent, made: &'a Line) -> Result<NewLine<'a>, BuildError> {
    let has_code = !made.account_code.is_empty();
    Ok(NewLine {
        description: &made.description,
        quantity: Exact(fits(intent, made.quantity, UNIT_DECIMALS_MAX)?),
        unit_amount: Exact(fits(intent, made.unit_amount, UNIT_DECIMALS_MAX)?),
        item_code: made.item_code.as_deref(),
        account_code: has_code.then_some(made.account_code.as_str()),
        account_id: (!has_code).then_some(made.account_id.as_str()),
        tax_type: &made.tax_type,
        tax_amount: Some(Exact(made.tax.amount())),
        tracking: tracking(&made.tracking),
    })
}

pub(super) fn rate(intent: &Intent, rate: Option<Rate>) -> Result<Option<Exact>, BuildError> {
    let Some(Rate(factor)) = rate else { return Ok(None) };
    Ok(Some(Exact(fits(intent, factor, RATE_DECIMALS_MAX)?)))
}

fn fits(intent: &Intent, number: Decimal, decimals: u32) -> Result<Decimal, BuildError> {
    if number.normalize().scale() > decimals {
        return Err(BuildError::TooFine { intent: intent.id.clone(), number });
    }
    Ok(number)
}

/// The lines are what the document says they are; checked once more because here it leaves us.
pub(super) fn check_sums(
    intent: &Intent,
    lines: &[Line],
    total: Money,
    tax: Money,
) -> Result<(), BuildError> {
    for line in lines {
        if line.quantity.checked_mul(line.unit_amount) != Some(line.amount.amount()) {
            return Err(BuildError::Inexact {
                intent: intent.id.clone(),
                quantity: line.quantity,
                unit_amount: line.unit_amount,
                amount: line.amount,
            });
        }
    }
    check_sum(intent, lines.iter().map(|line| line.amount), total)?;
    check_sum(intent, lines.iter().map(|line| line.tax), tax)
}

fn check_sum(
    intent: &Intent,
    parts: impl Iterator<Item = Money>,
    meant: Money,
) -> Result<(), BuildError> {
    let found = amounts(intent, parts, meant.currency())?;
    if found == meant {
        return Ok(());
    }
    Err(BuildError::Untied { intent: intent.id.clone(), meant, found })
}

pub(super) fn amounts(
    intent: &Intent,
    parts: impl Iterator<Item = Money>,
    currency: Currency,
) -> Result<Money, BuildError> {
    Money::sum(parts, currency)
        .map_err(|source| BuildError::Amounts { intent: intent.id.clone(), source })
}

pub(super) fn tracking(made: &[Tracking]) -> Vec<NewTracking<'_>> {
    made.iter().map(option).collect()
}

fn option(one: &Tracking) -> NewTracking<'_> {
    NewTracking { category_id: &one.category_id, option_id: &one.option_id }
}

/// Xero keeps these apart by no number: without our own words they could not be found again.
pub(super) fn is_keyed(intent: &Intent, key: &str) -> Result<(), BuildError> {
    if key.trim().is_empty() {
        return Err(BuildError::NoKey { intent: intent.id.clone() });
    }
    Ok(())
}
