//! How the whole store stands, in one question for each kind of thing: what an overview asks takes
//! as many questions for a thousand books as for one.

use base::Timestamp;
use intents::outbox::State;
use intents::{BookId, Kind, Priority};

use crate::connections::{Connection, connection_of};
use crate::rows::Place;
use crate::{Alarm, AlarmRow, Store, StoreError, migrations};

/// A lane, with who has it in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedLane {
    pub name: String,
    pub book: BookId,
    pub due: Timestamp,
    /// Free when it is not later than now.
    pub lease_until: Timestamp,
    /// Empty between turns.
    pub node: String,
    pub state: String,
}

/// Intents of a book in one state that is not an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIntents {
    pub book: BookId,
    pub state: State,
    pub kind: Kind,
    pub priority: Priority,
    pub intents: u64,
    /// When the oldest of them was decided.
    pub oldest: Timestamp,
}

/// How many of a book's things have the same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    pub book: BookId,
    pub code: String,
    pub count: u64,
    /// Since when the oldest is there, where that is known.
    pub oldest: Option<Timestamp>,
}

/// Subjects of a book that are to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueSubjects {
    pub book: BookId,
    pub subjects: u64,
    pub oldest: Timestamp,
}

/// How old a row of tokens is. The tokens themselves stay sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenAge {
    pub name: String,
    pub refreshed: Timestamp,
    pub has_refresh: bool,
    /// When the consent was given, where that has an end.
    pub authorised: Option<Timestamp>,
}

/// An alarm that nobody and nothing has cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlarm {
    pub book: BookId,
    pub row: AlarmRow,
}

/// What the readiness of a process depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// The newest migration that was applied, and the newest that this build knows.
    pub migration: i64,
    pub migration_known: i64,
}

const LANES: &str = "\
    SELECT name, book, due, lease_until, node, state FROM lanes ORDER BY book, name";
/// The condition is word for word that of the index `outbox_open`.
const OPEN: &str = "\
    SELECT book, state, kind, priority, COUNT(*) AS intents, MIN(decided) AS oldest FROM outbox
    WHERE state NOT IN ('posted', 'withdrawn', 'reversed')
    GROUP BY book, state, kind, priority ORDER BY book, state, kind, priority";
const DEAD: &str = "\
    SELECT book, COALESCE(reason_code, '') AS code, COUNT(*) AS intents, MIN(decided) AS oldest
    FROM outbox WHERE state = 'dead' GROUP BY book, COALESCE(reason_code, '') ORDER BY 1, 2";
const HELD: &str = "\
    SELECT book, COALESCE(reason_code, '') AS code, COUNT(*) AS intents, MIN(decided) AS oldest
    FROM outbox WHERE state = 'held' GROUP BY book, COALESCE(reason_code, '') ORDER BY 1, 2";
const STOPPED: &str = "\
    SELECT book, stop_code, COUNT(*) AS subjects FROM subjects
    WHERE stop_code IS NOT NULL GROUP BY book, stop_code ORDER BY book, stop_code";
const NOTED: &str = "\
    SELECT book, note_code, COUNT(*) AS subjects FROM subjects
    WHERE note_code = $1 GROUP BY book, note_code ORDER BY book";
const DUE: &str = "\
    SELECT book, COUNT(*) AS subjects, MIN(due) AS oldest FROM subjects
    WHERE due IS NOT NULL AND due <= $1 GROUP BY book ORDER BY book";
const POSTED: &str = "\
    SELECT book, COUNT(*) AS receipts FROM receipts
    WHERE posted > $1 GROUP BY book ORDER BY book";
const DELAYS: &str = "\
    SELECT i.since, r.posted FROM receipts r JOIN intents i ON i.id = r.intent
        JOIN outbox o ON o.intent = i.id AND o.priority = 0
    WHERE r.posted > $1 AND r.kind = 'invoice' AND i.revision = 1 AND i.since > 0
        AND r.claim <> 'withdrawn'
    ORDER BY r.posted, r.intent LIMIT $2";
const CONNECTIONS: &str = "\
    SELECT id, book, vendor, label, details, state, state_detail FROM connections ORDER BY id";
const TOKENS: &str = "\
    SELECT name, refreshed, CASE WHEN refresh IS NULL THEN 0 ELSE 1 END AS has_refresh, authorised
    FROM tokens ORDER BY name";
const SECRETS: &str = "SELECT name, given FROM secrets WHERE given IS NOT NULL ORDER BY name";
const ALARMS: &str = "\
    SELECT book, code, subject, detail, first_raised, last_raised, times FROM alarms
    WHERE cleared IS NULL ORDER BY book, code, subject";

type LaneColumns = (String, String, i64, i64, String, String);
type CodedColumns = (String, String, i64, i64);
type TokenColumns = (String, i64, i64, Option<i64>);
type AlarmColumns = (String, String, String, String, i64, i64, i64);

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl Store {
    /// Every lane with its holder.
    pub async fn watched_lanes(&self) -> Result<Vec<WatchedLane>, StoreError> {
        let rows: Vec<LaneColumns> = sqlx::query_as(LANES)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.lanes"))?;
        let lane = |(name, book, due, lease_until, node, state): LaneColumns| WatchedLane {
            name,
            book: BookId::from_stored(book),
            due: Timestamp(due),
            lease_until: Timestamp(lease_until),
            node,
            state,
        };
        Ok(rows.into_iter().map(lane).collect())
    }

    /// Intents that have not come to an end: ready, sending, checking, held, dead.
    pub async fn open_intents(&self) -> Result<Vec<OpenIntents>, StoreError> {
        let rows: Vec<(String, String, String, i64, i64, i64)> = sqlx::query_as(OPEN)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.open"))?;
        let mut open = Vec::with_capacity(rows.len());
        for (book, state, kind, rank, intents, oldest) in rows {
            let place = |column| Place { table: "outbox", column, row: &book };
            open.push(OpenIntents {
                state: place("state").known(State::parse(&state), &state)?,
                kind: place("kind").known(Kind::parse(&kind), &kind)?,
                priority: place("priority").known(Priority::of_rank(rank), &rank.to_string())?,
                book: BookId::from_stored(book),
                intents: count(intents),
                oldest: Timestamp(oldest),
            });
        }
        Ok(open)
    }

    /// Dead letters by what refused them; the code is empty where none was given.
    pub async fn dead_by_code(&self) -> Result<Vec<Coded>, StoreError> {
        self.coded(DEAD, "watch.dead").await
    }

    /// Held intents by why they are held.
    pub async fn held_by_code(&self) -> Result<Vec<Coded>, StoreError> {
        self.coded(HELD, "watch.held").await
    }

    /// Subjects that their last decision stopped, by why.
    pub async fn stopped_by_code(&self) -> Result<Vec<Coded>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(STOPPED)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.stopped"))?;
        Ok(rows.into_iter().map(ageless).collect())
    }

    /// Subjects that are noted with one code.
    pub async fn noted_with(&self, code: &str) -> Result<Vec<Coded>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(NOTED)
            .bind(code)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.noted"))?;
        Ok(rows.into_iter().map(ageless).collect())
    }

    /// How many subjects wait for their decision.
    pub async fn due_by_book(&self, now: Timestamp) -> Result<Vec<DueSubjects>, StoreError> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(DUE)
            .bind(now.0)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.due"))?;
        let due = |(book, subjects, oldest): (String, i64, i64)| DueSubjects {
            book: BookId::from_stored(book),
            subjects: count(subjects),
            oldest: Timestamp(oldest),
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Receipts of each book that were first written down after a moment.
    pub async fn posted_after(&self, moment: Timestamp) -> Result<Vec<(BookId, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(POSTED)
            .bind(moment.0)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.posted"))?;
        Ok(rows
            .into_iter()
            .map(|(book, posted)| (BookId::from_stored(book), count(posted)))
            .collect())
    }

    /// Of invoices posted after a moment, the first posted first: when the newest fact occurred
    /// that the first revision was decided from, and when it was posted.
    pub async fn delays_after(
        &self,
        moment: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(DELAYS)
            .bind(moment.0)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.delays"))?;
        Ok(rows.into_iter().map(|(since, posted)| (Timestamp(since), Timestamp(posted))).collect())
    }

    /// The connections of every book.
    pub async fn all_connections(&self) -> Result<Vec<Connection>, StoreError> {
        let rows = sqlx::query_as(CONNECTIONS)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.connections"))?;
        Ok(rows.into_iter().map(connection_of).collect())
    }

    /// How old the tokens are; none of them is opened.
    pub async fn token_ages(&self) -> Result<Vec<TokenAge>, StoreError> {
        let rows: Vec<TokenColumns> = sqlx::query_as(TOKENS)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.tokens"))?;
        let age = |(name, refreshed, has_refresh, authorised): TokenColumns| TokenAge {
            name,
            refreshed: Timestamp(refreshed),
            has_refresh: has_refresh == 1,
            authorised: authorised.map(Timestamp),
        };
        Ok(rows.into_iter().map(age).collect())
    }

    /// Secrets that have an end, and when they came.
    pub async fn secret_ages(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(SECRETS)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.secrets"))?;
        Ok(rows.into_iter().map(|(name, given)| (name, Timestamp(given))).collect())
    }

    /// The alarms of every book that are not cleared.
    pub async fn open_alarms(&self) -> Result<Vec<OpenAlarm>, StoreError> {
        let rows: Vec<AlarmColumns> = sqlx::query_as(ALARMS)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("watch.alarms"))?;
        let open = |(book, code, subject, detail, first, last, times): AlarmColumns| OpenAlarm {
            book: BookId::from_stored(book),
            row: AlarmRow {
                alarm: Alarm { code, subject, detail },
                first: Timestamp(first),
                last: Timestamp(last),
                times: count(times),
            },
        };
        Ok(rows.into_iter().map(open).collect())
    }

    /// Asks the database which migrations it has: reading alone, for a probe.
    pub async fn applied(&self) -> Result<Applied, StoreError> {
        let migration = migrations::newest(self).await?;
        Ok(Applied { migration, migration_known: migrations::known() })
    }

    async fn coded(
        &self,
        question: &'static str,
        doing: &'static str,
    ) -> Result<Vec<Coded>, StoreError> {
        let rows: Vec<CodedColumns> = sqlx::query_as(question)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on(doing))?;
        let coded = |(book, code, number, oldest): CodedColumns| Coded {
            book: BookId::from_stored(book),
            code,
            count: count(number),
            oldest: Some(Timestamp(oldest)),
        };
        Ok(rows.into_iter().map(coded).collect())
    }
}

fn ageless((book, code, number): (String, String, i64)) -> Coded {
    Coded { book: BookId::from_stored(book), code, count: count(number), oldest: None }
}
