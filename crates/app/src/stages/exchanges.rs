//! Keeps what went over the wire when a try ended badly, for the person who has to find out why.

use base::Timestamp;
use intents::{IntentId, Outcome, Reason, Send, Sighting};

use super::{Next, StageError, Turn};
use crate::transport::Caller;

/// Keeps the last call of a send that did not go well for all of its members.
pub async fn keep_sent(
    turn: &Turn<'_>,
    caller: &Caller,
    send: &Send,
    outcomes: &[(IntentId, Outcome)],
    at: Timestamp,
) -> Result<(), StageError> {
    let why = outcomes.iter().find_map(|(_, outcome)| complaint(outcome));
    keep(turn, caller, (send, why), at).await
}

/// Keeps the last call of a look-up that did not tell, or showed something else.
pub async fn keep_looked(
    turn: &Turn<'_>,
    caller: &Caller,
    send: &Send,
    sightings: &[(IntentId, Sighting)],
    at: Timestamp,
) -> Result<(), StageError> {
    let why = sightings.iter().find_map(|(_, sighting)| match sighting {
        Sighting::Differs(_, reason) | Sighting::Unclear(reason) => Some(reason),
        Sighting::Found(_) | Sighting::Absent => None,
    });
    keep(turn, caller, (send, why), at).await
}

async fn keep(
    turn: &Turn<'_>,
    caller: &Caller,
    (send, why): (&Send, Option<&Reason>),
    at: Timestamp,
) -> Result<(), StageError> {
    let (Some(why), Some(made)) = (why, caller.courier.last()) else { return Ok(()) };
    let exchange = made.kept(&why.code, at);
    Ok(turn.store.keep_exchange(turn.lease, Some(&send.id), &exchange).await?)
}

fn complaint(outcome: &Outcome) -> Option<&Reason> {
    match outcome {
        Outcome::Differs(_, reason)
        | Outcome::Refused(reason)
        | Outcome::Halve(reason)
        | Outcome::Unclear(reason)
        | Outcome::Lost(reason) => Some(reason),
        // Nothing was said to anyone.
        Outcome::Delivered(_) | Outcome::Busy(_) | Outcome::NotSent(_) => None,
    }
}

/// Keeps the last call of a turn that could not read what a vendor said.
pub async fn keep_read(
    turn: &Turn<'_>,
    caller: &Caller,
    result: &Result<Next, StageError>,
) -> Result<(), StageError> {
    let Err(StageError::Vendor { code, .. }) = result else { return Ok(()) };
    let Some(made) = caller.courier.last() else { return Ok(()) };
    let exchange = made.kept(code, made.at());
    Ok(turn.store.keep_exchange(turn.lease, None, &exchange).await?)
}
