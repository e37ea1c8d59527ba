//! Compares the orders with the ledger, order by order.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Decimal, Money, Timestamp};

use super::ledger::{Document, DocumentKind, Ledger};
use super::{Counted, Reasoned, Truth, WrongAmount};
use crate::amazon::{Amazon, State};
use crate::kit::Log;

/// One order at the present moment.
struct Order {
    id: String,
    state: State,
    held: Option<String>,
}

/// The truth about the orders of `amazon` and the documents of `ledger` at a moment.
pub fn judge(amazon: &Amazon, ledger: &Ledger, log: &Log, now: Timestamp) -> Truth {
    let orders = placed(amazon, now);
    let mut by_order: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
    for document in ledger.documents.iter().filter(|document| document.stands()) {
        by_order.entry(document.reference.as_str()).or_default().push(document);
    }
    let mut verdict = Verdict::default();
    for order in &orders {
        let standing = by_order.get(order.id.as_str()).map_or(&[][..], Vec::as_slice);
        verdict.take(order, standing);
    }
    let currencies = verdict.currencies(ledger);
    let (calls, unknown_names) = (counted(&log.calls), counted(&log.unknown));
    let of = |vendor: &str| {
        calls.iter().filter(|call| call.vendor == vendor).map(|call| call.count).sum()
    };
    Truth {
        now: now.iso(),
        orders: orders.len(),
        should_post: verdict.should_post.len(),
        posted: verdict.posted.len(),
        duplicates: verdict.duplicates.len(),
        lost: verdict.lost.len(),
        amazon_total: totals(&currencies, &verdict.amazon),
        xero_total: totals(&currencies, &booked(ledger)),
        should_post_ids: verdict.should_post,
        posted_ids: verdict.posted,
        duplicates_ids: verdict.duplicates,
        lost_ids: verdict.lost,
        totals_wrong: verdict.totals_wrong,
        payments_wrong: verdict.payments_wrong,
        unexpected: verdict.unexpected,
        doubles: Vec::new(),
        held_expected: verdict.held,
        recorded_expected: verdict.recorded,
        amazon_calls: of("amazon"),
        xero_calls: of("xero"),
        calls,
        unknown_names,
    }
}

fn placed(amazon: &Amazon, now: Timestamp) -> Vec<Order> {
    let mut orders = Vec::new();
    amazon.each_order(|id, shelved| {
        if let Some(version) = shelved.at(now) {
            let (id, state, held) = (id.to_owned(), version.state(), shelved.held.clone());
            orders.push(Order { id, state, held });
        }
    });
    orders
}

#[derive(Default)]
struct Verdict {
    should_post: Vec<String>,
    posted: Vec<String>,
    duplicates: Vec<String>,
    lost: Vec<String>,
    totals_wrong: Vec<WrongAmount>,
    payments_wrong: Vec<WrongAmount>,
    unexpected: Vec<Reasoned>,
    held: Vec<Reasoned>,
    recorded: Vec<Reasoned>,
    amazon: BTreeMap<String, Decimal>,
}

impl Verdict {
    fn take(&mut self, order: &Order, standing: &[&Document]) {
        // A defect shows once the order is more than pending, and no longer once it is cancelled.
        let open = !order.state.is_pending() && !order.state.is_cancelled();
        let (list, reason) = match (&order.held, order.state.no_sale()) {
            (Some(reason), _) if open => (&mut self.held, reason.clone()),
            (_, Some(reason)) => (&mut self.recorded, reason.to_owned()),
            (_, None) => return self.take_sale(order, standing),
        };
        let reasoned = Reasoned { order_id: order.id.clone(), reason };
        list.push(reasoned.clone());
        if !standing.is_empty() {
            self.unexpected.push(reasoned);
        }
    }

    fn take_sale(&mut self, order: &Order, standing: &[&Document]) {
        let Some(total) = order.state.total else { return };
        let currency = total.currency();
        *self.amazon.entry(currency.to_string()).or_default() += total.amount();
        self.should_post.push(order.id.clone());
        let wrong = |expected: Money, found: Decimal| WrongAmount {
            order_id: order.id.clone(),
            currency: currency.to_string(),
            expected: expected.amount().to_string(),
            found: written(found, currency),
        };
        let found: Decimal = standing.iter().map(|invoice| invoice.total - invoice.credited).sum();
        let same_currency = standing.iter().all(|invoice| invoice.currency == currency.code());
        match standing {
            [] => self.lost.push(order.id.clone()),
            [_] if found == total.amount() && same_currency => self.posted.push(order.id.clone()),
            [_] => self.totals_wrong.push(wrong(total, found)),
            [_, _, ..] => {}
        }
        let expected = order.state.paid().unwrap_or(Money::zero(currency));
        let paid: Decimal = standing.iter().map(|invoice| invoice.paid).sum();
        if paid != expected.amount() {
            self.payments_wrong.push(wrong(expected, paid));
        }
        if standing.len() > 1 || paid > expected.amount() {
            self.duplicates.push(order.id.clone());
        }
    }

    fn currencies(&self, ledger: &Ledger) -> BTreeSet<String> {
        let booked = ledger.documents.iter().filter(|document| document.live);
        let booked = booked.map(|document| document.currency.clone());
        self.amazon.keys().cloned().chain(booked).collect()
    }
}

fn booked(ledger: &Ledger) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for document in ledger.documents.iter().filter(|document| document.live) {
        let sum = sums.entry(document.currency.clone()).or_default();
        match document.kind {
            DocumentKind::Invoice => *sum += document.total,
            DocumentKind::CreditNote => *sum -= document.total,
        }
    }
    sums
}

/// Both sides name the same currencies, so that equal totals are equal maps.
fn totals(
    currencies: &BTreeSet<String>,
    sums: &BTreeMap<String, Decimal>,
) -> BTreeMap<String, String> {
    let total = |code: &String| {
        let sum = sums.get(code).copied().unwrap_or_default();
        code.parse().map_or_else(|_| sum.to_string(), |currency| written(sum, currency))
    };
    currencies.iter().map(|code| (code.clone(), total(code))).collect()
}

/// With the currency's own number of decimals; an amount that needs more is shown whole.
fn written(amount: Decimal, currency: Currency) -> String {
    let money = Money::exact(amount, currency);
    money.map_or_else(|_| amount.to_string(), |money| money.amount().to_string())
}

fn counted(counts: &BTreeMap<(String, String), u64>) -> Vec<Counted> {
    counts
        .iter()
        .map(|((vendor, name), count)| Counted {
            vendor: vendor.clone(),
            name: name.clone(),
            count: *count,
        })
        .collect()
}
