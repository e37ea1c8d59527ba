//! From what the books hold at the end of a day to what Amazon says that it owes, every item
//! between them with a name.
//!
//! Left stands what is in the ledger on the accounts with Amazon, corrected by what Amazon posted
//! and no document of that day carries, and the other way round. Right stands Amazon's own balance,
//! with the money that left Amazon and has not arrived. Both sides come to the same cent, or what is
//! between them is one item, and the bridge does not close. Amazon's day ends at midnight UTC, the
//! ledger's in the organisation's zone: what falls between the two is an item as well.

mod entries;
mod orders;

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, MoneyError, Timestamp, Zone};
use facts::finances::Transaction;
use serde::Serialize;

pub use self::entries::{Direct, directs};
use self::entries::{Entry, Way};
pub(crate) use self::entries::{Known, held_back, known, posted};
pub use self::orders::{OrderBooked, OrderStep};

/// What is known of a day.
#[derive(Debug, Clone, Copy)]
pub struct Spans<'a> {
    pub date: Day,
    /// The organisation's.
    pub zone: &'a Zone,
    pub currency: Currency,
    /// Amazon's total at the end of the day in UTC.
    pub balance: Money,
    /// What the accounts with Amazon come to in the ledger at the end of the day; debits positive.
    pub accounts: &'a [Account],
    /// Documents with Amazon that are open at the end of the day.
    pub open: &'a [Open],
    pub settlements: &'a [Carrier],
    /// Orders that have documents of their own.
    pub orders: &'a BTreeMap<String, OrderBooked>,
    /// Orders whose settlement rows wait for a document of the order.
    pub held: &'a BTreeMap<String, String>,
    pub transactions: &'a [&'a Transaction],
    pub payouts: &'a [Moved],
    /// The days on which bank lines of transactions that are no payouts were coded to clearing.
    pub coded: &'a BTreeMap<String, Day>,
    /// Transactions that an accrual carries on Deferred at the end of the day.
    pub accrued: &'a BTreeSet<String>,
    /// The first day that is the book's own: what Amazon posted before is in the opening balances.
    pub cutover: Option<Day>,
}

/// An account that holds a balance with Amazon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `clearing:GBP`, `reserved`.
    pub role: String,
    pub name: String,
    pub balance: Money,
}

/// An invoice, a bill or a credit note that is not settled. What Amazon is to pay is positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub number: String,
    pub text: String,
    pub amount: Money,
}

/// A settlement whose documents may carry transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    pub settlement_id: String,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub documents: Vec<Document>,
}

/// An invoice or a bill of a settlement that is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub number: String,
    /// The last day of the rows that it carries.
    pub date: Day,
    /// The day from which another document says the opposite.
    pub reversed: Option<Day>,
}

/// Money on its way from Amazon to the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub payout_id: String,
    pub text: String,
    pub amount: Money,
    pub initiated: Option<Timestamp>,
    /// The bank sent it back.
    pub returned: Option<Timestamp>,
    /// What the ledger says to have come, and when.
    pub received: Vec<(Day, Money)>,
}

/// Both sides of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bridge {
    pub date: Day,
    pub currency: Currency,
    /// The books, and what they do not carry yet.
    pub left: Vec<Item>,
    /// Amazon, and what it has sent.
    pub right: Vec<Item>,
    /// Left less right, without the unexplained item: zero where the bridge closes.
    pub difference: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// A role, a document's number, a transaction's, an order's or a payout's id.
    pub id: String,
    pub kind: ItemKind,
    pub text: String,
    pub amount: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An account of the ledger.
    Account,
    /// A document of the ledger that is open.
    Open,
    /// Amazon posted it, and no document of that day carries it.
    Transaction,
    /// A document carries it, and Amazon posted it after the end of its day.
    Ahead,
    /// An order whose documents and transactions are not through on the same day.
    Order,
    /// What Amazon says that it owes.
    Balance,
    /// Initiated and not received, or received before Amazon's day.
    Payout,
    /// Left Amazon otherwise than by a payout: on clearing until its bank line is coded there.
    Directly,
    /// What no item explains: the bridge does not close.
    Unexplained,
}

impl Bridge {
    pub fn closes(&self) -> bool {
        self.difference.is_zero()
    }

    pub fn unexplained(&self) -> Option<&Item> {
        self.right.iter().find(|item| item.kind == ItemKind::Unexplained)
    }
}

/// The bridge of a day. Pure: the same day gives the same bridge, whenever it is asked for.
pub fn bridge(spans: &Spans<'_>) -> Result<Bridge, MoneyError> {
    let entries = entries::of(spans)?;
    let mut left: Vec<Item> = spans.accounts.iter().map(Account::item).collect();
    left.extend(spans.open.iter().map(Open::item));
    for entry in &entries {
        left.extend(match entry.way {
            Way::Documents => carried(spans, entry)?,
            Way::Bank => directly(spans, entry)?,
            Way::Payouts => None,
        });
    }
    let (of_orders, differing) = orders::items(spans, &entries)?;
    left.extend(of_orders);
    let mut right = vec![balance(spans)];
    for payout in spans.payouts {
        right.extend(moving(spans, payout, &entries)?);
    }
    left.retain(|item| !item.amount.is_zero());
    let sum = |items: &[Item]| Money::sum(items.iter().map(|item| item.amount), spans.currency);
    let difference = sum(&left)?.minus(sum(&right)?)?;
    if !difference.is_zero() {
        right.push(unexplained(difference, &differing));
    }
    Ok(Bridge { date: spans.date, currency: spans.currency, left, right, difference })
}

impl Spans<'_> {
    /// The end of Amazon's day.
    fn until(&self) -> Timestamp {
        self.date.after_days(1).midnight_utc()
    }
}

impl Account {
    fn item(&self) -> Item {
        let (id, text) = (self.role.clone(), self.name.clone());
        Item { id, kind: ItemKind::Account, text, amount: self.balance }
    }
}

impl Open {
    fn item(&self) -> Item {
        let (id, text) = (self.number.clone(), self.text.clone());
        Item { id, kind: ItemKind::Open, text, amount: self.amount }
    }
}

/// What of a transaction one side has and the other has not; orders answer for their own part.
fn carried(spans: &Spans<'_>, entry: &Entry<'_>) -> Result<Option<Item>, MoneyError> {
    let is_posted = entry.posted < spans.until();
    let by = entry.free.and_then(|free| document(spans, entry, free));
    let is_accrued = spans.accrued.contains(entry.id);
    let is_carried = is_accrued || by.is_some_and(|by| by.stands(spans.date));
    let rest = entry.rest;
    let (kind, amount) = match (is_posted, is_carried) {
        (true, false) => (ItemKind::Transaction, rest),
        (false, true) => (ItemKind::Ahead, rest.negated()?),
        (true, true) | (false, false) => return Ok(None),
    };
    let carrier = by.map_or("an accrual", |by| &by.number);
    let text = match (kind, by) {
        (ItemKind::Ahead, _) => {
            let words = entry.words();
            format!("{words}: Amazon posted it after this day in UTC, {carrier} carries it")
        }
        (_kind, Some(by)) => format!("{}: in {} of {}", entry.words(), by.number, by.date),
        (_kind, None) if entry.is_deferred(spans.until()) => {
            format!("{}: Amazon holds it back", entry.words())
        }
        (_kind, None) => format!("{}: no document carries it", entry.words()),
    };
    Ok(Some(Item { id: entry.id.to_owned(), kind, text, amount }))
}

impl Document {
    fn stands(&self, date: Day) -> bool {
        self.date <= date && self.reversed.is_none_or(|day| date < day)
    }
}

/// The document that a transaction's rows are in: the first of its settlement that ends on their
/// day or later.
fn document<'a>(spans: &Spans<'a>, entry: &Entry<'_>, free: Timestamp) -> Option<&'a Document> {
    let inside = |one: &&Carrier| match entry.settlement {
        Some(id) => one.settlement_id == id,
        None => one.starts <= free && free < one.ends,
    };
    let settlement = spans.settlements.iter().find(inside)?;
    let day = free.day(spans.zone);
    let documents = settlement.documents.iter();
    let fitting = documents.clone().filter(|one| one.date >= day).min_by_key(|one| one.date);
    fitting.or_else(|| documents.max_by_key(|one| one.date))
}

fn balance(spans: &Spans<'_>) -> Item {
    Item {
        id: format!("listBalances:{}", spans.date),
        kind: ItemKind::Balance,
        text: format!("Amazon's balance at the end of {} in UTC", spans.date),
        amount: spans.balance,
    }
}

/// A payout is on its way from the moment that Amazon starts it until the ledger has it.
fn moving(
    spans: &Spans<'_>,
    payout: &Moved,
    entries: &[Entry<'_>],
) -> Result<Option<Item>, MoneyError> {
    let has = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment < spans.until());
    // Amazon's balance has it again when the transaction says so, whatever the payout's own time is.
    let returned = payout.returned.map(|told| {
        let back = entries.iter().find(|entry| {
            entry.way == Way::Payouts
                && entry.rest == payout.amount
                && payout.initiated.is_some_and(|initiated| initiated < entry.posted)
        });
        back.map_or(told, |entry| entry.posted)
    });
    let is_out = has(payout.initiated) && !has(returned);
    let out = if is_out { payout.amount } else { Money::zero(spans.currency) };
    let came = payout.received.iter().filter(|(day, _)| *day <= spans.date);
    let came = Money::sum(came.map(|(_, amount)| *amount), spans.currency)?;
    let amount = out.minus(came)?;
    if amount.is_zero() {
        return Ok(None);
    }
    let words = if amount.is_positive() {
        "on its way to the bank"
    } else {
        "received before Amazon's day of it"
    };
    let text = format!("{}: {words}", payout.text);
    Ok(Some(Item { id: payout.payout_id.clone(), kind: ItemKind::Payout, text, amount }))
}

/// Money that left Amazon without a payout is in no document's total: it stands on clearing in the
/// ledger until someone codes its bank line there.
fn directly(spans: &Spans<'_>, entry: &Entry<'_>) -> Result<Option<Item>, MoneyError> {
    let is_posted = entry.posted < spans.until();
    let came = spans.coded.get(entry.id);
    let (amount, words) = match (is_posted, came.is_some_and(|day| *day <= spans.date)) {
        (true, false) => (entry.rest, "no bank line of it is coded to clearing, where it stands"),
        (false, true) => (entry.rest.negated()?, "coded in the bank before Amazon's day of it"),
        (true, true) | (false, false) => return Ok(None),
    };
    let text = format!("{}: {words}", entry.words());
    Ok(Some(Item { id: entry.id.to_owned(), kind: ItemKind::Directly, text, amount }))
}

fn unexplained(difference: Money, differing: &[String]) -> Item {
    let mut text = "What no document, transaction or payout explains".to_owned();
    if !differing.is_empty() {
        text = format!("{text}; these orders differ for good: {}", differing.join(", "));
    }
    Item { id: "unexplained".to_owned(), kind: ItemKind::Unexplained, text, amount: difference }
}

#[cfg(test)]
mod tests;
