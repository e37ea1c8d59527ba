//! Which secrets a connection lives on, and how long they last. The vendors tell nobody when a
//! secret ends, so it is counted from the day on which Daybook was given it; whoever gives an old
//! one knows better than Daybook.

use base::{Secret, Timestamp};
use intents::BookId;
use serde::{Deserialize, Serialize};
use store::{Connection, Store, StoreError};

use crate::book::{Credential, Grant};

/// What a connection keeps about its secrets, in the store as its details: names alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// The store's name of the tokens, where they are had from a refresh token.
    pub tokens: Option<String>,
    /// The vault's name of the application's client secret.
    pub secret: Option<String>,
}

/// Amazon's client secrets must be replaced after so many days.
/// <https://developer-docs.amazon.com/sp-api/docs/rotating-your-apps-lwa-credentials>
pub const CLIENT_SECRET_DAYS: i64 = 180;
/// A seller must authorise an application again after so many days.
/// <https://developer-docs.amazon.com/sp-api/docs/renew-authorizations>
pub const AUTHORISATION_DAYS: i64 = 365;
/// Xero's refresh tokens end when they are not used for so many days.
/// <https://developer.xero.com/documentation/guides/oauth2/auth-flow/>
pub const REFRESH_TOKEN_DAYS: i64 = 60;

impl Given {
    fn to(credential: &Credential) -> Given {
        let tokens = Some(credential.tokens.clone());
        Given {
            tokens: tokens.filter(|_| credential.grant == Grant::RefreshToken),
            secret: credential.secret.clone(),
        }
    }

    /// What a connection's row says; nothing for one that was made before there was anything to say.
    pub fn of(connection: &Connection) -> Given {
        serde_json::from_str(&connection.details).unwrap_or_default()
    }
}

/// A connection's row.
pub(super) fn connection(
    (book, vendor, label): (&BookId, &str, &str),
    credential: &Credential,
) -> Connection {
    let details = serde_json::to_string(&Given::to(credential));
    Connection {
        id: format!("{book}/{vendor}/{label}"),
        book: book.clone(),
        vendor: vendor.to_owned(),
        label: label.to_owned(),
        details: details.unwrap_or_else(|_never| "{}".to_owned()),
        state: "ok".to_owned(),
        state_detail: String::new(),
    }
}

/// Keeps Amazon's client secret and the seller's refresh token with their days. What is given a
/// second time keeps its day.
pub(super) async fn keep_amazon(
    store: &Store,
    credential: &Credential,
    (secret, refresh): (&Secret, &Secret),
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(name) = &credential.secret {
        let is_new = store.secret(name).await?.as_ref() != Some(secret);
        store.put_secret(name, secret).await?;
        store.date_secret(name, is_new, now).await?;
    }
    let name = &credential.tokens;
    let known = store.tokens(name).await?.and_then(|row| row.refresh);
    let is_new = known.as_ref() != Some(refresh);
    let refresh = Some(refresh.clone());
    let tokens = store::Tokens { access: None, access_expires: now, refresh, refreshed: now };
    store.put_tokens(name, &tokens).await?;
    store.date_tokens(name, is_new, now).await
}
