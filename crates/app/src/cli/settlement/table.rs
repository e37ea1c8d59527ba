//! Settlements as text for a terminal.

use std::collections::BTreeSet;

use mapping::settlement::{Category, Verdict};

use super::shown::{
    CheckShown, DocumentShown, FileShown, Output, Plain, Shown, UnknownShown, grouped,
};

/// Two columns of names and one of amounts.
const NAME: usize = 58;
const AMOUNT: usize = 16;
/// A document with many lines: the rest is in `--json`, `--csv` and `--html`.
const LINES_MAX: usize = 40;
/// A file that is no settlement of a kind we know may have thousands of unknown words.
const UNKNOWN_MAX: usize = 40;

pub(super) fn text(output: &Output) -> String {
    let mut out = Vec::new();
    for settlement in &output.settlements {
        one(settlement, &mut out);
    }
    for file in &output.files {
        file_text(file, &mut out);
    }
    if output.settlements.len() > 1 {
        summary(output, &mut out);
    }
    out.join("\n")
}

fn one(shown: &Shown, out: &mut Vec<String>) {
    out.push(format!("Settlement {}  {}  {}", shown.settlement_id, shown.currency, shown.file));
    for other in &shown.also_in {
        out.push(format!("  the same rows are in {other}"));
    }
    let (start, end) = (minute(&shown.start), minute(&shown.end));
    let deposit = shown.deposit_date.as_deref().unwrap_or("not stated");
    out.push(format!("  {start} to {end} UTC, deposit {deposit}, {}", rows(shown.rows)));
    out.push(format!("  {}", verdict(shown)));
    out.push(String::new());
    categories(shown, out);
    accounts(shown, out);
    documents(shown, out);
    unknown(shown, out);
    checks(shown, out);
    out.push(String::new());
}

/// Whether it adds up, with both numbers.
fn verdict(shown: &Shown) -> String {
    let sum = grouped(shown.sum.0);
    let total = shown.total.map(|total| grouped(total.0)).unwrap_or_default();
    match shown.foots {
        Some(true) => format!("ADDS UP: the rows come to Amazon's total, {total}"),
        Some(false) => {
            format!("DOES NOT ADD UP: Amazon's total is {total}, the rows come to {sum}")
        }
        None => format!("The rows come to {sum}; this report declares no total"),
    }
}

fn categories(shown: &Shown, out: &mut Vec<String>) {
    out.push("  What is in it".to_owned());
    for (category, amount) in &shown.categories.0 {
        out.push(row(title(*category), Plain(*amount)));
    }
    out.push(row("", shown.sum));
}

fn accounts(shown: &Shown, out: &mut Vec<String>) {
    let rules = shown.rules.name.as_deref().unwrap_or("none");
    out.push(String::new());
    out.push(format!("  Rule book: {rules} ({})", shown.rules.chosen));
    for note in &shown.notes {
        out.push(format!("  Note: {note}"));
    }
    if shown.accounts.is_empty() {
        return;
    }
    out.push(String::new());
    out.push("  By account (income +, cost -; tax inside)".to_owned());
    for account in &shown.accounts {
        let tax = tax(account.tax);
        out.push(format!(
            "{}{tax}",
            row(&format!("{} {}", account.code, account.name), account.amount)
        ));
    }
    out.push(row("", shown.posted));
    if !shown.covered.0.is_zero() {
        out.push(row("carried by documents of orders", shown.covered));
    }
}

fn documents(shown: &Shown, out: &mut Vec<String>) {
    if shown.documents.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(if shown.is_held() {
        "  Would wait for a person, and then be posted".to_owned()
    } else {
        "  Would be posted".to_owned()
    });
    for document in &shown.documents {
        document_text(document, out);
    }
    let reasons: BTreeSet<&str> = shown
        .documents
        .iter()
        .flat_map(|document| &document.lines)
        .filter(|line| line.confirm)
        .map(|line| line.reason.as_str())
        .collect();
    for reason in reasons {
        out.push(format!("  Tax: {reason}"));
    }
}

fn document_text(document: &DocumentShown, out: &mut Vec<String>) {
    let DocumentShown { kind, number, date, account, lines, .. } = document;
    let through = account.as_deref().map(|name| format!("  through {name}")).unwrap_or_default();
    let title = format!("{kind} {number} of {date}");
    out.push(format!("{}{}{through}", row(&title, document.total), tax(document.tax)));
    for line in lines.iter().take(LINES_MAX) {
        let class = line.tax_name.as_str();
        let name = format!("  {} {}", line.account, line.description);
        let stated = if line.stated { " as Amazon states" } else { "" };
        out.push(format!("{}  {class}{}{stated}", row(&name, line.amount), tax(line.tax)));
    }
    let rest = lines.len().saturating_sub(LINES_MAX);
    if rest > 0 {
        out.push(format!("      and {rest} more lines (--json, --csv and --html have them all)"));
    }
}

fn unknown(shown: &Shown, out: &mut Vec<String>) {
    if !shown.unknown.is_empty() {
        out.push(String::new());
        out.push(
            "  Unknown words, booked to suspense until you say what they are (--map)".to_owned(),
        );
    }
    for one in shown.unknown.iter().take(UNKNOWN_MAX) {
        unknown_text(one, out);
    }
    let rest = shown.unknown.len().saturating_sub(UNKNOWN_MAX);
    if rest > 0 {
        out.push(format!("    and {rest} more (--json and --html have them)"));
    }
    for question in &shown.questions {
        out.push(format!("  Question: {} (docs/errors/{}.md)", question.detail, question.code));
    }
}

/// The words stand whole, on a line of their own if they are long: `--map` takes them as they are.
fn unknown_text(one: &UnknownShown, out: &mut Vec<String>) {
    let words = [&one.transaction_type, &one.amount_type, &one.amount_description];
    let words = words.map(|word| if word.is_empty() { "(blank)" } else { word.as_str() });
    let words = words.join(" / ");
    let hint = one.suggestion.map(|like| format!("  perhaps {}", title(like)));
    let place = format!("  {} from line {}", rows(one.rows), one.first_line);
    let is_long = words.chars().nth(NAME).is_some();
    if is_long {
        out.push(format!("    {words}"));
    }
    let name = if is_long { "" } else { words.as_str() };
    out.push(format!("{}{place}{}", row(name, one.amount), hint.unwrap_or_default()));
}

fn checks(shown: &Shown, out: &mut Vec<String>) {
    out.push(String::new());
    let held = shown.checks.iter().filter(|check| check.verdict == Verdict::Holds).count();
    out.push(format!("  Checks: {held} hold"));
    for check in shown.checks.iter().filter(|check| check.verdict != Verdict::Holds) {
        out.push(format!("  {}", check_text(check)));
    }
}

fn check_text(check: &CheckShown) -> String {
    let mark = match check.verdict {
        Verdict::Holds => "holds",
        Verdict::Fails => "FAILS",
        Verdict::Review => "look",
        Verdict::Missing => "not known",
    };
    let numbers = match (check.expected, check.found) {
        (Some(expected), Some(found)) => {
            format!(" (expected {}, found {})", grouped(expected.0), grouped(found.0))
        }
        (Some(_) | None, None) | (None, Some(_)) => String::new(),
    };
    format!("{mark:<10}{} {}: {}{numbers}", check.name, check.code, check.detail)
}

fn file_text(file: &FileShown, out: &mut Vec<String>) {
    let Some(error) = &file.error else { return };
    let place = match (error.line, error.column) {
        (0, _) => String::new(),
        (line, 0) => format!(", line {line}"),
        (line, column) => format!(", line {line}, cell {column}"),
    };
    out.push(format!("NOT READ: {}{place}: {}", file.file, error.detail));
    out.push(format!("  {}", error.advice));
    out.push(format!("  see docs/errors/{}.md", error.code));
    out.push(String::new());
}

fn summary(output: &Output, out: &mut Vec<String>) {
    out.push(format!("{} settlements", output.settlements.len()));
    for shown in &output.settlements {
        let foots = match shown.foots {
            Some(true) => "adds up",
            Some(false) => "DOES NOT ADD UP",
            None => "no total",
        };
        let name = format!("{}  {}", shown.settlement_id, minute(&shown.end));
        out.push(format!("{}  {}  {foots}", row(&name, shown.sum), shown.currency));
    }
}

fn row(name: &str, amount: Plain) -> String {
    let mut short: String = name.chars().take(NAME).collect();
    if name.chars().nth(NAME).is_some() {
        short.pop();
        short.push('…');
    }
    format!("    {short:<NAME$}{:>AMOUNT$}", grouped(amount.0))
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn tax(tax: Plain) -> String {
    if tax.0.is_zero() { String::new() } else { format!("  tax {}", grouped(tax.0)) }
}

/// What people call a category.
pub(super) fn title(category: Category) -> &'static str {
    match category {
        Category::Sales => "Sales",
        Category::ShippingIncome => "Shipping income",
        Category::TaxCollected => "Tax collected",
        Category::TaxWithheld => "Tax withheld",
        Category::Refund => "Refunds",
        Category::AmazonFee => "Amazon fees",
        Category::FbaFee => "FBA fees",
        Category::Advertising => "Advertising",
        Category::Reimbursement => "Reimbursements",
        Category::Loan => "Loan",
        Category::Other => "Other",
        Category::Reserve => "Reserve",
        Category::Transfer => "Transfers",
        Category::Suspense => "Unknown (suspense)",
    }
}

/// `2026-01-05 08:59` of an ISO time.
pub(super) fn minute(iso: &str) -> String {
    iso.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}
