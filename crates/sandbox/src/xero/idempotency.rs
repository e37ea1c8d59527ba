//! `Idempotency-Key`: a repeated write gets the first one's answer
//! (<https://developer.xero.com/documentation/guides/idempotent-requests/idempotency>).

use std::collections::BTreeMap;

use base::Timestamp;
use base::id::content_hash;

use super::ask::Ask;
use super::reply::Reply;

/// Xero accepts 128 characters.
const KEY_MAX: usize = 128;

/// A key is kept for 6 minutes from its first call.
const KEPT_MS: i64 = 6 * Timestamp::MINUTE;

#[derive(Debug, Default)]
pub(crate) struct Keys {
    kept: BTreeMap<String, Kept>,
}

#[derive(Debug)]
struct Kept {
    until: Timestamp,
    fingerprint: String,
    reply: Reply,
}

impl Keys {
    /// The answer if there is one already: the cached one, or a refusal.
    pub(crate) fn find(&mut self, ask: &Ask<'_>) -> Option<Reply> {
        let key = ask.header("idempotency-key").filter(|_| takes_key(ask))?;
        if key.is_empty() || key.len() > KEY_MAX {
            return Some(refused("The Idempotency Key must be between 1 and 128 characters."));
        }
        self.kept.retain(|_, kept| kept.until > ask.now);
        let kept = self.kept.get(key)?;
        if kept.fingerprint == fingerprint(ask) {
            return Some(kept.reply.clone());
        }
        Some(refused(&format!("Idempotency Key: {key} is used with a different request.")))
    }

    /// Keeps the answer to a write, whatever it was.
    pub(crate) fn keep(&mut self, ask: &Ask<'_>, reply: &Reply) {
        let Some(key) = ask.header("idempotency-key").filter(|_| takes_key(ask)) else { return };
        let until = ask.now.after_ms(KEPT_MS);
        let kept = Kept { until, fingerprint: fingerprint(ask), reply: reply.clone() };
        self.kept.insert(key.to_owned(), kept);
    }
}

/// Every PUT and POST takes a key; no DELETE does.
fn takes_key(ask: &Ask<'_>) -> bool {
    matches!(ask.method.as_str(), "PUT" | "POST")
}

/// Method, address and body: whatever differs makes it another request.
fn fingerprint(ask: &Ask<'_>) -> String {
    let query: Vec<String> =
        ask.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let body = content_hash(&ask.bytes);
    let parts = [&ask.method, &ask.segments.join("/"), &query.join("&"), &body];
    content_hash(base::digest(&parts.map(String::as_str)).as_bytes())
}

fn refused(message: &str) -> Reply {
    Reply::refused(10, "ValidationException", message)
}
