//! Proofs: making one of a file alone, the key that signs them, and `daybook verify`.

mod against;
mod key;
mod made;
mod page;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::Timestamp;
use clap::Args;
use proof::{Finding, Proof, verify};
use serde::Serialize;

use super::{Common, Failure, print, print_json};

pub(super) use self::key::{Signer, public_key};
pub(super) use self::made::FileProof;

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The proof, as JSON.
    #[arg(value_name = "PROOF")]
    pub proof: PathBuf,
    /// Amazon's report that the proof is of: its rows are compared, and the first difference is named.
    #[arg(long, value_name = "FILE")]
    pub report: Option<String>,
    /// The public key that must have signed it, in hex: `daybook doctor` shows an installation's.
    #[arg(long, value_name = "HEX")]
    pub key: Option<String>,
    /// Write the proof as a page for people.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// The result, for `--json`.
#[derive(Debug, Serialize)]
struct Verified<'a> {
    holds: bool,
    settlement_id: &'a str,
    program: &'a str,
    made_at: String,
    /// Signed with the key of an installation.
    installation: bool,
    public_key: Option<&'a str>,
    report_compared: bool,
    findings: &'a [Finding],
}

pub fn run_verify(common: &Common, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let proof = read(&args.proof)?;
    let mut findings = verify(&proof, args.key.as_deref());
    if let Some(report) = &args.report {
        findings.extend(against::report(&proof, report, common.json)?);
    }
    let verified = Verified {
        holds: findings.is_empty(),
        settlement_id: &proof.settlement.settlement_id,
        program: &proof.program,
        made_at: proof.made_at.iso(),
        installation: proof.installation,
        public_key: proof.signature.as_ref().map(|one| one.public_key.as_str()),
        report_compared: args.report.is_some(),
        findings: &findings,
    };
    if let Some(path) = &args.html {
        let page = page::page(&proof, &findings);
        std::fs::write(path, page).map_err(|error| {
            Failure::new("file_unwritable", format!("{}: {error}", path.display()))
        })?;
    }
    if common.json {
        print_json(&verified)?;
    } else {
        print(&text(&proof, &verified));
    }
    Ok(if verified.holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes a proof and its page into a folder, under one name.
pub(super) fn write_out(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let unreadable = |error: serde_json::Error| Failure::new("proof_unreadable", error.to_string());
    let proof: Proof = serde_json::from_slice(bytes).map_err(unreadable)?;
    let page = page::page(&proof, &verify(&proof, None));
    let files = [("json", bytes), ("html", page.as_bytes())];
    for (ending, content) in files {
        let path = folder.join(format!("{name}.{ending}"));
        std::fs::write(&path, content).map_err(|error| {
            Failure::new("file_unwritable", format!("{}: {error}", path.display()))
        })?;
    }
    Ok(())
}

/// What does not hold of a proof, by itself and beside Amazon's report.
pub(super) fn holds(
    proof: &Proof,
    key: Option<&str>,
    report: &str,
) -> Result<Vec<Finding>, Failure> {
    let mut findings = verify(proof, key);
    findings.extend(against::report(proof, report, true)?);
    Ok(findings)
}

fn read(path: &Path) -> Result<Proof, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new("file_unreadable", format!("{}: {error}", path.display())))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new("proof_unreadable", format!("{}: {error}", path.display())))
}

fn text(proof: &Proof, verified: &Verified<'_>) -> String {
    let mut out = Vec::new();
    let settlement = &proof.settlement;
    out.push(format!(
        "Settlement {}: {} rows, {}",
        settlement.settlement_id, proof.report.rows, proof.report.sum
    ));
    out.push(format!("Made by {} at {}", proof.program, minute(proof.made_at)));
    out.push(match verified.public_key {
        Some(key) if proof.installation => format!("Signed by the installation with key {key}"),
        Some(key) => format!(
            "Signed by {key}, a key made for this proof alone: it shows that nothing was changed, not who made it"
        ),
        None => "Not signed".to_owned(),
    });
    for control in proof.controls.iter().filter(|one| one.verdict == proof::Verdict::Missing) {
        out.push(format!("Not known: {}, {}", control.name, control.detail));
    }
    for finding in verified.findings {
        let numbers = match (&finding.expected, &finding.found) {
            (Some(expected), Some(found)) => format!(" (expected {expected}, found {found})"),
            (Some(expected), None) => format!(" (expected {expected})"),
            (None, Some(found)) => format!(" (found {found})"),
            (None, None) => String::new(),
        };
        out.push(format!("FAILS  {}: {}{numbers}", finding.place, finding.detail));
        out.push(format!("       see docs/errors/{}.md", finding.code));
    }
    out.push(
        match (verified.holds, verified.report_compared) {
            (true, true) => "All of it holds, and the report's rows are those that were proved.",
            (true, false) => "All of it holds. Give --report to compare Amazon's file as well.",
            (false, _) => "THE PROOF DOES NOT HOLD.",
        }
        .to_owned(),
    );
    out.join("\n")
}

/// `2026-01-05 08:59 UTC`.
fn minute(moment: Timestamp) -> String {
    let text: String = moment.iso().chars().take(16).collect();
    format!("{} UTC", text.replace('T', " "))
}
