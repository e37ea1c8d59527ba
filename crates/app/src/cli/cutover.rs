//! `daybook cutover`: opening balances for a book with a past, as Amazon's own numbers give them, and
//! the day from which the book is Daybook's.

mod journal;
mod text;

use std::process::ExitCode;

use base::{Day, Subject, Timestamp, Zone};
use clap::Args;
use facts::Body as Said;
use mapping::RuleBook;
use mapping::settlement::cutover::{Beginning, Ended, Proposal, propose};
use store::SubjectRow;

use self::journal::Journal;
use super::bridge::{gather, told};
use super::open::Opened;
use super::{Common, Failure, print, print_json};
use crate::book::Lane;
use crate::engine::Engine;
use crate::stages::settle;

/// What a proposal ends with that does not come to Amazon's balance.
const DIFFERS_CODE: &str = "cutover_differs";
/// Subjects that are read at once.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub struct CutoverArgs {
    /// The first day that is the book's own, as YYYY-MM-DD. Amazon's day begins at midnight UTC.
    #[arg(long, value_name = "DATE")]
    pub date: String,
    /// Begin the book there. Without it nothing is changed.
    #[arg(long)]
    pub accept: bool,
}

/// The opening balances and the journal that brings them into the ledger.
#[derive(Debug)]
pub struct Proposed {
    pub proposal: Proposal,
    pub journal: Journal,
}

pub async fn run_cutover(common: &Common, args: CutoverArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let engine = opened.engine().await?;
    let day = Day::parse(&args.date)
        .map_err(|error| Failure::new("cutover_day_invalid", error.to_string()))?;
    let proposed = propose_day(&engine, day).await?;
    let version = if args.accept { Some(accept(&engine, &proposed).await?) } else { None };
    let told = text::Told::of(&proposed, version).map_err(gather::unworkable)?;
    if common.json {
        print_json(&told)?;
    } else {
        print(&text::text(&told));
    }
    Ok(if told.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the book would begin with on a day. Asks Amazon for its balance where none of that day is
/// stored; everything else was pulled before.
pub async fn propose_day(engine: &Engine, day: Day) -> Result<Proposed, Failure> {
    is_known(engine, day).await?;
    let chart = engine.store.chart(&engine.book).await?;
    let (chart, _) = chart.ok_or_else(|| not_ready("Xero's chart has not been read yet"))?;
    let currency = gather::currency(engine, &chart).await?;
    let balance = told::balance(engine, day.after_days(-1), currency).await?;
    let facts = told::facts(engine).await?;
    let proposal = propose(&Beginning {
        day,
        currency,
        balance,
        settlements: &ended(engine).await?,
        transactions: &told::transactions(&facts),
    });
    let proposal = proposal.map_err(gather::unworkable)?;
    let rules = engine.rules().await?;
    let journal = Journal::of(&proposal, &rules, &chart).map_err(gather::unworkable)?;
    Ok(Proposed { proposal, journal })
}

fn not_ready(detail: &str) -> Failure {
    Failure::new("cutover_not_ready", format!("{detail}: run daybook run"))
}

/// The day has begun, and Amazon's money was read since.
async fn is_known(engine: &Engine, day: Day) -> Result<(), Failure> {
    let moment = day.midnight_utc();
    if moment > engine.clock.now() {
        let detail = format!("{day} has not begun in UTC: Amazon has no balance of the day before");
        return Err(Failure::new("cutover_day_invalid", detail));
    }
    for link in &engine.settings.amazon {
        let lane = Lane::Amazon { region: link.region.clone() };
        let swept = gather::state(engine, &lane).await?.money.swept;
        if swept.is_none_or(|swept| swept < moment) {
            let words = format!("Amazon's money in {} was not read since {day} began", link.region);
            return Err(not_ready(&words));
        }
    }
    Ok(())
}

async fn ended(engine: &Engine) -> Result<Vec<Ended>, Failure> {
    let settlements = engine.store.settlements(&engine.book).await?;
    let named: Vec<Subject> =
        settlements.iter().map(|one| Subject::settlement(&one.settlement_id)).collect();
    let rows = engine.store.subjects(&engine.book, &named).await?;
    let ended = settlements.into_iter().zip(&rows).map(|(one, row)| Ended {
        paid: settle::paid(settle::told(&row.facts).and_then(|told| told.payout), one.deposited),
        settlement_id: one.settlement_id,
        series: one.series,
        starts: one.starts,
        ends: one.ends,
        total: one.total,
        current_reserve: one.current_reserve,
    });
    Ok(ended.collect())
}

/// Begins the book on the day of a proposal: a new version of the rule book says so, what was booked
/// before is listed, and what Daybook had decided of it and not sent is decided again. Answers the
/// version.
pub async fn accept(engine: &Engine, proposed: &Proposed) -> Result<i64, Failure> {
    let proposal = &proposed.proposal;
    let difference = proposal.difference().map_err(gather::unworkable)?;
    if !difference.is_zero() {
        return Err(Failure::new(DIFFERS_CODE, text::differs(difference)));
    }
    let subjects = undecided(engine, proposal.day).await?;
    let now = engine.clock.now();
    let name = Lane::Book.name(&engine.book);
    let lease = engine.store.claim_lane(&name, "cutover", now, Timestamp::MINUTE).await?;
    let busy = || Failure::new("busy", "the book is being decided right now: try again");
    let lease = lease.ok_or_else(busy)?;
    let claims = settle::opening_claims(&proposal.orders);
    let result = async {
        engine.store.begin_book(&lease, &claims).await?;
        let version = publish(engine, proposal.day).await?;
        engine.store.wake_subjects(&lease, &subjects, now).await?;
        Ok(version)
    };
    let result = result.await;
    engine.store.settle_lane(&lease, now, &lease.state, now).await?;
    result
}

async fn publish(engine: &Engine, day: Day) -> Result<i64, Failure> {
    let broken = |error: mapping::RuleBookError| Failure::new("rule_failed", crate::say(&error));
    let current = engine.store.rules(&engine.book).await?;
    let current = current.ok_or_else(|| Failure::new("not_connected", "connect the book first"))?;
    let mut rules = RuleBook::from_json(&current.body).map_err(broken)?;
    rules.settings.cutover = Some(day);
    let body = rules.to_json().map_err(broken)?;
    Ok(engine.store.publish_rules(&engine.book, &body, engine.clock.now()).await?.version)
}

/// Every order and settlement, to be decided again. An error where Daybook has posted something that
/// the opening balances would have twice.
async fn undecided(engine: &Engine, day: Day) -> Result<Vec<Subject>, Failure> {
    let (mut subjects, mut sent, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = engine.store.subjects_page(&engine.book, after.as_ref(), PAGE).await?;
        let Some(last) = page.last().cloned() else { break };
        let is_asked = |one: &Subject| one.order_id().is_some() || one.settlement_id().is_some();
        let asked: Vec<Subject> = page.into_iter().filter(is_asked).collect();
        for row in engine.store.subjects(&engine.book, &asked).await? {
            if settle::is_sent(&row) && began_before(&row, day.midnight_utc()) {
                sent.push(row.subject.to_string());
            }
        }
        subjects.extend(asked);
        after = Some(last);
    }
    let Some(first) = sent.first() else { return Ok(subjects) };
    let detail = format!(
        "Daybook has posted documents of {} orders and settlements that began before {day}: {first}",
        sent.len()
    );
    Err(Failure::new("cutover_too_late", detail))
}

fn began_before(row: &SubjectRow, moment: Timestamp) -> bool {
    row.facts.iter().any(|fact| match &fact.body {
        Said::Order(order) => order.created < moment,
        Said::Settlement(found) => found.settlement.start < moment,
        Said::Unreadable { .. }
        | Said::Approval(_)
        | Said::Transaction(_)
        | Said::Payout(_)
        | Said::PaymentGroup(_)
        | Said::Summary(_)
        | Said::Balance(_)
        | Said::Proof { .. } => false,
    })
}

/// The day before, in UTC: the opening balances are dated on it.
pub(super) fn dated(day: Day) -> Day {
    day.midnight_utc().after_ms(-1).day(&Zone::utc())
}
