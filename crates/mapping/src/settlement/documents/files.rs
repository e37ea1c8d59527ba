//! Files that are shown at a settlement's document.

use facts::Body as Said;
use intents::{Attachment, Body, Decided, Intent, Kind, State};

use crate::orders::booked;
use crate::settlement::decide::Settling;
use crate::settlement::documents::intent;

/// Amazon's own report, and the proof once it is written, at the settlement's last document.
pub(crate) fn attachments(settling: &Settling<'_>, standing: &[&Decided]) -> Vec<Intent> {
    let documents = standing.iter().filter(|decided| {
        matches!(decided.intent.kind(), Kind::Invoice | Kind::Bill)
            && decided.progress.state == State::Posted
    });
    let Some(last) = documents.max_by_key(|decided| booked::ordinal(&decided.intent.part)) else {
        return Vec::new();
    };
    let id = &settling.asked.found.settlement.settlement_id;
    let report =
        ("report", format!("settlement-{id}.txt"), settling.asked.found_by.raw_hash.clone());
    let proofs = settling.asked.situation.facts.iter().filter_map(|fact| match &fact.body {
        Said::Proof { hash } => Some((fact.occurred, hash.clone())),
        Said::Order(_)
        | Said::Unreadable { .. }
        | Said::Approval(_)
        | Said::Settlement(_)
        | Said::Transaction(_)
        | Said::Payout(_)
        | Said::Summary(_)
        | Said::PaymentGroup(_)
        | Said::Balance(_) => None,
    });
    let proof = proofs.max_by_key(|(at, _)| *at);
    let proof = proof.map(|(_, hash)| ("proof", format!("settlement-{id}.proof.json"), hash));
    let wanted = std::iter::once(report).chain(proof).filter(|(_, _, hash)| !hash.is_empty());
    wanted
        .map(|(name, file_name, hash)| {
            let body = Body::Attachment(Attachment {
                to: last.intent.id.clone(),
                to_kind: last.intent.kind(),
                file_name,
                content_type: if name == "proof" { "application/json" } else { "text/plain" }
                    .to_owned(),
                hash,
            });
            let mut made = intent(settling, &format!("attachment:{name}"), body, Vec::new());
            made.needs = vec![last.intent.id.clone()];
            // A file of the same name takes the place of the one before, in Xero too.
            let known = settling.booked.newest(&made.part);
            made.supersedes = known.map(|known| known.intent.id.clone());
            made
        })
        .filter(|made| {
            let known = settling.booked.newest(&made.part);
            known.is_none_or(|known| known.intent.body != made.body)
        })
        .collect()
}
