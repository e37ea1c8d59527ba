//! What can go wrong in the store, and who must act.

use intents::outbox::State;
use intents::{BookId, Event, IntentId, SendId};

use crate::vault::VaultError;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself failed: full, locked, gone, or not what it should be.
    #[error("the database failed at {doing}")]
    Database {
        doing: &'static str,
        #[source]
        source: sqlx::Error,
    },
    /// The lane, or the token, was claimed by someone else since. Stop, and write nothing.
    #[error("the lease on {name} is someone else's by now")]
    FenceLost { name: String },
    /// Decided again with the same id and another content: a programmer's mistake.
    #[error("intent {intent} was decided before with another content")]
    IntentDiffers { intent: IntentId },
    /// The intent has moved on: read again, then decide again.
    #[error("intent {intent} is {}, in which {event} cannot happen", state.as_str())]
    Moved { intent: IntentId, state: State, event: &'static str },
    /// Someone else moved the intent between our reading and our writing: read again.
    #[error("intent {intent} was moved by someone else meanwhile")]
    Raced { intent: IntentId },
    #[error("there is no book {book}")]
    UnknownBook { book: BookId },
    #[error("there is no connection {id}")]
    UnknownConnection { id: String },
    #[error("there is no intent {intent}")]
    UnknownIntent { intent: IntentId },
    #[error("there is no send {send}")]
    UnknownSend { send: SendId },
    /// A send never changes: a programmer's mistake.
    #[error("send {send} was written down before with another content")]
    SendDiffers { send: SendId },
    /// The other system's id is the receipt of another intent of that kind.
    #[error("{remote_id} is the receipt of another {kind} already")]
    ReceiptTaken { kind: &'static str, remote_id: String },
    #[error("the master key is not the one that this database was made with")]
    WrongMasterKey,
    #[error("a secret could not be kept or read")]
    Vault(#[from] VaultError),
    /// A row holds what this version cannot read.
    #[error("{table}.{column} of {row} cannot be read: {reason}")]
    Unreadable { table: &'static str, column: &'static str, row: String, reason: String },
    #[error("{what} could not be written as JSON")]
    Unwritable {
        what: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("the database is of version {found}, this Daybook knows versions up to {known}")]
    NewerDatabase { found: i64, known: i64 },
    #[error("migration {version} is not the one that this database was made with")]
    MigrationDiffers { version: i64 },
    #[error("the database has books already: a store is moved into an empty one")]
    NotEmpty,
    #[error("{table} has {found} rows in the other database, {sent} were sent, or they differ")]
    CopyDiffers { table: &'static str, sent: u64, found: u64 },
    #[error("{url:?} is no database: write sqlite:/path/to/file or postgres://user@host/name")]
    Url { url: String },
}

impl StoreError {
    /// Names what was being done when the database failed.
    pub fn on(doing: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
        move |source| StoreError::Database { doing, source }
    }

    /// Stable, with a page in `docs/errors`.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Database { source, .. } => database_code(source),
            StoreError::FenceLost { .. } => "fence_lost",
            StoreError::IntentDiffers { .. } => "intent_differs",
            StoreError::Moved { .. } | StoreError::Raced { .. } => "intent_moved",
            StoreError::UnknownBook { .. } => "unknown_book",
            StoreError::UnknownConnection { .. } => "unknown_connection",
            StoreError::UnknownIntent { .. } => "unknown_intent",
            StoreError::UnknownSend { .. } => "unknown_send",
            StoreError::SendDiffers { .. } => "send_differs",
            StoreError::ReceiptTaken { .. } => "receipt_taken",
            StoreError::WrongMasterKey => "wrong_master_key",
            StoreError::Vault(_) => "secret_unreadable",
            StoreError::Unreadable { .. } | StoreError::Unwritable { .. } => "row_unreadable",
            StoreError::NewerDatabase { .. } | StoreError::MigrationDiffers { .. } => {
                "database_version"
            }
            StoreError::NotEmpty => "store_not_empty",
            StoreError::CopyDiffers { .. } => "store_copy_differs",
            StoreError::Url { .. } => "database_url",
        }
    }
}

/// The word for an event in errors and attempt rows.
pub(crate) fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Claimed => "claimed",
        Event::Ended(_) => "ended",
        Event::LeaseLost => "lease_lost",
        Event::Unsendable(_) => "unsendable",
        Event::LookAgain => "look_again",
        Event::Seen { .. } => "seen",
        Event::Released => "released",
        Event::Reconsidered => "reconsidered",
        Event::Withdrawn => "withdrawn",
        Event::Reversed => "reversed",
    }
}

/// `SQLite` gives its extended result code, a number; `PostgreSQL` five characters (SQLSTATE).
/// <https://www.sqlite.org/rescode.html>,
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn database_code(source: &sqlx::Error) -> &'static str {
    let Some(error) = source.as_database_error() else {
        return connection_code(source);
    };
    let code = error.code().unwrap_or_default();
    if code.len() == 5 { postgres_code(&code) } else { sqlite_code(&code, error.message()) }
}

/// What went wrong before the database could answer.
fn connection_code(source: &sqlx::Error) -> &'static str {
    if matches!(source, sqlx::Error::PoolTimedOut) {
        return "database_busy";
    }
    if matches!(source, sqlx::Error::Tls(_)) || is_about_certificates(source) {
        return "database_untrusted";
    }
    let is_cut =
        matches!(source, sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed);
    if is_cut { "database_unreachable" } else { "database_failed" }
}

/// The TLS handshake was ended by one side: rustls says so by this kind of error.
fn is_about_certificates(source: &sqlx::Error) -> bool {
    let sqlx::Error::Io(error) = source else { return false };
    error.kind() == std::io::ErrorKind::InvalidData
}

fn sqlite_code(code: &str, message: &str) -> &'static str {
    // The lower eight bits are the primary code.
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        5 | 6 => "database_busy",
        8 => "database_read_only",
        11 | 26 => "database_damaged",
        13 => "disk_full",
        14 => "database_unreachable",
        1 if message.starts_with("no such") => "database_damaged",
        _ => "database_failed",
    }
}

fn postgres_code(code: &str) -> &'static str {
    match code {
        "53100" => "disk_full",
        "40001" | "40P01" | "55P03" => "database_busy",
        "25006" => "database_read_only",
        "42P01" | "42703" | "XX001" | "XX002" => "database_damaged",
        "53300" | "57P01" | "57P02" | "57P03" | "28P01" | "28000" | "3D000" => {
            "database_unreachable"
        }
        _ => "database_failed",
    }
}
