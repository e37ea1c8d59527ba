//! The month's settlements with what became of them, the gaps between them, and what waits.

use std::collections::BTreeMap;

use base::{Day, Money, MoneyError, Subject};
use facts::finances::PayoutStatus;
use mapping::settlement::close::Standing;
use serde::Serialize;
use store::{Settlement, SubjectRow};

use super::super::Failure;
use super::super::books::reason_of;
use super::super::settled::standing;
use super::gather::{Gathered, unworkable};
use crate::engine::Engine;
use crate::stages::bank::bank_name;
use crate::stages::{prove, settle};

/// A settlement that ended in the month, or was paid out in it.
#[derive(Debug, Serialize)]
pub struct SettledRow {
    pub settlement_id: String,
    pub starts: Day,
    pub ends: Day,
    pub total: Money,
    pub documents: Vec<String>,
    /// `posted`, `held`, `stopped` and so on.
    pub standing: &'static str,
    pub payout: Option<PayoutRow>,
    /// As Xero tells of the bank now.
    pub bank: String,
    /// Hash of its newest proof.
    pub proof: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct PayoutRow {
    pub payout_id: String,
    pub initiated: Option<Day>,
    pub amount: Option<Money>,
    pub status: String,
}

/// Between two settlements of one account there is a time that no settlement is of.
#[derive(Debug, Serialize)]
pub struct Gap {
    pub series: String,
    pub after: String,
    pub before: String,
    pub from: String,
    pub until: String,
}

#[derive(Debug, Serialize)]
pub struct Waiting {
    /// `stopped`, `held`, `dead` or `rows`.
    pub kind: &'static str,
    pub id: String,
    pub code: String,
    pub detail: String,
}

pub(super) struct Listed {
    pub(super) settlements: Vec<SettledRow>,
    pub(super) gaps: Vec<Gap>,
    pub(super) open: Vec<Waiting>,
}

pub(super) async fn listed(
    engine: &Engine,
    gathered: &Gathered,
    first: Day,
) -> Result<Listed, Failure> {
    let mut settlements = Vec::new();
    for one in &gathered.known {
        let subject = Subject::settlement(&one.settlement_id);
        let row = engine.store.subject(&engine.book, &subject).await?;
        let bank = engine.store.cursor(&engine.book, &bank_name(&one.settlement_id)).await?;
        let shown = settled(gathered, one, (&row, bank)).map_err(unworkable)?;
        let paid = shown.payout.as_ref().and_then(|payout| payout.initiated);
        if [Some(shown.ends), paid].into_iter().flatten().any(|day| day.month_start() == first) {
            settlements.push(shown);
        }
    }
    Ok(Listed { settlements, gaps: gaps(gathered), open: open(engine, gathered).await? })
}

fn settled(
    gathered: &Gathered,
    one: &Settlement,
    (row, bank): (&SubjectRow, Option<String>),
) -> Result<SettledRow, MoneyError> {
    let payout = settle::told(&row.facts).and_then(|told| told.payout);
    let standing_ones = Standing::of(&row.decided);
    let (papers, entries) = (standing_ones.papers(), standing_ones.entries()?);
    let numbers = papers.iter().map(|paper| paper.number);
    let documents = numbers.chain(entries.iter().map(|entry| entry.number)).map(str::to_owned);
    Ok(SettledRow {
        settlement_id: one.settlement_id.clone(),
        starts: one.starts.day(&gathered.zone),
        ends: one.ends.day(&gathered.zone),
        total: one.total,
        documents: documents.collect(),
        standing: standing(row),
        payout: payout.map(|payout| PayoutRow {
            payout_id: payout.payout_id.clone(),
            initiated: payout.created.map(|moment| moment.day(&gathered.zone)),
            amount: payout.amount,
            status: word(&payout.status).to_owned(),
        }),
        bank: bank.unwrap_or_else(|| "expected".to_owned()),
        proof: prove::newest(&row.facts).map(|(_, hash)| hash.to_owned()),
    })
}

fn word(status: &PayoutStatus) -> &str {
    match status {
        PayoutStatus::Started => "started",
        PayoutStatus::InTransit => "in transit",
        PayoutStatus::Paid => "paid",
        PayoutStatus::Failed => "failed",
        PayoutStatus::Cancelled => "cancelled",
        PayoutStatus::NoPayout => "no payout",
        PayoutStatus::Other(other) => other,
    }
}

/// Up to the month's end: where one settlement does not begin when the last one ended.
fn gaps(gathered: &Gathered) -> Vec<Gap> {
    let end = gathered.date.after_days(1).starts(&gathered.zone);
    let mut series: BTreeMap<&str, Vec<&Settlement>> = BTreeMap::new();
    for one in gathered.known.iter().filter(|one| one.starts < end) {
        series.entry(&one.series).or_default().push(one);
    }
    let mut gaps = Vec::new();
    for (name, mut of_series) in series {
        of_series.sort_by_key(|one| (one.starts, &one.settlement_id));
        for (one, next) in of_series.iter().zip(of_series.iter().skip(1)) {
            if one.ends != next.starts {
                gaps.push(Gap {
                    series: name.to_owned(),
                    after: one.settlement_id.clone(),
                    before: next.settlement_id.clone(),
                    from: one.ends.iso(),
                    until: next.starts.iso(),
                });
            }
        }
    }
    gaps
}

async fn open(engine: &Engine, gathered: &Gathered) -> Result<Vec<Waiting>, Failure> {
    let mut open = Vec::new();
    let mut add = |kind, id: &Subject, (code, detail): (String, String)| {
        let id = id.as_str().split_once(':').map_or(id.as_str(), |(_, id)| id).to_owned();
        open.push(Waiting { kind, id, code, detail });
    };
    for (subject, reason) in engine.store.stopped(&engine.book).await? {
        add("stopped", &subject, (reason.code, reason.detail));
    }
    for decided in engine.store.held(&engine.book).await? {
        add("held", &decided.intent.subject, reason_of(&decided));
    }
    for decided in engine.store.dead(&engine.book).await? {
        add("dead", &decided.intent.subject, reason_of(&decided));
    }
    for one in gathered.known.iter().filter(|one| !one.held.is_zero()) {
        let detail = format!("{} of its rows waits for the documents of orders", one.held);
        let subject = Subject::settlement(&one.settlement_id);
        add("rows", &subject, ("settlement_rows_held".to_owned(), detail));
    }
    Ok(open)
}
