//! What accruals of month ends carry, transaction by transaction.

use base::{Money, MoneyError};
use facts::finances::Transaction;
use intents::{Body, Decided, State};
use mapping::Role;
use mapping::settlement::accruals::accrued_by;
use mapping::settlement::close::{Accrued, Movement, Place};
use mapping::settlement::transactions::{is_of_sale, nature};

use super::super::bridge::told::transactions;
use super::gather::Gathered;

/// Of the accruals on Deferred, all of each transaction; of those on Accrued Amazon fees, its fees.
pub(super) fn accrued(
    gathered: &Gathered,
    periods: &[Vec<Decided>],
    movements: &[Movement],
) -> Result<Vec<Accrued>, MoneyError> {
    let all = transactions(&gathered.facts);
    let is_posted = |one: &&Decided| one.progress.state == State::Posted;
    let mut accrued = Vec::new();
    for one in periods.iter().flatten().filter(is_posted) {
        let Some(number) = number(&one.intent.body) else { continue };
        let is_through = |role: Role| {
            let place = gathered.account(role).map(|id| Place::Account(id.to_lowercase()));
            movements
                .iter()
                .any(|moved| Some(&moved.place) == place.as_ref() && moved.number == number)
        };
        let (deferred, fees) = (is_through(Role::Deferred), is_through(Role::AccruedFees));
        if !deferred && !fees {
            continue;
        }
        for id in accrued_by(&one.intent, &gathered.facts) {
            let Some(told) = all.iter().find(|known| known.transaction_id == id) else { continue };
            let amount = if deferred { told.total } else { fees_of(told)? };
            if !amount.is_zero() {
                accrued.push(of(gathered, told, (number, amount)));
            }
        }
    }
    Ok(accrued)
}

fn fees_of(told: &Transaction) -> Result<Money, MoneyError> {
    let parts = told.parts.iter().chain(told.items.iter().flat_map(|item| &item.parts));
    let fees = parts.filter(|part| !nature(told, part).is_some_and(is_of_sale));
    Money::sum(fees.map(|part| part.amount), told.total.currency())
}

fn of(gathered: &Gathered, told: &Transaction, (number, amount): (&str, Money)) -> Accrued {
    let kind = &told.transaction_type;
    let reason = told.deferral.as_ref().map(|deferral| format!(" ({})", deferral.reason));
    let reason = reason.unwrap_or_default();
    let text = match &told.order_id {
        Some(order) => format!("{kind} of order {order}, held back by Amazon{reason}"),
        None => format!("{kind}, held back by Amazon{reason}"),
    };
    Accrued {
        number: number.to_owned(),
        transaction_id: told.transaction_id.clone(),
        text,
        posted: told.posted.day(&gathered.zone),
        amount,
    }
}

/// A journal's narration begins with its number.
fn number(body: &Body) -> Option<&str> {
    match body {
        Body::Invoice(made) | Body::Bill(made) => Some(&made.number),
        Body::ManualJournal(made) => made.narration.split(' ').next(),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}
