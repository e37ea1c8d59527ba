//! What is particular to each kind: how its members are found in a reply and read back.

use super::fixtures::*;
use super::outcomes::{check, check_page};

#[test]
fn an_edit_is_delivered_when_the_new_content_reads_back() {
    let old = invoice_json("AMZ-1", "inv-1", "");
    let new = old.replace("120.00", "96.00").replace("20.00", "16.00").replace("96.0000", "96.00");
    check_page("Invoices", &[new], &[edit()], &["delivered inv-1"]);
    check_page("Invoices", &[old], &[edit()], &["differs xero_differs"]);
}

#[test]
fn a_void_is_delivered_when_the_status_says_so() {
    let live = invoice_json("AMZ-1", "INV-1", "");
    let voided = live.replace("AUTHORISED", "VOIDED");
    check_page("Invoices", &[voided], &[void()], &["delivered INV-1"]);
    check_page("Invoices", &[live], &[void()], &["differs xero_differs"]);
    let paid = r#"{"Elements":[{"ValidationErrors":[{"Message":"The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."}]}]}"#;
    check(&reply(400, paid), &[void()], &["refused document_not_editable"]);
}

#[test]
fn a_credit_note_is_judged_as_an_invoice_is() {
    let element = r#"{"Type":"ACCRECCREDIT","CreditNoteID":"c-1","CreditNoteNumber":"AMZ-1-CN1","Reference":"202-1",
        "Contact":{"ContactID":"5B96E86B-418E-48E8-8949-308C14AEC278"},"Date":"/Date(1769904000000+0000)/","Status":"AUTHORISED",
        "TotalTax":10.00,"Total":"60.00","CurrencyCode":"GBP","LineItems":[]}"#;
    let members = [credit_note("AMZ-1-CN1")];
    check_page("CreditNotes", &[element.to_owned()], &members, &["delivered c-1"]);
    let short = element.replace(r#""60.00""#, "59.00");
    check_page("CreditNotes", &[short], &members, &["differs xero_differs"]);
}

#[test]
fn payments_are_told_apart_by_invoice_account_and_amount() {
    let members = [payment("p:1", gbp(11_300)), payment("p:2", gbp(7_00))];
    let elements = [payment_json("b", "7.00", ""), payment_json("a", "113.00", "")];
    check_page("Payments", &elements, &members, &["delivered a", "delivered b"]);
    let other = payment_json("a", "113.00", "").replace(CLEARING, "acc-9");
    check_page("Payments", &[other], &members, &["unclear unclear_reply"; 2]);
}

#[test]
fn payments_that_are_alike_take_their_elements_in_turn() {
    let members = [payment("p:1", gbp(60_00)), payment("p:2", gbp(60_00))];
    let elements = [payment_json("a", "60.00", ""), payment_json("b", "60.00", "")];
    check_page("Payments", &elements, &members, &["delivered a", "delivered b"]);
    let repeated = [payment_json("a", "60.00", ""), payment_json("a", "60.00", "")];
    check_page("Payments", &repeated, &members, &["delivered a", "unclear unclear_reply"]);
    check_page("Payments", &elements, &members[..1], &["unclear unclear_reply"]);
}

#[test]
fn a_payment_that_finds_nothing_outstanding_is_looked_up_although_xero_gives_it_an_id() {
    let bad = r#""HasValidationErrors":true,"ValidationErrors":[{"Message":"Payment amount exceeds the amount outstanding on this document"}],"#;
    let members = [payment("p:1", gbp(60_00))];
    let element = payment_json("61ed71fc", "60.00", bad);
    check_page("Payments", &[element], &members, &["unclear payment_exceeds_outstanding"]);
}

#[test]
fn payments_that_differ_by_their_day_alone_are_told_apart_by_it() {
    let first = payment("p:1", gbp(60_00));
    let mut second = payment("p:2", gbp(60_00));
    if let intents::Body::Payment(payment) = &mut second.body {
        payment.date = payment.date.after_days(1);
    }
    let members = [first, second];
    let of_first = payment_json("a", "60.00", "");
    let of_second = payment_json("b", "60.00", "").replace("1769817600000", "1769904000000");
    let shuffled = [of_second.clone(), of_first];
    check_page("Payments", &shuffled, &members, &["delivered a", "delivered b"]);
    check_page("Payments", &[of_second], &members, &["unclear unclear_reply", "delivered b"]);
}

#[test]
fn a_payment_of_another_day_or_status_differs() {
    let members = [payment("p:1", gbp(60_00))];
    let late = payment_json("a", "60.00", "").replace("1769817600000", "1769904000000");
    check_page("Payments", &[late], &members, &["differs xero_differs"]);
    let gone = payment_json("a", "60.00", "").replace("AUTHORISED", "DELETED");
    check_page("Payments", &[gone], &members, &["differs xero_differs"]);
}

#[test]
fn an_allocation_without_an_id_is_named_by_its_documents() {
    let element = r#"{"Amount":60.00,"Date":"/Date(1769904000000+0000)/","Invoice":{"InvoiceID":"inv-1","LineItems":[]},"ValidationErrors":[]}"#;
    check_page("Allocations", &[element.to_owned()], &[allocation()], &["delivered cn-1:inv-1"]);
    let named = element.replace(r#"{"Amount""#, r#"{"AllocationID":"al-1","Amount""#);
    check_page("Allocations", &[named], &[allocation()], &["delivered al-1"]);
    let bad = element.replace(
        r#""ValidationErrors":[]"#,
        r#""ValidationErrors":[{"Message":"Amount too large"}]"#,
    );
    check_page("Allocations", &[bad], &[allocation()], &["refused xero_refused"]);
}

#[test]
fn contacts_and_items_are_delivered_by_number_and_code() {
    let members = [contact("Amazon.co.uk", "amazon:S:UK"), contact("Amazon.de", "amazon:S:DE")];
    let elements = [
        r#"{"ContactID":"c-de","ContactNumber":"amazon:S:DE","Name":"Amazon.de","ContactStatus":"ACTIVE"}"#.to_owned(),
        r#"{"ContactID":"c-uk","ContactNumber":"amazon:S:UK","Name":"Amazon.co.uk","ContactStatus":"ACTIVE"}"#.to_owned(),
    ];
    check_page("Contacts", &elements, &members, &["delivered c-uk", "delivered c-de"]);
    let element = r#"{"ItemID":"i-1","Code":"MUG","IsTrackedAsInventory":false}"#.to_owned();
    check_page("Items", &[element], &[item("MUG")], &["delivered i-1"]);
}
