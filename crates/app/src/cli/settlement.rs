//! `daybook settlement FILE…`: what a settlement report contains, whether it adds up, and what would
//! be posted, with no account anywhere.
//!
//! Each file is read once, in memory that does not grow with its rows (`read`); then the
//! settlements are compared (`compare`) and drawn (`draw`) as one object, which the table, the
//! spreadsheets and the page are made of.

mod compare;
mod draw;
mod input;
mod page;
mod read;
mod rules;
mod shown;
mod spreadsheet;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use mapping::settlement::{Plan, UntaxedLines, Way};
use proof::Sealed;

use self::compare::Settled;
use self::read::{ReadFile, Sealing};
use self::rules::Choice;
use self::shown::{DiagnosticsShown, ErrorShown, FileShown, Output, ReadShown, Shown};
use super::proof::{FileProof, Signer};
use super::{Common, Failure, note, print, print_json};

pub(in crate::cli) use self::draw::{carries, kind};
pub(in crate::cli) use self::input::Input;
pub(in crate::cli) use self::page::{escape, push, shell};
pub(in crate::cli) use self::shown::grouped;
pub(in crate::cli) use self::spreadsheet::{date as dated, quoted};

#[derive(Debug, Args)]
pub struct SettlementArgs {
    /// Settlement reports as Amazon gives them: flat file V2 or V1, date-range CSV, gzipped or not; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// The rule book to plan documents by: uk, eu, us, ca, au, nz, in, or the path of one; by the currency if not given.
    #[arg(long, value_name = "NAME|FILE")]
    pub rules: Option<String>,
    /// Orders and refunds have documents of their own: plan the rest alone.
    #[arg(long)]
    pub per_order: bool,
    /// What the lines without tax become then: a part of invoices and bills, money on a clearing account of type BANK, or a journal.
    #[arg(long, value_enum, default_value = "document", requires = "per_order")]
    pub untaxed_lines: UntaxedArg,
    /// What words that nobody knows stand for, as JSON.
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Write the documents as CSV in Xero's import templates into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub csv: Option<PathBuf>,
    /// Write a page that stands alone.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write a signed proof of what is in the file and what would be posted.
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
}

/// The book's setting of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum UntaxedArg {
    Document,
    BankTransaction,
    ManualJournal,
}

impl From<UntaxedArg> for UntaxedLines {
    fn from(arg: UntaxedArg) -> UntaxedLines {
        match arg {
            UntaxedArg::Document => UntaxedLines::Document,
            UntaxedArg::BankTransaction => UntaxedLines::BankTransaction,
            UntaxedArg::ManualJournal => UntaxedLines::ManualJournal,
        }
    }
}

pub async fn settlement(common: &Common, args: SettlementArgs) -> Result<ExitCode, Failure> {
    let way = if args.per_order { Way::PerOrder } else { Way::Summary };
    let choice =
        Choice::of(args.rules.as_deref(), args.map.as_ref(), (way, args.untaxed_lines.into()))?;
    let (files, read) = read_all(&args, &choice, common.json);
    let settled = compare::together(read);
    let drawn: Vec<(Shown, Option<Plan>)> =
        settled.iter().map(|one| draw::draw(one, &choice)).collect();
    let plans: Vec<Option<&Plan>> = drawn.iter().map(|(_, plan)| plan.as_ref()).collect();
    if let Some(path) = &args.proof {
        let signer = Signer::of(common).await?;
        prove(path, &settled, &plans, (&choice, &signer))?;
    }
    let settlements = drawn.into_iter().map(|(shown, _)| shown).collect();
    let output = Output { settlements, files };
    if let Some(folder) = &args.csv {
        spreadsheet::write(&output, folder)?;
    }
    if let Some(path) = &args.html {
        write(path, &page::page(&output))?;
    }
    if common.json {
        print_json(&output)?;
    } else {
        print(&table::text(&output));
    }
    Ok(if is_well(&output) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything could be read, and every settlement foots.
fn is_well(output: &Output) -> bool {
    output.files.iter().all(|file| file.error.is_none())
        && output.settlements.iter().all(|one| one.foots != Some(false))
}

fn read_all(
    args: &SettlementArgs,
    choice: &Choice,
    is_quiet: bool,
) -> (Vec<FileShown>, Vec<ReadFile>) {
    let sealing = sealing(args);
    let mut files = Vec::new();
    let mut read = Vec::new();
    for name in &args.files {
        match read::read(name, choice, sealing, is_quiet) {
            Ok(file) => {
                files.push(file_shown(&file));
                read.push(file);
            }
            Err(error) => files.push(unread(name, error)),
        }
    }
    (files, read)
}

/// A root is what a proof and the page hold, and what tells whether two files have the same rows.
/// Nothing else needs it, and it takes a third of the time.
fn sealing(args: &SettlementArgs) -> Sealing {
    let is_needed = args.proof.is_some() || args.html.is_some() || args.files.len() > 1;
    if is_needed { Sealing::Rows } else { Sealing::None }
}

fn unread(name: &str, error: ErrorShown) -> FileShown {
    FileShown { file: name.to_owned(), read: None, error: Some(error) }
}

fn file_shown(file: &ReadFile) -> FileShown {
    let noticed = &file.diagnostics;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let ids = file.settlements.iter().map(|one| one.footing.settlement.settlement_id.clone());
    let read = ReadShown {
        layout: file.layout,
        // Nothing but ASCII is UTF-8 as well.
        encoding: some(noticed.encoding).unwrap_or_else(|| "UTF-8".to_owned()),
        bytes: file.bytes,
        sha256: file.sha256.to_string(),
        settlements: ids.collect(),
        diagnostics: DiagnosticsShown {
            is_gzip: noticed.is_gzip,
            has_bom: noticed.has_bom,
            decimals: noticed.decimals.map(|style| format!("{style:?}").to_lowercase()),
            language: some(noticed.language),
            blank_lines: noticed.blank_lines,
            padded_rows: noticed.padded_rows,
            lines_without_amount: noticed.lines_without_amount,
            repeated_settlements: noticed.repeated_settlements,
            repeated_rows: noticed.repeated_rows,
            columns_unknown: noticed.columns_unknown.clone(),
        },
    };
    FileShown { file: file.name.clone(), read: Some(read), error: None }
}

/// One proof for each settlement. Where there are several, each name gets the settlement's number.
fn prove(
    path: &Path,
    settled: &[Settled],
    plans: &[Option<&Plan>],
    (choice, signer): (&Choice, &Signer),
) -> Result<(), Failure> {
    for (one, plan) in settled.iter().zip(plans) {
        // Whoever asks for a proof has the rows sealed.
        let Some(sealed) = &one.sealed else { continue };
        let path = if settled.len() == 1 { path.to_owned() } else { numbered(path, one) };
        let proof = signer.sign(file_proof((one, sealed), *plan, choice).proof()?)?;
        let text = serde_json::to_string_pretty(&proof)
            .map_err(|error| Failure::new("unprintable", error.to_string()))?;
        write(&path, &text)?;
        note(&format!("Proof of {}: {}", one.footing.settlement.settlement_id, path.display()));
    }
    Ok(())
}

fn numbered(path: &Path, one: &Settled) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.json", one.footing.settlement.settlement_id))
}

fn file_proof<'a>(
    (one, sealed): (&'a Settled, &'a Sealed),
    plan: Option<&'a Plan>,
    choice: &Choice,
) -> FileProof<'a> {
    let currency = one.footing.settlement.currency;
    let chosen = one.chosen.as_deref();
    let rules = choice.shown(chosen, currency);
    FileProof {
        footing: &one.footing,
        sealed,
        sha256: one.sha256,
        bytes: one.bytes,
        checks: draw::checks(one).collect(),
        plan: plan.filter(|_| !draw::is_held(one)),
        region: rules::region(currency),
        rules: rules.id.unwrap_or_default(),
        rules_hash: rules.hash.unwrap_or_default(),
        way: rules.way,
        zone: chosen.map_or("UTC".to_owned(), |chosen| chosen.pack.zone.clone()),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::new("file_unwritable", format!("{}: {error}", path.display())))
}
