use amazon::source::finances::{self, FinancesPosition};
use base::{Day, Subject};
use facts::Body;

use crate::script::{Script, account, at, denied, gbp, now, reply};

const BALANCE: &str = r#"{"partnerMetadata":{"partnerId":"A1","accountType":"Standard Orders","marketplaceId":"A1F83G8C2ARO7P"},
    "balanceType":"TOTAL","amount":{"currencyAmount":150.00,"currencyCode":"GBP"},AS_OF
    "balances":[{"balanceType":"AVAILABLE","amount":{"currencyAmount":80,"currencyCode":"GBP"}},
        {"balanceType":"RESERVED","amount":{"currencyAmount":70,"currencyCode":"GBP"},"balances":[
            {"balanceType":"DEFERRED","amount":{"currencyAmount":90,"currencyCode":"GBP"}},
            {"balanceType":"ACCOUNT_LEVEL_RESERVE","amount":{"currencyAmount":-20,"currencyCode":"GBP"}}]}]}"#;

fn balance(said: &str) -> String {
    BALANCE.replace("AS_OF", said)
}

#[tokio::test]
async fn a_balance_of_a_day_stands_at_that_days_end() {
    let text = balance(r#""asOfDate":"2026-10-31","#);
    let script = Script::of(vec![reply(200, &format!(r#"{{"balances":[{text}]}}"#))]);
    let day = Day::parse("2026-10-31").unwrap();
    let pulled = finances::balances(&script, &account(), Some(day), now()).await.unwrap();
    assert_eq!(
        script.asked(),
        [
            "/finances/2024-06-19/balances?marketplaceIds=A1F83G8C2ARO7P&balanceType=TOTAL&asOfDate=2026-10-31"
        ]
    );
    let fact = &pulled.facts[0];
    assert_eq!(fact.occurred, at("2026-10-31T23:59:59.999Z"));
    assert_eq!(fact.subject.as_str(), "account:A1:A1F83G8C2ARO7P");
    let Body::Balance(read) = &fact.body else { unreachable!("{fact:?}") };
    assert_eq!((read.as_of, read.total), (Some(day), gbp(15_000)));
    assert_eq!((read.available, read.deferred), (Some(gbp(8_000)), Some(gbp(9_000))));
    assert_eq!((read.reserve, read.updated), (Some(gbp(-2_000)), None));
    assert_eq!(read.account_type, "Standard Orders");
    assert_eq!(pulled.documents[0].hash, fact.raw_hash);
}

#[tokio::test]
async fn the_balance_of_now_has_the_moment_that_amazon_gives_it() {
    let text = balance(r#""lastUpdatedTime":"2026-11-24T10:30:00+09:00","#);
    let script = Script::of(vec![reply(200, &format!(r#"{{"balances":[{text}]}}"#))]);
    let pulled = finances::balances(&script, &account(), None, now()).await.unwrap();
    assert_eq!(pulled.facts[0].occurred, at("2026-11-24T01:30:00Z"));
    assert!(!script.asked()[0].contains("asOfDate"));
}

#[tokio::test]
async fn the_balance_of_another_day_or_of_a_part_is_not_taken_for_it() {
    let day = Day::parse("2026-10-31").ok();
    let other_day = balance(r#""asOfDate":"2026-10-30","#);
    let part = balance("").replace("\"TOTAL\"", "\"AVAILABLE\"");
    for (text, words) in [(other_day, "2026-10-31 was asked for"), (part, "TOTAL was asked for")] {
        let script = Script::of(vec![reply(200, &format!(r#"{{"balances":[{text}]}}"#))]);
        let pulled = finances::balances(&script, &account(), day, now()).await.unwrap();
        let Body::Unreadable { reason } = &pulled.facts[0].body else { unreachable!() };
        assert!(reason.starts_with(words), "{reason}");
    }
}

#[tokio::test]
async fn balances_on_several_pages_are_read_to_the_end_and_no_further_than_a_limit() {
    let page = |token: &str| {
        let text = balance("");
        reply(200, &format!(r#"{{"balances":[{text}],"nextToken":"{token}"}}"#))
    };
    let script = Script::of(vec![page("t2"), page("")]);
    let pulled = finances::balances(&script, &account(), None, now()).await.unwrap();
    assert_eq!((pulled.facts.len(), script.asked().len()), (1, 2));
    assert!(script.asked()[1].ends_with("&nextToken=t2"));
    let endless = Script::of((0..5).map(|_| page("t")).collect());
    let stop = finances::balances(&endless, &account(), None, now()).await.unwrap_err();
    assert!(stop.to_string().contains("more than 5 pages of balances"));
}

const SUMMARY: &str = r#"{"partnerMetadata":{"partnerId":"A1","accountType":"Standard Orders","marketplaceId":"A1F83G8C2ARO7P"},
    "relatedIdentifiers":[{"relatedIdentifierName":"SETTLEMENT_ID","relatedIdentifierValue":"11888387941"}],
    "periodStart":"2026-11-01","periodEnd":"2026-11-15T10:00:00Z","netProceeds":{"currencyAmount":80.00,"currencyCode":"GBP"},
    "breakdowns":[{"breakdownType":"Sales","breakdownAmount":{"currencyAmount":100,"currencyCode":"GBP"},"breakdowns":[]},
        {"breakdownType":"Expenses","breakdownAmount":{"currencyAmount":-10,"currencyCode":"GBP"},"breakdowns":[]}]}"#;

async fn summary(bodies: &[&str]) -> facts::Fact {
    let list = bodies.join(",");
    let script = Script::of(vec![reply(200, &format!(r#"{{"summaries":[{list}]}}"#))]);
    let pulled = finances::summary(&script, &account(), "11888387941", now()).await.unwrap();
    pulled.facts.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_summary_is_the_settlements_control_total() {
    let fact = summary(&[SUMMARY]).await;
    assert_eq!(fact.subject, Subject::settlement("11888387941"));
    assert_eq!(fact.occurred, at("2026-11-15T10:00:00Z"));
    let Body::Summary(read) = fact.body else { unreachable!() };
    assert_eq!((read.net_proceeds, read.parts.len()), (gbp(8_000), 3));
    assert_eq!(read.parts[2].path, ["(not broken down)"]);
    assert_eq!(read.parts[2].amount, gbp(-1_000));
}

#[tokio::test]
async fn a_summary_that_may_be_anothers_is_no_control_total() {
    let other = SUMMARY.replace("11888387941", "11888387942");
    let changed = SUMMARY.replace("80.00", "81.00");
    for bodies in [vec![other.as_str()], vec![SUMMARY, changed.as_str()]] {
        assert!(matches!(summary(&bodies).await.body, Body::Unreadable { .. }));
    }
}

#[tokio::test]
async fn a_settlement_without_a_summary_has_no_fact() {
    for answer in [reply(200, r#"{"summaries":[]}"#), reply(200, "{}"), reply(404, "")] {
        let script = Script::of(vec![answer]);
        let pulled = finances::summary(&script, &account(), "1", now()).await.unwrap();
        assert!(pulled.facts.is_empty());
    }
    let script = Script::of(vec![denied()]);
    let stop = finances::summary(&script, &account(), "1", now()).await.unwrap_err();
    assert!(stop.is_role_missing());
}

const GROUP: &str = r#"{"FinancialEventGroupId":"G-1","ProcessingStatus":"Closed","FundTransferStatus":"Succeeded",
    "OriginalTotal":{"CurrencyCode":"EUR","CurrencyAmount":100.10},"ConvertedTotal":{"CurrencyCode":"GBP","CurrencyAmount":85.00},
    "FundTransferDate":"2026-11-17T10:00:00Z","TraceId":"T-9","AccountTail":"123","BeginningBalance":{"CurrencyCode":"EUR","CurrencyAmount":0.0},
    "FinancialEventGroupStart":"2026-11-01T10:00:00Z","FinancialEventGroupEnd":"2026-11-15T10:00:00Z"}"#;

#[tokio::test]
async fn a_payment_group_says_what_was_paid_in_another_currency() {
    let body = format!(r#"{{"payload":{{"FinancialEventGroupList":[{GROUP}]}}}}"#);
    let script = Script::of(vec![reply(200, &body)]);
    let position = FinancesPosition::start(at("2026-07-01T00:00:00Z"));
    let page = finances::event_groups(&script, &account(), &position, now()).await.unwrap();
    // Ninety days are read again: a group changes until it is paid.
    assert_eq!(page.next, FinancesPosition::start(at("2026-08-26T12:00:00Z")));
    let Body::PaymentGroup(read) = &page.facts[0].body else { unreachable!() };
    assert_eq!((read.group_id.as_str(), read.status.as_str()), ("G-1", "Closed"));
    assert_eq!(read.converted_total, Some(gbp(8_500)));
    assert_eq!(read.original_total.unwrap().to_string(), "100.10 EUR");
    assert_eq!(read.transferred, Some(at("2026-11-17T10:00:00Z")));
    assert_eq!(page.facts[0].occurred, at("2026-11-17T10:00:00Z"));
    assert_eq!(page.facts[0].subject.as_str(), "account:A1:EU");
}

#[tokio::test]
async fn an_open_group_has_no_end_and_may_have_no_amounts() {
    let open = r#"{"FinancialEventGroupId":"G-2","ProcessingStatus":"Open","OriginalTotal":{"CurrencyCode":"","CurrencyAmount":null},"FinancialEventGroupStart":"2026-11-15T10:00:00Z"}"#;
    let body = format!(r#"{{"payload":{{"FinancialEventGroupList":[{open}],"NextToken":"t2"}}}}"#);
    let script = Script::of(vec![reply(200, &body)]);
    let position = FinancesPosition::start(at("2026-07-01T00:00:00Z"));
    let page = finances::event_groups(&script, &account(), &position, now()).await.unwrap();
    let Body::PaymentGroup(read) = &page.facts[0].body else { unreachable!() };
    assert_eq!((read.end, read.original_total, page.more), (None, None, true));
    assert_eq!(page.facts[0].occurred, at("2026-11-15T10:00:00Z"));
}
