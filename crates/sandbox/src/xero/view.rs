//! What the simulated organisation holds, as plain values: the sandbox's own truth, read without
//! the API.

mod bank;

use base::{Currency, Day, Decimal};

pub use self::bank::{BankTransactionView, BankTransferView, JournalView};

use super::books::Books;
use super::document::Document;
use super::payments::Payment;

/// A copy of the organisation's books at one moment.
#[derive(Debug, Clone)]
pub struct LedgerView {
    pub contacts: Vec<ContactView>,
    /// Sales invoices and bills, in the order in which they were made.
    pub invoices: Vec<DocumentView>,
    pub credit_notes: Vec<DocumentView>,
    /// Deleted ones too.
    pub payments: Vec<PaymentView>,
    /// Deleted ones and the sides of transfers too.
    pub bank_transactions: Vec<BankTransactionView>,
    pub bank_transfers: Vec<BankTransferView>,
    pub journals: Vec<JournalView>,
    /// Every account with its balance in base currency, debits positive.
    pub accounts: Vec<AccountView>,
}

#[derive(Debug, Clone)]
pub struct ContactView {
    pub id: String,
    pub name: String,
    pub number: String,
    pub archived: bool,
}

#[derive(Debug, Clone)]
pub struct DocumentView {
    pub id: String,
    /// `ACCREC`, `ACCPAY`, `ACCRECCREDIT` or `ACCPAYCREDIT`.
    pub kind: &'static str,
    pub number: String,
    pub reference: String,
    /// `DRAFT`, `SUBMITTED`, `AUTHORISED`, `PAID`, `VOIDED` or `DELETED`.
    pub status: &'static str,
    pub contact_id: String,
    pub contact_name: String,
    pub date: Day,
    pub currency: Currency,
    /// Foreign units for one unit of the base currency.
    pub rate: Decimal,
    pub sub_total: Decimal,
    pub total_tax: Decimal,
    pub total: Decimal,
    pub amount_paid: Decimal,
    pub amount_credited: Decimal,
    pub amount_due: Decimal,
    pub lines: Vec<LineView>,
}

#[derive(Debug, Clone)]
pub struct LineView {
    pub description: String,
    pub account_code: String,
    pub tax_type: String,
    pub item_code: String,
    pub amount: Decimal,
    pub tax: Decimal,
}

#[derive(Debug, Clone)]
pub struct PaymentView {
    pub id: String,
    pub document_id: String,
    pub document_kind: &'static str,
    pub document_number: String,
    pub account_id: String,
    pub account_code: String,
    pub date: Day,
    /// In the document's currency.
    pub amount: Decimal,
    pub currency: Currency,
    pub reference: String,
    pub reconciled: bool,
    pub deleted: bool,
}

#[derive(Debug, Clone)]
pub struct AccountView {
    pub id: String,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub archived: bool,
    pub balance: Decimal,
}

pub(crate) fn view(books: &Books) -> LedgerView {
    let contact = |contact: &super::contacts::Contact| ContactView {
        id: contact.id.clone(),
        name: contact.name.clone(),
        number: contact.number.clone(),
        archived: contact.archived,
    };
    let mut documents: Vec<&Document> = books.documents.all().collect();
    documents.sort_by_key(|document| document.sequence);
    let (credits, invoices): (Vec<&Document>, Vec<&Document>) =
        documents.into_iter().partition(|document| document.kind.is_credit());
    let mut payments: Vec<&Payment> = books.payments.values().collect();
    payments.sort_by_key(|payment| payment.sequence);
    LedgerView {
        contacts: books.contacts.all().map(contact).collect(),
        invoices: invoices.into_iter().map(|it| document_view(books, it)).collect(),
        credit_notes: credits.into_iter().map(|it| document_view(books, it)).collect(),
        payments: payments.into_iter().filter_map(|it| payment_view(books, it)).collect(),
        bank_transactions: bank::transactions(books),
        bank_transfers: bank::transfers(books),
        journals: bank::journals(books),
        accounts: accounts(books),
    }
}

fn document_view(books: &Books, document: &Document) -> DocumentView {
    let contact = books.contacts.get(&document.contact);
    DocumentView {
        id: document.id.clone(),
        kind: document.kind.word(),
        number: document.number.clone(),
        reference: document.reference.clone(),
        status: document.status.word(),
        contact_id: document.contact.clone(),
        contact_name: contact.map(|contact| contact.name.clone()).unwrap_or_default(),
        date: document.date,
        currency: document.currency,
        rate: document.rate,
        sub_total: document.totals.net,
        total_tax: document.totals.tax,
        total: document.totals.total,
        amount_paid: document.settled.paid,
        amount_credited: document.settled.credited,
        amount_due: document.outstanding(),
        lines: document.lines.iter().map(|line| line_view(books, line)).collect(),
    }
}

fn line_view(books: &Books, line: &super::lines::Line) -> LineView {
    let account = line.account.as_deref().and_then(|id| books.account_by_id(id));
    LineView {
        description: line.description.clone(),
        account_code: account.map(|account| account.code.clone()).unwrap_or_default(),
        tax_type: line.tax_type.clone().unwrap_or_default(),
        item_code: line.item.clone().unwrap_or_default(),
        amount: line.amount,
        tax: line.tax,
    }
}

fn payment_view(books: &Books, payment: &Payment) -> Option<PaymentView> {
    let document = books.documents.get(&payment.document)?;
    let account = books.account_by_id(&payment.account);
    Some(PaymentView {
        id: payment.id.clone(),
        document_id: document.id.clone(),
        document_kind: document.kind.word(),
        document_number: document.number.clone(),
        account_id: payment.account.clone(),
        account_code: account.map(|account| account.code.clone()).unwrap_or_default(),
        date: payment.date,
        amount: payment.amount,
        currency: document.currency,
        reference: payment.reference.clone(),
        reconciled: payment.reconciled,
        deleted: payment.deleted,
    })
}

fn accounts(books: &Books) -> Vec<AccountView> {
    let balances = books.ledger.movements(None, Day(jiff::civil::Date::MAX));
    let view = |account: &super::accounts::Account| AccountView {
        id: account.id.clone(),
        code: account.code.clone(),
        name: account.name.clone(),
        kind: account.kind.clone(),
        archived: account.archived,
        balance: balances.get(account.id.as_str()).copied().unwrap_or_default(),
    };
    books.accounts.iter().map(view).collect()
}
