//! The story as JSON.

use std::collections::BTreeMap;

use intents::Receipt;
use serde::Serialize;
use store::{LetterAct, Story};

/// The story as JSON. Facts and intents are written as they are stored.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    subject: &'a str,
    facts: &'a [facts::Fact],
    decisions: Vec<ToldDecision<'a>>,
    intents: Vec<ToldIntent<'a>>,
    attempts: Vec<ToldAttempt<'a>>,
}

#[derive(Serialize)]
pub(super) struct ToldDecision<'a> {
    at: String,
    rule_book: &'a str,
    stop: Option<&'a intents::Reason>,
    note: Option<&'a intents::Reason>,
}

#[derive(Serialize)]
pub(super) struct ToldIntent<'a> {
    intent: &'a intents::Intent,
    state: &'a str,
    reason: Option<&'a intents::Reason>,
    receipt: Option<&'a Receipt>,
    /// Why a person put it aside, if one did.
    ignored: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ToldAttempt<'a> {
    at: String,
    intent: &'a str,
    by: &'a str,
    outcome: &'a str,
    status: Option<u16>,
    detail: &'a str,
}

impl<'a> Told<'a> {
    pub(super) fn of(story: &'a Story, ignored: &'a BTreeMap<String, LetterAct>) -> Told<'a> {
        Told {
            subject: story.subject.as_str(),
            facts: &story.facts,
            decisions: story
                .decisions
                .iter()
                .map(|row| ToldDecision {
                    at: row.at.iso(),
                    rule_book: &row.rule_hash,
                    stop: row.stop.as_ref(),
                    note: row.note.as_ref(),
                })
                .collect(),
            intents: story
                .intents
                .iter()
                .map(|decided| ToldIntent {
                    intent: &decided.intent,
                    state: decided.progress.state.as_str(),
                    reason: decided.progress.reason.as_ref(),
                    receipt: decided.receipt.as_ref(),
                    ignored: ignored.get(decided.intent.id.as_str()).map(|act| &*act.reason),
                })
                .collect(),
            attempts: story
                .attempts
                .iter()
                .map(|row| ToldAttempt {
                    at: row.at.iso(),
                    intent: row.intent.as_str(),
                    by: &row.by,
                    outcome: &row.outcome,
                    status: row.status,
                    detail: &row.detail,
                })
                .collect(),
        }
    }
}
