use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Exact, Timestamp};
use serde::Deserialize;

use super::client::{Reply, START, World, months, world_with};
use crate::amazon::history::{self, Setting};
use crate::faults::Fault;

const TRANSACTIONS: &str = "finances/2024-06-19/transactions";

#[derive(Deserialize)]
struct Page {
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    transactions: Vec<Transaction>,
    next_token: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    related_identifiers: Vec<Related>,
    transaction_type: String,
    transaction_id: String,
    transaction_status: String,
    posted_date: String,
    total_amount: Amount,
    items: Vec<Item>,
    breakdowns: Vec<Breakdown>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Related {
    related_identifier_name: String,
    related_identifier_value: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    total_amount: Amount,
    breakdowns: Option<Vec<Breakdown>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Breakdown {
    breakdown_amount: Amount,
    breakdowns: Vec<Breakdown>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    currency_amount: Exact,
}

impl Transaction {
    fn value(&self) -> Decimal {
        self.total_amount.currency_amount.0
    }

    fn is(&self, status: &str) -> bool {
        self.transaction_status.eq_ignore_ascii_case(status)
    }

    fn related(&self, name: &str) -> Option<&str> {
        let found = self.related_identifiers.iter().find(|of| of.related_identifier_name == name);
        found.map(|of| of.related_identifier_value.as_str())
    }
}

async fn list(world: &World, query: &str) -> Reply {
    world.ask(&format!("{TRANSACTIONS}?{query}")).await
}

/// Every page, and how many of them were empty though more came.
async fn walk(world: &World, query: &str) -> (Vec<Transaction>, usize) {
    let (mut all, mut empty) = (Vec::new(), 0);
    let mut next = String::new();
    loop {
        let page: Page = list(world, &format!("{query}{next}")).await.read();
        let is_empty = page.payload.transactions.is_empty();
        all.extend(page.payload.transactions);
        let Some(token) = page.payload.next_token else { return (all, empty) };
        empty += usize::from(is_empty);
        next = format!("&nextToken={token}");
    }
}

/// Everything so far, in two windows: one alone would be too long.
async fn everything(world: &World) -> (Vec<Transaction>, usize) {
    let middle = START.after_ms(-100 * Timestamp::DAY);
    let early = middle.after_ms(-170 * Timestamp::DAY);
    let first = format!("postedAfter={}&postedBefore={}", early.iso(), middle.iso());
    let (mut all, mut empty) = walk(world, &first).await;
    let (rest, more) = walk(world, &format!("postedAfter={}", middle.iso())).await;
    all.extend(rest);
    empty += more;
    (all, empty)
}

fn minor(amount: Decimal) -> i64 {
    i64::try_from((amount * Decimal::ONE_HUNDRED).mantissa()).unwrap()
        / 10_i64.pow((amount * Decimal::ONE_HUNDRED).scale())
}

/// Nothing is late any more, and nothing is settling.
fn quieten(world: &World) {
    world.clock.advance_to(START.after_ms(3 * Timestamp::DAY));
}

#[tokio::test]
async fn pages_tell_every_transaction_once_and_some_are_empty() {
    let world = world_with(months(Setting::UkVat), false);
    let (all, empty) = everything(&world).await;
    let ids: BTreeSet<&str> = all.iter().map(|of| of.transaction_id.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    assert!(all.len() > 300 && empty > 0, "{} {empty}", all.len());
    assert!(all.windows(2).all(|pair| pair[0].posted_date <= pair[1].posted_date));
    assert!(all.iter().any(|of| of.transaction_status == "Released"));
}

fn foot(breakdowns: &[Breakdown]) -> Decimal {
    for breakdown in breakdowns.iter().filter(|of| !of.breakdowns.is_empty()) {
        assert_eq!(foot(&breakdown.breakdowns), breakdown.breakdown_amount.currency_amount.0);
    }
    breakdowns.iter().map(|of| of.breakdown_amount.currency_amount.0).sum()
}

#[tokio::test]
async fn breakdowns_add_up_on_every_level() {
    let world = world_with(months(Setting::De), false);
    let (all, _) = everything(&world).await;
    for of in &all {
        assert_eq!(foot(&of.breakdowns), of.value());
        for item in &of.items {
            let told = item.breakdowns.as_deref().map(foot);
            assert!(told.is_none_or(|told| told == item.total_amount.currency_amount.0));
        }
    }
    assert!(all.iter().flat_map(|of| &of.items).any(|item| item.breakdowns.is_none()));
}

#[tokio::test]
async fn what_is_listed_adds_up_to_the_balance() {
    for setting in [Setting::UkVat, Setting::Us, Setting::Au] {
        let world = world_with(months(setting), false);
        quieten(&world);
        let (all, _) = everything(&world).await;
        // At the end of a day that is told whole.
        let end = Timestamp(START.0.div_euclid(Timestamp::DAY) * Timestamp::DAY);
        let before = |of: &&Transaction| of.posted_date < end.iso();
        let released: Decimal =
            all.iter().filter(before).filter(|of| of.is("RELEASED")).map(Transaction::value).sum();
        let history = world.history();
        let balance = history.balance(end);
        assert_eq!(minor(released), balance.total - balance.deferred, "{setting:?}");
        let waiting: Decimal =
            all.iter().filter(before).filter(|of| of.is("DEFERRED")).map(Transaction::value).sum();
        // Some of what waited then has come free since.
        let since: i64 = history
            .transactions
            .iter()
            .filter(|of| of.posted < end && of.released >= end && of.released <= world.kit.now())
            .map(crate::amazon::history::Transaction::total)
            .sum();
        assert_eq!(minor(waiting) + since, balance.deferred, "{setting:?}");
    }
}

#[tokio::test]
async fn a_deferred_sale_and_its_release_name_each_other() {
    let world = world_with(months(Setting::UkVat), false);
    quieten(&world);
    let (all, _) = everything(&world).await;
    let by_id: BTreeMap<&str, &Transaction> =
        all.iter().map(|of| (of.transaction_id.as_str(), of)).collect();
    let (mut pairs, mut waiting) = (0, 0);
    for of in &all {
        if of.is("DEFERRED_RELEASED") {
            let Some(release) = by_id.get(of.related("RELEASE_TRANSACTION_ID").unwrap()) else {
                continue;
            };
            assert_eq!(
                release.related("DEFERRED_TRANSACTION_ID"),
                Some(of.transaction_id.as_str())
            );
            assert_eq!(release.value(), of.value());
            assert!(release.is("RELEASED") && release.posted_date > of.posted_date);
            assert!(of.related("FINANCIAL_EVENT_GROUP_ID").is_none());
            pairs += 1;
        } else if of.is("DEFERRED") {
            assert!(of.related("RELEASE_TRANSACTION_ID").is_none());
            waiting += 1;
        }
    }
    assert!(pairs > 100 && waiting > 0);
}

#[tokio::test]
async fn some_are_told_up_to_two_days_late() {
    let told = months(Setting::UkVat);
    let world = world_with(history::Options { months: 8, orders: 400, ..told }, false);
    let late = world.history().transactions.iter().find(|of| {
        of.posted > START && of.late_ms > 10 * Timestamp::MINUTE && !of.order_id().is_empty()
    });
    let late = late.unwrap();
    let query = format!("postedAfter={}", late.posted.after_ms(-1).iso());
    let ids = async || -> Vec<String> {
        let (all, _) = walk(&world, &query).await;
        all.into_iter().map(|of| of.transaction_id).collect()
    };
    world.clock.advance_to(late.posted.after_ms(5 * Timestamp::MINUTE));
    assert!(!ids().await.contains(&late.id));
    world.clock.advance_to(late.posted.after_ms(late.late_ms));
    assert!(ids().await.contains(&late.id));
}

#[tokio::test]
async fn a_group_without_its_transfers_is_its_settlement_but_for_what_is_carried() {
    let world = world_with(months(Setting::UkVat), false);
    let history = world.history();
    for settlement in history.settlements.iter().filter(|of| of.end < START).take(6) {
        let query = format!(
            "relatedIdentifierName=FINANCIAL_EVENT_GROUP_ID&relatedIdentifierValue={}&transactionStatus=RELEASED",
            settlement.group_id
        );
        let (all, _) = walk(&world, &query).await;
        let moved = all.iter().filter(|of| of.transaction_type != "Transfer");
        let sum: Decimal = moved.map(Transaction::value).sum();
        let carried = settlement.beginning() - settlement.reserved();
        assert_eq!(minor(sum) + carried, settlement.total);
    }
}

#[tokio::test]
async fn an_order_can_be_asked_for() {
    let world = world_with(months(Setting::UkVat), false);
    let sale = world.history().transactions.iter().find(|of| of.kind == "Shipment").unwrap();
    let query =
        format!("relatedIdentifierName=ORDER_ID&relatedIdentifierValue={}", sale.order_id());
    let (all, _) = walk(&world, &query).await;
    assert!(
        !all.is_empty() && all.iter().all(|of| of.related("ORDER_ID") == Some(sale.order_id()))
    );
}

#[tokio::test]
async fn the_rules_of_list_transactions_are_kept() {
    let world = world_with(months(Setting::UkVat), false);
    let ago = |days: i64| START.after_ms(-days * Timestamp::DAY).iso();
    for query in [
        String::new(),
        format!("postedAfter={}", START.iso()),
        format!("postedAfter={}&postedBefore={}", ago(3), ago(5)),
        format!("postedAfter={}&transactionStatus=Released", ago(3)),
        format!("postedAfter={}&marketplaceId=NOWHERE", ago(3)),
        "relatedIdentifierName=ORDER_ID".to_owned(),
        "relatedIdentifierName=SETTLEMENT_ID&relatedIdentifierValue=1".to_owned(),
        format!("postedAfter={}&nextToken=x", ago(3)),
    ] {
        assert_eq!(list(&world, &query).await.status, 400, "{query}");
    }
    let page: Page = list(&world, &format!("postedAfter={}", ago(181))).await.read();
    assert!(page.payload.transactions.is_empty() && page.payload.next_token.is_none());
    let (_, elsewhere) = (0, format!("postedAfter={}&marketplaceId=ATVPDKIKX0DER", ago(3)));
    assert_eq!(list(&world, &elsewhere).await.status, 403);
    let german = format!("postedAfter={}&marketplaceId=A1PA6795UKMFR9", ago(30));
    assert!(list(&world, &german).await.read::<Page>().payload.transactions.is_empty());
    let (released, _) =
        walk(&world, &format!("postedAfter={}&transactionStatus=DEFERRED", ago(30))).await;
    assert!(!released.is_empty() && released.iter().all(|of| of.is("DEFERRED")));
}

#[tokio::test]
async fn a_fault_repeats_a_transaction() {
    let world = world_with(months(Setting::UkVat), false);
    world.kit.faults.script("listTransactions", Fault::Duplicated);
    let query = format!("postedAfter={}", START.after_ms(-30 * Timestamp::DAY).iso());
    let page: Page = list(&world, &query).await.read();
    let ids: BTreeSet<&str> =
        page.payload.transactions.iter().map(|of| of.transaction_id.as_str()).collect();
    assert_eq!(ids.len() + 1, page.payload.transactions.len());
}
