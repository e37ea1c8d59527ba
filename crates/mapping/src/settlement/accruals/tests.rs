use std::collections::BTreeSet;

use base::{Currency, Subject};
use facts::finances::TransactionStatus;
use intents::{Body, Decided, Progress};

use super::*;
use crate::orders::samples::{ORDER_ID, Sample, at, fact_of, gbp, sale, uk};

/// A book at the end of January.
struct January {
    sample: Sample,
    way: Way,
    with_documents: BTreeSet<String>,
}

impl January {
    fn new(way: Way, transactions: Vec<Transaction>) -> January {
        let mut sample = uk();
        for (id, code, name) in [
            ("acc-fees", "430", "Amazon selling fees"),
            ("acc-deferred", "651", "Amazon deferred"),
            ("acc-accrued", "652", "Accrued Amazon fees"),
        ] {
            let like = if id == "acc-fees" { "acc-fx" } else { "acc-gbp" };
            let mut account = sample.chart.account_by_id(like).unwrap().clone();
            account.account_id = id.to_owned();
            account.code = Some(code.to_owned());
            account.name = name.to_owned();
            sample.chart.accounts.push(account);
        }
        sample = sample.with(|book| {
            for (role, id) in [
                (Role::SellerFees, "acc-fees"),
                (Role::Deferred, "acc-deferred"),
                (Role::AccruedFees, "acc-accrued"),
            ] {
                book.accounts.insert(role, id.to_owned());
            }
            book.tax_types.insert("input_standard".to_owned(), "INPUT2".to_owned());
        });
        sample.subject = Subject::period("2026-01", "EU/GBP");
        sample.facts = transactions.into_iter().map(fact_of).collect();
        January { sample, way, with_documents: BTreeSet::new() }
    }

    fn decide(&self) -> Changes {
        let day = Day::parse("2026-01-15").unwrap();
        let changes = decide_period(&PeriodSituation {
            situation: self.sample.situation(),
            pack: &Pack::built_in("uk").unwrap(),
            way: self.way,
            period: &Period::of(day, ("EU", "A1SELLER"), Currency::GBP),
            with_documents: &self.with_documents,
        });
        assert_eq!(changes.stop, None);
        changes
    }

    fn keep(&mut self, changes: Changes) {
        let decided = changes.intents.into_iter().map(|intent| Decided {
            intent,
            progress: Progress::new(State::Ready),
            receipt: None,
        });
        self.sample.decided.extend(decided);
    }

    /// `paid 2026-01-31 96.00 GBP 651`
    fn told(&self, changes: &Changes) -> Vec<String> {
        let account = |id: &str| self.sample.chart.account_by_id(id).unwrap().code.clone().unwrap();
        let words = changes.intents.iter().map(|intent| match &intent.body {
            Body::Invoice(made) => format!("invoice {} {} {}", made.number, made.date, made.total),
            Body::Bill(made) => format!("bill {} {} {}", made.number, made.date, made.total),
            Body::CreditNote(made) => {
                format!("credit {} {} {}", made.number, made.date, made.total)
            }
            Body::SupplierCredit(made) => {
                format!("supplier credit {} {} {}", made.number, made.date, made.total)
            }
            Body::Payment(made) => {
                format!("paid {} {} {}", made.date, made.amount, account(&made.account_id))
            }
            Body::Refund(made) => {
                format!("given {} {} {}", made.date, made.amount, account(&made.account_id))
            }
            Body::ManualJournal(made) => {
                let lines = made.lines.iter();
                let lines: Vec<String> =
                    lines.map(|line| format!("{} {}", line.account_code, line.amount)).collect();
                format!("journal {} {}", made.date, lines.join(", "))
            }
            Body::Contact(_)
            | Body::Item(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::Allocation(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::Attachment(_)
            | Body::Undo(_) => panic!("{} is no accrual", intent.part),
        });
        words.collect()
    }
}

#[test]
fn what_is_held_back_at_the_months_end_is_accrued_with_its_tax_and_taken_back() {
    let held = sale("t1", ("2026-01-30", TransactionStatus::Deferred));
    let free = sale("t2", ("2026-01-20", TransactionStatus::Released));
    let mut january = January::new(Way::Summary, vec![held, free]);
    let changes = january.decide();
    let expected = [
        "invoice AMZ-EU-ACCRUAL-2026-01-GBP-1 2026-01-31 96.00 GBP",
        "paid 2026-01-31 96.00 GBP 651",
        "credit AMZ-EU-ACCRUAL-2026-01-GBP-1-R 2026-02-01 96.00 GBP",
        "given 2026-02-01 96.00 GBP 651",
    ];
    assert_eq!(january.told(&changes), expected);
    let Body::Invoice(invoice) = &changes.intents[0].body else { panic!("no invoice") };
    assert_eq!(invoice.tax, gbp(1_600));
    assert_eq!(accrued_by(&changes.intents[0], &january.sample.facts), BTreeSet::from(["t1"]));
    january.keep(changes);
    assert_eq!(january.decide(), Changes::default(), "once");
}

#[test]
fn what_amazon_tells_late_is_accrued_by_a_document_of_its_own() {
    let first = sale("t1", ("2026-01-30", TransactionStatus::Deferred));
    let mut january = January::new(Way::Summary, vec![first]);
    let changes = january.decide();
    january.keep(changes);
    january.sample.facts.push(fact_of(sale("t2", ("2026-01-31", TransactionStatus::Deferred))));
    let told = january.told(&january.decide());
    assert_eq!(told[0], "invoice AMZ-EU-ACCRUAL-2026-01-GBP-2 2026-01-31 96.00 GBP");
    assert_eq!(told.len(), 4);
}

#[test]
fn a_release_by_the_months_end_or_after_it_decides() {
    let mut held = sale("t1", ("2026-01-25", TransactionStatus::DeferredReleased));
    held.released_by = Some("r1".to_owned());
    let mut release = sale("r1", ("2026-01-31", TransactionStatus::Released));
    release.releases = Some("t1".to_owned());
    let january = January::new(Way::Summary, vec![held.clone(), release.clone()]);
    assert!(january.decide().intents.is_empty());
    release.posted = at("2026-02-01");
    let january = January::new(Way::Summary, vec![held, release]);
    assert_eq!(january.decide().intents.len(), 4);
}

#[test]
fn order_by_order_fees_alone_are_accrued_where_the_order_has_documents() {
    let held = sale("t1", ("2026-01-30", TransactionStatus::Deferred));
    let mut january = January::new(Way::PerOrder, vec![held]);
    january.with_documents.insert(ORDER_ID.to_owned());
    let expected = [
        "bill AMZ-EU-ACCRUAL-2026-01-GBP-1 2026-01-31 24.00 GBP",
        "paid 2026-01-31 24.00 GBP 652",
        "supplier credit AMZ-EU-ACCRUAL-2026-01-GBP-1-R 2026-02-01 24.00 GBP",
        "given 2026-02-01 24.00 GBP 652",
    ];
    assert_eq!(january.told(&january.decide()), expected);
    january.with_documents.clear();
    assert_eq!(january.told(&january.decide())[1], "paid 2026-01-31 96.00 GBP 651");
}

#[test]
fn each_document_names_its_own_transactions() {
    let held = |id| sale(id, ("2026-01-30", TransactionStatus::Deferred));
    let mut strange = held("t2");
    strange.order_id = Some("202-7654321-7654321".to_owned());
    let mut january = January::new(Way::PerOrder, vec![held("t1"), strange]);
    january.with_documents.insert(ORDER_ID.to_owned());
    let changes = january.decide();
    let of = |account: &str| {
        let paid = changes.intents.iter().find(|intent| {
            let Body::Payment(paid) = &intent.body else { return false };
            paid.account_id == account
        });
        accrued_by(paid.unwrap(), &january.sample.facts)
    };
    assert_eq!(of("acc-deferred"), BTreeSet::from(["t2"]));
    assert_eq!(of("acc-accrued"), BTreeSet::from(["t1"]));
}

#[test]
fn without_vat_two_journals_say_the_same() {
    let held = sale("t1", ("2026-01-30", TransactionStatus::Deferred));
    let mut january = January::new(Way::Summary, vec![held]);
    january.sample.chart.organisation.pays_tax = false;
    let told = january.told(&january.decide());
    let lines = "201 -120.00 GBP, 430 24.00 GBP, 651 96.00 GBP";
    let back = "201 120.00 GBP, 430 -24.00 GBP, 651 -96.00 GBP";
    assert_eq!(told, [format!("journal 2026-01-31 {lines}"), format!("journal 2026-02-01 {back}")]);
}

#[test]
fn drafts_and_closed_months_accrue_nothing() {
    let held = sale("t1", ("2026-01-30", TransactionStatus::Deferred));
    let mut january = January::new(Way::Summary, vec![held]);
    january.sample.chart.organisation.period_lock = Day::parse("2026-01-31").ok();
    let day = Day::parse("2026-01-15").unwrap();
    let changes = decide_period(&PeriodSituation {
        situation: january.sample.situation(),
        pack: &Pack::built_in("uk").unwrap(),
        way: Way::Summary,
        period: &Period::of(day, ("EU", "A1SELLER"), Currency::GBP),
        with_documents: &BTreeSet::new(),
    });
    assert_eq!(changes.stop.unwrap().code, "period_locked");
    january.sample = january.sample.with(|book| book.settings.posting = Posting::Draft);
    assert!(january.decide().intents.is_empty());
}
