//! What a sandbox tells about itself: addresses, credentials, the seller's products.

use base::{Currency, Decimal, Rate, Timestamp, Zone};
use mapping::rulebook::{DatedRate, Sku};
use serde::Deserialize;

/// How a sandbox says where it is and who may come in: `GET /_sandbox/connection`.
#[derive(Debug, Clone, Deserialize)]
pub struct SandboxConnection {
    pub amazon_token_url: String,
    pub amazon_client_id: String,
    pub amazon_client_secret: String,
    pub amazon_seller_id: String,
    pub amazon_regions: Vec<SandboxRegion>,
    pub xero_api: String,
    pub xero_token_url: String,
    pub xero_connections_url: String,
    pub xero_client_id: String,
    pub xero_client_secret: String,
    pub xero_refresh_token: String,
    /// The world's moment before which no order changed.
    pub since: Timestamp,
    pub limits: bool,
    /// The simulated seller has settlements, payouts and transactions.
    #[serde(default)]
    pub history: bool,
}

/// One product of the simulated seller: `GET /_sandbox/catalogue`.
#[derive(Debug, Clone, Deserialize)]
pub struct Product {
    pub sku: String,
    pub tax_class: String,
}

impl Product {
    /// What an owner would enter about it.
    pub fn sku(self) -> Sku {
        let tax_class = match self.tax_class.as_str() {
            "book" => "books".to_owned(),
            _ => self.tax_class,
        };
        Sku { sku: self.sku, category: String::new(), tax_class: Some(tax_class), item_code: None }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct SandboxRegion {
    pub region: String,
    pub api: String,
    pub refresh_token: String,
}

impl SandboxConnection {
    /// Monthly rates for the simulated world, foreign units for one pound.
    pub fn rates(&self) -> Vec<DatedRate> {
        let rates = [
            (Currency::EUR, 1_1500),
            (Currency::USD, 1_3000),
            (Currency::CAD, 1_8000),
            (Currency::AUD, 2_0000),
            (Currency::JPY, 200_0000),
        ];
        let from = self.since.after_ms(-400 * Timestamp::DAY).day(&Zone::utc());
        rates
            .into_iter()
            .map(|(currency, ten_thousandths)| DatedRate {
                currency,
                from,
                rate: Rate(Decimal::new(ten_thousandths, 4)),
                source: "simulated world".to_owned(),
            })
            .collect()
    }
}
