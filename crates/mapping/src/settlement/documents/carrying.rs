//! What carries a settlement's rows, and what tells two of them apart.

use intents::{BankTransaction, Body, Intent, Kind};

use crate::settlement::plan::DOCUMENT;

/// A document of a settlement that carries its rows: whatever it is, its part is a document's.
pub fn carries_rows(intent: &Intent) -> bool {
    let is_one = match intent.kind() {
        Kind::Invoice | Kind::Bill | Kind::BankTransaction | Kind::ManualJournal => true,
        Kind::Contact
        | Kind::Item
        | Kind::InvoiceEdit
        | Kind::InvoiceVoid
        | Kind::CreditNote
        | Kind::Allocation
        | Kind::Payment
        | Kind::SupplierCredit
        | Kind::Refund
        | Kind::BankTransfer
        | Kind::Attachment
        | Kind::Undo => false,
    };
    is_one && intent.part.starts_with(DOCUMENT)
}

/// The document's own number, where it has one of the settlement's series.
pub(crate) fn number(intent: &Intent) -> Option<&str> {
    if !carries_rows(intent) {
        return None;
    }
    match &intent.body {
        Body::Invoice(invoice) | Body::Bill(invoice) => Some(&invoice.number),
        Body::BankTransaction(moved) => Some(&moved.reference),
        Body::ManualJournal(made) => Some(made.number()),
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
        | Body::Undo(_) => None,
    }
}

/// True when two intents of a part would make the same document. Numbers differ while nothing was
/// sent only because a number that was withdrawn counts as used.
pub(crate) fn reads_same(known: &Intent, wanted: &Intent) -> bool {
    match (&known.body, &wanted.body) {
        (Body::Invoice(a), Body::Invoice(b)) | (Body::Bill(a), Body::Bill(b)) => {
            a.lines == b.lines && a.total == b.total && a.date == b.date && a.status == b.status
        }
        (Body::Payment(a), Body::Payment(b)) => {
            a.amount == b.amount && a.account_id == b.account_id && a.date == b.date
        }
        (Body::BankTransaction(a), Body::BankTransaction(b)) if carries_rows(wanted) => {
            let reference = b.reference.clone();
            *b == BankTransaction { reference, ..a.clone() }
        }
        (Body::ManualJournal(a), Body::ManualJournal(b)) => {
            a.lines == b.lines && a.date == b.date && a.on_cash_basis == b.on_cash_basis
        }
        (a, b) => a == b,
    }
}
