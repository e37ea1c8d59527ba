//! What Amazon says: the stored transactions, and the balance of a day.

use std::collections::BTreeMap;

use amazon::source::Account as Seller;
use base::{Currency, Day, Money, Timestamp};
use facts::finances::{Balance, Transaction};
use facts::{Body as Said, Fact};

use super::super::Failure;
use super::gather::{state, unworkable};
use crate::book::{AmazonLink, Lane};
use crate::engine::Engine;
use crate::say;

pub(in crate::cli) async fn facts(engine: &Engine) -> Result<Vec<Fact>, Failure> {
    let mut all = Vec::new();
    let until = engine.clock.now().after_ms(Timestamp::DAY);
    for link in &engine.settings.amazon {
        let source = format!("amazon:{}:transactions", link.region);
        let store = &engine.store;
        let facts = store.facts_of_source(&engine.book, &source, Timestamp(0), until);
        all.extend(facts.await?);
    }
    Ok(all)
}

pub(in crate::cli) fn transactions(facts: &[Fact]) -> Vec<&Transaction> {
    let told = facts.iter().filter_map(|fact| {
        if let Said::Transaction(one) = &fact.body { Some(one.as_ref()) } else { None }
    });
    told.collect()
}

/// What Amazon owes at the end of the day, over all accounts in the currency.
pub(in crate::cli) async fn balance(
    engine: &Engine,
    day: Day,
    currency: Currency,
) -> Result<Money, Failure> {
    let mut sum = Money::zero(currency);
    let mut is_known = false;
    for link in &engine.settings.amazon {
        for balance in balances(engine, link, day, currency).await? {
            sum = sum.plus(balance.total).map_err(unworkable)?;
            is_known = true;
        }
    }
    let none = || {
        let detail = format!("Amazon gives no balance in {currency} of {day}");
        Failure::new("bridge_no_balance", detail)
    };
    is_known.then_some(sum).ok_or_else(none)
}

/// The stored balances of the day, else Amazon's answer now.
async fn balances(
    engine: &Engine,
    link: &AmazonLink,
    day: Day,
    currency: Currency,
) -> Result<Vec<Balance>, Failure> {
    let source = format!("amazon:{}:balances", link.region);
    let (from, until) = (day.midnight_utc(), day.after_days(1).midnight_utc());
    let store = &engine.store;
    let stored = store.facts_of_source(&engine.book, &source, from, until).await?;
    let stored = of_the_day(&stored, day, currency);
    if !stored.is_empty() {
        return Ok(stored);
    }
    let lane = Lane::Amazon { region: link.region.clone() };
    let caller = engine.amazon_caller(link, &state(engine, &lane).await?);
    let region = amazon::spec::Region::parse(&link.region).ok_or_else(|| {
        Failure::new("config_invalid", format!("{} is not a region of Amazon", link.region))
    })?;
    let seller = Seller {
        region,
        seller_id: link.seller_id.clone(),
        marketplaces: link.marketplaces.clone(),
        buyer_data: link.buyer_data,
    };
    let now = engine.clock.now();
    let asked = amazon::source::finances::balances(&caller, &seller, Some(day), now);
    let pulled = asked.await.map_err(|stop| Failure::new("bridge_no_balance", say(&stop)))?;
    Ok(of_the_day(&pulled.facts, day, currency))
}

/// One of each account: a day that was read twice counts once.
fn of_the_day(facts: &[Fact], day: Day, currency: Currency) -> Vec<Balance> {
    let mut known: BTreeMap<(String, String), Balance> = BTreeMap::new();
    for balance in facts.iter().filter_map(said) {
        let is_wanted = balance.as_of == Some(day) && balance.total.currency() == currency;
        if is_wanted {
            let key = (balance.marketplace_id.clone(), balance.account_type.clone());
            known.insert(key, balance.clone());
        }
    }
    known.into_values().collect()
}

fn said(fact: &Fact) -> Option<&Balance> {
    if let Said::Balance(balance) = &fact.body { Some(balance) } else { None }
}
