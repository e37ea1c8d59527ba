//! Decisions and their intents on the way into the tables.

use std::collections::BTreeMap;

use intents::outbox::State;
use intents::{Body, Intent, IntentId, Priority};
use serde::Serialize;

use crate::rows::json;
use crate::{Decision, StoreError};

/// Of each subject: the newest number among the facts that were seen, and when the newest of
/// them occurred.
pub(crate) type Seen = BTreeMap<String, (i64, i64)>;

/// An intent on its way into the tables.
pub(crate) struct Coming<'a> {
    pub(crate) intent: &'a Intent,
    pub(crate) body_hash: String,
    pub(crate) since: i64,
    pub(crate) is_shared: bool,
    pub(crate) priority: Priority,
}

impl<'a> Coming<'a> {
    pub(crate) fn of(
        intent: &'a Intent,
        since: i64,
        is_shared: bool,
        priority: Priority,
    ) -> Result<Coming<'a>, StoreError> {
        let body = json("intent", &intent.body)?;
        let body_hash = base::id::content_hash(body.as_bytes());
        Ok(Coming { intent, body_hash, since, is_shared, priority })
    }
}

#[derive(Serialize)]
pub(crate) struct IntentRow<'a> {
    id: &'a str,
    book: &'a str,
    subject: &'a str,
    part: &'a str,
    revision: u32,
    kind: &'static str,
    supersedes: Option<&'a str>,
    amends: Option<&'a str>,
    since: i64,
    body_hash: &'a str,
    body: String,
}

impl<'a> IntentRow<'a> {
    pub(crate) fn of(coming: &'a Coming<'_>) -> Result<IntentRow<'a>, StoreError> {
        let intent = coming.intent;
        Ok(IntentRow {
            id: intent.id.as_str(),
            book: intent.book.as_str(),
            subject: intent.subject.as_str(),
            part: &intent.part,
            revision: intent.revision,
            kind: intent.kind().as_str(),
            supersedes: intent.supersedes.as_ref().map(IntentId::as_str),
            amends: amends(&intent.body).map(IntentId::as_str),
            since: coming.since,
            body_hash: &coming.body_hash,
            body: json("intent", intent)?,
        })
    }
}

/// The intent whose document an edit, a void or an undoing changes.
fn amends(body: &Body) -> Option<&IntentId> {
    match body {
        Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => Some(of),
        Body::Undo(undo) => Some(&undo.of),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_) => None,
    }
}

#[derive(Serialize)]
pub(crate) struct Need<'a> {
    pub(crate) intent: &'a str,
    pub(crate) need: &'a str,
}

#[derive(Serialize)]
pub(crate) struct OutboxRow<'a> {
    intent: &'a str,
    book: &'a str,
    kind: &'static str,
    priority: i64,
    place: i64,
    state: &'static str,
    reason_code: Option<&'a str>,
    reason_detail: Option<&'static str>,
}

impl<'a> OutboxRow<'a> {
    pub(crate) fn of(one: &Coming<'a>, place: i64) -> OutboxRow<'a> {
        let intent = one.intent;
        let state = if intent.hold.is_some() { State::Held } else { State::Ready };
        OutboxRow {
            intent: intent.id.as_str(),
            book: intent.book.as_str(),
            kind: intent.kind().as_str(),
            priority: one.priority.rank(),
            place,
            state: state.as_str(),
            reason_code: intent.hold.as_deref(),
            reason_detail: intent.hold.as_ref().map(|_code| "a person must release it first"),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Urgency<'a> {
    intent: &'a str,
    priority: i64,
}

impl<'a> Urgency<'a> {
    pub(crate) fn of(one: &Coming<'a>) -> Urgency<'a> {
        Urgency { intent: one.intent.id.as_str(), priority: one.priority.rank() }
    }
}

#[derive(Serialize)]
pub(crate) struct DecisionRow<'a> {
    subject: &'a str,
    saw: i64,
    saw_facts: String,
    waits: i64,
    rule_hash: &'a str,
    stop_code: Option<&'a str>,
    stop_detail: Option<&'a str>,
    note_code: Option<&'a str>,
    note_detail: Option<&'a str>,
}

pub(crate) fn decision_rows<'a>(
    decisions: &'a [Decision],
    seen: &Seen,
) -> Result<Vec<DecisionRow<'a>>, StoreError> {
    let row = |decision: &'a Decision| {
        let (stop, note) = (decision.stop.as_ref(), decision.note.as_ref());
        Ok(DecisionRow {
            subject: decision.subject.as_str(),
            saw: seen.get(decision.subject.as_str()).map_or(0, |(saw, _)| *saw),
            saw_facts: json("facts seen", &decision.saw)?,
            waits: i64::from(decision.wait),
            rule_hash: &decision.rule_hash,
            stop_code: stop.map(|reason| reason.code.as_str()),
            stop_detail: stop.map(|reason| reason.detail.as_str()),
            note_code: note.map(|reason| reason.code.as_str()),
            note_detail: note.map(|reason| reason.detail.as_str()),
        })
    };
    decisions.iter().map(row).collect()
}
