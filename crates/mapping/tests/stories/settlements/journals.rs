//! What documents do to the ledger: journals and tax boxes that an accountant can check by hand.

use std::collections::BTreeMap;

use base::Money;
use mapping::Role;
use mapping::settlement::close::Boxes;
use mapping::settlement::{Pack, Plan, Planned, Way, What};

use crate::settlements::{Chosen, Told};

const RECEIVABLE: &str = "Accounts Receivable";
const PAYABLE: &str = "Accounts Payable";

/// Debits are positive.
type Journal = Vec<(String, Money)>;

pub(crate) fn told(settlements: &[Told], chosen: &Chosen) -> String {
    let mut text = Vec::new();
    let mut ledger: BTreeMap<String, Money> = BTreeMap::new();
    for told in settlements {
        text.push(format!("settlement {}\n", told.footing.settlement.settlement_id));
        for (head, journal) in journals(told, &chosen.pack) {
            text.push(format!("{head}\n{}", rows(&journal)));
            let currency = told.footing.sum.currency();
            let sum = Money::sum(journal.iter().map(|(_, amount)| *amount), currency).unwrap();
            assert!(sum.is_zero(), "{head} is off by {sum}");
            for (account, amount) in journal {
                let known = ledger.entry(account).or_insert(Money::zero(currency));
                *known = known.plus(amount).unwrap();
            }
        }
        text.extend(told.plan.questions.iter().map(|one| format!("asks {}\n", one.code)));
    }
    let balances: Journal = ledger.into_iter().filter(|(_, amount)| !amount.is_zero()).collect();
    text.push(format!("balances\n{}", rows(&balances)));
    text.push(boxes(settlements, chosen));
    text.concat()
}

fn journals(told: &Told, pack: &Pack) -> Vec<(String, Journal)> {
    let plan = &told.plan;
    let mut journals = Vec::new();
    if plan.way == Way::PerOrder && !plan.covered.is_zero() {
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

fn rows(journal: &Journal) -> String {
    let row = |(account, amount): &(String, Money)| {
        let shown = if amount.is_negative() { amount.negated().unwrap() } else { *amount };
        let shown = shown.amount().to_string();
        let (debit, credit) =
            if amount.is_negative() { (String::new(), shown) } else { (shown, String::new()) };
        format!("{}\n", format!("    {account:<34}{debit:>10}{credit:>10}").trim_end())
    };
    journal.iter().map(row).collect()
}

/// Boxes 1, 4, 6 and 7 of the British return, in the settlement's currency.
fn boxes(settlements: &[Told], chosen: &Chosen) -> String {
    if chosen.pack.id != "uk" {
        return String::new();
    }
    let currency = settlements[0].footing.sum.currency();
    let mut sums = Boxes::none(currency);
    for planned in settlements.iter().flat_map(|told| &told.plan.documents) {
        let is_cost = matches!(planned.what, What::Bill | What::Spend { .. });
        for line in &planned.lines {
            let net = line.amount.minus(line.tax).unwrap();
            let of_line = Boxes::of_income(&line.class, net, line.tax).unwrap();
            let of_line = of_line.unwrap_or_else(|| panic!("{} is no tax class", line.class));
            let of_line = if is_cost { of_line.negated().unwrap() } else { of_line };
            sums = sums.plus(of_line).unwrap();
        }
    }
    let [one, four, six, seven, eight, nine] = sums.0.map(Money::amount);
    assert!(eight.is_zero() && nine.is_zero());
    format!("return boxes: 1 = {one}, 4 = {four}, 6 = {six}, 7 = {seven}\n")
}
