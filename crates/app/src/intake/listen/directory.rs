//! Which lanes a notification is for: a seller's, in a region, in every book that has them.

use std::collections::{BTreeMap, BTreeSet};

use amazon::source::hints::{About, Hint as Read};
use base::Timestamp;
use intents::BookId;
use store::{Book, Hint, LaneRow};

use crate::book::{AmazonLink, Lane, Settings};
use crate::stages::LaneState;
use crate::stages::hints::{ORDER, REPORT, TRANSACTIONS};

/// Every seller account of every book.
#[derive(Debug, Default)]
pub(super) struct Directory(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    book: BookId,
    lane: String,
    link: AmazonLink,
    /// Whether the book reads money besides orders.
    money: bool,
    /// Ids of the subscriptions that the lane knows as its own.
    subscriptions: BTreeSet<String>,
}

/// What becomes of a notification.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Addressed {
    To(Vec<Hint>),
    /// A type, a region or a marketplace that nobody here waits for.
    ToNobody,
    /// A seller that no book has.
    ToAStranger,
}

impl Directory {
    pub(super) fn of(books: &[Book], lanes: &[LaneRow]) -> Directory {
        let by_name: BTreeMap<&str, &LaneRow> =
            lanes.iter().map(|lane| (lane.name.as_str(), lane)).collect();
        Directory(books.iter().flat_map(|book| entries(book, &by_name)).collect())
    }

    pub(super) fn addressed(&self, read: &Read, now: Timestamp) -> Addressed {
        if !is_awaited(&read.about) {
            return Addressed::ToNobody;
        }
        let seller = read.seller_id.as_deref();
        let of_seller: Vec<&Entry> =
            self.0.iter().filter(|entry| seller == Some(entry.link.seller_id.as_str())).collect();
        if of_seller.is_empty() {
            return Addressed::ToAStranger;
        }
        let is_named = |entry: &&Entry| entry.knows(read.subscription_id.as_deref());
        let named: BTreeSet<&str> =
            of_seller.iter().copied().filter(is_named).map(|of| of.link.region.as_str()).collect();
        let hints: Vec<Hint> = of_seller
            .into_iter()
            .filter(|entry| named.is_empty() || named.contains(entry.link.region.as_str()))
            .filter(|entry| entry.takes(read))
            .map(|entry| entry.hint(read, now))
            .collect();
        if hints.is_empty() { Addressed::ToNobody } else { Addressed::To(hints) }
    }
}

/// A book whose settings cannot be read says so elsewhere; the others are told all the same.
fn entries(book: &Book, lanes: &BTreeMap<&str, &LaneRow>) -> Vec<Entry> {
    let Ok(settings) = serde_json::from_str::<Settings>(&book.settings) else { return Vec::new() };
    let money = settings.money;
    let of_link = |link: AmazonLink| {
        let lane = Lane::Amazon { region: link.region.clone() }.name(&book.id);
        let state = lanes.get(lane.as_str()).map(|row| row.state.as_str()).unwrap_or_default();
        let state: LaneState = serde_json::from_str(state).unwrap_or_default();
        let subscriptions = state.subscriptions.standing.into_values().collect();
        Entry { book: book.id.clone(), lane, link, money, subscriptions }
    };
    settings.amazon.into_iter().map(of_link).collect()
}

/// Thousands of reports are finished that are no settlements.
fn is_awaited(about: &About) -> bool {
    match about {
        About::Order { .. }
        | About::Transactions
        | About::FbaStock { .. }
        | About::ListingStock { .. } => true,
        About::Report { .. } => about.is_settlement(),
        About::Unknown => false,
    }
}

impl Entry {
    fn knows(&self, subscription_id: Option<&str>) -> bool {
        subscription_id.is_some_and(|id| self.subscriptions.contains(id))
    }

    /// A notification without a marketplace, or with one that is no shop of Amazon's, is for every
    /// region of the seller, unless its subscription says which one it is from.
    fn takes(&self, read: &Read) -> bool {
        let Some(region) = read.region else { return true };
        let marketplaces = &self.link.marketplaces;
        let is_kept = read.marketplace_id.as_ref().is_none_or(|id| marketplaces.contains(id));
        region.as_str() == self.link.region && (marketplaces.is_empty() || is_kept)
    }

    fn hint(&self, read: &Read, now: Timestamp) -> Hint {
        let (kind, about, is_work) = match &read.about {
            About::Order { order_id } => (ORDER, order_id.as_str(), true),
            About::Transactions => (TRANSACTIONS, "", self.money),
            About::Report { report_id, .. } => (REPORT, report_id.as_str(), self.money),
            // Kept, so that it is seen that they come; no stage reads stock yet.
            About::FbaStock { sku, .. } => ("fba_stock", sku.as_str(), false),
            About::ListingStock { sku, .. } => ("listing_stock", sku.as_str(), false),
            About::Unknown => ("unknown", "", false),
        };
        Hint {
            book: self.book.clone(),
            lane: self.lane.clone(),
            id: read.id.clone(),
            kind: kind.to_owned(),
            about: about.to_owned(),
            occurred: read.occurred.unwrap_or(now),
            due: is_work.then_some(now),
        }
    }
}
