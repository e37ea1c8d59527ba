//! A story as it happens: snapshots arrive one by one, are decided, and what is due is posted.

use amazon::{Account, Region, read_order};
use base::{FactId, Subject, Timestamp};
use facts::{Approval, Body, Fact};
use intents::{Body as Planned, BookId, Decided, Event, Intent, Invoice, Outcome, Progress};
use intents::{Receipt, State, outbox};
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
    pub(crate) fn live(amazon: &str, rules: &Rules) -> World {
        let facts = facts_of(amazon, rules);
        let mut world = World {
            facts: Vec::new(),
            steps: Vec::new(),
            again: Vec::new(),
            decided: Vec::new(),
            chart: rules.chart.clone(),
        };
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

    fn decide(&self, rules: &Rules, subject: &Subject) -> Changes {
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
    let mut facts: Vec<Fact> =
        orders.iter().map(|raw| read_order(&account, raw, now).0).collect();
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
    let progress = Progress {
        state,
        attempts: 0,
        generation: 1,
        not_before: Timestamp(0),
        reason: None,
    };
    Decided { intent: intent.clone(), progress, receipt: None }
}

fn step(progress: &Progress, event: &Event) -> Progress {
    outbox::next(progress, event, Timestamp(0)).expect("an event that can happen")
}

/// Posts what is due until nothing is. Contacts and items are posted at once.
pub(crate) fn settle(decided: &mut [Decided]) {
    loop {
        let is_met = |id: &intents::IntentId| {
            let known = decided.iter().find(|d| d.intent.id == *id);
            known.is_none_or(|d| d.progress.state == State::Posted)
        };
        let due = decided.iter().position(|d| {
            d.progress.state == State::Ready && d.intent.needs.iter().all(is_met)
        });
        let Some(due) = due else { return };
        let claimed = step(&decided[due].progress, &Event::Claimed);
        let receipt = receipt(&decided[due].intent);
        let delivered = Event::Ended(Outcome::Delivered(receipt.clone()));
        decided[due].progress = step(&claimed, &delivered);
        decided[due].receipt = Some(receipt);
        let superseded = decided[due].intent.supersedes.clone();
        for known in decided.iter_mut().filter(|d| Some(&d.intent.id) == superseded.as_ref()) {
            known.progress = step(&known.progress, &Event::Reversed);
        }
    }
}

fn receipt(intent: &Intent) -> Receipt {
    let status = "AUTHORISED".to_owned();
    Receipt { remote_id: format!("x-{}", intent.id), number: None, status, total: None, tax: None }
}
