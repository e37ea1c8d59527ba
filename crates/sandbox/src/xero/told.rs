//! What whoever measures wants to know of the books: when things were made.

use std::collections::BTreeMap;

use base::Timestamp;

use super::Xero;
use super::document::{Kind, Status};

/// Moments by which progress is measured.
pub(crate) struct Told {
    /// When the standing invoice of a reference was made.
    pub(crate) invoices: BTreeMap<String, Timestamp>,
    /// Documents, payments, allocations, contacts and items that were made.
    pub(crate) made: usize,
    /// When a document was last made or changed.
    pub(crate) last: Option<Timestamp>,
}

impl Xero {
    pub(crate) fn told(&self) -> Told {
        let state = self.lock();
        let books = &state.books;
        let stands = |status| matches!(status, Status::Authorised | Status::Paid);
        let invoices = books.documents.all().filter(|it| it.kind == Kind::Invoice);
        let invoices = invoices.filter(|it| stands(it.status));
        let counts = [
            books.documents.all().count(),
            books.payments.len(),
            books.allocations.len(),
            books.contacts.all().count(),
            books.items.count(),
        ];
        Told {
            invoices: invoices.map(|it| (it.reference.clone(), it.made)).collect(),
            made: counts.iter().sum(),
            last: books.documents.all().map(|it| it.updated).max(),
        }
    }
}
