//! The settlements of a document. One may hold several, mixed, and the same one twice.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};

use base::Currency;
use foldhash::quality::{FixedState, FoldHasher};

use super::malformed::{Malformed, Place, quoted, refused};

/// India's documents hold up to sixteen. What a file may make us remember has an end.
const SETTLEMENTS_MAX: usize = 10_000;

/// A settlement whose own line was read.
pub(super) struct Known {
    pub(super) id: String,
    pub(super) currency: Currency,
    pub(super) line: u64,
    /// Its own line, as it stands.
    header: Vec<u8>,
    total_is_zero: bool,
    rows: Block,
    /// The same settlement again: its rows are compared and left out.
    again: Option<Block>,
}

/// Rows, remembered by what tells them from others. Every row goes through it, and nobody gains by
/// making two that are taken for the same: a quick hash will do.
struct Block {
    count: u64,
    hasher: FoldHasher<'static>,
}

impl Default for Block {
    fn default() -> Block {
        Block { count: 0, hasher: FixedState::default().build_hasher() }
    }
}

impl Block {
    fn add(&mut self, raw: &[u8]) {
        self.count = self.count.saturating_add(1);
        self.hasher.write(raw);
        self.hasher.write_u8(b'\n');
    }

    fn is_same(&self, other: &Block) -> bool {
        self.count == other.count && self.hasher.finish() == other.hasher.finish()
    }
}

/// What a settlement's own line is.
pub(super) enum Headed {
    New,
    Again,
}

/// All settlements of the document so far.
#[derive(Default)]
pub(super) struct Settlements {
    list: Vec<Known>,
    by_id: BTreeMap<String, usize>,
    /// Rows of one settlement mostly follow each other.
    latest: usize,
}

impl Settlements {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Known> {
        self.list.get(at)
    }

    pub(super) fn find(&mut self, id: &str) -> Option<usize> {
        if self.list.get(self.latest).is_some_and(|known| known.id == id) {
            return Some(self.latest);
        }
        let at = self.by_id.get(id).copied()?;
        self.latest = at;
        Some(at)
    }

    /// Takes a settlement's own line. The same line again begins the same settlement again.
    pub(super) fn head(
        &mut self,
        id: &str,
        currency: Currency,
        total_is_zero: bool,
        raw: (&[u8], u64),
    ) -> Result<Headed, Malformed> {
        let (header, line) = raw;
        if let Some(known) = self.find(id).and_then(|at| self.list.get_mut(at)) {
            if known.header != header {
                return Err(differs(known, line));
            }
            known.close(line)?;
            // Before its first row the line says nothing new.
            known.again = (known.rows.count > 0).then(Block::default);
            return Ok(Headed::Again);
        }
        if self.list.len() >= SETTLEMENTS_MAX {
            let detail = format!("the file has more than {SETTLEMENTS_MAX} settlements");
            return Err(refused("settlement_too_many", Place::line(line), detail));
        }
        let (rows, header) = (Block::default(), header.to_vec());
        let known =
            Known { id: id.to_owned(), currency, line, header, total_is_zero, rows, again: None };
        self.latest = self.list.len();
        self.by_id.insert(id.to_owned(), self.latest);
        self.list.push(known);
        Ok(Headed::New)
    }

    /// Takes a row; true if it is to be given out, false if it repeats one that was.
    pub(super) fn row(&mut self, at: usize, raw: &[u8]) -> bool {
        let Some(known) = self.list.get_mut(at) else { return false };
        match &mut known.again {
            Some(again) => again.add(raw),
            None => known.rows.add(raw),
        }
        known.again.is_none()
    }

    /// At the end of the file: every repetition was whole, and every settlement has its rows.
    pub(super) fn finish(&mut self, line: u64) -> Result<(), Malformed> {
        for known in &mut self.list {
            known.close(line)?;
            if known.rows.count == 0 && !known.total_is_zero {
                let detail = format!("settlement {} has a total and no rows", quoted(&known.id));
                return Err(refused("settlement_file_truncated", Place::line(known.line), detail));
            }
        }
        Ok(())
    }
}

impl Known {
    /// Ends a repetition.
    fn close(&mut self, line: u64) -> Result<(), Malformed> {
        match self.again.take() {
            Some(again) if !again.is_same(&self.rows) => Err(differs(self, line)),
            _ => Ok(()),
        }
    }
}

fn differs(known: &Known, line: u64) -> Malformed {
    let (id, first) = (quoted(&known.id), known.line);
    let detail = format!("settlement {id} of line {first} stands here again and is not the same");
    refused("settlement_repeated_differs", Place::line(line), detail)
}
