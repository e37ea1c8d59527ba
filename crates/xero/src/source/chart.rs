//! Xero's settings → [`facts::Chart`]. Pure.

use base::{Currency, Day, Decimal};
use facts::chart::{
    Account, Category, CategoryOption, Chart, LedgerContact, LedgerItem, Organisation, TaxRate,
};

use super::zones;
use crate::api::{accounts, contacts, currencies, dates, items, organisation, tax_rates, tracking};

/// What the calls brought.
pub(super) struct Read {
    pub(super) organisation: organisation::Organisation,
    pub(super) accounts: Vec<accounts::Account>,
    pub(super) tax_rates: Vec<tax_rates::TaxRate>,
    pub(super) tracking: Vec<tracking::Category>,
    pub(super) currencies: Vec<currencies::Currency>,
    pub(super) items: Vec<items::Item>,
    pub(super) contacts: Vec<contacts::Contact>,
}

/// What in the settings cannot be understood. Nothing is guessed: everything would be decided on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChartError {
    #[error("{0:?} is no time zone that we know")]
    Zone(String),
    #[error("{0:?} is no currency")]
    Currency(String),
    #[error("{0:?} is no lock date")]
    LockDate(String),
    #[error("tax rate {0:?} states no rate")]
    NoRate(String),
    #[error("{0} without an id")]
    NoId(&'static str),
}

pub(super) fn chart(read: &Read) -> Result<Chart, ChartError> {
    let organisation = organisation(&read.organisation)?;
    let mut currencies = vec![organisation.base_currency];
    for wire in &read.currencies {
        let currency = currency(&wire.code)?;
        if !currencies.contains(&currency) {
            currencies.push(currency);
        }
    }
    Ok(Chart {
        organisation,
        accounts: read.accounts.iter().map(account).collect::<Result<_, _>>()?,
        tax_rates: read.tax_rates.iter().map(tax_rate).collect::<Result<_, _>>()?,
        tracking: read.tracking.iter().map(category).collect(),
        currencies,
        items: read.items.iter().map(item).collect::<Result<_, _>>()?,
        contacts: read.contacts.iter().map(contact).collect::<Result<_, _>>()?,
    })
}

fn organisation(wire: &organisation::Organisation) -> Result<Organisation, ChartError> {
    let time_zone = zones::iana(&wire.timezone);
    let time_zone = time_zone.ok_or_else(|| ChartError::Zone(wire.timezone.clone()))?;
    Ok(Organisation {
        organisation_id: wire.organisation_id.clone(),
        name: wire.name.clone(),
        base_currency: currency(&wire.base_currency)?,
        country: wire.country_code.clone().unwrap_or_default(),
        version: wire.version.clone().unwrap_or_default(),
        class: wire.class.clone().unwrap_or_default(),
        time_zone: time_zone.to_owned(),
        sales_tax_basis: wire.sales_tax_basis.clone().unwrap_or_default(),
        pays_tax: wire.pays_tax,
        is_demo: wire.is_demo_company,
        period_lock: lock_date(wire.period_lock_date.as_deref())?,
        year_end_lock: lock_date(wire.end_of_year_lock_date.as_deref())?,
        short_code: wire.short_code.clone(),
    })
}

fn lock_date(text: Option<&str>) -> Result<Option<Day>, ChartError> {
    let Some(text) = text else { return Ok(None) };
    dates::day(text).map(Some).ok_or_else(|| ChartError::LockDate(text.to_owned()))
}

fn currency(code: &str) -> Result<Currency, ChartError> {
    code.parse().map_err(|_reason| ChartError::Currency(code.to_owned()))
}

fn is_active(status: Option<&str>) -> bool {
    status == Some("ACTIVE")
}

fn account(wire: &accounts::Account) -> Result<Account, ChartError> {
    Ok(Account {
        account_id: wire.account_id.clone(),
        code: wire.code.clone(),
        name: wire.name.clone(),
        kind: wire.kind.clone(),
        class: wire.class.clone().unwrap_or_default(),
        is_active: is_active(wire.status.as_deref()),
        payments_enabled: wire.enable_payments_to_account,
        currency: wire.currency_code.as_deref().map(currency).transpose()?,
        system: wire.system_account.clone(),
        tax_type: wire.tax_type.clone(),
    })
}

fn tax_rate(wire: &tax_rates::TaxRate) -> Result<TaxRate, ChartError> {
    let rate = wire.effective_rate.or(wire.display_tax_rate);
    let percent: Decimal = rate.ok_or_else(|| ChartError::NoRate(wire.tax_type.clone()))?.0;
    let classes = [
        ("ASSET", wire.can_apply_to_assets),
        ("EQUITY", wire.can_apply_to_equity),
        ("EXPENSE", wire.can_apply_to_expenses),
        ("LIABILITY", wire.can_apply_to_liabilities),
        ("REVENUE", wire.can_apply_to_revenue),
    ];
    let classes = classes.iter().filter(|(_, applies)| *applies);
    Ok(TaxRate {
        tax_type: wire.tax_type.clone(),
        name: wire.name.clone(),
        percent,
        is_active: is_active(wire.status.as_deref()),
        classes: classes.map(|(class, _)| (*class).to_owned()).collect(),
    })
}

fn category(wire: &tracking::Category) -> Category {
    let options = wire.options.iter().map(|option| CategoryOption {
        option_id: option.option_id.clone(),
        name: option.name.clone(),
        is_active: is_active(option.status.as_deref()),
    });
    Category {
        category_id: wire.category_id.clone(),
        name: wire.name.clone(),
        is_active: is_active(wire.status.as_deref()),
        options: options.collect(),
    }
}

fn item(wire: &items::Item) -> Result<LedgerItem, ChartError> {
    let code = wire.code.clone().ok_or(ChartError::NoId("an item"))?;
    let sales = wire.sales_details.as_ref();
    Ok(LedgerItem {
        item_id: wire.item_id.clone().ok_or(ChartError::NoId("an item"))?,
        name: wire.name.clone().unwrap_or_else(|| code.clone()),
        code,
        is_tracked: wire.is_tracked_as_inventory,
        sales_account: sales.and_then(|sales| sales.account_code.clone()),
        sales_tax_type: sales.and_then(|sales| sales.tax_type.clone()),
    })
}

fn contact(wire: &contacts::Contact) -> Result<LedgerContact, ChartError> {
    Ok(LedgerContact {
        contact_id: wire.contact_id.clone().ok_or(ChartError::NoId("a contact"))?,
        name: wire.name.clone().unwrap_or_default(),
        number: wire.contact_number.clone(),
        email: wire.email_address.clone(),
        is_active: wire.is_active(),
        merged_into: wire.merged_to.clone(),
    })
}
