//! What a client must know to connect.

use base::Timestamp;
use serde::Serialize;

use super::Sandbox;
use crate::amazon::Region;

/// Addresses and credentials of both vendors: the first line of `daybook sandbox --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// The European region's API; the others are in `amazon_regions`.
    pub amazon_api: String,
    pub amazon_token_url: String,
    pub amazon_client_id: String,
    pub amazon_client_secret: String,
    pub amazon_refresh_token: String,
    pub amazon_seller_id: String,
    pub amazon_regions: Vec<AmazonRegion>,
    pub xero_api: String,
    pub xero_token_url: String,
    pub xero_connections_url: String,
    pub xero_authorize_url: String,
    pub xero_client_id: String,
    pub xero_client_secret: String,
    /// As at the start: it is replaced with every use.
    pub xero_refresh_token: String,
    /// No order changed before this moment (milliseconds since 1970).
    pub since: Timestamp,
    /// False when the vendors keep no rate limits.
    pub limits: bool,
    /// The seller has settlements, payouts and transactions.
    pub history: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmazonRegion {
    pub region: &'static str,
    pub api: String,
    pub refresh_token: String,
}

impl Sandbox {
    /// How to reach this sandbox where its router is served at `base`, such as
    /// `http://127.0.0.1:4010`.
    pub fn connection(&self, base: &str) -> Connection {
        let base = base.trim_end_matches('/');
        let api = |region: Region| format!("{base}/amazon/{}", region.code());
        Connection {
            amazon_api: api(Region::Eu),
            amazon_token_url: format!("{base}/amazon/auth/o2/token"),
            amazon_client_id: self.amazon.client_id().to_owned(),
            amazon_client_secret: self.amazon.client_secret().to_owned(),
            amazon_refresh_token: self.amazon.refresh_token(Region::Eu),
            amazon_seller_id: self.amazon.seller_id().to_owned(),
            amazon_regions: Region::ALL
                .into_iter()
                .map(|region| AmazonRegion {
                    region: region.code(),
                    api: api(region),
                    refresh_token: self.amazon.refresh_token(region),
                })
                .collect(),
            xero_api: format!("{base}/xero/api.xro/2.0"),
            xero_token_url: format!("{base}/xero/connect/token"),
            xero_connections_url: format!("{base}/xero/connections"),
            xero_authorize_url: format!("{base}/xero/identity/connect/authorize"),
            xero_client_id: self.xero_app.client_id.clone(),
            xero_client_secret: self.xero_app.client_secret.clone(),
            xero_refresh_token: self.xero_app.refresh_token.clone(),
            since: self.since,
            history: self.amazon.history().is_some(),
            limits: self.kit.limits,
        }
    }
}
