//! Which lanes a notification is for: a seller's, in a region, in every book that has them.

use amazon::source::hints::{About, Hint as Read};
use base::Timestamp;
use intents::BookId;
use store::{Book, Hint};

use crate::book::{AmazonLink, Lane, Settings};
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
    pub(super) fn of(books: &[Book]) -> Directory {
        Directory(books.iter().flat_map(entries).collect())
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
        let hints: Vec<Hint> = of_seller
            .into_iter()
            .filter(|entry| entry.takes(read))
            .map(|entry| entry.hint(read, now))
            .collect();
        if hints.is_empty() { Addressed::ToNobody } else { Addressed::To(hints) }
    }
}

/// A book whose settings cannot be read says so elsewhere; the others are told all the same.
fn entries(book: &Book) -> Vec<Entry> {
    let Ok(settings) = serde_json::from_str::<Settings>(&book.settings) else { return Vec::new() };
    let money = settings.money;
    let of_link = |link: AmazonLink| {
        let lane = Lane::Amazon { region: link.region.clone() }.name(&book.id);
        Entry { book: book.id.clone(), lane, link, money }
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
    /// A notification without a marketplace, or with one that is no shop of Amazon's, is for every
    /// region of the seller that it could be from.
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
