//! Works off what Amazon said has changed, before anything is asked for regularly.
//!
//! An order that was named is read by its number, one call each, and gives the same fact as the
//! sweep would. Word of money or of a report makes its reading due. A hint ends in the transaction
//! that records what came of it; a lost hint costs minutes, because the sweep comes all the same.

use amazon::source::PullStop;
use base::Timestamp;
use store::{DueHint, HintsDone, Pulled};

use super::pull::{SHOWN_MS, account, amazon_stopped, document};
use super::{LaneState, Next, StageError, Turn};
use crate::book::{AmazonLink, Lane};
use crate::transport::Caller;

/// What hints are about.
pub const ORDER: &str = "order";
pub const TRANSACTIONS: &str = "transactions";
pub const REPORT: &str = "report";

/// Notifications that are looked at together.
const TAKEN_MAX: u32 = 500;

/// From so many orders on, one sweep is cheaper. Amazon gives back one page of a hundred orders every
/// 180 seconds and one single order every 2 seconds: what a page costs in time, ninety orders cost.
const SWEEP_PAYS: usize = 90;
/// No second sweep is made early within the time in which Amazon gives back one page.
const EARLY_AGAIN_MS: i64 = 180 * Timestamp::SECOND;

/// An order that cannot be read yet is looked for so often, waiting longer each time, and is then
/// left to the sweep.
const TRIES_MAX: u32 = 5;
const AGAIN_MS: i64 = 30 * Timestamp::SECOND;

/// What the hints made of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hinted {
    /// The turn was spent on them.
    Turn(Next),
    /// The turn goes on as if there were none; they want another one by then.
    Until(Option<Timestamp>),
}

/// Everything of a kind that happened up to a moment of Amazon's clock was read.
pub fn swept(kind: &str, to: Timestamp) -> HintsDone {
    HintsDone::Swept { kind: kind.to_owned(), to }
}

/// Reads the order that was named longest ago, or leaves the turn to the regular work.
pub async fn hints(
    turn: &Turn<'_>,
    link: &AmazonLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Hinted, StageError> {
    let now = turn.clock.now();
    let due = turn.store.due_hints(&turn.lease.lane, now, TAKEN_MAX).await?;
    let (orders, money): (Vec<DueHint>, Vec<DueHint>) =
        due.into_iter().partition(|hint| hint.kind == ORDER);
    about_money(turn, state, money, now).await?;
    if sweeps_instead(state, &orders, now) {
        return Ok(Hinted::Until(None));
    }
    let Some(hint) = orders.first() else {
        let next = turn.store.next_hint_due(&turn.lease.lane, ORDER).await?;
        return Ok(Hinted::Until(next));
    };
    match read(turn, link, caller, hint).await? {
        Some(until) => Ok(Hinted::Until(Some(until))),
        None => Ok(Hinted::Turn(Next::Now)),
    }
}

/// Money and reports are listed, not looked up: their readings are made due.
async fn about_money(
    turn: &Turn<'_>,
    state: &mut LaneState,
    hints: Vec<DueHint>,
    now: Timestamp,
) -> Result<(), StageError> {
    let mut left = Vec::new();
    for hint in hints {
        match hint.kind.as_str() {
            TRANSACTIONS if turn.settings.money => {
                state.money.hasten_transactions(hint.occurred, now);
            }
            REPORT if turn.settings.money => state.money.hasten_reports(now),
            // The book does not read money any more, or the hint is of another version's kind.
            _ => left.extend(hint.ids),
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let done = [HintsDone::Left(left)];
    turn.store.record_hinted(turn.lease, &Pulled::default(), &done, now).await?;
    Ok(())
}

/// True when a sweep takes this turn, because it shows more of the orders than calls for each
/// would in the same time.
fn sweeps_instead(state: &mut LaneState, orders: &[DueHint], now: Timestamp) -> bool {
    let shown = now.after_ms(-SHOWN_MS);
    if orders.iter().filter(|hint| hint.occurred <= shown).count() < SWEEP_PAYS {
        return false;
    }
    let is_sweeping = state.sweeping > state.swept;
    if is_sweeping {
        // Unless Amazon has no page for us now: then single orders fill the time.
        return state.orders_due.is_none_or(|due| due <= now);
    }
    if state.swept_early.is_some_and(|early| now.since(early) < EARLY_AGAIN_MS) {
        return false;
    }
    state.swept_early = Some(now);
    state.orders_due = None;
    true
}

/// Reads one order; says until when Amazon takes no such call.
async fn read(
    turn: &Turn<'_>,
    link: &AmazonLink,
    caller: &Caller,
    hint: &DueHint,
) -> Result<Option<Timestamp>, StageError> {
    let now = turn.clock.now();
    let account = account(link)?;
    let pulled = match amazon::source::order(caller, &account, &hint.about, now).await {
        Ok(pulled) => pulled,
        Err(PullStop::Busy(until)) => return Ok(Some(until.max(now.after_ms(1)))),
        Err(stop) => return missed(turn, hint, stop).await.map(|()| None),
    };
    let documents = pulled.documents.into_iter().map(document).collect();
    let pulled = Pulled { facts: pulled.facts, documents, ..Pulled::default() };
    let done = [HintsDone::Read(hint.ids.clone())];
    turn.gate.pass("hints: before recording").await;
    let fresh = turn.store.record_hinted(turn.lease, &pulled, &done, turn.clock.now()).await?;
    turn.gate.pass("hints: after recording").await;
    if fresh > 0 {
        turn.store.nudge(&Lane::Book.name(&turn.lease.book), turn.clock.now()).await?;
    }
    Ok(None)
}

/// A fresh order may not be there yet. Whatever is wrong with one, it must not keep the lane from
/// the others and from the sweep: it is put off, and after some tries left to the sweep.
async fn missed(turn: &Turn<'_>, hint: &DueHint, stop: PullStop) -> Result<(), StageError> {
    let now = turn.clock.now();
    let stop = stop.with_a_fresh_token();
    if matches!(stop, PullStop::AuthorisationGone(_)) {
        return Err(amazon_stopped(&stop));
    }
    if hint.tries.saturating_add(1) >= TRIES_MAX {
        let done = [HintsDone::Left(hint.ids.clone())];
        turn.store.record_hinted(turn.lease, &Pulled::default(), &done, now).await?;
    } else {
        let wait_ms = AGAIN_MS.saturating_mul(2_i64.saturating_pow(hint.tries));
        turn.store.put_off_hints(turn.lease, &hint.ids, now.after_ms(wait_ms)).await?;
    }
    match stop {
        PullStop::Status { status, .. } if status < 500 => Ok(()),
        PullStop::Busy(_)
        | PullStop::NotSent(_)
        | PullStop::Lost(_)
        | PullStop::Unauthorised(_)
        | PullStop::AuthorisationGone(_)
        | PullStop::Status { .. }
        | PullStop::Unreadable(_) => Err(amazon_stopped(&stop)),
    }
}
