//! The chart of accounts.
//! <https://developer.xero.com/documentation/api/accounting/accounts>

use base::{Call, Request};
use serde::{Deserialize, Serialize};

use super::{blank, operation, put};

/// All accounts, archived ones included.
pub struct List;

impl Call for List {
    operation!("GET /Accounts" => Page);

    fn request(&self) -> Request {
        Request::get("/Accounts")
    }
}

/// Creates one account: Xero takes one a call.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    /// At most ten characters; a bank account may have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// At most 150 characters, unique.
    pub name: &'a str,
    /// `REVENUE`, `EXPENSE`, `CURRENT`, `CURRLIAB`, `BANK` and so on.
    #[serde(rename = "Type")]
    pub kind: &'a str,
    /// Not for bank accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_payments_to_account: Option<bool>,
    /// Bank accounts alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account_number: Option<&'a str>,
    /// Bank accounts alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_code: Option<&'a str>,
}

impl Call for Create<'_> {
    operation!("PUT /Accounts" => Page);

    fn request(&self) -> Request {
        put("/Accounts", self)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub accounts: Vec<Account>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Account {
    #[serde(rename = "AccountID")]
    pub account_id: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub code: Option<String>,
    pub name: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub class: Option<String>,
    #[serde(default, deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "blank::flag")]
    pub enable_payments_to_account: bool,
    #[serde(default, deserialize_with = "blank::text")]
    pub currency_code: Option<String>,
    /// Both `""` and `null` mean an ordinary account.
    #[serde(default, deserialize_with = "blank::text")]
    pub system_account: Option<String>,
    #[serde(default, deserialize_with = "blank::text")]
    pub tax_type: Option<String>,
}
