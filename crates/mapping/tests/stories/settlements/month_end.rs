//! A month's end before the settlement of its last days comes: what the order's own documents say,
//! where the story has an order, what is accrued of the rest, and what takes that back.

use std::collections::{BTreeMap, BTreeSet};

use amazon::source::finances::read_transaction;
use amazon::{Account, Region};
use base::{Currency, Day, Money, Subject, Timestamp};
use facts::finances::{Part, Transaction, TransactionItem};
use facts::{Body as Said, Fact};
use intents::document::Line;
use intents::{Body, BookId, Decided, Intent};
use mapping::settlement::{Pack, Period, PeriodSituation, Way, decide_period};
use mapping::{Role, RuleBook, Situation};
use serde_json::value::RawValue;

use crate::facts_text;
use crate::rules::{self, Rules};
use crate::settlements::Chosen;
use crate::settlements::boxes::{self, Taxed};
use crate::settlements::journals::Ledger;
use crate::shelf::Story;
use crate::tell;
use crate::world::{World, apply, settle};

/// What Amazon's Finances tell of the last days, as the month ends.
const HELD: &str = "1-held.json";

/// The order that it is about: a book that posts per order has documents of it.
const ORDER: &str = "1-order.json";

const SELLER: &str = "A1SELLER";

pub(crate) struct MonthEnd {
    /// The order's documents, and those of the month's end after them.
    world: World,
    held: Vec<Fact>,
    accrued: Vec<Intent>,
    last_day: Day,
    pub(crate) currency: Currency,
    /// Tax types of the organisation by class.
    tax_types: BTreeMap<String, String>,
}

impl MonthEnd {
    pub(crate) fn of(story: &Story, chosen: &Chosen) -> Option<MonthEnd> {
        let held = held(&story.find(HELD)?, &chosen.about.region);
        let first = transaction(&held[0]);
        let currency = first.total.currency();
        let rules = rules_of(&chosen.pack, chosen.edition, currency);
        let has_documents = |_: &String| chosen.about.way == Way::PerOrder;
        let mut world = match story.find(ORDER).filter(has_documents) {
            Some(order) => World::live(&order, &rules),
            None => World::new(&rules),
        };
        let day = first.posted.day(&chosen.about.zone);
        let period = Period::of(day, (&chosen.about.region, SELLER), currency);
        let name = format!("{}/{currency}", period.region);
        let subject = Subject::period(&period.name(), &name);
        let orders = orders(&world);
        let decide = |decided: &[Decided]| {
            let changes = decide_period(&PeriodSituation {
                situation: Situation {
                    book: &BookId::from_stored("book_story"),
                    rules: &rules.compiled,
                    chart: &rules.chart,
                    subject: &subject,
                    facts: &held,
                    decided,
                    posted_before: 0,
                },
                pack: &chosen.pack,
                way: chosen.about.way,
                period: &period,
                with_documents: &orders,
            });
            assert_eq!((&changes.stop, &changes.note), (&None, &None));
            changes
        };
        let changes = decide(&[]);
        apply(&mut world.decided, &changes);
        settle(&mut world.decided);
        let of_month = world.decided.iter().filter(|decided| decided.intent.subject == subject);
        let again = decide(&of_month.cloned().collect::<Vec<Decided>>());
        assert!(again.intents.is_empty(), "{again:?}");
        let tax_types = rules.compiled.book().tax_types.clone();
        let (accrued, last_day) = (changes.intents, period.last_day());
        Some(MonthEnd { world, held, accrued, last_day, currency, tax_types })
    }

    /// What the order's documents put on clearing, where the story tells them.
    pub(crate) fn cleared(&self, pack: &Pack) -> Option<Money> {
        if self.world.facts.is_empty() {
            return None;
        }
        self.balances(None).of(Role::Clearing(self.currency), pack)
    }

    pub(crate) fn facts(&self) -> String {
        let held = self.held.iter().map(|fact| {
            let head = facts_text::told(std::slice::from_ref(fact));
            head + &transaction(fact).items.iter().map(parts).collect::<String>()
        });
        facts_text::told(&self.world.facts) + &held.collect::<String>()
    }

    /// The accrual, the balances in between, and what takes it back.
    pub(crate) fn journals(&self, pack: &Pack) -> String {
        let last_day = self.last_day;
        let balances = self.at_the_end(pack);
        let (ends, back): (Vec<&Intent>, Vec<&Intent>) =
            self.accrued.iter().partition(|intent| dated(intent) <= last_day);
        let told = |intents: Vec<&Intent>| -> String {
            intents.into_iter().map(|intent| tell::journal_text(&self.world, intent)).collect()
        };
        let has = self.amazon_has();
        [
            tell::steps(&self.world),
            "month end\n".to_owned(),
            told(ends),
            format!("balances on {last_day}\n{}", balances.text()),
            boxes::told(pack, &self.taxed(Some(last_day))),
            format!("Amazon's balance on {last_day}: {}\n", has.amount()),
            told(back),
        ]
        .concat()
    }

    /// On the last day, when all that stands with Amazon comes to what it owes.
    pub(crate) fn at_the_end(&self, pack: &Pack) -> Ledger {
        let balances = self.balances(Some(self.last_day));
        assert_eq!(balances.with_amazon(pack, self.currency), self.amazon_has());
        balances
    }

    /// What Amazon owes by its own transactions.
    fn amazon_has(&self) -> Money {
        let totals = self.held.iter().map(|fact| transaction(fact).total);
        Money::sum(totals, self.currency).unwrap()
    }

    pub(crate) fn documents(&self) -> String {
        let accrued = self.accrued.iter().map(tell::document);
        tell::documents(&self.world) + &accrued.collect::<String>()
    }

    /// Of all that is posted, up to a day or altogether.
    pub(crate) fn balances(&self, until: Option<Day>) -> Ledger {
        let mut balances = Ledger::default();
        for decided in self.posted(until) {
            balances.add(tell::journal(&self.world, &decided.intent));
        }
        balances
    }

    fn posted(&self, until: Option<Day>) -> impl Iterator<Item = &Decided> {
        self.world.decided.iter().filter(move |decided| {
            let is_document = !matches!(decided.intent.body, Body::Item(_));
            is_document && until.is_none_or(|until| dated(&decided.intent) <= until)
        })
    }

    /// What its documents say of tax, as income.
    pub(crate) fn taxed(&self, until: Option<Day>) -> Vec<Taxed> {
        let lines = self.posted(until).flat_map(|decided| match &decided.intent.body {
            Body::Invoice(made) => self.lines(&made.lines, false),
            Body::Bill(made) => self.lines(&made.lines, true),
            Body::CreditNote(note) => self.lines(&note.lines, true),
            Body::SupplierCredit(note) => self.lines(&note.lines, false),
            _ => Vec::new(),
        });
        lines.collect()
    }

    fn lines(&self, lines: &[Line], is_turned: bool) -> Vec<Taxed> {
        let taxed = |line: &Line| {
            let types = &mut self.tax_types.iter();
            let (class, _) = types.find(|(_, name)| **name == line.tax_type).unwrap();
            let taxed = Taxed::new(class, line.amount, line.tax);
            if is_turned { taxed.turned() } else { taxed }
        };
        lines.iter().map(taxed).collect()
    }
}

fn parts(item: &TransactionItem) -> String {
    let part = |part: &Part| format!("    {} {}\n", part.path.join(" / "), part.amount.amount());
    item.parts.iter().map(part).collect()
}

fn transaction(fact: &Fact) -> &Transaction {
    let Said::Transaction(one) = &fact.body else { panic!("{fact:?} is no transaction") };
    one
}

fn held(json: &str, region: &str) -> Vec<Fact> {
    let account = Account {
        region: Region::parse(region).unwrap(),
        seller_id: SELLER.to_owned(),
        marketplaces: Vec::new(),
        buyer_data: false,
    };
    let now = Timestamp::parse("2026-12-31T00:00:00Z").unwrap();
    let all: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap();
    all.iter().map(|raw| read_transaction(&account, raw, now).0).collect()
}

/// Orders with an invoice of their own.
fn orders(world: &World) -> BTreeSet<String> {
    let invoiced =
        world.decided.iter().filter(|decided| matches!(decided.intent.body, Body::Invoice(_)));
    let subjects: BTreeSet<&Subject> = invoiced.map(|decided| &decided.intent.subject).collect();
    let orders = world.facts.iter().filter(|fact| subjects.contains(&fact.subject));
    orders
        .filter_map(|fact| match &fact.body {
            Said::Order(order) => Some(order.order_id.clone()),
            _ => None,
        })
        .collect()
}

fn dated(intent: &Intent) -> Day {
    match &intent.body {
        Body::Invoice(made) | Body::Bill(made) => made.date,
        Body::CreditNote(note) | Body::SupplierCredit(note) => note.date,
        Body::Payment(paid) | Body::Refund(paid) => paid.date,
        Body::ManualJournal(journal) => journal.date,
        _ => panic!("{} is no document of a month's end", intent.part),
    }
}

/// The first rule book of an organisation of the pack, with the accounts that a month's end needs.
/// Clearing in its own currency takes payments.
fn rules_of(pack: &Pack, edition: &str, currency: Currency) -> Rules {
    let (mut chart, mut roles) = (rules::chart(), rules::roles());
    let organisation = &mut chart.organisation;
    edition.clone_into(&mut organisation.version);
    pack.home().clone_into(&mut organisation.country);
    pack.zone.clone_into(&mut organisation.time_zone);
    organisation.base_currency = pack.currency;
    for rate in chart.tax_rates.iter_mut().filter(|rate| rate.tax_type == "NONE") {
        rate.name.clone_from(&pack.classes["none"].name);
    }
    let taking_payments = chart.account_by_id("acc-gbp").unwrap().clone();
    let expense = chart.account_by_id("acc-fx").unwrap().clone();
    for account in &mut chart.accounts {
        if roles.get(&Role::Clearing(currency)) == Some(&account.account_id) {
            account.kind.clone_from(&taking_payments.kind);
            (account.payments_enabled, account.currency) = (true, None);
        }
    }
    for (role, like) in [
        (Role::Deferred, &taking_payments),
        (Role::AccruedFees, &taking_payments),
        (Role::SellerFees, &expense),
        (Role::FbaFees, &expense),
    ] {
        let (known, mut account) = (pack.code(role).unwrap(), like.clone());
        account.account_id = format!("acc-{role}");
        account.code = Some(known.code);
        account.name = known.name;
        roles.insert(role, account.account_id.clone());
        chart.accounts.push(account);
    }
    let mut book = RuleBook::first(&chart, roles).unwrap();
    book.settings.posting = mapping::rulebook::Posting::Post;
    assert_eq!(book.check(&chart), Vec::new());
    Rules { chart, compiled: book.compile().unwrap(), approvals: Vec::new() }
}
