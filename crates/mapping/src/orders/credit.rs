//! What was taken from an invoice that money was already set against: a credit note, and its
//! allocation to the invoice.

use base::Money;
use facts::order::Item;
use intents::{Allocation, Body, CreditNote, Decided, Intent, Invoice};

use crate::orders::booked::{self, content};
use crate::orders::corrections::{self, Taken};
use crate::orders::payments::{self, Payable};
use crate::orders::rest;
use crate::orders::sale::Sale;
use crate::orders::shipments;
use crate::orders::stop::Stop;
use crate::orders::{Changes, hold};

/// `wanted` is what the invoice should read like; none when nothing of it should stand.
pub(crate) fn credit(
    sale: &Sale<'_>,
    posted: &Decided,
    wanted: Option<&Invoice>,
    paid: Money,
) -> Result<Changes, Stop> {
    let Some(known) = content(posted) else { return Ok(Changes::default()) };
    let notes = sale.booked.sent_credit_notes();
    let stands = notes.iter().try_fold(known.total, |total, note| total.minus(note.total))?;
    let wanted_total = wanted.map_or(Money::zero(known.currency), |wanted| wanted.total);
    let is_growth = wanted_total.minor() > stands.minor();
    let is_foreign = wanted_total.currency() != known.currency;
    if is_foreign || is_growth || is_overpaid(sale, posted, wanted, paid)? {
        let detail = format!(
            "{} stands at {stands} with {paid} paid, and Amazon now says {wanted_total}",
            known.number
        );
        return Err(Stop::new("changed_after_shipment", detail));
    }
    let standing = corrections::net(&known.lines, &notes)?;
    let wanted_lines = wanted.map_or(&[][..], |wanted| &wanted.lines);
    let taken = units_taken(sale, posted);
    let lines = corrections::difference(&standing, wanted_lines, &taken)?;
    let mut changes = Changes { withdraw: sale.booked.unsent_credits(), ..Changes::default() };
    if lines.is_empty() {
        return with_payments(sale, posted, standing, changes);
    }
    let total = Money::sum(lines.iter().map(|line| line.amount), known.currency)?;
    if !total.is_positive() {
        let detail = format!("{} was paid in part, and its lines changed", known.number);
        return Err(Stop::new("changed_after_shipment", detail));
    }
    let tax = Money::sum(lines.iter().map(|line| line.tax), known.currency)?;
    let date = sale.case.day(sale.latest.order.updated);
    sale.case.must_be_open(date, "the credit note")?;
    let nth = sale.booked.next_credit_note();
    let note = CreditNote {
        number: format!("{}-CN{nth}", known.number),
        contact: known.contact.clone(),
        date,
        currency: known.currency,
        rate: known.rate,
        reference: known.reference.clone(),
        lines,
        total,
        tax,
    };
    let left = corrections::net(&standing, &[&note])?;
    changes.intents = documents(sale, posted, &note, nth);
    with_payments(sale, posted, left, changes)
}

/// Units per item that the document carries and the order no longer has.
fn units_taken(sale: &Sale<'_>, posted: &Decided) -> Taken {
    let notes = sale.booked.credit_notes().into_iter();
    let last = notes.map(|(note, _)| note).rfind(|note| booked::is_sent(note)).unwrap_or(posted);
    let Some(known) = sale.history.snapshot(&last.intent.because.facts) else {
        return Taken::new();
    };
    let left = |id: &str| {
        let now = sale.latest.order.items.iter().find(|item| item.item_id == id);
        now.map_or(0, Item::live)
    };
    let items = known.order.items.iter();
    items.map(|i| (i.item_id.clone(), i.live().saturating_sub(left(&i.item_id)))).collect()
}

/// True when more was paid than Amazon now says, in all or into one of the two accounts: money
/// that was posted is never taken back to make numbers fit.
fn is_overpaid(
    sale: &Sale<'_>,
    posted: &Decided,
    wanted: Option<&Invoice>,
    paid: Money,
) -> Result<bool, Stop> {
    let (total, tax) = match wanted {
        Some(wanted) => (wanted.total, shipments::aside(&wanted.lines, wanted.currency)?),
        None => (Money::zero(paid.currency()), Money::zero(paid.currency())),
    };
    let tax_paid = payments::tax_paid(sale.booked, booked::root(&posted.intent), paid)?;
    let clearing_paid = paid.minus(tax_paid)?;
    let clearing = total.minus(tax)?;
    Ok(tax_paid.minor() > tax.minor() || clearing_paid.minor() > clearing.minor())
}

/// The credit note and its allocation.
fn documents(sale: &Sale<'_>, posted: &Decided, note: &CreditNote, nth: usize) -> Vec<Intent> {
    let facts = vec![sale.latest.fact.id.clone()];
    let invoice_number = content(posted).map(|known| known.number.clone()).unwrap_or_default();
    let allocation_of = |credit: &Intent| Allocation {
        credit_note: credit.id.clone(),
        credit_note_number: note.number.clone(),
        invoice: booked::root(&posted.intent).clone(),
        invoice_number,
        date: note.date,
        amount: note.total,
    };
    let body = Body::CreditNote(note.clone());
    let traces = || vec![sale.verdict.trace.clone()];
    let mut credit = sale.intent(&format!("credit_note:{nth}"), body, facts.clone(), traces());
    let allocation = allocation_of(&credit);
    let body = Body::Allocation(allocation);
    let mut allocation = sale.intent(&format!("allocation:{nth}"), body, facts, traces());
    allocation.needs = vec![credit.id.clone(), posted.intent.id.clone()];
    credit.needs = vec![posted.intent.id.clone()];
    credit.hold = hold(&sale.case.situation);
    vec![credit, allocation]
}

/// Payments for what has left, of what now stands.
fn with_payments(
    sale: &Sale<'_>,
    posted: &Decided,
    standing: Vec<intents::Line>,
    mut changes: Changes,
) -> Result<Changes, Stop> {
    let Some(invoice) = content(posted) else { return Ok(changes) };
    let stands = Money::sum(standing.iter().map(|line| line.amount), invoice.currency)?;
    if stands.is_zero() {
        return Ok(changes);
    }
    let payable = Payable {
        invoice,
        root: booked::root(&posted.intent),
        top: &posted.intent.id,
        is_part: rest::is_of_part(sale, posted),
        standing,
    };
    let paying = payments::payments(&sale.case, sale.history, &payable)?;
    changes.withdraw.extend(paying.withdraw);
    changes.intents.extend(paying.intents);
    Ok(changes)
}
