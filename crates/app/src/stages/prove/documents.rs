//! A settlement's documents as its proof tells them.

use base::{Currency, Day, Money, MoneyError};
use intents::document::Cover;
use intents::{Body, Decided, Direction, Invoice};
use proof::Document;
use store::SubjectRow;

use super::standing;

/// `currency`: the settlement's, in which rows are carried.
pub(super) fn documents(row: &SubjectRow, currency: Currency) -> Result<Vec<Document>, MoneyError> {
    let standing = standing(row).into_iter();
    standing.filter_map(|decided| document(decided, currency).transpose()).collect()
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
        Body::ManualJournal(_) => Some("journal"),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

fn document(decided: &Decided, currency: Currency) -> Result<Option<Document>, MoneyError> {
    let body = &decided.intent.body;
    let Some(kind) = document_kind(body) else { return Ok(None) };
    let told = match body {
        Body::Invoice(one) => of_paper(one, carried(one)?),
        Body::Bill(one) => of_paper(one, carried(one)?.negated()?),
        Body::Payment(one) => of_money(&one.invoice_number, one.date, (one.amount, currency)),
        Body::BankTransaction(one) => {
            let rows = covered(one.lines.iter().flat_map(|line| &line.covers), currency)?;
            let carries = match one.direction {
                Direction::Receive => rows,
                Direction::Spend => rows.negated()?,
            };
            Told { carries, ..of_money(&one.reference, one.date, (one.total, currency)) }
        }
        Body::ManualJournal(one) => {
            let debits = one.lines.iter().map(|line| line.amount).filter(|it| it.is_positive());
            // A journal is in the organisation's currency, and so is what it is of.
            let total = Money::sum(debits, currency)?;
            let carries = covered(one.lines.iter().flat_map(|line| &line.covers), currency)?;
            Told { carries, ..of_money(one.number(), one.date, (total, currency)) }
        }
        Body::BankTransfer(one) => of_money(&one.reference, one.date, (one.amount, currency)),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::Attachment(_)
        | Body::Undo(_) => return Ok(None),
    };
    Ok(Some(Document {
        part: decided.intent.part.clone(),
        number: told.number.to_owned(),
        kind: kind.to_owned(),
        date: told.date,
        total: told.total,
        tax: told.tax,
        carries: told.carries,
        intent_id: Some(decided.intent.id.to_string()),
        xero_id: decided.receipt.as_ref().map(|receipt| receipt.remote_id.clone()),
        status: decided.progress.state.as_str().to_owned(),
    }))
}

/// What a proof tells of a document.
struct Told<'a> {
    number: &'a str,
    date: Day,
    total: Money,
    tax: Money,
    carries: Money,
}

fn of_paper(one: &Invoice, carries: Money) -> Told<'_> {
    Told { number: &one.number, date: one.date, total: one.total, tax: one.tax, carries }
}

fn of_money(number: &str, date: Day, (total, currency): (Money, Currency)) -> Told<'_> {
    let tax = Money::zero(total.currency());
    Told { number, date, total, tax, carries: Money::zero(currency) }
}

/// The lines that come from rows.
fn carried(invoice: &Invoice) -> Result<Money, MoneyError> {
    covered(invoice.lines.iter().flat_map(|line| &line.covers), invoice.currency)
}

fn covered<'a>(
    covers: impl Iterator<Item = &'a Cover>,
    currency: Currency,
) -> Result<Money, MoneyError> {
    Money::sum(covers.map(|cover| cover.amount), currency)
}
