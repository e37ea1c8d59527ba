//! Journals and money on clearing in the place of documents: decided, kept, undone and reversed.

use base::Money;
use facts::Act;
use intents::{BankTransaction, Body, Direction, Kind, ManualJournal, State};

use super::shop::{Shop, claimed, gbp, parts};
use super::{day, kinds};
use crate::rulebook::Posting;
use crate::settlement::plan::{UntaxedLines, Way};
use crate::settlement::way_of;

/// Fees of 24.00 with tax and a claim of 3.00 without.
fn shop(untaxed_lines: UntaxedLines) -> Shop {
    let mut shop = Shop::new(Way::PerOrder, vec![claimed("2026-01-01", -300, -2400)]);
    if untaxed_lines == UntaxedLines::BankTransaction {
        shop.clear_through_bank();
    }
    shop.book(|book| book.settings.untaxed_lines = untaxed_lines);
    shop
}

fn journal(body: &Body) -> &ManualJournal {
    let Body::ManualJournal(made) = body else { panic!("{body:?}") };
    made
}

fn money(body: &Body) -> &BankTransaction {
    let Body::BankTransaction(moved) = body else { panic!("{body:?}") };
    moved
}

#[test]
fn a_journal_balances_against_clearing_and_is_in_a_report_of_cash() {
    let changes = shop(UntaxedLines::ManualJournal).decide();
    assert_eq!(parts(&changes), ["document:1", "payment:1", "document:2", "payout"]);
    let intent = &changes.intents[2];
    let made = journal(&intent.body);
    assert_eq!(made.narration, "AMZ-EU-12345678901-2 Amazon settlement 12345678901");
    assert!(made.on_cash_basis);
    let lines: Vec<(&str, Money, Vec<Money>)> = made
        .lines
        .iter()
        .map(|line| {
            let covers = line.covers.iter().map(|cover| cover.amount).collect();
            (line.account_id.as_str(), line.amount, covers)
        })
        .collect();
    let claim = ("acc-claims", gbp(300), vec![gbp(-300)]);
    assert_eq!(lines, [claim, ("acc-gbp", gbp(-300), Vec::new())]);
    let told = intent.because.traces.iter().filter(|trace| trace.table == "settings");
    let told: Vec<(&str, &str)> =
        told.map(|trace| (trace.rule.as_str(), trace.reading.as_str())).collect();
    assert_eq!(told, [("way", "per_order"), ("untaxed_lines", "manual_journal")]);
}

#[test]
fn money_is_spent_from_clearing_without_a_payment() {
    let changes = shop(UntaxedLines::BankTransaction).decide();
    assert_eq!(parts(&changes), ["document:1", "payment:1", "document:2", "payout"]);
    let moved = money(&changes.intents[2].body);
    assert_eq!((moved.direction, moved.total), (Direction::Spend, gbp(300)));
    assert_eq!(moved.bank_account_id, "acc-gbp");
    assert_eq!(moved.reference, "AMZ-EU-12345678901-2");
    assert!(moved.lines.iter().all(|line| line.tax.is_zero()));
}

#[test]
fn what_the_clearing_account_does_not_take_stops_it() {
    for untaxed_lines in [UntaxedLines::BankTransaction, UntaxedLines::ManualJournal] {
        let mut shop = shop(UntaxedLines::Document);
        if untaxed_lines == UntaxedLines::ManualJournal {
            shop.clear_through_bank();
        }
        shop.book(|book| book.settings.untaxed_lines = untaxed_lines);
        let changes = shop.decide();
        assert_eq!(changes.stop.unwrap().code, "untaxed_lines_unusable");
        assert!(changes.intents.is_empty());
    }
}

/// Xero has drafts of invoices and bills alone.
#[test]
fn a_draft_has_all_lines() {
    let mut shop = shop(UntaxedLines::ManualJournal);
    shop.book(|book| book.settings.posting = Posting::Draft);
    let changes = shop.decide();
    let [Body::Bill(bill)] = [&changes.intents[0].body] else { panic!("{changes:?}") };
    assert_eq!((parts(&changes), bill.total), (vec!["document:1"], gbp(2700)));
}

/// What was posted stays; what was not is decided again.
#[test]
fn another_choice_changes_nothing_that_was_posted() {
    let mut shop = shop(UntaxedLines::ManualJournal);
    shop.step();
    shop.book(|book| book.settings.untaxed_lines = UntaxedLines::Document);
    let changes = shop.decide();
    assert_eq!((parts(&changes).len(), changes.withdraw.len()), (3, 4), "{changes:?}");
    shop.book(|book| book.settings.untaxed_lines = UntaxedLines::ManualJournal);
    shop.comes_to_rest();

    let mut shop = shop.posted();
    shop.attach();
    shop.book(|book| book.settings.untaxed_lines = UntaxedLines::Document);
    shop.comes_to_rest();
    assert_eq!(way_of(&shop.decided), Some(Way::PerOrder));

    // Posted again, it is what the book chooses by then.
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.post();
    shop.say(Act::Repost, "2026-02-11");
    assert_eq!(parts(&shop.decide()), ["document:1", "payment:1", "payout"]);
}

#[test]
fn undone_it_is_gone_and_posted_again_it_takes_the_next_numbers() {
    for untaxed_lines in [UntaxedLines::ManualJournal, UntaxedLines::BankTransaction] {
        let mut shop = shop(untaxed_lines).posted();
        let posted = shop.balances();
        shop.say(Act::Reverse, "2026-02-10");
        let changes = shop.decide();
        assert_eq!(
            parts(&changes),
            ["undo:payment:1:1", "undo:document:1:1", "undo:document:2:1", "undo:payout:1"]
        );
        let Body::Undo(undo) = &changes.intents[2].body else { panic!("{changes:?}") };
        assert!(matches!(undo.of_kind, Kind::ManualJournal | Kind::BankTransaction));
        assert!(undo.label.contains("AMZ-EU-12345678901-2"), "{}", undo.label);
        shop.apply(&changes);
        shop.post();
        assert_eq!(shop.state("document:2"), State::Reversed);
        assert!(shop.live().is_empty());
        assert_eq!(shop.balances(), Vec::new());
        shop.say(Act::Repost, "2026-02-11");
        shop.step();
        shop.post();
        assert_eq!(shop.number("document:1"), "AMZ-EU-12345678901-3");
        assert_eq!(shop.number("document:2"), "AMZ-EU-12345678901-4");
        assert_eq!(shop.balances(), posted);
        shop.attach();
        shop.comes_to_rest();
    }
}

#[test]
fn in_a_closed_period_the_opposite_is_on_the_first_open_day() {
    let mut shop = shop(UntaxedLines::ManualJournal).posted();
    shop.close("2026-03-31");
    shop.say(Act::Reverse, "2026-02-10");
    let changes = shop.decide();
    assert_eq!(
        kinds(&changes),
        [Kind::SupplierCredit, Kind::Refund, Kind::ManualJournal, Kind::BankTransaction]
    );
    let made = journal(&changes.intents[2].body);
    assert_eq!(made.date, day("2026-04-01"));
    assert_eq!(
        made.narration,
        "AMZ-EU-12345678901-2-R Reversal of AMZ-EU-12345678901-2 of 2026-01-21"
    );
    assert_eq!(made.lines[0].amount, gbp(-300));
    assert!(made.lines[0].description.starts_with("Reversal of AMZ-EU-12345678901-2 of 2026"));
    shop.apply(&changes);
    shop.post();
    shop.comes_to_rest();
    assert!(shop.live().is_empty());
    assert!(shop.decide().note.unwrap().detail.contains("period_locked"));
}

#[test]
fn a_journal_that_xero_keeps_is_told_back() {
    let mut shop = shop(UntaxedLines::ManualJournal).posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.refuse("undo:document:2:1", "period_locked");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["undo:reversal:document:2:1"]);
    assert_eq!(journal(&changes.intents[0].body).date, day("2026-02-10"));
    shop.apply(&changes);
    shop.post();
    shop.comes_to_rest();
    assert!(shop.live().is_empty());
}

#[test]
fn money_that_the_bookkeeper_matched_is_turned() {
    let mut shop = shop(UntaxedLines::BankTransaction).posted();
    shop.say(Act::Reverse, "2026-02-10");
    shop.step();
    shop.refuse("undo:document:2:1", "document_reconciled");
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["undo:reversal:document:2:1"]);
    let moved = money(&changes.intents[0].body);
    assert_eq!((moved.direction, moved.total), (Direction::Receive, gbp(300)));
    assert_eq!(moved.reference, "AMZ-EU-12345678901-2-R");
}

/// The report's file goes with the last of the documents, whatever it is.
#[test]
fn files_are_shown_at_a_journal_too() {
    let mut shop = Shop::new(Way::PerOrder, vec![claimed("2026-01-01", -300, 0)]);
    shop.book(|book| book.settings.untaxed_lines = UntaxedLines::ManualJournal);
    shop.step();
    shop.post();
    let changes = shop.decide();
    assert_eq!(parts(&changes), ["attachment:report"]);
    let Body::Attachment(file) = &changes.intents[0].body else { panic!("{changes:?}") };
    assert_eq!(file.to_kind, Kind::ManualJournal);
}
