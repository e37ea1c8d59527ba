//! What is left of each order, settlement and opening balance on an account.
//!
//! An order's payment goes into clearing, and the settlement whose rows settle it pays the money out:
//! what the rows claim is taken off the order and put onto the settlement, so that an order stays on
//! the list until its settlement ended, and a settlement until its payout. A settlement below zero
//! is taken over by the next one of its series.

use std::collections::{BTreeMap, BTreeSet};

use base::{Day, Money, MoneyError, Subject};

use super::{Age, Books, Direct, Item, Movement, Opening, Settled};
use crate::Role;
use crate::settlement::footing::Balance;

/// What is said first of an order that is not settled.
pub(super) const SHIPPED: &str = "shipped";

/// What the key of the opening balance is that names no order.
const OPENING: &str = "opening";

/// What stands of one subject.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    pub(super) amount: Money,
    /// What documents moved, without claims.
    pub(super) booked: Money,
    pub(super) first: Option<Day>,
    pub(super) last: Option<Day>,
    pub(super) numbers: BTreeSet<String>,
}

impl Rest {
    fn none(books: &Books<'_>) -> Rest {
        let zero = Money::zero(books.currency);
        Rest { amount: zero, booked: zero, first: None, last: None, numbers: BTreeSet::new() }
    }

    fn add(&mut self, moved: &Movement) -> Result<(), MoneyError> {
        self.amount = self.amount.plus(moved.amount)?;
        self.booked = self.booked.plus(moved.amount)?;
        self.first = Some(self.first.map_or(moved.day, |first| first.min(moved.day)));
        self.last = Some(self.last.map_or(moved.day, |last| last.max(moved.day)));
        self.numbers.insert(moved.number.clone());
        Ok(())
    }

    pub(super) fn documents(&self) -> Vec<String> {
        self.numbers.iter().filter(|number| !number.is_empty()).cloned().collect()
    }
}

/// Per subject, what these movements left by the end of the day.
pub(super) fn rests<'a>(
    books: &Books<'_>,
    movements: impl Iterator<Item = &'a Movement>,
) -> Result<BTreeMap<Subject, Rest>, MoneyError> {
    let mut rests: BTreeMap<Subject, Rest> = BTreeMap::new();
    for moved in movements.filter(|moved| moved.day <= books.date) {
        rests.entry(moved.subject.clone()).or_insert_with(|| Rest::none(books)).add(moved)?;
    }
    Ok(rests)
}

/// The same of an account of the balance with Amazon, with opening balances and claims; what has
/// stood for more than thirty days comes first.
pub(super) fn balance_items<'a>(
    books: &Books<'_>,
    roles: &[Role],
    movements: impl Iterator<Item = &'a Movement>,
) -> Result<Vec<Item>, MoneyError> {
    let mut rests = rests(books, movements)?;
    opened(books, roles, &mut rests)?;
    claimed(books, roles, &mut rests)?;
    directly(books, roles, &mut rests)?;
    let (old, young): (Vec<Item>, Vec<Item>) =
        of_rest(books, &rests).into_iter().partition(|item| item.age == Some(Age::Older));
    let settlements = of_settlements(books, roles, &rests)?;
    Ok(old.into_iter().chain(settlements).chain(young).collect())
}

fn openings<'b>(books: &Books<'b>, roles: &[Role]) -> Vec<&'b Opening> {
    let here = books.openings.iter().filter(|one| roles.contains(&one.role));
    here.filter(|one| one.date <= books.date).collect()
}

fn opening_subject(order_id: &str) -> Subject {
    let key = if order_id.is_empty() { OPENING } else { order_id };
    Subject::from_stored(format!("{OPENING}:{key}"))
}

fn opened(
    books: &Books<'_>,
    roles: &[Role],
    rests: &mut BTreeMap<Subject, Rest>,
) -> Result<(), MoneyError> {
    for one in openings(books, roles) {
        let subject = opening_subject(&one.order_id);
        let rest = rests.entry(subject).or_insert_with(|| Rest::none(books));
        rest.amount = rest.amount.plus(one.amount)?;
        rest.booked = rest.booked.plus(one.amount)?;
        rest.first = Some(one.date);
    }
    Ok(())
}

/// Settlements that ended by the day and have a document.
fn ended<'b>(books: &Books<'b>) -> BTreeSet<&'b str> {
    let posted: BTreeSet<&str> =
        books.movements.iter().filter_map(|moved| moved.subject.settlement_id()).collect();
    let by_then = books.settlements.iter().filter(|one| one.ends.day(books.zone) <= books.date);
    let ids = by_then.map(|one| one.settlement_id.as_str());
    ids.filter(|id| posted.contains(id)).collect()
}

/// What settlements settled goes from the order, or the opening balance, to the settlement.
fn claimed(
    books: &Books<'_>,
    roles: &[Role],
    rests: &mut BTreeMap<Subject, Rest>,
) -> Result<(), MoneyError> {
    let ended = ended(books);
    let opened: BTreeSet<Balance> =
        openings(books, roles).into_iter().map(|one| one.balance).collect();
    let is_clearing = roles.contains(&Role::Clearing(books.currency));
    let is_here = |opening: Option<Balance>| match opening {
        Some(balance) => opened.contains(&balance),
        None => is_clearing,
    };
    let counted = books.claims.iter().filter(|claim| ended.contains(claim.settlement_id.as_str()));
    for claim in counted.filter(|claim| is_here(claim.opening)) {
        let from = match claim.opening {
            Some(_) => opening_subject(&claim.order_id),
            None => Subject::order(&claim.order_id),
        };
        let to = Subject::settlement(&claim.settlement_id);
        moved(books, rests, (from, to), claim.amount)?;
    }
    Ok(())
}

fn moved(
    books: &Books<'_>,
    rests: &mut BTreeMap<Subject, Rest>,
    (from, to): (Subject, Subject),
    amount: Money,
) -> Result<(), MoneyError> {
    for (subject, amount) in [(from, amount.negated()?), (to, amount)] {
        let rest = rests.entry(subject).or_insert_with(|| Rest::none(books));
        rest.amount = rest.amount.plus(amount)?;
    }
    Ok(())
}

/// What left Amazon without a payout stands by itself once a document of its settlement has it.
fn directly(
    books: &Books<'_>,
    roles: &[Role],
    rests: &mut BTreeMap<Subject, Rest>,
) -> Result<(), MoneyError> {
    if !roles.contains(&Role::Clearing(books.currency)) {
        return Ok(());
    }
    for one in books.directs {
        let settlement = Subject::settlement(&one.settlement_id);
        let has_it = |moved: &&Movement| {
            moved.subject == settlement && moved.day >= one.posted && moved.day <= books.date
        };
        if books.movements.iter().any(|moved| has_it(&moved)) {
            let to = Direct::subject(&one.transaction_id);
            moved(books, rests, (settlement, to.clone()), one.amount.negated()?)?;
            if let Some(rest) = rests.get_mut(&to) {
                rest.first = Some(rest.first.map_or(one.posted, |first| first.min(one.posted)));
            }
        }
    }
    Ok(())
}

/// Series by series, what is carried on to the next settlement stays with the last one.
fn of_settlements(
    books: &Books<'_>,
    roles: &[Role],
    rests: &BTreeMap<Subject, Rest>,
) -> Result<Vec<Item>, MoneyError> {
    let is_reserve = roles == [Role::Reserved];
    let is_between = roles == [Role::CarriedForward];
    let mut series: BTreeMap<&str, Vec<&Settled>> = BTreeMap::new();
    for one in books.settlements {
        if rests.contains_key(&Subject::settlement(&one.settlement_id)) {
            series.entry(&one.series).or_default().push(one);
        }
    }
    let mut items = Vec::new();
    for mut of_series in series.into_values() {
        of_series.sort_by_key(|one| (one.starts, &one.settlement_id));
        let mut carried = Money::zero(books.currency);
        let mut left = of_series.iter().peekable();
        while let Some(one) = left.next() {
            let Some(rest) = rests.get(&Subject::settlement(&one.settlement_id)) else { continue };
            let amount = rest.amount.plus(carried)?;
            carried = Money::zero(books.currency);
            let goes_on = !one.total.is_positive() || one.is_returned;
            if left.peek().is_some() && (roles.contains(&Role::Reserved) || goes_on) {
                carried = amount;
            } else if !amount.is_zero() {
                let mut item = settlement_item(books, one, (rest, amount));
                if is_reserve {
                    item.text = format!("{}: held back by Amazon at its end", of(books, one));
                } else if is_between {
                    item.text = format!("{}: its earlier month's part", of(books, one));
                }
                items.push(item);
            }
        }
    }
    Ok(items)
}

/// `settlement of 2026-01-27 to 2026-02-10`
fn of(books: &Books<'_>, one: &Settled) -> String {
    let (starts, ends) = (one.starts.day(books.zone), one.ends.day(books.zone));
    format!("settlement of {starts} to {ends}")
}

fn settlement_item(books: &Books<'_>, one: &Settled, (rest, amount): (&Rest, Money)) -> Item {
    let of = of(books, one);
    let text = if one.ends.day(books.zone) > books.date {
        format!("{of}: fees and the like, booked before the orders that it settles")
    } else if one.is_returned {
        format!("{of}: the bank sent its money back, and the next settlement will have it")
    } else if amount.is_positive() {
        format!("{of}: its money is not booked in the bank by now")
    } else {
        format!("{of}: owed to Amazon: charged to a card, or taken off the next settlement")
    };
    let mut item = Item::new(&one.settlement_id, text, amount);
    item.documents = rest.documents();
    item.date = rest.last;
    item
}

/// Orders, opening balances, and whatever else has documents.
fn of_rest(books: &Books<'_>, rests: &BTreeMap<Subject, Rest>) -> Vec<Item> {
    let known: BTreeSet<&str> =
        books.settlements.iter().map(|one| one.settlement_id.as_str()).collect();
    let mut items: Vec<Item> = rests
        .iter()
        .filter(|(_, rest)| !rest.amount.is_zero())
        .filter(|(subject, _)| subject.settlement_id().is_none_or(|id| !known.contains(id)))
        .map(|(subject, rest)| rest_item(books, subject, rest))
        .collect();
    items.sort_by(|a, b| (b.days, &a.id).cmp(&(a.days, &b.id)));
    items
}

fn rest_item(books: &Books<'_>, subject: &Subject, rest: &Rest) -> Item {
    let opening = subject.as_str().strip_prefix(OPENING).and_then(|rest| rest.strip_prefix(':'));
    let (id, text) = match (subject.order_id(), opening) {
        (Some(order), _) => (order.to_owned(), order_text(rest)),
        (None, Some(order)) => (order.to_owned(), "from the opening balances".to_owned()),
        (None, None) => {
            let direct =
                books.directs.iter().find(|one| Direct::subject(&one.transaction_id) == *subject);
            if let Some(direct) = direct {
                let text = format!("{}: no bank line of it is coded to clearing", direct.text);
                return Item::new(&direct.transaction_id, text, rest.amount)
                    .since(direct.posted, books.date);
            }
            let id = subject.as_str().split_once(':').map_or(subject.as_str(), |(_, id)| id);
            (id.to_owned(), "booked and not settled".to_owned())
        }
    };
    let mut item = Item::new(id, text, rest.amount);
    item.documents = rest.documents();
    match rest.first {
        Some(first) => item.since(first, books.date),
        None => item,
    }
}

fn order_text(rest: &Rest) -> String {
    if rest.first.is_none() {
        return "settled by Amazon, and its document is not in the ledger".to_owned();
    }
    if rest.booked != rest.amount {
        return format!("booked {}, and the rest of it is settled", rest.booked);
    }
    let words = if rest.amount.is_positive() { SHIPPED } else { "refunded" };
    format!("{words}, not settled by Amazon yet")
}
