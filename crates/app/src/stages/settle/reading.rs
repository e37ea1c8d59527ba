//! A settlement's archived report, read and footed, with what its rows claim of order documents and
//! what its neighbours and Amazon's control totals say.

use std::collections::BTreeSet;

use amazon::source::settlement::{Event, Hints, Reader};
use base::{Money, Zone};
use facts::Chart;
use facts::settlement::{Layout, Settlement};
use mapping::Compiled;
use mapping::settlement::checks::{self, End};
use mapping::settlement::footing::{Claim as Claiming, Claimed};
use mapping::settlement::{Check, Cut, Excess, Fold, FoldRules, Footing, LineKind, Way};
use store::{Claim, POSTED};

use super::super::Turn;
use super::cutover::{self, is_of_orders};
use super::orders::{Claimant, Orders, claimed, earlier};
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
        uncovered: BTreeSet::new(),
        without_tax: rules.untaxed_skus(chart),
    };
    let cut = cutover::cut(turn, rules).await?;
    let mut footing = foot(&bytes, told, (&fold_rules, cut.as_ref()))?;
    let mut orders = Orders::of(turn, rules, &footing).await?;
    if sent.is_some() {
        let id = &told.found.settlement.settlement_id;
        let claims = turn.store.claims_of(&turn.lease.book, id).await?;
        let (posted, claimed): (Vec<_>, Vec<_>) = claims
            .into_iter()
            .filter(|claim| claim.component == POSTED || is_of_orders(claim))
            .partition(|claim| claim.component == POSTED);
        let orders_of = |claims: Vec<Claim>| claims.into_iter().map(|one| one.order_id).collect();
        orders.stay(&orders_of(claimed), orders_of(posted));
    }
    if !orders.uncovered.is_empty() {
        fold_rules.uncovered.clone_from(&orders.uncovered);
        footing = foot(&bytes, told, (&fold_rules, cut.as_ref()))?;
    }
    let settlement = &told.found.settlement;
    let by = Claimant {
        settlement_id: &settlement.settlement_id,
        starts: settlement.start,
        currency: settlement.currency,
    };
    orders.limit(turn, by, claimed(&footing)?).await?;
    let earlier = earlier(turn.store, &turn.lease.book, by).await?;
    let mut exceeding: Vec<String> = orders.exceeding.iter().map(Excess::words).collect();
    exceeding.extend(cutover::exceeding(turn, &footing, &earlier).await?);
    let (held, held_rows) = orders.held(&footing)?;
    let known = turn.store.settlements(&turn.lease.book).await?;
    let series = series(told.found, &known);
    let checks = checks_of(turn, told, &footing, &series).await?;
    let mut claims = claims(&footing);
    claims.extend(cutover::claims(&footing));
    claims.extend(orders.uncovered.iter().map(|order| posted_with(told, order)));
    Ok(Read { footing, checks, held, held_rows, exceeding, claims, series })
}

fn foot(
    bytes: &[u8],
    told: &Told<'_>,
    (rules, cut): (&FoldRules, Option<&Cut>),
) -> Result<Footing, ReadError> {
    let settlement = &told.found.settlement;
    let hints = Hints { japan: settlement.currency.code() == "JPY", ..Hints::default() };
    let mut reader = Reader::new(bytes, &hints).map_err(ReadError::Malformed)?;
    let layout = reader.layout();
    let mut fold = None;
    while let Some(event) = reader.next_event().map_err(ReadError::Malformed)? {
        match event {
            Event::Settlement(one) if one.settlement_id == settlement.settlement_id => {
                let started = start(&one, layout, rules)?;
                let started = match cut {
                    Some(cut) => started.begun_at(cut),
                    None => started,
                };
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
