//! Counts and lists for overviews.

use std::collections::BTreeMap;

use base::{Subject, Timestamp};
use intents::outbox::State;
use intents::{BookId, Decided, Kind, Reason};

use crate::decided::{DecidedRow, decided};
use crate::rows::Place;
use crate::{Store, StoreError};

const COUNTS: &str = "\
    SELECT kind, state, COUNT(*) AS intents FROM outbox WHERE book = $1 GROUP BY kind, state";
const ORDERS: &str = "\
    SELECT COUNT(*) AS orders FROM subjects
    WHERE book = $1 AND subject LIKE 'order:%' AND facts > 0";
const STOPPED: &str = "\
    SELECT subject, stop_code, stop_detail FROM subjects
    WHERE book = $1 AND stop_code IS NOT NULL ORDER BY subject";
const NOTED: &str = "\
    SELECT subject, note_code, note_detail FROM subjects
    WHERE book = $1 AND note_code IS NOT NULL ORDER BY subject";
const DEAD: &str = decided!("WHERE o.book = $1 AND o.state = 'dead' ORDER BY o.decided, o.place");
const HELD: &str = decided!("WHERE o.book = $1 AND o.state = 'held' ORDER BY o.decided, o.place");
const LATENCIES: &str = "\
    SELECT i.since, r.posted FROM receipts r JOIN intents i ON i.id = r.intent
    WHERE r.book = $1 AND r.kind = 'invoice' AND i.revision = 1 AND i.since > 0 AND r.claim <> 'withdrawn'
        AND i.subject LIKE 'order:%'
    ORDER BY r.posted, r.intent";

impl Store {
    pub async fn counts(&self, book: &BookId) -> Result<BTreeMap<(Kind, State), u64>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(COUNTS)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("outbox.counts"))?;
        let mut counts = BTreeMap::new();
        for (kind, state, count) in rows {
            let place = |column| Place { table: "outbox", column, row: book.as_str() };
            let key = (
                place("kind").known(Kind::parse(&kind), &kind)?,
                place("state").known(State::parse(&state), &state)?,
            );
            counts.insert(key, u64::try_from(count).unwrap_or_default());
        }
        Ok(counts)
    }

    /// Orders of which at least one fact is known.
    pub async fn orders(&self, book: &BookId) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(ORDERS)
            .bind(book.as_str())
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("subjects.orders"))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Subjects that their last decision stopped, and why.
    pub async fn stopped(&self, book: &BookId) -> Result<Vec<(Subject, Reason)>, StoreError> {
        self.reasons(book, STOPPED, "subjects.stopped").await
    }

    /// Subjects that are recorded and not posted, and why.
    pub async fn noted(&self, book: &BookId) -> Result<Vec<(Subject, Reason)>, StoreError> {
        self.reasons(book, NOTED, "subjects.noted").await
    }

    /// Dead letters, oldest first.
    pub async fn dead(&self, book: &BookId) -> Result<Vec<Decided>, StoreError> {
        self.in_state(book, DEAD, "outbox.dead").await
    }

    /// Intents that wait for a person, oldest first.
    pub async fn held(&self, book: &BookId) -> Result<Vec<Decided>, StoreError> {
        self.in_state(book, HELD, "outbox.held").await
    }

    /// For each order's invoice that was posted: when the newest fact occurred that its first revision was
    /// decided from, and when it was posted.
    pub async fn latencies(
        &self,
        book: &BookId,
    ) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(LATENCIES)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("receipts.latencies"))?;
        let pair = |(since, posted)| (Timestamp(since), Timestamp(posted));
        Ok(rows.into_iter().map(pair).collect())
    }

    async fn reasons(
        &self,
        book: &BookId,
        question: &'static str,
        doing: &'static str,
    ) -> Result<Vec<(Subject, Reason)>, StoreError> {
        let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(question)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        let pair = |(subject, code, detail): (String, String, Option<String>)| {
            let reason = Reason { code, detail: detail.unwrap_or_default() };
            (Subject::from_stored(subject), reason)
        };
        Ok(rows.into_iter().map(pair).collect())
    }

    async fn in_state(
        &self,
        book: &BookId,
        question: &'static str,
        doing: &'static str,
    ) -> Result<Vec<Decided>, StoreError> {
        let rows: Vec<DecidedRow> = sqlx::query_as(question)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        rows.into_iter().map(Decided::try_from).collect()
    }
}
