//! Books: one Xero organisation each, with the seller accounts that post into it.

use intents::BookId;

use crate::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    pub id: BookId,
    pub name: String,
    /// JSON of the application's own.
    pub settings: String,
}

const PUT: &str = "\
    INSERT INTO books (id, name, settings) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings";
const ALL: &str = "SELECT id, name, settings FROM books ORDER BY id";
const ONE: &str = "SELECT id, name, settings FROM books WHERE id = $1";

type Row = (String, String, String);

impl Store {
    /// Adds a book, or changes its name and settings.
    pub async fn put_book(&self, book: &Book) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(book.id.as_str())
            .bind(&book.name)
            .bind(&book.settings)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("books.put"))?;
        Ok(())
    }

    pub async fn books(&self) -> Result<Vec<Book>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(ALL)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("books.all"))?;
        Ok(rows.into_iter().map(book_of).collect())
    }

    pub async fn book(&self, id: &BookId) -> Result<Option<Book>, StoreError> {
        let row: Option<Row> = sqlx::query_as(ONE)
            .bind(id.as_str())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("books.one"))?;
        Ok(row.map(book_of))
    }
}

fn book_of((id, name, settings): Row) -> Book {
    Book { id: BookId::from_stored(id), name, settings }
}
