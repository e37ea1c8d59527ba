//! Receipts: the other system's word that a thing exists. Each remote id is the receipt of one
//! intent of its kind.

use std::collections::{BTreeMap, BTreeSet};

use base::{Subject, Timestamp};
use intents::outbox::State;
use intents::{BookId, IntentId, Kind, Receipt};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, FromRow, Row};

use crate::progress::{self, Standing};
use crate::rows::{CHUNK, Place, ids, json, list};
use crate::settle::{Settled, receipt_of};
use crate::{Store, StoreError};

const OF_INTENTS: &str = "\
    SELECT r.intent, r.remote_id, r.number, r.status, r.total, r.tax FROM receipts r
    WHERE r.intent IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)";
const TAKEN: &str = "\
    SELECT r.remote_id FROM receipts r JOIN outbox o ON o.intent = r.intent
    WHERE r.book = $1 AND r.claim <> 'withdrawn' AND o.state <> 'checking'
        AND r.remote_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";
const OF_KIND: &str = "\
    SELECT r.remote_id FROM receipts r JOIN outbox o ON o.intent = r.intent
    WHERE r.book = $1 AND r.kind = $2 AND r.claim <> 'withdrawn' AND o.state <> 'checking'";
const BY_REMOTE_ID: &str = "\
    SELECT i.subject, r.intent, r.remote_id, r.number, r.status, r.total, r.tax
    FROM receipts r JOIN intents i ON i.id = r.intent
    WHERE r.book = $1 AND r.claim <> 'withdrawn'
        AND r.remote_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)
    ORDER BY CASE WHEN r.claim = 'current' THEN 1 ELSE 0 END, r.posted, r.intent";
const POSTED_INVOICES: &str = "\
    SELECT COUNT(*) AS invoices FROM receipts
    WHERE book = $1 AND kind = 'invoice' AND claim <> 'withdrawn'";
const CLAIMED: &str = "\
    SELECT r.kind, r.remote_id, r.intent FROM receipts r
    WHERE r.book = $1 AND r.claim = 'current'
        AND r.remote_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)";
const KEEP: &str = "\
    INSERT INTO receipts (intent, book, kind, remote_id, number, status, total, tax, posted, claim)
    SELECT e.value ->> 'intent', $1, e.value ->> 'kind', e.value ->> 'remote_id',
        e.value ->> 'number', e.value ->> 'status', e.value ->> 'total', e.value ->> 'tax', $2,
        'current'
    FROM json_each($3) AS e WHERE TRUE
    ON CONFLICT (intent) DO UPDATE SET remote_id = excluded.remote_id, number = excluded.number,
        status = excluded.status, total = excluded.total, tax = excluded.tax, claim = 'current'";
const LET_GO: &str = "\
    UPDATE receipts SET claim = e.value ->> 'claim' FROM json_each($1) AS e
    WHERE receipts.intent = e.value ->> 'intent'";

impl Store {
    /// Receipts of intents, also of those that were amended since; intents without one are left
    /// out.
    pub async fn receipts(
        &self,
        intents: &[IntentId],
    ) -> Result<BTreeMap<IntentId, Receipt>, StoreError> {
        let mut receipts = BTreeMap::new();
        for some in intents.chunks(CHUNK) {
            let rows: Vec<OfIntent> = sqlx::query_as(OF_INTENTS)
                .bind(ids(some.iter().map(IntentId::as_str))?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("receipts.of_intents"))?;
            for row in rows {
                let receipt = row.receipt.read(&row.intent)?;
                receipts.insert(IntentId::from_stored(row.intent), receipt);
            }
        }
        Ok(receipts)
    }

    /// Receipts by the other system's ids, with what they are about: of a document that was edited
    /// since, the newest.
    pub async fn receipts_by_remote(
        &self,
        book: &BookId,
        remote_ids: &[String],
    ) -> Result<BTreeMap<String, (Subject, Receipt)>, StoreError> {
        let mut receipts = BTreeMap::new();
        for some in remote_ids.chunks(CHUNK) {
            let rows: Vec<OfSubject> = sqlx::query_as(BY_REMOTE_ID)
                .bind(book.as_str())
                .bind(ids(some.iter().map(String::as_str))?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("receipts.by_remote_id"))?;
            for row in rows {
                let receipt = row.of.receipt.read(&row.of.intent)?;
                let subject = Subject::from_stored(row.subject);
                receipts.insert(receipt.remote_id.clone(), (subject, receipt));
            }
        }
        Ok(receipts)
    }

    /// Invoices that were ever posted.
    pub async fn posted_invoices(&self, book: &BookId) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(POSTED_INVOICES)
            .bind(book.as_str())
            .fetch_one(self.reader())
            .await
            .map_err(StoreError::on("receipts.posted_invoices"))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Those of the remote ids that are, or were, someone's receipt, of whatever kind. What is
    /// being looked up may find its own again: its receipt is not counted.
    pub async fn taken(
        &self,
        book: &BookId,
        remote_ids: &[String],
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut taken = BTreeSet::new();
        for some in remote_ids.chunks(CHUNK) {
            let rows: Vec<(String,)> = sqlx::query_as(TAKEN)
                .bind(book.as_str())
                .bind(ids(some.iter().map(String::as_str))?)
                .fetch_all(self.reader())
                .await
                .map_err(StoreError::on("receipts.taken"))?;
            taken.extend(rows.into_iter().map(|(remote_id,)| remote_id));
        }
        Ok(taken)
    }

    /// Every remote id that is, or was, the receipt of an intent of that kind. What is being
    /// looked up may find its own again: its receipt is not counted.
    pub async fn remote_ids(
        &self,
        book: &BookId,
        kind: Kind,
    ) -> Result<BTreeSet<String>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(OF_KIND)
            .bind(book.as_str())
            .bind(kind.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("receipts.of_kind"))?;
        Ok(rows.into_iter().map(|(remote_id,)| remote_id).collect())
    }
}

/// The same, with each receipt that is another intent's taken away: what would be posted by it is
/// held instead. An intent takes over from the one that it supersedes, once it is posted.
pub(crate) async fn yielded(
    conn: &mut AnyConnection,
    book: &BookId,
    settled: &[Settled],
) -> Result<Vec<Settled>, StoreError> {
    let of = |one: &Settled| one.receipt.clone().or_else(|| receipt_of(&one.event).cloned());
    let ids_given: Vec<Receipt> = settled.iter().filter_map(of).collect();
    if ids_given.is_empty() {
        return Ok(settled.to_vec());
    }
    let rows: Vec<(String, String, String)> = sqlx::query_as(CLAIMED)
        .bind(book.as_str())
        .bind(ids(ids_given.iter().map(|one| one.remote_id.as_str()))?)
        .fetch_all(&mut *conn)
        .await
        .map_err(StoreError::on("receipts.claimed"))?;
    let mut owners: BTreeMap<(String, String), String> =
        rows.into_iter().map(|(kind, remote_id, intent)| ((kind, remote_id), intent)).collect();
    let standing = progress::load(conn, settled.iter().map(|one| &one.intent)).await?;
    let mut yielded = Vec::with_capacity(settled.len());
    for one in settled {
        let (Some(receipt), Some(intent)) = (of(one), standing.get(&one.intent)) else {
            yielded.push(one.clone());
            continue;
        };
        let claim = (intent.kind.as_str().to_owned(), receipt.remote_id.clone());
        let owner = owners.entry(claim).or_insert_with(|| one.intent.as_str().to_owned());
        let is_own = owner == one.intent.as_str();
        let is_heir =
            one.is_there() && intent.supersedes.as_ref().is_some_and(|old| old.as_str() == owner);
        yielded.push(if is_own || is_heir {
            Settled { receipt: Some(receipt), ..one.clone() }
        } else {
            one.without(receipt)
        });
    }
    Ok(yielded)
}

/// A receipt and the intent that it is for.
pub(crate) struct Given<'a> {
    pub(crate) intent: &'a IntentId,
    pub(crate) kind: Kind,
    pub(crate) receipt: &'a Receipt,
}

/// Keeps receipts; a remote id that is another intent's is [`StoreError::ReceiptTaken`].
pub(crate) async fn keep(
    conn: &mut AnyConnection,
    book: &BookId,
    given: &[Given<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    if given.is_empty() {
        return Ok(());
    }
    check_free(conn, book, given).await?;
    let rows: Vec<KeptRow<'_>> = given.iter().map(KeptRow::of).collect::<Result<_, _>>()?;
    sqlx::query(KEEP)
        .bind(book.as_str())
        .bind(now.0)
        .bind(list(&rows)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("receipts.keep"))?;
    Ok(())
}

async fn check_free(
    conn: &mut AnyConnection,
    book: &BookId,
    given: &[Given<'_>],
) -> Result<(), StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(CLAIMED)
        .bind(book.as_str())
        .bind(ids(given.iter().map(|one| one.receipt.remote_id.as_str()))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("receipts.claimed"))?;
    let mut owners: BTreeMap<(&str, &str), &str> = rows
        .iter()
        .map(|(kind, remote_id, intent)| ((kind.as_str(), remote_id.as_str()), intent.as_str()))
        .collect();
    for one in given {
        let claim = (one.kind.as_str(), one.receipt.remote_id.as_str());
        let owner = owners.entry(claim).or_insert(one.intent.as_str());
        if *owner != one.intent.as_str() {
            return Err(StoreError::ReceiptTaken {
                kind: one.kind.as_str(),
                remote_id: one.receipt.remote_id.clone(),
            });
        }
    }
    Ok(())
}

/// The documents of these intents, reversed or withdrawn, are no longer theirs.
pub(crate) async fn let_go<'a>(
    conn: &mut AnyConnection,
    gone: impl Iterator<Item = &'a Standing>,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Gone<'a> {
        intent: &'a str,
        claim: &'static str,
    }
    let claim = |one: &Standing| if one.is(State::Withdrawn) { "withdrawn" } else { "reversed" };
    let rows: Vec<Gone<'_>> =
        gone.map(|one| Gone { intent: one.intent.as_str(), claim: claim(one) }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(LET_GO)
        .bind(list(&rows)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("receipts.let_go"))?;
    Ok(())
}

#[derive(Serialize)]
struct KeptRow<'a> {
    intent: &'a str,
    kind: &'static str,
    remote_id: &'a str,
    number: Option<&'a str>,
    status: &'a str,
    total: Option<String>,
    tax: Option<String>,
}

impl<'a> KeptRow<'a> {
    fn of(given: &Given<'a>) -> Result<KeptRow<'a>, StoreError> {
        let receipt = given.receipt;
        Ok(KeptRow {
            intent: given.intent.as_str(),
            kind: given.kind.as_str(),
            remote_id: &receipt.remote_id,
            number: receipt.number.as_deref(),
            status: &receipt.status,
            total: receipt.total.map(|total| json("total", &total)).transpose()?,
            tax: receipt.tax.map(|tax| json("tax", &tax)).transpose()?,
        })
    }
}

struct OfIntent {
    intent: String,
    receipt: ReceiptRow,
}

impl FromRow<'_, AnyRow> for OfIntent {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(OfIntent { intent: row.try_get("intent")?, receipt: ReceiptRow::from_row(row)? })
    }
}

struct OfSubject {
    subject: String,
    of: OfIntent,
}

impl FromRow<'_, AnyRow> for OfSubject {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(OfSubject { subject: row.try_get("subject")?, of: OfIntent::from_row(row)? })
    }
}

/// A receipt's own columns.
pub(crate) struct ReceiptRow {
    remote_id: String,
    number: Option<String>,
    status: String,
    total: Option<String>,
    tax: Option<String>,
}

impl ReceiptRow {
    pub(crate) fn read(self, intent: &str) -> Result<Receipt, StoreError> {
        let money = |column, text: Option<String>| {
            let place = Place { table: "receipts", column, row: intent };
            text.map(|text| place.json(&text)).transpose()
        };
        Ok(Receipt {
            remote_id: self.remote_id,
            number: self.number,
            status: self.status,
            total: money("total", self.total)?,
            tax: money("tax", self.tax)?,
        })
    }
}

impl FromRow<'_, AnyRow> for ReceiptRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(ReceiptRow {
            remote_id: row.try_get("remote_id")?,
            number: row.try_get("number")?,
            status: row.try_get("status")?,
            total: row.try_get("total")?,
            tax: row.try_get("tax")?,
        })
    }
}

impl ReceiptRow {
    /// Of a row in which there may be no receipt.
    pub(crate) fn of_outer_join(row: &AnyRow) -> Result<Option<ReceiptRow>, sqlx::Error> {
        let remote_id: Option<String> = row.try_get("remote_id")?;
        remote_id.map(|_there_is_one| ReceiptRow::from_row(row)).transpose()
    }
}
