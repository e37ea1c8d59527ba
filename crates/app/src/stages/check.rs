//! Did it land, and does it still hold? Once a day: every invoice that changed in Xero is held
//! against its receipt, and what was paid and credited on it against ours. A second live document
//! for one order, a payment too many, a document voided by someone else: each raises an alarm.

use std::collections::BTreeMap;

use base::{Decimal, Subject, Timestamp};
use intents::{Body, Decided, Kind, State};
use store::Alarm;
use xero::Seen;

use super::pull::xero_stopped;
use super::{LaneState, StageError, Turn};
use crate::book::XeroLink;
use crate::transport::Caller;

/// Xero's clock and ours may differ, and a change may be stored a little after it is stamped.
const OVERLAP_MS: i64 = 10 * Timestamp::MINUTE;
/// A thousand invoices a page; Xero lists what changed first at the front.
const PAGES_MAX: u32 = 50;

/// Orders whose receipts are read at once.
const SUBJECTS_MAX: usize = 200;

/// Sweeps the invoices that changed since the last sweep.
pub async fn check(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<(), StageError> {
    let started = turn.clock.now();
    let since = state.checked.map(|moment| moment.after_ms(-OVERLAP_MS));
    let mut seen: Vec<Seen> = Vec::new();
    let mut is_whole = false;
    for page in 1..=PAGES_MAX {
        let documents = xero::pull_documents(caller, &link.tenant_id, since, page).await;
        let documents = documents.map_err(xero_stopped)?;
        seen.extend(documents.invoices);
        is_whole = !documents.more;
        if is_whole {
            break;
        }
    }
    for alarm in alarms(turn, &seen).await? {
        turn.store.raise_alarm(&turn.lease.book, &alarm, started).await?;
    }
    // What was not read this time is read the next.
    let read_to = seen.iter().map(|invoice| invoice.updated).max().unwrap_or(started);
    state.checked = Some(if is_whole { started } else { read_to });
    Ok(())
}

/// Numbers of our invoices begin with it.
const OURS: &str = "AMZ-";

fn is_live(invoice: &Seen) -> bool {
    invoice.status != "VOIDED" && invoice.status != "DELETED"
}

async fn alarms(turn: &Turn<'_>, seen: &[Seen]) -> Result<Vec<Alarm>, StageError> {
    let ours: Vec<(&str, &str, &Seen)> = seen
        .iter()
        .filter_map(|invoice| {
            let number = invoice.number.as_deref().filter(|number| number.starts_with(OURS))?;
            Some((number, invoice.reference.as_deref().unwrap_or(""), invoice))
        })
        .collect();
    let ids: Vec<String> = ours.iter().map(|(_, _, invoice)| invoice.id.clone()).collect();
    let receipts = turn.store.receipts_by_remote(&turn.lease.book, &ids).await?;
    let mut alarms = Vec::new();
    let mut live: BTreeMap<&str, u32> = BTreeMap::new();
    for (number, reference, invoice) in ours {
        if is_live(invoice) {
            *live.entry(reference).or_default() += 1;
        }
        let Some(receipt) = receipts.get(&invoice.id) else {
            let detail = format!("{number} is in Xero and is no receipt of ours");
            alarms.push(alarm("document_unknown", reference, detail));
            continue;
        };
        if invoice.status == "VOIDED"
            && receipt.status != "VOIDED"
            && !is_voided(turn, reference).await?
        {
            let detail = format!("{number} was voided in Xero, and not by Daybook");
            alarms.push(alarm("document_changed", reference, detail));
        }
        let ours = receipt.total.map(base::Money::amount);
        if is_live(invoice) && ours.is_some_and(|total| total != invoice.total) {
            let was = ours.unwrap_or_default();
            let detail = format!("{number} was {was} and is {} now", invoice.total);
            alarms.push(alarm("document_changed", reference, detail));
        }
    }
    alarms.extend(money(turn, seen).await?);
    for (reference, count) in live.into_iter().filter(|(_, count)| *count > 1) {
        let detail = format!("{count} live invoices carry the reference {reference}");
        alarms.push(alarm("double_invoice", reference, detail));
    }
    Ok(alarms)
}

/// True when Daybook itself voided an invoice of the order, or is about to.
async fn is_voided(turn: &Turn<'_>, reference: &str) -> Result<bool, StageError> {
    let row = turn.store.subject(&turn.lease.book, &Subject::order(reference)).await?;
    Ok(row.decided.iter().any(|one| one.intent.kind() == Kind::InvoiceVoid))
}

/// What Xero says was paid and credited on our invoices against what our receipts add up to.
async fn money(turn: &Turn<'_>, seen: &[Seen]) -> Result<Vec<Alarm>, StageError> {
    let mut alarms = Vec::new();
    for some in seen.chunks(SUBJECTS_MAX) {
        let ours: Vec<&Seen> = some.iter().filter(|invoice| is_live(invoice)).collect();
        let subjects: Vec<Subject> =
            ours.iter().filter_map(|one| one.reference.as_deref()).map(Subject::order).collect();
        let rows = turn.store.subjects(&turn.lease.book, &subjects).await?;
        for invoice in ours {
            let reference = invoice.reference.as_deref().unwrap_or("");
            let subject = Subject::order(reference);
            let Some(row) = rows.iter().find(|row| row.subject == subject) else { continue };
            // What is on its way may be there already.
            if row.decided.iter().any(|one| one.progress.state.is_in_flight()) {
                continue;
            }
            let (paid, credited) = posted_money(&row.decided, invoice);
            if (paid, credited) != (invoice.amount_paid, invoice.amount_credited) {
                let detail = format!(
                    "Xero has {} paid and {} credited on it, Daybook's receipts say {paid} and {credited}",
                    invoice.amount_paid, invoice.amount_credited
                );
                alarms.push(alarm("money_differs", reference, detail));
            }
        }
    }
    Ok(alarms)
}

/// Payments and allocations that are posted on an invoice.
fn posted_money(decided: &[Decided], invoice: &Seen) -> (Decimal, Decimal) {
    let mut sums = (Decimal::ZERO, Decimal::ZERO);
    let number = invoice.number.as_deref().unwrap_or("");
    for one in decided.iter().filter(|one| one.progress.state == State::Posted) {
        match &one.intent.body {
            Body::Payment(payment) if payment.invoice_number == number => {
                sums.0 += payment.amount.amount();
            }
            Body::Allocation(set) if set.invoice_number == number => {
                sums.1 += set.amount.amount();
            }
            Body::Payment(_)
            | Body::Allocation(_)
            | Body::Contact(_)
            | Body::Item(_)
            | Body::Invoice(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::CreditNote(_)
            | Body::Bill(_)
            | Body::SupplierCredit(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_)
            | Body::Undo(_) => {}
        }
    }
    sums
}

fn alarm(code: &str, reference: &str, detail: String) -> Alarm {
    let subject = Subject::order(reference).to_string();
    Alarm { code: code.to_owned(), subject, detail }
}
