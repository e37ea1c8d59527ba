//! What people decide: reviews, releases, rates.

use std::path::PathBuf;
use std::process::ExitCode;

use base::{Currency, Day, FactId, Rate, Subject};
use clap::{Args, ValueEnum};
use facts::{Act, Approval, Body, Fact};
use intents::{Decided, Event, State};
use mapping::RuleBook;
use mapping::rulebook::DatedRate;

use super::open::Opened;
use super::{Common, Failure, print};
use crate::book::Lane;

#[derive(Debug, Args)]
pub struct ReviewArgs {
    pub order_id: String,
    #[arg(value_enum)]
    pub act: Say,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Say {
    /// Post the items that foot; the rest stays held, linked to the document.
    PostWhatFoots,
    /// The missing tax is right.
    TaxIsRight,
}

/// What a person says is a fact like any other; the rules then decide again.
pub async fn review(common: &Common, args: ReviewArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let now = opened.clock.now();
    let act = match args.act {
        Say::PostWhatFoots => Act::PostWhatFoots,
        Say::TaxIsRight => Act::TaxIsRight,
    };
    let who = who();
    let subject = Subject::order(args.order_id.trim());
    let fact = Fact {
        id: FactId::derive(&["person", subject.as_str(), &format!("{act:?}")]),
        subject: subject.clone(),
        occurred: now,
        source: "person".to_owned(),
        raw_hash: String::new(),
        body: Body::Approval(Approval { who, act }),
    };
    let is_new = opened.store.record_said(&book, &fact, now).await?;
    opened.store.nudge(&Lane::Book.name(&book), now).await?;
    print(if is_new { "noted; the next run decides with it" } else { "this was said already" });
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// An intent's id or an order's id.
    #[arg(required_unless_present = "all")]
    pub which: Option<String>,
    /// Every held document and every dead letter.
    #[arg(long)]
    pub all: bool,
}

/// Sends held documents and dead letters on their way (again). It can never post twice: what was
/// unclear is looked up first, and a generation more makes a new key.
pub async fn release(common: &Common, args: ReleaseArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let mut waiting = opened.store.held(&book).await?;
    waiting.extend(opened.store.dead(&book).await?);
    let wanted: Vec<Decided> = waiting
        .into_iter()
        .filter(|decided| match &args.which {
            _ if args.all => true,
            Some(which) => {
                let intent = &decided.intent;
                intent.id.as_str() == which || intent.subject.order_id() == Some(which.as_str())
            }
            None => false,
        })
        .collect();
    let now = opened.clock.now();
    for decided in &wanted {
        // What is in Xero already and differs is looked at again: sending it could double it.
        let is_there = decided.progress.state == State::Held && decided.receipt.is_some();
        let event = if is_there { Event::LookAgain } else { Event::Released };
        opened.store.act(&decided.intent.id, event, &who(), now).await?;
    }
    opened.store.nudge(&Lane::Xero.name(&book), now).await?;
    print(&format!("{} released", wanted.len()));
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Args)]
pub struct RatesArgs {
    /// CSV with the columns currency, from, rate, source. A rate is foreign units for one unit of
    /// the organisation's currency.
    pub file: PathBuf,
}

/// Publishes a new version of the rule book with these rates in it.
pub async fn rates(common: &Common, args: RatesArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let text = std::fs::read_to_string(&args.file)
        .map_err(|e| Failure::new("file_unreadable", format!("{}: {e}", args.file.display())))?;
    let current = opened.store.rules(&book).await?;
    let current = current.ok_or_else(|| Failure::new("not_connected", "connect the book first"))?;
    let broken = |e: mapping::RuleBookError| Failure::new("rule_failed", crate::say(&e));
    let mut rules = RuleBook::from_json(&current.body).map_err(broken)?;
    let fresh = parse_rates(&text)?;
    let count = fresh.len();
    rules.rates.retain(|old| {
        !fresh.iter().any(|new| new.currency == old.currency && new.from == old.from)
    });
    rules.rates.extend(fresh);
    rules.rates.sort_by_key(|rate| (rate.currency, rate.from));
    let now = opened.clock.now();
    let body = rules.to_json().map_err(broken)?;
    let version = opened.store.publish_rules(&book, &body, now).await?;
    opened.store.nudge(&Lane::Book.name(&book), now).await?;
    print(&format!("{count} rates in version {} of the rule book", version.version));
    Ok(ExitCode::SUCCESS)
}

fn parse_rates(text: &str) -> Result<Vec<DatedRate>, Failure> {
    let mut rates = Vec::new();
    for (index, line) in
        text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty())
    {
        let wrong = |what: &str| {
            Failure::new("rates_unreadable", format!("line {}: {what}: {line}", index + 1))
        };
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [currency, from, rate, source] = fields.as_slice() else {
            return Err(wrong("four columns are expected"));
        };
        rates.push(DatedRate {
            currency: currency.parse::<Currency>().map_err(|_not| wrong("not a currency"))?,
            from: Day::parse(from).map_err(|_not| wrong("not a date"))?,
            rate: Rate(rate.parse().map_err(|_not| wrong("not a number"))?),
            source: (*source).to_owned(),
        });
    }
    Ok(rates)
}

/// Who acts, for the record.
fn who() -> String {
    std::env::var("USER").unwrap_or_else(|_unset| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_from_csv_and_a_bad_line_is_named() {
        let good = parse_rates("currency,from,rate,source\nEUR,2026-11-01,1.15,HMRC\n").unwrap();
        assert_eq!(good.len(), 1);
        let bad = parse_rates("currency,from,rate,source\nEUR,2026-11-01,dear,HMRC\n");
        assert!(bad.unwrap_err().detail.starts_with("line 2: not a number"));
    }
}
