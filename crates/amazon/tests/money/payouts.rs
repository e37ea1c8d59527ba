use amazon::source::payouts::{self, FinancesPosition, read_payout};
use base::{Subject, Timestamp};
use facts::finances::{Payout, PayoutStatus};
use facts::{Body, Fact};
use serde_json::value::RawValue;

use crate::script::{Script, account, at, denied, gbp, now, reply};

const PAYOUT: &str = r#"{"id":"P-1","partnerMetadata":{"partnerId":"A1","accountType":"STANDARD_ORDERS","marketplaceId":"A1F83G8C2ARO7P"},
    "currentStatus":"PAID","statusHistory":[{"status":"STARTED","lastUpdatedDate":"2026-11-17T00:00:00Z"},
        {"status":"PAID","lastUpdatedDate":"2026-11-19T12:00:00Z"},{"status":"IN_TRANSIT","lastUpdatedDate":"2026-11-17T06:00:00Z"}],
    "type":"SCHEDULED","amount":{"currencyCode":"GBP","currencyAmount":1250.75},"accountTail":"1234","creationDate":"2026-11-17T00:00:00Z",
    "paymentRail":"BACS","traceId":"4B0361","relatedIdentifiers":[{"relatedIdentifierName":"SETTLEMENT_ID","relatedIdentifierValue":"11888387941"}]}"#;

fn read(text: &str) -> Vec<Fact> {
    read_payout(&account(), &RawValue::from_string(text.to_owned()).unwrap(), now()).0
}

fn payouts(facts: &[Fact]) -> Vec<&Payout> {
    let payouts = facts.iter().filter_map(|fact| {
        let Body::Payout(payout) = &fact.body else { return None };
        Some(payout.as_ref())
    });
    payouts.collect()
}

#[test]
fn each_status_is_a_fact_in_the_order_in_which_it_came() {
    let facts = read(PAYOUT);
    let read = payouts(&facts);
    let statuses: Vec<&PayoutStatus> = read.iter().map(|payout| &payout.status).collect();
    assert_eq!(statuses, [&PayoutStatus::Started, &PayoutStatus::InTransit, &PayoutStatus::Paid]);
    assert_eq!(facts[2].occurred, at("2026-11-19T12:00:00Z"));
    assert_eq!(read[2].amount, Some(gbp(125_075)));
    assert_eq!(read[2].trace_id.as_deref(), Some("4B0361"));
    assert_eq!(read[2].account_tail.as_deref(), Some("1234"));
    assert_eq!(read[2].settlement_id.as_deref(), Some("11888387941"));
    assert!(facts.iter().all(|fact| fact.subject == Subject::settlement("11888387941")));
}

#[test]
fn a_payout_that_moved_on_leaves_the_facts_that_were_there() {
    let early = PAYOUT
        .replace("\"currentStatus\":\"PAID\"", "\"currentStatus\":\"IN_TRANSIT\"")
        .replace(r#"{"status":"PAID","lastUpdatedDate":"2026-11-19T12:00:00Z"},"#, "");
    let (early, late) = (read(&early), read(PAYOUT));
    assert_eq!(early.len(), 2);
    let ids = |facts: &[Fact]| facts.iter().map(|fact| fact.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&early), ids(&late)[..2]);
}

#[test]
fn a_payout_that_failed_says_why() {
    let failed = PAYOUT.replace("\"PAID\"", "\"FAILED\"").replace(
        "\"lastUpdatedDate\":\"2026-11-19T12:00:00Z\"",
        r#""lastUpdatedDate":"2026-11-19T12:00:00Z","failureReason":"account closed""#,
    );
    let facts = read(&failed);
    let last = payouts(&facts)[2];
    assert_eq!(last.status, PayoutStatus::Failed);
    assert_eq!(last.failure.as_deref(), Some("account closed"));
    assert_eq!(payouts(&facts)[0].failure, None);
}

#[test]
fn a_payout_of_no_settlement_is_a_subject_of_its_own() {
    let alone = PAYOUT.replace("\"SETTLEMENT_ID\"", "\"OTHER_ID\"");
    assert_eq!(read(&alone)[0].subject.as_str(), "payout:P-1");
}

#[test]
fn a_history_that_does_not_lead_to_the_current_status_is_led_there() {
    let odd = PAYOUT.replace("\"currentStatus\":\"PAID\"", "\"currentStatus\":\"HELD\"");
    let facts = read(&odd);
    let last = payouts(&facts)[3];
    assert_eq!(last.status, PayoutStatus::Other("HELD".to_owned()));
    assert!(facts[2].occurred < facts[3].occurred);
    let none = r#"{"id":"P-2","partnerMetadata":{"partnerId":"A1","accountType":"X","marketplaceId":"M"},"currentStatus":"NO_PAYOUT","statusHistory":[],"amount":null,"creationDate":"2026-11-17T00:00:00Z"}"#;
    let facts = read(none);
    assert_eq!(payouts(&facts)[0].status, PayoutStatus::NoPayout);
    assert_eq!((payouts(&facts)[0].amount, facts.len()), (None, 1));
}

#[test]
fn a_payout_that_cannot_be_read_stays_with_its_settlement() {
    for (from, to) in [("1250.75", "1250.755"), ("2026-11-17T06:00:00Z", "soon")] {
        let facts = read(&PAYOUT.replacen(from, to, 1));
        assert!(matches!(facts[0].body, Body::Unreadable { .. }));
        assert_eq!(
            (facts[0].subject.clone(), facts.len()),
            (Subject::settlement("11888387941"), 1)
        );
    }
    assert!(matches!(read("{}")[0].body, Body::Unreadable { .. }));
}

#[tokio::test]
async fn payouts_of_the_last_weeks_are_asked_for_again() {
    let body = format!(r#"{{"payouts":[{PAYOUT},{PAYOUT}],"nextToken":""}}"#);
    let script = Script::of(vec![reply(200, &body)]);
    let position = FinancesPosition::start(at("2026-09-01T00:00:00Z"));
    let page = payouts::sweep_payouts(&script, &account(), &position, now()).await.unwrap();
    assert_eq!((page.facts.len(), page.documents.len(), page.more), (3, 1, false));
    assert_eq!(page.next, FinancesPosition::start(now().after_ms(-45 * Timestamp::DAY)));
    assert!(script.asked()[0].starts_with(
        "/finances/transfers/2024-06-01/payouts?marketplaceIds=A1F83G8C2ARO7P&createdAfter=2026-09-01"
    ));
}

#[tokio::test]
async fn an_account_that_may_not_see_payouts_says_so() {
    let script = Script::of(vec![denied()]);
    let position = FinancesPosition::start(at("2026-09-01T00:00:00Z"));
    let stop = payouts::sweep_payouts(&script, &account(), &position, now()).await.unwrap_err();
    assert!(stop.is_role_missing());
    let script = Script::of(vec![denied()]);
    assert!(payouts::expected(&script, &account(), now()).await.unwrap_err().is_role_missing());
}

#[tokio::test]
async fn what_is_still_to_come_is_no_fact() {
    let body = r#"{"expectedPayouts":[{"partnerMetadata":{"partnerId":"A1","accountType":"STANDARD_ORDERS","marketplaceId":"A1F83G8C2ARO7P"},
        "amount":{"currencyCode":"GBP","currencyAmount":2547.89},"status":"SCHEDULED","scheduledDate":"2026-12-01T14:00:00Z","accountTail":"1234",
        "relatedIdentifiers":[{"relatedIdentifierName":"SETTLEMENT_ID","relatedIdentifierValue":"11888387999"}]}]}"#;
    let script = Script::of(vec![reply(200, body)]);
    let found = payouts::expected(&script, &account(), now()).await.unwrap();
    assert_eq!(found[0].amount, Some(gbp(254_789)));
    assert_eq!(found[0].settlement_id.as_deref(), Some("11888387999"));
    assert_eq!(found[0].scheduled, Some(at("2026-12-01T14:00:00Z")));
}
