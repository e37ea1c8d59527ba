//! What a look-up shows of an undoing: gone is found, still there is absent.

use base::{CallError, Response};
use intents::{Intent, IntentId, Receipt, Sighting};

use super::super::element::{Element, is_gone};
use super::super::known::{Known, is_same_id};
use super::super::thing::{Thing, undone};
use super::too_little;
use crate::api::{
    bank_transactions, bank_transfers, credit_notes, invoices, json, manual_journals, payments,
};

/// Each member's thing by its id: a send of undoings has one kind of things in it.
pub(super) fn sightings(
    response: &Response,
    about: &[&Intent],
    known: Known<'_>,
) -> Result<Vec<(IntentId, Sighting)>, CallError> {
    let seen = |member: &&Intent| Ok((member.id.clone(), sighting(response, member, known)?));
    about.iter().map(seen).collect()
}

fn sighting(response: &Response, member: &Intent, known: Known<'_>) -> Result<Sighting, CallError> {
    let Some((_, thing)) = undone(member) else { return Ok(too_little()) };
    Ok(match thing {
        Thing::Invoice => of(&json::<invoices::Page>(response)?.invoices, member, known),
        Thing::CreditNote => of(&json::<credit_notes::Page>(response)?.credit_notes, member, known),
        Thing::Allocation => allocation(&json::<credit_notes::Page>(response)?, member, known),
        Thing::Payment => of(&json::<payments::Page>(response)?.payments, member, known),
        Thing::BankTransaction => {
            of(&json::<bank_transactions::Page>(response)?.bank_transactions, member, known)
        }
        Thing::BankTransfer => {
            of(&json::<bank_transfers::Page>(response)?.bank_transfers, member, known)
        }
        Thing::ManualJournal => {
            of(&json::<manual_journals::Page>(response)?.manual_journals, member, known)
        }
    })
}

fn of<E: Element>(elements: &[E], member: &Intent, known: Known<'_>) -> Sighting {
    let found = elements.iter().find(|one| one.answers(&member.body, known));
    match found.and_then(|one| one.read_back(&member.body, known)) {
        Some(back) if is_gone(Some(&back.receipt.status)) => Sighting::Found(back.receipt),
        Some(_) => Sighting::Absent,
        None => too_little(),
    }
}

/// A credit note lists the allocations on it: one that is not there is gone, if the reply is of that
/// credit note at all.
fn allocation(reply: &credit_notes::Page, member: &Intent, known: Known<'_>) -> Sighting {
    let Some((undo, _)) = undone(member) else { return too_little() };
    let (Some(on), Some(id)) = (undo.on.as_ref().and_then(|on| known.id(on)), known.id(&undo.of))
    else {
        return too_little();
    };
    let is_it = |note: &&credit_notes::CreditNote| is_same_id(note.credit_note_id.as_deref(), on);
    let Some(note) = reply.credit_notes.iter().find(is_it) else { return too_little() };
    let mut still = note.allocations.iter().filter(|one| !one.is_deleted);
    // An allocation without its id may be the one: then nothing is told.
    if note.allocations.iter().any(|one| one.allocation_id.is_none()) {
        return too_little();
    }
    if still.any(|one| is_same_id(one.allocation_id.as_deref(), id)) {
        return Sighting::Absent;
    }
    let status = "DELETED".to_owned();
    let remote_id = id.to_owned();
    Sighting::Found(Receipt { remote_id, number: None, status, total: None, tax: None })
}
