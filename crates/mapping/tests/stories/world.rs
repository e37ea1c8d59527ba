//! A story as it happens: snapshots arrive one by one, are decided, and what is due is posted.

use amazon::{Account, Region, read_order};
use base::{FactId, Money, Subject, Timestamp};
use facts::{Approval, Body, Fact};
use intents::retry::Moment;
use intents::{Body as Planned, BookId, Decided, Event, Intent, IntentId, Invoice, Outcome};
use intents::{Progress, Receipt, State, outbox};
use mapping::{Changes, Situation, decide};
use serde_json::value::RawValue;

use crate::rules::Rules;

pub(crate) struct World {
    pub(crate) facts: Vec<Fact>,
    /// What each fact led to.
    pub(crate) steps: Vec<(Fact, Changes)>,
    /// What deciding again led to.
    pub(crate) again: Vec<Changes>,
    pub(crate) decided: Vec<Decided>,
    pub(crate) chart: facts::Chart,
}

impl World {
    pub(crate) fn new(rules: &Rules) -> World {
        World {
            facts: Vec::new(),
            steps: Vec::new(),
            again: Vec::new(),
            decided: Vec::new(),
            chart: rules.chart.clone(),
        }
    }

    pub(crate) fn live(amazon: &str, rules: &Rules) -> World {
        let facts = facts_of(amazon, rules);
        let mut world = World::new(rules);
        for fact in facts {
            world.facts.push(fact.clone());
            let changes = world.decide(rules, &fact.subject);
            apply(&mut world.decided, &changes);
            let again = world.decide(rules, &fact.subject);
            world.again.push(again);
            settle(&mut world.decided);
            let again = world.decide(rules, &fact.subject);
            world.again.push(again);
            world.steps.push((fact, changes));
        }
        world
    }

    pub(crate) fn decide(&self, rules: &Rules, subject: &Subject) -> Changes {
        decide(&Situation {
            book: &BookId::from_stored("book_story"),
            rules: &rules.compiled,
            chart: &rules.chart,
            subject,
            facts: &self.facts,
            decided: &self.decided,
            posted_before: 0,
        })
    }

    /// The first invoice that was decided.
    pub(crate) fn invoice(&self) -> Option<&Invoice> {
        self.decided.iter().find_map(|decided| match &decided.intent.body {
            Planned::Invoice(invoice) => Some(invoice),
            _ => None,
        })
    }
}

fn facts_of(amazon: &str, rules: &Rules) -> Vec<Fact> {
    let region = Region::Europe;
    let marketplaces = Vec::new();
    let account =
        Account { region, seller_id: "A1SELLER".to_owned(), marketplaces, buyer_data: false };
    let orders: Vec<Box<RawValue>> = serde_json::from_str(amazon).unwrap();
    let now = Timestamp::parse("2026-12-31T00:00:00Z").unwrap();
    let mut facts: Vec<Fact> = orders.iter().map(|raw| read_order(&account, raw, now).0).collect();
    let subject = facts[0].subject.clone();
    facts.extend(rules.approvals.iter().map(|(occurred, act)| Fact {
        id: FactId::derive(&["person", &occurred.iso()]),
        subject: subject.clone(),
        occurred: *occurred,
        source: "person".to_owned(),
        raw_hash: String::new(),
        body: Body::Approval(Approval { who: "Ada".to_owned(), act: *act }),
    }));
    facts
}

/// What the store does with changes.
pub(crate) fn apply(decided: &mut Vec<Decided>, changes: &Changes) {
    for id in &changes.withdraw {
        let known = decided.iter_mut().find(|d| d.intent.id == *id).expect("a known intent");
        known.progress = step(&known.progress, &Event::Withdrawn);
    }
    for intent in &changes.intents {
        assert!(!decided.iter().any(|d| d.intent.id == intent.id), "decided twice: {intent:?}");
        decided.push(fresh(intent));
    }
}

fn fresh(intent: &Intent) -> Decided {
    let state = if intent.hold.is_some() { State::Held } else { State::Ready };
    let progress = Progress::new(state);
    Decided { intent: intent.clone(), progress, receipt: None }
}

fn step(progress: &Progress, event: &Event) -> Progress {
    outbox::next(progress, event, &Moment::plain(Timestamp(0))).expect("an event that can happen")
}

/// Posts what is due until nothing is. Contacts and items are posted at once.
pub(crate) fn settle(decided: &mut [Decided]) {
    while post_one(decided) {}
}

/// Posts the first intent that is due, if any is.
pub(crate) fn post_one(decided: &mut [Decided]) -> bool {
    let Some(due) = due(decided) else { return false };
    claim(decided, due);
    deliver(decided, due);
    true
}

/// The first intent whose needs are posted.
pub(crate) fn due(decided: &[Decided]) -> Option<usize> {
    let is_met = |id: &IntentId| {
        let known = decided.iter().find(|d| d.intent.id == *id);
        known.is_none_or(|d| d.progress.state == State::Posted)
    };
    decided
        .iter()
        .position(|d| d.progress.state == State::Ready && d.intent.needs.iter().all(is_met))
}

/// Puts an intent on the wire.
pub(crate) fn claim(decided: &mut [Decided], at: usize) {
    decided[at].progress = step(&decided[at].progress, &Event::Claimed);
}

/// The reply comes: Xero would have refused what its rules forbid.
pub(crate) fn deliver(decided: &mut [Decided], at: usize) {
    xero_accepts(decided, at);
    let receipt = receipt(&decided[at].intent);
    let delivered = Event::Ended(Outcome::Delivered(receipt.clone()));
    decided[at].progress = step(&decided[at].progress, &delivered);
    decided[at].receipt = Some(receipt);
    let superseded = decided[at].intent.supersedes.clone();
    for known in decided.iter_mut().filter(|d| Some(&d.intent.id) == superseded.as_ref()) {
        known.progress = step(&known.progress, &Event::Reversed);
    }
}

fn receipt(intent: &Intent) -> Receipt {
    let status = "AUTHORISED".to_owned();
    Receipt { remote_id: format!("x-{}", intent.id), number: None, status, total: None, tax: None }
}

/// Edits and voids need a document without payments and credits; payments and allocations stay
/// within what is outstanding; numbers are unique for ever.
fn xero_accepts(decided: &[Decided], at: usize) {
    let intent = &decided[at].intent;
    match &intent.body {
        Planned::Invoice(invoice) => {
            let twin = decided.iter().filter(|d| d.receipt.is_some()).find(|d| {
                matches!(&d.intent.body, Planned::Invoice(other) if other.number == invoice.number)
            });
            assert!(twin.is_none(), "{} twice", invoice.number);
        }
        Planned::InvoiceEdit { of, .. } | Planned::InvoiceVoid { of, .. } => {
            assert!(set_against(decided, of).is_zero(), "{} has money set against it", intent.part);
        }
        Planned::Payment(payment) => {
            within(decided, &payment.invoice, payment.amount);
        }
        Planned::Allocation(allocation) => {
            within(decided, &allocation.invoice, allocation.amount);
        }
        Planned::Refund(refund) => {
            within(decided, &refund.invoice, refund.amount);
        }
        Planned::ManualJournal(journal) => balances(journal),
        Planned::Undo(undo) => {
            let undone = decided.iter().find(|d| d.intent.id == undo.of).unwrap();
            assert!(undone.receipt.is_some(), "{} is taken back before it was there", undo.label);
        }
        Planned::Contact(_)
        | Planned::Item(_)
        | Planned::CreditNote(_)
        | Planned::Bill(_)
        | Planned::SupplierCredit(_)
        | Planned::BankTransaction(_)
        | Planned::BankTransfer(_)
        | Planned::Attachment(_) => {}
    }
}

fn balances(journal: &intents::ManualJournal) {
    let amounts: Vec<Money> = journal.lines.iter().map(|line| line.amount).collect();
    let sum = Money::sum(amounts.iter().copied(), amounts[0].currency()).unwrap();
    assert!(sum.is_zero(), "{} is off by {sum}", journal.narration);
}

fn within(decided: &[Decided], invoice: &IntentId, amount: Money) {
    let total = total_of(decided, invoice);
    let outstanding = total.minus(set_against(decided, invoice)).unwrap();
    assert!(amount.is_positive(), "{amount} is no payment");
    assert!(amount.minor() <= outstanding.minor(), "{amount} of {outstanding} outstanding");
}

/// Payments and allocations that are posted on the document.
pub(crate) fn set_against(decided: &[Decided], invoice: &IntentId) -> Money {
    let posted = decided.iter().filter(|d| d.progress.state == State::Posted);
    let amounts = posted.filter_map(|d| match &d.intent.body {
        Planned::Payment(payment) | Planned::Refund(payment) if payment.invoice == *invoice => {
            Some(payment.amount)
        }
        Planned::Allocation(a) if a.invoice == *invoice || a.credit_note == *invoice => {
            Some(a.amount)
        }
        _ => None,
    });
    Money::sum(amounts, total_of(decided, invoice).currency()).unwrap()
}

/// The document's total as it reads now.
pub(crate) fn total_of(decided: &[Decided], invoice: &IntentId) -> Money {
    let contents = decided.iter().filter(|d| d.progress.state == State::Posted);
    let total = contents
        .filter_map(|d| match &d.intent.body {
            Planned::Invoice(content) | Planned::Bill(content) if d.intent.id == *invoice => {
                Some(content.total)
            }
            Planned::CreditNote(note) | Planned::SupplierCredit(note)
                if d.intent.id == *invoice =>
            {
                Some(note.total)
            }
            Planned::InvoiceEdit { of, invoice: content } if of == invoice => Some(content.total),
            _ => None,
        })
        .next_back();
    total.expect("a posted document")
}
