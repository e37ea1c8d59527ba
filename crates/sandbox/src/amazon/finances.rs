//! Where the seller's money is, as Amazon's models `finances_2024-06-19` and `financesV0` tell it.

mod balances;
mod breakdowns;
mod entries;
mod groups;
mod listing;
mod summary;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
pub(crate) mod wire;

use std::collections::BTreeMap;

pub(crate) use self::balances::partner;
use super::marketplaces::Region;
use super::reply::Refusal;
use super::search::places;

/// The one account type of this seller, as the Finances API spells it.
pub(crate) const ACCOUNT_TYPE: &str = "Standard Orders";

/// Whether a request's filters of marketplace and account leave this account in.
pub(crate) fn is_wanted(
    fields: &BTreeMap<&str, &str>,
    region: Region,
    here: &str,
    account_type: &str,
) -> Result<bool, Refusal> {
    let asked = fields.get("marketplaceIds").or_else(|| fields.get("marketplaceId"));
    let wanted = places(asked.copied(), region)?;
    let place = wanted.is_none_or(|places| places.iter().any(|place| place.id == here));
    let account = fields.get("accountType").is_none_or(|asked| *asked == account_type);
    Ok(place && account)
}

/// Replies that fit one page never gave a token.
pub(crate) fn no_token(fields: &BTreeMap<&str, &str>) -> Result<(), Refusal> {
    match fields.get("nextToken") {
        Some(_) => Err(Refusal::input("nextToken is not valid for these parameters.")),
        None => Ok(()),
    }
}
