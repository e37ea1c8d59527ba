//! From what should be and what was decided to what changes.
//!
//! While nothing was sent a new content replaces the old one; while it is on the wire we wait;
//! posted and unpaid it is edited or voided; once money was set against it, what was taken away is
//! credited and what was added is a question. The same content is nothing.

use base::FactId;
use intents::{Body, Decided, Intent, Invoice, Reason};

use crate::orders::booked::{self, Standing, content};
use crate::orders::corrections;
use crate::orders::invoice::Built;
use crate::orders::payments::{self, Payable};
use crate::orders::rest;
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::orders::{Changes, credit, hold};

pub(crate) fn post(sale: &Sale<'_>) -> Result<Changes, Stop> {
    match sale.booked.standing() {
        Standing::Nothing => new(sale),
        Standing::Planned(known)
        | Standing::InFlight(known)
        | Standing::Posted(known)
        | Standing::Amending { planned: known, .. }
            if sale.is_same(known) && !sale.booked.is_deciding_again(known) =>
        {
            keep(sale, known)
        }
        Standing::Planned(planned) => replace(sale, planned),
        Standing::InFlight(_) => Ok(Changes { wait: true, ..Changes::default() }),
        // What shipped meanwhile is paid once the document is as it should be.
        Standing::Differs(held) if sale.is_same(held) => {
            Ok(Changes { wait: true, ..Changes::default() })
        }
        Standing::Differs(held) => Err(differs(held)),
        Standing::Posted(posted) => amend(sale, posted),
        Standing::Amending { posted, planned } => {
            let mut changes =
                if sale.is_same(posted) { keep(sale, posted)? } else { amend(sale, posted)? };
            changes.withdraw.push(planned.intent.id.clone());
            Ok(changes)
        }
    }
}

fn new(sale: &Sale<'_>) -> Result<Changes, Stop> {
    let (footed, facts) = sale.read()?;
    let Some(date) = sale.date() else {
        let note = Reason::new("recorded", "waits for its shipment, by which invoices are dated");
        return Ok(Changes { note: Some(note), ..Changes::default() });
    };
    sale.case.must_be_open(date, "the invoice")?;
    let built = sale.build(&footed, date)?;
    first(sale, built, facts)
}

/// The invoice, what it needs, its payments, and what is left over for a person.
fn first(sale: &Sale<'_>, built: Built, facts: Vec<FactId>) -> Result<Changes, Stop> {
    let part = sale.part();
    let body = Body::Invoice(built.invoice.clone());
    let mut intent = sale.intent(&part, body, facts, built.traces.clone());
    intent.needs = built.needs();
    intent.hold = match built.rest {
        Some(_) => None,
        None => hold(&sale.case.situation),
    };
    let mut changes = Changes::default();
    let payable = Payable {
        invoice: &built.invoice,
        root: &intent.id,
        top: &intent.id,
        is_part: built.rest.is_some(),
        standing: built.invoice.lines.clone(),
    };
    add_payments(sale, &payable, &mut changes)?;
    if let Some(rest) = built.rest {
        changes.intents.push(rest::held(sale, &built.invoice, &intent, rest)?);
    }
    changes.intents.insert(0, intent);
    changes.shared = built.shared;
    Ok(changes)
}

fn add_payments(sale: &Sale<'_>, payable: &Payable<'_>, changes: &mut Changes) -> Result<(), Stop> {
    let paying = payments::payments(&sale.case, sale.history, payable)?;
    changes.intents.extend(paying.intents);
    changes.withdraw.extend(paying.withdraw);
    if paying.waits_for_release {
        let text = "paid by invoice: open until Amazon releases the money";
        changes.note = Some(Reason::new("invoiced_order", text));
    }
    Ok(())
}

/// The document stands as it was decided; shipments may have been added.
fn keep(sale: &Sale<'_>, decided: &Decided) -> Result<Changes, Stop> {
    let mut changes = Changes::default();
    let Some(invoice) = content(decided) else { return Ok(changes) };
    let notes: Vec<_> = sale.booked.credit_notes().into_iter().map(|(_, note)| note).collect();
    let payable = Payable {
        invoice,
        root: booked::root(&decided.intent),
        top: &decided.intent.id,
        is_part: rest::is_of_part(sale, decided),
        standing: corrections::net(&invoice.lines, &notes)?,
    };
    add_payments(sale, &payable, &mut changes)?;
    Ok(changes)
}

/// Nothing of it was sent: the same number with new content.
fn replace(sale: &Sale<'_>, planned: &Decided) -> Result<Changes, Stop> {
    let (footed, facts) = sale.read()?;
    let known = content(planned);
    let Some(date) = known.map(|invoice| invoice.date).or_else(|| sale.date()) else {
        return Ok(Changes::default());
    };
    sale.case.must_be_open(date, "the invoice")?;
    let built = sale.build(&footed, date)?;
    let is_again = planned.progress.is_deciding_again();
    let is_same = |known: &Invoice| {
        if is_again { *known == built.invoice } else { reads_same(known, &built.invoice) }
    };
    if built.rest.is_none() && known.is_some_and(is_same) {
        return keep(sale, planned);
    }
    let mut changes = first(sale, built, facts)?;
    changes.withdraw.push(planned.intent.id.clone());
    changes.withdraw.extend(sale.booked.unsent_followers());
    Ok(once(changes))
}

fn amend(sale: &Sale<'_>, posted: &Decided) -> Result<Changes, Stop> {
    let (footed, facts) = sale.read()?;
    let Some(known) = content(posted) else { return Ok(Changes::default()) };
    let built = sale.build(&footed, known.date)?;
    let wanted = with_header_of(known, built.invoice.clone());
    let root = booked::root(&posted.intent);
    if reads_same(known, &wanted) && sale.booked.credit_notes().is_empty() {
        return keep(sale, posted);
    }
    if sale.booked.is_money_in_flight() {
        return Ok(Changes { wait: true, ..Changes::default() });
    }
    let paid = sale.booked.paid(root, known.total)?;
    if !paid.is_zero() || !sale.booked.sent_credit_notes().is_empty() {
        return credit::credit(sale, posted, Some(&wanted), paid);
    }
    sale.case.must_be_open(known.date, "the invoice")?;
    edit(sale, posted, (built, wanted), facts)
}

/// An unpaid invoice is edited: a new intent for the same document.
fn edit(
    sale: &Sale<'_>,
    posted: &Decided,
    (built, wanted): (Built, Invoice),
    facts: Vec<FactId>,
) -> Result<Changes, Stop> {
    let root = booked::root(&posted.intent).clone();
    let body = Body::InvoiceEdit { of: root.clone(), invoice: wanted.clone() };
    let mut intent = sale.intent(&posted.intent.part, body, facts, built.traces);
    // The document has its contact; only items may be new.
    let items = built.shared.into_iter().filter(|made| matches!(made.body, Body::Item(_)));
    let shared: Vec<Intent> = items.collect();
    let made = shared.iter().map(|intent| intent.id.clone());
    intent.needs = std::iter::once(posted.intent.id.clone()).chain(made).collect();
    intent.supersedes = Some(posted.intent.id.clone());
    intent.hold = hold(&sale.case.situation);
    let mut changes = Changes { shared, ..Changes::default() };
    let payable = Payable {
        invoice: &wanted,
        root: &root,
        top: &intent.id,
        is_part: built.rest.is_some(),
        standing: wanted.lines.clone(),
    };
    add_payments(sale, &payable, &mut changes)?;
    changes.intents.insert(0, intent);
    changes.withdraw.extend(sale.booked.unsent_followers());
    Ok(once(changes))
}

/// An amendment keeps the document's number, contact, dates, rate and status.
fn with_header_of(known: &Invoice, wanted: Invoice) -> Invoice {
    Invoice { lines: wanted.lines, total: wanted.total, tax: wanted.tax, ..known.clone() }
}

/// True when two contents read the same; who makes the contact does not matter.
fn reads_same(known: &Invoice, wanted: &Invoice) -> bool {
    known.lines == wanted.lines && known.total == wanted.total && known.tax == wanted.tax
}

pub(crate) fn differs(held: &Decided) -> Stop {
    let why = held.progress.reason.as_ref().map_or("", |reason| &reason.detail);
    let detail = format!("the order changed, and {} waits for a person: {why}", held.intent.part);
    Stop::new("changed_while_held", detail)
}

/// Each withdrawal is said once.
pub(crate) fn once(mut changes: Changes) -> Changes {
    changes.withdraw.sort();
    changes.withdraw.dedup();
    changes
}
