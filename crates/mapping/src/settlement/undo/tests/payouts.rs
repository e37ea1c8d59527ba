//! Payouts that failed and came back, undone.

use facts::Act;
use intents::Body;

use super::shop::{gbp, parts};
use super::{day, per_order, summary};

#[test]
fn a_failed_payout_of_a_summary_is_paid_from_clearing() {
    let mut shop = summary().posted();
    shop.fail_payout("2026-01-25");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["returned"]);
    let Body::Payment(payment) = &changes.intents[0].body else { panic!() };
    assert_eq!((payment.amount, payment.account_id.as_str()), (gbp(9600), "acc-gbp"));
    assert_eq!(payment.date, day("2026-01-25"));
    shop.apply(&changes);
    shop.post();
    shop.comes_to_rest();

    // Taken back and posted again, it is paid from clearing again.
    shop.say(Act::Reverse, "2026-02-10");
    assert_eq!(parts(&shop.decide()), ["undo:returned:1", "undo:document:1:1"]);
    shop.step();
    shop.post();
    shop.say(Act::Repost, "2026-02-11");
    shop.step();
    shop.post();
    shop.step();
    shop.post();
    assert_eq!(shop.live(), ["document:1", "returned"]);
    assert_eq!(shop.number("document:1"), "AMZ-EU-12345678901-2");
    shop.comes_to_rest();
}

#[test]
fn a_failed_payout_per_order_is_no_receipt() {
    let mut shop = per_order().posted();
    shop.fail_payout("2026-01-25");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["undo:payout:1"]);
    assert!(changes.wait);
    shop.apply(&changes);
    shop.post();
    assert_eq!(shop.live(), ["document:1", "payment:1"]);
    shop.comes_to_rest();
}

#[test]
fn a_receipt_of_a_failed_payout_that_is_barred_is_turned() {
    let mut shop = per_order().posted();
    shop.fail_payout("2026-01-25");
    shop.step();
    shop.refuse("undo:payout:1", "document_reconciled");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["undo:reversal:payout:1"]);
    let Body::BankTransaction(moved) = &changes.intents[0].body else { panic!() };
    assert_eq!((moved.date, moved.total), (day("2026-01-25"), shop.payout()));
    shop.apply(&changes);
    shop.post();
    assert_eq!(shop.live(), ["document:1", "payment:1"]);
    shop.comes_to_rest();
}
