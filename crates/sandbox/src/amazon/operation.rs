//! Which of Amazon's operations a request asks for.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::marketplaces::Region;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Token,
    Participations,
    SearchOrders,
    GetOrder,
    GetReports,
    GetReport,
    CreateReport,
    GetReportDocument,
    /// The presigned address of a document: not Amazon's API any more.
    Download,
    ListTransactions,
    ListBalances,
    ListSummary,
    ListEventGroups,
    ListPayouts,
    ListExpectedPayouts,
    GetDestinations,
    CreateDestination,
    GetSubscription,
    CreateSubscription,
    GetSubscriptionById,
    DeleteSubscriptionById,
}

impl Operation {
    /// True for what belongs to the application and to no seller.
    pub(crate) fn is_grantless(self) -> bool {
        matches!(
            self,
            Operation::GetDestinations
                | Operation::CreateDestination
                | Operation::GetSubscriptionById
                | Operation::DeleteSubscriptionById
        )
    }

    /// True for what is asked for with a body.
    pub(crate) fn has_body(self) -> bool {
        matches!(
            self,
            Operation::CreateReport | Operation::CreateDestination | Operation::CreateSubscription
        )
    }

    /// The name that Amazon's model gives it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Operation::Token => "token",
            Operation::Participations => "getMarketplaceParticipations",
            Operation::SearchOrders => "searchOrders",
            Operation::GetOrder => "getOrder",
            Operation::GetReports => "getReports",
            Operation::GetReport => "getReport",
            Operation::CreateReport => "createReport",
            Operation::GetReportDocument => "getReportDocument",
            Operation::Download => "download",
            Operation::ListTransactions => "listTransactions",
            Operation::ListBalances => "listBalances",
            Operation::ListSummary => "listSummary",
            Operation::ListEventGroups => "listFinancialEventGroups",
            Operation::ListPayouts => "listPayouts",
            Operation::ListExpectedPayouts => "listExpectedPayouts",
            Operation::GetDestinations => "getDestinations",
            Operation::CreateDestination => "createDestination",
            Operation::GetSubscription => "getSubscription",
            Operation::CreateSubscription => "createSubscription",
            Operation::GetSubscriptionById => "getSubscriptionById",
            Operation::DeleteSubscriptionById => "deleteSubscriptionById",
        }
    }

    /// Milliseconds per call and burst: the default usage plan in Amazon's models.
    pub(crate) fn bucket(self) -> Option<(i64, i64)> {
        match self {
            Operation::Token | Operation::Download => None,
            Operation::Participations => Some((62_500, 15)),
            Operation::SearchOrders => Some((178_572, 20)),
            Operation::GetOrder | Operation::ListEventGroups => Some((2_000, 30)),
            Operation::GetReports => Some((45_046, 10)),
            Operation::GetReport => Some((500, 15)),
            Operation::CreateReport | Operation::GetReportDocument => Some((59_881, 15)),
            Operation::ListTransactions
            | Operation::ListBalances
            | Operation::ListSummary
            | Operation::ListPayouts
            | Operation::ListExpectedPayouts => Some((2_000, 10)),
            Operation::GetDestinations
            | Operation::CreateDestination
            | Operation::GetSubscription
            | Operation::CreateSubscription
            | Operation::GetSubscriptionById
            | Operation::DeleteSubscriptionById => Some((1_000, 5)),
        }
    }

    /// The rate as the reply's header shows it.
    pub(crate) fn rate(self) -> Option<&'static str> {
        match self {
            Operation::Token | Operation::Download => None,
            Operation::Participations => Some("0.016"),
            Operation::SearchOrders => Some("0.0056"),
            Operation::GetReports => Some("0.0222"),
            Operation::GetReport => Some("2.0"),
            Operation::CreateReport | Operation::GetReportDocument => Some("0.0167"),
            Operation::GetOrder
            | Operation::ListEventGroups
            | Operation::ListTransactions
            | Operation::ListBalances
            | Operation::ListSummary
            | Operation::ListPayouts
            | Operation::ListExpectedPayouts => Some("0.5"),
            Operation::GetDestinations
            | Operation::CreateDestination
            | Operation::GetSubscription
            | Operation::CreateSubscription
            | Operation::GetSubscriptionById
            | Operation::DeleteSubscriptionById => Some("1.0"),
        }
    }

    /// Query parameters that the operation has; every other is ignored and noted.
    pub(crate) fn parameters(self) -> &'static [&'static str] {
        match self {
            Operation::Token
            | Operation::Participations
            | Operation::GetReport
            | Operation::CreateReport
            | Operation::GetDestinations
            | Operation::CreateDestination
            | Operation::CreateSubscription
            | Operation::GetSubscriptionById
            | Operation::DeleteSubscriptionById => &[],
            Operation::GetSubscription => &["payloadVersion"],
            Operation::GetOrder => &["includedData"],
            Operation::SearchOrders => &SEARCH_ORDERS,
            Operation::GetReports => &[
                "reportTypes",
                "processingStatuses",
                "marketplaceIds",
                "pageSize",
                "createdSince",
                "createdUntil",
                "nextToken",
            ],
            Operation::GetReportDocument => &["enableContentEncodingUrlHeader"],
            Operation::Download => {
                &["X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature", "response-content-encoding"]
            }
            Operation::ListTransactions => &[
                "postedAfter",
                "postedBefore",
                "marketplaceId",
                "transactionStatus",
                "relatedIdentifierName",
                "relatedIdentifierValue",
                "nextToken",
            ],
            Operation::ListBalances => {
                &["marketplaceIds", "balanceType", "accountType", "asOfDate", "nextToken"]
            }
            Operation::ListSummary => &[
                "marketplaceIds",
                "accountType",
                "relatedIdentifierName",
                "relatedIdentifierValue",
                "periodStart",
                "periodEnd",
                "nextToken",
            ],
            Operation::ListEventGroups => &[
                "MaxResultsPerPage",
                "FinancialEventGroupStartedBefore",
                "FinancialEventGroupStartedAfter",
                "NextToken",
            ],
            Operation::ListPayouts => &[
                "marketplaceIds",
                "createdAfter",
                "createdBefore",
                "payoutId",
                "accountType",
                "nextToken",
            ],
            Operation::ListExpectedPayouts => &["marketplaceIds", "accountType", "nextToken"],
        }
    }
}

const SEARCH_ORDERS: [&str; 10] = [
    "createdAfter",
    "createdBefore",
    "lastUpdatedAfter",
    "lastUpdatedBefore",
    "fulfillmentStatuses",
    "marketplaceIds",
    "fulfilledBy",
    "maxResultsPerPage",
    "paginationToken",
    "includedData",
];

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Token,
    /// `id` is the last segment, where the operation has one; of a subscription its type besides.
    Api {
        operation: Operation,
        region: Region,
        id: Option<String>,
    },
    /// A document at its presigned address.
    Download(String),
    Nowhere,
}

/// Paths below a region that end there.
const PATHS: [(&str, Operation); 10] = [
    ("sellers/v1/marketplaceParticipations", Operation::Participations),
    ("orders/2026-01-01/orders", Operation::SearchOrders),
    ("reports/2021-06-30/reports", Operation::GetReports),
    ("finances/2024-06-19/transactions", Operation::ListTransactions),
    ("finances/2024-06-19/balances", Operation::ListBalances),
    ("finances/2024-06-19/summary", Operation::ListSummary),
    ("finances/v0/financialEventGroups", Operation::ListEventGroups),
    ("finances/transfers/2024-06-01/payouts", Operation::ListPayouts),
    ("finances/transfers/2024-06-01/payouts/expected", Operation::ListExpectedPayouts),
    ("notifications/v1/destinations", Operation::GetDestinations),
];

/// Paths below a region that end with an id.
const PATHS_OF_ONE: [(&str, Operation); 4] = [
    ("orders/2026-01-01/orders/", Operation::GetOrder),
    ("reports/2021-06-30/reports/", Operation::GetReport),
    ("reports/2021-06-30/documents/", Operation::GetReportDocument),
    (SUBSCRIPTIONS, Operation::GetSubscription),
];

/// Before a type, and behind that a subscription's id.
const SUBSCRIPTIONS: &str = "notifications/v1/subscriptions/";

impl Target {
    pub(crate) fn of(method: &Method, path: &str) -> Target {
        let method = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::DELETE => "DELETE",
            _ => return Target::Nowhere,
        };
        let (first, rest) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
        match (method, first, Region::of_code(first)) {
            ("POST", "auth", _) if rest == "o2/token" => Target::Token,
            ("GET", "documents", _) => Target::Download(decoded(rest)),
            ("POST", _, Some(region)) => Target::write(region, rest),
            ("GET", _, Some(region)) => Target::read(region, rest),
            ("DELETE", _, Some(region)) => {
                Target::of_subscription(Operation::DeleteSubscriptionById, region, rest)
            }
            _ => Target::Nowhere,
        }
    }

    /// Nothing here moves money: a payout cannot be asked for.
    fn write(region: Region, rest: &str) -> Target {
        let operation = match rest {
            "reports/2021-06-30/reports" => Operation::CreateReport,
            "notifications/v1/destinations" => Operation::CreateDestination,
            _ => {
                let kind = rest.strip_prefix(SUBSCRIPTIONS).unwrap_or_default();
                if kind.is_empty() || kind.contains('/') {
                    return Target::Nowhere;
                }
                let operation = Operation::CreateSubscription;
                return Target::Api { operation, region, id: Some(decoded(kind)) };
            }
        };
        Target::Api { operation, region, id: None }
    }

    fn of_subscription(operation: Operation, region: Region, rest: &str) -> Target {
        let id = rest.strip_prefix(SUBSCRIPTIONS).filter(|id| id.split('/').count() == 2);
        let id = id.filter(|id| !id.starts_with('/') && !id.ends_with('/'));
        id.map_or(Target::Nowhere, |id| Target::Api { operation, region, id: Some(decoded(id)) })
    }

    fn read(region: Region, rest: &str) -> Target {
        if let Some((_, operation)) = PATHS.into_iter().find(|(path, _)| *path == rest) {
            return Target::Api { operation, region, id: None };
        }
        for (path, operation) in PATHS_OF_ONE {
            let id = rest.strip_prefix(path).filter(|id| !id.is_empty() && !id.contains('/'));
            if let Some(id) = id {
                return Target::Api { operation, region, id: Some(decoded(id)) };
            }
        }
        Target::of_subscription(Operation::GetSubscriptionById, region, rest)
    }

    pub(crate) fn operation(&self) -> Option<Operation> {
        match self {
            Target::Token => Some(Operation::Token),
            Target::Api { operation, .. } => Some(*operation),
            Target::Download(_) => Some(Operation::Download),
            Target::Nowhere => None,
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_orders_version_exists() {
        assert_eq!(Target::of(&Method::GET, "/eu/orders/v0/orders"), Target::Nowhere);
        let found = Target::of(&Method::GET, "/eu/orders/2026-01-01/orders/202-1-2");
        assert_eq!(found.operation(), Some(Operation::GetOrder));
    }

    #[test]
    fn a_write_has_nowhere_to_go() {
        assert_eq!(Target::of(&Method::POST, "/eu/orders/2026-01-01/orders"), Target::Nowhere);
        let payout = Target::of(&Method::POST, "/eu/finances/transfers/2024-06-01/payouts");
        assert_eq!(payout, Target::Nowhere);
    }
}
