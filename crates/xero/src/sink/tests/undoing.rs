//! Taking back: the request for each kind, what counts as gone, and why Xero may not let go.

use intents::{Intent, Kind};

use super::super::{BuildError, build};
use super::fixtures::*;
use super::outcomes::{check as check_reply, check_page};
use super::requests::{built, check, header};
use super::sightings::{check as check_seen, check_asked, check_sent};

#[test]
fn each_kind_is_taken_back_in_its_own_way() {
    let voided = |collection: &str| format!(r#"{{"{collection}":[{{"Status":"VOIDED"}}]}}"#);
    let deleted = r#"{"Status":"DELETED"}"#;
    for (part, kind, target, body) in [
        ("payment", Kind::Payment, "/Payments/pay-1", deleted.to_owned()),
        ("payment", Kind::Refund, "/Payments/pay-1", deleted.to_owned()),
        ("AMZ-1", Kind::Invoice, "/Invoices/inv-1?unitdp=4", voided("Invoices")),
        ("bill", Kind::Bill, "/Invoices/bill-1?unitdp=4", voided("Invoices")),
        ("AMZ-1-CN1", Kind::CreditNote, "/CreditNotes/cn-1?unitdp=4", voided("CreditNotes")),
        ("AMZ-1-CN1", Kind::SupplierCredit, "/CreditNotes/cn-1?unitdp=4", voided("CreditNotes")),
        (
            "bank",
            Kind::BankTransaction,
            "/BankTransactions/bt-1?unitdp=4",
            format!(r#"{{"BankTransactions":[{deleted}]}}"#),
        ),
        ("transfer", Kind::BankTransfer, "/BankTransfers/tr-1", deleted.to_owned()),
        ("journal", Kind::ManualJournal, "/ManualJournals/mj-1", voided("ManualJournals")),
    ] {
        let send = built(Kind::Undo, &[undo(part, kind)]);
        check(&send, "POST", target, &body);
        assert!(header(&send, "idempotency-key").is_some());
    }
    let send = built(Kind::Undo, &[undo("allocated", Kind::Allocation)]);
    check(&send, "DELETE", "/CreditNotes/cn-1/Allocations/al-1", "");
    assert_eq!(header(&send, "idempotency-key"), None);
}

#[test]
fn a_draft_is_deleted() {
    let members = [(undo("AMZ-1", Kind::Invoice), 1)];
    let send = build("tenant", Kind::Undo, &members, &draft_receipts()).unwrap();
    check(&send, "POST", "/Invoices/inv-1?unitdp=4", r#"{"Invoices":[{"Status":"DELETED"}]}"#);
}

#[test]
fn what_xero_keeps_for_ever_cannot_be_taken_back() {
    for kind in [Kind::Contact, Kind::Item, Kind::Attachment, Kind::Undo, Kind::InvoiceVoid] {
        let members = [(undo("AMZ-1", kind), 1)];
        let error = build("tenant", Kind::Undo, &members, &receipts()).unwrap_err();
        assert!(matches!(error, BuildError::NotUndoable { .. }), "{error}");
    }
    let mut given = receipts();
    given.receipts.get_mut(&id("allocated")).unwrap().remote_id = "cn-1:inv-1".to_owned();
    let members = [(undo("allocated", Kind::Allocation), 1)];
    let error = build("tenant", Kind::Undo, &members, &given).unwrap_err();
    assert!(matches!(error, BuildError::NoKey { .. }), "{error}");
}

/// What each kind of thing looks like, alive: collection, member, element.
fn things() -> Vec<(&'static str, Intent, String)> {
    let note = r#"{"Type":"ACCRECCREDIT","CreditNoteID":"cn-1","Status":"AUTHORISED"}"#;
    vec![
        ("Invoices", undo("AMZ-1", Kind::Invoice), invoice_json("AMZ-1", "inv-1", "")),
        ("Invoices", undo("bill", Kind::Bill), invoice_json("AMZ-EU-1", "bill-1", "")),
        ("CreditNotes", undo("AMZ-1-CN1", Kind::CreditNote), note.to_owned()),
        ("Payments", undo("payment", Kind::Payment), payment_json("pay-1", "60.00", "")),
        ("BankTransactions", undo("bank", Kind::BankTransaction), bank_json("bt-1", "SPEND", "")),
        ("BankTransfers", undo("transfer", Kind::BankTransfer), transfer_json("tr-1", "")),
        ("ManualJournals", undo("journal", Kind::ManualJournal), journal_json("mj-1", "")),
    ]
}

fn gone(element: &str) -> String {
    element.replace("AUTHORISED", "DELETED").replace("POSTED", "VOIDED")
}

#[test]
fn it_is_delivered_when_it_reads_back_as_gone() {
    for (collection, member, alive) in things() {
        let members = [member];
        let intents::Body::Undo(made) = &members[0].body else { panic!("an undoing") };
        let remote_id = receipts().receipts[&made.of].remote_id.clone();
        let delivered = format!("delivered {remote_id}");
        check_page(collection, &[gone(&alive)], &members, &[&delivered]);
        check_page(collection, std::slice::from_ref(&alive), &members, &["differs xero_differs"]);
        let other = gone(&alive).replace(&remote_id, "another");
        check_page(collection, &[other], &members, &["unclear unclear_reply"]);
    }
}

#[test]
fn gone_is_found_and_alive_is_absent() {
    for (collection, member, alive) in things() {
        let members = [member];
        let intents::Body::Undo(made) = &members[0].body else { panic!("an undoing") };
        let remote_id = receipts().receipts[&made.of].remote_id.clone();
        let found = format!("found {remote_id}");
        // It is the receipt of the intent that made it, and must be found all the same.
        let sent = reply(200, &page(collection, &[gone(&alive)]));
        check_sent(sent, &members, &[&remote_id], &[&found]);
        check_seen(collection, &[alive], &members, &["absent"]);
        check_seen(collection, &[], &members, &["unclear look_up_failed"]);
        check_sent(reply(404, ""), &members, &[], &["differs document_missing"]);
    }
}

#[test]
fn each_is_asked_for_by_its_id() {
    for (part, kind, target) in [
        ("AMZ-1", Kind::Invoice, "/Invoices/inv-1?unitdp=4"),
        ("AMZ-1-CN1", Kind::SupplierCredit, "/CreditNotes/cn-1?unitdp=4"),
        ("allocated", Kind::Allocation, "/CreditNotes/cn-1?unitdp=4"),
        ("payment", Kind::Refund, "/Payments/pay-1"),
        ("bank", Kind::BankTransaction, "/BankTransactions/bt-1?unitdp=4"),
        ("transfer", Kind::BankTransfer, "/BankTransfers/tr-1"),
        ("journal", Kind::ManualJournal, "/ManualJournals/mj-1"),
    ] {
        check_asked(&[undo(part, kind)], target);
    }
}

#[test]
fn an_allocation_is_gone_when_its_credit_note_has_it_no_more() {
    let members = [undo("allocated", Kind::Allocation)];
    let alone = r#"{"AllocationId":"al-1","Date":"/Date(1551822670731)/","Invoice":[{"InvoiceID":"inv-1"}],"IsDeleted":true}"#;
    check_reply(&reply(200, alone), &members, &["delivered al-1"]);
    let listed = r#"{"Allocations":[{"AllocationID":"al-1","IsDeleted":true}]}"#;
    check_reply(&reply(200, listed), &members, &["delivered al-1"]);
    check_reply(&reply(200, "{}"), &members, &["unclear unclear_reply"]);
    // Deleted twice is deleted once: a look-up tells.
    check_reply(&reply(404, ""), &members, &["unclear document_missing"]);

    let note =
        |allocations: &str| format!(r#"{{"CreditNoteID":"cn-1","Allocations":[{allocations}]}}"#);
    let still = r#"{"AllocationID":"AL-1","Amount":60.00}"#;
    check_seen("CreditNotes", &[note("")], &members, &["found al-1"]);
    check_seen("CreditNotes", &[note(still)], &members, &["absent"]);
    let deleted = still.replace(r#""Amount""#, r#""IsDeleted":true,"Amount""#);
    check_seen("CreditNotes", &[note(&deleted)], &members, &["found al-1"]);
    check_seen(
        "CreditNotes",
        &[note(r#"{"Amount":60.00}"#)],
        &members,
        &["unclear look_up_failed"],
    );
    let other = note("").replace("cn-1", "cn-2");
    check_seen("CreditNotes", &[other], &members, &["unclear look_up_failed"]);
}

#[track_caller]
fn check_complaint(member: Intent, complaint: &str, expected: &str) {
    let body = format!(
        r#"{{"ErrorNumber":10,"Elements":[{{"ValidationErrors":[{{"Message":"{complaint}"}}]}}]}}"#
    );
    check_reply(&reply(400, &body), &[member], &[expected]);
}

#[test]
fn why_xero_does_not_let_go_has_a_code() {
    let bill = || undo("bill", Kind::Bill);
    for (complaint, expected) in [
        (
            "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
            "refused has_payments",
        ),
        (
            "This document cannot be edited as it has a payment or credit note allocated to it.",
            "refused has_payments",
        ),
        (
            "This document cannot be edited as it has a reconciled payment or credit note allocated to it.",
            "refused document_reconciled",
        ),
        (
            "The document date cannot be before the period lock date, currently set at 31 Dec 2025",
            "refused period_locked",
        ),
        ("Something new", "refused xero_refused"),
        // Xero does not change what is voided: it may be gone already.
        ("Invoice not of valid status for modification", "unclear already_exists"),
        ("The payment has already been deleted", "unclear already_exists"),
    ] {
        check_complaint(bill(), complaint, expected);
    }
    check_complaint(
        undo("bank", Kind::BankTransaction),
        "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement.",
        "refused document_reconciled",
    );
}
