//! What happened, as one object and as text: the end of `daybook demo` and of `daybook books`.

mod settlements;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use self::settlements::Settlements;

/// The whole result. Counts of what should be come from outside Daybook: from the sandbox's
/// generator and ledger, and from the auditor.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// The data folder.
    pub home: String,
    pub organisation: String,
    /// Orders that Amazon has shown.
    pub orders: u64,
    /// Orders that should have an invoice, by the sandbox's generator; without a sandbox by the
    /// auditor.
    pub should_post: u64,
    /// Orders that have exactly one live invoice in the ledger.
    pub posted: u64,
    pub held: u64,
    pub held_orders: Vec<HeldOrder>,
    /// Orders that are recorded and not posted as sales, by reason.
    pub recorded: BTreeMap<String, u64>,
    /// Posted orders about which something is to be known (`invoiced_order`: paid later), by code.
    pub noted: BTreeMap<String, u64>,
    pub duplicates: u64,
    pub lost: u64,
    pub contacts: u64,
    pub items: u64,
    pub invoices: u64,
    pub credit_notes: u64,
    pub payments: u64,
    /// Intents that were refused or given up.
    pub dead: Vec<Stopped>,
    pub alarms: Vec<Stopped>,
    /// Per currency, as text: grand totals of the orders to be invoiced, held ones left out.
    pub amazon_total: BTreeMap<String, String>,
    /// Live invoices less credit notes, tax included.
    pub xero_total: BTreeMap<String, String>,
    /// What Amazon has shipped of them and not sold on invoice, and what is paid on the invoices.
    pub shipped_total: BTreeMap<String, String>,
    pub paid_total: BTreeMap<String, String>,
    /// What Amazon's Finances say went back to buyers, and the credit notes that gave it back.
    #[serde(default)]
    pub refunds_total: BTreeMap<String, String>,
    #[serde(default)]
    pub credited_total: BTreeMap<String, String>,
    /// None where the book keeps no settlements.
    #[serde(default)]
    pub settlements: Option<Settlements>,
    pub amazon_calls: u64,
    pub xero_calls: u64,
    /// Of `xero_calls` and `amazon_calls`, those that connecting took.
    pub setup_calls: u64,
    /// What a script with one call per thing would need.
    pub naive_amazon_calls: u64,
    pub naive_xero_calls: u64,
    pub calls: BTreeMap<String, u64>,
    /// From an order's last change at Amazon to its invoice, over the orders that came in while
    /// Daybook ran.
    pub order_to_invoice_ms: Option<Spread>,
    pub is_simulated_time: bool,
    /// Names that the simulated vendors did not know.
    pub unknown_names: Vec<String>,
    pub differences: Vec<Difference>,
    pub trial_balance_balances: bool,
    /// Both sides are equal to the cent, in the auditor's words.
    pub agrees: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeldOrder {
    pub order_id: String,
    pub code: String,
    pub detail: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stopped {
    pub subject: String,
    pub code: String,
    pub detail: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Difference {
    pub order_id: String,
    #[serde(default)]
    pub settlement_id: String,
    pub what: String,
    pub amazon: String,
    pub xero: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Spread {
    pub p50: i64,
    pub p99: i64,
    pub orders: u64,
}

impl Spread {
    /// The middle and the slow end of so many waits.
    pub fn of(mut waits_ms: Vec<i64>) -> Option<Spread> {
        waits_ms.sort_unstable();
        let at = |per_cent: usize| {
            let index = waits_ms.len().saturating_sub(1).saturating_mul(per_cent) / 100;
            waits_ms.get(index).copied()
        };
        Some(Spread { p50: at(50)?, p99: at(99)?, orders: waits_ms.len() as u64 })
    }
}

/// At most so many lines of a list are printed; `--json` has them all.
const LINES_MAX: usize = 12;

/// In the data folder of a demo.
const KEPT_FILE: &str = "demo-report.json";

impl Report {
    /// Keeps the report in a data folder.
    pub fn keep(&self, dir: &Path) -> std::io::Result<()> {
        std::fs::write(dir.join(KEPT_FILE), serde_json::to_string(self)?)
    }

    /// The report that was kept in a data folder.
    pub fn kept(dir: &Path) -> std::io::Result<Report> {
        Ok(serde_json::from_str(&std::fs::read_to_string(dir.join(KEPT_FILE))?)?)
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut out = Vec::new();
        out.push(format!("Orders at Amazon      {:>7}", self.orders));
        out.push(format!("  to be invoiced      {:>7}", self.should_post));
        out.push(format!("  invoiced            {:>7}", self.posted));
        for (code, count) in &self.noted {
            out.push(format!("    of these          {count:>7}  {}", spell_code(code)));
        }
        for (reason, count) in &self.recorded {
            out.push(format!("  recorded only       {count:>7}  {reason}"));
        }
        out.push(format!("  held for a person   {:>7}", self.held));
        if let Some(settlements) = &self.settlements {
            settlements.text(&mut out);
        }
        out.push(format!(
            "In Xero: {} contacts, {} items, {} invoices, {} credit notes, {} payments",
            self.contacts, self.items, self.invoices, self.credit_notes, self.payments
        ));
        out.push(String::new());
        self.money_text(&mut out);
        self.settled_text(&mut out);
        out.push(String::new());
        self.calls_text(&mut out);
        self.problems_text(&mut out);
        out.push(String::new());
        out.push(self.verdict());
        out.join("\n")
    }

    /// Sold and shipped at Amazon beside invoiced and paid in Xero, tax included.
    fn money_text(&self, out: &mut Vec<String>) {
        table(
            out,
            ["Tax incl.", "Amazon: sold", "Xero: invoiced", "Amazon: shipped", "Xero: paid"],
            [&self.amazon_total, &self.xero_total, &self.shipped_total, &self.paid_total],
        );
    }

    /// Settled and refunded at Amazon beside posted and credited in Xero.
    fn settled_text(&self, out: &mut Vec<String>) {
        let Some(settlements) = &self.settlements else { return };
        out.push(String::new());
        table(
            out,
            ["Money", "Amazon: settled", "Xero: posted", "Amazon: refunds", "Xero: credited"],
            [
                &settlements.amazon_total,
                &settlements.xero_total,
                &self.refunds_total,
                &self.credited_total,
            ],
        );
    }

    fn calls_text(&self, out: &mut Vec<String>) {
        out.push(format!(
            "Calls: Amazon {} (one by one: {}), Xero {} (one by one: {}); connecting took {} of them",
            self.amazon_calls,
            self.naive_amazon_calls,
            self.xero_calls,
            self.naive_xero_calls,
            self.setup_calls
        ));
        if let Some(spread) = self.order_to_invoice_ms {
            let time = if self.is_simulated_time { ", in simulated time" } else { "" };
            out.push(format!(
                "From a change at Amazon to the invoice: p50 {}, p99 {} over {} orders{time}",
                spell_ms(spread.p50),
                spell_ms(spread.p99),
                spread.orders
            ));
        }
    }

    fn problems_text(&self, out: &mut Vec<String>) {
        let list = |out: &mut Vec<String>, title: &str, lines: Vec<String>| {
            if lines.is_empty() {
                return;
            }
            out.push(String::new());
            out.push(title.to_owned());
            let rest = lines.len().saturating_sub(LINES_MAX);
            out.extend(lines.into_iter().take(LINES_MAX).map(|line| format!("  {line}")));
            if rest > 0 {
                out.push(format!("  and {rest} more (--json lists them all)"));
            }
        };
        let held = self.held_orders.iter();
        list(
            out,
            "Held, each until a person decides (daybook explain ORDER-ID):",
            held.map(|order| format!("{}  {}: {}", order.order_id, order.code, order.detail))
                .collect(),
        );
        if !self.held_orders.is_empty() {
            out.push("  What to do about each: docs/errors/<code>.md".to_owned());
        }
        let stopped = |row: &Stopped| format!("{}  {}: {}", row.subject, row.code, row.detail);
        list(out, "Refused (dead letters):", self.dead.iter().map(stopped).collect());
        list(out, "Alarms:", self.alarms.iter().map(stopped).collect());
        list(
            out,
            "Differences:",
            self.differences
                .iter()
                .map(|one| {
                    let about = [&one.order_id, &one.settlement_id].map(String::as_str).concat();
                    format!("{about}  {}: Amazon {}, Xero {}", one.what, one.amazon, one.xero)
                })
                .collect(),
        );
        list(out, "Names that the vendors do not know:", self.unknown_names.clone());
    }

    /// The last line.
    pub fn verdict(&self) -> String {
        if self.agrees {
            "Both sides agree to the cent.".to_owned()
        } else {
            "THE TWO SIDES DO NOT AGREE; see the differences above.".to_owned()
        }
    }
}

/// Two pairs of sums by currency, each side beside the other.
fn table(out: &mut Vec<String>, titles: [&str; 5], sides: [&BTreeMap<String, String>; 4]) {
    let [first, a, b, c, d] = titles;
    out.push(format!("{first:<9}{a:>16}{b:>16}{c:>16}{d:>16}"));
    let currencies: BTreeSet<&String> = sides.iter().flat_map(|side| side.keys()).collect();
    for currency in currencies {
        let [a, b, c, d] = sides.map(|side| side.get(currency).map_or("-", String::as_str));
        let mark = if a == b && c == d { "" } else { "  differs" };
        out.push(format!("{currency:<9}{a:>16}{b:>16}{c:>16}{d:>16}{mark}"));
    }
}

/// A note's code in a few words.
fn spell_code(code: &str) -> &str {
    match code {
        "invoiced_order" => "sold on invoice: open until Amazon pays",
        other => other,
    }
}

fn spell_ms(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..120_000 => format!("{} s", ms / 1_000),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slow_end() {
        let spread = Spread::of((1..=100).rev().collect()).unwrap();
        assert_eq!((spread.p50, spread.p99, spread.orders), (50, 99, 100));
        assert!(Spread::of(Vec::new()).is_none());
    }

    #[test]
    fn a_currency_that_one_side_lacks_differs() {
        let mut report = Report::default();
        report.xero_total.insert("EUR".to_owned(), "1.00".to_owned());
        assert!(report.text().contains("differs"));
        assert!(report.verdict().contains("DO NOT AGREE"));
    }

    #[test]
    fn settlements_are_shown_where_the_book_keeps_them() {
        let mut report = Report::default();
        assert!(!report.text().contains("ettle"));
        let sum = |text: &str| BTreeMap::from([("GBP".to_owned(), text.to_owned())]);
        report.settlements = Some(Settlements {
            shown: 5,
            should_post: 5,
            posted: 4,
            lost: vec!["11".to_owned()],
            amazon_total: sum("340.72"),
            xero_total: sum("340.72"),
            orders_settled: 38,
            ..Settlements::default()
        });
        report.differences.push(Difference {
            order_id: String::new(),
            settlement_id: "12".to_owned(),
            what: "the payout differs".to_owned(),
            amazon: "81.00 GBP".to_owned(),
            xero: "0".to_owned(),
        });
        let text = report.text();
        let lines = [
            "Settlements at Amazon       5",
            "  posted                    4",
            "  lost                      1",
            "  orders held against their settled rows: 38",
            "GBP                340.72          340.72               -               -",
            "  12  the payout differs: Amazon 81.00 GBP, Xero 0",
        ];
        for line in lines {
            assert!(text.lines().any(|known| known == line), "{line:?} is not in\n{text}");
        }
    }
}
