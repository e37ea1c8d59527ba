//! A snapshot in words: the first lines for whoever keeps the books, the rest for whoever keeps the
//! machine.

use base::Timestamp;

use super::{BookStatus, LaneStatus, NodeStatus, SUSPENSE_CODE, SecretKind, Snapshot, Waiting};

/// Books that are told one by one; `--json` has them all.
const BOOKS_MAX: usize = 20;
/// A secret that ends within so many days is told without being asked for.
const SOON_DAYS: i64 = 30;

/// The whole snapshot.
pub fn text(snapshot: &Snapshot) -> String {
    let mut out = vec![headline(snapshot)];
    out.extend(served(&snapshot.nodes));
    out.extend(to_do(snapshot));
    for book in snapshot.books.iter().take(BOOKS_MAX) {
        out.push(String::new());
        details(book, snapshot.at, &mut out);
    }
    let rest = snapshot.books.len().saturating_sub(BOOKS_MAX);
    if rest > 0 {
        out.push(format!("\nand {rest} more books (--json lists them all)"));
    }
    if !snapshot.secrets.is_empty() {
        out.push("\nSecrets, by when they end:".to_owned());
        let mut secrets: Vec<_> = snapshot.secrets.iter().collect();
        secrets.sort_by_key(|secret| secret.ends);
        out.extend(secrets.into_iter().take(BOOKS_MAX).map(|secret| {
            let day = secret.ends.iso().chars().take(10).collect::<String>();
            let left = days(secret.ends.since(snapshot.at));
            format!("  {day} ({left})  {} of {}", kind_words(secret.kind), secret.vendor)
        }));
    }
    out.join("\n")
}

/// Who works on it. Where nobody ever served, `daybook run` does, and nothing is said.
fn served(nodes: &[NodeStatus]) -> Option<String> {
    let alive: Vec<&NodeStatus> = nodes.iter().filter(|node| node.is_alive).collect();
    if nodes.is_empty() {
        return None;
    }
    let count = alive.len() as u64;
    let short = |node: &NodeStatus| node.name.chars().take(8).collect::<String>();
    Some(match alive.iter().find(|node| node.leads) {
        _ if alive.is_empty() => "Nobody serves it now: start daybook serve".to_owned(),
        Some(leader) if count == 1 => format!("Served by node {}", short(leader)),
        Some(leader) => {
            let others = counted(count.saturating_sub(1), "other stands", "others stand");
            format!("Served by node {}; {others} by", short(leader))
        }
        None => format!("Served by {}", counted(count, "node", "nodes")),
    })
}

/// "3 books, all up to date; 2 documents wait for you".
pub fn headline(snapshot: &Snapshot) -> String {
    if snapshot.books.is_empty() {
        return "There is no book yet: run daybook connect".to_owned();
    }
    let behind: Vec<&BookStatus> =
        snapshot.books.iter().filter(|book| !book.is_up_to_date()).collect();
    let books = counted(snapshot.books.len() as u64, "book", "books");
    let mut parts = vec![match behind.as_slice() {
        [] if snapshot.books.len() == 1 => format!("{books}, up to date"),
        [] => format!("{books}, all up to date"),
        [one] => format!("{books}; {} is behind", one.name),
        some => format!("{books}; {} are behind", some.len()),
    }];
    let sum = |of: fn(&BookStatus) -> &Vec<Waiting>| -> u64 {
        snapshot.books.iter().flat_map(of).map(|waiting| waiting.count).sum()
    };
    let held = sum(|book| &book.held);
    let refused = sum(|book| &book.dead);
    let stopped = sum(|book| &book.stopped);
    if held > 0 {
        parts.push(format!("{} for you", verb(held, "document", "waits", "wait")));
    }
    if refused > 0 {
        parts.push(verb(refused, "document", "was refused", "were refused"));
    }
    if stopped > 0 {
        let things = counted(stopped, "order or settlement", "orders or settlements");
        parts.push(format!("{things} cannot be booked yet"));
    }
    let alarms: usize = snapshot.books.iter().map(|book| book.alarms.len()).sum();
    if alarms > 0 {
        parts.push(counted(alarms as u64, "alarm", "alarms"));
    }
    parts.join("; ")
}

/// What a person can do now, one line each.
fn to_do(snapshot: &Snapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for book in &snapshot.books {
        let name = &book.name;
        for lane in book.lanes.iter().filter(|_| !book.is_demo) {
            if let Some(trouble) = &lane.trouble {
                let who = if trouble.is_for_a_person { "needs you" } else { "goes on by itself" };
                lines.push(format!(
                    "  {name}: {} is stopped ({}), {who}",
                    lane.short,
                    page(&trouble.code)
                ));
            } else if lane.is_late() {
                let late = span(lane.lag_ms);
                lines.push(format!("  {name}: {} should have run {late} ago: is `daybook serve` or `daybook run` at work?", lane.short));
            }
        }
        let lists = [
            (&book.held, "held", "daybook release, after a look with daybook explain"),
            (&book.dead, "refused", "mend the cause, then daybook release"),
            (&book.stopped, "stopped", "mend the cause; it is decided again by itself"),
        ];
        for (list, word, act) in lists {
            for waiting in list {
                let Waiting { code, count, .. } = waiting;
                lines.push(format!("  {name}: {count} {word} ({}): {act}", page(code)));
            }
        }
        if book.suspended > 0 {
            let count = counted(book.suspended, "settlement has", "settlements have");
            lines.push(format!("  {name}: {count} amounts in suspense ({})", page(SUSPENSE_CODE)));
        }
        lines.extend(book.alarms.iter().map(|alarm| {
            format!("  {name}: {} {}: {}", page(&alarm.code), alarm.subject, alarm.detail)
        }));
    }
    for secret in &snapshot.secrets {
        let left_ms = secret.ends.since(snapshot.at);
        if left_ms <= SOON_DAYS * Timestamp::DAY {
            let kind = kind_words(secret.kind);
            lines.push(format!("  the {kind} of {} ends in {}", secret.vendor, days(left_ms)));
        }
    }
    for channel in &snapshot.channels {
        let since = span(snapshot.at.since(channel.oldest));
        lines.push(format!(
            "  alerts: {} wait for {}, the oldest {since}",
            channel.waiting, channel.name
        ));
    }
    lines
}

fn details(book: &BookStatus, now: Timestamp, out: &mut Vec<String>) {
    out.push(format!("{}  {}", book.name, book.id));
    if book.is_demo {
        out.push("  a demo's book: its vendors ended with it".to_owned());
        return;
    }
    for lane in &book.lanes {
        out.push(format!("  {:<12} {}", lane.short, lane_words(lane, now)));
    }
    let states: Vec<String> = book
        .open
        .iter()
        .map(|(state, kinds)| format!("{state} {}", kinds.values().sum::<u64>()))
        .collect();
    let states = if states.is_empty() { "empty".to_owned() } else { states.join(", ") };
    out.push(format!(
        "  {:<12} {states}; undecided {}; posted in a day {}",
        "outbox", book.undecided, book.posted_last_day
    ));
    if let Some(oldest) = book.oldest_unposted {
        out.push(format!("  {:<12} {}", "unposted", span(now.since(oldest))));
    }
    for past in &book.past {
        let paused = if past.is_paused { ", paused" } else { "" };
        let words = format!("{} % of {}'s read{paused}", past.percent, past.region);
        out.push(format!("  {:<12} {words}", "the past"));
    }
    if let Some(left) = &book.xero_left {
        let mut words = format!(
            "{} of {} calls left today, {} of {} this minute",
            left.day, left.day_of, left.minute, left.minute_of
        );
        if let Some(until) = left.closed_until {
            words = format!("{words}; Xero asked to wait {}", span(until.since(now)));
        }
        out.push(format!("  {:<12} {words}", "Xero"));
    }
    for region in &book.amazon_left {
        let low: Vec<String> = region
            .buckets
            .iter()
            .map(|bucket| format!("{} {}/{}", bucket.operation, bucket.left, bucket.of))
            .collect();
        let low = if low.is_empty() { "no limit is near".to_owned() } else { low.join(", ") };
        out.push(format!("  {:<12} {low}", format!("Amazon {}", region.region)));
    }
    let connections: Vec<String> =
        book.connections.iter().map(|one| format!("{}: {}", one.shown(), one.state)).collect();
    out.push(format!("  {:<12} {}", "connections", connections.join(", ")));
}

fn lane_words(lane: &LaneStatus, now: Timestamp) -> String {
    let mut words = match (&lane.node, lane.lag_ms) {
        (Some(node), _) => format!("at work on {}", node.chars().take(12).collect::<String>()),
        (None, 0) => format!("due in {}", span(lane.due.since(now))),
        (None, lag_ms) => format!("{} late", span(lag_ms)),
    };
    if let Some(moment) = lane.succeeded {
        words = format!("{words}; went well {} ago", span(now.since(moment)));
    }
    if let Some(trouble) = &lane.trouble {
        words = format!("{words}; {} times {}: {}", lane.failures, trouble.code, trouble.detail);
    }
    words
}

/// The page of a code.
fn page(code: &str) -> String {
    if code.is_empty() { "no reason".to_owned() } else { format!("docs/errors/{code}.md") }
}

fn kind_words(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::ClientSecret => "application's client secret",
        SecretKind::Authorisation => "seller's authorisation",
        SecretKind::RefreshToken => "refresh token",
    }
}

pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn verb(count: u64, thing: &str, one: &str, many: &str) -> String {
    let many_things = format!("{thing}s");
    let things = counted(count, thing, &many_things);
    format!("{things} {}", if count == 1 { one } else { many })
}

fn days(ms: i64) -> String {
    match ms / Timestamp::DAY {
        ..=-1 => "over".to_owned(),
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// A length of time in one unit.
pub fn span(ms: i64) -> String {
    match ms.max(0) {
        ms @ ..1_000 => format!("{ms} ms"),
        ms @ 1_000..120_000 => format!("{} s", ms / 1_000),
        ms @ 120_000..7_200_000 => format!("{} min", ms / 60_000),
        ms @ 7_200_000..172_800_000 => format!("{} h", ms / 3_600_000),
        ms => format!("{} days", ms / Timestamp::DAY),
    }
}
