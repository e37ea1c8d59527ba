//! Settlements as they were footed, what their rows claim of order documents, and the reports that
//! they came in.

use std::collections::BTreeSet;

use ::facts::Fact;
use base::{FactId, Money, Subject, Timestamp};
use intents::BookId;
use sqlx::AnyConnection;

use crate::rows::{CHUNK, ids, list};
use crate::settlement_rows::ClaimRow;
use crate::subjects::{FactColumns, fact_of};
use crate::{Lease, Store, StoreError};

/// A settlement as its last decision footed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub settlement_id: String,
    pub fact: FactId,
    /// Hash of the archived report.
    pub report: String,
    pub region: String,
    pub seller_id: String,
    /// Account and currency: settlements of one series follow each other without a gap.
    pub series: String,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub deposited: Option<Timestamp>,
    pub rows: u64,
    /// What its rows add up to.
    pub total: Money,
    pub current_reserve: Money,
    /// How the rows are accounted for: `covered` by order documents, `posted` by the settlement's
    /// own, `held` until their order's document is there. The three add up to `total`.
    pub covered: Money,
    pub posted: Money,
    pub held: Money,
}

/// The component of a claim that says: the order had no document, and the settlement posts its rows.
pub const POSTED: &str = "posted";

/// In the place of a settlement's id: what the opening balances carry, where a book has a past.
pub const BEGINNING: &str = "beginning";

/// What a settlement's rows claim of one component of an order's documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub settlement_id: String,
    pub order_id: String,
    pub item_id: String,
    pub component: String,
    pub is_refund: bool,
    pub amount: Money,
    pub rows: u64,
}

/// A settlement with its claims, on the way into the tables with its decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footed {
    pub settlement: Settlement,
    pub claims: Vec<Claim>,
}

macro_rules! settlement {
    ($rest:literal) => {
        concat!(
            "SELECT settlement_id, fact, report, region, seller, series, currency, starts, ends, \
             deposited, rows_read, total, current_reserve, covered, posted, held \
             FROM settlements WHERE book = $1 ",
            $rest
        )
    };
}

macro_rules! claims {
    ($which:literal) => {
        concat!(
            "SELECT c.settlement_id, c.order_id, c.item_id, c.component, c.is_refund, c.currency, \
             c.amount, c.rows_read FROM claims c WHERE c.book = $1 ",
            $which,
            " ORDER BY c.order_id, c.settlement_id, c.item_id, c.component, c.is_refund"
        )
    };
}

const ALL: &str = settlement!("ORDER BY ends, settlement_id");
const ONE: &str = settlement!("AND settlement_id = $2");
const BEFORE: &str = settlement!("AND series = $2 AND starts < $3 ORDER BY starts DESC LIMIT 1");
const AFTER: &str = settlement!("AND series = $2 AND starts > $3 ORDER BY starts LIMIT 1");
const KEEP: &str = "\
    INSERT INTO settlements (book, settlement_id, fact, report, region, seller, series, currency,
        starts, ends, deposited, rows_read, total, current_reserve, covered, posted, held)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT (book, settlement_id) DO UPDATE SET fact = excluded.fact,
        report = excluded.report, series = excluded.series, starts = excluded.starts,
        ends = excluded.ends, deposited = excluded.deposited, rows_read = excluded.rows_read,
        total = excluded.total, current_reserve = excluded.current_reserve,
        covered = excluded.covered, posted = excluded.posted, held = excluded.held";
const DROP_CLAIMS: &str = "DELETE FROM claims WHERE book = $1 AND settlement_id = $2";
const INSERT_CLAIMS: &str = "\
    INSERT INTO claims (book, settlement_id, order_id, item_id, component, is_refund, currency,
        amount, rows_read)
    SELECT $1, $2, e.value ->> 'order_id', e.value ->> 'item_id', e.value ->> 'component',
        CAST(e.value ->> 'is_refund' AS BIGINT), e.value ->> 'currency',
        CAST(e.value ->> 'amount' AS BIGINT), CAST(e.value ->> 'rows' AS BIGINT)
    FROM json_each($3) AS e";
const CLAIMS: &str = claims!("AND c.order_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)");
const CLAIMS_OF: &str = claims!("AND c.settlement_id = $2");
const FETCHED: &str = "\
    SELECT r.report_id FROM reports r
    WHERE r.book = $1 AND r.report_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";
const NOTE_REPORT: &str = "\
    INSERT INTO reports (book, report_id, hash, fetched) VALUES ($1, $2, $3, $4)
    ON CONFLICT (book, report_id) DO NOTHING";
const WAKE: &str = "\
    UPDATE subjects SET due = COALESCE(due, $2)
    WHERE book = $1 AND subject IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)";
const OF_SOURCE: &str = "\
    SELECT f.id, f.subject, f.occurred, f.source, f.raw_hash, f.body, f.number FROM facts f
    WHERE f.book = $1 AND f.source = $2 AND f.occurred >= $3 AND f.occurred < $4
    ORDER BY f.occurred, f.id";

impl Store {
    /// Every settlement that was decided, by its end.
    pub async fn settlements(&self, book: &BookId) -> Result<Vec<Settlement>, StoreError> {
        sqlx::query_as(ALL)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("settlements.all"))
    }

    pub async fn settlement(
        &self,
        book: &BookId,
        settlement_id: &str,
    ) -> Result<Option<Settlement>, StoreError> {
        sqlx::query_as(ONE)
            .bind(book.as_str())
            .bind(settlement_id)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("settlements.one"))
    }

    /// The neighbours of a moment in a series: the settlement that started last before it, and the
    /// one that started first after it.
    pub async fn settlements_around(
        &self,
        book: &BookId,
        series: &str,
        start: Timestamp,
    ) -> Result<(Option<Settlement>, Option<Settlement>), StoreError> {
        let mut found = Vec::with_capacity(2);
        for text in [BEFORE, AFTER] {
            let one: Option<Settlement> = sqlx::query_as(text)
                .bind(book.as_str())
                .bind(series)
                .bind(start.0)
                .fetch_optional(self.reader())
                .await
                .map_err(StoreError::on("settlements.around"))?;
            found.push(one);
        }
        let after = found.pop().flatten();
        Ok((found.pop().flatten(), after))
    }

    /// What settlements claim of these orders' documents.
    pub async fn claims(
        &self,
        book: &BookId,
        order_ids: &[&str],
    ) -> Result<Vec<Claim>, StoreError> {
        let mut claims = Vec::new();
        for some in order_ids.chunks(CHUNK) {
            let rows: Vec<Claim> = sqlx::query_as(CLAIMS)
                .bind(book.as_str())
                .bind(ids(some.iter().copied())?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("claims.of_orders"))?;
            claims.extend(rows);
        }
        Ok(claims)
    }

    /// What a settlement claims as it was last decided, and with [`POSTED`] which orders' rows are
    /// posted with it.
    pub async fn claims_of(
        &self,
        book: &BookId,
        settlement_id: &str,
    ) -> Result<Vec<Claim>, StoreError> {
        sqlx::query_as(CLAIMS_OF)
            .bind(book.as_str())
            .bind(settlement_id)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("claims.of_settlement"))
    }

    /// What the book's opening balances carry, in place of what was said before.
    pub async fn begin_book(&self, lease: &Lease, carried: &[Claim]) -> Result<(), StoreError> {
        let doing = "claims.begin";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        put_claims(&mut tx, &lease.book, (BEGINNING, carried)).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// Those of the reports that were fetched before.
    pub async fn fetched_reports(
        &self,
        book: &BookId,
        report_ids: &[&str],
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut fetched = BTreeSet::new();
        for some in report_ids.chunks(CHUNK) {
            let rows: Vec<(String,)> = sqlx::query_as(FETCHED)
                .bind(book.as_str())
                .bind(ids(some.iter().copied())?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("reports.fetched"))?;
            fetched.extend(rows.into_iter().map(|(id,)| id));
        }
        Ok(fetched)
    }

    /// Subjects to be decided again although nothing of their own is new.
    pub async fn wake_subjects(
        &self,
        lease: &Lease,
        subjects: &[Subject],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "subjects.wake";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        sqlx::query(WAKE)
            .bind(lease.book.as_str())
            .bind(now.0)
            .bind(ids(subjects.iter().map(Subject::as_str))?)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// Facts of one source that occurred from one moment to before another.
    pub async fn facts_of_source(
        &self,
        book: &BookId,
        source: &str,
        from: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Fact>, StoreError> {
        let rows: Vec<FactColumns> = sqlx::query_as(OF_SOURCE)
            .bind(book.as_str())
            .bind(source)
            .bind(from.0)
            .bind(before.0)
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("facts.of_source"))?;
        rows.into_iter().map(|row| fact_of(row).map(|(_number, fact)| fact)).collect()
    }
}

/// In the decision's transaction: the settlement, and its claims in place of those before.
pub(crate) async fn keep(
    conn: &mut AnyConnection,
    book: &BookId,
    footed: &Footed,
) -> Result<(), StoreError> {
    let one = &footed.settlement;
    sqlx::query(KEEP)
        .bind(book.as_str())
        .bind(&one.settlement_id)
        .bind(one.fact.as_str())
        .bind(&one.report)
        .bind(&one.region)
        .bind(&one.seller_id)
        .bind(&one.series)
        .bind(one.total.currency().to_string())
        .bind(one.starts.0)
        .bind(one.ends.0)
        .bind(one.deposited.map(|moment| moment.0))
        .bind(count(one.rows))
        .bind(one.total.minor())
        .bind(one.current_reserve.minor())
        .bind(one.covered.minor())
        .bind(one.posted.minor())
        .bind(one.held.minor())
        .execute(&mut *conn)
        .await
        .map_err(StoreError::on("settlements.keep"))?;
    put_claims(conn, book, (&one.settlement_id, &footed.claims)).await
}

/// In place of those before.
async fn put_claims(
    conn: &mut AnyConnection,
    book: &BookId,
    (settlement_id, claims): (&str, &[Claim]),
) -> Result<(), StoreError> {
    sqlx::query(DROP_CLAIMS)
        .bind(book.as_str())
        .bind(settlement_id)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::on("claims.drop"))?;
    for some in claims.chunks(CHUNK) {
        let rows: Vec<ClaimRow<'_>> = some.iter().map(ClaimRow::of).collect();
        sqlx::query(INSERT_CLAIMS)
            .bind(book.as_str())
            .bind(settlement_id)
            .bind(list(&rows)?)
            .execute(&mut *conn)
            .await
            .map_err(StoreError::on("claims.insert"))?;
    }
    Ok(())
}

/// In the pull's transaction.
pub(crate) async fn note_report(
    conn: &mut AnyConnection,
    book: &BookId,
    (report_id, hash): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(NOTE_REPORT)
        .bind(book.as_str())
        .bind(report_id)
        .bind(hash)
        .bind(now.0)
        .execute(conn)
        .await
        .map_err(StoreError::on("reports.note"))?;
    Ok(())
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
