//! What an intent of a kind made in Xero: which resource it is, for taking it back and for showing
//! files at it.

use intents::{Body, Intent, Kind, Undo};

/// A resource of Xero's that can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Invoice,
    CreditNote,
    Allocation,
    Payment,
    BankTransaction,
    BankTransfer,
    ManualJournal,
}

impl Thing {
    /// What can be taken back of what a kind makes; nothing of the rest.
    pub(super) fn of(kind: Kind) -> Option<Thing> {
        match kind {
            Kind::Invoice | Kind::InvoiceEdit | Kind::Bill => Some(Thing::Invoice),
            Kind::CreditNote | Kind::SupplierCredit => Some(Thing::CreditNote),
            Kind::Allocation => Some(Thing::Allocation),
            Kind::Payment | Kind::Refund => Some(Thing::Payment),
            Kind::BankTransaction => Some(Thing::BankTransaction),
            Kind::BankTransfer => Some(Thing::BankTransfer),
            Kind::ManualJournal => Some(Thing::ManualJournal),
            Kind::Contact | Kind::Item | Kind::InvoiceVoid | Kind::Attachment | Kind::Undo => None,
        }
    }
}

/// What an undoing takes back.
pub(super) fn undone(intent: &Intent) -> Option<(&Undo, Thing)> {
    let Body::Undo(undo) = &intent.body else { return None };
    Some((undo, Thing::of(undo.of_kind)?))
}

/// The resource in whose path the files of what a kind makes stand; nothing where Xero shows none.
pub(super) fn endpoint(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Contact => Some("Contacts"),
        Kind::Invoice | Kind::InvoiceEdit | Kind::Bill => Some("Invoices"),
        Kind::CreditNote | Kind::SupplierCredit => Some("CreditNotes"),
        Kind::BankTransaction => Some("BankTransactions"),
        Kind::BankTransfer => Some("BankTransfers"),
        Kind::ManualJournal => Some("ManualJournals"),
        Kind::Item
        | Kind::InvoiceVoid
        | Kind::Allocation
        | Kind::Payment
        | Kind::Refund
        | Kind::Attachment
        | Kind::Undo => None,
    }
}
