//! Sellers v1: where the account sells.
//! <https://developer-docs.amazon.com/sp-api/docs/sellers-api-v1-reference>

use base::{Call, CallError, Limit, Request, Response};
use serde::Deserialize;

use super::{get, read_json};

pub const PATH: &str = "/sellers/v1/marketplaceParticipations";

/// The marketplaces of a region in which the seller can list, and whether they do.
#[derive(Debug, Clone, Copy)]
pub struct GetMarketplaceParticipations;

/// A marketplace as the account has it. The odd ones that Amazon lists beside the shops, such as
/// those for orders made elsewhere, are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participation {
    pub marketplace_id: String,
    pub name: String,
    pub country: String,
    pub currency_code: String,
    pub domain: String,
    pub store_name: String,
    pub is_participating: bool,
    pub has_suspended_listings: bool,
}

#[derive(Deserialize)]
struct Reply {
    payload: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    marketplace: Marketplace,
    /// Required since 2024; older replies lack it.
    store_name: Option<String>,
    participation: Taking,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marketplace {
    id: String,
    name: String,
    country_code: String,
    default_currency_code: String,
    domain_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taking {
    is_participating: bool,
    has_suspended_listings: bool,
}

impl Call for GetMarketplaceParticipations {
    type Reply = Vec<Participation>;
    const OPERATION: &'static str = "getMarketplaceParticipations";
    /// 0.016 per second, burst 15 (Amazon's model file `sellers.json`).
    const LIMIT: Limit = Limit::bucket(62_500, 15);

    fn request(&self) -> Request {
        get(PATH)
    }

    fn read(&self, response: &Response) -> Result<Vec<Participation>, CallError> {
        let reply: Reply = read_json(response)?;
        Ok(reply.payload.into_iter().map(Participation::from).collect())
    }
}

impl From<Entry> for Participation {
    fn from(entry: Entry) -> Self {
        Participation {
            marketplace_id: entry.marketplace.id,
            name: entry.marketplace.name,
            country: entry.marketplace.country_code,
            currency_code: entry.marketplace.default_currency_code,
            domain: entry.marketplace.domain_name,
            store_name: entry.store_name.unwrap_or_default(),
            is_participating: entry.participation.is_participating,
            has_suspended_listings: entry.participation.has_suspended_listings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amazon's own example.
    const EXAMPLE: &str = r#"{"payload":[{"marketplace":{"id":"ATVPDKIKX0DER","name":"Amazon.com",
        "countryCode":"US","defaultCurrencyCode":"USD","defaultLanguageCode":"en_US",
        "domainName":"www.amazon.com"},"storeName":"BestSellerStore",
        "participation":{"isParticipating":true,"hasSuspendedListings":false}}]}"#;

    #[test]
    fn amazons_example_is_read() {
        let response =
            Response { status: 200, headers: Vec::new(), body: EXAMPLE.as_bytes().to_vec() };
        let read = GetMarketplaceParticipations.read(&response).unwrap();
        assert_eq!(read[0].marketplace_id, "ATVPDKIKX0DER");
        assert_eq!(read[0].store_name, "BestSellerStore");
        assert!(read[0].is_participating && !read[0].has_suspended_listings);
    }
}
