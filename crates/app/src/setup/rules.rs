//! The rule book of a connected book: the first one, or the one in force with what is new.

use std::collections::BTreeMap;

use base::Currency;
use facts::Chart;
use facts::chart::Account;
use mapping::suggest::{Choice, suggest_accounts};
use mapping::{Role, RuleBook};

use super::{SetupError, Wish};

/// The rules that are in force, with what was wished for now: how to post, and accounts for
/// currencies that came since.
pub(super) fn wished_rules(wish: &Wish, chart: &Chart, body: &str) -> Result<String, SetupError> {
    let failed = |error: mapping::RuleBookError| SetupError::Rules(error.to_string());
    let mut rules = RuleBook::from_json(body).map_err(failed)?;
    rules.settings.posting = wish.posting;
    rules.settings.way = wish.way;
    let currencies = wish.all_currencies(chart.organisation.base_currency);
    for suggestion in suggest_accounts(chart, &currencies) {
        if let Choice::Existing { account_id, .. } = suggestion.choice {
            rules.accounts.entry(suggestion.role).or_insert(account_id);
        }
    }
    for (role, account_id) in own_accounts(chart, &currencies) {
        rules.accounts.entry(role).or_insert(account_id);
    }
    rules.to_json().map_err(failed)
}

pub(super) fn first_rules(wish: &Wish, chart: &Chart) -> Result<String, SetupError> {
    let mut accounts: BTreeMap<Role, String> = BTreeMap::new();
    let currencies = wish.all_currencies(chart.organisation.base_currency);
    for suggestion in suggest_accounts(chart, &currencies) {
        match suggestion.choice {
            Choice::Existing { account_id, .. } => {
                accounts.insert(suggestion.role, account_id);
            }
            Choice::Create(new) => return Err(SetupError::Accounts(new.name)),
        }
    }
    accounts.extend(own_accounts(chart, &currencies));
    let failed = |error: mapping::RuleBookError| SetupError::Rules(error.to_string());
    let mut rules = RuleBook::first(chart, accounts).map_err(failed)?;
    rules.settings.posting = wish.posting;
    rules.settings.way = wish.way;
    rules.tax_types.extend(wish.tax_types.clone());
    rules.rates.clone_from(&wish.rates);
    rules.skus.clone_from(&wish.skus);
    let problems = rules.check(chart);
    if !problems.is_empty() {
        let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(SetupError::Rules(words.join("; ")));
    }
    rules.to_json().map_err(failed)
}

/// The seller's own bank accounts, one per currency, and the card that Amazon charges: those that
/// were there first and are not Daybook's. The owner may name others in the rules.
fn own_accounts(chart: &Chart, currencies: &[Currency]) -> Vec<(Role, String)> {
    let base = chart.organisation.base_currency;
    let is_card = |account: &Account| account.name.to_lowercase().contains("card");
    let banks: Vec<&Account> = chart
        .accounts
        .iter()
        .filter(|account| account.is_bank() && account.is_active)
        .filter(|account| !account.name.starts_with("Amazon clearing"))
        .collect();
    let mut own = Vec::new();
    for currency in currencies {
        let fits = |account: &&&Account| {
            account.currency.unwrap_or(base) == *currency && !is_card(account)
        };
        if let Some(account) = banks.iter().find(fits) {
            own.push((Role::Bank(*currency), account.account_id.clone()));
        }
    }
    let card = banks.iter().find(|account| is_card(account));
    own.extend(card.map(|account| (Role::ChargeCard, account.account_id.clone())));
    own
}
