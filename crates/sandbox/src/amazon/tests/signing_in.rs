use axum::body::Body;
use axum::http::Request;
use base::{Clock, Timestamp};

use super::client::world;
use crate::amazon::Region;

const SELLERS: &str = "/eu/sellers/v1/marketplaceParticipations";

#[tokio::test]
async fn a_refresh_token_gives_an_access_token_and_stays() {
    let world = world(10, true);
    let before = world.amazon.refresh_token(Region::Eu);
    let reply = world.token_with(&world.refresh_form(Region::Eu)).await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains(r#""access_token":"Atza|"#));
    assert!(reply.text.contains(r#""token_type":"bearer","expires_in":3600"#));
    assert!(reply.text.contains(&before));
    assert_eq!(world.amazon.refresh_token(Region::Eu), before);
}

#[tokio::test]
async fn the_same_request_may_come_as_json() {
    let world = world(10, true);
    let body = format!(
        r#"{{"grant_type":"refresh_token","refresh_token":"{}","client_id":"{}","client_secret":"{}"}}"#,
        world.amazon.refresh_token(Region::Eu),
        world.amazon.client_id(),
        world.amazon.client_secret()
    );
    let request = Request::post("/auth/o2/token")
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    assert_eq!(world.send(request).await.status, 200);
}

#[tokio::test]
async fn a_wrong_secret_is_a_wrong_client() {
    let world = world(10, true);
    let form = world.refresh_form(Region::Eu).replace("cs.v1.", "cs.v2.");
    let reply = world.token_with(&form).await;
    assert_eq!(reply.status, 401);
    assert!(reply.text.contains("invalid_client"));
}

#[tokio::test]
async fn a_withdrawn_authorisation_is_an_invalid_grant_until_the_next_consent() {
    let world = world(10, true);
    let token = world.token(Region::Eu).await;
    world.amazon.revoke(Region::Eu);
    let reply = world.token_with(&world.refresh_form(Region::Eu)).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("invalid_grant"));
    assert_eq!(world.get(&token, SELLERS).await.status, 403);
    let code = world.amazon.grant_code(Region::Eu);
    assert_eq!(world.token_with(&code_form(&world, &code)).await.status, 200);
    let token = world.token(Region::Eu).await;
    assert_eq!(world.get(&token, SELLERS).await.status, 200);
}

fn code_form(world: &super::client::World, code: &str) -> String {
    format!(
        "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%2Fback&client_id={}&client_secret={}",
        world.amazon.client_id(),
        world.amazon.client_secret()
    )
}

#[tokio::test]
async fn a_code_is_good_once_and_for_five_minutes() {
    let world = world(10, true);
    let code = world.amazon.grant_code(Region::Na);
    assert_eq!(world.token_with(&code_form(&world, &code)).await.status, 200);
    assert_eq!(world.token_with(&code_form(&world, &code)).await.status, 400);
    let late = world.amazon.grant_code(Region::Na);
    world.clock.advance_to(world.clock.now().after_ms(5 * Timestamp::MINUTE));
    assert_eq!(world.token_with(&code_form(&world, &late)).await.status, 400);
}

#[tokio::test]
async fn a_grantless_token_opens_no_orders() {
    let world = world(10, true);
    let form = format!(
        "grant_type=client_credentials&scope=sellingpartnerapi%3A%3Anotifications&client_id={}&client_secret={}",
        world.amazon.client_id(),
        world.amazon.client_secret()
    );
    let reply = world.token_with(&form).await;
    assert_eq!(reply.status, 200);
    assert!(!reply.text.contains("refresh_token"));
    let token = reply.text.split('"').nth(3).unwrap();
    assert_eq!(world.get(token, SELLERS).await.status, 403);
}

#[tokio::test]
async fn an_unknown_grant_is_refused() {
    let world = world(10, true);
    let form = world.refresh_form(Region::Eu).replace("grant_type=refresh_token", "grant_type=x");
    assert!(world.token_with(&form).await.text.contains("unsupported_grant_type"));
}
