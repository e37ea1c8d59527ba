//! What the stages send through: one vendor, one authorisation. It keeps the budget, adds address
//! and access token, renews the token once when the vendor says it ran out, and counts.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Host, Limit, Request, Response, Sent, Timestamp, Transport};
use serde::{Deserialize, Serialize};

use super::tokens::{Access, TokenError};
use super::{Budget, Carrier};

/// Where a vendor is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    pub api: String,
    pub token: String,
    /// Xero's list of connections; the same as `api` for Amazon.
    pub connections: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    Amazon,
    Xero,
}

impl Vendor {
    pub fn as_str(self) -> &'static str {
        match self {
            Vendor::Amazon => "amazon",
            Vendor::Xero => "xero",
        }
    }
}

/// Sends to one vendor under one authorisation.
pub struct Caller {
    pub(super) vendor: Vendor,
    pub(super) carrier: Arc<dyn Carrier>,
    pub(super) clock: Arc<dyn Clock>,
    addresses: Addresses,
    access: Access,
    keeps_limits: bool,
    budget: Mutex<Budget>,
    counts: Mutex<BTreeMap<String, u64>>,
}

/// How long to wait after a 429 that does not say.
const BUSY_MS: i64 = 5 * Timestamp::SECOND;

impl Caller {
    pub fn new(
        vendor: Vendor,
        addresses: Addresses,
        access: Access,
        carrier: Arc<dyn Carrier>,
        clock: Arc<dyn Clock>,
    ) -> Caller {
        Caller {
            vendor,
            carrier,
            clock,
            addresses,
            access,
            keeps_limits: true,
            budget: Mutex::default(),
            counts: Mutex::default(),
        }
    }

    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Goes on with what the lane has spent already.
    pub fn with_budget(mut self, budget: Budget, keeps_limits: bool) -> Caller {
        self.budget = Mutex::new(budget);
        self.keeps_limits = keeps_limits;
        self
    }

    /// What the lane has spent by now.
    pub fn budget(&self) -> Budget {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls that went out, by operation, token calls included.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn address(&self, host: Host) -> &str {
        match host {
            Host::Api => &self.addresses.api,
            Host::Token => &self.addresses.token,
            Host::Connections => &self.addresses.connections,
        }
    }

    async fn exchange(&self, request: &Request) -> Sent {
        if request.host == Host::Token {
            return self.carry(request).await;
        }
        if let Err(until) = self.take(request) {
            return Sent::Busy(until);
        }
        let token = match self.access.token(self).await {
            Ok(token) => token,
            Err(error) => return refused(&error),
        };
        let first = self.carry(&self.authorised(request, &token)).await;
        if !self.ran_out(&first) {
            return first;
        }
        // Nothing was carried out, so the same request may go again: once, with a new token.
        match self.access.renew(self, &token).await {
            Ok(token) => self.carry(&self.authorised(request, &token)).await,
            Err(error) => refused(&error),
        }
    }

    /// One request on the wire, counted; a 429 closes the budget.
    pub(super) async fn carry(&self, request: &Request) -> Sent {
        let operation = operation(request);
        *self
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(operation.clone())
            .or_default() += 1;
        let sent = self.carrier.carry(self.address(request.host), request).await;
        self.account(request, &operation, &sent);
        sent
    }

    fn authorised(&self, request: &Request, token: &base::Secret) -> Request {
        let request = request.clone();
        match self.vendor {
            Vendor::Amazon => request.header("x-amz-access-token", token.expose()),
            Vendor::Xero => request.header("authorization", format!("Bearer {}", token.expose())),
        }
    }

    fn take(&self, request: &Request) -> Result<(), Timestamp> {
        if !self.keeps_limits {
            return Ok(());
        }
        let now = self.clock.now();
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        match self.vendor {
            Vendor::Amazon => {
                let operation = operation(request);
                budget.take(&operation, amazon_limit(&operation), now)
            }
            Vendor::Xero => budget.take_xero(now),
        }
    }

    fn account(&self, request: &Request, operation: &str, sent: &Sent) {
        let now = self.clock.now();
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = match sent {
            Sent::Reply(reply) => Some(reply),
            Sent::Busy(_) | Sent::NotSent(_) | Sent::Lost(_) => None,
        };
        if self.vendor == Vendor::Xero && request.host == Host::Api && self.keeps_limits {
            let left = reply.and_then(|reply| number(reply, "x-daylimit-remaining"));
            budget.ended_xero(now, left.and_then(|left| u32::try_from(left).ok()));
        }
        let Some(reply) = reply.filter(|reply| reply.status == 429) else { return };
        match number(reply, "retry-after") {
            Some(seconds) => budget.close(now.after_ms(seconds.saturating_mul(Timestamp::SECOND))),
            None if self.vendor == Vendor::Amazon && self.keeps_limits => {
                budget.drain(operation, amazon_limit(operation), now);
            }
            None => budget.close(now.after_ms(BUSY_MS)),
        }
    }

    /// True when the vendor says that the access token is no good any more.
    fn ran_out(&self, sent: &Sent) -> bool {
        let Sent::Reply(reply) = sent else { return false };
        match self.vendor {
            // SP-API answers 403 for an expired token, for a revoked one and for a missing role.
            Vendor::Amazon => reply.status == 401 || reply.status == 403,
            Vendor::Xero => {
                reply.status == 401 && !reply.text().contains("AuthorizationUnsuccessful")
            }
        }
    }
}

impl Transport for Caller {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(self.exchange(request))
    }
}

fn refused(error: &TokenError) -> Sent {
    if let TokenError::Busy(until) = error {
        return Sent::Busy(*until);
    }
    Sent::NotSent(format!("{}: {error}", error.code()))
}

fn number(reply: &Response, header: &str) -> Option<i64> {
    reply.header(header).and_then(|text| text.trim().parse().ok())
}

/// The vendor's operation: its path with ids taken out, in the vendor's words where it has them.
pub fn operation(request: &Request) -> String {
    let path = request.path.as_str();
    match path {
        "/orders/2026-01-01/orders" => return "searchOrders".to_owned(),
        "/sellers/v1/marketplaceParticipations" => {
            return "getMarketplaceParticipations".to_owned();
        }
        _ if path.starts_with("/orders/2026-01-01/orders/") => return "getOrder".to_owned(),
        _ => {}
    }
    let words: Vec<&str> =
        path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect();
    match request.host {
        Host::Token => "token".to_owned(),
        Host::Connections => format!("{} /connections", request.method.as_str()),
        Host::Api => format!("{} {}", request.method.as_str(), words.join("/")),
    }
}

fn is_id(part: &str) -> bool {
    part.len() >= 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Amazon's usage plan of an operation, from its model files.
fn amazon_limit(operation: &str) -> Limit {
    match operation {
        "searchOrders" => Limit::bucket(180_000, 20),
        "getOrder" => Limit::bucket(2_000, 30),
        "getMarketplaceParticipations" => Limit::bucket(62_500, 15),
        // The slowest of all the plans that we know.
        _ => Limit::bucket(180_000, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_has_no_ids_in_it() {
        let id = "7be4c8a9-07cf-4a0f-9d4e-3a1a3a1b2c3d";
        let path = format!("/CreditNotes/{id}/Allocations");
        let request = Request::new(base::Method::Put, Host::Api, path);
        assert_eq!(operation(&request), "PUT /CreditNotes/{id}/Allocations");
        let order = Request::get("/orders/2026-01-01/orders/202-1-1");
        assert_eq!(operation(&order), "getOrder");
    }
}
