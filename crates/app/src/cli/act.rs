//! What people decide: reviews and releases.

use std::process::ExitCode;

use base::{FactId, Subject};
use clap::{Args, ValueEnum};
use facts::{Act, Approval, Body, Fact};
use intents::{Event, Reason};
use mapping::settlement::Excess;
use store::{Said, SubjectRow, What};

use super::letters::replay_all;
use super::open::Opened;
use super::{Common, Failure, done, print, print_json};
use crate::book::Lane;
use crate::stages::settle;

#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// An order's or a settlement's id.
    pub order_id: String,
    /// What to say; without it, what waits for a person is shown.
    #[arg(value_enum)]
    pub act: Option<Say>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Say {
    /// Post the items that foot; the rest stays held, linked to the document.
    PostWhatFoots,
    /// The missing tax is right: an export, or goods that carry none.
    TaxIsRight,
    /// Of a settlement: the tax is inside the prices, and Amazon's calculation was off.
    TaxIsInside,
}

/// What a person says is a fact like any other; the rules then decide again.
pub async fn review(common: &Common, args: ReviewArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let now = opened.clock.now();
    let id = args.order_id.trim();
    // Amazon's orders are written 3-7-7, its settlements are plain numbers.
    let is_settlement = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let subject = if is_settlement { Subject::settlement(id) } else { Subject::order(id) };
    let row = opened.store.subject(&book, &subject).await?;
    if row.facts.is_empty() {
        let detail = format!("no fact about {} has come in", args.order_id);
        return Err(Failure::new("order_unknown", detail));
    }
    let act = match args.act {
        Some(Say::PostWhatFoots) => Act::PostWhatFoots,
        Some(Say::TaxIsRight) => Act::TaxIsRight,
        Some(Say::TaxIsInside) => Act::TaxIsInside,
        None => return show(common, &opened, &row).await,
    };
    let who = who();
    let fact = Fact {
        id: FactId::derive(&["person", subject.as_str(), &format!("{act:?}")]),
        subject: subject.clone(),
        occurred: now,
        source: "person".to_owned(),
        raw_hash: String::new(),
        body: Body::Approval(Approval { who, act }),
    };
    let is_new = opened.store.record_said(&book, &fact, now).await?;
    opened.store.nudge(&Lane::Book.name(&book), now).await?;
    let words =
        if is_new { "noted; the next run decides with it" } else { "this was said already" };
    done(common, words, u64::from(is_new))
}

/// What a person should look at, as codes and words.
async fn show(common: &Common, opened: &Opened, row: &SubjectRow) -> Result<ExitCode, Failure> {
    #[derive(serde::Serialize)]
    struct Shown<'a> {
        subject: &'a str,
        stop: Option<&'a Reason>,
        note: Option<&'a Reason>,
        exceeding: &'a [Reason],
    }
    let engine = opened.engine().await?;
    let rules = engine.rules().await?;
    let found = settle::exceeding(&opened.store, &rules, (&engine.book, row)).await?;
    let exceeding: Vec<Reason> =
        found.iter().map(|one| Reason::new(Excess::CODE, one.words())).collect();
    let (stop, note) = (row.stop.as_ref(), row.note.as_ref());
    if common.json {
        let subject = row.subject.as_str();
        return print_json(&Shown { subject, stop, note, exceeding: &exceeding });
    }
    let reasons: Vec<&Reason> = stop.into_iter().chain(note).chain(&exceeding).collect();
    for reason in &reasons {
        print(&format!("{}: {}\n  see docs/errors/{}.md", reason.code, reason.detail, reason.code));
    }
    if reasons.is_empty() {
        print("nothing of it waits for a person");
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// An intent's id or an order's id.
    #[arg(required_unless_present = "all")]
    pub which: Option<String>,
    /// Every held document and every dead letter.
    #[arg(long)]
    pub all: bool,
}

/// Sends held documents on their way, and replays dead letters as `daybook letters replay` does. It
/// can never post twice: what was unclear is looked up first, and a generation more makes a new key.
pub async fn release(common: &Common, args: ReleaseArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let is_wanted = |id: &str, subject: &Subject| match &args.which {
        _ if args.all => true,
        Some(which) => id == which || subject.order_id() == Some(which.as_str()),
        None => false,
    };
    let mut held = opened.store.held(&book).await?;
    held.retain(|one| is_wanted(one.intent.id.as_str(), &one.intent.subject));
    // What is decided again goes on by itself.
    held.retain(|one| !one.progress.is_deciding_again());
    let mut dead = opened.store.letters(&book).await?;
    dead.retain(|letter| is_wanted(&letter.id, &letter.subject));
    dead.retain(|one| matches!(one.what, What::Intent { .. }) && one.ignored.is_none());
    let (now, who) = (opened.clock.now(), who());
    for decided in &held {
        // What is in Xero already and differs is looked at again: sending it could double it.
        let event = if decided.receipt.is_some() { Event::LookAgain } else { Event::Released };
        opened.store.act(&decided.intent.id, event, &who, now).await?;
    }
    opened.store.nudge(&Lane::Xero.name(&book), now).await?;
    let said = Said { who: &who, reason: "released", at: now };
    let replayed =
        if dead.is_empty() { 0 } else { replay_all(&opened, &book, &dead, said).await?.letters };
    let released = replayed.saturating_add(held.len() as u64);
    if released == 0 && !args.all {
        let which = args.which.unwrap_or_default();
        let detail = format!("nothing that is held or refused is called {which}");
        return Err(Failure::new("order_unknown", detail));
    }
    done(common, &format!("{released} released"), released)
}

/// Who acts, for the record.
pub(super) fn who() -> String {
    std::env::var("USER").unwrap_or_else(|_unset| "unknown".to_owned())
}
