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
}

impl Operation {
    /// The name that Amazon's model gives it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Operation::Token => "token",
            Operation::Participations => "getMarketplaceParticipations",
            Operation::SearchOrders => "searchOrders",
            Operation::GetOrder => "getOrder",
        }
    }

    /// Milliseconds per call and burst: the default usage plan in Amazon's models.
    pub(crate) fn bucket(self) -> Option<(i64, i64)> {
        match self {
            Operation::Token => None,
            Operation::Participations => Some((62_500, 15)),
            Operation::SearchOrders => Some((178_572, 20)),
            Operation::GetOrder => Some((2_000, 30)),
        }
    }

    /// The rate as the reply's header shows it.
    pub(crate) fn rate(self) -> Option<&'static str> {
        match self {
            Operation::Token => None,
            Operation::Participations => Some("0.016"),
            Operation::SearchOrders => Some("0.0056"),
            Operation::GetOrder => Some("0.5"),
        }
    }

    /// Query parameters that the operation has; every other is ignored and noted.
    pub(crate) fn parameters(self) -> &'static [&'static str] {
        match self {
            Operation::Token | Operation::Participations => &[],
            Operation::GetOrder => &["includedData"],
            Operation::SearchOrders => &[
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
            ],
        }
    }
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Token,
    Api { operation: Operation, region: Region, order_id: Option<String> },
    Nowhere,
}

impl Target {
    pub(crate) fn of(method: &Method, path: &str) -> Target {
        if path == "/auth/o2/token" {
            return if *method == Method::POST { Target::Token } else { Target::Nowhere };
        }
        let Some((region, rest)) = path.trim_start_matches('/').split_once('/') else {
            return Target::Nowhere;
        };
        let Some(region) = Region::of_code(region) else { return Target::Nowhere };
        if *method != Method::GET {
            return Target::Nowhere;
        }
        let to = |operation, order_id| Target::Api { operation, region, order_id };
        match rest {
            "sellers/v1/marketplaceParticipations" => to(Operation::Participations, None),
            "orders/2026-01-01/orders" => to(Operation::SearchOrders, None),
            other => match other.strip_prefix("orders/2026-01-01/orders/") {
                Some(id) if !id.is_empty() && !id.contains('/') => {
                    let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
                    to(Operation::GetOrder, Some(id))
                }
                Some(_) | None => Target::Nowhere,
            },
        }
    }

    pub(crate) fn operation(&self) -> Option<Operation> {
        match self {
            Target::Token => Some(Operation::Token),
            Target::Api { operation, .. } => Some(*operation),
            Target::Nowhere => None,
        }
    }
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
    }
}
