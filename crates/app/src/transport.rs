//! How a call leaves the house. A [`Carrier`] moves one request to an address and back; a
//! [`Courier`] knows one vendor's addresses, keeps its budget and counts; a [`Caller`], which the
//! stages send through, adds the access token.

pub mod app_calls;
pub mod budget;
pub mod caller;
pub mod circuit;
pub mod courier;
pub mod exchange;
pub mod in_process;
pub mod patient;
pub mod redact;
pub mod tokens;
pub mod wire;

use std::future::Future;
use std::pin::Pin;

use base::{Request, Sent};

pub use app_calls::AppCalls;
pub use budget::Budget;
pub use caller::{Caller, Grantless};
pub use circuit::Circuit;
pub use courier::{Addresses, Courier, Vendor};
pub use exchange::Made;
pub use in_process::InProcess;
pub use patient::Patient;
pub use wire::Wire;

/// Header names and values as text.
fn texts(headers: &axum::http::HeaderMap) -> Vec<(String, String)> {
    let text =
        |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Carries one request to a base address such as `https://api.xero.com/api.xro/2.0`. Never
/// retries, never waits for a budget.
pub trait Carrier: Send + Sync {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;
}
