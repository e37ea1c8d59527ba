//! What people decide about drifts, and how it is carried out. Every act is a row that stays.

use base::{Subject, Timestamp};
use intents::outbox::State;
use intents::{DriftId, DriftState, Event, IntentId, Wish};
use sqlx::AnyConnection;

use crate::drifts::{Drift, DriftRow, keep};
use crate::progress::{self, Attempted, Standing};
use crate::rows::ids;
use crate::{Lease, Store, StoreError, lanes, receipts, settle};

/// One act about a drift, as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftAct {
    pub at: Timestamp,
    /// Who acted; `check` when a look did.
    pub actor: String,
    /// `found`, `found again`, `gone`, `accepted`, `asked to repost`, `reposted` and so on.
    pub act: String,
    pub detail: String,
}

/// A person's word about a drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The other system is right: not reported again until it changes again.
    Accept {
        reason: &'a str,
    },
    Ask(Wish),
    /// What was asked for cannot be done, and why.
    Drop {
        reason: &'a str,
    },
    /// What was asked for is done.
    Done(DriftState),
}

pub(crate) struct Noted<'a> {
    pub(crate) actor: &'a str,
    pub(crate) act: &'static str,
    pub(crate) detail: &'a str,
    pub(crate) at: Timestamp,
}

const ONE: &str = "\
    SELECT d.id, d.intent, d.subject, d.kind, d.remote_id, d.document, d.found, d.first_seen,
        d.last_seen, d.state, d.wish
    FROM drifts d WHERE d.id = $1";
const BOOK_OF: &str = "SELECT d.book FROM drifts d WHERE d.id = $1";
const ADD: &str = "\
    INSERT INTO drift_acts (drift, number, happened, actor, act, detail)
    VALUES ($1, (SELECT COUNT(*) + 1 FROM drift_acts a WHERE a.drift = $1), $2, $3, $4, $5)";
const ACTS: &str = "\
    SELECT a.happened, a.actor, a.act, a.detail FROM drift_acts a
    WHERE a.drift = $1 ORDER BY a.number";
const WAKE: &str = "\
    UPDATE subjects SET due = COALESCE(due, $2)
    WHERE book = $1 AND subject IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)";

impl Store {
    pub async fn drift(&self, id: &DriftId) -> Result<Option<Drift>, StoreError> {
        let row: Option<DriftRow> = sqlx::query_as(ONE)
            .bind(id.as_str())
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("drifts.one"))?;
        row.map(DriftRow::read).transpose()
    }

    /// What was done about a drift, oldest first.
    pub async fn drift_acts(&self, id: &DriftId) -> Result<Vec<DriftAct>, StoreError> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(ACTS)
            .bind(id.as_str())
            .fetch_all(self.reader())
            .await
            .map_err(StoreError::on("drift_acts.of_drift"))?;
        let act = |(at, actor, act, detail): (i64, String, String, String)| DriftAct {
            at: Timestamp(at),
            actor,
            act,
            detail,
        };
        Ok(rows.into_iter().map(act).collect())
    }

    /// Writes down what was said about a drift. False when there is no such drift.
    pub async fn choose(
        &self,
        id: &DriftId,
        choice: Choice<'_>,
        who: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let doing = "drifts.choose";
        let mut tx = self.begin(doing).await?;
        let book: Option<(String,)> = sqlx::query_as(BOOK_OF)
            .bind(id.as_str())
            .fetch_optional(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        let Some((book,)) = book else { return Ok(false) };
        let book = intents::BookId::from_stored(book);
        lanes::lock_book(&mut tx, &book).await?;
        let mut drift = one(&mut tx, id).await?;
        let (act, detail) = chosen(&mut drift, choice);
        keep(&mut tx, &book, &drift).await?;
        add(&mut tx, id, &Noted { actor: who, act, detail, at: now }).await?;
        tx.commit().await.map_err(StoreError::on(doing))?;
        Ok(true)
    }

    /// The documents of these intents were ended in the other system by someone else, and are to be
    /// posted again: the intents are reversed, nothing stands on them any more, and the subject is
    /// decided again. The drifts about them are closed with that.
    pub async fn let_repost(
        &self,
        lease: &Lease,
        subject: &Subject,
        lost: &[(IntentId, Option<DriftId>)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "drifts.let_repost";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        let found = progress::load(&mut tx, lost.iter().map(|(intent, _)| intent)).await?;
        let mut ended: Vec<Standing> =
            found.into_values().filter(|one| one.is(State::Posted)).collect();
        for one in &mut ended {
            one.step(&Event::Reversed, self.step_at(now))?;
        }
        let tried = Attempted { happened: now, actor: "drift", status: None };
        let words = "it was ended in the other system by someone else";
        let outcome = progress::outcome(&Event::Reversed);
        let rows: Vec<_> = ended.iter().map(|one| tried.row(one, outcome, words)).collect();
        progress::note(&mut tx, &rows).await?;
        progress::save(&mut tx, &ended).await?;
        receipts::let_go(&mut tx, ended.iter()).await?;
        let gone = ended.iter().flat_map(|one| std::iter::once(&one.intent).chain(&one.amends));
        settle::unmake_all(&mut tx, gone.collect()).await?;
        for id in lost.iter().filter_map(|(_, drift)| drift.as_ref()) {
            let mut drift = one(&mut tx, id).await?;
            let (act, detail) = chosen(&mut drift, Choice::Done(DriftState::Reposted));
            keep(&mut tx, &lease.book, &drift).await?;
            add(&mut tx, id, &Noted { actor: "drift", act, detail, at: now }).await?;
        }
        sqlx::query(WAKE)
            .bind(lease.book.as_str())
            .bind(now.0)
            .bind(ids([subject.as_str()])?)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}

/// What becomes of a drift by a choice, and how it is written down.
fn chosen<'a>(drift: &mut Drift, choice: Choice<'a>) -> (&'static str, &'a str) {
    match choice {
        Choice::Accept { reason } => {
            drift.state = DriftState::Accepted;
            drift.wish = None;
            ("accepted", reason)
        }
        Choice::Ask(wish) => {
            drift.wish = Some(wish);
            let act = match wish {
                Wish::Repost => "asked to repost",
                Wish::Reverse => "asked to reverse",
            };
            (act, "")
        }
        Choice::Drop { reason } => {
            drift.wish = None;
            ("not done", reason)
        }
        Choice::Done(state) => {
            drift.state = state;
            drift.wish = None;
            let act = match state {
                DriftState::Reposted => "reposted",
                DriftState::Reversed => "reversed",
                DriftState::Accepted => "accepted",
                DriftState::Gone => "gone",
                DriftState::Open => "open",
            };
            (act, "")
        }
    }
}

async fn one(conn: &mut AnyConnection, id: &DriftId) -> Result<Drift, StoreError> {
    let row: DriftRow = sqlx::query_as(ONE)
        .bind(id.as_str())
        .fetch_one(conn)
        .await
        .map_err(StoreError::on("drifts.one"))?;
    row.read()
}

pub(crate) async fn add(
    conn: &mut AnyConnection,
    id: &DriftId,
    act: &Noted<'_>,
) -> Result<(), StoreError> {
    sqlx::query(ADD)
        .bind(id.as_str())
        .bind(act.at.0)
        .bind(act.actor)
        .bind(act.act)
        .bind(act.detail)
        .execute(conn)
        .await
        .map_err(StoreError::on("drift_acts.add"))?;
    Ok(())
}
