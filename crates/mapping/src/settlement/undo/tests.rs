//! Taking settlements back, as decisions: what is undone, in which order, and what is reversed.

mod ended;
mod payouts;
mod shop;
mod untaxed;

use base::{Day, Money};
use facts::Act;
use intents::{Body, Direction, InvoiceStatus, Kind, Reason, State};

use self::shop::{Shop, gbp, goods, parts};
use crate::orders::Changes;
use crate::rulebook::Posting;
use crate::settlement::plan::Way;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Sold for 120.00, fees of 24.00: an invoice of 96.00.
fn summary() -> Shop {
    Shop::new(Way::Summary, vec![goods("2026-01-01", 12_000, -2400)])
}

/// Fees of 24.00 out of clearing, and a payout of what orders left there.
fn per_order() -> Shop {
    Shop::new(Way::PerOrder, vec![goods("2026-01-01", 0, -2400)])
}

fn kinds(changes: &Changes) -> Vec<Kind> {
    changes.intents.iter().map(intents::Intent::kind).collect()
}

#[test]
fn payments_go_before_what_they_pay() {
    let mut shop = per_order().posted();
    assert_eq!(shop.live(), ["document:1", "payment:1", "payout"]);
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert_eq!(
        parts(&changes),
        ["undo:payment:1:1", "undo:document:1:1", "undo:payout:1"],
        "{changes:?}"
    );
    let [payment, document, _payout] = changes.intents.as_slice() else { panic!() };
    assert!(document.needs.contains(&payment.id));
    assert!(changes.wait);

    shop.apply(&changes);
    let again = shop.decide();
    assert_eq!((again.intents.len(), again.withdraw.len(), again.wait), (0, 0, true));
    let order = shop.post();
    let at = |part: &str| order.iter().position(|one| one == part).unwrap();
    assert!(at("undo:payment:1:1") < at("undo:document:1:1"));
    assert!(shop.live().is_empty());
    shop.comes_to_rest();
    assert_eq!(shop.decide().note, Some(Reason::new("recorded", "taken back by a person")));
}

#[test]
fn what_is_on_the_wire_is_waited_for() {
    let mut shop = summary();
    shop.step();
    shop.claim("document:1");
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert!(changes.wait && changes.intents.is_empty() && changes.withdraw.is_empty());
    shop.deliver("document:1");
    assert_eq!(parts(&shop.decide()), ["undo:document:1:1"]);
}

#[test]
fn what_was_not_sent_is_withdrawn() {
    let mut shop = per_order();
    shop.step();
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert_eq!((changes.intents.len(), changes.withdraw.len(), changes.wait), (0, 3, false));
    shop.apply(&changes);
    assert!(shop.live().is_empty());
    shop.comes_to_rest();
}

#[test]
fn a_payment_that_was_not_sent_is_withdrawn_with_its_document_undone() {
    let mut shop = per_order();
    shop.step();
    shop.claim("document:1");
    shop.deliver("document:1");
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert_eq!((parts(&changes), changes.withdraw.len()), (vec!["undo:document:1:1"], 2));
}

#[test]
fn in_a_closed_period_an_invoice_is_credited_on_the_first_open_day() {
    for (closed, dated) in [("2026-01-31", "2026-02-10"), ("2026-03-31", "2026-04-01")] {
        let mut shop = summary().posted();
        shop.close(closed);
        shop.say(Act::Reverse, "2026-02-10");
        let changes = shop.decide();
        assert_eq!(kinds(&changes), [Kind::CreditNote, Kind::Allocation]);
        let [note, allocation] = changes.intents.as_slice() else { panic!() };
        let (Body::CreditNote(credit), Body::Allocation(set)) = (&note.body, &allocation.body)
        else {
            panic!()
        };
        assert_eq!((credit.date, set.date), (day(dated), day(dated)));
        assert_eq!((credit.total, set.amount), (gbp(9600), gbp(9600)));
        assert_eq!(credit.number, "AMZ-EU-12345678901-1-R");
        assert!(credit.lines[0].description.contains("of 2026-01-21"), "{credit:?}");
        assert_eq!(note.because.traces[0].rule, "period_locked");
        assert!(changes.note.as_ref().unwrap().detail.contains("period_locked"));
        shop.apply(&changes);
        shop.post();
        shop.comes_to_rest();
        assert!(shop.live().is_empty());
        assert!(shop.decide().note.unwrap().detail.contains("period_locked"));
    }
}

#[test]
fn in_a_closed_period_a_bill_is_credited_and_given_back_and_the_payout_turned() {
    let mut shop = per_order().posted();
    shop.close("2026-01-31");
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert_eq!(kinds(&changes), [Kind::SupplierCredit, Kind::Refund, Kind::BankTransaction]);
    let Body::Refund(refund) = &changes.intents[1].body else { panic!() };
    assert_eq!((refund.amount, refund.account_id.as_str()), (gbp(2400), "acc-gbp"));
    assert_eq!(refund.date, day("2026-02-10"));
    let Body::BankTransaction(moved) = &changes.intents[2].body else { panic!() };
    assert_eq!((moved.direction, moved.date), (Direction::Spend, day("2026-02-10")));
    assert_eq!(moved.reference, "AMZ-EU-12345678901-payout-R");
    shop.apply(&changes);
    shop.post();
    shop.comes_to_rest();
    assert!(shop.live().is_empty());
}

#[test]
fn each_month_part_goes_its_own_way() {
    let earlier = goods("2026-01-01", 5000, -1000);
    let mut shop = Shop::new(Way::Summary, vec![earlier, goods("2026-02-01", 12_000, -2400)]);
    shop = shop.posted();
    shop.close("2026-01-31");
    shop.say(Act::Reverse, "2026-03-10");
    let changes = shop.decide();
    assert_eq!(kinds(&changes), [Kind::CreditNote, Kind::Refund, Kind::Undo]);
    let Body::Refund(refund) = &changes.intents[1].body else { panic!() };
    assert_eq!((refund.account_id.as_str(), refund.amount), ("acc-carried", gbp(4000)));
}

#[test]
fn a_draft_is_in_no_period() {
    let mut shop = summary();
    shop.book(|book| book.settings.posting = Posting::Draft);
    let mut shop = shop.posted();
    let Body::Invoice(invoice) = &shop.decided[0].intent.body else { panic!() };
    assert_eq!(invoice.status, InvoiceStatus::Draft);
    shop.close("2026-01-31");
    shop.say(Act::Reverse, "2026-02-10");
    assert_eq!(parts(&shop.decide()), ["undo:document:1:1"]);
}

#[test]
fn an_invoice_that_the_bank_paid_is_credited_and_given_back_from_clearing() {
    let mut shop = summary().posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.refuse("undo:document:1:1", "has_payments");
    let changes = shop.decide();
    assert_eq!(kinds(&changes), [Kind::CreditNote, Kind::Refund]);
    assert_eq!(changes.withdraw.len(), 1, "the refused undoing is no dead letter");
    let Body::Refund(refund) = &changes.intents[1].body else { panic!() };
    assert_eq!((refund.amount, refund.account_id.as_str()), (gbp(9600), "acc-gbp"));
    assert_eq!(changes.intents[0].because.traces[0].rule, "has_payments");
    shop.apply(&changes);
    shop.post();
    shop.comes_to_rest();
    assert!(shop.live().is_empty());
    assert!(shop.decide().note.unwrap().detail.contains("has_payments"));
}

#[test]
fn a_bill_whose_payment_is_undone_and_that_xero_keeps_is_credited_alone() {
    let mut shop = per_order().posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.claim("undo:payment:1:1");
    shop.deliver("undo:payment:1:1");
    shop.refuse("undo:document:1:1", "period_locked");
    let changes = shop.decide();
    assert_eq!(kinds(&changes), [Kind::SupplierCredit, Kind::Allocation]);
}

#[test]
fn a_matched_payout_is_turned_and_the_rest_is_undone() {
    let mut shop = per_order().posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.refuse("undo:payout:1", "document_reconciled");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["undo:reversal:payout:1"]);
    assert!(changes.wait, "the others are on their way");
    shop.apply(&changes);
    shop.post();
    shop.comes_to_rest();
    assert!(shop.live().is_empty());
}

/// What may be gone already is not reversed as well.
#[test]
fn an_undoing_on_the_wire_is_waited_for_when_the_books_are_closed() {
    let mut shop = summary().posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.claim("undo:document:1:1");
    shop.close("2026-01-31");
    let changes = shop.decide();
    assert!(changes.wait && changes.intents.is_empty() && changes.withdraw.is_empty());
    shop.deliver("undo:document:1:1");
    shop.comes_to_rest();
    assert!(shop.live().is_empty());
}

#[test]
fn any_other_refusal_waits_for_a_person() {
    let mut shop = summary().posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.refuse("undo:document:1:1", "permission_missing");
    let changes = shop.decide();
    assert!(changes.intents.is_empty() && changes.withdraw.is_empty() && !changes.wait);
    assert_eq!(shop.state("undo:document:1:1"), State::Dead);
}

#[test]
fn what_reads_back_otherwise_waits_for_a_person() {
    let mut shop = summary();
    shop.step();
    shop.claim("document:1");
    shop.differ("document:1");
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert_eq!(changes.stop.as_ref().unwrap().code, "changed_while_held");
    assert!(changes.wait);
}

#[test]
fn posted_again_it_keeps_its_reference_and_takes_the_next_number() {
    let mut shop = summary().posted();
    shop.attach();
    for (nth, month) in [(2, "2026-02"), (3, "2026-03")] {
        shop.say(Act::Reverse, &format!("{month}-10"));
        shop.step();
        shop.say(Act::Repost, &format!("{month}-11"));
        let changes = shop.decide();
        assert!(changes.wait && changes.intents.is_empty(), "what stood goes first");
        shop.post();
        let changes = shop.decide();
        assert_eq!(parts(&changes), ["document:1"], "{changes:?}");
        let Body::Invoice(invoice) = &changes.intents[0].body else { panic!() };
        assert_eq!(invoice.number, format!("AMZ-EU-12345678901-{nth}"));
        assert_eq!(invoice.reference, "12345678901");
        assert_eq!((invoice.total, changes.intents[0].revision), (gbp(9600), nth));
        shop.apply(&changes);
        shop.post();
        assert_eq!(parts(&shop.decide()), ["attachment:report"], "its file comes along");
        shop.attach();
        shop.comes_to_rest();
    }
}

#[test]
fn reversed_it_is_posted_again_too() {
    let mut shop = per_order().posted();
    shop.close("2026-01-31");
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.post();
    shop.open();
    shop.say(Act::Repost, "2026-02-11");
    shop.step();
    shop.post();
    assert_eq!(shop.live(), ["document:1", "payment:1", "payout"]);
    assert_eq!(shop.number("document:1"), "AMZ-EU-12345678901-2");
    shop.attach();
    shop.comes_to_rest();
    shop.say(Act::Reverse, "2026-02-12");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["undo:payment:1:2", "undo:document:1:2", "undo:payout:2"]);
}

/// The reason for the reversal is kept with a person's second thoughts, too.
#[test]
fn a_refused_undoing_is_reversed_before_it_is_posted_again() {
    let mut shop = per_order().posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.claim("undo:payment:1:1");
    shop.deliver("undo:payment:1:1");
    shop.refuse("undo:document:1:1", "period_locked");
    shop.say(Act::Repost, "2026-02-11");
    let changes = shop.decide();
    assert_eq!(kinds(&changes), [Kind::SupplierCredit, Kind::Allocation]);
    assert!(changes.wait);
    shop.apply(&changes);
    shop.post();
    shop.step();
    shop.post();
    assert_eq!(shop.live(), ["document:1", "payment:1", "payout"]);
    shop.attach();
    shop.comes_to_rest();
}

#[test]
fn what_is_credited_equals_what_was_posted() {
    use proptest::prelude::*;
    let amounts = (1_i64..1_000_000, -1_000_000_i64..-1);
    proptest!(|((sold, fees) in amounts, closed in any::<bool>())| {
        prop_assume!(sold.checked_neg() != Some(fees));
        let mut shop = Shop::new(Way::Summary, vec![goods("2026-01-01", sold, fees)]).posted();
        if closed {
            shop.close("2026-01-31");
        }
        shop.say(Act::Reverse, "2026-02-10");
        shop.step();
        shop.post();
        prop_assert_eq!(shop.balances(), Vec::<(String, Money)>::new());
    });
}

#[test]
fn a_newer_proof_replaces_the_file_that_is_there_though_one_between_was_never_sent() {
    let mut shop = Shop::new(Way::Summary, vec![goods("2026-01-01", 12_000, -2_000)]).posted();
    shop.prove("one", "2026-01-25");
    shop.step();
    shop.post();
    let there = shop.decided.last().unwrap().intent.id.clone();
    shop.prove("two", "2026-01-26");
    shop.step();
    shop.prove("three", "2026-01-27");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["attachment:proof"]);
    assert_eq!(changes.withdraw.len(), 1);
    assert_eq!(changes.intents[0].supersedes, Some(there));
}
