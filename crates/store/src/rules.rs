//! Rule books: every version ever published, by number and by content hash.

use base::Timestamp;
use intents::BookId;

use crate::{Store, StoreError, lanes};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBookVersion {
    /// 1 at first.
    pub version: i64,
    /// SHA-256 of the body.
    pub hash: String,
    pub body: String,
    pub published: Timestamp,
}

const CURRENT: &str = "\
    SELECT version, hash, body, published FROM rule_books WHERE book = $1
    ORDER BY version DESC LIMIT 1";
const CURRENT_HASH: &str = "\
    SELECT hash FROM rule_books WHERE book = $1 ORDER BY version DESC LIMIT 1";
const BY_HASH: &str = "\
    SELECT version, hash, body, published FROM rule_books WHERE book = $1 AND hash = $2
    ORDER BY version DESC LIMIT 1";
const PUBLISH: &str = "\
    INSERT INTO rule_books (book, version, hash, body, published) VALUES ($1, $2, $3, $4, $5)";

type Row = (i64, String, String, i64);

impl Store {
    /// Makes `body` the book's rules. The same body as the current one is the current version.
    pub async fn publish_rules(
        &self,
        book: &BookId,
        body: &str,
        now: Timestamp,
    ) -> Result<RuleBookVersion, StoreError> {
        let doing = "rules.publish";
        let hash = base::id::content_hash(body.as_bytes());
        let mut tx = self.begin(doing).await?;
        lanes::lock_book(&mut tx, book).await?;
        let current: Option<Row> = sqlx::query_as(CURRENT)
            .bind(book.as_str())
            .fetch_optional(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        let current = current.map(version_of);
        if let Some(same) = current.as_ref().filter(|current| current.hash == hash) {
            return Ok(same.clone());
        }
        let version = current.map_or(1, |current| current.version.saturating_add(1));
        sqlx::query(PUBLISH)
            .bind(book.as_str())
            .bind(version)
            .bind(&hash)
            .bind(body)
            .bind(now.0)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(RuleBookVersion { version, hash, body: body.to_owned(), published: now })
    }

    /// The current version.
    pub async fn rules(&self, book: &BookId) -> Result<Option<RuleBookVersion>, StoreError> {
        let row: Option<Row> = sqlx::query_as(CURRENT)
            .bind(book.as_str())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("rules.current"))?;
        Ok(row.map(version_of))
    }

    /// The current version's hash, without its body.
    pub async fn rules_hash(&self, book: &BookId) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(CURRENT_HASH)
            .bind(book.as_str())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("rules.hash"))?;
        Ok(row.map(|(hash,)| hash))
    }

    /// The version under which something was decided; the newest, if a body came back.
    pub async fn rules_by_hash(
        &self,
        book: &BookId,
        hash: &str,
    ) -> Result<Option<RuleBookVersion>, StoreError> {
        let row: Option<Row> = sqlx::query_as(BY_HASH)
            .bind(book.as_str())
            .bind(hash)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("rules.by_hash"))?;
        Ok(row.map(version_of))
    }
}

fn version_of((version, hash, body, published): Row) -> RuleBookVersion {
    RuleBookVersion { version, hash, body, published: Timestamp(published) }
}
