//! What both kinds of report are read with: the file's lines, and what is remembered of them.

use std::io::Read;

use base::Money;
use facts::settlement::Settlement;

use super::amount::Amounts;
use super::diagnostics::Diagnostics;
use super::encoding::Encodings;
use super::known::Settlements;
use super::lines::Lines;
use super::malformed::{Malformed, Place, refused};

pub(super) struct Open<R> {
    pub(super) lines: Lines<R>,
    pub(super) encodings: Encodings,
    pub(super) amounts: Amounts,
    pub(super) settlements: Settlements,
    pub(super) diagnostics: Diagnostics,
}

/// How far one step went.
pub(super) enum Step {
    Settlement(Settlement),
    Row(Found),
    End,
}

/// An amount of the current line.
pub(super) struct Found {
    /// Which of the line's amounts it is.
    pub(super) column: usize,
    pub(super) money: Money,
}

impl<R: Read> Open<R> {
    pub(super) fn new(lines: Lines<R>, encodings: Encodings) -> Open<R> {
        Open {
            lines,
            encodings,
            amounts: Amounts::default(),
            settlements: Settlements::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    pub(super) fn finish(&mut self) -> Result<(), Malformed> {
        self.note();
        let line = self.lines.line();
        if self.settlements.is_empty() {
            let detail = "the file has column names and no settlement";
            return Err(refused("settlement_file_empty", Place::line(line), detail));
        }
        self.settlements.finish(line)
    }

    /// Writes down what was found out about the file as a whole.
    pub(super) fn note(&mut self) {
        self.diagnostics.encoding = self.encodings.name();
        self.diagnostics.decimals = self.amounts.style;
    }
}
