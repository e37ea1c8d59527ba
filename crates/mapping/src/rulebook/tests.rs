//! The publish gate, versions, and the strictness of tables.

use base::Currency;
use facts::Chart;

use super::{FORMAT, RuleBook, RuleBookError, Table};
use crate::orders::samples::{chart, roles, rule_book};
use crate::settlement::plan::{UntaxedLines, Way};

#[track_caller]
fn finds(change: impl FnOnce(&mut RuleBook, &mut Chart), expected: &str) {
    let (mut book, mut chart) = (rule_book(), chart());
    change(&mut book, &mut chart);
    let found: Vec<String> = book.check(&chart).iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|error| error.contains(expected)), "{expected} is not in {found:?}");
}

fn edited(table: &Table, from: &str, to: &str) -> Table {
    let text = table.as_json();
    assert!(text.contains(from), "{from} is not in {text}");
    Table::from_json(text.replacen(from, to, 1)).unwrap()
}

fn added(table: &Table, cells: &str) -> Table {
    edited(table, "\"rules\": [", &format!("\"rules\": [{{{cells}}},"))
}

#[test]
fn the_first_rule_book_passes_the_gate() {
    assert_eq!(rule_book().check(&chart()), Vec::new());
}

#[test]
fn a_first_rule_book_takes_the_tax_types_of_its_edition() {
    let tax_type = |version: &str, class: &str| {
        let mut chart = chart();
        chart.organisation.version = version.to_owned();
        RuleBook::first(&chart, roles()).unwrap().tax_types[class].clone()
    };
    assert_eq!(tax_type("UK", "zero"), "ZERORATEDOUTPUT");
    assert_eq!(tax_type("AU", "standard"), "OUTPUT");
    assert_eq!(tax_type("NZ", "standard"), "OUTPUT2");
    assert_eq!(tax_type("US", "standard"), "NONE");
    let exports = ["UK", "AU", "NZ", "US", "GLOBAL"].map(|version| tax_type(version, "export"));
    assert_eq!(exports, ["ZERORATEDOUTPUT", "EXEMPTEXPORT", "ZERORATED", "NONE", "NONE"]);
    let food = ["UK", "AU", "NZ", "US", "GLOBAL"].map(|version| tax_type(version, "food"));
    assert_eq!(food, ["ZERORATEDOUTPUT", "EXEMPTOUTPUT", "OUTPUT2", "NONE", "NONE"]);
}

#[test]
fn a_version_is_its_content() {
    let book = rule_book();
    let again = RuleBook::from_json(&book.to_json().unwrap()).unwrap();
    assert_eq!(again, book);
    assert_eq!(again.hash().unwrap(), book.hash().unwrap());
    let mut other = again;
    other.settings.due_days = 30;
    assert_ne!(other.hash().unwrap(), book.hash().unwrap());
}

#[test]
fn what_the_editor_keeps_in_a_table_survives_a_save() {
    let mut book = rule_book();
    let from = "\"hitPolicy\": \"first\",";
    let to = "\"hitPolicy\": \"first\", \"columnWidths\": {\"kind\": 120.50},";
    book.tables.accounts = edited(&book.tables.accounts, from, to);
    let saved = RuleBook::from_json(&book.to_json().unwrap()).unwrap();
    assert!(saved.tables.accounts.as_json().contains("{\"kind\": 120.50}"));
    assert_eq!(saved.check(&chart()), Vec::new());
}

#[test]
fn another_format_and_unknown_settings_are_refused() {
    let json = rule_book().to_json().unwrap();
    let newer = json.replacen(&format!("\"format\":{FORMAT}"), "\"format\":99", 1);
    assert!(matches!(RuleBook::from_json(&newer), Err(RuleBookError::Format(99))));
    let misspelt = json.replacen("\"due_days\"", "\"due_dais\"", 1);
    assert!(matches!(RuleBook::from_json(&misspelt), Err(RuleBookError::Unreadable(_))));
}

#[test]
fn another_evaluator_must_be_checked_again() {
    finds(|book, _| "zen-expression 3.0.0".clone_into(&mut book.evaluator), "written for");
}

#[test]
fn every_broken_cell_is_named() {
    let mut book = rule_book();
    let cells = r#""_id":"bad1","category":"\"Garden","account":"\"sales\"""#;
    book.tables.accounts = added(&book.tables.accounts, cells);
    let cells = r#""_id":"bad2","kind":"\"x\"","account":"4004 4005""#;
    book.tables.accounts = added(&book.tables.accounts, cells);
    let cells = r#""_id":"bad3","kind":"\"y\"","account":"nope.foo""#;
    book.tables.accounts = added(&book.tables.accounts, cells);
    let found: Vec<String> =
        book.compile().unwrap_err().iter().map(|e| format!("{} {}", e.row, e.cell)).collect();
    assert_eq!(found, ["bad3 account", "bad2 account", "bad1 category"]);
}

#[test]
fn a_row_that_is_never_reached_is_an_error() {
    let cells = r#""_id":"all","account":"\"sales\"""#;
    finds(
        |book, _| book.tables.accounts = added(&book.tables.accounts, cells),
        "accounts, row goods, : row all always comes before it",
    );
}

#[test]
fn an_empty_answer_is_an_error() {
    let cells = r#""_id":"empty","kind":"\"z\"","account":"""#;
    finds(
        |book, _| book.tables.accounts = added(&book.tables.accounts, cells),
        "accounts, row empty, account: it must not be empty",
    );
}

#[test]
fn answers_are_looked_up_when_they_are_published() {
    let to = |text: &'static str| {
        move |book: &mut RuleBook, _: &mut Chart| {
            let cells = format!(r#""_id":"new","kind":"\"z\"","account":"\"{text}\"""#);
            book.tables.accounts = added(&book.tables.accounts, &cells);
        }
    };
    finds(to("4711"), "\"4711\" is no role with an account and no code");
    finds(
        |book, _| book.tables.tax = edited(&book.tables.tax, r#"\"stated\"""#, r#"\"guessed\"""#),
        "\"guessed\" is none of",
    );
    finds(
        |book, _| book.tables.posting = edited(&book.tables.posting, r#"\"cancel\"""#, r#"\"x\"""#),
        "\"x\" is none of post, record, cancel",
    );
}

#[test]
fn roles_need_accounts_that_can_play_them() {
    finds(|book, _| drop(book.accounts.remove(&crate::Role::Sales)), "no account has this role");
    let play = |role: crate::Role, id: &'static str| {
        move |book: &mut RuleBook, _: &mut Chart| drop(book.accounts.insert(role, id.to_owned()))
    };
    finds(play(crate::Role::Sales, "acc-old"), "it is archived");
    finds(play(crate::Role::Sales, "acc-vat"), "it is Xero's own system account");
    finds(play(crate::Role::MarketplaceTax, "acc-fvat"), "payments are not enabled");
    finds(play(crate::Role::Clearing(base::Currency::EUR), "acc-usd"), "another currency");
    finds(play(crate::Role::Suspense, "acc-bank"), "it is a bank account");
    finds(play(crate::Role::Suspense, "nothing"), "the account does not exist");
}

#[test]
fn lines_without_tax_go_where_some_clearing_account_takes_them() {
    let clears_in = |book: &mut RuleBook, currency: Currency| {
        let is_other = |role: &crate::Role| {
            matches!(role, crate::Role::Clearing(_)) && *role != crate::Role::Clearing(currency)
        };
        book.accounts.retain(|role, _| !is_other(role));
    };
    let of = |wanted: UntaxedLines, way: Way| {
        let (mut book, chart) = (rule_book(), chart());
        clears_in(&mut book, Currency::GBP);
        (book.settings.untaxed_lines, book.settings.way) = (wanted, way);
        book.check(&chart).len()
    };
    assert_eq!(of(UntaxedLines::ManualJournal, Way::PerOrder), 0);
    assert_eq!(of(UntaxedLines::BankTransaction, Way::Summary), 0, "there it is not asked");
    assert_eq!(of(UntaxedLines::BankTransaction, Way::PerOrder), 1);
    // The euro's is a bank account.
    let bank = |book: &mut RuleBook, _: &mut Chart| {
        clears_in(book, Currency::EUR);
        book.settings.untaxed_lines = UntaxedLines::ManualJournal;
    };
    finds(bank, "no clearing account takes manual_journal");
}

#[test]
fn tax_types_must_be_the_organisations() {
    finds(|_, chart| chart.tax_rates.clear(), "the organisation has no such rate");
    finds(|book, _| drop(book.tax_types.remove("none")), "lines that carry tax of others");
    finds(
        |book, _| "luxury".clone_into(&mut book.settings.tax_class),
        "the tax class \"luxury\" has no tax type",
    );
}

#[test]
fn lists_have_no_doubles() {
    finds(
        |book, _| {
            let place = book.marketplaces[0].clone();
            book.marketplaces.push(place);
        },
        "the marketplace is listed twice",
    );
}
