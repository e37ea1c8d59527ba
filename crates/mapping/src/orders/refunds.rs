//! A refund that Amazon's Finances report: a credit note with the accounts and tax types of the
//! posted invoice's lines, given back from clearing the same day.
//!
//! One event makes one document. A refund that is held back and released later comes as two
//! transactions that name each other: the first one seen makes the credit note, and the other one
//! finds it made.

mod sheet;

use std::collections::BTreeMap;

use base::Money;
use facts::Fact;
use facts::finances::Transaction;
use intents::{Body, CreditNote, Intent, IntentId, Invoice, InvoiceStatus, Payment, State};

use self::sheet::Sheet;
use crate::orders::because::because;
use crate::orders::booked::content;
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::orders::{Changes, hold};
use crate::rulebook::Role;
use crate::settlement::transactions::is_refund;

/// Parts of refunds begin with it.
const PREFIX: &str = "refund:";

/// A refund as the transactions about it tell.
struct Refunded<'a> {
    /// The first transaction's id, by which both of a pair are known.
    id: String,
    fact: &'a Fact,
    transaction: &'a Transaction,
}

/// True of the credit note of a refund.
pub fn is_refund_note(intent: &Intent) -> bool {
    intent.part.starts_with(PREFIX) && matches!(intent.body, Body::CreditNote(_))
}

/// Adds what refunds ask for to what the order asks for.
pub(crate) fn add(sale: &Sale<'_>, changes: &mut Changes) -> Result<(), Stop> {
    let events = events(sale);
    if events.is_empty() || changes.wait {
        return Ok(());
    }
    let Some((invoice, top)) = standing(sale, changes) else { return Ok(()) };
    if invoice.status == InvoiceStatus::Draft {
        return Ok(());
    }
    let mut made = 0_usize;
    for event in events {
        let part = format!("{PREFIX}{}", event.id);
        // One that someone ended and a person let go is made again.
        let known = sale.booked.newest(&part);
        if known.is_some_and(|known| known.progress.state != State::Reversed) {
            continue;
        }
        let documents = credited(sale, &event, (&invoice, &top), made)?;
        made = made.saturating_add(1);
        changes.intents.extend(documents);
    }
    Ok(())
}

/// The invoice as it stands or is about to, and the intent that its content is in.
fn standing(sale: &Sale<'_>, changes: &Changes) -> Option<(Invoice, IntentId)> {
    let part = sale.part();
    let new = changes.intents.iter().rev().find(|intent| intent.part == part);
    let new = new.and_then(|intent| {
        if let Body::Invoice(invoice) | Body::InvoiceEdit { invoice, .. } = &intent.body {
            Some((invoice.clone(), intent.id.clone()))
        } else {
            None
        }
    });
    new.or_else(|| {
        let known = sale.booked.newest(&part)?;
        Some((content(known)?.clone(), known.intent.id.clone()))
    })
}

fn events<'a>(sale: &Sale<'a>) -> Vec<Refunded<'a>> {
    let mut events: BTreeMap<String, Refunded<'a>> = BTreeMap::new();
    for (fact, transaction) in sale.history.transactions() {
        if !is_refund(transaction) {
            continue;
        }
        let id = transaction.releases.as_ref().unwrap_or(&transaction.transaction_id).clone();
        let event = Refunded { id: id.clone(), fact, transaction };
        // The earliest word counts: its date is when the buyer got the money.
        let is_earlier =
            events.get(&id).is_none_or(|known| transaction.posted < known.transaction.posted);
        if is_earlier {
            events.insert(id, event);
        }
    }
    let mut events: Vec<Refunded<'a>> = events.into_values().collect();
    events.sort_by(|a, b| a.transaction.posted.cmp(&b.transaction.posted).then(a.id.cmp(&b.id)));
    events
}

/// The credit note and what is given back: from clearing, and from Marketplace tax what Amazon
/// takes back there.
fn credited(
    sale: &Sale<'_>,
    event: &Refunded<'_>,
    (invoice, top): (&Invoice, &IntentId),
    made: usize,
) -> Result<Vec<Intent>, Stop> {
    let currency = event.transaction.total.currency();
    if currency != invoice.currency {
        let detail =
            format!("{} is in {}, and the refund in {currency}", invoice.number, invoice.currency);
        return Err(Stop::new("refund_currency_differs", detail));
    }
    let date = sale.case.day(event.transaction.posted);
    sale.case.must_be_open(date, "the credit note for a refund")?;
    let mut sheet = Sheet { sale, invoice, lines: Vec::new(), facilitated: Money::zero(currency) };
    for item in &event.transaction.items {
        sheet.item(event.transaction, item)?;
    }
    sheet.rest(event.transaction)?;
    let total = Money::sum(sheet.lines.iter().map(|line| line.amount), currency)?;
    if total.is_zero() {
        return Ok(Vec::new());
    }
    if !total.is_positive() {
        let detail = format!("refund {} comes to {total}", event.id);
        return Err(Stop::new("refund_not_positive", detail));
    }
    let tax = Money::sum(sheet.lines.iter().map(|line| line.tax), currency)?;
    let nth = notes(sale).saturating_add(made).saturating_add(1);
    let note = CreditNote {
        number: format!("{}-CN{nth}", invoice.number),
        contact: invoice.contact.clone(),
        date,
        currency,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
        lines: sheet.lines,
        total,
        tax,
    };
    documents(sale, event, (note, top), sheet.facilitated)
}

/// Credit notes of this order that have or had a number.
fn notes(sale: &Sale<'_>) -> usize {
    let notes = sale.booked.0.iter().filter(|one| matches!(one.intent.body, Body::CreditNote(_)));
    notes.count()
}

fn documents(
    sale: &Sale<'_>,
    event: &Refunded<'_>,
    (note, top): (CreditNote, &IntentId),
    facilitated: Money,
) -> Result<Vec<Intent>, Stop> {
    let part = format!("{PREFIX}{}", event.id);
    let facts = || vec![event.fact.id.clone()];
    let (number, date, rate) = (note.number.clone(), note.date, note.rate);
    let (currency, reference) = (note.currency, note.reference.clone());
    let from_clearing = note.total.minus(facilitated)?;
    let mut made = sale.intent(&part, Body::CreditNote(note), facts(), Vec::new());
    made.needs = vec![top.clone()];
    made.hold = hold(&sale.case.situation);
    made.because = because(&sale.case, facts(), Vec::new());
    let mut intents = Vec::new();
    let legs = [
        ("clearing", Role::Clearing(currency), from_clearing),
        ("marketplace_tax", Role::MarketplaceTax, facilitated),
    ];
    for (leg, role, amount) in legs.into_iter().filter(|(_, _, amount)| amount.is_positive()) {
        let account = sale.case.payment_account(role, currency)?;
        let body = Body::Refund(Payment {
            invoice: made.id.clone(),
            invoice_number: number.clone(),
            account_id: account.account_id.clone(),
            account_name: account.name.clone(),
            date,
            amount,
            rate,
            reference: reference.clone(),
        });
        let mut given = sale.intent(&format!("{part}:{leg}"), body, facts(), Vec::new());
        given.needs = vec![made.id.clone()];
        intents.push(given);
    }
    intents.insert(0, made);
    Ok(intents)
}
