use std::io::{Read, Write};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base::{Clock, Currency, Timestamp};
use tower::ServiceExt;

use super::{Sandbox, SandboxOptions};
use crate::amazon::Layout;
use crate::faults::Fault;

const START: Timestamp = Timestamp(1_793_000_000_000);

fn sandbox(orders: usize) -> Sandbox {
    Sandbox::new(SandboxOptions::new(7, orders, START))
}

async fn ask(sandbox: &Sandbox, request: Request<Body>) -> (StatusCode, String) {
    let response = sandbox.router().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn get(sandbox: &Sandbox, path: &str) -> (StatusCode, String) {
    ask(sandbox, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(sandbox: &Sandbox, path: &str, json: &str) -> (StatusCode, String) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(json.to_owned()))
        .unwrap();
    ask(sandbox, request).await
}

#[tokio::test]
async fn both_vendors_answer_under_their_prefix() {
    let sandbox = sandbox(10);
    let connection = sandbox.connection("");
    let amazon = Request::post(connection.amazon_token_url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    assert_eq!(ask(&sandbox, amazon).await.0, StatusCode::UNAUTHORIZED);
    let (status, _) = get(&sandbox, &connection.xero_connections_url).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let calls = sandbox.kit().log().calls;
    assert!(calls.keys().any(|(vendor, _)| vendor == "amazon"));
    assert!(calls.keys().any(|(vendor, _)| vendor == "xero"));
}

#[tokio::test]
async fn the_connection_names_every_address_and_secret() {
    let sandbox = sandbox(10);
    let (_, text) = get(&sandbox, "/_sandbox/connection").await;
    let names = [
        "amazon_api",
        "amazon_token_url",
        "amazon_client_id",
        "amazon_client_secret",
        "amazon_refresh_token",
        "amazon_regions",
        "xero_api",
        "xero_token_url",
        "xero_connections_url",
        "xero_authorize_url",
        "xero_client_id",
        "xero_client_secret",
        "xero_refresh_token",
    ];
    for name in names {
        assert!(text.contains(&format!("\"{name}\":")), "{name}");
    }
    let connection = sandbox.connection("http://127.0.0.1:4010/");
    assert_eq!(connection.xero_api, "http://127.0.0.1:4010/xero/api.xro/2.0");
    assert_eq!(connection.amazon_api, "http://127.0.0.1:4010/amazon/eu");
}

#[tokio::test]
async fn the_truth_is_told_as_json() {
    let sandbox = sandbox(100);
    let (status, text) = get(&sandbox, "/_sandbox/truth").await;
    assert_eq!(status, StatusCode::OK);
    let should = sandbox.truth().should_post;
    assert!(text.contains(&format!("\"should_post\":{should},")));
    assert!(text.contains("\"posted\":0,") && text.contains("\"duplicates\":0,"));
    assert!(text.contains(&format!("\"lost\":{should},")));
    assert!(text.contains("\"held_expected\":[{\"order_id\":\""));
}

#[tokio::test]
async fn a_standing_world_moves_when_told() {
    let options = SandboxOptions { layout: Layout::Live, ..SandboxOptions::new(7, 50, START) };
    let sandbox = Sandbox::new(options);
    let (_, before) = get(&sandbox, "/_sandbox/clock").await;
    assert!(before.contains("\"runs\":false,\"next_change\":\"2026-"));
    let (status, after) = post(&sandbox, "/_sandbox/advance", r#"{"ms":7200000}"#).await;
    assert_eq!(status, StatusCode::OK);
    assert!(after.contains("\"next_change\":null"));
    assert_eq!(sandbox.clock().now(), START.after_ms(2 * Timestamp::HOUR));
}

#[tokio::test]
async fn a_fault_can_be_asked_for_by_name() {
    let sandbox = sandbox(10);
    let script = |fault: &str| format!(r#"{{"operation":"token","fault":"{fault}"}}"#);
    let (status, _) = post(&sandbox, "/_sandbox/faults", &script("error_before")).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = post(&sandbox, "/amazon/auth/o2/token", "{}").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let (status, _) = post(&sandbox, "/_sandbox/faults", &script("explosion")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn orders_can_be_put_in() {
    let sandbox = sandbox(10);
    let order = r#"{"orderId":"202-1111111-2222222","createdTime":"2026-10-01T10:00:00Z",
        "lastUpdatedTime":"2026-10-01T12:00:00Z","salesChannel":{"channelName":"AMAZON"},
        "orderItems":[]}"#;
    let path = "/_sandbox/orders?region=eu&held=odd";
    assert_eq!(post(&sandbox, path, order).await.0, StatusCode::CREATED);
    assert_eq!(post(&sandbox, path, "{}").await.0, StatusCode::BAD_REQUEST);
    let held = sandbox.truth().held_expected;
    assert!(held.iter().any(|held| held.order_id == "202-1111111-2222222"));
}

/// What comes back on a connection of its own.
async fn over_the_wire(address: std::net::SocketAddr) -> String {
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request = "GET /amazon/eu/sellers/v1/marketplaceParticipations HTTP/1.1\r\n\
            host: 27.0.0.1/amazon/eu\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        // A connection that is reset has brought nothing either.
        stream.read_to_string(&mut reply).map_or_else(|_| String::new(), |_| reply)
    });
    asked.await.unwrap()
}

#[tokio::test]
async fn a_lost_reply_ends_the_connection_with_nothing_sent() {
    let sandbox = sandbox(10);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(sandbox.clone().serve(listener));
    assert!(over_the_wire(address).await.starts_with("HTTP/1.1 400"));
    sandbox.kit().faults.script("getMarketplaceParticipations", Fault::LostBefore);
    assert_eq!(over_the_wire(address).await, "");
    assert!(over_the_wire(address).await.starts_with("HTTP/1.1 400"));
    server.abort();
}

/// Posts the first settled pound order by hand, paid as Amazon says.
async fn post_by_hand(sandbox: &Sandbox) -> String {
    let connection = sandbox.connection("");
    let form = format!(
        "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
        connection.xero_refresh_token, connection.xero_client_id, connection.xero_client_secret
    );
    let request = Request::post(connection.xero_token_url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let (_, token) = ask(sandbox, request).await;
    let token: Token = serde_json::from_str(&token).unwrap();
    let (mut id, mut amount) = (String::new(), String::new());
    sandbox.amazon().each_order(|order, shelved| {
        let state = shelved.versions.last().unwrap().state();
        let total = state.total.filter(|total| total.currency() == Currency::GBP);
        if let Some(total) = total.filter(|total| state.paid() == Some(*total) && id.is_empty()) {
            (id, amount) = (order.to_owned(), total.amount().to_string());
        }
    });
    let invoice = format!(
        r#"{{"Invoices":[{{"Type":"ACCREC","InvoiceNumber":"AMZ-{id}","Reference":"{id}","Status":"AUTHORISED",
        "Contact":{{"Name":"Amazon UK customers"}},"Date":"2026-10-20","DueDate":"2026-10-20",
        "LineAmountTypes":"Inclusive","LineItems":[{{"Description":"Order","Quantity":1,
        "UnitAmount":{amount},"AccountCode":"200"}}]}}]}}"#
    );
    let payment = format!(
        r#"{{"Payments":[{{"Invoice":{{"InvoiceNumber":"AMZ-{id}"}},"Account":{{"Code":"090"}},
        "Date":"2026-10-21","Amount":{amount}}}]}}"#
    );
    for (resource, body) in [("Invoices", invoice), ("Payments", payment)] {
        let request = Request::put(format!("/xero/api.xro/2.0/{resource}"))
            .header("authorization", format!("Bearer {}", token.access_token))
            .header("xero-tenant-id", sandbox.xero().tenant_id())
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let (status, text) = ask(sandbox, request).await;
        assert_eq!(status, StatusCode::OK, "{text}");
    }
    id
}

#[derive(serde::Deserialize)]
struct Token {
    access_token: String,
}

#[tokio::test]
async fn an_invoice_in_the_ledger_is_a_posted_order_in_the_truth() {
    let sandbox = sandbox(60);
    let before = sandbox.truth();
    let id = post_by_hand(&sandbox).await;
    let truth = sandbox.truth();
    assert_eq!(truth.posted_ids, [id.as_str()]);
    assert_eq!((truth.lost, truth.duplicates), (before.lost - 1, 0));
    assert_ne!(truth.xero_total["GBP"], "0.00");
    assert!(truth.payments_wrong.iter().all(|wrong| wrong.order_id != id));
    assert_eq!(truth.payments_wrong.len() + 1, before.payments_wrong.len());
    assert_eq!(truth.xero_calls, 3);
}

#[tokio::test]
async fn a_statement_line_can_be_put_and_read_back() {
    let sandbox = sandbox(10);
    let put = |date: &str, account: &str, mood: &str| {
        format!(
            r#"{{"account":"{account}","date":"{date}","amount":"98.04","text":"AMAZON","mood":"{mood}"}}"#
        )
    };
    let path = "/_sandbox/xero/bank";
    let line = put("2026-10-20", "090", "codes_wrongly");
    assert_eq!(post(&sandbox, path, &line).await.0, StatusCode::CREATED);
    let waiting = put("2026-10-21", "090", "late:2");
    assert_eq!(post(&sandbox, path, &waiting).await.0, StatusCode::CREATED);
    let (_, text) = get(&sandbox, path).await;
    assert!(text.contains("\"stand\":\"coded_wrongly\",\"with\":\"BankTransactions\""), "{text}");
    assert!(text.contains("\"stand\":\"waiting\""), "{text}");
    for wrong in [
        put("2026-10-20", "200", "matches"),
        put("2026-13-20", "090", "matches"),
        put("2026-10-20", "090", "sulks"),
    ] {
        assert_eq!(post(&sandbox, path, &wrong).await.0, StatusCode::BAD_REQUEST);
    }
    let (_, text) = get(&sandbox, "/_sandbox/truth").await;
    assert!(text.contains("\"doubles\":[]"));
}

#[tokio::test]
async fn a_world_has_the_organisation_that_it_is_given() {
    let edition = crate::xero::Edition::Germany;
    let options = SandboxOptions { edition, ..SandboxOptions::new(7, 10, START) };
    assert_eq!(Sandbox::new(options).xero().bank_currency("090"), Some(Currency::EUR));
    assert_eq!(sandbox(10).xero().bank_currency("090"), Some(Currency::GBP));
}

#[tokio::test]
async fn months_of_settlements_are_told_whole() {
    let history = crate::amazon::history::Options::before(
        7,
        crate::amazon::history::Setting::UkVat,
        80,
        START,
    );
    let options = SandboxOptions::new(7, 0, START);
    let sandbox = Sandbox::new(SandboxOptions { history: Some(history), ..options });
    let (status, text) = get(&sandbox, "/_sandbox/history").await;
    assert_eq!(status, StatusCode::OK);
    let first = &sandbox.amazon().history().unwrap().settlements[0];
    assert!(text.contains(&format!("\"id\":\"{}\"", first.id)));
    assert!(text.contains("\"text\":\"AMAZON PAYMENTS UK"));
    assert!(sandbox.connection("").since < history.from);
    // The orders are the ones that the truth about orders knows, too.
    assert!(sandbox.truth().should_post > 50);
    let (status, _) = post(&sandbox, "/_sandbox/transfers_role", r#"{"granted":false}"#).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let plain = Sandbox::new(SandboxOptions::new(7, 10, START));
    assert_eq!(get(&plain, "/_sandbox/history").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_bank_feed_books_what_was_paid_out_and_nothing_else() {
    let setting = crate::amazon::history::Setting::UkVat;
    let history = crate::amazon::history::Options::before(7, setting, 40, START);
    let options = SandboxOptions::new(7, 0, START);
    let fed = SandboxOptions { history: Some(history), bank_feed: true, ..options };
    let fed = Sandbox::new(fed);
    let due = fed.amazon().history().unwrap().bank_lines(START);
    assert!(!due.is_empty());
    for _again in 0..2 {
        let (status, text) = get(&fed, "/_sandbox/xero/bank").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(text.matches("\"id\"").count(), due.len(), "{text}");
        assert_eq!(text.matches("\"account\":\"090\"").count(), due.len());
    }
    let options = SandboxOptions::new(7, 0, START);
    let plain = Sandbox::new(SandboxOptions { history: Some(history), ..options });
    assert_eq!(get(&plain, "/_sandbox/xero/bank").await.1, "[]");
}
