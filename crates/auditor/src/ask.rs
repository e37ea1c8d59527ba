//! Asking until there is an answer: reads only, so that asking again is always safe.

use base::{Clock, Host, Request, Response, Sent, Timestamp, Transport};
use serde::de::DeserializeOwned;

use crate::AuditError;

/// Vendors require one; Amazon refuses requests without.
const USER_AGENT: &str = concat!("Daybook-Auditor/", env!("CARGO_PKG_VERSION"), " (Language=Rust)");

/// Answers that are none: lost, 5xx, half a body. Then the audit is given up.
const ATTEMPTS_MAX: u32 = 20;

/// Waits for a budget do not count as attempts, but they end too.
const WAITS_MAX: u32 = 10_000;

/// The longest wait between two attempts.
const PAUSE_MAX_MS: i64 = 2 * Timestamp::MINUTE;

/// Amazon's slowest bucket refills in three minutes and names no time with its 429.
const REFILL_MS: i64 = 3 * Timestamp::MINUTE;

pub(crate) struct Asker<'a> {
    clock: &'a dyn Clock,
    calls: u64,
}

/// What one attempt came to.
enum Attempt {
    Body(Vec<u8>),
    Wait(Timestamp),
    Again(String),
    Refused(u16, String),
}

impl<'a> Asker<'a> {
    pub(crate) fn new(clock: &'a dyn Clock) -> Asker<'a> {
        Asker { clock, calls: 0 }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A GET with what both vendors want to see.
    pub(crate) fn get(path: impl Into<String>) -> Request {
        Request::get(path).header("accept", "application/json").header("user-agent", USER_AGENT)
    }

    /// Sends until a whole, readable answer or a refusal is there.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &mut self,
        transport: &dyn Transport,
        request: &Request,
    ) -> Result<T, AuditError> {
        let read = |body: &[u8]| serde_json::from_slice(body).map_err(|error| error.to_string());
        self.ask_for(transport, request, read).await
    }

    /// The same with what reads the answer.
    pub(crate) async fn ask_for<T>(
        &mut self,
        transport: &dyn Transport,
        request: &Request,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, AuditError> {
        let what = || match request.host {
            // Its address is a secret of its own.
            Host::Presigned => "GET a report's document".to_owned(),
            Host::Api | Host::Token | Host::Connections => format!("GET {}", request.path),
        };
        let (mut attempts, mut waits, mut last) = (0_u32, 0_u32, "budget".to_owned());
        while attempts < ATTEMPTS_MAX && waits < WAITS_MAX {
            match self.attempt(transport, request).await {
                Attempt::Body(body) => match read(&body) {
                    Ok(value) => return Ok(value),
                    Err(error) => last = format!("half an answer: {error}"),
                },
                Attempt::Refused(status, detail) => {
                    return Err(AuditError::Refused { what: what(), status, detail });
                }
                Attempt::Again(why) => last = why,
                Attempt::Wait(until) => {
                    waits = waits.saturating_add(1);
                    self.clock.until(until.max(self.clock.now().after_ms(1))).await;
                    continue;
                }
            }
            attempts = attempts.saturating_add(1);
            self.clock.until(self.clock.now().after_ms(pause_ms(attempts))).await;
        }
        Err(AuditError::NoAnswer { what: what(), attempts, last })
    }

    async fn attempt(&mut self, transport: &dyn Transport, request: &Request) -> Attempt {
        let sent = transport.send(request).await;
        match sent {
            Sent::Busy(until) => Attempt::Wait(until),
            Sent::NotSent(why) => Attempt::Again(why),
            Sent::Lost(why) => {
                self.calls = self.calls.saturating_add(1);
                Attempt::Again(why)
            }
            Sent::Reply(response) => {
                self.calls = self.calls.saturating_add(1);
                self.judge(response)
            }
        }
    }

    fn judge(&self, response: Response) -> Attempt {
        match response.status {
            200..=299 => Attempt::Body(response.body),
            429 => {
                let after = response.header("retry-after").and_then(|text| text.parse().ok());
                let ms = after.map_or(REFILL_MS, |s: i64| s.saturating_mul(Timestamp::SECOND));
                Attempt::Wait(self.clock.now().after_ms(ms))
            }
            500..=599 => Attempt::Again(format!("status {}", response.status)),
            status => Attempt::Refused(status, words(&response)),
        }
    }
}

/// One second, then twice as long each time.
fn pause_ms(attempts: u32) -> i64 {
    let factor = 2_i64.checked_pow(attempts.saturating_sub(1)).unwrap_or(i64::MAX);
    factor.saturating_mul(Timestamp::SECOND).min(PAUSE_MAX_MS)
}

/// The beginning of a refusal's body: enough to see the reason.
fn words(response: &Response) -> String {
    response.text().chars().take(300).collect()
}
