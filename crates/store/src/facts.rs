//! Facts as they come in, the raw bytes they were read from, and how far a pull has got.

use std::collections::{BTreeMap, BTreeSet};

use ::facts::{Body, Fact};
use base::Timestamp;
use intents::BookId;
use serde::Serialize;
use sqlx::AnyConnection;

use crate::rows::{CHUNK, ids, json, list};
use crate::{HintsDone, Lease, Store, StoreError, hints, lanes, settlements};

/// What one pull brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pulled {
    pub facts: Vec<Fact>,
    pub documents: Vec<Document>,
    /// Reports that were fetched with it: their ids and the hashes of their bytes.
    pub reports: Vec<(String, String)>,
    /// Name and value of the cursor to go on from.
    pub cursor: Option<(String, String)>,
}

/// Raw bytes of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// SHA-256 of the bytes, in hex.
    pub hash: String,
    /// Whose answer it is: `amazon.orders.search`.
    pub kind: String,
    pub bytes: Vec<u8>,
}

const ARCHIVE: &str = "\
    INSERT INTO documents (hash, kind, recorded, bytes) VALUES ($1, $2, $3, $4)
    ON CONFLICT (hash) DO NOTHING";
const DOCUMENT: &str = "SELECT bytes FROM documents WHERE hash = $1";
const CURSOR: &str = "SELECT value FROM cursors WHERE book = $1 AND name = $2";
const SET_CURSOR: &str = "\
    INSERT INTO cursors (book, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (book, name) DO UPDATE SET value = excluded.value";
const KNOWN: &str = "\
    SELECT f.id FROM facts f
    WHERE f.book = $1 AND f.id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";
/// Makes the subjects that are not there, and answers how all of them stand.
const TAKE_SUBJECTS: &str = "\
    INSERT INTO subjects (book, subject, facts, saw, waits)
    SELECT $1, e.value ->> 'id', 0, 0, 0 FROM json_each($2) AS e WHERE TRUE
    ON CONFLICT (book, subject) DO UPDATE SET facts = subjects.facts
    RETURNING subject, facts, newest";
const INSERT: &str = "\
    INSERT INTO facts (book, id, subject, number, occurred, recorded, source, raw_hash, body)
    SELECT $1, e.value ->> 'id', e.value ->> 'subject', CAST(e.value ->> 'number' AS BIGINT),
        CAST(e.value ->> 'occurred' AS BIGINT), $2, e.value ->> 'source',
        e.value ->> 'raw_hash', e.value ->> 'body'
    FROM json_each($3) AS e";
const COUNT_FACTS: &str = "\
    INSERT INTO subjects (book, subject, facts, saw, waits, newest, due)
    SELECT $1, e.value ->> 'subject', CAST(e.value ->> 'facts' AS BIGINT), 0, 0,
        CAST(e.value ->> 'newest' AS BIGINT), $2
    FROM json_each($3) AS e WHERE TRUE
    ON CONFLICT (book, subject) DO UPDATE SET facts = excluded.facts, newest = excluded.newest,
        due = COALESCE(subjects.due, excluded.due)";

/// A subject while facts are added to it.
#[derive(Debug, Serialize)]
struct Tally {
    subject: String,
    facts: i64,
    newest: Option<i64>,
    #[serde(skip)]
    has_grown: bool,
}

#[derive(Serialize)]
struct FactRow<'a> {
    id: &'a str,
    subject: &'a str,
    number: i64,
    occurred: i64,
    source: &'a str,
    raw_hash: &'a str,
    body: String,
}

impl Store {
    /// Facts, raw bytes and cursor, together or not at all. Answers how many facts are new.
    ///
    /// A fact that is known already is passed over. An order as it stood earlier than the newest one
    /// known is kept as stale: it is not among
    /// the subject's facts and does not count as new. A new fact makes its subject due.
    pub async fn record(
        &self,
        lease: &Lease,
        pulled: &Pulled,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.record_hinted(lease, pulled, &[], now).await
    }

    /// The same, and the hints end that it answers.
    pub async fn record_hinted(
        &self,
        lease: &Lease,
        pulled: &Pulled,
        done: &[HintsDone],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let doing = "facts.record";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        for document in &pulled.documents {
            archive(&mut tx, document, now).await?;
        }
        for (report_id, hash) in &pulled.reports {
            settlements::note_report(&mut tx, &lease.book, (report_id, hash), now).await?;
        }
        let mut new = 0_u64;
        for facts in pulled.facts.chunks(CHUNK) {
            new = new.saturating_add(add(&mut tx, &lease.book, facts, now).await?);
        }
        if let Some((name, value)) = &pulled.cursor {
            move_cursor(&mut tx, &lease.book, name, value).await?;
        }
        hints::end(&mut tx, lease, done, now).await?;
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(new)
    }

    /// What a person said: a fact that comes under no lane's lease. True if it is new.
    pub async fn record_said(
        &self,
        book: &BookId,
        fact: &Fact,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let doing = "facts.record_said";
        let mut tx = self.begin(doing).await?;
        lanes::lock_book(&mut tx, book).await?;
        let new = add(&mut tx, book, std::slice::from_ref(fact), now).await?;
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(new > 0)
    }

    /// Keeps bytes that Daybook itself wrote (a proof), together with a fact that names them.
    pub async fn record_written(
        &self,
        lease: &Lease,
        document: &Document,
        fact: &Fact,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let pulled = Pulled {
            facts: vec![fact.clone()],
            documents: vec![document.clone()],
            ..Pulled::default()
        };
        Ok(self.record(lease, &pulled, now).await? > 0)
    }

    /// Raw bytes by their hash.
    pub async fn document(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as(DOCUMENT)
            .bind(hash)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("documents.one"))?;
        Ok(row.map(|(bytes,)| bytes))
    }

    pub async fn cursor(&self, book: &BookId, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(CURSOR)
            .bind(book.as_str())
            .bind(name)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("cursors.one"))?;
        Ok(row.map(|(value,)| value))
    }

    pub async fn set_cursor(
        &self,
        lease: &Lease,
        name: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        let doing = "cursors.set";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        move_cursor(&mut tx, &lease.book, name, value).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}

async fn archive(
    conn: &mut AnyConnection,
    document: &Document,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(ARCHIVE)
        .bind(&document.hash)
        .bind(&document.kind)
        .bind(now.0)
        .bind(document.bytes.clone())
        .execute(conn)
        .await
        .map_err(StoreError::on("documents.archive"))?;
    Ok(())
}

async fn move_cursor(
    conn: &mut AnyConnection,
    book: &BookId,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    sqlx::query(SET_CURSOR)
        .bind(book.as_str())
        .bind(name)
        .bind(value)
        .execute(conn)
        .await
        .map_err(StoreError::on("cursors.set"))?;
    Ok(())
}

/// Adds those facts that are not known; answers how many are new and not stale.
async fn add(
    conn: &mut AnyConnection,
    book: &BookId,
    facts: &[Fact],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let unknown = unknown(conn, book, facts).await?;
    if unknown.is_empty() {
        return Ok(0);
    }
    let mut tallies = take_subjects(conn, book, &unknown).await?;
    let rows: Vec<FactRow<'_>> =
        unknown.into_iter().map(|fact| row(fact, &mut tallies)).collect::<Result<_, _>>()?;
    sqlx::query(INSERT)
        .bind(book.as_str())
        .bind(now.0)
        .bind(list(&rows)?)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::on("facts.insert"))?;
    let grown: Vec<Tally> = tallies.into_values().filter(|tally| tally.has_grown).collect();
    sqlx::query(COUNT_FACTS)
        .bind(book.as_str())
        .bind(now.0)
        .bind(list(&grown)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("facts.count"))?;
    let new = rows.iter().filter(|row| row.number > 0).count();
    Ok(u64::try_from(new).unwrap_or(u64::MAX))
}

/// Those of the facts that are not in the store, each once.
async fn unknown<'a>(
    conn: &mut AnyConnection,
    book: &BookId,
    facts: &'a [Fact],
) -> Result<Vec<&'a Fact>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as(KNOWN)
        .bind(book.as_str())
        .bind(ids(facts.iter().map(|fact| fact.id.as_str()))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("facts.known"))?;
    let mut known: BTreeSet<String> = rows.into_iter().map(|(id,)| id).collect();
    Ok(facts.iter().filter(|fact| known.insert(fact.id.as_str().to_owned())).collect())
}

async fn take_subjects(
    conn: &mut AnyConnection,
    book: &BookId,
    facts: &[&Fact],
) -> Result<BTreeMap<String, Tally>, StoreError> {
    let subjects: BTreeSet<&str> = facts.iter().map(|fact| fact.subject.as_str()).collect();
    let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(TAKE_SUBJECTS)
        .bind(book.as_str())
        .bind(ids(subjects)?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("subjects.take"))?;
    let tally = |(subject, facts, newest): (String, i64, Option<i64>)| {
        (subject.clone(), Tally { subject, facts, newest, has_grown: false })
    };
    Ok(rows.into_iter().map(tally).collect())
}

fn row<'a>(
    fact: &'a Fact,
    tallies: &mut BTreeMap<String, Tally>,
) -> Result<FactRow<'a>, StoreError> {
    let number = tallies.get_mut(fact.subject.as_str()).map_or(0, |tally| tally.number(fact));
    Ok(FactRow {
        id: fact.id.as_str(),
        subject: fact.subject.as_str(),
        number,
        occurred: fact.occurred.0,
        source: &fact.source,
        raw_hash: &fact.raw_hash,
        body: json("fact", &fact.body)?,
    })
}

impl Tally {
    /// The fact's number in its subject; 0 if it is stale.
    fn number(&mut self, fact: &Fact) -> i64 {
        if self.is_stale(fact) {
            return 0;
        }
        if let Body::Order(_) = fact.body {
            self.newest = self.newest.max(Some(fact.occurred.0));
        }
        self.has_grown = true;
        self.facts = self.facts.saturating_add(1);
        self.facts
    }

    /// A snapshot that is older than the newest order we could read says nothing new. Another one
    /// of the same moment does: Amazon promises no moment of its own to each change. What could not
    /// be read never makes a later reading of it stale.
    fn is_stale(&self, fact: &Fact) -> bool {
        match fact.body {
            Body::Order(_) | Body::Unreadable { .. } => {
                self.newest.is_some_and(|newest| fact.occurred.0 < newest)
            }
            Body::Approval(_)
            | Body::Settlement(_)
            | Body::Transaction(_)
            | Body::Payout(_)
            | Body::Summary(_)
            | Body::PaymentGroup(_)
            | Body::Balance(_)
            | Body::Proof { .. } => false,
        }
    }
}
