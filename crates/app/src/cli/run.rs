//! `daybook run`: works the book until it is stopped, or until there is nothing left to do.

use std::process::ExitCode;

use clap::Args;

use super::open::Opened;
use super::{Common, Failure, note};
use crate::engine::Round;

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
    if args.until_quiet {
        if let Some(trouble) = engine.run_until_quiet().await? {
            return Err(Failure::of_trouble(&trouble));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut rules = engine.rules().await?;
    loop {
        let Round::Idle { next } = engine.round(&rules).await? else { continue };
        rules = engine.newest(rules).await?;
        tokio::select! {
            () = engine.clock.until(next) => {}
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
        }
    }
}
