//! Both vendors scripted: what is one and the same, and every way in which it may not be.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/scripted.rs"]
mod scripted;

use std::collections::BTreeMap;

use auditor::{Accounts, Audit, AuditError, Question, Side};
use base::{Request, Sent, Timestamp};
use scripted::{Vendor, Waiting, balance, reply, start};

/// An order as Amazon prints it.
struct Order {
    id: &'static str,
    status: &'static str,
    total: &'static str,
    units: [u64; 2],
    rest: &'static str,
}

impl Order {
    fn shipped(id: &'static str) -> Order {
        Order { id, status: "SHIPPED", total: "120.00", units: [2, 0], rest: "" }
    }

    fn json(&self) -> String {
        let Order { id, status, total, units: [fulfilled, unfulfilled], rest } = self;
        let money = format!(r#"{{"amount":"{total}","currencyCode":"GBP"}}"#);
        format!(
            r#"{{"orderId":"{id}","lastUpdatedTime":"2026-11-20T00:00:00Z","salesChannel":{{"channelName":"AMAZON"}},
                "proceeds":{{"grandTotal":{money}}},"fulfillment":{{"fulfillmentStatus":"{status}"}},
                "orderItems":[{{"proceeds":{{"proceedsTotal":{money}}},
                    "fulfillment":{{"quantityFulfilled":{fulfilled},"quantityUnfulfilled":{unfulfilled}}}}}]{rest}}}"#
        )
    }
}

fn page(orders: &[String], rest: &str) -> String {
    let end = r#""lastUpdatedBefore":"2026-11-24T11:58:00Z""#;
    format!(r#"{{"orders":[{}],{end}{rest}}}"#, orders.join(","))
}

const SEARCH: &str = "/orders/2026-01-01/orders";

fn amazon(orders: &[Order]) -> Vendor {
    let orders: Vec<String> = orders.iter().map(Order::json).collect();
    Vendor::default().answers(SEARCH, page(&orders, ""))
}

fn invoice(id: &str, number: &str, reference: &str, status: &str, total: &str) -> String {
    format!(
        r#"{{"InvoiceID":"{id}","Type":"ACCREC","InvoiceNumber":"{number}","Reference":"{reference}","Status":"{status}",
            "CurrencyCode":"GBP","Total":{total},"UpdatedDateUTC":"/Date(1795478400000+0000)/"}}"#
    )
}

fn payment(id: &str, invoice: &str, account: &str, amount: &str) -> String {
    format!(
        r#"{{"PaymentID":"{id}","Status":"AUTHORISED","Amount":{amount},"Account":{{"AccountID":"{account}"}},"Invoice":{{"InvoiceID":"{invoice}"}}}}"#
    )
}

fn note(id: &str, reference: &str, total: &str) -> String {
    format!(
        r#"{{"CreditNoteID":"{id}","Type":"ACCRECCREDIT","Reference":"{reference}","Status":"AUTHORISED","CurrencyCode":"GBP","Total":{total}}}"#
    )
}

const EVEN: [(&str, &str, &str); 2] = [("clearing", "120.00", ""), ("sales", "", "120.00")];

fn xero(invoices: &[String], notes: &[String], payments: &[String]) -> Vendor {
    Vendor::default()
        .answers("/Invoices", format!(r#"{{"Invoices":[{}]}}"#, invoices.join(",")))
        .answers("/CreditNotes", format!(r#"{{"CreditNotes":[{}]}}"#, notes.join(",")))
        .answers("/Payments", format!(r#"{{"Payments":[{}]}}"#, payments.join(",")))
        .answers("/Reports/TrialBalance", balance(&EVEN))
}

async fn ask(amazon: &Vendor, xero: &Vendor, held: &[&str]) -> Result<Audit, AuditError> {
    auditor::audit(Question {
        amazon: vec![Side { region: "EU", transport: amazon, marketplaces: Vec::new() }],
        xero,
        tenant_id: "t-1",
        clock: &Waiting::at(start()),
        since: Timestamp::parse("2026-11-01T00:00:00Z").unwrap(),
        held: held.iter().map(|id| ((*id).to_owned(), "untied_total".to_owned())).collect(),
        accounts: Accounts {
            clearing: BTreeMap::from([("GBP".to_owned(), "clearing".to_owned())]),
            marketplace_tax: "tax".to_owned(),
            suspense: Some("suspense".to_owned()),
            ..Accounts::default()
        },
        keeping: None,
    })
    .await
}

async fn audit(amazon: Vendor, xero: Vendor) -> Audit {
    ask(&amazon, &xero, &[]).await.unwrap()
}

/// The books as they should be for one shipped order of 120.00.
fn good() -> Vendor {
    xero(
        &[invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00")],
        &[],
        &[payment("p-1", "i-1", "clearing", "120.00")],
    )
}

#[track_caller]
fn differs(audit: &Audit, what: &str) {
    assert!(!audit.agrees);
    let found: Vec<&str> = audit.differences.iter().map(|one| one.what.as_str()).collect();
    assert!(found.contains(&what), "{what} is not among {found:?}");
}

#[tokio::test]
async fn a_paid_invoice_for_a_shipped_order_agrees() {
    let audit = audit(amazon(&[Order::shipped("1-1")]), good()).await;
    assert!(audit.agrees, "{:?}", audit.differences);
    assert_eq!((audit.orders, audit.should_post, audit.posted, audit.held), (1, 1, 1, 0));
    assert_eq!(audit.amazon_total["GBP"], "120.00");
    assert_eq!((audit.xero_total["GBP"].as_str(), audit.calls), ("120.00", 5));
    assert_eq!(audit.payments_found, audit.payments_expected);
}

#[tokio::test]
async fn nothing_on_both_sides_agrees() {
    assert!(audit(amazon(&[]), xero(&[], &[], &[])).await.agrees);
}

#[tokio::test]
async fn an_order_without_an_invoice_is_lost() {
    let audit = audit(amazon(&[Order::shipped("1-1")]), xero(&[], &[], &[])).await;
    assert_eq!((audit.agrees, audit.lost), (false, vec!["1-1".to_owned()]));
}

#[tokio::test]
async fn a_draft_is_not_in_the_ledger() {
    let draft = [invoice("i-1", "AMZ-1-1", "1-1", "DRAFT", "120.00")];
    assert_eq!(audit(amazon(&[Order::shipped("1-1")]), xero(&draft, &[], &[])).await.lost, ["1-1"]);
}

#[tokio::test]
async fn two_live_invoices_are_a_duplicate_even_if_one_is_somebody_elses() {
    let first = invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00");
    let paid = [payment("p-1", "i-1", "clearing", "120.00")];
    for number in ["AMZ-1-1-2", "INV-0007"] {
        let second = invoice("i-2", number, "1-1", "AUTHORISED", "120.00");
        let xero = xero(&[first.clone(), second], &[], &paid);
        let audit = audit(amazon(&[Order::shipped("1-1")]), xero).await;
        assert_eq!((audit.agrees, audit.duplicates), (false, vec!["1-1".to_owned()]));
        assert_eq!(audit.xero_total["GBP"], "240.00");
    }
}

#[tokio::test]
async fn a_cent_is_a_difference() {
    let xero = xero(
        &[invoice("i-1", "AMZ-1-1", "1-1", "AUTHORISED", "120.01")],
        &[],
        &[payment("p-1", "i-1", "clearing", "120.00")],
    );
    let audit = audit(amazon(&[Order::shipped("1-1")]), xero).await;
    differs(&audit, "the totals differ");
    assert_eq!((audit.posted, audit.xero_total["GBP"].as_str()), (0, "120.01"));
}

#[tokio::test]
async fn another_currency_is_a_difference() {
    let euro = invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00").replace("GBP", "EUR");
    let paid = [payment("p-1", "i-1", "clearing", "120.00")];
    differs(
        &audit(amazon(&[Order::shipped("1-1")]), xero(&[euro], &[], &paid)).await,
        "the totals differ",
    );
}

#[tokio::test]
async fn a_credit_note_takes_away_from_its_invoice() {
    let mut order = Order::shipped("1-1");
    order.total = "80.00";
    let xero = xero(
        &[invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00")],
        &[note("c-1", "1-1", "40.00")],
        &[payment("p-1", "i-1", "clearing", "80.00")],
    );
    let audit = audit(amazon(&[order]), xero).await;
    assert!(audit.agrees, "{:?}", audit.differences);
}

#[tokio::test]
async fn a_missing_a_double_and_a_misplaced_payment_are_seen() {
    let bill = [invoice("i-1", "AMZ-1-1", "1-1", "AUTHORISED", "120.00")];
    let once = payment("p-1", "i-1", "clearing", "120.00");
    let cases = [
        (vec![], "the payments into clearing differ"),
        (vec![once.clone(), once.replace("p-1", "p-2")], "the payments into clearing differ"),
        (vec![once.replace("clearing", "tax")], "the payments into marketplace tax differ"),
        (vec![once.replace("clearing", "bank")], "a payment into the account bank"),
    ];
    for (payments, what) in cases {
        let audit = audit(amazon(&[Order::shipped("1-1")]), xero(&bill, &[], &payments)).await;
        differs(&audit, what);
        assert_eq!(audit.posted, 1);
    }
}

#[tokio::test]
async fn a_deleted_payment_does_not_count() {
    let deleted = payment("p-2", "i-1", "clearing", "120.00").replace("AUTHORISED", "DELETED");
    let xero = xero(
        &[invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00")],
        &[],
        &[payment("p-1", "i-1", "clearing", "120.00"), deleted],
    );
    assert!(audit(amazon(&[Order::shipped("1-1")]), xero).await.agrees);
}

#[tokio::test]
async fn the_facilitators_tax_is_paid_into_its_own_account() {
    let taxed = Order::shipped("1-1").json().replace(
        r#""proceedsTotal""#,
        r#""breakdowns":[{"type":"TAX","subtotal":{"amount":"20.00","currencyCode":"GBP"}}],"proceedsTotal""#,
    );
    let taxed = taxed.replace(
        r#""orderItems":[{"#,
        r#""orderItems":[{"tax":{"taxCollections":[{"model":"MARKETPLACE_FACILITATOR"}]},"#,
    );
    let amazon = Vendor::default().answers(SEARCH, page(&[taxed], ""));
    let xero = xero(
        &[invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00")],
        &[],
        &[payment("p-1", "i-1", "clearing", "100.00"), payment("p-2", "i-1", "tax", "20.00")],
    );
    let audit = audit(amazon, xero).await;
    assert!(audit.agrees, "{:?}", audit.differences);
}

#[tokio::test]
async fn a_cancelled_order_may_have_a_voided_invoice_and_no_live_one() {
    let mut order = Order::shipped("1-1");
    order.status = "CANCELLED";
    let void = [invoice("i-1", "AMZ-1-1", "1-1", "VOIDED", "120.00")];
    let amazon_side = amazon(&[order]);
    assert!(ask(&amazon_side, &xero(&void, &[], &[]), &[]).await.unwrap().agrees);
    let audit = ask(&amazon_side, &good(), &[]).await.unwrap();
    differs(&audit, "should not be posted");
    assert_eq!(audit.xero_total["GBP"], "120.00");
}

#[tokio::test]
async fn a_voided_invoice_needs_a_reason() {
    let void = invoice("i-0", "AMZ-1-1", "1-1", "VOIDED", "90.00");
    let live = invoice("i-1", "AMZ-1-1-2", "1-1", "PAID", "120.00");
    let paid = [payment("p-1", "i-1", "clearing", "120.00")];
    let both = xero(&[void.clone(), live], &[], &paid);
    assert!(audit(amazon(&[Order::shipped("1-1")]), both).await.agrees);
    let alone = audit(amazon(&[Order::shipped("1-1")]), xero(&[void], &[], &[])).await;
    differs(&alone, "voided without a reason");
}

#[tokio::test]
async fn a_held_order_has_no_document() {
    let amazon = amazon(&[Order::shipped("1-1")]);
    let audit = ask(&amazon, &xero(&[], &[], &[]), &["1-1"]).await.unwrap();
    assert!(audit.agrees);
    assert_eq!((audit.held, audit.should_post, audit.amazon_total.len()), (1, 0, 0));
    differs(&ask(&amazon, &good(), &["1-1"]).await.unwrap(), "held and yet posted");
}

#[tokio::test]
async fn a_part_of_a_held_order_may_be_posted_and_is_named() {
    let part = [invoice("i-1", "AMZ-1-1", "1-1", "AUTHORISED", "70.00")];
    let amazon = amazon(&[Order::shipped("1-1")]);
    let audit = ask(&amazon, &xero(&part, &[], &[]), &["1-1"]).await.unwrap();
    assert_eq!((audit.agrees, audit.part_posted), (true, vec!["1-1".to_owned()]));
}

#[tokio::test]
async fn an_invoice_of_ours_that_amazon_does_not_know_is_seen() {
    let stray = [invoice("i-9", "AMZ-9-9", "9-9", "AUTHORISED", "5.00")];
    let audit = audit(amazon(&[]), xero(&stray, &[], &[])).await;
    differs(&audit, "amazon does not know this order");
    assert_eq!(audit.xero_total["GBP"], "5.00");
}

#[tokio::test]
async fn an_order_that_changed_after_the_list_is_not_compared() {
    let fresh = Order::shipped("9-9").json().replace("2026-11-20T00", "2026-11-24T11:59");
    let fresh = fresh.replace("11:59:00:00Z", "11:59:00Z");
    let amazon = amazon(&[]).answers(&format!("{SEARCH}/9-9"), format!(r#"{{"order":{fresh}}}"#));
    let posted = [invoice("i-9", "AMZ-9-9", "9-9", "AUTHORISED", "5.00")];
    let audit = audit(amazon, xero(&posted, &[], &[])).await;
    assert_eq!((audit.agrees, audit.too_recent), (true, vec!["9-9".to_owned()]));
}

#[tokio::test]
async fn an_order_that_no_list_showed_is_compared_all_the_same() {
    let order = Order::shipped("1-1").json();
    let amazon = amazon(&[]).answers(&format!("{SEARCH}/1-1"), format!(r#"{{"order":{order}}}"#));
    let audit = audit(amazon, good()).await;
    assert!(audit.agrees && audit.should_post == 1, "{:?}", audit.differences);
}

#[tokio::test]
async fn other_peoples_invoices_and_settlement_documents_are_left_alone() {
    let others = [
        invoice("i-7", "INV-0001", "spring sale", "PAID", "10.00"),
        invoice("i-8", "AMZ-EU-123456-1", "123456", "PAID", "10.00"),
        invoice("i-9", "INV-0002", "", "AUTHORISED", "10.00"),
    ];
    assert!(audit(amazon(&[]), xero(&others, &[], &[])).await.agrees);
}

#[tokio::test]
async fn a_number_with_another_orders_reference_is_seen() {
    let mixed = [invoice("i-1", "AMZ-1-1", "2-2", "PAID", "120.00")];
    let audit = audit(amazon(&[Order::shipped("1-1")]), xero(&mixed, &[], &[])).await;
    differs(&audit, "number and reference are not of one order");
}

#[tokio::test]
async fn an_unreadable_order_must_be_held() {
    let broken = Order::shipped("1-1").json().replace("\"120.00\"", "\"12O.00\"");
    let amazon = Vendor::default().answers(SEARCH, page(&[broken, "7".to_owned()], ""));
    let none = xero(&[], &[], &[]);
    differs(&ask(&amazon, &none, &[]).await.unwrap(), "the order cannot be read");
    differs(&ask(&amazon, &none, &["1-1"]).await.unwrap(), "an order without a number");
    assert!(ask(&amazon, &none, &["1-1", "unreadable:abc"]).await.unwrap().agrees);
}

#[tokio::test]
async fn debits_must_equal_credits_and_suspense_be_empty() {
    let order = || amazon(&[Order::shipped("1-1")]);
    let report = "/Reports/TrialBalance";
    let uneven = balance(&[("clearing", "120.00", ""), ("sales", "", "119.99")]);
    let audit_of = audit(order(), good().answers(report, uneven)).await;
    differs(&audit_of, "the trial balance does not balance");
    assert!(!audit_of.trial_balance_balances);
    let suspended = balance(&[("suspense", "0.01", ""), ("sales", "", "0.01")]);
    differs(&audit(order(), good().answers(report, suspended)).await, "something is in suspense");
    let emptied = balance(&[("suspense", "0.00", ""), ("sales", "", "0.00")]);
    assert!(audit(order(), good().answers(report, emptied)).await.agrees);
}

#[tokio::test]
async fn every_page_of_both_sides_is_read() {
    let amazon = Vendor::default()
        .answers(
            SEARCH,
            page(&[Order::shipped("1-1").json()], r#","pagination":{"nextToken":"t2"}"#),
        )
        .answers(&format!("{SEARCH}#t2"), page(&[Order::shipped("2-2").json()], ""));
    let pages = r#","pagination":{"page":1,"pageSize":1000,"pageCount":2,"itemCount":2}"#;
    let first = invoice("i-1", "AMZ-1-1", "1-1", "PAID", "120.00");
    let second = invoice("i-2", "AMZ-2-2", "2-2", "PAID", "120.00");
    let paid =
        [payment("p-1", "i-1", "clearing", "120.00"), payment("p-2", "i-2", "clearing", "120.00")];
    let xero = xero(&[], &[], &paid)
        .answers("/Invoices", format!(r#"{{"Invoices":[{first}]{pages}}}"#))
        .answers("/Invoices#2", format!(r#"{{"Invoices":[{second}]{pages}}}"#));
    let audit = audit(amazon, xero).await;
    assert!(audit.agrees, "{:?}", audit.differences);
    assert_eq!((audit.posted, audit.xero_total["GBP"].as_str()), (2, "240.00"));
}

#[tokio::test]
async fn lost_busy_and_broken_answers_are_asked_again() {
    let amazon = amazon(&[Order::shipped("1-1")])
        .first(Sent::Busy(start().after_ms(180_000)))
        .first(Sent::Lost("timeout".to_owned()))
        .first(Sent::NotSent("no connection".to_owned()))
        .first(reply(503, ""))
        .first(reply(429, ""))
        .first(reply(200, r#"{"orders":[{"orderId""#));
    let audit = ask(&amazon, &good(), &[]).await.unwrap();
    assert!(audit.agrees);
    assert_eq!(audit.calls, 5 + 4);
}

#[tokio::test]
async fn a_refusal_ends_the_audit_and_endless_silence_too() {
    let refused = amazon(&[]).first(reply(403, "Unauthorized"));
    match ask(&refused, &good(), &[]).await {
        Err(AuditError::Refused { status: 403, .. }) => {}
        other => panic!("{other:?}"),
    }
    let mut silent = amazon(&[]);
    for _ in 0..20 {
        silent = silent.first(Sent::Lost("timeout".to_owned()));
    }
    match ask(&silent, &good(), &[]).await {
        Err(AuditError::NoAnswer { attempts: 20, .. }) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_request_says_who_asks_and_of_which_organisation() {
    let (amazon, xero) = (amazon(&[Order::shipped("1-1")]), good());
    ask(&amazon, &xero, &[]).await.unwrap();
    let has = |request: &Request, name: &str| request.headers.iter().any(|(key, _)| key == name);
    let asked = xero.asked.lock().unwrap();
    assert!(asked.iter().all(|request| has(request, "xero-tenant-id") && has(request, "accept")));
    assert!(amazon.asked.lock().unwrap().iter().all(|request| has(request, "user-agent")));
    assert!(asked[0].target().contains("pageSize=1000"));
}
