//! Turns a settlement's facts into a decision: its archived report is read and footed by the same
//! fold that the file command uses, held against its neighbours and Amazon's control totals, and
//! what its rows claim of order documents is claimed in the same transaction.

use std::collections::BTreeSet;

use amazon::source::settlement::{Event, Hints, Malformed, Reader};
use base::{Money, MoneyError, Subject, Zone};
use facts::finances::{EventGroup, Payout};
use facts::settlement::{Found, Layout, Settlement};
use facts::{Body as Said, Chart, Fact};
use intents::{Body, Decided, Reason, State};
use mapping::Compiled;
use mapping::orders::{Changes, Situation};
use mapping::settlement::checks::{self, End};
use mapping::settlement::decide::{SettlementSituation, decide_settlement};
use mapping::settlement::footing::{Claim as Claiming, Claimed};
use mapping::settlement::{Check, Fold, FoldRules, Footing, LineKind, Pack};
use store::{Claim, Decision, Footed, SubjectRow};

use super::{StageError, Turn};

/// What a settlement waits for when the one before it is missing or differs.
const CHAINED: [&str; 3] =
    ["settlement_gap", "settlement_reserve_differs", "settlement_debt_differs"];

/// A settlement as its facts tell it.
pub struct Told<'a> {
    pub found: &'a Found,
    pub fact: &'a Fact,
    pub payout: Option<&'a Payout>,
    pub group: Option<&'a EventGroup>,
    pub summary: Option<Money>,
}

/// A settlement that was read again from its archived report.
pub struct Read {
    pub footing: Footing,
    pub checks: Vec<Check>,
    /// Rows of orders whose documents wait.
    pub held: Money,
    pub held_rows: u64,
    pub claims: Vec<Claim>,
    pub series: String,
}

/// Why an archived report cannot be footed: a stop of its settlement, never of the lane.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the archive has no report {0}")]
    NotArchived(String),
    #[error("line {}: {}", .0.line, .0.detail)]
    Malformed(Malformed),
    #[error("the report has no settlement {0}")]
    NoSuchSettlement(String),
    #[error("{0}")]
    Fold(String),
    #[error("no tax pack is for {0}: choose one in the settings")]
    NoPack(String),
    #[error("an amount cannot be worked out")]
    Money(#[from] MoneyError),
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Zone(#[from] base::TimeError),
}

impl ReadError {
    /// The page in `docs/errors`.
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::NotArchived(_) | ReadError::NoSuchSettlement(_) => "report_not_archived",
            ReadError::Malformed(malformed) => malformed.code,
            ReadError::Fold(_) | ReadError::Money(_) => "unworkable_amount",
            ReadError::NoPack(_) => "tax_pack_missing",
            ReadError::Store(error) => error.code(),
            ReadError::Zone(_) => "unknown_time_zone",
        }
    }
}

/// The pack that the book's settlement lines are taxed by.
pub fn pack(rules: &Compiled, chart: &Chart) -> Result<Pack, ReadError> {
    let named = &rules.book().settings.tax_pack;
    let country = &chart.organisation.country;
    let found = if named.is_empty() { Pack::for_country(country) } else { Pack::built_in(named) };
    found.ok_or_else(|| ReadError::NoPack(if named.is_empty() { country } else { named }.clone()))
}

/// The newest word of each kind.
pub fn told(facts: &[Fact]) -> Option<Told<'_>> {
    let mut told: Option<Told<'_>> = None;
    let (mut payout, mut group, mut summary): (Option<&Payout>, _, _) = (None, None, None);
    for fact in facts {
        match &fact.body {
            Said::Settlement(found) => {
                told = Some(Told { found, fact, payout: None, group: None, summary: None });
            }
            Said::Payout(one) if payout.is_none_or(|known| known.updated <= one.updated) => {
                payout = Some(one);
            }
            Said::EventGroup(one) => group = Some(one.as_ref()),
            Said::Summary(one) => summary = Some(one.net_proceeds),
            Said::Payout(_)
            | Said::Order(_)
            | Said::Unreadable { .. }
            | Said::Approval(_)
            | Said::Transaction(_)
            | Said::Balance(_)
            | Said::Proof { .. } => {}
        }
    }
    told.map(|told| Told { payout, group, summary, ..told })
}

/// The settlement among these subjects that began first.
pub fn oldest(rows: &[SubjectRow]) -> Option<&SubjectRow> {
    let settlements = rows.iter().filter(|row| row.subject.settlement_id().is_some());
    settlements.min_by_key(|row| told(&row.facts).map(|told| told.found.settlement.start))
}

/// Decides one settlement.
pub async fn settle(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    row: &SubjectRow,
) -> Result<Decision, StageError> {
    let Some(told) = told(&row.facts) else {
        return Ok(decision(row, noted(row, "waits for its report"), rules, None));
    };
    let read = match read(turn, rules, chart, &told).await {
        Ok(read) => read,
        Err(ReadError::Store(error)) => return Err(StageError::Store(error)),
        Err(error) => {
            let stop = Some(Reason::new(error.code(), error.to_string()));
            let saw = row.facts.iter().map(|fact| fact.id.clone()).collect();
            let changes = Changes { saw, stop, ..Changes::default() };
            return Ok(decision(row, changes, rules, None));
        }
    };
    let pack = match pack(rules, chart) {
        Ok(pack) => pack,
        Err(error) => {
            let stop = Some(Reason::new(error.code(), error.to_string()));
            return Ok(decision(row, Changes { stop, ..Changes::default() }, rules, None));
        }
    };
    if is_of_others(rules, chart, &told) {
        return Ok(decision(row, noted(row, "before the book's cut-over"), rules, None));
    }
    let elsewhere = match elsewhere(turn, &told).await? {
        Elsewhere::NotLooked if row.decided.is_empty() => {
            let changes = noted(row, "waits for a look into Xero for other tools' documents");
            let footed = footed(&told, read)?;
            return Ok(decision(row, changes, rules, Some(footed)));
        }
        Elsewhere::NotLooked | Elsewhere::Nowhere => None,
        Elsewhere::There(number) => Some(number).filter(|_number| row.decided.is_empty()),
    };
    let changes = decide_settlement(&SettlementSituation {
        situation: Situation {
            book: &turn.lease.book,
            rules,
            chart,
            subject: &row.subject,
            facts: &row.facts,
            decided: &row.decided,
            posted_before: posted_before(turn, &told).await?,
        },
        pack: &pack,
        way: rules.book().settings.way,
        found: told.found,
        found_by: told.fact,
        footing: &read.footing,
        checks: &read.checks,
        booked_elsewhere: elsewhere.as_deref(),
        held: read.held,
        charge_card: rules.book().accounts.contains_key(&mapping::Role::ChargeCard),
    });
    let footed = footed(&told, read)?;
    Ok(decision(row, changes, rules, Some(footed)))
}

fn decision(
    row: &SubjectRow,
    changes: Changes,
    rules: &Compiled,
    footed: Option<Footed>,
) -> Decision {
    Decision { footed, ..super::map::decision(row, changes, rules) }
}

fn noted(row: &SubjectRow, words: &str) -> Changes {
    let saw = row.facts.iter().map(|fact| fact.id.clone()).collect();
    Changes { saw, note: Some(Reason::new("recorded", words)), ..Changes::default() }
}

fn is_of_others(rules: &Compiled, chart: &Chart, told: &Told<'_>) -> bool {
    let from = rules.book().settings.settlements_from;
    let zone = Zone::named(&chart.organisation.time_zone);
    match (from, zone) {
        (Some(from), Ok(zone)) => told.found.settlement.start.day(&zone) < from,
        (None, _) | (Some(_), Err(_)) => false,
    }
}

/// In approve mode the first settlement waits: how many were footed before this one.
async fn posted_before(turn: &Turn<'_>, told: &Told<'_>) -> Result<u64, StageError> {
    let known = turn.store.settlements(&turn.lease.book).await?;
    let id = &told.found.settlement.settlement_id;
    let before = known.iter().filter(|one| one.settlement_id != *id);
    let mut posted = 0_u64;
    for one in before {
        let subject = Subject::settlement(&one.settlement_id);
        let row = turn.store.subject(&turn.lease.book, &subject).await?;
        if row.decided.iter().any(|decided| decided.progress.state == State::Posted) {
            posted = posted.saturating_add(1);
        }
    }
    Ok(posted)
}

/// The number of a document that another tool made for this settlement, as the last look into Xero
/// found it.
async fn elsewhere(turn: &Turn<'_>, told: &Told<'_>) -> Result<Elsewhere, StageError> {
    let name = elsewhere_name(&told.found.settlement.settlement_id);
    Ok(match turn.store.cursor(&turn.lease.book, &name).await? {
        None => Elsewhere::NotLooked,
        Some(number) if number.is_empty() => Elsewhere::Nowhere,
        Some(number) => Elsewhere::There(number),
    })
}

/// The cursor that keeps what the look for other tools' documents found.
pub fn elsewhere_name(settlement_id: &str) -> String {
    format!("elsewhere:{settlement_id}")
}

enum Elsewhere {
    NotLooked,
    Nowhere,
    There(String),
}

/// Reads the archived report once, and once more where rows of orders have no document that could
/// cover them.
pub async fn read(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    told: &Told<'_>,
) -> Result<Read, ReadError> {
    let hash = &told.fact.raw_hash;
    let bytes = turn.store.document(hash).await?;
    let bytes = bytes.ok_or_else(|| ReadError::NotArchived(hash.clone()))?;
    let pack = pack(rules, chart)?;
    let mut fold_rules = FoldRules {
        zone: Zone::named(&chart.organisation.time_zone)?,
        cuts: pack.cuts(),
        overrides: rules.book().words.clone(),
        way: rules.book().settings.way,
        partial_residual_is_sellers: pack.partial_residual_is_sellers(),
        uncovered: BTreeSet::new(),
    };
    let mut footing = foot(&bytes, told, &fold_rules)?;
    let orders = Orders::of(turn, &footing).await?;
    if !orders.uncovered.is_empty() {
        fold_rules.uncovered.clone_from(&orders.uncovered);
        footing = foot(&bytes, told, &fold_rules)?;
    }
    let (held, held_rows) = orders.held(&footing)?;
    let series = series(told.found);
    let checks = checks_of(turn, told, &footing, &series).await?;
    let claims = claims(&footing);
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
    /// The order's document is decided and not there yet, or a person must look first.
    waiting: BTreeSet<String>,
}

impl Orders {
    async fn of(turn: &Turn<'_>, footing: &Footing) -> Result<Orders, ReadError> {
        let named: BTreeSet<&str> =
            footing.claims.keys().map(|claim| claim.order_id.as_str()).collect();
        if named.is_empty() {
            return Ok(Orders::default());
        }
        let subjects: Vec<Subject> = named.iter().map(|id| Subject::order(id)).collect();
        let rows = turn.store.subjects(&turn.lease.book, &subjects).await?;
        let mut orders = Orders::default();
        for (id, row) in named.iter().zip(&rows) {
            match cover(row) {
                Cover::Has => {}
                Cover::Waits => _ = orders.waiting.insert((*id).to_owned()),
                Cover::Never => _ = orders.uncovered.insert((*id).to_owned()),
            }
        }
        Ok(orders)
    }

    fn held(&self, footing: &Footing) -> Result<(Money, u64), MoneyError> {
        let claims = footing.claims.iter();
        let waiting = claims.filter(|(claim, _)| self.waiting.contains(&claim.order_id));
        let waiting: Vec<&Claimed> = waiting.map(|(_, claimed)| claimed).collect();
        let amounts = waiting.iter().map(|claimed| claimed.amount);
        let amount = Money::sum(amounts, footing.sum.currency())?;
        Ok((amount, waiting.iter().map(|claimed| claimed.rows).sum()))
    }
}

enum Cover {
    Has,
    Waits,
    Never,
}

/// An order that Daybook does not know, or only recorded, has no document to claim of.
fn cover(row: &SubjectRow) -> Cover {
    let documents = row.decided.iter().filter(|one| matches!(one.intent.body, Body::Invoice(_)));
    let mut live = documents.filter(|one| is_live(one)).peekable();
    if live.peek().is_none() {
        let is_stopped = row.stop.is_some() && !row.facts.is_empty();
        return if is_stopped { Cover::Waits } else { Cover::Never };
    }
    if live.any(|one| one.progress.state == State::Posted) { Cover::Has } else { Cover::Waits }
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

/// The kind's stored word.
fn component(kind: LineKind) -> String {
    let text = serde_json::to_string(&kind).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

/// Settlements of one account and currency follow each other without a gap.
pub fn series(found: &Found) -> String {
    let currency = found.settlement.currency;
    format!("{}/{}/{}/{currency}", found.seller_id, found.region, found.marketplace)
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

fn footed(told: &Told<'_>, read: Read) -> Result<Footed, StageError> {
    let settlement = &told.found.settlement;
    let sum = read.footing.sum;
    let unworkable = |error: MoneyError| StageError::Vendor {
        code: "unworkable_amount",
        detail: error.to_string(),
    };
    let claimed = read.footing.claims.values().map(|claimed| claimed.amount);
    let claimed = Money::sum(claimed, sum.currency()).map_err(unworkable)?;
    let covered = claimed.minus(read.held).map_err(unworkable)?;
    Ok(Footed {
        settlement: store::Settlement {
            settlement_id: settlement.settlement_id.clone(),
            fact: told.fact.id.clone(),
            report: told.fact.raw_hash.clone(),
            region: told.found.region.clone(),
            seller_id: told.found.seller_id.clone(),
            series: read.series,
            starts: settlement.start,
            ends: settlement.end,
            deposited: settlement.deposit,
            rows: read.footing.rows,
            total: sum,
            current_reserve: read.footing.links.current_reserve,
            covered,
            posted: sum.minus(claimed).map_err(unworkable)?,
            held: read.held,
        },
        claims: read.claims,
    })
}

/// The settlement that follows, when it waits because this one was missing.
pub async fn follower(turn: &Turn<'_>, decision: &Decision) -> Result<Option<Subject>, StageError> {
    let Some(footed) = &decision.footed else { return Ok(None) };
    let (series, starts) = (&footed.settlement.series, footed.settlement.starts);
    let around = turn.store.settlements_around(&turn.lease.book, series, starts).await?;
    let Some(after) = around.1 else { return Ok(None) };
    let subject = Subject::settlement(&after.settlement_id);
    let row = turn.store.subject(&turn.lease.book, &subject).await?;
    let is_gap = |stop: &Reason| CHAINED.contains(&stop.code.as_str());
    Ok(row.stop.as_ref().is_some_and(is_gap).then_some(subject))
}
