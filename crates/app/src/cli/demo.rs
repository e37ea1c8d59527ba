//! `daybook demo`: the whole product in a minute, with both vendors simulated in this process and
//! in simulated time. First orders from all over the world, then two months of one account with its
//! settlements (`account`), looked at (`looked`) and told as an accountant reads them (`table`).

mod account;
mod looked;
mod table;
mod told;

use std::process::ExitCode;
use std::sync::Arc;

use base::{Clock, Timestamp};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use mapping::rulebook::Posting;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use serde_json::Value;

use self::account::Account;
use super::books;
use super::connect::{Booking, patiently, sandbox_wish};
use super::sandbox::{Faulty, Market};
use super::{Common, Failure, note, print, print_json};
use crate::engine::{Alive, Engine, Round};
use crate::home::Home;
use crate::report::Report;
use crate::setup::{Setup, Wish};
use crate::stages::OpenGate;
use crate::transport::{Carrier, InProcess};

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many orders Amazon has.
    #[arg(long, default_value_t = 300)]
    pub orders: usize,
    /// The same seed tells the same story.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// What goes wrong on the way.
    #[arg(long, value_enum, default_value_t = Faulty::None)]
    pub faults: Faulty,
    /// The account whose settlements are shown.
    #[arg(long, value_enum, value_name = "ACCOUNT", default_value_t = Market::Uk)]
    pub history: Market,
    /// What becomes a document there; all other orders are booked one by one.
    #[arg(long, value_enum, default_value_t = Booking::Settlement)]
    pub way: Booking,
    /// Leave the settlements out.
    #[arg(long, conflicts_with_all = ["history", "way"])]
    pub orders_only: bool,
}

/// When the simulated world's Daybook starts: the same for everyone, so that a seed's output can
/// be compared.
const START: &str = "2026-11-16T09:00:00Z";
/// In simulated time; a world that has not settled by then is a bug.
const PATIENCE_MS: i64 = 3 * Timestamp::DAY;
/// Amazon shows a change two minutes later.
const SETTLE_MS: i64 = 2 * Timestamp::MINUTE;

pub async fn demo(common: &Common, args: DemoArgs) -> Result<ExitCode, Failure> {
    let dir = match &common.home {
        Some(dir) => dir.clone(),
        None => fresh_folder()?,
    };
    let home = Home::open(&dir)?;
    let start = Timestamp::parse(START).map_err(|e| Failure::new("demo", e.to_string()))?;
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        faults: args.faults.into(),
        layout: Layout::Live,
        clock: clock.clone(),
        ..SandboxOptions::new(args.seed, args.orders, start)
    });
    if !common.json {
        note(&format!("Data folder: {}", dir.display()));
        note(&format!(
            "Amazon and Xero are simulated here, seed {}, {} orders, faults {:?}; time is simulated too.",
            args.seed, args.orders, args.faults
        ));
    }
    let report = play(&home, &world, clock, common.json).await?;
    if !common.json {
        print(&format!("\n{}\n", report.organisation));
        print(&report.text());
        note(&format!("\nLook further: daybook --home {0} explain ORDER-ID", dir.display()));
    }
    let account = Account { dir: &dir, market: args.history, way: args.way.into() };
    let settlements = if args.orders_only {
        None
    } else {
        Some(account.play((args.seed, args.faults), common.json).await?)
    };
    if common.json {
        let whole = whole(&report, settlements.as_ref());
        print_json(&whole.map_err(|error| Failure::new("unprintable", error.to_string()))?)?;
    } else if let Some(settlements) = &settlements {
        let program = std::env::args().next().unwrap_or_else(|| "daybook".to_owned());
        print(&table::text(settlements, &program));
    }
    let agrees = report.agrees && settlements.is_none_or(|settlements| settlements.agrees);
    Ok(if agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Both acts as one object: the first one's fields, and the second one in place of the settlements
/// that the first one does not have.
fn whole(report: &Report, settlements: Option<&told::Account>) -> serde_json::Result<Value> {
    let mut whole = serde_json::to_value(report)?;
    if let (Some(fields), Some(settlements)) = (whole.as_object_mut(), settlements) {
        fields.insert("settlements".to_owned(), serde_json::to_value(settlements)?);
    }
    Ok(whole)
}

fn fresh_folder() -> Result<std::path::PathBuf, Failure> {
    let folder = tempfile::Builder::new().prefix("daybook-demo-").tempdir();
    folder.map(tempfile::TempDir::keep).map_err(|e| Failure::new("home_unusable", e.to_string()))
}

/// Connects, works until the world is over and everything is posted, asks the auditor.
async fn play(
    home: &Home,
    world: &Sandbox,
    clock: Arc<WorldClock>,
    is_silent: bool,
) -> Result<Report, Failure> {
    let engine = connected(home, world, clock, |_wish| ()).await?;
    engine.take_over().await?;
    work(&engine, world, is_silent).await?;
    kept_report(home, &engine).await
}

/// The vendors of a demo end with it: what they said at the end is kept beside the books.
async fn kept_report(home: &Home, engine: &Engine) -> Result<Report, Failure> {
    let mut report = books::report(engine).await?;
    report.home = home.dir.display().to_string();
    report.is_simulated_time = true;
    report.keep(&home.dir).map_err(|e| Failure::new("home_unusable", e.to_string()))?;
    Ok(report)
}

/// A book in an empty folder, connected to the world as `change` wishes it.
async fn connected(
    home: &Home,
    world: &Sandbox,
    clock: Arc<WorldClock>,
    change: impl FnOnce(&mut Wish),
) -> Result<Engine, Failure> {
    let store = home.store().await?;
    if !store.books().await?.is_empty() {
        let detail =
            format!("{} has books already: a demo takes an empty folder", home.dir.display());
        return Err(Failure::new("home_unusable", detail));
    }
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let clock: Arc<dyn Clock> = clock;
    let mut wish = sandbox_wish(carrier.as_ref(), "", Posting::Post).await?;
    change(&mut wish);
    let setup = Setup::new(store.clone(), clock.clone(), carrier.clone());
    let (book, settings) = patiently(&setup, &wish).await?;
    Ok(Engine {
        store,
        clock,
        carrier,
        gate: Arc::new(OpenGate),
        node: "demo".to_owned(),
        alive: Alive::always(),
        pace: super::open::pace(&home.config),
        book,
        settings,
        notifications: None,
    })
}

/// Rounds until no order will change any more and nothing is left to do; where nothing is due,
/// time jumps.
async fn work(engine: &Engine, world: &Sandbox, is_silent: bool) -> Result<(), Failure> {
    let rules = engine.rules().await?;
    let started = engine.clock.now();
    let bar = progress(is_silent);
    let last = world.amazon().last_change().unwrap_or(started);
    let shown = last.after_ms(SETTLE_MS).max(started);
    loop {
        let round = engine.round(&rules).await?;
        let orders = engine.store.orders(&engine.book).await?;
        let posted = posted(engine).await?;
        bar.set_message(format!("{orders} orders in, {posted} documents in Xero"));
        bar.tick();
        let Round::Idle { next } = round else { continue };
        let now = engine.clock.now();
        if let Some(trouble) = engine.trouble().await? {
            return Err(Failure::of_trouble(&trouble));
        }
        if now >= shown && engine.is_quiet(shown, &rules).await? {
            break;
        }
        if now.since(started) > PATIENCE_MS {
            return Err(Failure::new("demo", "the simulated world does not come to rest"));
        }
        engine.clock.until(next).await;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Documents in Xero.
async fn posted(engine: &Engine) -> Result<u64, Failure> {
    let counts = engine.store.counts(&engine.book).await?;
    let posted = counts.iter().filter(|((_, state), _)| *state == intents::State::Posted);
    Ok(posted.map(|(_, count)| count).sum())
}

fn progress(is_silent: bool) -> ProgressBar {
    if is_silent {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {elapsed_precise}  {msg}");
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
