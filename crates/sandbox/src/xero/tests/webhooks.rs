//! Webhooks: the intent to receive, what is told, and until when.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::world::World;
use crate::xero::json::Json;
use crate::xero::{Delivery, Hook, Hooked};

const KEY: &str = "key";

fn is_good(delivery: &Delivery) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(&delivery.body);
    STANDARD.encode(mac.finalize().into_bytes()) == delivery.signature
}

/// Answers as a client should; says what was told.
fn take(world: &World) -> Vec<String> {
    let mut told = Vec::new();
    for delivery in world.xero.webhooks_due() {
        let status = if is_good(&delivery) { 200 } else { 401 };
        told.extend(events(&delivery));
        world.xero.webhook_answered(delivery.id, Some(status), 20);
    }
    told
}

fn events(delivery: &Delivery) -> Vec<String> {
    let json = Json::parse(std::str::from_utf8(&delivery.body).unwrap()).unwrap();
    let object = json.as_object().unwrap().clone();
    let of = |event: &Json, name: &str| event.as_object().unwrap().text(name).unwrap().to_owned();
    let all = object.list("events").unwrap().iter();
    all.map(|one| format!("{} {}", of(one, "eventCategory"), of(one, "eventType"))).collect()
}

fn contact(world: &World, name: &str) {
    let body = format!(r#"{{"Contacts":[{{"Name":"{name}"}}]}}"#);
    world.xero.by_hand("PUT", "/Contacts", &body).unwrap();
}

fn live(hook: Hook) -> World {
    let world = World::new();
    world.xero.register_webhook(hook);
    assert!(take(&world).is_empty());
    assert_eq!(world.xero.hooked(), Hooked::Live);
    world
}

fn prompt() -> Hook {
    Hook { delay_max_ms: 0, doubles_per_mille: 0, ..Hook::new(KEY) }
}

#[test]
fn nothing_is_told_before_the_address_has_shown_its_intent() {
    let world = World::new();
    assert_eq!(world.xero.hooked(), Hooked::No);
    world.xero.register_webhook(prompt());
    let asked = world.xero.webhooks_due();
    assert_eq!(asked.iter().filter(|one| is_good(one)).count(), 1);
    assert_eq!(asked.len(), 4);
    assert!(world.xero.webhooks_due().is_empty(), "each is handed out once");
    contact(&world, "Early");
    // Who lets everything in fails.
    for delivery in &asked {
        world.xero.webhook_answered(delivery.id, Some(200), 20);
    }
    assert_eq!(world.xero.hooked(), Hooked::Failed);
    world.xero.register_webhook(prompt());
    assert!(take(&world).is_empty());
    assert_eq!(world.xero.hooked(), Hooked::Live);
    // Who is too late fails too.
    world.xero.register_webhook(prompt());
    for delivery in world.xero.webhooks_due() {
        let status = if is_good(&delivery) { 200 } else { 401 };
        world.xero.webhook_answered(delivery.id, Some(status), 5_001);
    }
    assert_eq!(world.xero.hooked(), Hooked::Failed);
}

#[test]
fn what_was_made_and_what_was_changed_is_told() {
    let world = live(prompt());
    contact(&world, "Ada");
    assert_eq!(take(&world), ["CONTACT CREATE"]);
    assert!(world.xero.rename_contact("Ada", "Ada Lovelace"));
    assert_eq!(take(&world), ["CONTACT UPDATE"]);
    let invoice = r#"{"Invoices":[{"Type":"ACCREC","Contact":{"Name":"Ada Lovelace"},"Date":"2026-06-01",
        "DueDate":"2026-06-30","LineAmountTypes":"Inclusive","Status":"AUTHORISED","InvoiceNumber":"INV-1",
        "LineItems":[{"Description":"Mug","Quantity":1,"UnitAmount":12.00,"AccountCode":"200"}]}]}"#;
    world.xero.by_hand("PUT", "/Invoices", invoice).unwrap();
    assert_eq!(take(&world), ["INVOICE CREATE"]);
    world.xero.by_hand("POST", "/Invoices/INV-1", r#"{"Status":"VOIDED"}"#).unwrap();
    assert_eq!(take(&world), ["INVOICE UPDATE"]);
    let refused = world.xero.by_hand("POST", "/Invoices/INV-1", r#"{"Status":"VOIDED"}"#);
    assert!(refused.unwrap_err().contains("not of valid status"));
    assert!(take(&world).is_empty());
    assert!(world.kit.log().unknown.is_empty(), "{:?}", world.kit.log().unknown);
}

#[test]
fn what_is_not_answered_well_is_told_again_for_a_day() {
    let world = live(prompt());
    contact(&world, "Ada");
    let mut times = 0;
    while world.xero.hooked() == Hooked::Live {
        for delivery in world.xero.webhooks_due() {
            times += 1;
            world.xero.webhook_answered(delivery.id, (times % 2 == 0).then_some(503), 20);
        }
        world.later_ms(5 * Timestamp::MINUTE);
    }
    assert_eq!(world.xero.hooked(), Hooked::Disabled);
    assert!((95..=99).contains(&times), "{times}");
}

#[test]
fn events_come_late_twice_and_in_no_sure_order_and_none_is_lost() {
    let hook = Hook { delay_max_ms: 60_000, doubles_per_mille: 500, ..Hook::new(KEY) };
    let world = live(hook);
    for nth in 0..60 {
        contact(&world, &format!("Contact {nth}"));
        world.later_ms(100);
    }
    let mut told = Vec::new();
    for _second in 0..90 {
        for delivery in world.xero.webhooks_due() {
            let text = String::from_utf8(delivery.body.clone()).unwrap();
            let ids = text.split("\"resourceId\":\"").skip(1);
            told.extend(ids.map(|rest| rest.split('"').next().unwrap().to_owned()));
            world.xero.webhook_answered(delivery.id, Some(200), 20);
        }
        world.later_ms(1_000);
    }
    let made = world.xero.ledger().contacts.into_iter().map(|contact| contact.id);
    let made: Vec<String> = made.collect();
    assert!(told.len() > 70 && told.len() < 110, "{}", told.len());
    let first: Vec<String> = told.iter().fold(Vec::new(), |mut once, id| {
        if !once.contains(id) {
            once.push(id.clone());
        }
        once
    });
    assert_eq!(first.len(), 60);
    assert!(made.iter().all(|id| first.contains(id)));
    assert_ne!(first, made);
}
