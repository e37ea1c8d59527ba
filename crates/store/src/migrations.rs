//! Migrations: numbered, plain SQL, forward only, all in one transaction.

use sqlx::AnyConnection;

use crate::dialect::Dialect;
use crate::{Store, StoreError};

struct Migration {
    version: i64,
    text: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, text: include_str!("../migrations/0001_first.sql") },
    Migration { version: 2, text: include_str!("../migrations/0002_settlements.sql") },
    Migration { version: 3, text: include_str!("../migrations/0003_hints.sql") },
    Migration { version: 4, text: include_str!("../migrations/0004_xero_events.sql") },
    Migration { version: 5, text: include_str!("../migrations/0005_alerts.sql") },
    Migration { version: 6, text: include_str!("../migrations/0006_letters.sql") },
    Migration { version: 7, text: include_str!("../migrations/0007_nodes.sql") },
    Migration { version: 8, text: include_str!("../migrations/0008_backfill.sql") },
    Migration { version: 9, text: include_str!("../migrations/0009_lanes.sql") },
];

const MAKE_TABLE: &str = "\
    CREATE TABLE IF NOT EXISTS migrations (
        version BIGINT NOT NULL PRIMARY KEY,
        hash TEXT NOT NULL
    )";
const APPLIED: &str = "SELECT version, hash FROM migrations ORDER BY version";
const APPLY: &str = "INSERT INTO migrations (version, hash) VALUES ($1, $2)";

/// The newest version that this build knows.
pub(crate) fn known() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

/// Brings the database to the newest version.
pub(crate) async fn migrate(store: &Store) -> Result<(), StoreError> {
    let doing = "migrations.apply";
    let mut tx = store.begin(doing).await?;
    run(&mut tx, store.dialect().lock_migrations).await?;
    run(&mut tx, MAKE_TABLE).await?;
    let applied = applied(&mut tx).await?;
    check(&applied)?;
    apply(&mut tx, store.dialect(), applied.len()).await?;
    tx.commit().await.map_err(StoreError::on(doing))
}

/// The newest version that was applied.
pub(crate) async fn newest(store: &Store) -> Result<i64, StoreError> {
    let rows: Vec<(i64, String)> = sqlx::query_as(APPLIED)
        .fetch_all(store.reader())
        .await
        .map_err(StoreError::on("migrations.applied"))?;
    Ok(rows.last().map_or(0, |(version, _)| *version))
}

async fn applied(conn: &mut AnyConnection) -> Result<Vec<(i64, String)>, StoreError> {
    sqlx::query_as(APPLIED).fetch_all(conn).await.map_err(StoreError::on("migrations.applied"))
}

/// What was applied must be what this build would have applied.
fn check(applied: &[(i64, String)]) -> Result<(), StoreError> {
    if let Some((found, _)) = applied.last().filter(|(version, _)| *version > known()) {
        return Err(StoreError::NewerDatabase { found: *found, known: known() });
    }
    for ((version, hash), ours) in applied.iter().zip(MIGRATIONS) {
        if *version != ours.version || *hash != hash_of(ours) {
            return Err(StoreError::MigrationDiffers { version: *version });
        }
    }
    Ok(())
}

async fn apply(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    already: usize,
) -> Result<(), StoreError> {
    if already == 0 {
        run(conn, dialect.prologue).await?;
    }
    for migration in MIGRATIONS.iter().skip(already) {
        run(conn, migration.text).await?;
        sqlx::query(APPLY)
            .bind(migration.version)
            .bind(hash_of(migration))
            .execute(&mut *conn)
            .await
            .map_err(StoreError::on("migrations.apply"))?;
    }
    Ok(())
}

async fn run(conn: &mut AnyConnection, text: &'static str) -> Result<(), StoreError> {
    sqlx::raw_sql(text)
        .execute(&mut *conn)
        .await
        .map(|_done| ())
        .map_err(StoreError::on("migrations.apply"))
}

fn hash_of(migration: &Migration) -> String {
    base::id::content_hash(migration.text.as_bytes())
}
