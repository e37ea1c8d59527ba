//! `listBalances`. The balance of a day is that of its end in UTC.

use base::{Day, Money, Timestamp};

use super::wire;
use crate::amazon::Amazon;
use crate::amazon::history::{Balance, History};
use crate::amazon::marketplaces::Region;
use crate::amazon::reply::{self, Refusal};
use crate::amazon::search::{fields, list};

const TYPES: [&str; 5] = ["AVAILABLE", "RESERVED", "TOTAL", "DEFERRED", "ACCOUNT_LEVEL_RESERVE"];

/// When the balance is asked for.
enum When {
    Now(Timestamp),
    EndOf(Day),
}

impl Amazon {
    pub(crate) fn list_balances(
        &self,
        region: Region,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let fields = fields(pairs)?;
        super::no_token(&fields)?;
        let kind = list(fields.get("balanceType").copied(), "balanceType", &TYPES)?;
        let when = match fields.get("asOfDate") {
            None => When::Now(now),
            Some(text) => When::EndOf(ended(text, now)?),
        };
        let history = self.history_of(region);
        let here = history.map_or("", |of| of.options.setting.market().marketplace().id);
        let wanted = super::is_wanted(&fields, region, here, super::ACCOUNT_TYPE)?;
        let Some(history) = history.filter(|_| wanted) else {
            return Ok(reply::text(&wire::BalancesReply { balances: Vec::new() }));
        };
        let mut balances = vec![tree(history, &when)];
        if let Some(kind) = kind.map(|words| words.concat()).filter(|kind| kind != "TOTAL") {
            balances = only(balances, &kind);
        }
        for balance in &mut balances {
            sign(balance, history, &when);
        }
        Ok(reply::text(&wire::BalancesReply { balances }))
    }
}

/// A day that is over.
fn ended(text: &str, now: Timestamp) -> Result<Day, Refusal> {
    let day = Day::parse(text)
        .map_err(|_reason| Refusal::input("asOfDate is not a date in ISO 8601 format."))?;
    if day.after_days(1).midnight_utc() > now {
        return Err(Refusal::input("asOfDate must be a day that has ended."));
    }
    Ok(day)
}

fn tree(history: &History, when: &When) -> wire::Balance {
    let Balance { available, deferred, reserve, total } = match when {
        When::Now(now) => history.balance(now.after_ms(1)),
        When::EndOf(day) => history.balance(day.after_days(1).midnight_utc()),
    };
    let node = |balance_type, minor, balances| wire::Balance {
        partner_metadata: None,
        balance_type,
        amount: Money::from_minor(minor, history.currency()).into(),
        last_updated_time: None,
        as_of_date: None,
        balances,
    };
    let held = vec![
        node("DEFERRED", deferred, Vec::new()),
        node("ACCOUNT_LEVEL_RESERVE", reserve, Vec::new()),
    ];
    let parts =
        vec![node("AVAILABLE", available, Vec::new()), node("RESERVED", deferred + reserve, held)];
    node("TOTAL", total, parts)
}

/// The part of a type, wherever in the tree it stands.
fn only(balances: Vec<wire::Balance>, kind: &str) -> Vec<wire::Balance> {
    let mut found = Vec::new();
    for mut balance in balances {
        if balance.balance_type == kind {
            found.push(balance);
        } else {
            found.extend(only(std::mem::take(&mut balance.balances), kind));
        }
    }
    found
}

/// Only the top of a tree says whose it is and of when.
fn sign(balance: &mut wire::Balance, history: &History, when: &When) {
    balance.partner_metadata = Some(partner(history, super::ACCOUNT_TYPE));
    match when {
        When::Now(now) => balance.last_updated_time = Some(local(history, *now)),
        When::EndOf(day) => balance.as_of_date = Some(day.to_string()),
    }
}

pub(crate) fn partner(history: &History, account_type: &'static str) -> wire::Partner {
    wire::Partner {
        partner_id: history.seller_id.clone(),
        account_type,
        marketplace_id: history.options.setting.market().marketplace().id,
    }
}

/// In the marketplace's own time, as `2025-01-12T10:30:00+09:00`.
fn local(history: &History, now: Timestamp) -> String {
    let written = jiff::Timestamp::from_millisecond(now.0).ok().and_then(|moment| {
        let zoned = moment.in_tz(history.options.setting.zone()).ok()?;
        Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    });
    written.unwrap_or_else(|| now.iso())
}
