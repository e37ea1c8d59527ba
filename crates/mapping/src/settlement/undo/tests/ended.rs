//! Documents of a settlement that someone ended in Xero, and that are posted again.

use intents::State;

use super::shop::{Shop, goods, parts};
use super::{per_order, summary};
use crate::settlement::plan::Way;

#[test]
fn one_of_several_is_posted_again_by_itself() {
    let mut shop = per_order().posted();
    let before = shop.balances();
    shop.lose("payout");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["payout"]);
    let again = &changes.intents[0];
    assert_eq!((again.revision, again.because.traces.last().unwrap().rule.as_str()), (2, "repost"));
    shop.apply(&changes);
    shop.post();
    assert_eq!(shop.balances(), before);
    assert_eq!(shop.live(), ["document:1", "payment:1", "payout"]);
    shop.comes_to_rest();
}

#[test]
fn a_document_comes_again_with_its_payment_under_the_next_number() {
    let mut shop = per_order().posted();
    let (before, number) = (shop.balances(), shop.number("document:1").to_owned());
    shop.lose("payment:1");
    shop.lose("document:1");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["document:1", "payment:1"]);
    let [document, payment] = changes.intents.as_slice() else { panic!() };
    assert!(payment.needs.contains(&document.id), "{payment:?}");
    assert_eq!(number, "AMZ-EU-12345678901-1");
    shop.apply(&changes);
    shop.post();
    assert_eq!(shop.number("document:1"), "AMZ-EU-12345678901-2");
    assert_eq!(shop.balances(), before);
    // Its file goes to the document that stands now.
    shop.attach();
    shop.comes_to_rest();
}

#[test]
fn where_nothing_stands_any_more_the_settlement_is_drawn_anew() {
    let mut shop = summary().posted();
    let before = shop.balances();
    shop.lose("document:1");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["document:1"]);
    shop.apply(&changes);
    shop.post();
    assert_eq!(shop.number("document:1"), "AMZ-EU-12345678901-2");
    assert_eq!(shop.balances(), before);
    shop.attach();
    shop.comes_to_rest();
}

#[test]
fn in_a_closed_period_nothing_is_posted_again() {
    let mut shop = per_order().posted();
    shop.lose("payout");
    shop.close("2026-01-31");
    let changes = shop.decide();
    assert_eq!(changes.stop.unwrap().code, "period_locked");
    assert!(changes.intents.is_empty());
}

#[test]
fn of_two_months_one_comes_again() {
    let months = vec![goods("2026-01-01", 12_000, -2400), goods("2026-02-01", 6_000, -600)];
    let mut shop = Shop::new(Way::Summary, months).posted();
    let before = shop.balances();
    shop.lose("document:2");
    shop.step();
    shop.post();
    assert_eq!(shop.state("document:2"), State::Posted);
    assert_eq!(shop.number("document:2"), "AMZ-EU-12345678901-3");
    assert_eq!(shop.balances(), before);
    shop.attach();
    shop.comes_to_rest();
}
