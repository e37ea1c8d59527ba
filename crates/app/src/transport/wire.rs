//! The real network: reqwest with rustls.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use base::{Method, Request, Response, Sent};

use super::{Carrier, texts};

/// A call that has no answer by then is given up; `intents::outbox::QUARANTINE_MS` builds on it.
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Xero's largest page of a thousand invoices stays well below it.
const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Sends over HTTP.
pub struct Wire {
    client: reqwest::Client,
}

impl Wire {
    pub fn new() -> Result<Wire, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Wire { client })
    }

    async fn exchange(&self, address: &str, request: &Request) -> Sent {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Put => reqwest::Method::PUT,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.client.request(method, format!("{address}{}", request.target()));
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body.clone());
        }
        match builder.send().await {
            Ok(reply) => read(reply).await,
            // Nothing was written when there was no connection or no valid request.
            Err(error) if error.is_connect() || error.is_builder() => Sent::NotSent(say(&error)),
            Err(error) => Sent::Lost(say(&error)),
        }
    }
}

async fn read(mut reply: reqwest::Response) -> Sent {
    let status = reply.status().as_u16();
    let headers = texts(reply.headers());
    let mut body = Vec::new();
    loop {
        match reply.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) <= BODY_MAX_BYTES => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => return Sent::Lost(format!("the reply is over {BODY_MAX_BYTES} bytes")),
            Ok(None) => return Sent::Reply(Response { status, headers, body }),
            Err(error) => return Sent::Lost(say(&error)),
        }
    }
}

/// The error without its address: a query may hold what a log should not.
fn say(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let mut words = if error.is_timeout() { "timeout".to_owned() } else { "no answer".to_owned() };
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

impl Carrier for Wire {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(self.exchange(address, request))
    }
}
