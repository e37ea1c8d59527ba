//! Opening a database, and its health.

use base::{Secret, Timestamp};
use intents::Policies;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Transaction};

use crate::dialect::{Dialect, POSTGRES, SQLITE};
use crate::link::Way;
use crate::progress::Step;
use crate::vault::{KEY_CHECK, Sealed};
use crate::{StoreError, Vault, migrations};

/// The database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    dialect: &'static Dialect,
    vault: Vault,
    limits: Limits,
    way: Way,
}

/// What the configuration says of waiting and keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub retry: Policies,
    /// How long the exchanges of tries that ended badly are kept.
    pub exchanges_ms: i64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { retry: Policies::DEFAULT, exchanges_ms: 90 * Timestamp::DAY }
    }
}

/// What `doctor` tells about the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// `sqlite` or `postgresql`.
    pub engine: &'static str,
    /// As the database names itself.
    pub version: String,
    /// `SQLite`: `wal`. `PostgreSQL`: empty.
    pub journal_mode: String,
    /// `SQLite`: `full`. `PostgreSQL`: its `synchronous_commit`.
    pub synchronous: String,
    /// The newest migration that was applied, and the newest that this build knows.
    pub migration: i64,
    pub migration_known: i64,
    /// A row was written, and is on disk.
    pub writable: bool,
}

const MARK: &str = "\
    INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const MARK_OF: &str = "SELECT value FROM marks WHERE name = $1";
const TOUCH: &str = "\
    INSERT INTO marks (name, value) VALUES ('writable', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

impl Store {
    /// `sqlite:/path/daybook.db` or `postgres://user:password@host/name?sslmode=…`. Creates the file,
    /// runs the migrations, and checks that `vault` has the master key that the database knows.
    pub async fn open(url: &str, vault: Vault) -> Result<Store, StoreError> {
        install_default_drivers();
        let (dialect, url) = engine_of(url)?;
        let options: AnyConnectOptions = url.parse().map_err(StoreError::on("store.url"))?;
        let way = way_of(dialect, &url)?;
        try_out(&options, dialect.writer_setup).await?;
        let pool = |size, setup| pool(&options, dialect, size, setup);
        let writer = pool(dialect.writers, dialect.writer_setup).await?;
        let reader = pool(dialect.readers, dialect.reader_setup).await?;
        let store = Store { writer, reader, dialect, vault, limits: Limits::default(), way };
        migrations::migrate(&store).await?;
        store.check_key().await?;
        Ok(store)
    }

    /// The same database under other limits.
    pub fn with_limits(self, limits: Limits) -> Store {
        Store { limits, ..self }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How intents are moved at this moment.
    pub(crate) fn step_at(&self, now: Timestamp) -> Step<'_> {
        Step { now, retry: &self.limits.retry }
    }

    /// Asks the database how it is, and writes one row to see that it can.
    pub async fn check(&self) -> Result<Health, StoreError> {
        let migration = migrations::newest(self).await?;
        sqlx::query(TOUCH)
            .bind(b"yes".to_vec())
            .execute(&self.writer)
            .await
            .map_err(StoreError::on("store.touch"))?;
        Ok(Health {
            engine: self.dialect.name,
            version: self.ask(self.dialect.version).await?,
            journal_mode: self.ask(self.dialect.journal_mode).await?,
            synchronous: self.ask(self.dialect.synchronous).await?,
            migration,
            migration_known: migrations::known(),
            writable: true,
        })
    }

    /// Waits for what is being written, then closes every connection.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    pub(crate) fn writer(&self) -> &AnyPool {
        &self.writer
    }

    pub(crate) fn reader(&self) -> &AnyPool {
        &self.reader
    }

    pub(crate) fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// A transaction that writes. Dropped without a commit, it leaves nothing behind.
    pub(crate) async fn begin(
        &self,
        doing: &'static str,
    ) -> Result<Transaction<'static, Any>, StoreError> {
        match self.writer.begin_with(self.dialect.begin).await {
            Ok(tx) => Ok(tx),
            Err(_left_in_a_transaction) => {
                // SQLite rolls back by itself when the disk is full; sqlx then believes that the
                // transaction is still open, for as long as the connection lives.
                self.replace_writer(doing).await?;
                self.writer.begin_with(self.dialect.begin).await.map_err(StoreError::on(doing))
            }
        }
    }

    async fn replace_writer(&self, doing: &'static str) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await.map_err(StoreError::on(doing))?;
        connection.close_on_drop();
        Ok(())
    }

    pub(crate) async fn ask(&self, question: &'static str) -> Result<String, StoreError> {
        // On the writer: its settings are those that count.
        let (answer,): (String,) = sqlx::query_as(question)
            .fetch_one(&self.writer)
            .await
            .map_err(StoreError::on("store.check"))?;
        Ok(answer)
    }

    /// The first key that opens a database is its key: a value sealed with it is kept.
    async fn check_key(&self) -> Result<(), StoreError> {
        let doing = "store.check_key";
        if self.key_check(doing).await?.is_none() {
            let sealed = KEY_CHECK.seal(&self.vault, &Secret::new("daybook"))?;
            sqlx::query(MARK)
                .bind(KEY_CHECK.key)
                .bind(sealed.0)
                .execute(&self.writer)
                .await
                .map_err(StoreError::on(doing))?;
        }
        match self.key_check(doing).await? {
            Some(sealed) if KEY_CHECK.open(&self.vault, &sealed).is_ok() => Ok(()),
            Some(_) | None => Err(StoreError::WrongMasterKey),
        }
    }

    async fn key_check(&self, doing: &'static str) -> Result<Option<Sealed>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as(MARK_OF)
            .bind(KEY_CHECK.key)
            .fetch_optional(&self.writer)
            .await
            .map_err(StoreError::on(doing))?;
        Ok(row.map(|(bytes,)| Sealed(bytes)))
    }
}

/// One connection by itself: a pool would try again and again, and then not say why.
async fn try_out(options: &AnyConnectOptions, setup: &'static str) -> Result<(), StoreError> {
    let doing = "store.open";
    let mut conn = AnyConnection::connect_with(options).await.map_err(StoreError::on(doing))?;
    sqlx::raw_sql(setup).execute(&mut conn).await.map_err(StoreError::on(doing))?;
    conn.close().await.map_err(StoreError::on(doing))
}

async fn pool(
    options: &AnyConnectOptions,
    dialect: &Dialect,
    connections: u32,
    setup: &'static str,
) -> Result<AnyPool, StoreError> {
    AnyPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(dialect.may_be_cut)
        .after_connect(move |conn: &mut AnyConnection, _about| {
            Box::pin(async move { sqlx::raw_sql(setup).execute(conn).await.map(|_done| ()) })
        })
        .connect_with(options.clone())
        .await
        .map_err(StoreError::on("store.open"))
}

/// Which database a URL names, and the URL as the driver takes it.
fn engine_of(url: &str) -> Result<(&'static Dialect, String), StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok((&POSTGRES, url.to_owned()));
    }
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    let Some(path) = path else {
        return Err(StoreError::Url { url: without_password(url) });
    };
    Ok((&SQLITE, format!("sqlite:{}?mode=rwc", escaped(path))))
}

fn way_of(dialect: &Dialect, url: &str) -> Result<Way, StoreError> {
    if dialect.name == SQLITE.name {
        return Ok(Way::FILE);
    }
    let options = url.parse().map_err(StoreError::on("store.url"))?;
    Ok(Way::of_postgres(&options))
}

/// A file name may hold what means something in a URL.
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23").replace(' ', "%20")
}

/// A URL for an error: what stands before the last `@` may be a password.
fn without_password(url: &str) -> String {
    url.rsplit('@').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_may_hold_anything() {
        let (dialect, url) = engine_of("sqlite:/a b/100%?#.db").unwrap();
        assert_eq!(
            (dialect.name, url.as_str()),
            ("sqlite", "sqlite:/a%20b/100%25%3F%23.db?mode=rwc")
        );
    }

    #[test]
    fn an_error_about_a_url_shows_no_password() {
        let error = engine_of("mysql://me:secret@host/name").unwrap_err();
        assert_eq!(error.code(), "database_url");
        assert!(!error.to_string().contains("secret"));
    }

    async fn with_file(folder: &tempfile::TempDir) -> Store {
        let url = format!("sqlite:{}", folder.path().join("daybook.db").display());
        Store::open(&url, Vault::new(Secret::new("a key"))).await.unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_says_so_and_what_was_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_file(&folder).await;
        // The database's own limit stands in for the disk's.
        let limit = "PRAGMA max_page_count = 1";
        sqlx::raw_sql(limit).execute(store.writer()).await.unwrap();
        let secret = Secret::new("s".repeat(100_000));
        let error = store.put_secret("large", &secret).await.unwrap_err();
        assert_eq!(error.code(), "disk_full");
        assert_eq!(error.to_string(), "the database failed at secrets.put");
        assert_eq!(store.secret("large").await.unwrap(), None);
        assert!(store.books().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_disk_that_was_full_and_is_not_any_more_is_written_to_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_file(&folder).await;
        let book = intents::BookId::derive(&["a"]);
        let (id, name, settings) = (book.clone(), "a".to_owned(), "{}".to_owned());
        store.put_book(&crate::Book { id, name, settings }).await.unwrap();
        let limit = "PRAGMA max_page_count = 1";
        sqlx::raw_sql(limit).execute(store.writer()).await.unwrap();
        let large = "r".repeat(100_000);
        let full = store.publish_rules(&book, &large, base::Timestamp(1)).await.unwrap_err();
        assert_eq!(full.code(), "disk_full");
        // The limit goes with its connection, as a disk's does when something is cleared away.
        store.publish_rules(&book, &large, base::Timestamp(2)).await.unwrap();
        assert_eq!(store.rules(&book).await.unwrap().unwrap().body, large);
    }

    #[tokio::test]
    async fn a_missing_table_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_file(&folder).await;
        sqlx::raw_sql("DROP TABLE books").execute(store.writer()).await.unwrap();
        assert_eq!(store.books().await.unwrap_err().code(), "database_damaged");
    }

    #[tokio::test]
    async fn a_database_of_a_newer_daybook_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_file(&folder).await;
        let newer = "INSERT INTO migrations (version, hash) VALUES (999, 'x')";
        sqlx::raw_sql(newer).execute(store.writer()).await.unwrap();
        let error = migrations::migrate(&store).await.unwrap_err();
        assert!(matches!(error, StoreError::NewerDatabase { found: 999, .. }));
        let other = "UPDATE migrations SET version = version - 998, hash = 'y' WHERE version = 999";
        sqlx::raw_sql("DELETE FROM migrations WHERE version = 1")
            .execute(store.writer())
            .await
            .unwrap();
        sqlx::raw_sql(other).execute(store.writer()).await.unwrap();
        let error = migrations::migrate(&store).await.unwrap_err();
        assert!(matches!(error, StoreError::MigrationDiffers { version: 1 }));
        assert_eq!(error.code(), "database_version");
    }

    #[tokio::test]
    async fn an_unreadable_row_says_where_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let store = with_file(&folder).await;
        let broken = "INSERT INTO charts (book, recorded, body) VALUES ('b', 1, '{')";
        sqlx::raw_sql(broken).execute(store.writer()).await.unwrap();
        let error = store.chart(&intents::BookId::from_stored("b")).await.unwrap_err();
        assert_eq!(error.code(), "row_unreadable");
        assert!(error.to_string().starts_with("charts.body of b cannot be read"));
    }

    #[tokio::test]
    async fn a_database_that_another_process_holds_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let (store, other) = (with_file(&folder).await, with_file(&folder).await);
        sqlx::raw_sql("PRAGMA busy_timeout = 1").execute(other.writer()).await.unwrap();
        let held = store.begin("test").await.unwrap();
        let error = other.put_secret("name", &Secret::new("s")).await.unwrap_err();
        assert_eq!(error.code(), "database_busy");
        drop(held);
    }
}
