//! One subject's whole story, for people.

use std::collections::BTreeSet;

use ::facts::Fact;
use base::{FactId, Subject, Timestamp};
use intents::{BookId, Decided, IntentId, Reason};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use crate::rows::{Place, ids, reason};
use crate::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    pub subject: Subject,
    /// By the time they occurred, stale ones included.
    pub facts: Vec<Fact>,
    /// Which of the facts are stale: an older state of the order that came in later.
    pub stale: BTreeSet<FactId>,
    pub decisions: Vec<DecisionRow>,
    /// The subject's intents, and the contacts and items that they need.
    pub intents: Vec<Decided>,
    /// Every try of every one of these intents, oldest first.
    pub attempts: Vec<AttemptRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    pub at: Timestamp,
    pub rule_hash: String,
    pub stop: Option<Reason>,
    pub note: Option<Reason>,
    /// The facts that were looked at.
    pub saw: Vec<FactId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    pub at: Timestamp,
    pub intent: IntentId,
    /// The send; or who acted, when it was a person.
    pub by: String,
    /// `delivered`, `refused`, `unclear`, `found`, `absent`, `released` and so on.
    pub outcome: String,
    pub status: Option<u16>,
    pub detail: String,
}

const DECISIONS: &str = "\
    SELECT number, decided, rule_hash, stop_code, stop_detail, note_code, note_detail, saw
    FROM decisions WHERE book = $1 AND subject = $2 ORDER BY number";
const INTENTS: &str = "\
    SELECT i.id FROM intents i WHERE i.book = $1 AND i.subject = $2
    UNION
    SELECT n.need FROM needs n JOIN intents i ON i.id = n.intent
    WHERE i.book = $1 AND i.subject = $2";
const ATTEMPTS: &str = "\
    SELECT a.happened, a.intent, a.actor, a.outcome, a.status, a.detail FROM attempts a
    WHERE a.intent IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)
    ORDER BY a.happened, a.intent, a.number";

impl Store {
    pub async fn explain(&self, book: &BookId, subject: &Subject) -> Result<Story, StoreError> {
        let facts = self.facts_of(book, &ids([subject.as_str()])?).await?;
        let is_stale = |(number, fact): &(i64, Fact)| (*number == 0).then(|| fact.id.clone());
        let rows: Vec<(String,)> = sqlx::query_as(INTENTS)
            .bind(book.as_str())
            .bind(subject.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("intents.of_story"))?;
        let intent_ids: Vec<IntentId> =
            rows.into_iter().map(|(id,)| IntentId::from_stored(id)).collect();
        Ok(Story {
            subject: subject.clone(),
            stale: facts.iter().filter_map(is_stale).collect(),
            facts: facts.into_iter().map(|(_, fact)| fact).collect(),
            decisions: self.decisions_of(book, subject).await?,
            attempts: self.attempts_of(&intent_ids).await?,
            intents: self.intents(&intent_ids).await?,
        })
    }

    async fn decisions_of(
        &self,
        book: &BookId,
        subject: &Subject,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let rows: Vec<DecisionColumns> = sqlx::query_as(DECISIONS)
            .bind(book.as_str())
            .bind(subject.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("decisions.of_subject"))?;
        rows.into_iter().map(|row| row.read(subject)).collect()
    }

    async fn attempts_of(&self, intents: &[IntentId]) -> Result<Vec<AttemptRow>, StoreError> {
        let rows: Vec<AttemptColumns> = sqlx::query_as(ATTEMPTS)
            .bind(ids(intents.iter().map(IntentId::as_str))?)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("attempts.of_intents"))?;
        let attempt = |(at, intent, by, outcome, status, detail): AttemptColumns| AttemptRow {
            at: Timestamp(at),
            intent: IntentId::from_stored(intent),
            by,
            outcome,
            status: status.and_then(|status| u16::try_from(status).ok()),
            detail,
        };
        Ok(rows.into_iter().map(attempt).collect())
    }
}

type AttemptColumns = (i64, String, String, String, Option<i64>, String);

struct DecisionColumns {
    decided: i64,
    rule_hash: String,
    stop: Option<Reason>,
    note: Option<Reason>,
    saw: String,
}

impl FromRow<'_, AnyRow> for DecisionColumns {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(DecisionColumns {
            decided: row.try_get("decided")?,
            rule_hash: row.try_get("rule_hash")?,
            stop: reason(row.try_get("stop_code")?, row.try_get("stop_detail")?),
            note: reason(row.try_get("note_code")?, row.try_get("note_detail")?),
            saw: row.try_get("saw")?,
        })
    }
}

impl DecisionColumns {
    fn read(self, subject: &Subject) -> Result<DecisionRow, StoreError> {
        let place = Place { table: "decisions", column: "saw", row: subject.as_str() };
        Ok(DecisionRow {
            at: Timestamp(self.decided),
            rule_hash: self.rule_hash,
            stop: self.stop,
            note: self.note,
            saw: place.json(&self.saw)?,
        })
    }
}
