//! What every account comes to at the end of a day, by Xero's own trial balance.

use base::{Currency, Day, Decimal, Money, Transport};

use crate::api::trial_balance::{Cell, Get, Row};
use crate::ask::{PullStop, ask};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub account_id: String,
    /// Debits positive, in the organisation's own currency. Of income and expenses what came since
    /// the financial year began.
    pub balance: Money,
}

/// The trial balance of a day; `currency` is the organisation's own, in which it is written.
pub async fn pull_trial_balance(
    transport: &dyn Transport,
    tenant_id: &str,
    date: Day,
    currency: Currency,
) -> Result<Vec<Balance>, PullStop> {
    let page = ask(transport, tenant_id, &Get { date }).await?;
    let report = page.reports.first();
    let rows = report.map(|report| flat(&report.rows)).unwrap_or_default();
    balances(&rows, currency)
        .ok_or_else(|| PullStop::Unreadable("a trial balance of another form".to_owned()))
}

/// The rows of all sections, in their order.
fn flat(rows: &[Row]) -> Vec<&Row> {
    rows.iter().flat_map(|row| std::iter::once(row).chain(flat(&row.rows))).collect()
}

/// Nothing when the columns are not the known ones, or a number is none.
fn balances(rows: &[&Row], currency: Currency) -> Option<Vec<Balance>> {
    let header = rows.iter().find(|row| row.row_type.as_deref() == Some("Header"))?;
    let column =
        |title: &str| header.cells.iter().position(|cell| cell.value.as_deref() == Some(title));
    let (debit, credit) = (column("YTD Debit")?, column("YTD Credit")?);
    let mut all = Vec::new();
    for row in rows.iter().filter(|row| row.row_type.as_deref() == Some("Row")) {
        // A row of no account is a sum of Xero's own.
        let Some(account_id) = row.cells.iter().find_map(account) else { continue };
        let amount = number(row.cells.get(debit)?)?.checked_sub(number(row.cells.get(credit)?)?)?;
        let balance = Money::exact(amount, currency).ok()?;
        all.push(Balance { account_id, balance });
    }
    Some(all)
}

fn account(cell: &Cell) -> Option<String> {
    let found = cell.attributes.iter().find(|one| one.id.as_deref() == Some("account"))?;
    found.value.clone()
}

/// Numbers are texts, and an empty one is nothing.
fn number(cell: &Cell) -> Option<Decimal> {
    cell.value.as_deref().map_or(Some(Decimal::ZERO), |text| text.replace(',', "").parse().ok())
}
