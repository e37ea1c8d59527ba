//! Taking back what an earlier intent made.

use base::{Call as _, Request};
use intents::{Intent, Undo};

use super::super::known::Known;
use super::super::thing::Thing;
use super::parts::made_by;
use super::{BuildError, documents};
use crate::api::{
    allocations, bank_transactions, bank_transfers, credit_notes, manual_journals, payments,
};

pub(super) fn undo(intent: &Intent, undo: &Undo, known: Known<'_>) -> Result<Request, BuildError> {
    let Some(thing) = Thing::of(undo.of_kind) else {
        let (intent, kind) = (intent.id.clone(), undo.of_kind);
        return Err(BuildError::NotUndoable { intent, kind });
    };
    let id = made_by(intent, &undo.of, known)?;
    Ok(match thing {
        Thing::Invoice => return documents::end(intent, &undo.of, known),
        Thing::CreditNote => credit_notes::Void { credit_note_id: id }.request(),
        Thing::Allocation => return allocation(intent, undo, known),
        Thing::Payment => payments::Delete { payment_id: id }.request(),
        Thing::BankTransaction => bank_transactions::Delete { bank_transaction_id: id }.request(),
        Thing::BankTransfer => bank_transfers::Delete { bank_transfer_id: id }.request(),
        Thing::ManualJournal => manual_journals::Void { manual_journal_id: id }.request(),
    })
}

/// The path names the credit note and the allocation on it. An allocation whose id Xero never told
/// has a receipt made of the two documents, and no path.
fn allocation(intent: &Intent, undo: &Undo, known: Known<'_>) -> Result<Request, BuildError> {
    let id = made_by(intent, &undo.of, known)?;
    let (Some(on), false) = (&undo.on, id.contains(':')) else {
        return Err(BuildError::NoKey { intent: intent.id.clone() });
    };
    let credit_note_id = made_by(intent, on, known)?;
    Ok(allocations::Delete { credit_note_id, allocation_id: id }.request())
}
