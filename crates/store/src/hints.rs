//! Hints: "look here" from a vendor. Recorded by whoever listens, under no lease; worked off and
//! ended by the lane that they are for.

use std::collections::BTreeSet;

use base::Timestamp;
use intents::BookId;
use serde::Serialize;
use sqlx::AnyConnection;

use crate::rows::{CHUNK, ids, list};
use crate::{Lease, Store, StoreError};

/// What a vendor said had changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub book: BookId,
    pub lane: String,
    /// The vendor's id of the notification: one that comes twice is one hint.
    pub id: String,
    /// `order`, and in `about` its number.
    pub kind: String,
    pub about: String,
    /// By the vendor's clock.
    pub occurred: Timestamp,
    /// From when on to look; none where there is nothing to do.
    pub due: Option<Timestamp>,
}

/// Everything that waits about one thing, as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueHint {
    pub kind: String,
    pub about: String,
    /// Of the vendor's notifications.
    pub ids: Vec<String>,
    /// Of the newest, by the vendor's clock.
    pub occurred: Timestamp,
    /// Of the oldest.
    pub received: Timestamp,
    pub tries: u32,
}

/// How hints end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HintsDone {
    /// These were looked at.
    Read(Vec<String>),
    /// Looked for too often without finding anything: the next sweep sees to them.
    Left(Vec<String>),
    /// Everything of a kind that happened up to a moment of the vendor's clock was read.
    Swept { kind: String, to: Timestamp },
}

/// Hints of one lane that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintCount {
    pub lane: String,
    pub kind: String,
    pub waiting: u64,
    /// When the one was received that waits longest.
    pub oldest: Timestamp,
}

/// A notification that could not be read, or belongs to no book. `body` has no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadNotification {
    /// SHA-256 of the bytes as they came.
    pub hash: String,
    pub size: u64,
    pub code: String,
    pub detail: String,
    pub body: Option<String>,
}

/// The same, and when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadRow {
    pub unread: UnreadNotification,
    pub first: Timestamp,
    pub last: Timestamp,
    pub times: u64,
}

const RECORD: &str = "\
    INSERT INTO hints (book, lane, id, kind, about, occurred, received, due, tries, done, outcome)
    SELECT e.value ->> 'book', e.value ->> 'lane', e.value ->> 'id', e.value ->> 'kind',
        e.value ->> 'about', CAST(e.value ->> 'occurred' AS BIGINT), $1,
        CAST(e.value ->> 'due' AS BIGINT), 0,
        CASE WHEN e.value ->> 'due' IS NULL THEN $1 END,
        CASE WHEN e.value ->> 'due' IS NULL THEN 'nothing' END
    FROM json_each($2) AS e WHERE TRUE
    ON CONFLICT (book, lane, id) DO NOTHING
    RETURNING lane, due";
const DUE: &str = "\
    SELECT id, kind, about, occurred, received, tries FROM hints
    WHERE lane = $1 AND due <= $2 ORDER BY received, id LIMIT $3";
const NEXT: &str = "\
    SELECT MIN(due) FROM hints WHERE lane = $1 AND kind = $2 AND due IS NOT NULL";
const END: &str = "\
    UPDATE hints SET due = NULL, done = $4, outcome = $5
    WHERE book = $1 AND lane = $2 AND due IS NOT NULL
        AND id IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)";
const SWEEP: &str = "\
    UPDATE hints SET due = NULL, done = $5, outcome = 'swept'
    WHERE book = $1 AND lane = $2 AND kind = $3 AND occurred <= $4 AND due IS NOT NULL";
const PUT_OFF: &str = "\
    UPDATE hints SET due = $4, tries = tries + 1
    WHERE book = $1 AND lane = $2 AND due IS NOT NULL
        AND id IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)";
const COUNT: &str = "\
    SELECT lane, kind, CAST(COUNT(*) AS BIGINT), MIN(received) FROM hints
    WHERE due IS NOT NULL GROUP BY lane, kind ORDER BY lane, kind";
const FORGET: &str = "DELETE FROM hints WHERE done < $1";
const KEEP_UNREAD: &str = "\
    INSERT INTO unread_notifications
        (hash, size, code, detail, body, first_received, last_received, times)
    VALUES ($1, $2, $3, $4, $5, $6, $6, 1)
    ON CONFLICT (hash) DO UPDATE SET last_received = excluded.last_received,
        times = unread_notifications.times + 1";
const UNREAD: &str = "\
    SELECT hash, size, code, detail, body, first_received, last_received, times
    FROM unread_notifications ORDER BY last_received DESC, hash LIMIT $1";

type DueColumns = (String, String, String, i64, i64, i64);
type UnreadColumns = (String, i64, String, String, Option<String>, i64, i64, i64);

#[derive(Serialize)]
struct HintRow<'a> {
    book: &'a str,
    lane: &'a str,
    id: &'a str,
    kind: &'a str,
    about: &'a str,
    occurred: i64,
    due: Option<i64>,
}

impl Store {
    /// Keeps hints and makes the lanes due that have something new to look at, together or not at
    /// all. Answers how many are new; one that is known already changes nothing.
    pub async fn record_hints(&self, hints: &[Hint], now: Timestamp) -> Result<u64, StoreError> {
        let doing = "hints.record";
        let mut tx = self.begin(doing).await?;
        let mut new = 0_u64;
        let mut lanes = BTreeSet::new();
        for hints in hints.chunks(CHUNK) {
            let rows: Vec<HintRow<'_>> = hints.iter().map(row).collect();
            let recorded: Vec<(String, Option<i64>)> = sqlx::query_as(RECORD)
                .bind(now.0)
                .bind(list(&rows)?)
                .fetch_all(&mut *tx)
                .await
                .map_err(StoreError::on(doing))?;
            new = new.saturating_add(u64::try_from(recorded.len()).unwrap_or(u64::MAX));
            let waiting = recorded.into_iter().filter(|(_, due)| due.is_some());
            lanes.extend(waiting.map(|(lane, _)| lane));
        }
        // In the order of their names, as everyone takes them who takes several.
        for lane in &lanes {
            crate::lanes::nudge(&mut tx, lane, now).await?;
        }
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(new)
    }

    /// What a lane is to look at now, the longest waiting first; of each thing once. `limit` counts
    /// notifications.
    pub async fn due_hints(
        &self,
        lane: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueHint>, StoreError> {
        let rows: Vec<DueColumns> = sqlx::query_as(DUE)
            .bind(lane)
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("hints.due"))?;
        let mut due: Vec<DueHint> = Vec::new();
        for row in rows {
            gather(&mut due, row);
        }
        Ok(due)
    }

    /// When the lane has to look at a hint of a kind next, if it has any.
    pub async fn next_hint_due(
        &self,
        lane: &str,
        kind: &str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row: (Option<i64>,) = sqlx::query_as(NEXT)
            .bind(lane)
            .bind(kind)
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("hints.next"))?;
        Ok(row.0.map(Timestamp))
    }

    /// What these hints point at is not to be seen yet: look again then.
    pub async fn put_off_hints(
        &self,
        lease: &Lease,
        hints: &[String],
        due: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "hints.put_off";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        sqlx::query(PUT_OFF)
            .bind(lease.book.as_str())
            .bind(&lease.lane)
            .bind(ids(hints.iter().map(String::as_str))?)
            .bind(due.0)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// Hints that wait, by lane and kind.
    pub async fn hint_counts(&self) -> Result<Vec<HintCount>, StoreError> {
        let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(COUNT)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("hints.count"))?;
        let count = |(lane, kind, waiting, oldest): (String, String, i64, i64)| HintCount {
            lane,
            kind,
            waiting: u64::try_from(waiting).unwrap_or_default(),
            oldest: Timestamp(oldest),
        };
        Ok(rows.into_iter().map(count).collect())
    }

    /// Drops hints that ended before a moment. Until then they tell a late double from a new one.
    pub async fn forget_hints(&self, before: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(FORGET)
            .bind(before.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("hints.forget"))?;
        Ok(done.rows_affected())
    }

    /// Keeps what could not be read. The same one again is counted.
    pub async fn keep_unread(
        &self,
        unread: &UnreadNotification,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(KEEP_UNREAD)
            .bind(&unread.hash)
            .bind(i64::try_from(unread.size).unwrap_or(i64::MAX))
            .bind(&unread.code)
            .bind(&unread.detail)
            .bind(unread.body.as_deref())
            .bind(now.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("unread_notifications.keep"))?;
        Ok(())
    }

    /// What could not be read, the latest first.
    pub async fn unread_notifications(&self, limit: u32) -> Result<Vec<UnreadRow>, StoreError> {
        let rows: Vec<UnreadColumns> = sqlx::query_as(UNREAD)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("unread_notifications.all"))?;
        Ok(rows.into_iter().map(unread).collect())
    }
}

/// Ends hints inside the transaction that writes down what came of them.
pub(crate) async fn end(
    conn: &mut AnyConnection,
    lease: &Lease,
    done: &[HintsDone],
    now: Timestamp,
) -> Result<(), StoreError> {
    for one in done {
        let (hints, outcome) = match one {
            HintsDone::Swept { kind, to } => {
                sqlx::query(SWEEP)
                    .bind(lease.book.as_str())
                    .bind(&lease.lane)
                    .bind(kind)
                    .bind(to.0)
                    .bind(now.0)
                    .execute(&mut *conn)
                    .await
                    .map_err(StoreError::on("hints.sweep"))?;
                continue;
            }
            HintsDone::Read(hints) => (hints, "read"),
            HintsDone::Left(hints) => (hints, "left"),
        };
        sqlx::query(END)
            .bind(lease.book.as_str())
            .bind(&lease.lane)
            .bind(ids(hints.iter().map(String::as_str))?)
            .bind(now.0)
            .bind(outcome)
            .execute(&mut *conn)
            .await
            .map_err(StoreError::on("hints.end"))?;
    }
    Ok(())
}

fn row(hint: &Hint) -> HintRow<'_> {
    HintRow {
        book: hint.book.as_str(),
        lane: &hint.lane,
        id: &hint.id,
        kind: &hint.kind,
        about: &hint.about,
        occurred: hint.occurred.0,
        due: hint.due.map(|due| due.0),
    }
}

fn gather(due: &mut Vec<DueHint>, row: DueColumns) {
    let (id, kind, about, occurred, received, tries) = row;
    let tries = u32::try_from(tries).unwrap_or(u32::MAX);
    let known = due.iter_mut().find(|one| one.kind == kind && one.about == about);
    if let Some(known) = known {
        known.ids.push(id);
        known.occurred = known.occurred.max(Timestamp(occurred));
        known.tries = known.tries.max(tries);
        return;
    }
    due.push(DueHint {
        kind,
        about,
        ids: vec![id],
        occurred: Timestamp(occurred),
        received: Timestamp(received),
        tries,
    });
}

fn unread(row: UnreadColumns) -> UnreadRow {
    let (hash, size, code, detail, body, first, last, times) = row;
    let size = u64::try_from(size).unwrap_or_default();
    UnreadRow {
        unread: UnreadNotification { hash, size, code, detail, body },
        first: Timestamp(first),
        last: Timestamp(last),
        times: u64::try_from(times).unwrap_or_default(),
    }
}
