//! How far intents have got: read, moved by `intents::outbox::next`, written back.

use std::collections::BTreeMap;

use base::Timestamp;
use intents::outbox::{self, Progress, State};
use intents::retry::{Moment, Policies, dice};
use intents::{BookId, Event, IntentId, Kind, Outcome, Sighting};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, FromRow, Row};

use crate::StoreError;
use crate::decided::ProgressRow;
use crate::error::event_name;
use crate::rows::{Place, ids, list};

const LOAD: &str = "\
    SELECT i.id, i.book, i.kind, i.supersedes, i.amends, o.version, o.stands, o.send, o.state,
        o.attempts, o.generation, o.not_before, o.unclear_since, o.reason_code, o.reason_detail
    FROM outbox o JOIN intents i ON i.id = o.intent
    WHERE o.intent IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)";
const SAVE: &str = "\
    UPDATE outbox SET state = e.value ->> 'state',
        attempts = CAST(e.value ->> 'attempts' AS BIGINT),
        generation = CAST(e.value ->> 'generation' AS BIGINT),
        not_before = CAST(e.value ->> 'not_before' AS BIGINT),
        unclear_since = CAST(e.value ->> 'unclear_since' AS BIGINT),
        stands = CAST(e.value ->> 'stands' AS BIGINT),
        send = e.value ->> 'send',
        reason_code = e.value ->> 'reason_code',
        reason_detail = e.value ->> 'reason_detail',
        version = CAST(e.value ->> 'version' AS BIGINT)
    FROM json_each($1) AS e
    WHERE outbox.intent = e.value ->> 'intent'
        AND outbox.version = CAST(e.value ->> 'was' AS BIGINT)
    RETURNING intent";
const NOTE: &str = "\
    INSERT INTO attempts (intent, number, happened, actor, outcome, status, detail)
    SELECT e.value ->> 'intent', CAST(e.value ->> 'number' AS BIGINT),
        CAST(e.value ->> 'happened' AS BIGINT), e.value ->> 'actor', e.value ->> 'outcome',
        CAST(e.value ->> 'status' AS BIGINT), e.value ->> 'detail'
    FROM json_each($1) AS e";
/// Asked again for everything that needs one of these: right however often it is asked.
const COUNT_UNMET: &str = "\
    UPDATE outbox SET unmet = (
        SELECT COUNT(*) FROM needs n WHERE n.intent = outbox.intent
            AND COALESCE((SELECT o.stands FROM outbox o WHERE o.intent = n.need), 0) = 0)
    WHERE outbox.intent IN (
        SELECT n.intent FROM needs n JOIN json_each($1) AS e ON n.need = e.value ->> 'id')
        AND outbox.state NOT IN ('posted', 'withdrawn', 'reversed')";
const WAKE_OWN: &str = "\
    UPDATE subjects SET due = COALESCE(due, $2)
    WHERE book = $1 AND waits = 1 AND subject IN (
        SELECT i.subject FROM intents i JOIN json_each($3) AS e ON i.id = e.value ->> 'id')";
const WAKE_NEEDING: &str = "\
    UPDATE subjects SET due = COALESCE(due, $2)
    WHERE book = $1 AND waits = 1 AND subject IN (
        SELECT i.subject FROM needs n JOIN json_each($3) AS e ON n.need = e.value ->> 'id'
            JOIN intents i ON i.id = n.intent)";

/// When intents are moved, and how long they may have to wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) now: Timestamp,
    pub(crate) retry: &'a Policies,
}

/// An intent's row in the outbox, while it is moved.
pub(crate) struct Standing {
    pub(crate) intent: IntentId,
    pub(crate) book: BookId,
    pub(crate) kind: Kind,
    pub(crate) supersedes: Option<IntentId>,
    /// The intent whose document this one edits or voids.
    pub(crate) amends: Option<IntentId>,
    pub(crate) progress: Progress,
    pub(crate) send: Option<String>,
    stands: bool,
    /// As it was read; only that one is written over.
    was: i64,
    version: i64,
}

impl Standing {
    pub(crate) fn is(&self, state: State) -> bool {
        self.progress.state == state
    }

    /// Moves it on; an event that cannot happen in its state changes nothing.
    pub(crate) fn step(&mut self, event: &Event, at: Step<'_>) -> Result<(), StoreError> {
        let dice = dice(self.intent.as_str(), self.progress.attempts);
        let moment = Moment { now: at.now, retry: at.retry, dice };
        let Some(next) = outbox::next(&self.progress, event, &moment) else {
            return Err(self.cannot(event));
        };
        self.stands = self.stands || next.state == State::Posted;
        self.progress = next;
        self.version = self.version.saturating_add(1);
        Ok(())
    }

    pub(crate) fn cannot(&self, event: &Event) -> StoreError {
        StoreError::Moved {
            intent: self.intent.clone(),
            state: self.progress.state,
            event: event_name(event),
        }
    }
}

/// Those of the intents that exist.
pub(crate) async fn load<'a>(
    conn: &mut AnyConnection,
    intents: impl IntoIterator<Item = &'a IntentId>,
) -> Result<BTreeMap<IntentId, Standing>, StoreError> {
    let rows: Vec<StandingRow> = sqlx::query_as(LOAD)
        .bind(ids(intents.into_iter().map(IntentId::as_str))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("outbox.load"))?;
    let standing = |row: StandingRow| row.read().map(|one| (one.intent.clone(), one));
    rows.into_iter().map(standing).collect()
}

/// Writes back what was moved. If someone else moved one of them meanwhile, it is
/// [`StoreError::Raced`], and the transaction must not be committed.
pub(crate) async fn save(conn: &mut AnyConnection, moved: &[Standing]) -> Result<(), StoreError> {
    if moved.is_empty() {
        return Ok(());
    }
    let rows: Vec<SavedRow<'_>> = moved.iter().map(SavedRow::from).collect();
    let saved: Vec<(String,)> = sqlx::query_as(SAVE)
        .bind(list(&rows)?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("outbox.save"))?;
    if saved.len() == moved.len() {
        return Ok(());
    }
    let is_saved = |one: &&Standing| saved.iter().any(|(intent,)| intent == one.intent.as_str());
    let raced = moved.iter().find(|one| !is_saved(one)).map(|one| one.intent.clone());
    match raced {
        Some(intent) => Err(StoreError::Raced { intent }),
        None => Ok(()),
    }
}

/// Counts again what waits for these intents.
pub(crate) async fn count_unmet<'a>(
    conn: &mut AnyConnection,
    needed: impl IntoIterator<Item = &'a IntentId>,
) -> Result<(), StoreError> {
    sqlx::query(COUNT_UNMET)
        .bind(ids(needed.into_iter().map(IntentId::as_str))?)
        .execute(conn)
        .await
        .map_err(StoreError::on("outbox.count_unmet"))?;
    Ok(())
}

/// Makes those subjects due that waited for one of these intents, their own or one that they
/// need, and that is no longer in flight.
pub(crate) async fn wake(
    conn: &mut AnyConnection,
    moved: &[Standing],
    now: Timestamp,
) -> Result<(), StoreError> {
    let settled: Vec<&Standing> =
        moved.iter().filter(|one| !one.progress.state.is_in_flight()).collect();
    let Some(first) = settled.first() else { return Ok(()) };
    let settled_ids = ids(settled.iter().map(|one| one.intent.as_str()))?;
    for statement in [WAKE_OWN, WAKE_NEEDING] {
        sqlx::query(statement)
            .bind(first.book.as_str())
            .bind(now.0)
            .bind(&settled_ids)
            .execute(&mut *conn)
            .await
            .map_err(StoreError::on("subjects.wake"))?;
    }
    Ok(())
}

/// When, by what or whom, and with which answer something was tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempted<'a> {
    pub(crate) happened: Timestamp,
    pub(crate) actor: &'a str,
    pub(crate) status: Option<u16>,
}

#[derive(Serialize)]
pub(crate) struct AttemptedRow<'a> {
    intent: &'a str,
    number: i64,
    happened: i64,
    actor: &'a str,
    outcome: &'static str,
    status: Option<u16>,
    detail: String,
}

impl<'a> Attempted<'a> {
    /// The row for one intent, after it was moved.
    pub(crate) fn row(
        self,
        moved: &'a Standing,
        outcome: &'static str,
        detail: &str,
    ) -> AttemptedRow<'a> {
        AttemptedRow {
            intent: moved.intent.as_str(),
            number: moved.version,
            happened: self.happened.0,
            actor: self.actor,
            outcome,
            status: self.status,
            detail: detail.to_owned(),
        }
    }
}

/// Writes down that something was tried.
pub(crate) async fn note(
    conn: &mut AnyConnection,
    rows: &[AttemptedRow<'_>],
) -> Result<(), StoreError> {
    sqlx::query(NOTE)
        .bind(list(rows)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("attempts.note"))?;
    Ok(())
}

/// The word for what happened, in attempt rows.
pub(crate) fn outcome(event: &Event) -> &'static str {
    match event {
        Event::Ended(Outcome::Delivered(_)) => "delivered",
        Event::Ended(Outcome::Refused(_)) => "refused",
        Event::Ended(Outcome::Halve(_)) => "halve",
        Event::Ended(Outcome::Busy(_)) => "busy",
        Event::Ended(Outcome::NotSent(_)) => "not_sent",
        Event::Ended(Outcome::Lost(_)) => "lost",
        Event::Seen { sighting: Sighting::Found(_), .. } => "found",
        Event::Seen { sighting: Sighting::Absent, .. } => "absent",
        Event::Ended(Outcome::Differs(..))
        | Event::Seen { sighting: Sighting::Differs(..), .. } => "differs",
        Event::Ended(Outcome::Unclear(_)) | Event::Seen { sighting: Sighting::Unclear(_), .. } => {
            "unclear"
        }
        Event::Claimed
        | Event::LeaseLost
        | Event::Unsendable(_)
        | Event::LookAgain
        | Event::Released
        | Event::Reconsidered
        | Event::Withdrawn
        | Event::Reversed => event_name(event),
    }
}

struct StandingRow {
    id: String,
    book: String,
    kind: String,
    supersedes: Option<String>,
    amends: Option<String>,
    version: i64,
    stands: i64,
    send: Option<String>,
    progress: ProgressRow,
}

impl FromRow<'_, AnyRow> for StandingRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(StandingRow {
            id: row.try_get("id")?,
            book: row.try_get("book")?,
            kind: row.try_get("kind")?,
            supersedes: row.try_get("supersedes")?,
            amends: row.try_get("amends")?,
            version: row.try_get("version")?,
            stands: row.try_get("stands")?,
            send: row.try_get("send")?,
            progress: ProgressRow::from_row(row)?,
        })
    }
}

impl StandingRow {
    fn read(self) -> Result<Standing, StoreError> {
        let place = Place { table: "intents", column: "kind", row: &self.id };
        Ok(Standing {
            kind: place.known(Kind::parse(&self.kind), &self.kind)?,
            progress: self.progress.read(&self.id)?,
            intent: IntentId::from_stored(self.id),
            book: BookId::from_stored(self.book),
            supersedes: self.supersedes.map(IntentId::from_stored),
            amends: self.amends.map(IntentId::from_stored),
            send: self.send,
            stands: self.stands == 1,
            was: self.version,
            version: self.version,
        })
    }
}

#[derive(Serialize)]
struct SavedRow<'a> {
    intent: &'a str,
    was: i64,
    version: i64,
    state: &'static str,
    attempts: u32,
    generation: u32,
    not_before: i64,
    unclear_since: Option<i64>,
    stands: i64,
    send: Option<&'a str>,
    reason_code: Option<&'a str>,
    reason_detail: Option<&'a str>,
}

impl<'a> From<&'a Standing> for SavedRow<'a> {
    fn from(one: &'a Standing) -> SavedRow<'a> {
        let reason = one.progress.reason.as_ref();
        SavedRow {
            intent: one.intent.as_str(),
            was: one.was,
            version: one.version,
            state: one.progress.state.as_str(),
            attempts: one.progress.attempts,
            generation: one.progress.generation,
            not_before: one.progress.not_before.0,
            unclear_since: one.progress.unclear_since.map(|since| since.0),
            stands: i64::from(one.stands),
            send: one.send.as_deref(),
            reason_code: reason.map(|reason| reason.code.as_str()),
            reason_detail: reason.map(|reason| reason.detail.as_str()),
        }
    }
}
