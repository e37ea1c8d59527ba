//! `/Reports/BankSummary`: each bank account between two days
//! (<https://developer.xero.com/documentation/api/accounting/reports#banksummary>), in base
//! currency.

use base::{Day, Decimal};

use super::ask::Ask;
use super::books::Books;
use super::dates;
use super::json::{Json, Object};
use super::organisation;
use super::reply::Reply;
use super::reports::{read_date, two_decimals};

/// Opening, received, spent, closing.
type Figures = [Decimal; 4];

pub(crate) fn report(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["fromDate", "toDate"]);
    let today = ask.today();
    let to = read_date(ask, "toDate")?.unwrap_or(today);
    let from = read_date(ask, "fromDate")?.unwrap_or(Day(to.0.first_of_month()));
    let before = books.ledger.movements(None, from.after_days(-1));
    let mut sums: Figures = [Decimal::ZERO; 4];
    let mut rows = Vec::new();
    for account in books.accounts.iter().filter(|account| account.is_bank()) {
        let opening = before.get(account.id.as_str()).copied().unwrap_or_default();
        let (received, spent) = books.ledger.flows(&account.id, from, to);
        let figures = [opening, received, spent, opening + received - spent];
        for (sum, figure) in sums.iter_mut().zip(figures) {
            *sum += figure;
        }
        rows.push(row("Row", &account.name, figures, Some(&account.id)));
    }
    rows.push(row("SummaryRow", "Total", sums, None));
    let section = Object::new()
        .with_text("RowType", "Section")
        .with_text("Title", "")
        .with_list("Rows", rows);
    let span = format!("From {} to {}", dates::words(from), dates::words(to));
    let titles = ["Bank Summary", organisation::NAME, &span];
    let report = Object::new()
        .with_text("ReportID", "BankSummary")
        .with_text("ReportName", "Bank Summary")
        .with_text("ReportType", "BankSummary")
        .with("ReportTitles", Json::List(titles.into_iter().map(Json::text).collect()))
        .with_text("ReportDate", dates::words(today))
        .with_text("UpdatedDateUTC", dates::moment(ask.now))
        .with_list("Fields", Vec::new())
        .with_list("Rows", vec![header(), section]);
    Ok(books.reply(ask, Object::new().with_list("Reports", vec![report])))
}

fn header() -> Object {
    let titles =
        ["Bank Accounts", "Opening Balance", "Cash Received", "Cash Spent", "Closing Balance"];
    let cells = titles.iter().map(|title| Object::new().with_text("Value", *title)).collect();
    Object::new().with_text("RowType", "Header").with_list("Cells", cells)
}

fn row(kind: &str, label: &str, figures: Figures, account: Option<&str>) -> Object {
    let cell = |value: String| {
        let object = Object::new().with_text("Value", value);
        let Some(id) = account else { return object };
        let attribute = Object::new().with_text("Value", id).with_text("Id", "accountID");
        object.with_list("Attributes", vec![attribute])
    };
    let texts = std::iter::once(label.to_owned()).chain(figures.map(two_decimals));
    Object::new().with_text("RowType", kind).with_list("Cells", texts.map(cell).collect())
}
