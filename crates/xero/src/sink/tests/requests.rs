//! The exact bytes that leave.

use base::{Call, Currency, Money, Response};
use intents::{Body, ContactRef, Intent, InvoiceStatus, Kind, Send};
use proptest::prelude::*;

use super::super::{BuildError, build};
use super::fixtures::*;
use crate::api::invoices;

pub(super) fn built(kind: Kind, members: &[Intent]) -> Send {
    let members: Vec<(Intent, u32)> = members.iter().map(|one| (one.clone(), 1)).collect();
    build("tenant", kind, &members, &receipts()).unwrap()
}

#[track_caller]
pub(super) fn check(send: &Send, method: &str, target: &str, body: &str) {
    assert_eq!(send.request.method.as_str(), method);
    assert_eq!(send.request.target(), target);
    assert_eq!(String::from_utf8(send.request.body.clone()).unwrap(), body);
}

pub(super) fn header<'a>(send: &'a Send, name: &str) -> Option<&'a str> {
    let found = send.request.headers.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

#[test]
fn an_invoice_is_put_with_its_tax_and_four_decimals() {
    let mut made = made_invoice("AMZ-1", gbp(12_000), gbp(20_00));
    made.url = Some("https://sellercentral.amazon.co.uk/orders-v3/order/202-1".to_owned());
    made.lines = vec![tracked(line(gbp(12_000), gbp(20_00)))];
    made.lines[0].item_code = Some("MUG".to_owned());
    let send = built(Kind::Invoice, &[intent("AMZ-1", Body::Invoice(made))]);
    let body = concat!(
        r#"{"Invoices":[{"Type":"ACCREC","InvoiceNumber":"AMZ-1","Reference":"202-1","#,
        r#""Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"#,
        r#""Date":"2026-01-30","DueDate":"2026-02-13","LineAmountTypes":"Inclusive","CurrencyCode":"GBP","#,
        r#""Url":"https://sellercentral.amazon.co.uk/orders-v3/order/202-1","Status":"AUTHORISED","#,
        r#""LineItems":[{"Description":"Blue mug","Quantity":1,"UnitAmount":120.00,"ItemCode":"MUG","#,
        r#""AccountCode":"200","TaxType":"OUTPUT2","TaxAmount":20.00,"#,
        r#""Tracking":[{"TrackingCategoryID":"cat-1","TrackingOptionID":"opt-1"}]}]}]}"#,
    );
    check(&send, "PUT", "/Invoices?summarizeErrors=false&unitdp=4", body);
    assert_eq!(header(&send, "xero-tenant-id"), Some("tenant"));
    assert_eq!(header(&send, "accept"), Some("application/json"));
    assert_eq!(header(&send, "content-type"), Some("application/json"));
    assert_eq!(header(&send, "idempotency-key").map(str::len), Some(40));
}

#[test]
fn a_foreign_invoice_carries_its_rate_and_its_own_decimals() {
    let yen = |minor| Money::from_minor(minor, Currency::JPY);
    let mut made = made_invoice("AMZ-1", yen(5980), yen(543));
    made.rate = Some(rate("190.512345"));
    made.status = InvoiceStatus::Draft;
    made.lines[0].account_code = String::new();
    made.contact = ContactRef::Made(id("contact:uk"));
    let send = built(Kind::Invoice, &[intent("AMZ-1", Body::Invoice(made))]);
    let body = concat!(
        r#"{"Invoices":[{"Type":"ACCREC","InvoiceNumber":"AMZ-1","Reference":"202-1","Contact":{"ContactID":"con-1"},"#,
        r#""Date":"2026-01-30","DueDate":"2026-02-13","LineAmountTypes":"Inclusive","CurrencyCode":"JPY","#,
        r#""CurrencyRate":190.512345,"Status":"DRAFT","LineItems":[{"Description":"Blue mug","Quantity":1,"#,
        r#""UnitAmount":5980,"AccountID":"acc-200","TaxType":"OUTPUT2","TaxAmount":543}]}]}"#,
    );
    check(&send, "PUT", "/Invoices?summarizeErrors=false&unitdp=4", body);
}

#[test]
fn an_edit_names_the_invoice_in_its_path_and_never_its_number() {
    let send = built(Kind::InvoiceEdit, &[edit()]);
    let body = concat!(
        r#"{"Invoices":[{"Reference":"202-1","Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"#,
        r#""Date":"2026-01-30","DueDate":"2026-02-13","LineAmountTypes":"Inclusive","CurrencyCode":"GBP","#,
        r#""Status":"AUTHORISED","LineItems":[{"Description":"Blue mug","Quantity":1,"UnitAmount":96.00,"#,
        r#""AccountCode":"200","TaxType":"OUTPUT2","TaxAmount":16.00}]}]}"#,
    );
    check(&send, "POST", "/Invoices/inv-1?unitdp=4", body);
}

#[test]
fn an_invoice_is_voided_and_a_draft_deleted() {
    let send = built(Kind::InvoiceVoid, &[void()]);
    check(&send, "POST", "/Invoices/inv-1?unitdp=4", r#"{"Invoices":[{"Status":"VOIDED"}]}"#);
    let send = build("tenant", Kind::InvoiceVoid, &[(void(), 1)], &draft_receipts()).unwrap();
    check(&send, "POST", "/Invoices/inv-1?unitdp=4", r#"{"Invoices":[{"Status":"DELETED"}]}"#);
}

#[test]
fn a_credit_note_is_put_with_positive_lines() {
    let send = built(Kind::CreditNote, &[credit_note("AMZ-1-CN1")]);
    let body = concat!(
        r#"{"CreditNotes":[{"Type":"ACCRECCREDIT","CreditNoteNumber":"AMZ-1-CN1","Reference":"202-1","#,
        r#""Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"Date":"2026-02-01","#,
        r#""LineAmountTypes":"Inclusive","CurrencyCode":"GBP","Status":"AUTHORISED","#,
        r#""LineItems":[{"Description":"Blue mug","Quantity":1,"UnitAmount":60.00,"AccountCode":"200","#,
        r#""TaxType":"OUTPUT2","TaxAmount":10.00}]}]}"#,
    );
    check(&send, "PUT", "/CreditNotes?summarizeErrors=false&unitdp=4", body);
}

#[test]
fn an_allocation_joins_two_documents() {
    let send = built(Kind::Allocation, &[allocation()]);
    let body =
        r#"{"Allocations":[{"Invoice":{"InvoiceID":"inv-1"},"Amount":60.00,"Date":"2026-02-01"}]}"#;
    check(&send, "PUT", "/CreditNotes/cn-1/Allocations?summarizeErrors=false", body);
}

#[test]
fn payments_name_invoice_and_account_by_id() {
    let members = [payment("payment:1", gbp(11_300)), payment("payment:2", gbp(7_00))];
    let send = built(Kind::Payment, &members);
    let body = concat!(
        r#"{"Payments":[{"Invoice":{"InvoiceID":"inv-1"},"Account":{"AccountID":"0c61c7b2-2b47-4e0c-9a3b-5d2f3f4f1f00"},"#,
        r#""Date":"2026-01-31","Amount":113.00,"Reference":"202-1"},"#,
        r#"{"Invoice":{"InvoiceID":"inv-1"},"Account":{"AccountID":"0c61c7b2-2b47-4e0c-9a3b-5d2f3f4f1f00"},"#,
        r#""Date":"2026-01-31","Amount":7.00,"Reference":"202-1"}]}"#,
    );
    check(&send, "PUT", "/Payments?summarizeErrors=false", body);
}

#[test]
fn contacts_and_items_are_put_with_what_identifies_them() {
    let send = built(Kind::Contact, &[contact("Amazon.co.uk", "amazon:S:UK")]);
    let body = r#"{"Contacts":[{"Name":"Amazon.co.uk","ContactNumber":"amazon:S:UK"}]}"#;
    check(&send, "PUT", "/Contacts?summarizeErrors=false", body);
    let send = built(Kind::Item, &[item("MUG")]);
    let body = r#"{"Items":[{"Code":"MUG","Name":"Blue mug","IsSold":true,"IsPurchased":false}]}"#;
    check(&send, "PUT", "/Items?summarizeErrors=false&unitdp=4", body);
}

#[test]
fn the_same_send_has_the_same_key_and_another_generation_another() {
    let key = |generation| {
        let members = [(invoice("AMZ-1"), generation)];
        let send = build("tenant", Kind::Invoice, &members, &receipts()).unwrap();
        header(&send, "idempotency-key").unwrap().to_owned()
    };
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
    let other = build("other", Kind::Invoice, &[(invoice("AMZ-1"), 1)], &receipts()).unwrap();
    assert_ne!(header(&other, "idempotency-key"), Some(key(1).as_str()));
}

#[track_caller]
fn check_refused(kind: Kind, members: &[Intent], is_it: fn(&BuildError) -> bool) {
    let members: Vec<(Intent, u32)> = members.iter().map(|one| (one.clone(), 1)).collect();
    let error = build("tenant", kind, &members, &receipts()).unwrap_err();
    assert!(is_it(&error), "{error}");
}

#[test]
fn what_promises_were_broken_about_is_not_sent() {
    check_refused(Kind::Invoice, &[], |e| matches!(e, BuildError::Empty));
    check_refused(Kind::Invoice, &[void()], |e| matches!(e, BuildError::Mixed { .. }));
    check_refused(Kind::InvoiceVoid, &[void(), void()], |e| {
        matches!(e, BuildError::TooMany { .. })
    });

    let mut made = made_invoice("AMZ-2", gbp(12_000), gbp(20_00));
    made.contact = ContactRef::Made(id("contact:nobody"));
    let unknown = intent("AMZ-2", Body::Invoice(made));
    check_refused(Kind::Invoice, &[unknown], |e| matches!(e, BuildError::MissingReceipt { .. }));

    let mut made = made_invoice("AMZ-2", gbp(12_000), gbp(20_00));
    made.total = gbp(11_999);
    let untied = intent("AMZ-2", Body::Invoice(made));
    check_refused(Kind::Invoice, &[untied], |e| matches!(e, BuildError::Untied { .. }));

    let mut made = made_invoice("AMZ-2", gbp(12_000), gbp(20_00));
    made.tax = gbp(20_01);
    let untied = intent("AMZ-2", Body::Invoice(made));
    check_refused(Kind::Invoice, &[untied], |e| matches!(e, BuildError::Untied { .. }));

    let mut made = made_invoice("AMZ-2", gbp(12_000), gbp(20_00));
    made.lines[0].quantity = 3.into();
    let inexact = intent("AMZ-2", Body::Invoice(made));
    check_refused(Kind::Invoice, &[inexact], |e| matches!(e, BuildError::Inexact { .. }));

    let mut made = made_invoice("AMZ-2", gbp(12_000), gbp(20_00));
    made.rate = Some(rate("1.2345678"));
    let fine = intent("AMZ-2", Body::Invoice(made));
    let error = build("tenant", Kind::Invoice, &[(fine.clone(), 1)], &receipts()).unwrap_err();
    assert_eq!(error.code(), "unsendable");
    check_refused(Kind::Invoice, &[fine], |e| matches!(e, BuildError::TooFine { .. }));
}

proptest! {
    #[test]
    fn amounts_are_exact_both_ways(minor in 1_i64..10_000_000_000_000, share in 0_i64..100) {
        let (total, tax) = (gbp(minor), gbp(minor / 120 * share / 100));
        let made = made_invoice("AMZ-1", total, tax);
        let send = built(Kind::Invoice, &[intent("AMZ-1", Body::Invoice(made))]);
        // What we wrote is read as a reply would be: the fields have the same names.
        let response = Response { status: 200, headers: Vec::new(), body: send.request.body };
        let page = invoices::Get { invoice_id: "x" }.read(&response).unwrap();
        let line = &page.invoices[0].line_items[0];
        prop_assert_eq!(Money::exact(line.unit_amount.unwrap().0, Currency::GBP).unwrap(), total);
        prop_assert_eq!(Money::exact(line.tax_amount.unwrap().0, Currency::GBP).unwrap(), tax);
    }
}
