//! Accrues at each month's end what Amazon held back, once Amazon has told of all of it.
//!
//! Two days after the end its Finances are complete; what comes later than that is looked for once a
//! day for a week, and accrued by a document of its own.

use std::collections::BTreeSet;

use base::{Currency, Day, Subject, Timestamp, Zone};
use facts::{Body as Said, Chart, Fact};
use mapping::Compiled;
use mapping::orders::{Changes, Situation};
use mapping::rulebook::Posting;
use mapping::settlement::{Period, PeriodSituation, Way, decide_period};
use serde::{Deserialize, Serialize};
use store::{Decision, SubjectRow};

use super::{LaneState, StageError, Turn, map, settle};
use crate::book::{AmazonLink, Lane};

/// Amazon says that transactions may be missing for so long.
/// <https://developer-docs.amazon.com/sp-api/docs/finances-api-v2024-06-19-use-case-guide>
const LATE_MS: i64 = 2 * Timestamp::DAY;

/// What is later than late is looked for until so long after the month's end.
const LOOKS_MS: i64 = 9 * Timestamp::DAY;

/// Money is held back for weeks, and on invoice for two or three months.
const HELD_DAYS: i64 = 100;

/// How far an account's months are accrued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// The last month that was.
    month: Option<Day>,
    looked: Option<Timestamp>,
}

/// Decides one month's end of one account. False when none is due.
pub async fn accrue(turn: &Turn<'_>, rules: &Compiled, chart: &Chart) -> Result<bool, StageError> {
    let Ok(zone) = Zone::named(&chart.organisation.time_zone) else { return Ok(false) };
    if !turn.settings.money {
        return Ok(false);
    }
    for link in &turn.settings.amazon {
        let name = format!("accrued:{}", link.region);
        let stored = turn.store.cursor(&turn.lease.book, &name).await?;
        let kept: Kept =
            stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let now = turn.clock.now();
        let Some(month) = kept.due(first(turn, rules, &zone), now, &zone) else { continue };
        let told =
            month_end(month, &zone).after_ms(LATE_MS).max(kept.looked.unwrap_or(Timestamp(0)));
        if swept(turn, link).await?.is_none_or(|swept| swept <= told) {
            continue;
        }
        for currency in currencies(&held_by(turn, link, month, &zone).await?) {
            let period = period(link, month, currency);
            let subject = subject(&period);
            let row = turn.store.subject(&turn.lease.book, &subject).await?;
            let decision = decide(turn, rules, chart, (&row, &period)).await?;
            write(turn, decision).await?;
        }
        let kept = Kept { month: Some(month), looked: Some(now) };
        let text = serde_json::to_string(&kept).unwrap_or_default();
        turn.store.set_cursor(turn.lease, &name, &text).await?;
        return Ok(true);
    }
    Ok(false)
}

/// Decides a month's end again that a person or a new rule book asks for.
pub async fn again(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    row: &SubjectRow,
) -> Result<Decision, StageError> {
    let period = row.subject.of_period().and_then(|named| {
        let (region, currency) = named.1.split_once('/')?;
        let month = Day::parse(&format!("{}-01", named.0)).ok()?;
        let link = turn.settings.amazon.iter().find(|link| link.region == region)?;
        Some(self::period(link, month, currency.parse().ok()?))
    });
    match period {
        Some(period) => decide(turn, rules, chart, (row, &period)).await,
        None => Ok(map::decision(row, Changes::default(), rules)),
    }
}

impl Kept {
    /// The next month that is over, or the last one again.
    fn due(&self, first: Day, now: Timestamp, zone: &Zone) -> Option<Day> {
        let over = |month: Day| month_end(month, zone);
        let next = self.month.map_or(first, after);
        if over(next).after_ms(LATE_MS) <= now {
            return Some(next);
        }
        let looked = self.looked?;
        self.month.filter(|month| {
            now < over(*month).after_ms(LOOKS_MS) && now.since(looked) >= Timestamp::DAY
        })
    }
}

/// The first day of the next month.
fn after(month: Day) -> Day {
    month.after_days(31).month_start()
}

fn month_end(month: Day, zone: &Zone) -> Timestamp {
    after(month).starts(zone)
}

/// The month in which the book begins.
fn first(turn: &Turn<'_>, rules: &Compiled, zone: &Zone) -> Day {
    let since = turn.settings.since.day(zone);
    since.max(rules.book().settings.cutover.unwrap_or(since)).month_start()
}

fn period(link: &AmazonLink, month: Day, currency: Currency) -> Period {
    Period::of(month, (&link.region, &link.seller_id), currency)
}

fn subject(period: &Period) -> Subject {
    Subject::period(&period.name(), &format!("{}/{}", period.region, period.currency))
}

/// Up to when all of Amazon's money was read.
async fn swept(turn: &Turn<'_>, link: &AmazonLink) -> Result<Option<Timestamp>, StageError> {
    let name = Lane::Amazon { region: link.region.clone() }.name(&turn.lease.book);
    let lanes = turn.store.lanes().await?;
    let lane = lanes.into_iter().find(|lane| lane.name == name);
    let state = lane.and_then(|lane| serde_json::from_str::<LaneState>(&lane.state).ok());
    Ok(state.and_then(|state| state.money.read_until()))
}

/// What Amazon posted in the months up to the end of one, some of it held back then.
async fn held_by(
    turn: &Turn<'_>,
    link: &AmazonLink,
    month: Day,
    zone: &Zone,
) -> Result<Vec<Fact>, StageError> {
    let source = format!("amazon:{}:transactions", link.region);
    let end = after(month);
    let (from, until) = (end.after_days(-HELD_DAYS).starts(zone), end.starts(zone));
    Ok(turn.store.facts_of_source(&turn.lease.book, &source, from, until).await?)
}

fn currencies(facts: &[Fact]) -> BTreeSet<Currency> {
    let known = facts.iter().filter_map(|fact| {
        let Said::Transaction(one) = &fact.body else { return None };
        Some(one.total.currency())
    });
    known.collect()
}

async fn decide(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    (row, period): (&SubjectRow, &Period),
) -> Result<Decision, StageError> {
    let zone = Zone::named(&chart.organisation.time_zone).unwrap_or(Zone::utc());
    let link = turn.settings.amazon.iter().find(|link| link.region == period.region);
    let mut facts = match link {
        Some(link) => held_by(turn, link, period.month, &zone).await?,
        None => Vec::new(),
    };
    if let Some(begins) = rules.book().settings.cutover {
        // What was held back at the cut-over stands on Deferred already.
        facts.retain(|fact| fact.occurred >= begins.midnight_utc());
    }
    let pack = match settle::pack(rules, chart) {
        Ok(pack) => pack,
        Err(error) => {
            let stop = Some(intents::Reason::new(error.code(), error.to_string()));
            return Ok(map::decision(row, Changes { stop, ..Changes::default() }, rules));
        }
    };
    let way = rules.book().settings.way;
    let with_documents = match way {
        Way::PerOrder => settle::with_documents(turn, &orders(&facts)).await?,
        Way::Summary => BTreeSet::new(),
    };
    let posted_before = match rules.book().settings.posting {
        Posting::Approve => settle::posted_before(turn, None).await?,
        Posting::Draft | Posting::Post => 0,
    };
    let changes = decide_period(&PeriodSituation {
        situation: Situation {
            book: &turn.lease.book,
            rules,
            chart,
            subject: &row.subject,
            facts: &facts,
            decided: &row.decided,
            posted_before,
        },
        pack: &pack,
        way,
        period,
        with_documents: &with_documents,
    });
    Ok(map::decision(row, changes, rules))
}

fn orders(facts: &[Fact]) -> BTreeSet<&str> {
    let named = facts.iter().filter_map(|fact| {
        let Said::Transaction(one) = &fact.body else { return None };
        one.order_id.as_deref()
    });
    named.collect()
}

async fn write(turn: &Turn<'_>, decision: Decision) -> Result<(), StageError> {
    turn.gate.pass("accrue: before deciding").await;
    turn.store.decide(turn.lease, &[decision], turn.clock.now()).await?;
    turn.gate.pass("accrue: after deciding").await;
    turn.store.nudge(&Lane::Xero.name(&turn.lease.book), turn.clock.now()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn noon(text: &str) -> Timestamp {
        Timestamp::parse(&format!("{text}T12:00:00Z")).unwrap()
    }

    #[test]
    fn a_month_is_due_two_days_after_its_end_and_looked_at_for_a_week() {
        let zone = Zone::utc();
        let first = day("2026-01-01");
        let fresh = Kept::default();
        assert_eq!(fresh.due(first, noon("2026-02-02"), &zone), None);
        assert_eq!(fresh.due(first, noon("2026-02-03"), &zone), Some(first));
        let done = Kept { month: Some(first), looked: Some(noon("2026-02-03")) };
        assert_eq!(done.due(first, noon("2026-02-03"), &zone), None);
        assert_eq!(done.due(first, noon("2026-02-04"), &zone), Some(first));
        assert_eq!(done.due(first, noon("2026-02-10"), &zone), None);
        assert_eq!(done.due(first, noon("2026-03-03"), &zone), Some(day("2026-02-01")));
    }
}
