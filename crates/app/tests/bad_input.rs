//! What goes wrong in real books: each is a coded stop or dead letter, nothing is lost, and the
//! rest goes on.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;
#[path = "support/plain.rs"]
mod plain;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::cli::books;
use app::engine::{Engine, Round};
use app::report::Report;
use app::setup::Setup;
use app::stages::LaneState;
use app::transport::{Carrier, InProcess};
use base::{Day, Host, Method, Request, Sent, Timestamp, Transport as _};
use intents::Event;
use sandbox::amazon::Region;
use sandbox::server::Sandbox;
use sandbox::xero::PaymentView;
use tempfile::TempDir;

/// A connected book with so many settled orders, none of them defective, nothing done yet.
struct Case {
    world: Sandbox,
    engine: Engine,
    _folder: TempDir,
}

async fn case(orders: usize) -> Case {
    let (world, engine, folder) = plain::connected(5, orders).await;
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

/// A person writes something in Xero, by hand; what it answers.
async fn by_hand(case: &Case, request: Request) -> String {
    let link = &case.engine.settings.xero;
    let caller = case.engine.xero_caller(link, &LaneState::default());
    let request =
        request.header("xero-tenant-id", &link.tenant_id).header("accept", "application/json");
    let sent = caller.send(&request).await;
    assert!(matches!(&sent, Sent::Reply(reply) if reply.status == 200), "{sent:?}");
    if let Sent::Reply(reply) = sent { reply.text() } else { String::new() }
}

/// A person pays into the first clearing account that is not full, by hand; the payment's id.
async fn pay_by_hand(case: &Case, invoice_id: &str, account_id: &str) -> String {
    let body = format!(
        r#"{{"Payments":[{{"Invoice":{{"InvoiceID":"{invoice_id}"}},"Account":{{"AccountID":"{account_id}"}},"Date":"2026-11-16","Amount":1.00}}]}}"#
    );
    let request = Request::new(Method::Put, Host::Api, "/Payments").json(body.into_bytes());
    let said = by_hand(case, request).await;
    let (_, rest) = said.split_once("\"PaymentID\":\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_nightly_check_sees_a_payment_that_daybook_did_not_make_until_it_is_taken_back() {
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
    let paid = pay_by_hand(&case, &open.id, &account.unwrap().account_id).await;
    case.engine.clock.until(case.engine.clock.now().after_ms(Timestamp::DAY)).await;
    case.work().await;
    let alarms = case.report().await.alarms;
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(alarms[0].code, "money_differs");
    assert!(alarms[0].subject.ends_with(&open.reference));

    // Nobody touched it: what was found stays.
    case.engine.clock.until(case.engine.clock.now().after_ms(Timestamp::DAY)).await;
    case.work().await;
    assert_eq!(case.report().await.alarms.len(), 1);

    let body = br#"{"Status":"DELETED"}"#.to_vec();
    let path = format!("/Payments/{paid}");
    by_hand(&case, Request::new(Method::Post, Host::Api, path).json(body)).await;
    case.engine.clock.until(case.engine.clock.now().after_ms(Timestamp::DAY)).await;
    case.work().await;
    assert!(case.report().await.alarms.is_empty());
}

/// Carries calls unless the network is down, and may misread one reply.
struct Line {
    inner: InProcess,
    is_down: AtomicBool,
    misreads: AtomicBool,
}

impl Line {
    fn to(world: &Sandbox) -> Arc<Line> {
        Arc::new(Line {
            inner: InProcess::new(world.router()),
            is_down: AtomicBool::new(false),
            misreads: AtomicBool::new(false),
        })
    }
}

impl Carrier for Line {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(async move {
            if self.is_down.load(Ordering::SeqCst) {
                return Sent::NotSent("no connection could be made".to_owned());
            }
            let sent = self.inner.carry(address, request).await;
            let is_invoices = request.method == Method::Put && request.path == "/Invoices";
            let Sent::Reply(mut reply) = sent else { return sent };
            if is_invoices && self.misreads.swap(false, Ordering::SeqCst) {
                reply.body = reply.text().replacen("AUTHORISED", "SUBMITTED", 1).into_bytes();
            }
            Sent::Reply(reply)
        })
    }
}

#[tokio::test]
async fn two_hours_without_a_network_cost_nothing() {
    let mut case = case(30).await;
    let line = Line::to(&case.world);
    case.engine.carrier = line.clone();
    line.is_down.store(true, Ordering::SeqCst);
    case.engine.take_over().await.unwrap();
    let rules = case.engine.rules().await.unwrap();
    let end = case.engine.clock.now().after_ms(2 * Timestamp::HOUR);
    while case.engine.clock.now() < end {
        if let Round::Idle { next } = case.engine.round(&rules).await.unwrap() {
            case.engine.clock.until(next).await;
        }
    }
    line.is_down.store(false, Ordering::SeqCst);
    case.work().await;
    let report = case.report().await;
    assert!(report.agrees, "{:#?}", report.differences);
    assert!(report.dead.is_empty(), "{:?}", report.dead);
}

#[tokio::test]
async fn what_reads_back_otherwise_is_held_and_paid_once_it_was_looked_at_again() {
    let mut case = case(30).await;
    let line = Line::to(&case.world);
    case.engine.carrier = line.clone();
    line.misreads.store(true, Ordering::SeqCst);
    case.work().await;
    let held = case.engine.store.held(&case.engine.book).await.unwrap();
    let [held] = held.as_slice() else { panic!("one invoice is held: {held:?}") };
    assert_eq!(held.progress.reason.as_ref().unwrap().code, "xero_differs");
    let (id, now) = (&held.intent.id, case.engine.clock.now());
    case.engine.store.act(id, Event::LookAgain, "ann", now).await.unwrap();
    case.work().await;
    let report = case.report().await;
    assert!(report.agrees, "{:#?}", report.differences);
}

#[tokio::test]
async fn connecting_again_with_another_region_list_is_the_same_book() {
    let case = case(60).await;
    case.work().await;
    let engine = &case.engine;
    let mut wish = calm::wish(engine.carrier.as_ref(), "").await;
    wish.amazon.pop();
    let (store, clock) = (engine.store.clone(), engine.clock.clone());
    let setup = Setup::new(store, clock, engine.carrier.clone());
    // The wish holds the first refresh token, which was used and replaced long ago.
    let (book, settings) = setup.connect(&wish).await.unwrap();
    assert_eq!(book, engine.book);
    assert_eq!(settings.amazon.len(), engine.settings.amazon.len() - 1);
    case.work().await;
    let truth = case.world.truth();
    assert_eq!(truth.duplicates_ids, Vec::<String>::new());
    assert_eq!(truth.posted, truth.should_post);
}
