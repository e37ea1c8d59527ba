//! Turns a settlement's facts into a decision: its archived report is read and footed by the same
//! fold that the file command uses, held against its neighbours and Amazon's control totals, and
//! what its rows claim of order documents is claimed in the same transaction.

mod cutover;
mod orders;
mod reading;
mod series;

use std::collections::BTreeMap;

use amazon::source::settlement::Malformed;
use base::{Money, MoneyError, Subject};
use facts::finances::{PaymentGroup, Payout};
use facts::settlement::Found;
use facts::{Body as Said, Chart, Fact};
use intents::{Reason, State};
use mapping::Compiled;
use mapping::orders::{Changes, Situation};
use mapping::rulebook::Posting;
use mapping::settlement::decide::{SettlementSituation, decide_settlement};
use mapping::settlement::{Check, Excess, Footing, Pack, Way, way_of};
use store::{Claim, Decision, Footed, POSTED, SubjectRow};

pub use self::cutover::{claims_of as opening_claims, is_sent, of_order, paid};
pub use self::orders::{exceeding, is_cleared, with_documents};
pub use self::reading::read;
use super::{StageError, Turn};

/// What a settlement waits for when the one before it is missing or differs.
const CHAINED: [&str; 3] =
    ["settlement_gap", "settlement_reserve_differs", "settlement_debt_differs"];

/// A settlement as its facts tell it.
pub struct Told<'a> {
    pub found: &'a Found,
    pub fact: &'a Fact,
    pub payout: Option<&'a Payout>,
    pub group: Option<&'a PaymentGroup>,
    pub summary: Option<Money>,
}

/// A settlement that was read again from its archived report.
pub struct Read {
    pub footing: Footing,
    pub checks: Vec<Check>,
    /// Rows of orders whose documents wait.
    pub held: Money,
    pub held_rows: u64,
    /// Orders whose documents, or opening balances, carry less than rows claim: in words, with both
    /// numbers.
    pub exceeding: Vec<String>,
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
            Said::PaymentGroup(one) => group = Some(one.as_ref()),
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

/// The way in which a settlement was posted, once a document of it is, or may be, in Xero.
pub fn sent_way(row: &SubjectRow, rules: &Compiled) -> Option<Way> {
    is_sent(row).then(|| way_of(&row.decided).unwrap_or(rules.book().settings.way))
}

/// The settlement that posts an order's rows, where the order had no document in time.
pub async fn posted_orders(
    turn: &Turn<'_>,
    rows: &[SubjectRow],
) -> Result<BTreeMap<Subject, String>, StageError> {
    let ids: Vec<&str> = rows.iter().filter_map(|row| row.subject.order_id()).collect();
    let claims = turn.store.claims(&turn.lease.book, &ids).await?;
    let posted = claims.into_iter().filter(|claim| claim.component == POSTED);
    Ok(posted.map(|claim| (Subject::order(&claim.order_id), claim.settlement_id)).collect())
}

/// An order without a document whose rows a settlement has posted: it gets none any more.
pub fn with_settlement(row: &SubjectRow, settlement_id: &str) -> Changes {
    noted(row, &format!("booked with settlement {settlement_id}"))
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
    let sent = sent_way(row, rules);
    let read = match read(turn, rules, chart, (&told, sent)).await {
        Ok(read) => read,
        Err(ReadError::Store(error)) => return Err(StageError::Store(error)),
        Err(error) => return Ok(stopped(row, rules, &error)),
    };
    let pack = match pack(rules, chart) {
        Ok(pack) => pack,
        Err(error) => return Ok(stopped(row, rules, &error)),
    };
    if cutover::is_of_others(rules, &told) && !is_sent(row) {
        let footed = footed(&told, read)?;
        return Ok(decision(row, cutover::taken_off(row), rules, Some(footed)));
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
    let mut changes = decide_settlement(&SettlementSituation {
        situation: Situation {
            book: &turn.lease.book,
            rules,
            chart,
            subject: &row.subject,
            facts: &row.facts,
            decided: &row.decided,
            posted_before: match rules.book().settings.posting {
                Posting::Approve => {
                    let id = &told.found.settlement.settlement_id;
                    posted_before(turn, Some(id)).await?
                }
                Posting::Draft | Posting::Post => 0,
            },
        },
        pack: &pack,
        way: sent.unwrap_or(rules.book().settings.way),
        found: told.found,
        found_by: told.fact,
        footing: &read.footing,
        checks: &read.checks,
        booked_elsewhere: elsewhere.as_deref(),
        held: read.held,
        charge_card: rules.book().accounts.contains_key(&mapping::Role::ChargeCard),
    });
    if changes.stop.is_none() {
        changes.note = exceeds(&read.exceeding).or(changes.note);
    }
    let footed = footed(&told, read)?;
    Ok(decision(row, changes, rules, Some(footed)))
}

/// The rest is posted: rows that claim too much are held, and said with both numbers.
fn exceeds(exceeding: &[String]) -> Option<Reason> {
    let first = exceeding.first()?;
    let detail = match exceeding.len() {
        1 => first.clone(),
        all => format!("{first}; {all} orders in all"),
    };
    Some(Reason::new(Excess::CODE, detail))
}

fn decision(
    row: &SubjectRow,
    changes: Changes,
    rules: &Compiled,
    footed: Option<Footed>,
) -> Decision {
    Decision { footed, ..super::map::decision(row, changes, rules) }
}

fn stopped(row: &SubjectRow, rules: &Compiled, error: &ReadError) -> Decision {
    let stop = Some(Reason::new(error.code(), error.to_string()));
    let saw = row.facts.iter().map(|fact| fact.id.clone()).collect();
    decision(row, Changes { saw, stop, ..Changes::default() }, rules, None)
}

fn noted(row: &SubjectRow, words: &str) -> Changes {
    let saw = row.facts.iter().map(|fact| fact.id.clone()).collect();
    Changes { saw, note: Some(Reason::new("recorded", words)), ..Changes::default() }
}

/// How many settlements were posted, this one aside: in approve mode the first one waits.
pub async fn posted_before(turn: &Turn<'_>, this: Option<&str>) -> Result<u64, StageError> {
    let known = turn.store.settlements(&turn.lease.book).await?;
    let before = known.iter().filter(|one| this != Some(one.settlement_id.as_str()));
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

fn footed(told: &Told<'_>, read: Read) -> Result<Footed, StageError> {
    let settlement = &told.found.settlement;
    let sum = read.footing.sum;
    let unworkable = |error: MoneyError| StageError::Vendor {
        code: "unworkable_amount",
        detail: error.to_string(),
    };
    let claimed = read.footing.claims.values().map(|claimed| claimed.amount);
    let claimed = Money::sum(claimed, sum.currency()).map_err(unworkable)?;
    let opening = read.footing.opened(None).map_err(unworkable)?.amount;
    // Nothing of the opening balances is posted again: they cover their rows as documents do.
    let claimed = claimed.plus(opening).map_err(unworkable)?;
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
