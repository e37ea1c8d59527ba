//! What a person gives to connect a book.

use std::collections::BTreeMap;

use base::{Currency, Secret, Timestamp};
use mapping::rulebook::{DatedRate, Posting, Sku};
use mapping::settlement::Way;

use crate::transport::Addresses;

/// Everything that a person (or a sandbox) gives to connect a book.
#[derive(Debug, Clone)]
pub struct Wish {
    pub since: Timestamp,
    pub posting: Posting,
    pub xero: XeroWish,
    pub amazon: Vec<AmazonWish>,
    /// Currencies to post in besides the organisation's own; added to it where missing.
    pub currencies: Vec<Currency>,
    /// Accounts that the chart lacks are created; otherwise their names are an error.
    pub creates_accounts: bool,
    pub rates: Vec<DatedRate>,
    /// What the owner knows about the SKUs.
    pub skus: Vec<Sku>,
    pub sandbox: Option<String>,
    pub limits: bool,
    /// Read settlements, payouts and transactions besides orders.
    pub money: bool,
    /// What becomes a document: each order, or each settlement.
    pub way: Way,
    /// The organisation's tax types by class, where its edition has none of its own.
    pub tax_types: BTreeMap<String, String>,
}

impl Wish {
    /// What is posted in: the organisation's own currency first.
    pub(super) fn all_currencies(&self, base: Currency) -> Vec<Currency> {
        let others = self.currencies.iter().copied().filter(|currency| *currency != base);
        std::iter::once(base).chain(others).collect()
    }
}

#[derive(Debug, Clone)]
pub struct XeroWish {
    pub addresses: Addresses,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// None for a custom connection.
    pub refresh_token: Option<Secret>,
    /// Which organisation, where the user connected several.
    pub tenant: Option<String>,
}

impl XeroWish {
    /// Where tokens are kept until it is known whose they are.
    pub(super) fn tokens_key(&self) -> String {
        let given = self.refresh_token.as_ref().map_or("", Secret::expose);
        format!("xero|{}|given {}", self.client_id, base::digest(&[given]))
    }
}

#[derive(Debug, Clone)]
pub struct AmazonWish {
    pub region: String,
    pub seller_id: Option<String>,
    pub addresses: Addresses,
    pub client_id: String,
    pub client_secret: Secret,
    pub refresh_token: Secret,
    pub buyer_data: bool,
}
