//! What is read of Amazon's Finances. Written down here for itself, not shared with the connector.

use base::{Exact, Money, Timestamp};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Transactions {
    pub(crate) payload: TransactionsPage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransactionsPage {
    pub(crate) transactions: Option<Vec<Transaction>>,
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    #[serde(rename = "transactionId")]
    id: Option<String>,
    #[serde(rename = "transactionType")]
    kind: Option<String>,
    #[serde(rename = "transactionStatus")]
    status: Option<String>,
    pub(crate) posted_date: Option<String>,
    pub(crate) total_amount: Option<Amount>,
    pub(crate) related_identifiers: Option<Vec<Related>>,
    pub(crate) breakdowns: Option<Vec<Breakdown>>,
    pub(crate) items: Option<Vec<Item>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) breakdowns: Option<Vec<Breakdown>>,
    pub(crate) contexts: Option<Vec<Context>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context {
    pub(crate) quantity_shipped: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Breakdown {
    #[serde(rename = "breakdownType")]
    pub(crate) kind: Option<String>,
    #[serde(rename = "breakdownAmount")]
    pub(crate) amount: Option<Amount>,
    pub(crate) breakdowns: Option<Vec<Breakdown>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Amount {
    currency_amount: Exact,
    currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Related {
    #[serde(rename = "relatedIdentifierName")]
    name: Option<String>,
    #[serde(rename = "relatedIdentifierValue")]
    value: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Summaries {
    pub(crate) summaries: Option<Vec<Summary>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub(crate) net_proceeds: Amount,
    pub(crate) period_start: Option<String>,
    pub(crate) period_end: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payouts {
    pub(crate) payouts: Option<Vec<Payout>>,
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payout {
    pub(crate) current_status: String,
    pub(crate) status_history: Option<Vec<Status>>,
    pub(crate) related_identifiers: Option<Vec<Related>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    last_updated_date: Option<String>,
}

impl Payout {
    /// When its status changed last.
    pub(crate) fn changed(&self) -> Option<Timestamp> {
        let history = self.status_history.iter().flatten();
        let dates = history.filter_map(|status| status.last_updated_date.as_deref());
        dates.filter_map(|text| Timestamp::parse(text).ok()).max()
    }
}

impl Amount {
    pub(crate) fn money(&self) -> Result<Money, String> {
        let currency = self.currency_code.parse();
        let currency =
            currency.map_err(|_reason| format!("{:?} is no currency", self.currency_code))?;
        Money::exact(self.currency_amount.0, currency).map_err(|error| error.to_string())
    }
}

impl Transaction {
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    pub(crate) fn related(&self, name: &str) -> Option<&str> {
        related(self.related_identifiers.as_deref(), name)
    }

    pub(crate) fn posted(&self) -> Option<Timestamp> {
        self.posted_date.as_deref().and_then(|text| Timestamp::parse(text).ok())
    }

    fn kind(&self) -> String {
        self.kind.as_deref().unwrap_or_default().to_ascii_lowercase()
    }

    pub(crate) fn is_sale(&self) -> bool {
        self.kind() == "shipment"
    }

    /// Refunds, and claims that Amazon or a bank decided; tax that is worked out again is none.
    pub(crate) fn is_refund(&self) -> bool {
        let kind = self.kind();
        let is_one = ["refund", "guarantee", "chargeback"].iter().any(|word| kind.contains(word));
        is_one && !kind.contains("retro")
    }

    /// Units that it tells to have left.
    pub(crate) fn units(&self) -> u64 {
        let contexts = self.items.iter().flatten().flat_map(|item| item.contexts.iter().flatten());
        let units = contexts.filter_map(|context| context.quantity_shipped);
        units.fold(0, u64::saturating_add)
    }

    /// Amazon has written `Released` where its model says `RELEASED`.
    pub(crate) fn is_released(&self) -> bool {
        self.status.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("RELEASED"))
    }
}

/// The value of a related identifier.
pub(crate) fn related<'a>(all: Option<&'a [Related]>, name: &str) -> Option<&'a str> {
    let mut named = all.into_iter().flatten().filter(|one| one.name.as_deref() == Some(name));
    named.find_map(|one| one.value.as_deref()).filter(|value| !value.is_empty())
}
