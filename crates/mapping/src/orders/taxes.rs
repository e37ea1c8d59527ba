//! Which tax a component carries, and why. The order of asking is the policy's: who remits, what
//! Amazon states, what the SKU is, where it went, the book's default; the table says it in rows.

use base::{Decimal, Money, Rate, Rounding};
use facts::chart::{Account, TaxRate};
use intents::Trace;

use crate::orders::asking::{self, Asked};
use crate::orders::case::Case;
use crate::orders::components::{Component, stated_tax};
use crate::orders::stop::Stop;
use crate::rulebook::check::SKU_CLASS;
use crate::rulebook::compiled::Ask;
use crate::rulebook::inputs::{Inputs, Value};

/// A component's tax, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taxed {
    pub(crate) tax_type: String,
    /// What stays on the component's line, tax included.
    pub(crate) gross: Money,
    /// The tax inside the line.
    pub(crate) tax: Money,
    pub(crate) reason: String,
    /// Tax taken out of the component that Amazon remits.
    pub(crate) facilitated: Money,
    /// Tax taken out of the component that the seller owes in another country.
    pub(crate) foreign: Money,
    pub(crate) trace: Trace,
}

/// A component with what rules ask about its SKU.
pub(crate) struct Subject<'a> {
    pub(crate) component: &'a Component<'a>,
    pub(crate) class: &'a str,
    pub(crate) category: &'a str,
    pub(crate) account: &'a Account,
}

impl Subject<'_> {
    pub(crate) fn inputs(&self, case: &Case<'_>) -> Inputs {
        let component = self.component;
        let asked = Asked {
            kind: component.kind,
            of: component.of,
            amount: component.gross,
            item: component.item,
            category: self.category,
            tax_class: self.class,
        };
        asking::line(&case.inputs, &asked)
    }
}

pub(crate) fn decide(case: &Case<'_>, subject: &Subject<'_>) -> Result<Taxed, Stop> {
    let mut inputs = subject.inputs(case);
    inputs.set("tax", asked(case, subject)?);
    let decision = case.situation.rules.ask(Ask::Tax, &inputs)?;
    let class = match decision.get("class") {
        SKU_CLASS => subject.class,
        class => class,
    };
    let reason = decision.get("reason");
    let zero = Money::zero(subject.component.gross.currency());
    let stated = subject.component.tax.unwrap_or(zero);
    let (taken, tax) = match decision.get("treatment") {
        "facilitator" => ((stated, zero), Tax::Class),
        "foreign" => ((zero, foreign(case, subject)?), Tax::Class),
        "stated" => ((zero, zero), Tax::Stated(stated)),
        "class" => ((zero, zero), Tax::Class),
        "question" if case.tax_is_right => ((zero, zero), Tax::Class),
        "question" => {
            let gross = subject.component.gross;
            let detail = format!("{}: {gross}, {reason}", what(subject));
            return Err(Stop::new("tax_question", detail));
        }
        other => {
            let detail = format!("the tax table says {other:?}, which is no treatment");
            return Err(Stop::new("rule_failed", detail));
        }
    };
    let (facilitated, foreign) = taken;
    let gross = subject.component.gross.minus(facilitated)?.minus(foreign)?;
    let on = on_line(case, subject, (gross, class), &tax)?;
    let answered =
        if decision.get("treatment") == "question" { " Yes, said a reviewer" } else { "" };
    let reason = format!("{reason}{answered} ({})", on.rate.name);
    let tax_type = on.rate.tax_type.clone();
    let trace = decision.trace;
    Ok(Taxed { tax_type, gross, tax: on.tax, reason, facilitated, foreign, trace })
}

/// How the tax on the line is found.
enum Tax {
    /// Amazon states it: the rate is matched to it.
    Stated(Money),
    /// The class's rate gives it.
    Class,
}

struct OnLine<'c> {
    rate: &'c TaxRate,
    tax: Money,
}

fn on_line<'c>(
    case: &Case<'c>,
    subject: &Subject<'_>,
    (gross, class): (Money, &str),
    tax: &Tax,
) -> Result<OnLine<'c>, Stop> {
    let of_class = case.tax_type(class)?;
    match *tax {
        Tax::Class => {
            let rate = case.tax_rate(of_class, subject.account)?;
            Ok(OnLine { rate, tax: inside(rate, gross)? })
        }
        Tax::Stated(tax) => {
            if tax.minor().unsigned_abs() > gross.minor().unsigned_abs() {
                let detail = format!("{}: {tax} tax in {gross}", what(subject));
                return Err(Stop::new("tax_exceeds_line", detail));
            }
            let rate = matched(case, subject, (gross, tax), of_class)?;
            Ok(OnLine { rate, tax })
        }
    }
}

/// The rate whose tax is within a cent of what Amazon states: the SKU's own class first, then the
/// book's other classes, then any one other rate of the organisation's.
fn matched<'c>(
    case: &Case<'c>,
    subject: &Subject<'_>,
    (gross, tax): (Money, Money),
    of_class: &str,
) -> Result<&'c TaxRate, Stop> {
    let fits = |rate: &TaxRate| -> bool {
        let is_usable = rate.is_active && rate.classes.contains(&subject.account.class);
        let expected = inside(rate, gross).and_then(|expected| Ok(expected.minus(tax)?));
        is_usable && expected.is_ok_and(|off| off.minor().unsigned_abs() <= 1)
    };
    let chart = case.situation.chart;
    let classes = ["standard", "reduced", "zero"].into_iter();
    let named = classes.filter_map(|class| case.situation.rules.tax_type(class));
    let of_book = case.situation.rules.book().tax_types.values().map(String::as_str);
    let preferred = std::iter::once(of_class).chain(named).chain(of_book);
    for tax_type in preferred {
        if let Some(rate) = chart.tax_rate(tax_type).filter(|rate| fits(rate)) {
            return Ok(rate);
        }
    }
    let mut others = chart.tax_rates.iter().filter(|rate| fits(rate));
    match (others.next(), others.next()) {
        (Some(rate), None) => Ok(rate),
        (first, _) => {
            let how_many = if first.is_some() { "more than one rate" } else { "no active rate" };
            let percent = percent_of(gross, tax)?;
            let detail = format!(
                "{}: Amazon states {tax} tax in {gross}, about {percent} %, and {how_many} of \
                 the organisation is within a cent of it",
                what(subject)
            );
            Err(Stop::new("tax_type_missing", detail))
        }
    }
}

fn inside(rate: &TaxRate, gross: Money) -> Result<Money, Stop> {
    let factor = Rate::percent(rate.percent)
        .ok_or_else(|| Stop::new("tax_type_missing", format!("{} is no rate", rate.percent)))?;
    Ok(factor.inside(gross, Rounding::HalfAwayFromZero)?)
}

fn percent_of(gross: Money, tax: Money) -> Result<Decimal, Stop> {
    let net = gross.minus(tax)?.amount();
    let share = tax.amount().checked_div(net).and_then(|f| f.checked_mul(Decimal::ONE_HUNDRED));
    Ok(share.map(|percent| percent.round_dp(2)).unwrap_or_default())
}

/// The tax of the marketplace's country inside a component: as Amazon states it, else at the
/// marketplace's rate for the class.
fn foreign(case: &Case<'_>, subject: &Subject<'_>) -> Result<Money, Stop> {
    if let Some(stated) = subject.component.tax {
        return Ok(stated);
    }
    at_marketplace_rate(case, subject)
}

/// The tax inside a component at the marketplace's rate for its class.
fn at_marketplace_rate(case: &Case<'_>, subject: &Subject<'_>) -> Result<Money, Stop> {
    let gross = subject.component.gross;
    let percent = case.place.tax.get(subject.class).copied();
    let Some(rate) = percent.and_then(Rate::percent) else {
        return Ok(Money::zero(gross.currency()));
    };
    Ok(rate.inside(gross, Rounding::HalfAwayFromZero)?)
}

/// True where the marketplace taxes the class and yet the tax comes to a cent at most.
fn is_too_small(case: &Case<'_>, subject: &Subject<'_>) -> Result<bool, Stop> {
    let is_taxed = case.place.tax.get(subject.class).is_some_and(|percent| !percent.is_zero());
    Ok(is_taxed && at_marketplace_rate(case, subject)?.minor().unsigned_abs() <= 1)
}

fn asked<'s>(case: &Case<'_>, subject: &Subject<'_>) -> Result<Vec<(&'s str, Value)>, Stop> {
    let item = subject.component.item;
    let facilitator = item.and_then(|item| item.facilitator.as_ref());
    let responsible = if facilitator.is_some() { "marketplace" } else { "seller" };
    let stated = match item.map(stated_tax).transpose()?.flatten() {
        None => "absent",
        // Tax on a penny rounds to nothing: that is no statement about the goods.
        Some(tax) if tax.is_zero() && !is_too_small(case, subject)? => "zero",
        Some(_) => "yes",
    };
    let due = match case.place.tax.get(subject.class) {
        Some(percent) if percent.is_zero() => "no",
        Some(_) => "yes",
        None if case.place.tax.is_empty() => "undeclared",
        None => "unknown",
    };
    let scheme = item.and_then(|item| item.reporting_scheme.as_deref()).unwrap_or_default();
    let is_home = case.place.country == case.situation.chart.organisation.country;
    Ok(vec![
        ("responsible", Value::text(responsible)),
        ("stated", Value::text(stated)),
        ("due", Value::text(due)),
        ("scheme", Value::text(scheme)),
        ("is_home", Value::Flag(is_home)),
    ])
}

fn what(subject: &Subject<'_>) -> String {
    let sku = subject.component.item.and_then(|item| item.sku.as_deref()).unwrap_or("the order");
    format!("{} of {sku}", subject.component.name())
}
