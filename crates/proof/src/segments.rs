//! A long run of rows as at most [`SEGMENTS_MAX`] segments: each a full subtree with the lines it
//! covers and what its rows add up to. A reader who finds another root can say in which lines the
//! difference is, and in a small settlement (one row a segment) in which row.
//!
//! The tree over the segments' hashes is the tree over the rows: a segment holds a power of two
//! rows, all segments but the last are full, and the last is the smaller tree of what is left.

use base::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};

use crate::tree::{Hash, Tree, leaf, node};

/// So many hashes keep a proof below a megabyte.
pub const SEGMENTS_MAX: usize = 4096;

/// Some neighbouring rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub rows: u64,
    /// Lines of the file, from 1. Between them there may be lines of other settlements.
    pub first_line: u64,
    pub last_line: u64,
    pub sum: Money,
    /// The root of the tree over these rows.
    pub hash: Hash,
}

/// All rows of a settlement, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub root: Hash,
    pub rows: u64,
    pub sum: Money,
    /// How many rows each segment but the last one holds.
    pub segment_rows: u64,
    pub segments: Vec<Segment>,
}

/// Segments of one size, handed out as they fill.
#[derive(Debug)]
pub(crate) struct Chunks {
    pub(crate) size: u64,
    currency: Currency,
    tree: Tree,
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    first_line: u64,
    last_line: u64,
    sum: Money,
}

impl Chunks {
    pub(crate) fn of(size: u64, currency: Currency) -> Chunks {
        Chunks { size: size.max(1), currency, tree: Tree::new(), open: None }
    }

    /// A row, and the segment that it fills.
    pub(crate) fn row(
        &mut self,
        line: u64,
        bytes: &[u8],
        amount: Money,
    ) -> Result<Option<Segment>, MoneyError> {
        let zero = Open { first_line: line, last_line: line, sum: Money::zero(self.currency) };
        let open = self.open.unwrap_or(zero);
        self.open = Some(Open { last_line: line, sum: open.sum.plus(amount)?, ..open });
        self.tree.push(leaf(bytes));
        Ok(if self.tree.leaves() == self.size { self.close() } else { None })
    }

    /// What has been begun and is not full.
    pub(crate) fn close(&mut self) -> Option<Segment> {
        let open = self.open.take()?;
        let tree = std::mem::take(&mut self.tree);
        Some(Segment {
            rows: tree.leaves(),
            first_line: open.first_line,
            last_line: open.last_line,
            sum: open.sum,
            hash: tree.root(),
        })
    }
}

/// Seals rows as they are read, in memory that does not grow with them.
#[derive(Debug)]
pub struct Segments {
    chunks: Chunks,
    done: Vec<Segment>,
}

impl Segments {
    pub fn start(currency: Currency) -> Segments {
        Segments { chunks: Chunks::of(1, currency), done: Vec::new() }
    }

    /// Takes the next row: its line, its bytes as they stand in the file, and its amount.
    pub fn row(&mut self, line: u64, bytes: &[u8], amount: Money) -> Result<(), MoneyError> {
        if self.done.len() >= SEGMENTS_MAX && self.chunks.open.is_none() {
            self.grow()?;
        }
        let full = self.chunks.row(line, bytes, amount)?;
        self.done.extend(full);
        Ok(())
    }

    pub fn finish(mut self) -> Result<Sealed, MoneyError> {
        let rest = self.chunks.close();
        self.done.extend(rest);
        let sums = self.done.iter().map(|segment| segment.sum);
        Ok(Sealed {
            root: root(&self.done),
            rows: self.done.iter().map(|segment| segment.rows).sum(),
            sum: Money::sum(sums, self.chunks.currency)?,
            segment_rows: self.chunks.size,
            segments: self.done,
        })
    }

    /// Two neighbours become one; the number of full segments is even.
    fn grow(&mut self) -> Result<(), MoneyError> {
        let mut merged = Vec::with_capacity(SEGMENTS_MAX);
        for pair in self.done.chunks(2) {
            let [left, right] = pair else { continue };
            merged.push(Segment {
                rows: left.rows.saturating_add(right.rows),
                first_line: left.first_line,
                last_line: right.last_line,
                sum: left.sum.plus(right.sum)?,
                hash: node(left.hash, right.hash),
            });
        }
        self.done = merged;
        self.chunks.size = self.chunks.size.saturating_mul(2);
        Ok(())
    }
}

/// The root of the tree over segments, which is the root over their rows.
pub fn root(segments: &[Segment]) -> Hash {
    let mut tree = Tree::new();
    for segment in segments {
        tree.push(segment.hash);
    }
    tree.root()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal(rows: u32) -> (Sealed, Hash) {
        let mut segments = Segments::start(Currency::GBP);
        let mut tree = Tree::new();
        for index in 0..rows {
            let bytes = index.to_le_bytes();
            let amount = Money::from_minor(i64::from(index), Currency::GBP);
            segments.row(u64::from(index).saturating_add(3), &bytes, amount).unwrap();
            tree.push(leaf(&bytes));
        }
        (segments.finish().unwrap(), tree.root())
    }

    #[test]
    fn few_rows_have_a_segment_each_and_many_share() {
        let (small, root) = seal(100);
        assert_eq!((small.segments.len(), small.segment_rows, small.root), (100, 1, root));
        let (large, root) = seal(10_001);
        assert!(large.segments.len() <= SEGMENTS_MAX);
        assert_eq!((large.segment_rows, large.rows, large.root), (4, 10_001, root));
        assert_eq!(large.segments[1].first_line, 7);
        assert_eq!(large.sum.minor(), 10_000 * 10_001 / 2);
        assert_eq!(large.segments.last().unwrap().rows, 1);
    }

    #[test]
    fn no_rows_are_no_segments() {
        let (none, root) = seal(0);
        assert_eq!((none.segments.len(), none.rows, none.root), (0, 0, root));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn the_segments_tree_is_the_rows_tree(rows in 1_u32..20_000) {
            let (sealed, root) = seal(rows);
            prop_assert_eq!(sealed.root, root);
            prop_assert_eq!(sealed.segments.iter().map(|one| one.rows).sum::<u64>(), u64::from(rows));
            prop_assert!(sealed.segments.len() <= SEGMENTS_MAX);
        }
    }
}
