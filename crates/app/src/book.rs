//! What a book is connected to: addresses, accounts, credentials by name. Kept as the book's
//! settings; secrets are in the vault under the names given here.

use base::Timestamp;
use intents::BookId;
use serde::{Deserialize, Serialize};

use crate::transport::Addresses;

/// A book's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub name: String,
    /// Orders changed before this moment are not looked at.
    pub since: Timestamp,
    pub xero: XeroLink,
    pub amazon: Vec<AmazonLink>,
    /// Where the simulated vendors are, when they are not real.
    pub sandbox: Option<String>,
    /// False only against a sandbox that keeps no limits either.
    pub limits: bool,
    /// Settlements, payouts and transactions are read besides orders.
    #[serde(default)]
    pub money: bool,
    /// How many calls connecting took.
    #[serde(default)]
    pub setup_calls: u64,
}

/// The way into one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct XeroLink {
    pub tenant_id: String,
    pub addresses: Addresses,
    pub credential: Credential,
}

/// The way into one seller account in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmazonLink {
    /// `EU`, `NA` or `FE`.
    pub region: String,
    pub seller_id: String,
    pub marketplaces: Vec<String>,
    /// Ask for buyers' names and addresses. Off unless the book's owner turned it on.
    pub buyer_data: bool,
    pub addresses: Addresses,
    pub credential: Credential,
}

/// Which application speaks for which user. The secret is in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub client_id: String,
    /// The vault's name of the client secret; none for an application without one (PKCE).
    pub secret: Option<String>,
    /// The store's name of the tokens: one row per application and user.
    pub tokens: String,
    pub grant: Grant,
}

/// How a new access token is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    RefreshToken,
    /// Xero's custom connections: one organisation, no refresh token. At Amazon: what belongs to
    /// the application and to no seller.
    ClientCredentials,
}

/// What a lane does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lane {
    /// Asks one seller account in one region.
    Amazon { region: String },
    /// Decides: no vendor call.
    Book,
    /// Reads the organisation, writes to it, checks it.
    Xero,
}

impl Lane {
    /// The lane's name in the store.
    pub fn name(&self, book: &BookId) -> String {
        match self {
            Lane::Amazon { region } => format!("{book}/amazon/{region}"),
            Lane::Book => format!("{book}/book"),
            Lane::Xero => format!("{book}/xero"),
        }
    }

    pub fn parse(name: &str) -> Option<Lane> {
        let (_book, rest) = name.split_once('/')?;
        match rest.split_once('/') {
            Some(("amazon", region)) => Some(Lane::Amazon { region: region.to_owned() }),
            None if rest == "book" => Some(Lane::Book),
            None if rest == "xero" => Some(Lane::Xero),
            Some(_) | None => None,
        }
    }
}

impl Settings {
    /// True when the vendors lived in the process of a demo, and are gone.
    pub fn is_demo(&self) -> bool {
        self.sandbox.as_deref() == Some("")
    }

    /// Every lane of the book.
    pub fn lanes(&self) -> Vec<Lane> {
        let mut lanes: Vec<Lane> =
            self.amazon.iter().map(|link| Lane::Amazon { region: link.region.clone() }).collect();
        lanes.push(Lane::Book);
        lanes.push(Lane::Xero);
        lanes
    }

    pub fn link(&self, region: &str) -> Option<&AmazonLink> {
        self.amazon.iter().find(|link| link.region == region)
    }
}
