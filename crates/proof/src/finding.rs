//! What does not hold, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of things that can be wrong with a proof, or with a report beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    FormatUnknown,
    Unsigned,
    SignatureInvalid,
    KeyDiffers,
    /// The segments do not give the root or the number of rows, or the report's rows differ.
    RowsDiffer,
    /// Segments, categories or the report's rows add up to something else.
    SumsDiffer,
    /// The rows do not add up to what Amazon declares.
    TotalDiffers,
    /// Covered, posted, planned and held are not each row exactly once.
    CoverageDiffers,
    DocumentsDiffer,
    ControlDiffers,
    CheckFailed,
    /// The report's bytes are not those that were archived.
    ReportDiffers,
    /// The report's header says something else: dates, currency, total.
    SettlementDiffers,
}

impl Fault {
    /// The page in `docs/errors`.
    pub fn code(self) -> &'static str {
        match self {
            Fault::FormatUnknown => "proof_format_unknown",
            Fault::Unsigned => "proof_unsigned",
            Fault::SignatureInvalid => "proof_signature_invalid",
            Fault::KeyDiffers => "proof_key_differs",
            Fault::RowsDiffer => "proof_rows_differ",
            Fault::SumsDiffer => "proof_sums_differ",
            Fault::TotalDiffers => "proof_total_differs",
            Fault::CoverageDiffers => "proof_coverage_differs",
            Fault::DocumentsDiffer => "proof_documents_differ",
            Fault::ControlDiffers => "proof_control_differs",
            Fault::CheckFailed => "proof_check_failed",
            Fault::ReportDiffers => "proof_report_differs",
            Fault::SettlementDiffers => "proof_settlement_differs",
        }
    }
}

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: String,
    /// Where: a field of the proof, or lines of the report.
    pub place: String,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// In words, for people.
    pub detail: String,
}

impl Finding {
    pub fn of(fault: Fault, place: impl Into<String>, detail: impl Into<String>) -> Finding {
        Finding {
            code: fault.code().to_owned(),
            place: place.into(),
            expected: None,
            found: None,
            detail: detail.into(),
        }
    }

    /// With both sides of the difference.
    pub fn between(self, expected: impl fmt::Display, found: impl fmt::Display) -> Finding {
        let (expected, found) = (Some(expected.to_string()), Some(found.to_string()));
        Finding { expected, found, ..self }
    }
}
