//! One vendor's mail: the right address, the budget kept, every call counted. It knows no token.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Host, Limit, Request, Response, Sent, Timestamp};
use intents::{Policies, Priority};
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;

use super::app_calls::{AppCalls, Flying};
use super::{Budget, Carrier, Circuit, Made};
use crate::metrics;
use crate::telemetry::{self, call_span};

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

/// Carries requests to one vendor.
pub struct Courier {
    pub vendor: Vendor,
    pub clock: Arc<dyn Clock>,
    carrier: Arc<dyn Carrier>,
    addresses: Addresses,
    keeps_limits: bool,
    budget: Mutex<Budget>,
    circuit: Mutex<Circuit>,
    /// False where a person waits for each answer.
    keeps_circuit: bool,
    retry: Policies,
    /// Xero: which application calls, and what it calls in all.
    app: Option<(String, Arc<AppCalls>)>,
    /// The call that was made last, for those who find that it ended badly.
    last: Mutex<Option<Made>>,
    counts: Mutex<BTreeMap<String, u64>>,
}

impl Courier {
    pub fn new(
        vendor: Vendor,
        addresses: Addresses,
        carrier: Arc<dyn Carrier>,
        clock: Arc<dyn Clock>,
    ) -> Courier {
        Courier {
            vendor,
            clock,
            carrier,
            addresses,
            keeps_limits: true,
            budget: Mutex::default(),
            circuit: Mutex::default(),
            keeps_circuit: false,
            retry: Policies::DEFAULT,
            app: None,
            last: Mutex::default(),
            counts: Mutex::default(),
        }
    }

    /// Goes on with what the lane has spent already.
    pub fn with_budget(mut self, budget: Budget, keeps_limits: bool) -> Courier {
        self.budget = Mutex::new(budget);
        self.keeps_limits = keeps_limits;
        self
    }

    /// Counts its calls among all of the application's.
    pub fn with_app(mut self, client_id: &str, calls: Arc<AppCalls>) -> Courier {
        self.app = Some((client_id.to_owned(), calls));
        self
    }

    /// Goes on with what the lane knows of the vendor's silence.
    pub fn with_circuit(mut self, circuit: Circuit, retry: Policies) -> Courier {
        self.circuit = Mutex::new(circuit);
        self.keeps_circuit = true;
        self.retry = retry;
        self
    }

    /// What the lane knows by now of the vendor's silence.
    pub fn circuit(&self) -> Circuit {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Until when nothing is sent, because the vendor does not answer.
    pub fn open_until(&self) -> Option<Timestamp> {
        self.circuit().open_until(self.clock.now())
    }

    /// The call that was made last.
    pub fn last(&self) -> Option<Made> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
            Host::Presigned => "",
        }
    }

    /// One request on the wire, counted; a 429 closes the budget. While the vendor does not answer,
    /// only a probe goes out.
    pub async fn carry(&self, request: &Request) -> Sent {
        self.attempt(request, 1).await
    }

    /// The same call with a new token.
    pub async fn carry_again(&self, request: &Request) -> Sent {
        self.attempt(request, 2).await
    }

    async fn attempt(&self, request: &Request, attempt: u32) -> Sent {
        let is_vendors = self.keeps_circuit && request.host != Host::Presigned;
        if is_vendors && let Err(until) = self.admit() {
            return Sent::Busy(until);
        }
        let flying = self.fly(request);
        if let Err(until) = flying {
            return Sent::Busy(until);
        }
        let operation = operation(request);
        *self
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(operation.clone())
            .or_default() += 1;
        let (began, span) = (self.clock.now(), call_span(self.vendor, &operation, attempt));
        let carried = self.carrier.carry(self.address(request.host), request);
        let sent = carried.instrument(span.clone()).await;
        telemetry::ended(&span, &sent);
        let took_ms = self.clock.now().since(began);
        metrics::call(self.vendor.as_str(), &operation, &sent, took_ms);
        self.account(request, &operation, &sent);
        if is_vendors {
            self.notice(&sent);
        }
        let made = Made::of(request, &sent, self.clock.now());
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
        sent
    }

    /// A call of the organisation's is one of the application's as well.
    fn fly(&self, request: &Request) -> Result<Option<Flying>, Timestamp> {
        let Some((client_id, calls)) = &self.app else { return Ok(None) };
        if request.host != Host::Api || !self.keeps_limits {
            return Ok(None);
        }
        calls.begin(client_id, &self.clock).map(Some)
    }

    fn admit(&self) -> Result<(), Timestamp> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner).admit(self.clock.now())
    }

    fn notice(&self, sent: &Sent) {
        let now = self.clock.now();
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = circuit.open_since();
        let is_open = circuit.ended(sent, self.retry.circuit, now);
        let vendor = self.vendor.as_str();
        if is_open && was_open.is_none() {
            tracing::warn!(vendor, "The vendor does not answer: one call an interval from now on");
        }
        if let (false, Some(since)) = (is_open, was_open) {
            tracing::info!(vendor, "The vendor answers again; it did not since {since}");
        }
    }

    /// Takes a call out of the budget, or says when there is one again.
    pub fn take(&self, request: &Request) -> Result<(), Timestamp> {
        // A call that would not go out must not be paid for.
        if let Some(until) = self.open_until() {
            return Err(until);
        }
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

    /// Whether something of this urgency may be sent to Xero now, or when it may.
    pub fn room(&self, priority: Priority) -> Result<(), Timestamp> {
        if !self.keeps_limits {
            return Ok(());
        }
        let now = self.clock.now();
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).room_xero(priority, now)
    }

    /// Whether one of Amazon's operations has calls that live work will not miss, or when it has.
    pub fn spare(&self, operation: &str) -> Result<(), Timestamp> {
        if !self.keeps_limits {
            return Ok(());
        }
        let now = self.clock.now();
        let limit = amazon_limit(operation);
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).spare(operation, limit, now)
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
            None => budget.close(now.after_ms(self.retry.busy.longest_ms(1))),
        }
    }
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
    if request.host == Host::Api
        && let Some((name, _)) = amazon::spec::bucket(request)
    {
        return name.to_owned();
    }
    let words: Vec<&str> =
        path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect();
    match request.host {
        Host::Token => "token".to_owned(),
        // Its address is a secret of its own.
        Host::Presigned => "document".to_owned(),
        Host::Connections => format!("{} /connections", request.method.as_str()),
        Host::Api => format!("{} {}", request.method.as_str(), words.join("/")),
    }
}

fn is_id(part: &str) -> bool {
    part.len() >= 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Amazon's usage plan of an operation, from its model files.
pub(super) fn amazon_limit(operation: &str) -> Limit {
    match operation {
        "searchOrders" => Limit::bucket(180_000, 20),
        "getOrder" => Limit::bucket(2_000, 30),
        "getMarketplaceParticipations" => Limit::bucket(62_500, 15),
        // The slowest of all the plans that we know.
        other => amazon::spec::limit(other).unwrap_or(Limit::bucket(180_000, 1)),
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
