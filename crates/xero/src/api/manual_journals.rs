//! Journals that are entered as such. They have no number: the narration is how they are found.
//! <https://developer.xero.com/documentation/api/accounting/manualjournals>

use base::call::escape;
use base::{Call, Exact, Request, Timestamp};
use serde::{Deserialize, Serialize};

use super::lines::{NewTracking, Tracking};
use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, post, put};

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewManualJournal<'a> {
    pub narration: &'a str,
    pub date: String,
    pub line_amount_types: &'a str,
    /// Always sent: Xero's default is a draft.
    pub status: &'a str,
    /// Xero's default is yes.
    pub show_on_cash_basis_reports: bool,
    pub journal_lines: Vec<NewJournalLine<'a>>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewJournalLine<'a> {
    /// Debits positive, credits negative.
    pub line_amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_code: Option<&'a str>,
    /// For accounts without a code.
    #[serde(rename = "AccountID", skip_serializing_if = "Option::is_none")]
    pub account_id: Option<&'a str>,
    pub description: &'a str,
    pub tax_type: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tracking: Vec<NewTracking<'a>>,
}

/// Creates journals, each judged alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub manual_journals: Vec<NewManualJournal<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /ManualJournals" => Page);

    fn request(&self) -> Request {
        put("/ManualJournals", self).judged_alone()
    }
}

/// Voids a posted journal.
pub struct Void<'a> {
    pub manual_journal_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    manual_journals: [Ended<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ended<'a> {
    status: &'a str,
}

impl Call for Void<'_> {
    operation!("POST /ManualJournals/{ManualJournalID}" => Page);

    fn request(&self) -> Request {
        let path = format!("/ManualJournals/{}", escape(self.manual_journal_id));
        post(path, &Written { manual_journals: [Ended { status: "VOIDED" }] })
    }
}

/// Journals of any status that fulfil a condition, with their lines.
pub struct Where {
    pub condition: String,
    pub page: u32,
}

impl Call for Where {
    operation!("GET /ManualJournals" => Page);

    fn request(&self) -> Request {
        Request::get("/ManualJournals").query("where", self.condition.clone()).page(self.page)
    }
}

/// Journals of any status changed since a moment, with their lines.
pub struct Changed {
    pub since: Option<Timestamp>,
    pub page: u32,
}

impl Call for Changed {
    operation!("GET /ManualJournals" => Page);

    fn request(&self) -> Request {
        Request::get("/ManualJournals").changed_since(self.since).page(self.page)
    }
}

/// One journal with its lines.
pub struct Get<'a> {
    pub manual_journal_id: &'a str,
}

impl Call for Get<'_> {
    operation!("GET /ManualJournals/{ManualJournalID}" => Page);

    fn request(&self) -> Request {
        Request::get(format!("/ManualJournals/{}", escape(self.manual_journal_id)))
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub manual_journals: Vec<ManualJournal>,
    /// Warnings of the whole reply.
    #[serde(default, deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

impl Page {
    /// The journals, each with the warnings of the whole reply among its own.
    pub(crate) fn with_own_warnings(&self) -> Vec<ManualJournal> {
        let mut journals = self.manual_journals.clone();
        for journal in &mut journals {
            journal.warnings.extend(self.warnings.iter().cloned());
        }
        journals
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ManualJournal {
    #[serde(rename = "ManualJournalID", deserialize_with = "blank::text")]
    pub manual_journal_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub narration: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub journal_lines: Vec<JournalLine>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JournalLine {
    pub line_amount: Option<Exact>,
    #[serde(deserialize_with = "blank::text")]
    pub account_code: Option<String>,
    #[serde(rename = "AccountID", deserialize_with = "blank::text")]
    pub account_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub description: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub tax_type: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub tracking: Vec<Tracking>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}
