//! Are these the rows that were proved? If not: which is the first that differs?

use base::{Money, MoneyError};

use crate::finding::{Fault, Finding};
use crate::segments::{Chunks, Segment};
use crate::statement::Proof;
use crate::tree::Tree;

/// A row of the report, as it is read now.
#[derive(Debug, Clone, Copy)]
pub struct RowSeen<'a> {
    pub line: u64,
    /// The bytes as they stand in the file, without the line's end.
    pub bytes: &'a [u8],
    pub amount: Money,
}

/// So many segments after the first difference tell what happened there.
const SEEN_AFTER: usize = 2;

/// Takes a report's rows one by one, in memory that does not grow with them.
#[derive(Debug)]
pub struct RowsCheck<'p> {
    proof: &'p Proof,
    chunks: Chunks,
    tree: Tree,
    rows: u64,
    sum: Money,
    /// The segment that differs first, and the segments found from there.
    first: Option<usize>,
    after: Vec<Segment>,
    seen: usize,
}

impl<'p> RowsCheck<'p> {
    pub fn start(proof: &'p Proof) -> RowsCheck<'p> {
        let currency = proof.settlement.currency;
        RowsCheck {
            proof,
            chunks: Chunks::of(proof.segment_rows, currency),
            tree: Tree::new(),
            rows: 0,
            sum: Money::zero(currency),
            first: None,
            after: Vec::new(),
            seen: 0,
        }
    }

    /// Fails only where amounts cannot be added: another currency, or too large.
    pub fn row(&mut self, row: RowSeen<'_>) -> Result<(), MoneyError> {
        self.rows = self.rows.saturating_add(1);
        self.sum = self.sum.plus(row.amount)?;
        if let Some(segment) = self.chunks.row(row.line, row.bytes, row.amount)? {
            self.segment(segment);
        }
        Ok(())
    }

    pub fn finish(mut self) -> Vec<Finding> {
        if let Some(rest) = self.chunks.close() {
            self.segment(rest);
        }
        if self.first.is_none() && self.seen < self.proof.segments.len() {
            self.first = Some(self.seen);
        }
        let mut found: Vec<Finding> = self.first.map(|at| self.tell(at)).into_iter().collect();
        if self.rows != self.proof.report.rows {
            let detail = "the report has another number of rows";
            let finding = Finding::of(Fault::RowsDiffer, "rows", detail);
            found.push(finding.between(self.proof.report.rows, self.rows));
        }
        if self.sum != self.proof.report.sum {
            let detail = "the report's rows add up to another sum";
            let finding = Finding::of(Fault::SumsDiffer, "sum", detail);
            found.push(finding.between(self.proof.report.sum, self.sum));
        }
        let root = self.tree.root();
        if found.is_empty() && root != self.proof.root {
            let detail = "the report's rows have another root";
            found.push(
                Finding::of(Fault::RowsDiffer, "root", detail).between(self.proof.root, root),
            );
        }
        found
    }

    fn segment(&mut self, segment: Segment) {
        self.tree.push(segment.hash);
        let expected = self.proof.segments.get(self.seen);
        let is_same = expected.is_some_and(|one| {
            (one.hash, one.rows, one.sum) == (segment.hash, segment.rows, segment.sum)
        });
        if !is_same && self.first.is_none() {
            self.first = Some(self.seen);
        }
        if self.first.is_some() && self.after.len() < SEEN_AFTER {
            self.after.push(segment);
        }
        self.seen = self.seen.saturating_add(1);
    }

    /// What happened at the first difference.
    fn tell(&self, at: usize) -> Finding {
        let expected = self.proof.segments.get(at);
        let next = at.checked_add(1).and_then(|next| self.proof.segments.get(next));
        let (found, found_next) = (self.after.first(), self.after.get(1));
        let is = |one: Option<&Segment>, other: Option<&Segment>| {
            one.zip(other).is_some_and(|(one, other)| one.hash == other.hash)
        };
        let (place, what) = match (expected, found) {
            (None, Some(found)) => (lines(found), "rows stand here that the proof does not have"),
            (Some(expected), None) => (was(expected), "the report ends before these rows"),
            (Some(_), Some(seen)) if is(found, next) && is(found_next, expected) => {
                (lines(seen), "two neighbours have changed places")
            }
            (Some(expected), Some(_)) if is(found, next) => {
                (was(expected), "rows are missing here")
            }
            (Some(_), Some(seen)) if is(found_next, expected) => {
                (lines(seen), "rows were put in here")
            }
            (Some(expected), Some(seen)) if expected.hash == seen.hash => (
                lines(seen),
                "the bytes are the same and the amounts differ: the proof's sum is wrong",
            ),
            (Some(_), Some(seen)) => (lines(seen), "something was changed here"),
            (None, None) => ("rows".to_owned(), "the rows differ"),
        };
        let finding = Finding::of(Fault::RowsDiffer, place, what);
        let sum = |segment: &Segment| segment.sum.to_string();
        Finding { expected: expected.map(sum), found: found.map(sum), ..finding }
    }
}

/// All rows at once.
pub fn verify_rows<'a>(
    proof: &Proof,
    rows: impl IntoIterator<Item = RowSeen<'a>>,
) -> Result<Vec<Finding>, MoneyError> {
    let mut check = RowsCheck::start(proof);
    for row in rows {
        check.row(row)?;
    }
    Ok(check.finish())
}

/// Where it is in the report that is read now.
fn lines(segment: &Segment) -> String {
    spell("", segment)
}

/// Where it was in the report that was proved.
fn was(segment: &Segment) -> String {
    spell("what was ", segment)
}

fn spell(before: &str, segment: &Segment) -> String {
    let Segment { first_line, last_line, rows, .. } = segment;
    if first_line == last_line {
        return format!("{before}line {first_line}");
    }
    format!("{before}lines {first_line} to {last_line} ({rows} rows)")
}
