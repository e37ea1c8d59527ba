//! The story as text. Times are UTC; documents carry days in the organisation's zone.

use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Money};
use facts::order::Status;
use facts::{Body as FactBody, Fact};
use intents::{Body, Decided, Direction, Invoice, Kind, Line, State, Trace};
use store::{AttemptRow, LetterAct, Story};

/// By letter, what a person said when it was put aside.
type Ignored = BTreeMap<String, LetterAct>;

pub(super) fn text(story: &Story, ignored: &Ignored) -> String {
    let mut out = vec![story.subject.to_string(), String::new()];
    out.push("What Amazon said (times are UTC)".to_owned());
    out.extend(story.facts.iter().map(|one| format!("  {}  {}", one.occurred, fact(one))));
    out.push(String::new());
    out.push("What was decided".to_owned());
    for row in &story.decisions {
        let rules = row.rule_hash.get(..12).unwrap_or(&row.rule_hash);
        out.push(format!("  {}  under rule book {rules}", row.at));
        if let Some(stop) = &row.stop {
            out.push(format!("    held: {} ({})", stop.detail, stop.code));
        }
        match &row.note {
            Some(note) if note.code == "recorded" => {
                out.push(format!("    recorded, not posted: {}", note.detail));
            }
            Some(note) => out.push(format!("    to be known: {}", note.detail)),
            None => {}
        }
    }
    out.extend(aside(ignored, story.subject.as_str()));
    for decided in &story.intents {
        out.push(String::new());
        document(&mut out, decided, story);
        out.extend(aside(ignored, decided.intent.id.as_str()));
        waits(&mut out, decided, (story, ignored));
        let own = story.attempts.iter().filter(|row| row.intent == decided.intent.id);
        out.extend(own.map(attempt));
    }
    out.join("\n")
}

fn fact(fact: &Fact) -> String {
    match &fact.body {
        FactBody::Order(order) => {
            let total = order.grand_total.map_or("no total yet".to_owned(), |m| m.to_string());
            let units: Vec<String> = order
                .items
                .iter()
                .map(|item| {
                    let sku = item.sku.as_deref().unwrap_or("no SKU");
                    let shipped = item.fulfilled.unwrap_or(0);
                    format!("{shipped} of {} {sku} shipped", item.live())
                })
                .collect();
            format!("{}, {total}; {}", status(&order.status), units.join(", "))
        }
        FactBody::Unreadable { reason } => format!("could not be read: {reason}"),
        FactBody::Approval(approval) => format!("{} said {:?}", approval.who, approval.act),
        FactBody::Settlement(found) => {
            let total = found.settlement.total.map_or("no total".to_owned(), |m| m.to_string());
            format!("settlement of {total} in {} rows", found.rows)
        }
        FactBody::Transaction(one) => {
            format!("{} {}, {:?}", one.transaction_type, one.total, one.status)
        }
        FactBody::Payout(payout) => {
            let amount = payout.amount.map_or("no amount".to_owned(), |m| m.to_string());
            format!("payout {} of {amount}, {:?}", payout.payout_id, payout.status)
        }
        FactBody::Summary(summary) => format!("Amazon's summary: {}", summary.net_proceeds),
        FactBody::PaymentGroup(group) => {
            format!("payment group {}, {}", group.group_id, group.status)
        }
        FactBody::Balance(balance) => format!("Amazon owed {}", balance.total),
        FactBody::Proof { hash } => format!("proved: {hash}"),
    }
}

fn status(status: &Status) -> &str {
    match status {
        Status::PendingAvailability => "not released yet",
        Status::Pending => "payment pending",
        Status::Unshipped => "unshipped",
        Status::PartiallyShipped => "partly shipped",
        Status::Shipped => "shipped",
        Status::Cancelled => "cancelled",
        Status::Unfulfillable => "unfulfillable",
        Status::Other(word) => word,
    }
}

fn document(out: &mut Vec<String>, decided: &Decided, story: &Story) {
    let intent = &decided.intent;
    out.push(format!(
        "{}, revision {}: {}",
        intent.part,
        intent.revision,
        standing(decided, story)
    ));
    match &intent.body {
        Body::Contact(contact) => out.push(format!("    {} ({})", contact.name, contact.number)),
        Body::Item(item) => out.push(format!("    {}: {}", item.code, item.description)),
        Body::Invoice(one) | Body::Bill(one) | Body::InvoiceEdit { invoice: one, .. } => {
            invoice(out, one);
        }
        Body::InvoiceVoid { number, .. } => out.push(format!("    {number} is voided")),
        Body::CreditNote(note) | Body::SupplierCredit(note) => {
            let (number, date) = (&note.number, note.date);
            let (total, tax) = (note.total, note.tax);
            out.push(format!("    {number} of {date}, total {total}, of it tax {tax}"));
            note.lines.iter().for_each(|one| line(out, one));
        }
        Body::Allocation(one) => out.push(format!(
            "    {} of {} set against {}",
            one.amount, one.credit_note_number, one.invoice_number
        )),
        Body::BankTransaction(one) => {
            let verb = match one.direction {
                Direction::Receive => "received on",
                Direction::Spend => "spent from",
            };
            out.push(format!("    {} {verb} {} on {}", one.total, one.bank_account_name, one.date));
            one.lines.iter().for_each(|one| line(out, one));
        }
        Body::BankTransfer(one) => out.push(format!(
            "    {} from {} to {} on {}",
            one.amount, one.from_account_name, one.to_account_name, one.date
        )),
        Body::ManualJournal(journal) => {
            out.push(format!("    {} of {}", journal.narration, journal.date));
            for one in &journal.lines {
                out.push(format!("    {} {} {}", one.account_code, one.amount, one.description));
            }
        }
        Body::Attachment(file) => out.push(format!("    file {}", file.file_name)),
        Body::Undo(undo) => out.push(format!("    takes back {}", undo.label)),
        Body::Payment(payment) | Body::Refund(payment) => out.push(format!(
            "    {} on {} into {}, for {}{}",
            payment.amount,
            payment.date,
            payment.account_name,
            payment.invoice_number,
            payment.rate.map_or(String::new(), |rate| format!(", rate {}", rate.0))
        )),
    }
    traces(out, &intent.because.traces);
    for known in story.facts.iter().filter(|fact| intent.because.facts.contains(&fact.id)) {
        out.push(format!("    from what was said at {}", known.occurred));
    }
    if let Some(reason) = &decided.progress.reason {
        out.push(format!("    {}: {}", reason.code, reason.detail));
    }
    if let Some(receipt) = &decided.receipt {
        let number = receipt.number.as_deref().unwrap_or("");
        let status = if decided.progress.state == State::Posted { &receipt.status } else { "as" };
        out.push(format!("    in Xero: {status} {number} {}", receipt.remote_id));
    }
    out.push(format!("    {}", intent.id));
}

/// That a person put it aside, and why.
fn aside(ignored: &Ignored, letter: &str) -> Option<String> {
    let act = ignored.get(letter)?;
    Some(format!("    ignored by {} at {}: {}", act.who, act.at, act.reason))
}

/// The dead letters that a document waits for.
fn waits(out: &mut Vec<String>, decided: &Decided, (story, ignored): (&Story, &Ignored)) {
    if decided.progress.state != State::Ready {
        return;
    }
    let needs = story.intents.iter().filter(|one| decided.intent.needs.contains(&one.intent.id));
    for one in needs.filter(|one| one.progress.state == State::Dead) {
        let id = &one.intent.id;
        let aside = match ignored.get(id.as_str()) {
            Some(act) => format!(", which is ignored: {}", act.reason),
            None => String::new(),
        };
        out.push(format!("    waits for {}, a dead letter{aside} ({id})", one.intent.part));
    }
}

/// The state in a bookkeeper's words: `reversed` says only that another intent took over.
fn standing(decided: &Decided, story: &Story) -> String {
    let state = decided.progress.state;
    if state != State::Reversed {
        return state.as_str().to_owned();
    }
    let heir = story.intents.iter().find(|one| {
        one.intent.supersedes.as_ref() == Some(&decided.intent.id)
            && one.progress.state != State::Withdrawn
    });
    match heir {
        Some(one) if one.intent.kind() == Kind::InvoiceVoid => "voided".to_owned(),
        Some(one) => format!("replaced by {}, revision {}", one.intent.part, one.intent.revision),
        None => "taken back".to_owned(),
    }
}

fn invoice(out: &mut Vec<String>, one: &Invoice) {
    out.push(format!(
        "    {} of {}, due {}, total {}, of it tax {}",
        one.number, one.date, one.due_date, one.total, one.tax
    ));
    let rate = one.rate.map_or(String::new(), |rate| {
        let source = one.rate_source.as_deref().unwrap_or("a source that is not kept");
        let from = one.rate_from.map_or(String::new(), |day| format!(" of {day}"));
        format!(", rate {} ({source}{from})", rate.0)
    });
    let url = one.url.as_deref().unwrap_or("no address");
    out.push(format!("    reference {}, {url}{rate}", one.reference));
    one.lines.iter().for_each(|one| line(out, one));
}

fn line(out: &mut Vec<String>, line: &Line) {
    let unit = money_text(line.unit_amount, line.amount);
    let item = line.item_code.as_ref().map_or(String::new(), |code| format!(", item {code}"));
    let labels = line.tracking.iter().map(|one| one.label.as_str());
    let tracking = std::iter::once("").chain(labels).collect::<Vec<_>>().join(", ");
    out.push(format!("      {:>14}  {}", line.amount.to_string(), line.description));
    out.push(format!(
        "      {:>14}  {} x {unit}, account {}, {} tax {}{item}{tracking}",
        "", line.quantity, line.account_code, line.tax_type, line.tax
    ));
    out.push(format!("      {:>14}  because {}", "", line.tax_reason));
}

/// A unit amount with the decimals of its currency at least.
fn money_text(unit: Decimal, of: Money) -> String {
    let mut unit = unit;
    let places = of.currency().exponent();
    if unit.scale() < places {
        unit.rescale(places);
    }
    unit.to_string()
}

/// Each rule once, with what it was asked that had an answer.
fn traces(out: &mut Vec<String>, traces: &[Trace]) {
    let mut said = BTreeSet::new();
    for trace in traces {
        let (asked, answer) = trace.reading.split_once(" → ").unwrap_or((&trace.reading, ""));
        let asked: Vec<&str> =
            asked.split(", ").filter(|one| !one.ends_with("= nothing")).collect();
        let answer = if answer.is_empty() { "nothing" } else { answer };
        let words =
            format!("    rule {} / {}: {} → {answer}", trace.table, trace.rule, asked.join(", "));
        if said.insert(words.clone()) {
            out.push(words);
        }
    }
}

fn attempt(row: &AttemptRow) -> String {
    let status = row.status.map_or(String::new(), |status| format!(", HTTP {status}"));
    // What the whole send came to says nothing about this member when it went well.
    let is_well = ["delivered", "found"].contains(&row.outcome.as_str());
    let detail = if is_well { "" } else { row.detail.as_str() };
    format!("    {}  {}{status}  {detail}", row.at, row.outcome).trim_end().to_owned()
}
