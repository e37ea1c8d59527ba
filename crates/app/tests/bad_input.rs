//! What goes wrong in real books: each is a coded stop or dead letter, nothing is lost, and the
//! rest goes on.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::sync::Arc;

use app::cli::books;
use app::engine::{Engine, Round};
use app::home::Home;
use app::report::Report;
use app::stages::LaneState;
use app::transport::{Carrier, InProcess};
use base::{Day, Host, Method, Request, Sent, Timestamp, Transport as _};
use sandbox::amazon::Region;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::PaymentView;
use tempfile::TempDir;

/// A connected book with so many settled orders, none of them defective, nothing done yet.
struct Case {
    world: Sandbox,
    engine: Engine,
    _folder: TempDir,
}

async fn case(orders: usize) -> Case {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        defects_per_mille: 0,
        clock: clock.clone(),
        ..SandboxOptions::new(5, orders, start)
    });
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let wish = calm::wish(carrier.as_ref(), "").await;
    let engine = calm::connected(&home, clock, carrier, &wish).await;
    Case { world, engine, _folder: folder }
}

impl Case {
    async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    async fn report(&self) -> Report {
        books::report(&self.engine).await.unwrap()
    }

    /// Rounds until somebody must act; says what stands in the way.
    async fn trouble(&self) -> String {
        self.engine.take_over().await.unwrap();
        let rules = self.engine.rules().await.unwrap();
        for _round in 0..1_000 {
            let round = self.engine.round(&rules).await.unwrap();
            if let Some(trouble) = self.engine.trouble().await.unwrap() {
                return trouble;
            }
            if let Round::Idle { next } = round {
                self.engine.clock.until(next).await;
            }
        }
        "none".to_owned()
    }
}

fn order(id: &str, change: impl Fn(&str) -> String) -> String {
    change(&format!(
        r#"{{"orderId":"{id}","createdTime":"2026-11-10T10:00:00Z","lastUpdatedTime":"2026-11-11T10:00:00Z",
        "salesChannel":{{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P","marketplaceName":"Amazon.co.uk"}},
        "proceeds":{{"grandTotal":{{"amount":"12.00","currencyCode":"GBP"}}}},
        "fulfillment":{{"fulfillmentStatus":"SHIPPED","fulfilledBy":"AMAZON"}},
        "orderItems":[{{"orderItemId":"1","quantityOrdered":1,"product":{{"sellerSku":"MUG","title":"Mug"}},
        "proceeds":{{"proceedsTotal":{{"amount":"12.00","currencyCode":"GBP"}},"breakdowns":[{{"type":"ITEM","subtotal":{{"amount":"12.00","currencyCode":"GBP"}}}}]}},
        "fulfillment":{{"quantityFulfilled":1,"quantityUnfulfilled":0}}}}]}}"#
    ))
}

fn codes(report: &Report) -> Vec<(&str, &str)> {
    report.held_orders.iter().map(|o| (o.order_id.as_str(), o.code.as_str())).collect()
}

fn insert(case: &Case, text: &str, held: Option<&str>) {
    let time = case.engine.clock.now().after_ms(-Timestamp::HOUR);
    let id = case.world.amazon().insert_order(Region::Eu, text, time).unwrap();
    if let Some(reason) = held {
        case.world.amazon().expect_held(&id, reason);
    }
}

#[tokio::test]
async fn malformed_orders_are_held_with_their_reason_and_the_rest_goes_on() {
    let case = case(20).await;
    insert(&case, &order("202-0000001-0000001", |text| text.replace("12.00", "12,00")), Some("x"));
    insert(&case, &order("202-0000001-0000002", |text| text.replace("\"MUG\"", "null")), Some("x"));
    insert(
        &case,
        &order("202-0000001-0000003", |text| text.replace("SHIPPED", "TELEPORTED")),
        Some("x"),
    );
    insert(&case, &order("202-0000001-0000004", str::to_owned), None);
    case.work().await;
    let report = case.report().await;
    assert_eq!(
        codes(&report),
        [
            ("202-0000001-0000001", "unreadable_order"),
            ("202-0000001-0000002", "missing_sku"),
            ("202-0000001-0000003", "unknown_status"),
        ]
    );
    assert!(report.agrees, "{:#?}", report.differences);
}

#[tokio::test]
async fn a_locked_period_holds_what_falls_into_it() {
    let case = case(30).await;
    case.world.xero().set_period_lock(Day::parse("2026-11-08").unwrap());
    // The chart that connecting read does not know of the lock: Xero refuses, and we read again.
    case.work().await;
    let report = case.report().await;
    let locked = report.held_orders.iter().filter(|order| order.code == "period_locked").count();
    let refused = report.dead.iter().filter(|one| one.code == "period_locked").count();
    assert!(locked + refused > 0, "{:?} {:?}", report.held_orders, report.dead);
    assert_eq!(report.duplicates, 0);
    let live = case.world.xero().ledger().invoices;
    assert!(live.iter().all(|invoice| invoice.date > Day::parse("2026-11-08").unwrap()));
    assert!(!live.is_empty());
}

#[tokio::test]
async fn an_archived_account_is_named_and_nothing_is_posted_to_it() {
    let case = case(20).await;
    assert!(case.world.xero().archive_account("200"));
    case.work().await;
    let report = case.report().await;
    let codes: Vec<&str> = report
        .held_orders
        .iter()
        .map(|order| order.code.as_str())
        .chain(report.dead.iter().map(|one| one.code.as_str()))
        .collect();
    assert!(codes.iter().all(|code| *code == "account_archived"), "{codes:?}");
    assert!(!codes.is_empty());
}

#[tokio::test]
async fn an_expired_token_is_renewed_and_nobody_notices() {
    let case = case(20).await;
    case.world.xero().expire_access_tokens();
    case.world.amazon().expire_access_tokens();
    case.work().await;
    assert!(case.report().await.agrees);
}

#[tokio::test]
async fn a_revoked_authorisation_stops_its_lane_and_says_what_to_do() {
    let case = case(20).await;
    case.world.amazon().revoke(Region::Eu);
    let trouble = case.trouble().await;
    assert!(trouble.contains("authorisation_gone"), "{trouble}");
}

#[tokio::test]
async fn a_disconnected_organisation_stops_its_lane_and_goes_on_when_it_is_back() {
    let case = case(20).await;
    case.world.xero().disconnect();
    let trouble = case.trouble().await;
    assert!(trouble.contains("disconnected"), "{trouble}");
    case.world.xero().reconnect();
    case.engine.clock.until(case.engine.clock.now().after_ms(Timestamp::HOUR)).await;
    // The reason stays until a turn went well: the first one after the way is free again.
    let rules = case.engine.rules().await.unwrap();
    case.engine.round(&rules).await.unwrap();
    case.work().await;
    assert!(case.report().await.agrees);
}

/// A person pays into the first clearing account that is not full, by hand.
async fn pay_by_hand(case: &Case, invoice_id: &str, account_id: &str) {
    let link = &case.engine.settings.xero;
    let caller = case.engine.xero_caller(link, &LaneState::default());
    let body = format!(
        r#"{{"Payments":[{{"Invoice":{{"InvoiceID":"{invoice_id}"}},"Account":{{"AccountID":"{account_id}"}},"Date":"2026-11-16","Amount":1.00}}]}}"#
    );
    let request = Request::new(Method::Put, Host::Api, "/Payments")
        .header("xero-tenant-id", &link.tenant_id)
        .header("accept", "application/json")
        .json(body.into_bytes());
    let sent = caller.send(&request).await;
    assert!(matches!(&sent, Sent::Reply(reply) if reply.status == 200), "{sent:?}");
}

#[tokio::test]
async fn the_nightly_check_sees_a_payment_that_daybook_did_not_make() {
    let mut case = case(60).await;
    case.work().await;
    case.engine.pace.check_ms = 0;
    case.work().await;
    assert!(case.report().await.alarms.is_empty());

    let ledger = case.world.xero().ledger();
    let open = ledger.invoices.iter().find(|one| one.status == "AUTHORISED").unwrap();
    let same = |one: &&PaymentView| one.currency == open.currency && one.account_code.is_empty();
    let account = ledger
        .payments
        .iter()
        .find(same)
        .or_else(|| ledger.payments.iter().find(|one| one.currency == open.currency));
    pay_by_hand(&case, &open.id, &account.unwrap().account_id).await;
    case.engine.clock.until(case.engine.clock.now().after_ms(Timestamp::DAY)).await;
    case.work().await;
    let alarms = case.report().await.alarms;
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(alarms[0].code, "money_differs");
    assert!(alarms[0].subject.ends_with(&open.reference));
}
