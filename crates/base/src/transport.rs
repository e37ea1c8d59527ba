//! How a call leaves the house. One trait; the implementations live in `app/transport`.

use std::future::Future;
use std::pin::Pin;

use crate::{Request, Response, Timestamp};

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// A whole reply arrived, whatever its status.
    Reply(Response),
    /// Nothing was sent: a budget is used up until then.
    Busy(Timestamp),
    /// Nothing was sent: no connection, no token. It is safe to send again.
    NotSent(String),
    /// It was sent and no whole reply came back: it may or may not have been carried out.
    Lost(String),
}

/// Sends one request. Never sleeps, never retries: a lane decides that.
pub trait Transport: Send + Sync {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;
}
