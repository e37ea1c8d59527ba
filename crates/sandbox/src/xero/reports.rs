//! `/Reports/TrialBalance`: rows of texts
//! (<https://developer.xero.com/documentation/api/accounting/reports#trialbalance>).
//! The first two columns are the month up to the date; the year-to-date columns are the balance,
//! for income and costs since the financial year began. Earlier profit is in Retained Earnings.

use std::collections::BTreeMap;

use base::{Day, Decimal};

use super::accounts::{Account, Class};
use super::ask::Ask;
use super::books::Books;
use super::dates;
use super::json::{Json, Object};
use super::organisation;
use super::reply::Reply;

const SECTIONS: &[(Class, &str)] = &[
    (Class::Revenue, "Revenue"),
    (Class::Expense, "Expenses"),
    (Class::Asset, "Assets"),
    (Class::Liability, "Liabilities"),
    (Class::Equity, "Equity"),
];

/// What an account did in the month, and its balance.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    month: Decimal,
    year: Decimal,
}

/// Sums of debits and credits, month then year.
#[derive(Debug, Clone, Copy, Default)]
struct Sums([Decimal; 4]);

pub(crate) fn trial_balance(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["date", "paymentsOnly"]);
    let date = read_date(ask, "date")?.unwrap_or_else(|| ask.today());
    let figures = figures(books, date);
    let mut sums = Sums::default();
    let mut rows = vec![header()];
    for (class, title) in SECTIONS {
        let section = section(books, *class, title, (&figures, &mut sums));
        rows.extend(section);
    }
    rows.push(total(&sums));
    let words = dates::words(date);
    let titles = ["Trial Balance", organisation::NAME, &format!("As at {words}")];
    let report = Object::new()
        .with_text("ReportID", "TrialBalance")
        .with_text("ReportName", "Trial Balance")
        .with_text("ReportType", "TrialBalance")
        .with("ReportTitles", Json::List(titles.into_iter().map(Json::text).collect()))
        .with_text("ReportDate", words)
        .with_text("UpdatedDateUTC", dates::moment(ask.now))
        .with_list("Fields", Vec::new())
        .with_list("Rows", rows);
    Ok(books.reply(ask, Object::new().with_list("Reports", vec![report])))
}

/// The day that a parameter names; a text that is no date is refused.
pub(crate) fn read_date(ask: &Ask<'_>, name: &'static str) -> Result<Option<Day>, Reply> {
    let Some(text) = ask.param(name) else { return Ok(None) };
    let message = format!("The {name} is not valid");
    let day = dates::parse_day(text);
    day.map(Some).ok_or_else(|| Reply::refused(10, "ValidationException", &message))
}

/// The first day of the financial year that holds the day.
fn year_start(day: Day, (month, last): (i8, i8)) -> Day {
    let ended = (day.0.month(), day.0.day()) > (month, last);
    let year = if ended { day.0.year() } else { day.0.year() - 1 };
    let end = jiff::civil::Date::new(year, month, last).unwrap_or(day.0);
    Day(end).after_days(1)
}

fn figures(books: &Books, date: Day) -> BTreeMap<String, Figures> {
    let year = year_start(date, books.organisation.year_end());
    let month = Day(date.0.first_of_month());
    let all = books.ledger.movements(None, date);
    let this_month = books.ledger.movements(Some(month), date);
    let this_year = books.ledger.movements(Some(year), date);
    let mut figures: BTreeMap<String, Figures> = BTreeMap::new();
    let mut earlier_profit = Decimal::ZERO;
    for account in &books.accounts {
        let of = |sums: &BTreeMap<&str, Decimal>| {
            sums.get(account.id.as_str()).copied().unwrap_or_default()
        };
        let in_profit = matches!(account.class(), Class::Revenue | Class::Expense);
        let balance = if in_profit { of(&this_year) } else { of(&all) };
        if in_profit {
            earlier_profit += of(&all) - balance;
        }
        let figure = Figures { month: of(&this_month), year: balance };
        if all.contains_key(account.id.as_str()) {
            figures.insert(account.id.clone(), figure);
        }
    }
    if !earlier_profit.is_zero() {
        let retained = figures.entry(books.system_account("RETAINEDEARNINGS")).or_default();
        retained.year += earlier_profit;
    }
    figures
}

fn section(
    books: &Books,
    class: Class,
    title: &str,
    (figures, sums): (&BTreeMap<String, Figures>, &mut Sums),
) -> Option<Object> {
    let mut accounts: Vec<&Account> = books
        .accounts
        .iter()
        .filter(|account| account.class() == class && figures.contains_key(&account.id))
        .collect();
    accounts.sort_by(|a, b| a.name.cmp(&b.name));
    let rows: Vec<Object> = accounts
        .into_iter()
        .map(|account| {
            let figures = figures.get(&account.id).copied().unwrap_or_default();
            row(account, figures, sums)
        })
        .collect();
    (!rows.is_empty()).then(|| {
        Object::new()
            .with_text("RowType", "Section")
            .with_text("Title", title)
            .with_list("Rows", rows)
    })
}

fn row(account: &Account, figures: Figures, sums: &mut Sums) -> Object {
    let label = if account.code.is_empty() {
        account.name.clone()
    } else {
        format!("{} ({})", account.name, account.code)
    };
    let [month_debit, month_credit] = columns(figures.month);
    let [year_debit, year_credit] = columns(figures.year);
    let amounts = [month_debit, month_credit, year_debit, year_credit];
    for (sum, amount) in sums.0.iter_mut().zip(amounts) {
        *sum += amount.unwrap_or_default();
    }
    let shown = amounts.map(|amount| amount.map(two_decimals).unwrap_or_default());
    let attribute = Object::new().with_text("Value", &account.id).with_text("Id", "account");
    let cell = |value: String| {
        Object::new().with_text("Value", value).with_list("Attributes", vec![attribute.clone()])
    };
    let cells = std::iter::once(label).chain(shown).map(cell).collect();
    Object::new().with_text("RowType", "Row").with_list("Cells", cells)
}

/// A balance as debit and credit; the other one is empty.
fn columns(amount: Decimal) -> [Option<Decimal>; 2] {
    if amount < Decimal::ZERO { [None, Some(-amount)] } else { [Some(amount), None] }
}

pub(crate) fn two_decimals(amount: Decimal) -> String {
    super::json::scaled(amount, 2)
}

fn header() -> Object {
    let titles = ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"];
    let cells = titles.iter().map(|title| Object::new().with_text("Value", *title)).collect();
    Object::new().with_text("RowType", "Header").with_list("Cells", cells)
}

fn total(sums: &Sums) -> Object {
    let texts = std::iter::once("Total".to_owned()).chain(sums.0.map(two_decimals));
    let cells = texts.map(|text| Object::new().with_text("Value", text)).collect();
    let row = Object::new().with_text("RowType", "SummaryRow").with_list("Cells", cells);
    Object::new()
        .with_text("RowType", "Section")
        .with_text("Title", "")
        .with_list("Rows", vec![row])
}
