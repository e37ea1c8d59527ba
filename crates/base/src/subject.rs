//! What facts and intents are about.

use serde::{Deserialize, Serialize};

crate::id!(
    /// Derived from the source, the thing, and the content: pulling twice gives the same id.
    FactId,
    "fact"
);

/// What a fact is about and what is decided as a whole: `order:202-1234567-8901234`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    pub fn order(order_id: &str) -> Subject {
        Subject(format!("order:{order_id}"))
    }

    /// The contact that a marketplace's or a buyer's invoices go to.
    pub fn contact(key: &str) -> Subject {
        Subject(format!("contact:{key}"))
    }

    /// A SKU as an item of the ledger.
    pub fn item(sku: &str) -> Subject {
        Subject(format!("item:{sku}"))
    }

    /// A settlement of Amazon's, its payout and its reversal.
    pub fn settlement(settlement_id: &str) -> Subject {
        Subject(format!("settlement:{settlement_id}"))
    }

    /// What stood open at the end of a month and was accrued: `period:2026-01:<account>`.
    pub fn period(month: &str, account: &str) -> Subject {
        Subject(format!("period:{month}:{account}"))
    }

    pub fn from_stored(text: impl Into<String>) -> Subject {
        Subject(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The order id, when the subject is an order.
    pub fn order_id(&self) -> Option<&str> {
        self.0.strip_prefix("order:")
    }

    /// The month and the account, when the subject is what was accrued at the end of a month.
    pub fn of_period(&self) -> Option<(&str, &str)> {
        self.0.strip_prefix("period:")?.split_once(':')
    }

    /// The settlement id, when the subject is a settlement.
    pub fn settlement_id(&self) -> Option<&str> {
        self.0.strip_prefix("settlement:")
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
