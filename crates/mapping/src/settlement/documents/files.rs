//! Files that are shown at a settlement's document.

use facts::Body as Said;
use intents::{Attachment, Body, Decided, State};

use crate::orders::{Changes, booked};
use crate::settlement::decide::Settling;
use crate::settlement::documents::{carries_rows, intent};

/// A file of the archive under the name that people see.
struct File {
    part: &'static str,
    name: String,
    content_type: &'static str,
    hash: String,
}

/// Adds Amazon's own report, and the proof once it is written, at the settlement's last document.
/// A file of the same name takes the place of the one before, in Xero too.
pub(crate) fn attach(settling: &Settling<'_>, standing: &[&Decided], changes: &mut Changes) {
    let documents = standing
        .iter()
        .filter(|decided| carries_rows(&decided.intent) && decided.progress.state == State::Posted);
    let Some(last) = documents.max_by_key(|decided| booked::ordinal(&decided.intent.part)) else {
        return;
    };
    for file in files(settling) {
        let body = Body::Attachment(Attachment {
            to: last.intent.id.clone(),
            to_kind: last.intent.kind(),
            file_name: file.name,
            content_type: file.content_type.to_owned(),
            hash: file.hash,
        });
        let part = format!("attachment:{}", file.part);
        let known = settling.booked.newest(&part);
        if known.is_some_and(|known| known.intent.body == body) {
            continue;
        }
        let mut made = intent(settling, &part, body, Vec::new());
        made.needs = vec![last.intent.id.clone()];
        match known {
            Some(known) if known.progress.state.is_in_flight() => {
                changes.wait = true;
                continue;
            }
            Some(known) if booked::is_unsent(known) => {
                // What it was to replace is there still.
                made.supersedes.clone_from(&known.intent.supersedes);
                changes.withdraw.push(known.intent.id.clone());
            }
            Some(known) => made.supersedes = Some(known.intent.id.clone()),
            None => {}
        }
        changes.intents.push(made);
    }
}

fn files(settling: &Settling<'_>) -> Vec<File> {
    let (found, fact) = (settling.asked.found, settling.asked.found_by);
    let id = &found.settlement.settlement_id;
    let (ending, content_type) =
        if found.gzip { ("txt.gz", "application/gzip") } else { ("txt", "text/plain") };
    let report = File {
        part: "report",
        name: format!("settlement-{id}.{ending}"),
        content_type,
        hash: fact.raw_hash.clone(),
    };
    let proofs = settling.asked.situation.facts.iter().filter_map(|fact| {
        if let Said::Proof { hash } = &fact.body { Some((fact.occurred, hash)) } else { None }
    });
    let proof = proofs.max_by_key(|(at, _)| *at).map(|(_, hash)| File {
        part: "proof",
        name: format!("settlement-{id}.proof.json"),
        content_type: "application/json",
        hash: hash.clone(),
    });
    let all = std::iter::once(report).chain(proof);
    all.filter(|file| !file.hash.is_empty()).collect()
}
