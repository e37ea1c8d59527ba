//! Calls that were made, counted, and alarms that were raised.

use base::Timestamp;
use intents::BookId;

use crate::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCount {
    pub vendor: String,
    pub operation: String,
    pub calls: u64,
}

/// Something that a person should look at. One per book, code and subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub code: String,
    /// What it is about: a subject, a document number, a lane.
    pub subject: String,
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRow {
    pub alarm: Alarm,
    pub first: Timestamp,
    pub last: Timestamp,
    pub times: u64,
}

const COUNT: &str = "\
    INSERT INTO calls (vendor, operation, calls) VALUES ($1, $2, $3)
    ON CONFLICT (vendor, operation) DO UPDATE SET calls = calls.calls + excluded.calls";
const COUNTED: &str = "SELECT vendor, operation, calls FROM calls ORDER BY vendor, operation";
const RAISE: &str = "\
    INSERT INTO alarms (book, code, subject, detail, first_raised, last_raised, times)
    VALUES ($1, $2, $3, $4, $5, $5, 1)
    ON CONFLICT (book, code, subject) DO UPDATE SET detail = excluded.detail,
        last_raised = excluded.last_raised,
        times = CASE WHEN alarms.cleared IS NULL THEN alarms.times + 1 ELSE 1 END,
        first_raised = CASE WHEN alarms.cleared IS NULL THEN alarms.first_raised
            ELSE excluded.first_raised END,
        cleared = NULL, cleared_by = NULL";
const RAISED: &str = "\
    SELECT code, subject, detail, first_raised, last_raised, times FROM alarms
    WHERE book = $1 AND cleared IS NULL ORDER BY first_raised, code, subject";
const CLEAR: &str = "\
    UPDATE alarms SET cleared = $4, cleared_by = $5
    WHERE book = $1 AND code = $2 AND subject = $3 AND cleared IS NULL";

type AlarmColumns = (String, String, String, i64, i64, i64);

impl Store {
    pub async fn count_calls(
        &self,
        vendor: &str,
        operation: &str,
        calls: u64,
    ) -> Result<(), StoreError> {
        sqlx::query(COUNT)
            .bind(vendor)
            .bind(operation)
            .bind(i64::try_from(calls).unwrap_or(i64::MAX))
            .execute(self.writer())
            .await
            .map_err(StoreError::on("calls.count"))?;
        Ok(())
    }

    pub async fn calls(&self) -> Result<Vec<CallCount>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(COUNTED)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("calls.counted"))?;
        let count = |(vendor, operation, calls): (String, String, i64)| CallCount {
            vendor,
            operation,
            calls: u64::try_from(calls).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(count).collect())
    }

    /// Raised again, it is the same alarm with a later last time and the newer detail. One that was
    /// cleared begins anew.
    pub async fn raise_alarm(
        &self,
        book: &BookId,
        alarm: &Alarm,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(RAISE)
            .bind(book.as_str())
            .bind(&alarm.code)
            .bind(&alarm.subject)
            .bind(&alarm.detail)
            .bind(now.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("alarms.raise"))?;
        Ok(())
    }

    /// What an alarm was about is mended: found so by `who`, or said so. True if it was open.
    pub async fn clear_alarm(
        &self,
        book: &BookId,
        (code, subject): (&str, &str),
        who: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(CLEAR)
            .bind(book.as_str())
            .bind(code)
            .bind(subject)
            .bind(now.0)
            .bind(who)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("alarms.clear"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Alarms that are not cleared, the oldest first.
    pub async fn alarms(&self, book: &BookId) -> Result<Vec<AlarmRow>, StoreError> {
        let rows: Vec<AlarmColumns> = sqlx::query_as(RAISED)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("alarms.raised"))?;
        let alarm = |(code, subject, detail, first, last, times): AlarmColumns| AlarmRow {
            alarm: Alarm { code, subject, detail },
            first: Timestamp(first),
            last: Timestamp(last),
            times: u64::try_from(times).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(alarm).collect())
    }
}
