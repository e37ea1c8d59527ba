//! Connections of a book to its vendors.

use intents::BookId;

use crate::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub id: String,
    pub book: BookId,
    pub vendor: String,
    pub label: String,
    /// JSON of the application's own, without secrets.
    pub details: String,
    /// `ok`, `needs_consent`, `disconnected`, `expired`.
    pub state: String,
    pub state_detail: String,
}

const PUT: &str = "\
    INSERT INTO connections (id, book, vendor, label, details, state, state_detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO UPDATE SET book = excluded.book, vendor = excluded.vendor,
        label = excluded.label, details = excluded.details, state = excluded.state,
        state_detail = excluded.state_detail";
const OF_BOOK: &str = "\
    SELECT id, book, vendor, label, details, state, state_detail FROM connections
    WHERE book = $1 ORDER BY id";
const SET_STATE: &str = "UPDATE connections SET state = $2, state_detail = $3 WHERE id = $1";

type Row = (String, String, String, String, String, String, String);

impl Store {
    /// Adds a connection, or changes it.
    pub async fn put_connection(&self, connection: &Connection) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(&connection.id)
            .bind(connection.book.as_str())
            .bind(&connection.vendor)
            .bind(&connection.label)
            .bind(&connection.details)
            .bind(&connection.state)
            .bind(&connection.state_detail)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("connections.put"))?;
        Ok(())
    }

    pub async fn connections(&self, book: &BookId) -> Result<Vec<Connection>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(OF_BOOK)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("connections.of_book"))?;
        Ok(rows.into_iter().map(connection_of).collect())
    }

    pub async fn set_connection_state(
        &self,
        id: &str,
        state: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(SET_STATE)
            .bind(id)
            .bind(state)
            .bind(detail)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("connections.set_state"))?;
        if done.rows_affected() == 1 {
            return Ok(());
        }
        Err(StoreError::UnknownConnection { id: id.to_owned() })
    }
}

pub(crate) fn connection_of(
    (id, book, vendor, label, details, state, state_detail): Row,
) -> Connection {
    let book = BookId::from_stored(book);
    Connection { id, book, vendor, label, details, state, state_detail }
}
