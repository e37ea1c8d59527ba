//! The rule book from the command line: look at it, publish another version, import rates.

use std::path::PathBuf;
use std::process::ExitCode;

use base::{Currency, Day, Rate};
use clap::{Args, Subcommand};
use mapping::RuleBook;
use mapping::rulebook::DatedRate;

use super::open::Opened;
use super::{Common, Failure, done, print};
use crate::book::Lane;

#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    pub act: RulesAct,
}

#[derive(Debug, Subcommand)]
pub enum RulesAct {
    /// Print the rule book that decides now, as JSON.
    Show,
    /// Check a rule book and make it the one that decides; what is posted stays as it is.
    Publish { file: PathBuf },
}

pub async fn rules(common: &Common, args: RulesArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let broken = |e: mapping::RuleBookError| Failure::new("rule_failed", crate::say(&e));
    let RulesAct::Publish { file } = args.act else {
        let current = opened.store.rules(&book).await?;
        let current = current.ok_or_else(|| Failure::new("not_connected", "connect first"))?;
        print(&pretty(&current.body)?);
        return Ok(ExitCode::SUCCESS);
    };
    let text = std::fs::read_to_string(&file)
        .map_err(|e| Failure::new("file_unreadable", format!("{}: {e}", file.display())))?;
    let rules = RuleBook::from_json(&text).map_err(broken)?;
    if let Some((chart, _read)) = opened.store.chart(&book).await? {
        let problems: Vec<String> = rules.check(&chart).iter().map(ToString::to_string).collect();
        if !problems.is_empty() {
            return Err(Failure::new("rule_failed", problems.join("\n  ")));
        }
    }
    let now = opened.clock.now();
    let body = rules.to_json().map_err(broken)?;
    let version = opened.store.publish_rules(&book, &body, now).await?;
    opened.store.nudge(&Lane::Book.name(&book), now).await?;
    done(common, &format!("version {} of the rule book decides now", version.version), 1)
}

fn pretty(body: &str) -> Result<String, Failure> {
    let unreadable = |error: serde_json::Error| Failure::new("rule_failed", error.to_string());
    let value: serde_json::Value = serde_json::from_str(body).map_err(unreadable)?;
    serde_json::to_string_pretty(&value).map_err(unreadable)
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
    let words = format!("{count} rates in version {} of the rule book", version.version);
    done(common, &words, count as u64)
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
