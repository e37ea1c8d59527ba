//! What a look-up adopts, holds, and calls absent.

use std::collections::BTreeSet;

use base::{Sent, Timestamp};
use intents::{Intent, Kind, Sighting};

use super::super::{Given, Looked, look};
use super::fixtures::*;

fn word(sighting: &Sighting) -> String {
    match sighting {
        Sighting::Found(receipt) => format!("found {}", receipt.remote_id),
        Sighting::Differs(_, reason) => format!("differs {}", reason.code),
        Sighting::Absent => "absent".to_owned(),
        Sighting::Unclear(reason) => format!("unclear {}", reason.code),
    }
}

fn looked(script: &Script, members: &[Intent], taken: &[&str]) -> Looked {
    let kind = members.first().map_or(Kind::Invoice, Intent::kind);
    let taken: BTreeSet<String> = taken.iter().map(|id| (*id).to_owned()).collect();
    now(look(script, "tenant", kind, members, &receipts(), &taken))
}

#[track_caller]
pub(super) fn check_sent(
    sent: Sent,
    members: &[Intent],
    taken: &[&str],
    expected: &[&str],
) -> Looked {
    let script = Script::new([sent]);
    let looked = looked(&script, members, taken);
    let words: Vec<String> = looked.sightings.iter().map(|(_, sighting)| word(sighting)).collect();
    assert_eq!(words, expected);
    assert_eq!(script.asked().len(), 1);
    looked
}

#[track_caller]
pub(super) fn check(collection: &str, elements: &[String], members: &[Intent], expected: &[&str]) {
    check_sent(reply(200, &page(collection, elements)), members, &[], expected);
}

#[track_caller]
pub(super) fn check_asked(members: &[Intent], expected: &str) {
    let script = Script::new([]);
    looked(&script, members, &[]);
    assert_eq!(script.asked()[0].target(), expected);
    assert!(
        script.asked()[0].headers.contains(&("xero-tenant-id".to_owned(), "tenant".to_owned()))
    );
}

#[test]
fn one_request_asks_for_all_members() {
    let members = [invoice("AMZ-1"), invoice("AMZ-2")];
    check_asked(
        &members,
        "/Invoices?InvoiceNumbers=AMZ-1%2CAMZ-2&includeArchived=true&unitdp=4&page=1&pageSize=1000",
    );
    check_asked(&[item("MUG")], "/Items?unitdp=4");
    check_asked(&[edit()], "/Invoices/inv-1?unitdp=4");
    check_asked(&[void()], "/Invoices/inv-1?unitdp=4");
    check_asked(&[allocation()], "/CreditNotes/cn-1?unitdp=4");
    check_asked(
        &[credit_note("AMZ-1-CN1"), credit_note("AMZ-2-CN1")],
        "/CreditNotes?where=CreditNoteNumber%3D%3D%22AMZ-1-CN1%22%20OR%20CreditNoteNumber%3D%3D%22AMZ-2-CN1%22&unitdp=4&page=1&pageSize=1000",
    );
    check_asked(
        &[payment("p:1", gbp(1)), payment("p:2", gbp(2))],
        "/Payments?where=Invoice.InvoiceId%3D%3Dguid%28%22inv-1%22%29&page=1&pageSize=1000",
    );
    check_asked(
        &[contact("A \"B\"", "n")],
        "/Contacts?where=ContactNumber%3D%3D%22n%22%20OR%20Name%3D%3D%22A%20%5C%22B%5C%22%22&includeArchived=true&page=1&pageSize=1000",
    );
}

#[test]
fn a_long_condition_is_asked_in_parts() {
    let members: Vec<Intent> =
        (0..50).map(|n| credit_note(&format!("AMZ-203-1234567-12345{n:02}-CN1"))).collect();
    let empty = || reply(200, &page("CreditNotes", &[]));
    let script = Script::new([empty(), empty(), empty()]);
    let looked = looked(&script, &members, &[]);
    assert_eq!(script.asked().len(), 2);
    assert!(script.asked().iter().all(|request| request.target().len() < 4_000));
    assert_eq!(looked.detail, "200: 50 absent");
}

#[test]
fn an_invoice_that_equals_the_intent_is_adopted() {
    let members = [invoice("AMZ-1")];
    let found = invoice_json("AMZ-1", "i-1", "");
    check("Invoices", std::slice::from_ref(&found), &members, &["found i-1"]);
    check("Invoices", &[found.replace("AUTHORISED", "PAID")], &members, &["found i-1"]);
    let other_day = found.replace("2026-01-30", "2026-01-29");
    check("Invoices", &[other_day], &members, &["found i-1"]);
    check("Invoices", &[], &members, &["absent"]);
}

#[test]
fn anything_else_under_the_number_is_held() {
    let members = [invoice("AMZ-1")];
    let found = invoice_json("AMZ-1", "i-1", "");
    for (from, to) in [
        (r#""Total":120.00"#, r#""Total":120.01"#),
        (r#""TotalTax":20.00"#, r#""TotalTax":0"#),
        (r#""CurrencyCode":"GBP""#, r#""CurrencyCode":"USD""#),
        (CONTACT, "someone-else"),
        (r#""Reference":"202-1""#, r#""Reference":"""#),
        (r#""Status":"AUTHORISED""#, r#""Status":"SUBMITTED""#),
        (r#""Status":"AUTHORISED""#, r#""Status":"DRAFT""#),
    ] {
        check("Invoices", &[found.replace(from, to)], &members, &["differs xero_differs"]);
    }
    let twice = [found.clone(), found.replace("i-1", "i-2")];
    check("Invoices", &twice, &members, &["differs xero_differs"]);
}

#[test]
fn a_number_that_was_voided_is_used_up() {
    let members = [invoice("AMZ-1")];
    let found = invoice_json("AMZ-1", "i-1", "");
    let voided = found.replace("AUTHORISED", "VOIDED");
    check("Invoices", std::slice::from_ref(&voided), &members, &["differs invoice_number_taken"]);
    let deleted = found.replace("AUTHORISED", "DELETED");
    check("Invoices", std::slice::from_ref(&deleted), &members, &["differs invoice_number_taken"]);
    check("Invoices", &[deleted, found.replace("i-1", "i-2")], &members, &["found i-2"]);
    let bill = found.replace("ACCREC", "ACCPAY");
    check("Invoices", &[bill], &members, &["absent"]);
}

#[test]
fn what_is_anothers_receipt_is_never_adopted() {
    let sent = reply(200, &page("Invoices", &[invoice_json("AMZ-1", "i-1", "")]));
    check_sent(sent, &[invoice("AMZ-1")], &["i-1"], &["differs xero_differs"]);
}

#[test]
fn payments_adopt_ids_that_are_nobodys_and_each_once() {
    let members = [payment("p:1", gbp(60_00)), payment("p:2", gbp(60_00))];
    let elements = [payment_json("a", "60.00", ""), payment_json("b", "60.0000", "")];
    check("Payments", &elements, &members, &["found a", "found b"]);
    check("Payments", &elements[..1], &members, &["found a", "absent"]);
    let sent = reply(200, &page("Payments", &elements));
    check_sent(sent, &members, &["a"], &["found b", "absent"]);
}

#[test]
fn a_deleted_payment_or_one_of_another_amount_is_not_there() {
    let members = [payment("p:1", gbp(60_00))];
    let deleted = payment_json("a", "60.00", "").replace("AUTHORISED", "DELETED");
    check("Payments", &[deleted], &members, &["absent"]);
    check("Payments", &[payment_json("a", "59.99", "")], &members, &["absent"]);
    let account = payment_json("a", "60.00", "").replace(CLEARING, "acc-9");
    check("Payments", &[account], &members, &["absent"]);
}

#[test]
fn a_contact_is_found_by_number_whatever_its_name_is_now() {
    let members = [contact("Amazon.co.uk", "n")];
    let renamed =
        r#"{"ContactID":"c-1","ContactNumber":"n","Name":"Amazon EU","ContactStatus":"ACTIVE"}"#;
    check("Contacts", &[renamed.to_owned()], &members, &["found c-1"]);
    let merged = renamed.replace(r#""ACTIVE""#, r#""ARCHIVED","MergedToContactID":"c-2""#);
    check("Contacts", &[merged], &members, &["found c-2"]);
    let archived = renamed.replace("ACTIVE", "ARCHIVED");
    check("Contacts", &[archived], &members, &["differs contact_archived"]);
}

#[test]
fn a_contact_of_the_same_name_is_adopted_if_it_has_no_number() {
    let members = [contact("Amazon.co.uk", "n")];
    let named = r#"{"ContactID":"c-1","Name":"AMAZON.co.uk","ContactStatus":"ACTIVE"}"#.to_owned();
    check("Contacts", std::slice::from_ref(&named), &members, &["found c-1"]);
    let numbered = named.replace(r#""Name""#, r#""ContactNumber":"m","Name""#);
    check("Contacts", &[numbered], &members, &["differs contact_name_taken"]);
    let archived = named.replace("ACTIVE", "ARCHIVED");
    check("Contacts", &[archived], &members, &["absent"]);
    let sent = reply(200, &page("Contacts", &[named]));
    check_sent(sent, &members, &["c-1"], &["differs contact_name_taken"]);
}

#[test]
fn an_item_is_found_by_its_code_unless_xero_keeps_its_stock() {
    let found =
        r#"{"ItemID":"i-1","Code":"MUG","Name":"Other","IsTrackedAsInventory":false}"#.to_owned();
    check("Items", std::slice::from_ref(&found), &[item("MUG")], &["found i-1"]);
    check("Items", std::slice::from_ref(&found), &[item("CUP")], &["absent"]);
    check("Items", &[found.replace("false", "true")], &[item("MUG")], &["differs xero_differs"]);
}

#[test]
fn an_edit_is_found_when_the_new_content_is_there_word_for_word() {
    let old = invoice_json("AMZ-1", "inv-1", "");
    let new = old.replace("120.00", "96.00").replace("20.00", "16.00").replace("96.0000", "96.00");
    check("Invoices", std::slice::from_ref(&new), &[edit()], &["found inv-1"]);
    check("Invoices", std::slice::from_ref(&old), &[edit()], &["absent"]);
    check("Invoices", &[new.replace("Blue mug", "Red mug")], &[edit()], &["absent"]);
    let paid = old.replace(r#""AmountPaid":0.00"#, r#""AmountPaid":5.00"#);
    check("Invoices", &[paid], &[edit()], &["differs document_not_editable"]);
    let voided = old.replace("AUTHORISED", "VOIDED");
    check("Invoices", &[voided], &[edit()], &["differs document_not_editable"]);
}

#[test]
fn a_void_is_found_absent_or_in_the_way_of_payments() {
    let live = invoice_json("AMZ-1", "inv-1", "");
    check("Invoices", std::slice::from_ref(&live), &[void()], &["absent"]);
    check("Invoices", &[live.replace("AUTHORISED", "VOIDED")], &[void()], &["found inv-1"]);
    check(
        "Invoices",
        &[live.replace("AUTHORISED", "PAID")],
        &[void()],
        &["differs document_not_editable"],
    );
}

#[test]
fn a_document_that_xero_does_not_know_is_held() {
    let body = "The resource you're looking for cannot be found";
    check_sent(reply(404, body), &[void()], &[], &["differs document_missing"]);
    check_sent(reply(404, body), &[allocation()], &[], &["unclear document_missing"]);
}

#[test]
fn an_allocation_is_found_in_its_credit_note() {
    let credit_note = |allocations: &str| {
        format!(r#"{{"CreditNoteID":"cn-1","Status":"AUTHORISED","Allocations":[{allocations}]}}"#)
    };
    let one = r#"{"AllocationID":"al-1","Amount":60.00,"Invoice":{"InvoiceID":"inv-1"}}"#;
    check("CreditNotes", &[credit_note(one)], &[allocation()], &["found al-1"]);
    check("CreditNotes", &[credit_note("")], &[allocation()], &["absent"]);
    let undone = one.replace(r#""Amount""#, r#""IsDeleted":true,"Amount""#);
    check("CreditNotes", &[credit_note(&undone)], &[allocation()], &["absent"]);
    check(
        "CreditNotes",
        &[credit_note(&one.replace("60.00", "6.00"))],
        &[allocation()],
        &["absent"],
    );
}

#[test]
fn a_look_up_that_fails_says_nothing() {
    let members = [invoice("AMZ-1")];
    for sent in [
        Sent::Lost("timeout".to_owned()),
        Sent::NotSent("no route".to_owned()),
        reply(500, ""),
        reply(400, r#"{"ErrorNumber":16,"Type":"QueryParseException","Message":"x"}"#),
        reply(200, r#"{"Invoices":[{"#),
        reply(200, "{}"),
        reply(404, "x"),
    ] {
        let members = &members;
        let script = Script::new([sent]);
        let looked = looked(&script, members, &[]);
        assert!(matches!(looked.sightings[0].1, Sighting::Unclear(_)), "{:?}", looked.sightings);
    }
}

#[test]
fn a_page_that_is_not_the_last_proves_no_absence() {
    let body =
        r#"{"pagination":{"page":1,"pageSize":1000,"pageCount":2,"itemCount":1001},"Payments":[]}"#;
    check_sent(reply(200, body), &[payment("p:1", gbp(1))], &[], &["unclear look_up_failed"]);
}

#[test]
fn a_used_up_budget_and_a_closed_door_are_told_apart() {
    let until = Timestamp(9);
    let looked =
        check_sent(Sent::Busy(until), &[invoice("AMZ-1")], &[], &["unclear look_up_failed"]);
    assert_eq!((looked.busy, looked.status), (Some(until), None));
    let gone = r#"{"Status":403,"Detail":"AuthenticationUnsuccessful"}"#;
    let looked =
        check_sent(reply(403, gone), &[invoice("AMZ-1")], &[], &["unclear look_up_failed"]);
    assert_eq!(looked.trouble.map(|trouble| trouble.code()), Some("disconnected"));
}

#[test]
fn a_member_whose_document_has_no_receipt_is_not_asked_for() {
    let script = Script::new([]);
    let members = [payment("p:1", gbp(1))];
    let none = Given::default();
    let looked = now(look(&script, "tenant", Kind::Payment, &members, &none, &BTreeSet::new()));
    assert_eq!(word(&looked.sightings[0].1), "unclear missing_receipt");
    assert!(script.asked().is_empty());
}
