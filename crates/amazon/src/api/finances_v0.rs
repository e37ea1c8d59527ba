//! Finances v0: the one of its operations that is not going away. It alone says in which currency
//! Amazon paid out, and how much of it.
//! <https://developer-docs.amazon.com/sp-api/docs/finances-api-v0-reference>

use base::{Call, CallError, Exact, Limit, Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{filled, get, read_json};

pub const PATH: &str = "/finances/v0/financialEventGroups";

/// Most groups that a page may hold.
pub const PAGE_MAX: u32 = 100;

/// Groups that were opened in a window of at most 180 days.
#[derive(Debug, Clone)]
pub struct ListFinancialEventGroups<'a> {
    pub started_after: String,
    pub started_before: String,
    pub next_token: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupsPage {
    pub financial_event_group_list: Option<Vec<Box<RawValue>>>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FinancialEventGroup {
    pub financial_event_group_id: Option<String>,
    pub processing_status: Option<String>,
    pub original_total: Option<Money>,
    pub converted_total: Option<Money>,
    pub fund_transfer_date: Option<String>,
    pub trace_id: Option<String>,
    pub account_tail: Option<String>,
    pub beginning_balance: Option<Money>,
    pub financial_event_group_start: Option<String>,
    pub financial_event_group_end: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Money {
    pub currency_amount: Option<Exact>,
    pub currency_code: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    payload: GroupsPage,
}

impl GroupsPage {
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl Call for ListFinancialEventGroups<'_> {
    type Reply = GroupsPage;
    const OPERATION: &'static str = "listFinancialEventGroups";
    /// 0.5 per second, burst 30 (Amazon's model file `financesV0.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 30);

    fn request(&self) -> Request {
        get(PATH)
            .query("MaxResultsPerPage", PAGE_MAX.to_string())
            .query("FinancialEventGroupStartedAfter", self.started_after.as_str())
            .query("FinancialEventGroupStartedBefore", self.started_before.as_str())
            .query_opt("NextToken", self.next_token)
    }

    fn read(&self, response: &Response) -> Result<GroupsPage, CallError> {
        read_json::<Reply>(response).map(|reply| reply.payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_is_asked_for_instead_of_amazons_ten() {
        let call = ListFinancialEventGroups {
            started_after: "2026-08-01T00:00:00.000Z".to_owned(),
            started_before: "2026-11-24T11:58:00.000Z".to_owned(),
            next_token: None,
        };
        assert_eq!(
            call.request().target(),
            "/finances/v0/financialEventGroups?MaxResultsPerPage=100\
             &FinancialEventGroupStartedAfter=2026-08-01T00%3A00%3A00.000Z\
             &FinancialEventGroupStartedBefore=2026-11-24T11%3A58%3A00.000Z"
        );
    }
}
