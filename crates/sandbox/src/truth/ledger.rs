//! What the truth needs of Xero's ledger.

use base::Decimal;

use crate::xero::{DocumentView, LedgerView};

/// The sales documents of an organisation.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub documents: Vec<Document>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    Invoice,
    CreditNote,
}

/// A sales invoice or a sales credit note.
#[derive(Debug, Clone)]
pub struct Document {
    pub kind: DocumentKind,
    /// Authorised or paid: in the books.
    pub live: bool,
    /// The order's id.
    pub reference: String,
    pub currency: String,
    pub total: Decimal,
    pub paid: Decimal,
    /// Of an invoice: what credit notes have taken off it.
    pub credited: Decimal,
}

impl Document {
    /// An invoice that still stands for a sale: credited whole, it is none.
    pub(crate) fn stands(&self) -> bool {
        self.live && self.kind == DocumentKind::Invoice && self.total != self.credited
    }
}

impl From<LedgerView> for Ledger {
    fn from(view: LedgerView) -> Ledger {
        let documents = view.invoices.iter().chain(&view.credit_notes);
        Ledger { documents: documents.filter_map(document).collect() }
    }
}

/// A sales document; `None` of a purchase.
fn document(view: &DocumentView) -> Option<Document> {
    let kind = match view.kind {
        "ACCREC" => DocumentKind::Invoice,
        "ACCRECCREDIT" => DocumentKind::CreditNote,
        _ => return None,
    };
    Some(Document {
        kind,
        live: matches!(view.status, "AUTHORISED" | "PAID"),
        reference: view.reference.clone(),
        currency: view.currency.to_string(),
        total: view.total,
        paid: view.amount_paid,
        credited: view.amount_credited,
    })
}
