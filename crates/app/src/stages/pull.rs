//! Asks Amazon and Xero what is new, and stores it as they said it.

use amazon::source::{Account, Position, PullStop, Raw};
use base::Timestamp;
use store::{Document, HintsDone, Pulled};

use super::{LaneState, Next, StageError, Turn, hints, letters};
use crate::book::{AmazonLink, Lane, XeroLink};
use crate::transport::Caller;

/// Amazon's lists show nothing of the last two minutes.
pub(super) const SHOWN_MS: i64 = 2 * Timestamp::MINUTE;

/// Page tokens in a row that may be refused before the lane says so.
const RESTARTS_MAX: u32 = 2;

/// Reads one page of changed orders of one seller account.
pub async fn orders(
    turn: &Turn<'_>,
    link: &AmazonLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Next, StageError> {
    let now = turn.clock.now();
    let name = format!("orders:{}", link.region);
    let position = match turn.store.cursor(&turn.lease.book, &name).await? {
        Some(text) => {
            Position::parse(&text).unwrap_or_else(|| Position::start(turn.settings.since))
        }
        None => Position::start(turn.settings.since),
    };
    let account = account(link)?;
    let page = match amazon::source::sweep(caller, &account, &position, now).await {
        Ok(page) => page,
        Err(stop) => return stopped(stop, now),
    };
    let began = match (&position.page_token, state.sweeping) {
        (Some(_), Some(began)) => began,
        (Some(_) | None, _) => now,
    };
    state.sweeping = Some(began);
    let restarted = page.restarted;
    let pulled = Pulled {
        facts: page.facts,
        documents: page.documents.into_iter().map(document).collect(),
        reports: Vec::new(),
        cursor: Some((name, page.next.to_text())),
    };
    let is_over = !page.more && restarted.is_none();
    let swept = is_over.then(|| hints::swept(hints::ORDER, page.next.shown_to(now)));
    let done: Vec<HintsDone> = swept.into_iter().collect();
    turn.gate.pass("pull: before recording").await;
    let fresh = turn.store.record_hinted(turn.lease, &pulled, &done, turn.clock.now()).await?;
    turn.gate.pass("pull: after recording").await;
    if fresh > 0 {
        turn.store.nudge(&Lane::Book.name(&turn.lease.book), turn.clock.now()).await?;
    }
    if let Some(detail) = restarted {
        // Once is a token that ran out; again and again is something that a person must see.
        state.restarts = state.restarts.saturating_add(1);
        if state.restarts > RESTARTS_MAX {
            return Err(StageError::Vendor { code: "page_token_refused", detail });
        }
        return Ok(Next::Now);
    }
    if page.more {
        return Ok(Next::Now);
    }
    state.restarts = 0;
    state.swept = Some(began);
    Ok(Next::At(turn.next_look()))
}

/// What Amazon sent, as the archive keeps it.
pub(super) fn document(raw: Raw) -> Document {
    Document { hash: raw.hash, kind: raw.kind, bytes: raw.bytes }
}

pub(crate) fn account(link: &AmazonLink) -> Result<Account, StageError> {
    let region = amazon::spec::Region::parse(&link.region).ok_or_else(|| StageError::Vendor {
        code: "config_invalid",
        detail: format!("{} is not a region of Amazon", link.region),
    })?;
    Ok(Account {
        region,
        seller_id: link.seller_id.clone(),
        marketplaces: link.marketplaces.clone(),
        buyer_data: link.buyer_data,
    })
}

fn stopped(stop: PullStop, now: Timestamp) -> Result<Next, StageError> {
    if let PullStop::Busy(until) = stop {
        return Ok(Next::At(until.max(now.after_ms(1))));
    }
    Err(amazon_stopped(&stop.with_a_fresh_token()))
}

/// What stopped a read of Amazon, for the lane.
pub fn amazon_stopped(stop: &PullStop) -> StageError {
    match stop {
        PullStop::NotSent(why) => StageError::unsent(why, amazon_code(stop)),
        PullStop::Busy(_)
        | PullStop::Lost(_)
        | PullStop::Unauthorised(_)
        | PullStop::AuthorisationGone(_)
        | PullStop::Status { .. }
        | PullStop::Unreadable(_) => {
            StageError::Vendor { code: amazon_code(stop), detail: stop.to_string() }
        }
    }
}

fn amazon_code(stop: &PullStop) -> &'static str {
    match stop {
        // Over a limit nothing is refused for good: the courier keeps quiet until Xero takes calls.
        PullStop::Busy(_) | PullStop::Status { status: 429, .. } => "busy",
        PullStop::NotSent(_) => "amazon_not_reached",
        PullStop::Lost(_) | PullStop::Status { status: 500.., .. } => "amazon_no_answer",
        PullStop::Unauthorised(_) | PullStop::AuthorisationGone(_) => "authorisation_gone",
        PullStop::Status { .. } if stop.is_role_missing() => "role_missing",
        PullStop::Status { .. } => "amazon_refused",
        PullStop::Unreadable(_) => "amazon_unreadable",
    }
}

/// Reads the organisation's chart when it is old.
pub async fn chart(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Next, StageError> {
    let mark = letters::mark(turn).await?;
    let chart = match xero::pull_chart(caller, &link.tenant_id).await {
        Ok(chart) => chart,
        Err(xero::PullStop::Busy(until)) => return Ok(Next::At(until)),
        Err(stop) => return Err(xero_stopped(stop)),
    };
    turn.gate.pass("chart: before storing").await;
    turn.store.put_chart(turn.lease, &chart, turn.clock.now()).await?;
    letters::note_chart(turn, mark.as_deref()).await?;
    state.chart_read = Some(turn.clock.now());
    turn.store.nudge(&Lane::Book.name(&turn.lease.book), turn.clock.now()).await?;
    Ok(Next::Now)
}

/// What stopped a read of Xero, for the lane.
pub fn xero_stopped(stop: xero::PullStop) -> StageError {
    use xero::PullStop;
    let code = xero_code(&stop);
    match stop {
        PullStop::NotSent(why) => StageError::unsent(&why, code),
        PullStop::Connection(trouble) => {
            StageError::Vendor { code: trouble.code(), detail: trouble.to_string() }
        }
        PullStop::Status { status, detail } => {
            StageError::Vendor { code, detail: format!("{status}: {detail}") }
        }
        PullStop::Busy(until) => StageError::Vendor { code, detail: until.iso() },
        PullStop::Lost(detail) | PullStop::Unreadable(detail) => {
            StageError::Vendor { code, detail }
        }
    }
}

fn xero_code(stop: &xero::PullStop) -> &'static str {
    use xero::PullStop;
    match stop {
        // Over a limit nothing is refused for good: the courier keeps quiet until Xero takes calls.
        PullStop::Busy(_) | PullStop::Status { status: 429, .. } => "busy",
        PullStop::NotSent(_) | PullStop::Connection(_) => "xero_not_reached",
        PullStop::Lost(_) | PullStop::Status { status: 500.., .. } => "xero_no_answer",
        PullStop::Unreadable(_) => "xero_unreadable",
        PullStop::Status { .. } => "xero_refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_a_limit_nothing_is_refused_for_good() {
        let code = |status| {
            let stop = xero::PullStop::Status { status, detail: String::new() };
            xero_stopped(stop).code().to_owned()
        };
        assert_eq!([429, 400, 503].map(code), ["busy", "xero_refused", "xero_no_answer"]);
    }
}
