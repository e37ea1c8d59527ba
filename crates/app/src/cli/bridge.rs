//! `daybook bridge`: from the books of a day to what Amazon says that it owes, item by item.

mod accrued;
mod booked;
pub(super) mod gather;
mod text;
pub(super) mod told;

use std::process::ExitCode;

use base::{Day, Zone};
use clap::Args;
use mapping::settlement::bridge::Bridge;

use super::open::Opened;
use super::{Common, Failure, print, print_json};
use crate::engine::Engine;

/// What a bridge ends with that does not close.
pub(super) const OPEN_CODE: &str = "bridge_open";

#[derive(Debug, Args)]
pub struct BridgeArgs {
    /// The day, as YYYY-MM-DD; yesterday without it. Amazon's day ends at midnight UTC.
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
}

pub async fn run_bridge(common: &Common, args: BridgeArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let engine = opened.engine().await?;
    let day = match &args.date {
        Some(text) => Day::parse(text)
            .map_err(|error| Failure::new("bridge_day_invalid", error.to_string()))?,
        None => opened.clock.now().day(&Zone::utc()).after_days(-1),
    };
    let bridge = of_day(&engine, day).await?;
    if common.json {
        print_json(&text::Told::of(&bridge))?;
    } else {
        print(&text::text(&bridge));
    }
    Ok(if bridge.closes() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The bridge of a day that is over. Asks Xero for its trial balance and the payments of open
/// documents, and Amazon for its balance where none of that day is stored.
pub async fn of_day(engine: &Engine, day: Day) -> Result<Bridge, Failure> {
    if day.after_days(1).midnight_utc() > engine.clock.now() {
        let detail = format!("{day} is not over in UTC: Amazon has no balance of it");
        return Err(Failure::new("bridge_day_invalid", detail));
    }
    let begins = engine.rules().await?.book().settings.cutover;
    if let Some(begins) = begins.filter(|begins| day < begins.after_days(-1)) {
        let detail = format!("the book begins on {begins}: {day} is in the books before it");
        return Err(Failure::new("bridge_day_invalid", detail));
    }
    let gathered = gather::gather(engine, day).await?;
    gathered.bridge().map_err(|error| Failure::new("unworkable_amount", error.to_string()))
}
