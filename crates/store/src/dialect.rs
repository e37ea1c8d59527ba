//! What differs between the two databases, in pairs, and nowhere else.
//!
//! Every other statement of this crate is one text for both. Three habits make that possible:
//! the types TEXT, BIGINT and BLOB alone; lists handed over as one JSON parameter, which
//! `json_each` opens (`SQLite` has both built in, `PostgreSQL` is taught them once, in `prologue`);
//! and `RETURNING` or a version instead of `FOR UPDATE`.

#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) name: &'static str,
    /// Said once on every connection that writes, and on every one that only reads.
    pub(crate) writer_setup: &'static str,
    pub(crate) reader_setup: &'static str,
    /// How many connections may write at once.
    pub(crate) writers: u32,
    pub(crate) readers: u32,
    /// A connection may have been cut while it lay idle: ask before using it.
    pub(crate) may_be_cut: bool,
    /// Begins a transaction that writes.
    pub(crate) begin: &'static str,
    /// Inside the migrating transaction: nobody else migrates now.
    pub(crate) lock_migrations: &'static str,
    /// Before the first migration.
    pub(crate) prologue: &'static str,
    pub(crate) version: &'static str,
    pub(crate) journal_mode: &'static str,
    pub(crate) synchronous: &'static str,
    /// The version of TLS that this connection speaks; empty if none.
    pub(crate) tls: &'static str,
    /// Milliseconds since 1970 by the database's own clock; NULL where it is this machine's.
    pub(crate) now: &'static str,
}

pub(crate) const SQLITE: Dialect = Dialect {
    name: "sqlite",
    // FULL: what was committed is on disk before the next call leaves the house.
    writer_setup: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                   PRAGMA busy_timeout = 10000; PRAGMA cache_size = -16000; \
                   PRAGMA temp_store = MEMORY;",
    reader_setup: "PRAGMA busy_timeout = 10000; PRAGMA cache_size = -4000; \
                   PRAGMA query_only = 1;",
    writers: 1,
    readers: 4,
    may_be_cut: false,
    // A plain BEGIN would take the write lock late, and could then find the snapshot outdated.
    begin: "BEGIN IMMEDIATE",
    lock_migrations: "SELECT 1",
    prologue: "SELECT 1",
    version: "SELECT 'SQLite ' || sqlite_version()",
    journal_mode: "SELECT journal_mode FROM pragma_journal_mode",
    synchronous: "SELECT CASE synchronous WHEN 0 THEN 'off' WHEN 1 THEN 'normal' \
                  WHEN 2 THEN 'full' ELSE 'extra' END FROM pragma_synchronous",
    tls: "SELECT ''",
    now: "SELECT CAST(NULL AS BIGINT)",
};

pub(crate) const POSTGRES: Dialect = Dialect {
    name: "postgresql",
    // A plan that was made for empty tables must not be kept when they are full, and compiling
    // one takes longer than any of our statements.
    writer_setup: "SET client_min_messages = warning; SET lock_timeout = '10s'; \
                   SET plan_cache_mode = force_custom_plan; SET jit = off;",
    reader_setup: "SET client_min_messages = warning; \
                   SET plan_cache_mode = force_custom_plan; SET jit = off;",
    writers: 8,
    readers: 4,
    may_be_cut: true,
    begin: "BEGIN",
    // The number says "daybook" to nobody else.
    lock_migrations: "SELECT pg_advisory_xact_lock(7233183901001)",
    prologue: "CREATE DOMAIN blob AS bytea; \
               CREATE FUNCTION json_each(list text) RETURNS TABLE (value jsonb) \
               LANGUAGE sql IMMUTABLE AS \
               $$ SELECT e.v FROM jsonb_array_elements(CAST(list AS jsonb)) AS e (v) $$;",
    version: "SELECT version()",
    journal_mode: "SELECT ''",
    synchronous: "SELECT current_setting('synchronous_commit')",
    tls: "SELECT CAST(COALESCE(MAX(CASE WHEN ssl THEN version END), '') AS TEXT) \
          FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    now: "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
};
