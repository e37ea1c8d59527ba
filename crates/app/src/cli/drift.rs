//! `daybook drift`: posted documents that are not in Xero as they were posted, and what is to become
//! of them.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use intents::{BookId, DriftKind, DriftState, Wish};
use serde::Serialize;
use store::{Drift, DriftAct};

use super::act::who;
use super::open::Opened;
use super::{Common, Failure, done, print, print_json};
use crate::drifts::Chooser;

#[derive(Debug, Args)]
pub struct DriftArgs {
    /// What to do; without it, what is open is listed.
    #[command(subcommand)]
    pub choice: Option<Chosen>,
    /// List also what was accepted, reposted, reversed, or put right.
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Subcommand)]
pub enum Chosen {
    /// Xero's version is right: it is not reported again until it changes again.
    Accept {
        /// The drift's id, or its beginning.
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Post a document again that was voided or deleted in Xero.
    Repost {
        /// The drift's id, or its beginning.
        id: String,
    },
    /// Take back what is ours: the order's or the settlement's documents.
    Reverse {
        /// The drift's id, or its beginning.
        id: String,
    },
    /// One drift with everything that was done about it.
    Show {
        /// The drift's id, or its beginning.
        id: String,
    },
}

/// One drift as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    kind: DriftKind,
    state: DriftState,
    document: String,
    subject: String,
    found: String,
    intent: String,
    /// Xero's id of what it is about.
    remote_id: String,
    first_seen: String,
    last_seen: String,
    /// What was asked for and is not carried out yet.
    wish: Option<Wish>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts: Vec<ShownAct>,
}

#[derive(Debug, Serialize)]
struct ShownAct {
    at: String,
    by: String,
    act: String,
    detail: String,
}

#[derive(Debug, Serialize)]
struct List {
    drifts: Vec<Shown>,
}

pub async fn drift(common: &Common, args: DriftArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let (store, who, now) = (&opened.store, who(), opened.clock.now());
    let chooser = Chooser { store, book: &book, who: &who, now };
    match args.choice {
        None => list(common, &opened, &book, args.all).await,
        Some(Chosen::Show { id }) => {
            let drift = chooser.find(&id).await?;
            let acts = opened.store.drift_acts(&drift.id).await?;
            show(common, &shown(&drift, acts))
        }
        Some(Chosen::Accept { id, reason }) => {
            chooser.accept(&chooser.find(&id).await?, &reason).await?;
            done(common, "accepted; it is not reported again until it changes again", 1)
        }
        Some(Chosen::Repost { id }) => {
            chooser.repost(&chooser.find(&id).await?).await?;
            done(common, "noted; the next run looks once more, and posts what is gone again", 1)
        }
        Some(Chosen::Reverse { id }) => {
            chooser.reverse(&chooser.find(&id).await?).await?;
            done(common, "noted; the next run takes back what is ours", 1)
        }
    }
}

async fn list(
    common: &Common,
    opened: &Opened,
    book: &BookId,
    is_all: bool,
) -> Result<ExitCode, Failure> {
    let state = (!is_all).then_some(DriftState::Open);
    let drifts = opened.store.drifts(book, state).await?;
    let drifts: Vec<Shown> = drifts.iter().map(|drift| shown(drift, Vec::new())).collect();
    if common.json {
        return print_json(&List { drifts });
    }
    if drifts.is_empty() {
        print("everything is in Xero as it was posted, as far as it was looked at");
    }
    for one in &drifts {
        print(&words(one));
    }
    Ok(ExitCode::SUCCESS)
}

fn show(common: &Common, one: &Shown) -> Result<ExitCode, Failure> {
    if common.json {
        return print_json(one);
    }
    print(&words(one));
    for act in &one.acts {
        print(&format!("    {}  {}: {} {}", act.at, act.by, act.act, act.detail));
    }
    Ok(ExitCode::SUCCESS)
}

/// Enough of an id to tell it from others.
const SHORT: usize = 14;

fn words(one: &Shown) -> String {
    let id = one.id.get(..SHORT).unwrap_or(&one.id);
    let state = match (one.state, one.wish) {
        (state, Some(wish)) => format!("{}, to {}", state.as_str(), wish.as_str()),
        (state, None) => state.as_str().to_owned(),
    };
    let (kind, since) = (one.kind.as_str(), &one.first_seen);
    format!("{id}  {kind}  {}  {state}  since {since}\n    {}", one.document, one.found)
}

fn shown(drift: &Drift, acts: Vec<DriftAct>) -> Shown {
    let sighted = &drift.sighted;
    let act = |act: DriftAct| ShownAct {
        at: act.at.iso(),
        by: act.actor,
        act: act.act,
        detail: act.detail,
    };
    Shown {
        id: drift.id.to_string(),
        kind: sighted.kind,
        state: drift.state,
        document: sighted.document.clone(),
        subject: sighted.subject.to_string(),
        found: sighted.found.clone(),
        intent: sighted.intent.to_string(),
        remote_id: sighted.remote_id.clone(),
        first_seen: drift.first_seen.iso(),
        last_seen: drift.last_seen.iso(),
        wish: drift.wish,
        acts: acts.into_iter().map(act).collect(),
    }
}
