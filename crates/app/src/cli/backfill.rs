//! `daybook backfill`: orders and money from before the book was connected: what reading them takes,
//! then how far it has got.

mod forecast;
mod text;

use std::process::ExitCode;

use base::{Day, Timestamp};
use clap::Args;
use serde::Serialize;
use store::{Backfill, BackfillState};

use self::text::Told;
use super::act::who;
use super::open::Opened;
use super::{Common, Failure, done, print, print_json};
use crate::backfill::{Forecast, Progress};
use crate::book::Lane;
use crate::engine::Engine;

/// Amazon gives no order that is older than two years.
/// <https://developer-docs.amazon.com/sp-api/docs/orders-api-v2026-01-01-reference>
const OLDEST_DAYS: i64 = 730;
/// Only Japan, Australia and Singapore have older ones.
const WITHOUT_END: &str = "FE";

#[derive(Debug, Args)]
pub struct BackfillArgs {
    /// Foretell what it takes to read from this day on (YYYY-MM-DD, midnight UTC). Without it, how far
    /// the stretch that is being read has got.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Begin to read. Without it nothing is changed.
    #[arg(long, requires = "from")]
    pub accept: bool,
    /// Leave off reading for now.
    #[arg(long, conflicts_with_all = ["from", "resume"])]
    pub pause: bool,
    /// Go on where it was left off.
    #[arg(long, conflicts_with = "from")]
    pub resume: bool,
}

/// What a stretch comes to before it is read.
#[derive(Debug, Serialize)]
pub struct Proposed {
    pub book: String,
    pub since: Timestamp,
    pub until: Timestamp,
    pub forecast: Forecast,
    /// What an accountant should know before.
    pub notes: Vec<String>,
    pub is_accepted: bool,
}

pub async fn run_backfill(common: &Common, args: BackfillArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let engine = opened.engine().await?;
    if let Some(from) = &args.from {
        let mut proposed = propose(&engine, from).await?;
        if args.accept {
            accept(&engine, &proposed).await?;
            proposed.is_accepted = true;
        }
        if common.json {
            return print_json(&proposed);
        }
        print(&text::proposed(&proposed, engine.clock.now()));
        return Ok(ExitCode::SUCCESS);
    }
    if args.pause || args.resume {
        let state = if args.pause { BackfillState::Paused } else { BackfillState::Running };
        let wanted = known(&engine).await?;
        let now = engine.clock.now();
        engine.store.put_backfill(&Backfill { state, who: who(), asked: now, ..wanted }).await?;
        nudge(&engine).await?;
        let words = if args.pause { "paused" } else { "goes on" };
        return done(common, &format!("The backfill of {} {words}.", engine.settings.name), 1);
    }
    let told = told(&engine, known(&engine).await?).await?;
    if common.json {
        return print_json(&told);
    }
    print(&text::told(&told, engine.clock.now()));
    Ok(ExitCode::SUCCESS)
}

async fn known(engine: &Engine) -> Result<Backfill, Failure> {
    let none = || Failure::new("backfill_none", "nothing of the past was asked for: see --from");
    engine.store.backfill(&engine.book).await?.ok_or_else(none)
}

/// The stretch from a day to where the book began to be read, and what reading it takes. Asks Amazon
/// for four days of each region.
pub async fn propose(engine: &Engine, from: &str) -> Result<Proposed, Failure> {
    let day = Day::parse(from)
        .map_err(|error| Failure::new("backfill_day_invalid", error.to_string()))?;
    let (since, until) = (day.midnight_utc(), engine.settings.since);
    if since >= until {
        let detail = format!("orders from {until} on are read already");
        return Err(Failure::new("backfill_day_invalid", detail));
    }
    let oldest = engine.clock.now().after_ms(-OLDEST_DAYS * Timestamp::DAY);
    let is_limited = engine.settings.amazon.iter().any(|link| link.region != WITHOUT_END);
    if since < oldest && is_limited {
        let detail = format!("Amazon gives orders of the last two years, from {oldest} on");
        return Err(Failure::new("backfill_day_invalid", detail));
    }
    let forecast = forecast::forecast(engine, since, until).await?;
    let notes = forecast::notes(engine, since).await?;
    let book = engine.settings.name.clone();
    Ok(Proposed { book, since, until, forecast, notes, is_accepted: false })
}

/// Begins to read it, unless another stretch is still being read.
pub async fn accept(engine: &Engine, proposed: &Proposed) -> Result<(), Failure> {
    if let Some(before) = engine.store.backfill(&engine.book).await? {
        let is_same = (before.since, before.until) == (proposed.since, proposed.until);
        if !is_same && engine.is_past_left(&before).await? {
            let detail = "another stretch is still being read: see daybook backfill";
            return Err(Failure::new("backfill_running", detail));
        }
    }
    let forecast = serde_json::to_string(&proposed.forecast).unwrap_or_default();
    let wanted = Backfill {
        book: engine.book.clone(),
        since: proposed.since,
        until: proposed.until,
        state: BackfillState::Running,
        who: who(),
        asked: engine.clock.now(),
        forecast,
    };
    engine.store.put_backfill(&wanted).await?;
    nudge(engine).await
}

async fn nudge(engine: &Engine) -> Result<(), Failure> {
    for link in &engine.settings.amazon {
        let lane = Lane::Amazon { region: link.region.clone() };
        engine.store.nudge(&lane.name(&engine.book), engine.clock.now()).await?;
    }
    Ok(())
}

/// How far the book's lanes have got with a stretch.
pub async fn told(engine: &Engine, wanted: Backfill) -> Result<Told, Failure> {
    let now = engine.clock.now();
    let mut lanes = Vec::new();
    for link in &engine.settings.amazon {
        let kept = engine.store.cursor(&engine.book, &Progress::cursor(&link.region)).await?;
        let progress = Progress::of(kept.as_deref(), &wanted, now);
        lanes.push(text::LaneTold {
            region: link.region.clone(),
            has_begun: kept.is_some(),
            progress,
        });
    }
    let waiting = engine.store.waiting(&engine.book, intents::Priority::Backfill).await?;
    Ok(Told {
        book: engine.settings.name.clone(),
        since: wanted.since,
        until: wanted.until,
        is_paused: wanted.state == BackfillState::Paused,
        asked_by: wanted.who,
        asked: wanted.asked,
        with_money: engine.settings.money,
        lanes,
        waiting,
    })
}
