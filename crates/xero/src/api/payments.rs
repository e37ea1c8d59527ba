//! Payments of invoices and bills, and refunds of credit notes.
//! <https://developer.xero.com/documentation/api/accounting/payments>

use base::call::escape;
use base::{Call, Exact, Request, Timestamp};
use serde::{Deserialize, Serialize};

use super::allocations::{Against, InvoiceById};
use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, post, put};

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewPayment<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceById<'a>>,
    /// Instead of an invoice: the payment is a refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<CreditNoteById<'a>>,
    pub account: AccountById<'a>,
    pub date: String,
    /// In the document's currency.
    pub amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_rate: Option<Exact>,
    pub reference: &'a str,
}

/// A credit note by its id alone.
#[derive(Debug, Clone, Serialize)]
pub struct CreditNoteById<'a> {
    #[serde(rename = "CreditNoteID")]
    pub credit_note_id: &'a str,
}

/// A bank account, or an account with payments enabled.
#[derive(Debug, Clone, Serialize)]
pub struct AccountById<'a> {
    #[serde(rename = "AccountID")]
    pub account_id: &'a str,
}

/// Creates payments, each judged alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub payments: Vec<NewPayment<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /Payments" => Page);

    fn request(&self) -> Request {
        put("/Payments", self).judged_alone()
    }
}

/// Deletes a payment: nothing else about it can be changed.
pub struct Delete<'a> {
    pub payment_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ended<'a> {
    status: &'a str,
}

impl Call for Delete<'_> {
    operation!("POST /Payments/{PaymentID}" => Page);

    fn request(&self) -> Request {
        let path = format!("/Payments/{}", escape(self.payment_id));
        post(path, &Ended { status: "DELETED" })
    }
}

/// One payment, also if it was deleted.
pub struct Get<'a> {
    pub payment_id: &'a str,
}

impl Call for Get<'_> {
    operation!("GET /Payments/{PaymentID}" => Page);

    fn request(&self) -> Request {
        Request::get(format!("/Payments/{}", escape(self.payment_id)))
    }
}

/// Payments and refunds of any status changed since a moment.
pub struct Changed {
    pub since: Option<Timestamp>,
    pub page: u32,
}

impl Call for Changed {
    operation!("GET /Payments" => Page);

    fn request(&self) -> Request {
        Request::get("/Payments").changed_since(self.since).page(self.page)
    }
}

/// Payments that fulfil a condition.
pub struct Where {
    pub condition: String,
    pub page: u32,
}

impl Call for Where {
    operation!("GET /Payments" => Page);

    fn request(&self) -> Request {
        Request::get("/Payments").query("where", self.condition.clone()).page(self.page)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub payments: Vec<Payment>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Payment {
    #[serde(rename = "PaymentID", deserialize_with = "blank::text")]
    pub payment_id: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub invoice: Option<Against>,
    /// A refund's credit note; some replies name it as the invoice.
    #[serde(deserialize_with = "blank::object")]
    pub credit_note: Option<AgainstNote>,
    #[serde(deserialize_with = "blank::text")]
    pub payment_type: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub account: Option<PaidTo>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    pub amount: Option<Exact>,
    /// In the bank account's currency.
    pub bank_amount: Option<Exact>,
    #[serde(deserialize_with = "blank::text")]
    pub reference: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub is_reconciled: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_validation_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PaidTo {
    #[serde(rename = "AccountID", deserialize_with = "blank::text")]
    pub account_id: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}

/// The credit note that a refund is of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AgainstNote {
    #[serde(rename = "CreditNoteID", deserialize_with = "blank::text")]
    pub credit_note_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub currency_code: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}
