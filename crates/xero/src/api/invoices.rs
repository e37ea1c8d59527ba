//! Sales invoices and bills.
//! <https://developer.xero.com/documentation/api/accounting/invoices>

use base::call::escape;
use base::{Call, Exact, Request, Timestamp};
use serde::{Deserialize, Serialize};

use super::lines::{ContactById, Line, NewLine, Party};
use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, post, put};

/// The type of a sales invoice.
pub const SALES: &str = "ACCREC";
/// The type of a bill.
pub const PURCHASE: &str = "ACCPAY";

/// An invoice to be created, or the new content of one. Dates are `YYYY-MM-DD`: a date that is
/// left out becomes today's.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewInvoice<'a> {
    /// Left out in an edit: it cannot be changed.
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
    /// Left out in an edit: by its number Xero might take it for another invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<&'a str>,
    /// Bills have none: their number stands where it would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a str>,
    pub contact: ContactById<'a>,
    pub date: String,
    pub due_date: String,
    pub line_amount_types: &'a str,
    pub currency_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_rate: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    pub status: &'a str,
    pub line_items: Vec<NewLine<'a>>,
}

/// Creates invoices, each judged alone. `PUT` never edits what exists.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub invoices: Vec<NewInvoice<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /Invoices" => Page);

    fn request(&self) -> Request {
        put("/Invoices", self).judged_alone().four_decimals()
    }
}

/// Gives an invoice new content. Lines are sent without ids: all old ones go.
pub struct Edit<'a> {
    pub invoice_id: &'a str,
    pub invoice: NewInvoice<'a>,
}

impl Call for Edit<'_> {
    operation!("POST /Invoices/{InvoiceID}" => Page);

    fn request(&self) -> Request {
        change(self.invoice_id, &self.invoice)
    }
}

/// Ends an invoice: `VOIDED`, or `DELETED` for a draft.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct End<'a> {
    #[serde(skip)]
    pub invoice_id: &'a str,
    pub status: &'a str,
}

impl Call for End<'_> {
    operation!("POST /Invoices/{InvoiceID}" => Page);

    fn request(&self) -> Request {
        change(self.invoice_id, self)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a, T> {
    invoices: [&'a T; 1],
}

/// The one invoice is named in the path and nowhere else.
fn change<T: Serialize>(invoice_id: &str, content: &T) -> Request {
    let path = format!("/Invoices/{}", escape(invoice_id));
    post(path, &Written { invoices: [content] }).four_decimals()
}

/// Invoices of any status by their numbers.
pub struct ByNumbers<'a> {
    pub numbers: Vec<&'a str>,
}

impl Call for ByNumbers<'_> {
    operation!("GET /Invoices" => Page);

    fn request(&self) -> Request {
        Request::get("/Invoices")
            .query("InvoiceNumbers", self.numbers.join(","))
            .with_archived()
            .four_decimals()
            .page(1)
    }
}

/// Invoices and bills that fulfil a condition, with their lines.
pub struct Where {
    pub condition: String,
}

impl Call for Where {
    operation!("GET /Invoices" => Page);

    fn request(&self) -> Request {
        Request::get("/Invoices")
            .query("where", self.condition.clone())
            .with_archived()
            .four_decimals()
            .page(1)
    }
}

/// Invoices and bills by their ids.
pub struct ByIds<'a> {
    pub ids: Vec<&'a str>,
}

impl Call for ByIds<'_> {
    operation!("GET /Invoices" => Page);

    fn request(&self) -> Request {
        Request::get("/Invoices")
            .query("IDs", self.ids.join(","))
            .with_archived()
            .four_decimals()
            .page(1)
    }
}

/// Invoices and bills in whose number or reference a text stands.
pub struct Search<'a> {
    pub text: &'a str,
    pub page: u32,
}

impl Call for Search<'_> {
    operation!("GET /Invoices" => Page);

    fn request(&self) -> Request {
        Request::get("/Invoices").query("searchTerm", self.text).with_archived().page(self.page)
    }
}

/// One invoice with its lines.
pub struct Get<'a> {
    pub invoice_id: &'a str,
}

impl Call for Get<'_> {
    operation!("GET /Invoices/{InvoiceID}" => Page);

    fn request(&self) -> Request {
        Request::get(format!("/Invoices/{}", escape(self.invoice_id))).four_decimals()
    }
}

/// Invoices and bills changed since a moment, with their lines.
pub struct Changed {
    pub since: Option<Timestamp>,
    pub page: u32,
}

impl Call for Changed {
    operation!("GET /Invoices" => Page);

    fn request(&self) -> Request {
        Request::get("/Invoices").changed_since(self.since).four_decimals().page(self.page)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub invoices: Vec<Invoice>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Invoice {
    #[serde(rename = "Type", deserialize_with = "blank::text")]
    pub kind: Option<String>,
    #[serde(rename = "InvoiceID", deserialize_with = "blank::text")]
    pub invoice_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub invoice_number: Option<String>,
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
    pub due_date_string: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub due_date: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub currency_code: Option<String>,
    pub total: Option<Exact>,
    pub total_tax: Option<Exact>,
    pub amount_due: Option<Exact>,
    pub amount_paid: Option<Exact>,
    pub amount_credited: Option<Exact>,
    #[serde(deserialize_with = "blank::list")]
    pub line_items: Vec<Line>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_attachments: bool,
    #[serde(rename = "UpdatedDateUTC", deserialize_with = "blank::text")]
    pub updated: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}
