use base::Currency;
use facts::order::ChargeKind;
use intents::Progress;

use super::*;
use crate::orders::samples::{fact, gbp, item, order, uk};

/// An invoice of 12.00, changed to 10.00 before it was paid: the edit took its place.
fn edited() -> Vec<Decided> {
    let mut sample = uk();
    sample.facts.push(fact(order(vec![item("1", vec![(ChargeKind::Item, 12_00)])], 12_00)));
    let changes = crate::orders::decide(&sample.situation());
    let with = |state, intent: intents::Intent| {
        let progress = Progress::new(state);
        Decided { intent, progress, receipt: None }
    };
    let mut all = Vec::new();
    for intent in changes.intents {
        if let Body::Invoice(invoice) = &intent.body {
            let mut less = invoice.clone();
            less.total = gbp(10_00);
            for line in &mut less.lines {
                (line.amount, line.tax) = (gbp(10_00), gbp(0));
            }
            let (of, id) = (intent.id.clone(), IntentId::derive(&["edit"]));
            let body = Body::InvoiceEdit { of: of.clone(), invoice: less };
            let supersedes = Some(of);
            let edit = intents::Intent { id, revision: 2, body, supersedes, ..intent.clone() };
            all.push(with(State::Reversed, intent));
            all.push(with(State::Posted, edit));
        } else if let Body::Payment(payment) = &intent.body {
            let body = Body::Payment(Payment { amount: gbp(10_00), ..payment.clone() });
            all.push(with(State::Posted, intents::Intent { body, ..intent }));
        }
    }
    all
}

fn sum(movements: &[Movement], is_of: impl Fn(&Place) -> bool) -> Money {
    let of = movements.iter().filter(|one| is_of(&one.place)).map(|one| one.amount);
    Money::sum(of, Currency::GBP).unwrap()
}

#[test]
fn an_invoice_that_an_edit_took_the_place_of_stands_as_the_edit_says() {
    let decided = edited();
    let standing = Standing::of(&decided);
    let totals: Vec<Money> = standing.papers().iter().map(|paper| paper.total).collect();
    assert_eq!(totals, [gbp(10_00)]);
    let movements = standing.movements().unwrap();
    assert_eq!(sum(&movements, |place| *place == Place::Receivable), gbp(0));
    assert_eq!(sum(&movements, |place| *place == account_place("acc-gbp")), gbp(10_00));
    assert_eq!(sum(&movements, |_| true), gbp(0));
}

#[test]
fn an_invoice_that_was_taken_back_stands_no_more() {
    let mut decided = edited();
    decided.retain(|one| !matches!(one.intent.body, Body::InvoiceEdit { .. }));
    assert!(Standing::of(&decided).papers().is_empty());
}
