//! Tokens: how consent becomes an access token and stays one.
//! <https://developer.xero.com/documentation/guides/oauth2/auth-flow/>,
//! <https://developer.xero.com/documentation/guides/oauth2/pkce-flow/>,
//! <https://developer.xero.com/documentation/guides/oauth2/custom-connections/>
//!
//! Secrets are written into requests here because the token endpoint takes them there; such a
//! request is never stored.

use base::Transport;
use base::call::escape;
use base::{Call, CallError, Host, Limit, Method, Request, Response, Secret, Sent, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::api::fault;
use crate::spec::{self, SPEC};

/// The app at developer.xero.com. A PKCE app has no secret.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    pub id: &'a str,
    pub secret: Option<&'a Secret>,
}

/// What is shown to get a token.
#[derive(Debug, Clone, Copy)]
pub enum Grant<'a> {
    /// The code of a redirect, within five minutes, once.
    Code { code: &'a Secret, redirect_uri: &'a str, verifier: Option<&'a Secret> },
    /// The refresh token: a new one comes back, and the old one works for thirty minutes more.
    Refresh { refresh: &'a Secret },
    /// A custom connection's own right: no refresh token comes back.
    Client { scopes: &'a [&'a str] },
}

/// One exchange at the token endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    pub client: Client<'a>,
    pub grant: Grant<'a>,
}

impl Exchange<'_> {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = match self.grant {
            Grant::Code { code, redirect_uri, verifier } => {
                let mut fields = vec![
                    ("grant_type", "authorization_code".to_owned()),
                    ("code", code.expose().to_owned()),
                    ("redirect_uri", redirect_uri.to_owned()),
                ];
                fields.extend(verifier.map(|v| ("code_verifier", v.expose().to_owned())));
                fields
            }
            Grant::Refresh { refresh } => vec![
                ("grant_type", "refresh_token".to_owned()),
                ("refresh_token", refresh.expose().to_owned()),
            ],
            Grant::Client { scopes } => {
                vec![("grant_type", "client_credentials".to_owned()), ("scope", scopes.join(" "))]
            }
        };
        // Without a secret the app names itself in the body.
        if self.client.secret.is_none() {
            fields.push(("client_id", self.client.id.to_owned()));
        }
        fields
    }
}

impl Call for Exchange<'_> {
    type Reply = Granted;
    const OPERATION: &'static str = "POST /connect/token";
    const LIMIT: Limit = spec::LIMIT;

    /// The whole address is the host's: the path is empty.
    fn request(&self) -> Request {
        let fields = self.fields();
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = Request::new(Method::Post, Host::Token, "")
            .header("accept", "application/json")
            .form(&pairs);
        match self.client.secret {
            Some(secret) => {
                let pair = format!("{}:{}", self.client.id, secret.expose());
                request.header("authorization", format!("Basic {}", STANDARD.encode(pair)))
            }
            None => request,
        }
    }

    fn read(&self, response: &Response) -> Result<Granted, CallError> {
        if response.status != 200 {
            let detail = fault::problem(response);
            return Err(CallError::Status { status: response.status, detail });
        }
        let reply: TokenReply = serde_json::from_slice(&response.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            CallError::Unreadable { detail: format!("no token at line {line} column {column}") }
        })?;
        Ok(Granted {
            access: Secret::new(reply.access_token),
            refresh: reply.refresh_token.map(Secret::new),
            lives_ms: reply.expires_in.saturating_mul(Timestamp::SECOND),
        })
    }
}

#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    /// Whole seconds; Xero's word on it, not the documented thirty minutes.
    expires_in: i64,
    #[serde(default)]
    refresh_token: Option<String>,
}

/// Tokens as Xero gave them.
#[derive(Debug, Clone)]
pub struct Granted {
    pub access: Secret,
    /// To be stored before anything is done with the access token: the old one dies.
    pub refresh: Option<Secret>,
    pub lives_ms: i64,
}

/// Why no token came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenStop {
    #[error("the budget of calls is used up until {0}")]
    Busy(Timestamp),
    /// The same grant may be shown again: a refresh token works for thirty minutes after its use.
    #[error("no token came, and asking again may bring one: {0}")]
    Again(String),
    /// The consent is gone (`invalid_grant`): the person must connect again.
    #[error("Xero no longer accepts this consent: {0}")]
    ConsentGone(String),
    /// The app is not known, or its secret is wrong, or it may not use this grant.
    #[error("Xero does not know the app by this client id and secret: {0}")]
    ClientWrong(String),
    /// A scope was asked for that the app does not have.
    #[error("Xero refuses the scopes that were asked for: {0}")]
    ScopeWrong(String),
}

impl TokenStop {
    pub fn code(&self) -> &'static str {
        match self {
            TokenStop::Busy(_) => "busy",
            TokenStop::Again(_) => "token_unavailable",
            TokenStop::ConsentGone(_) => "authorisation_gone",
            TokenStop::ClientWrong(_) => "client_wrong",
            TokenStop::ScopeWrong(_) => "needs_consent",
        }
    }
}

/// Shows a grant and takes the tokens.
pub async fn exchange(
    transport: &dyn Transport,
    call: &Exchange<'_>,
) -> Result<Granted, TokenStop> {
    match transport.send(&call.request()).await {
        Sent::Busy(until) => Err(TokenStop::Busy(until)),
        Sent::NotSent(why) | Sent::Lost(why) => Err(TokenStop::Again(why)),
        Sent::Reply(response) => call.read(&response).map_err(|error| stop(&response, &error)),
    }
}

/// What a refusal of the token endpoint means.
pub fn stop(response: &Response, error: &CallError) -> TokenStop {
    let word = fault::problem(response);
    match (response.status, word.as_str()) {
        (400 | 401, "invalid_grant") => TokenStop::ConsentGone(word),
        (400 | 401, "invalid_scope") => TokenStop::ScopeWrong(word),
        (400 | 401, "invalid_client" | "unauthorized_client" | "unsupported_grant_type") => {
            TokenStop::ClientWrong(word)
        }
        (401, _) => TokenStop::ClientWrong(word),
        _ => TokenStop::Again(error.to_string()),
    }
}

/// Where a person gives consent. `challenge` is that of PKCE, for an app without a secret.
pub fn authorise_url(
    client_id: &str,
    redirect_uri: &str,
    state: &str,
    challenge: Option<&str>,
) -> String {
    let mut pairs = vec![
        ("response_type", "code".to_owned()),
        ("client_id", client_id.to_owned()),
        ("redirect_uri", redirect_uri.to_owned()),
        ("scope", SPEC.scopes.join(" ")),
        ("state", state.to_owned()),
    ];
    if let Some(challenge) = challenge {
        pairs.push(("code_challenge", challenge.to_owned()));
        pairs.push(("code_challenge_method", "S256".to_owned()));
    }
    let query: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    format!("{}?{}", SPEC.authorise_url, query.join("&"))
}

/// PKCE's challenge for a verifier of 43 to 128 characters (RFC 7636, S256).
pub fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}

/// What an access token says of itself. It is read, not verified: it came straight from Xero over
/// TLS and is shown to nobody but Xero.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Whose token it is: with the app's id the key of the one row that holds it.
    #[serde(default)]
    pub xero_userid: Option<String>,
    /// Which consent it comes from: `/connections` can be asked for the organisations of it alone.
    #[serde(default)]
    pub authentication_event_id: Option<String>,
    /// When it ends, in seconds since 1970.
    #[serde(default)]
    exp: Option<i64>,
}

impl Claims {
    /// When the token ends.
    pub fn ends(&self) -> Option<Timestamp> {
        self.exp.map(|seconds| Timestamp(seconds.saturating_mul(Timestamp::SECOND)))
    }
}

/// The claims of an access token, or nothing if it is not a JWT.
pub fn claims(access: &Secret) -> Option<Claims> {
    let payload = access.expose().split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    fn reply(status: u16, body: &str) -> Response {
        Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn an_app_with_a_secret_shows_it_in_the_header() {
        let secret = secret("shh");
        let client = Client { id: "app", secret: Some(&secret) };
        let code = Secret::new("c0de");
        let grant =
            Grant::Code { code: &code, redirect_uri: "http://localhost:8/x", verifier: None };
        let request = Exchange { client, grant }.request();
        assert_eq!(request.host, Host::Token);
        assert!(
            request
                .headers
                .contains(&("authorization".to_owned(), "Basic YXBwOnNoaA==".to_owned()))
        );
        let body = String::from_utf8(request.body).unwrap();
        assert_eq!(
            body,
            "grant_type=authorization_code&code=c0de&redirect_uri=http%3A%2F%2Flocalhost%3A8%2Fx"
        );
    }

    #[test]
    fn an_app_without_a_secret_shows_its_verifier() {
        let verifier = secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        // RFC 7636, appendix B.
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let client = Client { id: "app", secret: None };
        let code = secret("c0de");
        let grant = Grant::Code {
            code: &code,
            redirect_uri: "http://localhost",
            verifier: Some(&verifier),
        };
        let request = Exchange { client, grant }.request();
        assert!(!request.headers.iter().any(|(name, _)| name == "authorization"));
        let body = String::from_utf8(request.body).unwrap();
        assert!(
            body.ends_with(
                "code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&client_id=app"
            )
        );
    }

    #[test]
    fn a_custom_connection_names_its_scopes() {
        let key = secret("s");
        let grant = Grant::Client { scopes: &["accounting.invoices", "accounting.contacts"] };
        let request = Exchange { client: Client { id: "a", secret: Some(&key) }, grant }.request();
        assert_eq!(
            String::from_utf8(request.body).unwrap(),
            "grant_type=client_credentials&scope=accounting.invoices%20accounting.contacts"
        );
    }

    #[test]
    fn tokens_are_taken_and_never_printed() {
        let refresh = secret("old");
        let grant = Grant::Refresh { refresh: &refresh };
        let call = Exchange { client: Client { id: "app", secret: None }, grant };
        let body = r#"{"access_token":"AAA","expires_in":1800,"token_type":"Bearer","refresh_token":"BBB","scope":"x"}"#;
        let granted = call.read(&reply(200, body)).unwrap();
        assert_eq!(granted.lives_ms, 1_800_000);
        assert_eq!(granted.refresh.as_ref().map(Secret::expose), Some("BBB"));
        let printed = format!("{granted:?} {call:?}");
        assert!(!printed.contains("AAA") && !printed.contains("BBB") && !printed.contains("old"));
    }

    #[track_caller]
    fn check(status: u16, body: &str, code: &str) {
        let refresh = secret("r");
        let grant = Grant::Refresh { refresh: &refresh };
        let call = Exchange { client: Client { id: "app", secret: None }, grant };
        let response = reply(status, body);
        let error = call.read(&response).unwrap_err();
        assert_eq!(stop(&response, &error).code(), code);
    }

    #[test]
    fn a_refusal_says_who_has_to_act() {
        check(400, r#"{"error":"invalid_grant"}"#, "authorisation_gone");
        check(400, r#"{"error":"invalid_client"}"#, "client_wrong");
        check(400, r#"{"error":"unauthorized_client"}"#, "client_wrong");
        check(401, "", "client_wrong");
        let scope = r#"{"error":"invalid_scope","error_description":"Client credentials scope validation failed"}"#;
        check(400, scope, "needs_consent");
        check(500, "", "token_unavailable");
        check(503, "<html>", "token_unavailable");
        check(429, "", "token_unavailable");
        check(200, "{\"access_tok", "token_unavailable");
    }

    #[test]
    fn claims_are_read_from_the_middle_of_the_token() {
        let payload = URL_SAFE_NO_PAD
            .encode(r#"{"xero_userid":"u-1","authentication_event_id":"e-1","exp":1764000000,"scope":["a"]}"#);
        let claims = claims(&secret(&format!("h.{payload}.s"))).unwrap();
        assert_eq!(claims.xero_userid.as_deref(), Some("u-1"));
        assert_eq!(claims.authentication_event_id.as_deref(), Some("e-1"));
        assert_eq!(claims.ends(), Some(Timestamp(1_764_000_000_000)));
        assert_eq!(super::claims(&secret("not a token")), None);
    }

    #[test]
    fn the_consent_address_asks_for_offline_access() {
        let url = authorise_url("app", "http://localhost:8/x", "st", Some("ch"));
        assert!(
            url.starts_with("https://login.xero.com/identity/connect/authorize?response_type=code")
        );
        assert!(url.contains("offline_access%20accounting.invoices"));
        assert!(url.ends_with("state=st&code_challenge=ch&code_challenge_method=S256"));
    }
}
