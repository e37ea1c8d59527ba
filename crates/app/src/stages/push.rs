//! Carries intents out until they are true: looks before it sends again, sends what is due.

use base::{Sent, Timestamp};
use intents::outbox::KEY_TRUSTED_MS;
use intents::{
    Body, Decided, Event, Intent, IntentId, Kind, Outcome, Priority, Reason, Receipt, Send,
    Sighting,
};
use store::{Attempt, CheckingSend, Settled};
use xero::Given;

use super::{LaneState, Next, StageError, Turn, exchanges};
use crate::book::{Lane, XeroLink};
use crate::metrics;
use crate::transport::Caller;

/// The way into one organisation during one turn.
struct Way<'a> {
    turn: &'a Turn<'a>,
    link: &'a XeroLink,
    caller: &'a Caller,
}

/// What a turn found to do in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// One look-up or one send.
    Turn(Next),
    /// Nothing is due.
    Nothing,
    /// The most urgent that is due has to wait until then: what is left of Xero's calls is kept for
    /// what is more urgent.
    Waits(Priority, Timestamp),
}

/// One look-up or one send.
pub async fn push(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Pushed, StageError> {
    let way = Way { turn, link, caller };
    turn.store.recover(turn.lease, turn.clock.now()).await?;
    let now = turn.clock.now();
    if let Some(checking) = turn.store.checking_sends(&turn.lease.book, now, 1).await?.pop() {
        return look(&way, state, &checking).await.map(Pushed::Turn);
    }
    let book = &turn.lease.book;
    let Some(priority) = turn.store.most_urgent(book, now).await? else {
        return Ok(Pushed::Nothing);
    };
    if let Err(until) = caller.courier.room(priority) {
        return Ok(Pushed::Waits(priority, until));
    }
    for kind in Kind::ALL {
        if !turn.store.has_due(book, (kind, priority), now).await? {
            continue;
        }
        // What is less urgent fills up the request: it costs no call of its own.
        let room = state.batch.get(kind.as_str()).copied().unwrap_or(kind.batch_max());
        let limit = u32::try_from(room.clamp(1, kind.batch_max())).unwrap_or(1);
        let due = turn.store.due_intents(book, kind, now, limit).await?;
        return send(&way, state, due).await.map(Pushed::Turn);
    }
    Ok(Pushed::Nothing)
}

/// Puts due intents of one kind into one request and sends it.
async fn send(way: &Way<'_>, state: &mut LaneState, due: Vec<Decided>) -> Result<Next, StageError> {
    let Way { turn, link, .. } = way;
    let given = given(turn, due.iter().map(|decided| &decided.intent)).await?;
    let members: Vec<(Intent, u32)> =
        due.into_iter().map(|decided| (decided.intent, decided.progress.generation)).collect();
    let Some(kind) = members.first().map(|(intent, _)| intent.kind()) else {
        return Ok(Next::Now);
    };
    let send = match xero::build(&link.tenant_id, kind, &members, &given) {
        Ok(send) => send,
        Err(_of_some) => return set_aside(way, &members, &given).await,
    };
    let intents: Vec<Intent> = members.into_iter().map(|(intent, _)| intent).collect();

    if let Err(sent) = way.caller.prepare().await {
        return not_sent(&sent, turn.clock.now());
    }
    turn.gate.pass("push: before the send is written down").await;
    turn.store.begin_send(turn.lease, &send, turn.clock.now()).await?;
    turn.gate.pass("push: after the send is written down").await;
    deliver(way, state, &send, &intents, &given).await
}

/// Finds the intents that no request can be made from; they become dead letters, the rest goes on.
async fn set_aside(
    way: &Way<'_>,
    members: &[(Intent, u32)],
    given: &Given,
) -> Result<Next, StageError> {
    let Way { turn, link, .. } = way;
    for member in members {
        let alone = std::slice::from_ref(member);
        let built = xero::build(&link.tenant_id, member.0.kind(), alone, given);
        let Err(error) = built else { continue };
        let event = Event::Unsendable(Reason::new(error.code(), error.to_string()));
        turn.store.act(&member.0.id, event, "push", turn.clock.now()).await?;
    }
    Ok(Next::Now)
}

/// Puts a send that is written down on the wire and writes down what became of it.
async fn deliver(
    way: &Way<'_>,
    state: &mut LaneState,
    send: &Send,
    intents: &[Intent],
    given: &Given,
) -> Result<Next, StageError> {
    let turn = way.turn;
    if turn.clock.now() > turn.write_until {
        // The lease would run out before the request is surely dead. The send stays written down;
        // the next turn looks it up.
        let detail = "the turn took too long".to_owned();
        return Err(StageError::Vendor { code: "turn_too_long", detail });
    }
    let pushed = xero::push(way.caller, send, intents, given, turn.clock.now()).await;
    resize(state, send, &pushed.outcomes);
    let unsent = pushed.outcomes.iter().find_map(|(_, outcome)| match outcome {
        Outcome::NotSent(reason) => Some(reason.clone()),
        Outcome::Delivered(_)
        | Outcome::Differs(..)
        | Outcome::Refused(_)
        | Outcome::Halve(_)
        | Outcome::Busy(_)
        | Outcome::Unclear(_)
        | Outcome::Lost(_) => None,
    });
    let busy = pushed.outcomes.iter().find_map(|(_, outcome)| match outcome {
        Outcome::Busy(until) => Some(*until),
        Outcome::Delivered(_)
        | Outcome::Differs(..)
        | Outcome::Refused(_)
        | Outcome::Halve(_)
        | Outcome::NotSent(_)
        | Outcome::Unclear(_)
        | Outcome::Lost(_) => None,
    });
    let at = turn.clock.now();
    exchanges::keep_sent(turn, way.caller, send, &pushed.outcomes, at).await?;
    let settled: Vec<Settled> = pushed
        .outcomes
        .into_iter()
        .map(|(intent, outcome)| Settled {
            intent,
            receipt: receipt_of(&outcome),
            detail: String::new(),
            event: Event::Ended(outcome),
        })
        .collect();
    let attempt = Attempt {
        at,
        status: pushed.status,
        saw_server_error: pushed.saw_server_error,
        detail: pushed.detail,
    };
    turn.gate.pass("push: before the outcome is written down").await;
    turn.store.end_send(turn.lease, &send.id, &settled, attempt).await?;
    count_posted(send.kind, &settled);
    turn.gate.pass("push: after the outcome is written down").await;
    turn.store.nudge(&Lane::Book.name(&turn.lease.book), turn.clock.now()).await?;
    if let Some(trouble) = pushed.trouble {
        return Err(StageError::Vendor { code: trouble.code(), detail: trouble.to_string() });
    }
    // Nothing left the house: the lane backs off and says why; the intents lose nothing by it.
    if let Some(reason) = unsent {
        return Err(StageError::Sending { code: reason.code, detail: reason.detail });
    }
    Ok(busy.map_or(Next::Now, Next::At))
}

/// What stands in the way of sending anything at all.
fn not_sent(sent: &Sent, now: Timestamp) -> Result<Next, StageError> {
    match sent {
        Sent::Busy(until) => Ok(Next::At((*until).max(now.after_ms(1)))),
        Sent::NotSent(why) | Sent::Lost(why) => Err(StageError::unsent(why, "xero_not_reached")),
        Sent::Reply(reply) => {
            let detail = format!("HTTP {}", reply.status);
            Err(StageError::Sending { code: "xero_not_reached".to_owned(), detail })
        }
    }
}

/// Looks up what a send with an unclear end has left in Xero.
async fn look(
    way: &Way<'_>,
    state: &mut LaneState,
    checking: &CheckingSend,
) -> Result<Next, StageError> {
    let Way { turn, link, caller } = way;
    let send = &checking.send;
    let intents: Vec<Intent> =
        checking.members.iter().map(|decided| decided.intent.clone()).collect();
    let given = given(turn, intents.iter()).await?;
    let taken = turn.store.remote_ids(&turn.lease.book, send.kind).await?;
    let looked = xero::look(*caller, &link.tenant_id, send.kind, &intents, &given, &taken).await;

    let now = turn.clock.now();
    let may_resend =
        may_resend(send, &looked.sightings, now) && intents.len() == send.members.len();
    exchanges::keep_looked(turn, caller, send, &looked.sightings, now).await?;
    let settled: Vec<Settled> = looked
        .sightings
        .into_iter()
        .map(|(intent, sighting)| Settled {
            intent,
            receipt: seen_receipt(&sighting),
            detail: "looked up".to_owned(),
            event: Event::Seen { sighting, may_resend },
        })
        .collect();
    let attempt =
        Attempt { at: now, status: looked.status, saw_server_error: false, detail: looked.detail };
    turn.gate.pass("look: before the sighting is written down").await;
    turn.store.end_send(turn.lease, &send.id, &settled, attempt).await?;
    count_posted(send.kind, &settled);
    turn.gate.pass("look: after the sighting is written down").await;
    turn.store.nudge(&Lane::Book.name(&turn.lease.book), now).await?;
    if let Some(trouble) = looked.trouble {
        return Err(StageError::Vendor { code: trouble.code(), detail: trouble.to_string() });
    }
    if let Some(until) = looked.busy {
        return Ok(Next::At(until));
    }
    if !may_resend {
        return Ok(Next::Now);
    }
    turn.gate.pass("push: before the send begins again").await;
    turn.store.begin_send(turn.lease, send, turn.clock.now()).await?;
    turn.gate.pass("push: after the send began again").await;
    deliver(way, state, send, &intents, &given).await
}

/// The same bytes under the same key are safe only while Xero remembers the key, only when it did
/// not answer 5xx (it would repeat that), and only when nothing of the send has landed.
fn may_resend(send: &Send, sightings: &[(IntentId, Sighting)], now: Timestamp) -> bool {
    let is_young = send.first_sent.is_some_and(|sent| now.since(sent) < KEY_TRUSTED_MS);
    is_young
        && !send.saw_server_error
        && sightings.iter().all(|(_, sighting)| *sighting == Sighting::Absent)
}

/// The receipts that the intents' requests are made from, and the files that they show.
async fn given<'a>(
    turn: &Turn<'_>,
    intents: impl Iterator<Item = &'a Intent>,
) -> Result<Given, StageError> {
    let intents: Vec<&Intent> = intents.collect();
    let mut needed: Vec<IntentId> = intents.iter().flat_map(|one| one.references()).collect();
    needed.sort();
    needed.dedup();
    let mut given = Given::from(turn.store.receipts(&needed).await?);
    for intent in intents {
        let Body::Attachment(file) = &intent.body else { continue };
        if let Some(bytes) = turn.store.document(&file.hash).await? {
            given.files.insert(file.hash.clone(), bytes);
        }
    }
    Ok(given)
}

/// What is in Xero now and reads as intended.
fn count_posted(kind: Kind, settled: &[Settled]) {
    let is_posted = |one: &&Settled| {
        matches!(
            one.event,
            Event::Ended(Outcome::Delivered(_)) | Event::Seen { sighting: Sighting::Found(_), .. }
        )
    };
    metrics::posted(kind, settled.iter().filter(is_posted).count() as u64);
}

fn receipt_of(outcome: &Outcome) -> Option<Receipt> {
    match outcome {
        Outcome::Delivered(receipt) | Outcome::Differs(receipt, _) => Some(receipt.clone()),
        Outcome::Refused(_)
        | Outcome::Halve(_)
        | Outcome::Busy(_)
        | Outcome::NotSent(_)
        | Outcome::Unclear(_)
        | Outcome::Lost(_) => None,
    }
}

fn seen_receipt(sighting: &Sighting) -> Option<Receipt> {
    match sighting {
        Sighting::Found(receipt) | Sighting::Differs(receipt, _) => Some(receipt.clone()),
        Sighting::Absent | Sighting::Unclear(_) => None,
    }
}

/// Halves the batch after a whole request was refused, down to one; doubles it after one went
/// well.
fn resize(state: &mut LaneState, send: &Send, outcomes: &[(IntentId, Outcome)]) {
    let kind = send.kind.as_str().to_owned();
    let is_halved = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Halve(_)));
    if is_halved {
        state.batch.insert(kind, (send.members.len() / 2).max(1));
        return;
    }
    if let Some(room) = state.batch.get_mut(&kind) {
        *room = room.saturating_mul(2);
        if *room >= send.kind.batch_max() {
            state.batch.remove(&kind);
        }
    }
}
