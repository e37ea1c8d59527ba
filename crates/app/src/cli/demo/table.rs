//! The second act as an accountant reads it: what was settled, what the months come to, where the
//! papers are, what to type next.

use base::Money;

use super::told::{Account, Closed, Document, Settled};
use crate::cli::settlement::grouped;

/// For people. `program` is how this one was called.
pub(super) fn text(account: &Account, program: &str) -> String {
    let mut out = Vec::new();
    head(account, &mut out);
    settlements(account, &mut out);
    months(account, &mut out);
    papers(account, &mut out);
    next(account, program, &mut out);
    let troubles = account.troubles();
    if !troubles.is_empty() {
        out.push(String::new());
        out.push("What does not agree:".to_owned());
        out.extend(troubles.iter().map(|words| format!("  {words}")));
    }
    out.push(String::new());
    out.push(verdict(account));
    out.join("\n")
}

fn head(account: &Account, out: &mut Vec<String>) {
    let way = if account.is_by_order() { "order by order" } else { "settlement by settlement" };
    out.push(String::new());
    out.push(format!(
        "Settlements, in a second book: {} orders on {}, kept {way} from {} to {}",
        account.orders, account.marketplace, account.from, account.until
    ));
    out.push(String::new());
}

/// `Settlement` and `Month end`, then the period, three sums, and a word.
const NAME: usize = 12;
const PERIOD: usize = 25;
const SUM: usize = 14;
const BANK: usize = 13;

fn settlements(account: &Account, out: &mut Vec<String>) {
    let all = &account.settlements;
    let Some(first) = all.first() else {
        out.push("No settlement has come in.".to_owned());
        return;
    };
    let total = format!("Total {}", first.total.currency());
    let titles = if account.is_by_order() { vec!["By order", "By settlement"] } else { Vec::new() };
    let titles: Vec<String> = titles.into_iter().map(str::to_owned).chain([total]).collect();
    let named = ("Settlement", "Period", "Bank", "Proof");
    out.push(row(named, &titles, "Its documents, and what each carries"));
    for one in all {
        let period = format!("{} to {}", one.start, one.end);
        let named = (one.settlement_id.as_str(), period.as_str(), bank(&one.bank), proof(one));
        out.push(row(named, &sums(account, |of| grouped(of(one))), &documents(one)));
    }
    let all_sums = sums(account, |of| sum(all, of));
    out.push(row(("", "in all", "", ""), &all_sums, "").trim_end().to_owned());
    let number = all.iter().flat_map(|one| &one.documents).next();
    out.extend(
        number.map(|one| format!("In Xero they are numbered by settlement, as {}.", one.number)),
    );
    let last = all.iter().map(|one| one.end).max();
    out.extend(last.map(|last| {
        format!("What came after {last} is not settled yet; the bridges have it, item by item.")
    }));
}

/// The sums of a row: of orders and of the rest apart only where orders have documents.
fn sums(account: &Account, spell: impl Fn(fn(&Settled) -> Money) -> String) -> Vec<String> {
    let mut of: Vec<fn(&Settled) -> Money> = Vec::new();
    if account.is_by_order() {
        of.push(|one| one.on_orders);
        of.push(|one| one.on_settlement);
    }
    of.push(|one| one.total);
    of.into_iter().map(spell).collect()
}

fn row(named: (&str, &str, &str, &str), sums: &[String], papers: &str) -> String {
    let (name, period, bank, proof) = named;
    let sums: Vec<String> = sums.iter().map(|sum| format!("{sum:>SUM$}")).collect();
    let sums = sums.concat();
    format!("{name:<NAME$}{period:<PERIOD$}{sums}  {bank:<BANK$}{proof:<7}{papers}")
}

fn proof(one: &Settled) -> &'static str {
    match &one.proof {
        Some(proof) if proof.holds => "holds",
        Some(_) => "FAILS",
        None => "none",
    }
}

/// `invoice 84.91, invoice 89.44, charge`: what they carry comes to the settlement's total, or to
/// what of it orders' documents leave.
fn documents(one: &Settled) -> String {
    if one.standing != "posted" {
        return one.standing.to_owned();
    }
    let told = |document: &Document| {
        let word = word(document)?;
        Some(document.carries.map_or(word.to_owned(), |sum| format!("{word} {}", grouped(sum))))
    };
    one.documents.iter().filter_map(told).collect::<Vec<String>>().join(", ")
}

/// A payment that only sets a document off against clearing is not worth a word.
fn word(document: &Document) -> Option<&str> {
    match (document.kind.as_str(), document.part.as_str()) {
        ("payment", _) => None,
        (_, "payout") => Some("payout"),
        ("spend", part) if part.starts_with("charge") => Some("charge"),
        (kind, _) => Some(kind),
    }
}

fn bank(status: &str) -> &str {
    match status {
        "none" => "nothing paid",
        "initiated" => "on its way",
        "posted" => "awaited",
        "failed" => "came back",
        "likely_double" => "LIKELY TWICE",
        "missing" => "MISSING",
        other => other,
    }
}

fn months(account: &Account, out: &mut Vec<String>) {
    out.push(String::new());
    out.push(format!(
        "{:<NAME$}{:<PERIOD$}{:>SUM$}{:>SUM$}{:>SUM$}  Balances against Xero",
        "Month end", "Bridge of the last day", "Books", "Amazon", "Difference"
    ));
    out.extend(account.months.iter().map(month));
}

fn month(one: &Closed) -> String {
    let bridge = match (one.bridge_closes, one.bridge_items) {
        (true, items) => format!("closes, {items} items"),
        (false, 0) => "CANNOT BE MADE".to_owned(),
        (false, _) => "DOES NOT CLOSE".to_owned(),
    };
    let side = |money: Option<Money>| money.map_or("-".to_owned(), grouped);
    let difference = one.books.zip(one.amazon).and_then(|(books, amazon)| books.minus(amazon).ok());
    let tied = match one.balances.saturating_sub(one.balances_tied) {
        0 => format!("all {} tie", one.balances),
        apart => format!("{apart} OF {} DO NOT TIE", one.balances),
    };
    format!(
        "{:<NAME$}{bridge:<PERIOD$}{:>SUM$}{:>SUM$}{:>SUM$}  {tied}",
        one.date.to_string(),
        side(one.books),
        side(one.amazon),
        side(difference),
    )
}

fn papers(account: &Account, out: &mut Vec<String>) {
    out.push(String::new());
    out.push("Pages to open in a browser:".to_owned());
    let proofs = account.settlements.iter().filter_map(|one| one.proof.as_ref());
    for page in account.months.iter().map(|month| &month.page).chain(proofs.map(|one| &one.page)) {
        out.push(format!("  {page}"));
    }
}

fn next(account: &Account, program: &str, out: &mut Vec<String>) {
    out.push(String::new());
    out.push("Look further:".to_owned());
    out.push(format!("  {program} --home {} settlements", account.home));
    let proved = account
        .settlements
        .iter()
        .find_map(|one| Some((one.report.as_ref()?, &one.proof.as_ref()?.json)));
    if let Some((report, proof)) = proved {
        out.push(format!("  {program} verify {proof} --report {report}"));
        out.push(format!("  {program} settlement {report}"));
    }
    out.push("Or keep such a book yourself, with the commands that this one prints:".to_owned());
    out.push(format!(
        "  {program} sandbox --no-limits --history {} --orders {}",
        account.history, account.orders
    ));
}

fn verdict(account: &Account) -> String {
    if account.agrees {
        "Every settlement is posted and proved row by row, what the bank has booked is matched, and both months close to the cent.".to_owned()
    } else {
        format!("NOT EVERYTHING AGREES; see above, and daybook --home {} books.", account.home)
    }
}

fn sum(all: &[Settled], of: fn(&Settled) -> Money) -> String {
    let Some(first) = all.first() else { return String::new() };
    let sum = Money::sum(all.iter().map(of), first.total.currency());
    sum.map_or_else(|_too_much| "-".to_owned(), grouped)
}
