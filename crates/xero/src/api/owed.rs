//! Invoices, bills and credit notes with what was paid on them and when: what an aged list is made
//! of. <https://developer.xero.com/documentation/api/accounting/invoices>,
//! <https://developer.xero.com/documentation/api/accounting/creditnotes>

use base::{Call, Day, Exact, Request};
use serde::Deserialize;

use super::lines::Party;
use super::query::{Query as _, until};
use super::{Pagination, blank, operation};

/// Invoices and bills that are dated up to a day, of any status.
pub struct Invoices {
    pub until: Day,
    pub page: u32,
}

impl Call for Invoices {
    operation!("GET /Invoices" => InvoicePage);

    fn request(&self) -> Request {
        Request::get("/Invoices").query("where", until(self.until)).page(self.page)
    }
}

/// Credit notes of customers and suppliers that are dated up to a day, of any status.
pub struct CreditNotes {
    pub until: Day,
    pub page: u32,
}

impl Call for CreditNotes {
    operation!("GET /CreditNotes" => CreditNotePage);

    fn request(&self) -> Request {
        Request::get("/CreditNotes").query("where", until(self.until)).page(self.page)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvoicePage {
    #[serde(rename = "Invoices")]
    pub documents: Vec<Owed>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreditNotePage {
    #[serde(rename = "CreditNotes")]
    pub documents: Vec<Owed>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

/// One of them. An invoice and a credit note name their ids and numbers differently.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Owed {
    #[serde(rename = "Type", deserialize_with = "blank::text")]
    pub kind: Option<String>,
    #[serde(rename = "InvoiceID", deserialize_with = "blank::text")]
    pub invoice_id: Option<String>,
    #[serde(rename = "CreditNoteID", deserialize_with = "blank::text")]
    pub credit_note_id: Option<String>,
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
    #[serde(deserialize_with = "blank::list")]
    pub payments: Vec<Part>,
}

/// A payment of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Part {
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    pub amount: Option<Exact>,
}
