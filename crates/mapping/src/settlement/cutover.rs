//! Where a book begins that has a past: its opening balances, and what belongs to whoever kept the
//! books before.
//!
//! Amazon's balance at the last moment before the first day is taken apart: what it keeps as a
//! reserve, what it holds back by order, and the rest, which is posted and not paid out. Every item
//! has a name, and together they come to Amazon's own number, or nothing is proposed.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, MoneyError, Timestamp};
use facts::finances::Transaction;
use serde::Serialize;

use crate::settlement::bridge::{Known, known};
use crate::settlement::fold::{Cut, HeldBack};
use crate::settlement::footing::Balance;
use crate::settlement::transactions::is_refund;

/// What is known of the moment at which a book begins.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// The first day that is the book's own.
    pub day: Day,
    pub currency: Currency,
    /// Amazon's total at the end of the day before, in UTC.
    pub balance: Money,
    pub settlements: &'a [Ended],
    pub transactions: &'a [&'a Transaction],
}

/// A settlement that may have ended before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub settlement_id: String,
    /// Settlements of one series follow each other.
    pub series: String,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub total: Money,
    /// As its row says it: negative.
    pub current_reserve: Money,
    /// When Amazon started its payout, or is to.
    pub paid: Option<Timestamp>,
}

/// The opening balances, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    pub day: Day,
    pub currency: Currency,
    pub balance: Money,
    pub items: Vec<Item>,
    /// Orders that were booked before: their rows settle the opening balances.
    pub orders: Vec<Booked>,
    /// Money that had left Amazon and that the bank may not have had yet: no part of the balance.
    pub on_the_way: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    pub balance: Balance,
    /// A settlement's or a transaction's.
    pub id: String,
    pub order_id: Option<String>,
    pub text: String,
    pub amount: Money,
}

/// What Amazon had posted of an order and not settled: its sale with its fees, or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Booked {
    /// Clearing, or deferred where Amazon held it back.
    pub balance: Balance,
    pub order_id: String,
    pub is_refund: bool,
    pub shipment_id: String,
    pub amount: Money,
}

/// True of a settlement that belongs to whoever kept the books before: it ended by then, and its
/// payout, if it has one, had been started. Any other is settled by the book, wholly or partly out of
/// the opening balances.
pub fn is_before(
    moment: Timestamp,
    (ends, total): (Timestamp, Money),
    paid: Option<Timestamp>,
) -> bool {
    let is_unpaid = total.is_positive() && paid.is_some_and(|paid| paid >= moment);
    ends <= moment && !is_unpaid
}

impl Proposal {
    /// What an account begins with.
    pub fn total(&self, of: Balance) -> Result<Money, MoneyError> {
        let items = self.items.iter().filter(|item| item.balance == of);
        Money::sum(items.map(|item| item.amount), self.currency)
    }

    /// Amazon's balance less every item: zero, or something is not known yet.
    pub fn difference(&self) -> Result<Money, MoneyError> {
        self.balance.minus(Money::sum(self.items.iter().map(|item| item.amount), self.currency)?)
    }

    /// What reading a settlement has to know of it.
    pub fn cut(&self) -> Cut {
        let held = self.orders.iter().filter(|one| one.balance == Balance::Deferred);
        let held_back = held.map(|one| HeldBack {
            order_id: one.order_id.clone(),
            is_refund: one.is_refund,
            shipment_id: one.shipment_id.clone(),
        });
        Cut { day: self.day, held_back: held_back.collect() }
    }
}

/// Takes the balance apart. Pure: the same day gives the same proposal, whenever it is asked for.
pub fn propose(begins: &Beginning<'_>) -> Result<Proposal, MoneyError> {
    let mut items = Vec::new();
    let mut on_the_way = Vec::new();
    for settlement in begins.last_ended() {
        items.extend(reserve(settlement)?);
    }
    for settlement in begins.ended() {
        items.extend(begins.unpaid(settlement));
        on_the_way.extend(begins.sent(settlement));
    }
    let mut orders: BTreeMap<(Balance, String, bool, String), Money> = BTreeMap::new();
    for one in known(begins.transactions) {
        let Some(balance) = begins.stands(&one) else { continue };
        let item = transaction(balance, &one);
        if let Some(order_id) = item.order_id.clone() {
            let shipment_id = one.of.shipment_id.clone().unwrap_or_default();
            let key = (balance, order_id, is_refund(one.of), shipment_id);
            let sum = orders.entry(key).or_insert(Money::zero(begins.currency));
            *sum = sum.plus(item.amount)?;
        }
        items.push(item);
    }
    items.retain(|item| !item.amount.is_zero());
    items.sort_by(|a, b| (a.balance, &a.order_id, &a.id).cmp(&(b.balance, &b.order_id, &b.id)));
    let booked = orders.into_iter().map(|((balance, order_id, is_refund, shipment_id), amount)| {
        Booked { balance, order_id, is_refund, shipment_id, amount }
    });
    Ok(Proposal {
        day: begins.day,
        currency: begins.currency,
        balance: begins.balance,
        items,
        orders: booked.collect(),
        on_the_way,
    })
}

impl<'a> Beginning<'a> {
    fn moment(&self) -> Timestamp {
        self.day.midnight_utc()
    }

    fn ended(&self) -> impl Iterator<Item = &'a Ended> {
        let (moment, currency) = (self.moment(), self.currency);
        let settlements = self.settlements.iter();
        settlements.filter(move |one| one.ends <= moment && one.total.currency() == currency)
    }

    /// The one of each series that ended last.
    fn last_ended(&self) -> Vec<&'a Ended> {
        let mut last: BTreeMap<&str, &Ended> = BTreeMap::new();
        for one in self.ended() {
            let known = last.entry(one.series.as_str()).or_insert(one);
            if known.ends < one.ends {
                *known = one;
            }
        }
        last.into_values().collect()
    }

    /// What an ended settlement left with Amazon: a payout to come, or, of the last one, a debt that
    /// the next takes over.
    fn unpaid(&self, one: &Ended) -> Option<Item> {
        let is_last = self.last_ended().iter().any(|last| last.settlement_id == one.settlement_id);
        let is_own = !is_before(self.moment(), (one.ends, one.total), one.paid);
        let text = if is_own {
            format!("Settlement {}: ended, to be paid out", one.settlement_id)
        } else if one.total.is_negative() && is_last {
            format!("Settlement {}: ended, owed to Amazon", one.settlement_id)
        } else {
            return None;
        };
        Some(of_settlement(Balance::Clearing, one, text, one.total))
    }

    fn sent(&self, one: &Ended) -> Option<Item> {
        let paid = one.paid.filter(|_paid| one.total.is_positive())?;
        let days = self.moment().since(paid) / Timestamp::DAY;
        let is_recent = paid < self.moment() && days < BANK_DAYS;
        let text = format!("Payout of settlement {}, started {}", one.settlement_id, paid.iso());
        is_recent.then(|| of_settlement(Balance::Clearing, one, text, one.total))
    }

    /// The account on which a transaction is in the opening balances; none of what came later, was
    /// settled before, or is a payout.
    fn stands(&self, one: &Known<'_>) -> Option<Balance> {
        let moment = self.moment();
        if one.of.total.currency() != self.currency || one.posted >= moment || one.is_payout {
            return None;
        }
        let Some(free) = one.free.filter(|free| *free < moment) else {
            return Some(Balance::Deferred);
        };
        (!self.is_settled(one, free)).then_some(Balance::Clearing)
    }

    fn is_settled(&self, one: &Known<'_>, free: Timestamp) -> bool {
        if let Some(id) = one.settlement
            && self.settlements.iter().any(|known| known.settlement_id == id)
        {
            return self.ended().any(|ended| ended.settlement_id == id);
        }
        // What names no known settlement is told by time: before the first one everything is settled.
        let first = self.ended().map(|ended| ended.starts).min();
        first.is_some_and(|first| free < first)
            || self.ended().any(|ended| ended.starts <= free && free < ended.ends)
    }
}

/// A bank has the money one to five days after Amazon sent it.
const BANK_DAYS: i64 = 7;

fn reserve(one: &Ended) -> Result<Option<Item>, MoneyError> {
    let amount = one.current_reserve.negated()?;
    let text = format!("Settlement {}: kept back as a reserve", one.settlement_id);
    Ok((!amount.is_zero()).then(|| of_settlement(Balance::Reserved, one, text, amount)))
}

fn of_settlement(balance: Balance, one: &Ended, text: String, amount: Money) -> Item {
    Item { balance, id: one.settlement_id.clone(), order_id: None, text, amount }
}

fn transaction(balance: Balance, one: &Known<'_>) -> Item {
    let kind = match one.of.description.as_str() {
        "" => &one.of.transaction_type,
        words => words,
    };
    Item {
        balance,
        id: one.of.transaction_id.clone(),
        order_id: one.of.order_id.clone(),
        text: format!("{kind}, posted {}", one.posted.iso()),
        amount: one.of.total,
    }
}

/// The orders of a list of what was booked, once each.
pub fn orders_of(booked: &[Booked]) -> BTreeSet<&str> {
    booked.iter().map(|one| one.order_id.as_str()).collect()
}

#[cfg(test)]
mod tests;
