//! How Amazon answers: JSON bodies, its error list, and the headers that come with them
//! (<https://developer-docs.amazon.com/sp-api/docs/response-format>).

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::faults::Lost;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const RATE_LIMIT: HeaderName = HeaderName::from_static("x-amzn-ratelimit-limit");

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    pub details: String,
}

#[derive(Serialize)]
struct ErrorList<'a> {
    errors: [ErrorBody<'a>; 1],
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
    details: &'a str,
}

impl Refusal {
    /// 400: a missing, malformed or contradicting parameter.
    pub(crate) fn input(details: impl Into<String>) -> Refusal {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidInput",
            message: "Invalid Input".to_owned(),
            details: details.into(),
        }
    }

    /// 403, with the words that Amazon uses for every kind of missing access.
    pub(crate) fn access(details: &str) -> Refusal {
        Refusal {
            status: StatusCode::FORBIDDEN,
            code: "Unauthorized",
            message: "Access to requested resource is denied.".to_owned(),
            details: details.to_owned(),
        }
    }

    pub(crate) fn not_found(details: &str) -> Refusal {
        Refusal {
            status: StatusCode::NOT_FOUND,
            code: "NotFound",
            message: "The resource specified does not exist.".to_owned(),
            details: details.to_owned(),
        }
    }

    /// 409: there is such a thing already.
    pub(crate) fn conflict() -> Refusal {
        Refusal {
            status: StatusCode::CONFLICT,
            code: "StateConflict",
            message: "The resource specified conflicts with the current state.".to_owned(),
            details: String::new(),
        }
    }

    pub(crate) fn quota() -> Refusal {
        Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: "QuotaExceeded",
            message: "You exceeded your quota for the requested resource.".to_owned(),
            details: String::new(),
        }
    }

    pub(crate) fn internal() -> Refusal {
        Refusal {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalFailure",
            message: "We encountered an internal error. Please try again.".to_owned(),
            details: String::new(),
        }
    }

    fn error_type(&self) -> &'static str {
        match self.status.as_u16() {
            400 => "ValidationException",
            403 => "AccessDeniedException",
            404 => "ResourceNotFoundException",
            409 => "StateConflictException",
            429 => "QuotaExceededException",
            _ => "InternalFailureException",
        }
    }

    pub(crate) fn response(&self) -> Response {
        let list = ErrorList {
            errors: [ErrorBody { code: self.code, message: &self.message, details: &self.details }],
        };
        let mut response = json(self.status, text(&list));
        response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(self.error_type()));
        response
    }
}

/// JSON text of a value that always has one.
pub(crate) fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Stands for "no answer reached the client".
pub(crate) fn lost() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.extensions_mut().insert(Lost);
    response
}

/// Adds the headers that every reply has. The rate stands only on successes and on 400 and 404.
pub(crate) fn signed(mut response: Response, number: u64, rate: Option<&'static str>) -> Response {
    let id = format!(
        "{:08x}-5a4d-4e0b-9c61-{number:012x}",
        number.wrapping_mul(0x9E37_79B1) >> 8 & 0xFFFF_FFFF
    );
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status();
    let shows_rate = status.is_success() || matches!(status.as_u16(), 400 | 404);
    if let (true, Some(rate)) = (shows_rate, rate) {
        response.headers_mut().insert(RATE_LIMIT, HeaderValue::from_static(rate));
    }
    response
}
