//! Lines without tax as money on clearing or as journals: the same amounts on the same accounts.

use std::collections::BTreeMap;

use base::{Currency, Money};
use proptest::prelude::*;

use super::{About, about, any_group, footing, gbp, group, part, uk};
use crate::Role;
use crate::settlement::plan::lines::NO_TAX;
use crate::settlement::plan::{Plan, Planned, UntaxedLines, Way, What, plan};
use crate::settlement::words::LineKind;

const CLEARING: Role = Role::Clearing(Currency::GBP);

/// With the clearing account that it needs.
fn chosen(untaxed_lines: UntaxedLines) -> About {
    let clearing_is_bank = untaxed_lines == UntaxedLines::BankTransaction;
    About { clearing_is_bank, untaxed_lines, ..about(Way::PerOrder) }
}

/// A taxed fee, an untaxed claim, and what Amazon holds back.
fn mixed(reserve: i64) -> Plan {
    planned(&[(LineKind::SellingFee, -1200), (LineKind::Claim, -300), reserved(reserve)])
}

fn reserved(minor: i64) -> (LineKind, i64) {
    (LineKind::CurrentReserve, minor)
}

fn planned(rows: &[(LineKind, i64)]) -> Plan {
    planned_as(UntaxedLines::ManualJournal, rows)
}

fn planned_as(untaxed_lines: UntaxedLines, rows: &[(LineKind, i64)]) -> Plan {
    let groups = rows.iter().map(|(kind, minor)| group(*kind, *minor)).collect();
    plan(&footing(vec![part("2026-01-01", groups)]), &uk(), &chosen(untaxed_lines)).unwrap()
}

fn documents(plan: &Plan) -> Vec<(What, &str, i64)> {
    let all = plan.documents.iter().filter(|one| one.is_document());
    all.map(|one| (one.what, one.number.as_str(), one.total.minor())).collect()
}

fn roles(planned: &Planned) -> Vec<(Role, i64)> {
    planned.lines.iter().map(|line| (line.role, line.amount.minor())).collect()
}

#[test]
fn a_journal_has_what_no_return_asks_for() {
    let plan = mixed(-500);
    let journal = What::Journal { against: CLEARING };
    assert_eq!(
        documents(&plan),
        [(What::Bill, "AMZ-EU-12345678901-1", 1200), (journal, "AMZ-EU-12345678901-2", 800)]
    );
    let journal = plan.documents.iter().find(|one| one.what == journal).unwrap();
    assert_eq!(roles(journal), [(Role::Claims, -300), (Role::Reserved, -500)]);
    assert_eq!(plan.documents.iter().filter(|one| one.part.starts_with("payment")).count(), 1);
    // Debits and credits are told once: 10.00 came back, 3.00 of it is a cost.
    assert_eq!(documents(&mixed(1000))[1].2, 1000);
}

#[test]
fn money_on_clearing_goes_one_way_or_both() {
    let rows = |reserve| [(LineKind::Claim, -300), reserved(reserve)];
    let spent = planned_as(UntaxedLines::BankTransaction, &rows(-500));
    let bank = CLEARING;
    assert_eq!(documents(&spent), [(What::Spend { bank }, "AMZ-EU-12345678901-1", 800)]);
    assert_eq!(roles(&spent.documents[0]), [(Role::Claims, 300), (Role::Reserved, 500)]);
    let received = planned_as(UntaxedLines::BankTransaction, &rows(1000));
    assert_eq!(documents(&received), [(What::Receive { bank }, "AMZ-EU-12345678901-1", 700)]);
    let nothing = planned_as(UntaxedLines::BankTransaction, &rows(300));
    assert_eq!(
        documents(&nothing),
        [
            (What::Receive { bank }, "AMZ-EU-12345678901-1", 300),
            (What::Spend { bank }, "AMZ-EU-12345678901-2", 300)
        ]
    );
    // A journal of nothing balances by itself.
    let journal = planned(&rows(300));
    assert_eq!(documents(&journal)[0].2, 300);
    assert_eq!(journal.documents.len(), 1);
}

/// What stands on clearing already cannot be moved there.
#[test]
fn a_balance_on_clearing_is_on_a_document_that_moves_nothing() {
    let rows = [(LineKind::PayableToAmazon, -3000), (LineKind::Claim, -300)];
    for (untaxed, through) in [
        (UntaxedLines::ManualJournal, CLEARING),
        (UntaxedLines::BankTransaction, Role::CarriedForward),
    ] {
        let plan = planned_as(untaxed, &rows);
        let bill = plan.documents.iter().find(|one| one.what == What::Bill).unwrap();
        assert_eq!(roles(bill), [(through, 3000)]);
        let payment = What::Payment { of_part: 2, account: through };
        assert!(plan.documents.iter().any(|one| one.what == payment), "{plan:?}");
    }
}

#[test]
fn what_clearing_does_not_take_is_asked_about_and_stays_a_document() {
    let groups = vec![group(LineKind::SellingFee, -1200), group(LineKind::Claim, -300)];
    let footing = footing(vec![part("2026-01-01", groups)]);
    for untaxed_lines in [UntaxedLines::BankTransaction, UntaxedLines::ManualJournal] {
        let fitting = chosen(untaxed_lines);
        let asked = About { clearing_is_bank: !fitting.clearing_is_bank, ..fitting.clone() };
        let refused = plan(&footing, &uk(), &asked).unwrap();
        let codes: Vec<&str> = refused.questions.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["untaxed_lines_unusable"]);
        assert!(refused.questions[0].detail.contains(untaxed_lines.as_str()));
        assert_eq!(documents(&refused), [(What::Bill, "AMZ-EU-12345678901-1", 1500)]);
        assert!(plan(&footing, &uk(), &fitting).unwrap().questions.is_empty());
        // One document's total is what reaches the bank: there is nothing to choose.
        let summary = About { way: Way::Summary, ..asked };
        assert!(plan(&footing, &uk(), &summary).unwrap().questions.is_empty());
    }
}

/// What all documents do to every account, debits positive; receivables and payables come to nothing.
fn balances(plan: &Plan) -> BTreeMap<Role, i64> {
    let mut sums: BTreeMap<Role, i64> = BTreeMap::new();
    let mut add = |role: Role, minor: i64| {
        let sum = sums.entry(role).or_default();
        *sum = sum.checked_add(minor).expect("a small sum");
    };
    for document in &plan.documents {
        for line in &document.lines {
            let income = document.as_income(line.amount).expect("a small sum").minor();
            add(line.role, income.checked_neg().expect("a small sum"));
        }
        let total = document.total.minor();
        let other_side = || total.checked_neg().expect("a small sum");
        match document.what {
            What::Invoice | What::Bill => {}
            What::Payment { of_part, account } => {
                let part = format!("document:{of_part}");
                let of = plan.documents.iter().find(|one| one.part == part).expect("a document");
                add(account, if of.what == What::Bill { other_side() } else { total });
            }
            What::Receive { bank } => add(bank, total),
            What::Spend { bank } => add(bank, other_side()),
            What::Transfer { from, to } => {
                add(from, other_side());
                add(to, total);
            }
            What::Journal { against } => {
                let lines = document.lines.iter().map(|line| line.amount);
                add(against, Money::sum(lines, Currency::GBP).expect("a small sum").minor());
            }
        }
    }
    sums.retain(|_, minor| *minor != 0);
    sums
}

proptest! {
    /// Whatever lines become, every account has the same, and what a return asks for is on invoices
    /// and bills.
    #[test]
    fn the_choice_moves_no_balance(
        groups in proptest::collection::vec(any_group(), 0..8),
        late in proptest::collection::vec(any_group(), 0..8),
        untaxed_lines in proptest::sample::select(UntaxedLines::ALL.to_vec()),
    ) {
        let footing = footing(vec![part("2024-07-01", groups), part("2024-08-01", late)]);
        let asked = chosen(untaxed_lines);
        let usual = About { untaxed_lines: UntaxedLines::Document, ..asked.clone() };
        let (usual, other) = (plan(&footing, &uk(), &usual)?, plan(&footing, &uk(), &asked)?);
        prop_assert_eq!(balances(&usual), balances(&other));
        prop_assert_eq!(usual.posted, other.posted);
        for document in other.documents.iter().filter(|one| one.is_document()) {
            prop_assert!(document.total.is_positive(), "{:?}", document);
            let is_paper = matches!(document.what, What::Invoice | What::Bill);
            for line in &document.lines {
                prop_assert!(is_paper || (line.class == NO_TAX && line.tax == gbp(0)));
            }
            if matches!(document.what, What::Receive { .. } | What::Spend { .. }) {
                let lines = document.lines.iter().map(|line| line.amount);
                prop_assert_eq!(Money::sum(lines, Currency::GBP)?, document.total);
            }
        }
    }
}
