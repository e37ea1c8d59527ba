//! What there is to see at the end of the second act: each settlement with its proof checked again
//! beside Amazon's report, each month's pack.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base::{Clock as _, Day, Money, Subject, Timestamp, Zone};
use proof::{Finding, Proof};
use sandbox::server::Sandbox;
use store::Settlement;

use super::account::{Account, CLOSED, ORDERS};
use super::told::{self, Closed, Proved, Settled};
use crate::cli::settled::standing;
use crate::cli::{Failure, close, proof as proofs};
use crate::engine::Engine;
use crate::report::Report;
use crate::stages::bank::bank_name;
use crate::stages::{prove, settle};

pub(super) async fn look(
    account: &Account<'_>,
    (engine, world): (&Engine, &Sandbox),
    opened: Timestamp,
    report: Report,
) -> Result<told::Account, Failure> {
    let papers = account.dir.join("proofs");
    let packs = account.dir.join("close");
    made(&papers)?;
    let booked = booked(world);
    let key = proofs::public_key(&engine.store).await?;
    let mut settlements = Vec::new();
    for one in engine.store.settlements(&engine.book).await? {
        let mut settled = settled(engine, &one, (&papers, key.as_deref())).await?;
        settled.is_booked = booked.contains(&one.settlement_id);
        settlements.push(settled);
    }
    let mut months = Vec::new();
    for month in CLOSED {
        let made = patiently_closed(engine, close::month(month)?).await?;
        let paths = close::write(&made, &packs)?;
        let page = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        months.push(closed(&made, page)?);
    }
    let mut told = told::Account {
        home: account.home().display().to_string(),
        proofs: papers.display().to_string(),
        packs: packs.display().to_string(),
        organisation: report.organisation.clone(),
        marketplace: account.market.name().to_owned(),
        history: account.market.word(),
        way: account.way.as_str(),
        orders: ORDERS,
        from: opened.day(&Zone::utc()),
        until: world.clock().now().day(&Zone::utc()),
        settlements,
        months,
        report,
        agrees: false,
    };
    told.agrees = told.troubles().is_empty() && told.months.iter().all(|month| month.is_well);
    Ok(told)
}

/// A payout that the bank had booked so long ago is known to be matched: Daybook asks every other
/// day.
const ASKED_MS: i64 = 4 * Timestamp::DAY;

/// The settlements whose money has been on the bank's statement for long enough.
fn booked(world: &Sandbox) -> BTreeSet<String> {
    let until = world.clock().now().after_ms(-ASKED_MS);
    let lines = world.amazon().history().map(|history| history.bank_lines(until));
    lines.into_iter().flatten().filter_map(|line| line.settlement).collect()
}

async fn settled(
    engine: &Engine,
    one: &Settlement,
    (papers, key): (&Path, Option<&str>),
) -> Result<Settled, Failure> {
    let id = &one.settlement_id;
    let row = engine.store.subject(&engine.book, &Subject::settlement(id)).await?;
    let bank = engine.store.cursor(&engine.book, &bank_name(id)).await?;
    let mut settled = Settled {
        settlement_id: id.clone(),
        start: one.starts.day(&Zone::utc()),
        end: one.ends.day(&Zone::utc()),
        rows: one.rows,
        on_orders: one.covered,
        on_settlement: one.posted,
        total: one.total,
        standing: standing(&row),
        documents: Vec::new(),
        bank: bank.unwrap_or_else(|| "expected".to_owned()),
        is_booked: false,
        report: None,
        proof: None,
    };
    if let Some(told) = settle::told(&row.facts) {
        let ending = if told.found.gzip { "txt.gz" } else { "txt" };
        let path = papers.join(format!("settlement-{id}.{ending}"));
        written(&path, &archived(engine, &told.fact.raw_hash).await?)?;
        settled.report = Some(path.display().to_string());
    }
    if let (Some((_, hash)), Some(report)) = (prove::newest(&row.facts), &settled.report) {
        let bytes = archived(engine, hash).await?;
        let name = format!("settlement-{id}.proof");
        proofs::write_out(papers, &name, &bytes)?;
        let proof: Proof = serde_json::from_slice(&bytes)
            .map_err(|error| Failure::new("proof_unreadable", error.to_string()))?;
        let findings = proofs::holds(&proof, key, report)?;
        settled.documents = proof.documents.iter().map(told::Document::of).collect();
        let file = |ending: &str| papers.join(format!("{name}.{ending}")).display().to_string();
        settled.proof = Some(Proved {
            holds: findings.is_empty(),
            findings: findings.iter().map(said).collect(),
            json: file("json"),
            page: file("html"),
        });
    }
    Ok(settled)
}

fn said(finding: &Finding) -> String {
    format!("{}: {}", finding.place, finding.detail)
}

fn closed(made: &close::Close, page: String) -> Result<Closed, Failure> {
    let unworkable = |error: base::MoneyError| Failure::new("unworkable_amount", error.to_string());
    let sum = |items: &[mapping::settlement::bridge::Item]| {
        Money::sum(items.iter().map(|item| item.amount), made.currency).map_err(unworkable)
    };
    let bridge = made.bridge.bridge.as_ref();
    let mut apart: Vec<String> = Vec::new();
    apart.extend(made.bridge.detail.clone());
    let differing = made.balances.iter().filter(|section| !section.is_well);
    apart.extend(differing.map(|section| format!("{} differs", section.title)));
    Ok(Closed {
        month: made.month.clone(),
        date: made.date,
        books: bridge.map(|bridge| sum(&bridge.left)).transpose()?,
        amazon: bridge.map(|bridge| sum(&bridge.right)).transpose()?,
        bridge_items: bridge.map_or(0, |bridge| bridge.left.len() + bridge.right.len()),
        bridge_closes: made.bridge.closes,
        balances: made.balances.len(),
        balances_tied: made.balances.iter().filter(|section| section.is_well).count(),
        is_well: made.is_well,
        apart,
        page,
    })
}

/// Tries of a month's pack while a vendor fails.
const TRIES_MAX: u32 = 12;

/// The pack, asked for again where a faulty vendor did not answer: without a bridge it says little.
async fn patiently_closed(engine: &Engine, month: Day) -> Result<close::Close, Failure> {
    let mut tries = 0;
    loop {
        let made = close::of_month(engine, month).await;
        tries += 1;
        let is_whole = made.as_ref().is_ok_and(|made| made.bridge.bridge.is_some());
        if is_whole || tries >= TRIES_MAX {
            return made;
        }
        let wait_ms = i64::from(tries) * 2 * Timestamp::SECOND;
        engine.clock.until(engine.clock.now().after_ms(wait_ms)).await;
    }
}

async fn archived(engine: &Engine, hash: &str) -> Result<Vec<u8>, Failure> {
    let bytes = engine.store.document(hash).await?;
    bytes.ok_or_else(|| Failure::new("report_not_archived", hash))
}

fn made(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))
}

fn written(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new("file_unwritable", format!("{}: {error}", path.display()))
}
