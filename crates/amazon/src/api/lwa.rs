//! Login with Amazon: where tokens are exchanged. One host for all regions, no signature.
//! <https://developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api>

use base::{Call, CallError, Host, Limit, Method, Request, Response, Secret};
use serde::Deserialize;

use super::{USER_AGENT, read_json};

/// The application, as Amazon knows it.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub secret: Option<Secret>,
}

/// What is given for an access token.
#[derive(Debug, Clone)]
pub enum Grant {
    /// The everyday one. Refresh tokens do not rotate: a lost reply costs nothing.
    RefreshToken(Secret),
    /// For operations that belong to no seller (notifications' destinations).
    ClientCredentials { scope: String },
    /// Once, within five minutes of the seller's consent.
    AuthorizationCode { code: Secret, redirect_uri: String },
}

/// One exchange at the token endpoint.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub client: Client,
    pub grant: Grant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenReply {
    pub access: Secret,
    /// Seconds from now.
    pub expires_in: i64,
    pub refresh: Option<Secret>,
}

/// Amazon's words for the same.
#[derive(Deserialize)]
struct Wire {
    access_token: String,
    expires_in: i64,
    refresh_token: Option<String>,
}

impl Call for Exchange {
    type Reply = TokenReply;
    const OPERATION: &'static str = "token";
    /// Amazon names no limit. A token lasts an hour, so that more than this is a loop of ours.
    const LIMIT: Limit = Limit::bucket(1_000, 10);

    /// The address is the whole token URL, so that the path is empty. This is the one place of
    /// this crate that looks into secrets: they are the request.
    fn request(&self) -> Request {
        let mut fields = match &self.grant {
            Grant::RefreshToken(token) => {
                vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())]
            }
            Grant::ClientCredentials { scope } => {
                vec![("grant_type", "client_credentials"), ("scope", scope.as_str())]
            }
            Grant::AuthorizationCode { code, redirect_uri } => vec![
                ("grant_type", "authorization_code"),
                ("code", code.expose()),
                ("redirect_uri", redirect_uri.as_str()),
            ],
        };
        fields.push(("client_id", self.client.id.as_str()));
        fields.extend(self.client.secret.iter().map(|secret| ("client_secret", secret.expose())));
        Request::new(Method::Post, Host::Token, "")
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT)
            .form(&fields)
    }

    fn read(&self, response: &Response) -> Result<TokenReply, CallError> {
        read(response)
    }
}

pub(crate) fn read(response: &Response) -> Result<TokenReply, CallError> {
    let wire: Wire = read_json(response)?;
    Ok(TokenReply {
        access: Secret::new(wire.access_token),
        expires_in: wire.expires_in,
        refresh: wire.refresh_token.map(Secret::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(grant: Grant) -> String {
        let client = Client { id: "amzn1.id".to_owned(), secret: Some(Secret::new("s&cret")) };
        String::from_utf8(Exchange { client, grant }.request().body).unwrap()
    }

    #[test]
    fn each_grant_says_what_it_gives() {
        assert_eq!(
            body(Grant::RefreshToken(Secret::new("Atzr|a"))),
            "grant_type=refresh_token&refresh_token=Atzr%7Ca&client_id=amzn1.id&client_secret=s%26cret"
        );
        let scope = "sellingpartnerapi::notifications".to_owned();
        assert_eq!(
            body(Grant::ClientCredentials { scope }),
            "grant_type=client_credentials&scope=sellingpartnerapi%3A%3Anotifications\
             &client_id=amzn1.id&client_secret=s%26cret"
        );
        let redirect_uri = "https://example.com/back".to_owned();
        assert_eq!(
            body(Grant::AuthorizationCode { code: Secret::new("c0de"), redirect_uri }),
            "grant_type=authorization_code&code=c0de\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fback&client_id=amzn1.id&client_secret=s%26cret"
        );
    }

    #[test]
    fn a_token_is_never_printed() {
        let response = Response {
            status: 200,
            headers: Vec::new(),
            body: br#"{"access_token":"Atza|x","token_type":"bearer","expires_in":3600,"refresh_token":"Atzr|y"}"#.to_vec(),
        };
        let reply = read(&response).unwrap();
        assert_eq!((reply.access.expose(), reply.expires_in), ("Atza|x", 3600));
        assert!(!format!("{reply:?}").contains("Atz"));
    }
}
