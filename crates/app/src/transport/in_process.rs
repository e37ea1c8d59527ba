//! The simulated vendors in this process: the same routers that `daybook sandbox` serves, with no
//! socket between.

use std::future::Future;
use std::pin::Pin;

use axum::body::{Body, to_bytes};
use base::{Request, Response, Sent};
use tower::ServiceExt as _;

use super::{Carrier, texts};

const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Calls a router. Addresses are paths below it, such as `/xero/api.xro/2.0`.
pub struct InProcess {
    router: axum::Router,
}

impl InProcess {
    pub fn new(router: axum::Router) -> InProcess {
        InProcess { router }
    }

    async fn exchange(&self, address: &str, request: &Request) -> Sent {
        let mut builder = axum::http::Request::builder()
            .method(request.method.as_str())
            .uri(format!("{address}{}", request.target()));
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.header("content-length", request.body.len());
        }
        let Ok(request) = builder.body(Body::from(request.body.clone())) else {
            return Sent::NotSent("the request is not valid HTTP".to_owned());
        };
        let reply = match self.router.clone().oneshot(request).await {
            Ok(reply) => reply,
            Err(never) => match never {},
        };
        if reply.extensions().get::<sandbox::faults::Lost>().is_some() {
            return Sent::Lost("the simulated connection ended without an answer".to_owned());
        }
        let status = reply.status().as_u16();
        let headers = texts(reply.headers());
        match to_bytes(reply.into_body(), BODY_MAX_BYTES).await {
            Ok(body) => Sent::Reply(Response { status, headers, body: body.to_vec() }),
            Err(error) => Sent::Lost(error.to_string()),
        }
    }
}

impl Carrier for InProcess {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(self.exchange(address, request))
    }
}
