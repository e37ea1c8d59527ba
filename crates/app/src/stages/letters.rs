//! What a replayed letter asks of the stages: before anything is decided again, the organisation is
//! read again, for the person who replays has as a rule mended something there.

use base::Timestamp;

use super::{StageError, Turn};

/// The cursor in which the store says when letters were replayed last.
pub const REPLAYED: &str = store::REPLAYED;
/// Deciding waits no longer than this for the organisation to be read.
const WAIT_MS: i64 = 15 * Timestamp::MINUTE;

/// When letters were replayed last.
pub async fn replayed(turn: &Turn<'_>) -> Result<Option<Timestamp>, StageError> {
    let text = turn.store.cursor(&turn.lease.book, REPLAYED).await?;
    Ok(text.and_then(|text| text.parse().ok()).map(Timestamp))
}

/// True when letters were replayed since the organisation was read.
pub async fn wants_chart(turn: &Turn<'_>, read: Option<Timestamp>) -> Result<bool, StageError> {
    let replayed = replayed(turn).await?;
    Ok(replayed.is_some_and(|at| read.is_none_or(|read| read <= at)))
}

/// True while deciding waits for the organisation to be read again.
pub async fn waits_for_chart(turn: &Turn<'_>, read: Timestamp) -> Result<bool, StageError> {
    let now = turn.clock.now();
    let replayed = replayed(turn).await?;
    Ok(replayed.is_some_and(|at| read <= at && now.since(at) < WAIT_MS))
}
