//! What people asked for about drifts is carried out: a document that someone ended is posted
//! again, what was to be taken back is watched until it is gone.

use std::collections::BTreeSet;

use intents::{Body, Decided, DriftId, DriftState, IntentId, State, Wish};
use store::{Choice, Drift, SubjectRow};
use xero::Resource;

use super::look::{self, LookError, Way};
use super::notices::read_rest;
use super::{Next, StageError, Turn};
use crate::book::{Lane, XeroLink};
use crate::transport::Caller;

/// Who acts when what was asked for is carried out.
const ACTOR: &str = "drift";

/// Carries one wish out. None when there is nothing to do now.
pub async fn wishes(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
) -> Result<Option<Next>, StageError> {
    let way = Way { turn, link, caller };
    for drift in turn.store.wished_drifts(&turn.lease.book).await? {
        let done = match drift.wish {
            Some(Wish::Repost) => repost(&way, &drift).await,
            Some(Wish::Reverse) => reverse(turn, &drift).await,
            None => Ok(false),
        };
        match done {
            Ok(true) => return Ok(Some(Next::Now)),
            Ok(false) => {}
            Err(stop) => return stop.into_next().map(Some),
        }
    }
    Ok(None)
}

/// True once what was ours is taken back.
async fn reverse(turn: &Turn<'_>, drift: &Drift) -> Result<bool, LookError> {
    let known = turn.store.intents(std::slice::from_ref(&drift.sighted.intent)).await?;
    let is_back = known.iter().all(|one| one.progress.state == State::Reversed);
    if is_back {
        let done = Choice::Done(DriftState::Reversed);
        turn.store.choose(&drift.id, done, ACTOR, turn.clock.now()).await?;
        look::calm(turn.store, &turn.lease.book, drift, (ACTOR, turn.clock.now())).await?;
    }
    Ok(is_back)
}

/// Looks once more, and lets go of what is gone: the rules then decide it again.
async fn repost(way: &Way<'_>, drift: &Drift) -> Result<bool, LookError> {
    let turn = way.turn;
    let subject = &drift.sighted.subject;
    let Some(resource) = resource(turn, drift).await? else {
        return drop_wish(turn, drift, "it is not posted any more").await;
    };
    look::by_ids(way, resource, std::slice::from_ref(&drift.sighted.remote_id)).await?;
    read_rest(way, &BTreeSet::from([subject.clone()])).await?;
    // Put right meanwhile, it is gone by now, and so is the wish.
    let Some(seen) = turn.store.drift(&drift.id).await?.filter(|seen| seen.wish.is_some()) else {
        return Ok(true);
    };
    if !seen.sighted.kind.is_loss() {
        return drop_wish(turn, drift, "the document is there").await;
    }
    let row = turn.store.subject(&turn.lease.book, subject).await?;
    let lost = lost(turn, &row).await?;
    if let Some(reason) = hindrance(&row, &lost) {
        return drop_wish(turn, drift, &reason).await;
    }
    turn.gate.pass("wishes: before a document is let go").await;
    turn.store.let_repost(turn.lease, subject, &lost, turn.clock.now()).await?;
    turn.gate.pass("wishes: after a document is let go").await;
    look::calm(turn.store, &turn.lease.book, drift, (ACTOR, turn.clock.now())).await?;
    turn.store.nudge(&Lane::Book.name(&turn.lease.book), turn.clock.now()).await?;
    Ok(true)
}

async fn resource(turn: &Turn<'_>, drift: &Drift) -> Result<Option<Resource>, LookError> {
    let known = turn.store.intents(std::slice::from_ref(&drift.sighted.intent)).await?;
    let posted = known.iter().find(|one| one.progress.state == State::Posted);
    Ok(posted.and_then(|one| Resource::of(one.intent.kind())))
}

async fn drop_wish(turn: &Turn<'_>, drift: &Drift, reason: &str) -> Result<bool, LookError> {
    turn.store.choose(&drift.id, Choice::Drop { reason }, ACTOR, turn.clock.now()).await?;
    Ok(true)
}

/// Everything of the subject that is gone from Xero and that nobody accepted so. Files are shown at
/// whatever stands.
async fn lost(
    turn: &Turn<'_>,
    row: &SubjectRow,
) -> Result<Vec<(IntentId, Option<DriftId>)>, LookError> {
    let open = turn.store.drifts(&turn.lease.book, Some(DriftState::Open)).await?;
    let of_it = open.into_iter().filter(|drift| drift.sighted.subject == row.subject);
    let lost = of_it.filter(|drift| drift.sighted.kind.is_loss());
    Ok(lost.map(|drift| (drift.sighted.intent, Some(drift.id))).collect())
}

/// What stands in the way of posting again: something that hangs on a lost invoice and is still
/// there would be counted twice.
fn hindrance(row: &SubjectRow, lost: &[(IntentId, Option<DriftId>)]) -> Option<String> {
    let is_lost = |id: &IntentId| lost.iter().any(|(intent, _)| intent == id);
    let hangs = |one: &&Decided| {
        if let Body::Payment(made) | Body::Refund(made) = &one.intent.body {
            return is_lost(&made.invoice);
        }
        if let Body::Allocation(made) = &one.intent.body {
            return is_lost(&made.invoice) || is_lost(&made.credit_note);
        }
        // What a later snapshot took from the invoice: the invoice that comes is less it already.
        one.intent.part.starts_with("credit_note:") && one.intent.needs.iter().any(is_lost)
    };
    let standing = row.decided.iter().filter(|one| one.progress.state == State::Posted);
    let mut hanging = standing.filter(|one| !is_lost(&one.intent.id)).filter(hangs);
    hanging.next().map(|one| {
        format!("{} stands in Xero and belongs to it: take that away first", one.intent.label())
    })
}
