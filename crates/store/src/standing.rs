//! What stands in the other system by our receipts: to be looked at again.

use std::collections::{BTreeMap, BTreeSet};

use base::{Subject, Timestamp};
use intents::outbox::State;
use intents::{BookId, Decided, IntentId, Kind};

use crate::rows::{CHUNK, Place, ids};
use crate::{Store, StoreError};

const BY_REMOTE_ID: &str = "\
    SELECT r.intent FROM receipts r
    WHERE r.book = $1 AND r.claim = 'current'
        AND r.remote_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";
const AFTER: &str = "\
    SELECT r.intent FROM receipts r
    WHERE r.book = $1 AND r.kind = $2 AND r.claim = 'current' AND r.intent > $3
    ORDER BY r.intent LIMIT $4";
const COUNTS: &str = "\
    SELECT r.kind, COUNT(*) AS receipts FROM receipts r
    WHERE r.book = $1 AND r.claim = 'current' GROUP BY r.kind";
/// Every try about the same subject: a payment changes the invoice that it pays.
const WRITTEN: &str = "\
    SELECT r.remote_id, a.happened
    FROM receipts r JOIN intents i ON i.id = r.intent
        JOIN intents j ON j.book = i.book AND j.subject = i.subject
        JOIN attempts a ON a.intent = j.id
    WHERE r.book = $1 AND a.happened >= $3
        AND r.remote_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";

const IN_FLIGHT: &str = "\
    SELECT DISTINCT i.subject FROM outbox o JOIN intents i ON i.id = o.intent
    WHERE o.book = $1 AND o.state IN ('sending', 'checking')";

impl Store {
    /// Subjects of which something is, or may be, on its way: what the other system shows of them
    /// may be ours, and not known to us yet.
    pub async fn subjects_in_flight(&self, book: &BookId) -> Result<BTreeSet<Subject>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(IN_FLIGHT)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("outbox.in_flight"))?;
        Ok(rows.into_iter().map(|(subject,)| Subject::from_stored(subject)).collect())
    }

    /// Posted intents by the other system's ids of what they made, as it stands now.
    pub async fn posted_by_remote(
        &self,
        book: &BookId,
        remote_ids: &[String],
    ) -> Result<Vec<Decided>, StoreError> {
        let mut found: Vec<IntentId> = Vec::new();
        for some in remote_ids.chunks(CHUNK) {
            let rows: Vec<(String,)> = sqlx::query_as(BY_REMOTE_ID)
                .bind(book.as_str())
                .bind(ids(some.iter().map(String::as_str))?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("receipts.standing_by_remote_id"))?;
            found.extend(rows.into_iter().map(|(id,)| IntentId::from_stored(id)));
        }
        self.posted(&found).await
    }

    /// The next posted intents of a kind after one of them, by id; and the last id that was looked
    /// at, none when there was nothing more.
    pub async fn standing_after(
        &self,
        book: &BookId,
        kind: Kind,
        after: &str,
        limit: u32,
    ) -> Result<(Vec<Decided>, Option<String>), StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(AFTER)
            .bind(book.as_str())
            .bind(kind.as_str())
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("receipts.standing_after"))?;
        let last = rows.last().map(|(id,)| id.clone());
        let found: Vec<IntentId> =
            rows.into_iter().map(|(id,)| IntentId::from_stored(id)).collect();
        Ok((self.posted(&found).await?, last))
    }

    /// How many documents of each kind stand by our receipts.
    pub async fn standing_counts(&self, book: &BookId) -> Result<BTreeMap<Kind, u64>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(COUNTS)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("receipts.standing_counts"))?;
        let count = |(kind, count): (String, i64)| {
            let place = Place { table: "receipts", column: "kind", row: &kind };
            let known = place.known(Kind::parse(&kind), &kind)?;
            Ok((known, u64::try_from(count).unwrap_or_default()))
        };
        rows.into_iter().map(count).collect()
    }

    /// When, since a moment, anything was tried about the subjects of these documents.
    pub async fn written_at(
        &self,
        book: &BookId,
        remote_ids: &[String],
        since: Timestamp,
    ) -> Result<BTreeMap<String, Vec<Timestamp>>, StoreError> {
        let mut written: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
        for some in remote_ids.chunks(CHUNK) {
            let rows: Vec<(String, i64)> = sqlx::query_as(WRITTEN)
                .bind(book.as_str())
                .bind(ids(some.iter().map(String::as_str))?)
                .bind(since.0)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("attempts.written_at"))?;
            for (remote_id, at) in rows {
                written.entry(remote_id).or_default().push(Timestamp(at));
            }
        }
        Ok(written)
    }

    async fn posted(&self, found: &[IntentId]) -> Result<Vec<Decided>, StoreError> {
        let mut decided = self.intents(found).await?;
        decided.retain(|one| one.progress.state == State::Posted);
        Ok(decided)
    }
}
