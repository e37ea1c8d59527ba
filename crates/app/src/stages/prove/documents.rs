//! A settlement's documents as its proof tells them.

use base::{Money, MoneyError};
use intents::{Body, Decided, Direction, Invoice};
use proof::Document;
use store::SubjectRow;

use super::standing;

pub(super) fn documents(row: &SubjectRow) -> Result<Vec<Document>, MoneyError> {
    standing(row).into_iter().filter_map(|decided| document(decided).transpose()).collect()
}

pub(super) fn document_kind(body: &Body) -> Option<&'static str> {
    match body {
        Body::Invoice(_) => Some("invoice"),
        Body::Bill(_) => Some("bill"),
        Body::Payment(_) => Some("payment"),
        Body::BankTransaction(moved) => Some(match moved.direction {
            Direction::Receive => "receive",
            Direction::Spend => "spend",
        }),
        Body::BankTransfer(_) => Some("transfer"),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

fn document(decided: &Decided) -> Result<Option<Document>, MoneyError> {
    let body = &decided.intent.body;
    let Some(kind) = document_kind(body) else { return Ok(None) };
    let (number, date, total, tax, carries) = match body {
        Body::Invoice(one) => (&one.number, one.date, one.total, one.tax, carried(one)?),
        Body::Bill(one) => (&one.number, one.date, one.total, one.tax, carried(one)?.negated()?),
        Body::Payment(one) => of_money(&one.invoice_number, one.date, one.amount),
        Body::BankTransaction(one) => of_money(&one.reference, one.date, one.total),
        Body::BankTransfer(one) => of_money(&one.reference, one.date, one.amount),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => return Ok(None),
    };
    Ok(Some(Document {
        part: decided.intent.part.clone(),
        number: number.clone(),
        kind: kind.to_owned(),
        date,
        total,
        tax,
        carries,
        intent_id: Some(decided.intent.id.to_string()),
        xero_id: decided.receipt.as_ref().map(|receipt| receipt.remote_id.clone()),
        status: decided.progress.state.as_str().to_owned(),
    }))
}

fn of_money(
    number: &String,
    date: base::Day,
    amount: Money,
) -> (&String, base::Day, Money, Money, Money) {
    let zero = Money::zero(amount.currency());
    (number, date, amount, zero, zero)
}

/// The lines that come from rows.
fn carried(invoice: &Invoice) -> Result<Money, MoneyError> {
    let covers = invoice.lines.iter().flat_map(|line| &line.covers);
    Money::sum(covers.map(|cover| cover.amount), invoice.currency)
}
