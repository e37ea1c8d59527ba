//! Posted documents that are read again: which call, and what it shows of them.

use base::Timestamp;
use intents::{Decided, Intent, Kind, Progress, State};

use super::super::{Finding, Resource, Shelf, read_by_ids, read_changed};
use super::fixtures::*;

fn posted(intent: Intent, remote_id: &str) -> Decided {
    let progress = Progress::new(State::Posted);
    let receipt = Some(receipt(remote_id, "AUTHORISED"));
    Decided { intent, progress, receipt }
}

fn shelf(resource: Resource, collection: &str, elements: &[String]) -> Shelf {
    let script = Script::new([reply(200, &page(collection, elements))]);
    now(read_changed(&script, "tenant", resource, None, 1)).unwrap()
}

fn invoices(elements: &[String]) -> Shelf {
    shelf(Resource::Invoices, "Invoices", elements)
}

#[track_caller]
fn check(shelf: &Shelf, posted: &Decided, expected: Option<&Finding>) {
    assert_eq!(shelf.find(posted, &receipts()).as_ref(), expected);
}

#[test]
fn what_changed_is_asked_for_with_its_lines_in_the_order_of_the_changes() {
    let since = Timestamp::parse("2026-11-24T06:00:00.500Z").ok();
    let cases = [
        (
            Resource::Invoices,
            "Invoices",
            "/Invoices?order=UpdatedDateUTC%20ASC&unitdp=4&page=2&pageSize=1000",
        ),
        (
            Resource::CreditNotes,
            "CreditNotes",
            "/CreditNotes?order=UpdatedDateUTC%20ASC&unitdp=4&page=2&pageSize=1000",
        ),
        (
            Resource::Payments,
            "Payments",
            "/Payments?order=UpdatedDateUTC%20ASC&page=2&pageSize=1000",
        ),
        (
            Resource::BankTransactions,
            "BankTransactions",
            "/BankTransactions?order=UpdatedDateUTC%20ASC&unitdp=4&page=2&pageSize=1000",
        ),
        (Resource::BankTransfers, "BankTransfers", "/BankTransfers?includeDeleted=true"),
        (
            Resource::ManualJournals,
            "ManualJournals",
            "/ManualJournals?order=UpdatedDateUTC%20ASC&page=2&pageSize=1000",
        ),
    ];
    for (resource, collection, target) in cases {
        let script = Script::new([reply(200, &page(collection, &[]))]);
        let shelf = now(read_changed(&script, "tenant", resource, since, 2)).unwrap();
        assert!(!shelf.more && shelf.ids().is_empty());
        let asked = &script.asked()[0];
        assert_eq!(asked.target(), target);
        let header = ("if-modified-since".to_owned(), "2026-11-24T06:00:00Z".to_owned());
        assert!(asked.headers.contains(&header), "{collection}");
    }
}

#[test]
fn many_are_read_by_their_ids_in_one_call() {
    let ids = ["a".to_owned(), "b".to_owned()];
    let cases = [
        (
            Resource::Invoices,
            "Invoices",
            "/Invoices?IDs=a%2Cb&includeArchived=true&unitdp=4&page=1&pageSize=1000",
        ),
        (
            Resource::Payments,
            "Payments",
            "/Payments?where=PaymentID%3D%3Dguid%28%22a%22%29%20OR%20PaymentID%3D%3Dguid%28%22b%22%29&page=1&pageSize=1000",
        ),
    ];
    for (resource, collection, target) in cases {
        let script = Script::new([reply(200, &page(collection, &[]))]);
        now(read_by_ids(&script, "tenant", resource, &ids)).unwrap();
        assert_eq!(script.asked()[0].target(), target);
    }
    let gone = reply(404, "");
    let script = Script::new([gone, reply(200, &page("BankTransfers", &[transfer_json("b", "")]))]);
    let shelf = now(read_by_ids(&script, "tenant", Resource::BankTransfers, &ids)).unwrap();
    assert_eq!(shelf.ids(), ["b"]);
}

#[test]
fn an_invoice_that_reads_as_it_was_meant_is_the_same() {
    let ours = posted(invoice("AMZ-1"), "INV-1");
    let shelf = invoices(&[invoice_json("AMZ-1", "inv-1", "")]);
    check(&shelf, &ours, Some(&Finding::Same));
    check(&invoices(&[]), &ours, None);
    // Its number does not make another document ours.
    check(&invoices(&[invoice_json("AMZ-1", "inv-2", "")]), &ours, None);
    let draft = invoice_json("AMZ-1", "inv-1", "").replace("\"Total\":120.00,", "");
    check(&invoices(&[draft]), &ours, Some(&Finding::Unclear));
}

#[test]
fn what_was_ended_is_told_apart() {
    let ours = posted(invoice("AMZ-1"), "inv-1");
    for (status, expected) in [("VOIDED", Finding::Voided), ("DELETED", Finding::Deleted)] {
        let wire = invoice_json("AMZ-1", "inv-1", "").replace("AUTHORISED", status);
        check(&invoices(&[wire]), &ours, Some(&expected));
    }
    let paid = posted(payment("payment", gbp(12_000)), "pay-1");
    let wire = payment_json("pay-1", "120.00", "").replace("AUTHORISED", "DELETED");
    check(&shelf(Resource::Payments, "Payments", &[wire]), &paid, Some(&Finding::Deleted));
}

#[test]
fn what_was_edited_is_told_with_both_values_and_the_lines() {
    let ours = posted(invoice("AMZ-1"), "inv-1");
    let wire = invoice_json("AMZ-1", "inv-1", "")
        .replace(r#""AccountCode":"200""#, r#""AccountCode":"260""#);
    let words = "line: 120.00 GBP to 200 with OUTPUT2 was not kept so; Xero's lines: 120 to 260 with OUTPUT2";
    check(&invoices(&[wire]), &ours, Some(&Finding::Edited(words.to_owned())));
    let wire = invoice_json("AMZ-1", "inv-1", "").replace("\"Total\":120.00", "\"Total\":121.00");
    let words = "total: 120.00 was meant, Xero has 121.00";
    check(&invoices(&[wire]), &ours, Some(&Finding::Edited(words.to_owned())));
}

#[test]
fn an_allocation_that_is_not_on_its_credit_note_was_taken_away() {
    let ours = posted(allocation(), "al-1");
    let note = |allocations: &str| {
        format!(
            r#"{{"Type":"ACCRECCREDIT","CreditNoteID":"cn-1","CreditNoteNumber":"AMZ-1-CN1","Status":"AUTHORISED","Allocations":[{allocations}]}}"#
        )
    };
    let shelf =
        |allocations: &str| shelf(Resource::CreditNotes, "CreditNotes", &[note(allocations)]);
    let there = r#"{"AllocationID":"al-1","Amount":60.00,"Invoice":{"InvoiceID":"inv-1"}}"#;
    let there = shelf(there);
    check(&there, &ours, Some(&Finding::Same));
    assert_eq!(there.ids(), ["cn-1", "al-1"]);
    check(&shelf(""), &ours, Some(&Finding::Deleted));
}

#[test]
fn what_could_double_ours_is_shown_with_its_texts() {
    let wire = invoice_json("INV-7", "x", "").replace("\"AUTHORISED\"", "\"PAID\"");
    let others = invoices(&[wire, invoice_json("INV-8", "y", "").replace("AUTHORISED", "DRAFT")]);
    let others = others.strangers();
    assert_eq!(
        (others[0].kind, others[0].is_live, others[1].is_live),
        (Kind::Invoice, true, false)
    );
    assert_eq!(others[0].texts, ["INV-7", "202-1"]);
    let bank = shelf(
        Resource::BankTransactions,
        "BankTransactions",
        &[bank_json("b", "RECEIVE-TRANSFER", "")],
    );
    assert!(bank.strangers().is_empty(), "a side of a transfer is no document");
    let journal = shelf(Resource::ManualJournals, "ManualJournals", &[journal_json("j", "")]);
    assert_eq!(journal.strangers()[0].kind, Kind::ManualJournal);
}

#[test]
fn sales_are_read_whole_or_not_at_all() {
    let bill = invoice_json("B-1", "b", "").replace("ACCREC", "ACCPAY");
    let both = invoices(&[bill, invoice_json("AMZ-1", "inv-1", "")]);
    let sales = both.sales().unwrap();
    assert_eq!((sales.len(), sales[0].amount_paid.to_string().as_str()), (1, "0.00"));
    let unreadable = invoice_json("AMZ-1", "inv-1", "").replace("\"CurrencyCode\":\"GBP\",", "");
    assert!(invoices(&[unreadable]).sales().is_err());
}
