use axum::body::Body;
use axum::http::Request;
use base::{Clock, Timestamp};

use super::client::{World, before_start, world};
use crate::amazon::Region;
use crate::faults::Fault;

const MONTH: i64 = 31 * Timestamp::DAY;
const SELLERS: &str = "/eu/sellers/v1/marketplaceParticipations";

#[tokio::test]
async fn the_seller_takes_part_in_marketplaces_of_the_region_alone() {
    let world = world(60, true);
    let token = world.token(Region::Fe).await;
    let reply = world.get(&token, "/fe/sellers/v1/marketplaceParticipations").await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("A1VC38T7YXB528") && !reply.text.contains("ATVPDKIKX0DER"));
    assert_eq!(reply.header("x-amzn-ratelimit-limit"), Some("0.016"));
    assert!(reply.header("x-amzn-requestid").is_some());
}

#[tokio::test]
async fn a_token_of_one_region_is_refused_by_another() {
    let world = world(10, true);
    let token = world.token(Region::Na).await;
    let reply = world.get(&token, SELLERS).await;
    assert_eq!(reply.status, 403);
    assert_eq!(reply.header("x-amzn-errortype"), Some("AccessDeniedException"));
    assert_eq!(reply.header("x-amzn-ratelimit-limit"), None);
    assert!(reply.text.contains("Access to requested resource is denied."));
}

#[tokio::test]
async fn an_access_token_is_good_for_an_hour() {
    let world = world(10, true);
    let token = world.token(Region::Eu).await;
    world.clock.advance_to(world.clock.now().after_ms(Timestamp::HOUR - 1));
    assert_eq!(world.get(&token, SELLERS).await.status, 200);
    world.clock.advance_to(world.clock.now().after_ms(1));
    let reply = world.get(&token, SELLERS).await;
    assert_eq!(reply.status, 403);
    assert!(reply.text.contains("has expired"));
}

#[tokio::test]
async fn a_missing_token_is_a_403_too() {
    let world = world(10, true);
    let request =
        Request::get(SELLERS).header("user-agent", "Test/1.0").body(Body::empty()).unwrap();
    let reply = world.send(request).await;
    assert_eq!(reply.status, 403);
    assert!(reply.text.contains("missing"));
}

async fn with_header(world: &World, name: &str, value: &str, body: &'static str) -> u16 {
    let token = world.token(Region::Eu).await;
    let request = Request::get(SELLERS)
        .header("x-amz-access-token", token)
        .header(name, value)
        .body(Body::from(body))
        .unwrap();
    world.send(request).await.status.as_u16()
}

#[tokio::test]
async fn a_user_agent_must_be_sent_and_not_be_too_long() {
    let world = world(10, true);
    assert_eq!(with_header(&world, "accept", "*/*", "").await, 400);
    assert_eq!(with_header(&world, "user-agent", &"x".repeat(501), "").await, 400);
    assert_eq!(with_header(&world, "user-agent", &"x".repeat(500), "").await, 200);
}

#[tokio::test]
async fn a_get_with_a_body_is_refused() {
    let world = world(10, true);
    assert_eq!(with_header(&world, "user-agent", "Test/1.0", "{}").await, 400);
}

#[tokio::test]
async fn the_old_orders_version_is_gone() {
    let world = world(10, true);
    let token = world.token(Region::Eu).await;
    let reply = world.get(&token, "/eu/orders/v0/orders?CreatedAfter=2026-01-01").await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn an_empty_bucket_is_a_429_without_a_word_of_when() {
    let world = world(10, true);
    let token = world.token(Region::Eu).await;
    for _ in 0..15 {
        assert_eq!(world.get(&token, SELLERS).await.status, 200);
    }
    let reply = world.get(&token, SELLERS).await;
    assert_eq!(reply.status, 429);
    assert!(reply.text.contains("QuotaExceeded"));
    assert_eq!(reply.header("retry-after"), None);
    assert_eq!(reply.header("x-amzn-ratelimit-limit"), None);
    world.clock.advance_to(world.clock.now().after_ms(62_500));
    assert_eq!(world.get(&token, SELLERS).await.status, 200);
}

#[tokio::test]
async fn without_limits_no_bucket_is_ever_empty() {
    let world = world(10, false);
    let token = world.token(Region::Eu).await;
    for _ in 0..40 {
        assert_eq!(world.get(&token, SELLERS).await.status, 200);
    }
    let calls = world.kit.log().calls;
    let name = ("amazon".to_owned(), "getMarketplaceParticipations".to_owned());
    assert_eq!(calls.get(&name), Some(&40));
}

#[tokio::test]
async fn names_that_amazon_does_not_know_are_ignored_and_noted() {
    let world = world(60, true);
    let query = format!("lastUpdatedAfter={}&MarketplaceId=A1", before_start(MONTH));
    assert_eq!(world.search(&query).await.status, 200);
    let unknown = world.kit.log().unknown;
    let names: Vec<&str> = unknown.keys().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["query MarketplaceId on searchOrders"]);
}

#[tokio::test]
async fn faults_come_before_or_after_the_work() {
    let world = world(60, true);
    let query = format!("lastUpdatedAfter={}", before_start(MONTH));
    let faults = &world.kit.faults;
    faults.script("searchOrders", Fault::ErrorBefore);
    faults.script("searchOrders", Fault::TooMany);
    faults.script("searchOrders", Fault::LostAfter);
    faults.script("searchOrders", Fault::Truncated);
    assert_eq!(world.search(&query).await.status, 500);
    assert_eq!(world.search(&query).await.status, 429);
    assert!(world.search(&query).await.lost);
    let cut = world.search(&query).await;
    assert_eq!(cut.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&cut.text).is_err());
    assert!(!world.search(&query).await.found().orders.is_empty());
}

#[tokio::test]
async fn a_broken_token_exchange_says_so_in_the_words_of_oauth() {
    let world = world(10, true);
    world.kit.faults.script("token", Fault::ErrorBefore);
    let reply = world.token_with(&world.refresh_form(Region::Eu)).await;
    assert_eq!(reply.status, 500);
    assert!(reply.text.contains("server_error"));
}
