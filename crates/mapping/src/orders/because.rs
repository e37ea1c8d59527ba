//! The way back from a document to the rules and facts that made it.

use base::FactId;
use intents::{Because, Trace};

use crate::orders::case::Case;

/// Each trace once, in the order in which rules were asked.
pub(crate) fn because(case: &Case<'_>, facts: Vec<FactId>, traces: Vec<Trace>) -> Because {
    let mut once: Vec<Trace> = Vec::new();
    for trace in traces {
        if !once.contains(&trace) {
            once.push(trace);
        }
    }
    Because { rule_book: case.situation.rules.hash().to_owned(), facts, traces: once }
}

/// Contacts and items are the same for every order: no order's facts made them.
pub(crate) fn shared(case: &Case<'_>) -> Because {
    because(case, Vec::new(), Vec::new())
}
