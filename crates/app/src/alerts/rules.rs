//! What is worth telling. Pure: a snapshot and the configured limits give conditions, each with a
//! key that is the same as long as it is the same thing.

use base::Timestamp;
use intents::BookId;
use serde::Deserialize;

use super::Severity;
use crate::status::text::{counted, span};
use crate::status::{
    BookStatus, LaneStatus, SUSPENSE_CODE, SecretKind, SecretStatus, Snapshot, Waiting,
};

/// `[alerts.rules]` of `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// A lane that should have had a turn so long ago.
    pub lane_late_minutes: u32,
    /// A lane whose turns fail for so long, although nobody has to act.
    pub lane_failing_minutes: u32,
    /// A document that has waited so long for a person.
    pub held_days: u32,
    /// A document that was decided so long ago and is not in Xero.
    pub unposted_hours: u32,
    /// Less than this of a day's calls to Xero is left.
    pub budget_percent: u32,
    /// A secret that ends within so many days; each limit that is passed is told.
    pub secret_days: Vec<u32>,
    /// Something cannot be delivered to a channel for so long.
    pub channel_minutes: u32,
    /// What goes on is told again after so many hours.
    pub remind_hours: u32,
    /// What was not found for so long is over.
    pub calm_minutes: u32,
    /// Codes that are never told.
    pub silent: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            lane_late_minutes: 30,
            lane_failing_minutes: 30,
            held_days: 3,
            unposted_hours: 6,
            budget_percent: 10,
            secret_days: vec![30, 7, 1],
            channel_minutes: 60,
            remind_hours: 24,
            calm_minutes: 5,
            silent: Vec::new(),
        }
    }
}

const LATE_CODE: &str = "lane_late";
const UNPOSTED_CODE: &str = "unposted_late";
const BUDGET_CODE: &str = "budget_low";

/// Something that holds now and that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub key: String,
    /// None when it concerns no single book.
    pub book: Option<(BookId, String)>,
    /// Its page in `docs/errors`.
    pub code: String,
    pub severity: Severity,
    /// How bad by its own measure; when it grows it is told at once.
    pub level: i64,
    pub what: String,
    pub todo: String,
    /// Told again each day.
    pub reminds: bool,
}

/// Everything in the snapshot that the rules say is worth telling.
pub fn evaluate(snapshot: &Snapshot, rules: &Rules, now: Timestamp) -> Vec<Condition> {
    let mut found = Vec::new();
    for book in snapshot.books.iter().filter(|book| !book.is_demo) {
        let asked = Asked { book, rules, now };
        found.extend(book.lanes.iter().filter_map(|lane| asked.lane(lane)));
        found.extend(book.dead.iter().map(|waiting| asked.dead(waiting)));
        found.extend(book.stopped.iter().map(|waiting| asked.stopped(waiting)));
        found.extend(book.held.iter().filter_map(|waiting| asked.held(waiting)));
        found.extend(asked.unposted());
        found.extend(asked.budget());
        found.extend(asked.alarms());
        found.extend(asked.suspense());
    }
    found.extend(snapshot.secrets.iter().filter_map(|one| secret(one, snapshot, rules, now)));
    found.extend(channels(snapshot, rules, now));
    found.retain(|condition| !rules.silent.contains(&condition.code));
    found
}

/// One book under the rules.
struct Asked<'a> {
    book: &'a BookStatus,
    rules: &'a Rules,
    now: Timestamp,
}

fn minutes(count: u32) -> i64 {
    i64::from(count).saturating_mul(Timestamp::MINUTE)
}

/// 1 for the first, 2 from ten on, 3 from a hundred on: so many more are worth telling at once.
fn magnitude(count: u64) -> i64 {
    i64::from(count.checked_ilog10().unwrap_or_default()).saturating_add(1)
}

impl Asked<'_> {
    fn condition(&self, about: &str, code: &str, severity: Severity) -> Condition {
        Condition {
            key: format!("{about}|{}", self.book.id),
            book: Some((self.book.id.clone(), self.book.name.clone())),
            code: code.to_owned(),
            severity,
            level: 1,
            what: String::new(),
            todo: String::new(),
            reminds: true,
        }
    }

    /// One condition for each lane: late, failing, or waiting for a person.
    fn lane(&self, lane: &LaneStatus) -> Option<Condition> {
        let about = format!("lane {}", lane.short);
        let Some(trouble) = &lane.trouble else { return self.late(lane, &about) };
        if trouble.is_for_a_person {
            return Some(Condition {
                level: 3,
                what: format!("The lane {} stands still: {}", lane.short, trouble.code),
                todo: "The page says what to do; it goes on by itself after that.".to_owned(),
                ..self.condition(&about, &trouble.code, Severity::Critical)
            });
        }
        let failing_ms = trouble.since.map_or(0, |since| self.now.since(since));
        if failing_ms < minutes(self.rules.lane_failing_minutes) {
            return self.late(lane, &about);
        }
        let failing = span(failing_ms);
        Some(Condition {
            what: format!("The lane {} fails since {failing}: {}", lane.short, trouble.code),
            todo: "Nobody has to act yet: it is tried again and again.".to_owned(),
            ..self.condition(&about, &trouble.code, Severity::Warning)
        })
    }

    fn late(&self, lane: &LaneStatus, about: &str) -> Option<Condition> {
        let limit_ms = minutes(self.rules.lane_late_minutes).max(1);
        if lane.lag_ms < limit_ms {
            return None;
        }
        let is_long = lane.lag_ms / limit_ms >= 4;
        let severity = if is_long { Severity::Critical } else { Severity::Warning };
        Some(Condition {
            level: if is_long { 2 } else { 1 },
            what: format!("The lane {} should have run {} ago", lane.short, span(lane.lag_ms)),
            todo: "See that `daybook serve` is at work and the machine keeps up.".to_owned(),
            ..self.condition(about, LATE_CODE, severity)
        })
    }

    fn dead(&self, waiting: &Waiting) -> Condition {
        let Waiting { code, count, .. } = waiting;
        Condition {
            level: magnitude(*count),
            what: format!(
                "{}: {code}",
                counted(*count, "document was refused", "documents were refused")
            ),
            todo: "Mend the cause, then replay them.".to_owned(),
            ..self.condition(&format!("dead {code}"), code, Severity::Warning)
        }
    }

    fn stopped(&self, waiting: &Waiting) -> Condition {
        let Waiting { code, count, .. } = waiting;
        Condition {
            level: magnitude(*count),
            what: format!(
                "{}: {code}",
                counted(
                    *count,
                    "order or settlement cannot be booked",
                    "orders or settlements cannot be booked"
                )
            ),
            todo: "Mend the cause; they are decided again by themselves.".to_owned(),
            ..self.condition(&format!("stopped {code}"), code, Severity::Warning)
        }
    }

    fn held(&self, waiting: &Waiting) -> Option<Condition> {
        let limit_ms = i64::from(self.rules.held_days).saturating_mul(Timestamp::DAY);
        let held_ms = self.now.since(waiting.oldest?);
        if held_ms < limit_ms {
            return None;
        }
        let Waiting { code, count, .. } = waiting;
        Some(Condition {
            what: format!(
                "{}, the oldest {}: {code}",
                counted(*count, "document waits for you", "documents wait for you"),
                span(held_ms)
            ),
            todo: "Look at them with `daybook status`, then release or review them.".to_owned(),
            ..self.condition(&format!("held {code}"), code, Severity::Info)
        })
    }

    fn unposted(&self) -> Option<Condition> {
        let limit_ms = i64::from(self.rules.unposted_hours).saturating_mul(Timestamp::HOUR);
        let late_ms = self.now.since(self.book.oldest_unposted?);
        (late_ms >= limit_ms).then(|| Condition {
            what: format!("A document was decided {} ago and is not in Xero", span(late_ms)),
            todo: "See what the Xero lane says in `daybook status`.".to_owned(),
            ..self.condition("unposted", UNPOSTED_CODE, Severity::Warning)
        })
    }

    fn budget(&self) -> Option<Condition> {
        let left = self.book.xero_left.as_ref()?;
        let is_low = u64::from(left.day) * 100
            < u64::from(left.day_of) * u64::from(self.rules.budget_percent);
        is_low.then(|| Condition {
            level: if left.day == 0 { 2 } else { 1 },
            what: format!("{} of {} calls to Xero are left today", left.day, left.day_of),
            todo: "Nothing is lost: what is left goes out tomorrow.".to_owned(),
            reminds: false,
            ..self.condition("budget", BUDGET_CODE, Severity::Warning)
        })
    }

    /// One condition for each code, for all that it was raised about.
    fn alarms(&self) -> Vec<Condition> {
        let mut found: Vec<Condition> = Vec::new();
        let mut codes: Vec<&str> =
            self.book.alarms.iter().map(|alarm| alarm.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let mut same = self.book.alarms.iter().filter(|alarm| alarm.code == code);
            let count = same.clone().count();
            let first = same.next().map_or("", |alarm| alarm.subject.as_str());
            let rest = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
            found.push(Condition {
                level: i64::try_from(count).unwrap_or(i64::MAX),
                what: format!("A check failed ({code}): {first}{rest}"),
                todo: "Look at it in Xero; it clears itself when it is mended there.".to_owned(),
                ..self.condition(&format!("alarm {code}"), code, Severity::Warning)
            });
        }
        found
    }

    fn suspense(&self) -> Option<Condition> {
        let count = self.book.suspended;
        (count > 0).then(|| Condition {
            level: i64::try_from(count).unwrap_or(i64::MAX),
            what: format!("{count} settlements have amounts in suspense that nobody knows yet"),
            todo: "Say what the new words are in the rule book.".to_owned(),
            ..self.condition("suspense", SUSPENSE_CODE, Severity::Info)
        })
    }
}

/// The more limits are passed, the worse; the last one, and the end itself, are critical.
fn secret(
    secret: &SecretStatus,
    snapshot: &Snapshot,
    rules: &Rules,
    now: Timestamp,
) -> Option<Condition> {
    let left_ms = secret.ends.since(now);
    let passed = |days: &&u32| left_ms <= i64::from(**days).saturating_mul(Timestamp::DAY);
    let count = rules.secret_days.iter().filter(passed).count();
    if count == 0 {
        return None;
    }
    let is_last = count == rules.secret_days.len();
    let is_over = left_ms <= 0;
    let (kind, todo) = match secret.kind {
        SecretKind::ClientSecret => (
            "client secret of the Amazon application",
            "Make a new one in Seller Central and give it with `daybook connect`.",
        ),
        SecretKind::Authorisation => (
            "seller's authorisation at Amazon",
            "Authorise the application again and give the new token with `daybook connect`.",
        ),
        SecretKind::RefreshToken => (
            "refresh token at Xero",
            "It is renewed whenever Daybook calls Xero: see that it runs, or connect again.",
        ),
    };
    let mut names = snapshot.books.iter().filter(|book| secret.books.contains(&book.id));
    let book = match (names.next(), names.next()) {
        (Some(book), None) => Some((book.id.clone(), book.name.clone())),
        (_, _) => None,
    };
    let when = if is_over { "has ended".to_owned() } else { format!("ends in {}", span(left_ms)) };
    let severity = if is_last || is_over { Severity::Critical } else { Severity::Warning };
    Some(Condition {
        key: format!("secret|{}", secret.key),
        book,
        code: "secret_ending".to_owned(),
        severity,
        level: i64::try_from(count).unwrap_or(1).saturating_add(i64::from(is_over)),
        what: format!("The {kind} {when}; {} books live on it", secret.books.len()),
        todo: todo.to_owned(),
        // Weeks ahead once is enough.
        reminds: count > 1,
    })
}

/// What cannot reach one channel is told on the others.
fn channels(snapshot: &Snapshot, rules: &Rules, now: Timestamp) -> Vec<Condition> {
    let limit_ms = minutes(rules.channel_minutes);
    let stuck = snapshot.channels.iter().filter(|one| now.since(one.oldest) >= limit_ms);
    let told = stuck.map(|channel| Condition {
        key: format!("channel|{}", channel.name),
        book: None,
        code: "alert_not_delivered".to_owned(),
        severity: Severity::Warning,
        level: 1,
        what: format!(
            "{} alerts wait for the channel {}, the oldest {}",
            channel.waiting,
            channel.name,
            span(now.since(channel.oldest))
        ),
        todo: "`daybook alerts` says what it answered; `daybook alerts test` tries it.".to_owned(),
        reminds: true,
    });
    told.collect()
}
