//! Settlements of a connected book: the list, one's proof, taking one back, posting it again.

use std::path::PathBuf;
use std::process::ExitCode;

use base::{FactId, Subject};
use clap::Args;
use facts::{Act, Approval, Body, Fact};
use intents::{Decided, Kind, State};
use mapping::settlement::{is_undoing, stands};
use serde::Serialize;
use store::{Settlement, SubjectRow};

use super::act::who;
use super::open::Opened;
use super::{Common, Failure, done, print, print_json};
use crate::book::Lane;
use crate::stages::bank::bank_name;
use crate::stages::prove;

#[derive(Debug, Args)]
pub struct SettlementsArgs {}

/// One settlement as the list shows it.
#[derive(Debug, Serialize)]
struct Listed {
    settlement_id: String,
    currency: String,
    start: String,
    end: String,
    rows: u64,
    total: String,
    covered: String,
    posted: String,
    held: String,
    /// `decided`, `posted`, `held`, `dead`, `taken back`, `stopped`.
    standing: &'static str,
    documents: Vec<String>,
    /// What `stages::bank` found: `expected`, `initiated`, `posted`, `matched`, `likely_double`,
    /// `missing`, `failed`, or `none` where nothing is paid out.
    bank: String,
    /// The code and the words of what it waits for.
    stop: Option<String>,
    note: Option<String>,
    /// Hash of its newest proof in the archive.
    proof: Option<String>,
}

#[derive(Debug, Serialize)]
struct List<'a> {
    settlements: &'a [Listed],
}

pub async fn settlements(common: &Common, _args: SettlementsArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let mut listed = Vec::new();
    for one in opened.store.settlements(&book).await? {
        let subject = Subject::settlement(&one.settlement_id);
        let row = opened.store.subject(&book, &subject).await?;
        let bank = opened.store.cursor(&book, &bank_name(&one.settlement_id)).await?;
        listed.push(show(&one, &row, bank));
    }
    if common.json {
        return print_json(&List { settlements: &listed });
    }
    if listed.is_empty() {
        print("no settlement has come in yet");
    }
    for one in &listed {
        print(&format!(
            "{}  {} to {}  {} {}  {}  bank: {}",
            one.settlement_id,
            day(&one.start),
            day(&one.end),
            one.total,
            one.currency,
            one.standing,
            one.bank
        ));
        print(&format!("    {}", one.documents.join(", ")));
        for words in one.stop.iter().chain(&one.note) {
            print(&format!("    {words}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn day(iso: &str) -> &str {
    iso.split('T').next().unwrap_or(iso)
}

fn show(one: &Settlement, row: &SubjectRow, bank: Option<String>) -> Listed {
    let worded = |reason: &intents::Reason| format!("{}: {}", reason.code, reason.detail);
    let documents = live(row).into_iter();
    Listed {
        settlement_id: one.settlement_id.clone(),
        currency: one.total.currency().to_string(),
        start: one.starts.iso(),
        end: one.ends.iso(),
        rows: one.rows,
        total: one.total.amount().to_string(),
        covered: one.covered.amount().to_string(),
        posted: one.posted.amount().to_string(),
        held: one.held.amount().to_string(),
        standing: standing(row),
        documents: documents
            .map(|one| format!("{} {}", one.intent.part, one.progress.state.as_str()))
            .collect(),
        bank: bank.unwrap_or_else(|| "expected".to_owned()),
        stop: row.stop.as_ref().map(worded),
        note: row.note.as_ref().map(worded),
        proof: prove::newest(&row.facts).map(|(_, hash)| hash.to_owned()),
    }
}

/// What counts, and what takes it back until that is through. Files alone are nothing: they stay
/// at documents that were taken back.
fn live(row: &SubjectRow) -> Vec<&Decided> {
    let counts = |decided: &&Decided| match decided.progress.state {
        State::Withdrawn | State::Reversed => false,
        State::Posted => stands(&row.decided, decided),
        State::Held | State::Ready | State::Sending | State::Checking | State::Dead => {
            is_undoing(&decided.intent) || stands(&row.decided, decided)
        }
    };
    let mut live: Vec<&Decided> = row.decided.iter().filter(counts).collect();
    if live.iter().all(|decided| decided.intent.kind() == Kind::Attachment) {
        live.clear();
    }
    live
}

pub(super) fn standing(row: &SubjectRow) -> &'static str {
    if row.stop.is_some() {
        return "stopped";
    }
    let live = live(row);
    if live.is_empty() {
        return if row.decided.is_empty() { "recorded" } else { "taken back" };
    }
    let states: Vec<State> = live.iter().map(|decided| decided.progress.state).collect();
    if states.contains(&State::Dead) {
        "dead"
    } else if states.contains(&State::Held) {
        "held"
    } else if states.iter().all(|state| *state == State::Posted) {
        "posted"
    } else {
        "decided"
    }
}

#[derive(Debug, Args)]
pub struct ProofArgs {
    pub settlement_id: String,
    /// The folder to write the proof and its readable page into.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// Writes the newest proof of a posted settlement out of the archive.
pub async fn proof(common: &Common, args: ProofArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let row = known(&opened, &book, &args.settlement_id).await?;
    let Some((_, hash)) = prove::newest(&row.facts) else {
        let detail = format!(
            "{} is {}: a proof is written once it is posted",
            args.settlement_id,
            standing(&row)
        );
        return Err(Failure::new("proof_not_made", detail));
    };
    let bytes = opened.store.document(hash).await?;
    let bytes =
        bytes.ok_or_else(|| Failure::new("report_not_archived", format!("proof {hash}")))?;
    let name = format!("settlement-{}.proof", args.settlement_id);
    super::proof::write_out(&args.out, &name, &bytes)?;
    done(common, &format!("{name} and its page are written"), 1)
}

#[derive(Debug, Args)]
pub struct ReverseArgs {
    pub settlement_id: String,
}

/// Takes a posted settlement back: payments before documents; where that is barred, a reversal.
pub async fn reverse(common: &Common, args: ReverseArgs) -> Result<ExitCode, Failure> {
    say(common, &args.settlement_id, Act::Reverse).await
}

/// Posts a settlement again that was taken back, under the next number.
pub async fn repost(common: &Common, args: ReverseArgs) -> Result<ExitCode, Failure> {
    say(common, &args.settlement_id, Act::Repost).await
}

async fn say(common: &Common, settlement_id: &str, act: Act) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let row = known(&opened, &book, settlement_id).await?;
    let acts = row.facts.iter().filter_map(|fact| {
        if let Body::Approval(approval) = &fact.body { Some(approval.act) } else { None }
    });
    let said: Vec<Act> = acts.filter(|act| matches!(act, Act::Reverse | Act::Repost)).collect();
    let is_back = said.last() == Some(&Act::Reverse);
    if is_back == (act == Act::Reverse) {
        let words = if is_back { "it was taken back already" } else { "it stands" };
        return done(common, words, 0);
    }
    let now = opened.clock.now();
    // Said again after the other word, it is another fact.
    let nth = said.len().to_string();
    let fact = Fact {
        id: FactId::derive(&["person", row.subject.as_str(), &format!("{act:?}"), &nth]),
        subject: row.subject.clone(),
        occurred: now,
        source: "person".to_owned(),
        raw_hash: String::new(),
        body: Body::Approval(Approval { who: who(), act }),
    };
    let is_new = opened.store.record_said(&book, &fact, now).await?;
    opened.store.nudge(&Lane::Book.name(&book), now).await?;
    done(common, "noted; the next run carries it out", u64::from(is_new))
}

async fn known(
    opened: &Opened,
    book: &intents::BookId,
    settlement_id: &str,
) -> Result<SubjectRow, Failure> {
    let row = opened.store.subject(book, &Subject::settlement(settlement_id.trim())).await?;
    if row.facts.is_empty() {
        let detail = format!("no report about settlement {settlement_id} has come in");
        return Err(Failure::new("settlement_unknown", detail));
    }
    Ok(row)
}
