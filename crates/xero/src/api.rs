//! Xero's words: one file per resource of the Accounting API, with the fields that we use. The
//! field names are Xero's; what they mean to us is decided in `source` and `sink`.
//!
//! Numbers are [`base::Exact`], so the structs are plain: no flatten, untagged or tag. A collection
//! that a reply must have is never defaulted, so that a reply without it cannot pass for "none".

pub mod accounts;
pub mod allocations;
pub mod attachments;
pub mod bank_transactions;
pub mod bank_transfers;
mod blank;
pub mod connections;
pub mod contacts;
pub mod credit_notes;
pub mod currencies;
pub(crate) mod dates;
pub(crate) mod fault;
pub mod invoices;
pub mod items;
pub mod lines;
pub mod manual_journals;
pub mod organisation;
pub mod owed;
pub mod payments;
pub(crate) mod query;
pub mod tax_rates;
pub mod tracking;
pub mod trial_balance;

use base::{CallError, Host, Method, Request, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What one problem of one element is in words.
/// <https://developer.xero.com/documentation/api/accounting/responsecodes>
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Complaint {
    pub message: String,
}

/// Which page of how many a reply is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    pub page: u32,
    pub page_count: u32,
}

/// True when there is a page after this one. Without Xero's own word a full page counts as one.
pub(crate) fn is_more(pagination: Option<&Pagination>, page: u32, elements: usize) -> bool {
    match pagination {
        Some(pagination) => page < pagination.page_count,
        None => u32::try_from(elements).is_ok_and(|count| count >= crate::spec::PAGE_SIZE),
    }
}

/// A reply's JSON. What cannot be read is told by its place only: its text may hold names.
pub(crate) fn json<T: DeserializeOwned>(response: &Response) -> Result<T, CallError> {
    if !(200..300).contains(&response.status) {
        let detail = fault::words(response);
        return Err(CallError::Status { status: response.status, detail });
    }
    serde_json::from_slice(&response.body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Io | serde_json::error::Category::Eof => "it is cut off",
            serde_json::error::Category::Syntax => "it is not JSON",
            serde_json::error::Category::Data => "a field is missing or of another kind",
        };
        let (line, column) = (error.line(), error.column());
        CallError::Unreadable { detail: format!("{what}, line {line} column {column}") }
    })
}

/// A request that creates. `PUT` never changes what exists; `POST` to a collection would change
/// what has the same number.
fn put<T: Serialize>(path: impl Into<String>, content: &T) -> Request {
    Request::new(Method::Put, Host::Api, path).json(body(content))
}

/// A request that changes what its path names.
fn post<T: Serialize>(path: impl Into<String>, content: &T) -> Request {
    Request::new(Method::Post, Host::Api, path).json(body(content))
}

/// A request's JSON. Our wire structs hold texts and decimals alone, which always can be written;
/// were it otherwise the body would be empty, and Xero refuses an empty body.
fn body<T: Serialize>(content: &T) -> Vec<u8> {
    serde_json::to_vec(content).unwrap_or_default()
}

/// What is alike in every [`base::Call`]: `operation!("GET /Items" => Page)` gives it the
/// organisation's limit, and reads its reply's JSON into that struct.
macro_rules! operation {
    ($name:literal => $reply:ty) => {
        type Reply = $reply;
        const OPERATION: &'static str = $name;
        const LIMIT: base::Limit = $crate::spec::LIMIT;

        fn read(&self, response: &base::Response) -> Result<$reply, base::CallError> {
            $crate::api::json(response)
        }
    };
}
use operation;
