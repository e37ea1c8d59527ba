//! Login with Amazon: who may call, and for how long.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::Response;
use base::{Timestamp, digest};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::marketplaces::Region;
use super::{query, reply};
use crate::kit::Kit;

const ACCESS_SECONDS: i64 = 3600;
/// An authorisation code is good for five minutes
/// (<https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow>).
const CODE_MS: i64 = 5 * Timestamp::MINUTE;

/// The one application that this sandbox knows, and its seller's authorisations.
pub(crate) struct Tokens {
    seed: u64,
    pub client_id: String,
    pub client_secret: String,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    issued: u64,
    refresh: BTreeMap<String, Region>,
    codes: BTreeMap<String, (Region, Timestamp)>,
    access: BTreeMap<String, (Bearer, Timestamp)>,
    revoked: BTreeSet<Region>,
}

/// For whom an access token speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Bearer {
    Seller(Region),
    /// The application itself, for a scope.
    Application(String),
}

/// Why an access token does not open a door.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Expired,
    Unknown,
    /// Another region's, or a grantless one.
    Elsewhere,
}

#[derive(Debug, Default, Deserialize)]
struct TokenRequest {
    grant_type: Option<String>,
    refresh_token: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

const KNOWN_FIELDS: [&str; 7] =
    ["grant_type", "refresh_token", "code", "redirect_uri", "scope", "client_id", "client_secret"];

#[derive(Serialize)]
struct TokenReply<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

#[derive(Serialize)]
struct TokenError<'a> {
    error_description: &'a str,
    error: &'a str,
}

/// Status, `error` and `error_description`.
type Refused = (StatusCode, &'static str, &'static str);

fn malformed() -> Refused {
    let told = "The request is missing a required parameter or is otherwise malformed";
    (StatusCode::BAD_REQUEST, "invalid_request", told)
}

impl Tokens {
    pub(crate) fn new(seed: u64) -> Tokens {
        let name = |what: &str| digest(&[&seed.to_string(), what]);
        let mut inner = Inner::default();
        for region in Region::ALL {
            inner.refresh.insert(format!("Atzr|{}", name(region.code())), region);
        }
        Tokens {
            seed,
            client_id: format!("amzn1.application-oa2-client.{}", name("client")),
            client_secret: format!("amzn1.oa2-cs.v1.{}", name("secret")),
            inner: Mutex::new(inner),
        }
    }

    /// The refresh token of a region's authorisation.
    pub(crate) fn refresh_token(&self, region: Region) -> String {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let found = inner.refresh.iter().find(|(_, of)| **of == region);
        found.map(|(token, _)| token.clone()).unwrap_or_default()
    }

    /// A code as the seller's consent would bring it back.
    pub(crate) fn grant_code(&self, region: Region, now: Timestamp) -> String {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let code = inner.name(self.seed, "code");
        inner.codes.insert(code.clone(), (region, now.after_ms(CODE_MS)));
        inner.revoked.remove(&region);
        code
    }

    /// The seller withdraws a region's authorisation.
    pub(crate) fn revoke(&self, region: Region) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.revoked.insert(region);
    }

    pub(crate) fn expire_access(&self, now: Timestamp) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, expires) in inner.access.values_mut() {
            *expires = now;
        }
    }

    /// Whether an access token opens a region.
    pub(crate) fn check(&self, token: &str, region: Region, now: Timestamp) -> Result<(), Denied> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.access.get(token) {
            None => Err(Denied::Unknown),
            Some((_, expires)) if *expires <= now => Err(Denied::Expired),
            Some((Bearer::Seller(of), _)) if *of == region && inner.revoked.contains(of) => {
                Err(Denied::Unknown)
            }
            Some((Bearer::Seller(of), _)) if *of == region => Ok(()),
            Some(_) => Err(Denied::Elsewhere),
        }
    }

    /// Whether an access token opens what belongs to no seller.
    pub(crate) fn check_grantless(
        &self,
        token: &str,
        scope: &str,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.access.get(token) {
            None => Err(Denied::Unknown),
            Some((_, expires)) if *expires <= now => Err(Denied::Expired),
            Some((Bearer::Application(of), _)) if of == scope => Ok(()),
            Some(_) => Err(Denied::Elsewhere),
        }
    }

    /// Answers `POST /auth/o2/token`.
    pub(crate) fn exchange(&self, kit: &Kit, content_type: &str, body: &str) -> Response {
        let answer = match read(kit, content_type, body) {
            Some(request) => self.answer(&request, kit.now()),
            None => Err(malformed()),
        };
        match answer {
            Ok(body) => reply::json(StatusCode::OK, body),
            Err((status, error, error_description)) => {
                reply::json(status, reply::text(&TokenError { error_description, error }))
            }
        }
    }

    fn answer(&self, request: &TokenRequest, now: Timestamp) -> Result<String, Refused> {
        let id = request.client_id.as_deref();
        let secret = request.client_secret.as_deref();
        if id != Some(self.client_id.as_str()) || secret != Some(self.client_secret.as_str()) {
            let told = "Client authentication failed";
            return Err((StatusCode::UNAUTHORIZED, "invalid_client", told));
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (bearer, refresh, scope) = match request.grant_type.as_deref() {
            Some("refresh_token") => {
                let (region, token) = inner.redeem_refresh(request.refresh_token.as_deref())?;
                (Bearer::Seller(region), Some(token), None)
            }
            Some("authorization_code") => {
                if request.redirect_uri.as_deref().is_none_or(str::is_empty) {
                    return Err(malformed());
                }
                let code = request.code.as_deref();
                let (region, token) = inner.redeem_code(self.seed, code, now)?;
                (Bearer::Seller(region), Some(token), None)
            }
            Some("client_credentials") => {
                let scope = grantless_scope(request)?;
                (Bearer::Application(scope.clone()), None, Some(scope))
            }
            Some(_) | None => {
                let told =
                    "The authorization grant type is not supported by the authorization server";
                return Err((StatusCode::BAD_REQUEST, "unsupported_grant_type", told));
            }
        };
        let access = format!("Atza|{}", inner.name(self.seed, "access"));
        inner.access.retain(|_, (_, expires)| now.since(*expires) < Timestamp::DAY);
        let expires = now.after_ms(ACCESS_SECONDS * Timestamp::SECOND);
        inner.access.insert(access.clone(), (bearer, expires));
        Ok(reply::text(&TokenReply {
            access_token: &access,
            token_type: "bearer",
            expires_in: ACCESS_SECONDS,
            refresh_token: refresh.as_deref(),
            scope: scope.as_deref(),
        }))
    }
}

impl Inner {
    fn name(&mut self, seed: u64, what: &str) -> String {
        self.issued += 1;
        digest(&[&seed.to_string(), what, &self.issued.to_string()])
    }

    fn redeem_refresh(&self, token: Option<&str>) -> Result<(Region, String), Refused> {
        let token = token.unwrap_or_default();
        match self.refresh.get(token) {
            Some(region) if !self.revoked.contains(region) => Ok((*region, token.to_owned())),
            Some(_) | None => Err((
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "The request has an invalid grant parameter : refresh_token",
            )),
        }
    }

    /// A code can be used once; what it gives replaces the region's refresh token.
    fn redeem_code(
        &mut self,
        seed: u64,
        code: Option<&str>,
        now: Timestamp,
    ) -> Result<(Region, String), Refused> {
        let found = self.codes.remove(code.unwrap_or_default());
        let Some((region, _)) = found.filter(|(_, expires)| now < *expires) else {
            let told = "The request has an invalid grant parameter : code";
            return Err((StatusCode::BAD_REQUEST, "invalid_grant", told));
        };
        let token = format!("Atzr|{}", self.name(seed, "refresh"));
        self.refresh.retain(|_, of| *of != region);
        self.refresh.insert(token.clone(), region);
        Ok((region, token))
    }
}

fn grantless_scope(request: &TokenRequest) -> Result<String, Refused> {
    match request.scope.as_deref() {
        Some(
            scope @ ("sellingpartnerapi::notifications"
            | "sellingpartnerapi::client_credential:rotation"),
        ) => Ok(scope.to_owned()),
        Some(_) | None => Err((
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "The requested scope is invalid, unknown, or malformed",
        )),
    }
}

/// Amazon's own clients post forms and JSON to the same address; both work.
fn read(kit: &Kit, content_type: &str, body: &str) -> Option<TokenRequest> {
    if content_type.starts_with("application/json") {
        let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(body).ok()?;
        note_unknown(kit, fields.keys());
        return serde_json::from_str(body).ok();
    }
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let fields: BTreeMap<String, String> = query::pairs(body).into_iter().collect();
    note_unknown(kit, fields.keys());
    let field = |name: &str| fields.get(name).cloned();
    Some(TokenRequest {
        grant_type: field("grant_type"),
        refresh_token: field("refresh_token"),
        code: field("code"),
        redirect_uri: field("redirect_uri"),
        scope: field("scope"),
        client_id: field("client_id"),
        client_secret: field("client_secret"),
    })
}

fn note_unknown<'a>(kit: &Kit, names: impl Iterator<Item = &'a String>) {
    for name in names.filter(|name| !KNOWN_FIELDS.contains(&name.as_str())) {
        kit.unknown("amazon", &format!("field {name} on POST /auth/o2/token"));
    }
}

/// 503: Amazon asks to come back later.
pub(crate) fn unavailable() -> Response {
    let error = TokenError {
        error_description: "The authorization server is currently unable to handle the request",
        error: "temporarily_unavailable",
    };
    reply::json(StatusCode::SERVICE_UNAVAILABLE, reply::text(&error))
}

/// 500: something broke on Amazon's side.
pub(crate) fn server_error() -> Response {
    let error = TokenError {
        error_description: "The authorization server encountered an unexpected condition",
        error: "server_error",
    };
    reply::json(StatusCode::INTERNAL_SERVER_ERROR, reply::text(&error))
}
