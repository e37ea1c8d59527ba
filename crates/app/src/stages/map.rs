//! Turns the facts of whole subjects into intents.

use std::collections::BTreeMap;

use base::{Subject, Timestamp};
use facts::Chart;
use intents::Priority;
use mapping::orders::{Changes, Situation, decide, released};
use mapping::rulebook::Compiled;
use store::{Decision, SubjectRow};

use super::{Next, StageError, Turn, accrue, letters, prove, settle};
use crate::book::Lane;
use crate::proofs::signing_key;

/// Subjects decided in one turn, and so in one transaction.
const SUBJECTS_MAX: u32 = 200;

/// Decides what is due. What to do is read from the store each time, so a restart, a retry and a
/// double click are all the same thing: run it again.
pub async fn map(turn: &Turn<'_>, rules: &Compiled) -> Result<Next, StageError> {
    let book = &turn.lease.book;
    let Some((chart, _read)) = turn.store.chart(book).await? else {
        // Nothing can be decided before the organisation was read; that nudges this lane.
        return Ok(Next::At(turn.next_look()));
    };
    let now = turn.clock.now();
    if letters::wants_chart(turn).await? {
        turn.store.nudge(&Lane::Xero.name(book), now).await?;
        return Ok(Next::At(turn.next_look()));
    }
    let due: Vec<Subject> = turn.store.due_subjects(book, rules.hash(), now, SUBJECTS_MAX).await?;
    if due.is_empty() {
        if accrue::accrue(turn, rules, &chart).await? {
            return Ok(Next::Now);
        }
        let key = signing_key(turn.store).await.map_err(|error| StageError::of_key(&error))?;
        if prove::prove(turn, rules, &chart, &key).await? {
            return Ok(Next::Now);
        }
        return Ok(Next::At(turn.next_look()));
    }
    let posted_before = turn.store.posted_invoices(book).await?;
    let rows = turn.store.subjects(book, &due).await?;
    let mut decisions: Vec<Decision> = Vec::with_capacity(rows.len());
    let orders: Vec<&SubjectRow> =
        rows.iter().filter(|row| row.subject.settlement_id().is_none()).collect();
    // Settlements after orders, which cover their rows; one at a time and oldest first, for each
    // is held against the one before it.
    if let Some(row) = settle::oldest(&rows).filter(|_row| orders.is_empty()) {
        decisions.push(settle::settle(turn, rules, &chart, row).await?);
    }
    let posted = settle::posted_orders(turn, &rows).await?;
    let known = Known { turn, rules, chart: &chart, posted, posted_before };
    for row in orders {
        let priority = urgency(row, now);
        decisions.push(Decision { priority, ..known.decide(row).await? });
    }
    let mut followers: Vec<Subject> = Vec::new();
    for decision in &decisions {
        followers.extend(settle::follower(turn, decision).await?);
    }

    // One transaction: decisions, withdrawals and outbox rows land together or not at all.
    turn.gate.pass("map: before deciding").await;
    turn.store.decide(turn.lease, &decisions, turn.clock.now()).await?;
    turn.gate.pass("map: after deciding").await;
    if !followers.is_empty() {
        turn.store.wake_subjects(turn.lease, &followers, turn.clock.now()).await?;
    }
    turn.store.nudge(&Lane::Xero.name(book), turn.clock.now()).await?;
    Ok(Next::Now)
}

/// What an order is decided with, besides its own facts.
struct Known<'a> {
    turn: &'a Turn<'a>,
    rules: &'a Compiled,
    chart: &'a Chart,
    /// Settlements with which orders were posted.
    posted: BTreeMap<Subject, String>,
    posted_before: u64,
}

impl Known<'_> {
    async fn decide(&self, row: &SubjectRow) -> Result<Decision, StageError> {
        let Known { turn, rules, chart, posted, posted_before } = self;
        if row.subject.of_period().is_some() {
            return accrue::again(turn, rules, chart, row).await;
        }
        if let Some(changes) = settle::of_order(row, rules) {
            return Ok(decision(row, changes, rules));
        }
        let settlement = posted.get(&row.subject).filter(|_id| row.decided.is_empty());
        if let Some(settlement_id) = settlement {
            return Ok(decision(row, settle::with_settlement(row, settlement_id), rules));
        }
        let changes = decide(&Situation {
            book: &turn.lease.book,
            rules,
            chart,
            subject: &row.subject,
            facts: &row.facts,
            decided: &row.decided,
            posted_before: *posted_before,
        });
        Ok(decision(row, changes, rules))
    }
}

/// What nothing happened to for so long is not urgent, whether it is read late or decided again.
const LATELY_MS: i64 = 2 * Timestamp::DAY;

fn urgency(row: &SubjectRow, now: Timestamp) -> Priority {
    if row.subject.order_id().is_none() {
        return Priority::Settlement;
    }
    let newest = row.facts.iter().map(|fact| fact.occurred).max();
    let is_late = newest.is_some_and(|newest| now.since(newest) > LATELY_MS);
    if is_late { Priority::Backfill } else { Priority::Live }
}

pub(super) fn decision(row: &SubjectRow, changes: Changes, rules: &Compiled) -> Decision {
    // What was not asked of the rules is left as it was decided.
    let release = match changes.stop {
        Some(_) => changes.release,
        None => released(&row.decided, &changes),
    };
    Decision {
        subject: row.subject.clone(),
        priority: Priority::Settlement,
        saw: changes.saw,
        rule_hash: rules.hash().to_owned(),
        shared: changes.shared,
        intents: changes.intents,
        withdraw: changes.withdraw,
        release,
        stop: changes.stop,
        note: changes.note,
        footed: None,
        wait: changes.wait,
    }
}
