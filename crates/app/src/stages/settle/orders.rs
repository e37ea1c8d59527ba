//! How the orders of a settlement's rows stand in the book: whose documents cover them, which rows
//! wait, and which claim more than there is.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Money, MoneyError, Subject, Timestamp};
use intents::{Body, BookId, Decided, State};
use mapping::settlement::footing::{Claim as Claiming, Claimed};
use mapping::settlement::{Carried, Excess, Footing};
use mapping::{Compiled, Role};
use store::{Claim, Store, SubjectRow};

use super::super::Turn;
use super::cutover::is_of_orders;

/// What rows claim of orders' documents, by order; with `true` of its refunds'.
type Sums = BTreeMap<(String, bool), Money>;

/// How the orders of a settlement's rows stand.
#[derive(Default)]
pub(super) struct Orders {
    /// No document of an order can cover the rows: they are posted with the settlement.
    pub(super) uncovered: BTreeSet<String>,
    /// The order's document is decided and not there yet, or a person must look first. With
    /// `true`: its refund's credit note.
    waiting: BTreeSet<(String, bool)>,
    /// What the documents carry, of orders that have some.
    carried: BTreeMap<String, Carried>,
    /// Claims that come to more than that: the settlement's rows wait too.
    pub(super) exceeding: Vec<Excess>,
}

/// Which settlement claims, by when it starts: earlier ones have claimed before it.
#[derive(Clone, Copy)]
pub(super) struct Claimant<'a> {
    pub(super) settlement_id: &'a str,
    pub(super) starts: Timestamp,
    pub(super) currency: Currency,
}

impl Orders {
    pub(super) async fn of(
        turn: &Turn<'_>,
        rules: &Compiled,
        footing: &Footing,
    ) -> Result<Orders, store::StoreError> {
        let named: BTreeSet<(&str, bool)> =
            footing.claims.keys().map(|claim| (claim.order_id.as_str(), claim.is_refund)).collect();
        Orders::named(turn, &named, Some((rules, footing.sum.currency()))).await
    }

    /// How these orders, and with `true` their refunds, stand; with what their documents carry in a
    /// currency.
    async fn named(
        turn: &Turn<'_>,
        named: &BTreeSet<(&str, bool)>,
        carried_in: Option<(&Compiled, Currency)>,
    ) -> Result<Orders, store::StoreError> {
        let subjects: Vec<Subject> = named.iter().map(|(id, _)| Subject::order(id)).collect();
        let rows = turn.store.subjects(&turn.lease.book, &subjects).await?;
        let mut orders = Orders::default();
        for ((id, is_refund), row) in named.iter().zip(&rows) {
            match cover(row, *is_refund) {
                Cover::Has => {}
                Cover::Waits => _ = orders.waiting.insert(((*id).to_owned(), *is_refund)),
                Cover::Never => _ = orders.uncovered.insert((*id).to_owned()),
            }
            let carried = carried_in.and_then(|asked| carried(row, asked));
            orders.carried.extend(carried.map(|carried| ((*id).to_owned(), carried)));
        }
        Ok(orders)
    }

    /// What was decided once is not decided otherwise because an order's document came later.
    pub(super) fn stay(&mut self, claimed: &BTreeSet<String>, posted: BTreeSet<String>) {
        self.waiting.retain(|(order, _)| claimed.contains(order));
        let lost = self.uncovered.iter().filter(|order| claimed.contains(*order));
        // Its document was taken back since: its rows wait for another one.
        let lost: Vec<String> = lost.cloned().collect();
        for order in lost {
            self.waiting.extend([(order.clone(), false), (order, true)]);
        }
        self.uncovered = posted;
    }

    /// Holds the claims of earlier settlements, with these, against what documents carry.
    pub(super) async fn limit(
        &mut self,
        turn: &Turn<'_>,
        by: Claimant<'_>,
        mut sums: Sums,
    ) -> Result<(), store::StoreError> {
        let is_free =
            |key: &(String, bool)| !self.uncovered.contains(&key.0) && !self.waiting.contains(key);
        sums.retain(|key, _| self.carried.contains_key(&key.0) && is_free(key));
        let ids: BTreeSet<&str> = sums.keys().map(|(order, _)| order.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let claims = turn.store.claims(&turn.lease.book, &ids).await?;
        let earlier = earlier(turn.store, &turn.lease.book, by).await?;
        let before = claims.iter().filter(|claim| earlier.contains(&claim.settlement_id));
        let before = sums_of(before, by.currency);
        for ((order, is_refund), sum) in sums {
            let zero = Money::zero(by.currency);
            let key = (order, is_refund);
            let before = before.get(&key).copied().unwrap_or(zero);
            let (Some(carried), Ok(claimed)) = (self.carried.get(&key.0), sum.plus(before)) else {
                continue;
            };
            if let Some(excess) = carried.excess(&key.0, is_refund, claimed) {
                self.exceeding.push(excess);
                self.waiting.insert(key);
            }
        }
        Ok(())
    }

    pub(super) fn held(&self, footing: &Footing) -> Result<(Money, u64), MoneyError> {
        let waits =
            |claim: &Claiming| self.waiting.contains(&(claim.order_id.clone(), claim.is_refund));
        let waiting: Vec<&Claimed> = footing
            .claims
            .iter()
            .filter(|(claim, _)| waits(claim))
            .map(|(_, claimed)| claimed)
            .collect();
        let amounts = waiting.iter().map(|claimed| claimed.amount);
        let amount = Money::sum(amounts, footing.sum.currency())?;
        Ok((amount, waiting.iter().map(|claimed| claimed.rows).sum()))
    }
}

/// What a footing claims, by order.
pub(super) fn claimed(footing: &Footing) -> Result<Sums, MoneyError> {
    let mut sums = Sums::new();
    for (claim, claimed) in &footing.claims {
        let key = (claim.order_id.clone(), claim.is_refund);
        let sum = sums.entry(key).or_insert(Money::zero(footing.sum.currency()));
        *sum = sum.plus(claimed.amount)?;
    }
    Ok(sums)
}

/// The same of stored claims on documents; what cannot be added up is left out.
fn sums_of<'a>(claims: impl Iterator<Item = &'a Claim>, currency: Currency) -> Sums {
    let mut sums = Sums::new();
    for claim in claims.filter(|claim| is_of_orders(claim)) {
        let key = (claim.order_id.clone(), claim.is_refund);
        let sum = sums.entry(key).or_insert(Money::zero(currency));
        *sum = sum.plus(claim.amount).unwrap_or(*sum);
    }
    sums
}

/// Settlements that start before this one.
pub(super) async fn earlier(
    store: &Store,
    book: &BookId,
    by: Claimant<'_>,
) -> Result<BTreeSet<String>, store::StoreError> {
    let known = store.settlements(book).await?;
    let before = known
        .into_iter()
        .filter(|one| (one.starts, one.settlement_id.as_str()) < (by.starts, by.settlement_id));
    Ok(before.map(|one| one.settlement_id).collect())
}

/// True when a settlement has rows that were held, and none of its orders waits or has claims that
/// exceed its documents any more.
pub async fn is_cleared(
    turn: &Turn<'_>,
    rules: &Compiled,
    settlement: &store::Settlement,
) -> Result<bool, store::StoreError> {
    if settlement.held.is_zero() {
        return Ok(false);
    }
    let currency = settlement.total.currency();
    let claims = turn.store.claims_of(&turn.lease.book, &settlement.settlement_id).await?;
    let claimed = claims.iter().filter(|claim| is_of_orders(claim));
    let named = claimed.map(|claim| (claim.order_id.as_str(), claim.is_refund)).collect();
    let mut orders = Orders::named(turn, &named, Some((rules, currency))).await?;
    if !orders.waiting.is_empty() || !orders.uncovered.is_empty() {
        return Ok(false);
    }
    let (settlement_id, starts) = (settlement.settlement_id.as_str(), settlement.starts);
    let by = Claimant { settlement_id, starts, currency };
    orders.limit(turn, by, sums_of(claims.iter(), currency)).await?;
    Ok(orders.exceeding.is_empty())
}

/// Those of these orders that have documents of their own, or wait for one.
pub async fn with_documents(
    turn: &Turn<'_>,
    orders: &BTreeSet<&str>,
) -> Result<BTreeSet<String>, store::StoreError> {
    let named = orders.iter().map(|order| (*order, false)).collect();
    let uncovered = Orders::named(turn, &named, None).await?.uncovered;
    let with = orders.iter().filter(|order| !uncovered.contains(**order));
    Ok(with.map(|order| (*order).to_owned()).collect())
}

/// Claims of all settlements on an order's documents that come to more than these carry.
pub async fn exceeding(
    store: &Store,
    rules: &Compiled,
    (book, row): (&BookId, &SubjectRow),
) -> Result<Vec<Excess>, store::StoreError> {
    let Some(order_id) = row.subject.order_id() else { return Ok(Vec::new()) };
    let claims = store.claims(book, &[order_id]).await?;
    let currencies: BTreeSet<Currency> =
        claims.iter().map(|claim| claim.amount.currency()).collect();
    let mut exceeding = Vec::new();
    for currency in currencies {
        let Some(carried) = carried(row, (rules, currency)) else { continue };
        let of_it = claims.iter().filter(|claim| claim.amount.currency() == currency);
        let sums = sums_of(of_it, currency);
        exceeding.extend(
            sums.into_iter()
                .filter_map(|((order, is_refund), sum)| carried.excess(&order, is_refund, sum)),
        );
    }
    Ok(exceeding)
}

fn carried(row: &SubjectRow, (rules, currency): (&Compiled, Currency)) -> Option<Carried> {
    let tax_account = rules.book().accounts.get(&Role::MarketplaceTax).map(String::as_str);
    // An amount that cannot be worked out is told where its document is decided.
    Carried::of(&row.decided, tax_account, currency).ok().flatten()
}

enum Cover {
    Has,
    Waits,
    Never,
}

/// An order that Daybook does not know, or only recorded, has no document to claim of. Its refund
/// is covered by a credit note; until Amazon's Finances report it, there is none.
fn cover(row: &SubjectRow, is_refund: bool) -> Cover {
    // An edit takes the place of the invoice that it changes.
    let is_document =
        |one: &&Decided| matches!(one.intent.body, Body::Invoice(_) | Body::InvoiceEdit { .. });
    let documents = row.decided.iter().filter(is_document);
    let mut live = documents.filter(|one| is_live(one)).peekable();
    if live.peek().is_none() {
        let is_undecided = row.stop.is_some() || row.decided_under.is_none();
        let waits = is_undecided && !row.facts.is_empty();
        return if waits { Cover::Waits } else { Cover::Never };
    }
    let mut notes = row.decided.iter().filter(|one| mapping::orders::is_refund_note(&one.intent));
    let has = |one: &Decided| one.progress.state == State::Posted;
    let is_there = if is_refund { notes.any(has) } else { live.any(has) };
    if is_there { Cover::Has } else { Cover::Waits }
}

fn is_live(decided: &Decided) -> bool {
    !matches!(decided.progress.state, State::Withdrawn | State::Reversed)
}
