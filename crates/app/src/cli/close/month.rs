//! The month's tax, fees and gross sales.

use std::collections::{BTreeMap, BTreeSet};

use base::MoneyError;
use mapping::settlement::Pack;
use mapping::settlement::close::{
    self, FEE_ROLES, FeeAccount, FeeRow, GrossRow, Return, Tax, TaxType,
};

use super::super::bridge::told::transactions;
use super::GrossTold;
use super::gather::Gathered;

pub(super) fn tax(gathered: &Gathered) -> Result<Tax, MoneyError> {
    let papers = gathered.papers();
    let used: BTreeSet<&str> =
        papers.iter().flat_map(|paper| paper.lines).map(|line| line.tax_type.as_str()).collect();
    let types: Vec<TaxType> = used.into_iter().map(|used| tax_type(gathered, used)).collect();
    let is_british = gathered.chart.organisation.version.starts_with("UK");
    let of = if is_british { Return::British } else { Return::Unknown };
    close::tax(&papers, &types, (of, gathered.currency))
}

/// With its class by the rule book, else by the tax pack.
fn tax_type(gathered: &Gathered, used: &str) -> TaxType {
    let rate = gathered.chart.tax_rate(used);
    let of_book = gathered.rules.book().tax_types.iter();
    let of_book = of_book.filter(|(_, known)| known.as_str() == used).map(|(class, _)| class);
    let organisation = &gathered.chart.organisation;
    let named = &gathered.rules.book().settings.tax_pack;
    let pack = if named.is_empty() {
        Pack::for_country(&organisation.country)
    } else {
        Pack::built_in(named)
    };
    let of_pack = pack.iter().flat_map(|pack| {
        let is_it = |class: &&String| pack.tax_type(class, &organisation.version) == Some(used);
        pack.classes.keys().filter(is_it)
    });
    TaxType {
        tax_type: used.to_owned(),
        name: rate.map_or_else(|| used.to_owned(), |rate| rate.name.clone()),
        percent: rate.map(|rate| rate.percent),
        class: of_book.chain(of_pack).next().cloned(),
    }
}

pub(super) fn fees(gathered: &Gathered) -> Result<Vec<FeeRow>, MoneyError> {
    let accounts = FEE_ROLES.into_iter().filter_map(|role| {
        let account_id = gathered.account(role)?.to_owned();
        let account = gathered.chart.account_by_id(&account_id);
        let name = account.map_or_else(|| role.to_string(), |account| account.name.clone());
        Some(FeeAccount { account_id, role, name })
    });
    let accounts: Vec<FeeAccount> = accounts.collect();
    let places: Vec<String> =
        gathered.rules.book().marketplaces.iter().map(|place| place.name.clone()).collect();
    let documents = (gathered.papers(), gathered.entries()?);
    close::fees((&documents.0, &documents.1), &accounts, (&places, gathered.currency))
}

pub(super) fn gross(gathered: &Gathered) -> Result<GrossTold, MoneyError> {
    let places = gathered.rules.book().marketplaces.iter();
    let names: BTreeMap<String, String> =
        places.map(|place| (place.marketplace_id.clone(), place.name.clone())).collect();
    let all = transactions(&gathered.facts);
    let rows: Vec<GrossRow> = close::gross(&all, gathered.date, &names)?;
    let since = all.iter().map(|one| one.posted).min().map(|posted| posted.day(&gathered.zone));
    Ok(GrossTold { rows, since })
}
