//! One letter: the reason, what to do, every try, and what went over the wire.

use std::collections::BTreeSet;
use std::process::ExitCode;

use facts::Body;
use intents::{BookId, SendId};
use store::{AttemptRow, Exchange, Letter, LetterAct, Story, What};

use super::pick::by_ids;
use super::told::{Shown, ToldAct, ToldAttempt, ToldExchange, ToldLetter};
use crate::cli::open::Opened;
use crate::cli::{Common, Failure, print, print_json};
use crate::transport::redact::clean;

/// So much of a body is printed; `--json` has all that is kept.
const PRINTED_MAX: usize = 2_000;

/// All that is known of one letter.
struct Known {
    letter: Letter,
    attempts: Vec<AttemptRow>,
    acts: Vec<LetterAct>,
    exchanges: Vec<Exchange>,
    document: Option<String>,
    waiting: Vec<String>,
}

pub(super) async fn show(common: &Common, opened: &Opened, id: &str) -> Result<ExitCode, Failure> {
    let (book, _settings) = opened.book().await?;
    let letters = by_ids(opened.store.letters(&book).await?, &[id.to_owned()])?;
    let mut all = Vec::with_capacity(letters.len());
    for letter in letters {
        all.push(known(opened, &book, letter).await?);
    }
    if common.json {
        let shown: Vec<Shown<'_>> = all.iter().map(Known::shown).collect();
        return print_json(&shown);
    }
    let texts: Vec<String> = all.iter().map(Known::text).collect();
    print(&texts.join("\n\n"));
    Ok(ExitCode::SUCCESS)
}

async fn known(opened: &Opened, book: &BookId, letter: Letter) -> Result<Known, Failure> {
    let kept = &opened.store;
    let story = kept.explain(book, &letter.subject).await?;
    let mut attempts = Vec::new();
    let mut exchanges = Vec::new();
    let mut raw_hash = String::new();
    match &letter.what {
        What::Intent { intent, .. } => {
            attempts = story.attempts.iter().filter(|row| row.intent == *intent).cloned().collect();
            let sends: BTreeSet<&str> = attempts.iter().map(|row| row.by.as_str()).collect();
            for send in sends {
                exchanges.extend(kept.exchanges(&SendId::from_stored(send.to_owned())).await?);
            }
            exchanges.sort_by_key(|exchange| exchange.at);
        }
        What::Unread { raw_hash: hash } => raw_hash.clone_from(hash),
        What::Subject => raw_hash = unreadable(&story).unwrap_or_default(),
    }
    let bytes = match raw_hash.as_str() {
        "" => None,
        hash => kept.document(hash).await?,
    };
    let document = bytes.map(|bytes| {
        let [cleaned] = clean([&*String::from_utf8_lossy(&bytes)]);
        cleaned
    });
    let acts = kept.letter_acts(book, &letter.id).await?;
    let waiting = waiting(&story, &letter);
    Ok(Known { letter, attempts, acts, exchanges, document, waiting })
}

/// The bytes of the last fact, if it could not be read.
fn unreadable(story: &Story) -> Option<String> {
    let last = story.facts.iter().rfind(|fact| !fact.raw_hash.is_empty())?;
    matches!(last.body, Body::Unreadable { .. }).then(|| last.raw_hash.clone())
}

fn waiting(story: &Story, letter: &Letter) -> Vec<String> {
    let What::Intent { intent, .. } = &letter.what else { return Vec::new() };
    let waits = story.intents.iter().filter(|one| one.intent.needs.contains(intent));
    let state = |one: &intents::Decided| one.progress.state.as_str();
    waits.map(|one| format!("{} ({})", one.intent.part, state(one))).collect()
}

impl Known {
    fn shown(&self) -> Shown<'_> {
        let letter = ToldLetter::of(&self.letter);
        let (title, meaning, what_to_do) = letter.page();
        Shown {
            letter,
            title,
            meaning,
            what_to_do,
            attempts: self.attempts.iter().map(ToldAttempt::of).collect(),
            acts: self.acts.iter().map(ToldAct::of).collect(),
            exchanges: self.exchanges.iter().map(ToldExchange::of).collect(),
            document: self.document.as_deref(),
            waiting: self.waiting.clone(),
        }
    }

    fn text(&self) -> String {
        let told = ToldLetter::of(&self.letter);
        let (title, meaning, what_to_do) = told.page();
        let mut out = vec![format!("{} of {}", told.part.unwrap_or(told.kind), told.subject)];
        out.push(format!("  {}", told.id));
        out.push(format!("  {}: {}", told.code, told.detail));
        if let Some(act) = &told.ignored {
            out.push(format!("  ignored by {} at {}: {}", act.who, act.at, act.reason));
        }
        out.extend(self.waiting.iter().map(|part| format!("  {part} waits for it")));
        for (head, text) in [(title, meaning), ("What to do", what_to_do)] {
            out.push(String::new());
            out.push(head.to_owned());
            out.extend(text.lines().map(|line| format!("  {line}")));
        }
        out.push(String::new());
        out.push("What was tried".to_owned());
        out.extend(self.attempts.iter().map(attempt));
        for act in &self.acts {
            out.push(format!("  {}  {} by {}  {}", act.at, act.act, act.who, act.reason));
        }
        if let Some(last) = self.exchanges.last() {
            out.push(String::new());
            exchange(&mut out, last, self.exchanges.len());
        }
        if let Some(document) = &self.document {
            out.push(String::new());
            out.push("What could not be read".to_owned());
            out.push(format!("  {}", short(document)));
        }
        out.join("\n")
    }
}

fn attempt(row: &AttemptRow) -> String {
    let status = row.status.map_or(String::new(), |status| format!(", HTTP {status}"));
    format!("  {}  {}{status}  {}", row.at, row.outcome, row.detail).trim_end().to_owned()
}

fn exchange(out: &mut Vec<String>, last: &Exchange, all: usize) {
    let others = if all > 1 { " (the last one; --json has all)" } else { "" };
    out.push(format!("What went over the wire, without personal data{others}"));
    out.push(format!("  {}  {}", last.at, last.request));
    let header = |(name, value): &(String, String)| format!("  {name}: {value}");
    out.extend(last.request_headers.iter().map(header));
    out.push(format!("  {}", short(&last.request_body)));
    match last.status {
        Some(status) => out.push(format!("  HTTP {status}")),
        None => out.push("  no reply".to_owned()),
    }
    out.extend(last.reply_headers.iter().map(header));
    out.push(format!("  {}", short(&last.reply_body)));
}

fn short(text: &str) -> String {
    let start: String = text.chars().take(PRINTED_MAX).collect();
    if start.len() < text.len() { format!("{start} … (--json has all)") } else { start }
}
