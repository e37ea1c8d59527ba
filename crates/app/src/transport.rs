//! How a call leaves the house. A [`Carrier`] moves one request to an address and back; a
//! [`Caller`] is what the stages send through: it keeps the vendor's budget, holds the access
//! token, and counts.

pub mod budget;
pub mod caller;
pub mod in_process;
pub mod patient;
pub mod tokens;
pub mod wire;

use std::future::Future;
use std::pin::Pin;

use base::{Request, Sent};

pub use budget::Budget;
pub use caller::{Addresses, Caller};
pub use in_process::InProcess;
pub use patient::Patient;
pub use wire::Wire;

/// Carries one request to a base address such as `https://api.xero.com/api.xro/2.0`. Never
/// retries, never waits for a budget.
pub trait Carrier: Send + Sync {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;
}
