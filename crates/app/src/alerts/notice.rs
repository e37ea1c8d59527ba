//! What is said to a channel: what happened, in which book, what to do, and where more is written.
//! One notice carries all that a round has to tell a channel, however many books are concerned.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Delivery, DeliveryState};

use super::told::{Occasion, Step};
use super::{Config, Severity};

/// A notice names so many alerts; the rest is a number.
const ITEMS_MAX: usize = 20;

/// What one channel is told at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The same when it is delivered twice.
    pub id: String,
    pub at: Timestamp,
    pub alerts: Vec<Item>,
    /// Alerts that are left out: `daybook alerts` lists them.
    pub more: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub key: String,
    pub occasion: Occasion,
    pub severity: Severity,
    pub code: String,
    /// The book's id.
    pub book: Option<String>,
    pub book_name: Option<String>,
    pub what: String,
    pub todo: String,
    /// Where more is written.
    pub page: String,
    pub since: Timestamp,
}

/// The deliveries that tell of these steps, one for each channel that wants any of them.
pub fn deliveries(steps: &[Step], config: &Config, now: Timestamp) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for (channel, least) in config.channels().wants() {
        let told = steps.iter().filter(|step| step.occasion.is_some() && step.severity >= least);
        let items: Vec<Item> = told.filter_map(|step| item(step, config)).collect();
        if !items.is_empty() {
            deliveries.push(delivery(channel, items, now));
        }
    }
    deliveries
}

/// True when some channel takes what the step tells.
pub fn is_wanted(step: &Step, config: &Config) -> bool {
    config.channels().wants().iter().any(|(_, least)| step.severity >= *least)
}

/// A notice on its way to one channel.
pub fn delivery(channel: &str, mut items: Vec<Item>, now: Timestamp) -> Delivery {
    items.sort_by(|a, b| (b.severity, &a.key).cmp(&(a.severity, &b.key)));
    let names: Vec<String> = items
        .iter()
        .map(|item| format!("{:?} {} {}", item.occasion, item.since.0, item.key))
        .collect();
    let moment = now.0.to_string();
    let mut parts = vec![channel, moment.as_str()];
    parts.extend(names.iter().map(String::as_str));
    let id = format!("notice_{}", base::digest(&parts));
    let more = items.len().saturating_sub(ITEMS_MAX) as u64;
    items.truncate(ITEMS_MAX);
    let notice = Notice { id: id.clone(), at: now, alerts: items, more };
    Delivery {
        id,
        channel: channel.to_owned(),
        created: now,
        due: Some(now),
        attempts: 0,
        state: DeliveryState::Waiting,
        detail: String::new(),
        body: serde_json::to_string(&notice).unwrap_or_default(),
    }
}

fn item(step: &Step, config: &Config) -> Option<Item> {
    let alert = &step.alert;
    Some(Item {
        key: alert.key.clone(),
        occasion: step.occasion?,
        severity: step.severity,
        code: alert.code.clone(),
        book: Some(alert.book.clone()).filter(|book| !book.is_empty()),
        book_name: step.kept.book_name.clone(),
        what: step.kept.what.clone(),
        todo: step.kept.todo.clone(),
        page: page(config, &alert.code),
        since: alert.first,
    })
}

/// Where an error's page is read.
pub fn page(config: &Config, code: &str) -> String {
    let pages = config.pages.as_deref().unwrap_or("docs/errors").trim_end_matches('/');
    format!("{pages}/{code}.md")
}

/// What someone sees who tries the channels.
pub fn test(channel: &str, config: &Config, now: Timestamp) -> Delivery {
    let item = Item {
        key: "test".to_owned(),
        occasion: Occasion::Test,
        severity: Severity::Info,
        code: "alert_not_delivered".to_owned(),
        book: None,
        book_name: None,
        what: format!("This is a test of the channel {channel}: alerts arrive here."),
        todo: "Nothing has to be done.".to_owned(),
        page: page(config, "alert_not_delivered"),
        since: now,
    };
    delivery(channel, vec![item], now)
}

impl Notice {
    /// One line: how many, how bad, and the first.
    pub fn subject(&self) -> String {
        let Some(first) = self.alerts.first() else { return "Daybook".to_owned() };
        let book = first.book_name.as_ref().map_or(String::new(), |name| format!("{name}: "));
        let rest = (self.alerts.len() as u64).saturating_add(self.more).saturating_sub(1);
        let rest = if rest > 0 { format!(" (and {rest} more)") } else { String::new() };
        format!("Daybook {}: {book}{}{rest}", mark(first), first.what)
    }

    /// For people, as plain text.
    pub fn text(&self) -> String {
        let mut out = Vec::new();
        for item in &self.alerts {
            let book = item.book_name.as_deref().unwrap_or("Daybook");
            out.push(format!("[{}] {book}", mark(item)));
            out.push(item.what.clone());
            if item.occasion != Occasion::Over {
                out.push(item.todo.clone());
                out.push(item.page.clone());
            }
            out.push(format!("since {}", item.since));
            out.push(String::new());
        }
        if self.more > 0 {
            out.push(format!("and {} more: daybook alerts lists them", self.more));
        }
        out.join("\n").trim_end().to_owned()
    }
}

fn mark(item: &Item) -> &'static str {
    match item.occasion {
        Occasion::Over => "over",
        Occasion::Test => "test",
        Occasion::Began | Occasion::Worse | Occasion::Reminder => item.severity.as_str(),
    }
}
