//! Payments of invoices.
//! <https://developer.xero.com/documentation/api/accounting/payments>

use base::{Call, Exact, Request};
use serde::{Deserialize, Serialize};

use super::allocations::{Against, InvoiceById};
use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, put};

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

/// Payments that fulfil a condition.
pub struct Where {
    pub condition: String,
}

impl Call for Where {
    operation!("GET /Payments" => Page);

    fn request(&self) -> Request {
        Request::get("/Payments").query("where", self.condition.clone()).page(1)
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
