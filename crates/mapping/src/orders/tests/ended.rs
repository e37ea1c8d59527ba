//! Documents that someone ended in the ledger, and orders that a person takes back.

use intents::retry::Moment;
use intents::{Allocation, CreditNote, Event, IntentId, Kind, Outcome, outbox};

use super::*;
use crate::orders::samples::{fact_of, sale as sold};
use facts::finances::TransactionStatus;

/// What was decided is posted, what it supersedes is reversed, as the store does it.
fn carried_out(mut sample: Sample) -> Sample {
    let changes = sample.decide();
    assert_eq!(changes.stop, None);
    for id in &changes.withdraw {
        step(&mut sample, id, &Event::Withdrawn);
    }
    for intent in changes.intents {
        let receipt = receipt(&intent);
        let progress = Progress::new(State::Ready);
        let (id, superseded) = (intent.id.clone(), intent.supersedes.clone());
        sample.decided.push(Decided { intent, progress, receipt: Some(receipt.clone()) });
        step(&mut sample, &id, &Event::Claimed);
        step(&mut sample, &id, &Event::Ended(Outcome::Delivered(receipt)));
        if let Some(superseded) = superseded {
            step(&mut sample, &superseded, &Event::Reversed);
        }
    }
    sample
}

fn step(sample: &mut Sample, id: &IntentId, event: &Event) {
    let one = sample.decided.iter_mut().find(|one| one.intent.id == *id).unwrap();
    one.progress = outbox::next(&one.progress, event, &Moment::plain(Timestamp(0))).unwrap();
}

fn receipt(intent: &Intent) -> Receipt {
    let status = "AUTHORISED".to_owned();
    Receipt { remote_id: intent.id.to_string(), number: None, status, total: None, tax: None }
}

/// Someone ended what a part made, and a person let it go.
fn lose(sample: &mut Sample, part: &str) {
    let of_part = sample.decided.iter().filter(|one| one.intent.part == part);
    let newest = of_part.max_by_key(|one| one.intent.revision).unwrap().intent.id.clone();
    step(sample, &newest, &Event::Reversed);
}

fn say(sample: &mut Sample, act: Act, when: &str) {
    let fact = Fact {
        id: FactId::derive(&["person", when]),
        occurred: Timestamp::parse(when).unwrap(),
        body: Body::Approval(Approval { who: "Ada".to_owned(), act }),
        ..sample.facts[0].clone()
    };
    sample.facts.push(fact);
}

fn parts(changes: &Changes) -> Vec<(&str, u32)> {
    changes.intents.iter().map(|one| (one.part.as_str(), one.revision)).collect()
}

/// Deciding again gives nothing new.
#[track_caller]
fn comes_to_rest(sample: &Sample) {
    let changes = sample.decide();
    assert_eq!(changes.stop, None);
    assert!(changes.intents.is_empty() && changes.withdraw.is_empty(), "{changes:?}");
    assert!(!changes.wait);
}

#[test]
fn an_invoice_that_was_voided_is_posted_again_under_the_next_number() {
    let mut sample = carried_out(uk().having(mug()));
    let first = sample.decided[0].intent.clone();
    lose(&mut sample, "payment:1:clearing");
    lose(&mut sample, "invoice");
    let changes = sample.decide();
    assert_eq!(parts(&changes), [("invoice:2", 1), ("payment:1:clearing", 2)]);
    let (Planned::Invoice(was), Planned::Invoice(is)) = (&first.body, &changes.intents[0].body)
    else {
        panic!()
    };
    assert_eq!(is.number, format!("{}-2", was.number));
    assert_eq!((is.total, is.tax, &is.lines), (was.total, was.tax, &was.lines));
    let Planned::Payment(paid) = &changes.intents[1].body else { panic!() };
    assert_eq!((&paid.invoice, paid.amount), (&changes.intents[0].id, was.total));
    let sample = carried_out(sample);
    comes_to_rest(&sample);
}

#[test]
fn a_payment_that_was_deleted_is_posted_again_alone() {
    let mut sample = carried_out(uk().having(mug()));
    lose(&mut sample, "payment:1:clearing");
    assert_eq!(parts(&sample.decide()), [("payment:1:clearing", 2)]);
    comes_to_rest(&carried_out(sample));
}

#[test]
fn a_refund_that_was_voided_gets_the_next_number_and_its_money_again() {
    let mut sample = uk().having(order(vec![item("1", vec![(ChargeKind::Item, 12_000)])], 12_000));
    sample = carried_out(sample);
    let mut refund = sold("r-1", ("2026-01-20", TransactionStatus::Released));
    "Refund".clone_into(&mut refund.transaction_type);
    for item in &mut refund.items {
        "SKU-1".clone_into(item.sku.as_mut().unwrap());
        item.parts.retain(|part| part.path[0] == "Sales");
        for part in &mut item.parts {
            part.amount = gbp(-part.amount.minor());
        }
        item.total = gbp(-12_000);
    }
    refund.total = gbp(-12_000);
    sample.facts.push(fact_of(refund));
    let sample = carried_out(sample);
    comes_to_rest(&sample);

    // The money alone: the credit note stands.
    let mut alone = Sample { decided: sample.decided.clone(), facts: sample.facts.clone(), ..uk() };
    lose(&mut alone, "refund:r-1:clearing");
    assert_eq!(parts(&alone.decide()), [("refund:r-1:clearing", 2)]);
    comes_to_rest(&carried_out(alone));

    // Both.
    let mut both = Sample { decided: sample.decided.clone(), facts: sample.facts.clone(), ..uk() };
    lose(&mut both, "refund:r-1:clearing");
    lose(&mut both, "refund:r-1");
    let changes = both.decide();
    assert_eq!(parts(&changes), [("refund:r-1", 2), ("refund:r-1:clearing", 2)]);
    let Planned::CreditNote(CreditNote { number, .. }) = &changes.intents[0].body else { panic!() };
    assert!(number.ends_with("-CN2"), "{number}");
    comes_to_rest(&carried_out(both));
}

/// Two mugs of which one was sent and one cancelled.
fn in_part() -> Sample {
    let mut two = item("1", vec![(ChargeKind::Item, 24_00)]);
    (two.ordered, two.fulfilled, two.unfulfilled) = (2, Some(1), Some(1));
    let mut open = order(vec![two], 24_00);
    open.status = Status::PartiallyShipped;
    let sample = carried_out(uk().having(open));
    let mut one = item("1", vec![(ChargeKind::Item, 12_00)]);
    (one.ordered, one.fulfilled, one.unfulfilled) = (2, Some(1), Some(0));
    one.cancelled_by = Some("Buyer".to_owned());
    let mut rest = order(vec![one], 12_00);
    rest.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    carried_out(sample.having(rest))
}

#[test]
fn an_allocation_that_was_taken_away_is_set_again() {
    let mut sample = in_part();
    lose(&mut sample, "allocation:1");
    let changes = sample.decide();
    assert_eq!(parts(&changes), [("allocation:1", 2)]);
    let Planned::Allocation(Allocation { amount, .. }) = &changes.intents[0].body else { panic!() };
    assert_eq!(*amount, gbp(12_00));
    comes_to_rest(&carried_out(sample));
}

#[test]
fn a_credit_note_that_was_voided_gets_the_next_number() {
    let mut sample = in_part();
    lose(&mut sample, "allocation:1");
    lose(&mut sample, "credit_note:1");
    let changes = sample.decide();
    assert_eq!(parts(&changes), [("credit_note:2", 1), ("allocation:2", 1)]);
    let Planned::CreditNote(CreditNote { number, .. }) = &changes.intents[0].body else { panic!() };
    assert!(number.ends_with("-CN2"), "{number}");
    comes_to_rest(&carried_out(sample));
}

#[test]
fn an_order_that_is_taken_back_goes_from_its_payment_to_its_invoice_and_comes_again() {
    let mut sample = carried_out(uk().having(mug()));
    say(&mut sample, Act::Reverse, "2026-02-01T00:00:00Z");
    let changes = sample.decide();
    assert_eq!(parts(&changes), [("undo:payment:1:clearing:1", 1), ("invoice", 2)]);
    let [undo, void] = changes.intents.as_slice() else { panic!() };
    assert_eq!((undo.kind(), void.kind()), (Kind::Undo, Kind::InvoiceVoid));
    assert!(void.needs.contains(&undo.id));
    let mut sample = carried_out(sample);
    comes_to_rest(&sample);
    assert_eq!(sample.decide().note.unwrap().detail, "taken back by a person");

    say(&mut sample, Act::Repost, "2026-02-02T00:00:00Z");
    assert_eq!(parts(&sample.decide()), [("invoice:2", 1), ("payment:1:clearing", 2)]);
    comes_to_rest(&carried_out(sample));
}

#[test]
fn credit_notes_go_before_their_invoice_and_what_hangs_on_them_before_them() {
    let mut sample = in_part();
    say(&mut sample, Act::Reverse, "2026-02-01T00:00:00Z");
    let changes = sample.decide();
    assert_eq!(
        parts(&changes),
        [
            ("undo:allocation:1:1", 1),
            ("undo:payment:1:clearing:1", 1),
            ("undo:credit_note:1:1", 1),
            ("invoice", 2)
        ]
    );
    let [allocation, _, note, void] = changes.intents.as_slice() else { panic!() };
    assert!(note.needs.contains(&allocation.id) && void.needs.contains(&note.id));
    comes_to_rest(&carried_out(sample));
}

#[test]
fn in_a_closed_period_nothing_is_taken_back() {
    let mut sample = carried_out(uk().having(mug()));
    sample.chart.organisation.period_lock = Some(Day::parse("2026-01-31").unwrap());
    say(&mut sample, Act::Reverse, "2026-02-01T00:00:00Z");
    stops(&sample, "period_locked");
}

#[test]
fn who_changes_her_mind_in_time_keeps_the_documents() {
    let mut sample = carried_out(uk().having(mug()));
    say(&mut sample, Act::Reverse, "2026-02-01T00:00:00Z");
    let decided: Vec<Decided> = sample
        .decide()
        .intents
        .into_iter()
        .map(|intent| {
            let progress = Progress::new(State::Ready);
            Decided { intent, progress, receipt: None }
        })
        .collect();
    sample.decided.extend(decided);
    let pending = sample.decide();
    assert!(pending.wait && pending.intents.is_empty(), "{pending:?}");
    say(&mut sample, Act::Repost, "2026-02-02T00:00:00Z");
    let mut changes = sample.decide();
    while !changes.withdraw.is_empty() {
        for id in &changes.withdraw {
            step(&mut sample, id, &Event::Withdrawn);
        }
        changes = sample.decide();
    }
    comes_to_rest(&sample);
}
