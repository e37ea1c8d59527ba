//! `daybook explain ORDER-ID`: from Amazon's bytes to Xero's ids, nothing left out.

use std::process::ExitCode;

use base::{Subject, Timestamp};
use clap::Args;
use intents::{Body, Decided, Line, Receipt, Trace};
use serde::Serialize;
use store::Story;

use super::open::Opened;
use super::{Common, Failure, print, print_json};

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Amazon's order id, such as 202-1234567-8901234.
    pub order_id: String,
}

pub async fn explain(common: &Common, args: ExplainArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let story = opened.store.explain(&book, &Subject::order(args.order_id.trim())).await?;
    if story.facts.is_empty() && story.intents.is_empty() {
        let detail = format!("no fact about {} has come in", args.order_id);
        return Err(Failure::new("order_unknown", detail));
    }
    if common.json {
        return print_json(&Told::of(&story));
    }
    print(&text(&story));
    Ok(ExitCode::SUCCESS)
}

/// The story as JSON. Facts and intents are written as they are stored.
#[derive(Serialize)]
struct Told<'a> {
    subject: &'a str,
    facts: &'a [facts::Fact],
    decisions: Vec<ToldDecision<'a>>,
    intents: Vec<ToldIntent<'a>>,
    attempts: Vec<ToldAttempt<'a>>,
}

#[derive(Serialize)]
struct ToldDecision<'a> {
    at: String,
    rule_book: &'a str,
    stop: Option<&'a intents::Reason>,
    note: Option<&'a intents::Reason>,
}

#[derive(Serialize)]
struct ToldIntent<'a> {
    intent: &'a intents::Intent,
    state: &'a str,
    reason: Option<&'a intents::Reason>,
    receipt: Option<&'a Receipt>,
}

#[derive(Serialize)]
struct ToldAttempt<'a> {
    at: String,
    intent: &'a str,
    by: &'a str,
    outcome: &'a str,
    status: Option<u16>,
    detail: &'a str,
}

impl<'a> Told<'a> {
    fn of(story: &'a Story) -> Told<'a> {
        Told {
            subject: story.subject.as_str(),
            facts: &story.facts,
            decisions: story
                .decisions
                .iter()
                .map(|row| ToldDecision {
                    at: row.at.iso(),
                    rule_book: &row.rule_hash,
                    stop: row.stop.as_ref(),
                    note: row.note.as_ref(),
                })
                .collect(),
            intents: story
                .intents
                .iter()
                .map(|decided| ToldIntent {
                    intent: &decided.intent,
                    state: decided.progress.state.as_str(),
                    reason: decided.progress.reason.as_ref(),
                    receipt: decided.receipt.as_ref(),
                })
                .collect(),
            attempts: story
                .attempts
                .iter()
                .map(|row| ToldAttempt {
                    at: row.at.iso(),
                    intent: row.intent.as_str(),
                    by: &row.by,
                    outcome: &row.outcome,
                    status: row.status,
                    detail: &row.detail,
                })
                .collect(),
        }
    }
}

fn text(story: &Story) -> String {
    let mut out = vec![story.subject.to_string(), String::new(), "What Amazon said".to_owned()];
    out.extend(story.facts.iter().map(|fact| format!("  {}", fact_line(fact))));
    out.push(String::new());
    out.push("What was decided".to_owned());
    for row in &story.decisions {
        let rules = row.rule_hash.get(..12).unwrap_or(&row.rule_hash);
        out.push(format!("  {}  under rule book {rules}", row.at));
        for (word, reason) in [("held", &row.stop), ("recorded", &row.note)] {
            if let Some(reason) = reason {
                out.push(format!("    {word}: {} ({})", reason.detail, reason.code));
            }
        }
    }
    for decided in &story.intents {
        out.push(String::new());
        document(&mut out, decided);
        for row in story.attempts.iter().filter(|row| row.intent == decided.intent.id) {
            let status = row.status.map_or(String::new(), |status| format!(" HTTP {status}"));
            out.push(format!("    {}  {}{status}  {}", row.at, row.outcome, row.detail));
        }
    }
    out.join("\n")
}

fn fact_line(fact: &facts::Fact) -> String {
    let at: Timestamp = fact.occurred;
    match &fact.body {
        facts::Body::Order(order) => {
            let total = order.grand_total.map_or("no total".to_owned(), |total| total.to_string());
            let units: Vec<String> = order
                .items
                .iter()
                .map(|item| {
                    let sku = item.sku.as_deref().unwrap_or("no SKU");
                    format!("{sku} {}/{}", item.fulfilled.unwrap_or(0), item.ordered)
                })
                .collect();
            format!("{at}  {:?}, {total}, shipped {}", order.status, units.join(", "))
        }
        facts::Body::Unreadable { reason } => format!("{at}  could not be read: {reason}"),
        facts::Body::Approval(approval) => {
            format!("{at}  {} said {:?}", approval.who, approval.act)
        }
    }
}

fn document(out: &mut Vec<String>, decided: &Decided) {
    let intent = &decided.intent;
    let state = decided.progress.state.as_str();
    out.push(format!("{} (revision {}): {state}", intent.part, intent.revision));
    out.push(format!("    {}", intent.id));
    match &intent.body {
        Body::Contact(contact) => {
            out.push(format!("    contact {} ({})", contact.name, contact.number));
        }
        Body::Item(item) => out.push(format!("    item {}", item.code)),
        Body::Invoice(invoice) | Body::InvoiceEdit { invoice, .. } => {
            out.push(format!(
                "    invoice {} of {}, total {}, tax {}",
                invoice.number, invoice.date, invoice.total, invoice.tax
            ));
            out.extend(invoice.lines.iter().map(line));
        }
        Body::InvoiceVoid { number, .. } => out.push(format!("    void of {number}")),
        Body::CreditNote(note) => {
            out.push(format!(
                "    credit note {} of {}, total {}, tax {}",
                note.number, note.date, note.total, note.tax
            ));
            out.extend(note.lines.iter().map(line));
        }
        Body::Allocation(one) => out.push(format!(
            "    {} of {} set against {}",
            one.amount, one.credit_note_number, one.invoice_number
        )),
        Body::Payment(payment) => out.push(format!(
            "    {} of {} into {}",
            payment.amount, payment.date, payment.account_name
        )),
    }
    out.extend(intent.because.traces.iter().map(trace));
    if let Some(reason) = &decided.progress.reason {
        out.push(format!("    {}: {}", reason.code, reason.detail));
    }
    if let Some(receipt) = &decided.receipt {
        let number = receipt.number.as_deref().unwrap_or("");
        out.push(format!("    in Xero: {} {number} {}", receipt.status, receipt.remote_id));
    }
}

fn line(line: &Line) -> String {
    let tracking: Vec<&str> = line.tracking.iter().map(|one| one.label.as_str()).collect();
    let tracking =
        if tracking.is_empty() { String::new() } else { format!("  [{}]", tracking.join(", ")) };
    format!(
        "      {:>14}  {} x {}  account {}  {}  tax {}  {}{tracking}\n{:>22}because {}",
        line.amount.to_string(),
        line.quantity,
        line.unit_amount,
        line.account_code,
        line.tax_type,
        line.tax,
        line.description,
        "",
        line.tax_reason
    )
}

fn trace(trace: &Trace) -> String {
    format!("    rule {} / {}: {}", trace.table, trace.rule, trace.reading)
}
