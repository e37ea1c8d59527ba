//! What stops a read, and what the lane does about it: every status and every lost call is
//! classified here and nowhere else.

use std::fmt;

use base::{CallError, Limit, Response, Timestamp};
use serde::Deserialize;

/// Why a flow returned without its page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PullStop {
    /// A budget is used up, ours or Amazon's, until then.
    #[error("amazon takes no call before {0}")]
    Busy(Timestamp),
    #[error("nothing was sent to amazon: {0}")]
    NotSent(String),
    /// No whole answer came. A read may simply be made again.
    #[error("amazon gave no answer: {0}")]
    Lost(String),
    /// The token ran out, was revoked, or lacks a role: Amazon says the same for all of them.
    #[error("amazon does not let us in: {0}")]
    Unauthorised(String),
    /// A fresh token was refused too.
    #[error("the seller's authorisation is gone: {0}")]
    AuthorisationGone(String),
    #[error("amazon answered {status} {code}: {detail}")]
    Status { status: u16, code: String, detail: String },
    #[error("amazon's reply could not be read: {0}")]
    Unreadable(String),
}

/// The code of a [`PullStop::Status`] that means that a role is missing.
pub const ROLE_MISSING_CODE: &str = "role_missing";

/// Who acts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Amazon, in a while: the lane comes back by itself.
    Later,
    /// We, once, with a fresh token.
    FreshToken,
    /// The seller authorises again.
    Reauthorise,
    /// A person looks: asking again gives the same answer.
    Person,
}

impl PullStop {
    /// What becomes of a stop that came although the token was fresh.
    pub fn with_a_fresh_token(self) -> PullStop {
        match self {
            PullStop::Unauthorised(detail) => PullStop::AuthorisationGone(detail),
            PullStop::Busy(_)
            | PullStop::NotSent(_)
            | PullStop::Lost(_)
            | PullStop::AuthorisationGone(_)
            | PullStop::Status { .. }
            | PullStop::Unreadable(_) => self,
        }
    }

    /// True when the application lacks the role that the call needs: everything else may go on.
    pub fn is_role_missing(&self) -> bool {
        matches!(self, PullStop::Status { code, .. } if code == ROLE_MISSING_CODE)
    }

    pub fn remedy(&self) -> Remedy {
        match self {
            PullStop::Busy(_)
            | PullStop::NotSent(_)
            | PullStop::Lost(_)
            | PullStop::Unreadable(_) => Remedy::Later,
            PullStop::Unauthorised(_) => Remedy::FreshToken,
            PullStop::AuthorisationGone(_) => Remedy::Reauthorise,
            PullStop::Status { status, .. } if *status >= 500 => Remedy::Later,
            PullStop::Status { .. } => Remedy::Person,
        }
    }
}

/// The stop that a reply's status means; none for a success.
/// <https://developer-docs.amazon.com/sp-api/docs/resolve-common-http-and-authorization-error-codes>
pub(crate) fn stop(response: &Response, limit: Limit, now: Timestamp) -> Option<PullStop> {
    if (200..300).contains(&response.status) {
        return None;
    }
    let trouble = Trouble::of(response);
    Some(match response.status {
        401 | 403 => PullStop::Unauthorised(trouble.to_string()),
        // The bucket is empty: one call's worth of it comes back after a period. Amazon sends no
        // Retry-After with it.
        429 => PullStop::Busy(now.after_ms(limit.period_ms)),
        status => {
            let detail = trouble.detail();
            PullStop::Status { status, code: trouble.code, detail }
        }
    })
}

/// The same for a call that needs a role of its own. Amazon answers 403 for a bad token and for a
/// missing role alike; a refusal over a token says so in its words.
pub(crate) fn stop_in_role(response: &Response, limit: Limit, now: Timestamp) -> Option<PullStop> {
    let trouble = Trouble::of(response);
    if response.status == 403 && !trouble.code.is_empty() && !trouble.is_about_the_token() {
        let detail = trouble.detail();
        return Some(PullStop::Status { status: 403, code: ROLE_MISSING_CODE.to_owned(), detail });
    }
    stop(response, limit, now)
}

impl From<CallError> for PullStop {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Status { status, detail } => {
                PullStop::Status { status, code: String::new(), detail }
            }
            CallError::Unreadable { detail } => PullStop::Unreadable(detail),
        }
    }
}

/// What an error body says, with the id that Amazon's support asks for. A body may be HTML, or
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) code: String,
    message: String,
    request_id: Option<String>,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    code: Option<String>,
    message: Option<String>,
    details: Option<String>,
}

impl Trouble {
    pub(crate) fn of(response: &Response) -> Trouble {
        let errors = serde_json::from_slice::<Errors>(&response.body).map(|body| body.errors);
        let entry = errors.ok().and_then(|errors| errors.into_iter().next());
        let kind = response.header("x-amzn-errortype").map(str::to_owned);
        let request_id = response.header("x-amzn-requestid").map(str::to_owned);
        match entry {
            Some(Entry { code, message, details }) => {
                let code = code.or(kind).unwrap_or_default();
                let words = [message, details.filter(|text| !text.is_empty())];
                let message = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
                Trouble { code, message, request_id }
            }
            None => Trouble {
                code: kind.unwrap_or_default(),
                message: "no reason that could be read".to_owned(),
                request_id,
            },
        }
    }

    fn is_about_the_token(&self) -> bool {
        let words = self.message.to_lowercase();
        words.contains("token") || words.contains("expired")
    }

    /// The words without the code.
    fn detail(&self) -> String {
        match &self.request_id {
            Some(id) => format!("{} (request {id})", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() {
            return f.write_str(&self.detail());
        }
        write!(f, "{}: {}", self.code, self.detail())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn stopped(status: u16, body: &str) -> Option<PullStop> {
        let headers = vec![("x-amzn-requestid".to_owned(), "r-1".to_owned())];
        let response = Response { status, headers, body: body.as_bytes().to_vec() };
        stop(&response, Limit::bucket(180_000, 20), NOW)
    }

    const QUOTA: &str = r#"{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource.","details":""}]}"#;

    #[test]
    fn a_quota_error_waits_for_one_refill_of_its_own_bucket() {
        assert_eq!(stopped(429, QUOTA), Some(PullStop::Busy(NOW.after_ms(180_000))));
    }

    #[test]
    fn a_refused_token_is_unauthorised_first_and_gone_when_it_was_fresh() {
        let body = r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"The access token you provided has expired."}]}"#;
        for status in [401, 403] {
            let stop = stopped(status, body).unwrap();
            assert_eq!(stop.remedy(), Remedy::FreshToken);
            assert_eq!(stop.clone().with_a_fresh_token().remedy(), Remedy::Reauthorise);
            assert!(stop.to_string().contains("has expired. (request r-1)"));
        }
    }

    #[test]
    fn a_bad_request_is_for_a_person_and_keeps_amazons_words() {
        let body = r#"{"errors":[{"code":"InvalidInput","message":"Invalid Input","details":"createdAfter"}]}"#;
        let stop = stopped(400, body).unwrap();
        assert_eq!(stop.remedy(), Remedy::Person);
        let words = "amazon answered 400 InvalidInput: Invalid Input, createdAfter (request r-1)";
        assert_eq!(stop.to_string(), words);
        for status in [404, 413, 415] {
            assert_eq!(stopped(status, body).unwrap().remedy(), Remedy::Person);
        }
    }

    #[test]
    fn a_server_error_is_asked_again_whatever_its_body() {
        for body in ["", "<html><body>503</body></html>", r#"{"errors":[]}"#] {
            for status in [500, 502, 503] {
                assert_eq!(stopped(status, body).unwrap().remedy(), Remedy::Later);
            }
        }
    }

    fn in_role(status: u16, body: &str) -> Option<PullStop> {
        let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        stop_in_role(&response, Limit::bucket(2_000, 10), NOW)
    }

    const DENIED: &str = r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}]}"#;

    #[test]
    fn a_refusal_that_names_no_token_is_a_missing_role() {
        let stop = in_role(403, DENIED).unwrap();
        assert!(stop.is_role_missing());
        assert_eq!(stop.remedy(), Remedy::Person);
        assert!(stop.to_string().starts_with("amazon answered 403 role_missing: Access"));
        assert_eq!(stop.clone().with_a_fresh_token(), stop);
    }

    #[test]
    fn a_refusal_over_the_token_is_no_missing_role() {
        let expired = DENIED.replace(
            "\"details\":\"\"",
            "\"details\":\"The access token you provided has expired.\"",
        );
        for (status, body) in [(403, expired.as_str()), (401, DENIED)] {
            assert_eq!(in_role(status, body).unwrap().remedy(), Remedy::FreshToken);
        }
        assert_eq!(in_role(200, "{}"), None);
    }

    #[test]
    fn a_success_is_no_stop() {
        assert_eq!(stopped(200, "{}"), None);
    }
}
