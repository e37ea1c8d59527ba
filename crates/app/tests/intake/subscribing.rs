//! Destination and subscriptions: made, verified daily, repaired, and told about when Amazon refuses.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use app::engine::Engine;
use app::home::Home;
use base::{Clock as _, Request, Sent, Timestamp};
use sandbox::amazon::Region;
use sandbox::faults::Fault;
use store::Tokens;

use crate::calm;
use crate::shop::{Shop, nowhere, options};

const DAY: i64 = Timestamp::DAY;

#[tokio::test]
async fn subscriptions_are_made_once_and_verified_once_a_day() {
    let shop = Shop::open(options(3, 20), Some(nowhere("q"))).await;
    let (made, looked) = (shop.calls("createSubscription"), shop.calls("getSubscription"));
    // One for each of the three regions.
    assert_eq!((made, looked), (3, 3));
    assert_eq!((shop.calls("createDestination"), shop.calls("getDestinations")), (3, 3));
    shop.work_until(shop.clock.now().after_ms(DAY - Timestamp::HOUR)).await;
    assert_eq!((shop.calls("createSubscription"), shop.calls("getSubscription")), (3, 3));
    shop.work_until(shop.clock.now().after_ms(2 * Timestamp::HOUR)).await;
    assert_eq!((shop.calls("createSubscription"), shop.calls("getSubscription")), (3, 6));
    assert_eq!((shop.calls("createDestination"), shop.calls("getDestinations")), (3, 6));
    assert!(shop.state().await.subscriptions.verified.is_some());
    assert_eq!(shop.world.truth().unknown_names, vec![]);
}

#[tokio::test]
async fn a_new_authorisation_is_subscribed_at_once() {
    let shop = Shop::open(options(3, 20), Some(nowhere("q"))).await;
    shop.world.amazon().revoke(Region::Eu);
    let code = shop.world.amazon().grant_code(Region::Eu);
    assert_eq!(shop.calls("createSubscription"), 3);
    let refresh = consent(&shop, &code).await;
    let key = &shop.engine.settings.link("EU").unwrap().credential.tokens;
    let now = shop.clock.now();
    let tokens =
        Tokens { access: None, access_expires: now, refresh: Some(refresh), refreshed: now };
    shop.engine.store.put_tokens(key, &tokens).await.unwrap();
    shop.engine.store.nudge(&shop.lane(), now).await.unwrap();
    shop.until_idle().await;
    assert_eq!(shop.calls("createSubscription"), 4);
    assert!(shop.state().await.subscriptions.standing.contains_key("ORDER_CHANGE"));
}

/// What a seller's consent brings.
async fn consent(shop: &Shop, code: &str) -> base::Secret {
    let credential = &shop.engine.settings.link("EU").unwrap().credential;
    let secret = credential.secret.as_ref().unwrap();
    let secret = shop.engine.store.secret(secret).await.unwrap();
    let code = base::Secret::new(code);
    let uri = "http://localhost:8722/callback";
    let request: Request =
        amazon::token::authorization_code(&credential.client_id, secret.as_ref(), &code, uri);
    let address = &shop.engine.settings.link("EU").unwrap().addresses.token;
    let Sent::Reply(reply) = shop.carrier.carry(address, &request).await else {
        panic!("no answer")
    };
    amazon::token::read(&reply).unwrap().refresh.unwrap()
}

#[tokio::test]
async fn a_subscription_that_points_elsewhere_is_repaired() {
    let shop = Shop::open(options(3, 20), Some(nowhere("old"))).await;
    let Shop { world, clock, carrier, engine, folder } = shop;
    let engine = Engine { notifications: Some(nowhere("new")), ..engine };
    let shop = Shop { world, clock, carrier, engine, folder };
    shop.engine.store.nudge(&shop.lane(), shop.clock.now()).await.unwrap();
    shop.until_idle().await;
    let standing = shop.state().await.subscriptions;
    assert_eq!((standing.created, standing.repaired), (0, 1));
    assert!(standing.trouble.is_empty());
    assert_eq!(shop.calls("deleteSubscriptionById"), 1);
}

/// A second installation with the same application and seller, and a queue of its own.
async fn beside(shop: &Shop, queue: &str) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let wish = calm::wish(shop.carrier.as_ref(), "").await;
    let (clock, carrier) = (shop.clock.clone(), shop.carrier.clone());
    let connected = calm::connected(&home, clock.clone(), carrier.clone(), &wish).await;
    let engine = Engine { notifications: Some(nowhere(queue)), ..connected };
    engine.take_over().await.unwrap();
    let other = Shop { world: shop.world.clone(), clock, carrier, engine, folder };
    other.until_idle().await;
    other
}

async fn alarms(shop: &Shop) -> Vec<(String, String)> {
    let alarms = shop.engine.store.alarms(&shop.engine.book).await.unwrap();
    let alarms = alarms.into_iter().map(|row| (row.alarm.code, row.alarm.subject));
    alarms.filter(|(_, subject)| subject.ends_with(" EU")).collect()
}

#[tokio::test]
async fn two_installations_do_not_take_a_subscription_from_each_other_day_by_day() {
    let first = Shop::open(options(3, 20), Some(nowhere("first"))).await;
    let second = beside(&first, "second").await;
    assert_eq!(second.state().await.subscriptions.repaired, 1);
    let taken = ("subscription_taken".to_owned(), "ORDER_CHANGE EU".to_owned());
    for _ in 0..2 {
        let tomorrow = first.clock.now().after_ms(DAY + Timestamp::HOUR);
        first.work_until(tomorrow).await;
        second.until_idle().await;
        assert_eq!(alarms(&first).await, std::slice::from_ref(&taken));
        assert_eq!(alarms(&second).await, []);
    }
    let (one, other) = (first.state().await.subscriptions, second.state().await.subscriptions);
    assert_eq!((one.repaired, other.repaired), (0, 1));
    assert!(one.trouble.get("ORDER_CHANGE").unwrap().contains(":second"), "{:?}", one.trouble);
    assert!(other.standing.contains_key("ORDER_CHANGE"));

    // Whoever connects anew takes it, and what was told is over.
    let code = first.world.amazon().grant_code(Region::Eu);
    let (refresh, now) = (consent(&first, &code).await, first.clock.now());
    let key = &first.engine.settings.link("EU").unwrap().credential.tokens;
    let tokens =
        Tokens { access: None, access_expires: now, refresh: Some(refresh), refreshed: now };
    first.engine.store.put_tokens(key, &tokens).await.unwrap();
    first.engine.store.nudge(&first.lane(), now).await.unwrap();
    first.until_idle().await;
    assert_eq!(alarms(&first).await, []);
    let standing = first.state().await.subscriptions;
    assert!(standing.standing.contains_key("ORDER_CHANGE") && standing.repaired == 1);
}

#[tokio::test]
async fn a_missing_role_is_told_and_orders_go_on() {
    let of = options(3, 20);
    let shop = Shop::open(of, None).await;
    shop.world.amazon().set_notifications_role(false);
    let Shop { world, clock, carrier, engine, folder } = shop;
    let engine = Engine { notifications: Some(nowhere("q")), ..engine };
    let shop = Shop { world, clock, carrier, engine, folder };
    let swept = shop.state().await.swept;
    shop.work_until(shop.clock.now().after_ms(6 * Timestamp::HOUR)).await;
    let state = shop.state().await;
    assert!(state.swept > swept && state.trouble.is_none(), "{:?}", state.trouble);
    let said = state.subscriptions.trouble.get("ORDER_CHANGE").unwrap();
    assert!(said.contains("role_missing"), "{said}");
    assert!(shop.calls("getSubscription") <= 6, "it is asked for again tomorrow");
    let refused = ("subscription_refused".to_owned(), "ORDER_CHANGE EU".to_owned());
    assert!(alarms(&shop).await.contains(&refused));
    // Given back, it is found the next day.
    shop.world.amazon().set_notifications_role(true);
    shop.work_until(shop.clock.now().after_ms(DAY)).await;
    let standing = shop.state().await.subscriptions;
    assert!(standing.standing.contains_key("ORDER_CHANGE") && standing.trouble.is_empty());
    assert_eq!(alarms(&shop).await, []);
}

#[tokio::test]
async fn what_fails_on_the_way_is_tried_again_and_stops_nothing() {
    let shop = Shop::open(options(3, 20), None).await;
    for operation in ["getDestinations", "createDestination", "createSubscription"] {
        for fault in [Fault::TooMany, Fault::LostAfter, Fault::ErrorBefore, Fault::Truncated] {
            shop.world.kit().faults.script(&format!("amazon {operation}"), fault);
        }
    }
    let Shop { world, clock, carrier, engine, folder } = shop;
    let engine = Engine { notifications: Some(nowhere("q")), ..engine };
    let shop = Shop { world, clock, carrier, engine, folder };
    shop.work_until(shop.clock.now().after_ms(12 * Timestamp::HOUR)).await;
    let state = shop.state().await;
    assert_eq!(state.trouble, None);
    assert!(state.subscriptions.standing.contains_key("ORDER_CHANGE"), "{:?}", state.subscriptions);
    assert_eq!(shop.engine.store.alarms(&shop.engine.book).await.unwrap(), vec![]);
    let truth = shop.world.truth();
    assert_eq!((truth.posted, truth.unknown_names), (truth.should_post, vec![]));
}
