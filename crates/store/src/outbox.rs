//! The outbox: what is due, and how far each intent has got.

use base::Timestamp;
use intents::outbox::State;
use intents::{BookId, Decided, Event, IntentId, Kind};

use crate::decided::{DecidedRow, decided};
use crate::progress::{self, Attempted};
use crate::rows::{CHUNK, ids};
use crate::{Store, StoreError, lanes, receipts};

/// The plus keeps the index of the order in use: the time is looked at last.
const DUE: &str = decided!(
    "WHERE o.book = $1 AND o.kind = $2 AND o.state = 'ready' AND o.unmet = 0
        AND + o.not_before <= $3
     ORDER BY o.decided, o.place LIMIT $4"
);
const BY_ID: &str = decided!(
    "WHERE o.intent IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)
     ORDER BY o.decided, o.place, o.intent"
);
const NEXT_READY: &str = "\
    SELECT MIN(not_before) AS next_due FROM outbox
    WHERE book = $1 AND state = 'ready' AND unmet = 0";
const NEXT_CHECKING: &str = "\
    SELECT MIN(not_before) AS next_due FROM outbox WHERE book = $1 AND state = 'checking'";
const NEXT_SENDING: &str = "\
    SELECT MIN(not_before) AS next_due FROM outbox WHERE book = $1 AND state = 'sending'";

impl Store {
    /// Intents of one kind that are ready, whose time has come and whose needs are met, oldest
    /// first. A need is met when its document stands: it is posted, and was not voided since.
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
    /// not ended.
    pub async fn next_intent_due(&self, book: &BookId) -> Result<Option<Timestamp>, StoreError> {
        let mut next: Option<i64> = None;
        for question in [NEXT_READY, NEXT_CHECKING, NEXT_SENDING] {
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
