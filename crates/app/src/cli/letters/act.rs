//! What a person does about letters: replays them, or puts them aside.

use std::process::ExitCode;

use intents::{BookId, State};
use store::{Letter, Replayed, Said, What};

use super::told::List;
use super::{Hand, IgnoreArgs, ReplayArgs, count, lines, picked, reread};
use crate::book::Lane;
use crate::cli::act::who;
use crate::cli::open::Opened;
use crate::cli::{Common, Failure, print, print_json};

pub(super) async fn replay(
    common: &Common,
    opened: &Opened,
    args: ReplayArgs,
) -> Result<ExitCode, Failure> {
    let picked = picked(opened, &args.ids, (&args.filter, args.all)).await?;
    let letters = picked.letters;
    if args.hand.dry_run {
        return preview(common, &letters, "replayed");
    }
    let name = args.hand.name();
    let said = Said { who: &name, reason: &args.reason, at: opened.clock.now() };
    reread::reread(opened, (&picked.book, &picked.settings), &letters).await?;
    let replayed = replay_all(opened, &picked.book, &letters, said).await?;
    let left = letters.iter().filter(|letter| is_open(letter)).count();
    if common.json {
        return print_json(&List::of(&letters, Some("replayed")));
    }
    print(&words(&replayed, left));
    Ok(ExitCode::SUCCESS)
}

/// Replays letters and wakes the lanes that carry them on.
pub async fn replay_all(
    opened: &Opened,
    book: &BookId,
    letters: &[Letter],
    said: Said<'_>,
) -> Result<Replayed, Failure> {
    let replayed = opened.store.replay_letters(book, letters, said).await?;
    // Whoever replays has as a rule mended something: every lane of the book looks again.
    for row in opened.store.lanes().await?.into_iter().filter(|row| row.book == *book) {
        let is_amazon = matches!(Lane::parse(&row.name), Some(Lane::Amazon { .. }));
        let is_unread = letters.iter().any(|one| matches!(one.what, What::Unread { .. }));
        if !is_amazon || is_unread {
            opened.store.nudge(&row.name, said.at).await?;
        }
    }
    Ok(replayed)
}

/// Nobody knows yet whether it landed: it is looked up by itself, and cannot be sent before.
fn is_open(letter: &Letter) -> bool {
    matches!(letter.what, What::Intent { state: State::Checking, .. })
}

fn words(replayed: &Replayed, open: usize) -> String {
    let Replayed { letters, again, as_they_are, subjects } = replayed;
    let open = match open {
        0 => String::new(),
        open => format!("; {open} may have landed and are being looked up"),
    };
    format!(
        "{letters} replayed: {again} documents and {subjects} subjects are decided again by the \
         rules now in force, {as_they_are} go out as they are{open}"
    )
}

pub(super) async fn ignore(
    common: &Common,
    opened: &Opened,
    args: IgnoreArgs,
) -> Result<ExitCode, Failure> {
    if args.reason.trim().is_empty() {
        return Err(Failure::new("letter_unclear", "say with --reason why they are ignored"));
    }
    let picked = picked(opened, &args.ids, (&args.filter, false)).await?;
    if args.hand.dry_run {
        return preview(common, &picked.letters, "ignored");
    }
    let name = args.hand.name();
    let said = Said { who: &name, reason: args.reason.trim(), at: opened.clock.now() };
    opened.store.ignore_letters(&picked.book, &picked.letters, said).await?;
    if common.json {
        return print_json(&List::of(&picked.letters, Some("ignored")));
    }
    print(&format!("{} ignored; what needs them keeps waiting", count(picked.letters.len())));
    Ok(ExitCode::SUCCESS)
}

fn preview(common: &Common, letters: &[Letter], done: &str) -> Result<ExitCode, Failure> {
    let would = format!("would be {done}");
    if common.json {
        return print_json(&List::of(letters, Some(&would)));
    }
    print(&lines(letters).join("\n"));
    print(&format!("{} {would}; nothing was done", count(letters.len())));
    Ok(ExitCode::SUCCESS)
}

impl Hand {
    fn name(&self) -> String {
        self.acting_as.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(who)
    }
}
