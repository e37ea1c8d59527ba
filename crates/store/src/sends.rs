//! Sends: the row that is written before the call, and what is lost with a lease.

use std::collections::BTreeMap;

use base::Timestamp;
use intents::{BookId, Decided, Event, IntentId, Send, SendId};
use sqlx::AnyConnection;

use crate::decided::{DecidedRow, decided};
use crate::progress::{self, Attempted, Standing, Step};
use crate::rows::{CHUNK, ids, json};
use crate::wire::{SendRow, StoredRequest};
use crate::{Lease, Store, StoreError, lanes};

/// A send some of whose members must be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckingSend {
    pub send: Send,
    /// The members that are `checking` and due, in the order of the send.
    pub members: Vec<Decided>,
}

const INSERT: &str = "\
    INSERT INTO sends (id, book, kind, lane, fence, first_sent, saw_server_error, members, request,
        body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (id) DO UPDATE SET lane = excluded.lane, fence = excluded.fence
    RETURNING id, kind, first_sent, saw_server_error, members, request, body";
const BY_ID: &str = "\
    SELECT s.id, s.kind, s.first_sent, s.saw_server_error, s.members, s.request, s.body
    FROM sends s WHERE s.id IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)";
const ABANDONED: &str = "\
    SELECT o.intent FROM outbox o
        LEFT JOIN sends s ON s.id = o.send
        LEFT JOIN lanes l ON l.name = s.lane AND l.fence = s.fence AND l.lease_until > $2
    WHERE o.book = $1 AND o.state = 'sending' AND l.name IS NULL
    ORDER BY o.intent";
const CHECKING: &str = "\
    SELECT send, MIN(not_before) AS due FROM outbox
    WHERE book = $1 AND state = 'checking' AND not_before <= $2 AND send IS NOT NULL
    GROUP BY send ORDER BY due, send LIMIT $3";
const CHECKING_MEMBERS: &str = decided!(
    "WHERE o.book = $1 AND o.state = 'checking' AND o.not_before <= $2
        AND o.send IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)
     ORDER BY o.decided, o.place"
);

impl Store {
    /// Writes the send down and moves each member from `ready` to `sending`: all, or nothing is
    /// written and it is [`StoreError::Moved`]. `first_sent` becomes `now` when it is empty. The
    /// same send may begin again (same bytes, same key): it keeps its first time.
    pub async fn begin_send(
        &self,
        lease: &Lease,
        send: &Send,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "sends.begin";
        let mut tx = self.begin(doing).await?;
        lease.hold_live(&mut tx, now).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        let kept = insert(&mut tx, lease, send, now).await?.read()?;
        let is_same = kept.request == send.request && kept.members == send.members;
        if !is_same {
            return Err(StoreError::SendDiffers { send: send.id.clone() });
        }
        let mut found = progress::load(&mut tx, send.members.iter().map(|one| &one.intent)).await?;
        let mut moved = Vec::with_capacity(send.members.len());
        for member in &send.members {
            let Some(mut standing) = found.remove(&member.intent) else {
                return Err(StoreError::UnknownIntent { intent: member.intent.clone() });
            };
            standing.step(&Event::Claimed, self.step_at(now))?;
            standing.send = Some(send.id.as_str().to_owned());
            moved.push(standing);
        }
        progress::save(&mut tx, &moved).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// Every member that is still `sending` and whose send is not under a live lease has to be
    /// looked up. Answers how many.
    pub async fn recover(&self, lease: &Lease, now: Timestamp) -> Result<u64, StoreError> {
        let doing = "sends.recover";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        let rows: Vec<(String,)> = sqlx::query_as(ABANDONED)
            .bind(lease.book.as_str())
            .bind(now.0)
            .fetch_all(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        if rows.is_empty() {
            return Ok(0);
        }
        lanes::lock_book(&mut tx, &lease.book).await?;
        let abandoned: Vec<IntentId> =
            rows.into_iter().map(|(id,)| IntentId::from_stored(id)).collect();
        for some in abandoned.chunks(CHUNK) {
            lose(&mut tx, some, self.step_at(now)).await?;
        }
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(u64::try_from(abandoned.len()).unwrap_or(u64::MAX))
    }

    /// Sends to look up, the one that has been due longest first.
    pub async fn checking_sends(
        &self,
        book: &BookId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<CheckingSend>, StoreError> {
        let doing = "sends.checking";
        let due: Vec<(String, i64)> = sqlx::query_as(CHECKING)
            .bind(book.as_str())
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        let asked = ids(due.iter().map(|(send, _)| send.as_str()))?;
        let sends: Vec<SendRow> = sqlx::query_as(BY_ID)
            .bind(&asked)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        let members: Vec<DecidedRow> = sqlx::query_as(CHECKING_MEMBERS)
            .bind(book.as_str())
            .bind(now.0)
            .bind(&asked)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        let order = due.into_iter().map(|(send, _)| SendId::from_stored(send)).collect();
        in_order(order, sends, members)
    }
}

/// Puts sends in order, and to each its members in the order of its request.
fn in_order(
    order: Vec<SendId>,
    sends: Vec<SendRow>,
    members: Vec<DecidedRow>,
) -> Result<Vec<CheckingSend>, StoreError> {
    let mut due: BTreeMap<IntentId, Decided> = BTreeMap::new();
    for row in members {
        let member = Decided::try_from(row)?;
        due.insert(member.intent.id.clone(), member);
    }
    let mut found: BTreeMap<SendId, Send> = BTreeMap::new();
    for row in sends {
        let send = row.read()?;
        found.insert(send.id.clone(), send);
    }
    let mut checking = Vec::with_capacity(order.len());
    for id in order {
        let Some(send) = found.remove(&id) else {
            return Err(StoreError::UnknownSend { send: id });
        };
        let members = send.members.iter().filter_map(|one| due.remove(&one.intent)).collect();
        checking.push(CheckingSend { send, members });
    }
    Ok(checking)
}

async fn insert(
    conn: &mut AnyConnection,
    lease: &Lease,
    send: &Send,
    now: Timestamp,
) -> Result<SendRow, StoreError> {
    sqlx::query_as(INSERT)
        .bind(send.id.as_str())
        .bind(lease.book.as_str())
        .bind(send.kind.as_str())
        .bind(&lease.lane)
        .bind(lease.fence)
        .bind(send.first_sent.unwrap_or(now).0)
        .bind(i64::from(send.saw_server_error))
        .bind(json("members", &send.members)?)
        .bind(json("request", &StoredRequest::of(&send.request))?)
        .bind(send.request.body.clone())
        .fetch_one(conn)
        .await
        .map_err(StoreError::on("sends.insert"))
}

/// Nobody knows how these ended: they are to be looked up.
async fn lose(
    conn: &mut AnyConnection,
    intents: &[IntentId],
    at: Step<'_>,
) -> Result<(), StoreError> {
    let mut moved: Vec<Standing> = progress::load(conn, intents).await?.into_values().collect();
    let mut rows = Vec::with_capacity(moved.len());
    for standing in &mut moved {
        standing.step(&Event::LeaseLost, at)?;
    }
    for standing in &moved {
        let actor = standing.send.as_deref().unwrap_or_default();
        let tried = Attempted { happened: at.now, actor, status: None };
        rows.push(tried.row(standing, progress::outcome(&Event::LeaseLost), ""));
    }
    progress::note(conn, &rows).await?;
    progress::save(conn, &moved).await
}
