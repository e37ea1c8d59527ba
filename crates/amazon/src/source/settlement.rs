//! Reading Amazon's settlement files as they really are: the flat file V2, the older V1, and the
//! date-range report of Seller Central.
//!
//! A [`Reader`] goes over the file once, line by line, and gives out each settlement before its
//! rows. It keeps one line at a time, whatever the file's size. It reads words and amounts and
//! judges neither: whether the rows add up to the total is asked by who folds them. What it
//! cannot read it refuses whole, with the place and the reason ([`Malformed`]); what it mended on
//! the way is told in [`Diagnostics`].
//!
//! Start at `opening` (what a file is), then `flat` and `range` (what its lines are).

mod amount;
mod cells;
mod columns;
mod dates;
mod diagnostics;
mod encoding;
mod flat;
mod headings;
mod input;
mod known;
mod lines;
mod local;
mod malformed;
mod moment;
mod open;
mod opening;
mod range;
mod reports;
mod v1;
mod wording;

use std::io::Read;

use facts::settlement::{Layout, Row, Settlement};

pub use amount::Decimals;
pub use diagnostics::Diagnostics;
pub use malformed::Malformed;
pub use range::UNSETTLED;

use flat::Flat;
use open::{Open, Step};
use range::Range;

/// What is known of a file before it is read. Nothing need be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The charset of a `Content-Type`, such as `Cp1252`.
    pub charset: Option<String>,
    /// None and `Some(true)`: the first bytes tell. `Some(false)`: packed bytes stay packed, and
    /// are refused.
    pub gzip: Option<bool>,
    /// It comes from Japan, where text that is not UTF-8 is cp932.
    pub japan: bool,
}

/// What a file tells next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A settlement; its rows follow, perhaps between those of others.
    Settlement(Settlement),
    Row(Row<'a>),
}

/// Reads a settlement file of any layout.
pub struct Reader<R: Read> {
    open: Open<R>,
    body: Body,
    /// A file that was refused stays refused.
    refused: Option<Malformed>,
}

enum Body {
    Flat(Box<Flat>),
    Range(Box<Range>),
}

impl<R: Read> Reader<R> {
    /// Finds out what the file is, and reads up to its columns' names.
    pub fn new(input: R, hints: &Hints) -> Result<Reader<R>, Malformed> {
        let (open, body) = opening::open(input, hints)?;
        Ok(Reader { open, body, refused: None })
    }

    pub fn layout(&self) -> Layout {
        match &self.body {
            Body::Flat(flat) => flat.layout,
            Body::Range(_) => Layout::DateRange,
        }
    }

    /// The next settlement or row; nothing at the end of the file. Only then is it known that the
    /// file was whole.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Malformed> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let step = match &mut self.body {
            Body::Flat(flat) => flat.advance(&mut self.open),
            Body::Range(range) => range.advance(&mut self.open),
        };
        match step {
            Err(refused) => {
                self.refused = Some(refused.clone());
                Err(refused)
            }
            Ok(Step::End) => Ok(None),
            Ok(Step::Settlement(settlement)) => Ok(Some(Event::Settlement(settlement))),
            Ok(Step::Row(found)) => Ok(Some(Event::Row(match &self.body {
                Body::Flat(flat) => flat.row(&self.open, &found),
                Body::Range(range) => range.row(&self.open, &found),
            }))),
        }
    }

    /// How much of the input was taken, for progress. Of a packed file, the packed bytes.
    pub fn bytes_read(&self) -> u64 {
        self.open.lines.bytes_read()
    }

    /// What was noticed so far. Encoding and decimals are complete at the end.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.open.diagnostics
    }
}
