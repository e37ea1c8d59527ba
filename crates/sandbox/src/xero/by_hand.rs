//! A person at work in Xero itself: what she does goes by Xero's rules, without a client's token,
//! limits or keys.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue};

use super::ask::Ask;
use super::reply::Content;
use super::{dispatch, router};
use crate::Fault;
use crate::xero::Xero;

impl Xero {
    /// Does by hand what a request of the Accounting API would do: `POST`, `/Invoices/<id>`,
    /// `{"Status":"VOIDED"}`. Answers what Xero shows of it, or why Xero does not let her.
    pub fn by_hand(&self, method: &str, target: &str, body: &str) -> Result<String, String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments = path.split('/').filter(|part| !part.is_empty());
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let mut ask = Ask {
            kit: &self.kit,
            now: self.kit.now(),
            method: method.to_owned(),
            segments: segments.map(str::to_owned).collect(),
            query: router::pairs(query),
            headers,
            body: body.to_owned(),
            bytes: Bytes::copy_from_slice(body.as_bytes()),
            edition: self.edition,
            fault: Fault::None,
            operation: String::new(),
        };
        ask.operation = dispatch::operation(&ask);
        let mut state = self.lock();
        let reply = dispatch::answer(&mut state.books, &ask);
        state.hear(ask.now);
        drop(state);
        let text = match reply.content {
            Content::Json(json) => json.write(),
            Content::Text(text) => text,
            Content::Empty | Content::File(..) => String::new(),
        };
        // In a list each element says for itself that it was refused.
        let is_refused = text.contains("\"ValidationErrors\":[{");
        if (200..300).contains(&reply.status) && !is_refused { Ok(text) } else { Err(text) }
    }
}
