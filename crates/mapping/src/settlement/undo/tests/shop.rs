//! One settlement of a British book, decided and posted step by step as the store and Xero do.

#![expect(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, FactId, Money, Subject, Timestamp};
use facts::finances::{Payout, PayoutStatus};
use facts::settlement::{Found, Layout, Settlement};
use facts::{Act, Approval, Body, Fact};
use intents::retry::Moment;
use intents::{
    Body as Planned, Decided, Direction, Event, Intent, Invoice, Outcome, Progress, Reason,
    Receipt, State, outbox,
};

use crate::orders::Changes;
use crate::orders::samples::{Sample, uk};
use crate::rulebook::{Role, RuleBook};
use crate::settlement::decide::{SettlementSituation, decide_settlement};
use crate::settlement::footing::{Claim, Claimed, Footing, Group, Links, Part, Untaxed};
use crate::settlement::pack::Pack;
use crate::settlement::plan::Way;
use crate::settlement::undo::stands;
use crate::settlement::words::{Liable, LineKind};

pub(super) struct Shop {
    sample: Sample,
    pub(super) decided: Vec<Decided>,
    way: Way,
    pack: Pack,
    footing: Footing,
    found: Found,
}

pub(super) fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

/// Noon of a day.
fn moment(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap()
}

pub(super) fn parts(changes: &Changes) -> Vec<&str> {
    changes.intents.iter().map(|intent| intent.part.as_str()).collect()
}

fn group(kind: LineKind, minor: i64) -> Group {
    Group {
        kind,
        is_refund: false,
        liable: Liable::Seller,
        marketplace: "Amazon.co.uk".to_owned(),
        fulfilment: String::new(),
        period: Day::parse("2026-01-01").unwrap(),
        stated: false,
        untaxed: false,
        amount: gbp(minor),
        tax: gbp(0),
        rows: 1,
        words: Vec::new(),
    }
}

/// Sales and fees in a month; its last row is on the 21st.
pub(super) fn goods(month: &str, sold: i64, fees: i64) -> Part {
    let mut groups = vec![group(LineKind::SellingFee, fees)];
    if sold != 0 {
        groups.insert(0, group(LineKind::Goods, sold));
    }
    let month = Day::parse(month).unwrap();
    Part { month, last: month.after_days(20), total: gbp(sold + fees), groups }
}

/// A claim that Amazon took in a month, without tax, and its fees.
pub(super) fn claimed(month: &str, claim: i64, fees: i64) -> Part {
    let part = goods(month, 0, fees);
    let groups = [part.groups, vec![group(LineKind::Claim, claim)]].concat();
    Part { total: gbp(claim + fees), groups, ..part }
}

/// What the documents of orders cover.
fn claim() -> Claim {
    let order_id = "202-1234567-1234567".to_owned();
    Claim { order_id, item_id: "1".to_owned(), kind: LineKind::Goods, is_refund: false }
}

fn accounts(sample: &mut Sample) {
    for (id, code, name, like) in [
        ("acc-fees", "430", "Amazon selling fees", "acc-fx"),
        ("acc-carried", "650", "Amazon carried forward", "acc-gbp"),
        ("acc-claims", "435", "Amazon claims", "acc-fx"),
    ] {
        let mut account = sample.chart.account_by_id(like).unwrap().clone();
        account.account_id = id.to_owned();
        account.code = Some(code.to_owned());
        account.name = name.to_owned();
        sample.chart.accounts.push(account);
    }
}

fn book(book: &mut RuleBook) {
    for (role, id) in [
        (Role::SellerFees, "acc-fees"),
        (Role::CarriedForward, "acc-carried"),
        (Role::Claims, "acc-claims"),
        (Role::Bank(Currency::GBP), "acc-bank"),
    ] {
        book.accounts.insert(role, id.to_owned());
    }
    book.tax_types.insert("input_standard".to_owned(), "INPUT2".to_owned());
}

impl Shop {
    pub(super) fn new(way: Way, parts: Vec<Part>) -> Shop {
        let mut sample = uk();
        accounts(&mut sample);
        sample = sample.with(book);
        sample.subject = Subject::settlement("12345678901");
        let mut sum = Money::sum(parts.iter().map(|part| part.total), Currency::GBP).unwrap();
        let mut claims = BTreeMap::new();
        if way == Way::PerOrder {
            let covered = Claimed { amount: gbp(12_400), rows: 1 };
            sum = sum.plus(covered.amount).unwrap();
            claims.insert(claim(), covered);
        }
        let settlement = Settlement {
            settlement_id: "12345678901".to_owned(),
            start: moment("2026-01-08"),
            end: moment("2026-01-22"),
            deposit: Some(moment("2026-01-24")),
            total: Some(sum),
            currency: Currency::GBP,
        };
        let found = Found {
            settlement: settlement.clone(),
            layout: Layout::FlatFileV2,
            report_id: None,
            region: "EU".to_owned(),
            seller_id: "A1SELLER".to_owned(),
            marketplace: "Amazon.co.uk".to_owned(),
            rows: 2,
            sum,
            gzip: false,
        };
        let shop = Shop {
            decided: Vec::new(),
            way,
            pack: Pack::built_in("uk").unwrap(),
            footing: Footing { claims, ..footing(settlement, sum, parts) },
            found: found.clone(),
            sample,
        };
        shop.knowing("report", moment("2026-01-24"), Body::Settlement(Box::new(found)))
    }

    fn knowing(mut self, name: &str, occurred: Timestamp, body: Body) -> Shop {
        self.tell(name, occurred, body);
        self
    }

    fn tell(&mut self, name: &str, occurred: Timestamp, body: Body) {
        let id = FactId::derive(&[name, &self.sample.facts.len().to_string()]);
        let subject = self.sample.subject.clone();
        let raw_hash = "hash".to_owned();
        let source = "sample".to_owned();
        self.sample.facts.push(Fact { id, subject, occurred, source, raw_hash, body });
    }

    pub(super) fn book(&mut self, change: impl FnOnce(&mut RuleBook)) {
        let mut book = self.sample.rules.book().clone();
        change(&mut book);
        self.sample.rules = book.compile().unwrap();
    }

    /// Clearing is an account of Xero's type BANK.
    pub(super) fn clear_through_bank(&mut self) {
        let mut accounts = self.sample.chart.accounts.iter_mut();
        let clearing = accounts.find(|account| account.account_id == "acc-gbp").unwrap();
        "BANK".clone_into(&mut clearing.kind);
    }

    pub(super) fn say(&mut self, act: Act, day: &str) {
        let approval = Approval { who: "Ada".to_owned(), act };
        self.tell("person", moment(day), Body::Approval(approval));
    }

    pub(super) fn prove(&mut self, hash: &str, day: &str) {
        self.tell("proof", moment(day), Body::Proof { hash: hash.to_owned() });
    }

    pub(super) fn close(&mut self, day: &str) {
        self.sample.chart.organisation.period_lock = Some(Day::parse(day).unwrap());
    }

    pub(super) fn open(&mut self) {
        self.sample.chart.organisation.period_lock = None;
    }

    pub(super) fn fail_payout(&mut self, day: &str) {
        let payout = Payout {
            payout_id: "P1".to_owned(),
            settlement_id: Some("12345678901".to_owned()),
            status: PayoutStatus::Failed,
            updated: moment(day),
            created: Some(moment("2026-01-24")),
            amount: Some(self.payout()),
            trace_id: None,
            account_tail: None,
            failure: None,
            region: "EU".to_owned(),
            seller_id: "A1SELLER".to_owned(),
            marketplace_id: "A1F83G8C2ARO7P".to_owned(),
            account_type: String::new(),
        };
        self.tell("payout", moment(day), Body::Payout(Box::new(payout)));
    }

    /// What reaches the bank.
    pub(super) fn payout(&self) -> Money {
        self.footing.sum
    }

    pub(super) fn decide(&self) -> Changes {
        let mut situation = self.sample.situation();
        situation.decided = &self.decided;
        decide_settlement(&SettlementSituation {
            situation,
            pack: &self.pack,
            way: self.way,
            found: &self.found,
            found_by: &self.sample.facts[0],
            footing: &self.footing,
            checks: &[],
            booked_elsewhere: None,
            held: gbp(0),
            charge_card: false,
        })
    }

    /// Decides, and writes it down.
    #[track_caller]
    pub(super) fn step(&mut self) {
        let changes = self.decide();
        assert_eq!(changes.stop, None);
        self.apply(&changes);
    }

    /// Its report is attached, where it is missing.
    pub(super) fn attach(&mut self) {
        self.step();
        self.post();
    }

    pub(super) fn posted(mut self) -> Shop {
        self.step();
        self.post();
        // The report's file.
        self.step();
        self.post();
        self
    }

    pub(super) fn apply(&mut self, changes: &Changes) {
        for id in &changes.withdraw {
            let at = self.decided.iter().position(|one| one.intent.id == *id).unwrap();
            self.event(at, &Event::Withdrawn);
        }
        // What is shared has a subject of its own.
        for intent in &changes.intents {
            let is_known = self.decided.iter().any(|one| one.intent.id == intent.id);
            assert!(!is_known, "decided twice: {intent:?}");
            let progress = Progress::new(State::Ready);
            self.decided.push(Decided { intent: intent.clone(), progress, receipt: None });
        }
    }

    fn event(&mut self, at: usize, event: &Event) {
        let one = &mut self.decided[at];
        let next = outbox::next(&one.progress, event, &Moment::plain(Timestamp(0)));
        one.progress = next.unwrap_or_else(|| panic!("{event:?} of {one:?}"));
    }

    /// Posts what is due until nothing is; answers the parts in their order.
    pub(super) fn post(&mut self) -> Vec<String> {
        let mut posted = Vec::new();
        while let Some(part) = self.due() {
            self.claim(&part);
            self.deliver(&part);
            posted.push(part);
        }
        posted
    }

    fn due(&self) -> Option<String> {
        let is_met = |need: &intents::IntentId| {
            let known = self.decided.iter().find(|one| one.intent.id == *need);
            known.is_none_or(|one| one.progress.state == State::Posted)
        };
        let mut due = self.decided.iter().filter(|one| {
            one.progress.state == State::Ready && one.intent.needs.iter().all(is_met)
        });
        Some(due.next()?.intent.part.clone())
    }

    /// The newest of a part that was not withdrawn.
    fn find(&self, part: &str) -> Option<usize> {
        let of = |one: &Decided| one.intent.part == part && one.progress.state != State::Withdrawn;
        self.decided.iter().rposition(of)
    }

    fn at(&self, part: &str) -> usize {
        self.find(part).unwrap_or_else(|| panic!("there is no {part}"))
    }

    pub(super) fn state(&self, part: &str) -> State {
        self.decided[self.at(part)].progress.state
    }

    pub(super) fn claim(&mut self, part: &str) {
        self.event(self.at(part), &Event::Claimed);
    }

    pub(super) fn deliver(&mut self, part: &str) {
        let at = self.at(part);
        let receipt = receipt(&self.decided[at].intent);
        self.event(at, &Event::Ended(Outcome::Delivered(receipt.clone())));
        self.decided[at].receipt = Some(receipt);
        let Some(superseded) = self.decided[at].intent.supersedes.clone() else { return };
        let at = self.decided.iter().position(|one| one.intent.id == superseded).unwrap();
        self.event(at, &Event::Reversed);
    }

    /// It is sent, and Xero says no.
    pub(super) fn refuse(&mut self, part: &str, code: &str) {
        self.claim(part);
        let refused = Outcome::Refused(Reason::new(code, "Xero's words"));
        self.event(self.at(part), &Event::Ended(refused));
    }

    /// Someone ended it in Xero, and a person let it go.
    pub(super) fn lose(&mut self, part: &str) {
        self.event(self.at(part), &Event::Reversed);
    }

    /// It is there otherwise than intended.
    pub(super) fn differ(&mut self, part: &str) {
        let at = self.at(part);
        let receipt = receipt(&self.decided[at].intent);
        let reason = Reason::new("xero_differs", "the total differs");
        self.event(at, &Event::Ended(Outcome::Differs(receipt.clone(), reason)));
        self.decided[at].receipt = Some(receipt);
    }

    /// The settlement's own parts that stand, without its files.
    pub(super) fn live(&self) -> Vec<&str> {
        let own = self
            .decided
            .iter()
            .filter(|one| stands(&self.decided, one) && !one.intent.part.starts_with("attachment"));
        let mut parts: Vec<&str> = own.map(|one| one.intent.part.as_str()).collect();
        parts.sort_unstable();
        parts
    }

    pub(super) fn number(&self, part: &str) -> &str {
        match &self.decided[self.at(part)].intent.body {
            Planned::Invoice(made) | Planned::Bill(made) => &made.number,
            Planned::BankTransaction(moved) => &moved.reference,
            Planned::ManualJournal(made) => made.number(),
            Planned::Contact(_)
            | Planned::Item(_)
            | Planned::InvoiceEdit { .. }
            | Planned::InvoiceVoid { .. }
            | Planned::CreditNote(_)
            | Planned::Allocation(_)
            | Planned::Payment(_)
            | Planned::SupplierCredit(_)
            | Planned::Refund(_)
            | Planned::BankTransfer(_)
            | Planned::Attachment(_)
            | Planned::Undo(_) => panic!("{part} has no number"),
        }
    }

    /// Deciding again gives nothing new, and waits for nothing.
    #[track_caller]
    pub(super) fn comes_to_rest(&self) {
        let changes = self.decide();
        assert_eq!(changes.stop, None);
        assert!(changes.intents.is_empty(), "{changes:?}");
        assert!(changes.withdraw.is_empty(), "{changes:?}");
        assert!(!changes.wait);
    }

    /// What stands in Xero, by account: lines as they are, and what is open.
    pub(super) fn balances(&self) -> Vec<(String, Money)> {
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for one in self.decided.iter().filter(|one| one.progress.state == State::Posted) {
            for (account, minor) in sides(&one.intent.body) {
                *sums.entry(account).or_default() += minor;
            }
        }
        let moved = sums.into_iter().filter(|(_, minor)| *minor != 0);
        moved.map(|(account, minor)| (account, gbp(minor))).collect()
    }
}

fn footing(settlement: Settlement, sum: Money, parts: Vec<Part>) -> Footing {
    Footing {
        settlement,
        layout: Layout::FlatFileV2,
        rows: 2,
        sum,
        categories: BTreeMap::new(),
        parts,
        unknown: Vec::new(),
        checks: Vec::new(),
        links: Links {
            previous_reserve: gbp(0),
            current_reserve: gbp(0),
            payable_to_amazon: gbp(0),
            successful_charge: gbp(0),
            failed_transfers: gbp(0),
            debt_adjustments: gbp(0),
        },
        claims: BTreeMap::new(),
        opening: BTreeMap::new(),
        untaxed: Untaxed { orders: BTreeSet::new(), amount: gbp(0) },
        marketplace: "Amazon.co.uk".to_owned(),
        transfers: gbp(0),
    }
}

fn receipt(intent: &Intent) -> Receipt {
    let status = "AUTHORISED".to_owned();
    Receipt { remote_id: format!("x-{}", intent.id), number: None, status, total: None, tax: None }
}

/// What a document does to the accounts, debits positive; receivables and payables are one account.
fn sides(body: &Planned) -> Vec<(String, i64)> {
    let lines = |lines: &[intents::Line], sign: i64| {
        let each = lines.iter().map(|line| (line.account_id.clone(), sign * line.amount.minor()));
        each.collect::<Vec<_>>()
    };
    let open = |total: Money, sign: i64| ("open".to_owned(), sign * total.minor());
    let document = |made: &Invoice, sign: i64| {
        let mut sides = lines(&made.lines, -sign);
        sides.push(open(made.total, sign));
        sides
    };
    match body {
        Planned::Invoice(made) => document(made, 1),
        Planned::Bill(made) => document(made, -1),
        Planned::CreditNote(made) => {
            let mut sides = lines(&made.lines, 1);
            sides.push(open(made.total, -1));
            sides
        }
        Planned::SupplierCredit(made) => {
            let mut sides = lines(&made.lines, -1);
            sides.push(open(made.total, 1));
            sides
        }
        // A bill is paid, and its credit given back: in a summary below zero, nothing else is.
        Planned::Payment(paid) => {
            vec![(paid.account_id.clone(), -paid.amount.minor()), open(paid.amount, 1)]
        }
        Planned::Refund(paid) => {
            vec![(paid.account_id.clone(), paid.amount.minor()), open(paid.amount, -1)]
        }
        Planned::ManualJournal(made) => {
            made.lines.iter().map(|line| (line.account_id.clone(), line.amount.minor())).collect()
        }
        Planned::BankTransaction(moved) => {
            let sign = if moved.direction == Direction::Receive { 1 } else { -1 };
            let mut sides = lines(&moved.lines, -sign);
            sides.push((moved.bank_account_id.clone(), sign * moved.total.minor()));
            sides
        }
        Planned::Contact(_)
        | Planned::Item(_)
        | Planned::InvoiceEdit { .. }
        | Planned::InvoiceVoid { .. }
        | Planned::Allocation(_)
        | Planned::BankTransfer(_)
        | Planned::Attachment(_)
        | Planned::Undo(_) => Vec::new(),
    }
}
