//! What Xero said by webhook: written down before it is answered, looked at afterwards.

use base::Timestamp;
use intents::BookId;
use serde::Serialize;

use crate::rows::{CHUNK, ids, list};
use crate::{Lease, Store, StoreError, lanes};

/// Something of an organisation was made or changed, as Xero told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The same each time it is said.
    pub key: String,
    pub category: String,
    pub change: String,
    pub resource_id: String,
    /// When, by Xero's clock, if that could be read.
    #[serde(serialize_with = "moment")]
    pub occurred: Option<Timestamp>,
    pub sequence: Option<i64>,
}

#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
fn moment<S: serde::Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    at.map(|at| at.0).serialize(to)
}

/// Xero repeats what it got no answer to for a day and keeps it for 31; then nothing is told again.
const KEPT_MS: i64 = 40 * Timestamp::DAY;

const RECORD: &str = "\
    INSERT INTO xero_notices (said, book, category, change, resource_id, occurred, sequence,
        received)
    SELECT e.value ->> 'key', $1, e.value ->> 'category', e.value ->> 'change',
        e.value ->> 'resource_id', CAST(e.value ->> 'occurred' AS BIGINT),
        CAST(e.value ->> 'sequence' AS BIGINT), $2
    FROM json_each($3) AS e WHERE TRUE
    ON CONFLICT (said) DO NOTHING
    RETURNING said";
const DUE: &str = "\
    SELECT said, category, change, resource_id, occurred, sequence FROM xero_notices
    WHERE book = $1 AND done IS NULL ORDER BY received, sequence, said LIMIT $2";
const FINISH: &str = "\
    UPDATE xero_notices SET done = $2
    WHERE book = $1 AND done IS NULL
        AND said IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)";
const FORGET: &str = "DELETE FROM xero_notices WHERE done IS NOT NULL AND done < $1";

type NoticeColumns = (String, String, String, String, Option<i64>, Option<i64>);

impl Store {
    /// Writes down what was said about a book; twice is once. Says how much of it is new.
    pub async fn record_notices(
        &self,
        book: &BookId,
        notices: &[Notice],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let doing = "xero_notices.record";
        let mut tx = self.begin(doing).await?;
        let mut new = 0_u64;
        for some in notices.chunks(CHUNK) {
            let rows: Vec<(String,)> = sqlx::query_as(RECORD)
                .bind(book.as_str())
                .bind(now.0)
                .bind(list(some)?)
                .fetch_all(&mut *tx)
                .await
                .map_err(StoreError::on(doing))?;
            new = new.saturating_add(u64::try_from(rows.len()).unwrap_or_default());
        }
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(new)
    }

    /// What was said and not looked at yet, oldest first.
    pub async fn due_notices(&self, book: &BookId, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let rows: Vec<NoticeColumns> = sqlx::query_as(DUE)
            .bind(book.as_str())
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("xero_notices.due"))?;
        let notice = |(key, category, change, resource_id, occurred, sequence): NoticeColumns| {
            let occurred = occurred.map(Timestamp);
            Notice { key, category, change, resource_id, occurred, sequence }
        };
        Ok(rows.into_iter().map(notice).collect())
    }

    /// These were looked at. What was long ago is forgotten.
    pub async fn finish_notices(
        &self,
        lease: &Lease,
        keys: &[String],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "xero_notices.finish";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        for some in keys.chunks(CHUNK) {
            sqlx::query(FINISH)
                .bind(lease.book.as_str())
                .bind(now.0)
                .bind(ids(some.iter().map(String::as_str))?)
                .execute(&mut *tx)
                .await
                .map_err(StoreError::on(doing))?;
        }
        sqlx::query(FORGET)
            .bind(now.after_ms(-KEPT_MS).0)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}
