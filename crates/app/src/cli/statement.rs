//! `daybook statement`: a clearing account that is a bank account has no bank feed, so its bank
//! statement is written for it, settlement by settlement, a line for each of its transactions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use base::{Day, Money, Subject, Zone};
use clap::Args;
use facts::Chart;
use intents::BookId;
use mapping::Role;
use mapping::settlement::ledger::{Movement, Place, Standing};
use serde::Serialize;
use store::{Settlement, Store};

use super::bridge::gather::unworkable;
use super::open::Opened;
use super::settlement::{dated, quoted};
use super::{Common, Failure, print, print_json};
use crate::engine::Engine;

#[derive(Debug, Args)]
pub struct StatementArgs {
    pub settlement_id: String,
    /// The folder to write the file into.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// Xero's template for statements that are imported.
/// <https://central.xero.com/s/article/Import-a-CSV-bank-statement>
const HEADING: &str = "*Date,*Amount,Payee,Description,Reference,Check Number";

const PAYEE: &str = "Amazon";

/// One transaction of the clearing account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub date: Day,
    /// Money in is positive.
    pub amount: Money,
    pub description: String,
    /// The document's number: Xero matches the line with it.
    pub reference: String,
}

#[derive(Debug, Serialize)]
struct Written<'a> {
    settlement_id: &'a str,
    account: &'a str,
    file: String,
    lines: &'a [Line],
    /// What the lines add up to: zero where all of the settlement's money came in and left with it.
    sum: Money,
}

/// A settlement's transactions on its clearing account, by date.
#[derive(Debug)]
pub struct Statement {
    account: String,
    country: String,
    pub lines: Vec<Line>,
    pub sum: Money,
}

pub async fn run_statement(common: &Common, args: StatementArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let engine = opened.engine().await?;
    let id = args.settlement_id.trim();
    let Statement { account, country, lines, sum } = of_settlement(&engine, id).await?;
    let path = args.out.join(format!("settlement-{id}.statement.csv"));
    std::fs::write(&path, csv(&lines, &country))
        .map_err(|error| Failure::new("file_unwritable", format!("{}: {error}", path.display())))?;
    let file = path.display().to_string();
    if common.json {
        let (account, lines) = (account.as_str(), lines.as_slice());
        return print_json(&Written { settlement_id: id, account, file, lines, sum });
    }
    print(&format!("{file}: {} lines for {account}, {sum} in all", lines.len()));
    if !sum.is_zero() {
        print("    the rest is money of orders that other settlements pay out, or that is held");
    }
    Ok(ExitCode::SUCCESS)
}

/// What the statement of a settlement says.
pub async fn of_settlement(engine: &Engine, id: &str) -> Result<Statement, Failure> {
    let (store, book) = (&engine.store, &engine.book);
    let settlement = store.settlement(book, id).await?;
    let settlement = settlement.ok_or_else(|| {
        Failure::new("settlement_unknown", format!("no report about settlement {id} has come in"))
    })?;
    let chart = store.chart(book).await?.map(|(chart, _)| chart);
    let chart = chart.ok_or_else(|| {
        Failure::new("bridge_not_ready", "Xero's chart has not been read yet: run daybook run")
    })?;
    let rules = engine.rules().await?;
    let role = Role::Clearing(settlement.total.currency());
    let account = rules.book().accounts.get(&role).and_then(|id| chart.account_by_id(id));
    let account = account.ok_or_else(|| {
        Failure::new("account_missing", format!("no account has the role {role}"))
    })?;
    if !account.is_bank() {
        let detail = format!("{} is no bank account: nothing is reconciled there", account.name);
        return Err(Failure::new("clearing_not_bank", detail));
    }
    let lines = lines(store, book, &settlement, (&account.account_id, &chart)).await?;
    let amounts = lines.iter().map(|line| line.amount);
    let sum = Money::sum(amounts, settlement.total.currency()).map_err(unworkable)?;
    let country = chart.organisation.country.clone();
    Ok(Statement { account: account.name.clone(), country, lines, sum })
}

/// What moved on the account for the settlement: its own documents, and those of its orders that
/// no other settlement's statement has.
async fn lines(
    store: &Store,
    book: &BookId,
    settlement: &Settlement,
    (account_id, chart): (&str, &Chart),
) -> Result<Vec<Line>, Failure> {
    let id = &settlement.settlement_id;
    let claims = store.claims_of(book, id).await?;
    let orders: BTreeSet<&str> = claims.iter().map(|claim| claim.order_id.as_str()).collect();
    let orders: Vec<&str> = orders.into_iter().filter(|order| !order.is_empty()).collect();
    let known = store.settlements(book).await?;
    let zone = Zone::named(&chart.organisation.time_zone)
        .map_err(|error| Failure::new("unknown_time_zone", error.to_string()))?;
    let mut shares: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let all_claims = store.claims(book, &orders).await?;
    for claim in &all_claims {
        shares.entry(claim.order_id.as_str()).or_default().insert(&claim.settlement_id);
    }
    let mut subjects = vec![Subject::settlement(id)];
    subjects.extend(orders.iter().map(|order| Subject::order(order)));
    let place = Place::Account(account_id.to_lowercase());
    let mut lines = Vec::new();
    for row in store.subjects(book, &subjects).await? {
        let moved = Standing::of(&row.decided).movements().map_err(unworkable)?;
        let moved = moved.into_iter().filter(|one| one.place == place && !one.amount.is_zero());
        match row.subject.order_id() {
            None => lines.extend(moved.map(line)),
            Some(order) => {
                let none = BTreeSet::new();
                let of = shares.get(order).unwrap_or(&none);
                let by = known.iter().filter(|one| of.contains(one.settlement_id.as_str()));
                let turn = turn(by, id, &zone);
                lines.extend(moved.filter(|one| turn.has(one.day)).map(line));
            }
        }
    }
    lines.sort_by(|a, b| (a.date, &a.reference).cmp(&(b.date, &b.reference)));
    Ok(lines)
}

/// The days of an order that are a settlement's, where several settlements pay it out: each has
/// what moved up to its end, and the last one the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Turn {
    after: Option<Day>,
    until: Option<Day>,
}

impl Turn {
    fn has(self, day: Day) -> bool {
        self.after.is_none_or(|after| after < day) && self.until.is_none_or(|until| day <= until)
    }
}

fn turn<'a>(by: impl Iterator<Item = &'a Settlement>, id: &str, zone: &Zone) -> Turn {
    let mut by: Vec<&Settlement> = by.collect();
    by.sort_by_key(|one| (one.ends, one.settlement_id.as_str()));
    let place = by.iter().position(|one| one.settlement_id == id).unwrap_or(0);
    let end = |place: usize| by.get(place).map(|one| one.ends.day(zone));
    let is_last = place.saturating_add(1) >= by.len();
    Turn {
        after: place.checked_sub(1).and_then(end),
        until: if is_last { None } else { end(place) },
    }
}

fn line(moved: Movement) -> Line {
    Line { date: moved.day, amount: moved.amount, description: moved.text, reference: moved.number }
}

fn csv(lines: &[Line], country: &str) -> String {
    let mut out = format!("{HEADING}\r\n");
    for line in lines {
        let cells = [
            dated(&line.date.to_string(), country == "US"),
            line.amount.amount().to_string(),
            PAYEE.to_owned(),
            line.description.clone(),
            line.reference.clone(),
            String::new(),
        ];
        out.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use base::{Currency, FactId, Timestamp};

    use super::*;

    fn settlement(id: &str, ends: &str) -> Settlement {
        let zero = Money::zero(Currency::EUR);
        let ends = Timestamp::parse(ends).unwrap();
        Settlement {
            settlement_id: id.to_owned(),
            fact: FactId::derive(&[id]),
            report: String::new(),
            region: "EU".to_owned(),
            seller_id: String::new(),
            series: String::new(),
            starts: ends.after_ms(-14 * Timestamp::DAY),
            ends,
            deposited: None,
            rows: 0,
            total: zero,
            current_reserve: zero,
            covered: zero,
            posted: zero,
            held: zero,
        }
    }

    #[test]
    fn an_order_of_several_settlements_is_on_each_statement_once() {
        let all = [
            settlement("1", "2026-01-15T09:00:00Z"),
            settlement("2", "2026-01-29T09:00:00Z"),
            settlement("3", "2026-02-12T09:00:00Z"),
        ];
        let turns = ["1", "2", "3"].map(|id| turn(all.iter(), id, &Zone::utc()));
        for day in ["2025-12-30", "2026-01-15", "2026-01-16", "2026-01-29", "2026-03-01"] {
            let day = Day::parse(day).unwrap();
            assert_eq!(turns.iter().filter(|turn| turn.has(day)).count(), 1, "{day}");
        }
        assert_eq!(turn([].into_iter(), "1", &Zone::utc()), Turn { after: None, until: None });
    }

    #[test]
    fn the_file_is_what_xero_imports() {
        let line = Line {
            date: Day::parse("2026-01-31").unwrap(),
            amount: Money::from_minor(-12_050, Currency::EUR),
            description: "Payout, by Amazon".to_owned(),
            reference: "AMZ-EU-12345678901-payout".to_owned(),
        };
        let row = "31/01/2026,-120.50,Amazon,\"Payout, by Amazon\",AMZ-EU-12345678901-payout,";
        assert_eq!(csv(&[line], "GB"), format!("{HEADING}\r\n{row}\r\n"));
    }
}
