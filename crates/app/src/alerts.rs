//! What a person should know without looking: decided by rules from a snapshot, told once to the
//! channels of the configuration, told again when it is worse or a day old, and told when it is over.
//!
//! Start at [`rules`] (what is worth telling, pure), then [`told`] (what is new of it, pure), then
//! [`deliver`] (how it gets there although a channel is down or we are restarted).

pub mod channels;
pub mod deliver;
mod mail;
pub mod notice;
pub mod rules;
pub mod told;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::StoreError;

pub use self::channels::{Channels, Email, Slack, Webhook};
pub use self::rules::{Condition, Rules, evaluate};
use crate::status::Snapshot;
use crate::watch::Watch;

/// `[alerts]` of `config.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub rules: Rules,
    /// Where the pages of `docs/errors` are read, such as `https://example.org/docs/errors`. Without
    /// it alerts name the file.
    pub pages: Option<String>,
    /// Each channel by a name of its own.
    pub email: BTreeMap<String, Email>,
    pub slack: BTreeMap<String, Slack>,
    pub webhook: BTreeMap<String, Webhook>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look some day.
    Info,
    /// A person should act soon.
    Warning,
    /// Books stand still until a person acts.
    Critical,
}

impl Severity {
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Critical];

    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }

    pub fn parse(text: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

impl Config {
    /// Why it cannot be used, if so.
    pub fn invalid(&self) -> Option<String> {
        let percent = self.rules.budget_percent;
        if percent > 100 {
            return Some(format!("alerts.rules.budget_percent is {percent}"));
        }
        self.channels().invalid()
    }

    pub fn channels(&self) -> Channels<'_> {
        Channels { email: &self.email, slack: &self.slack, webhook: &self.webhook }
    }
}

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Conditions that hold.
    pub open: u64,
    /// Alerts that were told anew, again, as worse or as over.
    pub told: u64,
    /// Deliveries that channels took.
    pub delivered: u64,
    /// Deliveries that are tried again.
    pub failed: u64,
}

/// Alerts that were over so long ago are forgotten.
const KEPT_DAYS: i64 = 90;

/// Decides from a snapshot, writes down, delivers.
pub async fn round(watch: &Watch, snapshot: &Snapshot) -> Result<Told, StoreError> {
    let now = snapshot.at;
    let conditions = evaluate(snapshot, &watch.config.rules, now);
    let known = watch.store.open_alerts().await?;
    let steps = told::steps(&conditions, &known, &watch.config.rules, now);
    let deliveries = notice::deliveries(&steps, &watch.config, now);
    let is_wanted = |step| notice::is_wanted(step, &watch.config);
    let changes: Vec<_> = steps.iter().map(|step| step.change(is_wanted(step), now)).collect();
    let mut sum = Told { open: conditions.len() as u64, ..Told::default() };
    if watch.store.change_alerts(&changes, &deliveries).await? {
        let told = steps.iter().filter(|step| step.occasion.is_some() && is_wanted(step));
        sum.told = told.count() as u64;
    }
    let (delivered, failed) = deliver::due(watch).await?;
    sum.delivered = delivered;
    sum.failed = failed;
    let old = now.after_ms(-KEPT_DAYS * base::Timestamp::DAY);
    watch.store.forget_alerts(old).await?;
    Ok(sum)
}
