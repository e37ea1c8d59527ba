//! What every request passes before and after it is answered: faults, headers, tokens, buckets.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::operation::{Operation, Target};
use super::reply::{self, Refusal};
use super::tokens::Denied;
use super::{Amazon, Region, notifications, query, reports};
use crate::faults::Fault;

/// A call to a region's API, let in.
struct Asked<'a> {
    region: Region,
    id: &'a str,
    pairs: &'a [(String, String)],
    body: &'a [u8],
    host: Option<String>,
    fault: Fault,
}

const BODY_MAX: usize = 1 << 20;
/// Amazon rejects a longer `user-agent`.
const USER_AGENT_MAX: usize = 500;

/// Headers that Amazon or HTTP itself knows. A signature is ignored by documented rule.
const KNOWN_HEADERS: [&str; 18] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "forwarded",
    "host",
    "te",
    "traceparent",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-amz-access-token",
    "x-amz-date",
    "x-forwarded-for",
];

/// Answers every request to Amazon.
pub(crate) async fn answer(State(amazon): State<Arc<Amazon>>, request: Request) -> Response {
    if amazon.kit.is_away("amazon") {
        return (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response();
    }
    let number = amazon.requests.fetch_add(1, Ordering::Relaxed);
    let (parts, body) = request.into_parts();
    let target = Target::of(&parts.method, parts.uri.path());
    let Some(operation) = target.operation() else {
        let name = format!("{} {}", parts.method, parts.uri.path());
        amazon.kit.called("amazon", "unknown path");
        amazon.kit.unknown("amazon", &name);
        return reply::signed(Refusal::not_found(&name).response(), number, None);
    };
    amazon.kit.called("amazon", operation.name());
    let name = format!("amazon {} {} {}", operation.name(), parts.method, parts.uri.path());
    let fault = amazon.kit.faults.draw(&name);
    if let Some(response) = before(&amazon, operation, fault).await {
        return reply::signed(response, number, operation.rate());
    }
    let response = match axum::body::to_bytes(body, BODY_MAX).await {
        Ok(body) => amazon.carry_out(&target, &parts, &body, fault),
        Err(_too_large) => Refusal {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Refusal::input("The request is too large.")
        }
        .response(),
    };
    let response = after(operation, response, fault).await;
    reply::signed(response, number, operation.rate())
}

async fn before(amazon: &Amazon, operation: Operation, fault: Fault) -> Option<Response> {
    match fault {
        Fault::Latency(ms) => {
            let clock = &amazon.kit.clock;
            clock.until(clock.now().after_ms(i64::from(ms))).await;
            None
        }
        Fault::TooMany if operation == Operation::Token => Some(super::tokens::unavailable()),
        Fault::TooMany => Some(Refusal::quota().response()),
        Fault::ErrorBefore => Some(broken(operation)),
        Fault::LostBefore => Some(reply::lost()),
        Fault::None
        | Fault::ErrorAfter
        | Fault::LostAfter
        | Fault::Truncated
        | Fault::CutAfter(_)
        | Fault::Shuffled
        | Fault::Missing
        | Fault::Duplicated => None,
    }
}

async fn after(operation: Operation, response: Response, fault: Fault) -> Response {
    match fault {
        Fault::ErrorAfter => broken(operation),
        Fault::LostAfter => reply::lost(),
        Fault::Truncated => halved(response).await,
        Fault::None
        | Fault::Latency(_)
        | Fault::TooMany
        | Fault::ErrorBefore
        | Fault::LostBefore
        | Fault::CutAfter(_)
        | Fault::Shuffled
        | Fault::Missing
        | Fault::Duplicated => response,
    }
}

fn broken(operation: Operation) -> Response {
    match operation {
        Operation::Token => super::tokens::server_error(),
        Operation::Participations
        | Operation::SearchOrders
        | Operation::GetOrder
        | Operation::GetReports
        | Operation::GetReport
        | Operation::CreateReport
        | Operation::GetReportDocument
        | Operation::Download
        | Operation::ListTransactions
        | Operation::ListBalances
        | Operation::ListSummary
        | Operation::ListEventGroups
        | Operation::ListPayouts
        | Operation::ListExpectedPayouts
        | Operation::GetDestinations
        | Operation::CreateDestination
        | Operation::GetSubscription
        | Operation::CreateSubscription
        | Operation::GetSubscriptionById
        | Operation::DeleteSubscriptionById => Refusal::internal().response(),
    }
}

async fn halved(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
}

impl Amazon {
    fn carry_out(&self, target: &Target, parts: &Parts, body: &Bytes, fault: Fault) -> Response {
        let answered = match target {
            Target::Token => {
                let kind = header(&parts.headers, CONTENT_TYPE.as_str());
                let body = String::from_utf8_lossy(body);
                return self.tokens.exchange(&self.kit, kind.unwrap_or_default(), &body);
            }
            Target::Nowhere => Err(Refusal::not_found("")),
            Target::Download(document) => {
                let pairs = query::pairs(parts.uri.query().unwrap_or_default());
                return self.download(document, &pairs, &parts.headers);
            }
            Target::Api { operation, region, id } => {
                let pairs = query::pairs(parts.uri.query().unwrap_or_default());
                self.let_in(*operation, *region, &parts.headers, body).and_then(|()| {
                    let pairs = self.known_pairs(*operation, pairs);
                    let host = header(&parts.headers, HOST.as_str()).map(str::to_owned);
                    let (id, body) = (id.as_deref().unwrap_or_default(), body.as_ref());
                    let asked = Asked { region: *region, id, pairs: &pairs, body, host, fault };
                    self.answer(*operation, &asked)
                })
            }
        };
        match answered {
            Ok(body) => reply::json(StatusCode::OK, body),
            Err(refusal) => refusal.response(),
        }
    }

    fn answer(&self, operation: Operation, asked: &Asked<'_>) -> Result<String, Refusal> {
        let Asked { region, id, pairs, body, fault, .. } = *asked;
        match operation {
            // Neither is a region's operation.
            Operation::Token | Operation::Download => Err(Refusal::not_found("")),
            Operation::Participations => Ok(self.participations(region)),
            Operation::SearchOrders => self.search_orders(region, pairs, fault),
            Operation::GetOrder => self.get_order(region, id, pairs),
            Operation::GetReports => self.get_reports(region, pairs),
            Operation::GetReport => self.get_report(region, id),
            Operation::CreateReport => Err(reports::refuse_to_create(body)),
            Operation::GetReportDocument => {
                self.get_report_document(region, id, pairs, asked.host.as_deref())
            }
            Operation::ListTransactions => self.list_transactions(region, pairs, fault),
            Operation::ListBalances => self.list_balances(region, pairs),
            Operation::ListSummary => self.list_summary(region, pairs),
            Operation::ListEventGroups => self.list_event_groups(region, pairs),
            Operation::ListPayouts => self.list_payouts(region, pairs),
            Operation::ListExpectedPayouts => self.list_expected_payouts(region, pairs),
            Operation::GetDestinations => Ok(self.get_destinations(region)),
            Operation::CreateDestination => self.create_destination(region, body),
            Operation::GetSubscription => self.get_subscription(region, id, pairs),
            Operation::CreateSubscription => self.create_subscription(region, id, body),
            Operation::GetSubscriptionById => self.get_subscription_by_id(region, id),
            Operation::DeleteSubscriptionById => self.delete_subscription(region, id),
        }
    }

    /// The rules that hold for every call to a region's API.
    fn let_in(
        &self,
        operation: Operation,
        region: Region,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<(), Refusal> {
        self.note_unknown_headers(operation, headers);
        let has_body = !body.is_empty() || headers.contains_key(CONTENT_LENGTH);
        if has_body && !operation.has_body() {
            return Err(Refusal::input(
                "A GET request must have neither a body nor a Content-Length.",
            ));
        }
        match header(headers, USER_AGENT.as_str()).map(str::len) {
            Some(length) if (1..=USER_AGENT_MAX).contains(&length) => {}
            Some(_) => return Err(Refusal::input("The user-agent is empty or longer than 500.")),
            None => return Err(Refusal::input("A user-agent must be sent.")),
        }
        let Some(token) = header(headers, "x-amz-access-token") else {
            return Err(Refusal::access("Access token is missing in the request header."));
        };
        let now = self.kit.now();
        let checked = if operation.is_grantless() {
            self.tokens.check_grantless(token, notifications::SCOPE, now)
        } else {
            self.tokens.check(token, region, now)
        };
        checked.map_err(|denied| match denied {
            Denied::Expired => Refusal::access("The access token you provided has expired."),
            Denied::Unknown => {
                Refusal::access("The access token you provided is revoked, malformed or invalid.")
            }
            Denied::Elsewhere => Refusal::access(""),
        })?;
        if self.kit.limits && !self.buckets.take(operation, region, now) {
            self.kit.throttled("amazon", operation.name());
            return Err(Refusal::quota());
        }
        Ok(())
    }

    fn note_unknown_headers(&self, operation: Operation, headers: &HeaderMap) {
        for name in headers.keys().filter(|name| !KNOWN_HEADERS.contains(&name.as_str())) {
            self.kit.unknown("amazon", &format!("header {name} on {}", operation.name()));
        }
    }

    /// Drops and notes what the operation does not know, as Amazon ignores it.
    fn known_pairs(
        &self,
        operation: Operation,
        pairs: Vec<(String, String)>,
    ) -> Vec<(String, String)> {
        let known = operation.parameters();
        let (known, unknown): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(name, _)| known.contains(&name.as_str()));
        for (name, _) in unknown {
            self.kit.unknown("amazon", &format!("query {name} on {}", operation.name()));
        }
        known
    }
}

/// A header's text; several values of one name count as their first.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
