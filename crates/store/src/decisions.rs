//! Decisions: intents and what was seen when they were decided, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use base::{FactId, Subject, Timestamp};
use intents::{BookId, Event, Intent, IntentId, Priority, Reason};
use sqlx::AnyConnection;

use crate::decision_rows::{
    Coming, DecisionRow, IntentRow, Need, OutboxRow, Seen, Urgency, decision_rows,
};
use crate::progress::{Attempted, Standing, Step};
use crate::rows::{CHUNK, ids, list};
use crate::{Footed, Lease, Store, StoreError, lanes, progress, receipts, settlements};

/// What was decided about one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub subject: Subject,
    /// How urgent its intents are.
    pub priority: Priority,
    /// The facts that were looked at.
    pub saw: Vec<FactId>,
    pub rule_hash: String,
    /// Intents that many subjects share (contacts, items): who comes first makes them.
    pub shared: Vec<Intent>,
    pub intents: Vec<Intent>,
    pub withdraw: Vec<IntentId>,
    /// Replayed letters that stand as they were decided: they go on their way.
    pub release: Vec<IntentId>,
    pub stop: Option<Reason>,
    /// Recorded, not posted: why.
    pub note: Option<Reason>,
    /// A settlement as this decision footed it.
    pub footed: Option<Footed>,
    /// Look again when nothing of the subject, nor anything that it needs, is in flight any more.
    pub wait: bool,
}

const SEEN: &str = "\
    SELECT f.subject, MAX(f.number) AS saw, MAX(f.occurred) AS since
    FROM json_each($2) AS e CROSS JOIN facts f
    WHERE f.book = $1 AND f.id = e.value ->> 'id'
    GROUP BY f.subject";
const INSERT_INTENTS: &str = "\
    INSERT INTO intents (id, book, subject, part, revision, kind, supersedes, amends, decided,
        since, body_hash, body)
    SELECT e.value ->> 'id', e.value ->> 'book', e.value ->> 'subject', e.value ->> 'part',
        CAST(e.value ->> 'revision' AS BIGINT), e.value ->> 'kind', e.value ->> 'supersedes',
        e.value ->> 'amends', $1, CAST(e.value ->> 'since' AS BIGINT),
        e.value ->> 'body_hash', e.value ->> 'body'
    FROM json_each($2) AS e WHERE TRUE
    ON CONFLICT (id) DO NOTHING
    RETURNING id";
const HASHES: &str = "\
    SELECT i.id, i.body_hash FROM intents i
    WHERE i.id IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)";
const INSERT_NEEDS: &str = "\
    INSERT INTO needs (intent, need)
    SELECT e.value ->> 'intent', e.value ->> 'need' FROM json_each($1) AS e WHERE TRUE
    ON CONFLICT (intent, need) DO NOTHING";
const INSERT_OUTBOX: &str = "\
    INSERT INTO outbox (intent, book, kind, priority, decided, place, version, state, attempts,
        generation, not_before, unmet, stands, reason_code, reason_detail)
    SELECT e.value ->> 'intent', e.value ->> 'book', e.value ->> 'kind',
        CAST(e.value ->> 'priority' AS BIGINT), $1,
        CAST(e.value ->> 'place' AS BIGINT), 0, e.value ->> 'state', 0, 1, $1,
        (SELECT COUNT(*) FROM needs n WHERE n.intent = e.value ->> 'intent'
            AND COALESCE((SELECT o.stands FROM outbox o WHERE o.intent = n.need), 0) = 0),
        0, e.value ->> 'reason_code', e.value ->> 'reason_detail'
    FROM json_each($2) AS e";
/// What many share is as urgent as the most urgent that needs it.
const HASTEN: &str = "\
    UPDATE outbox SET priority = CAST(e.value ->> 'priority' AS BIGINT)
    FROM json_each($1) AS e
    WHERE outbox.intent = e.value ->> 'intent' AND outbox.state IN ('ready', 'held')
        AND outbox.priority > CAST(e.value ->> 'priority' AS BIGINT)";
const INSERT_DECISIONS: &str = "\
    INSERT INTO decisions (book, subject, number, decided, rule_hash, stop_code, stop_detail,
        note_code, note_detail, saw)
    SELECT $1, e.value ->> 'subject',
        (SELECT COUNT(*) + 1 FROM decisions d
         WHERE d.book = $1 AND d.subject = e.value ->> 'subject'),
        $2, e.value ->> 'rule_hash', e.value ->> 'stop_code', e.value ->> 'stop_detail',
        e.value ->> 'note_code', e.value ->> 'note_detail', e.value ->> 'saw_facts'
    FROM json_each($3) AS e";
const SET_SUBJECTS: &str = "\
    INSERT INTO subjects (book, subject, facts, saw, waits, rule_hash, stop_code, stop_detail,
        note_code, note_detail)
    SELECT $1, e.value ->> 'subject', 0, CAST(e.value ->> 'saw' AS BIGINT),
        CAST(e.value ->> 'waits' AS BIGINT), e.value ->> 'rule_hash', e.value ->> 'stop_code',
        e.value ->> 'stop_detail', e.value ->> 'note_code', e.value ->> 'note_detail'
    FROM json_each($2) AS e WHERE TRUE
    ON CONFLICT (book, subject) DO UPDATE SET saw = excluded.saw, waits = excluded.waits,
        rule_hash = excluded.rule_hash, stop_code = excluded.stop_code,
        stop_detail = excluded.stop_detail, note_code = excluded.note_code,
        note_detail = excluded.note_detail,
        due = CASE WHEN subjects.facts > excluded.saw THEN COALESCE(subjects.due, $3) END";
/// What a subject waits for may have settled after it was read: then it is due at once. What was
/// sent and waits for a person is still to settle, and so is what takes a settlement back: its parts
/// begin with `undo:`.
const WAKE_IN_VAIN: &str = "\
    UPDATE subjects SET due = COALESCE(due, $2)
    WHERE book = $1 AND waits = 1
        AND subject IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)
        AND NOT EXISTS (
            SELECT 1 FROM intents i JOIN outbox o ON o.intent = i.id
            WHERE i.book = subjects.book AND i.subject = subjects.subject
                AND (o.state IN ('sending', 'checking')
                    OR (o.state = 'ready' AND i.part LIKE 'undo:%')
                    OR (o.state = 'held' AND o.send IS NOT NULL)))
        AND NOT EXISTS (
            SELECT 1 FROM intents i JOIN needs n ON n.intent = i.id
                JOIN outbox o ON o.intent = n.need
            WHERE i.book = subjects.book AND i.subject = subjects.subject
                AND o.state IN ('sending', 'checking'))";

/// Why a replayed letter goes on its way unchanged.
const STANDS: &str = "the rules decide the same";

impl Store {
    /// Writes decisions down, all or none, each subject at most once. The same intent twice is
    /// once; with another body it is [`StoreError::IntentDiffers`]. Withdrawing what has moved on
    /// is [`StoreError::Moved`]: read the subjects again.
    pub async fn decide(
        &self,
        lease: &Lease,
        decisions: &[Decision],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "decisions.decide";
        let mut tx = self.begin(doing).await?;
        lease.hold(&mut tx).await?;
        lanes::lock_book(&mut tx, &lease.book).await?;
        let mut place = 0_i64;
        for some in decisions.chunks(CHUNK) {
            let seen = seen(&mut tx, &lease.book, some).await?;
            let intents = collect(some, &seen)?;
            place = insert_intents(&mut tx, intents, place, now).await?;
            write_down(&mut tx, &lease.book, &decision_rows(some, &seen)?, now).await?;
        }
        for footed in decisions.iter().filter_map(|decision| decision.footed.as_ref()) {
            settlements::keep(&mut tx, &lease.book, footed).await?;
        }
        let withdrawn = decisions.iter().flat_map(|decision| &decision.withdraw);
        let at = self.step_at(now);
        withdraw(&mut tx, withdrawn.collect(), at).await?;
        let released = decisions.iter().flat_map(|decision| &decision.release);
        release(&mut tx, released.collect(), at).await?;
        wake_in_vain(&mut tx, &lease.book, decisions, now).await?;
        tx.commit().await.map_err(StoreError::on(doing))
    }
}

async fn seen(
    conn: &mut AnyConnection,
    book: &BookId,
    decisions: &[Decision],
) -> Result<Seen, StoreError> {
    let facts = decisions.iter().flat_map(|decision| &decision.saw);
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(SEEN)
        .bind(book.as_str())
        .bind(ids(facts.map(FactId::as_str))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("facts.seen"))?;
    Ok(rows.into_iter().map(|(subject, saw, since)| (subject, (saw, since))).collect())
}

/// Every intent once, in the order in which they were decided.
fn collect<'a>(decisions: &'a [Decision], seen: &Seen) -> Result<Vec<Coming<'a>>, StoreError> {
    let mut places: BTreeMap<&IntentId, usize> = BTreeMap::new();
    let mut coming: Vec<Coming<'a>> = Vec::new();
    for decision in decisions {
        let since = seen.get(decision.subject.as_str()).map_or(0, |(_, since)| *since);
        let shared = decision.shared.iter().map(|intent| (intent, true));
        for (intent, is_shared) in shared.chain(decision.intents.iter().map(|one| (one, false))) {
            let place = places.get(&intent.id).copied();
            let Some(known) = place.and_then(|place| coming.get_mut(place)) else {
                places.insert(&intent.id, coming.len());
                coming.push(Coming::of(intent, since, is_shared, decision.priority)?);
                continue;
            };
            known.priority = known.priority.min(decision.priority);
            if is_shared {
                continue;
            }
            let one = Coming::of(intent, since, is_shared, decision.priority)?;
            if known.body_hash != one.body_hash {
                return Err(StoreError::IntentDiffers { intent: intent.id.clone() });
            }
        }
    }
    Ok(coming)
}

/// Inserts what is new; answers the next free place in this moment's order.
async fn insert_intents(
    conn: &mut AnyConnection,
    coming: Vec<Coming<'_>>,
    mut place: i64,
    now: Timestamp,
) -> Result<i64, StoreError> {
    for some in coming.chunks(CHUNK) {
        let rows: Vec<IntentRow<'_>> = some.iter().map(IntentRow::of).collect::<Result<_, _>>()?;
        let inserted: Vec<(String,)> = sqlx::query_as(INSERT_INTENTS)
            .bind(now.0)
            .bind(list(&rows)?)
            .fetch_all(&mut *conn)
            .await
            .map_err(StoreError::on("intents.insert"))?;
        let inserted: BTreeSet<String> = inserted.into_iter().map(|(id,)| id).collect();
        let (new, known): (Vec<&Coming<'_>>, Vec<&Coming<'_>>) =
            some.iter().partition(|one| inserted.contains(one.intent.id.as_str()));
        check_same(conn, &known).await?;
        hasten(conn, &known).await?;
        place = insert_outbox(conn, &new, place, now).await?;
    }
    Ok(place)
}

/// What was decided before must have been decided the same, unless it is shared.
async fn check_same(conn: &mut AnyConnection, known: &[&Coming<'_>]) -> Result<(), StoreError> {
    let own: Vec<&Coming<'_>> = known.iter().copied().filter(|one| !one.is_shared).collect();
    if own.is_empty() {
        return Ok(());
    }
    let rows: Vec<(String, String)> = sqlx::query_as(HASHES)
        .bind(ids(own.iter().map(|one| one.intent.id.as_str()))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("intents.hashes"))?;
    let hashes: BTreeMap<String, String> = rows.into_iter().collect();
    let differs = |one: &&&Coming<'_>| hashes.get(one.intent.id.as_str()) != Some(&one.body_hash);
    match own.iter().find(differs) {
        Some(one) => Err(StoreError::IntentDiffers { intent: one.intent.id.clone() }),
        None => Ok(()),
    }
}

async fn hasten(conn: &mut AnyConnection, known: &[&Coming<'_>]) -> Result<(), StoreError> {
    let shared = known.iter().filter(|one| one.is_shared && one.priority != Priority::Backfill);
    let rows: Vec<Urgency<'_>> = shared.map(|one| Urgency::of(one)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(HASTEN)
        .bind(list(&rows)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("outbox.hasten"))?;
    Ok(())
}

async fn insert_outbox(
    conn: &mut AnyConnection,
    new: &[&Coming<'_>],
    mut place: i64,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let mut needs = Vec::new();
    let mut rows = Vec::new();
    for one in new {
        let intent = one.intent.id.as_str();
        needs.extend(one.intent.needs.iter().map(|need| Need { intent, need: need.as_str() }));
        place = place.saturating_add(1);
        rows.push(OutboxRow::of(one, place));
    }
    sqlx::query(INSERT_NEEDS)
        .bind(list(&needs)?)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::on("needs.insert"))?;
    sqlx::query(INSERT_OUTBOX)
        .bind(now.0)
        .bind(list(&rows)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("outbox.insert"))?;
    Ok(place)
}

async fn write_down(
    conn: &mut AnyConnection,
    book: &BookId,
    rows: &[DecisionRow<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = list(rows)?;
    sqlx::query(INSERT_DECISIONS)
        .bind(book.as_str())
        .bind(now.0)
        .bind(&rows)
        .execute(&mut *conn)
        .await
        .map_err(StoreError::on("decisions.insert"))?;
    sqlx::query(SET_SUBJECTS)
        .bind(book.as_str())
        .bind(&rows)
        .bind(now.0)
        .execute(conn)
        .await
        .map_err(StoreError::on("subjects.set"))?;
    Ok(())
}

async fn withdraw(
    conn: &mut AnyConnection,
    ids: Vec<&IntentId>,
    at: Step<'_>,
) -> Result<(), StoreError> {
    for some in ids.chunks(CHUNK) {
        let mut found = progress::load(conn, some.iter().copied()).await?;
        let mut moved: Vec<Standing> = Vec::with_capacity(some.len());
        for id in some {
            let Some(mut standing) = found.remove(*id) else {
                return Err(StoreError::UnknownIntent { intent: (*id).clone() });
            };
            standing.step(&Event::Withdrawn, at)?;
            moved.push(standing);
        }
        progress::save(conn, &moved).await?;
        receipts::let_go(conn, moved.iter()).await?;
    }
    Ok(())
}

/// Each is written down as an attempt: what a person began ends here.
async fn release(
    conn: &mut AnyConnection,
    ids: Vec<&IntentId>,
    at: Step<'_>,
) -> Result<(), StoreError> {
    for some in ids.chunks(CHUNK) {
        let found = progress::load(conn, some.iter().copied()).await?;
        let mut moved: Vec<Standing> = found.into_values().collect();
        for standing in &mut moved {
            standing.step(&Event::Released, at)?;
        }
        let tried = Attempted { happened: at.now, actor: "map", status: None };
        let event = progress::outcome(&Event::Released);
        let rows: Vec<_> = moved.iter().map(|one| tried.row(one, event, STANDS)).collect();
        progress::note(conn, &rows).await?;
        progress::save(conn, &moved).await?;
    }
    Ok(())
}

async fn wake_in_vain(
    conn: &mut AnyConnection,
    book: &BookId,
    decisions: &[Decision],
    now: Timestamp,
) -> Result<(), StoreError> {
    let waiting = decisions.iter().filter(|decision| decision.wait);
    let waiting: Vec<&str> = waiting.map(|decision| decision.subject.as_str()).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    sqlx::query(WAKE_IN_VAIN)
        .bind(book.as_str())
        .bind(now.0)
        .bind(ids(waiting)?)
        .execute(conn)
        .await
        .map_err(StoreError::on("subjects.wake_in_vain"))?;
    Ok(())
}
