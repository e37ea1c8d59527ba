//! A proof of a file alone: no account, no Xero, only what is in the file and what would be posted.

use base::{Clock as _, Money};
use mapping::settlement::{self as ours, Footing, Plan, Planned};
use proof::{
    BookSide, Control, Coverage, Document, FORMAT, Hash, Proof, Report, Sealed, Settlement, Share,
    Standing, Verdict,
};

use crate::cli::Failure;
use crate::cli::settlement::{carries, kind};
use crate::clock::RealClock;
use crate::proofs::{check_of, layout};

/// What a proof of a file is made of.
pub(in crate::cli) struct FileProof<'a> {
    pub(in crate::cli) footing: &'a Footing,
    pub(in crate::cli) sealed: &'a Sealed,
    pub(in crate::cli) sha256: Hash,
    pub(in crate::cli) bytes: u64,
    pub(in crate::cli) checks: Vec<&'a ours::Check>,
    /// None where nothing would be posted: everything is held then.
    pub(in crate::cli) plan: Option<&'a Plan>,
    pub(in crate::cli) region: &'static str,
    pub(in crate::cli) rules: String,
    pub(in crate::cli) rules_hash: String,
    pub(in crate::cli) way: &'static str,
    pub(in crate::cli) zone: String,
}

/// Amazon's control totals that a connected book asks for.
const CONTROLS: [&str; 3] = ["summary", "payout", "event_group"];

impl FileProof<'_> {
    /// The proof, not signed yet.
    pub(in crate::cli) fn proof(&self) -> Result<Proof, Failure> {
        let footing = self.footing;
        let currency = footing.settlement.currency;
        let categories = footing.categories.iter();
        let mut proof = Proof {
            format: FORMAT,
            settlement: Settlement {
                settlement_id: footing.settlement.settlement_id.clone(),
                region: self.region.to_owned(),
                marketplace: footing.marketplace.clone(),
                currency,
                start: footing.settlement.start,
                end: footing.settlement.end,
                deposit: footing.settlement.deposit,
                total: footing.settlement.total,
            },
            report: Report {
                sha256: self.sha256,
                bytes: self.bytes,
                layout: layout(footing.layout).to_owned(),
                rows: 0,
                sum: Money::zero(currency),
            },
            root: self.sealed.root,
            segment_rows: 1,
            segments: Vec::new(),
            categories: categories.map(|(one, sum)| (one.as_str().to_owned(), *sum)).collect(),
            standing: Standing::Planned,
            coverage: self.coverage()?,
            documents: self.documents()?,
            checks: self.checks.iter().map(|check| check_of(check)).collect(),
            controls: CONTROLS.into_iter().map(missing).collect(),
            payout: None,
            book: BookSide {
                book: None,
                rules: self.rules.clone(),
                rules_hash: self.rules_hash.clone(),
                way: self.way.to_owned(),
                zone: self.zone.clone(),
            },
            program: concat!("daybook ", env!("CARGO_PKG_VERSION")).to_owned(),
            made_at: RealClock.now(),
            installation: false,
            signature: None,
        };
        proof.seal(self.sealed.clone());
        Ok(proof)
    }

    fn coverage(&self) -> Result<Coverage, Failure> {
        let all = Share { rows: self.sealed.rows, amount: self.sealed.sum };
        let none = Coverage::none(self.sealed.sum.currency());
        let Some(plan) = self.plan else { return Ok(Coverage { held: all, ..none }) };
        let rows = self.footing.claims.values().map(|claimed| claimed.rows).sum();
        let covered = Share { rows, amount: plan.covered };
        let rest = all.amount.minus(plan.covered).map_err(|error| unworkable(&error))?;
        let planned = Share { rows: all.rows.saturating_sub(rows), amount: rest };
        Ok(Coverage { covered, planned, ..none })
    }

    fn documents(&self) -> Result<Vec<Document>, Failure> {
        let Some(plan) = self.plan else { return Ok(Vec::new()) };
        plan.documents.iter().map(document).collect()
    }
}

fn document(planned: &Planned) -> Result<Document, Failure> {
    let carries = carries(planned).ok_or_else(|| {
        Failure::new("unworkable_amount", format!("the lines of {}", planned.number))
    })?;
    Ok(Document {
        part: planned.part.clone(),
        number: planned.number.clone(),
        kind: kind(planned.what).to_owned(),
        date: planned.date,
        total: planned.total,
        tax: planned.tax,
        carries,
        intent_id: None,
        xero_id: None,
        status: "planned".to_owned(),
    })
}

fn missing(name: &str) -> Control {
    Control {
        name: name.to_owned(),
        verdict: Verdict::Missing,
        expected: None,
        found: None,
        detail: "a file alone: Amazon was not asked".to_owned(),
    }
}

fn unworkable(error: &base::MoneyError) -> Failure {
    Failure::new("unworkable_amount", error.to_string())
}
