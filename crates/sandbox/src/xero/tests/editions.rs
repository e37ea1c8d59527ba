//! Organisations of other countries, and reports on a day.

use base::{Currency, Decimal, Timestamp};

use super::bank::{balance, money};
use super::world::{World, invoice};
use crate::WorldClock;
use crate::xero::Edition;

fn world(edition: Edition) -> World {
    World::of(edition, WorldClock::jumping(World::start()), false)
}

#[test]
fn each_edition_has_its_currency_its_rates_and_its_bank_accounts() {
    for edition in Edition::ALL {
        let world = world(edition);
        let organisation = world.get("/Organisation").ok();
        let currency = edition.currency();
        assert_eq!(organisation.at("Organisations/0/CountryCode"), edition.country_code());
        assert_eq!(organisation.at("Organisations/0/BaseCurrency"), currency.code());
        assert_eq!(Edition::named(edition.country_code()), Some(edition));
        let banks = world.get("/Accounts?where=Type%3D%3D%22BANK%22&order=Code").ok();
        assert_eq!(banks.at("Accounts/0/CurrencyCode"), currency.code());
        assert_eq!(banks.at("Accounts/2/BankAccountType"), "CREDITCARD");
        let country = edition.country();
        let rates = world.get("/TaxRates").ok();
        for tax_type in [country.sale, country.cost, country.no_tax] {
            assert!(rates.text.contains(&format!("\"TaxType\":\"{tax_type}\"")), "{tax_type}");
        }
        let state = world.xero.lock();
        for account in &state.books.accounts {
            let rate = state.books.tax_rate(&account.tax_type).unwrap();
            assert!(rate.applies_to(account.class()), "{} {}", account.code, account.tax_type);
        }
        for system in ["DEBTORS", "CREDITORS", "GST", "ROUNDING", "RETAINEDEARNINGS"] {
            assert!(!state.books.system_account(system).is_empty(), "{system}");
        }
        let codes: std::collections::BTreeSet<&str> =
            state.books.accounts.iter().map(|account| account.code.as_str()).collect();
        assert_eq!(codes.len(), state.books.accounts.len());
    }
    assert_eq!(Edition::named("uk"), Some(Edition::Uk));
    assert_eq!(Edition::named("fr"), None);
}

#[test]
fn a_german_organisation_has_its_own_rates() {
    let world = world(Edition::Germany);
    let contact = world.contact("Amazon.de");
    let body = invoice(&contact, "AMZ-1", "119.00").replace("OUTPUT2", "TAX001");
    let answer = world.put("/Invoices", &body).ok();
    assert_eq!(answer.at("Invoices/0/TotalTax"), "19.00");
    assert_eq!(answer.at("Invoices/0/CurrencyCode"), "EUR");
    let reverse = invoice(&contact, "B-1", "100.00")
        .replace("ACCREC", "ACCPAY")
        .replace("\"200\"", "\"404\"")
        .replace("OUTPUT2", "TAX005");
    assert_eq!(world.put("/Invoices", &reverse).ok().at("Invoices/0/TotalTax"), "0.00");
    world
        .put("/Invoices", &body.replace("AMZ-1", "AMZ-2").replace("TAX001", "TAX003"))
        .refused("The TaxType code 'TAX003' cannot be used with account code '200'.");
    assert_eq!(world.get("/Organisation").ok().at("Organisations/0/Version"), "GLOBAL");
    // The pound is foreign here.
    world.put("/Currencies", r#"{"Code":"GBP"}"#).ok();
    let pounds =
        body.replace("AMZ-1", "AMZ-3").replace("\"Status\"", "\"CurrencyCode\":\"GBP\",\"Status\"");
    assert_eq!(world.put("/Invoices", &pounds).ok().at("Invoices/0/CurrencyRate"), "0.854701");
}

#[test]
fn an_australian_line_without_tax_is_bas_excluded() {
    let world = world(Edition::Au);
    let contact = world.contact("Amazon.com.au");
    let body = invoice(&contact, "AMZ-1", "11.00").replace("OUTPUT2", "OUTPUT");
    assert_eq!(world.put("/Invoices", &body).ok().at("Invoices/0/TotalTax"), "1.00");
    let none = body.replace("AMZ-1", "AMZ-2").replace("Inclusive", "NoTax");
    let answer = world.put("/Invoices", &none).ok();
    assert_eq!(answer.at("Invoices/0/LineItems/0/TaxType"), "BASEXCLUDED");
    let refused = body.replace("AMZ-1", "AMZ-3").replace("\"OUTPUT\"", "\"NONE\"");
    world.put("/Invoices", &refused).refused("does not exist or cannot be used");
    // Sydney is ten hours ahead: half past midnight there is the day before in UTC.
    assert_eq!(
        Edition::Au.today(Timestamp::parse("2026-06-15T14:30:00Z").unwrap()).to_string(),
        "2026-06-16"
    );
}

#[test]
fn the_financial_year_ends_where_the_organisation_says() {
    let world = world(Edition::Us);
    let contact = world.contact("Amazon.com");
    let body = invoice(&contact, "AMZ-1", "12.00")
        .replace("\"200\"", "\"4000\"")
        .replace("OUTPUT2", "NONE");
    world.put("/Invoices", &body).ok();
    let report = world.get("/Reports/TrialBalance?date=2026-12-31").ok();
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/4/Value"), "12.00");
    let report = world.get("/Reports/TrialBalance?date=2027-01-01").ok();
    assert!(report.text.contains("Retained Earnings (3900)"));
    assert_eq!(Edition::Us.currency(), Currency::USD);
}

#[test]
fn a_back_dated_document_changes_the_balance_of_its_own_day() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let sales = |date: &str| {
        let report = world.get(&format!("/Reports/TrialBalance?date={date}")).ok();
        let is_there = report.at("Reports/0/Rows/1/Title") == "Revenue";
        if is_there { report.at("Reports/0/Rows/1/Rows/0/Cells/4/Value") } else { String::new() }
    };
    assert_eq!(sales("2026-05-31"), "");
    let body = invoice(&contact, "AMZ-1", "12.00").replace("2026-06-01", "2026-05-20");
    let id = world.put("/Invoices", &body).ok().at("Invoices/0/InvoiceID");
    assert_eq!(sales("2026-05-19"), "");
    assert_eq!(sales("2026-05-20"), "10.00");
    // A change of date moves it, and a void takes it away from the day on which it stood.
    world.post(&format!("/Invoices/{id}"), r#"{"Date":"2026-06-02"}"#).ok();
    assert_eq!(sales("2026-05-31"), "");
    assert_eq!(sales("2026-06-02"), "10.00");
    world.post(&format!("/Invoices/{id}"), r#"{"Status":"VOIDED"}"#).ok();
    assert_eq!(sales("2026-06-30"), "");
}

#[test]
fn the_bank_summary_has_what_came_and_what_went() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let early = money("RECEIVE", &contact, "P-0", "30.00").replace("2026-06-05", "2026-05-05");
    world.put("/BankTransactions", &early).ok();
    world.put("/BankTransactions", &money("RECEIVE", &contact, "P-1", "12.00")).ok();
    world.put("/BankTransactions", &money("SPEND", &contact, "P-2", "5.00")).ok();
    let gone = world.put("/BankTransactions", &money("SPEND", &contact, "P-3", "7.00")).ok();
    let path = format!("/BankTransactions/{}", gone.at("BankTransactions/0/BankTransactionID"));
    world.post(&path, r#"{"Status":"DELETED"}"#).ok();
    let report = world.get("/Reports/BankSummary?fromDate=2026-06-01&toDate=2026-06-30").ok();
    let cell = |n: usize| report.at(&format!("Reports/0/Rows/1/Rows/0/Cells/{n}/Value"));
    let cells: Vec<String> = (0..5).map(cell).collect();
    assert_eq!(cells, ["Business Bank Account", "30.00", "12.00", "5.00", "37.00"]);
    assert_eq!(balance(&world, "090"), Decimal::from(37));
    assert_eq!(world.get("/Reports/BankSummary?fromDate=soon").status, 400);
}
