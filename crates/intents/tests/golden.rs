//! Intents as they were stored once must be read for ever. A file is never changed; a new shape
//! gets a new file.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use intents::{Body, Intent, Kind};

#[track_caller]
fn check(text: &str, kind: Kind) -> Intent {
    let intent: Intent = serde_json::from_str(text).unwrap();
    let again: Intent = serde_json::from_str(&serde_json::to_string(&intent).unwrap()).unwrap();
    assert_eq!(intent, again);
    assert_eq!(intent.kind(), kind);
    intent
}

#[test]
fn every_stored_intent_is_still_read() {
    check(include_str!("golden/contact.json"), Kind::Contact);
    check(include_str!("golden/item.json"), Kind::Item);
    check(include_str!("golden/invoice.json"), Kind::Invoice);
    check(include_str!("golden/invoice_edit.json"), Kind::InvoiceEdit);
    check(include_str!("golden/invoice_void.json"), Kind::InvoiceVoid);
    check(include_str!("golden/credit_note.json"), Kind::CreditNote);
    check(include_str!("golden/allocation.json"), Kind::Allocation);
    check(include_str!("golden/payment.json"), Kind::Payment);
    check(include_str!("golden/bill.json"), Kind::Bill);
    check(include_str!("golden/supplier_credit.json"), Kind::SupplierCredit);
    check(include_str!("golden/refund.json"), Kind::Refund);
    check(include_str!("golden/bank_transaction.json"), Kind::BankTransaction);
    check(include_str!("golden/bank_transfer.json"), Kind::BankTransfer);
    check(include_str!("golden/manual_journal.json"), Kind::ManualJournal);
    check(include_str!("golden/attachment.json"), Kind::Attachment);
    check(include_str!("golden/undo.json"), Kind::Undo);
}

/// A kind's word stands in every row: its body and its golden file are named by it.
#[test]
fn every_kind_has_a_golden_file_and_is_read_by_its_own_word() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for kind in Kind::ALL {
        let path = folder.join(format!("{}.json", kind.as_str()));
        let text = std::fs::read_to_string(&path).unwrap();
        check(&text, kind);
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
}

#[test]
fn an_undoing_refers_to_what_it_takes_back_and_to_what_that_stands_on() {
    let intent = check(include_str!("golden/undo.json"), Kind::Undo);
    let Body::Undo(undo) = &intent.body else { panic!("an undoing") };
    let references = intent.references();
    assert!(references.contains(&undo.of) && references.contains(undo.on.as_ref().unwrap()));
}

/// A journal of a settlement carries rows and moved money; an accrual did neither before there were
/// words for it.
#[test]
fn a_journal_of_a_settlement_says_what_it_carries() {
    let of = |text: &str| {
        let Body::ManualJournal(made) = check(text, Kind::ManualJournal).body else {
            panic!("one")
        };
        made
    };
    let made = of(include_str!("golden/manual_journal_of_settlement.json"));
    assert_eq!(made.number(), "AMZ-NA-19823746510-2");
    assert!(made.on_cash_basis && made.lines.iter().any(|line| !line.covers.is_empty()));
    let accrual = of(include_str!("golden/manual_journal.json"));
    assert!(!accrual.on_cash_basis && accrual.lines.iter().all(|line| line.covers.is_empty()));
}

#[test]
fn an_invoice_from_before_rates_had_sources_is_read_without_one() {
    let intent = check(include_str!("golden/invoice_without_rate_source.json"), Kind::Invoice);
    let Body::Invoice(invoice) = intent.body else { panic!("an invoice") };
    assert_eq!((invoice.rate_source, invoice.rate_from), (None, None));
}
