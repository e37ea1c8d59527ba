//! What the auditor says of settlements, as a part of the report.

use std::collections::BTreeMap;

use auditor::Settled;
use serde::{Deserialize, Serialize};

/// What the auditor says of settlements.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Settlements {
    /// Settlements that Amazon shows.
    pub shown: u64,
    pub should_post: u64,
    pub posted: u64,
    pub held: u64,
    pub duplicates: Vec<String>,
    pub lost: Vec<String>,
    /// Not compared, and why: from before the book's beginning, newer than the last look for
    /// reports, or not told of by Amazon.
    pub earlier: Vec<String>,
    pub too_recent: Vec<String>,
    pub untold: Vec<String>,
    /// Compared with Finances, since Amazon lists their reports no more.
    pub gone: Vec<String>,
    /// Per currency, as text: totals of reports, and what documents carry of them.
    pub amazon_total: BTreeMap<String, String>,
    pub xero_total: BTreeMap<String, String>,
    /// Orders whose documents were held against their settled rows.
    pub orders_settled: u64,
}

impl Settlements {
    pub fn of(settled: &Settled) -> Settlements {
        let settled = settled.clone();
        Settlements {
            shown: settled.shown,
            should_post: settled.should_post,
            posted: settled.posted,
            held: settled.held,
            duplicates: settled.duplicates,
            lost: settled.lost,
            earlier: settled.earlier,
            too_recent: settled.too_recent,
            untold: settled.untold,
            gone: settled.gone,
            amazon_total: settled.amazon_total,
            xero_total: settled.xero_total,
            orders_settled: settled.orders_settled,
        }
    }

    pub(super) fn text(&self, out: &mut Vec<String>) {
        out.push(format!("Settlements at Amazon {:>7}", self.shown));
        out.push(format!("  to be posted        {:>7}", self.should_post));
        out.push(format!("  posted              {:>7}", self.posted));
        out.push(format!("  held for a person   {:>7}", self.held));
        let few = [
            ("lost", self.lost.len()),
            ("posted twice", self.duplicates.len()),
            ("of an earlier book", self.earlier.len()),
            ("not looked for yet", self.too_recent.len()),
            ("not told of", self.untold.len()),
        ];
        for (name, count) in few.into_iter().filter(|(_, count)| *count > 0) {
            out.push(format!("  {name:<18}  {count:>7}"));
        }
        if self.orders_settled > 0 {
            out.push(format!("  orders held against their settled rows: {}", self.orders_settled));
        }
    }
}
