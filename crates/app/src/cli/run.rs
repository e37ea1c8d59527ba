//! `daybook run`: works the book until it is stopped, or until there is nothing left to do.

use std::process::ExitCode;

use base::Timestamp;
use clap::Args;

use super::open::Opened;
use super::{Common, Failure, note};
use crate::engine::{Engine, Round};

#[derive(Debug, Args)]
pub struct RunArgs {
    /// Stop when everything that Amazon has shown is posted, recorded or held.
    #[arg(long)]
    pub until_quiet: bool,
}

pub async fn run(common: &Common, args: RunArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_work(common).await?;
    let engine = opened.engine().await?;
    if engine.settings.is_demo() {
        let detail = "this folder is a demo's: its vendors ended with it; connect another folder";
        return Err(Failure::new("not_connected", detail));
    }
    let recovered = engine.take_over().await?;
    if recovered > 0 {
        note(&format!(
            "{recovered} documents were on the wire when the last run ended: looking them up first"
        ));
    }
    // Ending a turn in the middle is what a crash is, and every step is made for that.
    tokio::select! {
        ended = work(&engine, args.until_quiet) => ended,
        () = told_to_stop() => Ok(ExitCode::SUCCESS),
    }
}

/// How long a word from another process (a review, a release, new rules) may wait.
const GLANCE_MS: i64 = 2 * Timestamp::SECOND;

async fn work(engine: &Engine, until_quiet: bool) -> Result<ExitCode, Failure> {
    if until_quiet {
        return match engine.run_until_quiet().await? {
            Some(trouble) => Err(Failure::of_trouble(&trouble)),
            None => Ok(ExitCode::SUCCESS),
        };
    }
    let mut rules = engine.rules().await?;
    loop {
        rules = engine.newest(rules).await?;
        let Round::Idle { next } = engine.round(&rules).await? else { continue };
        let glance = engine.clock.now().after_ms(GLANCE_MS);
        engine.clock.until(next.min(glance)).await;
    }
}

/// Ctrl-C, or the word of a service manager.
pub(super) async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a handler the system ends us, which is as good.
    drop(tokio::signal::ctrl_c().await);
}
