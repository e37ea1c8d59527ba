//! Amazon's words: one file per resource of theirs. A call is a value; it sends nothing.

pub mod lwa;
pub mod orders;
pub mod sellers;

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

fn read_json<T: DeserializeOwned>(response: &Response) -> Result<T, CallError> {
    if !(200..300).contains(&response.status) {
        let detail = Trouble::of(response).to_string();
        return Err(CallError::Status { status: response.status, detail });
    }
    serde_json::from_slice(&response.body)
        .map_err(|error| CallError::Unreadable { detail: error.to_string() })
}
