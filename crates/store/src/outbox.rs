//! The outbox: what is due, and how far each intent has got.

use base::Timestamp;
use intents::outbox::State;
use intents::{BookId, Decided, Event, IntentId, Kind, Priority};

use crate::decided::{DecidedRow, decided};
use crate::progress::{self, Attempted};
use crate::rows::{CHUNK, Place, ids};
use crate::{Store, StoreError, lanes, receipts};

/// The plus keeps the index of the order in use: the time is looked at last.
const DUE: &str = decided!(
    "WHERE o.book = $1 AND o.kind = $2 AND o.state = 'ready' AND o.unmet = 0
        AND + o.not_before <= $3
     ORDER BY o.priority, o.decided, o.place LIMIT $4"
);
const MOST_URGENT: &str = "\
    SELECT priority FROM outbox
    WHERE book = $1 AND state = 'ready' AND unmet = 0 AND not_before <= $2
    ORDER BY priority LIMIT 1";
const WAITING: &str = "\
    SELECT COUNT(*) FROM outbox
    WHERE book = $1 AND state NOT IN ('posted', 'withdrawn', 'reversed') AND priority = $2";
const HAS_DUE: &str = "\
    SELECT 1 FROM outbox
    WHERE book = $1 AND kind = $2 AND priority = $3 AND state = 'ready' AND unmet = 0
        AND + not_before <= $4
    LIMIT 1";
const BY_ID: &str = decided!(
    "WHERE o.intent IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)
     ORDER BY o.decided, o.place, o.intent"
);
const NEXT_READY: &str = "\
    SELECT MIN(not_before) AS next_due FROM outbox
    WHERE book = $1 AND state = 'ready' AND unmet = 0 AND priority < $2";
const NEXT_CHECKING: &str = "\
    SELECT MIN(not_before) AS next_due FROM outbox WHERE book = $1 AND state = 'checking'";
const NEXT_SENDING: &str = "\
    SELECT MIN(not_before) AS next_due FROM outbox WHERE book = $1 AND state = 'sending'";

impl Store {
    /// How urgent the most urgent intents are that can be sent now; none when there are none.
    pub async fn most_urgent(
        &self,
        book: &BookId,
        now: Timestamp,
    ) -> Result<Option<Priority>, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(MOST_URGENT)
            .bind(book.as_str())
            .bind(now.0)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("outbox.most_urgent"))?;
        let Some((rank,)) = row else { return Ok(None) };
        let place = Place { table: "outbox", column: "priority", row: book.as_str() };
        place.known(Priority::of_rank(rank), &rank.to_string()).map(Some)
    }

    /// Intents of this urgency that are not sent yet, whatever they wait for.
    pub async fn waiting(&self, book: &BookId, priority: Priority) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(WAITING)
            .bind(book.as_str())
            .bind(priority.rank())
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("outbox.waiting"))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// True when an intent of this kind and urgency can be sent now.
    pub async fn has_due(
        &self,
        book: &BookId,
        (kind, priority): (Kind, Priority),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = sqlx::query_as(HAS_DUE)
            .bind(book.as_str())
            .bind(kind.as_str())
            .bind(priority.rank())
            .bind(now.0)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("outbox.has_due"))?;
        Ok(row.is_some())
    }

    /// Intents of one kind that are ready, whose time has come and whose needs are met, the most
    /// urgent first and among those the oldest. A need is met when its document stands: it is posted, and was not voided since.
    pub async fn due_intents(
        &self,
        book: &BookId,
        kind: Kind,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Decided>, StoreError> {
        let rows: Vec<DecidedRow> = sqlx::query_as(DUE)
            .bind(book.as_str())
            .bind(kind.as_str())
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("outbox.due"))?;
        rows.into_iter().map(Decided::try_from).collect()
    }

    /// Intents by id, in the order in which they were decided; unknown ones are left out.
    pub async fn intents(&self, ids_asked: &[IntentId]) -> Result<Vec<Decided>, StoreError> {
        let mut decided = Vec::with_capacity(ids_asked.len());
        for some in ids_asked.chunks(CHUNK) {
            let rows: Vec<DecidedRow> = sqlx::query_as(BY_ID)
                .bind(ids(some.iter().map(IntentId::as_str))?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("outbox.by_id"))?;
            for row in rows {
                decided.push(Decided::try_from(row)?);
            }
        }
        Ok(decided)
    }

    /// When the next intent can be sent or looked up; in the past if one can now, or if a send has
    /// not ended. Of those that are ready only the ones count that are more urgent than `than`.
    pub async fn next_intent_due(
        &self,
        book: &BookId,
        than: Option<Priority>,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (ready,): (Option<i64>,) = sqlx::query_as(NEXT_READY)
            .bind(book.as_str())
            .bind(than.map_or(i64::MAX, Priority::rank))
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("outbox.next"))?;
        let mut next = ready;
        for question in [NEXT_CHECKING, NEXT_SENDING] {
            let (due,): (Option<i64>,) = sqlx::query_as(question)
                .bind(book.as_str())
                .fetch_one(self.reader())
                .await
                .map_err(StoreError::on("outbox.next"))?;
            next = next.into_iter().chain(due).min();
        }
        Ok(next.map(Timestamp))
    }

    /// A person acts: [`Event::Released`] or [`Event::Withdrawn`]. Written down as an attempt of
    /// `who`. Any other event is [`StoreError::Moved`].
    pub async fn act(
        &self,
        intent: &IntentId,
        event: Event,
        who: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "outbox.act";
        let mut tx = self.begin(doing).await?;
        let mut found = progress::load(&mut tx, [intent]).await?;
        let Some(mut standing) = found.remove(intent) else {
            return Err(StoreError::UnknownIntent { intent: intent.clone() });
        };
        if !is_a_persons(&event) {
            return Err(standing.cannot(&event));
        }
        lanes::lock_book(&mut tx, &standing.book).await?;
        standing.step(&event, self.step_at(now))?;
        let tried = Attempted { happened: now, actor: who, status: None };
        let row = tried.row(&standing, progress::outcome(&event), "");
        progress::note(&mut tx, &[row]).await?;
        let moved = [standing];
        progress::save(&mut tx, &moved).await?;
        receipts::let_go(&mut tx, moved.iter().filter(|one| one.is(State::Withdrawn))).await?;
        progress::wake(&mut tx, &moved, now).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}

fn is_a_persons(event: &Event) -> bool {
    match event {
        Event::Released | Event::LookAgain | Event::Withdrawn | Event::Unsendable(_) => true,
        Event::Claimed
        | Event::Ended(_)
        | Event::LeaseLost
        | Event::Seen { .. }
        | Event::Reconsidered
        | Event::Reversed => false,
    }
}
