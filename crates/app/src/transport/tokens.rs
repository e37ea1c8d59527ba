//! Access tokens: cached in the store, renewed by one at a time, both tokens written down before
//! either is used.

use base::{Call as _, Response, Secret, Sent, Timestamp};
use intents::outbox::QUARANTINE_MS;
use store::{Store, Tokens};
use xero::token::{Client, Exchange, Grant as XeroGrant};

use super::courier::{Courier, Vendor};
use crate::book::{Credential, Grant};

/// The way to an access token for one application and user.
pub struct Access {
    pub store: Store,
    pub credential: Credential,
}

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("another turn renews the token")]
    Busy(Timestamp),
    #[error("{0}; connect again")]
    Gone(String),
    #[error("{0}")]
    ClientWrong(String),
    #[error("the token endpoint gives no token: {0}")]
    NoAnswer(String),
    /// It may have been carried out, and may still be on its way.
    #[error("the token endpoint gave no answer: {0}")]
    Lost(String),
    #[error("there are no tokens: connect first")]
    Missing,
    #[error("the token could not be read or kept")]
    Store(#[from] store::StoreError),
}

impl TokenError {
    pub fn code(&self) -> &'static str {
        match self {
            TokenError::Busy(_) => "token_busy",
            TokenError::Gone(_) | TokenError::Missing => "authorisation_gone",
            TokenError::ClientWrong(_) => "client_wrong",
            TokenError::NoAnswer(_) | TokenError::Lost(_) => "token_no_answer",
            TokenError::Store(error) => error.code(),
        }
    }
}

/// A token is renewed this long before it runs out (both vendors' own clients use about as much).
const MARGIN_MS: i64 = Timestamp::MINUTE;
/// Longer than a token call can be alive.
const LEASE_MS: i64 = 30 * Timestamp::SECOND + QUARANTINE_MS;
/// When to ask again whether someone else's renewal is done.
const BUSY_MS: i64 = 2 * Timestamp::SECOND;

impl Access {
    /// A token that is good for another minute at least.
    pub async fn token(&self, courier: &Courier) -> Result<Secret, TokenError> {
        let now = courier.clock.now();
        let tokens = self.store.tokens(&self.credential.tokens).await?;
        match tokens.as_ref().and_then(|tokens| tokens.access.clone().map(|a| (a, tokens))) {
            Some((access, tokens)) if tokens.access_expires.since(now) > MARGIN_MS => Ok(access),
            _ => self.exchange(courier).await,
        }
    }

    /// A token other than this one, which the vendor no longer takes.
    pub async fn renew(&self, courier: &Courier, stale: &Secret) -> Result<Secret, TokenError> {
        let tokens = self.store.tokens(&self.credential.tokens).await?;
        match tokens.and_then(|tokens| tokens.access) {
            Some(access) if access != *stale => Ok(access),
            _ => self.exchange(courier).await,
        }
    }

    /// Single flight: whoever claims the row calls, the others are told to come back.
    ///
    /// When the answer to an exchange is lost, the stored refresh token is the one that was just
    /// used: Xero takes it again for thirty minutes, Amazon's does not rotate. But a lost request
    /// that lands behind its repetition makes the token useless that the repetition brought. So the
    /// claim is kept until the request cannot be alive any more.
    /// <https://developer.xero.com/documentation/guides/oauth2/auth-flow/>
    async fn exchange(&self, courier: &Courier) -> Result<Secret, TokenError> {
        let key = &self.credential.tokens;
        let now = courier.clock.now();
        let Some(lease) = self.store.claim_token(key, now, LEASE_MS).await? else {
            return Err(TokenError::Busy(now.after_ms(BUSY_MS)));
        };
        let held = self.store.tokens(key).await?.and_then(|tokens| tokens.refresh);
        match self.ask(courier, held.as_ref()).await {
            Ok(tokens) => {
                let access = tokens.access.clone().ok_or(TokenError::Missing)?;
                self.store.settle_token(&lease, &tokens, courier.clock.now()).await?;
                Ok(access)
            }
            Err(TokenError::Lost(why)) if courier.vendor == Vendor::Xero => {
                Err(TokenError::Lost(why))
            }
            Err(error) => {
                self.store.release_token(&lease).await?;
                Err(error)
            }
        }
    }

    async fn ask(&self, courier: &Courier, refresh: Option<&Secret>) -> Result<Tokens, TokenError> {
        let secret = match &self.credential.secret {
            Some(name) => self.store.secret(name).await?,
            None => None,
        };
        let now = courier.clock.now();
        match courier.vendor {
            Vendor::Amazon => self.ask_amazon(courier, secret.as_ref(), refresh, now).await,
            Vendor::Xero => self.ask_xero(courier, secret.as_ref(), refresh, now).await,
        }
    }

    async fn ask_amazon(
        &self,
        courier: &Courier,
        secret: Option<&Secret>,
        refresh: Option<&Secret>,
        now: Timestamp,
    ) -> Result<Tokens, TokenError> {
        let client = self.credential.client_id.as_str();
        let request = match self.credential.grant {
            Grant::RefreshToken => {
                let refresh = refresh.ok_or(TokenError::Missing)?;
                amazon::token::refresh(client, secret, refresh)
            }
            // The one scope in which something belongs to no seller.
            Grant::ClientCredentials => {
                amazon::token::client_credentials(client, secret, amazon::token::NOTIFICATIONS)
            }
        };
        let reply = answered(courier.carry(&request).await)?;
        let reply = amazon::token::read(&reply)?;
        Ok(Tokens {
            access: Some(reply.access),
            access_expires: now.after_ms(reply.expires_in.saturating_mul(Timestamp::SECOND)),
            refresh: reply.refresh.or_else(|| refresh.cloned()),
            refreshed: now,
        })
    }

    async fn ask_xero(
        &self,
        courier: &Courier,
        secret: Option<&Secret>,
        refresh: Option<&Secret>,
        now: Timestamp,
    ) -> Result<Tokens, TokenError> {
        let grant = match self.credential.grant {
            Grant::RefreshToken => {
                XeroGrant::Refresh { refresh: refresh.ok_or(TokenError::Missing)? }
            }
            Grant::ClientCredentials => XeroGrant::Client { scopes: xero::SPEC.custom_scopes },
        };
        let call = Exchange { client: Client { id: &self.credential.client_id, secret }, grant };
        let reply = answered(courier.carry(&call.request()).await)?;
        let granted = call.read(&reply).map_err(|error| xero::token::stop(&reply, &error))?;
        Ok(Tokens {
            access: Some(granted.access),
            access_expires: now.after_ms(granted.lives_ms),
            refresh: granted.refresh,
            refreshed: now,
        })
    }
}

fn answered(sent: Sent) -> Result<Response, TokenError> {
    match sent {
        Sent::Reply(reply) if reply.status >= 500 => {
            Err(TokenError::Lost(format!("HTTP {}", reply.status)))
        }
        Sent::Reply(reply) => Ok(reply),
        Sent::Busy(until) => Err(TokenError::Busy(until)),
        Sent::NotSent(why) => Err(TokenError::NoAnswer(why)),
        Sent::Lost(why) => Err(TokenError::Lost(why)),
    }
}

impl From<amazon::token::TokenTrouble> for TokenError {
    fn from(trouble: amazon::token::TokenTrouble) -> TokenError {
        use amazon::token::TokenTrouble;
        let words = trouble.to_string();
        match trouble {
            TokenTrouble::Retry(_) | TokenTrouble::Unreadable(_) => TokenError::NoAnswer(words),
            TokenTrouble::AuthorisationGone(_) => TokenError::Gone(words),
            TokenTrouble::ClientWrong(_) | TokenTrouble::Refused(_) => {
                TokenError::ClientWrong(words)
            }
        }
    }
}

impl From<xero::token::TokenStop> for TokenError {
    fn from(stop: xero::token::TokenStop) -> TokenError {
        use xero::token::TokenStop;
        let words = stop.to_string();
        match stop {
            TokenStop::Busy(until) => TokenError::Busy(until),
            TokenStop::Again(_) => TokenError::NoAnswer(words),
            TokenStop::ConsentGone(_) => TokenError::Gone(words),
            TokenStop::ClientWrong(_) | TokenStop::ScopeWrong(_) => TokenError::ClientWrong(words),
        }
    }
}
