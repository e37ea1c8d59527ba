//! Writes the proof of each settlement whose documents are all in Xero, and again when something
//! that it tells has changed: a payout's status, a match with the bank, a control total.

mod documents;

use amazon::source::settlement::{Event, Hints, Reader};
use base::{FactId, Money, MoneyError, Subject, Timestamp, Zone};
use facts::finances::{Payout, PayoutStatus};
use facts::{Body as Said, Chart, Fact};
use intents::{Decided, State};
use mapping::Compiled;
use mapping::settlement::Way;
use proof::{
    BookSide, Control, Coverage, FORMAT, Hash, Key, MoneyOut, Proof, Report, Sealed, Segments,
    Settlement, Share, Standing,
};
use store::{Alarm, Document as Archived, SubjectRow};

use self::documents::{document_kind, documents};
use super::bank::bank_name;
use super::settle::{self, Read, ReadError, Told};
use super::{StageError, Turn};
use crate::proofs::{check_of, layout};

/// The checks against Amazon's own totals are called by it.
const CONTROL: &str = "control_";

/// What an archived proof is called.
pub const PROOF_KIND: &str = "daybook.proof";

/// Proves one settlement that is not proved as it stands now. False when none is left.
pub async fn prove(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    key: &Key,
) -> Result<bool, StageError> {
    for settlement in turn.store.settlements(&turn.lease.book).await? {
        let subject = Subject::settlement(&settlement.settlement_id);
        let row = turn.store.subject(&turn.lease.book, &subject).await?;
        let Some(print) = fingerprint(turn, rules, &row, &settlement).await? else { continue };
        let name = format!("proved:{}", settlement.settlement_id);
        if turn.store.cursor(&turn.lease.book, &name).await?.as_deref() == Some(print.as_str()) {
            continue;
        }
        if settle::is_cleared(turn, rules, &settlement).await? {
            // Deciding again counts what waited as covered; the proof comes after that.
            turn.store.wake_subjects(turn.lease, &[subject], turn.clock.now()).await?;
            return Ok(true);
        }
        match build(turn, rules, chart, &row).await {
            Ok(Some(proof)) => {
                write(turn, key, &subject, proof).await?;
                proved(turn, &subject).await?;
            }
            Ok(None) => {}
            Err(ReadError::Store(error)) => return Err(StageError::Store(error)),
            // One that cannot be proved is told, and keeps no other from its proof.
            Err(error) => {
                let (code, detail) = (error.code().to_owned(), error.to_string());
                let alarm = Alarm { code, subject: subject.to_string(), detail };
                turn.store.raise_alarm(&turn.lease.book, &alarm, turn.clock.now()).await?;
            }
        }
        turn.store.set_cursor(turn.lease, &name, &print).await?;
        return Ok(true);
    }
    Ok(false)
}

/// What kept it from its proof is over; a report's own bytes never change.
async fn proved(turn: &Turn<'_>, subject: &Subject) -> Result<(), StageError> {
    let codes =
        ["report_not_archived", "unworkable_amount", "tax_pack_missing", "unknown_time_zone"];
    for code in codes {
        let (book, now) = (&turn.lease.book, turn.clock.now());
        turn.store.clear_alarm(book, (code, &subject.to_string()), "prove", now).await?;
    }
    Ok(())
}

/// What a proof depends on; none while a document is not through.
async fn fingerprint(
    turn: &Turn<'_>,
    rules: &Compiled,
    row: &SubjectRow,
    settlement: &store::Settlement,
) -> Result<Option<String>, StageError> {
    let standing = standing(row);
    let is_through = !standing.is_empty()
        && standing.iter().all(|decided| decided.progress.state == State::Posted);
    if !is_through || row.stop.is_some() {
        return Ok(None);
    }
    let mut parts: Vec<String> = vec![rules.hash().to_owned()];
    let said = row.facts.iter().filter(|fact| is_proved(&fact.body));
    parts.extend(said.map(|fact| fact.id.to_string()));
    for decided in &standing {
        parts.push(decided.intent.id.to_string());
        parts.extend(decided.receipt.as_ref().map(|receipt| receipt.remote_id.clone()));
    }
    parts.push(is_matched(turn, row).await?.to_string());
    parts.push(settlement.held.to_string());
    parts.push(settle::is_cleared(turn, rules, settlement).await?.to_string());
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Ok(Some(base::digest(&parts)))
}

/// What a proof tells of. A payout on its way is not: it would be proved again at each step.
fn is_proved(body: &Said) -> bool {
    match body {
        Said::Payout(payout) => match payout.status {
            PayoutStatus::Started | PayoutStatus::InTransit => false,
            PayoutStatus::Paid
            | PayoutStatus::Failed
            | PayoutStatus::Cancelled
            | PayoutStatus::NoPayout
            | PayoutStatus::Other(_) => true,
        },
        Said::Settlement(_) | Said::Summary(_) | Said::PaymentGroup(_) => true,
        Said::Order(_)
        | Said::Unreadable { .. }
        | Said::Approval(_)
        | Said::Transaction(_)
        | Said::Balance(_)
        | Said::Proof { .. } => false,
    }
}

/// The documents that count; files at them prove nothing.
fn standing(row: &SubjectRow) -> Vec<&Decided> {
    let live = row.decided.iter().filter(|decided| {
        mapping::settlement::stands(&row.decided, decided)
            && document_kind(&decided.intent.body).is_some()
    });
    live.collect()
}

async fn is_matched(turn: &Turn<'_>, row: &SubjectRow) -> Result<bool, store::StoreError> {
    let Some(id) = row.subject.settlement_id() else { return Ok(false) };
    let matched = turn.store.cursor(&turn.lease.book, &bank_name(id)).await?;
    Ok(matched.as_deref() == Some("matched"))
}

/// The proof as it would be written now; none where the report's settlement is not known.
pub async fn build(
    turn: &Turn<'_>,
    rules: &Compiled,
    chart: &Chart,
    row: &SubjectRow,
) -> Result<Option<Proof>, ReadError> {
    let Some(told) = settle::told(&row.facts) else { return Ok(None) };
    let way = settle::sent_way(row, rules);
    let read = settle::read(turn, rules, chart, (&told, way)).await?;
    let bytes = turn.store.document(&told.fact.raw_hash).await?;
    let bytes = bytes.ok_or_else(|| ReadError::NotArchived(told.fact.raw_hash.clone()))?;
    let sealed = seal(&bytes, &told)?;
    let about = About {
        turn,
        rules,
        zone: Zone::named(&chart.organisation.time_zone).map(|_| &chart.organisation.time_zone)?,
        told: &told,
        way: way.unwrap_or(rules.book().settings.way),
        is_matched: is_matched(turn, row).await?,
    };
    about.proof(&read, row, &bytes, sealed).map(Some)
}

/// The settlement's rows as they stand in the file, hashed in their order.
fn seal(bytes: &[u8], told: &Told<'_>) -> Result<Sealed, ReadError> {
    let settlement = &told.found.settlement;
    let hints = Hints { japan: settlement.currency.code() == "JPY", ..Hints::default() };
    let mut reader = Reader::new(bytes, &hints).map_err(ReadError::Malformed)?;
    let mut segments = Segments::start(settlement.currency);
    while let Some(event) = reader.next_event().map_err(ReadError::Malformed)? {
        match event {
            Event::Row(row) if row.settlement_id == settlement.settlement_id => {
                segments.row(row.line, row.raw, row.amount)?;
            }
            Event::Row(_) | Event::Settlement(_) => {}
        }
    }
    Ok(segments.finish()?)
}

struct About<'a> {
    turn: &'a Turn<'a>,
    rules: &'a Compiled,
    zone: &'a str,
    told: &'a Told<'a>,
    way: Way,
    is_matched: bool,
}

impl About<'_> {
    fn proof(
        &self,
        read: &Read,
        row: &SubjectRow,
        bytes: &[u8],
        sealed: Sealed,
    ) -> Result<Proof, ReadError> {
        let footing = &read.footing;
        let currency = footing.settlement.currency;
        let categories = footing.categories.iter();
        let all = footing.checks.iter().chain(&read.checks);
        let (controls, checks): (Vec<_>, Vec<_>) =
            all.partition(|check| check.name.starts_with(CONTROL));
        let mut proof = Proof {
            format: FORMAT,
            settlement: Settlement {
                settlement_id: footing.settlement.settlement_id.clone(),
                region: self.told.found.region.clone(),
                marketplace: footing.marketplace.clone(),
                currency,
                start: footing.settlement.start,
                end: footing.settlement.end,
                deposit: footing.settlement.deposit,
                total: footing.settlement.total,
            },
            report: Report {
                sha256: Hash::of(bytes),
                bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
                layout: layout(footing.layout).to_owned(),
                rows: 0,
                sum: Money::zero(currency),
            },
            root: sealed.root,
            segment_rows: 1,
            segments: Vec::new(),
            categories: categories.map(|(one, sum)| (one.as_str().to_owned(), *sum)).collect(),
            standing: Standing::Posted,
            coverage: coverage(read, sealed.rows)?,
            documents: documents(row, currency)?,
            checks: checks.into_iter().map(check_of).collect(),
            controls: controls.into_iter().map(|check| control(check_of(check))).collect(),
            payout: self.payout(read),
            book: BookSide {
                book: Some(self.turn.lease.book.to_string()),
                rules: self.rules.book().name.clone(),
                rules_hash: self.rules.hash().to_owned(),
                way: self.way.as_str().to_owned(),
                zone: self.zone.to_owned(),
            },
            program: concat!("daybook ", env!("CARGO_PKG_VERSION")).to_owned(),
            made_at: self.turn.clock.now(),
            installation: true,
            signature: None,
        };
        proof.seal(sealed);
        Ok(proof)
    }

    /// What reaches the bank: Amazon's own word, else what the settlement says of itself.
    fn payout(&self, read: &Read) -> Option<MoneyOut> {
        let settlement = &read.footing.settlement;
        let told = self.told.payout;
        let amount = told.and_then(|payout| payout.amount).or(settlement.total)?;
        if !amount.is_positive() {
            return None;
        }
        Some(MoneyOut {
            payout_id: told.map(|payout| payout.payout_id.clone()),
            amount,
            initiated: told.and_then(|payout| payout.created).or(settlement.deposit),
            status: status(told).to_owned(),
            is_matched: self.is_matched,
        })
    }
}

fn status(payout: Option<&Payout>) -> &str {
    match payout.map(|payout| &payout.status) {
        None => "expected",
        Some(PayoutStatus::Started | PayoutStatus::InTransit) => "initiated",
        Some(PayoutStatus::Paid) => "paid",
        Some(PayoutStatus::Failed) => "failed",
        Some(PayoutStatus::Cancelled) => "cancelled",
        Some(PayoutStatus::NoPayout) => "no_payout",
        Some(PayoutStatus::Other(word)) => word,
    }
}

fn control(check: proof::Check) -> Control {
    Control {
        name: check.name,
        verdict: check.verdict,
        expected: check.expected,
        found: check.found,
        detail: check.detail,
    }
}

/// Claimed rows are covered, or held where their order's document is not there; the rest is in
/// this settlement's documents.
fn coverage(read: &Read, rows: u64) -> Result<Coverage, MoneyError> {
    let sum = read.footing.sum;
    let claims = &read.footing.claims;
    let held_rows: u64 = read.held_rows;
    let claimed_rows: u64 = claims.values().map(|claimed| claimed.rows).sum();
    let claimed = Money::sum(claims.values().map(|claimed| claimed.amount), sum.currency())?;
    let opening = read.footing.opened(None)?;
    let claimed_rows = claimed_rows.saturating_add(opening.rows);
    let claimed = claimed.plus(opening.amount)?;
    let opening = Share { rows: opening.rows, amount: opening.amount };
    Ok(Coverage {
        covered: Share {
            rows: claimed_rows.saturating_sub(held_rows),
            amount: claimed.minus(read.held)?,
        },
        opening: Some(opening).filter(|opening| opening.rows > 0),
        posted: Share { rows: rows.saturating_sub(claimed_rows), amount: sum.minus(claimed)? },
        held: Share { rows: held_rows, amount: read.held },
        ..Coverage::none(sum.currency())
    })
}

/// Signs, archives, and tells it as a fact, so that the settlement gets it attached.
async fn write(
    turn: &Turn<'_>,
    key: &Key,
    subject: &Subject,
    mut proof: Proof,
) -> Result<(), StageError> {
    let unsigned = |error: String| StageError::Vendor { code: "proof_unsigned", detail: error };
    key.sign(&mut proof).map_err(|error| unsigned(error.to_string()))?;
    let text = serde_json::to_string(&proof).map_err(|error| unsigned(error.to_string()))?;
    let bytes = text.into_bytes();
    let hash = base::id::content_hash(&bytes);
    let now = turn.clock.now();
    let fact = Fact {
        id: FactId::derive(&["daybook", "proof", subject.as_str(), &hash]),
        subject: subject.clone(),
        occurred: now,
        source: "daybook:proof".to_owned(),
        raw_hash: hash.clone(),
        body: Said::Proof { hash: hash.clone() },
    };
    let document = Archived { hash, kind: PROOF_KIND.to_owned(), bytes };
    turn.gate.pass("prove: before recording").await;
    turn.store.record_written(turn.lease, &document, &fact, now).await?;
    turn.gate.pass("prove: after recording").await;
    Ok(())
}

/// The newest proof of a settlement, as it was written.
pub fn newest(facts: &[Fact]) -> Option<(Timestamp, &str)> {
    let proofs = facts.iter().filter_map(|fact| {
        if let Said::Proof { hash } = &fact.body {
            Some((fact.occurred, hash.as_str()))
        } else {
            None
        }
    });
    proofs.max_by_key(|(at, _)| *at)
}
