//! Documents that are no receipt of ours and say what one of ours says: by our number or reference,
//! or by the order's id and the same total.

use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Subject};
use intents::{Body, Decided, DriftKind, Kind, State};
use store::SubjectRow;
use xero::{Shelf, Stranger};

use super::{Look, LookError, alarm};
use crate::stages::Turn;

/// Our numbers, references and narrations begin with it.
const OURS: &str = "AMZ-";
/// Stands for a settlement's id in the numbers of a month's end.
const ACCRUED: &str = "ACCRUAL";

pub(super) async fn look(
    turn: &Turn<'_>,
    shelf: &Shelf,
    (ids, in_flight): (&[String], &BTreeSet<Subject>),
    look: &mut Look,
) -> Result<(), LookError> {
    let book = &turn.lease.book;
    // Also what was ours once: a voided invoice keeps its number.
    let known = turn.store.receipts_by_remote(book, ids).await?;
    let known: BTreeSet<String> = known.keys().map(|id| id.to_lowercase()).collect();
    let others = shelf.strangers().into_iter();
    let others: Vec<(Stranger, Option<Subject>)> = others
        .filter(|one| !known.contains(&one.id.to_lowercase()))
        .map(|one| {
            let about = subject(&one);
            (one, about)
        })
        .collect();
    let named: BTreeSet<Subject> =
        others.iter().filter_map(|(_, subject)| subject.clone()).collect();
    let named: Vec<Subject> = named.into_iter().collect();
    let mut rows: BTreeMap<Subject, SubjectRow> = BTreeMap::new();
    for some in named.chunks(super::SUBJECTS_MAX) {
        let found = turn.store.subjects(book, some).await?;
        rows.extend(found.into_iter().map(|row| (row.subject.clone(), row)));
    }
    for (one, subject) in &others {
        // It may be ours, on its way.
        if subject.as_ref().is_some_and(|subject| in_flight.contains(subject)) {
            continue;
        }
        look.looked.others.push(one.id.clone());
        if !one.is_live {
            continue;
        }
        let row = subject.as_ref().and_then(|subject| rows.get(subject));
        let doubled = row.and_then(|row| row.decided.iter().find(|ours| says_same(one, ours)));
        match doubled {
            Some(ours) => look.sighted(ours, DriftKind::Duplicate, (one.id.clone(), words(one))),
            None => unknown(one, subject.as_ref(), look),
        }
    }
    Ok(())
}

/// Our number, and no receipt: an alarm, for there is no document of ours that it doubles.
fn unknown(one: &Stranger, subject: Option<&Subject>, look: &mut Look) {
    let Some(ours) = one.texts.iter().find(|text| text.starts_with(OURS)) else { return };
    let subject = subject.cloned().unwrap_or_else(|| Subject::order(ours));
    let detail = format!("{ours} is in Xero and is no receipt of ours");
    look.alarms.push(alarm("document_unknown", &subject, detail));
}

fn words(one: &Stranger) -> String {
    let kind = one.kind.as_str().replace('_', " ");
    let texts = one.texts.join(", ");
    match (one.total, one.currency) {
        (Some(total), Some(currency)) => {
            format!("another {kind} ({texts}) over {total} {currency} is in Xero")
        }
        (Some(_) | None, _) => format!("another {kind} ({texts}) is in Xero"),
    }
}

/// What it seems to be about: an order's id stands alone or in our number, a settlement's in our
/// number after the region, and so does what was accrued at a month's end.
fn subject(one: &Stranger) -> Option<Subject> {
    one.texts.iter().find_map(|text| {
        let text = text.trim();
        let rest = text.strip_prefix(OURS).unwrap_or(text);
        if let Some(order) = order_id(rest) {
            return Some(Subject::order(order));
        }
        let mut parts = text.strip_prefix(OURS)?.split('-');
        let (region, named) = (parts.next()?, parts.next()?);
        if named == ACCRUED {
            let [year, month, currency] = [parts.next()?, parts.next()?, parts.next()?];
            return Some(Subject::period(
                &format!("{year}-{month}"),
                &format!("{region}/{currency}"),
            ));
        }
        let is_id = !named.is_empty() && named.bytes().all(is_digit);
        is_id.then(|| Subject::settlement(named))
    })
}

/// Amazon's order ids are written 3-7-7.
fn order_id(text: &str) -> Option<&str> {
    let id = text.get(..19)?;
    let is_id = id.bytes().enumerate().all(|(at, byte)| match at {
        3 | 11 => byte == b'-',
        _ => byte.is_ascii_alphanumeric(),
    });
    let ends = text.get(19..).is_none_or(|rest| rest.is_empty() || rest.starts_with('-'));
    (is_id && ends).then_some(id)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// True when a posted document of ours is of the same kind and says the same.
fn says_same(one: &Stranger, ours: &Decided) -> bool {
    if ours.progress.state != State::Posted {
        return false;
    }
    let (kind, texts, total): (Kind, [&str; 2], Option<Decimal>) = match &ours.intent.body {
        Body::Invoice(made) | Body::InvoiceEdit { invoice: made, .. } => {
            (Kind::Invoice, [&made.number, &made.reference], Some(made.total.amount()))
        }
        Body::Bill(made) => (Kind::Bill, [&made.number, ""], Some(made.total.amount())),
        Body::CreditNote(made) => {
            (Kind::CreditNote, [&made.number, &made.reference], Some(made.total.amount()))
        }
        Body::SupplierCredit(made) => {
            (Kind::SupplierCredit, [&made.number, ""], Some(made.total.amount()))
        }
        Body::BankTransaction(made) => {
            (Kind::BankTransaction, [&made.reference, ""], Some(made.total.amount()))
        }
        Body::ManualJournal(made) => (Kind::ManualJournal, [&made.narration, ""], None),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceVoid { .. }
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => return false,
    };
    let names =
        |text: &&String| texts.iter().any(|ours| !ours.is_empty() && ours == &text.as_str());
    let is_named = one.texts.iter().any(|text| names(&text));
    let is_numbered = one.texts.iter().any(|text| text.starts_with(OURS));
    let is_amount = one.total.is_some() && one.total == total;
    kind == one.kind && ((is_named && (is_numbered || is_amount)) || (is_numbered && is_amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(texts: &[&str]) -> Stranger {
        Stranger {
            id: "x".to_owned(),
            kind: Kind::Invoice,
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            total: None,
            currency: None,
            is_live: true,
        }
    }

    #[test]
    fn what_a_document_is_about_is_read_from_its_texts() {
        let cases = [
            (&["INV-7", "202-1234567-1234567"][..], Some("order:202-1234567-1234567")),
            (&["AMZ-202-1234567-1234567-2"][..], Some("order:202-1234567-1234567")),
            (&["S02-1234567-1234567"][..], Some("order:S02-1234567-1234567")),
            (&["AMZ-EU-12345678901-payout"][..], Some("settlement:12345678901")),
            (&["AMZ-FE-ACCRUAL-2026-10-AUD-1-R"][..], Some("period:2026-10:FE/AUD")),
            (&["202-1234567-12345678"][..], None),
            (&["Rent", ""][..], None),
            (&["AMZ-"][..], None),
        ];
        for (texts, expected) in cases {
            let found = subject(&stranger(texts));
            assert_eq!(found.as_ref().map(Subject::as_str), expected, "{texts:?}");
        }
    }
}
