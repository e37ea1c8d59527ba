//! One document or change that should exist in the other system.

use base::{FactId, Money, Subject};
use serde::{Deserialize, Serialize};

use crate::document::{
    Allocation, Attachment, BankTransaction, BankTransfer, Contact, ContactRef, CreditNote,
    Invoice, Item, ManualJournal, Payment, Undo,
};
use crate::outbox::Progress;

base::id!(
    /// A book: one Xero organisation with the Amazon seller accounts that post into it.
    BookId,
    "book"
);
base::id!(
    /// Derived from book, subject, part and revision: deciding twice is deciding once.
    IntentId,
    "intent"
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub id: IntentId,
    pub book: BookId,
    pub subject: Subject,
    /// Which of the subject's documents: `invoice`, `payment:1:clearing`, `contact`.
    pub part: String,
    /// 1 at first; one more each time the content changed after it was decided.
    pub revision: u32,
    pub body: Body,
    /// Due only when these are posted; sent with the ids of their receipts.
    pub needs: Vec<IntentId>,
    /// The intent whose document this one amends, voids or replaces.
    pub supersedes: Option<IntentId>,
    /// A person must release it first, and why (`approval`, `untied_total`).
    pub hold: Option<String>,
    pub because: Because,
}

impl Intent {
    pub fn id_of(book: &BookId, subject: &Subject, part: &str, revision: u32) -> IntentId {
        IntentId::derive(&[book.as_str(), subject.as_str(), part, &revision.to_string()])
    }

    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// Every intent whose receipt the request is made from, due on it or not.
    pub fn references(&self) -> Vec<IntentId> {
        let contact = |contact: &ContactRef| match contact {
            ContactRef::Made(intent) => vec![intent.clone()],
            ContactRef::Known(_) => Vec::new(),
        };
        let mut named = match &self.body {
            Body::Contact(_) | Body::Item(_) | Body::BankTransfer(_) | Body::ManualJournal(_) => {
                Vec::new()
            }
            Body::Invoice(invoice) | Body::Bill(invoice) => contact(&invoice.contact),
            Body::InvoiceEdit { of, invoice } => {
                let mut named = contact(&invoice.contact);
                named.push(of.clone());
                named
            }
            Body::InvoiceVoid { of, .. } => vec![of.clone()],
            Body::CreditNote(note) | Body::SupplierCredit(note) => contact(&note.contact),
            Body::Allocation(one) => vec![one.credit_note.clone(), one.invoice.clone()],
            Body::Payment(payment) | Body::Refund(payment) => vec![payment.invoice.clone()],
            Body::BankTransaction(made) => contact(&made.contact),
            Body::Attachment(attachment) => vec![attachment.to.clone()],
            Body::Undo(undo) => {
                std::iter::once(&undo.of).chain(undo.on.as_ref()).cloned().collect()
            }
        };
        named.extend(self.needs.iter().cloned());
        named
    }
}

/// What should exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    Contact(Contact),
    Item(Item),
    Invoice(Invoice),
    /// An unpaid invoice gets new content: the document of `of` (the intent that made it) is
    /// edited to read like this one.
    InvoiceEdit {
        of: IntentId,
        invoice: Invoice,
    },
    /// The invoice that `of` made is voided.
    InvoiceVoid {
        of: IntentId,
        number: String,
    },
    CreditNote(CreditNote),
    /// A posted credit note is set against a posted invoice.
    Allocation(Allocation),
    Payment(Payment),
    /// A purchase invoice (ACCPAY): the lines are costs, its reference is empty, and its number is
    /// not unique in Xero.
    Bill(Invoice),
    /// A credit note from Amazon (ACCPAYCREDIT).
    SupplierCredit(CreditNote),
    /// Money given back against a posted credit note: `invoice` names the intent that made the
    /// note.
    Refund(Payment),
    BankTransaction(BankTransaction),
    BankTransfer(BankTransfer),
    ManualJournal(ManualJournal),
    Attachment(Attachment),
    /// What an earlier intent made is taken back.
    Undo(Undo),
}

/// The kind decides what may travel together in one send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Contact,
    Item,
    Invoice,
    InvoiceEdit,
    InvoiceVoid,
    CreditNote,
    Allocation,
    Payment,
    Bill,
    SupplierCredit,
    Refund,
    BankTransaction,
    BankTransfer,
    ManualJournal,
    Attachment,
    Undo,
}

impl Kind {
    /// In the order in which due work is sent: what others need comes first.
    pub const ALL: [Kind; 16] = [
        Kind::Contact,
        Kind::Item,
        Kind::Undo,
        Kind::Invoice,
        Kind::InvoiceEdit,
        Kind::InvoiceVoid,
        Kind::Bill,
        Kind::CreditNote,
        Kind::SupplierCredit,
        Kind::Allocation,
        Kind::Payment,
        Kind::Refund,
        Kind::BankTransaction,
        Kind::BankTransfer,
        Kind::ManualJournal,
        Kind::Attachment,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Contact => "contact",
            Kind::Item => "item",
            Kind::Invoice => "invoice",
            Kind::InvoiceEdit => "invoice_edit",
            Kind::InvoiceVoid => "invoice_void",
            Kind::CreditNote => "credit_note",
            Kind::Allocation => "allocation",
            Kind::Payment => "payment",
            Kind::Bill => "bill",
            Kind::SupplierCredit => "supplier_credit",
            Kind::Refund => "refund",
            Kind::BankTransaction => "bank_transaction",
            Kind::BankTransfer => "bank_transfer",
            Kind::ManualJournal => "manual_journal",
            Kind::Attachment => "attachment",
            Kind::Undo => "undo",
        }
    }

    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// How many intents of this kind may share one request. Xero advises about fifty elements a
    /// request; edits, voids and allocations name one document in their path. What Xero does not
    /// keep apart by a unique number (bills, bank transactions, transfers, journals) goes alone.
    pub fn batch_max(self) -> usize {
        match self {
            Kind::Contact
            | Kind::Item
            | Kind::Invoice
            | Kind::CreditNote
            | Kind::Payment
            | Kind::Refund => 50,
            Kind::InvoiceEdit
            | Kind::InvoiceVoid
            | Kind::Allocation
            | Kind::Bill
            | Kind::SupplierCredit
            | Kind::BankTransaction
            | Kind::BankTransfer
            | Kind::ManualJournal
            | Kind::Attachment
            | Kind::Undo => 1,
        }
    }
}

impl Body {
    pub fn kind(&self) -> Kind {
        match self {
            Body::Contact(_) => Kind::Contact,
            Body::Item(_) => Kind::Item,
            Body::Invoice(_) => Kind::Invoice,
            Body::InvoiceEdit { .. } => Kind::InvoiceEdit,
            Body::InvoiceVoid { .. } => Kind::InvoiceVoid,
            Body::CreditNote(_) => Kind::CreditNote,
            Body::Allocation(_) => Kind::Allocation,
            Body::Payment(_) => Kind::Payment,
            Body::Bill(_) => Kind::Bill,
            Body::SupplierCredit(_) => Kind::SupplierCredit,
            Body::Refund(_) => Kind::Refund,
            Body::BankTransaction(_) => Kind::BankTransaction,
            Body::BankTransfer(_) => Kind::BankTransfer,
            Body::ManualJournal(_) => Kind::ManualJournal,
            Body::Attachment(_) => Kind::Attachment,
            Body::Undo(_) => Kind::Undo,
        }
    }
}

/// Why an intent was decided: enough to show the way back from a Xero line to Amazon's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Content hash of the rule book that decided.
    pub rule_book: String,
    pub facts: Vec<FactId>,
    pub traces: Vec<Trace>,
}

/// One rule that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Table or field map: `accounts`, `tax`, `header`.
    pub table: String,
    /// The row's or field's id.
    pub rule: String,
    /// What it was asked and what it said, in words.
    pub reading: String,
}

/// The other system's word that a thing exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Xero's id of the document, contact, item, payment or allocation.
    pub remote_id: String,
    /// Its number as Xero shows it, where it has one.
    pub number: Option<String>,
    /// Xero's status, such as `AUTHORISED`.
    pub status: String,
    /// Total and tax as Xero reads them back, in the document's currency.
    pub total: Option<Money>,
    pub tax: Option<Money>,
}

/// An intent with how far it has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub intent: Intent,
    pub progress: Progress,
    pub receipt: Option<Receipt>,
}
