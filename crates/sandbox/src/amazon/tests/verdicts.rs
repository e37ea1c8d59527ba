use base::{Clock, Decimal};

use super::client::{START, World, options, world, world_of};
use crate::amazon::{Layout, Region};
use crate::truth::{Document, DocumentKind, Ledger, Truth, judge};

fn truth(world: &World, ledger: &Ledger) -> Truth {
    judge(&world.amazon, ledger, &world.kit.log(), world.clock.now())
}

/// The ledger that a perfect bookkeeper would have.
fn perfect(world: &World) -> Ledger {
    let mut documents = Vec::new();
    world.amazon.each_order(|id, shelved| {
        let Some(version) = shelved.at(world.clock.now()) else { return };
        let state = version.state();
        let held = shelved.held.is_some();
        let Some(total) = state.total.filter(|_| state.no_sale().is_none() && !held) else {
            return;
        };
        documents.push(Document {
            kind: DocumentKind::Invoice,
            live: true,
            reference: id.to_owned(),
            currency: total.currency().to_string(),
            total: total.amount(),
            paid: state.paid().unwrap().amount(),
            credited: Decimal::ZERO,
        });
    });
    Ledger { documents }
}

#[test]
fn before_an_empty_ledger_every_sale_is_lost() {
    let world = world(200, true);
    let truth = truth(&world, &Ledger::default());
    assert_eq!(truth.orders, 200);
    assert_eq!(truth.lost_ids, truth.should_post_ids);
    assert_eq!((truth.posted, truth.duplicates), (0, 0));
    assert!(truth.should_post > 150);
    assert_eq!(truth.held_expected.len(), 3);
    assert!(truth.recorded_expected.len() > 5);
    assert_eq!(truth.should_post + 3 + truth.recorded_expected.len(), 200);
    assert_eq!(truth.xero_total["GBP"], "0.00");
    assert_eq!(truth.xero_total["JPY"], "0");
    assert_ne!(truth.amazon_total["GBP"], "0.00");
}

#[test]
fn a_perfect_ledger_agrees() {
    let world = world(300, true);
    let truth = truth(&world, &perfect(&world));
    assert_eq!(truth.posted, truth.should_post);
    assert_eq!(truth.amazon_total, truth.xero_total);
    assert_eq!((truth.lost, truth.duplicates), (0, 0));
    assert!(truth.payments_wrong.is_empty() && truth.unexpected.is_empty());
    assert!(truth.totals_wrong.is_empty());
}

#[test]
fn a_second_invoice_and_a_second_payment_are_duplicates() {
    let world = world(100, true);
    let mut ledger = perfect(&world);
    let twice = ledger.documents[0].clone();
    ledger.documents.push(twice.clone());
    let overpaid = ledger.documents.iter().rposition(|invoice| !invoice.paid.is_zero());
    ledger.documents[overpaid.unwrap() - 1].paid += Decimal::ONE;
    let truth = truth(&world, &ledger);
    assert_eq!(truth.duplicates, 2);
    assert!(truth.duplicates_ids.contains(&twice.reference));
    assert!(!truth.payments_wrong.is_empty());
}

#[test]
fn an_invoice_of_a_cancelled_order_must_be_gone() {
    let world = world(200, true);
    let mut ledger = perfect(&world);
    let empty = truth(&world, &Ledger::default());
    let cancelled =
        empty.recorded_expected.iter().find(|order| order.reason == "cancelled").unwrap();
    let mut invoice = ledger.documents[0].clone();
    invoice.reference.clone_from(&cancelled.order_id);
    ledger.documents.push(invoice);
    assert_eq!(truth(&world, &ledger).unexpected, std::slice::from_ref(cancelled));
    let last = ledger.documents.len() - 1;
    ledger.documents[last].live = false;
    assert!(truth(&world, &ledger).unexpected.is_empty());
}

#[test]
fn the_truth_follows_the_worlds_time() {
    let live = crate::amazon::generate::Options { layout: Layout::Live, ..options(7, 200) };
    let world = world_of(live, true);
    let early = truth(&world, &Ledger::default());
    assert_eq!(early.orders, 160);
    while let Some(next) = world.amazon.next_change(world.clock.now()) {
        world.clock.advance_to(next);
    }
    let late = truth(&world, &Ledger::default());
    assert_eq!(late.orders, 200);
    assert!(late.should_post > early.should_post);
}

#[test]
fn an_order_that_a_test_put_in_counts_like_any_other() {
    let world = world(20, true);
    let order = r#"{"orderId":"202-1111111-2222222","createdTime":"2026-10-01T10:00:00Z",
        "lastUpdatedTime":"2026-10-01T12:00:00Z",
        "salesChannel":{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P"},
        "proceeds":{"grandTotal":{"amount":"12.00","currencyCode":"GBP"}},
        "fulfillment":{"fulfillmentStatus":"SHIPPED","fulfilledBy":"AMAZON"},"orderItems":[]}"#;
    let id = world.amazon.insert_order(Region::Eu, order, START).unwrap();
    assert!(truth(&world, &Ledger::default()).lost_ids.contains(&id));
    world.amazon.expect_held(&id, "odd");
    let truth = truth(&world, &Ledger::default());
    assert!(!truth.lost_ids.contains(&id));
    assert!(truth.held_expected.iter().any(|held| held.order_id == id && held.reason == "odd"));
}
