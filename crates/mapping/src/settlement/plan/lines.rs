//! Amounts of a month part as lines of a document, by account, tax, marketplace and fulfilment.

use std::collections::BTreeMap;

use base::{Money, MoneyError, Rate, Rounding};

use crate::Role;
use crate::settlement::footing::{Balance, Footing, Group, Part};
use crate::settlement::pack::{
    self, Asked, Pack, TaxRule, Treatment, Where, caption, is_balance, is_sale,
};
use crate::settlement::plan::sheet::Sheet;
use crate::settlement::plan::{PlanError, PlannedLine};
use crate::settlement::words::LineKind;

/// The class of lines that carry no tax, in every pack.
pub(crate) const NO_TAX: &str = "none";

/// The class that a stated tax is matched to where it is not the rule's own.
const REDUCED: &str = "reduced";

/// What the amounts of one line have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    role: Role,
    /// Balances are shown one by one.
    balance: Option<LineKind>,
    is_refund: bool,
    class: String,
    /// The reason stands on the line, so a line has one rule.
    rule: String,
    stated: bool,
    set_apart: Option<Apart>,
    marketplace: String,
    fulfilment: String,
}

/// Tax that leaves the line for a liability account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Apart {
    AsStated,
    /// At this rate inside the price.
    At(Rate),
}

struct Sum<'a> {
    rule: &'a TaxRule,
    kinds: Vec<LineKind>,
    amount: Money,
    tax: Money,
    rows: u64,
}

/// The lines of a part: positive amounts are income.
pub(crate) fn of(
    footing: &Footing,
    pack: &Pack,
    part: &Part,
) -> Result<Vec<PlannedLine>, PlanError> {
    let currency = footing.sum.currency();
    let mut sums: BTreeMap<Key, Sum<'_>> = BTreeMap::new();
    for group in &part.groups {
        let rule = rule(footing, pack, group)?;
        let sum = sums.entry(key(footing, pack, (group, rule))?).or_insert_with(|| {
            let zero = Money::zero(currency);
            Sum { rule, kinds: Vec::new(), amount: zero, tax: zero, rows: 0 }
        });
        if !sum.kinds.contains(&group.kind) {
            sum.kinds.push(group.kind);
        }
        sum.amount = sum.amount.plus(group.amount)?;
        sum.tax = sum.tax.plus(group.tax)?;
        sum.rows = sum.rows.saturating_add(group.rows);
    }
    let mut lines = Vec::new();
    for (key, mut sum) in sums {
        sum.kinds.sort_unstable();
        lines.extend(drawn(pack, &key, &sum)?);
    }
    lines.retain(|line: &PlannedLine| !line.amount.is_zero() || !line.tax.is_zero());
    lines.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(lines)
}

/// What a pack says of a group.
pub(crate) fn rule<'p>(
    footing: &Footing,
    pack: &'p Pack,
    group: &Group,
) -> Result<&'p TaxRule, PlanError> {
    let place = place(footing, pack, group);
    let is_untaxed = group.untaxed && place.country.as_deref() == Some(pack.home());
    let asked = Asked {
        kind: group.kind,
        is_refund: group.is_refund,
        place: &place,
        liable: group.liable,
        stated: group.stated || is_untaxed,
        states_nothing: is_untaxed || (group.stated && group.tax.is_zero()),
        fulfilment: &group.fulfilment,
        period: group.period,
    };
    pack.rule(&asked).ok_or_else(|| PlanError::NoRule {
        kind: group.kind,
        marketplace: group.marketplace.clone(),
    })
}

/// Rows of the whole account name no marketplace: they belong to the settlement's.
pub(crate) fn place(footing: &Footing, pack: &Pack, group: &Group) -> Where {
    Where {
        country: pack::country_of(&group.marketplace)
            .or_else(|| pack::country_of(&footing.marketplace)),
        is_home_currency: footing.sum.currency() == pack.currency,
    }
}

fn key(
    footing: &Footing,
    pack: &Pack,
    (group, rule): (&Group, &TaxRule),
) -> Result<Key, PlanError> {
    let account = pack.role(group.kind, group.is_refund, footing.sum.currency());
    Ok(Key {
        role: account.ok_or(PlanError::NoAccount { kind: group.kind })?,
        balance: is_balance(group.kind).then_some(group.kind),
        is_refund: group.is_refund && !is_balance(group.kind),
        class: rule.class.clone(),
        rule: rule.id.clone(),
        stated: group.stated && !group.tax.is_zero(),
        set_apart: set_apart(footing, pack, (group, rule))?,
        marketplace: group.marketplace.clone(),
        fulfilment: group.fulfilment.clone(),
    })
}

/// Tax on a class without a rate would be lost on the line: it is set apart too.
fn set_apart(
    footing: &Footing,
    pack: &Pack,
    (group, rule): (&Group, &TaxRule),
) -> Result<Option<Apart>, PlanError> {
    let class = pack
        .classes
        .get(&rule.class)
        .ok_or_else(|| PlanError::NoClass { class: rule.class.clone(), rule: rule.id.clone() })?;
    let is_stated = group.stated && !group.tax.is_zero();
    let has_no_rate = class.rate.is_some_and(|rate| rate.is_zero());
    if is_stated {
        let is_apart = rule.treatment == Treatment::SetApart || has_no_rate;
        return Ok(is_apart.then_some(Apart::AsStated));
    }
    let country = place(footing, pack, group).country;
    let percent = country.and_then(|country| pack.abroad.get(&country).copied());
    let rate = percent.and_then(Rate::percent).filter(|rate| !rate.0.is_zero());
    let is_apart = rule.treatment == Treatment::SetApart && !group.stated;
    Ok(rate.filter(|_| is_apart).map(Apart::At))
}

/// One line; two where tax is set apart.
fn drawn(pack: &Pack, key: &Key, sum: &Sum<'_>) -> Result<Vec<PlannedLine>, PlanError> {
    let zero = Money::zero(sum.amount.currency());
    let rate = pack.rate(&key.class);
    match &key.set_apart {
        Some(apart) => {
            let tax = match apart {
                Apart::AsStated => sum.tax,
                Apart::At(rate) => rate.inside(sum.amount, Rounding::HalfAwayFromZero)?,
            };
            let net = line(key, sum, (sum.amount.minus(tax)?, zero), rate);
            let mut owed = line(key, sum, (tax, zero), None);
            owed.kind = LineKind::SaleTax;
            owed.role = Role::ForeignVat;
            NO_TAX.clone_into(&mut owed.class);
            owed.description = format!("Tax owed there: {}", owed.description);
            // The rows are counted once, on the line that they are about.
            owed.rows = 0;
            Ok(vec![net, owed])
        }
        None if key.stated => stated(pack, key, sum),
        None => {
            let inside = rate.map(|rate| rate.inside(sum.amount, Rounding::HalfAwayFromZero));
            let tax = inside.transpose()?.unwrap_or(zero);
            Ok(vec![line(key, sum, (sum.amount, tax), rate)])
        }
    }
}

/// The class is the one whose rate gives what Amazon states: the rule's own, else the reduced one.
/// Sales at several rates in one line keep the rule's, and the reason says so.
fn stated(pack: &Pack, key: &Key, sum: &Sum<'_>) -> Result<Vec<PlannedLine>, PlanError> {
    let mut line = line(key, sum, (sum.amount, sum.tax), pack.rate(&key.class));
    for class in [key.class.as_str(), REDUCED] {
        let Some(rate) = pack.rate(class) else { continue };
        let expected = rate.inside(sum.amount, Rounding::HalfAwayFromZero)?;
        // Each row was rounded to a cent.
        if expected.minus(sum.tax)?.minor().unsigned_abs() <= sum.rows {
            class.clone_into(&mut line.class);
            line.rate = Some(rate);
            return Ok(vec![line]);
        }
    }
    if line.rate.is_some() {
        line.reason.push_str("; it comes to more than one rate");
    }
    Ok(vec![line])
}

fn line(
    key: &Key,
    sum: &Sum<'_>,
    (amount, tax): (Money, Money),
    rate: Option<Rate>,
) -> PlannedLine {
    PlannedLine {
        kind: sum.kinds.first().copied().unwrap_or(LineKind::Suspense),
        is_refund: key.is_refund,
        description: description(key, &sum.kinds),
        role: key.role,
        class: key.class.clone(),
        rate,
        amount,
        tax,
        stated: key.stated && key.set_apart.is_none(),
        rule: sum.rule.id.clone(),
        reason: sum.rule.because(),
        marketplace: key.marketplace.clone(),
        fulfilment: key.fulfilment.clone(),
        rows: sum.rows,
    }
}

/// `Selling fees, Amazon.co.uk`; `Refunds of sales, Amazon.de, fulfilled by Amazon`.
fn description(key: &Key, kinds: &[LineKind]) -> String {
    let mut captions: Vec<String> = Vec::new();
    for kind in kinds {
        let caption = caption(*kind).to_owned();
        if !captions.contains(&caption) {
            captions.push(caption);
        }
    }
    let mut text = kept_by_amazon(kinds).map_or_else(|| captions.join(", "), str::to_owned);
    if key.is_refund {
        text = format!("Refunds of {}", lower_first(&text));
    }
    if !key.marketplace.is_empty() {
        text = format!("{text}, {}", key.marketplace);
    }
    let is_sold = kinds.iter().any(|kind| is_sale(*kind));
    match key.fulfilment.as_str() {
        "AFN" if is_sold => text + ", fulfilled by Amazon",
        // Fees of both stand apart, for tracking may ask; the usual one needs no word.
        "MFN" => text + ", fulfilled by the seller",
        _ => text,
    }
}

/// On a line of its own, what Amazon keeps of the buyer's shipping is told from the shipping.
fn kept_by_amazon(kinds: &[LineKind]) -> Option<&'static str> {
    if kinds == [LineKind::ShippingChargeback] {
        return Some("Shipping kept by Amazon");
    }
    (kinds == [LineKind::GiftWrapChargeback]).then_some("Gift wrap kept by Amazon")
}

/// Names keep their capital letters: `FBA fulfilment fees`, `Amazon Points`.
fn lower_first(text: &str) -> String {
    let (first, rest) = text.split_at_checked(1).unwrap_or((text, ""));
    let is_name = rest.starts_with(char::is_uppercase) || text.starts_with("Amazon");
    if is_name { text.to_owned() } else { first.to_lowercase() + rest }
}

/// As a document shows them: income first, then fees, balances, tax set apart, and suspense.
fn order(line: &PlannedLine) -> (LineKind, bool, &str, &str, &str, bool) {
    (line.kind, line.is_refund, &line.marketplace, &line.fulfilment, &line.class, line.stated)
}

/// What the opening balances carry of the settlement, as lines that take it over from their accounts.
pub(crate) fn opening(sheet: &Sheet<'_>, of: &[Balance]) -> Result<Vec<PlannedLine>, MoneyError> {
    let mut lines = Vec::new();
    for balance in of {
        let opened = sheet.footing.opened(Some(*balance))?.amount;
        let (role, caption) = match balance {
            Balance::Clearing => (sheet.balance_role(), "Opening balance: posted by Amazon before"),
            Balance::Reserved => (Role::Reserved, "Opening balance: reserve"),
            Balance::Deferred => (Role::Deferred, "Opening balance: held back by Amazon"),
        };
        if !opened.is_zero() {
            let texts = (caption, "is in the balance that the book began with: no tax");
            lines.push(plain(role, LineKind::Transfer, opened, texts));
        }
    }
    Ok(lines)
}

/// A line without tax that is no amount of Amazon's: what is carried from part to part, or a payout.
pub(crate) fn plain(role: Role, kind: LineKind, amount: Money, text: (&str, &str)) -> PlannedLine {
    let (description, reason) = text;
    PlannedLine {
        kind,
        is_refund: false,
        description: description.to_owned(),
        role,
        class: NO_TAX.to_owned(),
        rate: None,
        amount,
        tax: Money::zero(amount.currency()),
        stated: false,
        rule: String::new(),
        reason: reason.to_owned(),
        marketplace: String::new(),
        fulfilment: String::new(),
        rows: 0,
    }
}
