//! Which of the organisation's accounts plays which role, or what to create for it.

use std::collections::BTreeSet;

use base::Currency;
use facts::Chart;
use facts::chart::Account;
use serde::{Deserialize, Serialize};

use crate::Role;
use crate::suggest::contacts::likeness;

/// Of a thousand: an account whose name is less like the wanted one is another account.
const SAME_AT_LEAST: usize = 820;

/// An account for a role: one that the chart has, or one to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub role: Role,
    pub choice: Choice,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Existing { account_id: String, name: String },
    Create(NewAccount),
}

/// What to create in Xero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    pub name: String,
    /// Xero's type: `REVENUE`, `CURRENT`, `CURRLIAB`, `BANK`.
    pub kind: String,
    /// Free in the chart, at most ten characters.
    pub code: String,
    pub tax_type: String,
    pub payments_enabled: bool,
    /// Of a bank account.
    pub currency: Option<Currency>,
}

/// How an account for a role looks.
struct Wanted {
    name: String,
    /// Names under which others keep such an account.
    also: &'static [&'static str],
    kind: &'static str,
    /// Types that serve as well as the one that would be created.
    kinds: &'static [&'static str],
    code: u32,
    payments: bool,
    currency: Option<Currency>,
}

/// One suggestion per role that order rules need, with a clearing account per currency.
pub fn suggest_accounts(chart: &Chart, currencies: &[Currency]) -> Vec<Suggestion> {
    let clearing = currencies.iter().map(|currency| Role::Clearing(*currency));
    // The bank account and the charged card are the user's own: they are asked for, not made.
    let plain = Role::PLAIN.into_iter().filter(|role| *role != Role::ChargeCard);
    let mut codes: BTreeSet<String> =
        chart.accounts.iter().filter_map(|account| account.code.clone()).collect();
    let mut suggestions = Vec::new();
    for role in clearing.chain(plain) {
        let Some(wanted) = wanted(role, chart.organisation.base_currency) else { continue };
        let choice = match existing(chart, &wanted) {
            Some(account) => Choice::Existing {
                account_id: account.account_id.clone(),
                name: account.name.clone(),
            },
            None => Choice::Create(created(chart, &wanted, &mut codes)),
        };
        suggestions.push(Suggestion { role, choice });
    }
    suggestions
}

const INCOME: &[&str] = &["REVENUE", "SALES", "OTHERINCOME"];
const LIABILITY: &[&str] = &["CURRLIAB", "LIABILITY"];
const ASSET: &[&str] = &["CURRENT", "PREPAYMENT"];
const COST: &[&str] = &["EXPENSE", "OVERHEADS", "DIRECTCOSTS"];

/// Roles that take payments beside the clearing account of the home currency.
const PAID_INTO: [Role; 4] =
    [Role::MarketplaceTax, Role::Deferred, Role::CarriedForward, Role::AccruedFees];

/// Role, name, other names, type, types that serve as well, code.
type Row = (Role, &'static str, &'static [&'static str], &'static str, Kinds, u32);
type Kinds = &'static [&'static str];

const INCOMES: [Row; 6] = [
    (Role::Sales, "Amazon sales", &["Sales - Amazon", "Sales"], "REVENUE", INCOME, 201),
    (
        Role::ShippingIncome,
        "Amazon shipping income",
        &["Shipping income", "Postage income", "Delivery income"],
        "REVENUE",
        INCOME,
        202,
    ),
    (
        Role::GiftWrapIncome,
        "Amazon gift wrap income",
        &["Gift wrap income"],
        "REVENUE",
        INCOME,
        203,
    ),
    (
        Role::PromotionalRebates,
        "Amazon promotional rebates",
        &["Promotional rebates", "Sales discounts"],
        "REVENUE",
        INCOME,
        204,
    ),
    (Role::Refunds, "Amazon refunds", &["Sales returns"], "REVENUE", INCOME, 205),
    (
        Role::Reimbursements,
        "Amazon reimbursements",
        &["FBA reimbursements"],
        "OTHERINCOME",
        INCOME,
        206,
    ),
];

const COSTS: [Row; 6] = [
    (
        Role::SellerFees,
        "Amazon seller fees",
        &["Amazon fees", "Selling fees"],
        "EXPENSE",
        COST,
        411,
    ),
    (Role::FbaFees, "Amazon FBA fees", &["Fulfilment fees"], "EXPENSE", COST, 413),
    (Role::StorageFees, "Amazon storage fees", &["Storage fees"], "EXPENSE", COST, 414),
    (
        Role::AdvertisingFees,
        "Amazon advertising",
        &["Amazon advertising fees"],
        "EXPENSE",
        COST,
        415,
    ),
    (Role::Claims, "Amazon claims and chargebacks", &["Chargebacks"], "EXPENSE", COST, 417),
    (
        Role::FxDifferences,
        "Amazon FX differences",
        &["Exchange differences"],
        "EXPENSE",
        &["EXPENSE", "OVERHEADS", "OTHERINCOME"],
        496,
    ),
];

const BALANCES: [Row; 11] = [
    (Role::Reserved, "Amazon reserved balance", &["Amazon reserve"], "CURRENT", ASSET, 650),
    (Role::Deferred, "Amazon deferred balance", &["Amazon deferred"], "CURRENT", ASSET, 651),
    (
        Role::CarriedForward,
        "Amazon carried forward",
        &["Amazon split month rollovers"],
        "CURRENT",
        ASSET,
        652,
    ),
    (
        Role::WithheldTax,
        "Tax withheld by Amazon",
        &["TCS and TDS receivable"],
        "CURRENT",
        ASSET,
        653,
    ),
    (Role::Transit, "Amazon payouts in conversion", &["Amazon transit"], "CURRENT", ASSET, 654),
    (
        Role::MarketplaceTax,
        "Amazon marketplace tax",
        &["Marketplace tax"],
        "CURRLIAB",
        LIABILITY,
        845,
    ),
    (
        Role::ForeignVat,
        "Foreign VAT and sales tax owed",
        &["Foreign VAT", "OSS VAT"],
        "CURRLIAB",
        LIABILITY,
        846,
    ),
    (Role::AccruedFees, "Accrued Amazon fees", &["Accrued fees"], "CURRLIAB", LIABILITY, 847),
    (Role::Suspense, "Amazon suspense", &["Suspense"], "CURRLIAB", LIABILITY, 851),
    (Role::Loan, "Amazon loan", &["Amazon Lending"], "CURRLIAB", LIABILITY, 901),
    (Role::ChargeCard, "Card charged by Amazon", &[], "BANK", &["BANK"], 91),
];

fn wanted(role: Role, base: Currency) -> Option<Wanted> {
    if let Role::Clearing(currency) = role {
        return Some(clearing(currency, base));
    }
    let (_, name, also, kind, kinds, code) =
        INCOMES.iter().chain(&COSTS).chain(&BALANCES).find(|(known, ..)| *known == role)?;
    Some(Wanted {
        name: (*name).to_owned(),
        also,
        kind,
        kinds,
        code: *code,
        payments: PAID_INTO.contains(&role),
        currency: None,
    })
}

/// Foreign currency is kept in bank accounts alone.
fn clearing(currency: Currency, base: Currency) -> Wanted {
    let is_base = currency == base;
    Wanted {
        name: format!("Amazon clearing {currency}"),
        also: if is_base { &["Amazon clearing"] } else { &[] },
        kind: if is_base { "CURRENT" } else { "BANK" },
        kinds: if is_base { &["CURRENT", "CURRLIAB"] } else { &["BANK"] },
        code: if is_base { 640 } else { 641 },
        payments: is_base,
        currency: (!is_base).then_some(currency),
    }
}

/// The account most like the wanted one among those that could serve. Xero's own system accounts
/// never do.
fn existing<'c>(chart: &'c Chart, wanted: &Wanted) -> Option<&'c Account> {
    let could = chart.accounts.iter().filter(|account| {
        account.is_active
            && account.system.is_none()
            && wanted.kinds.contains(&account.kind.as_str())
            && (!wanted.payments || account.payments_enabled)
            && account.currency == wanted.currency
    });
    could
        .map(|account| (score(&account.name, wanted), account))
        .filter(|(score, _)| *score >= SAME_AT_LEAST)
        .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.name.cmp(&a.1.name)))
        .map(|(_, account)| account)
}

/// The wanted name counts in full, others' names a little less.
fn score(name: &str, wanted: &Wanted) -> usize {
    let others = wanted.also.iter().map(|also| likeness(name, also).saturating_sub(50));
    others.chain([likeness(name, &wanted.name)]).max().unwrap_or(0)
}

fn created(chart: &Chart, wanted: &Wanted, codes: &mut BTreeSet<String>) -> NewAccount {
    let mut code = wanted.code;
    while codes.contains(&code.to_string()) {
        code = code.saturating_add(1);
    }
    codes.insert(code.to_string());
    NewAccount {
        name: wanted.name.clone(),
        kind: wanted.kind.to_owned(),
        code: code.to_string(),
        tax_type: no_tax(chart),
        payments_enabled: wanted.payments,
        currency: wanted.currency,
    }
}

/// Every line names its tax type, so the account's default is the harmless one.
fn no_tax(chart: &Chart) -> String {
    let named = ["NONE", "BASEXCLUDED"];
    let known = named.into_iter().find(|tax_type| chart.tax_rate(tax_type).is_some());
    known.unwrap_or("NONE").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::samples::chart;

    fn choice(chart: &Chart, role: Role) -> Choice {
        let suggestions = suggest_accounts(chart, &[Currency::GBP, Currency::EUR]);
        suggestions.into_iter().find(|s| s.role == role).expect("a suggestion").choice
    }

    #[track_caller]
    fn found(chart: &Chart, role: Role, id: &str) {
        match choice(chart, role) {
            Choice::Existing { account_id, .. } => assert_eq!(account_id, id),
            Choice::Create(new) => panic!("{new:?} instead of {id}"),
        }
    }

    #[test]
    fn every_role_that_has_no_currency_has_a_row() {
        let missing = Role::PLAIN.into_iter().find(|role| wanted(*role, Currency::GBP).is_none());
        assert_eq!(missing, None);
    }

    #[test]
    fn accounts_that_are_there_are_found() {
        let chart = chart();
        found(&chart, Role::Sales, "acc-sales");
        found(&chart, Role::MarketplaceTax, "acc-mtax");
        found(&chart, Role::Clearing(Currency::GBP), "acc-gbp");
        found(&chart, Role::Clearing(Currency::EUR), "acc-eur");
    }

    #[test]
    fn names_of_others_and_slips_are_found() {
        let mut chart = chart();
        chart.accounts.retain(|account| account.name != "Sales");
        for account in &mut chart.accounts {
            match account.account_id.as_str() {
                "acc-sales" => "Sales - Amazn".clone_into(&mut account.name),
                "acc-susp" => "Suspense".clone_into(&mut account.name),
                _ => {}
            }
        }
        found(&chart, Role::Sales, "acc-sales");
        found(&chart, Role::Suspense, "acc-susp");
    }

    #[test]
    fn what_is_not_there_is_created_under_a_free_code() {
        let mut chart = chart();
        chart.accounts.retain(|account| !account.name.starts_with("Amazon"));
        chart.accounts[0].code = Some("640".to_owned());
        let Choice::Create(new) = choice(&chart, Role::Clearing(Currency::GBP)) else {
            panic!("it is not there")
        };
        assert_eq!((new.code.as_str(), new.kind.as_str()), ("641", "CURRENT"));
        assert!(new.payments_enabled);
        let Choice::Create(new) = choice(&chart, Role::Clearing(Currency::EUR)) else {
            panic!("it is not there")
        };
        assert_eq!((new.code.as_str(), new.kind.as_str()), ("642", "BANK"));
        assert_eq!(new.currency, Some(Currency::EUR));
    }

    #[test]
    fn an_account_that_takes_no_payments_is_no_clearing_account() {
        let mut chart = chart();
        for account in &mut chart.accounts {
            account.payments_enabled = false;
        }
        assert!(matches!(choice(&chart, Role::MarketplaceTax), Choice::Create(_)));
    }
}
