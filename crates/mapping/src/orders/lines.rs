//! An order's components as the lines of its invoice: account, tax, item, tracking, text.

use base::{Decimal, Money};
use facts::chart::Account;
use facts::order::{ChargeKind, Item};
use intents::document::Cover;
use intents::{Intent, Line, Trace};

use crate::orders::asking::{self, Asked};
use crate::orders::case::{Case, usable_on_lines};
use crate::orders::components::{Component, components};
use crate::orders::owed::Owed;
use crate::orders::reading::Footed;
use crate::orders::stop::Stop;
use crate::orders::taxes::{self, Subject, Taxed};
use crate::orders::{items, owed, texts, tracking};
use crate::rulebook::check::{ITEM_ACCOUNT, account_of};
use crate::rulebook::compiled::Ask;
use crate::rulebook::{Facilitator, Role};

/// Covers of tax that Amazon remits: payments ask for it by this name.
pub(crate) const FACILITATOR_TAX: &str = "facilitator_tax";

/// The other leg of the net form.
const FACILITATOR_REMITTED: &str = "facilitator_tax:remitted";

/// True for the second leg of the net form.
pub(crate) fn is_remitted(cover: &Cover) -> bool {
    cover.component == FACILITATOR_REMITTED
}

/// Covers of tax that the seller owes in another country.
pub(crate) const FOREIGN_VAT: &str = "foreign_vat";

/// Xero accepts four decimals in a unit amount.
const UNIT_DECIMALS: u32 = 4;

#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) lines: Vec<Line>,
    /// The items to be made.
    pub(crate) items: Vec<Intent>,
    pub(crate) traces: Vec<Trace>,
    facilitated: Vec<Cover>,
    owed: Vec<Owed>,
}

pub(crate) fn lines(case: &Case<'_>, footed: &Footed<'_>) -> Result<Sheet, Stop> {
    let mut sheet = Sheet::default();
    for component in components(footed)? {
        sheet.add(case, &component)?;
    }
    let currency = footed.total.currency();
    let owed = std::mem::take(&mut sheet.owed);
    for (text, covers) in owed::by_rate(owed, case.place)? {
        sheet.add_tax(case, (covers, currency), &OfOthers::owed_abroad(&text))?;
    }
    let facilitated = std::mem::take(&mut sheet.facilitated);
    let text = "Tax collected and remitted by Amazon";
    sheet.add_tax(case, (facilitated.clone(), currency), &OfOthers::amazons(text))?;
    if case.settings().facilitator == Facilitator::Net {
        let remitted = facilitated.into_iter().map(remitted).collect::<Result<Vec<_>, Stop>>()?;
        let text = "Tax remitted by Amazon";
        sheet.add_tax(case, (remitted, currency), &OfOthers::amazons(text))?;
    }
    if case.settings().consolidate_lines {
        sheet.lines = consolidated(sheet.lines)?;
    }
    Ok(sheet)
}

/// What a line says that is itself tax.
struct OfOthers<'t> {
    role: Role,
    text: &'t str,
    reason: &'static str,
}

impl<'t> OfOthers<'t> {
    fn owed_abroad(text: &'t str) -> OfOthers<'t> {
        OfOthers { role: Role::ForeignVat, text, reason: "owed there by the seller" }
    }

    fn amazons(text: &'t str) -> OfOthers<'t> {
        OfOthers { role: Role::MarketplaceTax, text, reason: "Amazon's to pay" }
    }
}

impl Sheet {
    fn add(&mut self, case: &Case<'_>, component: &Component<'_>) -> Result<(), Stop> {
        let named = match component.item {
            Some(item) => items::name(case, item)?,
            None => items::Named::default(),
        };
        let sku = component.item.and_then(|item| item.sku.as_deref());
        let class = sku.map_or_else(|| "none".to_owned(), |sku| case.tax_class(sku));
        let category = sku.map_or("", |sku| case.category(sku));
        let (account, by_account) = account(case, component, (&class, category))?;
        let subject = Subject { component, class: &class, category, account };
        let taxed = taxes::decide(case, &subject)?;
        let inputs = subject.inputs(case);
        let (tracking, by_tracking) = tracking::options(case, &inputs)?;
        let text = case.situation.rules.line("description", &inputs)?.unwrap_or_default();
        let item_code = if *component.kind == ChargeKind::Item { named.code } else { None };
        // An item is made only for a line that names it.
        if item_code.is_some() {
            self.items.extend(named.made_by.filter(|made| !self.items.contains(made)));
        }
        let (quantity, unit_amount, description) = priced(component, &taxed, &text);
        let traces = [by_account, taxed.trace.clone(), by_tracking];
        self.traces.extend(traces.map(|trace| labelled(&description, trace)));
        self.put_aside(&subject, &taxed)?;
        self.lines.push(Line {
            description,
            quantity,
            unit_amount,
            amount: taxed.gross,
            account_id: account.account_id.clone(),
            account_code: account.code.clone().unwrap_or_default(),
            tax_type: taxed.tax_type,
            tax: taxed.tax,
            tax_reason: taxed.reason,
            item_code,
            tracking,
            covers: vec![cover(component, &component.name(), taxed.gross)],
        });
        Ok(())
    }

    fn put_aside(&mut self, subject: &Subject<'_>, taxed: &Taxed) -> Result<(), Stop> {
        let component = subject.component;
        if !taxed.facilitated.is_zero() {
            self.facilitated.push(cover(component, FACILITATOR_TAX, taxed.facilitated));
        }
        if !taxed.foreign.is_zero() {
            let cover = cover(component, FOREIGN_VAT, taxed.foreign);
            owed::add(&mut self.owed, component, subject.class, cover)?;
        }
        Ok(())
    }

    /// Tax of others as its own line without tax, so that it never reaches a tax return.
    fn add_tax(
        &mut self,
        case: &Case<'_>,
        (covers, currency): (Vec<Cover>, base::Currency),
        tax: &OfOthers<'_>,
    ) -> Result<(), Stop> {
        let covers = merged(covers)?;
        let amount = Money::sum(covers.iter().map(|cover| cover.amount), currency)?;
        if covers.is_empty() || amount.is_zero() {
            return Ok(());
        }
        let account = case.line_account(tax.role)?;
        let rate = case.tax_rate(case.tax_type("none")?, account)?;
        self.lines.push(Line {
            description: tax.text.to_owned(),
            quantity: Decimal::ONE,
            unit_amount: amount.amount(),
            amount,
            account_id: account.account_id.clone(),
            account_code: account.code.clone().unwrap_or_default(),
            tax_type: rate.tax_type.clone(),
            tax: Money::zero(currency),
            tax_reason: format!("{} ({})", tax.reason, rate.name),
            item_code: None,
            tracking: Vec::new(),
            covers,
        });
        Ok(())
    }
}

/// A trace that can be shown under its line.
fn labelled(line: &str, trace: Trace) -> Trace {
    Trace { reading: format!("{line}: {}", trace.reading), ..trace }
}

fn cover(component: &Component<'_>, name: &str, amount: Money) -> Cover {
    Cover { item_id: component.item_id().to_owned(), component: name.to_owned(), amount }
}

fn remitted(cover: Cover) -> Result<Cover, Stop> {
    let amount = cover.amount.negated()?;
    Ok(Cover { component: FACILITATOR_REMITTED.to_owned(), amount, ..cover })
}

/// One cover per item and name.
fn merged(covers: Vec<Cover>) -> Result<Vec<Cover>, Stop> {
    let mut merged: Vec<Cover> = Vec::new();
    for cover in covers {
        let same = |other: &&mut Cover| {
            other.item_id == cover.item_id && other.component == cover.component
        };
        match merged.iter_mut().find(same) {
            Some(known) => known.amount = known.amount.plus(cover.amount)?,
            None => merged.push(cover),
        }
    }
    Ok(merged)
}

fn account<'c>(
    case: &Case<'c>,
    component: &Component<'_>,
    (class, category): (&str, &str),
) -> Result<(&'c Account, Trace), Stop> {
    let asked = Asked {
        kind: component.kind,
        of: component.of,
        amount: component.gross,
        item: component.item,
        category,
        tax_class: class,
    };
    let inputs = asking::line(&case.inputs, &asked);
    let decision = case.situation.rules.ask(Ask::Accounts, &inputs)?;
    let chart = case.situation.chart;
    let wanted = decision.get("account");
    let found = if wanted == ITEM_ACCOUNT {
        let sku = component.item.and_then(|item| item.sku.as_deref()).unwrap_or_default();
        let code = case.ledger_item(sku).and_then(|item| item.sales_account.as_deref());
        code.and_then(|code| chart.account_by_code(code))
    } else {
        account_of(case.situation.rules, chart, wanted)
    };
    let found = found.ok_or_else(|| {
        let detail = format!("{wanted}, which the accounts table gives, is not in the chart");
        Stop::new("account_missing", detail)
    })?;
    usable_on_lines(found)?;
    Ok((found, decision.trace))
}

/// Quantity and unit amount where they multiply exactly, else one and the units in the text.
/// Xero's refusal of a tax amount is worded by the unit amount, so the tax must fit into that too.
fn priced(component: &Component<'_>, taxed: &Taxed, text: &str) -> (Decimal, Decimal, String) {
    let amount = taxed.gross;
    let goods = component.item.filter(|_| *component.kind == ChargeKind::Item);
    let Some(item) = goods.filter(|item| item.live() > 1) else {
        return (Decimal::ONE, amount.amount(), texts::description(text));
    };
    let quantity = Decimal::from(item.live());
    let unit = amount.amount().checked_div(quantity).map(|unit| unit.normalize());
    let exact = unit.filter(|unit| {
        unit.scale() <= UNIT_DECIMALS
            && unit.checked_mul(quantity) == Some(amount.amount())
            && taxed.tax.amount().abs() <= unit.abs()
    });
    if let Some(unit) = exact {
        return (quantity, unit, texts::description(text));
    }
    let text = texts::description(&format!("{text}, {}", in_words(item, amount)));
    (Decimal::ONE, amount.amount(), text)
}

/// A unit price is named only where it gives the line.
fn in_words(item: &Item, amount: Money) -> String {
    let times = Decimal::from(item.live());
    let price = item.unit_price.map(Money::amount);
    match price.filter(|price| price.checked_mul(times) == Some(amount.amount())) {
        Some(price) => format!("{times} × {price}"),
        None => texts::units(item.live()),
    }
}

/// One line per account, tax type and tracking, in the order of their first lines.
fn consolidated(lines: Vec<Line>) -> Result<Vec<Line>, Stop> {
    let mut merged: Vec<Line> = Vec::new();
    for line in lines {
        let same = |other: &&mut Line| {
            other.account_id == line.account_id
                && other.tax_type == line.tax_type
                && other.tracking == line.tracking
        };
        match merged.iter_mut().find(same) {
            Some(known) => {
                known.amount = known.amount.plus(line.amount)?;
                known.tax = known.tax.plus(line.tax)?;
                known.quantity = Decimal::ONE;
                known.unit_amount = known.amount.amount();
                known.description =
                    texts::description(&format!("{}; {}", known.description, line.description));
                known.item_code = None;
                known.covers.extend(line.covers);
            }
            None => merged.push(line),
        }
    }
    Ok(merged)
}
