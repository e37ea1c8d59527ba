//! What Xero has more than once. Xero itself keeps only sales numbers unique: bills, bank
//! transactions, transfers, journals and refunds can be written again by a client that lost a
//! reply. What the simulated bookkeeper made is left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::xero::{BankTransactionView, DocumentView, LedgerView};

/// One thing that stands there several times.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Doubled {
    /// `bill`, `supplier credit note`, `bank transaction`, `bank transfer`, `manual journal` or
    /// `refund`.
    pub what: &'static str,
    /// The number, reference or narration that they share.
    pub name: String,
    pub count: usize,
}

/// What makes two things one: kind, name, and whatever else must agree.
type Key = (&'static str, String, String);

pub fn doubles(view: &LedgerView) -> Vec<Doubled> {
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    let documents = view.invoices.iter().chain(&view.credit_notes).filter_map(purchase);
    let transactions = view.bank_transactions.iter().filter_map(transaction);
    let transfers = view
        .bank_transfers
        .iter()
        .filter(|transfer| !transfer.deleted && !transfer.reference.is_empty())
        .map(|transfer| ("bank transfer", transfer.reference.clone(), String::new()));
    let journals = view
        .journals
        .iter()
        .filter(|journal| matches!(journal.status, "DRAFT" | "POSTED"))
        .map(|journal| ("manual journal", journal.narration.clone(), String::new()));
    let all = documents.chain(transactions).chain(transfers).chain(journals).chain(refunds(view));
    for key in all {
        *counts.entry(key).or_default() += 1;
    }
    let doubled = counts.into_iter().filter(|(_, count)| *count > 1);
    doubled.map(|((what, name, _), count)| Doubled { what, name, count }).collect()
}

/// A live bill or supplier credit note, of one supplier and number.
fn purchase(document: &DocumentView) -> Option<Key> {
    let what = match document.kind {
        "ACCPAY" => "bill",
        "ACCPAYCREDIT" => "supplier credit note",
        _ => return None,
    };
    let live = !matches!(document.status, "VOIDED" | "DELETED") && !document.number.is_empty();
    live.then(|| (what, document.number.clone(), document.contact_id.clone()))
}

/// Money received or spent on one account under one reference.
fn transaction(transaction: &BankTransactionView) -> Option<Key> {
    let by_client = !transaction.by_bookkeeper && !transaction.kind.ends_with("-TRANSFER");
    let live = by_client && !transaction.deleted && !transaction.reference.is_empty();
    let apart = format!("{} {}", transaction.kind, transaction.account_code);
    live.then(|| ("bank transaction", transaction.reference.clone(), apart))
}

/// The same amount paid back on one day for one credit note.
fn refunds(view: &LedgerView) -> impl Iterator<Item = Key> {
    let refunds = view.payments.iter().filter(|payment| {
        !payment.deleted && matches!(payment.document_kind, "ACCRECCREDIT" | "ACCPAYCREDIT")
    });
    refunds.map(|payment| {
        let apart = format!(
            "{} {} {} {}",
            payment.document_id, payment.account_id, payment.date, payment.amount
        );
        ("refund", payment.document_number.clone(), apart)
    })
}
