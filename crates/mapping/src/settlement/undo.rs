//! Taking a posted settlement back: payments before documents, each by its own undoing. Where the
//! books are closed, or Xero refuses because a bank line was matched, a document that says the
//! opposite is posted instead: `reversal`.
//!
//! An undoing that Xero refuses is a dead letter; the settlement waits for how each of them ends,
//! and reverses the document then.

mod reversal;
#[cfg(test)]
mod tests;

use base::{Day, Timestamp};
use facts::finances::Payout;
use facts::{Act, Body as Said};
use intents::{Body, Decided, Intent, IntentId, InvoiceStatus, Kind, Payment, Reason, State, Undo};

use crate::orders::Changes;
use crate::orders::booked::{self, Booked};
use crate::orders::stop::Stop;
use crate::rulebook::Role;
use crate::settlement::decide::Settling;
use crate::settlement::documents::{self, intent};
use crate::settlement::plan::Way;

pub(crate) use self::reversal::{credit, opposite, reverses};

/// Parts of what takes something back begin with it.
pub(crate) const PREFIX: &str = "undo:";

/// The reasons for which a document cannot be undone and is reversed instead.
const BARRED: [&str; 3] = ["period_locked", "document_reconciled", "has_payments"];

pub(crate) fn take_back(settling: &Settling<'_>) -> Result<Changes, Stop> {
    let standing = settling.standing();
    if standing.iter().any(|decided| decided.progress.state.is_in_flight()) {
        return Ok(Changes { wait: true, note: Some(note(settling, &[])), ..Changes::default() });
    }
    if let Some(held) = standing.iter().find(|decided| differs(decided)) {
        let why = held.progress.reason.as_ref().map_or("", |reason| &reason.detail);
        let part = &held.intent.part;
        let detail = format!("it is to be taken back, and {part} waits for a person: {why}");
        return Err(Stop::new("changed_while_held", detail));
    }
    let mut changes = Changes::default();
    let unsent = standing.iter().filter(|decided| booked::is_unsent(decided));
    changes.withdraw.extend(unsent.map(|decided| decided.intent.id.clone()));
    for document in standing.iter().filter(|decided| is_document(decided)) {
        one(settling, &standing, document, &mut changes)?;
    }
    changes.note = Some(note(settling, &changes.intents));
    Ok(changes)
}

/// A person changed her mind before a refused undoing was reversed: what was begun is carried
/// through first, so that posting again starts from nothing.
pub(crate) fn finish(settling: &Settling<'_>) -> Result<Option<Changes>, Stop> {
    let standing = settling.standing();
    let mut changes = Changes::default();
    for document in standing.iter().filter(|decided| is_document(decided)) {
        let parts = parts(&standing, document);
        if parts.iter().any(|part| refused(settling, part).is_some()) {
            one(settling, &standing, document, &mut changes)?;
        }
    }
    let is_needed = changes != Changes::default();
    changes.wait = is_needed;
    Ok(is_needed.then_some(changes))
}

/// What is taken back by itself. Payments go with what they pay; a contact or a file stays.
fn is_document(decided: &Decided) -> bool {
    let is_one = match decided.intent.kind() {
        Kind::Invoice
        | Kind::Bill
        | Kind::BankTransaction
        | Kind::BankTransfer
        | Kind::ManualJournal => true,
        Kind::Payment
        | Kind::Contact
        | Kind::Item
        | Kind::InvoiceEdit
        | Kind::InvoiceVoid
        | Kind::CreditNote
        | Kind::Allocation
        | Kind::SupplierCredit
        | Kind::Refund
        | Kind::Attachment
        | Kind::Undo => false,
    };
    is_one && !booked::is_unsent(decided)
}

/// It is there otherwise than intended: only what is posted can be taken back.
fn differs(decided: &Decided) -> bool {
    let is_there = decided.receipt.is_some() && decided.progress.state != State::Posted;
    is_there && (is_document(decided) || decided.intent.kind() == Kind::Payment)
}

/// The payments of a document, then the document.
fn parts<'a>(standing: &[&'a Decided], document: &'a Decided) -> Vec<&'a Decided> {
    let pays = standing
        .iter()
        .copied()
        .filter(|decided| pays(decided).is_some_and(|paid| paid.invoice == document.intent.id))
        .filter(|decided| !booked::is_unsent(decided));
    pays.chain(std::iter::once(document)).collect()
}

/// Undoes one document with its payments, or reverses it where that is barred.
fn one(
    settling: &Settling<'_>,
    standing: &[&Decided],
    document: &Decided,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let parts = parts(standing, document);
    let undoings: Vec<&Decided> =
        parts.iter().filter_map(|part| undoing_of(settling, part)).collect();
    if undoings.iter().any(|undoing| undoing.progress.state.is_in_flight()) {
        // It may go through: nothing says the opposite of what may be gone.
        changes.wait = true;
        return Ok(());
    }
    if let Some(why) = barred(settling, &parts, document) {
        let pending = undoings.iter().filter(|undoing| booked::is_unsent(undoing));
        changes.withdraw.extend(pending.map(|undoing| undoing.intent.id.clone()));
        let payments: Vec<&Payment> = parts.iter().filter_map(|part| pays(part)).collect();
        changes.intents.extend(reversal::of(settling, document, &payments, &why)?);
        return Ok(());
    }
    let mut before = Vec::new();
    for part in parts {
        let undoing = undone(settling, part, before.clone());
        before.push(undoing.id.clone());
        push_new(settling, undoing, changes);
    }
    let is_pending = |one: &&Decided| matches!(one.progress.state, State::Ready | State::Held);
    changes.wait |= undoings.len() < before.len() || undoings.iter().any(is_pending);
    Ok(())
}

/// Why a document cannot be taken back: Xero's word for it, else the book's close date. What Xero
/// keeps as a draft is in no period.
fn barred(settling: &Settling<'_>, parts: &[&Decided], document: &Decided) -> Option<Reason> {
    if let Some(reason) = parts.iter().find_map(|part| refused(settling, part)) {
        return Some(reason.clone());
    }
    if is_draft(&document.intent.body) {
        return None;
    }
    parts.iter().find_map(|part| {
        let day = date(&part.intent.body)?;
        let closed = settling.case.must_be_open(day, &label(&part.intent)).err()?;
        Some(closed.reason())
    })
}

/// Why Xero refused to undo it, where a reversal is the answer.
fn refused<'a>(settling: &Settling<'a>, decided: &Decided) -> Option<&'a Reason> {
    let undoing = undoing_of(settling, decided)?;
    let reason = undoing.progress.reason.as_ref()?;
    let is_barred = undoing.progress.state == State::Dead && BARRED.contains(&reason.code.as_str());
    is_barred.then_some(reason)
}

fn push_new(settling: &Settling<'_>, wanted: Intent, changes: &mut Changes) {
    if settling.booked.newest(&wanted.part).is_none() {
        changes.intents.push(wanted);
    }
}

/// The part in which a document is taken back.
fn part_of(decided: &Decided) -> String {
    format!("{PREFIX}{}:{}", decided.intent.part, decided.intent.revision)
}

fn undoing_of<'a>(settling: &Settling<'a>, decided: &Decided) -> Option<&'a Decided> {
    settling.booked.newest(&part_of(decided))
}

/// An undoing that needs others to be through first. Its id is the same each time.
fn undone(settling: &Settling<'_>, decided: &Decided, before: Vec<IntentId>) -> Intent {
    let part = part_of(decided);
    if let Some(known) = settling.booked.newest(&part) {
        return known.intent.clone();
    }
    let body = Body::Undo(Undo {
        of: decided.intent.id.clone(),
        of_kind: decided.intent.kind(),
        label: label(&decided.intent),
        on: None,
    });
    let mut made = intent(settling, &part, body, Vec::new());
    made.needs = std::iter::once(decided.intent.id.clone()).chain(before).collect();
    made.supersedes = Some(decided.intent.id.clone());
    made
}

fn label(intent: &Intent) -> String {
    match &intent.body {
        Body::Payment(payment) => format!("{} on {}", payment.amount, payment.invoice_number),
        Body::BankTransaction(moved) => format!("{} {}", moved.total, moved.reference),
        Body::BankTransfer(moved) => format!("{} {}", moved.amount, moved.reference),
        Body::ManualJournal(made) => made.number().to_owned(),
        Body::Invoice(invoice) | Body::Bill(invoice) => invoice.number.clone(),
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::Attachment(_)
        | Body::Undo(_) => intent.part.clone(),
    }
}

fn pays(decided: &Decided) -> Option<&Payment> {
    if let Body::Payment(payment) = &decided.intent.body { Some(payment) } else { None }
}

fn is_draft(body: &Body) -> bool {
    let status = if let Body::Invoice(invoice) | Body::Bill(invoice) = body {
        Some(invoice.status)
    } else {
        None
    };
    status == Some(InvoiceStatus::Draft)
}

/// The day that a document is dated.
pub(crate) fn date(body: &Body) -> Option<Day> {
    match body {
        Body::Invoice(invoice) | Body::Bill(invoice) => Some(invoice.date),
        Body::BankTransaction(moved) => Some(moved.date),
        Body::BankTransfer(moved) => Some(moved.date),
        Body::ManualJournal(made) => Some(made.date),
        Body::Payment(payment) => Some(payment.date),
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

/// True of a settlement's own document, payment or file that counts: neither withdrawn nor taken
/// back, and nothing says the opposite of it.
pub fn stands(all: &[Decided], one: &Decided) -> bool {
    !matches!(one.progress.state, State::Withdrawn | State::Reversed)
        && !is_undoing(&one.intent)
        && !is_reversed(Booked(all), one)
}

/// True of an intent that takes something of a settlement back, or says the opposite of it.
pub fn is_undoing(intent: &Intent) -> bool {
    intent.part.starts_with(PREFIX)
}

/// True once a document says the opposite of this one, in whatever state it is.
pub(crate) fn is_reversed(booked: Booked<'_>, decided: &Decided) -> bool {
    let is_said = |one: &Decided| booked.newest(&reversal::part_of(one)).is_some();
    let is_of_reversed = |payment: &Payment| {
        let mut paid = booked.0.iter().filter(|known| known.intent.id == payment.invoice);
        paid.any(is_said)
    };
    is_said(decided) || pays(decided).is_some_and(is_of_reversed)
}

/// What became of it, with the reason for a reversal where there is one.
fn note(settling: &Settling<'_>, new: &[Intent]) -> Reason {
    let why = reversal::told(settling, new).unwrap_or_else(|| "taken back by a person".to_owned());
    Reason::new("recorded", why)
}

/// When what stands was asked to go: a person said so, or the bank sent the payout back.
fn asked_at(settling: &Settling<'_>) -> Timestamp {
    let asked = settling.asked.situation.facts.iter().filter_map(|fact| match &fact.body {
        Said::Approval(approval) if approval.act == Act::Reverse => Some(fact.occurred),
        Said::Payout(payout) => Some(payout.updated),
        Said::Approval(_)
        | Said::Order(_)
        | Said::Unreadable { .. }
        | Said::Settlement(_)
        | Said::Transaction(_)
        | Said::Summary(_)
        | Said::PaymentGroup(_)
        | Said::Balance(_)
        | Said::Proof { .. } => None,
    });
    asked.max().unwrap_or(settling.asked.found.settlement.end)
}

/// The bank sent the payout back: what said that it arrived is undone, and what waits for it is
/// settled from clearing, where Amazon's later row brings the money back.
pub(crate) fn payout_failed(
    settling: &Settling<'_>,
    standing: &[&Decided],
    payout: &Payout,
) -> Result<Changes, Stop> {
    let mut changes = Changes::default();
    if settling.asked.way == Way::PerOrder {
        let payout = standing.iter().filter(|decided| decided.intent.part.starts_with("payout"));
        for made in payout.filter(|made| made.progress.state == State::Posted) {
            one(settling, standing, made, &mut changes)?;
        }
        return Ok(changes);
    }
    let documents = standing.iter().filter(|d| matches!(d.intent.body, Body::Invoice(_)));
    let Some(last) = documents.max_by_key(|d| booked::ordinal(&d.intent.part)) else {
        return Ok(changes);
    };
    let Body::Invoice(invoice) = &last.intent.body else { return Ok(changes) };
    // A payment that was made before stands, unless it went with its invoice.
    if standing.iter().any(|decided| decided.intent.part == "returned") {
        return Ok(changes);
    }
    let day = settling.case.day(payout.updated);
    settling.case.must_be_open(day, "the payout that came back")?;
    let clearing = documents::account(settling, Role::Clearing(invoice.currency))?;
    let body = Body::Payment(Payment {
        invoice: last.intent.id.clone(),
        invoice_number: invoice.number.clone(),
        account_id: clearing.account_id.clone(),
        account_name: clearing.name.clone(),
        date: day,
        amount: invoice.total,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
    });
    let mut returned = intent(settling, "returned", body, Vec::new());
    returned.needs = vec![last.intent.id.clone()];
    changes.intents.push(returned);
    Ok(changes)
}
