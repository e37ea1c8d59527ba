//! Lanes: who may work on what, until when, and when it is next due.

use base::Timestamp;
use intents::BookId;
use sqlx::AnyConnection;

use crate::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneRow {
    pub name: String,
    pub book: BookId,
    pub due: Timestamp,
    /// Free when it is not later than now.
    pub lease_until: Timestamp,
    pub fence: i64,
    /// JSON of the lane's own: buckets, last error.
    pub state: String,
}

/// A lane that is due and nobody's, as far as finding it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLane {
    pub name: String,
    pub fence: i64,
    /// Something new waits for it, or it is in the middle of that; else it is its time to look.
    pub is_wanted: bool,
}

/// A lane that is ours until the lease ends or someone claims it after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub lane: String,
    pub book: BookId,
    pub node: String,
    /// Grows with every claim; every write under the lease names it.
    pub fence: i64,
    /// What the last turn left in [`LaneRow::state`].
    pub state: String,
    /// Whoever claimed the lane before never settled it: what it did meanwhile is not in `state`.
    pub was_left: bool,
}

const ENSURE: &str = "\
    INSERT INTO lanes (name, book, due, node, lease_until, fence, nudged, state)
    VALUES ($1, $2, $3, '', 0, 0, 0, '{}')
    ON CONFLICT (name) DO NOTHING";
const ALL: &str = "\
    SELECT name, book, due, lease_until, fence, state FROM lanes ORDER BY due, name";
// `nudged`: 0 is a lane whose time has come, or not; 1 one that something new waits for; 2 one in
// the turn that it was given for that. A node that is known and has stopped saying that it is alive
// holds nothing.
const DUE: &str = "\
    SELECT name, fence FROM lanes
    WHERE due <= $1 AND (nudged <> 0) = ($3 <> 0) AND (lease_until <= $1
        OR node IN (SELECT name FROM nodes WHERE alive_until <= $1))
    ORDER BY due, name LIMIT $2";
const NEXT_DUE: &str = "SELECT MIN(due) FROM lanes WHERE due > $1";
const NEXT: &str = "\
    SELECT MIN(CASE WHEN lease_until > due THEN lease_until ELSE due END) FROM lanes";
const CLAIM: &str = "\
    UPDATE lanes SET node = $2, lease_until = $4, fence = fence + 1,
        nudged = CASE WHEN nudged = 0 THEN 0 ELSE 2 END,
        was_left = CASE WHEN node = '' THEN 0 ELSE 1 END
    WHERE name = $1 AND due <= $5 AND (lease_until <= $3
        OR node IN (SELECT name FROM nodes WHERE alive_until <= $3))
    RETURNING book, fence, state, was_left";
const RENEW: &str = "\
    UPDATE lanes SET lease_until = $4 WHERE name = $1 AND fence = $2 AND node = $3";
const SETTLE: &str = "\
    UPDATE lanes SET lease_until = 0, node = '', state = $5,
        nudged = CASE WHEN nudged = 1 OR (nudged = 2 AND $4 <= $6) THEN 1 ELSE 0 END,
        due = CASE WHEN nudged = 1 AND $4 > $6 THEN $6 ELSE $4 END
    WHERE name = $1 AND fence = $2 AND node = $3";
const ABANDON: &str = "\
    UPDATE lanes SET lease_until = 0, due = $4
    WHERE name = $1 AND fence = $2 AND node = $3 AND lease_until > 0";
const NUDGE: &str = "\
    UPDATE lanes SET nudged = 1, due = CASE WHEN due > $2 THEN $2 ELSE due END WHERE name = $1";
const FREE: &str = "UPDATE lanes SET lease_until = 0 WHERE node = $1";
const HOLD: &str = "\
    UPDATE lanes SET fence = fence WHERE name = $1 AND fence = $2 AND node = $3";
const HOLD_LIVE: &str = "\
    UPDATE lanes SET fence = fence
    WHERE name = $1 AND fence = $2 AND node = $3 AND lease_until > $4";
const LOCK_BOOK: &str = "UPDATE books SET id = id WHERE id = $1";

type LaneColumns = (String, String, i64, i64, i64, String);

impl Store {
    /// Makes the lane if it is not there; due at once, with state `{}`.
    pub async fn ensure_lane(
        &self,
        name: &str,
        book: &BookId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(ENSURE)
            .bind(name)
            .bind(book.as_str())
            .bind(now.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("lanes.ensure"))?;
        Ok(())
    }

    /// Every lane, the one that is due first at the front.
    pub async fn lanes(&self) -> Result<Vec<LaneRow>, StoreError> {
        let rows: Vec<LaneColumns> = sqlx::query_as(ALL)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("lanes.all"))?;
        Ok(rows.into_iter().map(lane_of).collect())
    }

    /// Lanes that are due and nobody's, the longest due first: up to so many of those that something
    /// new waits for, and then up to so many whose time to look has come. Neither keeps the other
    /// from being found, however many they are.
    pub async fn due_lanes(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueLane>, StoreError> {
        let mut found = Vec::new();
        for is_wanted in [true, false] {
            let rows: Vec<(String, i64)> = sqlx::query_as(DUE)
                .bind(now.0)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .bind(i64::from(is_wanted))
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("lanes.due"))?;
            let lane = |(name, fence)| DueLane { name, fence, is_wanted };
            found.extend(rows.into_iter().map(lane));
        }
        Ok(found)
    }

    /// When the next lane is due that is not yet.
    pub async fn next_due_after(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let (next,): (Option<i64>,) = sqlx::query_as(NEXT_DUE)
            .bind(now.0)
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("lanes.next"))?;
        Ok(next.map(Timestamp))
    }

    /// When the next lane is due and free, as far as is known now.
    pub async fn next_lane(&self) -> Result<Option<Timestamp>, StoreError> {
        let (next,): (Option<i64>,) = sqlx::query_as(NEXT)
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("lanes.next"))?;
        Ok(next.map(Timestamp))
    }

    /// `None`: the lane is someone's, or there is none. Whether it is due is the caller's
    /// question.
    pub async fn claim_lane(
        &self,
        name: &str,
        node: &str,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.claim((name, node), Timestamp(i64::MAX), now, lease_ms).await
    }

    async fn claim(
        &self,
        (name, node): (&str, &str),
        due_by: Timestamp,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let row: Option<(String, i64, String, i64)> = sqlx::query_as(CLAIM)
            .bind(name)
            .bind(node)
            .bind(now.0)
            .bind(now.after_ms(lease_ms).0)
            .bind(due_by.0)
            .fetch_optional(self.writer())
            .await
            .map_err(StoreError::on("lanes.claim"))?;
        Ok(row.map(|(book, fence, state, was_left)| Lease {
            lane: name.to_owned(),
            book: BookId::from_stored(book),
            node: node.to_owned(),
            fence,
            state,
            was_left: was_left == 1,
        }))
    }

    /// The same, if the lane is due.
    pub async fn claim_due_lane(
        &self,
        name: &str,
        node: &str,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.claim((name, node), now, now, lease_ms).await
    }

    /// Keeps the lease for longer.
    pub async fn renew_lane(
        &self,
        lease: &Lease,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(RENEW)
            .bind(&lease.lane)
            .bind(lease.fence)
            .bind(&lease.node)
            .bind(now.after_ms(lease_ms).0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("lanes.renew"))?;
        lease.held_if(done.rows_affected())
    }

    /// Ends the turn: when the lane is due again, and what it remembers. A nudge that came
    /// during the turn makes it due at once.
    pub async fn settle_lane(
        &self,
        lease: &Lease,
        due: Timestamp,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(SETTLE)
            .bind(&lease.lane)
            .bind(lease.fence)
            .bind(&lease.node)
            .bind(due.0)
            .bind(state)
            .bind(now.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("lanes.settle"))?;
        lease.held_if(done.rows_affected())
    }

    /// Gives a claim up without settling it: the lane is free, due then, and known to have been
    /// left. One that is someone else's by now is left alone.
    pub async fn abandon_lane(&self, lease: &Lease, due: Timestamp) -> Result<(), StoreError> {
        sqlx::query(ABANDON)
            .bind(&lease.lane)
            .bind(lease.fence)
            .bind(&lease.node)
            .bind(due.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("lanes.abandon"))?;
        Ok(())
    }

    /// Makes the lane due now, unless it is already; if there is none, nothing happens. During a
    /// turn, that outlasts the turn.
    pub async fn nudge(&self, lane: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(NUDGE)
            .bind(lane)
            .bind(now.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("lanes.nudge"))?;
        Ok(())
    }

    /// Frees every lane that a node holds. Only for a node that knows that its earlier
    /// self is dead, by a lock on the data folder.
    pub async fn free_leases(&self, node: &str) -> Result<(), StoreError> {
        sqlx::query(FREE)
            .bind(node)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("lanes.free"))?;
        Ok(())
    }
}

impl Lease {
    /// Proves inside a transaction that the lane is ours, and keeps it so until the commit.
    pub(crate) async fn hold(&self, conn: &mut AnyConnection) -> Result<(), StoreError> {
        let done = sqlx::query(HOLD)
            .bind(&self.lane)
            .bind(self.fence)
            .bind(&self.node)
            .execute(conn)
            .await
            .map_err(StoreError::on("lanes.hold"))?;
        self.held_if(done.rows_affected())
    }

    /// The same, and the lease must not have run out: before something goes on the wire.
    pub(crate) async fn hold_live(
        &self,
        conn: &mut AnyConnection,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(HOLD_LIVE)
            .bind(&self.lane)
            .bind(self.fence)
            .bind(&self.node)
            .bind(now.0)
            .execute(conn)
            .await
            .map_err(StoreError::on("lanes.hold"))?;
        self.held_if(done.rows_affected())
    }

    fn held_if(&self, rows: u64) -> Result<(), StoreError> {
        if rows == 1 {
            return Ok(());
        }
        Err(StoreError::FenceLost { name: self.lane.clone() })
    }
}

fn lane_of((name, book, due, lease_until, fence, state): LaneColumns) -> LaneRow {
    LaneRow {
        name,
        book: BookId::from_stored(book),
        due: Timestamp(due),
        lease_until: Timestamp(lease_until),
        fence,
        state,
    }
}

/// Makes a lane due together with what there is to look at.
pub(crate) async fn nudge(
    conn: &mut AnyConnection,
    lane: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(NUDGE)
        .bind(lane)
        .bind(now.0)
        .execute(conn)
        .await
        .map_err(StoreError::on("lanes.nudge"))?;
    Ok(())
}

/// Whoever writes facts, decisions or the outbox of a book takes turns: the lane first, then the
/// book, then the rest. So nobody waits for someone who waits for them.
pub(crate) async fn lock_book(conn: &mut AnyConnection, book: &BookId) -> Result<(), StoreError> {
    let done = sqlx::query(LOCK_BOOK)
        .bind(book.as_str())
        .execute(conn)
        .await
        .map_err(StoreError::on("books.lock"))?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::UnknownBook { book: book.clone() })
}
