//! What went over the wire in tries that ended badly.

use base::{Timestamp, digest};
use intents::SendId;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::rows::json;
use crate::{Lease, Store, StoreError};

/// A request and what came back, as they may be shown to a person: whoever makes one takes secrets
/// and personal data out first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub at: Timestamp,
    /// Why it is kept: a page in `docs/errors`.
    pub code: String,
    /// Method and target.
    pub request: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: String,
    /// None when there was no reply; then `reply_body` says why.
    pub status: Option<u16>,
    pub reply_headers: Vec<(String, String)>,
    pub reply_body: String,
}

/// Reads that failed, of one lane: the newest so many are kept.
const READS_KEPT: i64 = 20;

const INSERT: &str = "\
    INSERT INTO exchanges (id, book, lane, send, happened, code, request, request_headers,
        request_body, status, reply_headers, reply_body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (id) DO NOTHING";
const TRIM: &str = "\
    DELETE FROM exchanges WHERE lane = $1 AND send IS NULL AND happened <= (
        SELECT e.happened FROM exchanges e WHERE e.lane = $1 AND e.send IS NULL
        ORDER BY e.happened DESC LIMIT 1 OFFSET $2)";
const PURGE: &str = "DELETE FROM exchanges WHERE happened < $1";
const OF_SEND: &str = "\
    SELECT happened, code, request, request_headers, request_body, status, reply_headers,
        reply_body
    FROM exchanges WHERE send = $1 ORDER BY happened";
const OF_READS: &str = "\
    SELECT happened, code, request, request_headers, request_body, status, reply_headers,
        reply_body
    FROM exchanges WHERE lane = $1 AND send IS NULL ORDER BY happened DESC";

impl Store {
    /// Keeps an exchange: of a send, or of a read of the lane. Of reads only the newest stay, and
    /// whatever is older than [`crate::Limits`] allow goes.
    pub async fn keep_exchange(
        &self,
        lease: &Lease,
        send: Option<&SendId>,
        exchange: &Exchange,
    ) -> Result<(), StoreError> {
        let doing = "exchanges.keep";
        let at = exchange.at.0.to_string();
        let of = send.map_or("", SendId::as_str);
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        sqlx::query(INSERT)
            .bind(digest(&[&lease.lane, of, &at, &exchange.request]))
            .bind(lease.book.as_str())
            .bind(&lease.lane)
            .bind(send.map(SendId::as_str))
            .bind(exchange.at.0)
            .bind(&exchange.code)
            .bind(&exchange.request)
            .bind(json("headers", &exchange.request_headers)?)
            .bind(&exchange.request_body)
            .bind(exchange.status.map(i64::from))
            .bind(json("headers", &exchange.reply_headers)?)
            .bind(&exchange.reply_body)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        if send.is_none() {
            sqlx::query(TRIM)
                .bind(&lease.lane)
                .bind(READS_KEPT)
                .execute(&mut *tx)
                .await
                .map_err(StoreError::on("exchanges.trim"))?;
        }
        sqlx::query(PURGE)
            .bind(exchange.at.0.saturating_sub(self.limits().exchanges_ms))
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on("exchanges.purge"))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// Takes away what is older than [`crate::Limits`] allow. Answers how many.
    pub async fn purge_exchanges(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(PURGE)
            .bind(now.0.saturating_sub(self.limits().exchanges_ms))
            .execute(self.writer())
            .await
            .map_err(StoreError::on("exchanges.purge"))?;
        Ok(done.rows_affected())
    }

    /// What is kept of a send and its look-ups, oldest first.
    pub async fn exchanges(&self, send: &SendId) -> Result<Vec<Exchange>, StoreError> {
        self.kept(OF_SEND, send.as_str()).await
    }

    /// What is kept of a lane's reads, newest first.
    pub async fn read_exchanges(&self, lane: &str) -> Result<Vec<Exchange>, StoreError> {
        self.kept(OF_READS, lane).await
    }

    async fn kept(&self, question: &'static str, of: &str) -> Result<Vec<Exchange>, StoreError> {
        sqlx::query_as(question)
            .bind(of)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("exchanges.kept"))
    }
}

impl FromRow<'_, AnyRow> for Exchange {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let headers = |name: &str| -> Result<Vec<(String, String)>, sqlx::Error> {
            let text: String = row.try_get(name)?;
            Ok(serde_json::from_str(&text).unwrap_or_default())
        };
        let status: Option<i64> = row.try_get("status")?;
        Ok(Exchange {
            at: Timestamp(row.try_get("happened")?),
            code: row.try_get("code")?,
            request: row.try_get("request")?,
            request_headers: headers("request_headers")?,
            request_body: row.try_get("request_body")?,
            status: status.and_then(|status| u16::try_from(status).ok()),
            reply_headers: headers("reply_headers")?,
            reply_body: row.try_get("reply_body")?,
        })
    }
}
