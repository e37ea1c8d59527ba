//! Credit notes to customers and from suppliers.
//! <https://developer.xero.com/documentation/api/accounting/creditnotes>

use base::call::escape;
use base::{Call, Exact, Request, Timestamp};
use serde::{Deserialize, Serialize};

use super::allocations::Allocation;
use super::lines::{ContactById, Line, NewLine, Party};
use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, post, put};

/// The type of a credit note to a customer.
pub const SALES: &str = "ACCRECCREDIT";
/// The type of a credit note from a supplier.
pub const PURCHASE: &str = "ACCPAYCREDIT";

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewCreditNote<'a> {
    #[serde(rename = "Type")]
    pub kind: &'a str,
    pub credit_note_number: &'a str,
    /// Those from suppliers have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a str>,
    pub contact: ContactById<'a>,
    pub date: String,
    pub line_amount_types: &'a str,
    pub currency_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_rate: Option<Exact>,
    pub status: &'a str,
    pub line_items: Vec<NewLine<'a>>,
}

/// Creates credit notes, each judged alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub credit_notes: Vec<NewCreditNote<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /CreditNotes" => Page);

    fn request(&self) -> Request {
        put("/CreditNotes", self).judged_alone().four_decimals()
    }
}

/// Voids a credit note.
pub struct Void<'a> {
    pub credit_note_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    credit_notes: [Ended<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ended<'a> {
    status: &'a str,
}

impl Call for Void<'_> {
    operation!("POST /CreditNotes/{CreditNoteID}" => Page);

    fn request(&self) -> Request {
        let path = format!("/CreditNotes/{}", escape(self.credit_note_id));
        post(path, &Written { credit_notes: [Ended { status: "VOIDED" }] }).four_decimals()
    }
}

/// Credit notes that fulfil a condition, with their lines.
pub struct Where {
    pub condition: String,
}

impl Call for Where {
    operation!("GET /CreditNotes" => Page);

    fn request(&self) -> Request {
        Request::get("/CreditNotes").query("where", self.condition.clone()).four_decimals().page(1)
    }
}

/// Credit notes of any status changed since a moment, with their lines and allocations.
pub struct Changed {
    pub since: Option<Timestamp>,
    pub page: u32,
}

impl Call for Changed {
    operation!("GET /CreditNotes" => Page);

    fn request(&self) -> Request {
        Request::get("/CreditNotes").changed_since(self.since).four_decimals().page(self.page)
    }
}

/// One credit note with its lines and allocations.
pub struct Get<'a> {
    pub credit_note_id: &'a str,
}

impl Call for Get<'_> {
    operation!("GET /CreditNotes/{CreditNoteID}" => Page);

    fn request(&self) -> Request {
        Request::get(format!("/CreditNotes/{}", escape(self.credit_note_id))).four_decimals()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub credit_notes: Vec<CreditNote>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CreditNote {
    #[serde(rename = "Type", deserialize_with = "blank::text")]
    pub kind: Option<String>,
    #[serde(rename = "CreditNoteID", deserialize_with = "blank::text")]
    pub credit_note_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub credit_note_number: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub reference: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub contact: Option<Party>,
    #[serde(deserialize_with = "blank::text")]
    pub date_string: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub currency_code: Option<String>,
    pub total: Option<Exact>,
    pub total_tax: Option<Exact>,
    pub remaining_credit: Option<Exact>,
    #[serde(deserialize_with = "blank::list")]
    pub line_items: Vec<Line>,
    #[serde(deserialize_with = "blank::list")]
    pub allocations: Vec<Allocation>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}
