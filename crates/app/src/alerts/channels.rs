//! Where alerts go: mail, a Slack-compatible webhook, any webhook. Their secrets are named in the
//! configuration and kept elsewhere: `env:NAME` in the environment, `vault:NAME` in the store.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base::{Host, Method, Request, Secret, Sent};
use hmac::{Hmac, KeyInit as _, Mac as _};
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Severity;
use super::mail::{self, mail};
use super::notice::Notice;
use crate::watch::Watch;

/// `[alerts.email.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// `smtps://host:465`, `smtp://host:587?tls=required`; `smtp://localhost:25` sends in clear.
    pub server: String,
    pub user: Option<String>,
    /// `env:NAME` or `vault:NAME`.
    pub password: Option<String>,
    /// A file with the certificates (PEM) of authorities that the server's may be signed by, beside
    /// those that the system knows.
    pub ca: Option<PathBuf>,
    pub from: String,
    pub to: Vec<String>,
    #[serde(default = "least")]
    pub least: Severity,
}

/// `[alerts.slack.NAME]`. Whoever knows such an address may write to the channel: it is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// `env:NAME` or `vault:NAME`.
    pub url: String,
    #[serde(default = "least")]
    pub least: Severity,
}

/// `[alerts.webhook.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: String,
    /// `env:NAME` or `vault:NAME`: what the body is signed with.
    pub key: String,
    #[serde(default = "least")]
    pub least: Severity,
}

fn least() -> Severity {
    Severity::Warning
}

/// Every channel of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Channels<'a> {
    pub email: &'a BTreeMap<String, Email>,
    pub slack: &'a BTreeMap<String, Slack>,
    pub webhook: &'a BTreeMap<String, Webhook>,
}

/// Why a channel did not take a notice.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    #[error("the configuration has no channel {0}")]
    Gone(String),
    #[error("the notice cannot be read: {0}")]
    Unreadable(String),
    #[error("{0} is not set")]
    NoSecret(String),
    #[error("the secret could not be read")]
    Store(#[from] store::StoreError),
    #[error("{0} is no address")]
    Address(String),
    #[error("the mail server: {0}")]
    Mail(String),
    #[error("it answered {0}")]
    Status(u16),
    #[error("no answer: {0}")]
    NoAnswer(String),
}

impl ChannelError {
    /// True when trying again can never go better.
    pub fn is_final(&self) -> bool {
        matches!(self, ChannelError::Gone(_) | ChannelError::Unreadable(_))
    }
}

/// Sent with a webhook: when, and an HMAC-SHA256 of that moment, a dot and the body. Who checks both
/// takes no old notice for a new one.
pub const SIGNATURE_HEADER: &str = "daybook-signature";
/// The same when a notice is delivered twice.
pub const DELIVERY_HEADER: &str = "daybook-delivery";

impl<'a> Channels<'a> {
    /// Each channel's name, and the least that it wants to hear of.
    pub fn wants(&self) -> Vec<(&'a str, Severity)> {
        let email = self.email.iter().map(|(name, one)| (name.as_str(), one.least));
        let slack = self.slack.iter().map(|(name, one)| (name.as_str(), one.least));
        let webhook = self.webhook.iter().map(|(name, one)| (name.as_str(), one.least));
        email.chain(slack).chain(webhook).collect()
    }

    /// Why the channels cannot be used, if so.
    pub fn invalid(&self) -> Option<String> {
        let mut names: Vec<&str> = self.wants().iter().map(|(name, _)| *name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < count {
            return Some("two channels of alerts have the same name".to_owned());
        }
        let secrets = self
            .email
            .values()
            .filter_map(|one| one.password.as_ref())
            .chain(self.slack.values().map(|one| &one.url))
            .chain(self.webhook.values().map(|one| &one.key));
        for secret in secrets {
            if !secret.starts_with("env:") && !secret.starts_with("vault:") {
                return Some("a channel's secret is written env:NAME or vault:NAME".to_owned());
            }
        }
        for (name, email) in self.email {
            let addresses = email.to.iter().chain([&email.from]);
            if addresses.clone().any(|one| one.parse::<Mailbox>().is_err()) || email.to.is_empty() {
                return Some(format!("alerts.email.{name} has an address that is none"));
            }
            if let Some(why) = mail::unsafe_way(email) {
                return Some(format!("alerts.email.{name}: {why}"));
            }
        }
        None
    }

    /// Hands a notice to one channel; it is taken when this is well.
    pub async fn send(
        &self,
        name: &str,
        notice: &Notice,
        watch: &Watch,
    ) -> Result<(), ChannelError> {
        if let Some(email) = self.email.get(name) {
            return mail(email, notice, watch).await;
        }
        if let Some(slack) = self.slack.get(name) {
            let url = secret(&slack.url, watch).await?;
            return post(watch, url.expose(), request(&Words { text: words(notice) })).await;
        }
        let Some(webhook) = self.webhook.get(name) else {
            return Err(ChannelError::Gone(name.to_owned()));
        };
        let key = secret(&webhook.key, watch).await?;
        let request = request(notice);
        let signature = signature(&key, watch.clock.now().0 / 1_000, &request.body);
        let request =
            request.header(SIGNATURE_HEADER, signature).header(DELIVERY_HEADER, notice.id.clone());
        post(watch, &webhook.url, request).await
    }
}

/// What Slack and its kin take.
#[derive(Serialize)]
struct Words {
    text: String,
}

/// `&`, `<` and `>` mean something there.
/// <https://api.slack.com/reference/surfaces/formatting#escaping>
fn words(notice: &Notice) -> String {
    notice.text().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn request(body: &impl Serialize) -> Request {
    let body = serde_json::to_vec(body).unwrap_or_default();
    Request::new(Method::Post, Host::Api, "").json(body)
}

/// `t=<seconds>,v1=<hex>`.
pub fn signature(key: &Secret, seconds: i64, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!("t={seconds},v1={}", base::id::hex(&mac.finalize().into_bytes()))
}

async fn post(watch: &Watch, url: &str, request: Request) -> Result<(), ChannelError> {
    match watch.carrier.carry(url, &request).await {
        Sent::Reply(reply) if (200..300).contains(&reply.status) => Ok(()),
        Sent::Reply(reply) => Err(ChannelError::Status(reply.status)),
        Sent::Busy(_) => Err(ChannelError::NoAnswer("busy".to_owned())),
        Sent::NotSent(why) | Sent::Lost(why) => Err(ChannelError::NoAnswer(why)),
    }
}

pub(super) async fn secret(name: &str, watch: &Watch) -> Result<Secret, ChannelError> {
    let known = match name.split_once(':') {
        Some(("env", name)) => std::env::var(name).ok().map(Secret::new),
        Some(("vault", name)) => watch.store.secret(&vault_name(name)).await?,
        Some(_) | None => None,
    };
    let known = known.filter(|secret| !secret.is_empty());
    known.ok_or_else(|| ChannelError::NoSecret(name.to_owned()))
}

/// The vault's name of a channel's secret.
pub fn vault_name(name: &str) -> String {
    format!("alerts:{name}")
}
