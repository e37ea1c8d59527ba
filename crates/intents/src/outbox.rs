//! The outbox's only logic: the next state of an intent. No I/O, no clock, total.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::retry::Moment;
use crate::send::{Outcome, Reason, Sighting};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for a person.
    Held,
    /// Due when what it needs is posted and `not_before` has come.
    Ready,
    /// In a send that is on the wire.
    Sending,
    /// It may have landed: to be looked up before anything else.
    Checking,
    Posted,
    /// Refused, or tried too often: a dead letter until a person replays it.
    Dead,
    /// Replaced before it was sent.
    Withdrawn,
    /// Posted once, and amended, voided or reversed since by another intent.
    Reversed,
}

impl State {
    pub const ALL: [State; 8] = [
        State::Held,
        State::Ready,
        State::Sending,
        State::Checking,
        State::Posted,
        State::Dead,
        State::Withdrawn,
        State::Reversed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Ready => "ready",
            State::Sending => "sending",
            State::Checking => "checking",
            State::Posted => "posted",
            State::Dead => "dead",
            State::Withdrawn => "withdrawn",
            State::Reversed => "reversed",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// True while something is or may be on its way: content must not be changed under it.
    pub fn is_in_flight(self) -> bool {
        match self {
            State::Sending | State::Checking => true,
            State::Held
            | State::Ready
            | State::Posted
            | State::Dead
            | State::Withdrawn
            | State::Reversed => false,
        }
    }
}

/// Where an intent stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub state: State,
    /// Tries that ended unclear; what never left the house or told us to wait costs none.
    pub attempts: u32,
    /// Which send generation the next send belongs to; part of the idempotency key.
    pub generation: u32,
    pub not_before: Timestamp,
    /// Since when nobody knows, or tries have failed, without an end yet.
    pub unclear_since: Option<Timestamp>,
    /// Why it is held, dead or late.
    pub reason: Option<Reason>,
}

impl Progress {
    /// Nothing happened to it yet.
    pub fn new(state: State) -> Progress {
        let (not_before, unclear_since) = (Timestamp(0), None);
        Progress { state, attempts: 0, generation: 1, not_before, unclear_since, reason: None }
    }

    /// A person replayed it, and the rules have not said yet whether its content stands.
    pub fn is_deciding_again(&self) -> bool {
        self.state == State::Held && self.is_because(DECIDING_AGAIN_CODE)
    }

    fn is_because(&self, code: &str) -> bool {
        self.reason.as_ref().is_some_and(|reason| reason.code == code)
    }
}

/// Why a replayed intent is held until its subject was decided again.
pub const DECIDING_AGAIN_CODE: &str = "deciding_again";
/// Why an intent is dead that was tried so often, or for so long, as the retry policy allows.
pub const TRIES_SPENT_CODE: &str = "tries_spent";

/// What happened to an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It went into a send that is about to go on the wire.
    Claimed,
    /// The send ended.
    Ended(Outcome),
    /// The lease on the send ran out: nobody knows how it ended.
    LeaseLost,
    /// It was looked up. `may_resend` says that the same send may be repeated with its key.
    Seen { sighting: Sighting, may_resend: bool },
    /// No request can be made from it: a bug of ours, for a person to see while the rest goes on.
    Unsendable(Reason),
    /// A person released a held intent; or the rules say that a replayed one stands as it is.
    Released,
    /// A person replays a dead letter, or what waits for one: the rules decide again first.
    Reconsidered,
    /// A person mended a document that reads back otherwise than intended: look at it again.
    LookAgain,
    /// A newer revision takes its place before it was sent.
    Withdrawn,
    /// Another intent amended, voided or reversed its document.
    Reversed,
}

/// A request cannot still be alive after this: the transport gives up at 30 s, and the rest covers
/// what the network and the vendor may hold back.
pub const QUARANTINE_MS: i64 = 60 * Timestamp::SECOND;

/// Xero keeps an idempotency key six minutes from the first call. A send that begins again this
/// late still ends, with its quarantine, while the key is known.
pub const KEY_TRUSTED_MS: i64 = 4 * Timestamp::MINUTE;

/// The next state of an intent, or `None` when the event cannot happen in its state (then nothing
/// may be changed). Pure: the caller brings the time and does the writing.
pub fn next(progress: &Progress, event: &Event, at: &Moment<'_>) -> Option<Progress> {
    let now = at.now;
    match (progress.state, event) {
        (State::Ready, Event::Claimed) => Some(to(progress, State::Sending, now, None)),
        (State::Ready, Event::Unsendable(reason)) => {
            Some(to(progress, State::Dead, now, Some(reason.clone())))
        }
        (State::Sending, Event::Ended(outcome)) => Some(ended(progress, outcome, at)),
        (State::Sending, Event::LeaseLost) => {
            let reason = Reason::new("lease_lost", "the process that sent it ended");
            let due = now.after_ms(QUARANTINE_MS);
            let unclear_since = progress.unclear_since.or(Some(now));
            Some(Progress { unclear_since, ..to(progress, State::Checking, due, Some(reason)) })
        }
        (State::Checking, Event::Seen { sighting, may_resend }) => {
            Some(seen(progress, sighting, *may_resend, at))
        }
        (State::Held | State::Dead, Event::Released) => {
            let fresh = Progress { attempts: 0, unclear_since: None, ..progress.clone() };
            let generation = fresh.generation.saturating_add(1);
            Some(Progress { generation, ..to(&fresh, State::Ready, now, None) })
        }
        (State::Dead | State::Ready, Event::Reconsidered) => {
            let reason = Reason::new(DECIDING_AGAIN_CODE, "a person replayed it");
            Some(to(progress, State::Held, now, Some(reason)))
        }
        (State::Held, Event::LookAgain) => Some(to(progress, State::Checking, now, None)),
        (State::Held | State::Ready | State::Dead, Event::Withdrawn) => {
            Some(to(progress, State::Withdrawn, now, None))
        }
        (State::Posted, Event::Reversed) => Some(to(progress, State::Reversed, now, None)),
        (
            State::Held
            | State::Ready
            | State::Sending
            | State::Checking
            | State::Posted
            | State::Dead
            | State::Withdrawn
            | State::Reversed,
            Event::Claimed
            | Event::Ended(_)
            | Event::LeaseLost
            | Event::Unsendable(_)
            | Event::Seen { .. }
            | Event::Released
            | Event::Reconsidered
            | Event::LookAgain
            | Event::Withdrawn
            | Event::Reversed,
        ) => None,
    }
}

fn to(
    progress: &Progress,
    state: State,
    not_before: Timestamp,
    reason: Option<Reason>,
) -> Progress {
    Progress { state, not_before, reason, ..progress.clone() }
}

fn posted(progress: &Progress, now: Timestamp) -> Progress {
    Progress { unclear_since: None, ..to(progress, State::Posted, now, None) }
}

fn ended(progress: &Progress, outcome: &Outcome, at: &Moment<'_>) -> Progress {
    let now = at.now;
    match outcome {
        Outcome::Delivered(_) => posted(progress, now),
        Outcome::Differs(_, reason) => to(progress, State::Held, now, Some(reason.clone())),
        Outcome::Refused(reason) => to(progress, State::Dead, now, Some(reason.clone())),
        Outcome::Halve(reason) => {
            let generation = progress.generation.saturating_add(1);
            Progress { generation, ..to(progress, State::Ready, now, Some(reason.clone())) }
        }
        Outcome::Busy(until) => to(progress, State::Ready, (*until).max(now), None),
        Outcome::NotSent(reason) => to(progress, State::Ready, now, Some(reason.clone())),
        Outcome::Unclear(reason) => unclear(progress, reason, at, 0),
        Outcome::Lost(reason) => unclear(progress, reason, at, QUARANTINE_MS),
    }
}

fn seen(progress: &Progress, sighting: &Sighting, may_resend: bool, at: &Moment<'_>) -> Progress {
    let now = at.now;
    match sighting {
        Sighting::Found(_) => posted(progress, now),
        Sighting::Differs(_, reason) => to(progress, State::Held, now, Some(reason.clone())),
        Sighting::Absent if is_contradicted(progress) => {
            to(progress, State::Dead, now, progress.reason.clone())
        }
        Sighting::Absent if is_spent(progress, at) => given_up(progress, now),
        Sighting::Absent if may_resend => to(progress, State::Ready, now, progress.reason.clone()),
        Sighting::Absent => {
            let generation = progress.generation.saturating_add(1);
            Progress { generation, ..to(progress, State::Ready, now, progress.reason.clone()) }
        }
        Sighting::Unclear(reason) => unseen(progress, reason, at),
    }
}

/// Said to be there for the second time, and not to be found for the second time: a person must
/// see what stands in the way.
fn is_contradicted(progress: &Progress) -> bool {
    let says_there = ["already_exists", "payment_exceeds_outstanding"]
        .into_iter()
        .any(|code| progress.is_because(code));
    says_there && progress.attempts >= 2
}

/// Tried so often, or for so long, that it is enough. Only asked of what is known not to be there.
fn is_spent(progress: &Progress, at: &Moment<'_>) -> bool {
    let began = progress.unclear_since.unwrap_or(at.now);
    at.retry.unclear.is_spent(progress.attempts, began, at.now)
}

fn given_up(progress: &Progress, now: Timestamp) -> Progress {
    let tries = progress.attempts;
    let since = progress.unclear_since.unwrap_or(now);
    let last = progress.reason.as_ref();
    let (code, detail) = last.map_or(("", ""), |reason| (&*reason.code, &*reason.detail));
    let words = format!("{tries} tries since {since}, the last: {code}: {detail}");
    to(progress, State::Dead, now, Some(Reason::new(TRIES_SPENT_CODE, words)))
}

/// It was sent, and nobody knows how that ended. What may have landed is never given up before it
/// was looked for: it stays `checking`, however long that takes.
fn unclear(progress: &Progress, reason: &Reason, at: &Moment<'_>, at_least_ms: i64) -> Progress {
    let attempts = progress.attempts.saturating_add(1);
    let wait_ms = at.retry.unclear.wait_ms(attempts, at.dice).max(at_least_ms);
    let unclear_since = progress.unclear_since.or(Some(at.now));
    let due = at.now.after_ms(wait_ms);
    Progress { attempts, unclear_since, ..to(progress, State::Checking, due, Some(reason.clone())) }
}

/// A look-up that showed nothing costs no try: it says nothing about the intent.
fn unseen(progress: &Progress, reason: &Reason, at: &Moment<'_>) -> Progress {
    let since = progress.unclear_since.unwrap_or(at.now);
    let due = at.now.after_ms(at.retry.unclear.look_ms(at.now.since(since), at.dice));
    let reason = Some(reason.clone());
    Progress { unclear_since: Some(since), ..to(progress, State::Checking, due, reason) }
}

#[cfg(test)]
mod tests;
