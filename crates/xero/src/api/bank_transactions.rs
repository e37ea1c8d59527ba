//! Money received into and spent from bank accounts outside invoices.
//! <https://developer.xero.com/documentation/api/accounting/banktransactions>

use base::call::escape;
use base::{Call, Exact, Request, Timestamp};
use serde::{Deserialize, Serialize};

use super::lines::{ContactById, Line, NewLine, Party};
use super::payments::{AccountById, PaidTo};
use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, post, put};

/// Money that came in.
pub const RECEIVED: &str = "RECEIVE";
/// Money that went out.
pub const SPENT: &str = "SPEND";

/// A bank transaction to be created. Its currency is its bank account's, and cannot be said.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewBankTransaction<'a> {
    #[serde(rename = "Type")]
    pub kind: &'a str,
    pub reference: &'a str,
    pub contact: ContactById<'a>,
    pub bank_account: AccountById<'a>,
    pub date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_rate: Option<Exact>,
    /// Always sent: unlike that of invoices, Xero's default here includes tax.
    pub line_amount_types: &'a str,
    pub status: &'a str,
    /// Their tax is left out: Xero works it out and takes no other.
    pub line_items: Vec<NewLine<'a>>,
}

/// Creates bank transactions, each judged alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub bank_transactions: Vec<NewBankTransaction<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /BankTransactions" => Page);

    fn request(&self) -> Request {
        put("/BankTransactions", self).judged_alone().four_decimals()
    }
}

/// Deletes a bank transaction.
pub struct Delete<'a> {
    pub bank_transaction_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    bank_transactions: [Ended<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ended<'a> {
    status: &'a str,
}

impl Call for Delete<'_> {
    operation!("POST /BankTransactions/{BankTransactionID}" => Page);

    fn request(&self) -> Request {
        let path = format!("/BankTransactions/{}", escape(self.bank_transaction_id));
        post(path, &Written { bank_transactions: [Ended { status: "DELETED" }] }).four_decimals()
    }
}

/// Bank transactions of any status that fulfil a condition, with their lines.
pub struct Where {
    pub condition: String,
    pub page: u32,
}

impl Call for Where {
    operation!("GET /BankTransactions" => Page);

    fn request(&self) -> Request {
        Request::get("/BankTransactions")
            .query("where", self.condition.clone())
            .four_decimals()
            .page(self.page)
    }
}

/// Bank transactions of any status changed since a moment, with their lines.
pub struct Changed {
    pub since: Option<Timestamp>,
    pub page: u32,
}

impl Call for Changed {
    operation!("GET /BankTransactions" => Page);

    fn request(&self) -> Request {
        Request::get("/BankTransactions").changed_since(self.since).four_decimals().page(self.page)
    }
}

/// One bank transaction.
pub struct Get<'a> {
    pub bank_transaction_id: &'a str,
}

impl Call for Get<'_> {
    operation!("GET /BankTransactions/{BankTransactionID}" => Page);

    fn request(&self) -> Request {
        Request::get(format!("/BankTransactions/{}", escape(self.bank_transaction_id)))
            .four_decimals()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub bank_transactions: Vec<BankTransaction>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BankTransaction {
    #[serde(rename = "Type", deserialize_with = "blank::text")]
    pub kind: Option<String>,
    #[serde(rename = "BankTransactionID", deserialize_with = "blank::text")]
    pub bank_transaction_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub reference: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub contact: Option<Party>,
    #[serde(deserialize_with = "blank::object")]
    pub bank_account: Option<PaidTo>,
    #[serde(deserialize_with = "blank::text")]
    pub date_string: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub currency_code: Option<String>,
    pub currency_rate: Option<Exact>,
    pub total: Option<Exact>,
    pub total_tax: Option<Exact>,
    #[serde(deserialize_with = "blank::flag")]
    pub is_reconciled: bool,
    #[serde(deserialize_with = "blank::flag")]
    pub has_attachments: bool,
    #[serde(deserialize_with = "blank::list")]
    pub line_items: Vec<Line>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}
