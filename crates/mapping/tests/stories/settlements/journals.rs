//! What documents do to the ledger: journals and tax boxes that an accountant can check by hand.

use std::collections::BTreeMap;

use base::{Currency, Money};
use mapping::Role;
use mapping::settlement::{Pack, Plan, Planned, Way, What};

use crate::settlements::month_end::MonthEnd;
use crate::settlements::{Chosen, Told, boxes};
use crate::tell::{Journal, rows};

const RECEIVABLE: &str = "Accounts Receivable";
const PAYABLE: &str = "Accounts Payable";

/// Balances by account; debits are positive.
#[derive(Default)]
pub(crate) struct Ledger(BTreeMap<String, Money>);

impl Ledger {
    pub(crate) fn add(&mut self, journal: Journal) {
        for (account, amount) in journal {
            let known = self.0.entry(account).or_insert(Money::zero(amount.currency()));
            *known = known.plus(amount).unwrap();
        }
    }

    /// Debits and credits are equal.
    pub(crate) fn text(self) -> String {
        let mut amounts = self.0.values().copied();
        let sum = amounts.next().map(|first| amounts.try_fold(first, Money::plus).unwrap());
        assert!(sum.is_none_or(Money::is_zero), "unbalanced: {:?}", self.0);
        rows(&self.0.into_iter().filter(|(_, amount)| !amount.is_zero()).collect())
    }

    pub(crate) fn of(&self, role: Role, pack: &Pack) -> Option<Money> {
        self.0.get(&name(role, pack)).copied()
    }

    /// What Amazon owes, of all that stands with it: fees that are accrued count as taken off.
    pub(crate) fn with_amazon(&self, pack: &Pack, currency: Currency) -> Money {
        let names = with_amazon(pack, currency);
        let amounts = names.iter().filter_map(|name| self.0.get(name).copied());
        Money::sum(amounts, currency).unwrap()
    }

    /// What does not stand with Amazon: income, costs and tax.
    pub(crate) fn beyond_amazon(mut self, pack: &Pack, currency: Currency) -> String {
        let names = with_amazon(pack, currency);
        self.0.retain(|name, amount| !names.contains(name) && !amount.is_zero());
        rows(&self.0.into_iter().collect())
    }
}

fn with_amazon(pack: &Pack, currency: Currency) -> Vec<String> {
    let roles = [
        Role::Clearing(currency),
        Role::Reserved,
        Role::Deferred,
        Role::CarriedForward,
        Role::AccruedFees,
    ];
    let names = roles.map(|role| name(role, pack)).into_iter();
    names.chain([RECEIVABLE, PAYABLE].map(str::to_owned)).collect()
}

pub(crate) fn told(settlements: &[Told], chosen: &Chosen, before: Option<&MonthEnd>) -> String {
    let pack = &chosen.pack;
    let mut text: Vec<String> = before.map(|before| before.journals(pack)).into_iter().collect();
    let mut ledger = before.map_or_else(Ledger::default, |before| before.balances(None));
    let mut taxed = before.map_or_else(Vec::new, |before| before.taxed(None));
    let cleared = before.and_then(|before| before.cleared(pack));
    if let Some(cleared) = cleared {
        let covered = settlements.iter().map(|told| told.plan.covered);
        assert_eq!(Money::sum(covered, cleared.currency()), Ok(cleared), "the order's documents");
    }
    for told in settlements {
        text.push(format!("settlement {}\n", told.footing.settlement.settlement_id));
        for (head, journal) in journals(told, pack, cleared.is_some()) {
            text.push(format!("{head}\n{}", rows(&journal)));
            let currency = told.footing.sum.currency();
            let sum = Money::sum(journal.iter().map(|(_, amount)| *amount), currency).unwrap();
            assert!(sum.is_zero(), "{head} is off by {sum}");
            ledger.add(journal);
        }
        text.extend(told.plan.questions.iter().map(|one| format!("asks {}\n", one.code)));
        taxed.extend(told.plan.documents.iter().flat_map(boxes::of));
    }
    text.push(format!("balances\n{}", ledger.text()));
    text.push(boxes::told(pack, &taxed));
    text.concat()
}

/// A story that tells the order has its documents' journals already.
fn journals(told: &Told, pack: &Pack, has_orders: bool) -> Vec<(String, Journal)> {
    let plan = &told.plan;
    let mut journals = Vec::new();
    if plan.way == Way::PerOrder && !plan.covered.is_zero() && !has_orders {
        let clearing = name(Role::Clearing(plan.covered.currency()), pack);
        let journal = moved("Order documents", &clearing, plan.covered);
        journals.push(("covered by order documents".to_owned(), journal));
    }
    for planned in &plan.documents {
        journals.push((heading(planned), journal(planned, plan, pack)));
    }
    journals.extend(bank_line(told, pack));
    journals
}

/// The bank's line is matched with the invoice that a positive settlement leaves open.
fn bank_line(told: &Told, pack: &Pack) -> Option<(String, Journal)> {
    let (plan, sum) = (&told.plan, told.footing.sum);
    if plan.way != Way::Summary || !sum.is_positive() {
        return None;
    }
    let open = plan.documents.iter().rfind(|document| document.what == What::Invoice).unwrap();
    assert_eq!(open.total, sum, "the bank's line has the invoice's total");
    let bank = name(Role::Bank(sum.currency()), pack);
    let head = format!("{} bank line for {}", told.deposit.unwrap(), open.number);
    Some((head, moved(RECEIVABLE, &bank, sum)))
}

fn heading(planned: &Planned) -> String {
    let word = match planned.what {
        What::Invoice => "invoice",
        What::Bill => "bill",
        What::Payment { .. } => "payment of",
        What::Journal { .. } => "journal",
        What::Receive { .. } | What::Spend { .. } | What::Transfer { .. } => &planned.part,
    };
    format!("{} {word} {}", planned.date, planned.number)
}

fn journal(planned: &Planned, plan: &Plan, pack: &Pack) -> Journal {
    match planned.what {
        What::Invoice => reversed(bought(planned, RECEIVABLE, pack)),
        What::Bill => bought(planned, PAYABLE, pack),
        What::Payment { of_part, account } => {
            let part = format!("document:{of_part}");
            let of = plan.documents.iter().find(|one| one.part == part).unwrap();
            let account = name(account, pack);
            if of.what == What::Bill {
                moved(&account, PAYABLE, planned.total)
            } else {
                moved(RECEIVABLE, &account, planned.total)
            }
        }
        What::Receive { bank } => reversed(bought(planned, &name(bank, pack), pack)),
        What::Spend { bank } => bought(planned, &name(bank, pack), pack),
        What::Transfer { from, to } => moved(&name(from, pack), &name(to, pack), planned.total),
        What::Journal { against } => {
            let currency = planned.total.currency();
            let lines = planned.lines.iter();
            let rest = Money::sum(lines.clone().map(|line| line.amount), currency).unwrap();
            let lines = lines.map(|line| (name(line.role, pack), line.amount.negated().unwrap()));
            let mut journal: Journal = lines.chain([(name(against, pack), rest)]).collect();
            journal.retain(|(_, amount)| !amount.is_zero());
            journal
        }
    }
}

/// The lines of a purchase are debits, one after the other; the tax is one sum.
fn bought(planned: &Planned, against: &str, pack: &Pack) -> Journal {
    let mut journal = vec![(against.to_owned(), planned.total.negated().unwrap())];
    for line in &planned.lines {
        let net = line.amount.minus(line.tax).unwrap();
        journal.push((name(line.role, pack), net));
    }
    let tax = if matches!(pack.id.as_str(), "uk" | "eu") { "VAT" } else { "GST" };
    journal.push((tax.to_owned(), planned.tax));
    journal.retain(|(_, amount)| !amount.is_zero());
    journal
}

/// Money that leaves one account for another.
fn moved(from: &str, to: &str, amount: Money) -> Journal {
    vec![(to.to_owned(), amount), (from.to_owned(), amount.negated().unwrap())]
}

fn reversed(journal: Journal) -> Journal {
    journal.into_iter().map(|(name, amount)| (name, amount.negated().unwrap())).collect()
}

pub(crate) fn name(role: Role, pack: &Pack) -> String {
    pack.code(role).unwrap().name
}
