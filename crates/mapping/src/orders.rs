//! What should exist in the ledger for one order.

mod again;
pub(crate) mod asking;
pub(crate) mod because;
pub(crate) mod booked;
mod cancel;
pub(crate) mod case;
mod changes;
mod components;
pub(crate) mod contact;
mod corrections;
mod credit;
pub(crate) mod currency;
mod history;
mod invoice;
mod items;
mod lines;
mod owed;
mod payments;
mod posting;
mod reading;
mod refunds;
mod releases;
mod rest;
mod sale;
#[cfg(test)]
pub(crate) mod samples;
mod shipments;
pub(crate) mod stop;
mod taken_back;
mod taxes;
#[cfg(test)]
mod tests;
mod texts;
pub(crate) mod tracking;

pub use refunds::is_refund_note;

use base::{FactId, Subject};
use facts::{Act, Chart, Fact};
use intents::{BookId, Decided, Intent, IntentId, Reason};

use crate::Compiled;
use crate::rulebook::Posting;
use booked::Booked;
use case::Case;
use history::History;
use sale::Sale;
use stop::Stop;

/// Everything that a decision may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    pub book: &'a BookId,
    pub rules: &'a Compiled,
    pub chart: &'a Chart,
    pub subject: &'a Subject,
    pub facts: &'a [Fact],
    /// This subject's intents in every state.
    pub decided: &'a [Decided],
    /// Invoices posted so far in the book: approve mode holds the first ones.
    pub posted_before: u64,
}

/// What the store has to write down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The facts that this decision knows.
    pub saw: Vec<FactId>,
    /// Contact and items: ids the same for every order that needs them, so the first one wins.
    pub shared: Vec<Intent>,
    pub intents: Vec<Intent>,
    pub withdraw: Vec<IntentId>,
    /// Replayed letters that stand as they were decided.
    pub release: Vec<IntentId>,
    /// A person must act; nothing new is decided until then.
    pub stop: Option<Reason>,
    /// Recorded, not posted, and why.
    pub note: Option<Reason>,
    /// Something in flight must settle first.
    pub wait: bool,
}

/// Of what a person replayed, that which these changes leave as it is. While something is in flight
/// nobody knows yet what they will leave.
pub fn released(decided: &[Decided], changes: &Changes) -> Vec<IntentId> {
    if changes.wait {
        return Vec::new();
    }
    let replayed = decided.iter().filter(|one| one.progress.is_deciding_again());
    let ids = replayed.map(|one| one.intent.id.clone());
    ids.filter(|id| !changes.withdraw.contains(id)).collect()
}

/// Decides one order. Pure and total: the same situation gives the same changes, deciding again
/// after they are written gives none, and what cannot be decided is a stop.
pub fn decide(situation: &Situation<'_>) -> Changes {
    let history = History::of(situation.facts);
    let mut changes = decided(situation, &history).unwrap_or_else(|stop| {
        let is_other = stop.is("unreadable_order") && situation.subject.order_id().is_none();
        let mut reason = stop.reason();
        if is_other {
            reason = Reason::new("unreadable_document", reason.detail);
        }
        // Once a person has mended the document, the order is looked at again.
        let wait = reason.code == "changed_while_held";
        Changes { stop: Some(reason), wait, ..Changes::default() }
    });
    changes.saw = situation.facts.iter().map(|fact| fact.id.clone()).collect();
    changes.saw.sort();
    changes.saw.dedup();
    changes
}

fn decided(situation: &Situation<'_>, history: &History<'_>) -> Result<Changes, Stop> {
    let Some(latest) = history.latest()? else { return Ok(Changes::default()) };
    let verdict = posting::verdict(situation, latest.order)?;
    let booked = Booked(situation.decided);
    let recorded = Reason::new("recorded", verdict.reason.clone());
    let is_nothing = matches!(booked.standing(), booked::Standing::Nothing);
    let is_taken_back = history.is_taken_back();
    match verdict.act {
        posting::Act::Record if is_nothing || !is_taken_back => {
            Ok(Changes { note: Some(recorded), ..Changes::default() })
        }
        posting::Act::Cancel if is_nothing => {
            Ok(Changes { note: Some(recorded), ..Changes::default() })
        }
        posting::Act::Cancel | posting::Act::Post | posting::Act::Record => {
            let mut case = Case::new(situation, latest.order)?;
            case.tax_is_right = !history.approved(Act::TaxIsRight).is_empty();
            let sale = Sale { case, history, latest, booked, verdict: &verdict };
            if is_taken_back {
                return taken_back::take_back(&sale);
            }
            if let Some(changes) = taken_back::stop(&sale) {
                return Ok(changes);
            }
            match verdict.act {
                posting::Act::Post => {
                    let mut changes = changes::post(&sale)?;
                    again::add(&sale, &mut changes);
                    changes.release = released(situation.decided, &changes);
                    // A refund that cannot be booked holds back itself, not the sale.
                    if let Err(stop) = refunds::add(&sale, &mut changes) {
                        changes.stop = Some(stop.reason());
                    }
                    Ok(changes)
                }
                posting::Act::Cancel | posting::Act::Record => cancel::cancel(&sale),
            }
        }
    }
}

/// In approve mode the first documents wait for a person.
fn hold(situation: &Situation<'_>) -> Option<String> {
    let settings = situation.rules.settings();
    let waits = match settings.posting {
        Posting::Approve => situation.posted_before < settings.approve_first,
        Posting::Draft | Posting::Post => false,
    };
    waits.then(|| "approval".to_owned())
}
