//! What was noticed in a file that is no error.

use super::amount::Decimals;

/// Told beside the result: how the file was understood, and what was mended on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    /// The file was packed with gzip.
    pub is_gzip: bool,
    /// It began with a byte-order mark.
    pub has_bom: bool,
    /// `UTF-8`, `Shift_JIS`, `windows-1252`; empty while nothing but ASCII was seen.
    pub encoding: &'static str,
    /// How the file writes decimals, once an amount has shown it.
    pub decimals: Option<Decimals>,
    /// The language of a date-range report's headings, such as `de`.
    pub language: &'static str,
    /// Lines that were blank, or nothing but tabs.
    pub blank_lines: u64,
    /// Lines with fewer cells than there are columns, read as if the missing ones were empty:
    /// Amazon writes such lines itself.
    pub padded_rows: u64,
    /// Lines that hold no amount: V1's lines with a quantity alone, a date range's with zeros alone.
    pub lines_without_amount: u64,
    /// Rows that were given out.
    pub rows: u64,
    /// Settlements that were given out.
    pub settlements: u64,
    /// Blocks left out because the same settlement stood in the file before, byte for byte.
    pub repeated_settlements: u64,
    /// The rows of those blocks.
    pub repeated_rows: u64,
    /// Lines of column names after the first.
    pub repeated_names: u64,
    /// The columns that we have no use for, by the names in the file.
    pub columns_unknown: Vec<String>,
}
