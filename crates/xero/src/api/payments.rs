//! Payments of invoices.
//! <https://developer.xero.com/documentation/api/accounting/payments>

use base::{Call, CallError, Exact, Host, Limit, Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::allocations::{Against, InvoiceById};
use super::{Complaint, Pagination, blank, body, json};
use crate::spec::{self, PAGE_SIZE};

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewPayment<'a> {
    pub invoice: InvoiceById<'a>,
    pub account: AccountById<'a>,
    pub date: String,
    /// In the invoice's currency.
    pub amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_rate: Option<Exact>,
    pub reference: &'a str,
}

/// A bank account, or an account with payments enabled.
#[derive(Debug, Clone, Serialize)]
pub struct AccountById<'a> {
    #[serde(rename = "AccountID")]
    pub account_id: &'a str,
}

/// Creates payments, each judged alone.
pub struct Create<'a> {
    pub payments: Vec<NewPayment<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    payments: &'a [NewPayment<'a>],
}

impl Call for Create<'_> {
    type Reply = Page;
    const OPERATION: &'static str = "PUT /Payments";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::new(Method::Put, Host::Api, "/Payments")
            .query("summarizeErrors", "false")
            .json(body(&Written { payments: &self.payments }))
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
    }
}

/// Payments that fulfil a condition.
pub struct Where {
    pub condition: String,
}

impl Call for Where {
    type Reply = Page;
    const OPERATION: &'static str = "GET /Payments";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::get("/Payments")
            .query("where", self.condition.clone())
            .query("page", "1")
            .query("pageSize", PAGE_SIZE.to_string())
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
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
    #[serde(deserialize_with = "blank::object")]
    pub account: Option<PaidTo>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    pub amount: Option<Exact>,
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
