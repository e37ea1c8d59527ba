//! What a stretch of the past takes, from a few days of it that Amazon is asked for.

use amazon::source::{self, Account, Position};
use base::{Day, Timestamp, Zone};
use intents::Priority;
use mapping::settlement::Way;
use store::Lease;

use crate::backfill::{Forecast, RegionForecast, Sampled};
use crate::book::{AmazonLink, Lane};
use crate::cli::Failure;
use crate::engine::Engine;
use crate::stages::{LaneState, pull};
use crate::transport::Caller;
use crate::transport::budget::{XeroLeft, kept_of_a_day};

/// Days of a stretch that are looked at. They are not whole weeks apart.
const SAMPLES: i64 = 4;
/// Amazon lists settlement reports for so long.
const REPORTS_DAYS: i64 = 90;
/// A lane that is at work is waited for.
const CLAIM_TRIES: u32 = 20;
const CLAIM_AGAIN_MS: i64 = Timestamp::SECOND;

pub(super) async fn forecast(
    engine: &Engine,
    since: Timestamp,
    until: Timestamp,
) -> Result<Forecast, Failure> {
    let stretch_ms = until.since(since);
    let mut regions = Vec::new();
    for link in &engine.settings.amazon {
        let sampled = sample(engine, link, (since, until)).await?;
        let poll_ms = engine.pace.poll_ms;
        regions.push(RegionForecast::of(&link.region, &sampled, stretch_ms, poll_ms));
    }
    let day_calls = match engine.rules().await?.book().settings.way {
        Way::Summary => None,
        Way::PerOrder => Some(left_for_the_past(engine).await?),
    };
    Ok(Forecast::of(regions, day_calls))
}

/// How many calls a day the past may make to Xero.
async fn left_for_the_past(engine: &Engine) -> Result<u64, Failure> {
    let state = state(engine, &Lane::Xero).await?;
    let XeroLeft { day_of, .. } = state.budget.xero_left(engine.clock.now());
    Ok(u64::from(day_of.saturating_sub(kept_of_a_day(Priority::Backfill, day_of))))
}

async fn state(engine: &Engine, lane: &Lane) -> Result<LaneState, Failure> {
    let name = lane.name(&engine.book);
    let row = engine.lanes().await?.into_iter().find(|row| row.name == name);
    Ok(row.and_then(|row| serde_json::from_str(&row.state).ok()).unwrap_or_default())
}

/// Looks at a few days. What it spends is written down as the lane's own.
async fn sample(
    engine: &Engine,
    link: &AmazonLink,
    stretch: (Timestamp, Timestamp),
) -> Result<Vec<Sampled>, Failure> {
    let lane = Lane::Amazon { region: link.region.clone() };
    let lease = claim(engine, &lane).await?;
    let mut state: LaneState = serde_json::from_str(&lease.state).unwrap_or_default();
    let caller = engine.amazon_caller(link, &state);
    let account = pull::account(link)?;
    let sampled = async {
        let mut sampled = Vec::new();
        for (from, to) in days(stretch) {
            sampled.push(day(&caller, &account, (from, to), engine.clock.now()).await?);
        }
        Ok(sampled)
    }
    .await;
    state.budget = caller.courier.budget();
    for (operation, count) in caller.courier.counts() {
        engine.store.count_calls(caller.courier.vendor.as_str(), &operation, count).await?;
    }
    let (now, text) = (engine.clock.now(), serde_json::to_string(&state).unwrap_or_default());
    engine.store.settle_lane(&lease, now, &text, now).await?;
    sampled
}

async fn claim(engine: &Engine, lane: &Lane) -> Result<Lease, Failure> {
    let name = lane.name(&engine.book);
    for _ in 0..CLAIM_TRIES {
        let now = engine.clock.now();
        let lease = engine.store.claim_lane(&name, "backfill", now, Timestamp::MINUTE * 5).await?;
        match lease {
            Some(lease) => return Ok(lease),
            None => engine.clock.until(now.after_ms(CLAIM_AGAIN_MS)).await,
        }
    }
    Err(Failure::new("busy", format!("the lane {name} is at work: try again in a minute")))
}

/// The days in the middle of each quarter of a stretch; all of it where it is no longer than that.
fn days((since, until): (Timestamp, Timestamp)) -> Vec<(Timestamp, Timestamp)> {
    let stretch_ms = until.since(since);
    if stretch_ms <= SAMPLES * Timestamp::DAY {
        return vec![(since, until)];
    }
    let middle_ms = |quarter: i64| stretch_ms / (2 * SAMPLES) * (2 * quarter + 1);
    let of = |quarter| since.after_ms(middle_ms(quarter) - Timestamp::DAY / 2);
    // A quarter of whole weeks would show the same weekday four times.
    let moved = |quarter| of(quarter).after_ms((quarter - 1) * Timestamp::DAY);
    let is_weekly = stretch_ms / SAMPLES % (7 * Timestamp::DAY) < Timestamp::DAY;
    let start = |quarter| if is_weekly { moved(quarter) } else { of(quarter) };
    let day = |quarter| {
        let from: Timestamp = start(quarter).max(since);
        (from, from.after_ms(Timestamp::DAY).min(until))
    };
    (0..SAMPLES).map(day).collect()
}

async fn day(
    caller: &Caller,
    account: &Account,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Sampled, Failure> {
    let page = source::sweep(caller, account, &Position::between(from, to), now).await;
    let page = page.map_err(|stop| {
        let source::PullStop::Busy(until) = stop else {
            return Failure::from(pull::amazon_stopped(&stop));
        };
        let detail = format!("Amazon takes no such call before {until}: try again then");
        Failure::new("busy", detail)
    })?;
    let orders = u64::try_from(page.facts.len()).unwrap_or_default();
    let bytes: usize = page.documents.iter().map(|raw| raw.bytes.len()).sum();
    let last = page.facts.iter().map(|fact| fact.occurred).max();
    let is_full = page.next.page_token.is_some();
    let end = last.filter(|_| is_full).unwrap_or(to).min(to);
    let bytes = u64::try_from(bytes).unwrap_or_default();
    Ok(Sampled { orders, bytes, span_ms: end.since(from).max(1) })
}

/// What reading the past does to the books, for who keeps them.
pub(super) async fn notes(engine: &Engine, since: Timestamp) -> Result<Vec<String>, Failure> {
    let rules = engine.rules().await?;
    let settings = &rules.book().settings;
    let now = engine.clock.now();
    let mut notes = Vec::new();
    if settings.way == Way::Summary {
        notes.push(
            "In the summary way orders get no documents: they are kept to be looked at.".to_owned(),
        );
    }
    if let Some(cutover) = settings.cutover
        && cutover.midnight_utc() > since
    {
        notes.push(format!(
            "Orders placed before {cutover}, the cut-over, get no documents: the opening balances have them."
        ));
    }
    let listed: Day = now.after_ms(-REPORTS_DAYS * Timestamp::DAY).day(&Zone::utc());
    let is_open = settings.way == Way::PerOrder && settings.cutover.is_none();
    if engine.settings.money && is_open && listed.midnight_utc() > since {
        notes.push(format!(
            "Amazon lists settlements since {listed} only: invoices of before stay on clearing, for \
             nothing says when they were paid out. `daybook cutover` begins the book on a day instead."
        ));
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_days_lie_within_the_stretch_and_are_not_the_same_weekday() {
        let since = Timestamp(0);
        for length in [5, 28, 56, 90, 365, 730] {
            let until = since.after_ms(length * Timestamp::DAY);
            let days = days((since, until));
            assert!(days.iter().all(|(from, to)| *from >= since && to <= &until && from < to));
            let weekdays: std::collections::BTreeSet<i64> =
                days.iter().map(|(from, _)| from.0 / Timestamp::DAY % 7).collect();
            assert!(weekdays.len() > 1, "{length} {weekdays:?}");
        }
        let short = (since, Timestamp(Timestamp::DAY));
        assert_eq!(days(short), vec![short]);
    }
}
