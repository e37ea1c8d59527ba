//! `daybook status`: how every book stands: what waits for a person, then lanes, queues, budgets,
//! connections and secrets.

use std::process::ExitCode;

use clap::Args;

use super::open::Opened;
use super::{Common, Failure, print, print_json};
use crate::status::{snapshot, text};

#[derive(Debug, Args)]
pub struct StatusArgs {}

pub async fn run_status(common: &Common, _args: StatusArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let snapshot = snapshot(&opened.store, opened.clock.now()).await?;
    if common.json {
        return print_json(&snapshot);
    }
    print(&text::text(&snapshot));
    Ok(ExitCode::SUCCESS)
}
