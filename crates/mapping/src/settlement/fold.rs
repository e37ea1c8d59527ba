//! Adds a settlement up, row by row.
//!
//! A row costs a look-up of its words, one of its month and place, and one addition. Rows of an
//! order's item are kept apart by item until the end, because only all of them together say who
//! owes the tax; everything else is added up at once.

mod alone;
mod calendar;
mod cells;
mod index;
mod items;
mod join;
mod lexicon;
mod opening;
mod outcome;
mod texts;
mod told;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, MoneyError, Timestamp, Zone};
use facts::settlement::{Layout, Row, Settlement};

use crate::settlement::fold::alone::Watch;
use crate::settlement::fold::calendar::Calendar;
use crate::settlement::fold::cells::{CellKey, Cells};
use crate::settlement::fold::items::{ItemKey, Items};
use crate::settlement::fold::join::Grain;
use crate::settlement::fold::lexicon::{Lexicon, Route};
pub use crate::settlement::fold::opening::{Cut, HeldBack};
use crate::settlement::fold::texts::Texts;
use crate::settlement::footing::Footing;
use crate::settlement::plan::Way;
use crate::settlement::taxonomy::Overrides;

/// What of a book's rules changes how a settlement adds up.
#[derive(Debug, Clone)]
pub struct FoldRules {
    /// The organisation's: it decides which month a row is in.
    pub zone: Zone,
    /// The first days of tax rules that begin or end.
    pub cuts: Vec<Day>,
    pub overrides: Overrides,
    pub way: Way,
    /// Orders without a document of their own: their rows are the settlement's, whichever way the
    /// book posts.
    pub uncovered: BTreeSet<String>,
    /// SKUs whose goods carry no tax at home, as the owner's table says.
    pub without_tax: BTreeSet<String>,
}

/// Why a settlement cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("line {line} is in {found}, the settlement in {expected}")]
    Currency { line: u64, expected: Currency, found: Currency },
    /// More than a real settlement can have: 65,000 combinations of month, marketplace and channel.
    #[error("the rows name too many different {0}")]
    Varied(&'static str),
}

impl FoldError {
    pub fn code(&self) -> &'static str {
        "unworkable_amount"
    }
}

/// A settlement that is being added up.
#[derive(Debug)]
pub struct Fold {
    settlement: Settlement,
    layout: Layout,
    way: Way,
    /// Where Amazon withholds less than the tax of an item, the rest is the seller's to remit: so it is
    /// with Australian low-value goods, whoever sells them. Elsewhere it is a check that fails.
    rest_is_sellers: bool,
    uncovered: BTreeSet<u64>,
    untaxed_skus: BTreeSet<String>,
    /// Items of these SKUs, by order and code.
    without_tax: BTreeSet<(u64, u64)>,
    currency: Currency,
    rows: u64,
    sum: i64,
    transfers: i64,
    /// When the first and the last row was posted.
    posted: Option<(Timestamp, Timestamp)>,
    lexicon: Lexicon,
    calendar: Calendar,
    texts: Texts,
    items: Items,
    /// What belongs to no item, and to nobody's tax.
    cells: Cells,
    watch: Watch,
    /// Rows from before the book's cut-over.
    opening: Option<opening::Part>,
}

impl Fold {
    pub fn start(
        settlement: &Settlement,
        layout: Layout,
        rules: &FoldRules,
    ) -> Result<Fold, FoldError> {
        let currency = settlement.currency;
        if let Some(total) = settlement.total.filter(|total| total.currency() != currency) {
            let found = total.currency();
            return Err(FoldError::Currency { line: 0, expected: currency, found });
        }
        let mut texts = Texts::default();
        let uncovered = rules.uncovered.iter().map(|order| texts.order(order)).collect();
        Ok(Fold {
            settlement: settlement.clone(),
            layout,
            way: rules.way,
            rest_is_sellers: currency == Currency::AUD,
            uncovered,
            untaxed_skus: rules.without_tax.clone(),
            without_tax: BTreeSet::new(),
            currency,
            rows: 0,
            sum: 0,
            transfers: 0,
            posted: None,
            lexicon: Lexicon::new(rules.overrides.clone()),
            calendar: Calendar::new(rules.zone.clone(), &rules.cuts),
            texts,
            items: Items::default(),
            cells: Cells::default(),
            watch: Watch::default(),
            opening: None,
        })
    }

    /// The book began at this cut: what Amazon posted before is in its opening balances.
    pub fn begun_at(mut self, cut: &Cut) -> Fold {
        self.opening = Some(opening::Part::new(cut, &self.settlement, &mut self.texts));
        self
    }

    /// Adds one row. The order of the rows does not matter.
    pub fn row(&mut self, row: &Row<'_>) -> Result<(), FoldError> {
        let (found, amount) = (row.amount.currency(), row.amount.minor());
        if found != self.currency {
            let expected = self.currency;
            return Err(FoldError::Currency { line: row.line, expected, found });
        }
        self.rows = self.rows.saturating_add(1);
        let class = self.lexicon.class(row);
        let route = self.lexicon.route(class);
        if route == Route::Transfer && self.layout == Layout::DateRange {
            self.transfers = plus(self.transfers, amount)?;
            return Ok(());
        }
        self.sum = plus(self.sum, amount)?;
        let (first, last) = self.posted.unwrap_or((row.posted, row.posted));
        self.posted = Some((first.min(row.posted), last.max(row.posted)));
        self.lexicon.add(class, amount, row.line)?;
        if let Some(opening) = &mut self.opening
            && opening.takes(row, self.lexicon.kind(class), &mut self.texts)?
        {
            return Ok(());
        }
        let waits = matches!(route, Route::Reserve | Route::Transfer);
        let place = self.calendar.place(row, !waits)?;
        if route == Route::Watched {
            let order = self.texts.order(row.order_id);
            self.watch.row(self.lexicon.watched(class), order, row, &mut self.texts)?;
        }
        if route == Route::Item {
            let key = self.item_key(row, class);
            if !self.untaxed_skus.is_empty() && self.untaxed_skus.contains(row.sku) {
                self.without_tax.insert((key.order, key.code));
            }
            return self.items.add(key, class, place, amount);
        }
        let key =
            CellKey::alone(place, class, self.lexicon.kind(class), self.lexicon.liable(class));
        self.cells.add(key, amount, 0, 1)
    }

    /// What it all adds up to. Claims are by order, item and component.
    pub fn finish(self) -> Result<Footing, FoldError> {
        outcome::footing(self, Grain::ByItem)
    }

    /// The same for someone who does not settle orders: claims are by component alone and name no
    /// order and no item, so that a million rows of orders take no memory twice.
    pub fn finish_in_sum(self) -> Result<Footing, FoldError> {
        outcome::footing(self, Grain::InSum)
    }

    fn item_key(&mut self, row: &Row<'_>, class: u16) -> ItemKey {
        let code = if row.order_item_code.is_empty() {
            self.texts.text(row.sku)
        } else {
            self.texts.code(row.order_item_code)
        };
        let order = self.texts.order(row.order_id);
        // What names no order is one item by its SKU: a tax still finds what it is on.
        ItemKey { order, code, is_refund: self.lexicon.is_refund(class) }
    }

    fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency)
    }
}

fn plus(a: i64, b: i64) -> Result<i64, FoldError> {
    a.checked_add(b).ok_or(FoldError::Money(MoneyError::Overflow))
}

/// Adds to what a map has under a key.
fn add_to<K: Ord>(map: &mut BTreeMap<K, i64>, key: K, amount: i64) -> Result<(), FoldError> {
    let sum = map.entry(key).or_default();
    *sum = plus(*sum, amount)?;
    Ok(())
}
