//! Replaying letters. A document is decided again by the rules now in force before anything of it
//! goes out; what no rules decide again goes out as it is. Either way the outbox looks before it
//! sends where something may have landed.

use std::collections::BTreeSet;

use base::Subject;
use intents::outbox::State;
use intents::{BookId, Event, IntentId};
use sqlx::AnyConnection;

use crate::letters::{Letter, Said, What, note_acts};
use crate::progress::{self, Attempted, Standing};
use crate::rows::{CHUNK, ids};
use crate::{Store, StoreError, lanes};

/// What a replay came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Letters that were still there.
    pub letters: u64,
    /// Intents whose content is decided again.
    pub again: u64,
    /// Intents that no rules decide again: they go out as they are.
    pub as_they_are: u64,
    /// Subjects that are decided again.
    pub subjects: u64,
}

/// The cursor with the mark of the last replay: another one each time.
pub const REPLAYED: &str = "letters:replayed";

const MARK: &str = "\
    INSERT INTO cursors (book, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (book, name) DO UPDATE SET value = excluded.value";
/// Those of the intents whose subject is decided as a whole.
const DECIDABLE: &str = "\
    SELECT i.id, i.subject FROM intents i
        JOIN subjects s ON s.book = i.book AND s.subject = i.subject
    WHERE i.id IN (SELECT e.value ->> 'id' FROM json_each($1) AS e)";
/// What waits for an intent that no rules decide again may not need it any more.
const WAITING: &str = "\
    SELECT n.intent FROM needs n JOIN json_each($1) AS e ON n.need = e.value ->> 'id'
        JOIN outbox o ON o.intent = n.intent
    WHERE o.state = 'ready'";
const DUE: &str = "\
    UPDATE subjects SET due = COALESCE(due, $2)
    WHERE book = $1 AND subject IN (SELECT e.value ->> 'id' FROM json_each($3) AS e)";

impl Store {
    /// Replays letters, some in each transaction. What was replayed already, or moved on by itself,
    /// is left alone: doing it twice, or again after a crash in the middle, is doing it once.
    pub async fn replay_letters(
        &self,
        book: &BookId,
        letters: &[Letter],
        said: Said<'_>,
    ) -> Result<Replayed, StoreError> {
        let doing = "letters.replay";
        let mut replayed = Replayed::default();
        for some in letters.chunks(CHUNK) {
            let mut tx = self.begin(doing).await?;
            lanes::lock_book(&mut tx, book).await?;
            let one = self.replay_some(&mut tx, book, some, said).await?;
            tx.commit().await.map_err(StoreError::on(doing))?;
            replayed.letters = replayed.letters.saturating_add(one.letters);
            replayed.again = replayed.again.saturating_add(one.again);
            replayed.as_they_are = replayed.as_they_are.saturating_add(one.as_they_are);
            replayed.subjects = replayed.subjects.saturating_add(one.subjects);
        }
        Ok(replayed)
    }

    async fn replay_some(
        &self,
        conn: &mut AnyConnection,
        book: &BookId,
        letters: &[Letter],
        said: Said<'_>,
    ) -> Result<Replayed, StoreError> {
        let mut dead: Vec<Standing> = progress::load(conn, letters.iter().filter_map(intent_of))
            .await?
            .into_values()
            .collect();
        dead.retain(|one| one.is(State::Dead));
        let decidable = decidable(conn, &dead).await?;
        let is_decidable = |one: &Standing| decidable.iter().any(|(id, _)| *id == one.intent);
        let (mut again, mut as_they_are): (Vec<Standing>, Vec<Standing>) =
            dead.into_iter().partition(is_decidable);
        let waiting = waiting(conn, &as_they_are).await?;
        let known: BTreeSet<IntentId> = again.iter().map(|one| one.intent.clone()).collect();
        let more = progress::load(conn, waiting.iter().filter(|id| !known.contains(*id))).await?;
        let more_decidable = self::decidable(conn, more.values()).await?;
        again.extend(more.into_values());
        let mut subjects: BTreeSet<Subject> =
            decidable.into_iter().chain(more_decidable).map(|(_, subject)| subject).collect();
        subjects.extend(letters.iter().filter(|one| intent_of(one).is_none()).map(subject_of));

        self.move_all(conn, &mut again, (&Event::Reconsidered, said)).await?;
        self.move_all(conn, &mut as_they_are, (&Event::Released, said)).await?;
        sqlx::query(DUE)
            .bind(book.as_str())
            .bind(said.at.0)
            .bind(ids(subjects.iter().map(Subject::as_str))?)
            .execute(&mut *conn)
            .await
            .map_err(StoreError::on("letters.due"))?;
        let is_done = |letter: &&Letter| match intent_of(letter) {
            Some(id) => again.iter().chain(&as_they_are).any(|one| one.intent == *id),
            None => true,
        };
        let done: Vec<Letter> = letters.iter().filter(is_done).cloned().collect();
        note_acts(conn, book, &done, ("replayed", said)).await?;
        sqlx::query(MARK)
            .bind(book.as_str())
            .bind(REPLAYED)
            .bind(said.at.0.to_string())
            .execute(&mut *conn)
            .await
            .map_err(StoreError::on("letters.mark"))?;
        let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
        Ok(Replayed {
            letters: count(done.len()),
            again: count(again.len()),
            as_they_are: count(as_they_are.len()),
            subjects: count(subjects.len()),
        })
    }

    async fn move_all(
        &self,
        conn: &mut AnyConnection,
        standing: &mut [Standing],
        (event, said): (&Event, Said<'_>),
    ) -> Result<(), StoreError> {
        for one in standing.iter_mut() {
            one.step(event, self.step_at(said.at))?;
        }
        let tried = Attempted { happened: said.at, actor: said.who, status: None };
        let outcome = progress::outcome(event);
        let rows: Vec<_> =
            standing.iter().map(|one| tried.row(one, outcome, said.reason)).collect();
        progress::note(conn, &rows).await?;
        progress::save(conn, standing).await
    }
}

fn intent_of(letter: &Letter) -> Option<&IntentId> {
    match &letter.what {
        What::Intent { intent, .. } => Some(intent),
        What::Subject | What::Unread { .. } => None,
    }
}

fn subject_of(letter: &Letter) -> Subject {
    letter.subject.clone()
}

async fn decidable(
    conn: &mut AnyConnection,
    intents: impl IntoIterator<Item = &Standing>,
) -> Result<Vec<(IntentId, Subject)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(DECIDABLE)
        .bind(ids(intents.into_iter().map(|one| one.intent.as_str()))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("letters.decidable"))?;
    let pair = |(id, subject)| (IntentId::from_stored(id), Subject::from_stored(subject));
    Ok(rows.into_iter().map(pair).collect())
}

async fn waiting(
    conn: &mut AnyConnection,
    needed: &[Standing],
) -> Result<BTreeSet<IntentId>, StoreError> {
    if needed.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<(String,)> = sqlx::query_as(WAITING)
        .bind(ids(needed.iter().map(|one| one.intent.as_str()))?)
        .fetch_all(conn)
        .await
        .map_err(StoreError::on("letters.waiting"))?;
    Ok(rows.into_iter().map(|(id,)| IntentId::from_stored(id)).collect())
}
