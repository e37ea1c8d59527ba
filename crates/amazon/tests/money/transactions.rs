use amazon::source::finances::{self, FinancesPosition, read_transaction};
use amazon::source::{Page, PullStop};
use base::{Money, Sent, Subject, Timestamp};
use facts::finances::{Part, Transaction, TransactionStatus};
use facts::{Body, Fact};
use proptest::prelude::*;
use serde_json::value::RawValue;

use crate::script::{Script, account, at, denied, gbp, invalid, now, reply};

const SHIPMENT: &str = r#"{"sellingPartnerMetadata":{"sellingPartnerId":"A1","accountType":"Standard Orders","marketplaceId":"A1F83G8C2ARO7P"},
    "relatedIdentifiers":[{"relatedIdentifierName":"ORDER_ID","relatedIdentifierValue":"202-1234567-8901234"},
        {"relatedIdentifierName":"SHIPMENT_ID","relatedIdentifierValue":"S-1"},
        {"relatedIdentifierName":"FINANCIAL_EVENT_GROUP_ID","relatedIdentifierValue":"G-1"},
        {"relatedIdentifierName":"SETTLEMENT_ID","relatedIdentifierValue":"11888387941"}],
    "transactionType":"Shipment","transactionId":"T-1","transactionStatus":"Released","description":"Order Payment",
    "postedDate":"2026-11-10T08:00:00Z","totalAmount":{"currencyCode":"GBP","currencyAmount":19.60},
    "marketplaceDetails":{"marketplaceId":"A1F83G8C2ARO7P","marketplaceName":"Amazon.co.uk"},
    "items":[{"description":"Tea","relatedIdentifiers":[{"itemRelatedIdentifierName":"ORDER_ADJUSTMENT_ITEM_ID","itemRelatedIdentifierValue":"9"}],
        "totalAmount":{"currencyCode":"GBP","currencyAmount":20.10},
        "breakdowns":[{"breakdownType":"Tax","breakdownAmount":{"currencyCode":"GBP","currencyAmount":4},
                "breakdowns":[{"breakdownType":"OurPriceTax","breakdownAmount":{"currencyCode":"GBP","currencyAmount":4.00},"breakdowns":[]}]},
            {"breakdownType":"ProductCharges","breakdownAmount":{"currencyCode":"GBP","currencyAmount":20},"breakdowns":null},
            {"breakdownType":"AmazonFees","breakdownAmount":{"currencyCode":"GBP","currencyAmount":-3.90},
                "breakdowns":[{"breakdownType":"Commission","breakdownAmount":{"currencyCode":"GBP","currencyAmount":-3.00}}]}],
        "contexts":[{"contextType":"ProductContext","asin":"B0","sku":"TEA-1","quantityShipped":2,"fulfillmentNetwork":"AFN"}]}],
    "breakdowns":[{"breakdownType":"Sales","breakdownAmount":{"currencyCode":"GBP","currencyAmount":24},"breakdowns":[
            {"breakdownType":"Tax","breakdownAmount":{"currencyCode":"GBP","currencyAmount":4}},
            {"breakdownType":"ProductCharges","breakdownAmount":{"currencyCode":"GBP","currencyAmount":20}}]},
        {"breakdownType":"Expenses","breakdownAmount":{"currencyCode":"GBP","currencyAmount":-4.40},"breakdowns":[
            {"breakdownType":"AmazonFees","breakdownAmount":{"currencyCode":"GBP","currencyAmount":-3.90}},
            {"breakdownType":"RegulatoryFee","breakdownAmount":{"currencyCode":"GBP","currencyAmount":-0.50}}]}],
    "contexts":null}"#;

fn read(text: &str) -> Fact {
    read_transaction(&account(), &RawValue::from_string(text.to_owned()).unwrap(), now()).0
}

#[track_caller]
fn transaction(text: &str) -> Transaction {
    let body = read(text).body;
    let Body::Transaction(read) = body else { unread(&body) };
    *read
}

#[track_caller]
fn reason(text: &str) -> String {
    let body = read(text).body;
    let Body::Unreadable { reason } = body else { unread(&body) };
    reason
}

#[expect(clippy::panic, reason = "a test stops at the first surprise")]
#[track_caller]
fn unread(body: &Body) -> ! {
    panic!("{body:?}")
}

fn sum(transaction: &Transaction) -> Money {
    let items = transaction.items.iter().flat_map(|item| &item.parts);
    let amounts = items.chain(&transaction.parts).map(|part| part.amount);
    Money::sum(amounts, transaction.total.currency()).unwrap()
}

fn told(parts: &[Part]) -> Vec<(String, i64)> {
    parts.iter().map(|part| (part.path.join("/"), part.amount.minor())).collect()
}

#[test]
fn a_transaction_keeps_its_words_and_its_related_ids() {
    let read = transaction(SHIPMENT);
    assert_eq!((read.transaction_id.as_str(), read.transaction_type.as_str()), ("T-1", "Shipment"));
    assert_eq!(read.status, TransactionStatus::Released);
    assert_eq!((read.total, read.posted), (gbp(1960), at("2026-11-10T08:00:00Z")));
    assert_eq!(read.order_id.as_deref(), Some("202-1234567-8901234"));
    assert_eq!(read.shipment_id.as_deref(), Some("S-1"));
    assert_eq!(read.event_group_id.as_deref(), Some("G-1"));
    assert_eq!(read.settlement_id.as_deref(), Some("11888387941"));
    assert_eq!((read.account_type.as_str(), read.region.as_str()), ("Standard Orders", "EU"));
    assert_eq!(read.marketplace_name, "Amazon.co.uk");
    let item = &read.items[0];
    assert_eq!((item.sku.as_deref(), item.quantity), (Some("TEA-1"), Some(2)));
    assert_eq!(item.adjustment_item_id.as_deref(), Some("9"));
}

#[test]
fn each_cent_is_told_once_although_amazon_tells_it_twice() {
    let read = transaction(SHIPMENT);
    let item = [
        ("Tax/OurPriceTax", 400),
        ("ProductCharges", 2000),
        ("AmazonFees/Commission", -300),
        // Amazon's own fees come to 3.90, and only 3.00 of them have a name.
        ("AmazonFees/(not broken down)", -90),
    ];
    assert_eq!(told(&read.items[0].parts), item.map(|(path, minor)| (path.to_owned(), minor)));
    assert_eq!(told(&read.parts), [("Expenses/RegulatoryFee".to_owned(), -50)]);
    assert_eq!(sum(&read), read.total);
}

#[test]
fn where_only_the_whole_is_broken_down_its_words_are_kept() {
    let text = SHIPMENT.replace(
        r#""breakdowns":[{"breakdownType":"Tax","breakdownAmount""#,
        r#""breakdowns":null,"old":[{"breakdownType":"Tax","breakdownAmount""#,
    );
    let read = transaction(&text);
    assert!(read.items[0].parts.is_empty());
    assert_eq!(told(&read.parts)[3], ("Expenses/RegulatoryFee".to_owned(), -50));
    assert_eq!(sum(&read), read.total);
}

#[test]
fn what_nobody_breaks_down_is_still_there() {
    let text = r#"{"transactionId":"T-2","postedDate":"2026-11-10T08:00:00Z","totalAmount":{"currencyCode":"JPY","currencyAmount":-12609},
        "items":[{"totalAmount":{"currencyCode":"JPY","currencyAmount":-618}}]}"#;
    let read = transaction(text);
    assert_eq!(told(&read.items[0].parts), [("(not broken down)".to_owned(), -618)]);
    assert_eq!(told(&read.parts), [("(not broken down)".to_owned(), -11991)]);
    assert_eq!(read.status, TransactionStatus::Other(String::new()));
}

#[test]
fn what_is_held_back_says_why_and_until_when() {
    let held = SHIPMENT.replace("\"Released\"", "\"DEFERRED\"").replace(
        "\"contexts\":null",
        r#""contexts":[{"contextType":"TimeRangeContext","startTime":"2026-01-01T00:00:00Z"},{"contextType":"DeferredContext","deferralReason":"DD7","maturityDate":"2026-11-17T00:00:00Z"}]"#,
    );
    let deferral = transaction(&held).deferral.unwrap();
    assert_eq!(deferral.reason, "DD7");
    assert_eq!(deferral.matures, Some(at("2026-11-17T00:00:00Z")));
    assert_eq!(transaction(SHIPMENT).deferral, None);
}

#[test]
fn a_release_and_what_it_releases_name_each_other() {
    let linked = |name: &str| SHIPMENT.replace("\"REFUND_ID\"", "").replace("SHIPMENT_ID", name);
    let release = transaction(&linked("DEFERRED_TRANSACTION_ID"));
    assert_eq!((release.releases.as_deref(), release.released_by), (Some("S-1"), None));
    let held = transaction(&linked("RELEASE_TRANSACTION_ID"));
    assert_eq!((held.releases, held.released_by.as_deref()), (None, Some("S-1")));
}

#[test]
fn a_change_of_status_is_a_new_fact_that_comes_after_the_old_one() {
    let held = read(&SHIPMENT.replace("\"Released\"", "\"DEFERRED\""));
    let gone = read(&SHIPMENT.replace("\"Released\"", "\"DEFERRED_RELEASED\""));
    assert_ne!(held.id, gone.id);
    assert!(held.occurred < gone.occurred);
    assert_eq!(held.occurred, at("2026-11-10T08:00:00Z"));
    let Body::Transaction(body) = &gone.body else { unread(&gone.body) };
    assert_eq!(body.posted, held.occurred);
}

#[test]
fn a_transaction_belongs_to_its_order_else_to_its_settlement_else_to_the_account() {
    assert_eq!(read(SHIPMENT).subject, Subject::order("202-1234567-8901234"));
    let fee = SHIPMENT.replace("ORDER_ID", "INVOICE_ID");
    assert_eq!(read(&fee).subject, Subject::settlement("11888387941"));
    let odd = SHIPMENT.replace("202-1234567-8901234", "../x");
    assert_eq!(read(&odd).subject, Subject::settlement("11888387941"));
    let bare = fee.replace("SETTLEMENT_ID", "TRANSFER_ID");
    assert_eq!(read(&bare).subject.as_str(), "account:A1:A1F83G8C2ARO7P");
    let none = bare.replace("A1F83G8C2ARO7P", "");
    assert_eq!(read(&none).subject.as_str(), "account:A1:EU");
}

#[test]
fn what_cannot_be_read_says_why_and_stays_with_its_order() {
    for (from, to, words) in [
        ("19.60", "19.605", "totalAmount: 19.605 has more decimals than GBP has"),
        (
            "\"totalAmount\":{\"currencyCode\":\"GBP\",\"currencyAmount\":19.60},",
            "",
            "totalAmount is missing",
        ),
        (
            "2026-11-10T08:00:00Z",
            "soon",
            "postedDate: \"soon\" is not an ISO 8601 time with an offset",
        ),
        ("\"quantityShipped\":2", "\"quantityShipped\":-2", "the quantity -2 is less than none"),
        ("\"GBP\",\"currencyAmount\":20.10", "\"EUR\",\"currencyAmount\":20.10", "cannot be added"),
        ("\"GBP\",\"currencyAmount\":-3.00", "\"EUR\",\"currencyAmount\":-3.00", "cannot be added"),
    ] {
        assert!(SHIPMENT.contains(from), "{from}");
        let text = SHIPMENT.replacen(from, to, 1);
        let said = reason(&text);
        assert!(said.contains(words), "{said}");
        assert_eq!(read(&text).subject, Subject::order("202-1234567-8901234"), "{words}");
    }
    let shapeless = read(r#"{"transactionId":7}"#);
    assert!(shapeless.subject.as_str().starts_with("unreadable:"));
    assert!(matches!(shapeless.body, Body::Unreadable { .. }));
}

#[test]
fn two_transactions_without_an_id_are_two() {
    let bare = SHIPMENT.replace("\"transactionId\":\"T-1\",", "");
    let other = bare.replace("08:00:00Z", "09:00:00Z");
    let (one, two) = (transaction(&bare), transaction(&other));
    assert!(one.transaction_id.starts_with("content:"));
    assert_ne!(one.transaction_id, two.transaction_id);
}

fn page_of(transactions: &[&str], token: &str) -> Sent {
    let list = transactions.join(",");
    let token = if token.is_empty() { String::new() } else { format!(r#","nextToken":"{token}""#) };
    reply(200, &format!(r#"{{"payload":{{"transactions":[{list}]{token}}}}}"#))
}

async fn sweep(
    script: &Script,
    position: &FinancesPosition,
) -> Result<Page<FinancesPosition>, PullStop> {
    finances::sweep_transactions(script, &account(), position, now()).await
}

fn start() -> FinancesPosition {
    FinancesPosition::start(at("2026-11-01T00:00:00Z"))
}

#[tokio::test]
async fn a_run_reads_up_to_two_minutes_ago_and_comes_back_for_the_last_week() {
    let script = Script::of(vec![page_of(&[SHIPMENT, SHIPMENT], "")]);
    let page = sweep(&script, &start()).await.unwrap();
    assert_eq!(
        script.asked(),
        [
            "/finances/2024-06-19/transactions?postedAfter=2026-11-01T00%3A00%3A00.000Z&postedBefore=2026-11-24T11%3A58%3A00.000Z"
        ]
    );
    assert!(!page.more);
    assert_eq!(page.next, FinancesPosition::start(at("2026-11-17T12:00:00Z")));
    // Printed twice, it is one fact, with its document.
    assert_eq!((page.facts.len(), page.documents.len()), (1, 1));
    assert_eq!(page.facts[0].raw_hash, page.documents[0].hash);
    assert_eq!(page.facts[0].source, "amazon:EU:transactions");
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_not_the_end() {
    let script = Script::of(vec![page_of(&[], "t2"), page_of(&[SHIPMENT], "")]);
    let first = sweep(&script, &start()).await.unwrap();
    assert!(first.more && first.facts.is_empty());
    let second = sweep(&script, &first.next).await.unwrap();
    let asked = script.asked();
    assert_eq!(asked[1], format!("{}&nextToken=t2", asked[0]));
    assert_eq!((second.facts.len(), second.more), (1, false));
}

#[tokio::test]
async fn two_years_are_read_in_windows_that_amazon_answers() {
    let mut position = FinancesPosition::start(at("2024-11-24T00:00:00Z"));
    let script = Script::of((0..5).map(|_| page_of(&[], "")).collect());
    for last in [false, false, false, false, true] {
        let page = sweep(&script, &position).await.unwrap();
        assert_eq!(page.more, !last);
        position = page.next;
    }
    let asked = script.asked();
    assert!(asked[0].contains("postedBefore=2025-05-22T23%3A00"));
    assert!(asked[1].contains("postedAfter=2025-05-22T23%3A00"));
    assert!(asked[4].ends_with("postedBefore=2026-11-24T11%3A58%3A00.000Z"));
}

#[tokio::test]
async fn a_refused_page_token_restarts_the_window_and_a_refused_first_page_stops() {
    let second = sweep(&Script::of(vec![page_of(&[], "t2")]), &start()).await.unwrap().next;
    let page = sweep(&Script::of(vec![invalid()]), &second).await.unwrap();
    assert_eq!((page.next, page.more), (start(), true));
    assert!(page.restarted.is_some());
    assert!(sweep(&Script::of(vec![invalid()]), &start()).await.is_err());
}

#[tokio::test]
async fn a_window_that_has_not_begun_asks_nothing() {
    let script = Script::of(Vec::new());
    let position = FinancesPosition::start(now().after_ms(-Timestamp::MINUTE));
    let page = sweep(&script, &position).await.unwrap();
    assert_eq!((page.next, page.more), (position, false));
}

#[tokio::test]
async fn a_missing_role_is_told_apart_from_a_token_that_ran_out() {
    let stop = sweep(&Script::of(vec![denied()]), &start()).await.unwrap_err();
    assert!(stop.is_role_missing(), "{stop}");
    let expired = r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"The access token you provided has expired."}]}"#;
    let stop = sweep(&Script::of(vec![reply(403, expired)]), &start()).await.unwrap_err();
    assert_eq!(stop.remedy(), amazon::Remedy::FreshToken);
}

#[tokio::test]
async fn an_empty_bucket_is_busy_for_two_seconds() {
    let stop = sweep(&Script::of(vec![reply(429, "")]), &start()).await.unwrap_err();
    assert_eq!(stop, PullStop::Busy(now().after_ms(2_000)));
}

#[tokio::test]
async fn one_malformed_transaction_does_not_cost_the_others() {
    let script = Script::of(vec![page_of(&[SHIPMENT, r#"{"postedDate":7}"#], "")]);
    let page = sweep(&script, &start()).await.unwrap();
    assert!(matches!(page.facts[0].body, Body::Transaction(_)));
    assert!(matches!(page.facts[1].body, Body::Unreadable { .. }));
}

proptest! {
    #[test]
    fn the_id_is_that_of_the_content(minor in -1_000_000_i64..1_000_000, other in -1_000_000_i64..1_000_000) {
        let of = |minor: i64| SHIPMENT.replace("19.60", &gbp(minor).amount().to_string());
        prop_assert_eq!(read(&of(minor)).id, read(&of(minor)).id);
        prop_assert_eq!(read(&of(minor)).id == read(&of(other)).id, minor == other);
        // Spaces between are not content.
        prop_assert_eq!(read(&of(minor)).id, read(&of(minor).replace(',', " , ")).id);
    }

    #[test]
    fn the_parts_add_up_to_any_total(minor in -1_000_000_i64..1_000_000) {
        let read = transaction(&SHIPMENT.replace("19.60", &gbp(minor).amount().to_string()));
        prop_assert_eq!(sum(&read), gbp(minor));
    }

    #[test]
    fn any_one_value_replaced_is_read_or_says_why(
        value in prop_oneof![Just("null"), Just("[]"), Just("{}"), Just("-1"), Just("\"x\""), Just("1e9")],
        at in 0_usize..120,
    ) {
        let places: Vec<(usize, &str)> = SHIPMENT.match_indices("\":").collect();
        let (start, _) = places[at % places.len()];
        let (head, tail) = SHIPMENT.split_at(start + 2);
        let end = tail.find([',', '}', ']']).unwrap();
        let text = format!("{head}{value}{}", tail.split_at(end).1);
        if let Ok(raw) = RawValue::from_string(text) {
            let (fact, document) = read_transaction(&account(), &raw, now());
            prop_assert_eq!(fact.raw_hash, document.hash);
            if let Body::Transaction(read) = fact.body {
                prop_assert_eq!(sum(&read), read.total);
            }
        }
    }
}
