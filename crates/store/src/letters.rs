//! Dead letters: intents that are not tried any more, and what could not be read or decided. One
//! list, with what people did about each.

use std::collections::BTreeMap;

use base::{Subject, Timestamp};
use intents::outbox::State;
use intents::{BookId, IntentId, Kind, Reason, SendId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, FromRow, Row};

use crate::rows::{Place, list};
use crate::{Store, StoreError, lanes};

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The intent's id, or the subject.
    pub id: String,
    pub subject: Subject,
    pub what: What,
    pub reason: Reason,
    /// When it last went wrong.
    pub since: Timestamp,
    /// A person said that nothing is to be done about it, and it is still the same thing.
    pub ignored: Option<LetterAct>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A document or change that should exist in the other system.
    Intent {
        intent: IntentId,
        kind: Kind,
        part: String,
        /// `dead`; or `checking`, when it was tried too often and still nobody knows.
        state: State,
        attempts: u32,
        /// The send that it was in last.
        send: Option<SendId>,
    },
    /// Facts from which nothing could be decided.
    Subject,
    /// Bytes that could not be read as what they should be, by their hash in the archive.
    Unread { raw_hash: String },
}

/// What a person did about a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterAct {
    pub at: Timestamp,
    pub who: String,
    /// `replayed` or `ignored`.
    pub act: String,
    /// What was wrong with it then.
    pub code: String,
    pub reason: String,
}

/// Who acts upon letters, and why.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub who: &'a str,
    pub reason: &'a str,
    pub at: Timestamp,
}

/// Of bytes that could not be read and that stop nothing.
const UNREAD_CODE: &str = "unreadable_document";

const INTENTS: &str = "\
    SELECT o.intent, i.subject, o.kind, i.part, o.state, o.attempts, o.send, o.reason_code,
        o.reason_detail,
        COALESCE((SELECT MAX(a.happened) FROM attempts a WHERE a.intent = o.intent), o.decided)
            AS since
    FROM outbox o JOIN intents i ON i.id = o.intent
    WHERE o.book = $1 AND o.state = $2 AND o.attempts >= $3
    ORDER BY o.decided, o.place";
const SUBJECTS: &str = "\
    SELECT s.subject, s.stop_code AS code, s.stop_detail AS detail, '' AS raw_hash,
        COALESCE((SELECT MAX(d.decided) FROM decisions d
            WHERE d.book = s.book AND d.subject = s.subject), 0) AS since
    FROM subjects s WHERE s.book = $1 AND s.stop_code IS NOT NULL ORDER BY s.subject";
/// An order that could not be read stops, or was read since.
const UNREAD: &str = "\
    SELECT f.subject, '' AS code, f.body AS detail, f.raw_hash,
        f.recorded AS since
    FROM facts f JOIN subjects s ON s.book = f.book AND s.subject = f.subject
    WHERE f.book = $1 AND substr(f.body, 1, 20) = '{\"kind\":\"unreadable\"'
        AND f.number > 0 AND f.subject NOT LIKE 'order:%' AND s.stop_code IS NULL
        AND NOT EXISTS (SELECT 1 FROM reports r
            WHERE r.book = f.book AND 'settlement:report:' || r.report_id = f.subject)
    ORDER BY f.subject, f.recorded";
const IGNORED: &str = "\
    SELECT a.letter, a.happened, a.who, a.act, a.code, a.reason FROM letter_acts a
    WHERE a.book = $1 AND a.act = 'ignored' AND a.number = (
        SELECT MAX(b.number) FROM letter_acts b WHERE b.book = a.book AND b.letter = a.letter)";
const ACTS: &str = "\
    SELECT letter, happened, who, act, code, reason FROM letter_acts
    WHERE book = $1 AND letter = $2 ORDER BY number";
const NOTE: &str = "\
    INSERT INTO letter_acts (book, letter, number, happened, who, act, code, reason)
    SELECT $1, e.value ->> 'letter',
        (SELECT COUNT(*) + 1 FROM letter_acts a
         WHERE a.book = $1 AND a.letter = e.value ->> 'letter'),
        $2, $3, $4, e.value ->> 'code', $5
    FROM json_each($6) AS e";

impl Store {
    /// Every letter of the book, those included that are ignored: intents first, oldest first.
    pub async fn letters(&self, book: &BookId) -> Result<Vec<Letter>, StoreError> {
        let doing = "letters.all";
        let often = i64::from(self.limits().retry.unclear.attempts_max.unwrap_or(u32::MAX));
        let mut letters = Vec::new();
        for (state, attempts) in [(State::Dead, 0), (State::Checking, often)] {
            let rows: Vec<IntentRow> = sqlx::query_as(INTENTS)
                .bind(book.as_str())
                .bind(state.as_str())
                .bind(attempts)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on(doing))?;
            for row in rows {
                letters.push(row.read()?);
            }
        }
        for question in [SUBJECTS, UNREAD] {
            let rows: Vec<SubjectColumns> = sqlx::query_as(question)
                .bind(book.as_str())
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on(doing))?;
            letters.extend(rows.into_iter().map(letter_of));
        }
        let mut ignored = self.ignored(book).await?;
        for letter in &mut letters {
            let act = ignored.remove(&letter.id);
            letter.ignored = act.filter(|act| act.code == letter.reason.code);
        }
        Ok(letters)
    }

    /// By letter, what a person said when it was put aside.
    pub async fn ignored(&self, book: &BookId) -> Result<BTreeMap<String, LetterAct>, StoreError> {
        let rows: Vec<ActColumns> = sqlx::query_as(IGNORED)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("letters.ignored"))?;
        Ok(rows.into_iter().map(act_of).collect())
    }

    /// What people did about one letter, oldest first.
    pub async fn letter_acts(
        &self,
        book: &BookId,
        letter: &str,
    ) -> Result<Vec<LetterAct>, StoreError> {
        let rows: Vec<ActColumns> = sqlx::query_as(ACTS)
            .bind(book.as_str())
            .bind(letter)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("letters.acts"))?;
        Ok(rows.into_iter().map(|row| act_of(row).1).collect())
    }

    /// Puts letters aside: they stay in the list of what is ignored, with the reason, until they
    /// are replayed or something else is wrong with them.
    pub async fn ignore_letters(
        &self,
        book: &BookId,
        letters: &[Letter],
        said: Said<'_>,
    ) -> Result<(), StoreError> {
        let doing = "letters.ignore";
        let mut tx = self.begin(doing).await?;
        lanes::lock_book(&mut tx, book).await?;
        note_acts(&mut tx, book, letters, ("ignored", said)).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}

/// Writes down what a person did about each.
pub(crate) async fn note_acts(
    conn: &mut AnyConnection,
    book: &BookId,
    letters: &[Letter],
    (act, said): (&str, Said<'_>),
) -> Result<(), StoreError> {
    #[derive(serde::Serialize)]
    struct Noted<'a> {
        letter: &'a str,
        code: &'a str,
    }
    let noted = |one: &'_ Letter| (one.id.clone(), one.reason.code.clone());
    let once: BTreeMap<String, String> = letters.iter().map(noted).collect();
    let rows: Vec<Noted<'_>> = once.iter().map(|(letter, code)| Noted { letter, code }).collect();
    sqlx::query(NOTE)
        .bind(book.as_str())
        .bind(said.at.0)
        .bind(said.who)
        .bind(act)
        .bind(said.reason)
        .bind(list(&rows)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("letters.note"))?;
    Ok(())
}

type ActColumns = (String, i64, String, String, String, String);

fn act_of((letter, at, who, act, code, reason): ActColumns) -> (String, LetterAct) {
    (letter, LetterAct { at: Timestamp(at), who, act, code, reason })
}

type SubjectColumns = (String, String, Option<String>, String, i64);

fn letter_of((subject, code, detail, raw_hash, since): SubjectColumns) -> Letter {
    let detail = detail.unwrap_or_default();
    let is_stop = raw_hash.is_empty() && !detail.starts_with("{\"kind\"");
    let what = if is_stop { What::Subject } else { What::Unread { raw_hash } };
    let (code, detail) =
        if is_stop { (code, detail) } else { (UNREAD_CODE.to_owned(), why(&detail)) };
    Letter {
        id: subject.clone(),
        subject: Subject::from_stored(subject),
        what,
        reason: Reason { code, detail },
        since: Timestamp(since),
        ignored: None,
    }
}

/// What an unreadable fact says of itself.
fn why(body: &str) -> String {
    match serde_json::from_str(body) {
        Ok(::facts::Body::Unreadable { reason }) => reason,
        Ok(_) | Err(_) => body.to_owned(),
    }
}

struct IntentRow {
    intent: String,
    subject: String,
    kind: String,
    part: String,
    state: String,
    attempts: i64,
    send: Option<String>,
    code: Option<String>,
    detail: Option<String>,
    since: i64,
}

impl FromRow<'_, AnyRow> for IntentRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(IntentRow {
            intent: row.try_get("intent")?,
            subject: row.try_get("subject")?,
            kind: row.try_get("kind")?,
            part: row.try_get("part")?,
            state: row.try_get("state")?,
            attempts: row.try_get("attempts")?,
            send: row.try_get("send")?,
            code: row.try_get("reason_code")?,
            detail: row.try_get("reason_detail")?,
            since: row.try_get("since")?,
        })
    }
}

impl IntentRow {
    fn read(self) -> Result<Letter, StoreError> {
        let place = |column| Place { table: "outbox", column, row: &self.intent };
        let kind = place("kind").known(Kind::parse(&self.kind), &self.kind)?;
        let state = place("state").known(State::parse(&self.state), &self.state)?;
        Ok(Letter {
            id: self.intent.clone(),
            subject: Subject::from_stored(self.subject),
            what: What::Intent {
                intent: IntentId::from_stored(self.intent),
                kind,
                part: self.part,
                state,
                attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
                send: self.send.map(SendId::from_stored),
            },
            reason: Reason {
                code: self.code.unwrap_or_default(),
                detail: self.detail.unwrap_or_default(),
            },
            since: Timestamp(self.since),
            ignored: None,
        })
    }
}
