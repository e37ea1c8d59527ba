//! The pack on a terminal: what ties, what does not, and how much there is of everything. The lists
//! themselves are in the page, the JSON and the spreadsheets.

use base::Money;
use mapping::settlement::close::Section;

use super::super::settlement::grouped;
use super::{Close, DIFFERS_CODE};

/// So many items of a list that does not tie are shown; the files have all.
const ITEMS_MAX: usize = 12;

pub(super) fn text(close: &Close) -> String {
    let mut out = vec![format!(
        "{}: month end {}, in {} (debits positive)",
        close.organisation, close.date, close.currency
    )];
    out.extend(close.notes.iter().map(|note| format!("  {note}")));
    balances(close, &mut out);
    bridge(close, &mut out);
    tax(close, &mut out);
    fees(close, &mut out);
    gross(close, &mut out);
    settlements(close, &mut out);
    waiting(close, &mut out);
    out.push(String::new());
    out.push(if close.is_well {
        "Every list ties to Xero's trial balance, and the bridge closes.".to_owned()
    } else {
        format!(
            "THE MONTH DOES NOT TIE: see what is marked above.\n  see docs/errors/{DIFFERS_CODE}.md"
        )
    });
    out.join("\n")
}

fn balances(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    out.push(format!("{:<44}{:>16}{:>16}{:>14}", "Balances", "Listed", "Xero", "Difference"));
    for section in &close.balances {
        let amount = |money: Option<Money>| money.map_or("-".to_owned(), grouped);
        let mark = if section.is_well { "" } else { "  <== LOOK HERE" };
        out.push(format!(
            "{:<44}{:>16}{:>16}{:>14}{mark}",
            section.title,
            grouped(section.sum),
            amount(section.ledger),
            amount(section.difference)
        ));
        for age in section.ages.iter().filter(|age| age.items > 0) {
            let words = format!("  {}: {}", age.age.words(), counted(age.items));
            out.push(format!("{words:<44}{:>16}", grouped(age.amount)));
        }
        let is_shown = !section.is_well || section.name.starts_with("suspense");
        if is_shown {
            items(section, out);
        }
        out.extend(section.notes.iter().map(|note| format!("  {note}")));
    }
}

pub(super) fn counted(items: u64) -> String {
    if items == 1 { "1 item".to_owned() } else { format!("{items} items") }
}

fn items(section: &Section, out: &mut Vec<String>) {
    for item in section.items.iter().take(ITEMS_MAX) {
        out.push(format!("    {:>14}  {}  {}", grouped(item.amount), item.id, item.text));
    }
    let rest = section.items.len().saturating_sub(ITEMS_MAX);
    if rest > 0 {
        out.push(format!("    and {rest} more (--out or --json has them all)"));
    }
}

fn bridge(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    let bridge = &close.bridge;
    if let (Some(code), Some(detail)) = (&bridge.code, &bridge.detail) {
        out.push("Bridge to Amazon's balance: DOES NOT CLOSE  <== LOOK HERE".to_owned());
        out.push(format!("  {code}: {detail}"));
        return;
    }
    let items = bridge.bridge.as_ref().map_or(0, |one| one.left.len() + one.right.len());
    let date = close.date;
    out.push(format!(
        "Bridge to Amazon's balance: closes, {items} items (daybook bridge --date {date})"
    ));
}

fn tax(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    out.push(format!("{:<44}{:>16}{:>16}", "Tax by type: income positive", "Net", "Tax"));
    for row in &close.tax.totals {
        out.push(format!("{:<44}{:>16}{:>16}", row.name, grouped(row.net), grouped(row.tax)));
    }
    for row in &close.tax.boxes {
        out.push(format!("  box {}  {:<55}{:>14}", row.number, row.what, grouped(row.amount)));
    }
    if !close.tax.unboxed.is_empty() {
        out.push(format!("  in no box: {}", close.tax.unboxed.join(", ")));
    }
}

pub(super) fn documents(word: &str) -> &str {
    match word {
        "sales" => "Sales invoices",
        "credit_notes" => "Credit notes",
        "bills" => "Bills",
        "bill_credits" => "Credit notes from Amazon",
        other => other,
    }
}

fn fees(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    out.push(format!("{:<44}{:>16}{:>16}", "Amazon's fees", "Net", "Input tax"));
    for row in &close.fees {
        let place = if row.marketplace.is_empty() { "" } else { ", " };
        let words = format!("{}{place}{}", row.kind, row.marketplace);
        out.push(format!("{words:<44}{:>16}{:>16}", grouped(row.net), grouped(row.tax)));
    }
    out.push(
        "  Daybook cannot fetch Amazon's fee tax invoices: tick them off in Seller Central"
            .to_owned(),
    );
}

fn gross(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    out.push(format!(
        "{:<44}{:>16}{:>16}",
        "Gross sales before fees and refunds", "Month", "Year to date"
    ));
    for row in &close.gross.rows {
        let words = format!("{}, {} ({})", row.marketplace, row.currency, row.zone);
        let (month, year) = (grouped(row.month.total), grouped(row.year.total));
        out.push(format!("{words:<44}{month:>16}{year:>16}"));
    }
    if let Some(since) = close.gross.since {
        out.push(format!("  Daybook knows sales since {since}"));
    }
}

fn settlements(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    out.push("Settlements and payouts of the month".to_owned());
    for row in &close.settlements {
        let proof = if row.proof.is_some() { "proved" } else { "NO PROOF" };
        out.push(format!(
            "  {}  {} to {}  {:>14}  {}, bank: {}, {proof}",
            row.settlement_id,
            row.starts,
            row.ends,
            grouped(row.total),
            row.standing,
            row.bank
        ));
    }
    for gap in &close.gaps {
        out.push(format!(
            "  GAP: nothing is known between {} ({}) and {} ({})",
            gap.after, gap.from, gap.before, gap.until
        ));
    }
}

fn waiting(close: &Close, out: &mut Vec<String>) {
    out.push(String::new());
    if close.open.is_empty() {
        out.push("Nothing waits for a person.".to_owned());
        return;
    }
    out.push(format!("What waits: {}", close.open.len()));
    for one in close.open.iter().take(ITEMS_MAX) {
        out.push(format!("  {}  {}  {}: {}", one.kind, one.id, one.code, one.detail));
    }
    let rest = close.open.len().saturating_sub(ITEMS_MAX);
    if rest > 0 {
        out.push(format!("  and {rest} more (--out or --json has them all)"));
    }
}
