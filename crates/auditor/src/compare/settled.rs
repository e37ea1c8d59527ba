//! Settlement by settlement: what Amazon's report comes to against what its documents carry.
//!
//! Booked in summary, a settlement that crosses a month's end has a document for each month. The
//! earlier ones are settled against Carried forward on their day, and the last one takes them over
//! on a line: so the documents of the last day come to what Amazon pays out. Booked order by order,
//! the documents come to whatever orders' own documents do not carry.

mod controls;
mod money;
mod papers;

use std::collections::BTreeSet;

use base::{Decimal, Money, MoneyError, Timestamp};

use crate::Way;
use crate::amazon::reports::Told as Reported;
use crate::compare::Both;
use crate::compare::file::sold;
use crate::compare::tally::Tally;
use crate::told::Told;
use crate::xero::entries::Entry;

use papers::{Folder, Folders};

pub(crate) use papers::settlements_named;

/// A report may be made while the book asks for the list of them.
const LISTING_MS: i64 = Timestamp::HOUR;

/// All that a settlement is held against.
struct Desk<'a> {
    both: &'a Both<'a>,
    told: &'a Told<'a>,
    /// Orders with a live invoice.
    sold: BTreeSet<&'a str>,
}

pub(super) fn settlements(both: &Both<'_>, told: &Told<'_>, tally: &mut Tally) {
    let Some(besides) = &both.books.besides else { return };
    let folders = match Folders::of(both.books, besides) {
        Ok(folders) => folders,
        Err(error) => return tally.uncountable("", Err(error)),
    };
    let desk = Desk { both, told, sold: sold(both.books) };
    let nothing = Folder::default();
    let mut charges_wait = false;
    for (id, reported) in &told.settlements.told {
        let folder = folders.settlements.get(id).unwrap_or(&nothing);
        let case = Case { desk: &desk, id, reported, folder };
        charges_wait |= case.charge_waits();
        if let Err(error) = case.check(tally) {
            tally.unsettle(id, "an amount cannot be counted", "", &error.to_string());
        }
    }
    for (report, why) in &told.settlements.unreadable {
        tally.unsettle("", &format!("report {report} cannot be read"), why, "");
    }
    for (id, folder) in &folders.settlements {
        stranger(told, (id, folder), tally);
    }
    controls::check(&desk, (&folders, charges_wait), tally);
}

/// Documents that no settlement of Amazon's asks for.
fn stranger(told: &Told<'_>, (id, folder): (&str, &Folder<'_>), tally: &mut Tally) {
    if told.settlements.told.contains_key(id) || folder.is_empty() {
        return;
    }
    if told.settlements.untold.contains(id) {
        tally.settled.untold.push(id.to_owned());
    } else {
        tally.unsettle(id, "amazon does not know this settlement", "", &folder.words());
    }
}

/// One settlement and its documents.
struct Case<'a> {
    desk: &'a Desk<'a>,
    id: &'a str,
    reported: &'a Reported,
    folder: &'a Folder<'a>,
}

impl Case<'_> {
    fn check(&self, tally: &mut Tally) -> Result<(), MoneyError> {
        let (keeping, settlement) = (self.desk.told.keeping, &self.reported.settlement);
        tally.settled.shown = tally.settled.shown.saturating_add(1);
        if self.reported.created.is_none() {
            tally.settled.gone.push(self.id.to_owned());
        }
        for invoice in &self.folder.misnamed {
            let words = format!("{:?} / {:?}", invoice.number, invoice.reference);
            tally.unsettle(self.id, "number and reference are not of one settlement", "", &words);
        }
        let began_before = keeping.from.zip(settlement.start).is_some_and(|(from, at)| at < from);
        // Of one that began before, the opening balances carry a part that only Daybook knows.
        let is_shared = began_before && keeping.way == Way::PerOrder;
        if is_shared || (began_before && self.folder.is_empty()) {
            tally.settled.earlier.push(self.id.to_owned());
            return Ok(());
        }
        let read_until = keeping.read_until.zip(self.reported.created);
        let is_new =
            read_until.is_some_and(|(until, created)| created.after_ms(LISTING_MS) > until);
        if is_new && self.folder.is_empty() {
            tally.settled.too_recent.push(self.id.to_owned());
            return Ok(());
        }
        if !self.folder.foreign.is_empty() && !self.folder.is_empty() {
            tally.settled.duplicates.push(self.id.to_owned());
        }
        if let Some(reason) = keeping.held.get(self.id) {
            tally.settled.held = tally.settled.held.saturating_add(1);
            return self.check_held(reason, tally);
        }
        if settlement.sum != settlement.total {
            let (total, sum) = (settlement.total.to_string(), settlement.sum.to_string());
            let words = format!("its rows come to {sum}");
            tally.unsettle(self.id, "the settlement does not add up", &total, &words);
        }
        self.check_posted(tally)
    }

    /// A held settlement has no document; or what a person looks into came after it was posted.
    fn check_held(&self, reason: &str, tally: &mut Tally) -> Result<(), MoneyError> {
        if !self.folder.is_empty() && self.way()?.is_none() {
            tally.unsettle(self.id, "held and yet posted", reason, &self.folder.words());
        }
        Ok(())
    }

    fn check_posted(&self, tally: &mut Tally) -> Result<(), MoneyError> {
        let total = self.reported.settlement.total;
        tally.settled.should_post = tally.settled.should_post.saturating_add(1);
        tally.settled_amazon.add(total)?;
        let Some(way) = self.way()? else {
            tally.settled_xero.add(self.carried(self.desk.told.keeping.way)?)?;
            self.tell_why(tally);
            return Ok(());
        };
        tally.settled_xero.add(total)?;
        tally.settled.posted = tally.settled.posted.saturating_add(1);
        if way == Way::Summary {
            self.sold_twice(tally);
        }
        money::check(self, way, tally)
    }

    fn tell_why(&self, tally: &mut Tally) {
        if self.folder.is_empty() {
            tally.settled.lost.push(self.id.to_owned());
        } else if self.has_twins() {
            tally.settled.duplicates.push(self.id.to_owned());
        } else {
            let total = self.reported.settlement.total.to_string();
            let what = "the settlement's documents differ";
            tally.unsettle(self.id, what, &total, &self.folder.words());
        }
    }

    /// Two documents that are alike in all but their numbers.
    fn has_twins(&self) -> bool {
        let mut seen = BTreeSet::new();
        let alike =
            |paper: &papers::Paper<'_>| (paper.is_bill, paper.value.minor(), paper.day.to_owned());
        let mut entries = BTreeSet::new();
        let moved = |entry: &&Entry| (self.on_clearing(entry), entry.date.clone());
        !self.folder.papers.iter().map(alike).all(|one| seen.insert(one))
            || !self.folder.entries.iter().map(moved).all(|one| entries.insert(one))
    }

    /// What stands on no paper carries what it puts on clearing.
    fn on_clearing(&self, entry: &Entry) -> Option<Decimal> {
        entry.on(self.clearing().unwrap_or_default())
    }

    fn of_entries(&self) -> Result<Money, MoneyError> {
        let currency = self.reported.settlement.total.currency();
        let mut sum = Money::zero(currency);
        for entry in &self.folder.entries {
            let amount = self.on_clearing(entry).ok_or(MoneyError::Overflow)?;
            sum = sum.plus(Money::exact(amount, currency)?)?;
        }
        Ok(sum)
    }

    /// The way in which its documents come to Amazon's total: the book's, or, where the book has
    /// changed to it since, the other one.
    fn way(&self) -> Result<Option<Way>, MoneyError> {
        let settlement = &self.reported.settlement;
        let ways = match self.desk.told.keeping.way {
            Way::PerOrder => [Way::PerOrder, Way::Summary],
            Way::Summary => [Way::Summary, Way::PerOrder],
        };
        for way in ways {
            // Rows that come to nothing ask for documents all the same.
            let is_missing = way == Way::Summary && self.folder.is_empty() && settlement.rows > 0;
            if !is_missing && self.carried(way)? == settlement.total {
                return Ok(Some(way));
            }
        }
        Ok(None)
    }

    /// What of Amazon's total the books carry.
    fn carried(&self, way: Way) -> Result<Money, MoneyError> {
        let currency = self.reported.settlement.total.currency();
        let last = self.folder.last_day();
        let papers = self
            .folder
            .papers
            .iter()
            .filter(|paper| way == Way::PerOrder || Some(paper.day) == last);
        let values = papers.map(|paper| paper.value).chain(self.folder.stray_notes.iter().copied());
        let posted = Money::sum(values, currency)?.plus(self.of_entries()?)?;
        match way {
            Way::Summary => Ok(posted),
            Way::PerOrder => posted.plus(self.of_orders()?),
        }
    }

    /// Rows that documents of orders carry, and rows of orders that wait for a person.
    fn of_orders(&self) -> Result<Money, MoneyError> {
        let settlement = &self.reported.settlement;
        let zero = Money::zero(settlement.total.currency());
        let has_own = |order_id: &str| {
            self.desk.sold.contains(order_id) || self.desk.both.held.contains_key(order_id)
        };
        let orders = settlement.orders.iter().filter(|(order_id, _)| has_own(order_id));
        orders.map(|(_, rows)| rows.net()).try_fold(zero, |sum, net| sum.plus(net?))
    }

    /// An order with an invoice of its own in a settlement that carries it once more.
    fn sold_twice(&self, tally: &mut Tally) {
        for (order_id, rows) in &self.reported.settlement.orders {
            if self.desk.sold.contains(order_id.as_str()) && !rows.sold.is_zero() {
                let words = format!("an invoice of its own, and settlement {}", self.id);
                tally.differ(order_id, "sold twice in the books", &rows.sold.to_string(), &words);
            }
        }
    }
}

impl<'a> Folder<'a> {
    /// The last day of its documents.
    fn last_day(&self) -> Option<&'a str> {
        self.papers.iter().map(|paper| paper.day).max()
    }
}
