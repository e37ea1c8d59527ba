//! Money moved between two bank accounts.
//! <https://developer.xero.com/documentation/api/accounting/banktransfers>

use base::call::escape;
use base::{Call, Exact, Request, Timestamp};
use serde::{Deserialize, Serialize};

use super::payments::{AccountById, PaidTo};
use super::{Complaint, blank, dates, operation, post, put};

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewBankTransfer<'a> {
    pub from_bank_account: AccountById<'a>,
    pub to_bank_account: AccountById<'a>,
    pub amount: Exact,
    pub date: String,
    pub reference: &'a str,
}

/// Creates transfers. Xero judges them as a whole here, so they go alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub bank_transfers: Vec<NewBankTransfer<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /BankTransfers" => Page);

    fn request(&self) -> Request {
        put("/BankTransfers", self)
    }
}

/// Deletes a transfer, with both of its bank transactions.
pub struct Delete<'a> {
    pub bank_transfer_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ended<'a> {
    status: &'a str,
}

impl Call for Delete<'_> {
    operation!("POST /BankTransfers/{BankTransferID}" => Page);

    fn request(&self) -> Request {
        let path = format!("/BankTransfers/{}", escape(self.bank_transfer_id));
        post(path, &Ended { status: "DELETED" })
    }
}

/// Transfers that fulfil a condition, deleted ones left out. The list has no pages.
pub struct Where {
    pub condition: String,
}

impl Call for Where {
    operation!("GET /BankTransfers" => Page);

    fn request(&self) -> Request {
        Request::get("/BankTransfers").query("where", self.condition.clone())
    }
}

/// Transfers changed since a moment, deleted ones among them. The list has no pages.
pub struct Changed {
    pub since: Option<Timestamp>,
}

impl Call for Changed {
    operation!("GET /BankTransfers" => Page);

    fn request(&self) -> Request {
        let request = Request::get("/BankTransfers").query("includeDeleted", "true");
        match self.since {
            Some(since) => request.header("if-modified-since", dates::since(since)),
            None => request,
        }
    }
}

/// One transfer, also if it was deleted.
pub struct Get<'a> {
    pub bank_transfer_id: &'a str,
}

impl Call for Get<'_> {
    operation!("GET /BankTransfers/{BankTransferID}" => Page);

    fn request(&self) -> Request {
        Request::get(format!("/BankTransfers/{}", escape(self.bank_transfer_id)))
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub bank_transfers: Vec<BankTransfer>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BankTransfer {
    #[serde(rename = "BankTransferID", deserialize_with = "blank::text")]
    pub bank_transfer_id: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub from_bank_account: Option<PaidTo>,
    #[serde(deserialize_with = "blank::object")]
    pub to_bank_account: Option<PaidTo>,
    pub amount: Option<Exact>,
    #[serde(deserialize_with = "blank::text")]
    pub date_string: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub reference: Option<String>,
    /// Shown since July 2026.
    #[serde(deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub from_is_reconciled: bool,
    #[serde(deserialize_with = "blank::flag")]
    pub to_is_reconciled: bool,
    #[serde(deserialize_with = "blank::flag")]
    pub has_attachments: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}
