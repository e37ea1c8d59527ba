//! Where the book begins: what was booked before by others, and what its opening balances carry.

use std::collections::{BTreeMap, BTreeSet};

use base::{Money, MoneyError, Timestamp};
use facts::Body as Said;
use facts::finances::Payout;
use intents::{Decided, IntentId, Reason, State};
use mapping::Compiled;
use mapping::orders::Changes;
use mapping::settlement::cutover::{Booked, is_before};
use mapping::settlement::{Balance, Cut, Footing, HeldBack};
use store::{BEGINNING, Claim, POSTED, SubjectRow};

use super::super::Turn;
use super::Told;

/// The component of what is in the opening balances begins with it.
const OPENING: &str = "opening:";

/// What is noted of an order or a settlement that others booked.
const BOOKED_BEFORE: &str = "booked before the cut-over";

/// A claim on a document of an order, not on an opening balance, and not posted.
pub(super) fn is_of_orders(claim: &Claim) -> bool {
    claim.component != POSTED && !claim.component.starts_with(OPENING)
}

/// The component of an opening balance.
fn component(balance: Balance) -> String {
    format!("{OPENING}{}", balance.as_str())
}

/// The list of orders that were booked before, as the store keeps it.
pub fn claims_of(booked: &[Booked]) -> Vec<Claim> {
    let claim = |one: &Booked| Claim {
        settlement_id: BEGINNING.to_owned(),
        order_id: one.order_id.clone(),
        item_id: one.shipment_id.clone(),
        component: component(one.balance),
        is_refund: one.is_refund,
        amount: one.amount,
        rows: 0,
    };
    booked.iter().map(claim).collect()
}

/// What a settlement's rows settle of the opening balances.
pub(super) fn claims(footing: &Footing) -> Vec<Claim> {
    let claim = |(opening, claimed): (&mapping::settlement::footing::Opening, &_)| {
        let claimed: &mapping::settlement::footing::Claimed = claimed;
        Claim {
            settlement_id: footing.settlement.settlement_id.clone(),
            order_id: opening.order_id.clone(),
            item_id: String::new(),
            component: component(opening.balance),
            is_refund: opening.is_refund,
            amount: claimed.amount,
            rows: claimed.rows,
        }
    };
    footing.opening.iter().map(claim).collect()
}

/// Where the book begins, if it has a past.
pub(super) async fn cut(
    turn: &Turn<'_>,
    rules: &Compiled,
) -> Result<Option<Cut>, store::StoreError> {
    let Some(day) = rules.book().settings.cutover else { return Ok(None) };
    let listed = turn.store.claims_of(&turn.lease.book, BEGINNING).await?;
    let deferred = component(Balance::Deferred);
    let held = listed.into_iter().filter(|claim| claim.component == deferred);
    let held_back = held.map(|claim| HeldBack {
        order_id: claim.order_id,
        is_refund: claim.is_refund,
        shipment_id: claim.item_id,
    });
    Ok(Some(Cut { day, held_back: held_back.collect() }))
}

/// Orders whose rows, with those of earlier settlements, come to another amount than was held back at
/// the cut-over, in words with both numbers. One transaction is settled at once, an order in parts:
/// what is less may come yet.
pub(super) async fn exceeding(
    turn: &Turn<'_>,
    footing: &Footing,
    earlier: &BTreeSet<String>,
) -> Result<Vec<String>, super::ReadError> {
    let held = footing.opening.iter().filter(|(opening, _)| !opening.order_id.is_empty());
    let mut sums: BTreeMap<(String, bool), Money> = BTreeMap::new();
    for (opening, claimed) in held {
        sums.insert((opening.order_id.clone(), opening.is_refund), claimed.amount);
    }
    let ids: BTreeSet<&str> = sums.keys().map(|(order, _)| order.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let zero = Money::zero(footing.sum.currency());
    let deferred = component(Balance::Deferred);
    let mut carried: BTreeMap<(String, bool), Money> = BTreeMap::new();
    let claims = turn.store.claims(&turn.lease.book, &ids).await?;
    for claim in claims.into_iter().filter(|claim| claim.component == deferred) {
        let key = (claim.order_id, claim.is_refund);
        let of = if claim.settlement_id == BEGINNING {
            carried.entry(key).or_insert(zero)
        } else if earlier.contains(&claim.settlement_id) {
            sums.entry(key).or_insert(zero)
        } else {
            continue;
        };
        *of = of.plus(claim.amount)?;
    }
    let words = |((order, is_refund), claimed): ((String, bool), Money)| {
        let carried = carried.get(&(order.clone(), is_refund)).copied().unwrap_or(zero);
        let differs = exceeds(claimed, carried)?;
        Ok(differs.then(|| {
            let what = if is_refund { "refund rows" } else { "rows" };
            format!(
                "order {order}: settlement {what} come to {claimed}, and the opening balance \
                 carries {carried}"
            )
        }))
    };
    let all: Result<Vec<Option<String>>, MoneyError> = sums.into_iter().map(words).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// More of the same sign, or of the other sign.
fn exceeds(claimed: Money, carried: Money) -> Result<bool, MoneyError> {
    let beyond = claimed.minus(carried)?;
    Ok(if carried.is_negative() { beyond.is_negative() } else { beyond.is_positive() })
}

/// The changes of an order that was booked before, unless Daybook has sent a document of it: nothing
/// of it is to exist.
pub fn of_order(row: &SubjectRow, rules: &Compiled) -> Option<Changes> {
    let before = rules.book().settings.cutover?.midnight_utc();
    let created = row.facts.iter().rev().find_map(|fact| {
        if let Said::Order(order) = &fact.body { Some(order.created) } else { None }
    });
    (created.is_some_and(|created| created < before) && !is_sent(row)).then(|| taken_off(row))
}

/// True when a document is in Xero, or may be.
pub fn is_sent(row: &SubjectRow) -> bool {
    row.decided.iter().any(|decided| match decided.progress.state {
        State::Sending | State::Checking | State::Posted => true,
        State::Held | State::Ready | State::Dead => decided.receipt.is_some(),
        State::Withdrawn | State::Reversed => false,
    })
}

/// Nothing is to exist of what others booked: what was decided and not sent is withdrawn.
pub(super) fn taken_off(row: &SubjectRow) -> Changes {
    let is_live = |one: &&Decided| match one.progress.state {
        State::Held | State::Ready | State::Dead => one.receipt.is_none(),
        State::Sending | State::Checking | State::Posted | State::Withdrawn | State::Reversed => {
            false
        }
    };
    let withdraw: Vec<IntentId> =
        row.decided.iter().filter(is_live).map(|one| one.intent.id.clone()).collect();
    let note = Some(Reason::new("recorded", BOOKED_BEFORE));
    let saw = row.facts.iter().map(|fact| fact.id.clone()).collect();
    Changes { saw, withdraw, note, ..Changes::default() }
}

/// True of a settlement that others settled.
pub(super) fn is_of_others(rules: &Compiled, told: &Told<'_>) -> bool {
    let Some(day) = rules.book().settings.cutover else { return false };
    let settlement = &told.found.settlement;
    let total = settlement.total.unwrap_or(told.found.sum);
    let paid = paid(told.payout, settlement.deposit);
    is_before(day.midnight_utc(), (settlement.end, total), paid)
}

/// When Amazon started a payout: its own word, else what the report says ahead.
pub fn paid(payout: Option<&Payout>, deposit: Option<Timestamp>) -> Option<Timestamp> {
    payout.and_then(|payout| payout.created).or(deposit)
}
