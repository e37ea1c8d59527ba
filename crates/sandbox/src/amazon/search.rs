//! The parameters of `searchOrders`, read by the rules of Amazon's model.

use std::collections::BTreeMap;

use base::Timestamp;

use super::datasets::Datasets;
use super::marketplaces::{Marketplace, Region, marketplace};
use super::page::{Cursor, PageKey};
use super::reply::Refusal;

/// The newest two minutes cannot be asked for.
pub(crate) const SETTLING_MS: i64 = 2 * Timestamp::MINUTE;

const STATUSES: [&str; 7] = [
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
];

/// Which time of an order the window is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Created,
    LastUpdated,
}

#[derive(Debug)]
pub(crate) struct Search {
    pub family: Family,
    pub after: Timestamp,
    pub before: Timestamp,
    pub statuses: Option<Vec<String>>,
    pub marketplaces: Option<Vec<&'static Marketplace>>,
    pub fulfilled_by: Option<Vec<String>>,
    pub limit: usize,
    pub datasets: Datasets,
    /// The last order of the page before.
    pub from: Option<PageKey>,
    /// Everything that must stay the same from page to page.
    pub same: String,
}

impl Search {
    pub(crate) fn read(
        pairs: &[(String, String)],
        region: Region,
        now: Timestamp,
        cursor: &Cursor<'_>,
    ) -> Result<Search, Refusal> {
        let fields = fields(pairs)?;
        let get = |name: &str| fields.get(name).copied();
        let (family, after) = start(&fields)?;
        let token = get("paginationToken");
        let same = same_on_every_page(&fields);
        let page = token.map(|token| cursor.open(token, &same, now)).transpose()?;
        let before = match end(&fields, family, after, now)? {
            Some(before) => before,
            None => page.as_ref().map_or(now.after_ms(-SETTLING_MS), |page| page.before),
        };
        if before < after {
            return Err(Refusal::input(
                "The start of the window must be before its end, which is at most two minutes before now.",
            ));
        }
        Ok(Search {
            family,
            after,
            before,
            statuses: list(get("fulfillmentStatuses"), "fulfillmentStatuses", &STATUSES)?,
            marketplaces: places(get("marketplaceIds"), region)?,
            fulfilled_by: list(get("fulfilledBy"), "fulfilledBy", &["MERCHANT", "AMAZON"])?,
            limit: limit(get("maxResultsPerPage"))?,
            datasets: datasets(get("includedData"))?,
            from: page.map(|page| page.key),
            same,
        })
    }
}

/// The known parameters by name. Lists are written with commas; a name that comes twice or has
/// no value is an error.
pub(crate) fn fields(pairs: &[(String, String)]) -> Result<BTreeMap<&str, &str>, Refusal> {
    let mut fields = BTreeMap::new();
    for (name, value) in pairs {
        if value.is_empty() {
            return Err(Refusal::input(format!("{name} has no value.")));
        }
        if fields.insert(name.as_str(), value.as_str()).is_some() {
            return Err(Refusal::input(format!("{name} is given more than once.")));
        }
    }
    Ok(fields)
}

fn same_on_every_page(fields: &BTreeMap<&str, &str>) -> String {
    let may_change = ["paginationToken", "maxResultsPerPage", "includedData"];
    let kept: Vec<String> = fields
        .iter()
        .filter(|(name, _)| !may_change.contains(*name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    kept.join("&")
}

fn start(fields: &BTreeMap<&str, &str>) -> Result<(Family, Timestamp), Refusal> {
    let has = |name: &str| fields.contains_key(name);
    let created = has("createdAfter") || has("createdBefore");
    let updated = has("lastUpdatedAfter") || has("lastUpdatedBefore");
    if created && updated {
        return Err(Refusal::input("Parameters of creation and of last update must not be mixed."));
    }
    match (fields.get("createdAfter"), fields.get("lastUpdatedAfter")) {
        (Some(text), None) => Ok((Family::Created, moment("createdAfter", text)?)),
        (None, Some(text)) => Ok((Family::LastUpdated, moment("lastUpdatedAfter", text)?)),
        _ => Err(Refusal::input("Exactly one of createdAfter and lastUpdatedAfter must be given.")),
    }
}

fn end(
    fields: &BTreeMap<&str, &str>,
    family: Family,
    after: Timestamp,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let name = match family {
        Family::Created => "createdBefore",
        Family::LastUpdated => "lastUpdatedBefore",
    };
    let Some(text) = fields.get(name) else { return Ok(None) };
    let before = moment(name, text)?;
    if before < after {
        return Err(Refusal::input(format!("{name} must not be before the start of the window.")));
    }
    if now.since(before) < SETTLING_MS {
        return Err(Refusal::input(format!("{name} must be at least two minutes before now.")));
    }
    Ok(Some(before))
}

pub(crate) fn moment(name: &str, text: &str) -> Result<Timestamp, Refusal> {
    Timestamp::parse(text)
        .map_err(|_reason| Refusal::input(format!("{name} is not a date-time in ISO 8601 format.")))
}

pub(crate) fn list(
    text: Option<&str>,
    name: &str,
    known: &[&str],
) -> Result<Option<Vec<String>>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let words: Vec<String> = text.split(',').map(str::to_owned).collect();
    match words.iter().find(|word| !known.contains(&word.as_str())) {
        Some(word) => Err(Refusal::input(format!("{word} is not a value of {name}."))),
        None => Ok(Some(words)),
    }
}

pub(crate) fn places(
    text: Option<&str>,
    region: Region,
) -> Result<Option<Vec<&'static Marketplace>>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let mut places = Vec::new();
    for id in text.split(',') {
        let Some(place) = marketplace(id) else {
            return Err(Refusal::input(format!("{id} is not a marketplace.")));
        };
        if place.region != region {
            return Err(Refusal::access(&format!(
                "Marketplace {id} is not served by this endpoint."
            )));
        }
        places.push(place);
    }
    if places.len() > 50 {
        return Err(Refusal::input("At most 50 marketplaceIds can be given."));
    }
    Ok(Some(places))
}

fn limit(text: Option<&str>) -> Result<usize, Refusal> {
    match text.map_or(Ok(100), str::parse::<usize>) {
        Ok(limit) if (1..=100).contains(&limit) => Ok(limit),
        Ok(_) | Err(_) => Err(Refusal::input("maxResultsPerPage must be between 1 and 100.")),
    }
}

/// Reads `includedData` for both operations.
pub(crate) fn datasets(text: Option<&str>) -> Result<Datasets, Refusal> {
    let Some(text) = text else { return Ok(Datasets::default()) };
    Datasets::parse(text)
        .map_err(|word| Refusal::input(format!("{word} is not a value of includedData.")))
}
