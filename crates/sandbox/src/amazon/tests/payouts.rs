use base::{Clock, Decimal, Exact, Timestamp};
use serde::Deserialize;

use super::client::{START, World, months, world_with};
use crate::amazon::history::{Quirks, Setting};

#[derive(Deserialize)]
struct Payouts {
    payouts: Vec<Payout>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payout {
    id: String,
    current_status: String,
    status_history: Vec<Status>,
    amount: Option<Amount>,
    trace_id: Option<String>,
    creation_date: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    failure_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    expected_payouts: Vec<ExpectedPayout>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedPayout {
    status: String,
    amount: Option<Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    currency_amount: Exact,
}

#[derive(Deserialize)]
struct Balances {
    balances: Vec<Balance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Balance {
    balance_type: String,
    amount: Amount,
    as_of_date: Option<String>,
    last_updated_time: Option<String>,
    #[serde(default)]
    balances: Vec<Balance>,
}

#[derive(Deserialize)]
struct Summaries {
    summaries: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    net_proceeds: Amount,
    breakdowns: Vec<Breakdown>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Breakdown {
    breakdown_amount: Amount,
}

#[derive(Deserialize)]
struct Groups {
    payload: GroupList,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GroupList {
    financial_event_group_list: Vec<Group>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    financial_event_group_id: String,
    processing_status: String,
    fund_transfer_status: Option<String>,
    original_total: OldAmount,
    beginning_balance: OldAmount,
    fund_transfer_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OldAmount {
    currency_amount: Exact,
}

fn money(minor: i64) -> Decimal {
    Decimal::new(minor, 2)
}

fn date_of(at: Timestamp) -> String {
    at.iso().chars().take(10).collect()
}

async fn payouts(world: &World, query: &str) -> Vec<Payout> {
    let path = format!("finances/transfers/2024-06-01/payouts?{query}");
    world.ask(&path).await.read::<Payouts>().payouts
}

#[tokio::test]
async fn a_payout_moves_with_the_clock() {
    let world = world_with(months(Setting::UkVat), false);
    let next = world
        .history()
        .settlements
        .iter()
        .find(|of| of.deposit > START && of.total > 0 && of.payout.paid().is_some())
        .unwrap();
    let query = format!("payoutId={}", next.payout.id);
    assert!(payouts(&world, &query).await.is_empty());
    for (hours, status) in [(0, "STARTED"), (7, "IN_TRANSIT"), (24 * 6, "PAID")] {
        world.clock.advance_to(next.deposit.after_ms(hours * Timestamp::HOUR));
        let found = payouts(&world, &query).await;
        assert_eq!(found[0].current_status, status);
        assert_eq!(found[0].creation_date, next.deposit.iso());
        assert_eq!(found[0].amount.as_ref().unwrap().currency_amount.0, money(next.total));
        assert!(found[0].trace_id.is_some());
    }
}

#[tokio::test]
async fn a_failed_payout_says_why_and_one_of_nothing_has_no_amount() {
    let world = world_with(months(Setting::Us), false);
    let all = payouts(&world, "").await;
    let ended = world.history().settlements.iter().filter(|of| of.deposit <= START);
    assert_eq!(all.len(), ended.count());
    let failed = all.iter().find(|of| of.current_status == "FAILED").unwrap();
    assert!(failed.status_history.iter().any(|of| of.failure_reason.is_some()));
    let none: Vec<&Payout> = all.iter().filter(|of| of.current_status == "NO_PAYOUT").collect();
    assert!(!none.is_empty() && none.iter().all(|of| of.amount.is_none()));
    let early = all.iter().map(|of| of.id.parse::<u64>().unwrap()).min().unwrap();
    assert_eq!(early.to_string(), world.history().settlements[0].id);
    let since = format!("createdAfter={}", START.after_ms(-30 * Timestamp::DAY).iso());
    assert!(payouts(&world, &since).await.len() < all.len());
}

#[tokio::test]
async fn an_application_without_the_role_sees_no_payouts() {
    let quirks = Quirks { no_transfers_role: true, ..Quirks::default() };
    let world =
        world_with(crate::amazon::history::Options { quirks, ..months(Setting::UkVat) }, false);
    for path in ["payouts", "payouts/expected"] {
        let reply = world.ask(&format!("finances/transfers/2024-06-01/{path}")).await;
        assert_eq!(reply.status, 403);
        assert!(reply.text.contains("Access to requested resource is denied."));
    }
    world.amazon.give_transfers_role();
    assert!(!payouts(&world, "").await.is_empty());
}

#[tokio::test]
async fn the_next_payout_is_expected() {
    let world = world_with(months(Setting::UkVat), false);
    let path = "finances/transfers/2024-06-01/payouts/expected";
    let ended = world.history().settlements.iter().find(|of| of.end > START).unwrap().clone();
    world.clock.advance_to(ended.end.after_ms(6 * Timestamp::HOUR));
    let expected: Expected = world.ask(path).await.read();
    let one = &expected.expected_payouts[0];
    assert_eq!(one.status == "SCHEDULED", ended.total > 0);
    assert_eq!(
        one.amount.as_ref().map(|amount| amount.currency_amount.0),
        (ended.total > 0).then(|| money(ended.total))
    );
}

async fn balances(world: &World, query: &str) -> Vec<Balance> {
    let path = format!("finances/2024-06-19/balances?{query}");
    world.ask(&path).await.read::<Balances>().balances
}

#[tokio::test]
async fn balances_are_of_now_or_of_the_end_of_a_day() {
    let world = world_with(months(Setting::Au), false);
    let now = balances(&world, "").await;
    assert!(now[0].last_updated_time.as_ref().unwrap().contains("+1"));
    assert_eq!(
        now[0].amount.currency_amount.0,
        money(world.history().balance(START.after_ms(1)).total)
    );
    let day = START.after_ms(-40 * Timestamp::DAY);
    let date = date_of(day);
    let then = balances(&world, &format!("asOfDate={date}")).await;
    let end = Timestamp((day.0.div_euclid(Timestamp::DAY) + 1) * Timestamp::DAY);
    let balance = world.history().balance(end);
    assert_eq!(then[0].balance_type, "TOTAL");
    assert_eq!(then[0].as_of_date.as_deref(), Some(date.as_str()));
    assert_eq!(then[0].amount.currency_amount.0, money(balance.total));
    assert_eq!(then[0].balances[0].amount.currency_amount.0, money(balance.available));
    assert_eq!(then[0].balances[1].balances[0].amount.currency_amount.0, money(balance.deferred));
    assert_eq!(then[0].balances[1].balances[1].amount.currency_amount.0, money(balance.reserve));
    let deferred = balances(&world, &format!("asOfDate={date}&balanceType=DEFERRED")).await;
    assert_eq!(deferred[0].amount.currency_amount.0, money(balance.deferred));
    let today = format!("finances/2024-06-19/balances?asOfDate={}", date_of(START));
    assert_eq!(world.ask(&today).await.status, 400);
}

#[tokio::test]
async fn a_summary_is_its_settlement() {
    let world = world_with(months(Setting::De), false);
    let path =
        "finances/2024-06-19/summary?relatedIdentifierName=SETTLEMENT_ID&relatedIdentifierValue=";
    for settlement in world.history().settlements.iter().filter(|of| of.end <= START) {
        let found: Summaries = world.ask(&format!("{path}{}", settlement.id)).await.read();
        let summary = &found.summaries[0];
        assert_eq!(summary.net_proceeds.currency_amount.0, money(settlement.total));
        let sum: Decimal =
            summary.breakdowns.iter().map(|of| of.breakdown_amount.currency_amount.0).sum();
        assert_eq!(sum, money(settlement.total));
    }
    let open = world.history().settlements.iter().find(|of| of.end > START).unwrap();
    let found: Summaries = world.ask(&format!("{path}{}", open.id)).await.read();
    assert!(found.summaries.is_empty());
    assert_eq!(world.ask("finances/2024-06-19/summary").await.status, 400);
}

#[tokio::test]
async fn groups_are_settlements_by_another_name() {
    let world = world_with(months(Setting::UkVat), false);
    let mut groups = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("finances/v0/financialEventGroups?MaxResultsPerPage=5{next}");
        let page: Groups = world.ask(&path).await.read();
        groups.extend(page.payload.financial_event_group_list);
        let Some(token) = page.payload.next_token else { break };
        next = format!("&NextToken={token}");
    }
    let history = world.history();
    let begun = history.settlements.iter().filter(|of| of.start < START);
    assert_eq!(groups.len(), begun.clone().count());
    for (group, settlement) in groups.iter().zip(begun) {
        assert_eq!(group.financial_event_group_id, settlement.group_id);
        assert_eq!(group.beginning_balance.currency_amount.0, money(settlement.beginning()));
        let is_closed = settlement.end <= world.clock.now();
        assert_eq!(group.processing_status == "Closed", is_closed);
        assert_eq!(group.fund_transfer_date.is_some(), is_closed);
        if is_closed {
            assert_eq!(group.original_total.currency_amount.0, money(settlement.total));
            assert!(group.fund_transfer_status.is_some());
        }
    }
    let odd = world.ask("finances/v0/financialEventGroups?MaxResultsPerPage=101").await;
    assert_eq!(odd.status, 400);
}
