//! A document that someone ended in the ledger is posted again: the same content, another revision,
//! and a new number where numbers are used up for ever. No amount changes by it.

use std::collections::BTreeMap;

use intents::{Body, Intent, IntentId, Invoice, ManualJournal, Trace};

/// The table that the trace of what is posted again names.
const TABLE: &str = "drift";

/// What takes the place of an intent.
#[derive(Debug, Clone)]
pub(crate) struct Renewal {
    pub(crate) revision: u32,
    /// Its new number, where it has one.
    pub(crate) number: Option<String>,
}

/// What takes the place of each intent whose document was ended.
pub(crate) type Renewals = BTreeMap<IntentId, Renewal>;

fn id_of(intent: &Intent, renewals: &Renewals) -> Option<IntentId> {
    let renewal = renewals.get(&intent.id)?;
    Some(Intent::id_of(&intent.book, &intent.subject, &intent.part, renewal.revision))
}

/// The intent once more. What it refers to and is posted again too is referred to anew.
pub(crate) fn renewed(intent: &Intent, all: &[&Intent], renewals: &Renewals) -> Option<Intent> {
    let renewal = renewals.get(&intent.id)?;
    let find = |id: &IntentId| all.iter().find(|one| one.id == *id);
    let anew =
        |id: &IntentId| find(id).and_then(|one| id_of(one, renewals)).unwrap_or_else(|| id.clone());
    let renumbered = |id: &IntentId, known: &str| {
        let number = renewals.get(id).and_then(|renewal| renewal.number.clone());
        number.unwrap_or_else(|| known.to_owned())
    };
    let mut body = intent.body.clone();
    if let Some(number) = &renewal.number {
        body = numbered(body, number);
    }
    if let Body::Payment(made) | Body::Refund(made) = &mut body {
        made.invoice_number = renumbered(&made.invoice, &made.invoice_number);
        made.invoice = anew(&made.invoice);
    }
    if let Body::Allocation(made) = &mut body {
        made.invoice_number = renumbered(&made.invoice, &made.invoice_number);
        made.invoice = anew(&made.invoice);
        made.credit_note_number = renumbered(&made.credit_note, &made.credit_note_number);
        made.credit_note = anew(&made.credit_note);
    }
    let mut because = intent.because.clone();
    let reading = format!("{} was ended in Xero by someone else", intent.label());
    let (table, rule) = (TABLE.to_owned(), "repost".to_owned());
    because.traces.push(Trace { table, rule, reading });
    Some(Intent {
        id: id_of(intent, renewals)?,
        revision: renewal.revision,
        body,
        needs: intent.needs.iter().map(anew).collect(),
        supersedes: None,
        hold: None,
        because,
        ..intent.clone()
    })
}

/// The same content under another number; for what has no number, under another key of ours.
fn numbered(body: Body, number: &str) -> Body {
    let number = number.to_owned();
    match body {
        Body::Invoice(made) => Body::Invoice(Invoice { number, ..made }),
        Body::Bill(made) => Body::Bill(Invoice { number, ..made }),
        Body::BankTransaction(mut made) => {
            made.reference = number;
            Body::BankTransaction(made)
        }
        Body::ManualJournal(made) => {
            let rest = made.narration.split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
            let narration = format!("{number} {rest}").trim_end().to_owned();
            Body::ManualJournal(ManualJournal { narration, ..made })
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => body,
    }
}
