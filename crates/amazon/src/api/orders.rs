//! Orders v2026-01-01: two operations. The v0 reads go away in March 2027 and are not used.
//! <https://developer-docs.amazon.com/sp-api/docs/orders-api-v2026-01-01-reference>

pub mod order;

use base::call::escape;
use base::{Call, CallError, Limit, Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{get, read_json};

pub use order::Order;

pub const PATH: &str = "/orders/2026-01-01/orders";

/// Most orders that a page may hold.
pub const PAGE_MAX: u32 = 100;

/// What is asked for with every order. PAYMENT is there because only its `paymentMethod` says
/// that an order is invoiced; nothing else of it is kept.
pub const INCLUDED: &str = "PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX,PAYMENT";

/// The same, where the book's owner turned buyer data on.
pub const INCLUDED_WITH_BUYER: &str =
    "PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX,PAYMENT,BUYER,RECIPIENT";

/// One page of the orders that changed after a moment, oldest window first. A later page repeats
/// every parameter of the first, or Amazon answers 400.
#[derive(Debug, Clone)]
pub struct SearchOrders<'a> {
    pub last_updated_after: String,
    /// At least two minutes ago; none means two minutes ago.
    pub last_updated_before: Option<String>,
    /// Up to fifty; none means all that the authorisation covers.
    pub marketplaces: &'a [String],
    pub included: &'static str,
    pub page_token: Option<&'a str>,
}

/// One order by its number.
#[derive(Debug, Clone)]
pub struct GetOrder<'a> {
    pub order_id: &'a str,
    pub included: &'static str,
}

/// A page, each order still as Amazon wrote it: one that cannot be read must not cost the others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrdersPage {
    pub orders: Vec<Box<RawValue>>,
    pub pagination: Option<Pagination>,
    /// The true end of the window that was searched.
    pub last_updated_before: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    pub next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct OneOrder {
    order: Box<RawValue>,
}

impl OrdersPage {
    /// The next page's token; absent on the last page.
    pub fn next_token(&self) -> Option<&str> {
        let token = self.pagination.as_ref().and_then(|page| page.next_token.as_deref());
        token.filter(|token| !token.is_empty())
    }
}

impl Call for SearchOrders<'_> {
    type Reply = OrdersPage;
    const OPERATION: &'static str = "searchOrders";
    /// 0.0056 per second, burst 20 (Amazon's model file `orders_2026-01-01.json`).
    const LIMIT: Limit = Limit::bucket(180_000, 20);

    fn request(&self) -> Request {
        let request = get(PATH)
            .query("lastUpdatedAfter", self.last_updated_after.as_str())
            .query_opt("lastUpdatedBefore", self.last_updated_before.as_deref());
        let request = if self.marketplaces.is_empty() {
            request
        } else {
            request.query("marketplaceIds", self.marketplaces.join(","))
        };
        request
            .query("maxResultsPerPage", PAGE_MAX.to_string())
            .query("includedData", self.included)
            .query_opt("paginationToken", self.page_token)
    }

    fn read(&self, response: &Response) -> Result<OrdersPage, CallError> {
        read_json(response)
    }
}

impl Call for GetOrder<'_> {
    type Reply = Box<RawValue>;
    const OPERATION: &'static str = "getOrder";
    /// 0.5 per second, burst 30 (Amazon's model file `orders_2026-01-01.json`).
    const LIMIT: Limit = Limit::bucket(2_000, 30);

    fn request(&self) -> Request {
        get(format!("{PATH}/{}", escape(self.order_id))).query("includedData", self.included)
    }

    fn read(&self, response: &Response) -> Result<Box<RawValue>, CallError> {
        read_json::<OneOrder>(response).map(|reply| reply.order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_asks_for_a_full_page_of_all_marketplaces_at_once() {
        let marketplaces = ["A1F83G8C2ARO7P".to_owned(), "A1PA6795UKMFR9".to_owned()];
        let call = SearchOrders {
            last_updated_after: "2026-11-01T00:00:00.000Z".to_owned(),
            last_updated_before: None,
            marketplaces: &marketplaces,
            included: INCLUDED,
            page_token: Some("2YgYW55/+="),
        };
        assert_eq!(
            call.request().target(),
            "/orders/2026-01-01/orders?lastUpdatedAfter=2026-11-01T00%3A00%3A00.000Z\
             &marketplaceIds=A1F83G8C2ARO7P%2CA1PA6795UKMFR9&maxResultsPerPage=100\
             &includedData=PROCEEDS%2CPROMOTION%2CCANCELLATION%2CFULFILLMENT%2CTAX%2CPAYMENT\
             &paginationToken=2YgYW55%2F%2B%3D"
        );
    }

    #[test]
    fn every_request_says_who_asks_and_has_no_body() {
        let request = GetOrder { order_id: "202-1234567-8901234", included: INCLUDED }.request();
        assert!(request.body.is_empty());
        let agent = request.headers.iter().find(|(name, _)| name == "user-agent").unwrap();
        assert!(agent.1.starts_with("Daybook/") && agent.1.ends_with(" (Language=Rust)"));
        assert!(request.target().starts_with("/orders/2026-01-01/orders/202-1234567-8901234?"));
    }

    #[test]
    fn the_last_page_has_no_token() {
        for last in [r#"{"orders":[]}"#, r#"{"orders":[],"pagination":{}}"#] {
            assert_eq!(serde_json::from_str::<OrdersPage>(last).unwrap().next_token(), None);
        }
        let more = r#"{"orders":[],"pagination":{"nextToken":"t"}}"#;
        assert_eq!(serde_json::from_str::<OrdersPage>(more).unwrap().next_token(), Some("t"));
    }
}
