//! One report, read to its end: each of its settlements folded and sealed, in memory that does not
//! grow with its rows.

use std::rc::Rc;

use amazon::source::settlement::{Diagnostics, Event, Hints, Malformed, Reader};
use facts::settlement::{Layout, Row, Settlement};
use mapping::settlement::fold::FoldError;
use mapping::settlement::{Fold, Footing};
use proof::{Hash, Sealed, Segments};

use super::input::Input;
use super::rules::{Choice, Chosen};
use super::shown::ErrorShown;
use crate::cli::Failure;

/// A file that could be read.
pub(super) struct ReadFile {
    pub(super) name: String,
    pub(super) layout: Layout,
    pub(super) bytes: u64,
    pub(super) sha256: Hash,
    pub(super) diagnostics: Diagnostics,
    pub(super) settlements: Vec<Footed>,
}

/// A settlement of it.
pub(super) struct Footed {
    pub(super) footing: Footing,
    /// Of rows that were to be sealed.
    pub(super) sealed: Option<Sealed>,
    pub(super) chosen: Option<Rc<Chosen>>,
}

/// Whether each row is hashed into the tree of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sealing {
    None,
    Rows,
}

/// A settlement while its rows come in.
struct Open {
    id: String,
    fold: Fold,
    segments: Option<Segments>,
    chosen: Option<Rc<Chosen>>,
}

/// Reads one file. What is wrong with it is told about it alone: other files go on.
pub(super) fn read(
    name: &str,
    choice: &Choice,
    sealing: Sealing,
    is_quiet: bool,
) -> Result<ReadFile, ErrorShown> {
    let input = Input::open(name, is_quiet).map_err(|failure| refused(&failure, 0))?;
    let mut reader = Reader::new(input.clone(), &Hints::default()).map_err(malformed)?;
    let layout = reader.layout();
    let mut open: Vec<Open> = Vec::new();
    loop {
        match reader.next_event().map_err(malformed)? {
            Some(Event::Settlement(settlement)) => {
                let one = begin(&settlement, layout, choice, sealing);
                open.push(one.map_err(|f| refused(&f, 0))?);
            }
            Some(Event::Row(row)) => take(&mut open, &row).map_err(|f| refused(&f, row.line))?,
            None => break,
        }
    }
    let diagnostics = reader.diagnostics().clone();
    drop(reader);
    let unreadable = |error: std::io::Error| Failure::new("file_unreadable", error.to_string());
    let (bytes, sha256) = input.finish().map_err(|error| refused(&unreadable(error), 0))?;
    let settlements = open.into_iter().map(end).collect::<Result<_, _>>();
    let settlements = settlements.map_err(|failure| refused(&failure, 0))?;
    Ok(ReadFile { name: name.to_owned(), layout, bytes, sha256, diagnostics, settlements })
}

fn begin(
    settlement: &Settlement,
    layout: Layout,
    choice: &Choice,
    sealing: Sealing,
) -> Result<Open, Failure> {
    let chosen = choice.for_currency(settlement.currency)?;
    let rules = choice.fold(chosen.as_deref());
    Ok(Open {
        id: settlement.settlement_id.clone(),
        fold: Fold::start(settlement, layout, &rules).map_err(|error| unworkable(&error))?,
        segments: (sealing == Sealing::Rows).then(|| Segments::start(settlement.currency)),
        chosen,
    })
}

/// Rows of several settlements may alternate; mostly the next row is of the same one.
fn take(open: &mut [Open], row: &Row<'_>) -> Result<(), Failure> {
    let Some(open) = open.iter_mut().rev().find(|one| one.id == row.settlement_id) else {
        let detail = format!("the settlement {} has no header row", row.settlement_id);
        return Err(Failure::new("settlement_header_missing", detail));
    };
    open.fold.row(row).map_err(|error| unworkable(&error))?;
    let Some(segments) = &mut open.segments else { return Ok(()) };
    let sealed = segments.row(row.line, row.raw, row.amount);
    sealed.map_err(|error| Failure::new("unworkable_amount", error.to_string()))
}

fn end(open: Open) -> Result<Footed, Failure> {
    let footing = open.fold.finish_in_sum().map_err(|error| unworkable(&error))?;
    let sealed = open.segments.map(Segments::finish).transpose();
    let sealed = sealed.map_err(|error| Failure::new("unworkable_amount", error.to_string()))?;
    Ok(Footed { footing, sealed, chosen: open.chosen })
}

fn unworkable(error: &FoldError) -> Failure {
    Failure::new(error.code(), crate::say(error))
}

fn malformed(error: Malformed) -> ErrorShown {
    let Malformed { code, line, column, detail, advice } = error;
    ErrorShown { code: code.to_owned(), line, column, detail, advice }
}

fn refused(failure: &Failure, line: u64) -> ErrorShown {
    ErrorShown {
        code: failure.code.clone(),
        line,
        column: 0,
        detail: failure.detail.clone(),
        advice: advice(&failure.code),
    }
}

/// What to do about what is no fault of a report's content.
fn advice(code: &str) -> String {
    match code {
        "file_unreadable" => {
            "Look whether the name and its folder are right, and whether you may read the file."
                .to_owned()
        }
        "file_is_directory" => "Name the files in the folder: FOLDER/*.txt.".to_owned(),
        code => format!("See docs/errors/{code}.md."),
    }
}
