//! Intents as they are read back: what was decided, how far it has got, and its receipt.

use base::Timestamp;
use intents::outbox::{Progress, State};
use intents::{Decided, Intent};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use crate::StoreError;
use crate::receipts::ReceiptRow;
use crate::rows::{Place, reason};

/// Selects intents with their progress and receipts; what follows says which.
macro_rules! decided {
    ($which:literal) => {
        concat!(
            "SELECT i.id, i.body, o.state, o.attempts, o.generation, o.not_before,
                o.unclear_since, o.reason_code, o.reason_detail, r.remote_id, r.number, r.status, r.total, r.tax
             FROM outbox o JOIN intents i ON i.id = o.intent
                LEFT JOIN receipts r ON r.intent = o.intent
             ",
            $which
        )
    };
}
pub(crate) use decided;

/// One row of [`decided!`].
pub(crate) struct DecidedRow {
    id: String,
    body: String,
    progress: ProgressRow,
    receipt: Option<ReceiptRow>,
}

/// An intent's progress as its columns.
pub(crate) struct ProgressRow {
    pub(crate) state: String,
    pub(crate) attempts: i64,
    pub(crate) generation: i64,
    pub(crate) not_before: i64,
    pub(crate) unclear_since: Option<i64>,
    pub(crate) reason_code: Option<String>,
    pub(crate) reason_detail: Option<String>,
}

impl FromRow<'_, AnyRow> for ProgressRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(ProgressRow {
            state: row.try_get("state")?,
            attempts: row.try_get("attempts")?,
            generation: row.try_get("generation")?,
            not_before: row.try_get("not_before")?,
            unclear_since: row.try_get("unclear_since")?,
            reason_code: row.try_get("reason_code")?,
            reason_detail: row.try_get("reason_detail")?,
        })
    }
}

impl FromRow<'_, AnyRow> for DecidedRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(DecidedRow {
            id: row.try_get("id")?,
            body: row.try_get("body")?,
            progress: ProgressRow::from_row(row)?,
            receipt: ReceiptRow::of_outer_join(row)?,
        })
    }
}

impl TryFrom<DecidedRow> for Decided {
    type Error = StoreError;

    fn try_from(row: DecidedRow) -> Result<Self, StoreError> {
        let place = Place { table: "intents", column: "body", row: &row.id };
        let intent: Intent = place.json(&row.body)?;
        let receipt = row.receipt.map(|receipt| receipt.read(&row.id)).transpose()?;
        Ok(Decided { intent, progress: row.progress.read(&row.id)?, receipt })
    }
}

impl ProgressRow {
    pub(crate) fn read(self, intent: &str) -> Result<Progress, StoreError> {
        let place = |column| Place { table: "outbox", column, row: intent };
        let count = |column, number: i64| {
            place(column).known(u32::try_from(number).ok(), &number.to_string())
        };
        Ok(Progress {
            state: place("state").known(State::parse(&self.state), &self.state)?,
            attempts: count("attempts", self.attempts)?,
            generation: count("generation", self.generation)?,
            not_before: Timestamp(self.not_before),
            unclear_since: self.unclear_since.map(Timestamp),
            reason: reason(self.reason_code, self.reason_detail),
        })
    }
}
