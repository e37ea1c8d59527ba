//! Whether an organisation can be reached, and what to do when it cannot.

use base::{Call, CallError, Host, Limit, Method, Request, Response, Transport, call};

use crate::api::connections::{Connection, List};
use crate::api::{fault, organisation};
use crate::ask::{self, PullStop};
use crate::spec;

/// How a connection stands: what its row and the connections screen say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    Ok,
    /// A scope or a permission is missing: the person must consent again.
    NeedsConsent,
    /// Somebody disconnected the app inside Xero; tokens still refresh.
    Disconnected,
    /// The refresh token is no longer accepted: the person must connect again.
    Expired,
}

impl ConnectionState {
    pub const ALL: [ConnectionState; 4] = [
        ConnectionState::Ok,
        ConnectionState::NeedsConsent,
        ConnectionState::Disconnected,
        ConnectionState::Expired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ConnectionState::Ok => "ok",
            ConnectionState::NeedsConsent => "needs_consent",
            ConnectionState::Disconnected => "disconnected",
            ConnectionState::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<ConnectionState> {
        ConnectionState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Why Xero did not let us in. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionTrouble {
    /// Refresh the token once and ask again. The same answer after that is for a person.
    #[error("the access token has expired: {0}")]
    TokenExpired(String),
    #[error("a scope or permission is missing: {0}")]
    NeedsConsent(String),
    #[error("the organisation is disconnected: {0}")]
    Disconnected(String),
    #[error("the consent has ended: {0}")]
    Expired(String),
}

impl ConnectionTrouble {
    pub fn code(&self) -> &'static str {
        match self {
            ConnectionTrouble::TokenExpired(_) => "token_expired",
            ConnectionTrouble::NeedsConsent(_) => "needs_consent",
            ConnectionTrouble::Disconnected(_) => "disconnected",
            ConnectionTrouble::Expired(_) => "authorisation_gone",
        }
    }

    /// The state that the connection is in; an expired access token alone changes nothing.
    pub fn state(&self) -> ConnectionState {
        match self {
            ConnectionTrouble::TokenExpired(_) => ConnectionState::Ok,
            ConnectionTrouble::NeedsConsent(_) => ConnectionState::NeedsConsent,
            ConnectionTrouble::Disconnected(_) => ConnectionState::Disconnected,
            ConnectionTrouble::Expired(_) => ConnectionState::Expired,
        }
    }
}

/// What a reply of the API says about the connection, if it says anything.
/// <https://developer.xero.com/documentation/guides/oauth2/troubleshooting/>
pub fn trouble(response: &Response) -> Option<ConnectionTrouble> {
    let detail = fault::problem(response);
    let says = |word: &str| detail.to_ascii_lowercase().contains(word);
    match response.status {
        401 if says("tokenexpired") => Some(ConnectionTrouble::TokenExpired(detail)),
        401 if says("authorizationunsuccessful") || lacks_scope(response) => {
            Some(ConnectionTrouble::NeedsConsent(detail))
        }
        // Any other 401 may be an old token: refreshing once tells.
        401 => Some(ConnectionTrouble::TokenExpired(detail)),
        403 if says("authenticationunsuccessful") => Some(ConnectionTrouble::Disconnected(detail)),
        403 => Some(ConnectionTrouble::NeedsConsent(detail)),
        _ => None,
    }
}

fn lacks_scope(response: &Response) -> bool {
    response.header("www-authenticate").is_some_and(|value| value.contains("insufficient_scope"))
}

/// The organisations that the token's user connected to this app; of one consent alone when its id
/// is given (the claim `authentication_event_id` of its access token).
pub async fn connections(
    transport: &dyn Transport,
    consent: Option<&str>,
) -> Result<Vec<Connection>, PullStop> {
    let call = List { auth_event_id: consent };
    let response = ask::answer(transport, &call.request()).await?;
    Ok(call.read(&response)?)
}

/// Takes the app's hands off an organisation. Xero counts and bills a connection until then.
pub async fn disconnect(transport: &dyn Transport, connection_id: &str) -> Result<(), PullStop> {
    let call = Delete { connection_id };
    let response = ask::answer(transport, &call.request()).await?;
    Ok(call.read(&response)?)
}

/// True words about whether the settings work: the organisation's name. Xero counts no egress for
/// this call.
pub async fn probe(transport: &dyn Transport, tenant_id: &str) -> Result<String, PullStop> {
    let organisation = ask::ask(transport, tenant_id, &organisation::Get).await?;
    Ok(organisation.name)
}

/// <https://developer.xero.com/documentation/guides/oauth2/managing-connections/>
struct Delete<'a> {
    connection_id: &'a str,
}

impl Call for Delete<'_> {
    type Reply = ();
    const OPERATION: &'static str = "DELETE /connections";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        let path = format!("/{}", call::escape(self.connection_id));
        Request::new(Method::Delete, Host::Connections, path)
    }

    fn read(&self, response: &Response) -> Result<(), CallError> {
        match response.status {
            200..=299 => Ok(()),
            status => Err(CallError::Status { status, detail: fault::words(response) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Response {
        Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[track_caller]
    fn check(status: u16, body: &str, code: Option<&str>) {
        assert_eq!(trouble(&reply(status, body)).map(|trouble| trouble.code()), code);
    }

    #[test]
    fn an_expired_token_is_to_be_refreshed() {
        let body = r#"{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"TokenExpired: token expired at 11/24/2026 06:00:00","Instance":"x","Extensions":{}}"#;
        check(401, body, Some("token_expired"));
    }

    #[test]
    fn a_missing_scope_needs_consent_and_is_not_refreshed() {
        let body = r#"{"Title":"Unauthorized","Status":401,"Detail":"AuthorizationUnsuccessful"}"#;
        check(401, body, Some("needs_consent"));
        let mut bare = reply(401, "");
        let value = "Bearer error=\"insufficient_scope\"".to_owned();
        bare.headers.push(("www-authenticate".to_owned(), value));
        assert_eq!(trouble(&bare).map(|t| t.state()), Some(ConnectionState::NeedsConsent));
    }

    #[test]
    fn a_403_says_that_the_organisation_was_disconnected() {
        let body = r#"{"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful"}"#;
        check(403, body, Some("disconnected"));
        check(403, "", Some("needs_consent"));
    }

    #[test]
    fn an_unknown_401_is_worth_one_refresh() {
        check(401, "<html>", Some("token_expired"));
    }

    #[test]
    fn other_statuses_say_nothing_about_the_connection() {
        for status in [200, 204, 400, 404, 429, 500, 503] {
            check(status, r#"{"Detail":"TokenExpired"}"#, None);
        }
    }

    #[test]
    fn the_four_states_are_stored_and_read_back() {
        for state in ConnectionState::ALL {
            assert_eq!(ConnectionState::parse(state.as_str()), Some(state));
        }
    }
}
