//! The publish gate: what is wrong with a rule book before it decides anything.

use facts::Chart;
use facts::chart::Account;

use crate::rulebook::compiled::Ask;
use crate::rulebook::table::{CompiledTable, Report};
use crate::rulebook::{Compiled, Role, RuleBook, RuleError};
use crate::settlement::plan::{UntaxedLines, Way};

/// What the posting table may say.
pub(crate) const ACTS: &[&str] = &["post", "record", "cancel"];

/// What the tax table may say.
pub(crate) const TREATMENTS: &[&str] = &["facilitator", "stated", "foreign", "class", "question"];

/// Of an account table's answer: the account that the item has in Xero.
pub(crate) const ITEM_ACCOUNT: &str = "item";

/// Of a tax table's answer: the class of the SKU.
pub(crate) const SKU_CLASS: &str = "sku";

pub(crate) fn check(book: &RuleBook, chart: &Chart) -> Vec<RuleError> {
    let compiled = match book.compile() {
        Ok(compiled) => compiled,
        Err(errors) => return errors,
    };
    let mut errors = Vec::new();
    for (ask, name) in [
        (Ask::Posting, "posting"),
        (Ask::Accounts, "accounts"),
        (Ask::Tax, "tax"),
        (Ask::Tracking, "tracking"),
        (Ask::Contacts, "contacts"),
    ] {
        let mut report = Report { table: name, errors: &mut errors };
        reachable(compiled.table(ask), &mut report);
        answers(&compiled, ask, chart, &mut report);
    }
    let mut report = Report { table: "settings", errors: &mut errors };
    class(&compiled, &book.settings.tax_class, ("", "tax_class"), &mut report);
    untaxed_lines(book, chart, &mut report);
    accounts(book, chart, &mut Report { table: "account roles", errors: &mut errors });
    tax_types(book, chart, &mut Report { table: "tax types", errors: &mut errors });
    lists(&compiled, &mut errors);
    errors
}

/// A row can never be reached when an earlier one asks the same or less.
fn reachable(table: &CompiledTable, report: &mut Report<'_>) {
    for (at, row) in table.rows.iter().enumerate() {
        let earlier = table.rows.iter().take(at).find(|earlier| {
            earlier.sources.iter().zip(&row.sources).all(|(e, r)| e.is_empty() || e == r)
        });
        if let Some(earlier) = earlier {
            report.add(&row.id, "", format!("row {} always comes before it", earlier.id));
        }
        if table.rows.iter().take(at).any(|earlier| earlier.id == row.id) {
            report.add(&row.id, "_id", "another row has the same id".to_owned());
        }
    }
}

/// Answers that are plain texts are looked up now rather than when an order needs them.
fn answers(compiled: &Compiled, ask: Ask, chart: &Chart, report: &mut Report<'_>) {
    let table = compiled.table(ask);
    match ask {
        Ask::Posting => one_of(table, "act", ACTS, report),
        Ask::Tax => {
            one_of(table, "treatment", TREATMENTS, report);
            for (row, text) in table.constants("class") {
                class(compiled, text, (row, "class"), report);
            }
        }
        Ask::Accounts => {
            for (row, text) in table.constants("account") {
                if text != ITEM_ACCOUNT && account_of(compiled, chart, text).is_none() {
                    let problem = format!("{text:?} is no role with an account and no code");
                    report.add(row, "account", problem);
                }
            }
        }
        Ask::Tracking => tracking(table, chart, report),
        Ask::Contacts => {}
    }
}

fn one_of(table: &CompiledTable, output: &str, words: &[&str], report: &mut Report<'_>) {
    for (row, text) in table.constants(output) {
        if !words.contains(&text) {
            report.add(row, output, format!("{text:?} is none of {}", words.join(", ")));
        }
    }
}

fn class(compiled: &Compiled, text: &str, (row, cell): (&str, &str), report: &mut Report<'_>) {
    if text != SKU_CLASS && compiled.tax_type(text).is_none() {
        report.add(row, cell, format!("the tax class {text:?} has no tax type"));
    }
}

/// The account that a text of the account table means: a role first, then a code.
pub(crate) fn account_of<'c>(
    compiled: &Compiled,
    chart: &'c Chart,
    text: &str,
) -> Option<&'c Account> {
    match text.parse::<Role>() {
        Ok(role) => chart.account_by_id(compiled.account(role)?),
        Err(_not_a_role) => chart.account_by_code(text),
    }
}

fn tracking(table: &CompiledTable, chart: &Chart, report: &mut Report<'_>) {
    for (category, option) in [("category", "option"), ("category_2", "option_2")] {
        let options = table.constants(option);
        for (row, name) in table.constants(category).into_iter().filter(|(_, n)| !n.is_empty()) {
            let found = chart.tracking.iter().find(|c| c.is_active && c.name == name);
            let Some(found) = found else {
                report.add(row, category, format!("no active tracking category {name:?}"));
                continue;
            };
            for (_, wanted) in options.iter().filter(|(of, _)| *of == row) {
                if !found.options.iter().any(|o| o.is_active && o.name == *wanted) {
                    report.add(row, option, format!("{name:?} has no active option {wanted:?}"));
                }
            }
        }
    }
}

fn accounts(book: &RuleBook, chart: &Chart, report: &mut Report<'_>) {
    for role in Role::FOR_ORDERS {
        if !book.accounts.contains_key(&role) {
            report.add(&role.to_string(), "", "no account has this role".to_owned());
        }
    }
    for (role, id) in &book.accounts {
        let row = role.to_string();
        match chart.account_by_id(id) {
            None => report.add(&row, "", "the account does not exist".to_owned()),
            Some(account) => {
                if let Some(problem) = unfit(*role, account) {
                    report.add(&row, "", format!("{}: {problem}", account.name));
                }
            }
        }
    }
}

/// Why an account cannot play a role. Payments need a bank account or one with payments enabled;
/// document lines take neither bank nor system accounts.
fn unfit(role: Role, account: &Account) -> Option<&'static str> {
    if !account.is_active {
        return Some("it is archived");
    }
    if account.system.is_some() {
        return Some("it is Xero's own system account");
    }
    match role {
        Role::Clearing(currency) => match account.currency {
            Some(other) if account.is_bank() && other != currency => {
                Some("the bank account has another currency")
            }
            Some(_) | None if account.is_bank() || account.payments_enabled => None,
            Some(_) | None => Some("payments are not enabled"),
        },
        Role::Bank(_) | Role::ChargeCard => {
            (!account.is_bank()).then_some("it is not a bank account or card")
        }
        Role::MarketplaceTax | Role::Deferred | Role::CarriedForward | Role::AccruedFees
            if !account.payments_enabled =>
        {
            Some("payments are not enabled")
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
        | Role::Suspense
        | Role::FxDifferences => account.is_bank().then_some("it is a bank account"),
    }
}

/// Settlements of a clearing account of the other type stop; here it is that no settlement could be
/// posted.
fn untaxed_lines(book: &RuleBook, chart: &Chart, report: &mut Report<'_>) {
    let wanted = book.settings.untaxed_lines;
    let clearing = book.accounts.iter().filter(|(role, _)| matches!(role, Role::Clearing(_)));
    let types: Vec<bool> = clearing
        .filter_map(|(_, id)| chart.account_by_id(id).map(Account::is_bank))
        .filter(|_| book.settings.way == Way::PerOrder)
        .collect();
    let fits = |is_bank: bool| match wanted {
        UntaxedLines::Document => true,
        UntaxedLines::BankTransaction => is_bank,
        UntaxedLines::ManualJournal => !is_bank,
    };
    if !types.is_empty() && !types.into_iter().any(fits) {
        let problem = format!("no clearing account takes {}", wanted.as_str());
        report.add("", "untaxed_lines", problem);
    }
}

fn tax_types(book: &RuleBook, chart: &Chart, report: &mut Report<'_>) {
    for (class, tax_type) in &book.tax_types {
        match chart.tax_rate(tax_type) {
            Some(rate) if rate.is_active => {}
            Some(_) => report.add(class, tax_type, "the tax rate is not active".to_owned()),
            None => report.add(class, tax_type, "the organisation has no such rate".to_owned()),
        }
    }
    if !book.tax_types.contains_key("none") {
        report.add("none", "", "lines that carry tax of others need this class".to_owned());
    }
}

fn lists(compiled: &Compiled, errors: &mut Vec<RuleError>) {
    let book = compiled.book();
    let mut report = Report { table: "skus", errors };
    for (at, sku) in book.skus.iter().enumerate() {
        if book.skus.iter().take(at).any(|earlier| earlier.sku == sku.sku) {
            report.add(&sku.sku, "", "the SKU is listed twice".to_owned());
        }
        if let Some(text) = &sku.tax_class {
            class(compiled, text, (&sku.sku, "tax_class"), &mut report);
        }
    }
    let mut report = Report { table: "rates", errors };
    for rate in &book.rates {
        if rate.rate.0.is_zero() || rate.rate.0.is_sign_negative() {
            let row = format!("{} {}", rate.currency, rate.from);
            report.add(&row, "rate", "a rate is more than zero".to_owned());
        }
    }
    let mut report = Report { table: "marketplaces", errors };
    for (at, place) in book.marketplaces.iter().enumerate() {
        let id = &place.marketplace_id;
        if book.marketplaces.iter().take(at).any(|earlier| earlier.marketplace_id == *id) {
            report.add(id, "", "the marketplace is listed twice".to_owned());
        }
    }
}
