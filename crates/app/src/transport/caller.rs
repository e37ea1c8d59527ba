//! What the stages send through: one vendor, one authorisation. It adds the access token, and
//! renews it once when the vendor says that it ran out.

use std::future::Future;
use std::pin::Pin;

use base::{Host, Request, Secret, Sent, Transport};

use super::courier::{Courier, Vendor};
use super::tokens::{Access, TokenError};

/// Sends to one vendor under one authorisation.
pub struct Caller {
    pub courier: Courier,
    pub access: Access,
}

impl Caller {
    /// Sees to a token that is good for a while, so that between writing a send down and putting
    /// it on the wire nothing else is asked for.
    pub async fn prepare(&self) -> Result<(), Sent> {
        if let Some(until) = self.courier.open_until() {
            return Err(Sent::Busy(until));
        }
        self.access.token(&self.courier).await.map(drop).map_err(|error| refused(&error))
    }
}

/// Sends what belongs to the application and to no seller, out of the same budget: with a token
/// that was given for a scope, and not for a seller.
pub struct Grantless<'a> {
    pub courier: &'a Courier,
    pub access: Access,
}

async fn exchange(courier: &Courier, access: &Access, request: &Request) -> Sent {
    if request.host == Host::Token || request.host == Host::Presigned {
        return courier.carry(request).await;
    }
    if let Err(until) = courier.take(request) {
        return Sent::Busy(until);
    }
    let token = match access.token(courier).await {
        Ok(token) => token,
        Err(error) => return refused(&error),
    };
    let first = courier.carry(&authorised(courier.vendor, request, &token)).await;
    if !ran_out(courier.vendor, &first) {
        return first;
    }
    // Nothing was carried out, so the same request may go again: once, with a new token, and as
    // a call like any other.
    if let Err(until) = courier.take(request) {
        return Sent::Busy(until);
    }
    match access.renew(courier, &token).await {
        Ok(token) => courier.carry_again(&authorised(courier.vendor, request, &token)).await,
        Err(error) => refused(&error),
    }
}

fn authorised(vendor: Vendor, request: &Request, token: &Secret) -> Request {
    let request = request.clone();
    match vendor {
        Vendor::Amazon => request.header("x-amz-access-token", token.expose()),
        Vendor::Xero => request.header("authorization", format!("Bearer {}", token.expose())),
    }
}

/// True when the vendor says that the access token is no good any more.
fn ran_out(vendor: Vendor, sent: &Sent) -> bool {
    let Sent::Reply(reply) = sent else { return false };
    match vendor {
        // SP-API answers 403 for an expired token, for a revoked one and for a missing role.
        Vendor::Amazon => reply.status == 401 || reply.status == 403,
        Vendor::Xero => reply.status == 401 && !reply.text().contains("AuthorizationUnsuccessful"),
    }
}

impl Transport for Caller {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(exchange(&self.courier, &self.access, request))
    }
}

impl Transport for Grantless<'_> {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(exchange(self.courier, &self.access, request))
    }
}

fn refused(error: &TokenError) -> Sent {
    if let TokenError::Busy(until) = error {
        return Sent::Busy(*until);
    }
    Sent::NotSent(format!("{}: {error}", error.code()))
}
