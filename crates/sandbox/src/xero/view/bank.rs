//! Bank transactions, transfers and journals as plain values.

use base::{Currency, Day, Decimal};

use super::{LineView, line_view};
use crate::xero::bank_transactions::BankTransaction;
use crate::xero::bank_transfers::BankTransfer;
use crate::xero::books::Books;
use crate::xero::journals::Journal;

#[derive(Debug, Clone)]
pub struct BankTransactionView {
    pub id: String,
    /// `RECEIVE`, `SPEND`, `RECEIVE-TRANSFER` or `SPEND-TRANSFER`.
    pub kind: &'static str,
    pub account_code: String,
    pub contact_id: String,
    pub contact_name: String,
    pub date: Day,
    pub reference: String,
    pub currency: Currency,
    pub total: Decimal,
    pub total_tax: Decimal,
    pub reconciled: bool,
    pub deleted: bool,
    /// Made by the simulated bookkeeper, not by a client.
    pub by_bookkeeper: bool,
    pub lines: Vec<LineView>,
}

#[derive(Debug, Clone)]
pub struct BankTransferView {
    pub id: String,
    pub from_account_code: String,
    pub to_account_code: String,
    pub date: Day,
    pub amount: Decimal,
    pub reference: String,
    pub deleted: bool,
}

#[derive(Debug, Clone)]
pub struct JournalView {
    pub id: String,
    pub narration: String,
    pub date: Day,
    /// `DRAFT`, `POSTED`, `VOIDED` or `DELETED`.
    pub status: &'static str,
    pub lines: Vec<LineView>,
}

fn code(books: &Books, account: &str) -> String {
    books.account_by_id(account).map(|account| account.code.clone()).unwrap_or_default()
}

pub(super) fn transactions(books: &Books) -> Vec<BankTransactionView> {
    let mut all: Vec<&BankTransaction> = books.bank_transactions.values().collect();
    all.sort_by_key(|transaction| transaction.sequence);
    all.into_iter().map(|transaction| transaction_view(books, transaction)).collect()
}

fn transaction_view(books: &Books, transaction: &BankTransaction) -> BankTransactionView {
    let contact = books.contacts.get(&transaction.contact);
    BankTransactionView {
        id: transaction.id.clone(),
        kind: transaction.way.word(),
        account_code: code(books, &transaction.account),
        contact_id: transaction.contact.clone(),
        contact_name: contact.map(|contact| contact.name.clone()).unwrap_or_default(),
        date: transaction.date,
        reference: transaction.reference.clone(),
        currency: transaction.currency,
        total: transaction.totals.total,
        total_tax: transaction.totals.tax,
        reconciled: transaction.reconciled,
        deleted: transaction.deleted,
        by_bookkeeper: transaction.by_bookkeeper,
        lines: transaction.lines.iter().map(|line| line_view(books, line)).collect(),
    }
}

pub(super) fn transfers(books: &Books) -> Vec<BankTransferView> {
    let mut all: Vec<&BankTransfer> = books.bank_transfers.values().collect();
    all.sort_by_key(|transfer| transfer.sequence);
    let side = |id: &str| {
        let side = books.bank_transactions.get(id);
        side.map(|side| code(books, &side.account)).unwrap_or_default()
    };
    let view = |transfer: &BankTransfer| BankTransferView {
        id: transfer.id.clone(),
        from_account_code: side(&transfer.from),
        to_account_code: side(&transfer.to),
        date: transfer.date,
        amount: transfer.amount,
        reference: transfer.reference.clone(),
        deleted: transfer.deleted,
    };
    all.into_iter().map(view).collect()
}

pub(super) fn journals(books: &Books) -> Vec<JournalView> {
    let mut all: Vec<&Journal> = books.journals.values().collect();
    all.sort_by_key(|journal| journal.sequence);
    let view = |journal: &Journal| JournalView {
        id: journal.id.clone(),
        narration: journal.narration.clone(),
        date: journal.date,
        status: journal.status.word(),
        lines: journal.lines.iter().map(|line| line_view(books, line)).collect(),
    };
    all.into_iter().map(view).collect()
}
