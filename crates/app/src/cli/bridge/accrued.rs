//! What accruals of a month's end carry on a day, until the next day takes them back.

use std::collections::BTreeSet;

use base::{Day, Subject};
use facts::Fact;
use intents::{Body, Decided, State};
use mapping::settlement::accruals::accrued_by;
use store::SubjectRow;

use super::super::Failure;
use crate::engine::Engine;

/// Subjects that are read at once: a book has one for each month and currency.
const PAGE: u32 = 500;

/// The subjects of periods sort after it, and before all others that do.
const PERIODS: &str = "period:";

/// The transactions that stand on `account` (Deferred) at the end of a day by an accrual.
pub(super) async fn accrued(
    engine: &Engine,
    (day, account): (Day, Option<&str>),
    facts: &[Fact],
) -> Result<BTreeSet<String>, Failure> {
    let Some(account) = account else { return Ok(BTreeSet::new()) };
    let after = Subject::from_stored(PERIODS);
    let page = engine.store.subjects_page(&engine.book, Some(&after), PAGE).await?;
    let periods: Vec<Subject> =
        page.into_iter().take_while(|one| one.of_period().is_some()).collect();
    let rows = engine.store.subjects(&engine.book, &periods).await?;
    let standing = rows.iter().flat_map(|row| standing(row, day, account));
    let named = standing.flat_map(|one| accrued_by(&one.intent, facts));
    Ok(named.map(str::to_owned).collect())
}

/// Posted by the day, not taken back by it, and settled through the account.
fn standing<'r>(row: &'r SubjectRow, day: Day, account: &str) -> Vec<&'r Decided> {
    let posted = || row.decided.iter().filter(|one| one.progress.state == State::Posted);
    let is_back = |one: &Decided| {
        let mut released = posted().filter(|other| other.intent.needs.contains(&one.intent.id));
        released.any(|other| day_of(&other.intent.body).is_some_and(|date| date <= day))
    };
    let through = |one: &Decided| match &one.intent.body {
        Body::ManualJournal(made) => made.lines.iter().any(|line| line.account_id == account),
        Body::Invoice(_) | Body::Bill(_) => posted().any(|other| {
            let Body::Payment(paid) = &other.intent.body else { return false };
            paid.invoice == one.intent.id && paid.account_id == account
        }),
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
        | Body::Undo(_) => false,
    };
    let accruals = posted().filter(|one| one.intent.part.starts_with("document:"));
    accruals
        .filter(|one| day_of(&one.intent.body).is_some_and(|date| date <= day))
        .filter(|one| !is_back(one) && through(one))
        .collect()
}

/// The day of an accrual, or of what takes it back.
fn day_of(body: &Body) -> Option<Day> {
    match body {
        Body::Invoice(made) | Body::Bill(made) => Some(made.date),
        Body::CreditNote(made) | Body::SupplierCredit(made) => Some(made.date),
        Body::ManualJournal(made) => Some(made.date),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}
