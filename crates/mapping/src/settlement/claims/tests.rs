use facts::order::ChargeKind;
use intents::{CreditNote, Intent, IntentId, Invoice, Progress, State};

use super::*;
use crate::orders::samples::{fact, gbp, item, order, uk};

/// The documents that an order of 12.00 gets, in a state.
fn decided(state: State) -> Vec<Decided> {
    let mut sample = uk();
    sample.facts.push(fact(order(vec![item("1", vec![(ChargeKind::Item, 12_00)])], 12_00)));
    let changes = crate::orders::decide(&sample.situation());
    assert_eq!(changes.stop, None);
    let progress = Progress::new(state);
    let with = |intent| Decided { intent, progress: progress.clone(), receipt: None };
    changes.intents.into_iter().map(with).collect()
}

fn carried(decided: &[Decided]) -> Carried {
    Carried::of(decided, Some("acc-mtax"), Currency::GBP).unwrap().unwrap()
}

/// What else may stand beside an invoice.
fn beside(invoice: &Decided, part: &str, body: Body) -> Decided {
    let id = IntentId::derive(&[part]);
    let intent = Intent { id, part: part.to_owned(), body, ..invoice.intent.clone() };
    Decided { intent, ..invoice.clone() }
}

fn the_invoice(decided: &[Decided]) -> (&Decided, &Invoice) {
    let mut found = decided.iter().filter_map(|one| {
        let Body::Invoice(invoice) = &one.intent.body else { return None };
        Some((one, invoice))
    });
    found.next().unwrap()
}

fn note_of(invoice: &Invoice, minor: i64) -> Body {
    Body::CreditNote(CreditNote {
        number: "CN1".to_owned(),
        contact: invoice.contact.clone(),
        date: invoice.date,
        currency: invoice.currency,
        rate: None,
        reference: invoice.reference.clone(),
        lines: Vec::new(),
        total: gbp(minor),
        tax: gbp(0),
    })
}

#[test]
fn only_what_is_posted_carries_rows() {
    assert_eq!(carried(&decided(State::Ready)), Carried { sale: gbp(0), refunds: gbp(0) });
    assert_eq!(carried(&decided(State::Posted)), Carried { sale: gbp(12_00), refunds: gbp(0) });
}

#[test]
fn claims_up_to_the_document_fit_and_a_penny_more_exceeds_it_with_both_numbers() {
    let carried = carried(&decided(State::Posted));
    assert_eq!(carried.excess("202-1", false, gbp(5_00)), None);
    assert_eq!(carried.excess("202-1", false, gbp(12_00)), None);
    let excess = carried.excess("202-1", false, gbp(12_01)).unwrap();
    let words = "order 202-1: settlement rows come to 12.01 GBP, and its documents carry 12.00 GBP";
    assert_eq!(excess.words(), words);
}

#[test]
fn a_refund_is_held_against_credit_notes_alone() {
    let mut all = decided(State::Posted);
    let (sold, invoice) = the_invoice(&all);
    assert!(carried(&all).excess("202-1", true, gbp(-1)).is_some());
    let note = beside(sold, "refund:1", note_of(invoice, 4_00));
    all.push(note);
    let carried = carried(&all);
    assert_eq!(carried, Carried { sale: gbp(12_00), refunds: gbp(-4_00) });
    assert_eq!(carried.excess("202-1", true, gbp(-4_00)), None);
    assert!(carried.excess("202-1", true, gbp(-4_01)).is_some());
}

#[test]
fn what_was_cancelled_edited_or_voided_counts_as_it_is_now() {
    let mut all = decided(State::Posted);
    let (sold, invoice) = the_invoice(&all);
    let of = sold.intent.id.clone();
    let rest = beside(sold, "rest", note_of(invoice, 2_00));
    let edited = Invoice { total: gbp(11_00), ..invoice.clone() };
    let edit = beside(sold, "invoice:edit", Body::InvoiceEdit { of: of.clone(), invoice: edited });
    let void = beside(sold, "invoice:void", Body::InvoiceVoid { of, number: "AMZ-1".to_owned() });
    all.push(rest);
    assert_eq!(carried(&all).sale, gbp(10_00));
    all.push(edit);
    // The edit took the invoice's place.
    all[0].progress.state = State::Reversed;
    assert_eq!(carried(&all).sale, gbp(9_00));
    all.push(void);
    assert_eq!(carried(&all).sale, gbp(-2_00));
}

#[test]
fn amazons_own_tax_is_carried_for_nobodys_rows() {
    let mut all = decided(State::Posted);
    let (sold, invoice) = the_invoice(&all);
    let mut with_tax = invoice.clone();
    let mut line = with_tax.lines[0].clone();
    line.account_id = "acc-mtax".to_owned();
    line.amount = gbp(84);
    with_tax.lines.push(line);
    with_tax.total = gbp(12_84);
    all[0] = beside(sold, "invoice", Body::Invoice(with_tax));
    all.truncate(1);
    assert_eq!(carried(&all).sale, gbp(12_00));
}

#[test]
fn another_currency_cannot_be_compared() {
    let all = decided(State::Posted);
    assert_eq!(Carried::of(&all, None, Currency::EUR), Ok(None));
}
