use axum::body::Body;
use axum::http::Request;
use base::{Clock, Timestamp};
use serde::Deserialize;

use super::client::{Reply, START, World, months, options, world, world_of, world_with};
use crate::amazon::history::Setting;
use crate::amazon::notifications::Notification;
use crate::amazon::{Layout, Region};
use crate::faults::Fault;

const ARN: &str = "arn:aws:sqs:eu-west-1:444455556666:daybook";
const DESTINATIONS: &str = "/eu/notifications/v1/destinations";
const ORDERS: &str = "/eu/notifications/v1/subscriptions/ORDER_CHANGE";

#[derive(Deserialize)]
struct Made {
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    destination_id: String,
    subscription_id: Option<String>,
}

async fn grantless(world: &World) -> String {
    let form = format!(
        "grant_type=client_credentials&scope=sellingpartnerapi%3A%3Anotifications&client_id={}&client_secret={}",
        world.amazon.client_id(),
        world.amazon.client_secret()
    );
    world.token_with(&form).await.text.split('"').nth(3).unwrap().to_owned()
}

async fn call(world: &World, method: &str, token: &str, path: &str, body: &str) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("user-agent", "Test/1.0 (Language=Rust)")
        .header("x-amz-access-token", token)
        .header("content-type", "application/json");
    let body = Body::from(body.to_owned());
    world.send(request.body(body).unwrap()).await
}

fn new_destination(name: &str, arn: &str) -> String {
    format!(r#"{{"name":"{name}","resourceSpecification":{{"sqs":{{"arn":"{arn}"}}}}}}"#)
}

fn new_subscription(destination: &str) -> String {
    format!(r#"{{"payloadVersion":"1.0","destinationId":"{destination}"}}"#)
}

async fn destination(world: &World) -> String {
    let token = grantless(world).await;
    let reply = call(world, "POST", &token, DESTINATIONS, &new_destination("d", ARN)).await;
    reply.read::<Made>().payload.destination_id
}

async fn subscribe(world: &World, kind: &str) -> Reply {
    let destination = destination(world).await;
    let token = world.token(Region::Eu).await;
    let path = format!("/eu/notifications/v1/subscriptions/{kind}");
    call(world, "POST", &token, &path, &new_subscription(&destination)).await
}

fn pass(world: &World, ms: i64) {
    world.clock.advance_to(world.clock.now().after_ms(ms));
}

#[tokio::test]
async fn a_destination_belongs_to_the_application() {
    let world = world(10, true);
    let (application, seller) = (grantless(&world).await, world.token(Region::Eu).await);
    let body = new_destination("d", ARN);
    assert_eq!(call(&world, "POST", &seller, DESTINATIONS, &body).await.status, 403);
    assert_eq!(call(&world, "POST", &application, DESTINATIONS, &body).await.status, 200);
    let again = call(&world, "POST", &application, DESTINATIONS, &body).await;
    assert_eq!((again.status.as_u16(), again.text.contains("StateConflict")), (409, true));
    let same_queue = new_destination("e", ARN);
    assert_eq!(call(&world, "POST", &application, DESTINATIONS, &same_queue).await.status, 409);
    let list = world.get(&application, DESTINATIONS).await;
    assert!(list.text.contains(ARN), "{}", list.text);
    assert_eq!(world.get(&seller, DESTINATIONS).await.status, 403);
    // Each region's address has its own.
    let elsewhere = world.get(&application, "/na/notifications/v1/destinations").await;
    assert_eq!(elsewhere.text, r#"{"payload":[]}"#);
}

#[tokio::test]
async fn a_destination_is_one_queue_by_its_arn() {
    let world = world(10, true);
    let token = grantless(&world).await;
    for arn in ["", "queue", "arn:aws:sns:eu-west-1:1:q", "arn:aws:sqs:eu-west-1:1: q"] {
        let reply = call(&world, "POST", &token, DESTINATIONS, &new_destination("d", arn)).await;
        assert_eq!(reply.status, 400, "{arn}");
        pass(&world, Timestamp::SECOND);
    }
    for body in ["", "{}", r#"{"name":"d","resourceSpecification":{}}"#] {
        assert_eq!(call(&world, "POST", &token, DESTINATIONS, body).await.status, 400, "{body}");
        pass(&world, Timestamp::SECOND);
    }
}

#[tokio::test]
async fn a_subscription_belongs_to_a_seller_and_is_there_once() {
    let world = world(10, true);
    let destination = destination(&world).await;
    let (application, seller) = (grantless(&world).await, world.token(Region::Eu).await);
    assert_eq!(world.get(&seller, ORDERS).await.status, 404);
    let body = new_subscription(&destination);
    assert_eq!(call(&world, "POST", &application, ORDERS, &body).await.status, 403);
    let wrong_version = body.replace("1.0", "2.0");
    assert_eq!(call(&world, "POST", &seller, ORDERS, &wrong_version).await.status, 400);
    let nowhere = new_subscription("no such one");
    assert_eq!(call(&world, "POST", &seller, ORDERS, &nowhere).await.status, 400);
    let made = call(&world, "POST", &seller, ORDERS, &body).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(call(&world, "POST", &seller, ORDERS, &body).await.status, 409);
    let id = made.read::<Made>().payload.subscription_id.unwrap();
    pass(&world, 5 * Timestamp::SECOND);
    let found = world.get(&seller, &format!("{ORDERS}?payloadVersion=1.0")).await;
    assert_eq!(found.read::<Made>().payload.destination_id, destination);
    assert_eq!(world.get(&application, &format!("{ORDERS}/{id}")).await.status, 200);
    let one = format!("{ORDERS}/{id}");
    assert_eq!(call(&world, "DELETE", &seller, &one, "").await.status, 403);
    assert_eq!(call(&world, "DELETE", &application, &one, "").await.status, 200);
    assert_eq!(world.get(&seller, ORDERS).await.status, 404);
}

#[tokio::test]
async fn types_and_filters_must_be_amazons() {
    let world = world(10, true);
    let destination = destination(&world).await;
    let seller = world.token(Region::Eu).await;
    let body = new_subscription(&destination);
    for kind in ["NO_SUCH_TYPE", "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"] {
        let path = format!("/eu/notifications/v1/subscriptions/{kind}");
        assert_eq!(call(&world, "POST", &seller, &path, &body).await.status, 400, "{kind}");
    }
    let filtered = |filter: &str| {
        let directive = format!(r#","processingDirective":{{"eventFilter":{filter}}}}}"#);
        body.replace('}', &directive)
    };
    for filter in [
        r#"{"eventFilterType":"ANY_OFFER_CHANGED"}"#,
        r#"{"eventFilterType":"ORDER_CHANGE","orderChangeTypes":["Whim"]}"#,
    ] {
        pass(&world, Timestamp::SECOND);
        let reply = call(&world, "POST", &seller, ORDERS, &filtered(filter)).await;
        assert_eq!(reply.status, 400, "{filter}");
    }
    let good = r#"{"eventFilterType":"ORDER_CHANGE","orderChangeTypes":["OrderStatusChange"]}"#;
    let reply = call(&world, "POST", &seller, ORDERS, &filtered(good)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

fn take(world: &World) -> Vec<Notification> {
    world.amazon.take_notifications(10_000)
}

fn live(orders: usize) -> World {
    world_of(crate::amazon::generate::Options { layout: Layout::Live, ..options(7, orders) }, false)
}

/// How many versions of Europe's orders come about within so many milliseconds from the start.
fn changes(world: &World, ms: i64) -> usize {
    let mut count = 0;
    world.amazon.each_order(|_, of| {
        let within = |at: Timestamp| START < at && at <= START.after_ms(ms);
        let here = of.region == Region::Eu;
        count += of.versions.iter().filter(|one| here && within(one.at)).count();
    });
    count
}

#[tokio::test]
async fn every_change_from_the_subscription_on_is_told_once() {
    let world = live(120);
    assert_eq!(take(&world), vec![], "nobody has subscribed");
    assert_eq!(subscribe(&world, "ORDER_CHANGE").await.status, 200);
    assert_eq!(take(&world), vec![], "what was before is not told");
    pass(&world, 2 * Timestamp::HOUR);
    let told = take(&world);
    assert_eq!(told.len(), changes(&world, 2 * Timestamp::HOUR));
    assert!(told.iter().all(|one| one.arn == ARN && one.kind == "ORDER_CHANGE"));
    assert!(told.iter().any(|one| one.body.contains(r#""DestinationPostalCode":""#)));
    assert_eq!(take(&world), vec![]);
}

#[tokio::test]
async fn a_withdrawn_authorisation_ends_the_subscription() {
    let world = live(120);
    subscribe(&world, "ORDER_CHANGE").await;
    pass(&world, 40 * Timestamp::MINUTE);
    world.amazon.revoke(Region::Eu);
    pass(&world, 2 * Timestamp::HOUR);
    assert_eq!(take(&world).len(), changes(&world, 40 * Timestamp::MINUTE));
}

#[tokio::test]
async fn messages_are_doubled_delayed_and_lost() {
    let world = live(120);
    subscribe(&world, "ORDER_CHANGE").await;
    let all = changes(&world, 2 * Timestamp::HOUR);
    for fault in [Fault::LostBefore, Fault::Duplicated, Fault::Latency(7_200_000)] {
        world.kit.faults.script("notification ORDER_CHANGE", fault);
    }
    pass(&world, 2 * Timestamp::HOUR);
    assert_eq!(take(&world).len(), all - 1, "one is lost, one late and one there twice");
    pass(&world, 2 * Timestamp::HOUR);
    assert_eq!(take(&world).len(), 1, "the late one");
}

#[tokio::test]
async fn money_and_reports_are_told_of_too() {
    let world = world_with(months(Setting::UkVat), false);
    let reports_before = world.history().reports.iter().filter(|of| of.created <= START).count();
    assert_eq!(subscribe(&world, "REPORT_PROCESSING_FINISHED").await.status, 200);
    let seller = world.token(Region::Eu).await;
    let list = world.get(&grantless(&world).await, DESTINATIONS).await;
    let id = list.text.split('"').nth(5).unwrap().to_owned();
    let path = "/eu/notifications/v1/subscriptions/TRANSACTION_UPDATE";
    let reply = call(&world, "POST", &seller, path, &new_subscription(&id)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    pass(&world, 30 * Timestamp::DAY);
    let told = take(&world);
    let of_kind = |kind: &str| told.iter().filter(|one| one.kind == kind).count();
    let now = world.clock.now();
    let reports = world.history().reports.iter().filter(|of| of.created <= now).count();
    assert_eq!(of_kind("REPORT_PROCESSING_FINISHED"), reports - reports_before);
    assert!(of_kind("TRANSACTION_UPDATE") > 0);
    let report = told.iter().find(|one| one.kind == "REPORT_PROCESSING_FINISHED").unwrap();
    assert!(report.body.contains(r#""notificationType":"REPORT_PROCESSING_FINISHED""#));
    let money = told.iter().find(|one| one.kind == "TRANSACTION_UPDATE").unwrap();
    assert!(money.body.contains(r#""CurrencyAmount":"#) && !money.body.contains("transactionId"));
}
