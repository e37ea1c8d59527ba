//! The rule book of a connected book: the first one, or the one in force with what is new.

use std::collections::BTreeMap;

use facts::Chart;
use mapping::suggest::{Choice, suggest_accounts};
use mapping::{Role, RuleBook};

use super::{SetupError, Wish};

/// The rules that are in force, with what was wished for now: how to post, and accounts for
/// currencies that came since.
pub(super) fn wished_rules(wish: &Wish, chart: &Chart, body: &str) -> Result<String, SetupError> {
    let failed = |error: mapping::RuleBookError| SetupError::Rules(error.to_string());
    let mut rules = RuleBook::from_json(body).map_err(failed)?;
    rules.settings.posting = wish.posting;
    let currencies = wish.all_currencies(chart.organisation.base_currency);
    for suggestion in suggest_accounts(chart, &currencies) {
        if let Choice::Existing { account_id, .. } = suggestion.choice {
            rules.accounts.entry(suggestion.role).or_insert(account_id);
        }
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
    let failed = |error: mapping::RuleBookError| SetupError::Rules(error.to_string());
    let mut rules = RuleBook::first(chart, accounts).map_err(failed)?;
    rules.settings.posting = wish.posting;
    rules.rates.clone_from(&wish.rates);
    rules.skus.clone_from(&wish.skus);
    let problems = rules.check(chart);
    if !problems.is_empty() {
        let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(SetupError::Rules(words.join("; ")));
    }
    rules.to_json().map_err(failed)
}
