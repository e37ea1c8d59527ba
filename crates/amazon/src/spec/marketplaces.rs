//! The 23 marketplaces. At run time the Sellers API says which of them an account sells in.
//! <https://developer-docs.amazon.com/sp-api/docs/marketplace-ids>

use base::call::escape;
use base::{Currency, CurrencyError};

use super::Region;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marketplace {
    pub id: &'static str,
    /// ISO 3166, two letters. Amazon's own table writes `UK` for `GB`.
    pub country: &'static str,
    pub region: Region,
    pub currency_code: &'static str,
    /// As people know it: `Amazon.co.uk`.
    pub name: &'static str,
    /// Where its sellers look at an order. Those of Ireland, South Africa and Saudi Arabia follow
    /// the pattern of the others; Amazon's pages could not confirm them.
    pub seller_central: &'static str,
}

impl Marketplace {
    pub fn currency(&self) -> Result<Currency, CurrencyError> {
        self.currency_code.parse()
    }

    /// The order's page in Seller Central.
    pub fn order_url(&self, order_id: &str) -> String {
        format!("https://{}/orders-v3/order/{}", self.seller_central, escape(order_id))
    }
}

/// A marketplace by its id.
pub fn marketplace(id: &str) -> Option<&'static Marketplace> {
    MARKETPLACES.iter().find(|marketplace| marketplace.id == id)
}

const fn of(
    region: Region,
    country: &'static str,
    id: &'static str,
    name: &'static str,
    shop: (&'static str, &'static str),
) -> Marketplace {
    let (currency_code, seller_central) = shop;
    Marketplace { id, country, region, currency_code, name, seller_central }
}

const NA: Region = Region::NorthAmerica;
const EU: Region = Region::Europe;
const FE: Region = Region::FarEast;

/// The five that share one Seller Central.
const SHARED: &str = "sellercentral-europe.amazon.com";

pub const MARKETPLACES: [Marketplace; 23] = [
    of(NA, "CA", "A2EUQ1WTGCTBG2", "Amazon.ca", ("CAD", "sellercentral.amazon.ca")),
    of(NA, "US", "ATVPDKIKX0DER", "Amazon.com", ("USD", "sellercentral.amazon.com")),
    of(NA, "MX", "A1AM78C64UM0Y8", "Amazon.com.mx", ("MXN", "sellercentral.amazon.com.mx")),
    of(NA, "BR", "A2Q3Y263D00KWC", "Amazon.com.br", ("BRL", "sellercentral.amazon.com.br")),
    of(EU, "IE", "A28R8C7NBKEWEA", "Amazon.ie", ("EUR", "sellercentral.amazon.ie")),
    of(EU, "ES", "A1RKKUPIHCS9HS", "Amazon.es", ("EUR", SHARED)),
    of(EU, "GB", "A1F83G8C2ARO7P", "Amazon.co.uk", ("GBP", SHARED)),
    of(EU, "FR", "A13V1IB3VIYZZH", "Amazon.fr", ("EUR", SHARED)),
    of(EU, "BE", "AMEN7PMS3EDWL", "Amazon.com.be", ("EUR", "sellercentral.amazon.com.be")),
    of(EU, "NL", "A1805IZSGTT6HS", "Amazon.nl", ("EUR", "sellercentral.amazon.nl")),
    of(EU, "DE", "A1PA6795UKMFR9", "Amazon.de", ("EUR", SHARED)),
    of(EU, "IT", "APJ6JRA9NG5V4", "Amazon.it", ("EUR", SHARED)),
    of(EU, "SE", "A2NODRKZP88ZB9", "Amazon.se", ("SEK", "sellercentral.amazon.se")),
    of(EU, "ZA", "AE08WJ6YKNBMC", "Amazon.co.za", ("ZAR", "sellercentral.amazon.co.za")),
    of(EU, "PL", "A1C3SOZRARQ6R3", "Amazon.pl", ("PLN", "sellercentral.amazon.pl")),
    of(EU, "EG", "ARBP9OOSHTCHU", "Amazon.eg", ("EGP", "sellercentral.amazon.eg")),
    of(EU, "TR", "A33AVAJ2PDY3EV", "Amazon.com.tr", ("TRY", "sellercentral.amazon.com.tr")),
    of(EU, "SA", "A17E79C6D8DWNP", "Amazon.sa", ("SAR", "sellercentral.amazon.sa")),
    of(EU, "AE", "A2VIGQ35RCS4UG", "Amazon.ae", ("AED", "sellercentral.amazon.ae")),
    of(EU, "IN", "A21TJRUUN4KGV", "Amazon.in", ("INR", "sellercentral.amazon.in")),
    of(FE, "SG", "A19VAU5U5O7RUS", "Amazon.sg", ("SGD", "sellercentral.amazon.sg")),
    of(FE, "AU", "A39IBJ37TRP1C6", "Amazon.com.au", ("AUD", "sellercentral.amazon.com.au")),
    of(FE, "JP", "A1VC38T7YXB528", "Amazon.co.jp", ("JPY", "sellercentral.amazon.co.jp")),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_names_are_unique_and_currencies_are_real() {
        let ids: BTreeSet<&str> = MARKETPLACES.iter().map(|m| m.id).collect();
        let names: BTreeSet<&str> = MARKETPLACES.iter().map(|m| m.name).collect();
        assert_eq!((ids.len(), names.len()), (23, 23));
        assert!(MARKETPLACES.iter().all(|m| m.currency().is_ok()));
    }

    #[test]
    fn the_regions_have_4_16_and_3_marketplaces() {
        let count = |region| MARKETPLACES.iter().filter(|m| m.region == region).count();
        assert_eq!(Region::ALL.map(count), [4, 16, 3]);
    }

    #[test]
    fn an_orders_page_is_in_its_own_seller_central() {
        let uk = marketplace("A1F83G8C2ARO7P").unwrap();
        assert_eq!(
            uk.order_url("202-1234567-8901234"),
            "https://sellercentral-europe.amazon.com/orders-v3/order/202-1234567-8901234"
        );
        assert!(marketplace("AZMDEXL2RVFNN").is_none());
    }
}
