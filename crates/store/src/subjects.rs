//! Subjects: what is decided as a whole, and which of them are due.

use std::collections::BTreeMap;

use ::facts::Fact;
use base::{FactId, Subject, Timestamp};
use intents::{BookId, Decided, Reason};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use crate::decided::{DecidedRow, decided};
use crate::rows::{CHUNK, Place, ids, reason};
use crate::{Store, StoreError};

/// All that deciding a subject takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRow {
    pub subject: Subject,
    /// By the time they occurred, stale ones left out.
    pub facts: Vec<Fact>,
    /// Every intent of the subject, in the order in which they were decided.
    pub decided: Vec<Decided>,
    pub stop: Option<Reason>,
    /// Recorded, not posted: why.
    pub note: Option<Reason>,
    /// Hash of the rule book of its last decision.
    pub decided_under: Option<String>,
    /// It is looked at again when something of it in flight settles.
    pub waits: bool,
}

const DUE: &str = "\
    SELECT subject FROM subjects
    WHERE book = $1 AND due IS NOT NULL AND due <= $2
    ORDER BY due, subject LIMIT $3";
const STOPPED_UNDER_OTHER_RULES: &str = "\
    SELECT subject FROM subjects
    WHERE book = $1 AND stop_code IS NOT NULL AND due IS NULL
        AND (rule_hash IS NULL OR rule_hash <> $2)
    ORDER BY subject LIMIT $3";
const PAGE: &str = "\
    SELECT subject FROM subjects WHERE book = $1 AND subject > $2 ORDER BY subject LIMIT $3";
const STANDING: &str = "\
    SELECT s.subject, s.waits, s.rule_hash, s.stop_code, s.stop_detail, s.note_code,
        s.note_detail
    FROM subjects s
    WHERE s.book = $1 AND s.subject IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";
const FACTS: &str = "\
    SELECT f.id, f.subject, f.occurred, f.source, f.raw_hash, f.body, f.number FROM facts f
    WHERE f.book = $1 AND f.subject IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)
    ORDER BY f.subject, f.occurred, f.number, f.id";
const DECIDED: &str = decided!(
    "WHERE i.book = $1 AND i.subject IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)
     ORDER BY o.decided, o.place"
);

impl Store {
    /// Subjects with a fact that their last decision did not see, subjects that waited for an
    /// intent that has settled since, and subjects stopped under another rule book than
    /// `rule_hash`. Those that have been due longest come first.
    pub async fn due_subjects(
        &self,
        book: &BookId,
        rule_hash: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Subject>, StoreError> {
        let mut rows: Vec<(String,)> = sqlx::query_as(DUE)
            .bind(book.as_str())
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("subjects.due"))?;
        let found = u32::try_from(rows.len()).unwrap_or(limit);
        if found < limit {
            let stopped: Vec<(String,)> = sqlx::query_as(STOPPED_UNDER_OTHER_RULES)
                .bind(book.as_str())
                .bind(rule_hash)
                .bind(i64::from(limit.saturating_sub(found)))
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("subjects.stopped_under_other_rules"))?;
            rows.extend(stopped);
        }
        Ok(rows.into_iter().map(|(subject,)| Subject::from_stored(subject)).collect())
    }

    /// One subject; empty when nothing is known about it.
    pub async fn subject(
        &self,
        book: &BookId,
        subject: &Subject,
    ) -> Result<SubjectRow, StoreError> {
        let rows = self.subjects(book, std::slice::from_ref(subject)).await?;
        Ok(rows.into_iter().next().unwrap_or_else(|| SubjectRow::empty(subject)))
    }

    /// Many subjects at once, in the order asked for; one that is asked for twice is there twice.
    pub async fn subjects(
        &self,
        book: &BookId,
        subjects: &[Subject],
    ) -> Result<Vec<SubjectRow>, StoreError> {
        let mut rows = Vec::with_capacity(subjects.len());
        for some in subjects.chunks(CHUNK) {
            let mut found = self.some_subjects(book, some).await?;
            let mut asked: BTreeMap<&Subject, usize> = BTreeMap::new();
            for subject in some {
                *asked.entry(subject).or_default() += 1;
            }
            for subject in some {
                let left = asked.entry(subject).or_default();
                *left = left.saturating_sub(1);
                let row =
                    if *left == 0 { found.remove(subject) } else { found.get(subject).cloned() };
                rows.push(row.unwrap_or_else(|| SubjectRow::empty(subject)));
            }
        }
        Ok(rows)
    }

    /// A page of the book's subjects in the order of their names, after `after`.
    pub async fn subjects_page(
        &self,
        book: &BookId,
        after: Option<&Subject>,
        limit: u32,
    ) -> Result<Vec<Subject>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(PAGE)
            .bind(book.as_str())
            .bind(after.map_or("", Subject::as_str))
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("subjects.page"))?;
        Ok(rows.into_iter().map(|(subject,)| Subject::from_stored(subject)).collect())
    }

    async fn some_subjects(
        &self,
        book: &BookId,
        subjects: &[Subject],
    ) -> Result<BTreeMap<Subject, SubjectRow>, StoreError> {
        let asked = ids(subjects.iter().map(Subject::as_str))?;
        // Intents before facts: what settles in between is looked at again, what comes in is due.
        let decided: Vec<DecidedRow> = sqlx::query_as(DECIDED)
            .bind(book.as_str())
            .bind(&asked)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("subjects.decided"))?;
        let standing: Vec<StandingRow> = sqlx::query_as(STANDING)
            .bind(book.as_str())
            .bind(&asked)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("subjects.standing"))?;
        let mut rows: BTreeMap<Subject, SubjectRow> = standing
            .into_iter()
            .map(|row| (Subject::from_stored(row.subject.clone()), row.into_subject()))
            .collect();
        for (number, fact) in self.facts_of(book, &asked).await? {
            let subject = fact.subject.clone();
            let row = rows.entry(subject.clone()).or_insert_with(|| SubjectRow::empty(&subject));
            row.facts.extend((number > 0).then_some(fact));
        }
        for row in decided {
            let decided = Decided::try_from(row)?;
            let subject = decided.intent.subject.clone();
            let row = rows.entry(subject.clone()).or_insert_with(|| SubjectRow::empty(&subject));
            row.decided.push(decided);
        }
        Ok(rows)
    }

    /// Facts of subjects with their numbers (0: stale), by the time they occurred.
    pub(crate) async fn facts_of(
        &self,
        book: &BookId,
        subjects: &str,
    ) -> Result<Vec<(i64, Fact)>, StoreError> {
        let rows: Vec<FactColumns> = sqlx::query_as(FACTS)
            .bind(book.as_str())
            .bind(subjects)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("facts.of_subjects"))?;
        rows.into_iter().map(fact_of).collect()
    }
}

pub(crate) type FactColumns = (String, String, i64, String, String, String, i64);

pub(crate) fn fact_of(columns: FactColumns) -> Result<(i64, Fact), StoreError> {
    let (id, subject, occurred, source, raw_hash, body, number) = columns;
    let body = Place { table: "facts", column: "body", row: &id }.json(&body)?;
    let fact = Fact {
        id: FactId::from_stored(id),
        subject: Subject::from_stored(subject),
        occurred: Timestamp(occurred),
        source,
        raw_hash,
        body,
    };
    Ok((number, fact))
}

struct StandingRow {
    subject: String,
    waits: i64,
    rule_hash: Option<String>,
    stop: Option<Reason>,
    note: Option<Reason>,
}

impl FromRow<'_, AnyRow> for StandingRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(StandingRow {
            subject: row.try_get("subject")?,
            waits: row.try_get("waits")?,
            rule_hash: row.try_get("rule_hash")?,
            stop: reason(row.try_get("stop_code")?, row.try_get("stop_detail")?),
            note: reason(row.try_get("note_code")?, row.try_get("note_detail")?),
        })
    }
}

impl StandingRow {
    fn into_subject(self) -> SubjectRow {
        SubjectRow {
            subject: Subject::from_stored(self.subject),
            facts: Vec::new(),
            decided: Vec::new(),
            stop: self.stop,
            note: self.note,
            decided_under: self.rule_hash,
            waits: self.waits == 1,
        }
    }
}

impl SubjectRow {
    fn empty(subject: &Subject) -> SubjectRow {
        SubjectRow {
            subject: subject.clone(),
            facts: Vec::new(),
            decided: Vec::new(),
            stop: None,
            note: None,
            decided_under: None,
            waits: false,
        }
    }
}
