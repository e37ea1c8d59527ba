//! Did it land, and does it still hold? Once a day: every invoice that changed in Xero is held
//! against its receipt; a second live document for one order raises an alarm.

use std::collections::BTreeMap;

use base::{Subject, Timestamp};
use store::Alarm;
use xero::Seen;

use super::pull::xero_stopped;
use super::{LaneState, StageError, Turn};
use crate::book::XeroLink;
use crate::transport::Caller;

/// Xero's clock and ours may differ, and a change may be stored a little after it is stamped.
const OVERLAP_MS: i64 = 10 * Timestamp::MINUTE;
/// A thousand invoices a page; more changes than that are read the next day.
const PAGES_MAX: u32 = 50;

/// Sweeps the invoices that changed since the last sweep.
pub async fn check(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<(), StageError> {
    let started = turn.clock.now();
    let since = state.checked.map(|moment| moment.after_ms(-OVERLAP_MS));
    let mut seen = Vec::new();
    for page in 1..=PAGES_MAX {
        let documents = xero::pull_documents(caller, &link.tenant_id, since, page).await;
        let documents = documents.map_err(xero_stopped)?;
        seen.extend(documents.invoices);
        if !documents.more {
            break;
        }
    }
    for alarm in alarms(turn, &seen).await? {
        turn.store.raise_alarm(&turn.lease.book, &alarm, started).await?;
    }
    state.checked = Some(started);
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
        let ours = receipt.total.map(base::Money::amount);
        if is_live(invoice) && ours.is_some_and(|total| total != invoice.total) {
            let was = ours.unwrap_or_default();
            let detail = format!("{number} was {was} and is {} now", invoice.total);
            alarms.push(alarm("document_changed", reference, detail));
        }
    }
    for (reference, count) in live.into_iter().filter(|(_, count)| *count > 1) {
        let detail = format!("{count} live invoices carry the reference {reference}");
        alarms.push(alarm("double_invoice", reference, detail));
    }
    Ok(alarms)
}

fn alarm(code: &str, reference: &str, detail: String) -> Alarm {
    let subject = Subject::order(reference).to_string();
    Alarm { code: code.to_owned(), subject, detail }
}
