//! Amazon's words: one file per resource of theirs. A call is a value; it sends nothing.

pub mod finances;
pub mod finances_v0;
pub mod lwa;
pub mod notifications;
pub mod orders;
pub mod reports;
pub mod sellers;
pub mod transfers;

use base::{CallError, Request, Response};
use serde::de::DeserializeOwned;

use crate::error::Trouble;

/// Amazon refuses requests without one, or with one of more than 500 characters.
/// <https://developer-docs.amazon.com/sp-api/docs/include-a-user-agent-header-in-all-requests>
pub const USER_AGENT: &str = concat!("Daybook/", env!("CARGO_PKG_VERSION"), " (Language=Rust)");

/// A GET has no body: Amazon answers one that has with 400.
fn get(path: impl Into<String>) -> Request {
    Request::get(path).header("accept", "application/json").header("user-agent", USER_AGENT)
}

/// The next page's token, where there is one: Amazon leaves it out or writes an empty text.
fn filled(token: Option<&String>) -> Option<&str> {
    token.map(String::as_str).filter(|token| !token.is_empty())
}

/// A list of marketplaces as Amazon takes it; none asks for all of them.
fn marketplaces(request: Request, ids: &[String]) -> Request {
    if ids.is_empty() { request } else { request.query("marketplaceIds", ids.join(",")) }
}

fn read_json<T: DeserializeOwned>(response: &Response) -> Result<T, CallError> {
    if !(200..300).contains(&response.status) {
        let detail = Trouble::of(response).to_string();
        return Err(CallError::Status { status: response.status, detail });
    }
    serde_json::from_slice(&response.body)
        .map_err(|error| CallError::Unreadable { detail: error.to_string() })
}
