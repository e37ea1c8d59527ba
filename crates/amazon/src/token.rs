//! Access tokens: what to send for one, and what the answer means. The cache and the single
//! flight belong to whoever keeps the tokens.

use base::{Call as _, CallError, Request, Response, Secret};
use serde::Deserialize;

use crate::api::lwa::{self, Client, Exchange, Grant};

pub use crate::api::lwa::TokenReply;
pub use crate::api::notifications::SCOPE as NOTIFICATIONS;

/// Why there is no access token, sorted by who must act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenTrouble {
    /// Amazon, later: ask again in a while.
    #[error("amazon gives no token at the moment: {0}")]
    Retry(String),
    /// The seller: the authorisation was revoked, or a year has passed.
    #[error("the seller's authorisation is gone: {0}")]
    AuthorisationGone(String),
    /// The operator: the application's id or secret is wrong, for every seller at once.
    #[error("amazon does not know this application or its secret: {0}")]
    ClientWrong(String),
    /// A programmer: the request itself is not one that Amazon takes.
    #[error("amazon refuses the token request: {0}")]
    Refused(String),
    #[error("amazon's token reply could not be read: {0}")]
    Unreadable(String),
}

/// The everyday exchange. Amazon's refresh token stays the same.
pub fn refresh(client_id: &str, client_secret: Option<&Secret>, refresh: &Secret) -> Request {
    exchange(client_id, client_secret, Grant::RefreshToken(refresh.clone()))
}

/// A token for operations that belong to no seller, such as those of [`NOTIFICATIONS`].
pub fn client_credentials(client_id: &str, client_secret: Option<&Secret>, scope: &str) -> Request {
    exchange(client_id, client_secret, Grant::ClientCredentials { scope: scope.to_owned() })
}

/// The first exchange, within five minutes of the seller's consent.
pub fn authorization_code(
    client_id: &str,
    client_secret: Option<&Secret>,
    code: &Secret,
    redirect_uri: &str,
) -> Request {
    let redirect_uri = redirect_uri.to_owned();
    exchange(
        client_id,
        client_secret,
        Grant::AuthorizationCode { code: code.clone(), redirect_uri },
    )
}

fn exchange(client_id: &str, client_secret: Option<&Secret>, grant: Grant) -> Request {
    let client = Client { id: client_id.to_owned(), secret: client_secret.cloned() };
    Exchange { client, grant }.request()
}

/// What the token endpoint answered.
pub fn read(response: &Response) -> Result<TokenReply, TokenTrouble> {
    match lwa::read(response) {
        Ok(reply) => Ok(reply),
        Err(CallError::Unreadable { detail }) => Err(TokenTrouble::Unreadable(detail)),
        Err(CallError::Status { status, detail: _ }) => Err(trouble(status, response)),
    }
}

/// `{"error":"invalid_grant","error_description":"…"}`, unlike the rest of Amazon's errors.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// The words are those of Amazon's own client, which retries only the two named here.
/// <https://github.com/amzn/selling-partner-api-models/tree/main/clients>
fn trouble(status: u16, response: &Response) -> TokenTrouble {
    let Ok(refusal) = serde_json::from_slice::<Refusal>(&response.body) else {
        let detail = format!("status {status} without a reason");
        return if status == 429 || status >= 500 {
            TokenTrouble::Retry(detail)
        } else {
            TokenTrouble::Refused(detail)
        };
    };
    let description = refusal.error_description.unwrap_or_default();
    let detail = format!("{}: {description}", refusal.error);
    match refusal.error.as_str() {
        "server_error" | "temporarily_unavailable" => TokenTrouble::Retry(detail),
        "invalid_grant" => TokenTrouble::AuthorisationGone(detail),
        "invalid_client" => TokenTrouble::ClientWrong(detail),
        _ if status == 429 || status >= 500 => TokenTrouble::Retry(detail),
        _ => TokenTrouble::Refused(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Result<TokenReply, TokenTrouble> {
        read(&Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
    }

    fn refusal(status: u16, error: &str) -> TokenTrouble {
        let body = format!(r#"{{"error":"{error}","error_description":"because"}}"#);
        reply(status, &body).unwrap_err()
    }

    #[test]
    fn a_revoked_authorisation_and_a_wrong_secret_are_told_apart() {
        let gone = TokenTrouble::AuthorisationGone("invalid_grant: because".to_owned());
        assert_eq!(refusal(400, "invalid_grant"), gone);
        let wrong = TokenTrouble::ClientWrong("invalid_client: because".to_owned());
        assert_eq!(refusal(401, "invalid_client"), wrong);
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        for word in ["server_error", "temporarily_unavailable"] {
            assert!(matches!(refusal(400, word), TokenTrouble::Retry(_)));
        }
        for word in ["invalid_request", "invalid_scope", "unauthorized_client", "access_denied"] {
            assert!(matches!(refusal(400, word), TokenTrouble::Refused(_)));
        }
        assert!(matches!(reply(503, "<html>").unwrap_err(), TokenTrouble::Retry(_)));
        assert!(matches!(reply(429, "").unwrap_err(), TokenTrouble::Retry(_)));
    }

    #[test]
    fn half_a_token_reply_is_unreadable_not_a_refusal() {
        let half = reply(200, r#"{"access_token":"Atza|x","tok"#).unwrap_err();
        assert!(matches!(half, TokenTrouble::Unreadable(_)));
        assert!(!half.to_string().contains("Atza"));
    }

    #[test]
    fn a_client_without_a_secret_sends_none() {
        let request = refresh("amzn1.id", None, &Secret::new("Atzr|a"));
        let body = String::from_utf8(request.body).unwrap();
        assert!(!body.contains("client_secret"));
    }
}
