//! Transfers v2024-06-01: what Amazon paid out and what it is going to. The operation that starts
//! a payout moves money and is not here.
//! <https://developer-docs.amazon.com/sp-api/docs/transfers-api-v2024-06-01-reference>

use base::{Call, CallError, Limit, Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::finances::{Money, RelatedIdentifier};
use super::{filled, get, marketplaces, read_json};

pub const PATH: &str = "/finances/transfers/2024-06-01/payouts";
pub const EXPECTED_PATH: &str = "/finances/transfers/2024-06-01/payouts/expected";

/// Payouts that were created in a window: from `created_after` up to but not including
/// `created_before`.
#[derive(Debug, Clone)]
pub struct ListPayouts<'a> {
    pub marketplaces: &'a [String],
    pub created_after: String,
    pub created_before: String,
    pub next_token: Option<&'a str>,
}

/// Payouts that are still to come.
#[derive(Debug, Clone)]
pub struct ListExpectedPayouts<'a> {
    pub marketplaces: &'a [String],
    pub next_token: Option<&'a str>,
}

/// A page, which may be empty and have a next one all the same.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutsPage {
    pub payouts: Option<Vec<Box<RawValue>>>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedPage {
    pub expected_payouts: Option<Vec<ExpectedPayout>>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payout {
    pub id: String,
    pub partner_metadata: Partner,
    pub current_status: String,
    pub status_history: Option<Vec<StatusEntry>>,
    pub amount: Option<Money>,
    pub account_tail: Option<String>,
    pub creation_date: Option<String>,
    pub trace_id: Option<String>,
    pub related_identifiers: Option<Vec<RelatedIdentifier>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEntry {
    pub status: String,
    pub last_updated_date: String,
    pub failure_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partner {
    pub account_type: String,
    pub marketplace_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedPayout {
    pub partner_metadata: Partner,
    pub amount: Option<Money>,
    pub status: String,
    pub scheduled_date: Option<String>,
    pub account_tail: Option<String>,
    pub related_identifiers: Option<Vec<RelatedIdentifier>>,
}

impl PayoutsPage {
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl ExpectedPage {
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl Call for ListPayouts<'_> {
    type Reply = PayoutsPage;
    const OPERATION: &'static str = "listPayouts";
    /// 0.5 per second, burst 10 (Amazon's model file `transfers_2024-06-01.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 10);

    fn request(&self) -> Request {
        marketplaces(get(PATH), self.marketplaces)
            .query("createdAfter", self.created_after.as_str())
            .query("createdBefore", self.created_before.as_str())
            .query_opt("nextToken", self.next_token)
    }

    fn read(&self, response: &Response) -> Result<PayoutsPage, CallError> {
        read_json(response)
    }
}

impl Call for ListExpectedPayouts<'_> {
    type Reply = ExpectedPage;
    const OPERATION: &'static str = "listExpectedPayouts";
    /// 0.5 per second, burst 10 (Amazon's model file `transfers_2024-06-01.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 10);

    fn request(&self) -> Request {
        marketplaces(get(EXPECTED_PATH), self.marketplaces).query_opt("nextToken", self.next_token)
    }

    fn read(&self, response: &Response) -> Result<ExpectedPage, CallError> {
        read_json(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payouts_are_asked_for_by_when_they_were_created() {
        let call = ListPayouts {
            marketplaces: &[],
            created_after: "2026-10-01T00:00:00.000Z".to_owned(),
            created_before: "2026-11-24T12:00:00.000Z".to_owned(),
            next_token: Some("t"),
        };
        assert_eq!(
            call.request().target(),
            "/finances/transfers/2024-06-01/payouts?createdAfter=2026-10-01T00%3A00%3A00.000Z\
             &createdBefore=2026-11-24T12%3A00%3A00.000Z&nextToken=t"
        );
    }

    #[test]
    fn what_is_expected_is_asked_for_by_marketplace() {
        let marketplaces = ["A1F83G8C2ARO7P".to_owned()];
        let call = ListExpectedPayouts { marketplaces: &marketplaces, next_token: None };
        assert_eq!(
            call.request().target(),
            "/finances/transfers/2024-06-01/payouts/expected?marketplaceIds=A1F83G8C2ARO7P"
        );
    }
}
