//! One reading call over a transport, and the ways in which it can stop.

use base::{Call, CallError, Request, Response, Sent, Timestamp, Transport};

use crate::api::fault;
use crate::connection::{self, ConnectionTrouble};

/// Why a reading call gave nothing. Nothing was written in any case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PullStop {
    #[error("the budget of calls is used up until {0}")]
    Busy(Timestamp),
    #[error("nothing was sent to Xero: {0}")]
    NotSent(String),
    #[error("no whole answer came from Xero: {0}")]
    Lost(String),
    #[error("Xero does not let us in: {0}")]
    Connection(ConnectionTrouble),
    #[error("what Xero answered could not be read: {0}")]
    Unreadable(String),
    #[error("Xero answered {status}: {detail}")]
    Status { status: u16, detail: String },
}

impl From<CallError> for PullStop {
    fn from(error: CallError) -> PullStop {
        match error {
            CallError::Status { status, detail } => PullStop::Status { status, detail },
            CallError::Unreadable { detail } => PullStop::Unreadable(detail),
        }
    }
}

/// Sends one call to an organisation and reads its reply. For set-up and for reading; what writes
/// documents goes through [`crate::push`], which never takes silence for an answer.
pub async fn ask<C: Call + Sync>(
    transport: &dyn Transport,
    tenant_id: &str,
    call: &C,
) -> Result<C::Reply, PullStop> {
    let request = tenanted(call.request(), tenant_id);
    let response = answer(transport, &request).await?;
    Ok(call.read(&response)?)
}

/// The organisation that a request is for, and JSON instead of Xero's XML.
/// <https://developer.xero.com/documentation/guides/oauth2/auth-flow/#5-call-the-api>
pub(crate) fn tenanted(request: Request, tenant_id: &str) -> Request {
    request.header("xero-tenant-id", tenant_id).header("accept", "application/json")
}

/// A successful reply, or why there is none.
pub(crate) async fn answer(
    transport: &dyn Transport,
    request: &Request,
) -> Result<Response, PullStop> {
    match transport.send(request).await {
        Sent::Busy(until) => Err(PullStop::Busy(until)),
        Sent::NotSent(why) => Err(PullStop::NotSent(why)),
        Sent::Lost(why) => Err(PullStop::Lost(why)),
        Sent::Reply(response) => match connection::trouble(&response) {
            Some(trouble) => Err(PullStop::Connection(trouble)),
            None if (200..300).contains(&response.status) => Ok(response),
            None => {
                let detail = fault::words(&response);
                Err(PullStop::Status { status: response.status, detail })
            }
        },
    }
}
