//! The words of a backfill.

use base::Timestamp;
use serde::Serialize;

use super::Proposed;
use crate::backfill::{Progress, RegionForecast, Source};
use crate::status::text::{counted, span};

/// How far a stretch has got.
#[derive(Debug, Serialize)]
pub struct Told {
    pub book: String,
    pub since: Timestamp,
    pub until: Timestamp,
    pub is_paused: bool,
    pub asked_by: String,
    pub asked: Timestamp,
    #[serde(skip)]
    pub with_money: bool,
    pub lanes: Vec<LaneTold>,
    /// Documents of the past that wait to be sent.
    pub waiting: u64,
}

/// One region's part of it.
#[derive(Debug, Serialize)]
pub struct LaneTold {
    pub region: String,
    #[serde(skip)]
    pub has_begun: bool,
    #[serde(flatten)]
    pub progress: Progress,
}

impl Told {
    /// Everything was read; documents may still wait.
    pub fn is_over(&self) -> bool {
        self.lanes.iter().all(|lane| lane.progress.next(self.with_money).is_none())
    }
}

pub(super) fn proposed(proposed: &Proposed, now: Timestamp) -> String {
    let Proposed { book, since, until, forecast, notes, is_accepted } = proposed;
    let mut lines = vec![format!("Before {}: {}", day(*until), stretch(book, *since, *until))];
    lines.extend(forecast.regions.iter().map(region));
    if forecast.xero_calls > 0 {
        let days = counted(forecast.xero_days, "day", "days");
        lines.push(format!(
            "  Xero   about {} calls, {days} beside everything else",
            forecast.xero_calls
        ));
    }
    lines.push(format!("  disk   about {}", size(forecast.bytes)));
    lines.extend(notes.iter().map(|note| format!("  - {note}")));
    lines.push(if *is_accepted {
        format!("It was begun at {now}: `daybook backfill` tells how far it has got.")
    } else {
        "Nothing was changed: --accept begins it.".to_owned()
    });
    lines.join("\n")
}

fn stretch(book: &str, since: Timestamp, until: Timestamp) -> String {
    let days = until.since(since) / Timestamp::DAY;
    format!("the past of {book} from {} on, {days} days", day(since))
}

fn region(one: &RegionForecast) -> String {
    let RegionForecast { region, orders, pages, takes_ms, .. } = one;
    let takes = match *takes_ms {
        ..Timestamp::MINUTE => "at once".to_owned(),
        takes_ms => format!("{} at Amazon's limit", span(takes_ms)),
    };
    let (orders, pages) = (counted(*orders, "order", "orders"), counted(*pages, "page", "pages"));
    format!("  {region:<6} about {orders} on {pages}: {takes}")
}

pub(super) fn told(told: &Told, now: Timestamp) -> String {
    let how = match (told.is_over(), told.is_paused) {
        (true, _) => "read to its end",
        (false, true) => "paused",
        (false, false) => "being read",
    };
    let stretch = stretch(&told.book, told.since, told.until);
    let mut lines = vec![format!("{stretch}: {how}")];
    lines.push(format!("  asked for by {} at {}", told.asked_by, told.asked));
    for lane in &told.lanes {
        lines.extend(lane_lines(lane, told, now));
    }
    lines.push(match told.waiting {
        0 => "  no document of it waits to be sent".to_owned(),
        waiting => format!("  {} to be sent", counted(waiting, "document waits", "documents wait")),
    });
    lines.join("\n")
}

fn lane_lines(lane: &LaneTold, told: &Told, now: Timestamp) -> Vec<String> {
    let LaneTold { region, has_begun, progress } = lane;
    if !has_begun {
        return vec![format!("  {region:<6} not begun")];
    }
    let orders = &progress.orders;
    let pages = counted(orders.pages, "page", "pages");
    let mut words = format!(
        "{} % of the time, to {}: {} orders on {pages}",
        progress.percent(),
        day(orders.position.since),
        orders.items
    );
    if let Some(ended) = progress.ended {
        words = format!("{words}; done at {ended}, in {}", span(ended.since(progress.began)));
    } else if let Some(left_ms) = progress.left_ms(now).filter(|_| !told.is_paused) {
        words = format!("{words}; about {} left", span(left_ms));
    }
    let mut lines = vec![format!("  {region:<6} {words}")];
    let money = [Source::Transactions, Source::PaymentGroups, Source::Payouts];
    let money = money.into_iter().filter_map(|source| {
        let reading = progress.money(source)?;
        let words = source.words();
        Some(match (reading.is_denied, reading.position.is_over()) {
            (true, _) => format!("no role for {words}"),
            (false, true) => format!("{} {words}", reading.items),
            (false, false) => format!("{words} to {}", day(reading.position.since)),
        })
    });
    if told.with_money {
        lines.push(format!("         {}", money.collect::<Vec<String>>().join(", ")));
    }
    lines
}

fn day(moment: Timestamp) -> String {
    moment.day(&base::Zone::utc()).to_string()
}

fn size(bytes: u64) -> String {
    match bytes / 1_000_000 {
        0 => "1 MB".to_owned(),
        megabytes @ 1..10_000 => format!("{megabytes} MB"),
        megabytes => format!("{} GB", megabytes / 1_000),
    }
}
