//! The second act as one object.

use base::{Day, Money};
use mapping::settlement::Way;
use serde::Serialize;

use crate::report::Report;

/// An account's two months: the object `settlements` of `daybook demo --json`.
#[derive(Debug, Serialize)]
pub(super) struct Account {
    /// The data folder of its book.
    pub(super) home: String,
    /// The folder with each settlement's report and proof.
    pub(super) proofs: String,
    /// The folder with the month-end packs.
    pub(super) packs: String,
    pub(super) organisation: String,
    pub(super) marketplace: String,
    /// As `daybook sandbox --history` calls the account.
    pub(super) history: String,
    /// `per_order` or `summary`.
    pub(super) way: &'static str,
    pub(super) orders: usize,
    pub(super) from: Day,
    pub(super) until: Day,
    pub(super) settlements: Vec<Settled>,
    pub(super) months: Vec<Closed>,
    /// What the auditor says of the account's books, as `daybook books` shows it.
    pub(super) report: Report,
    /// Every settlement is posted and proved, each line of the bank is matched, the months close, and
    /// the auditor finds both sides equal.
    pub(super) agrees: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Settled {
    pub(super) settlement_id: String,
    pub(super) start: Day,
    pub(super) end: Day,
    pub(super) rows: u64,
    /// What of the total is on documents of orders.
    pub(super) on_orders: Money,
    /// What of it is on documents of the settlement.
    pub(super) on_settlement: Money,
    pub(super) total: Money,
    pub(super) standing: &'static str,
    pub(super) documents: Vec<Document>,
    /// As Daybook knows it from Xero: `matched`, `posted`, `none` and so on.
    pub(super) bank: String,
    /// The simulated bank has had its money on the statement for some days.
    pub(super) is_booked: bool,
    /// Amazon's report, as it was archived.
    pub(super) report: Option<String>,
    pub(super) proof: Option<Proved>,
}

#[derive(Debug, Serialize)]
pub(super) struct Document {
    pub(super) part: String,
    pub(super) number: String,
    pub(super) kind: String,
    /// As Xero shows it.
    pub(super) total: Money,
    /// What of the settlement it carries; none of what only moves money.
    pub(super) carries: Option<Money>,
}

#[derive(Debug, Serialize)]
pub(super) struct Proved {
    /// By itself, by the installation's key, and row by row beside Amazon's report.
    pub(super) holds: bool,
    pub(super) findings: Vec<String>,
    pub(super) json: String,
    pub(super) page: String,
}

/// A month that was closed.
#[derive(Debug, Serialize)]
pub(super) struct Closed {
    pub(super) month: String,
    /// Its last day.
    pub(super) date: Day,
    /// Both sides of the bridge of that day.
    pub(super) books: Option<Money>,
    pub(super) amazon: Option<Money>,
    pub(super) bridge_items: usize,
    pub(super) bridge_closes: bool,
    pub(super) balances: usize,
    pub(super) balances_tied: usize,
    pub(super) is_well: bool,
    /// What does not tie, in words.
    pub(super) apart: Vec<String>,
    pub(super) page: String,
}

impl Document {
    pub(super) fn of(document: &proof::Document) -> Document {
        Document {
            part: document.part.clone(),
            number: document.number.clone(),
            kind: document.kind.clone(),
            total: document.total,
            carries: document.may_carry().then_some(document.carries),
        }
    }
}

impl Settled {
    /// Why this settlement does not agree, in words.
    pub(super) fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        if self.standing != "posted" {
            troubles.push(format!("is {}", self.standing));
        }
        let is_awaited = self.is_booked && self.bank != "matched";
        if is_awaited || matches!(self.bank.as_str(), "missing" | "likely_double") {
            troubles.push(format!("its payout is {} in the bank", self.bank));
        }
        match &self.proof {
            Some(proof) => troubles.extend(proof.findings.iter().cloned()),
            None => troubles.push("has no proof".to_owned()),
        }
        let about = |words| format!("{}  {words}", self.settlement_id);
        troubles.into_iter().map(about).collect()
    }
}

impl Account {
    /// Orders have documents of their own.
    pub(super) fn is_by_order(&self) -> bool {
        self.way == Way::PerOrder.as_str()
    }

    /// All that does not agree, in words; nothing where everything does.
    pub(super) fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        if self.settlements.is_empty() {
            troubles.push("no settlement has come in".to_owned());
        }
        troubles.extend(self.settlements.iter().flat_map(Settled::troubles));
        for month in self.months.iter().filter(|month| !month.is_well) {
            troubles.extend(month.apart.iter().map(|words| format!("{}  {words}", month.month)));
        }
        let stopped = self.report.dead.iter().chain(&self.report.alarms);
        troubles
            .extend(stopped.map(|one| format!("{}  {}: {}", one.subject, one.code, one.detail)));
        let differing = self.report.differences.iter().map(|one| {
            let about = [one.order_id.as_str(), one.settlement_id.as_str()].concat();
            format!("{about}  {}: Amazon {}, Xero {}", one.what, one.amazon, one.xero)
        });
        troubles.extend(differing);
        if !self.report.agrees && self.report.differences.is_empty() {
            troubles.push("the auditor does not find both sides equal".to_owned());
        }
        troubles
    }
}
