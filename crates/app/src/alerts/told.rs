//! What of the conditions is new. Pure: what holds now beside what was told gives the steps from one
//! to the other.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Alert, AlertChange};

use super::Severity;
use super::rules::{Condition, Rules};

/// Why something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    Began,
    Worse,
    /// It goes on.
    Reminder,
    Over,
    /// Someone tries the channels.
    Test,
}

/// What is kept of a condition with its alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub book_name: Option<String>,
    pub what: String,
    pub todo: String,
}

/// One alert's way from how it was to how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// As it is to be, but for when it was told.
    pub alert: Alert,
    pub was_last: Option<Timestamp>,
    pub severity: Severity,
    pub kept: Kept,
    /// None: it goes on, and nobody is told.
    pub occasion: Option<Occasion>,
}

/// An alert that goes on is written down so often; a round that finds nothing new writes nothing.
const SEEN_MS: i64 = Timestamp::MINUTE;

/// The steps from what was told to what holds.
pub fn steps(
    conditions: &[Condition],
    known: &[Alert],
    rules: &Rules,
    now: Timestamp,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for condition in conditions {
        let before = known.iter().find(|alert| alert.key == condition.key);
        steps.extend(holds(condition, before, rules, now));
    }
    let calm_ms = i64::from(rules.calm_minutes).saturating_mul(Timestamp::MINUTE);
    for alert in known {
        let holds = conditions.iter().any(|condition| condition.key == alert.key);
        if !holds && now.since(alert.last) >= calm_ms {
            steps.push(over(alert, now));
        }
    }
    steps
}

fn holds(
    condition: &Condition,
    before: Option<&Alert>,
    rules: &Rules,
    now: Timestamp,
) -> Option<Step> {
    let remind_ms = i64::from(rules.remind_hours.max(1)).saturating_mul(Timestamp::HOUR);
    let occasion = match before.and_then(|alert| Some((alert, alert.notified?))) {
        // Known perhaps, but nobody was told: there was no channel.
        None => Some(Occasion::Began),
        Some((alert, _)) if condition.level > alert.level => Some(Occasion::Worse),
        Some((_, told)) if condition.reminds && now.since(told) >= remind_ms => {
            Some(Occasion::Reminder)
        }
        Some(_) => None,
    };
    let kept = Kept {
        book_name: condition.book.as_ref().map(|(_, name)| name.clone()),
        what: condition.what.clone(),
        todo: condition.todo.clone(),
    };
    let alert = Alert {
        key: condition.key.clone(),
        book: condition.book.as_ref().map_or_else(String::new, |(id, _)| id.to_string()),
        code: condition.code.clone(),
        severity: condition.severity.as_str().to_owned(),
        level: condition.level,
        body: serde_json::to_string(&kept).unwrap_or_default(),
        first: before.map_or(now, |alert| alert.first),
        last: now,
        notified: before.and_then(|alert| alert.notified),
        resolved: None,
    };
    let is_fresh = before.is_some_and(|known| {
        now.since(known.last) < SEEN_MS && (known.level, &known.code) == (alert.level, &alert.code)
    });
    let is_untold = before.is_some_and(|known| known.notified.is_none());
    if is_fresh && (occasion.is_none() || is_untold) {
        return None;
    }
    let was_last = before.map(|alert| alert.last);
    Some(Step { alert, was_last, severity: condition.severity, kept, occasion })
}

fn over(alert: &Alert, now: Timestamp) -> Step {
    Step {
        was_last: Some(alert.last),
        severity: Severity::parse(&alert.severity).unwrap_or(Severity::Warning),
        kept: kept(alert),
        // Who was not told that it began need not be told that it is over.
        occasion: alert.notified.map(|_| Occasion::Over),
        alert: Alert { resolved: Some(now), ..alert.clone() },
    }
}

/// What was kept with an alert.
pub fn kept(alert: &Alert) -> Kept {
    let nothing = |_| Kept { book_name: None, what: alert.code.clone(), todo: String::new() };
    serde_json::from_str(&alert.body).unwrap_or_else(nothing)
}

impl Step {
    /// What is written down; `is_told` when some channel takes it.
    pub fn change(&self, is_told: bool, now: Timestamp) -> AlertChange {
        let notified =
            if self.occasion.is_some() && is_told { Some(now) } else { self.alert.notified };
        AlertChange { alert: Alert { notified, ..self.alert.clone() }, was_last: self.was_last }
    }
}
