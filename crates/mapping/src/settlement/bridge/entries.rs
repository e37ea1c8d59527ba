//! Amazon's transactions as what happened once: a transaction that was held back is listed a second
//! time when its money comes free, and a page that is read again tells more of the same one.

use std::collections::BTreeMap;

use base::{Money, MoneyError, Timestamp};
use facts::finances::{Part, Transaction, TransactionStatus};

use super::Spans;
use crate::settlement::transactions::{is_of_sale, nature};
use crate::settlement::words::LineKind;

/// One of them, with what documents of its order answer for apart from the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) of: &'a Transaction,
    /// Since then it is in Amazon's balance.
    pub(super) posted: Timestamp,
    /// Since then it counts towards a payout; none while it is held back.
    pub(super) free: Option<Timestamp>,
    pub(super) settlement: Option<&'a str>,
    pub(super) way: Way,
    /// What the buyer paid or got back, where documents of the order carry that.
    pub(super) sale: Money,
    /// What the settlement's documents carry.
    pub(super) rest: Money,
}

/// How the ledger comes to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Documents,
    /// By the payout: it is one, or brings one back.
    Payouts,
    /// By a bank line that someone codes to clearing.
    Bank,
}

impl Entry<'_> {
    pub(super) fn words(&self) -> String {
        let kind = match self.of.description.as_str() {
            "" => &self.of.transaction_type,
            words => words,
        };
        match &self.of.order_id {
            Some(order) => format!("{kind} of order {order}, posted {}", self.posted.iso()),
            None => format!("{kind}, posted {}", self.posted.iso()),
        }
    }

    /// Amazon held it back at that moment.
    pub(super) fn is_deferred(&self, at: Timestamp) -> bool {
        self.free.is_none_or(|free| free >= at)
    }
}

pub(super) fn of<'a>(spans: &Spans<'a>) -> Result<Vec<Entry<'a>>, MoneyError> {
    let mut entries = Vec::new();
    for Known { of: one, posted, free, settlement, .. } in known(spans.transactions) {
        let is_opening = spans.cutover.is_some_and(|day| posted < day.midnight_utc());
        if one.total.currency() != spans.currency || is_opening {
            continue;
        }
        let way = way(one);
        let sale = sale(spans, one)?;
        let rest = one.total.minus(sale)?;
        let id = one.transaction_id.as_str();
        entries.push(Entry { id, of: one, posted, free, settlement, way, sale, rest });
    }
    entries.sort_by_key(|entry| (entry.posted, entry.id));
    Ok(entries)
}

/// A transaction once, with when its money came free and in which settlement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) of: &'a Transaction,
    pub(crate) posted: Timestamp,
    pub(crate) free: Option<Timestamp>,
    pub(crate) settlement: Option<&'a str>,
    /// It is money on its way to the bank, and no part of a settlement's rows.
    pub(crate) is_payout: bool,
}

pub(crate) fn known<'a>(transactions: &[&'a Transaction]) -> Vec<Known<'a>> {
    let newest = newest(transactions);
    let groups = groups(&newest);
    let once = origins(&newest).into_iter().map(|(of, release)| Known {
        of,
        posted: of.posted,
        free: release.map(|release| release.posted),
        settlement: release.and_then(|release| settlement(release, &groups)),
        is_payout: is_payout(of),
    });
    once.collect()
}

/// What Amazon posted before a moment and held back then, whatever became of it since.
pub(crate) fn held_back<'a>(
    transactions: &[&'a Transaction],
    at: Timestamp,
) -> Vec<&'a Transaction> {
    let known = newest(transactions);
    let held = origins(&known).into_iter().filter(|(one, release)| {
        one.posted < at && release.is_none_or(|release| release.posted >= at)
    });
    held.map(|(one, _)| one).collect()
}

/// What Amazon has posted, each with the transaction by which it let the money go, once it did.
pub(crate) fn posted<'a>(
    transactions: &[&'a Transaction],
) -> Vec<(&'a Transaction, Option<&'a Transaction>)> {
    origins(&newest(transactions))
}

/// Each transaction once, with the one by which its money came free.
fn origins<'a>(
    known: &BTreeMap<&'a str, &'a Transaction>,
) -> Vec<(&'a Transaction, Option<&'a Transaction>)> {
    let releases: BTreeMap<&str, &'a Transaction> =
        known.values().filter_map(|one| one.releases.as_deref().map(|of| (of, *one))).collect();
    let is_twin =
        |one: &Transaction| one.releases.as_deref().is_some_and(|of| known.contains_key(of));
    let firsts = known.values().filter(|one| !is_twin(one));
    firsts.map(|one| (*one, released(one, known, &releases))).collect()
}

/// The version of each that tells most.
fn newest<'a>(transactions: &[&'a Transaction]) -> BTreeMap<&'a str, &'a Transaction> {
    let told = |one: &Transaction| {
        let is_released = one.status != TransactionStatus::Deferred;
        (is_released, one.released_by.is_some(), one.settlement_id.is_some())
    };
    let mut known: BTreeMap<&str, &Transaction> = BTreeMap::new();
    for one in transactions {
        let kept = known.entry(one.transaction_id.as_str()).or_insert(one);
        if told(one) > told(kept) {
            *kept = one;
        }
    }
    known
}

/// Payment groups by the settlements that they became: a transaction of its first days names only
/// its group.
fn groups<'a>(known: &BTreeMap<&str, &'a Transaction>) -> BTreeMap<&'a str, &'a str> {
    let pairs = known
        .values()
        .filter_map(|one| Some((one.event_group_id.as_deref()?, one.settlement_id.as_deref()?)));
    pairs.collect()
}

fn settlement<'a>(one: &'a Transaction, groups: &BTreeMap<&'a str, &'a str>) -> Option<&'a str> {
    let group = || groups.get(one.event_group_id.as_deref()?).copied();
    one.settlement_id.as_deref().or_else(group)
}

/// The transaction with which its money came free: itself, unless it was held back.
fn released<'a>(
    one: &'a Transaction,
    known: &BTreeMap<&str, &'a Transaction>,
    releases: &BTreeMap<&str, &'a Transaction>,
) -> Option<&'a Transaction> {
    match one.status {
        TransactionStatus::Released | TransactionStatus::Other(_) => Some(one),
        TransactionStatus::Deferred | TransactionStatus::DeferredReleased => {
            let named = || known.get(one.released_by.as_deref()?).copied();
            releases.get(one.transaction_id.as_str()).copied().or_else(named)
        }
    }
}

fn parts(one: &Transaction) -> impl Iterator<Item = &Part> {
    one.parts.iter().chain(one.items.iter().flat_map(|item| &item.parts))
}

fn sale(spans: &Spans<'_>, one: &Transaction) -> Result<Money, MoneyError> {
    let order = one.order_id.as_deref();
    let answers = |id: &str| spans.orders.contains_key(id) || spans.held.contains_key(id);
    if !order.is_some_and(answers) {
        return Ok(Money::zero(spans.currency));
    }
    let of_sale = parts(one).filter(|part| nature(one, part).is_some_and(is_of_sale));
    Money::sum(of_sale.map(|part| part.amount), spans.currency)
}

/// Money that left Amazon otherwise than by a payout; its bank line is to be coded to clearing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direct {
    pub transaction_id: String,
    pub posted: Timestamp,
    /// Amazon's: negative when the money left.
    pub amount: Money,
}

/// All of them: someone must ask the bank account whether they came.
pub fn directs(transactions: &[&Transaction]) -> Vec<Direct> {
    let known = newest(transactions);
    let direct = known.values().filter(|one| way(one) == Way::Bank);
    let direct = direct.map(|one| Direct {
        transaction_id: one.transaction_id.clone(),
        posted: one.posted,
        amount: one.total,
    });
    direct.collect()
}

fn kinds(one: &Transaction) -> Vec<LineKind> {
    parts(one).filter_map(|part| nature(one, part)).map(|nature| nature.kind).collect()
}

fn is_payout(one: &Transaction) -> bool {
    let kinds = kinds(one);
    let is_transfer = !kinds.is_empty() && kinds.iter().all(|kind| *kind == LineKind::Transfer);
    is_transfer || one.transaction_type.eq_ignore_ascii_case("Transfer")
}

fn way(one: &Transaction) -> Way {
    if one.transaction_type.eq_ignore_ascii_case("Transfer") {
        return Way::Payouts;
    }
    let kinds = kinds(one);
    let all = |of: &[LineKind]| !kinds.is_empty() && kinds.iter().all(|kind| of.contains(kind));
    if all(&[LineKind::Transfer, LineKind::FailedTransfer]) {
        Way::Payouts
    } else if all(&[LineKind::MicroDeposit, LineKind::DirectPayment, LineKind::DebtAdjustment]) {
        Way::Bank
    } else {
        Way::Documents
    }
}
