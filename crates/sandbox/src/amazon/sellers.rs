//! `getMarketplaceParticipations`, as Amazon's model `sellers` has it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Amazon;
use super::marketplaces::{MARKETPLACES, Region};
use super::reply;

#[derive(Serialize)]
struct Reply {
    payload: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    marketplace: Marketplace,
    store_name: &'static str,
    participation: Participation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Marketplace {
    id: &'static str,
    name: String,
    country_code: &'static str,
    default_currency_code: &'static str,
    default_language_code: &'static str,
    domain_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Participation {
    is_participating: bool,
    has_suspended_listings: bool,
}

/// Where the seller sells even before the first order.
const AT_HOME: [&str; 6] = ["GB", "DE", "US", "CA", "AU", "JP"];

impl Amazon {
    pub(crate) fn participations(&self, region: Region) -> String {
        let mut sold: BTreeSet<String> = BTreeSet::new();
        self.each_order(|_, shelved| {
            let first = shelved.versions.first().map(|version| version.state().marketplace_id);
            sold.extend(first);
        });
        let rows = MARKETPLACES.iter().filter(|place| place.region == region).map(|place| Row {
            marketplace: Marketplace {
                id: place.id,
                name: place.name(),
                country_code: place.country,
                default_currency_code: place.currency,
                default_language_code: place.language,
                domain_name: place.domain,
            },
            store_name: "Northwind Traders",
            participation: Participation {
                is_participating: AT_HOME.contains(&place.country) || sold.contains(place.id),
                has_suspended_listings: false,
            },
        });
        reply::text(&Reply { payload: rows.collect() })
    }
}
