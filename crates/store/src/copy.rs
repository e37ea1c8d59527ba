//! Moves everything from one database to another, whichever engines they are, and proves that it
//! arrived. The source then says that it was moved, so that nobody posts from both.

use futures::TryStreamExt as _;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row as _, Transaction};

use crate::{Store, StoreError};

/// Every table but `migrations`, which the target has by itself.
const TABLES: &[&str] = &[
    "marks",
    "books",
    "rule_books",
    "connections",
    "secrets",
    "tokens",
    "lanes",
    "documents",
    "cursors",
    "charts",
    "facts",
    "subjects",
    "decisions",
    "intents",
    "needs",
    "outbox",
    "receipts",
    "sends",
    "attempts",
    "calls",
    "alarms",
    "settlements",
    "claims",
    "reports",
    "hints",
    "unread_notifications",
    "alerts",
    "deliveries",
    "xero_notices",
    "drifts",
    "drift_acts",
    "exchanges",
    "letter_acts",
    "nodes",
    "leaders",
    "backfills",
];

/// A table that was copied: its name and how many rows it has.
pub type Copied = (&'static str, u64);

const COLUMNS: &str = "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";
const HAS_BOOKS: &str = "SELECT COUNT(*) FROM books";
const MOVED: &str = "\
    INSERT INTO marks (name, value) VALUES ('moved', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const MOVED_TO: &str = "SELECT value FROM marks WHERE name = 'moved'";

/// The three types that there are (`dialect.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Bytes,
}

#[derive(Debug, PartialEq, Eq)]
enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

/// What a table holds, in whatever order its rows come: their number, and the sum of their digests.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    digest: u128,
}

impl Store {
    /// Copies a `SQLite` database into an empty one, all or nothing, reads it back, compares, and
    /// marks the source as moved to `name`. Nobody else may work on either meanwhile.
    pub async fn move_to(
        &self,
        target: &Store,
        name: &str,
        mut said: impl FnMut(&Copied),
    ) -> Result<Vec<Copied>, StoreError> {
        let doing = "store.move";
        if target.has_books(doing).await? {
            return Err(StoreError::NotEmpty);
        }
        let mut tx = target.begin(doing).await?;
        let mut copied = Vec::new();
        for table in TABLES.iter().copied() {
            let columns = self.columns(table, doing).await?;
            let sent = self.send_table(table, &columns, &mut tx, doing).await?;
            let found = sum(&mut tx, table, &columns, doing).await?;
            if sent != found {
                return Err(StoreError::CopyDiffers { table, sent: sent.rows, found: found.rows });
            }
            said(&(table, sent.rows));
            copied.push((table, sent.rows));
        }
        tx.commit().await.map_err(StoreError::on(doing))?;
        sqlx::query(MOVED)
            .bind(name.as_bytes().to_vec())
            .execute(self.writer())
            .await
            .map_err(StoreError::on(doing))?;
        Ok(copied)
    }

    /// Where everything was moved to, if it was.
    pub async fn moved(&self) -> Result<Option<String>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as(MOVED_TO)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("store.moved"))?;
        Ok(row.map(|(bytes,)| String::from_utf8_lossy(&bytes).into_owned()))
    }

    async fn has_books(&self, doing: &'static str) -> Result<bool, StoreError> {
        let (count,): (i64,) = sqlx::query_as(HAS_BOOKS)
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        Ok(count > 0)
    }

    async fn columns(
        &self,
        table: &'static str,
        doing: &'static str,
    ) -> Result<Vec<(String, Kind)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(COLUMNS)
            .bind(table)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        let kind = |name: &str| match name {
            "BIGINT" => Kind::Number,
            "BLOB" => Kind::Bytes,
            _ => Kind::Text,
        };
        Ok(rows.into_iter().map(|(name, declared)| (name, kind(&declared))).collect())
    }

    async fn send_table(
        &self,
        table: &'static str,
        columns: &[(String, Kind)],
        tx: &mut Transaction<'static, Any>,
        doing: &'static str,
    ) -> Result<Sum, StoreError> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
        let (names, places) = (names.join(", "), places.join(", "));
        // The target made a mark or two of its own when it was opened.
        let clear = format!("DELETE FROM {table}");
        sqlx::query(AssertSqlSafe(clear))
            .execute(&mut **tx)
            .await
            .map_err(StoreError::on(doing))?;
        let insert = format!("INSERT INTO {table} ({names}) VALUES ({places})");
        let read = format!("SELECT {names} FROM {table}");
        let mut rows = sqlx::query(AssertSqlSafe(read)).fetch(self.reader());
        let mut sum = Sum::default();
        while let Some(row) = rows.try_next().await.map_err(StoreError::on(doing))? {
            let values = values(&row, columns, doing)?;
            sum.add(&values);
            let mut query = sqlx::query(AssertSqlSafe(insert.clone()));
            for value in values {
                query = match value {
                    Value::Text(text) => query.bind(text),
                    Value::Number(number) => query.bind(number),
                    Value::Bytes(bytes) => query.bind(bytes),
                };
            }
            query.execute(&mut **tx).await.map_err(StoreError::on(doing))?;
        }
        Ok(sum)
    }
}

async fn sum(
    conn: &mut AnyConnection,
    table: &'static str,
    columns: &[(String, Kind)],
    doing: &'static str,
) -> Result<Sum, StoreError> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let read = format!("SELECT {} FROM {table}", names.join(", "));
    let mut rows = sqlx::query(AssertSqlSafe(read)).fetch(conn);
    let mut sum = Sum::default();
    while let Some(row) = rows.try_next().await.map_err(StoreError::on(doing))? {
        sum.add(&values(&row, columns, doing)?);
    }
    Ok(sum)
}

fn values(
    row: &AnyRow,
    columns: &[(String, Kind)],
    doing: &'static str,
) -> Result<Vec<Value>, StoreError> {
    let value = |(index, (_, kind)): (usize, &(String, Kind))| match kind {
        Kind::Text => row.try_get(index).map(Value::Text),
        Kind::Number => row.try_get(index).map(Value::Number),
        Kind::Bytes => row.try_get(index).map(Value::Bytes),
    };
    columns.iter().enumerate().map(value).map(|one| one.map_err(StoreError::on(doing))).collect()
}

impl Sum {
    fn add(&mut self, values: &[Value]) {
        let mut bytes = Vec::new();
        for value in values {
            let (tag, content) = match value {
                Value::Text(Some(text)) => (b't', text.as_bytes().to_vec()),
                Value::Number(Some(number)) => (b'n', number.to_be_bytes().to_vec()),
                Value::Bytes(Some(content)) => (b'b', content.clone()),
                Value::Text(None) | Value::Number(None) | Value::Bytes(None) => (b'0', Vec::new()),
            };
            bytes.push(tag);
            bytes.extend_from_slice(&content.len().to_be_bytes());
            bytes.extend_from_slice(&content);
        }
        let hash = base::id::content_hash(&bytes);
        let half = u128::from_str_radix(hash.get(..32).unwrap_or_default(), 16).unwrap_or_default();
        self.rows += 1;
        self.digest = self.digest.wrapping_add(half);
    }
}

#[cfg(test)]
mod tests {
    use base::Secret;

    use super::*;
    use crate::Vault;

    #[tokio::test]
    async fn no_table_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("daybook.db").display());
        let store = Store::open(&url, Vault::new(Secret::new("a key"))).await.unwrap();
        let all = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'migrations'";
        let mut tables: Vec<(String,)> =
            sqlx::query_as(all).fetch_all(store.reader()).await.unwrap();
        tables.sort();
        let mut known: Vec<(String,)> = TABLES.iter().map(|table| ((*table).to_owned(),)).collect();
        known.sort();
        assert_eq!(tables, known);
    }
}
