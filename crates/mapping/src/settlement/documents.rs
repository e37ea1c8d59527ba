//! Planned documents become intents: roles become accounts, classes become tax types of the
//! organisation, parts become receipts to wait for.

mod carrying;
mod files;
mod moves;

use base::{Currency, Decimal, Money, Rate};
use facts::chart::Account;
use intents::document::Cover;
use intents::{
    Because, Body, ContactRef, Decided, Direction, Intent, IntentId, Invoice, InvoiceStatus, Line,
    Payment, Trace,
};

pub use self::carrying::carries_rows;
pub(crate) use self::carrying::{number, reads_same};
pub(crate) use self::files::attach;
use crate::orders::case::takes_payments;
use crate::orders::stop::Stop;
use crate::orders::{asking, contact, currency, tracking};
use crate::rulebook::inputs::{Inputs, Value};
use crate::rulebook::{Posting, Role};
use crate::settlement::decide::Settling;
use crate::settlement::plan::{Card, Plan, Planned, PlannedLine, UntaxedLines, Way, What};

/// The settings that documents tell in their traces.
const SETTINGS: &str = "settings";
const WAY: &str = "way";
const UNTAXED_LINES: &str = "untaxed_lines";

/// The way in which a settlement was posted: it keeps it when the book changes to the other one.
pub fn way_of(decided: &[Decided]) -> Option<Way> {
    let standing = decided.iter().filter(|one| super::stands(decided, one));
    let traces = standing.flat_map(|one| &one.intent.because.traces);
    let mut told = traces.filter(|trace| trace.table == SETTINGS && trace.rule == WAY);
    told.next().and_then(|trace| Way::parse(&trace.reading))
}

/// Documents to be made, with what other subjects share.
pub(crate) struct Drawn {
    pub(crate) intents: Vec<Intent>,
    pub(crate) shared: Vec<Intent>,
}

/// What every document of a settlement has in common.
struct Sheet<'a, 's> {
    settling: &'s Settling<'a>,
    contact: ContactRef,
    contact_made: Option<IntentId>,
    currency: Currency,
    hold: Option<String>,
}

pub(crate) fn clearing_is_bank(settling: &Settling<'_>) -> Result<bool, Stop> {
    let role = Role::Clearing(settling.asked.footing.sum.currency());
    Ok(account(settling, role)?.is_bank())
}

pub(crate) fn card(settling: &Settling<'_>) -> Card {
    if !settling.asked.charge_card {
        return Card::Unknown;
    }
    let base = settling.case.base();
    // A role without an account stops where the card is posted to.
    let kept_in = account(settling, Role::ChargeCard).ok().and_then(|account| account.currency);
    if kept_in.unwrap_or(base) == settling.asked.footing.sum.currency() {
        Card::Known
    } else {
        Card::OtherCurrency
    }
}

/// Xero has no draft of money that moved: there, all lines are on drafts of invoices and bills.
pub(crate) fn untaxed_lines(settling: &Settling<'_>) -> UntaxedLines {
    let settings = settling.case.settings();
    match settings.posting {
        Posting::Draft => UntaxedLines::Document,
        Posting::Approve | Posting::Post => settings.untaxed_lines,
    }
}

/// Documents of a settlement are in its own currency.
fn in_its_currency(settling: &Settling<'_>) -> Result<Currency, Stop> {
    let sum = settling.asked.footing.sum;
    let currency = settling.case.document_currency(sum)?;
    if currency != sum.currency() {
        let detail = format!("the settlement is in {}, and the book converts", sum.currency());
        return Err(Stop::new("settlement_not_converted", detail));
    }
    Ok(currency)
}

pub(crate) fn draw(settling: &Settling<'_>, plan: &Plan) -> Result<Drawn, Stop> {
    let addressed = contact::address(&settling.case)?;
    let sheet = Sheet {
        settling,
        contact: addressed.contact,
        contact_made: addressed.made_by.as_ref().map(|made| made.id.clone()),
        currency: in_its_currency(settling)?,
        hold: settling.hold(),
    };
    let mut intents: Vec<Intent> = Vec::new();
    for planned in &plan.documents {
        settling.case.must_be_open(planned.date, &planned.text)?;
        if let Some(intent) = drawn(&sheet, planned, &intents)? {
            intents.push(intent);
        }
    }
    Ok(Drawn { intents, shared: addressed.made_by.into_iter().collect() })
}

/// None for what a draft does not have: money never moves against a draft.
fn drawn(
    sheet: &Sheet<'_, '_>,
    planned: &Planned,
    before: &[Intent],
) -> Result<Option<Intent>, Stop> {
    let is_draft = sheet.settling.case.settings().posting == Posting::Draft;
    let body = match planned.what {
        What::Invoice => Body::Invoice(invoice(sheet, planned)?),
        What::Bill => Body::Bill(invoice(sheet, planned)?),
        What::Payment { .. }
        | What::Receive { .. }
        | What::Spend { .. }
        | What::Transfer { .. }
        | What::Journal { .. }
            if is_draft =>
        {
            return Ok(None);
        }
        What::Payment { of_part, account } => {
            Body::Payment(payment(sheet, planned, account, paid(before, of_part)?)?)
        }
        What::Receive { bank } => {
            Body::BankTransaction(moves::moved(sheet, planned, (Direction::Receive, bank))?)
        }
        What::Spend { bank } => {
            Body::BankTransaction(moves::moved(sheet, planned, (Direction::Spend, bank))?)
        }
        What::Transfer { from, to } => {
            Body::BankTransfer(moves::transfer(sheet, planned, from, to)?)
        }
        What::Journal { against } => Body::ManualJournal(moves::journal(sheet, planned, against)?),
    };
    let needs = needs(sheet, &body);
    let mut traces = traces(planned);
    traces.extend(settings(sheet.settling));
    let mut intent = intent(sheet.settling, &planned.part, body, traces);
    intent.needs = needs;
    intent.hold.clone_from(&sheet.hold);
    Ok(Some(intent))
}

fn needs(sheet: &Sheet<'_, '_>, body: &Body) -> Vec<IntentId> {
    match body {
        Body::Payment(payment) => vec![payment.invoice.clone()],
        Body::Invoice(_) | Body::Bill(_) | Body::BankTransaction(_) => {
            sheet.contact_made.iter().cloned().collect()
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => Vec::new(),
    }
}

/// The document that a payment is for: the planned one of that number.
fn paid(before: &[Intent], of_part: u32) -> Result<&Intent, Stop> {
    let part = format!("document:{of_part}");
    before.iter().find(|intent| intent.part == part).ok_or_else(|| {
        Stop::new("settlement_plan_failed", format!("a payment names {part}, which is not planned"))
    })
}

pub(crate) fn intent(
    settling: &Settling<'_>,
    part: &str,
    body: Body,
    traces: Vec<Trace>,
) -> Intent {
    let situation = &settling.asked.situation;
    let revision = settling.booked.next_revision(part);
    Intent {
        id: Intent::id_of(situation.book, situation.subject, part, revision),
        book: situation.book.clone(),
        subject: situation.subject.clone(),
        part: part.to_owned(),
        revision,
        body,
        needs: Vec::new(),
        supersedes: None,
        hold: None,
        because: Because {
            rule_book: situation.rules.hash().to_owned(),
            facts: vec![settling.asked.found_by.id.clone()],
            traces,
        },
    }
}

/// What the owner chose, as it was then.
fn settings(settling: &Settling<'_>) -> Vec<Trace> {
    let way = settling.asked.way;
    let trace = |rule: &str, reading: &str| Trace {
        table: SETTINGS.to_owned(),
        rule: rule.to_owned(),
        reading: reading.to_owned(),
    };
    let mut traces = vec![trace(WAY, way.as_str())];
    let untaxed = untaxed_lines(settling);
    if way == Way::PerOrder && untaxed != UntaxedLines::Document {
        traces.push(trace(UNTAXED_LINES, untaxed.as_str()));
    }
    traces
}

fn traces(planned: &Planned) -> Vec<Trace> {
    let mut traces: Vec<Trace> = Vec::new();
    for line in &planned.lines {
        let trace = Trace {
            table: "tax pack".to_owned(),
            rule: line.rule.clone(),
            reading: format!("{} → {}: {}", line.description, line.class, line.reason),
        };
        if !traces.contains(&trace) {
            traces.push(trace);
        }
    }
    traces
}

fn invoice(sheet: &Sheet<'_, '_>, planned: &Planned) -> Result<Invoice, Stop> {
    let case = &sheet.settling.case;
    let dated = currency::rate(case, planned.total.currency(), planned.date)?;
    let lines = planned.lines.iter().map(|one| line(sheet, one)).collect::<Result<Vec<_>, _>>()?;
    let tax = Money::sum(lines.iter().map(|line| line.tax), planned.total.currency())?;
    Ok(Invoice {
        number: planned.number.clone(),
        contact: sheet.contact.clone(),
        date: planned.date,
        due_date: planned.date.after_days(i64::from(case.settings().due_days)),
        currency: sheet.currency,
        rate: dated.map(|dated| dated.rate),
        rate_source: dated.map(|dated| dated.source.clone()),
        rate_from: dated.map(|dated| dated.from),
        reference: sheet.settling.asked.found.settlement.settlement_id.clone(),
        url: None,
        status: match case.settings().posting {
            Posting::Draft => InvoiceStatus::Draft,
            Posting::Approve | Posting::Post => InvoiceStatus::Authorised,
        },
        lines,
        total: planned.total,
        tax,
    })
}

fn line(sheet: &Sheet<'_, '_>, planned: &PlannedLine) -> Result<Line, Stop> {
    let case = &sheet.settling.case;
    let account = case.line_account(planned.role)?;
    let tax_type = case.tax_type(&planned.class)?;
    let rate = case.tax_rate(tax_type, account)?;
    let expected = planned.rate.map_or(Decimal::ZERO, |rate| rate.0);
    let has = Rate::percent(rate.percent).map_or(Decimal::ZERO, |rate| rate.0);
    if expected != has && !planned.stated {
        let detail = format!(
            "{} is {} % in Xero, and the tax pack expects {} for {}",
            rate.name,
            rate.percent,
            expected.checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default().normalize(),
            planned.description
        );
        return Err(Stop::new("tax_rate_differs", detail));
    }
    let (tracking, _trace) = tracking::options(case, &inputs_of(sheet, planned))?;
    Ok(Line {
        description: planned.description.clone(),
        quantity: Decimal::ONE,
        unit_amount: planned.amount.amount(),
        amount: planned.amount,
        account_id: account.account_id.clone(),
        account_code: account.code.clone().unwrap_or_default(),
        tax_type: tax_type.to_owned(),
        tax: planned.tax,
        tax_reason: planned.reason.clone(),
        item_code: None,
        tracking,
        covers: covers(planned),
    })
}

/// What of the settlement's rows the line carries; nothing where it only carries forward.
fn covers(planned: &PlannedLine) -> Vec<Cover> {
    if planned.rule.is_empty() {
        return Vec::new();
    }
    let (item_id, component) = (String::new(), planned.role.to_string());
    vec![Cover { item_id, component, amount: planned.amount }]
}

/// What the tracking table is asked: the settlement's own fields with the line's marketplace.
fn inputs_of(sheet: &Sheet<'_, '_>, planned: &PlannedLine) -> Inputs {
    let fulfilled_by = if planned.fulfilment == "MFN" { "merchant" } else { "amazon" };
    let settling = sheet.settling;
    let place = settling.case.place;
    let marketplace =
        if planned.marketplace.is_empty() { &place.name } else { &planned.marketplace };
    let mut order = asking::fields(settling.case.order, Some(place), &settling.case.zone);
    order.retain(|(name, _)| *name != "marketplace" && *name != "fulfilled_by");
    order.push(("marketplace", Value::text(marketplace)));
    order.push(("fulfilled_by", Value::text(fulfilled_by)));
    let mut inputs = settling.case.inputs.clone();
    inputs.set("order", order);
    asking::plain_line(&mut inputs, planned.amount);
    inputs
}

pub(crate) fn account<'a>(settling: &Settling<'a>, role: Role) -> Result<&'a Account, Stop> {
    let situation = &settling.asked.situation;
    let id = situation
        .rules
        .account(role)
        .ok_or_else(|| Stop::new("account_missing", format!("no account has the role {role}")))?;
    situation.chart.account_by_id(id).ok_or_else(|| {
        let detail = format!("the account with the role {role} is not in the chart");
        Stop::new("account_missing", detail)
    })
}

fn payment(
    sheet: &Sheet<'_, '_>,
    planned: &Planned,
    role: Role,
    of: &Intent,
) -> Result<Payment, Stop> {
    let account = account(sheet.settling, role)?;
    takes_payments(account, sheet.currency)?;
    let dated = currency::rate(&sheet.settling.case, sheet.currency, planned.date)?;
    Ok(Payment {
        invoice: of.id.clone(),
        invoice_number: planned.number.clone(),
        account_id: account.account_id.clone(),
        account_name: account.name.clone(),
        date: planned.date,
        amount: planned.total,
        rate: dated.map(|dated| dated.rate),
        reference: sheet.settling.asked.found.settlement.settlement_id.clone(),
    })
}
