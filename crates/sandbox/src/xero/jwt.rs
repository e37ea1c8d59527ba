//! Tokens in the shape of Xero's: three parts in base64url. The signature is a hash; nobody
//! outside verifies it.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::json::{Json, Object};

pub(crate) struct Claims<'a> {
    pub(crate) now: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) client_id: &'a str,
    pub(crate) user: &'a str,
    pub(crate) event: &'a str,
    pub(crate) id: String,
    pub(crate) scopes: &'a [String],
}

const ISSUER: &str = "https://identity.xero.com";

pub(crate) fn access_token(claims: &Claims<'_>) -> String {
    let scopes = claims.scopes.iter().map(Json::text).collect();
    let payload = common(claims)
        .with_text("aud", format!("{ISSUER}/resources"))
        .with_text("client_id", claims.client_id)
        .with_text("xero_userid", claims.user)
        .with_text("global_session_id", claims.event)
        .with_text("jti", claims.id.replace('-', ""))
        .with_text("authentication_event_id", claims.event)
        .with("scope", Json::List(scopes));
    signed(payload)
}

pub(crate) fn id_token(claims: &Claims<'_>) -> String {
    let payload = common(claims)
        .with_text("aud", claims.client_id)
        .with_text("xero_userid", claims.user)
        .with_text("sid", claims.event)
        .with_text("email", "owner@northwind.example")
        .with_text("given_name", "Nora")
        .with_text("family_name", "North");
    signed(payload)
}

/// PKCE: what a verifier's challenge must be with S256 (RFC 7636).
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

fn common(claims: &Claims<'_>) -> Object {
    let seconds = |at: Timestamp| at.0.div_euclid(Timestamp::SECOND);
    Object::new()
        .with_int("nbf", seconds(claims.now))
        .with_int("exp", seconds(claims.expires))
        .with_text("iss", ISSUER)
        .with_text("sub", claims.user.replace('-', ""))
        .with_int("auth_time", seconds(claims.now))
}

fn signed(payload: Object) -> String {
    let header =
        Object::new().with_text("alg", "RS256").with_text("kid", "sandbox").with_text("typ", "JWT");
    let encode = |object: Object| URL_SAFE_NO_PAD.encode(Json::Object(object).write());
    let body = format!("{}.{}", encode(header), encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(Sha256::digest(body.as_bytes()));
    format!("{body}.{signature}")
}
