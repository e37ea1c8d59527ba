//! Modes, answers of people, and what happens after something was decided.

use intents::outbox::next;
use intents::retry::Moment;
use intents::{Event, IntentId, Reason};

use super::*;
use crate::rulebook::Role;

/// The decided invoice as if it had been posted.
fn posted(mut sample: Sample) -> Sample {
    let changes = sample.decide();
    sample.decided.extend(changes.intents.into_iter().map(|intent| decided(intent, State::Posted)));
    sample
}

fn decided(intent: Intent, state: State) -> Decided {
    let receipt = Receipt {
        remote_id: intent.id.to_string(),
        number: None,
        status: "AUTHORISED".to_owned(),
        total: None,
        tax: None,
    };
    let progress = Progress::new(state);
    Decided { intent, progress, receipt: Some(receipt) }
}

#[test]
fn no_tax_on_a_taxed_sku_is_a_question_answered_once() {
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Tax, 0)];
    let mut sample = uk().having(order(vec![item("1", charges)], 12_00));
    stops(&sample, "tax_question");
    sample.facts.push(said(&sample, Act::TaxIsRight, "2026-01-11T00:00:00Z"));
    assert_eq!(invoice(&sample).lines[0].tax_type, "ZERORATEDOUTPUT");
    let class = |book: &mut RuleBook| {
        let (sku, category) = ("SKU-1".to_owned(), String::new());
        let tax_class = Some("zero".to_owned());
        book.skus.push(Sku { sku, category, tax_class, item_code: None });
    };
    sample.facts.truncate(1);
    assert_eq!(invoice(&sample.with(class)).lines[0].tax_type, "ZERORATEDOUTPUT");
}

fn said(sample: &Sample, act: Act, when: &str) -> Fact {
    Fact {
        id: FactId::derive(&["person", when]),
        occurred: Timestamp::parse(when).unwrap(),
        body: Body::Approval(Approval { who: "Ada".to_owned(), act }),
        ..sample.facts[0].clone()
    }
}

#[test]
fn what_was_said_of_another_content_does_not_count() {
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Tax, 0)];
    let mut sample = uk().having(order(vec![item("1", charges)], 12_00));
    sample.facts.push(said(&sample, Act::TaxIsRight, "2026-01-11T00:00:00Z"));
    let charges = vec![(ChargeKind::Item, 99_00), (ChargeKind::Tax, 0)];
    let mut dearer = order(vec![item("1", charges)], 99_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    stops(&sample.having(dearer), "tax_question");
}

#[test]
fn an_order_that_cannot_be_read_stops_until_a_later_one_can() {
    let mut sample = uk().having(mug());
    let mut broken = sample.facts[0].clone();
    broken.id = FactId::derive(&["broken"]);
    broken.occurred = Timestamp::parse("2026-01-11T00:00:00Z").unwrap();
    broken.body = Body::Unreadable { reason: "grandTotal: 12.005".to_owned() };
    sample.facts.push(broken);
    assert_eq!(stops(&sample, "unreadable_order"), "grandTotal: 12.005");
    let mut later = mug();
    later.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    assert_eq!(sample.having(later).decide().stop, None);
}

#[test]
fn approve_mode_holds_the_first_orders_only() {
    let approve = |book: &mut RuleBook| book.settings.posting = Posting::Approve;
    let sample = uk().with(approve).having(mug());
    let held = sample.decide();
    assert_eq!(held.intents[0].hold.as_deref(), Some("approval"));
    let later = decide(&crate::orders::Situation { posted_before: 50, ..sample.situation() });
    assert_eq!(later.intents[0].hold, None);
}

#[test]
fn a_draft_is_not_paid() {
    let draft = |book: &mut RuleBook| book.settings.posting = Posting::Draft;
    assert_eq!(uk().with(draft).having(mug()).decide().intents.len(), 1);
}

#[test]
fn an_invoice_dated_by_shipment_waits_for_it() {
    let by_ship = |book: &mut RuleBook| book.settings.invoice_date = InvoiceDate::Ship;
    let mut open = mug();
    open.status = Status::Unshipped;
    (open.items[0].fulfilled, open.items[0].unfulfilled) = (Some(0), Some(1));
    let sample = uk().with(by_ship).having(open);
    assert_eq!(sample.decide().note.unwrap().code, "recorded");
    assert_eq!(invoice(&sample.having(mug())).date.to_string(), "2026-01-10");
}

#[test]
fn publishing_rules_does_not_touch_what_was_decided() {
    let sample = posted(uk().having(mug()));
    let other = sample.with(|book| book.settings.consolidate_lines = true);
    let mut changes = other.decide();
    changes.saw.clear();
    assert_eq!(changes, Changes::default());
}

#[test]
fn more_after_a_payment_is_a_question_with_both_numbers() {
    let sample = posted(uk().having(mug()));
    let mut dearer = order(vec![item("1", vec![(ChargeKind::Item, 15_00)])], 15_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    let detail = stops(&sample.having(dearer), "changed_after_shipment");
    assert!(detail.contains("12.00 GBP") && detail.contains("15.00 GBP"), "{detail}");
}

#[test]
fn what_is_on_the_wire_is_waited_for() {
    let mut sample = uk().having(mug());
    let changes = sample.decide();
    sample.decided = changes
        .intents
        .into_iter()
        .take(1)
        .map(|intent| Decided { receipt: None, ..decided(intent, State::Sending) })
        .collect();
    let mut dearer = order(vec![item("1", vec![(ChargeKind::Item, 15_00)])], 15_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    let changes = sample.having(dearer).decide();
    assert!(changes.wait && changes.intents.is_empty() && changes.withdraw.is_empty());
}

#[test]
fn what_reads_back_otherwise_is_left_to_a_person() {
    let mut sample = uk().having(mug());
    let changes = sample.decide();
    sample.decided = changes.intents.into_iter().take(1).map(|i| decided(i, State::Held)).collect();
    let mut dearer = order(vec![item("1", vec![(ChargeKind::Item, 15_00)])], 15_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    stops(&sample.having(dearer), "changed_while_held");
}

/// What was decided, refused by Xero, and replayed by a person.
fn replayed() -> Sample {
    let mut sample = uk().having(uk().order());
    let changes = sample.decide();
    let refused = Reason::new("account_archived", "Account code '200' has been archived.");
    let again = |intent: Intent| {
        let dead = Progress { reason: Some(refused.clone()), ..Progress::new(State::Dead) };
        let again = next(&dead, &Event::Reconsidered, &Moment::plain(Timestamp(0))).unwrap();
        let is_invoice = intent.part == "invoice";
        let progress = if is_invoice { again } else { Progress::new(State::Ready) };
        Decided { intent, progress, receipt: None }
    };
    sample.decided.extend(changes.intents.into_iter().map(again));
    sample
}

#[test]
fn a_replayed_document_that_the_rules_decide_the_same_is_released_as_it_is() {
    let sample = replayed();
    let changes = sample.decide();
    let invoice = sample.decided[0].intent.id.clone();
    assert_eq!(changes.release, [invoice]);
    assert_eq!((changes.intents, changes.withdraw), (Vec::new(), Vec::new()));
}

#[test]
fn a_replayed_document_takes_the_content_of_the_rules_now_in_force() {
    let sample = replayed();
    let mended = sample.with(|book| drop(book.accounts.insert(Role::Sales, "acc-wrap".to_owned())));
    let changes = mended.decide();
    assert_eq!(changes.release, []);
    // The invoice and what hangs on it, each in a next revision.
    let old: Vec<IntentId> = mended.decided.iter().map(|one| one.intent.id.clone()).collect();
    assert_eq!(changes.withdraw.len(), old.len());
    assert!(changes.withdraw.iter().all(|id| old.contains(id)));
    let invoice = changes.intents.first().unwrap();
    assert_eq!((invoice.part.as_str(), invoice.revision), ("invoice", 2));
    let Planned::Invoice(content) = &invoice.body else { panic!("{invoice:?}") };
    assert!(content.lines.iter().all(|line| line.account_code == "203"), "{content:?}");
}

#[test]
fn what_waits_for_the_rules_is_not_released_by_a_stop() {
    let sample = replayed();
    let stopped = sample.with(|book| drop(book.accounts.remove(&Role::Sales)));
    let changes = stopped.decide();
    assert!(changes.stop.is_some());
    assert_eq!(changes.release, []);
}
