//! `searchOrders` and `getOrder`, as Amazon's model `orders_2026-01-01` has them.

use std::sync::PoisonError;

use base::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Amazon;
use super::datasets::Datasets;
use super::marketplaces::Region;
use super::page::{Cursor, Page, PageKey};
use super::reply::{self, Refusal};
use super::search::{self, Family, Search};
use super::shelf::visible;
use crate::faults::Fault;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SearchReply {
    orders: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_before: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    next_token: String,
}

#[derive(Serialize)]
struct OrderReply {
    order: Box<RawValue>,
}

impl Amazon {
    pub(crate) fn get_order(
        &self,
        region: Region,
        id: &str,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        if !is_order_id(id) {
            return Err(Refusal::input("The order id is malformed."));
        }
        let included = pairs.iter().find(|(name, _)| name == "includedData");
        let datasets = self.granted(search::datasets(included.map(|(_, text)| text.as_str()))?);
        let now = self.kit.now();
        let text = {
            let orders = self.shelf();
            let shelved = orders.get(id).filter(|of| of.region == region && visible(of, now));
            shelved.and_then(|of| of.at(now)).map(super::Version::json)
        };
        match text {
            Some(text) => Ok(reply::text(&OrderReply { order: filtered(&datasets, &text)? })),
            None => Err(Refusal::not_found(id)),
        }
    }

    pub(crate) fn search_orders(
        &self,
        region: Region,
        pairs: &[(String, String)],
        fault: Fault,
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let cursor = Cursor { secret: &self.page_secret, region, name: "paginationToken" };
        let mut search = Search::read(pairs, region, now, &cursor)?;
        search.datasets = self.granted(search.datasets);
        let (mut texts, last) = self.page(region, &search, now, fault);
        if fault == Fault::Shuffled {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            super::generate::recipe::shuffle(&mut random, &mut texts);
        }
        let next = last.map(|key| Page { before: search.before, key });
        let token = next.map(|page| cursor.seal(&page, &search.same, now));
        let shown = texts.iter().map(|text| filtered(&search.datasets, text));
        let end = |family| (search.family == family).then(|| search.before.iso());
        Ok(reply::text(&SearchReply {
            orders: shown.collect::<Result<_, _>>()?,
            pagination: token.map(|next_token| Pagination { next_token }),
            last_updated_before: end(Family::LastUpdated),
            created_before: end(Family::Created),
        }))
    }

    /// The orders of one page, and where it ended if more follow. At a fault the last order of the
    /// page before comes again.
    fn page(
        &self,
        region: Region,
        search: &Search,
        now: Timestamp,
        fault: Fault,
    ) -> (Vec<String>, Option<PageKey>) {
        let orders = self.shelf();
        let repeats = fault == Fault::Duplicated && search.limit > 1;
        let room = if repeats { search.limit - 1 } else { search.limit };
        let mut found = orders.find(region, search, now, room + 1);
        let more = found.len() > room;
        found.truncate(room);
        let last = found.last().map(|(key, _)| key.clone());
        let mut texts: Vec<String> = found.iter().map(|(_, version)| version.json()).collect();
        if repeats {
            let before = search.from.as_ref().and_then(|key| orders.get(&key.order_id));
            let again = before.and_then(|of| of.at(now)).map(super::Version::json);
            texts.extend(again.or_else(|| texts.first().cloned()));
        }
        (texts, last.filter(|_| more))
    }

    /// What the application's roles let it see of what it asked for.
    fn granted(&self, datasets: Datasets) -> Datasets {
        if self.restricted_roles { datasets } else { datasets.unrestricted() }
    }
}

fn filtered(datasets: &Datasets, order: &str) -> Result<Box<RawValue>, Refusal> {
    let text = datasets.filter(order).map_err(|_unreadable| Refusal::internal())?;
    RawValue::from_string(text).map_err(|_unreadable| Refusal::internal())
}

/// 3-7-7; the first block may have a letter.
fn is_order_id(id: &str) -> bool {
    let blocks: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = blocks.iter().map(|block| block.len()).collect();
    lengths == [3, 7, 7] && id.chars().all(|char| char == '-' || char.is_ascii_alphanumeric())
}
