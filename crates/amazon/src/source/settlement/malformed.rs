//! Why a file cannot be read: what is wrong, where, and what to do about it.

/// A file that is refused whole. Nothing is guessed from a broken file: a settlement that lacks a
/// row would post a wrong amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {detail}")]
pub struct Malformed {
    /// The page in `docs/errors`.
    pub code: &'static str,
    /// From 1; 0 is the file as a whole.
    pub line: u64,
    /// The cell, from 1; 0 is the line as a whole.
    pub column: u64,
    /// What is wrong, with the text that was found.
    pub detail: String,
    /// What to do.
    pub advice: String,
}

/// A line, and a cell of it from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub(super) u64, pub(super) u64);

impl Place {
    /// The file as a whole.
    pub(super) const FILE: Place = Place(0, 0);

    pub(super) fn line(line: u64) -> Place {
        Place(line, 0)
    }

    /// The cell by its index from 0.
    pub(super) fn cell(line: u64, index: usize) -> Place {
        Place(line, u64::try_from(index).map_or(0, |index| index.saturating_add(1)))
    }
}

const AGAIN: &str = "Download the report again from Amazon and use that file as it is.";

const AS_IT_IS: &str = "Use the file as Amazon gave it: a spreadsheet program changes dates, numbers and \
     characters when it saves one.";

/// What to do, by code. A code that is not here is one of a broken download.
const ADVICE: [(&str, &str); 16] = [
    ("file_unreadable", "Look at the disk, the folder and its permissions, then try again."),
    ("settlement_amount_ambiguous", AS_IT_IS),
    ("settlement_amount_inexact", AS_IT_IS),
    ("settlement_amount_unreadable", AS_IT_IS),
    ("settlement_cells_extra", AS_IT_IS),
    (
        "settlement_currency_unknown",
        "Use the flat file V2, which names its currency; of a date-range report keep the lines above the table.",
    ),
    ("settlement_date_unreadable", AS_IT_IS),
    ("settlement_dates_disagree", AS_IT_IS),
    ("settlement_decimals_mixed", AS_IT_IS),
    ("settlement_encoding_unknown", AS_IT_IS),
    (
        "settlement_file_is_binary",
        "Unpack it if it is an archive, and choose the flat file (.txt) or the date-range report (.csv), not a PDF or a workbook.",
    ),
    (
        "settlement_header_missing",
        "Do not cut a file into pieces or sort it: each settlement's own line comes before its rows.",
    ),
    (
        "settlement_repeated_differs",
        "Amazon has issued this settlement again: keep the newer report alone.",
    ),
    ("settlement_row_too_long", AS_IT_IS),
    (
        "settlement_too_many",
        "Give the reports one by one: this many settlements are not one of Amazon's documents.",
    ),
    (
        "settlement_wrong_report",
        "In Seller Central open Payments, Reports repository (or All statements) and download the flat file V2.",
    ),
];

/// A refusal by its code.
pub(super) fn refused(code: &'static str, place: Place, detail: impl Into<String>) -> Malformed {
    let advice = ADVICE.iter().find(|(name, _)| *name == code).map_or(AGAIN, |(_, advice)| *advice);
    let Place(line, column) = place;
    Malformed { code, line, column, detail: detail.into(), advice: advice.to_owned() }
}

/// A text of the file as it may stand in a sentence: short, and on one line.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_text_is_short_and_on_one_line() {
        assert_eq!(quoted("a\tb\nc"), r#""a\tb\nc""#);
        assert_eq!(quoted(&"é".repeat(100)).chars().count(), 63);
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        assert_eq!(refused("settlement_file_empty", Place::FILE, "x").advice, AGAIN);
        assert!(refused("settlement_wrong_report", Place(3, 0), "x").advice.contains("flat file"));
        assert_eq!(Place::cell(2, 0), Place(2, 1));
    }
}
