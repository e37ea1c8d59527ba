//! How our intents become Xero's, and what Xero's replies mean.
//!
//! [`build`] writes a request, [`push`] sends it and judges the reply, [`look`] asks afterwards what
//! is there. The verbs never fail: whatever happens becomes an outcome or a sighting of each member.

mod build;
mod compare;
mod element;
mod known;
mod lookup;
mod outcome;
mod paper;
mod refusal;
mod shelf;
mod sighting;
mod tally;
mod thing;

use std::collections::BTreeSet;

use base::{Timestamp, Transport};
use intents::{Intent, IntentId, Kind, Outcome, Reason, Send, Sighting};

use crate::ask::{PullStop, answer};
use crate::connection::ConnectionTrouble;

pub use build::{BuildError, build};
pub use known::Given;
use known::Known;
pub use shelf::{Finding, IDS_MAX, Resource, Shelf, Stranger, read_by_ids, read_changed};
use tally::tally;

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    pub outcomes: Vec<(IntentId, Outcome)>,
    /// Xero caches a 5xx under the idempotency key: the key is spent.
    pub saw_server_error: bool,
    pub status: Option<u16>,
    /// Counts and codes alone, safe to store: no names, no tokens.
    pub detail: String,
    pub trouble: Option<ConnectionTrouble>,
}

/// What a look-up showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub sightings: Vec<(IntentId, Sighting)>,
    pub status: Option<u16>,
    /// Counts and codes alone, safe to store: no names, no tokens.
    pub detail: String,
    pub trouble: Option<ConnectionTrouble>,
    /// Nothing was asked for some members because the budget is used up until then: their sightings
    /// are unclear, and need not be counted.
    pub busy: Option<Timestamp>,
}

/// Sends a request and judges its reply, member by member.
pub async fn push(
    transport: &dyn Transport,
    send: &Send,
    members: &[Intent],
    given: &Given,
    now: Timestamp,
) -> Pushed {
    let reply = transport.send(&send.request).await;
    outcome::judge(&reply, send.kind, members, Known::new(given), now)
}

/// Asks what is there in the place of each member; one request where that is possible. What is
/// another intent's receipt (`taken`) is never adopted.
#[expect(clippy::too_many_arguments, reason = "six things that stand in no structure elsewhere")]
pub async fn look(
    transport: &dyn Transport,
    tenant_id: &str,
    kind: Kind,
    members: &[Intent],
    given: &Given,
    taken: &BTreeSet<String>,
) -> Looked {
    let known = Known::new(given);
    let mut taken = taken.clone();
    let mut looked = Looked::nothing_yet();
    for question in lookup::questions(tenant_id, kind, members, known) {
        let about = &question.about;
        match answer(transport, &question.request).await {
            Ok(response) => {
                looked.status = Some(response.status);
                let seen = sighting::sightings(kind, &response, about, known, &mut taken);
                looked.sightings.extend(seen);
            }
            Err(stop) => looked.stopped(&stop, about, known),
        }
    }
    for member in members {
        if !looked.sightings.iter().any(|(id, _)| *id == member.id) {
            let reason = Reason::new("missing_receipt", "what it refers to has no receipt yet");
            looked.sightings.push((member.id.clone(), Sighting::Unclear(reason)));
        }
    }
    let sightings = looked.sightings.iter();
    looked.detail = tally(looked.status, sightings.map(|(_, seen)| sighting::words(seen)));
    looked
}

impl Looked {
    fn nothing_yet() -> Looked {
        let (sightings, detail) = (Vec::new(), String::new());
        Looked { sightings, status: None, detail, trouble: None, busy: None }
    }

    /// One question stayed open: none of its members was seen or missed.
    fn stopped(&mut self, stop: &PullStop, about: &[&Intent], known: Known<'_>) {
        let mut sighting = Sighting::Unclear(Reason::new("look_up_failed", stop.to_string()));
        match stop {
            PullStop::Busy(until) => self.busy = Some(*until),
            PullStop::Connection(trouble) => self.trouble = Some(trouble.clone()),
            PullStop::Status { status, .. } => {
                self.status = Some(*status);
                if let (404, [one]) = (*status, about) {
                    sighting = sighting::missing(one, known);
                }
            }
            PullStop::NotSent(_) | PullStop::Lost(_) | PullStop::Unreadable(_) => {}
        }
        self.sightings.extend(about.iter().map(|one| (one.id.clone(), sighting.clone())));
    }
}

#[cfg(test)]
mod tests;
