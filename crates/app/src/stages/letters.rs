//! What a replayed letter asks of the stages: before anything is decided again, the organisation is
//! read again, for the person who replays has as a rule mended something there.
//!
//! No clock is asked: each replay leaves another mark, and what was done about the last one is
//! remembered by its mark. So it does not matter whose clock is ahead.

use super::{StageError, Turn};

/// The cursor with the mark up to which the organisation was read.
const SEEN: &str = "letters:seen";

/// The mark of the last replay.
pub async fn mark(turn: &Turn<'_>) -> Result<Option<String>, StageError> {
    Ok(turn.store.cursor(&turn.lease.book, store::REPLAYED).await?)
}

/// True when letters were replayed since the organisation was read. Deciding waits for that: what
/// is decided could not be sent either while the organisation cannot be read.
pub async fn wants_chart(turn: &Turn<'_>) -> Result<bool, StageError> {
    let Some(mark) = mark(turn).await? else { return Ok(false) };
    let seen = turn.store.cursor(&turn.lease.book, SEEN).await?;
    Ok(seen != Some(mark))
}

/// The organisation was read after this replay.
pub async fn note_chart(turn: &Turn<'_>, mark: Option<&str>) -> Result<(), StageError> {
    let Some(mark) = mark else { return Ok(()) };
    Ok(turn.store.set_cursor(turn.lease, SEEN, mark).await?)
}
