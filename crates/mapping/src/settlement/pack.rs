//! A tax pack: which account and which tax an amount of a settlement gets, as data.
//!
//! Keyed by the organisation's country, dated, first match wins. A pack names roles and tax
//! classes; the book says which account plays a role and which tax type a class has. What an
//! accountant must confirm says so in its reason.

mod check;
mod kinds;
mod places;
mod rule;
mod target;

use std::collections::BTreeMap;

use base::{Currency, Day, Decimal, Rate};
use serde::{Deserialize, Serialize};

use crate::Role;
use crate::settlement::words::LineKind;

pub use kinds::KINDS;
pub(crate) use kinds::{caption, is_balance, is_sale};
pub use places::country_of;
pub(crate) use rule::{Asked, Where};
pub use rule::{OnRefunds, TaxRule, Treatment};
pub use target::Target;

/// The shape of the JSON that this build reads and writes.
pub const FORMAT: u32 = 1;

/// What every pack has unless it says otherwise: accounts by kind, and codes for a file without an
/// organisation.
const COMMON: &str = include_str!("packs/common.json");

const BUILT_IN: [(&str, &str); 7] = [
    ("uk", include_str!("packs/uk.json")),
    ("eu", include_str!("packs/eu.json")),
    ("us", include_str!("packs/us.json")),
    ("ca", include_str!("packs/ca.json")),
    ("au", include_str!("packs/au.json")),
    ("nz", include_str!("packs/nz.json")),
    ("in", include_str!("packs/in.json")),
];

/// Everything that decides accounts and tax of a settlement's amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    pub format: u32,
    /// `uk`.
    pub id: String,
    pub name: String,
    /// ISO codes of the countries that an organisation of this pack is established in; the first
    /// one is home.
    pub countries: Vec<String>,
    pub currency: Currency,
    /// The time zone of documents where no organisation says its own.
    pub zone: String,
    /// Countries in which the organisation is registered for tax, home included.
    pub registrations: Vec<String>,
    #[serde(default)]
    pub refunds: Refunds,
    /// The kinds that a pack leaves out go where the built-in packs put them.
    #[serde(default)]
    pub accounts: BTreeMap<LineKind, Target>,
    /// In order; the first rule that fits decides.
    pub tax: Vec<TaxRule>,
    pub classes: BTreeMap<String, Class>,
    /// Standard rates in percent of other countries, for prices in which Amazon states no tax.
    #[serde(default)]
    pub abroad: BTreeMap<String, Decimal>,
    /// Accounts for a file without an organisation.
    #[serde(default)]
    pub codes: BTreeMap<Target, Code>,
}

/// Where money given back to buyers goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refunds {
    /// To the accounts of the sale, as the credit notes of orders do: both ways of booking then
    /// give the same balances.
    #[default]
    AsSold,
    /// To the role `refunds`.
    OwnAccount,
}

/// A tax class of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// In percent; none where it differs from case to case, as it does by Canada's provinces.
    pub rate: Option<Decimal>,
    /// Xero's default tax type by edition (`UK`, `AU`); an edition without one is asked about.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// As Xero's import template wants it: `20% (VAT on Income)`.
    pub name: String,
}

/// An account for a file without an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Xero takes ten characters.
    pub code: String,
    pub name: String,
}

/// A pack that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("the tax pack is not JSON of the right shape")]
    Unreadable(#[source] serde_json::Error),
    #[error("the tax pack has format {found}, and this build reads {FORMAT}")]
    Format { found: u32 },
    #[error("the tax pack cannot be written")]
    Unwritable(#[source] serde_json::Error),
}

#[derive(Deserialize)]
struct Common {
    accounts: BTreeMap<LineKind, Target>,
    codes: BTreeMap<Target, Code>,
}

impl Pack {
    pub const NAMES: [&str; 7] = ["uk", "eu", "us", "ca", "au", "nz", "in"];

    /// A pack of this build, by its name.
    pub fn built_in(name: &str) -> Option<Pack> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Pack::from_json(text).ok()
    }

    /// The built-in pack for an organisation of this country. Other countries of the European Union
    /// get the German model with their own standard rate.
    pub fn for_country(country: &str) -> Option<Pack> {
        let packs = BUILT_IN.iter().filter_map(|(name, _)| Pack::built_in(name));
        let own = packs.into_iter().find(|pack| pack.countries.iter().any(|one| one == country));
        own.or_else(|| Pack::built_in("eu")?.moved_to(country))
    }

    /// The same rules for a country whose standard rate the pack knows.
    fn moved_to(mut self, country: &str) -> Option<Pack> {
        if !places::EUROPEAN_UNION.contains(&country) {
            return None;
        }
        let own = self.abroad.remove(country)?;
        let (before, rate) = (self.home().to_owned(), self.classes.get("standard")?.rate?);
        self.abroad.insert(before, rate);
        for class in ["standard", "input_standard"] {
            let class = self.classes.get_mut(class)?;
            class.rate = Some(own);
            class.name = format!("VAT {}% ({country})", own.normalize());
        }
        self.name = format!("{} ({country})", self.name);
        self.countries = vec![country.to_owned()];
        self.registrations = vec![country.to_owned()];
        self.currency = places::currency_of(country)?;
        Some(self)
    }

    pub fn from_json(text: &str) -> Result<Pack, PackError> {
        let mut pack: Pack = serde_json::from_str(text).map_err(PackError::Unreadable)?;
        if pack.format != FORMAT {
            return Err(PackError::Format { found: pack.format });
        }
        let common: Common = serde_json::from_str(COMMON).map_err(PackError::Unreadable)?;
        for (kind, target) in common.accounts {
            pack.accounts.entry(kind).or_insert(target);
        }
        for (target, code) in common.codes {
            pack.codes.entry(target).or_insert(code);
        }
        Ok(pack)
    }

    pub fn to_json(&self) -> Result<String, PackError> {
        serde_json::to_string_pretty(self).map_err(PackError::Unwritable)
    }

    /// What a document names to say by which pack it was decided.
    pub fn hash(&self) -> Result<String, PackError> {
        Ok(base::id::content_hash(self.to_json()?.as_bytes()))
    }

    /// What is wrong with the pack before it decides anything, in words; nothing if it may decide.
    pub fn check(&self) -> Vec<String> {
        check::check(self)
    }

    /// The days on which a tax rule begins or ends, in order: periods are cut there.
    pub fn cuts(&self) -> Vec<Day> {
        let mut days: Vec<Day> =
            self.tax.iter().flat_map(|rule| [rule.from, rule.until]).flatten().collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The country of the organisation.
    pub fn home(&self) -> &str {
        self.countries.first().map_or("", String::as_str)
    }

    /// The role whose account an amount goes to.
    pub fn role(&self, kind: LineKind, is_refund: bool, currency: Currency) -> Option<Role> {
        if is_refund && is_sale(kind) && self.refunds == Refunds::OwnAccount {
            return Some(Role::Refunds);
        }
        self.accounts.get(&kind).map(|target| target.role(currency))
    }

    /// The account of a role where there is no organisation to ask.
    pub fn code(&self, role: Role) -> Option<Code> {
        let code = self.codes.get(&Target::of(role))?;
        Some(match role {
            // One clearing and one bank account for each currency.
            Role::Clearing(currency) | Role::Bank(currency) => {
                Code { code: code.code.clone(), name: format!("{} {currency}", code.name) }
            }
            Role::MarketplaceTax
            | Role::ForeignVat
            | Role::Sales
            | Role::ShippingIncome
            | Role::GiftWrapIncome
            | Role::PromotionalRebates
            | Role::Refunds
            | Role::SellerFees
            | Role::FbaFees
            | Role::StorageFees
            | Role::AdvertisingFees
            | Role::Reimbursements
            | Role::Claims
            | Role::Loan
            | Role::Reserved
            | Role::Deferred
            | Role::CarriedForward
            | Role::AccruedFees
            | Role::Transit
            | Role::WithheldTax
            | Role::ChargeCard
            | Role::Suspense
            | Role::FxDifferences => code.clone(),
        })
    }

    /// Xero's default tax type of a class in an edition of Xero; none where the organisation's own
    /// rates must be asked for.
    pub fn tax_type(&self, class: &str, edition: &str) -> Option<&str> {
        let edition = edition.strip_suffix("ONRAMP").unwrap_or(edition);
        self.classes.get(class)?.types.get(edition).map(String::as_str)
    }

    /// The rate of a class; none where it is zero or differs from case to case.
    pub fn rate(&self, class: &str) -> Option<Rate> {
        let percent = self.classes.get(class)?.rate?;
        Rate::percent(percent).filter(|rate| !rate.0.is_zero())
    }

    pub(crate) fn rule(&self, asked: &Asked<'_>) -> Option<&TaxRule> {
        self.tax.iter().find(|rule| rule.fits(asked, self))
    }
}

#[cfg(test)]
mod tests;
