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
        self.access.token(&self.courier).await.map(drop).map_err(|error| refused(&error))
    }

    async fn exchange(&self, request: &Request) -> Sent {
        if request.host == Host::Token || request.host == Host::Presigned {
            return self.courier.carry(request).await;
        }
        if let Err(until) = self.courier.take(request) {
            return Sent::Busy(until);
        }
        let token = match self.access.token(&self.courier).await {
            Ok(token) => token,
            Err(error) => return refused(&error),
        };
        let first = self.courier.carry(&self.authorised(request, &token)).await;
        if !self.ran_out(&first) {
            return first;
        }
        // Nothing was carried out, so the same request may go again: once, with a new token, and as
        // a call like any other.
        if let Err(until) = self.courier.take(request) {
            return Sent::Busy(until);
        }
        match self.access.renew(&self.courier, &token).await {
            Ok(token) => self.courier.carry(&self.authorised(request, &token)).await,
            Err(error) => refused(&error),
        }
    }

    fn authorised(&self, request: &Request, token: &Secret) -> Request {
        let request = request.clone();
        match self.courier.vendor {
            Vendor::Amazon => request.header("x-amz-access-token", token.expose()),
            Vendor::Xero => request.header("authorization", format!("Bearer {}", token.expose())),
        }
    }

    /// True when the vendor says that the access token is no good any more.
    fn ran_out(&self, sent: &Sent) -> bool {
        let Sent::Reply(reply) = sent else { return false };
        match self.courier.vendor {
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
