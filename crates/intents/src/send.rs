//! One write request: exact bytes, one key, and what became of each member.

use base::{Request, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{IntentId, Kind, Receipt};

base::id!(
    /// Derived from the lane, the members with their generations, and the body.
    SendId,
    "send"
);

/// A write request as it was decided, kept as a row before the call and never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    pub id: SendId,
    pub kind: Kind,
    /// In the order of the request's elements.
    pub members: Vec<Member>,
    /// Exact bytes, `idempotency-key` header included.
    pub request: Request,
    /// When it was first put on the wire; Xero keeps keys for six minutes from then.
    pub first_sent: Option<Timestamp>,
    /// A 5xx was answered to it: Xero caches those under the key, so the key is spent.
    pub saw_server_error: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub intent: IntentId,
    /// Grows each time the intent goes into a new send.
    pub generation: u32,
}

/// Something to tell a person, with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A page in `docs/errors`.
    pub code: String,
    /// The vendor's words, or ours.
    pub detail: String,
}

impl Reason {
    pub fn new(code: &str, detail: impl Into<String>) -> Reason {
        Reason { code: code.to_owned(), detail: detail.into() }
    }
}

/// What is known about one member after trying to deliver it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It exists, and reads back as intended.
    Delivered(Receipt),
    /// It exists, and reads back otherwise: a person must look.
    Differs(Receipt, Reason),
    /// It said no and will say no again: a person must look.
    Refused(Reason),
    /// The whole request was refused for what may be one member's fault: send in halves.
    Halve(Reason),
    /// It asked us to wait. Nothing was written.
    Busy(Timestamp),
    /// Nothing left the house.
    NotSent(Reason),
    /// It answered, but not clearly (a 5xx, half a body, this member not mentioned): the write may
    /// have landed. Look before sending again.
    Unclear(Reason),
    /// No answer at all: it may have landed, or may still be on its way. Look, but not before the
    /// request cannot be alive any more.
    Lost(Reason),
}

/// What a look-up shows of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// It exists and equals the intent.
    Found(Receipt),
    /// Something exists in its place that does not equal it.
    Differs(Receipt, Reason),
    Absent,
    /// The look-up itself gave no clear answer; look again.
    Unclear(Reason),
}
