//! How a send, or a look-up of it, ended.

use base::Timestamp;
use intents::outbox::State;
use intents::{Event, IntentId, Kind, Outcome, Reason, Receipt, SendId, Sighting};
use sqlx::AnyConnection;

use crate::progress::{self, Attempted, Standing, Step};
use crate::receipts::{self, Given};
use crate::rows::ids;
use crate::{Lease, Store, StoreError, lanes};

/// What became of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub intent: IntentId,
    /// [`Event::Ended`] after a send, [`Event::Seen`] after a look-up.
    pub event: Event,
    /// If it is empty, the receipt in the event counts.
    pub receipt: Option<Receipt>,
    /// Safe to keep: no names, no tokens. If it is empty, the event's reason is kept.
    pub detail: String,
}

/// One try to send, or to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: Timestamp,
    /// The HTTP status, if an answer came.
    pub status: Option<u16>,
    /// The vendor may replay it under the send's key: the key is spent.
    pub saw_server_error: bool,
    /// Of the whole try; kept with each member that has no detail of its own.
    pub detail: String,
}

const MARK_ERROR: &str = "\
    UPDATE sends SET saw_server_error = CASE WHEN $2 = 1 THEN 1 ELSE saw_server_error END
    WHERE id = $1";
/// What was made, and every edit of it, is gone from the other system's books.
const UNMAKE: &str = "\
    UPDATE outbox SET stands = 0 WHERE intent IN (
        SELECT e.value ->> 'id' FROM json_each($1) AS e
        UNION
        SELECT i.id FROM intents i JOIN json_each($1) AS e ON i.amends = e.value ->> 'id'
        WHERE i.kind = 'invoice_edit')";

impl Store {
    /// Writes down how a send or its look-up ended: states, receipts and attempts together. When
    /// an intent that supersedes another is posted, the other is reversed. Subjects that waited
    /// become due. A remote id is the receipt of one intent of a kind only: whoever comes second is
    /// held without it, with the reason `receipt_taken`.
    pub async fn end_send(
        &self,
        lease: &Lease,
        send: &SendId,
        settled: &[Settled],
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let doing = "sends.end";
        let now = attempt.at;
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        mark_error(&mut tx, send, &attempt).await?;
        let settled = &receipts::yielded(&mut tx, &lease.book, settled).await?[..];
        let moved = step(&mut tx, settled, self.step_at(now)).await?;
        let tried = Attempted { happened: now, actor: send.as_str(), status: attempt.status };
        let rows: Vec<_> = moved
            .iter()
            .zip(settled)
            .map(|(one, how)| tried.row(one, progress::outcome(&how.event), how.words(&attempt)))
            .collect();
        progress::note(&mut tx, &rows).await?;
        progress::save(&mut tx, &moved).await?;
        let reversed = reverse(&mut tx, &moved, (tried, self.step_at(now))).await?;
        let given: Vec<Given<'_>> = moved.iter().zip(settled).filter_map(given).collect();
        receipts::keep(&mut tx, &lease.book, &given, now).await?;
        let changed = moved.iter().filter(|one| one.is(State::Posted)).chain(&reversed);
        progress::count_unmet(&mut tx, changed.map(|one| &one.intent)).await?;
        unmake(&mut tx, &moved).await?;
        progress::wake(&mut tx, &moved, now).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}

async fn mark_error(
    conn: &mut AnyConnection,
    send: &SendId,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    let done = sqlx::query(MARK_ERROR)
        .bind(send.as_str())
        .bind(i64::from(attempt.saw_server_error))
        .execute(conn)
        .await
        .map_err(StoreError::on("sends.mark_error"))?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::UnknownSend { send: send.clone() })
}

/// Each member moved, in the order of `settled`.
async fn step(
    conn: &mut AnyConnection,
    settled: &[Settled],
    at: Step<'_>,
) -> Result<Vec<Standing>, StoreError> {
    let mut found = progress::load(conn, settled.iter().map(|one| &one.intent)).await?;
    let mut moved = Vec::with_capacity(settled.len());
    for one in settled {
        let Some(mut standing) = found.remove(&one.intent) else {
            return Err(StoreError::UnknownIntent { intent: one.intent.clone() });
        };
        standing.step(&one.event, at)?;
        moved.push(standing);
    }
    Ok(moved)
}

/// What posted intents supersede is reversed, and its receipt is let go.
async fn reverse(
    conn: &mut AnyConnection,
    moved: &[Standing],
    (tried, at): (Attempted<'_>, Step<'_>),
) -> Result<Vec<Standing>, StoreError> {
    let posted = moved.iter().filter(|one| one.is(State::Posted));
    let superseded: Vec<&IntentId> = posted.filter_map(|one| one.supersedes.as_ref()).collect();
    if superseded.is_empty() {
        return Ok(Vec::new());
    }
    let found = progress::load(conn, superseded).await?;
    let mut reversed: Vec<Standing> =
        found.into_values().filter(|one| one.is(State::Posted)).collect();
    for one in &mut reversed {
        one.step(&Event::Reversed, at)?;
    }
    let rows: Vec<_> = reversed
        .iter()
        .map(|one| tried.row(one, progress::outcome(&Event::Reversed), ""))
        .collect();
    progress::note(conn, &rows).await?;
    progress::save(conn, &reversed).await?;
    receipts::let_go(conn, reversed.iter()).await?;
    Ok(reversed)
}

/// What a posted void voided, or an undoing took back, no longer stands, and what needs it is not due any more.
async fn unmake(conn: &mut AnyConnection, moved: &[Standing]) -> Result<(), StoreError> {
    let voided: Vec<&IntentId> = moved
        .iter()
        .filter(|one| matches!(one.kind, Kind::InvoiceVoid | Kind::Undo))
        .filter(|one| one.is(State::Posted))
        .flat_map(|one| one.amends.iter().chain(&one.supersedes))
        .collect();
    unmake_all(conn, voided).await
}

/// What these made is gone.
pub(crate) async fn unmake_all(
    conn: &mut AnyConnection,
    gone: Vec<&IntentId>,
) -> Result<(), StoreError> {
    if gone.is_empty() {
        return Ok(());
    }
    sqlx::query(UNMAKE)
        .bind(ids(gone.iter().map(|id| id.as_str()))?)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::on("outbox.unmake"))?;
    progress::count_unmet(conn, gone).await
}

/// The receipt to keep, if the member is posted, or found otherwise than intended.
fn given<'a>((moved, settled): (&'a Standing, &'a Settled)) -> Option<Given<'a>> {
    let is_there = moved.is(State::Posted) || moved.is(State::Held);
    let receipt = settled.receipt.as_ref().filter(|_receipt| is_there)?;
    Some(Given { intent: &moved.intent, kind: moved.kind, receipt })
}

pub(crate) fn receipt_of(event: &Event) -> Option<&Receipt> {
    match event {
        Event::Ended(Outcome::Delivered(receipt) | Outcome::Differs(receipt, _))
        | Event::Seen {
            sighting: Sighting::Found(receipt) | Sighting::Differs(receipt, _), ..
        } => Some(receipt),
        Event::Ended(
            Outcome::Refused(_)
            | Outcome::Halve(_)
            | Outcome::Busy(_)
            | Outcome::NotSent(_)
            | Outcome::Unclear(_)
            | Outcome::Lost(_),
        )
        | Event::Seen { sighting: Sighting::Absent | Sighting::Unclear(_), .. }
        | Event::Claimed
        | Event::LeaseLost
        | Event::Unsendable(_)
        | Event::LookAgain
        | Event::Released
        | Event::Reconsidered
        | Event::Withdrawn
        | Event::Reversed => None,
    }
}

impl Settled {
    /// True when it is there, and as intended.
    pub(crate) fn is_there(&self) -> bool {
        matches!(
            self.event,
            Event::Ended(Outcome::Delivered(_)) | Event::Seen { sighting: Sighting::Found(_), .. }
        )
    }

    /// The same, held without the receipt, which is another intent's.
    pub(crate) fn without(&self, receipt: Receipt) -> Settled {
        let words = format!("{} is the receipt of another intent", receipt.remote_id);
        let reason = Reason::new("receipt_taken", words);
        let event = if !self.is_there() {
            self.event.clone()
        } else if let Event::Seen { may_resend, .. } = self.event {
            Event::Seen { sighting: Sighting::Differs(receipt, reason), may_resend }
        } else {
            Event::Ended(Outcome::Differs(receipt, reason))
        };
        Settled { event, receipt: None, ..self.clone() }
    }

    /// What is kept with the member's attempt.
    fn words<'a>(&'a self, attempt: &'a Attempt) -> &'a str {
        let reason = match &self.event {
            Event::Ended(
                Outcome::Differs(_, reason)
                | Outcome::Refused(reason)
                | Outcome::Halve(reason)
                | Outcome::NotSent(reason)
                | Outcome::Unclear(reason)
                | Outcome::Lost(reason),
            )
            | Event::Seen {
                sighting: Sighting::Differs(_, reason) | Sighting::Unclear(reason),
                ..
            } => reason.detail.as_str(),
            Event::Ended(Outcome::Delivered(_) | Outcome::Busy(_))
            | Event::Seen { sighting: Sighting::Found(_) | Sighting::Absent, .. }
            | Event::Claimed
            | Event::LeaseLost
            | Event::Unsendable(_)
            | Event::LookAgain
            | Event::Released
            | Event::Reconsidered
            | Event::Withdrawn
            | Event::Reversed => "",
        };
        let words = [self.detail.as_str(), reason, attempt.detail.as_str()];
        words.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }
}
