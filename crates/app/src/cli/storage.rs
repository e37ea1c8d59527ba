//! `daybook store copy`: moves the books to another database.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use store::Copied;

use super::open::Opened;
use super::{Common, Failure, note, print, print_json};

#[derive(Debug, Args)]
pub struct StoreArgs {
    #[command(subcommand)]
    pub act: StoreAct,
}

#[derive(Debug, Subcommand)]
pub enum StoreAct {
    /// Copy everything into an empty database, compare, and work on that one from now on.
    Copy {
        /// `postgres://user@host/name`, or `sqlite:/path/to/file`.
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

pub async fn store(common: &Common, args: StoreArgs) -> Result<ExitCode, Failure> {
    let StoreAct::Copy { to } = args.act;
    // The lock says that no `serve` or `run` of this folder is at work.
    let opened = Opened::to_work(common).await?;
    let target = opened.home.other_store(&to).await?;
    let shown = to.rsplit('@').next().unwrap_or_default().to_owned();
    let copied = opened.store.move_to(&target, &shown, |(table, rows)| {
        note(&format!("{table}: {rows} rows, the same on both sides"));
    });
    let copied = copied.await?;
    target.close().await;
    if common.json {
        return print_json(&Moved::of(&shown, &copied));
    }
    let rows: u64 = copied.iter().map(|(_table, rows)| rows).sum();
    print(&format!(
        "{rows} rows were moved to {shown}. Write `database = \"{to}\"` into {} and start again; \
         this database will not be worked on any more.",
        opened.home.dir.join("config.toml").display()
    ));
    Ok(ExitCode::SUCCESS)
}

#[derive(serde::Serialize)]
struct Moved<'a> {
    to: &'a str,
    tables: Vec<Table>,
}

#[derive(serde::Serialize)]
struct Table {
    table: &'static str,
    rows: u64,
}

impl Moved<'_> {
    fn of<'a>(to: &'a str, copied: &[Copied]) -> Moved<'a> {
        let table = |(table, rows): &Copied| Table { table, rows: *rows };
        Moved { to, tables: copied.iter().map(table).collect() }
    }
}
