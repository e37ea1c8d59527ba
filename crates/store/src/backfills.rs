//! Stretches of the past that a person wants to have read: one for each book.

use base::Timestamp;
use intents::BookId;

use crate::rows::Place;
use crate::{Store, StoreError};

/// Orders and money of a book from before it was connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    pub book: BookId,
    pub since: Timestamp,
    pub until: Timestamp,
    pub state: BackfillState,
    /// Who asked for it, paused it or let it go on last, and when.
    pub who: String,
    pub asked: Timestamp,
    /// JSON of the application's own: what was foretold.
    pub forecast: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackfillState {
    Running,
    Paused,
}

impl BackfillState {
    pub fn as_str(self) -> &'static str {
        match self {
            BackfillState::Running => "running",
            BackfillState::Paused => "paused",
        }
    }

    fn parse(text: &str) -> Option<BackfillState> {
        [BackfillState::Running, BackfillState::Paused].into_iter().find(|one| one.as_str() == text)
    }
}

const GET: &str = "\
    SELECT book, since, until, state, who, asked, forecast FROM backfills WHERE book = $1";
const ALL: &str = "\
    SELECT book, since, until, state, who, asked, forecast FROM backfills ORDER BY book";
const PUT: &str = "\
    INSERT INTO backfills (book, since, until, state, who, asked, forecast)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (book) DO UPDATE SET since = excluded.since, until = excluded.until,
        state = excluded.state, who = excluded.who, asked = excluded.asked,
        forecast = excluded.forecast";

type Row = (String, i64, i64, String, String, i64, String);

impl Store {
    pub async fn backfill(&self, book: &BookId) -> Result<Option<Backfill>, StoreError> {
        let row: Option<Row> = sqlx::query_as(GET)
            .bind(book.as_str())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("backfills.get"))?;
        row.map(backfill).transpose()
    }

    /// What is or was wanted of the past of any book.
    pub async fn backfills(&self) -> Result<Vec<Backfill>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(ALL)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("backfills.all"))?;
        rows.into_iter().map(backfill).collect()
    }

    /// Wants a stretch to be read, in the place of the one that was wanted before.
    pub async fn put_backfill(&self, wanted: &Backfill) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(wanted.book.as_str())
            .bind(wanted.since.0)
            .bind(wanted.until.0)
            .bind(wanted.state.as_str())
            .bind(&wanted.who)
            .bind(wanted.asked.0)
            .bind(&wanted.forecast)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("backfills.put"))?;
        Ok(())
    }
}

fn backfill(
    (book, since, until, state, who, asked, forecast): Row,
) -> Result<Backfill, StoreError> {
    let place = Place { table: "backfills", column: "state", row: &book };
    let state = place.known(BackfillState::parse(&state), &state)?;
    Ok(Backfill {
        book: BookId::from_stored(book),
        since: Timestamp(since),
        until: Timestamp(until),
        state,
        who,
        asked: Timestamp(asked),
        forecast,
    })
}
