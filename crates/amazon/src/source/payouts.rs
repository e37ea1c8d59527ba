//! What Amazon paid out: the key that ties a line of the bank's statement to a settlement.

use base::id::content_hash;
use base::{Money, Subject, Timestamp, Transport};
use facts::finances as ours;
use facts::{Body, Fact};
use serde_json::value::RawValue;

use super::filing::{Filing, Part, filled, time, time_opt};
use super::finances::parts::money;
use super::finances::{PAGES_MAX, too_many};
use super::{Account, Page, PullStop, Raw, ask_in_role};
use crate::api::finances::{RelatedIdentifier, SETTLEMENT_ID};
use crate::api::transfers::{self as wire, ListExpectedPayouts, ListPayouts};

pub use super::filing::FinancesError;
pub use super::window::FinancesPosition;

/// What an archived payout is called.
pub const PAYOUT_KIND: &str = "amazon.payout";

/// A bank takes one to five days, and a transfer has been seen to come back weeks later.
const TRAIL_MS: i64 = 45 * Timestamp::DAY;

/// A payout that Amazon is going to start. No fact: it changes until it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// `SCHEDULED`, `DISABLED`, `AT_RISK`, `NO_PAYOUT_EXPECTED`.
    pub status: String,
    pub settlement_id: Option<String>,
    pub amount: Option<Money>,
    pub scheduled: Option<Timestamp>,
    pub account_type: String,
    pub marketplace_id: String,
    pub account_tail: Option<String>,
}

/// Reads one page of the payouts that were created since the position.
pub async fn sweep_payouts(
    transport: &dyn Transport,
    account: &Account,
    position: &FinancesPosition,
    now: Timestamp,
) -> Result<Page<FinancesPosition>, PullStop> {
    let window = match position.window(now) {
        Ok(window) => window,
        Err(page) => return Ok(*page),
    };
    let call = ListPayouts {
        marketplaces: &account.marketplaces,
        created_after: window.after.iso(),
        created_before: window.before.iso(),
        next_token: window.token,
    };
    let reply = match ask_in_role(transport, &call, now).await {
        Err(PullStop::Status { status: 400, detail, .. }) if window.token.is_some() => {
            return Ok(position.restarted(detail));
        }
        reply => reply?,
    };
    let mut page = position.page_after(window.before, reply.next_token(), TRAIL_MS, now);
    for raw in reply.payouts.as_deref().unwrap_or_default() {
        let (facts, document) = read_payout(account, raw, now);
        for fact in facts {
            if page.facts.iter().all(|known| known.id != fact.id) {
                page.facts.push(fact);
            }
        }
        if page.documents.iter().all(|known| known.hash != document.hash) {
            page.documents.push(document);
        }
    }
    Ok(page)
}

/// What Amazon is going to pay out.
pub async fn expected(
    transport: &dyn Transport,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Expected>, PullStop> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let next_token = token.as_deref();
        let call = ListExpectedPayouts { marketplaces: &account.marketplaces, next_token };
        let page = ask_in_role(transport, &call, now).await?;
        token = page.next_token().map(str::to_owned);
        for wire in page.expected_payouts.unwrap_or_default() {
            let read = read_expected(&wire);
            found.push(read.map_err(|error| PullStop::Unreadable(error.to_string()))?);
        }
        if token.is_none() {
            return Ok(found);
        }
    }
    Err(too_many("expected payouts"))
}

/// Reads one payout as Amazon wrote it: a fact for each status that it has had. Never fails: one
/// that cannot be read is a fact that says why.
pub fn read_payout(account: &Account, raw: &RawValue, now: Timestamp) -> (Vec<Fact>, Raw) {
    let filing = Filing { account, name: "payouts", kind: PAYOUT_KIND, now };
    let document = filing.document(raw);
    let wire: wire::Payout = match serde_json::from_slice(&document.bytes) {
        Ok(wire) => wire,
        Err(error) => {
            let fact = filing.fact_of(Part::unshaped(error), &document);
            return (vec![fact], document);
        }
    };
    let settlement_id = settlement_id(wire.related_identifiers.as_deref());
    let subject = match &settlement_id {
        Some(id) => Subject::settlement(id),
        None => Subject::from_stored(format!("payout:{}", wire.id)),
    };
    let read = statuses(account, &wire, settlement_id.as_deref());
    let facts = match read {
        Ok(payouts) => payouts
            .into_iter()
            .map(|payout| fact(filing, payout, &subject, &document.hash))
            .collect(),
        Err(error) => {
            let about = wire.id.clone();
            let part = Part { subject: Some(subject), occurred: None, about, body: Err(error) };
            vec![filing.fact_of(part, &document)]
        }
    };
    (facts, document)
}

/// The id is that of what the fact says: when the payout moves on, the statuses that it had stay
/// the facts that they were.
fn fact(filing: Filing<'_>, payout: ours::Payout, subject: &Subject, raw_hash: &str) -> Fact {
    let content = serde_json::to_vec(&payout).unwrap_or_default();
    let id = filing.id(&payout.payout_id, &content_hash(&content));
    let occurred = payout.updated;
    filing.envelope(id, subject.clone(), occurred, (raw_hash, Body::Payout(Box::new(payout))))
}

/// The payout as it was at each of its statuses. The last one must be the current one.
fn statuses(
    account: &Account,
    wire: &wire::Payout,
    settlement_id: Option<&str>,
) -> Result<Vec<ours::Payout>, FinancesError> {
    let created = time_opt("creationDate", wire.creation_date.as_deref())?;
    let amount = wire.amount.as_ref().map(|amount| money(amount, "amount")).transpose()?;
    let one = |word: &str, updated: Timestamp, failure: Option<String>| ours::Payout {
        payout_id: wire.id.clone(),
        settlement_id: settlement_id.map(str::to_owned),
        status: status(word),
        updated,
        created,
        amount,
        trace_id: filled(wire.trace_id.as_ref()),
        account_tail: filled(wire.account_tail.as_ref()),
        failure,
        region: account.region.as_str().to_owned(),
        seller_id: account.seller_id.clone(),
        marketplace_id: wire.partner_metadata.marketplace_id.clone(),
        account_type: wire.partner_metadata.account_type.clone(),
    };
    let mut found = Vec::new();
    for entry in wire.status_history.as_deref().unwrap_or_default() {
        let updated = time("lastUpdatedDate", &entry.last_updated_date)?;
        found.push(one(&entry.status, updated, filled(entry.failure_reason.as_ref())));
    }
    found.sort_by_key(|payout| payout.updated);
    let last = found.last().map(|payout| (payout.status.clone(), payout.updated));
    let current = status(&wire.current_status);
    match last {
        Some((status, _)) if status == current => {}
        // A history that does not lead to where the payout is: it is there all the same.
        Some((_, updated)) => found.push(one(&wire.current_status, updated.after_ms(1), None)),
        None => {
            let created = created.ok_or(FinancesError::Missing("statusHistory"))?;
            found.push(one(&wire.current_status, created, None));
        }
    }
    Ok(found)
}

fn status(word: &str) -> ours::PayoutStatus {
    match word.to_ascii_uppercase().as_str() {
        "STARTED" => ours::PayoutStatus::Started,
        "IN_TRANSIT" => ours::PayoutStatus::InTransit,
        "PAID" => ours::PayoutStatus::Paid,
        "FAILED" => ours::PayoutStatus::Failed,
        "CANCELLED" => ours::PayoutStatus::Cancelled,
        "NO_PAYOUT" => ours::PayoutStatus::NoPayout,
        _ => ours::PayoutStatus::Other(word.to_owned()),
    }
}

fn settlement_id(related: Option<&[RelatedIdentifier]>) -> Option<String> {
    related
        .unwrap_or_default()
        .iter()
        .filter(|related| related.related_identifier_name.as_deref() == Some(SETTLEMENT_ID))
        .find_map(|related| filled(related.related_identifier_value.as_ref()))
}

fn read_expected(wire: &wire::ExpectedPayout) -> Result<Expected, FinancesError> {
    Ok(Expected {
        status: wire.status.clone(),
        settlement_id: settlement_id(wire.related_identifiers.as_deref()),
        amount: wire.amount.as_ref().map(|amount| money(amount, "amount")).transpose()?,
        scheduled: time_opt("scheduledDate", wire.scheduled_date.as_deref())?,
        account_type: wire.partner_metadata.account_type.clone(),
        marketplace_id: wire.partner_metadata.marketplace_id.clone(),
        account_tail: filled(wire.account_tail.as_ref()),
    })
}
