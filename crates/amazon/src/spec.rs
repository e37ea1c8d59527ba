//! The vendor as data: regions, hosts, limits, what a person must supply.

pub mod marketplaces;

use std::fmt;

use base::{Call, Host, Limit, Method, Request};
use serde::{Deserialize, Serialize};

use crate::api::{finances, finances_v0, lwa, notifications, orders, reports, sellers, transfers};

pub use marketplaces::{MARKETPLACES, Marketplace, marketplace};

/// One authorisation covers a seller's account in all marketplaces of a region, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Region {
    #[serde(rename = "NA")]
    NorthAmerica,
    #[serde(rename = "EU")]
    Europe,
    #[serde(rename = "FE")]
    FarEast,
}

impl Region {
    pub const ALL: [Region; 3] = [Region::NorthAmerica, Region::Europe, Region::FarEast];

    /// Reads `NA`, `EU` or `FE`.
    pub fn parse(text: &str) -> Option<Region> {
        Region::ALL.into_iter().find(|region| region.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Region::NorthAmerica => "NA",
            Region::Europe => "EU",
            Region::FarEast => "FE",
        }
    }

    /// The address of the region's API.
    /// <https://developer-docs.amazon.com/sp-api/docs/sp-api-endpoints>
    pub fn api(self) -> &'static str {
        match self {
            Region::NorthAmerica => "https://sellingpartnerapi-na.amazon.com",
            Region::Europe => "https://sellingpartnerapi-eu.amazon.com",
            Region::FarEast => "https://sellingpartnerapi-fe.amazon.com",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the connect screen, the documentation and `doctor` are made from.
#[derive(Debug)]
pub struct Spec {
    pub name: &'static str,
    pub token_url: &'static str,
    /// An access token's life; the reply says it too.
    pub access_token_s: i64,
    /// A seller must renew the authorisation after so many days.
    pub authorisation_days: u32,
    /// The application's secret must be rotated after so many days.
    pub client_secret_days: u32,
    pub settings: &'static [Setting],
}

/// One thing that a person must supply.
#[derive(Debug)]
pub struct Setting {
    pub key: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub example: &'static str,
    pub is_secret: bool,
}

pub const SPEC: Spec = Spec {
    name: "Amazon",
    token_url: "https://api.amazon.com/auth/o2/token",
    access_token_s: 3600,
    authorisation_days: 365,
    client_secret_days: 180,
    settings: &[
        Setting {
            key: "region",
            label: "Region",
            help: "Where the seller account is: NA, EU (with the UK, Turkey, the Gulf, India and \
                   South Africa) or FE.",
            example: "EU",
            is_secret: false,
        },
        Setting {
            key: "seller_id",
            label: "Merchant token",
            help: "Seller Central, Settings, Account info, Merchant token.",
            example: "A3TH9S8BH6GOGM",
            is_secret: false,
        },
        Setting {
            key: "client_id",
            label: "LWA client identifier",
            help: "Solution Provider Portal, your application, LWA credentials.",
            example: "amzn1.application-oa2-client.0123456789abcdef",
            is_secret: false,
        },
        Setting {
            key: "client_secret",
            label: "LWA client secret",
            help: "Beside the client identifier; rotate it every 180 days.",
            example: "amzn1.oa2-cs.v1.0123456789abcdef",
            is_secret: true,
        },
        Setting {
            key: "refresh_token",
            label: "Refresh token",
            help: "Made when the seller authorises the application; good for 365 days.",
            example: "Atzr|IwEBIA",
            is_secret: true,
        },
    ],
};

/// The bucket that a request is counted in: Amazon counts per application and selling partner,
/// each operation for itself. `None` for a request that this crate does not make.
pub fn bucket(request: &Request) -> Option<(&'static str, Limit)> {
    if request.host == Host::Token {
        return Some((lwa::Exchange::OPERATION, lwa::Exchange::LIMIT));
    }
    let path = request.path.as_str();
    if path == orders::PATH {
        return Some((orders::SearchOrders::OPERATION, orders::SearchOrders::LIMIT));
    }
    if path == sellers::PATH {
        let limit = sellers::GetMarketplaceParticipations::LIMIT;
        return Some((sellers::GetMarketplaceParticipations::OPERATION, limit));
    }
    if let Some(found) = notifications::operation(request.method, path) {
        return Some(found);
    }
    let is_order = path.strip_prefix(orders::PATH).is_some_and(|rest| rest.starts_with('/'));
    if is_order {
        return Some((orders::GetOrder::OPERATION, orders::GetOrder::LIMIT));
    }
    let name = match request.method {
        Method::Post if path == reports::PATH => reports::CreateReport::OPERATION,
        Method::Get | Method::Put | Method::Post | Method::Delete => operation(path)?,
    };
    limit(name).map(|limit| (name, limit))
}

/// Amazon's name for what is read at a path of the reports and of the money.
fn operation(path: &str) -> Option<&'static str> {
    match path {
        reports::PATH => return Some(reports::GetReports::OPERATION),
        finances::TRANSACTIONS_PATH => return Some(finances::ListTransactions::OPERATION),
        finances::BALANCES_PATH => return Some(finances::ListBalances::OPERATION),
        finances::SUMMARY_PATH => return Some(finances::ListSummary::OPERATION),
        finances_v0::PATH => return Some(finances_v0::ListFinancialEventGroups::OPERATION),
        transfers::PATH => return Some(transfers::ListPayouts::OPERATION),
        transfers::EXPECTED_PATH => return Some(transfers::ListExpectedPayouts::OPERATION),
        _ => {}
    }
    let below = |above: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    if below(reports::PATH) {
        return Some(reports::GetReport::OPERATION);
    }
    below(reports::DOCUMENTS_PATH).then_some(reports::GetReportDocument::OPERATION)
}

/// The usage plan of an operation of the reports, of the money and of the notifications, by its name.
pub fn limit(operation: &str) -> Option<Limit> {
    if let Some(limit) = notifications::limit(operation) {
        return Some(limit);
    }
    let plans = [
        (reports::GetReports::OPERATION, reports::GetReports::LIMIT),
        (reports::GetReport::OPERATION, reports::GetReport::LIMIT),
        (reports::GetReportDocument::OPERATION, reports::GetReportDocument::LIMIT),
        (reports::CreateReport::OPERATION, reports::CreateReport::LIMIT),
        (finances::ListTransactions::OPERATION, finances::ListTransactions::LIMIT),
        (finances::ListBalances::OPERATION, finances::ListBalances::LIMIT),
        (finances::ListSummary::OPERATION, finances::ListSummary::LIMIT),
        (
            finances_v0::ListFinancialEventGroups::OPERATION,
            finances_v0::ListFinancialEventGroups::LIMIT,
        ),
        (transfers::ListPayouts::OPERATION, transfers::ListPayouts::LIMIT),
        (transfers::ListExpectedPayouts::OPERATION, transfers::ListExpectedPayouts::LIMIT),
    ];
    plans.into_iter().find(|(name, _)| *name == operation).map(|(_, limit)| limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_read_back_from_its_word() {
        for region in Region::ALL {
            assert_eq!(Region::parse(region.as_str()), Some(region));
        }
        assert_eq!(Region::parse("eu"), None);
    }

    #[test]
    fn every_request_of_ours_has_its_bucket() {
        let search = Request::get(orders::PATH);
        assert_eq!(bucket(&search), Some(("searchOrders", Limit::bucket(180_000, 20))));
        let one = Request::get("/orders/2026-01-01/orders/202-1234567-8901234");
        assert_eq!(bucket(&one), Some(("getOrder", Limit::bucket(2_000, 30))));
        let sellers = Request::get("/sellers/v1/marketplaceParticipations");
        let expected = ("getMarketplaceParticipations", Limit::bucket(62_500, 15));
        assert_eq!(bucket(&sellers), Some(expected));
        assert_eq!(bucket(&Request::get("/orders/v0/orders")), None);
    }

    #[test]
    fn reading_and_asking_for_reports_are_counted_apart() {
        let minute = Limit::bucket(60_000, 15);
        let ask = Request::new(Method::Post, Host::Api, reports::PATH);
        assert_eq!(bucket(&ask), Some(("createReport", minute)));
        let list = bucket(&Request::get(reports::PATH));
        assert_eq!(list, Some(("getReports", Limit::bucket(45_046, 10))));
        let one = bucket(&Request::get("/reports/2021-06-30/reports/1"));
        assert_eq!(one, Some(("getReport", Limit::bucket(500, 15))));
        let document = bucket(&Request::get("/reports/2021-06-30/documents/amzn1.x"));
        assert_eq!(document, Some(("getReportDocument", minute)));
        assert_eq!(bucket(&Request::get("/reports/2021-06-30/schedules")), None);
    }

    #[test]
    fn every_call_about_notifications_has_its_bucket() {
        let each = Limit::bucket(1_000, 5);
        let list = bucket(&Request::get(notifications::DESTINATIONS_PATH));
        assert_eq!(list, Some(("getDestinations", each)));
        assert_eq!(limit("createSubscription"), Some(each));
    }

    #[test]
    fn every_call_about_money_has_its_bucket() {
        for (path, name, burst) in [
            ("/finances/2024-06-19/transactions", "listTransactions", 10),
            ("/finances/2024-06-19/balances", "listBalances", 10),
            ("/finances/2024-06-19/summary", "listSummary", 10),
            ("/finances/v0/financialEventGroups", "listFinancialEventGroups", 30),
            ("/finances/transfers/2024-06-01/payouts", "listPayouts", 10),
            ("/finances/transfers/2024-06-01/payouts/expected", "listExpectedPayouts", 10),
        ] {
            let limit = Limit::bucket(2_000, burst);
            assert_eq!(bucket(&Request::get(path)), Some((name, limit)));
        }
    }
}
