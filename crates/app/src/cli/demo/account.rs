//! The second act: one account is kept for two months, from its first order to the month-end pack.

use std::path::{Path, PathBuf};

use base::{Clock as _, Timestamp, Zone};
use mapping::settlement::Way;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};

use super::told;
use super::{connected, kept_report, looked, posted, progress};
use crate::cli::Failure;
use crate::cli::sandbox::{Faulty, Market, opened};
use crate::engine::{Engine, Round};
use crate::home::Home;
use crate::stages::Pace;

/// Which account, booked in which way, below the demo's folder.
pub(super) struct Account<'a> {
    pub(super) dir: &'a Path,
    pub(super) market: Market,
    pub(super) way: Way,
}

pub(super) const ORDERS: usize = 60;
const MONTHS: u32 = 2;
/// The day on which Amazon opens the account.
const OPENS: &str = "2026-09-01T00:00:00Z";
/// The book is connected in the afternoon: Amazon settles in the mornings, at the hour of the opening.
const CONNECTED_MS: i64 = 5 * Timestamp::HOUR;
/// Amazon's numbers of October are complete, and the bank has been asked since.
const ENDS: &str = "2026-11-05T09:00:00Z";
/// The months that are over by then.
pub(super) const CLOSED: [&str; 2] = ["2026-09", "2026-10"];
/// After its end, in simulated time; a world that has not settled by then is a bug.
const PATIENCE_MS: i64 = 3 * Timestamp::DAY;
/// Months go by: a turn twice a day is enough.
const PACE: Pace = Pace {
    poll_ms: 12 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 2 * Timestamp::DAY,
    reports_ms: Timestamp::DAY,
};

impl Account<'_> {
    /// The data folder of its book.
    pub(super) fn home(&self) -> PathBuf {
        self.dir.join("settlements")
    }

    /// Opens the account, keeps its book until two months are closed, and looks at everything.
    pub(super) async fn play(
        &self,
        (seed, faults): (u64, Faulty),
        is_silent: bool,
    ) -> Result<told::Account, Failure> {
        let opened = opened(moment(OPENS)?);
        let start = opened.after_ms(CONNECTED_MS);
        let clock = WorldClock::jumping(start);
        let world = Sandbox::new(SandboxOptions {
            faults: faults.into(),
            edition: self.market.country().into(),
            history: Some(self.market.history(seed, ORDERS, (opened, MONTHS))),
            bank_feed: true,
            clock: clock.clone(),
            ..SandboxOptions::new(seed, 0, start)
        });
        let home = Home::open(&self.home())?;
        let mut engine = connected(&home, &world, clock, |wish| {
            wish.way = self.way;
            // The seller is nowhere else: the other regions are not asked in vain.
            wish.amazon.retain(|one| one.region.eq_ignore_ascii_case(self.market.region()));
            let types = self.market.tax_types().iter();
            wish.tax_types = types.map(|(class, of)| ((*class).into(), (*of).into())).collect();
        })
        .await?;
        engine.pace = PACE;
        engine.take_over().await?;
        keep(&engine, &world, (moment(ENDS)?, is_silent)).await?;
        let report = kept_report(&home, &engine).await?;
        looked::look(self, (&engine, &world), opened, report).await
    }
}

fn moment(text: &str) -> Result<Timestamp, Failure> {
    Timestamp::parse(text).map_err(|error| Failure::new("demo", error.to_string()))
}

/// Rounds until `end` has come and nothing is left to do; where nothing is due, time jumps.
async fn keep(
    engine: &Engine,
    world: &Sandbox,
    (end, is_silent): (Timestamp, bool),
) -> Result<(), Failure> {
    let rules = engine.rules().await?;
    let bar = progress(is_silent);
    loop {
        let Round::Idle { next } = engine.round(&rules).await? else {
            bar.tick();
            continue;
        };
        let now = world.clock().now();
        bar.set_message(progress_of(engine, now).await?);
        if let Some(trouble) = engine.trouble().await? {
            return Err(Failure::of_trouble(&trouble));
        }
        if now >= end && engine.is_quiet(end, &rules).await? {
            break;
        }
        if now.since(end) > PATIENCE_MS {
            return Err(Failure::new("demo", "the simulated account does not come to rest"));
        }
        engine.clock.until(next).await;
    }
    bar.finish_and_clear();
    Ok(())
}

async fn progress_of(engine: &Engine, now: Timestamp) -> Result<String, Failure> {
    let settlements = engine.store.settlements(&engine.book).await?.len();
    let (day, posted) = (now.day(&Zone::utc()), posted(engine).await?);
    Ok(format!("{day}: {settlements} settlements in, {posted} documents in Xero"))
}
