//! Finances v2024-06-19: transactions, balances, summaries. Its words are open sets; a page's
//! parts are kept as Amazon wrote them until a source reads each by itself.
//! <https://developer-docs.amazon.com/sp-api/docs/finances-api-v2024-06-19-reference>

pub mod totals;
pub mod transaction;

use base::{Call, CallError, Exact, Limit, Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{filled, get, marketplaces, read_json};

pub use totals::{Balance, Summary};
pub use transaction::Transaction;

pub const TRANSACTIONS_PATH: &str = "/finances/2024-06-19/transactions";
pub const BALANCES_PATH: &str = "/finances/2024-06-19/balances";
pub const SUMMARY_PATH: &str = "/finances/2024-06-19/summary";

/// The balance that all others are parts of.
pub const TOTAL: &str = "TOTAL";

/// What a summary, a transaction or a payout may belong to.
pub const SETTLEMENT_ID: &str = "SETTLEMENT_ID";

/// Transactions posted in a window: from `posted_after` up to but not including `posted_before`.
/// A window of more than 180 days gives an empty page and no error. No marketplace is named: for
/// orders that a seller in the United States ships Amazon finds nothing when one is.
#[derive(Debug, Clone)]
pub struct ListTransactions<'a> {
    pub posted_after: String,
    pub posted_before: String,
    pub next_token: Option<&'a str>,
}

/// What Amazon owes: now, or at the end of a day.
#[derive(Debug, Clone)]
pub struct ListBalances<'a> {
    pub marketplaces: &'a [String],
    /// `2026-10-31`.
    pub as_of: Option<String>,
    pub next_token: Option<&'a str>,
}

/// Amazon's own totals of a settlement.
#[derive(Debug, Clone)]
pub struct ListSummary<'a> {
    pub settlement_id: &'a str,
    pub next_token: Option<&'a str>,
}

/// A page, which may be empty and have a next one all the same.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionsPage {
    pub transactions: Option<Vec<Box<RawValue>>>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BalancesPage {
    pub balances: Option<Vec<Box<RawValue>>>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummariesPage {
    pub summaries: Option<Vec<Box<RawValue>>>,
    next_token: Option<String>,
}

/// Amazon writes the amount as a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    pub currency_amount: Exact,
    pub currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RelatedIdentifier {
    pub related_identifier_name: Option<String>,
    pub related_identifier_value: Option<String>,
}

/// An amount and what it is made of, to any depth.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    pub breakdown_type: Option<String>,
    pub breakdown_amount: Option<Money>,
    pub breakdowns: Option<Vec<Breakdown>>,
}

#[derive(Deserialize)]
struct Reply {
    payload: TransactionsPage,
}

impl TransactionsPage {
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl BalancesPage {
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl SummariesPage {
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl Call for ListTransactions<'_> {
    type Reply = TransactionsPage;
    const OPERATION: &'static str = "listTransactions";
    /// 0.5 per second, burst 10 (Amazon's model file `finances_2024-06-19.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 10);

    fn request(&self) -> Request {
        get(TRANSACTIONS_PATH)
            .query("postedAfter", self.posted_after.as_str())
            .query("postedBefore", self.posted_before.as_str())
            .query_opt("nextToken", self.next_token)
    }

    fn read(&self, response: &Response) -> Result<TransactionsPage, CallError> {
        read_json::<Reply>(response).map(|reply| reply.payload)
    }
}

impl Call for ListBalances<'_> {
    type Reply = BalancesPage;
    const OPERATION: &'static str = "listBalances";
    /// 0.5 per second, burst 10 (Amazon's model file `finances_2024-06-19.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 10);

    fn request(&self) -> Request {
        marketplaces(get(BALANCES_PATH), self.marketplaces)
            .query("balanceType", TOTAL)
            .query_opt("asOfDate", self.as_of.as_deref())
            .query_opt("nextToken", self.next_token)
    }

    fn read(&self, response: &Response) -> Result<BalancesPage, CallError> {
        read_json(response)
    }
}

impl Call for ListSummary<'_> {
    type Reply = SummariesPage;
    const OPERATION: &'static str = "listSummary";
    /// 0.5 per second, burst 10 (Amazon's model file `finances_2024-06-19.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 10);

    fn request(&self) -> Request {
        get(SUMMARY_PATH)
            .query("relatedIdentifierName", SETTLEMENT_ID)
            .query("relatedIdentifierValue", self.settlement_id)
            .query_opt("nextToken", self.next_token)
    }

    fn read(&self, response: &Response) -> Result<SummariesPage, CallError> {
        read_json(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_named_by_both_its_ends_on_every_page() {
        let call = ListTransactions {
            posted_after: "2026-11-01T00:00:00.000Z".to_owned(),
            posted_before: "2026-11-24T11:58:00.000Z".to_owned(),
            next_token: Some("t/2"),
        };
        assert_eq!(
            call.request().target(),
            "/finances/2024-06-19/transactions?postedAfter=2026-11-01T00%3A00%3A00.000Z\
             &postedBefore=2026-11-24T11%3A58%3A00.000Z&nextToken=t%2F2"
        );
    }

    #[test]
    fn balances_are_asked_for_as_one_tree() {
        let marketplaces = ["A1F83G8C2ARO7P".to_owned(), "A1PA6795UKMFR9".to_owned()];
        let as_of = Some("2026-10-31".to_owned());
        let call = ListBalances { marketplaces: &marketplaces, as_of, next_token: None };
        assert_eq!(
            call.request().target(),
            "/finances/2024-06-19/balances?marketplaceIds=A1F83G8C2ARO7P%2CA1PA6795UKMFR9\
             &balanceType=TOTAL&asOfDate=2026-10-31"
        );
    }

    #[test]
    fn a_summary_is_that_of_one_settlement() {
        let call = ListSummary { settlement_id: "11888387941", next_token: None };
        assert_eq!(
            call.request().target(),
            "/finances/2024-06-19/summary?relatedIdentifierName=SETTLEMENT_ID\
             &relatedIdentifierValue=11888387941"
        );
    }

    #[test]
    fn an_empty_page_may_have_a_next_one_and_a_missing_payload_is_no_page() {
        let call = ListTransactions {
            posted_after: String::new(),
            posted_before: String::new(),
            next_token: None,
        };
        let reply = |body: &str| {
            let body = body.as_bytes().to_vec();
            call.read(&Response { status: 200, headers: Vec::new(), body })
        };
        for body in [
            r#"{"payload":{"nextToken":"t"}}"#,
            r#"{"payload":{"nextToken":"t","transactions":null}}"#,
            r#"{"payload":{"nextToken":"t","transactions":[]}}"#,
        ] {
            let page = reply(body).unwrap();
            assert_eq!(page.next_token(), Some("t"));
            assert!(page.transactions.is_none_or(|list| list.is_empty()));
        }
        for body in ["{}", r#"{"payload":null}"#, "[]", ""] {
            assert!(reply(body).is_err(), "{body}");
        }
    }
}
