//! From what should be and what was decided to what changes.
//!
//! While nothing was sent a new content replaces the old one; while it is on the wire we wait;
//! posted and unpaid it is edited or voided; once money was set against it, what was taken away is
//! credited and what was added is a question. The same content is nothing.

use base::{Day, FactId, Money};
use intents::{Body, Decided, Intent, Invoice, Reason};

use crate::orders::because::because;
use crate::orders::booked::{self, Booked, Standing, content};
use crate::orders::case::Case;
use crate::orders::corrections;
use crate::orders::history::{History, Snapshot, is_same_sale};
use crate::orders::invoice::{self, Built};
use crate::orders::payments::{self, Payable};
use crate::orders::posting::Verdict;
use crate::orders::reading::{self, Footed};
use crate::orders::rest;
use crate::orders::stop::Stop;
use crate::orders::{Changes, credit, hold};
use crate::rulebook::InvoiceDate;
use facts::Act;

/// The order that should stand in the ledger, with everything needed to say how.
pub(crate) struct Sale<'a> {
    pub(crate) case: Case<'a>,
    pub(crate) history: &'a History<'a>,
    pub(crate) latest: Snapshot<'a>,
    pub(crate) booked: Booked<'a>,
    pub(crate) verdict: &'a Verdict,
}

pub(crate) fn post(sale: &Sale<'_>) -> Result<Changes, Stop> {
    match sale.booked.standing() {
        Standing::Nothing => new(sale),
        Standing::Planned(known)
        | Standing::InFlight(known)
        | Standing::Posted(known)
        | Standing::Amending { planned: known, .. }
            if sale.is_same(known) =>
        {
            keep(sale, known)
        }
        Standing::Planned(planned) => replace(sale, planned),
        Standing::InFlight(_) => Ok(Changes { wait: true, ..Changes::default() }),
        Standing::Differs(held) if sale.is_same(held) => Ok(Changes::default()),
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

pub(crate) fn differs(held: &Decided) -> Stop {
    let why = held.progress.reason.as_ref().map_or("", |reason| &reason.detail);
    let detail = format!("the order changed, and {} waits for a person: {why}", held.intent.part);
    Stop::new("changed_while_held", detail)
}

impl Sale<'_> {
    /// True when the order as it stands sells what the decision knew of: no new content, so rules
    /// published since do not touch it.
    fn is_same(&self, decided: &Decided) -> bool {
        if content(decided).is_none() {
            return false;
        }
        let credit = self.booked.credit_notes().last().map(|(note, _)| &note.intent);
        let last = credit.unwrap_or(&decided.intent);
        let known = self.history.snapshot(&last.because.facts);
        known.is_some_and(|known| is_same_sale(known.order, self.latest.order))
    }

    /// The order's amounts; with a reviewer's word, those of the items that foot.
    fn read(&self) -> Result<(Footed<'_>, Vec<FactId>), Stop> {
        let latest = vec![self.latest.fact.id.clone()];
        let approved = self.history.approved(Act::PostWhatFoots);
        match reading::read(self.case.order, self.case.place) {
            Err(stop) if approved.is_empty() => Err(stop),
            Err(_untied) => {
                let part = reading::read_part(self.case.order, self.case.place)?;
                Ok((part, latest.into_iter().chain(approved).collect()))
            }
            Ok(footed) => Ok((footed, latest)),
        }
    }

    fn date(&self) -> Option<Day> {
        match self.case.settings().invoice_date {
            InvoiceDate::Purchase => Some(self.case.day(self.case.order.created)),
            InvoiceDate::Ship => payments::first_shipment(self.history)
                .map(|snapshot| self.case.day(snapshot.order.updated)),
        }
    }

    fn build(&self, footed: &Footed<'_>, date: Day) -> Result<Built, Stop> {
        let mut built = invoice::build(&self.case, footed, date, self.booked.nth())?;
        built.traces.insert(0, self.verdict.trace.clone());
        Ok(built)
    }

    pub(crate) fn intent(&self, part: &str, body: Body, facts: Vec<FactId>) -> Intent {
        let situation = &self.case.situation;
        let revision = self.booked.next_revision(part);
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
            because: because(&self.case, facts, Vec::new()),
        }
    }

    fn part(&self) -> String {
        booked::invoice_part(self.booked.nth())
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
    let mut intent = sale.intent(&part, Body::Invoice(built.invoice.clone()), facts);
    intent.needs = built.needs();
    intent.hold = match built.rest {
        Some(_) => None,
        None => hold(&sale.case.situation),
    };
    intent.because.traces.clone_from(&built.traces);
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
    if payments::is_invoiced(sale.case.order) {
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
    if built.rest.is_none() && known.is_some_and(|known| reads_same(known, &built.invoice)) {
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
    let mut intent = sale.intent(&posted.intent.part, body, facts);
    // The document has its contact; only items may be new.
    let items = built.shared.into_iter().filter(|made| matches!(made.body, Body::Item(_)));
    let shared: Vec<Intent> = items.collect();
    let made = shared.iter().map(|intent| intent.id.clone());
    intent.needs = std::iter::once(posted.intent.id.clone()).chain(made).collect();
    intent.supersedes = Some(posted.intent.id.clone());
    intent.hold = hold(&sale.case.situation);
    intent.because.traces = built.traces;
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

/// The order was cancelled: nothing of it should stand.
pub(crate) fn cancel(sale: &Sale<'_>) -> Result<Changes, Stop> {
    let mut changes = match sale.booked.standing() {
        Standing::Nothing => Changes::default(),
        Standing::InFlight(_) => Changes { wait: true, ..Changes::default() },
        Standing::Differs(held) => return Err(differs(held)),
        Standing::Planned(planned) => {
            let withdraw = vec![planned.intent.id.clone()];
            Changes { withdraw, ..Changes::default() }
        }
        Standing::Posted(posted) => void(sale, posted)?,
        Standing::Amending { planned, .. } if content(planned).is_none() => return Ok(noted(sale)),
        Standing::Amending { posted, planned } => {
            let mut changes = void(sale, posted)?;
            changes.withdraw.push(planned.intent.id.clone());
            changes
        }
    };
    if !changes.wait {
        changes.withdraw.extend(sale.booked.unsent_followers());
    }
    changes.note = noted(sale).note;
    Ok(once(changes))
}

fn noted(sale: &Sale<'_>) -> Changes {
    let note = Some(Reason::new("recorded", sale.verdict.reason.clone()));
    Changes { note, ..Changes::default() }
}

/// A void needs an invoice without payments and credits: Xero refuses others.
fn void(sale: &Sale<'_>, posted: &Decided) -> Result<Changes, Stop> {
    let Some(known) = content(posted) else { return Ok(Changes::default()) };
    if sale.booked.is_money_in_flight() {
        return Ok(Changes { wait: true, ..Changes::default() });
    }
    let root = booked::root(&posted.intent);
    let paid = sale.booked.paid(root, known.total)?;
    if !paid.is_zero() || !sale.booked.sent_credit_notes().is_empty() {
        return credit::credit(sale, posted, None, paid);
    }
    sale.case.must_be_open(known.date, "the invoice to be voided")?;
    let body = Body::InvoiceVoid { of: root.clone(), number: known.number.clone() };
    let facts = vec![sale.latest.fact.id.clone()];
    let mut intent = sale.intent(&posted.intent.part, body, facts);
    intent.needs = vec![posted.intent.id.clone()];
    intent.supersedes = Some(posted.intent.id.clone());
    intent.hold = hold(&sale.case.situation);
    intent.because.traces = vec![sale.verdict.trace.clone()];
    Ok(Changes { intents: vec![intent], ..Changes::default() })
}

/// An amendment keeps the document's number, contact, dates, rate and status.
fn with_header_of(known: &Invoice, wanted: Invoice) -> Invoice {
    Invoice { lines: wanted.lines, total: wanted.total, tax: wanted.tax, ..known.clone() }
}

/// True when two contents read the same; who makes the contact does not matter.
fn reads_same(known: &Invoice, wanted: &Invoice) -> bool {
    known.lines == wanted.lines && known.total == wanted.total && known.tax == wanted.tax
}

/// Each withdrawal is said once.
fn once(mut changes: Changes) -> Changes {
    changes.withdraw.sort();
    changes.withdraw.dedup();
    changes
}

/// What stands on an invoice after its credit notes.
pub(crate) fn standing_total(
    known: &Invoice,
    credited: &[&intents::CreditNote],
) -> Result<Money, Stop> {
    credited.iter().try_fold(known.total, |total, note| Ok(total.minus(note.total)?))
}
