use base::{Clock as _, Timestamp};

use super::world::{World, invoice};
use crate::{Fault, WorldClock};

fn batch(world: &World, numbers: &[&str]) -> String {
    let contact = world.xero.ledger().contacts.first().unwrap().id.clone();
    let invoices: Vec<String> = numbers.iter().map(|it| invoice(&contact, it, "12.00")).collect();
    format!(r#"{{"Invoices":[{}]}}"#, invoices.join(","))
}

const PATH: &str = "PUT /Invoices?summarizeErrors=false";

#[test]
fn the_same_key_and_request_get_the_same_answer_for_six_minutes() {
    let world = World::new();
    world.contact("Amazon");
    let body = batch(&world, &["AMZ-1"]);
    let key = [("idempotency-key", "k1")];
    let first = world.call(PATH, &key, &body).ok();
    let second = world.call(PATH, &key, &body).ok();
    assert_eq!(first.text, second.text);
    world
        .call(PATH, &key, &batch(&world, &["AMZ-2"]))
        .refused("Idempotency Key: k1 is used with a different request.");
    world.later_ms(6 * Timestamp::MINUTE);
    let third = world.call(PATH, &key, &body).ok();
    assert!(third.text.contains("Invoice # must be unique."));
    let long = "k".repeat(129);
    assert_eq!(world.call(PATH, &[("idempotency-key", &long)], &body).status, 400);
}

#[test]
fn an_internal_error_is_kept_under_its_key_though_the_work_was_done() {
    let world = World::new();
    world.contact("Amazon");
    let body = batch(&world, &["AMZ-1"]);
    world.fail_next("PUT /api.xro/2.0/Invoices", Fault::ErrorAfter);
    assert_eq!(world.call(PATH, &[("idempotency-key", "k1")], &body).status, 500);
    assert_eq!(world.call(PATH, &[("idempotency-key", "k1")], &body).status, 500);
    assert_eq!(world.numbers(), ["AMZ-1"]);
    world.fail_next("PUT /api.xro/2.0/Invoices", Fault::ErrorBefore);
    assert_eq!(world.call(PATH, &[], &batch(&world, &["AMZ-2"])).status, 500);
    assert_eq!(world.numbers(), ["AMZ-1"]);
}

#[test]
fn a_cut_batch_keeps_its_first_elements_alone() {
    let world = World::new();
    world.contact("Amazon");
    world.fail_next("Invoices", Fault::CutAfter(2));
    let answer = world.call(PATH, &[], &batch(&world, &["A", "B", "C"]));
    assert_eq!(answer.status, 500);
    assert_eq!(world.numbers(), ["A", "B"]);
    world.fail_next("Invoices", Fault::CutAfter(1));
    assert_eq!(world.put("/Invoices", &batch(&world, &["D", "E"])).status, 500);
    assert_eq!(world.numbers(), ["A", "B"]);
}

#[test]
fn a_lost_reply_did_its_work_or_did_not() {
    let world = World::new();
    world.contact("Amazon");
    world.fail_next("Invoices", Fault::LostBefore);
    assert!(world.call(PATH, &[("idempotency-key", "k1")], &batch(&world, &["A"])).lost);
    assert!(world.numbers().is_empty());
    world.fail_next("Invoices", Fault::LostAfter);
    assert!(world.call(PATH, &[("idempotency-key", "k1")], &batch(&world, &["A"])).lost);
    assert_eq!(world.numbers(), ["A"]);
    let replay = world.call(PATH, &[("idempotency-key", "k1")], &batch(&world, &["A"])).ok();
    assert_eq!(replay.at("Invoices/0/StatusAttributeString"), "OK");
}

#[test]
fn replies_come_shuffled_short_or_cut() {
    let world = World::new();
    world.contact("Amazon");
    world.fail_next("Invoices", Fault::Shuffled);
    let answer = world.call(PATH, &[], &batch(&world, &["A", "B"])).ok();
    assert_eq!(answer.at("Invoices/0/InvoiceNumber"), "B");
    world.fail_next("Invoices", Fault::Missing);
    let answer = world.call(PATH, &[], &batch(&world, &["C", "D"])).ok();
    assert_eq!(answer.at("Invoices/1"), "");
    world.fail_next("Invoices", Fault::Truncated);
    let answer = world.call(PATH, &[], &batch(&world, &["E", "F"])).ok();
    assert!(crate::xero::json::Json::parse(&answer.text).is_none());
    assert_eq!(world.numbers().len(), 6);
}

#[test]
fn latency_passes_on_the_clock() {
    let world = World::new();
    let before = world.clock.now();
    world.fail_next("Organisation", Fault::Latency(400));
    world.get("/Organisation").ok();
    assert_eq!(world.clock.now().since(before), 400);
}

#[test]
fn sixty_calls_a_minute_and_then_429_with_the_time_to_wait() {
    let world = World::with_limits(true);
    let first = world.get("/Organisation").ok();
    assert_eq!(first.header("x-minlimit-remaining"), "59");
    assert_eq!(first.header("x-daylimit-remaining"), "4999");
    assert_eq!(first.header("x-appminlimit-remaining"), "9999");
    let refused = (0..61).map(|_| world.get("/Organisation")).find(|it| it.status == 429).unwrap();
    assert_eq!(refused.header("x-rate-limit-problem"), "minute");
    let seconds: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds));
    world.later_ms(seconds * Timestamp::SECOND);
    world.get("/Organisation").ok();
}

#[test]
fn five_calls_at_once_and_the_sixth_is_refused() {
    let world = World::on(WorldClock::fixed(World::start()), true);
    let requests = (0..6).map(|_| {
        world.fail_next("Organisation", Fault::Latency(200));
        world.request("GET /Organisation", &[], "")
    });
    let mut statuses = world.at_once(requests.collect(), 200);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    world.get("/Organisation").ok();
}

#[test]
fn without_limits_the_headers_are_pinned_at_full() {
    let world = World::new();
    for _ in 0..70 {
        assert_eq!(world.get("/Organisation").ok().header("x-minlimit-remaining"), "60");
    }
    world.fail_next("Organisation", Fault::TooMany);
    let unfair = world.get("/Organisation");
    assert_eq!((unfair.status, unfair.header("x-rate-limit-problem")), (429, "minute"));
    assert!(!unfair.header("retry-after").is_empty());
}

#[test]
fn a_lost_refresh_is_what_the_grace_is_for() {
    let world = World::new();
    world.fail_next("/connect/token", Fault::LostAfter);
    assert!(world.refresh("refresh-0").lost);
    assert_eq!(world.refresh("refresh-0").status, 200);
}

#[test]
fn money_journals_and_transfers_meet_faults_and_keys_like_the_rest() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let one = |name: &str| super::bank::money("SPEND", &contact, name, "1.00");
    let batch = format!(r#"{{"BankTransactions":[{},{}]}}"#, one("A"), one("B"));
    world.fail_next("PUT /api.xro/2.0/BankTransactions", Fault::CutAfter(1));
    assert_eq!(world.put("/BankTransactions?summarizeErrors=false", &batch).status, 500);
    let references = || -> Vec<String> {
        world.xero.ledger().bank_transactions.into_iter().map(|it| it.reference).collect()
    };
    assert_eq!(references(), ["A"]);
    let key = [("idempotency-key", "t1")];
    let transfer =
        r#"{"FromBankAccount":{"Code":"090"},"ToBankAccount":{"Code":"091"},"Amount":5}"#;
    world.fail_next("PUT /api.xro/2.0/BankTransfers", Fault::LostAfter);
    assert!(world.call("PUT /BankTransfers", &key, transfer).lost);
    let replay = world.call("PUT /BankTransfers", &key, transfer).ok();
    assert_eq!(replay.at("BankTransfers/0/Amount"), "5.00");
    world.call("PUT /BankTransfers", &[("idempotency-key", "t2")], transfer).ok();
    assert_eq!(world.xero.ledger().bank_transfers.len(), 2);
    world.fail_next("ManualJournals", Fault::TooMany);
    let refused = world.put("/ManualJournals", "{}");
    assert_eq!((refused.status, refused.header("x-rate-limit-problem")), (429, "minute"));
}
