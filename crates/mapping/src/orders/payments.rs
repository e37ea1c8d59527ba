//! Money for what has left: a payment per shipment event, and with it the tax that Amazon keeps.
//! Where the buyer pays an invoice of Amazon's later, Amazon's release of the money is the event.
//!
//! A shipment event is a rise of what is fulfilled between two snapshots. What is paid after an
//! event is worked out from the snapshot as a whole, not from the step, so cents never get lost
//! between two events, and the last one pays the rest to the cent.

use base::Money;
use facts::Order;
use facts::chart::Account;
use intents::{Body, Decided, Intent, IntentId, Invoice, InvoiceStatus, Line, Payment, Trace};

use crate::orders::because::because;
use crate::orders::booked::{self, Booked};
use crate::orders::case::{self, Case};
use crate::orders::history::History;
use crate::orders::lines::FACILITATOR_TAX;
use crate::orders::releases::released;
use crate::orders::shipments::{Due, Leg, Scale, dues};
use crate::orders::stop::Stop;
use crate::rulebook::Role;

/// The payment method of business orders that Amazon collects later.
/// <https://developer-docs.amazon.com/sp-api/docs/orders-api-v2026-01-01-reference>
const INVOICED: &str = "Invoice";

/// The invoice that is to be paid, as it stands or will.
pub(crate) struct Payable<'a> {
    pub(crate) invoice: &'a Invoice,
    /// The intent that made the document.
    pub(crate) root: &'a IntentId,
    /// The intent with its present content.
    pub(crate) top: &'a IntentId,
    /// The document carries only the items that foot.
    pub(crate) is_part: bool,
    /// Its lines less credit notes.
    pub(crate) standing: Vec<Line>,
}

#[derive(Debug, Default)]
pub(crate) struct Paying {
    pub(crate) intents: Vec<Intent>,
    pub(crate) withdraw: Vec<IntentId>,
    /// The buyer pays an invoice of Amazon's, and Amazon has not let all of the money go yet.
    pub(crate) waits_for_release: bool,
}

/// True for business orders that stay open until Amazon releases the money.
pub(crate) fn is_invoiced(order: &Order) -> bool {
    order.payment_methods.iter().any(|method| method == INVOICED)
}

/// The part of what was paid that went to Marketplace tax.
pub(crate) fn tax_paid(booked: Booked<'_>, root: &IntentId, paid: Money) -> Result<Money, Stop> {
    let payments = booked.payments(root).into_iter();
    let of_tax = payments.filter(|(decided, _)| {
        booked::is_sent(decided) && decided.intent.part.ends_with(Leg::MarketplaceTax.name())
    });
    Ok(Money::sum(of_tax.map(|(_, payment)| payment.amount), paid.currency())?)
}

pub(crate) fn payments(
    case: &Case<'_>,
    history: &History<'_>,
    payable: &Payable<'_>,
) -> Result<Paying, Stop> {
    let booked = Booked(case.situation.decided);
    let mut paying = Paying::default();
    let is_draft = payable.invoice.status == InvoiceStatus::Draft;
    let dues = if is_draft {
        Vec::new()
    } else if is_invoiced(case.order) {
        released(case, history, payable)?
    } else {
        dues(case, history, payable)?
    };
    let Some(last) = dues.last() else {
        paying.waits_for_release = is_invoiced(case.order);
        return Ok(paying);
    };
    let limit = Scale::new(case, payable)?.limit(Leg::Clearing);
    paying.waits_for_release = is_invoiced(case.order) && last.of(Leg::Clearing) != limit;
    for leg in [Leg::Clearing, Leg::MarketplaceTax] {
        pay(case, booked, payable, (leg, &dues), &mut paying)?;
    }
    paying.intents.sort_by_key(|intent| booked::ordinal(&intent.part));
    Ok(paying)
}

fn pay(
    case: &Case<'_>,
    booked: Booked<'_>,
    payable: &Payable<'_>,
    (leg, dues): (Leg, &[Due<'_>]),
    paying: &mut Paying,
) -> Result<(), Stop> {
    let known = booked.payments(payable.root);
    let of_leg = known.iter().filter(|(d, _)| d.intent.part.ends_with(leg.name()));
    let currency = payable.invoice.currency;
    let sent = of_leg.clone().filter(|(d, _)| !booked::is_unsent(d)).map(|(_, p)| p.amount);
    // Room that is left on the invoice, whatever the order in which events became known.
    let limit = Scale::new(case, payable)?.limit(leg);
    let mut room = limit.minus(Money::sum(sent, currency)?)?;
    let mut settled = Money::zero(currency);
    let mut seen: Vec<&str> = Vec::new();
    for (index, due) in (1_u32..).zip(dues) {
        let part = format!("payment:{index}:{}", leg.name());
        let existing = of_leg.clone().find(|(d, _)| d.intent.part == part);
        if let Some((decided, payment)) = existing {
            seen.push(&decided.intent.part);
            if !booked::is_unsent(decided) {
                settled = settled.plus(payment.amount)?;
                continue;
            }
        }
        let wanted = due.of(leg).minus(settled)?;
        let wanted = if wanted.minor() > room.minor() { room } else { wanted };
        let is_due = wanted.is_positive();
        if let Some((decided, payment)) = existing {
            let is_same = payment.amount == wanted && decided.intent.needs.contains(payable.top);
            let is_same = is_same && stands(case, payable, (leg, due), (decided, wanted))?;
            if is_due && is_same {
                (settled, room) = (settled.plus(wanted)?, room.minus(wanted)?);
                continue;
            }
            paying.withdraw.push(decided.intent.id.clone());
        }
        if is_due {
            let trace = trace(case, (leg, due), (limit, settled), wanted);
            (settled, room) = (settled.plus(wanted)?, room.minus(wanted)?);
            let mut intent = payment(case, payable, (leg, due), &part, wanted)?;
            intent.because.traces.push(trace);
            paying.intents.push(intent);
        }
    }
    let left_over =
        of_leg.filter(|(d, _)| booked::is_unsent(d) && !seen.contains(&d.intent.part.as_str()));
    paying.withdraw.extend(left_over.map(|(decided, _)| decided.intent.id.clone()));
    Ok(())
}

/// True unless a person replayed the payment and the rules would now write another one.
fn stands(
    case: &Case<'_>,
    payable: &Payable<'_>,
    (leg, due): (Leg, &Due<'_>),
    (decided, wanted): (&Decided, Money),
) -> Result<bool, Stop> {
    if !decided.progress.is_deciding_again() {
        return Ok(true);
    }
    let fresh = payment(case, payable, (leg, due), &decided.intent.part, wanted)?;
    Ok(fresh.body == decided.intent.body)
}

/// The shipment or the release that a payment is for, and how the amount follows from it.
fn trace(
    case: &Case<'_>,
    (leg, due): (Leg, &Due<'_>),
    (limit, settled): (Money, Money),
    wanted: Money,
) -> Trace {
    let day = case.day(due.at);
    let (earned, limit) = (due.of(leg).amount(), limit.amount());
    let before = if settled.is_zero() {
        String::new()
    } else {
        format!(", {} paid before", settled.amount())
    };
    let what = format!("{} by {day}: {earned} of {limit}{before}", due.what);
    let reading = format!("{what} → {wanted}");
    Trace { table: "payments".to_owned(), rule: leg.name().to_owned(), reading }
}

fn payment(
    case: &Case<'_>,
    payable: &Payable<'_>,
    (leg, due): (Leg, &Due<'_>),
    part: &str,
    amount: Money,
) -> Result<Intent, Stop> {
    let date = case.day(due.at);
    case.must_be_open(date, "the payment")?;
    let account = account(case, payable, leg)?;
    let invoice = payable.invoice;
    let body = Payment {
        invoice: payable.root.clone(),
        invoice_number: invoice.number.clone(),
        account_id: account.account_id.clone(),
        account_name: account.name.clone(),
        date,
        amount,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
    };
    let (book, subject) = (case.situation.book, case.situation.subject);
    let revision = Booked(case.situation.decided).next_revision(part);
    Ok(Intent {
        id: Intent::id_of(book, subject, part, revision),
        book: book.clone(),
        subject: subject.clone(),
        part: part.to_owned(),
        revision,
        body: Body::Payment(body),
        needs: vec![payable.top.clone()],
        supersedes: None,
        hold: None,
        because: because(case, vec![due.fact.id.clone()], Vec::new()),
    })
}

/// Amazon's tax goes back to the account that the invoice's own line named.
fn account<'c>(case: &Case<'c>, payable: &Payable<'_>, leg: Leg) -> Result<&'c Account, Stop> {
    let currency = payable.invoice.currency;
    match leg {
        Leg::Clearing => case.payment_account(Role::Clearing(currency), currency),
        Leg::MarketplaceTax => {
            let mut lines = payable.invoice.lines.iter();
            let own = lines.find(|l| l.covers.iter().any(|c| c.component == FACILITATOR_TAX));
            let id = own.map(|line| line.account_id.as_str()).unwrap_or_default();
            let Some(account) = case.situation.chart.account_by_id(id) else {
                return case.payment_account(Role::MarketplaceTax, currency);
            };
            case::takes_payments(account, currency)?;
            Ok(account)
        }
    }
}
