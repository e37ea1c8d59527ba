//! Reads a stretch of the past that a person asked for, a page at a time, when nothing else is due:
//! with cursors of its own, and with calls that live work will not miss.

use amazon::source::{self, Account, Page, PullStop, Raw, finances, payouts};
use base::Timestamp;
use store::{Alarm, BackfillState, Pulled};

use super::pull::{SHOWN_MS, account, amazon_stopped, document};
use super::{LaneState, Next, StageError, Turn};
use crate::backfill::{Progress, Reading, Source};
use crate::book::{AmazonLink, Lane};
use crate::transport::Caller;

/// A page that was refused or that makes no sense holds up the past, and nothing else, for so long.
const AGAIN_MS: i64 = Timestamp::HOUR;

/// What one call brought.
struct Brought {
    facts: Vec<facts::Fact>,
    documents: Vec<Raw>,
    restarted: Option<String>,
}

/// One page of the past. None when nothing of it is to be read, or not before `backfill_from`.
pub async fn backfill(
    turn: &Turn<'_>,
    link: &AmazonLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Option<Next>, StageError> {
    let (store, book, now) = (turn.store, &turn.lease.book, turn.clock.now());
    let Some(wanted) = store.backfill(book).await? else { return Ok(None) };
    if wanted.state == BackfillState::Paused {
        return Ok(None);
    }
    // The end of a stretch that ends now can be asked for in two minutes.
    let shown = wanted.until.after_ms(SHOWN_MS + 2 * Timestamp::SECOND);
    let from = state.backfill_from.unwrap_or(shown).max(shown);
    if from > now {
        return Ok(Some(Next::At(from)));
    }
    let name = Progress::cursor(&link.region);
    let mut progress = Progress::of(store.cursor(book, &name).await?.as_deref(), &wanted, now);
    let Some(source) = progress.next(turn.settings.money) else { return Ok(None) };
    if let Err(until) = caller.courier.spare(source.operation()) {
        return Ok(Some(Next::At(until)));
    }
    let brought = match read(&mut progress, source, (&account(link)?, caller), now).await {
        Ok(brought) => brought,
        Err(PullStop::Busy(until)) => return Ok(Some(Next::At(until.max(now.after_ms(1))))),
        Err(stop) if stop.is_role_missing() => {
            // The live reading of the same says so as well, and to whom it matters.
            let Some(reading) = progress.money_mut(source) else {
                return Err(amazon_stopped(&stop));
            };
            reading.is_denied = true;
            Brought { facts: Vec::new(), documents: Vec::new(), restarted: None }
        }
        Err(stop) => return refused(turn, link, state, stop.with_a_fresh_token()).await,
    };
    if progress.next(turn.settings.money).is_none() {
        progress.ended = Some(now);
    }
    state.backfill_from = brought.restarted.is_some().then(|| now.after_ms(AGAIN_MS));
    let pulled = Pulled {
        facts: brought.facts,
        documents: brought.documents.into_iter().map(document).collect(),
        cursor: Some((name.clone(), progress.to_text())),
        ..Pulled::default()
    };
    turn.gate.pass("backfill: before recording").await;
    let fresh = store.record(turn.lease, &pulled, turn.clock.now()).await?;
    turn.gate.pass("backfill: after recording").await;
    store.clear_alarm(book, (STUCK_CODE, &name), "backfill", now).await?;
    if fresh > 0 {
        store.nudge(&Lane::Book.name(book), turn.clock.now()).await?;
    }
    Ok(Some(Next::Now))
}

/// What is told when a page of the past cannot be had.
const STUCK_CODE: &str = "backfill_stuck";

async fn read(
    progress: &mut Progress,
    source: Source,
    (account, caller): (&Account, &Caller),
    now: Timestamp,
) -> Result<Brought, PullStop> {
    let asked = match source {
        Source::Orders => {
            let page = source::sweep(caller, account, &progress.orders.position, now).await?;
            return Ok(count(&mut progress.orders, page));
        }
        Source::Transactions => &mut progress.transactions,
        Source::PaymentGroups => &mut progress.payment_groups,
        Source::Payouts => &mut progress.payouts,
    };
    let position = asked.position.clone();
    let page = match source {
        Source::Payouts => payouts::sweep_payouts(caller, account, &position, now).await?,
        Source::PaymentGroups => finances::event_groups(caller, account, &position, now).await?,
        Source::Transactions | Source::Orders => {
            finances::sweep_transactions(caller, account, &position, now).await?
        }
    };
    Ok(count(asked, page))
}

fn count<P>(reading: &mut Reading<P>, page: Page<P>) -> Brought {
    let items = u64::try_from(page.facts.len()).unwrap_or_default();
    let bytes: usize = page.documents.iter().map(|raw| raw.bytes.len()).sum();
    reading.position = page.next;
    reading.pages = reading.pages.saturating_add(1);
    reading.items = reading.items.saturating_add(items);
    reading.bytes = reading.bytes.saturating_add(u64::try_from(bytes).unwrap_or_default());
    Brought { facts: page.facts, documents: page.documents, restarted: page.restarted }
}

/// What stops all of the lane is the lane's trouble. What only the past is refused for must not hold
/// up live work: a person is told, and it is tried again later.
async fn refused(
    turn: &Turn<'_>,
    link: &AmazonLink,
    state: &mut LaneState,
    stop: PullStop,
) -> Result<Option<Next>, StageError> {
    match stop {
        PullStop::Status { status, .. } if status < 500 => {}
        PullStop::Unreadable(_) => {}
        PullStop::Busy(_)
        | PullStop::NotSent(_)
        | PullStop::Lost(_)
        | PullStop::Unauthorised(_)
        | PullStop::AuthorisationGone(_)
        | PullStop::Status { .. } => return Err(amazon_stopped(&stop)),
    }
    let now = turn.clock.now();
    let again = now.after_ms(AGAIN_MS);
    state.backfill_from = Some(again);
    let alarm = Alarm {
        code: STUCK_CODE.to_owned(),
        subject: Progress::cursor(&link.region),
        detail: stop.to_string(),
    };
    turn.store.raise_alarm(&turn.lease.book, &alarm, now).await?;
    Ok(Some(Next::At(again)))
}
