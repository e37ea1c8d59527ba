//! `listTransactions`.

use std::collections::BTreeMap;

use base::Timestamp;

use super::entries::{Entry, entries};
use super::wire;
use crate::amazon::Amazon;
use crate::amazon::history::History;
use crate::amazon::marketplaces::Region;
use crate::amazon::page::{Cursor, Page, PageKey};
use crate::amazon::reply::{self, Refusal};
use crate::amazon::search::{SETTLING_MS, fields, list, moment};
use crate::faults::Fault;

/// Amazon gives up to 500; smaller pages show more of what can go wrong between them.
const PAGE: usize = 100;
/// A longer window is answered with nothing, and no error.
const WINDOW_MAX_MS: i64 = 180 * Timestamp::DAY;
const STATUSES: [&str; 3] = ["DEFERRED", "RELEASED", "DEFERRED_RELEASED"];

struct Asked {
    after: Timestamp,
    before: Timestamp,
    status: Option<String>,
    order: Option<String>,
    group: Option<String>,
    from: Option<PageKey>,
    same: String,
    is_too_long: bool,
}

impl Amazon {
    pub(crate) fn list_transactions(
        &self,
        region: Region,
        pairs: &[(String, String)],
        fault: Fault,
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let fields = fields(pairs)?;
        let cursor = Cursor { secret: &self.page_secret, region, name: "nextToken" };
        let asked = Asked::read(&fields, now, &cursor)?;
        let Some(history) = self.history_of(region).filter(|_| !asked.is_too_long) else {
            // The filters are checked even where there is nothing to find.
            super::is_wanted(&fields, region, "", super::ACCOUNT_TYPE)?;
            return Ok(told(Vec::new(), None));
        };
        let here = history.options.setting.market().marketplace().id;
        if !super::is_wanted(&fields, region, here, super::ACCOUNT_TYPE)? {
            return Ok(told(Vec::new(), None));
        }
        let token =
            |key: PageKey| cursor.seal(&Page { before: asked.before, key }, &asked.same, now);
        if let Some(key) = asked.after_empty() {
            return Ok(told(Vec::new(), Some(token(key))));
        }
        let mut found = asked.find(history, now);
        let last = (found.len() > PAGE).then(|| found.get(PAGE - 1).map(Entry::key)).flatten();
        found.truncate(PAGE);
        let mut shown: Vec<wire::Transaction> =
            found.iter().map(|entry| entry.render(history, now)).collect();
        if let (Fault::Duplicated, Some(entry)) = (fault, found.first()) {
            shown.push(entry.render(history, now));
        }
        if fault == Fault::Shuffled {
            shown.reverse();
        }
        Ok(told(shown, last.map(|key| token(maybe_empty(key)))))
    }
}

/// Marks a key after which an empty page comes first.
const EMPTY_AFTER: &str = "~";

fn told(transactions: Vec<wire::Transaction>, next_token: Option<String>) -> String {
    let payload = wire::Transactions { transactions, next_token };
    reply::text(&wire::TransactionsReply { payload })
}

impl Entry<'_> {
    fn key(&self) -> PageKey {
        PageKey { time: self.posted, order_id: self.id.clone() }
    }
}

impl Asked {
    fn read(
        fields: &BTreeMap<&str, &str>,
        now: Timestamp,
        cursor: &Cursor<'_>,
    ) -> Result<Asked, Refusal> {
        let get = |name: &str| fields.get(name).copied();
        let kept: Vec<String> = fields
            .iter()
            .filter(|(name, _)| **name != "nextToken")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let same = kept.join("&");
        let page = get("nextToken").map(|token| cursor.open(token, &same, now)).transpose()?;
        let (order, group) = identifier(fields)?;
        let settled = now.after_ms(-SETTLING_MS);
        let after = get("postedAfter").map(|text| moment("postedAfter", text)).transpose()?;
        let before = get("postedBefore").map(|text| moment("postedBefore", text)).transpose()?;
        if after.or(before).is_none() && order.is_none() && group.is_none() {
            return Err(Refusal::input("postedAfter or a related identifier must be given."));
        }
        if before.is_some() && after.is_none() && order.is_none() && group.is_none() {
            return Err(Refusal::input("postedBefore needs postedAfter."));
        }
        if after.max(before).is_some_and(|at| at > settled) {
            return Err(Refusal::input(
                "postedAfter and postedBefore must be more than two minutes before now.",
            ));
        }
        let end = before.or(page.as_ref().map(|page| page.before)).unwrap_or(settled);
        if after.is_some_and(|after| after >= end) {
            return Err(Refusal::input("postedBefore must be later than postedAfter."));
        }
        Ok(Asked {
            after: after.unwrap_or(Timestamp(i64::MIN)),
            before: end,
            status: list(get("transactionStatus"), "transactionStatus", &STATUSES)?
                .map(|words| words.concat()),
            order,
            group,
            from: page.map(|page| page.key),
            same,
            is_too_long: after.is_some_and(|after| end.since(after) > WINDOW_MAX_MS),
        })
    }

    /// One entry more than a page holds, if there are so many, by time and id.
    fn find<'a>(&self, history: &'a History, now: Timestamp) -> Vec<Entry<'a>> {
        let mut found: Vec<Entry<'a>> = entries(history, now)
            .into_iter()
            .filter(|entry| self.after <= entry.posted && entry.posted < self.before)
            .filter(|entry| self.status.as_deref().is_none_or(|status| status == entry.status))
            .filter(|entry| self.order.is_none() || entry.order_id() == self.order.as_deref())
            .filter(|entry| {
                let group = || entry.settlement(history).map(|of| of.group_id.as_str());
                self.group.is_none() || group() == self.group.as_deref()
            })
            .filter(|entry| self.from.as_ref().is_none_or(|from| entry.key() > *from))
            .collect();
        found.sort_by_key(Entry::key);
        found.truncate(PAGE + 1);
        found
    }

    /// Where the list goes on, if this page is one of the empty ones.
    fn after_empty(&self) -> Option<PageKey> {
        let from = self.from.as_ref()?;
        let order_id = from.order_id.strip_suffix(EMPTY_AFTER)?.to_owned();
        Some(PageKey { time: from.time, order_id })
    }
}

/// After about every third page comes an empty one, and the list goes on behind it.
fn maybe_empty(mut key: PageKey) -> PageKey {
    let is_third = key.order_id.starts_with(['0', '4', '8', 'c', 'f']);
    if is_third {
        key.order_id.push_str(EMPTY_AFTER);
    }
    key
}

/// The two identifiers that can be asked by: of an order, and of an event group.
fn identifier(fields: &BTreeMap<&str, &str>) -> Result<(Option<String>, Option<String>), Refusal> {
    let name = fields.get("relatedIdentifierName").copied();
    let value = fields.get("relatedIdentifierValue").map(|text| (*text).to_owned());
    match (name, value) {
        (None, None) => Ok((None, None)),
        (Some("ORDER_ID"), Some(value)) => Ok((Some(value), None)),
        (Some("FINANCIAL_EVENT_GROUP_ID"), Some(value)) => Ok((None, Some(value))),
        (Some(_), Some(_)) => Err(Refusal::input(
            "relatedIdentifierName must be FINANCIAL_EVENT_GROUP_ID or ORDER_ID.",
        )),
        (Some(_), None) | (None, Some(_)) => {
            Err(Refusal::input("relatedIdentifierName and relatedIdentifierValue come together."))
        }
    }
}
