//! Amazon's side: the orders that changed since a moment, as `searchOrders` of Orders v2026-01-01
//! lists them (<https://developer-docs.amazon.com/sp-api/docs/orders-api-v2026-01-01-reference>).
//! Settlements and what is told of money stand beside them: `reports`, `file`, `finances`.

pub(crate) mod file;
pub(crate) mod finances;
pub(crate) mod reports;
pub(crate) mod wire;

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use base::call::escape;
use serde_json::value::RawValue;

use crate::ask::Asker;
use crate::{AuditError, Side};

const PATH: &str = "/orders/2026-01-01/orders";
const INCLUDED: &str = "PROCEEDS,FULFILLMENT,TAX,PAYMENT";
/// A hundred orders each.
const PAGES_MAX: u32 = 20_000;

/// An order, or why it could not be read.
pub(crate) type Reading = Result<wire::Order, String>;

/// Every order of every side.
pub(crate) struct Orders {
    pub(crate) since: Timestamp,
    pub(crate) read: BTreeMap<String, Reading>,
    /// Orders whose number could not be read: reasons.
    pub(crate) nameless: Vec<String>,
    /// Orders that changed after the end of the window.
    pub(crate) too_recent: BTreeSet<String>,
    /// The end of each region's window.
    ends: BTreeMap<String, Timestamp>,
}

impl Orders {
    pub(crate) fn since(since: Timestamp) -> Orders {
        Orders {
            since,
            read: BTreeMap::new(),
            nameless: Vec::new(),
            too_recent: BTreeSet::new(),
            ends: BTreeMap::new(),
        }
    }

    /// Reads one region's list to its end.
    pub(crate) async fn read(
        &mut self,
        asker: &mut Asker<'_>,
        side: &Side<'_>,
    ) -> Result<(), AuditError> {
        let mut token: Option<String> = None;
        for _page in 0..PAGES_MAX {
            let page = search(asker, side, self.since, token.as_deref()).await?;
            for raw in &page.orders {
                self.add(raw);
            }
            token = page.pagination.and_then(|page| page.next_token);
            if token.is_none() {
                let end = page.last_updated_before.and_then(|text| Timestamp::parse(&text).ok());
                self.ends.extend(end.map(|end| (side.region.to_owned(), end)));
                return Ok(());
            }
        }
        Err(AuditError::Endless { what: format!("orders of {}", side.region), pages: PAGES_MAX })
    }

    /// An order may be listed twice; what was said last about it counts.
    fn add(&mut self, raw: &RawValue) {
        match serde_json::from_str::<wire::Order>(raw.get()) {
            Ok(order) => {
                let newer = |other: &wire::Order| other.last_updated_time > order.last_updated_time;
                let known = self.read.get(&order.id).and_then(|order| order.as_ref().ok());
                if !known.is_some_and(newer) {
                    self.read.insert(order.id.clone(), Ok(order));
                }
            }
            Err(error) => match serde_json::from_str::<wire::Named>(raw.get()) {
                Ok(named) => {
                    self.read.entry(named.order_id).or_insert_with(|| Err(error.to_string()));
                }
                Err(_nameless) => self.nameless.push(error.to_string()),
            },
        }
    }

    /// Asks for orders that the books name and no list showed. Answers with those that Amazon
    /// does not know on any side.
    pub(crate) async fn look_for(
        &mut self,
        asker: &mut Asker<'_>,
        sides: &[Side<'_>],
        order_ids: BTreeSet<String>,
    ) -> Result<BTreeSet<String>, AuditError> {
        let mut unknown = BTreeSet::new();
        for order_id in order_ids {
            let mut found = false;
            for side in sides {
                found = found || self.look_on(asker, side, &order_id).await?;
            }
            if !found {
                unknown.insert(order_id);
            }
        }
        Ok(unknown)
    }

    async fn look_on(
        &mut self,
        asker: &mut Asker<'_>,
        side: &Side<'_>,
        order_id: &str,
    ) -> Result<bool, AuditError> {
        let path = format!("{PATH}/{}", escape(order_id));
        let request = Asker::get(path).query("includedData", INCLUDED);
        match asker.ask::<wire::One>(side.transport, &request).await {
            Ok(one) => {
                self.place(side.region, order_id, &one.order);
                Ok(true)
            }
            // Not this region's, or no number of Amazon's at all.
            Err(AuditError::Refused { status: 400 | 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// An order that no list showed changed after the list, or not since the audit's beginning;
    /// or it is in a marketplace that was not asked for, and then it is compared like the others.
    fn place(&mut self, region: &str, order_id: &str, raw: &RawValue) {
        let times = serde_json::from_str::<wire::Times>(raw.get()).ok();
        let updated = times.and_then(|times| Timestamp::parse(&times.last_updated_time).ok());
        let end = self.ends.get(region);
        if updated.zip(end).is_some_and(|(updated, end)| updated >= *end) {
            self.too_recent.insert(order_id.to_owned());
        } else if updated.is_none_or(|updated| updated >= self.since) {
            self.add(raw);
        }
    }
}

async fn search(
    asker: &mut Asker<'_>,
    side: &Side<'_>,
    since: Timestamp,
    token: Option<&str>,
) -> Result<wire::Page, AuditError> {
    let marketplaces = (!side.marketplaces.is_empty()).then(|| side.marketplaces.join(","));
    let request = Asker::get(PATH)
        .query("lastUpdatedAfter", since.iso())
        .query_opt("marketplaceIds", marketplaces.as_deref())
        .query("maxResultsPerPage", "100")
        .query("includedData", INCLUDED)
        .query_opt("paginationToken", token);
    asker.ask(side.transport, &request).await
}
