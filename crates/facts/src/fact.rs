//! The envelope every fact comes in.

use base::{FactId, Subject, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Order;
use crate::finances::{Balance, PaymentGroup, Payout, Summary, Transaction};
use crate::settlement::Found;

/// One thing that happened, stored as it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub id: FactId,
    pub subject: Subject,
    /// When the vendor says that it happened (an order's last update), or when a person acted.
    pub occurred: Timestamp,
    /// Who said it: `amazon:EU:orders`, `person`.
    pub source: String,
    /// SHA-256 of the raw bytes in the archive; empty for what a person said.
    pub raw_hash: String,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// An order as it stood at its last update.
    Order(Box<Order>),
    /// Something came that could not be read as an order: kept, shown, not guessed at.
    Unreadable {
        reason: String,
    },
    /// A person decided what rules must not decide alone.
    Approval(Approval),
    /// A settlement in a report; its rows are in the archived bytes.
    Settlement(Box<Found>),
    /// A financial event, as it stood when it was read.
    Transaction(Box<Transaction>),
    /// A payout at one of its statuses.
    Payout(Box<Payout>),
    /// A control total by Amazon's summary.
    Summary(Box<Summary>),
    PaymentGroup(Box<PaymentGroup>),
    Balance(Box<Balance>),
    /// The proof of a posted settlement was written: the archive has it under this hash.
    Proof {
        hash: String,
    },
}

/// What a reviewer said about a held subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub who: String,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Post the items that foot; the rest stays held, linked to the document.
    PostWhatFoots,
    /// The missing tax is right: an export, or tax calculation is off at Amazon.
    TaxIsRight,
    /// The tax that a settlement's rows do not state is inside the prices: Amazon's calculation
    /// was off.
    TaxIsInside,
    /// Take the posted settlement back.
    Reverse,
    /// Post it again after it was taken back.
    Repost,
}
