//! An order's invoice, final in every amount, account, date and text.

use base::{Day, Money};
use intents::{Intent, IntentId, Invoice, InvoiceStatus, Line, Trace};

use crate::orders::case::Case;
use crate::orders::contact;
use crate::orders::currency;
use crate::orders::lines::{self, FACILITATOR_TAX};
use crate::orders::reading::Footed;
use crate::orders::stop::Stop;
use crate::rulebook::{CurrencyMode, Facilitator, Posting, Role};

/// Xero accepts 255 printable ASCII characters.
const NUMBER_MAX: usize = 255;

/// An invoice with what it needs and why it is so.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) invoice: Invoice,
    /// The contact and the items to be made first.
    pub(crate) shared: Vec<Intent>,
    pub(crate) traces: Vec<Trace>,
    /// What of Amazon's total the invoice does not carry, in the order's currency.
    pub(crate) rest: Option<Money>,
}

impl Built {
    pub(crate) fn needs(&self) -> Vec<IntentId> {
        self.shared.iter().map(|intent| intent.id.clone()).collect()
    }
}

/// `nth` counts the order's documents: a voided number is not free again.
pub(crate) fn build(
    case: &Case<'_>,
    footed: &Footed<'_>,
    date: Day,
    nth: u32,
) -> Result<Built, Stop> {
    let order_currency = footed.total.currency();
    let document_currency = case.document_currency(footed.total)?;
    let dated = currency::rate(case, order_currency, date)?;
    let sheet = lines::lines(case, footed)?;
    let total = checked_total(case, footed, &sheet.lines)?;
    let (lines, total, rate) = match dated.map(|dated| dated.rate) {
        Some(rate) if case.settings().currency == CurrencyMode::Convert => {
            let (lines, total) = currency::converted(sheet.lines, total, document_currency, rate)?;
            (lines, total, None)
        }
        rate => (sheet.lines, total, rate),
    };
    payable(case, &lines, total)?;
    let addressed = contact::address(case)?;
    let tax = Money::sum(lines.iter().map(|line| line.tax), total.currency())?;
    let mut traces = sheet.traces;
    traces.insert(0, addressed.trace);
    let status = match case.settings().posting {
        Posting::Draft => InvoiceStatus::Draft,
        Posting::Approve | Posting::Post => InvoiceStatus::Authorised,
    };
    let invoice = Invoice {
        number: number(case, nth)?,
        contact: addressed.contact,
        date,
        due_date: date.after_days(i64::from(case.settings().due_days)),
        currency: document_currency,
        rate,
        rate_source: dated.map(|dated| dated.source.clone()),
        rate_from: dated.map(|dated| dated.from),
        reference: filled(case, "reference")?.unwrap_or_default(),
        url: filled(case, "url")?.filter(|_| !case.place.host.is_empty()),
        status,
        lines,
        total,
        tax,
    };
    let mut shared: Vec<Intent> = addressed.made_by.into_iter().collect();
    shared.extend(sheet.items);
    Ok(Built { invoice, shared, traces, rest: footed.rest })
}

/// The invariant of the whole: the lines are Amazon's total, or in the net form Amazon's total
/// less the tax that Amazon keeps.
fn checked_total(case: &Case<'_>, footed: &Footed<'_>, lines: &[Line]) -> Result<Money, Stop> {
    let currency = footed.total.currency();
    let sum = Money::sum(lines.iter().map(|line| line.amount), currency)?;
    let expected = match case.settings().facilitator {
        Facilitator::Gross => footed.total,
        Facilitator::Net => footed.total.minus(facilitated(lines, currency)?)?,
    };
    if sum != expected {
        let detail = format!("the lines come to {sum}, and Amazon's total is {}", footed.total);
        return Err(Stop::new("untied_total", detail));
    }
    if !sum.is_positive() {
        let detail = format!("an invoice must be more than nothing, and this order is {sum}");
        return Err(Stop::new("negative_total", detail));
    }
    Ok(sum)
}

/// The tax on these lines that Amazon collects and remits.
pub(crate) fn facilitated(lines: &[Line], currency: base::Currency) -> Result<Money, Stop> {
    let covers = lines.iter().flat_map(|line| &line.covers);
    let amounts = covers.filter(|cover| cover.component == FACILITATOR_TAX).map(|c| c.amount);
    Ok(Money::sum(amounts, currency)?)
}

/// What will be paid can be: found now, not when the goods have left.
fn payable(case: &Case<'_>, lines: &[Line], total: Money) -> Result<(), Stop> {
    match case.settings().posting {
        Posting::Draft => return Ok(()),
        Posting::Approve | Posting::Post => {}
    }
    case.payment_account(Role::Clearing(total.currency()), total.currency())?;
    if !facilitated(lines, total.currency())?.is_zero() {
        case.payment_account(Role::MarketplaceTax, total.currency())?;
    }
    Ok(())
}

pub(crate) fn number(case: &Case<'_>, nth: u32) -> Result<String, Stop> {
    let first = filled(case, "number")?.unwrap_or_default();
    let number = if nth > 1 { format!("{first}-{nth}") } else { first };
    let is_fit = number.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if number.is_empty() || number.len() > NUMBER_MAX || !is_fit {
        let detail = format!("header, number: {number:?} is not 1 to {NUMBER_MAX} printable ASCII");
        return Err(Stop::new("rule_failed", detail));
    }
    Ok(number)
}

fn filled(case: &Case<'_>, target: &str) -> Result<Option<String>, Stop> {
    Ok(case.situation.rules.header(target, &case.inputs)?)
}
