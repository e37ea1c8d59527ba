//! Whether an order is posted, recorded only, or cancelled.

use facts::order::{Order, Status};
use intents::Trace;

use crate::orders::case;
use crate::orders::stop::Stop;
use crate::orders::{Situation, asking};
use crate::rulebook::RuleFailure;
use crate::rulebook::compiled::Ask;
use crate::settlement::plan::Way;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Post,
    /// Nothing is decided; what was decided stays.
    Record,
    /// Nothing of the order should stand in the ledger.
    Cancel,
}

pub(crate) struct Verdict {
    pub(crate) act: Act,
    pub(crate) reason: String,
    pub(crate) trace: Trace,
}

pub(crate) fn verdict(situation: &Situation<'_>, order: &Order) -> Result<Verdict, Stop> {
    let place = situation.rules.marketplace(&order.marketplace_id);
    let inputs = asking::order(situation, order, place, &case::zone(situation)?);
    let decision = situation.rules.ask(Ask::Posting, &inputs);
    let decision = decision.map_err(|failure| match (&failure, &order.status) {
        (RuleFailure::NoMatch { .. }, Status::Other(word)) => {
            Stop::new("unknown_status", format!("the order's status is {word:?}"))
        }
        _ => Stop::from(failure),
    })?;
    let act = match decision.get("act") {
        "post" => Act::Post,
        "record" => Act::Record,
        "cancel" => Act::Cancel,
        other => {
            let detail = format!("the posting table says {other:?}, which is no act");
            return Err(Stop::new("rule_failed", detail));
        }
    };
    let reason = decision.get("reason").to_owned();
    if act == Act::Post && situation.rules.settings().way == Way::Summary {
        // What was posted before the book changed its way keeps its documents.
        let has_documents = situation.decided.iter().any(|known| known.receipt.is_some());
        if !has_documents {
            let reason = "booked with its settlement".to_owned();
            return Ok(Verdict { act: Act::Record, reason, trace: decision.trace });
        }
    }
    Ok(Verdict { act, reason, trace: decision.trace })
}
