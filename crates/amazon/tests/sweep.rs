//! The flows over a scripted transport.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use amazon::source::{Account, Page, Position, PullStop};
use amazon::{Region, Remedy};
use base::{Request, Response, Sent, Timestamp, Transport};
use facts::Body;

/// Answers what it was told to, in that order, and remembers what it was asked.
struct Script {
    answers: Mutex<VecDeque<Sent>>,
    asked: Mutex<Vec<String>>,
}

impl Script {
    fn of(answers: Vec<Sent>) -> Script {
        Script { answers: Mutex::new(answers.into()), asked: Mutex::default() }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Transport for Script {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        self.asked.lock().unwrap().push(request.target());
        let answer = self.answers.lock().unwrap().pop_front().expect("one call too many");
        Box::pin(async move { answer })
    }
}

fn reply(status: u16, body: &str) -> Sent {
    Sent::Reply(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

fn account(buyer_data: bool) -> Account {
    let marketplaces = vec!["A1F83G8C2ARO7P".to_owned()];
    Account { region: Region::Europe, seller_id: "A1".to_owned(), marketplaces, buyer_data }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn now() -> Timestamp {
    at("2026-11-24T12:00:00Z")
}

fn start() -> Position {
    Position::start(at("2026-11-01T00:00:00Z"))
}

fn small(id: &str) -> String {
    format!(
        r#"{{"orderId":"{id}","createdTime":"2026-11-02T00:00:00Z","lastUpdatedTime":"2026-11-02T00:00:00Z","salesChannel":{{"channelName":"AMAZON"}},"orderItems":[]}}"#
    )
}

fn page_of(orders: &[String], rest: &str) -> Sent {
    reply(200, &format!(r#"{{"orders":[{}]{rest}}}"#, orders.join(",")))
}

const MORE: &str = r#","pagination":{"nextToken":"t2"},"lastUpdatedBefore":"2026-11-24T11:58:00Z""#;
const LAST: &str = r#","lastUpdatedBefore":"2026-11-24T11:58:00Z""#;

async fn sweep(script: &Script, position: &Position) -> Result<Page, PullStop> {
    amazon::sweep(script, &account(false), position, now()).await
}

#[tokio::test]
async fn a_page_in_the_middle_keeps_the_windows_start() {
    let script = Script::of(vec![page_of(&[small("1-1"), small("1-2")], MORE)]);
    let page = sweep(&script, &start()).await.unwrap();
    assert!(page.more);
    assert_eq!(page.next.since, start().since);
    assert_eq!(page.next.page_token, Some(("t2".to_owned(), now())));
    assert_eq!((page.facts.len(), page.documents.len()), (2, 2));
}

#[tokio::test]
async fn the_next_page_repeats_every_parameter_of_the_first() {
    let script = Script::of(vec![page_of(&[], MORE), page_of(&[], LAST)]);
    let first = sweep(&script, &start()).await.unwrap();
    sweep(&script, &first.next).await.unwrap();
    let asked = script.asked();
    assert_eq!(asked[1], format!("{}&paginationToken=t2", asked[0]));
}

#[tokio::test]
async fn the_last_page_moves_the_window_to_amazons_own_end_less_ten_minutes() {
    let script = Script::of(vec![page_of(&[small("1-1")], LAST)]);
    let page = sweep(&script, &start()).await.unwrap();
    assert!(!page.more);
    assert_eq!(page.next, Position::start(at("2026-11-24T11:48:00Z")));
}

#[tokio::test]
async fn the_window_never_moves_back_or_into_the_future() {
    let back = r#","lastUpdatedBefore":"2020-01-01T00:00:00Z""#;
    let page = sweep(&Script::of(vec![page_of(&[], back)]), &start()).await.unwrap();
    assert_eq!(page.next, start());
    let ahead = r#","lastUpdatedBefore":"2036-01-01T00:00:00Z""#;
    let page = sweep(&Script::of(vec![page_of(&[], ahead)]), &start()).await.unwrap();
    assert_eq!(page.next, Position::start(at("2026-11-24T11:50:00Z")));
}

#[tokio::test]
async fn without_an_echo_a_window_of_several_pages_is_read_again() {
    let page = sweep(&Script::of(vec![page_of(&[], "")]), &start()).await.unwrap();
    assert_eq!(page.next, Position::start(at("2026-11-24T11:48:00Z")));
    let second = Position { page_token: Some(("t2".to_owned(), now())), ..start() };
    let page = sweep(&Script::of(vec![page_of(&[], "")]), &second).await.unwrap();
    assert_eq!(page.next, start());
}

#[tokio::test]
async fn a_stretch_of_the_past_is_read_month_by_month_to_its_end() {
    let (from, to) = (at("2026-08-01T00:00:00Z"), at("2026-09-15T00:00:00Z"));
    let script =
        Script::of(vec![page_of(&[small("1-1")], MORE), page_of(&[], LAST), page_of(&[], LAST)]);
    let first = sweep(&script, &Position::between(from, to)).await.unwrap();
    assert_eq!((first.more, first.next.since), (true, from));
    let second = sweep(&script, &first.next).await.unwrap();
    assert_eq!((second.more, second.next.since), (true, at("2026-08-31T00:00:00Z")));
    let third = sweep(&script, &second.next).await.unwrap();
    assert!(!third.more && third.next.is_over());
    let asked = script.asked();
    assert!(asked[0].contains("lastUpdatedAfter=2026-07-31T23%3A59%3A59.000Z&"), "{}", asked[0]);
    assert!(asked[0].contains("lastUpdatedBefore=2026-08-31T00%3A00%3A01.000Z&"), "{}", asked[0]);
    assert_eq!(asked[1], format!("{}&paginationToken=t2", asked[0]));
    assert!(asked[2].contains("lastUpdatedBefore=2026-09-15T00%3A00%3A01.000Z&"), "{}", asked[2]);
    let over = sweep(&script, &third.next).await.unwrap();
    assert_eq!((over.more, over.next), (false, third.next));
}

#[tokio::test]
async fn a_page_token_of_yesterday_is_not_sent_and_the_window_restarts() {
    let script = Script::of(Vec::new());
    let given = now().after_ms(-Timestamp::DAY);
    let stale = Position { page_token: Some(("t2".to_owned(), given)), ..start() };
    let page = sweep(&script, &stale).await.unwrap();
    assert_eq!((page.next, page.more), (start(), true));
    assert!(page.restarted.is_some() && script.asked().is_empty());
}

#[tokio::test]
async fn a_refused_page_token_restarts_the_window_and_a_refused_first_page_stops() {
    let refusal = r#"{"errors":[{"code":"InvalidInput","message":"Invalid Input"}]}"#;
    let second = Position { page_token: Some(("t2".to_owned(), now())), ..start() };
    let page = sweep(&Script::of(vec![reply(400, refusal)]), &second).await.unwrap();
    assert_eq!((page.next, page.more), (start(), true));
    let stop = sweep(&Script::of(vec![reply(400, refusal)]), &start()).await.unwrap_err();
    assert_eq!(stop.remedy(), Remedy::Person);
}

#[tokio::test]
async fn a_window_that_has_not_begun_asks_nothing() {
    let script = Script::of(Vec::new());
    let position = Position::start(now().after_ms(-Timestamp::MINUTE));
    let page = sweep(&script, &position).await.unwrap();
    assert_eq!((page.next, page.more), (position, false));
}

#[tokio::test]
async fn one_malformed_order_does_not_cost_the_others() {
    let broken = small("1-2").replace("\"orderItems\":[]", "\"orderItems\":7");
    let script = Script::of(vec![page_of(&[small("1-1"), broken, small("1-3")], LAST)]);
    let page = sweep(&script, &start()).await.unwrap();
    let unreadable: Vec<&str> = page
        .facts
        .iter()
        .filter(|fact| matches!(fact.body, Body::Unreadable { .. }))
        .map(|fact| fact.subject.as_str())
        .collect();
    assert_eq!(unreadable, ["order:1-2"]);
    assert_eq!((page.facts.len(), page.next.since), (3, at("2026-11-24T11:48:00Z")));
}

#[tokio::test]
async fn an_order_printed_twice_on_a_page_is_one_fact() {
    let script = Script::of(vec![page_of(&[small("1-1"), small("1-1")], LAST)]);
    assert_eq!(sweep(&script, &start()).await.unwrap().facts.len(), 1);
}

#[tokio::test]
async fn half_a_page_is_not_an_empty_page() {
    for body in [r#"{"orders":[{"orderId":"1-"#, "", "{}", "<html>", r#"{"orders":null}"#] {
        let stop = sweep(&Script::of(vec![reply(200, body)]), &start()).await.unwrap_err();
        assert!(matches!(stop, PullStop::Unreadable(_)), "{body}: {stop}");
    }
}

#[tokio::test]
async fn what_the_transport_says_is_passed_on() {
    let until = now().after_ms(5);
    let stop = sweep(&Script::of(vec![Sent::Busy(until)]), &start()).await.unwrap_err();
    assert_eq!(stop, PullStop::Busy(until));
    let lost = Sent::Lost("timeout".to_owned());
    let stop = sweep(&Script::of(vec![lost]), &start()).await.unwrap_err();
    assert_eq!(stop, PullStop::Lost("timeout".to_owned()));
    let unsent = Sent::NotSent("no token".to_owned());
    let stop = sweep(&Script::of(vec![unsent]), &start()).await.unwrap_err();
    assert_eq!(stop, PullStop::NotSent("no token".to_owned()));
}

#[tokio::test]
async fn an_empty_bucket_is_busy_for_three_minutes() {
    let stop = sweep(&Script::of(vec![reply(429, "")]), &start()).await.unwrap_err();
    assert_eq!(stop, PullStop::Busy(now().after_ms(180_000)));
}

#[tokio::test]
async fn buyer_data_is_asked_for_only_where_it_is_on() {
    for (is_on, words) in [(false, 0), (true, 1)] {
        let script = Script::of(vec![page_of(&[], LAST)]);
        amazon::sweep(&script, &account(is_on), &start(), now()).await.unwrap();
        let asked = script.asked().join("");
        assert_eq!(asked.matches("BUYER%2CRECIPIENT").count(), words);
    }
}

#[tokio::test]
async fn one_order_gives_the_same_fact_as_the_page_it_was_on() {
    let script = Script::of(vec![
        page_of(&[small("1-1")], LAST),
        reply(200, &format!(r#"{{"order":{}}}"#, small("1-1"))),
    ]);
    let page = sweep(&script, &start()).await.unwrap();
    let one = amazon::order(&script, &account(false), "1-1", now()).await.unwrap();
    assert_eq!((one.facts, one.documents), (page.facts, page.documents));
    assert!(script.asked()[1].starts_with("/orders/2026-01-01/orders/1-1?includedData="));
}

#[tokio::test]
async fn an_unknown_order_is_for_a_person() {
    let body = r#"{"errors":[{"code":"NotFound","message":"Not found"}]}"#;
    let script = Script::of(vec![reply(404, body)]);
    let stop = amazon::order(&script, &account(false), "1-1", now()).await.unwrap_err();
    assert_eq!(stop.remedy(), Remedy::Person);
}

#[tokio::test]
async fn the_marketplaces_of_an_account_are_read() {
    let body = r#"{"payload":[{"marketplace":{"id":"A1F83G8C2ARO7P","name":"Amazon.co.uk","countryCode":"UK","defaultCurrencyCode":"GBP","defaultLanguageCode":"en_GB","domainName":"www.amazon.co.uk"},"storeName":"Northwind","participation":{"isParticipating":true,"hasSuspendedListings":false}}]}"#;
    let script = Script::of(vec![reply(200, body)]);
    let found = amazon::participations(&script, now()).await.unwrap();
    assert_eq!((found.len(), found[0].currency_code.as_str()), (1, "GBP"));
}

#[test]
fn a_position_is_read_back_as_it_was_written() {
    let position = Position { page_token: Some(("t2".to_owned(), now())), ..start() };
    assert_eq!(Position::parse(&position.to_text()), Some(position));
    assert_eq!(Position::parse("{}"), None);
}
