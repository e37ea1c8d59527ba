//! `daybook alerts`: what was told and to whom, and whether the channels work.

use std::io::Read as _;
use std::process::ExitCode;

use base::{Secret, Timestamp};
use clap::{Args, Subcommand};
use serde::Serialize;
use store::{Alert, Delivery, DeliveryState};

use super::open::Opened;
use super::{Common, Failure, done, print, print_json};
use crate::alerts::channels::vault_name;
use crate::alerts::notice::{Notice, page, test};
use crate::alerts::told::kept;
use crate::status::text::span;
use crate::watch::Watch;

#[derive(Debug, Args)]
pub struct AlertsArgs {
    /// Also those that are over.
    #[arg(long)]
    pub all: bool,
    #[command(subcommand)]
    pub verb: Option<AlertsVerb>,
}

#[derive(Debug, Subcommand)]
pub enum AlertsVerb {
    /// Send a test to each channel and say what became of it.
    Test,
    /// Say that what an alarm tells of is mended, where Daybook cannot see it by itself.
    Clear {
        /// The alert's key, as the list shows it.
        key: String,
    },
    /// Keep a channel's secret in the vault: it is read from standard input.
    Secret {
        /// What the configuration names as `vault:NAME`.
        name: String,
    },
}

/// Lines of each list; `--json` has more.
const LINES_MAX: usize = 30;
const ROWS_MAX: u32 = 500;

pub async fn run_alerts(common: &Common, args: AlertsArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    match args.verb {
        None => list(common, &opened, args.all).await,
        Some(AlertsVerb::Test) => try_channels(common, opened).await,
        Some(AlertsVerb::Clear { key }) => clear(common, &opened, &key).await,
        Some(AlertsVerb::Secret { name }) => keep_secret(common, &opened, &name).await,
    }
}

#[derive(Serialize)]
struct Listed {
    alerts: Vec<AlertRow>,
    /// Those that wait, and those that were given up.
    deliveries: Vec<DeliveryRow>,
}

#[derive(Serialize)]
struct AlertRow {
    key: String,
    book: String,
    code: String,
    severity: String,
    what: String,
    todo: String,
    page: String,
    first: Timestamp,
    last: Timestamp,
    told: Option<Timestamp>,
    over: Option<Timestamp>,
}

#[derive(Serialize)]
struct DeliveryRow {
    id: String,
    channel: String,
    state: &'static str,
    attempts: u32,
    created: Timestamp,
    next: Option<Timestamp>,
    detail: String,
}

fn delivery_row(delivery: Delivery) -> DeliveryRow {
    DeliveryRow {
        id: delivery.id,
        channel: delivery.channel,
        state: delivery.state.as_str(),
        attempts: delivery.attempts,
        created: delivery.created,
        next: delivery.due,
        detail: delivery.detail,
    }
}

async fn list(common: &Common, opened: &Opened, all: bool) -> Result<ExitCode, Failure> {
    let config = &opened.home.config.alerts;
    let mut alerts = opened.store.open_alerts().await?;
    if all {
        alerts.extend(opened.store.resolved_alerts(ROWS_MAX).await?);
    }
    let row = |alert: Alert| {
        let kept = kept(&alert);
        AlertRow {
            page: page(config, &alert.code),
            book: kept.book_name.unwrap_or(alert.book),
            key: alert.key,
            code: alert.code,
            severity: alert.severity,
            what: kept.what,
            todo: kept.todo,
            first: alert.first,
            last: alert.last,
            told: alert.notified,
            over: alert.resolved,
        }
    };
    let deliveries = opened.store.deliveries(ROWS_MAX).await?.into_iter();
    let deliveries = deliveries.filter(|one| one.state != DeliveryState::Delivered);
    let listed = Listed {
        alerts: alerts.into_iter().map(row).collect(),
        deliveries: deliveries.map(delivery_row).collect(),
    };
    if common.json {
        return print_json(&listed);
    }
    print(&words(&listed, opened.clock.now()));
    Ok(ExitCode::SUCCESS)
}

fn words(listed: &Listed, now: Timestamp) -> String {
    let mut out = Vec::new();
    if listed.alerts.is_empty() {
        out.push("No alert is open.".to_owned());
    }
    for alert in listed.alerts.iter().take(LINES_MAX) {
        let mark = if alert.over.is_some() { "over" } else { alert.severity.as_str() };
        let since = span(now.since(alert.first));
        let told = if alert.told.is_some() { "" } else { ", nobody was told" };
        out.push(format!("[{mark}] {}  {} (since {since}{told})", alert.book, alert.what));
        if alert.over.is_none() {
            out.push(format!("    {}  {}", alert.todo, alert.page));
        }
        out.push(format!("    key: {}", alert.key));
    }
    let rest = listed.alerts.len().saturating_sub(LINES_MAX);
    if rest > 0 {
        out.push(format!("and {rest} more (--json lists them all)"));
    }
    for one in listed.deliveries.iter().take(LINES_MAX) {
        let DeliveryRow { channel, state, attempts, detail, .. } = one;
        out.push(format!("delivery to {channel}: {state} after {attempts} attempts: {detail}"));
    }
    out.join("\n")
}

#[derive(Serialize)]
struct Tried {
    channel: String,
    taken: bool,
    detail: String,
}

async fn try_channels(common: &Common, opened: Opened) -> Result<ExitCode, Failure> {
    let Opened { home, store, clock, carrier, .. } = opened;
    let watch = Watch::new(store, clock, carrier, home.config.alerts);
    let mut tried = Vec::new();
    let wants = watch.config.channels().wants();
    for (channel, _least) in &wants {
        let delivery = test(channel, &watch.config, watch.clock.now());
        let notice: Notice = serde_json::from_str(&delivery.body)
            .map_err(|error| Failure::new("unprintable", error.to_string()))?;
        let sent = watch.config.channels().send(channel, &notice, &watch).await;
        let detail = sent.as_ref().err().map_or_else(String::new, |error| crate::say(error));
        tried.push(Tried { channel: (*channel).to_owned(), taken: sent.is_ok(), detail });
    }
    let failed: Vec<&str> =
        tried.iter().filter(|one| !one.taken).map(|one| one.channel.as_str()).collect();
    if common.json {
        print_json(&tried)?;
        return Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if tried.is_empty() {
        print("config.toml has no channel: see docs/operate.md, Alerts");
    }
    for Tried { channel, taken, detail } in &tried {
        let word = if *taken { "taken" } else { "NOT taken" };
        print(&format!("{channel:<16} {word} {detail}"));
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new("alert_not_delivered", format!("not taken by {}", failed.join(", "))))
}

/// An alarm's alert has the key `alarm CODE|BOOK`; what it was raised about is cleared with it.
async fn clear(common: &Common, opened: &Opened, key: &str) -> Result<ExitCode, Failure> {
    let who = std::env::var("USER").unwrap_or_else(|_unset| "a person".to_owned());
    let now = opened.clock.now();
    let mut count = 0;
    for open in opened.store.open_alarms().await? {
        let alarm = &open.row.alarm;
        if format!("alarm {}|{}", alarm.code, open.book) == key {
            let which = (alarm.code.as_str(), alarm.subject.as_str());
            count += u64::from(opened.store.clear_alarm(&open.book, which, &who, now).await?);
        }
    }
    if count == 0 {
        let detail = format!("no alarm is open under {key:?}: `daybook alerts` shows the keys");
        return Err(Failure::new("alarm_unknown", detail));
    }
    done(common, &format!("{count} alarms are cleared"), count)
}

async fn keep_secret(common: &Common, opened: &Opened, name: &str) -> Result<ExitCode, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::new("file_unreadable", error.to_string()))?;
    let secret = Secret::new(text.trim());
    if secret.is_empty() {
        return Err(Failure::new("channel_secret_missing", "standard input is empty"));
    }
    opened.store.put_secret(&vault_name(name), &secret).await?;
    done(common, &format!("vault:{name} is kept"), 1)
}
