//! Drifts: posted documents that are not in the other system as they were posted, and what people
//! said about them.

use std::collections::{BTreeMap, BTreeSet};

use base::{Subject, Timestamp};
use intents::{BookId, DriftId, DriftKind, DriftState, IntentId, Wish};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, FromRow, Row};

use crate::drift_acts::{self, Noted};
use crate::rows::{CHUNK, Place, ids};
use crate::{Lease, Store, StoreError, lanes};

/// A difference that a look has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighted {
    /// The posted intent that it is about.
    pub intent: IntentId,
    pub subject: Subject,
    pub kind: DriftKind,
    /// What in the other system it is about.
    pub remote_id: String,
    /// For people: `invoice AMZ-202-1`.
    pub document: String,
    /// What differs, in words and amounts: the same words are the same difference.
    pub found: String,
}

/// What a look has shown: everything that differs, and of which places that is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    pub sighted: Vec<Sighted>,
    /// Of these intents no other difference of these kinds is there.
    pub whole: Vec<(IntentId, Vec<DriftKind>)>,
    /// Documents of others that double none of ours, unless sighted.
    pub others: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub id: DriftId,
    pub sighted: Sighted,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub state: DriftState,
    /// What a person asked for that is not carried out yet.
    pub wish: Option<Wish>,
}

/// What a look has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drifted {
    pub opened: Vec<Drift>,
    pub gone: Vec<Drift>,
}

macro_rules! drifts {
    ($which:literal) => {
        concat!(
            "SELECT d.id, d.intent, d.subject, d.kind, d.remote_id, d.document, d.found, \
             d.first_seen, d.last_seen, d.state, d.wish FROM drifts d WHERE d.book = $1 ",
            $which
        )
    };
}

const ALL: &str = drifts!("ORDER BY d.first_seen, d.id");
const IN_STATE: &str = drifts!("AND d.state = $2 ORDER BY d.first_seen, d.id");
const WISHED: &str = drifts!("AND d.wish <> '' ORDER BY d.id");
const OF_INTENTS: &str = drifts!(
    "AND d.intent IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)
     ORDER BY d.id"
);
const OF_OTHERS: &str = drifts!(
    "AND d.kind = 'duplicate'
     AND d.remote_id IN (SELECT e.value ->> 'id' FROM json_each($2) AS e)
     ORDER BY d.id"
);
const KEEP: &str = "\
    INSERT INTO drifts (id, book, intent, subject, kind, remote_id, document, found, first_seen,
        last_seen, state, wish)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (id) DO UPDATE SET document = excluded.document, found = excluded.found,
        first_seen = excluded.first_seen, last_seen = excluded.last_seen,
        state = excluded.state, wish = excluded.wish";

impl Store {
    /// Every drift of a book, or those in one state; the oldest first.
    pub async fn drifts(
        &self,
        book: &BookId,
        state: Option<DriftState>,
    ) -> Result<Vec<Drift>, StoreError> {
        let rows: Vec<DriftRow> = match state {
            None => sqlx::query_as(ALL).bind(book.as_str()).fetch_all(self.reader()).await,
            Some(state) => {
                sqlx::query_as(IN_STATE)
                    .bind(book.as_str())
                    .bind(state.as_str())
                    .fetch_all(self.reader())
                    .await
            }
        }
        .map_err(StoreError::on("drifts.all"))?;
        rows.into_iter().map(DriftRow::read).collect()
    }

    /// Drifts for which a person asked for something that is not carried out yet.
    pub async fn wished_drifts(&self, book: &BookId) -> Result<Vec<Drift>, StoreError> {
        let rows: Vec<DriftRow> = sqlx::query_as(WISHED)
            .bind(book.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("drifts.wished"))?;
        rows.into_iter().map(DriftRow::read).collect()
    }

    /// Writes down what a look has shown: new differences are open, what was accepted and is the
    /// same stays so, what is no longer there is gone. Says which are open that were not before,
    /// and which are gone now.
    pub async fn note_drifts(
        &self,
        lease: &Lease,
        looked: &Looked,
        now: Timestamp,
    ) -> Result<Drifted, StoreError> {
        let doing = "drifts.note";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        let mut known = known(&mut tx, &lease.book, looked).await?;
        let mut drifted = Drifted::default();
        let mut seen = BTreeSet::new();
        for sighted in &looked.sighted {
            let id = id_of(&lease.book, sighted);
            seen.insert(id.clone());
            let (drift, act) = seen_again(known.remove(&id), id, sighted, now);
            keep(&mut tx, &lease.book, &drift).await?;
            if let Some(act) = act {
                let detail = &sighted.found;
                drift_acts::add(
                    &mut tx,
                    &drift.id,
                    &Noted { actor: "check", act, detail, at: now },
                )
                .await?;
                drifted.opened.push(drift);
            }
        }
        for (_, mut drift) in known {
            let state = drift.state.missed();
            if state != drift.state && is_covered(&drift, looked) {
                drift.state = state;
                drift.wish = None;
                drift.last_seen = now;
                keep(&mut tx, &lease.book, &drift).await?;
                let act = Noted { actor: "check", act: "gone", detail: "", at: now };
                drift_acts::add(&mut tx, &drift.id, &act).await?;
                drifted.gone.push(drift);
            }
        }
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(drifted)
    }
}

fn id_of(book: &BookId, sighted: &Sighted) -> DriftId {
    let kind = sighted.kind.as_str();
    DriftId::derive(&[book.as_str(), sighted.intent.as_str(), kind, &sighted.remote_id])
}

/// The drift as it is after it was seen, and the act that this is, if it is one.
fn seen_again(
    known: Option<Drift>,
    id: DriftId,
    sighted: &Sighted,
    now: Timestamp,
) -> (Drift, Option<&'static str>) {
    let Some(known) = known else {
        let drift = Drift {
            id,
            sighted: sighted.clone(),
            first_seen: now,
            last_seen: now,
            state: DriftState::Open,
            wish: None,
        };
        return (drift, Some("found"));
    };
    let is_same = known.sighted.found == sighted.found;
    let state = known.state.seen(is_same);
    let is_reopened = state == DriftState::Open && known.state != DriftState::Open;
    let act = (is_reopened || !is_same).then_some("found again");
    let first_seen = if is_reopened { now } else { known.first_seen };
    let sighted = sighted.clone();
    (Drift { sighted, state, first_seen, last_seen: now, ..known }, act)
}

fn is_covered(drift: &Drift, looked: &Looked) -> bool {
    let is_whole = looked.whole.iter().any(|(intent, kinds)| {
        *intent == drift.sighted.intent && kinds.contains(&drift.sighted.kind)
    });
    let is_duplicate = drift.sighted.kind == DriftKind::Duplicate;
    is_whole || (is_duplicate && looked.others.contains(&drift.sighted.remote_id))
}

/// Drifts that the look says something about.
async fn known(
    conn: &mut AnyConnection,
    book: &BookId,
    looked: &Looked,
) -> Result<BTreeMap<DriftId, Drift>, StoreError> {
    let sighted = looked.sighted.iter().map(|one| one.intent.as_str());
    let intents: BTreeSet<&str> =
        looked.whole.iter().map(|(intent, _)| intent.as_str()).chain(sighted).collect();
    let others: BTreeSet<&str> = looked.others.iter().map(String::as_str).collect();
    let mut known = BTreeMap::new();
    for (statement, asked) in [(OF_INTENTS, intents), (OF_OTHERS, others)] {
        let asked: Vec<&str> = asked.into_iter().collect();
        for some in asked.chunks(CHUNK) {
            let rows: Vec<DriftRow> = sqlx::query_as(statement)
                .bind(book.as_str())
                .bind(ids(some.iter().copied())?)
                .fetch_all(&mut *conn)
                .await
                .map_err(StoreError::on("drifts.known"))?;
            for row in rows {
                let drift = row.read()?;
                known.insert(drift.id.clone(), drift);
            }
        }
    }
    Ok(known)
}

pub(crate) async fn keep(
    conn: &mut AnyConnection,
    book: &BookId,
    drift: &Drift,
) -> Result<(), StoreError> {
    let sighted = &drift.sighted;
    sqlx::query(KEEP)
        .bind(drift.id.as_str())
        .bind(book.as_str())
        .bind(sighted.intent.as_str())
        .bind(sighted.subject.as_str())
        .bind(sighted.kind.as_str())
        .bind(&sighted.remote_id)
        .bind(&sighted.document)
        .bind(&sighted.found)
        .bind(drift.first_seen.0)
        .bind(drift.last_seen.0)
        .bind(drift.state.as_str())
        .bind(drift.wish.map_or("", Wish::as_str))
        .execute(conn)
        .await
        .map_err(StoreError::on("drifts.keep"))?;
    Ok(())
}

pub(crate) struct DriftRow {
    id: String,
    intent: String,
    subject: String,
    kind: String,
    remote_id: String,
    document: String,
    found: String,
    first_seen: i64,
    last_seen: i64,
    state: String,
    wish: String,
}

impl FromRow<'_, AnyRow> for DriftRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(DriftRow {
            id: row.try_get("id")?,
            intent: row.try_get("intent")?,
            subject: row.try_get("subject")?,
            kind: row.try_get("kind")?,
            remote_id: row.try_get("remote_id")?,
            document: row.try_get("document")?,
            found: row.try_get("found")?,
            first_seen: row.try_get("first_seen")?,
            last_seen: row.try_get("last_seen")?,
            state: row.try_get("state")?,
            wish: row.try_get("wish")?,
        })
    }
}

impl DriftRow {
    pub(crate) fn read(self) -> Result<Drift, StoreError> {
        let place = |column| Place { table: "drifts", column, row: &self.id };
        let kind = place("kind").known(DriftKind::parse(&self.kind), &self.kind)?;
        let state = place("state").known(DriftState::parse(&self.state), &self.state)?;
        let wish = match self.wish.as_str() {
            "" => None,
            word => Some(place("wish").known(Wish::parse(word), word)?),
        };
        Ok(Drift {
            id: DriftId::from_stored(self.id),
            sighted: Sighted {
                intent: IntentId::from_stored(self.intent),
                subject: Subject::from_stored(self.subject),
                kind,
                remote_id: self.remote_id,
                document: self.document,
                found: self.found,
            },
            first_seen: Timestamp(self.first_seen),
            last_seen: Timestamp(self.last_seen),
            state,
            wish,
        })
    }
}
