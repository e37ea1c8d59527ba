//! Default charts of accounts: code, name, type, tax type, system account.

mod uk;
mod us;
mod worldwide;

use base::{Currency, Timestamp};

use super::accounts::{Account, Bank};
use super::edition::{Country, Edition};
use crate::random::Random;

/// The tax type may be `SALE`, `COST` or `NONE`: then it is the country's own.
pub(crate) type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

pub(crate) const UK: &[&[Row]] = uk::ALL;
pub(crate) const US: &[&[Row]] = us::ALL;
/// Australia, New Zealand and the global edition.
pub(crate) const WORLDWIDE: &[&[Row]] = worldwide::ALL;

/// Code, name and kind of the bank accounts that every organisation has.
const BANKS: &[(&str, &str, &str)] = &[
    ("090", "Business Bank Account", "BANK"),
    ("091", "Business Savings Account", "BANK"),
    ("095", "Business Credit Card", "CREDITCARD"),
];

/// A card's number: the last four digits are all that Xero shows.
const CARD_NUMBER: &str = "4321";

/// The country's chart, with the user's bank accounts and card.
pub(crate) fn default_chart(ids: &mut Random, edition: Edition, now: Timestamp) -> Vec<Account> {
    let country = edition.country();
    let rows = country.chart.iter().copied().flatten();
    let mut chart: Vec<Account> = rows.map(|row| account(ids, country, *row, now)).collect();
    chart.extend(
        BANKS.iter().map(|bank| bank_account(ids, country, *bank, (edition.currency(), now))),
    );
    chart
}

/// A bank account or a card of that code, name and kind.
pub(crate) fn bank_account(
    ids: &mut Random,
    country: &Country,
    (code, name, kind): (&'static str, &'static str, &str),
    (currency, now): (Currency, Timestamp),
) -> Account {
    let mut bank = account(ids, country, (code, name, "BANK", "NONE", ""), now);
    let number = match kind {
        "CREDITCARD" => CARD_NUMBER.to_owned(),
        // Each account has a number of its own.
        _ => format!("{}{code}", country.bank_number),
    };
    bank.bank = Some(Bank { number, kind: kind.to_owned(), currency });
    bank
}

fn account(ids: &mut Random, country: &Country, row: Row, now: Timestamp) -> Account {
    let (code, name, kind, tax_type, system) = row;
    let tax_type = match tax_type {
        "SALE" => country.sale,
        "COST" => country.cost,
        "NONE" => country.no_tax,
        own => own,
    };
    let name = if system == "GST" { country.tax_account } else { name };
    Account {
        id: super::books::uuid(ids),
        code: code.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        archived: false,
        tax_type: tax_type.to_owned(),
        takes_payments: false,
        system: Some(system.to_owned()).filter(|system| !system.is_empty()),
        description: String::new(),
        bank: None,
        updated: now,
    }
}
