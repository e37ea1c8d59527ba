//! Did it land, and does it still hold? Once a day: every invoice that changed in Xero is held
//! against its receipt, and what was paid and credited on it against ours. A second live document
//! for one order, a payment too many, a document voided by someone else: each raises an alarm.

mod mended;

use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Subject, Timestamp};
use intents::{Body, Decided, Kind, Receipt, State};
use store::Alarm;
use xero::Seen;

use self::mended::Judged;
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
    let ours = ours(turn, &seen).await?;
    let (raised, unjudged) = alarms(turn, &ours).await?;
    for alarm in &raised {
        turn.store.raise_alarm(&turn.lease.book, alarm, started).await?;
    }
    let judged = Judged { seen: &ours, raised: &raised, unjudged: &unjudged };
    mended::clear(turn, (link, caller), &judged).await?;
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

/// An invoice with our number, and what it is about: as its receipt says, else the order that its
/// reference names.
struct Ours<'a> {
    number: &'a str,
    subject: Subject,
    receipt: Option<Receipt>,
    invoice: &'a Seen,
}

async fn ours<'a>(turn: &Turn<'_>, seen: &'a [Seen]) -> Result<Vec<Ours<'a>>, StageError> {
    let is_ours =
        |invoice: &&Seen| invoice.number.as_deref().is_some_and(|number| number.starts_with(OURS));
    let invoices: Vec<&Seen> = seen.iter().filter(is_ours).collect();
    let ids: Vec<String> = invoices.iter().map(|invoice| invoice.id.clone()).collect();
    let mut receipts = turn.store.receipts_by_remote(&turn.lease.book, &ids).await?;
    let ours = invoices.into_iter().map(|invoice| {
        let known = receipts.remove(&invoice.id);
        let (subject, receipt) = known.map_or_else(
            || (Subject::order(invoice.reference.as_deref().unwrap_or("")), None),
            |(subject, receipt)| (subject, Some(receipt)),
        );
        Ours { number: invoice.number.as_deref().unwrap_or(""), subject, receipt, invoice }
    });
    Ok(ours.collect())
}

/// What should worry someone, and the subjects of which the money cannot be judged now.
async fn alarms(
    turn: &Turn<'_>,
    ours: &[Ours<'_>],
) -> Result<(Vec<Alarm>, BTreeSet<Subject>), StageError> {
    let mut alarms = Vec::new();
    let mut live: BTreeMap<&Subject, u32> = BTreeMap::new();
    for Ours { number, subject, receipt, invoice } in ours {
        // A settlement has an invoice for each month part.
        if is_live(invoice) && subject.order_id().is_some() {
            *live.entry(subject).or_default() += 1;
        }
        let Some(receipt) = receipt else {
            let detail = format!("{number} is in Xero and is no receipt of ours");
            alarms.push(alarm("document_unknown", subject, detail));
            continue;
        };
        if invoice.status == "VOIDED"
            && receipt.status != "VOIDED"
            && !is_voided(turn, subject).await?
        {
            let detail = format!("{number} was voided in Xero, and not by Daybook");
            alarms.push(alarm("document_changed", subject, detail));
        }
        let total = receipt.total.map(base::Money::amount);
        if is_live(invoice) && total.is_some_and(|total| total != invoice.total) {
            let was = total.unwrap_or_default();
            let detail = format!("{number} was {was} and is {} now", invoice.total);
            alarms.push(alarm("document_changed", subject, detail));
        }
    }
    let (differing, unjudged) = money(turn, ours).await?;
    alarms.extend(differing);
    for (subject, count) in live.into_iter().filter(|(_, count)| *count > 1) {
        let reference = subject.order_id().unwrap_or_default();
        let detail = format!("{count} live invoices carry the reference {reference}");
        alarms.push(alarm("double_invoice", subject, detail));
    }
    Ok((alarms, unjudged))
}

/// True when Daybook itself voided an invoice of the subject, or is about to.
async fn is_voided(turn: &Turn<'_>, subject: &Subject) -> Result<bool, StageError> {
    let row = turn.store.subject(&turn.lease.book, subject).await?;
    Ok(row.decided.iter().any(|one| match &one.intent.body {
        Body::InvoiceVoid { .. } => true,
        Body::Undo(undo) => matches!(undo.of_kind, Kind::Invoice | Kind::Bill),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_) => false,
    }))
}

/// What Xero says was paid and credited on our invoices against what our receipts add up to.
async fn money(
    turn: &Turn<'_>,
    ours: &[Ours<'_>],
) -> Result<(Vec<Alarm>, BTreeSet<Subject>), StageError> {
    let (mut alarms, mut unjudged) = (Vec::new(), BTreeSet::new());
    for some in ours.chunks(SUBJECTS_MAX) {
        let live: Vec<&Ours<'_>> = some.iter().filter(|one| is_live(one.invoice)).collect();
        let subjects: Vec<Subject> = live.iter().map(|one| one.subject.clone()).collect();
        let rows = turn.store.subjects(&turn.lease.book, &subjects).await?;
        for (Ours { number, subject, invoice, .. }, row) in live.into_iter().zip(&rows) {
            // What is on its way may be there already.
            if row.decided.iter().any(|one| one.progress.state.is_in_flight()) {
                unjudged.insert(subject.clone());
                continue;
            }
            let (paid, credited) = posted_money(&row.decided, invoice);
            let is_as_ours = if subject.settlement_id().is_some() {
                // What is more there is the bank's line, which a person matched.
                paid <= invoice.amount_paid && credited == invoice.amount_credited
            } else {
                (paid, credited) == (invoice.amount_paid, invoice.amount_credited)
            };
            if !is_as_ours {
                let detail = format!(
                    "{number} has {} paid and {} credited in Xero, Daybook's receipts say {paid} and {credited}",
                    invoice.amount_paid, invoice.amount_credited
                );
                alarms.push(alarm("money_differs", subject, detail));
            }
        }
    }
    Ok((alarms, unjudged))
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

fn alarm(code: &str, subject: &Subject, detail: String) -> Alarm {
    Alarm { code: code.to_owned(), subject: subject.to_string(), detail }
}
