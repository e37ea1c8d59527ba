//! The organisation's chart, as it was last read: kept whole.

use ::facts::Chart;
use base::Timestamp;
use intents::BookId;

use crate::rows::{Place, json};
use crate::{Lease, Store, StoreError};

const PUT: &str = "\
    INSERT INTO charts (book, recorded, body) VALUES ($1, $2, $3)
    ON CONFLICT (book) DO UPDATE SET recorded = excluded.recorded, body = excluded.body";
const ONE: &str = "SELECT recorded, body FROM charts WHERE book = $1";

impl Store {
    pub async fn put_chart(
        &self,
        lease: &Lease,
        chart: &Chart,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "charts.put";
        let body = json("chart", chart)?;
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        sqlx::query(PUT)
            .bind(lease.book.as_str())
            .bind(now.0)
            .bind(body)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// The chart and when it was read.
    pub async fn chart(&self, book: &BookId) -> Result<Option<(Chart, Timestamp)>, StoreError> {
        let row: Option<(i64, String)> = sqlx::query_as(ONE)
            .bind(book.as_str())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("charts.one"))?;
        let Some((recorded, body)) = row else { return Ok(None) };
        let place = Place { table: "charts", column: "body", row: book.as_str() };
        Ok(Some((place.json(&body)?, Timestamp(recorded))))
    }
}
