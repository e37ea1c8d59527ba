//! How old the secrets are that connections live on, and when they end.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use intents::BookId;
use serde::Serialize;
use store::{Connection, Store, StoreError};

use crate::setup::given::{AUTHORISATION_DAYS, CLIENT_SECRET_DAYS, Given, REFRESH_TOKEN_DAYS};

/// A secret with an end, counted from the day on which Daybook was given it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecretStatus {
    /// The same secret has the same name each time; nothing of the secret is in it.
    pub key: String,
    pub kind: SecretKind,
    pub vendor: String,
    /// The books that cannot go on without it.
    pub books: Vec<BookId>,
    pub since: Timestamp,
    pub ends: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// Amazon's, of the application.
    ClientSecret,
    /// The seller's, at Amazon.
    Authorisation,
    /// Xero's; each refresh gives another.
    RefreshToken,
}

impl SecretKind {
    pub fn as_str(self) -> &'static str {
        match self {
            SecretKind::ClientSecret => "client_secret",
            SecretKind::Authorisation => "authorisation",
            SecretKind::RefreshToken => "refresh_token",
        }
    }

    fn lasts_ms(self) -> i64 {
        let days = match self {
            SecretKind::ClientSecret => CLIENT_SECRET_DAYS,
            SecretKind::Authorisation => AUTHORISATION_DAYS,
            SecretKind::RefreshToken => REFRESH_TOKEN_DAYS,
        };
        days.saturating_mul(Timestamp::DAY)
    }
}

/// The secrets that a connection names; what no connection names any more is nobody's worry.
pub(super) async fn secrets(
    store: &Store,
    connections: &[Connection],
) -> Result<Vec<SecretStatus>, StoreError> {
    let mut used: BTreeMap<String, (&str, BTreeSet<BookId>)> = BTreeMap::new();
    for row in connections {
        let given = Given::of(row);
        for name in given.tokens.into_iter().chain(given.secret) {
            let (_vendor, books) = used.entry(name).or_insert((&row.vendor, BTreeSet::new()));
            books.insert(row.book.clone());
        }
    }
    let mut since: Vec<(SecretKind, String, Timestamp)> = Vec::new();
    for (name, given) in store.secret_ages().await? {
        since.push((SecretKind::ClientSecret, name, given));
    }
    for age in store.token_ages().await?.into_iter().filter(|age| age.has_refresh) {
        let kept = match age.authorised {
            Some(authorised) => (SecretKind::Authorisation, age.name, authorised),
            None => (SecretKind::RefreshToken, age.name, age.refreshed),
        };
        since.push(kept);
    }
    let mut found = Vec::new();
    for (kind, name, since) in since {
        let Some((vendor, books)) = used.get(&name) else { continue };
        found.push(SecretStatus {
            key: base::digest(&[kind.as_str(), &name]),
            kind,
            vendor: (*vendor).to_owned(),
            books: books.iter().cloned().collect(),
            since,
            ends: since.after_ms(kind.lasts_ms()),
        });
    }
    Ok(found)
}
