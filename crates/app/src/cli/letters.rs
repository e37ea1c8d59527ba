//! `daybook letters`: what is not tried any more and what could not be read or decided, in one
//! list; what happened to each; and what a person does about one, some or all of them.

mod act;
mod pick;
mod reread;
mod show;
mod told;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use store::Letter;

pub use self::act::replay_all;
use self::pick::{Filter, Picked};
use self::told::{List, ToldLetter};
use super::open::Opened;
use super::{Common, Failure, print, print_json};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LettersArgs {
    #[command(flatten)]
    filter: Filter,
    /// Those that were put aside with `ignore`, instead of those that wait.
    #[arg(long)]
    ignored: bool,
    #[command(subcommand)]
    verb: Option<LettersVerb>,
}

#[derive(Debug, Subcommand)]
pub enum LettersVerb {
    /// One letter: the reason, what to do, every try, and what went over the wire.
    Show(ShowArgs),
    /// Try again after a fix: decided again by the rules now in force, then sent.
    Replay(ReplayArgs),
    /// Put letters aside, with a reason. They stay in the list of ignored ones.
    Ignore(IgnoreArgs),
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// An intent's id or how it begins, an order's or settlement's id, or a subject.
    id: String,
}

/// Whose word it is, and whether it is said.
#[derive(Debug, Args)]
pub struct Hand {
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Who acts, for the record; the user of this machine where it is left out.
    #[arg(long = "as", value_name = "NAME")]
    acting_as: Option<String>,
}

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Ids as `show` takes them.
    ids: Vec<String>,
    /// Every letter that is not ignored.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    hand: Hand,
    /// What was mended, for the record.
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub struct IgnoreArgs {
    /// Ids as `show` takes them.
    ids: Vec<String>,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    hand: Hand,
    /// Why nothing is to be done about them.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// At most so many lines of a list are printed; `--json` has them all.
const LINES_MAX: usize = 50;

pub async fn letters(common: &Common, args: LettersArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    match args.verb {
        Some(LettersVerb::Show(args)) => show::show(common, &opened, &args.id).await,
        Some(LettersVerb::Replay(args)) => act::replay(common, &opened, args).await,
        Some(LettersVerb::Ignore(args)) => act::ignore(common, &opened, args).await,
        None => list(common, &opened, &args.filter, args.ignored).await,
    }
}

async fn list(
    common: &Common,
    opened: &Opened,
    filter: &Filter,
    is_ignored: bool,
) -> Result<ExitCode, Failure> {
    let (book, _settings) = opened.book().await?;
    let filter = filter.read()?;
    let all = opened.store.letters(&book).await?;
    let (ignored, waiting): (Vec<Letter>, Vec<Letter>) =
        all.into_iter().partition(|letter| letter.ignored.is_some());
    let others = if is_ignored { waiting.len() } else { ignored.len() };
    let mut wanted = if is_ignored { ignored } else { waiting };
    wanted.retain(|letter| filter.takes(letter));
    if common.json {
        return print_json(&List::of(&wanted, None));
    }
    for line in lines(&wanted) {
        print(&line);
    }
    let word = if is_ignored { "ignored" } else { "waiting" };
    let beside = match (others, is_ignored) {
        (0, _) => String::new(),
        (others, false) => format!("; {others} ignored (daybook letters --ignored)"),
        (others, true) => format!("; {others} waiting"),
    };
    print(&format!("{} {word}{beside}", count(wanted.len())));
    Ok(ExitCode::SUCCESS)
}

fn count(letters: usize) -> String {
    match letters {
        0 => "no letters".to_owned(),
        1 => "1 letter".to_owned(),
        many => format!("{many} letters"),
    }
}

/// One line for a letter, below it the reason.
fn lines(letters: &[Letter]) -> Vec<String> {
    let mut lines = Vec::new();
    for letter in letters.iter().take(LINES_MAX) {
        let told = ToldLetter::of(letter);
        lines.push(format!("{}  {}  {}  {}", told.since, told.kind, told.subject, told.id));
        lines.push(format!("    {}: {}", told.code, told.detail));
        if let Some(act) = &told.ignored {
            lines.push(format!("    ignored by {} at {}: {}", act.who, act.at, act.reason));
        }
    }
    let rest = letters.len().saturating_sub(LINES_MAX);
    if rest > 0 {
        lines.push(format!("and {rest} more (--json lists them all)"));
    }
    lines
}

/// Letters as they were asked for, by ids or by a filter.
async fn picked(
    opened: &Opened,
    ids: &[String],
    (filter, is_all): (&Filter, bool),
) -> Result<Picked, Failure> {
    let (book, settings) = opened.book().await?;
    let filter = filter.read()?;
    let letters = opened.store.letters(&book).await?;
    if !ids.is_empty() {
        return Ok(Picked { book, settings, letters: pick::by_ids(letters, ids)? });
    }
    if !is_all && filter.is_empty() {
        let detail = "say which: ids, a filter such as --code, or --all";
        return Err(Failure::new("letter_unclear", detail));
    }
    let waiting = letters.into_iter().filter(|letter| letter.ignored.is_none());
    let letters = waiting.filter(|letter| filter.takes(letter)).collect();
    Ok(Picked { book, settings, letters })
}
