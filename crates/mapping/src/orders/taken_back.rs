//! A person takes an order's documents back: what hangs on others first, each by its own undoing,
//! then the invoice by a void. Posted again, it is decided anew, under the next number.

use intents::{Body, Decided, Intent, IntentId, Kind, Reason, State, Undo};

use crate::orders::booked::{self, Standing, content};
use crate::orders::changes::{differs, once};
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::orders::{Changes, hold};

/// Parts of what takes something back begin with it.
const PREFIX: &str = "undo:";

/// In this order: a document cannot go while something hangs on it.
const BEFORE: [Kind; 4] = [Kind::Allocation, Kind::Payment, Kind::Refund, Kind::CreditNote];

pub(crate) fn take_back(sale: &Sale<'_>) -> Result<Changes, Stop> {
    let note = Some(Reason::new("recorded", "taken back by a person"));
    if sale.booked.0.iter().any(|one| one.progress.state.is_in_flight()) {
        return Ok(Changes { wait: true, note, ..Changes::default() });
    }
    if let Standing::Differs(held) = sale.booked.standing() {
        return Err(differs(held));
    }
    let mut changes = Changes { note, ..Changes::default() };
    let taking = |one: &&Decided| is_taking(&one.intent);
    let unsent = sale.booked.0.iter().filter(|one| booked::is_unsent(one) && !taking(one));
    changes.withdraw.extend(unsent.map(|one| one.intent.id.clone()));

    let mut before: Vec<IntentId> = Vec::new();
    for kind in BEFORE {
        let posted = sale.booked.0.iter().filter(|one| one.intent.kind() == kind);
        for one in posted.filter(|one| one.progress.state == State::Posted) {
            let undoing = undoing(sale, one, &before)?;
            before.push(undoing.id.clone());
            if sale.booked.newest(&undoing.part).is_none() {
                changes.intents.push(undoing);
            }
        }
    }
    if let Some(void) = void(sale, &before)? {
        changes.intents.push(void);
    }
    let is_pending = |one: &&Decided| taking(one) && one.progress.state == State::Ready;
    changes.wait = !changes.intents.is_empty() || sale.booked.0.iter().any(|one| is_pending(&one));
    Ok(once(changes))
}

/// She changed her mind: what was not sent is not sent, what is on its way is waited for.
pub(crate) fn stop(sale: &Sale<'_>) -> Option<Changes> {
    let undoings = sale.booked.0.iter().filter(|one| one.intent.part.starts_with(PREFIX));
    let mut changes = Changes::default();
    for one in undoings {
        if one.progress.state.is_in_flight() {
            changes.wait = true;
        } else if booked::is_unsent(one) {
            changes.withdraw.push(one.intent.id.clone());
        }
    }
    (changes.wait || !changes.withdraw.is_empty()).then_some(changes)
}

fn is_taking(intent: &Intent) -> bool {
    intent.part.starts_with(PREFIX) || matches!(intent.body, Body::InvoiceVoid { .. })
}

/// Its id is the same each time.
fn undoing(sale: &Sale<'_>, of: &Decided, before: &[IntentId]) -> Result<Intent, Stop> {
    let part = format!("{PREFIX}{}:{}", of.intent.part, of.intent.revision);
    if let Some(known) = sale.booked.newest(&part) {
        return Ok(known.intent.clone());
    }
    let (day, on) = match &of.intent.body {
        Body::Allocation(made) => (Some(made.date), Some(made.credit_note.clone())),
        Body::Payment(made) | Body::Refund(made) => (Some(made.date), None),
        Body::CreditNote(made) => (Some(made.date), None),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => (None, None),
    };
    let label = of.intent.label();
    if let Some(day) = day {
        sale.case.must_be_open(day, &label)?;
    }
    let (of_id, of_kind) = (of.intent.id.clone(), of.intent.kind());
    let body = Body::Undo(Undo { of: of_id.clone(), of_kind, label, on });
    let facts = vec![sale.latest.fact.id.clone()];
    let mut made = sale.intent(&part, body, facts, Vec::new());
    // What hangs on it goes first: of a credit note its allocations and what was given back.
    let hanging = if of_kind == Kind::CreditNote { before } else { &[] };
    made.needs = std::iter::once(of_id.clone()).chain(hanging.iter().cloned()).collect();
    made.supersedes = Some(of_id);
    Ok(made)
}

fn void(sale: &Sale<'_>, before: &[IntentId]) -> Result<Option<Intent>, Stop> {
    let posted = match sale.booked.standing() {
        Standing::Posted(posted) => posted,
        // A void that waits already is the void; an edit is withdrawn.
        Standing::Amending { posted, planned } if content(planned).is_some() => posted,
        Standing::Amending { .. }
        | Standing::Nothing
        | Standing::Planned(_)
        | Standing::InFlight(_)
        | Standing::Differs(_) => return Ok(None),
    };
    let Some(known) = content(posted) else { return Ok(None) };
    sale.case.must_be_open(known.date, "the invoice to be voided")?;
    let of = booked::root(&posted.intent).clone();
    let body = Body::InvoiceVoid { of, number: known.number.clone() };
    let facts = vec![sale.latest.fact.id.clone()];
    let mut intent = sale.intent(&posted.intent.part, body, facts, Vec::new());
    intent.needs =
        std::iter::once(posted.intent.id.clone()).chain(before.iter().cloned()).collect();
    intent.supersedes = Some(posted.intent.id.clone());
    intent.hold = hold(&sale.case.situation);
    Ok(Some(intent))
}
