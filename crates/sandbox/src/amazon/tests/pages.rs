use std::collections::BTreeSet;

use base::{Clock, Timestamp};

use super::client::{FoundOrder, World, before_start, options, world, world_of};
use crate::amazon::{Layout, Region};
use crate::faults::Fault;

const MONTH: i64 = 31 * Timestamp::DAY;

fn month() -> String {
    format!("lastUpdatedAfter={}", before_start(MONTH))
}

async fn refused(query: &str, with: &str) {
    let reply = world(60, true).search(query).await;
    assert_eq!(reply.status, 400, "{query}");
    assert!(reply.text.contains(with), "{query}: {}", reply.text);
}

#[tokio::test]
async fn exactly_one_start_must_be_given() {
    refused("", "Exactly one").await;
    let (created, updated) = (before_start(MONTH), before_start(MONTH));
    refused(&format!("createdAfter={created}&lastUpdatedAfter={updated}"), "must not be mixed")
        .await;
    refused(&format!("createdAfter={created}&lastUpdatedBefore={updated}"), "must not be mixed")
        .await;
    refused(&format!("createdBefore={created}"), "Exactly one").await;
}

#[tokio::test]
async fn the_window_must_end_two_minutes_ago() {
    let end = |ms| format!("{}&lastUpdatedBefore={}", month(), before_start(ms));
    refused(&end(119_999), "two minutes before now").await;
    assert_eq!(world(60, true).search(&end(120_000)).await.status, 200);
    let turned = format!(
        "lastUpdatedAfter={}&lastUpdatedBefore={}",
        before_start(Timestamp::HOUR),
        before_start(2 * Timestamp::HOUR)
    );
    refused(&turned, "must not be before the start").await;
    refused(&format!("lastUpdatedAfter={}", before_start(60_000)), "two minutes").await;
}

#[tokio::test]
async fn values_must_be_those_of_the_model() {
    refused("lastUpdatedAfter=yesterday", "ISO 8601").await;
    refused("createdAfter=TEST_CASE_400", "ISO 8601").await;
    refused(&format!("{}&maxResultsPerPage=0", month()), "between 1 and 100").await;
    refused(&format!("{}&maxResultsPerPage=101", month()), "between 1 and 100").await;
    refused(&format!("{}&includedData=PROCEEDS,ITEMS", month()), "ITEMS").await;
    refused(&format!("{}&fulfillmentStatuses=Shipped", month()), "Shipped").await;
    refused(&format!("{}&fulfilledBy=SELLER", month()), "SELLER").await;
    refused(&format!("{}&marketplaceIds=A1NOWHERE", month()), "A1NOWHERE").await;
    refused(&format!("{}&includedData=TAX&includedData=PROCEEDS", month()), "more than once").await;
    refused(&format!("{}&marketplaceIds=", month()), "no value").await;
}

#[tokio::test]
async fn a_marketplace_of_another_region_is_out_of_reach() {
    let world = world(60, true);
    let reply = world.search(&format!("{}&marketplaceIds=ATVPDKIKX0DER", month())).await;
    assert_eq!(reply.status, 403);
}

#[tokio::test]
async fn the_reply_tells_the_end_of_its_window() {
    let world = world(60, true);
    let by_update = world.search(&month()).await.found();
    assert_eq!(by_update.last_updated_before, Some(before_start(120_000)));
    assert_eq!(by_update.created_before, None);
    let created =
        format!("createdAfter={}&createdBefore={}", before_start(MONTH), before_start(300_000));
    let by_creation = world.search(&created).await.found();
    assert_eq!(by_creation.created_before, Some(before_start(300_000)));
    assert!(!by_creation.orders.is_empty());
}

async fn walk(world: &World, query: &str, size: usize) -> Vec<FoundOrder> {
    let mut orders = Vec::new();
    let mut next = String::new();
    loop {
        let page = world.search(&format!("{query}&maxResultsPerPage={size}{next}")).await.found();
        assert!(page.orders.len() <= size);
        orders.extend(page.orders);
        let Some(pagination) = page.pagination else { return orders };
        next = format!("&paginationToken={}", pagination.next_token);
    }
}

#[tokio::test]
async fn pages_show_each_order_once() {
    let world = world(200, false);
    let whole = walk(&world, &month(), 100).await;
    let small = walk(&world, &month(), 7).await;
    assert_eq!(whole, small);
    let ids: BTreeSet<&str> = small.iter().map(|order| order.order_id.as_str()).collect();
    assert_eq!(ids.len(), small.len());
    assert!(ids.len() > 80);
}

#[tokio::test]
async fn a_page_token_belongs_to_its_request_and_dies_after_a_day() {
    let world = world(200, false);
    let query = format!("{}&maxResultsPerPage=5", month());
    let first = world.search(&query).await.found();
    let token = first.pagination.unwrap().next_token;
    let with = |query: &str| format!("{query}&paginationToken={token}");
    let other = format!("{}&maxResultsPerPage=5&fulfilledBy=AMAZON", month());
    assert_eq!(world.search(&with(&other)).await.status, 400);
    assert_eq!(world.search(&with("maxResultsPerPage=5")).await.status, 400);
    assert_eq!(world.search(&with(&query).replace("Token=", "Token=x")).await.status, 400);
    let changed = format!("{}&maxResultsPerPage=9&includedData=PROCEEDS", month());
    assert_eq!(world.search(&with(&changed)).await.found().orders.len(), 9);
    world.clock.advance_to(world.clock.now().after_ms(Timestamp::DAY + 1));
    assert_eq!(world.search(&with(&query)).await.status, 400);
}

#[tokio::test]
async fn filters_narrow_the_search() {
    let world = world(300, false);
    let german = walk(&world, &format!("{}&marketplaceIds=A1PA6795UKMFR9", month()), 100).await;
    assert!(german.iter().any(|order| order.order_id.starts_with("30")));
    assert!(!german.iter().any(|order| order.order_id.starts_with("407")));
    let pending = walk(&world, &format!("{}&fulfillmentStatuses=PENDING", month()), 100).await;
    let all = walk(&world, &month(), 100).await;
    assert!(!pending.is_empty() && pending.len() < all.len() / 10);
}

#[tokio::test]
async fn an_order_shows_once_it_has_settled_for_two_minutes() {
    let world = world_of(
        crate::amazon::generate::Options { layout: Layout::Live, ..options(3, 200) },
        false,
    );
    let first = world.amazon.next_change(world.clock.now()).unwrap();
    let mut changes = 0;
    let mut at = first;
    while let Some(next) = world.amazon.next_change(at) {
        assert!(next > at && next.since(super::client::START) <= 2 * Timestamp::HOUR);
        changes += 1;
        at = next;
    }
    assert!(changes > 60);
    world.clock.advance_to(at);
    let since = format!("lastUpdatedAfter={}", before_start(0));
    let unsettled = walk(&world, &since, 100).await.len();
    world.clock.advance_to(at.after_ms(2 * Timestamp::MINUTE));
    assert!(walk(&world, &since, 100).await.len() > unsettled);
}

#[tokio::test]
async fn a_repeated_order_comes_from_the_page_before() {
    let world = world(200, false);
    let query = format!("{}&maxResultsPerPage=5", month());
    let first = world.search(&query).await.found();
    let token = first.pagination.unwrap().next_token;
    world.kit.faults.script("searchOrders", Fault::Duplicated);
    let second = world.search(&format!("{query}&paginationToken={token}")).await.found();
    assert_eq!(second.orders.len(), 5);
    assert!(second.orders.contains(first.orders.last().unwrap()));
}

#[tokio::test]
async fn a_shuffled_page_has_the_same_orders() {
    let world = world(200, false);
    let calm = world.search(&month()).await.found().orders;
    world.kit.faults.script("searchOrders", Fault::Shuffled);
    let shuffled = world.search(&month()).await.found().orders;
    assert_ne!(calm, shuffled);
    let ids = |orders: &[FoundOrder]| -> BTreeSet<String> {
        orders.iter().map(|order| order.order_id.clone()).collect()
    };
    assert_eq!(ids(&calm), ids(&shuffled));
}

#[tokio::test]
async fn an_order_is_found_by_its_id_in_its_own_region() {
    let world = world(60, false);
    let found = world.search(&month()).await.found();
    let id = &found.orders[0].order_id;
    let token = world.token(Region::Eu).await;
    let order = world.get(&token, &format!("/eu/orders/2026-01-01/orders/{id}")).await;
    assert_eq!(order.status, 200);
    assert!(order.text.starts_with(&format!(r#"{{"order":{{"orderId":"{id}""#)));
    assert!(!order.text.contains("proceeds") && !order.text.contains("buyer"));
    let asked =
        format!("/eu/orders/2026-01-01/orders/{id}?includedData=FULFILLMENT,BUYER,RECIPIENT");
    let order = world.get(&token, &asked).await;
    assert!(order.text.contains("fulfillmentStatus"));
    assert!(!order.text.contains("buyer") && !order.text.contains("recipient"));
    let other = world.token(Region::Na).await;
    let elsewhere = world.get(&other, &format!("/na/orders/2026-01-01/orders/{id}")).await;
    assert_eq!(elsewhere.status, 404);
    assert_eq!(world.get(&token, "/eu/orders/2026-01-01/orders/TEST_CASE_400").await.status, 400);
}
