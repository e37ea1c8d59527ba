//! Alarms that are over: what they tell of was looked at again and is as it should be.

use std::collections::BTreeSet;

use base::Subject;
use store::Alarm;

use super::Ours;
use crate::book::XeroLink;
use crate::stages::pull::xero_stopped;
use crate::stages::{StageError, Turn};
use crate::transport::Caller;

/// What the daily check raises about one document, and what about all of an order's.
const OF_DOCUMENTS: [&str; 3] = ["document_unknown", "document_changed", "money_differs"];
const OF_ORDERS: &str = "double_invoice";
/// Who clears, in the alarm's row.
const WHO: &str = "check";
/// Orders that are asked for by themselves in one check: two calls each.
const ASKED_MAX: usize = 10;

/// What a sweep judged.
pub(super) struct Judged<'a> {
    pub(super) seen: &'a [Ours<'a>],
    pub(super) raised: &'a [Alarm],
    /// Documents of these were on their way: nothing can be said about their money.
    pub(super) unjudged: &'a BTreeSet<Subject>,
}

/// Clears those alarms whose document was seen again and raised nothing. Mending a document changes
/// it, so the sweep of what changed sees it. One that nobody touched stays as it is.
pub(super) async fn clear(
    turn: &Turn<'_>,
    (link, caller): (&XeroLink, &Caller),
    judged: &Judged<'_>,
) -> Result<(), StageError> {
    let book = &turn.lease.book;
    let mut asked = 0;
    for open in turn.store.alarms(book).await? {
        let alarm = open.alarm;
        let is_raised = |one: &Alarm| (&one.code, &one.subject) == (&alarm.code, &alarm.subject);
        if judged.raised.iter().any(is_raised) {
            continue;
        }
        let subject = Subject::from_stored(alarm.subject.clone());
        let is_over = if OF_DOCUMENTS.contains(&alarm.code.as_str()) {
            // The text begins with the document's number.
            let number = alarm.detail.split(' ').next().unwrap_or_default();
            let is_seen = judged.seen.iter().any(|one| one.number == number);
            is_seen && !judged.unjudged.contains(&subject)
        } else if alarm.code == OF_ORDERS && asked < ASKED_MAX {
            let is_seen = judged.seen.iter().any(|one| one.subject == subject);
            asked += usize::from(is_seen);
            is_seen && live(&subject, link, caller).await? <= 1
        } else {
            false
        };
        if is_over {
            let which = (alarm.code.as_str(), alarm.subject.as_str());
            turn.store.clear_alarm(book, which, WHO, turn.clock.now()).await?;
        }
    }
    Ok(())
}

/// How many live invoices carry an order's id as their reference. A sweep alone cannot say: one of
/// two that nobody touched is not in it.
async fn live(subject: &Subject, link: &XeroLink, caller: &Caller) -> Result<usize, StageError> {
    let Some(order_id) = subject.order_id() else { return Ok(usize::MAX) };
    let found = xero::pull_by_reference(caller, &link.tenant_id, order_id).await;
    let found = found.map_err(xero_stopped)?;
    let is_live = |one: &&xero::Mention| {
        one.kind == xero::MentionKind::Invoice
            && one.reference.as_deref() == Some(order_id)
            && one.status != "VOIDED"
            && one.status != "DELETED"
    };
    Ok(found.iter().filter(is_live).count())
}
