//! A settlement's archived report, read and footed, with what its rows claim of order documents and
//! what its neighbours and Amazon's control totals say.

use std::collections::BTreeSet;

use amazon::source::settlement::{Event, Hints, Reader};
use base::{Money, MoneyError, Subject, Zone};
use facts::Chart;
use facts::settlement::{Layout, Settlement};
use intents::{Body, Decided, State};
use mapping::Compiled;
use mapping::settlement::checks::{self, End};
use mapping::settlement::footing::{Claim as Claiming, Claimed};
use mapping::settlement::{Check, Fold, FoldRules, Footing, LineKind, Way};
use store::{Claim, POSTED, SubjectRow};

use super::super::Turn;
use super::series::series;
use super::{Read, ReadError, Told, pack};

/// Reads the archived report once, and once more where rows of orders have no document that could
/// cover them. `sent`: the way in which its documents were posted, which stays, as does which orders
/// they left out.
pub async fn read(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    (told, sent): (&Told<'_>, Option<Way>),
) -> Result<Read, ReadError> {
    let hash = &told.fact.raw_hash;
    let bytes = turn.store.document(hash).await?;
    let bytes = bytes.ok_or_else(|| ReadError::NotArchived(hash.clone()))?;
    let pack = pack(rules, chart)?;
    let mut fold_rules = FoldRules {
        zone: Zone::named(&chart.organisation.time_zone)?,
        cuts: pack.cuts(),
        overrides: rules.book().words.clone(),
        way: sent.unwrap_or(rules.book().settings.way),
        partial_residual_is_sellers: pack.partial_residual_is_sellers(),
        uncovered: BTreeSet::new(),
    };
    let mut footing = foot(&bytes, told, &fold_rules)?;
    let mut orders = Orders::of(turn, &footing).await?;
    if sent.is_some() {
        let id = &told.found.settlement.settlement_id;
        let claims = turn.store.claims_of(&turn.lease.book, id).await?;
        let (posted, claimed): (Vec<_>, Vec<_>) =
            claims.into_iter().partition(|claim| claim.component == POSTED);
        let orders_of = |claims: Vec<Claim>| claims.into_iter().map(|one| one.order_id).collect();
        orders.stay(&orders_of(claimed), orders_of(posted));
    }
    if !orders.uncovered.is_empty() {
        fold_rules.uncovered.clone_from(&orders.uncovered);
        footing = foot(&bytes, told, &fold_rules)?;
    }
    let (held, held_rows) = orders.held(&footing)?;
    let known = turn.store.settlements(&turn.lease.book).await?;
    let series = series(told.found, &known);
    let checks = checks_of(turn, told, &footing, &series).await?;
    let mut claims = claims(&footing);
    claims.extend(orders.uncovered.iter().map(|order| posted_with(told, order)));
    Ok(Read { footing, checks, held, held_rows, claims, series })
}

fn foot(bytes: &[u8], told: &Told<'_>, rules: &FoldRules) -> Result<Footing, ReadError> {
    let settlement = &told.found.settlement;
    let hints = Hints { japan: settlement.currency.code() == "JPY", ..Hints::default() };
    let mut reader = Reader::new(bytes, &hints).map_err(ReadError::Malformed)?;
    let layout = reader.layout();
    let mut fold = None;
    while let Some(event) = reader.next_event().map_err(ReadError::Malformed)? {
        match event {
            Event::Settlement(one) if one.settlement_id == settlement.settlement_id => {
                let started = start(&one, layout, rules)?;
                fold.get_or_insert(started);
            }
            Event::Row(row) if row.settlement_id == settlement.settlement_id => {
                if let Some(fold) = fold.as_mut() {
                    fold.row(&row).map_err(|error| ReadError::Fold(error.to_string()))?;
                }
            }
            Event::Settlement(_) | Event::Row(_) => {}
        }
    }
    let none = || ReadError::NoSuchSettlement(settlement.settlement_id.clone());
    let footing = fold.ok_or_else(none)?.finish();
    footing.map_err(|error| ReadError::Fold(error.to_string()))
}

fn start(settlement: &Settlement, layout: Layout, rules: &FoldRules) -> Result<Fold, ReadError> {
    Fold::start(settlement, layout, rules).map_err(|error| ReadError::Fold(error.to_string()))
}

/// How the orders of a settlement's rows stand in the book.
#[derive(Default)]
struct Orders {
    /// No document of an order can cover the rows: they are posted with the settlement.
    uncovered: BTreeSet<String>,
    /// The order's document is decided and not there yet, or a person must look first. With
    /// `true`: its refund's credit note.
    waiting: BTreeSet<(String, bool)>,
}

impl Orders {
    async fn of(turn: &Turn<'_>, footing: &Footing) -> Result<Orders, ReadError> {
        let named: BTreeSet<(&str, bool)> =
            footing.claims.keys().map(|claim| (claim.order_id.as_str(), claim.is_refund)).collect();
        Ok(Orders::named(turn, &named).await?)
    }

    /// How these orders, and with `true` their refunds, stand.
    async fn named(
        turn: &Turn<'_>,
        named: &BTreeSet<(&str, bool)>,
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
        }
        Ok(orders)
    }

    /// What was decided once is not decided otherwise because an order's document came later.
    fn stay(&mut self, claimed: &BTreeSet<String>, posted: BTreeSet<String>) {
        self.waiting.retain(|(order, _)| claimed.contains(order));
        let lost = self.uncovered.iter().filter(|order| claimed.contains(*order));
        // Its document was taken back since: its rows wait for another one.
        let lost: Vec<String> = lost.cloned().collect();
        for order in lost {
            self.waiting.extend([(order.clone(), false), (order, true)]);
        }
        self.uncovered = posted;
    }

    fn held(&self, footing: &Footing) -> Result<(Money, u64), MoneyError> {
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

/// True when a settlement has rows that were held, and none of its orders waits any more.
pub async fn is_cleared(
    turn: &Turn<'_>,
    settlement: &store::Settlement,
) -> Result<bool, store::StoreError> {
    if settlement.held.is_zero() {
        return Ok(false);
    }
    let claims = turn.store.claims_of(&turn.lease.book, &settlement.settlement_id).await?;
    let claimed = claims.iter().filter(|claim| claim.component != POSTED);
    let named = claimed.map(|claim| (claim.order_id.as_str(), claim.is_refund)).collect();
    let orders = Orders::named(turn, &named).await?;
    Ok(orders.waiting.is_empty() && orders.uncovered.is_empty())
}

/// Those of these orders that have documents of their own, or wait for one.
pub async fn with_documents(
    turn: &Turn<'_>,
    orders: &BTreeSet<&str>,
) -> Result<BTreeSet<String>, store::StoreError> {
    let named = orders.iter().map(|order| (*order, false)).collect();
    let uncovered = Orders::named(turn, &named).await?.uncovered;
    let with = orders.iter().filter(|order| !uncovered.contains(**order));
    Ok(with.map(|order| (*order).to_owned()).collect())
}

enum Cover {
    Has,
    Waits,
    Never,
}

/// An order that Daybook does not know, or only recorded, has no document to claim of. Its refund
/// is covered by a credit note; until Amazon's Finances report it, there is none.
fn cover(row: &SubjectRow, is_refund: bool) -> Cover {
    let documents = row.decided.iter().filter(|one| matches!(one.intent.body, Body::Invoice(_)));
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

fn claims(footing: &Footing) -> Vec<Claim> {
    let id = &footing.settlement.settlement_id;
    let claim = |(claim, claimed): (&Claiming, &Claimed)| Claim {
        settlement_id: id.clone(),
        order_id: claim.order_id.clone(),
        item_id: claim.item_id.clone(),
        component: component(claim.kind),
        is_refund: claim.is_refund,
        amount: claimed.amount,
        rows: claimed.rows,
    };
    footing.claims.iter().map(claim).collect()
}

/// The order has no document: whoever decides it later finds its rows posted.
fn posted_with(told: &Told<'_>, order_id: &str) -> Claim {
    let settlement = &told.found.settlement;
    Claim {
        settlement_id: settlement.settlement_id.clone(),
        order_id: order_id.to_owned(),
        item_id: String::new(),
        component: POSTED.to_owned(),
        is_refund: false,
        amount: Money::zero(settlement.currency),
        rows: 0,
    }
}

/// The kind's stored word.
fn component(kind: LineKind) -> String {
    let text = serde_json::to_string(&kind).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

async fn checks_of(
    turn: &Turn<'_>,
    told: &Told<'_>,
    footing: &Footing,
    series: &str,
) -> Result<Vec<Check>, ReadError> {
    let start = told.found.settlement.start;
    let around = turn.store.settlements_around(&turn.lease.book, series, start).await?;
    let mut all = match around.0 {
        Some(before) => checks::neighbours(&end(&before), footing),
        None => Vec::new(),
    };
    all.extend(checks::controls(footing, told.summary, told.payout, told.group));
    Ok(all)
}

fn end(before: &store::Settlement) -> End {
    End {
        settlement_id: before.settlement_id.clone(),
        end: before.ends,
        total: before.total,
        current_reserve: before.current_reserve,
    }
}
