//! `daybook books`: what both sides hold, in the auditor's words and, against a sandbox, in the
//! words of its generator and its ledger.

mod asked;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use base::Timestamp;
use clap::Args;
use intents::{Decided, Kind, State};
use serde::Deserialize;

use super::connect::lever;
use super::open::Opened;
use super::{Common, Failure, print, print_json};
use crate::engine::Engine;
use crate::report::{Difference, HeldOrder, Report, Settlements, Spread, Stopped};

#[derive(Debug, Args)]
pub struct BooksArgs {}

pub async fn books(common: &Common, _args: BooksArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let engine = opened.engine().await?;
    let report = if engine.settings.is_demo() {
        Report::kept(&opened.home.dir)
            .map_err(|error| Failure::new("file_unreadable", error.to_string()))?
    } else {
        let home = opened.home.dir.display().to_string();
        Report { home, ..report(&engine).await? }
    };
    if common.json {
        print_json(&report)?;
    } else {
        print(&format!("{}\n", report.organisation));
        print(&report.text());
    }
    Ok(if report.agrees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the sandbox's generator and ledger know.
#[derive(Debug, Deserialize)]
pub struct Truth {
    pub should_post: u64,
    pub posted: u64,
    pub duplicates: u64,
    pub lost: u64,
    pub amazon_total: BTreeMap<String, String>,
    pub xero_total: BTreeMap<String, String>,
    pub payments_wrong: Vec<WrongAmount>,
    pub totals_wrong: Vec<WrongAmount>,
    pub unexpected: Vec<Reasoned>,
    pub held_expected: Vec<Reasoned>,
    pub unknown_names: Vec<Counted>,
}

#[derive(Debug, Deserialize)]
pub struct WrongAmount {
    pub order_id: String,
    pub expected: String,
    pub found: String,
}

#[derive(Debug, Deserialize)]
pub struct Reasoned {
    pub order_id: String,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
pub struct Counted {
    pub vendor: String,
    pub name: String,
}

/// Asks the auditor, and the sandbox if there is one, and adds what Daybook itself knows.
pub async fn report(engine: &Engine) -> Result<Report, Failure> {
    let held = held_orders(engine).await?;
    let audit = asked::audit(engine, &held).await?;
    let mut report = Report {
        setup_calls: engine.settings.setup_calls,
        organisation: engine.settings.name.clone(),
        orders: match audit.settlements {
            // The store counts orders, too, that only Finances name.
            Some(_) => audit.orders,
            None => engine.store.orders(&engine.book).await?,
        },
        held: held.len() as u64,
        held_orders: held,
        should_post: audit.should_post,
        posted: audit.posted,
        duplicates: audit.duplicates.len() as u64,
        lost: audit.lost.len() as u64,
        amazon_total: audit.amazon_total.clone(),
        xero_total: audit.xero_total.clone(),
        shipped_total: audit.payments_expected.clone(),
        paid_total: audit.payments_found.clone(),
        refunds_total: audit.refunds_expected.clone(),
        credited_total: audit.refunds_found.clone(),
        settlements: audit.settlements.as_ref().map(Settlements::of),
        trial_balance_balances: audit.trial_balance_balances,
        agrees: audit.agrees,
        differences: audit
            .differences
            .iter()
            .map(|one| Difference {
                order_id: one.order_id.clone(),
                settlement_id: one.settlement_id.clone(),
                what: one.what.clone(),
                amazon: one.amazon.clone(),
                xero: one.xero.clone(),
            })
            .collect(),
        ..Report::default()
    };
    if let Some(url) = &engine.settings.sandbox {
        let truth: Truth = lever(engine.carrier.as_ref(), url, "/_sandbox/truth").await?;
        if engine.settings.money {
            // Its sums know orders alone, and the ledger has settlements besides.
            report.unknown_names = unknown_names(&truth);
        } else {
            with_truth(&mut report, &truth);
        }
    }
    own_words(engine, &mut report).await?;
    Ok(report)
}

/// Expectations from the generator and sums from the ledger take the place of the auditor's; what
/// they find wrong counts against agreement.
fn with_truth(report: &mut Report, truth: &Truth) {
    report.should_post = truth.should_post;
    report.posted = truth.posted;
    report.duplicates = truth.duplicates;
    report.lost = truth.lost;
    report.amazon_total.clone_from(&truth.amazon_total);
    report.xero_total.clone_from(&truth.xero_total);
    report.unknown_names = unknown_names(truth);
    for (what, rows) in [("total", &truth.totals_wrong), ("payments", &truth.payments_wrong)] {
        report.differences.extend(rows.iter().map(|row| Difference {
            order_id: row.order_id.clone(),
            settlement_id: String::new(),
            what: what.to_owned(),
            amazon: row.expected.clone(),
            xero: row.found.clone(),
        }));
    }
    report.differences.extend(truth.unexpected.iter().map(|row| Difference {
        order_id: row.order_id.clone(),
        settlement_id: String::new(),
        what: format!("a live invoice although {}", row.reason),
        amazon: "none".to_owned(),
        xero: "one".to_owned(),
    }));
    let expected: BTreeSet<&str> =
        truth.held_expected.iter().map(|row| row.order_id.as_str()).collect();
    let held: BTreeSet<&str> =
        report.held_orders.iter().map(|order| order.order_id.as_str()).collect();
    let odd: Vec<Difference> =
        expected.symmetric_difference(&held).map(|id| odd(id, &held)).collect();
    report.differences.extend(odd);
    report.agrees = report.agrees
        && truth.duplicates == 0
        && truth.lost == 0
        && truth.posted == truth.should_post
        && truth.amazon_total == truth.xero_total
        && report.differences.is_empty();
}

fn unknown_names(truth: &Truth) -> Vec<String> {
    truth.unknown_names.iter().map(|one| format!("{} {}", one.vendor, one.name)).collect()
}

/// An order that only one of generator and Daybook stops.
fn odd(order_id: &str, held: &BTreeSet<&str>) -> Difference {
    let word = |is_held: bool| if is_held { "held" } else { "not held" }.to_owned();
    Difference {
        order_id: order_id.to_owned(),
        settlement_id: String::new(),
        what: "held for a person".to_owned(),
        amazon: word(!held.contains(order_id)),
        xero: word(held.contains(order_id)),
    }
}

/// Orders that wait for a person: stopped by a rule, or with a held document.
async fn held_orders(engine: &Engine) -> Result<Vec<HeldOrder>, Failure> {
    let mut held: BTreeMap<String, HeldOrder> = BTreeMap::new();
    let mut add = |order_id: &str, code: &str, detail: &str| {
        held.entry(order_id.to_owned()).or_insert_with(|| HeldOrder {
            order_id: order_id.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    };
    for (subject, reason) in engine.store.stopped(&engine.book).await? {
        add(subject.order_id().unwrap_or(subject.as_str()), &reason.code, &reason.detail);
    }
    for decided in engine.store.held(&engine.book).await? {
        let subject = &decided.intent.subject;
        let (code, detail) = reason_of(&decided);
        add(subject.order_id().unwrap_or(subject.as_str()), &code, &detail);
    }
    Ok(held.into_values().collect())
}

pub(super) fn reason_of(decided: &Decided) -> (String, String) {
    match (&decided.progress.reason, &decided.intent.hold) {
        (Some(reason), _) => (reason.code.clone(), reason.detail.clone()),
        (None, Some(hold)) => (hold.clone(), format!("{} waits", decided.intent.part)),
        (None, None) => ("held".to_owned(), format!("{} waits", decided.intent.part)),
    }
}

/// What Daybook itself knows: documents, calls, waits, dead letters, alarms.
async fn own_words(engine: &Engine, report: &mut Report) -> Result<(), Failure> {
    let counts = engine.store.counts(&engine.book).await?;
    let posted = |kind: Kind| counts.get(&(kind, State::Posted)).copied().unwrap_or(0);
    report.contacts = posted(Kind::Contact);
    report.items = posted(Kind::Item);
    report.invoices = posted(Kind::Invoice) + posted(Kind::InvoiceEdit);
    report.credit_notes = posted(Kind::CreditNote);
    report.payments = posted(Kind::Payment);
    for (_subject, reason) in engine.store.noted(&engine.book).await? {
        match reason.code.as_str() {
            "recorded" => *report.recorded.entry(reason.detail).or_default() += 1,
            _ => *report.noted.entry(reason.code).or_default() += 1,
        }
    }
    for decided in engine.store.dead(&engine.book).await? {
        let (code, detail) = reason_of(&decided);
        report.dead.push(Stopped { subject: decided.intent.subject.to_string(), code, detail });
    }
    for row in engine.store.alarms(&engine.book).await? {
        let alarm = row.alarm;
        report.alarms.push(Stopped {
            subject: alarm.subject,
            code: alarm.code,
            detail: alarm.detail,
        });
    }
    for count in engine.store.calls().await? {
        match count.vendor.as_str() {
            "amazon" => report.amazon_calls += count.calls,
            _ => report.xero_calls += count.calls,
        }
        report.calls.insert(format!("{} {}", count.vendor, count.operation), count.calls);
    }
    // One call for a page of nothing, one for each order; one look-up of the contact, one
    // document, one payment at a time.
    report.naive_amazon_calls = report.orders + report.orders / 100 + 1;
    report.naive_xero_calls = 2 * report.invoices
        + report.payments
        + report.credit_notes
        + report.contacts
        + report.items;
    report.order_to_invoice_ms = waits(engine).await?;
    Ok(())
}

/// Only orders that came in after the book was connected: a backfill waits for us, not we for it.
async fn waits(engine: &Engine) -> Result<Option<Spread>, Failure> {
    let latencies = engine.store.latencies(&engine.book).await?;
    let first: Option<Timestamp> = latencies.iter().map(|(_, posted)| *posted).min();
    let Some(first) = first else { return Ok(None) };
    let waits = latencies.iter().filter(|(changed, _)| *changed >= first);
    Ok(Spread::of(waits.map(|(changed, posted)| posted.since(*changed)).collect()))
}
