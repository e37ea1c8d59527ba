//! OAuth 2.0 as Xero does it: rotating refresh tokens with a grace of half an hour, access tokens
//! of half an hour, one organisation per consent
//! (<https://developer.xero.com/documentation/guides/oauth2/overview>).

use std::collections::BTreeMap;

use base::Timestamp;

use super::json::Object;
use super::jwt;
use super::reply::Reply;
use super::scopes;
use crate::random::Random;

const ACCESS_MS: i64 = 30 * Timestamp::MINUTE;
const ACCESS_SECONDS: i64 = 1800;
const REFRESH_MS: i64 = 60 * Timestamp::DAY;
const CODE_MS: i64 = 5 * Timestamp::MINUTE;

/// A used refresh token can be used again for so long, in case its answer was lost.
const GRACE_MS: i64 = 30 * Timestamp::MINUTE;

#[derive(Debug)]
pub(crate) struct Oauth {
    ids: Random,
    client_id: String,
    client_secret: String,
    user: String,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
    codes: BTreeMap<String, Code>,
}

/// What an access token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) expires: Timestamp,
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Clone)]
struct Refresh {
    expires: Timestamp,
    scopes: Vec<String>,
    event: String,
    /// Issued to a client that has no secret.
    public: bool,
    /// When it was first used, and what it was exchanged for.
    used: Option<(Timestamp, String)>,
}

#[derive(Debug, Clone)]
struct Code {
    expires: Timestamp,
    redirect: String,
    scopes: Vec<String>,
    event: String,
    challenge: Option<String>,
}

/// How a client proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Secret,
    /// Only its name: a native app with PKCE.
    Public,
}

/// An answer of the token endpoint that is no token.
pub(crate) struct Denied(&'static str, &'static str);

const INVALID_GRANT: Denied = Denied("invalid_grant", "");
const INVALID_CLIENT: Denied = Denied("invalid_client", "");
const INVALID_REQUEST: Denied = Denied("invalid_request", "");

impl Denied {
    pub(crate) fn reply(&self) -> Reply {
        let object =
            Object::new().with_text("error", self.0).with_some("error_description", Some(self.1));
        Reply::json(400, object)
    }
}

/// A form or query as pairs.
pub(crate) type Pairs = [(String, String)];

pub(crate) fn pair<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty())
}

impl Oauth {
    pub(crate) fn new(options: crate::xero::Options, event: String) -> Oauth {
        let mut ids = Random::stream(options.seed, "xero oauth");
        let user = super::books::uuid(&mut ids);
        let refresh = Refresh {
            expires: options.start.after_ms(REFRESH_MS),
            scopes: scopes::full(),
            event,
            public: false,
            used: None,
        };
        Oauth {
            ids,
            client_id: options.client_id,
            client_secret: options.client_secret,
            user,
            access: BTreeMap::new(),
            refresh: BTreeMap::from([(options.refresh_token, refresh)]),
            codes: BTreeMap::new(),
        }
    }

    pub(crate) fn new_event(&mut self) -> String {
        super::books::uuid(&mut self.ids)
    }

    /// The access token's meaning, if it was issued here; it may have expired.
    pub(crate) fn access(&self, token: &str) -> Option<&Access> {
        self.access.get(token)
    }

    /// Forgets every token of the user.
    pub(crate) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    /// Another refresh token with the consent of one that is known, as if the user had consented again.
    pub(crate) fn consent_again(&mut self, now: Timestamp) -> Option<String> {
        let known = self.refresh.values().next().cloned()?;
        Some(self.issue_refresh(Refresh { expires: now.after_ms(REFRESH_MS), used: None, ..known }))
    }

    pub(crate) fn knows_refresh(&self, token: &str) -> bool {
        self.refresh.contains_key(token)
    }

    pub(crate) fn expire_access_tokens(&mut self, now: Timestamp) {
        for access in self.access.values_mut() {
            access.expires = access.expires.min(now);
        }
    }

    /// Who asks: by HTTP Basic, or by `client_id` with or without secret in the form.
    pub(crate) fn prove(
        &self,
        basic: Option<(String, String)>,
        form: &Pairs,
    ) -> Result<Proof, Denied> {
        let in_form = pair(form, "client_secret").map(str::to_owned);
        let (id, secret) = match basic {
            Some((id, secret)) => (id, Some(secret)),
            None => (pair(form, "client_id").unwrap_or_default().to_owned(), in_form),
        };
        match secret {
            _ if id != self.client_id => Err(INVALID_CLIENT),
            Some(secret) if secret == self.client_secret => Ok(Proof::Secret),
            Some(_) => Err(INVALID_CLIENT),
            None => Ok(Proof::Public),
        }
    }

    /// The token endpoint.
    pub(crate) fn token(
        &mut self,
        proof: Proof,
        form: &Pairs,
        now: Timestamp,
    ) -> Result<Object, Denied> {
        match pair(form, "grant_type") {
            Some("refresh_token") => self.refresh(proof, form, now),
            Some("authorization_code") => self.exchange(proof, form, now),
            Some("client_credentials") => self.custom_connection(proof, form, now),
            Some(_) => Err(Denied("unsupported_grant_type", "")),
            None => Err(INVALID_REQUEST),
        }
    }

    /// Rotates on every use. Within the grace the old token works again, as long as what it was
    /// exchanged for has not been used: then the client has it.
    fn refresh(&mut self, proof: Proof, form: &Pairs, now: Timestamp) -> Result<Object, Denied> {
        let token = pair(form, "refresh_token").ok_or(INVALID_REQUEST)?;
        let old = self.refresh.get(token).cloned().ok_or(INVALID_GRANT)?;
        if now >= old.expires {
            return Err(INVALID_GRANT);
        }
        if proof == Proof::Public && !old.public {
            return Err(INVALID_CLIENT);
        }
        if let Some((first, successor)) = &old.used {
            let in_use = self.refresh.get(successor).is_some_and(|next| next.used.is_some());
            if now.since(*first) > GRACE_MS || in_use {
                return Err(INVALID_GRANT);
            }
            self.refresh.remove(successor);
        }
        let next = Refresh { expires: now.after_ms(REFRESH_MS), used: None, ..old.clone() };
        let successor = self.issue_refresh(next);
        let first = old.used.as_ref().map_or(now, |(first, _)| *first);
        if let Some(old) = self.refresh.get_mut(token) {
            old.used = Some((first, successor.clone()));
        }
        let access = self.issue_access(old.scopes, &old.event, now);
        Ok(access.with_text("refresh_token", successor))
    }

    fn exchange(&mut self, proof: Proof, form: &Pairs, now: Timestamp) -> Result<Object, Denied> {
        let code = pair(form, "code").ok_or(INVALID_REQUEST)?;
        let code = self.codes.remove(code).ok_or(INVALID_GRANT)?;
        let same = pair(form, "redirect_uri") == Some(code.redirect.as_str());
        if now >= code.expires || !same {
            return Err(INVALID_GRANT);
        }
        match (&code.challenge, pair(form, "code_verifier")) {
            (Some(challenge), Some(verifier)) if jwt::challenge(verifier) == *challenge => {}
            (None, None) if proof == Proof::Secret => {}
            (Some(_) | None, _) => return Err(INVALID_GRANT),
        }
        let object = self.issue_access(code.scopes.clone(), &code.event, now);
        if !code.scopes.iter().any(|scope| scope == "offline_access") {
            return Ok(object);
        }
        let refresh = self.issue_refresh(Refresh {
            expires: now.after_ms(REFRESH_MS),
            scopes: code.scopes,
            event: code.event,
            public: proof == Proof::Public,
            used: None,
        });
        Ok(object.with_text("refresh_token", refresh))
    }

    /// A custom connection has no refresh token, and its scopes must be sent.
    fn custom_connection(
        &mut self,
        proof: Proof,
        form: &Pairs,
        now: Timestamp,
    ) -> Result<Object, Denied> {
        if proof != Proof::Secret {
            return Err(INVALID_CLIENT);
        }
        let scopes = scopes::split(pair(form, "scope").unwrap_or_default());
        if scopes.is_empty() || !scopes.iter().all(|scope| scopes::is_known(scope)) {
            return Err(Denied("invalid_scope", "Client credentials scope validation failed"));
        }
        let event = self.new_event();
        Ok(self.issue_access(scopes, &event, now))
    }

    fn issue_access(&mut self, scopes: Vec<String>, event: &str, now: Timestamp) -> Object {
        // Long-dead tokens are as good as unknown.
        self.access.retain(|_, access| now.since(access.expires) < Timestamp::DAY);
        let expires = now.after_ms(ACCESS_MS);
        let claims = jwt::Claims {
            now,
            expires,
            client_id: &self.client_id,
            user: &self.user,
            event,
            id: super::books::uuid(&mut self.ids),
            scopes: &scopes,
        };
        let token = jwt::access_token(&claims);
        let joined = scopes.join(" ");
        let with_identity = scopes.iter().any(|scope| scope == "openid");
        let id_token = with_identity.then(|| jwt::id_token(&claims));
        self.access.insert(token.clone(), Access { expires, scopes });
        Object::new()
            .with_some("id_token", id_token.as_deref())
            .with_text("access_token", token)
            .with_int("expires_in", ACCESS_SECONDS)
            .with_text("token_type", "Bearer")
            .with_text("scope", joined)
    }

    fn issue_refresh(&mut self, refresh: Refresh) -> String {
        let token =
            format!("{:016x}{:016x}{:016x}", self.ids.next(), self.ids.next(), self.ids.next());
        self.refresh.insert(token.clone(), refresh);
        token
    }

    /// The consent page, which consents at once: where to send the browser.
    pub(crate) fn authorize(
        &mut self,
        query: &Pairs,
        event: &str,
        now: Timestamp,
    ) -> Result<String, Denied> {
        let redirect = pair(query, "redirect_uri").ok_or(INVALID_REQUEST)?;
        let safe = redirect.starts_with("https://") || redirect.starts_with("http://localhost");
        let challenge = pair(query, "code_challenge").map(str::to_owned);
        let method = pair(query, "code_challenge_method");
        let asked = pair(query, "response_type") == Some("code") && safe;
        if !asked || pair(query, "client_id") != Some(self.client_id.as_str()) {
            return Err(Denied("unauthorized_client", ""));
        }
        if challenge.is_some() && method != Some("S256") {
            return Err(INVALID_REQUEST);
        }
        let scopes = scopes::split(pair(query, "scope").unwrap_or_default());
        if scopes.is_empty() || !scopes.iter().all(|scope| scopes::is_known(scope)) {
            return Err(Denied("invalid_scope", ""));
        }
        let code = format!("{:016x}{:016x}", self.ids.next(), self.ids.next());
        let stored = Code {
            expires: now.after_ms(CODE_MS),
            redirect: redirect.to_owned(),
            scopes,
            event: event.to_owned(),
            challenge,
        };
        self.codes.insert(code.clone(), stored);
        let joint = if redirect.contains('?') { '&' } else { '?' };
        let state = pair(query, "state").map(|it| format!("&state={}", base::call::escape(it)));
        Ok(format!("{redirect}{joint}code={code}{}", state.unwrap_or_default()))
    }
}
