//! Pulling: which call, up to which moment, and what to remember for the next one. Each flow
//! makes one call and returns; a lane decides when it is called again.

mod filing;
pub mod finances;
pub mod hints;
pub mod notifications;
pub mod order;
pub mod payouts;
pub mod privacy;
pub mod reports;
pub mod settlement;
pub mod window;

use std::collections::BTreeSet;

use base::{Call, Response, Sent, Timestamp, Transport};
use facts::Fact;
use serde::{Deserialize, Serialize};

use crate::api::orders::{GetOrder, INCLUDED, INCLUDED_WITH_BUYER, OrdersPage, SearchOrders};
use crate::api::sellers::{GetMarketplaceParticipations, Participation};
use crate::error;
use crate::spec::Region;

pub use crate::error::{PullStop, Remedy};
pub use order::read_order;

/// How far the next window reaches back into the last one: an order that Amazon files late is
/// still seen.
const OVERLAP_MS: i64 = 10 * Timestamp::MINUTE;

/// Amazon takes no window that ends less than two minutes ago.
/// <https://developer-docs.amazon.com/sp-api/docs/orders-api-v2026-01-01-reference>
const SETTLE_MS: i64 = 2 * Timestamp::MINUTE;

/// Of a stretch of the past so much is read as one window, so that a page token that is refused
/// costs no more than its pages.
const STRETCH_MS: i64 = 30 * Timestamp::DAY;

/// A page token is good for so long.
const TOKEN_MS: i64 = Timestamp::DAY;

/// One seller authorisation: a seller in a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub region: Region,
    pub seller_id: String,
    /// Up to fifty ids; none means all that the authorisation covers.
    pub marketplaces: Vec<String>,
    /// Ask for buyers' names and where they live. Needs Amazon's restricted roles.
    pub buyer_data: bool,
}

/// How far the sweep has got. `since` stays the window's start while its pages are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub since: Timestamp,
    /// The next page's token, and when it was given.
    pub page_token: Option<(String, Timestamp)>,
    /// Where a stretch of the past ends; none goes on for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A document for the archive, without what is not to be kept of a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// SHA-256 of the bytes.
    pub hash: String,
    pub kind: String,
    pub bytes: Vec<u8>,
}

/// One page of a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<P = Position> {
    pub facts: Vec<Fact>,
    /// One per fact.
    pub documents: Vec<Raw>,
    /// Where to go on; to be stored together with the facts.
    pub next: P,
    /// The window has another page.
    pub more: bool,
    /// Why the window is read from its start again.
    pub restarted: Option<String>,
}

/// What one order's call gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    pub facts: Vec<Fact>,
    pub documents: Vec<Raw>,
}

impl Account {
    fn included(&self) -> &'static str {
        if self.buyer_data { INCLUDED_WITH_BUYER } else { INCLUDED }
    }
}

impl Position {
    /// Orders that changed from this moment on.
    pub fn start(since: Timestamp) -> Position {
        Position { since, page_token: None, until: None }
    }

    /// Orders that changed last within a stretch of the past.
    pub fn between(since: Timestamp, until: Timestamp) -> Position {
        Position { since, page_token: None, until: Some(until) }
    }

    /// True when a stretch was read to its end.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| self.since >= until)
    }

    /// What to ask for. Whether Amazon counts an order of the very moment in is not known, so that a
    /// stretch is asked for with a second more at both ends.
    fn asked(&self) -> (String, Option<String>) {
        let Some(end) = self.window_end() else { return (self.since.iso(), None) };
        let after = self.since.after_ms(-Timestamp::SECOND);
        (after.iso(), Some(end.after_ms(Timestamp::SECOND).iso()))
    }

    /// The end of the window that is read now, where it has one of ours.
    fn window_end(&self) -> Option<Timestamp> {
        self.until.map(|until| until.min(self.since.after_ms(STRETCH_MS)))
    }

    fn at(&self, since: Timestamp, page_token: Option<(String, Timestamp)>) -> Position {
        Position { since, page_token, until: self.until }
    }

    pub fn parse(text: &str) -> Option<Position> {
        serde_json::from_str(text).ok()
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Position {
    /// Every change of an order up to this moment, by Amazon's clock, was shown by the sweeps that
    /// led here; for a position between two sweeps. `now` is when the last one ended.
    pub fn shown_to(&self, now: Timestamp) -> Timestamp {
        self.since.after_ms(OVERLAP_MS).min(now.after_ms(-SETTLE_MS))
    }
}

/// Reads one page of the orders that changed since the position.
pub async fn sweep(
    transport: &dyn Transport,
    account: &Account,
    position: &Position,
    now: Timestamp,
) -> Result<Page, PullStop> {
    let shown = now.after_ms(-SETTLE_MS);
    let is_early = position.since > shown
        || position.window_end().is_some_and(|end| end.after_ms(Timestamp::SECOND) > shown);
    if is_early || position.is_over() {
        return Ok(empty(position.clone(), false));
    }
    let token = match &position.page_token {
        Some((_, given)) if now.since(*given) >= TOKEN_MS => {
            return Ok(restarted(position, "the page token is a day old".to_owned()));
        }
        other => other.as_ref().map(|(token, _)| token.as_str()),
    };
    let (last_updated_after, last_updated_before) = position.asked();
    let call = SearchOrders {
        last_updated_after,
        last_updated_before,
        marketplaces: &account.marketplaces,
        included: account.included(),
        page_token: token,
    };
    match ask(transport, &call, now).await {
        Ok(reply) => Ok(page(account, position, &reply, now)),
        // A token that ran out, or that was given for other parameters.
        Err(PullStop::Status { status: 400, detail, .. }) if token.is_some() => {
            Ok(restarted(position, detail))
        }
        Err(stop) => Err(stop),
    }
}

/// Reads one order by its number.
pub async fn order(
    transport: &dyn Transport,
    account: &Account,
    order_id: &str,
    now: Timestamp,
) -> Result<Pulled, PullStop> {
    let call = GetOrder { order_id, included: account.included() };
    let raw = ask(transport, &call, now).await?;
    let (fact, document) = read_order(account, &raw, now);
    Ok(Pulled { facts: vec![fact], documents: vec![document] })
}

/// The marketplaces of the authorisation. The cheapest call there is: it also tells whether the
/// credentials work.
pub async fn participations(
    transport: &dyn Transport,
    now: Timestamp,
) -> Result<Vec<Participation>, PullStop> {
    ask(transport, &GetMarketplaceParticipations, now).await
}

async fn ask<C: Call + Sync>(
    transport: &dyn Transport,
    call: &C,
    now: Timestamp,
) -> Result<C::Reply, PullStop> {
    send(transport, call, |response| error::stop(response, C::LIMIT, now)).await
}

/// Asks for what needs the role Finance and Accounting: a refusal that names no token means that
/// the application or the seller does not have it.
async fn ask_in_role<C: Call + Sync>(
    transport: &dyn Transport,
    call: &C,
    now: Timestamp,
) -> Result<C::Reply, PullStop> {
    send(transport, call, |response| error::stop_in_role(response, C::LIMIT, now)).await
}

async fn send<C: Call + Sync>(
    transport: &dyn Transport,
    call: &C,
    judge: impl Fn(&Response) -> Option<PullStop> + Send,
) -> Result<C::Reply, PullStop> {
    let request = call.request();
    match transport.send(&request).await {
        Sent::Reply(response) => match judge(&response) {
            None => call.read(&response).map_err(PullStop::from),
            Some(stop) => Err(stop),
        },
        Sent::Busy(until) => Err(PullStop::Busy(until)),
        Sent::NotSent(why) => Err(PullStop::NotSent(why)),
        Sent::Lost(why) => Err(PullStop::Lost(why)),
    }
}

fn page(account: &Account, position: &Position, reply: &OrdersPage, now: Timestamp) -> Page {
    let next = next(position, reply, now);
    let has_more = reply.next_token().is_some() || (next.until.is_some() && !next.is_over());
    let mut page = empty(next, has_more);
    let mut seen = BTreeSet::new();
    for (fact, document) in reply.orders.iter().map(|raw| read_order(account, raw, now)) {
        // Amazon may print an order twice on a page; the same fact is one fact.
        if seen.insert(fact.id.clone()) {
            page.facts.push(fact);
            page.documents.push(document);
        }
    }
    page
}

/// The cursor moves only when the window has been read to its end, and never back.
fn next(position: &Position, reply: &OrdersPage, now: Timestamp) -> Position {
    if let Some(token) = reply.next_token() {
        return position.at(position.since, Some((token.to_owned(), now)));
    }
    if let Some(end) = position.window_end() {
        return position.at(end, None);
    }
    let end = reply.last_updated_before.as_deref().and_then(|text| Timestamp::parse(text).ok());
    let end = match end {
        Some(end) => end.min(now),
        // Without an echo the window of one call ended two minutes ago at the latest; that of
        // several calls ended we do not know when.
        None if position.page_token.is_none() => now.after_ms(-SETTLE_MS),
        None => position.since,
    };
    Position::start(end.after_ms(-OVERLAP_MS).max(position.since))
}

fn restarted(position: &Position, why: String) -> Page {
    let mut page = empty(position.at(position.since, None), true);
    page.restarted = Some(why);
    page
}

fn empty(next: Position, more: bool) -> Page {
    Page { facts: Vec::new(), documents: Vec::new(), next, more, restarted: None }
}
