//! What each reply, and each silence, means for each member.

use base::{Response, Sent, Timestamp};
use intents::{Intent, Kind, Outcome};

use super::super::known::Known;
use super::super::{Pushed, build, outcome, push};
use super::fixtures::*;

const NOW: Timestamp = Timestamp(1_000_000);

fn judged(sent: &Sent, members: &[Intent]) -> Pushed {
    let kind = members.first().map_or(Kind::Invoice, Intent::kind);
    outcome::judge(sent, kind, members, Known::new(&receipts()), NOW)
}

/// `delivered x`, `refused code` and so on.
pub(super) fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered(receipt) => format!("delivered {}", receipt.remote_id),
        Outcome::Differs(_, reason) => format!("differs {}", reason.code),
        Outcome::Refused(reason) => format!("refused {}", reason.code),
        Outcome::Halve(reason) => format!("halve {}", reason.code),
        Outcome::Busy(until) => format!("busy {}", until.since(NOW)),
        Outcome::NotSent(reason) => format!("not sent {}", reason.code),
        Outcome::Unclear(reason) => format!("unclear {}", reason.code),
        Outcome::Lost(reason) => format!("lost {}", reason.code),
    }
}

#[track_caller]
pub(super) fn check(sent: &Sent, members: &[Intent], expected: &[&str]) -> Pushed {
    let pushed = judged(sent, members);
    let words: Vec<String> = pushed.outcomes.iter().map(|(_, outcome)| word(outcome)).collect();
    assert_eq!(words, expected);
    let ids: Vec<_> = pushed.outcomes.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(ids, members.iter().map(|member| member.id.clone()).collect::<Vec<_>>());
    pushed
}

#[track_caller]
pub(super) fn check_page(
    collection: &str,
    elements: &[String],
    members: &[Intent],
    expected: &[&str],
) {
    check(&reply(200, &page(collection, elements)), members, expected);
}

fn one() -> [Intent; 1] {
    [invoice("AMZ-1")]
}

fn two() -> [Intent; 2] {
    [invoice("AMZ-1"), invoice("AMZ-2")]
}

const INVALID: &str = r#"{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred",
    "Elements":[{"ValidationErrors":[{"Message":"Account code '200' is not a valid code for this document."}]}]}"#;

#[test]
fn nothing_sent_is_not_sent_and_a_full_budget_waits() {
    check(&Sent::NotSent("no route".to_owned()), &two(), &["not sent not_sent"; 2]);
    check(&Sent::Busy(NOW.after_ms(7)), &two(), &["busy 7"; 2]);
}

#[test]
fn silence_is_never_a_no() {
    check(&Sent::Lost("timeout".to_owned()), &two(), &["lost timeout"; 2]);
}

#[test]
fn a_saved_invoice_that_reads_back_is_delivered() {
    let elements = [invoice_json("AMZ-1", "i-1", "")];
    let pushed = check(&reply(200, &page("Invoices", &elements)), &one(), &["delivered i-1"]);
    let Outcome::Delivered(receipt) = &pushed.outcomes[0].1 else { panic!("delivered") };
    assert_eq!((receipt.total, receipt.tax), (Some(gbp(12_000)), Some(gbp(20_00))));
    assert_eq!(receipt.number.as_deref(), Some("AMZ-1"));
    assert_eq!(pushed.detail, "200: 1 delivered");
}

#[test]
fn a_shuffled_reply_is_judged_by_number() {
    let elements = [invoice_json("AMZ-2", "i-2", ""), invoice_json("AMZ-1", "i-1", "")];
    check_page("Invoices", &elements, &two(), &["delivered i-1", "delivered i-2"]);
}

#[test]
fn what_a_reply_does_not_mention_is_unclear() {
    let elements = [invoice_json("AMZ-2", "i-2", "")];
    check_page("Invoices", &elements, &two(), &["unclear unclear_reply", "delivered i-2"]);
    check_page("Invoices", &[], &two(), &["unclear unclear_reply"; 2]);
}

#[test]
fn a_repeated_element_counts_once_and_a_second_document_is_unclear() {
    let twice = [invoice_json("AMZ-1", "i-1", ""), invoice_json("AMZ-1", "i-1", "")];
    check_page("Invoices", &twice, &one(), &["delivered i-1"]);
    let rivals = [invoice_json("AMZ-1", "i-1", ""), invoice_json("AMZ-1", "i-9", "")];
    check_page("Invoices", &rivals, &one(), &["unclear unclear_reply"]);
}

#[test]
fn a_bill_with_our_number_is_not_our_invoice() {
    let bill = invoice_json("AMZ-1", "i-1", "").replace("ACCREC", "ACCPAY");
    check_page("Invoices", &[bill], &one(), &["unclear unclear_reply"]);
}

#[test]
fn an_element_is_refused_by_any_of_its_signs() {
    let complaint = r#""ValidationErrors":[{"Message":"Account must be valid."}],"#;
    check_page(
        "Invoices",
        &[invoice_json("AMZ-1", "i", complaint)],
        &one(),
        &["refused account_invalid"],
    );
    let sign = r#""StatusAttributeString":"ERROR","#;
    check_page("Invoices", &[invoice_json("AMZ-1", "i", sign)], &one(), &["refused xero_refused"]);
    let flag =
        invoice_json("AMZ-1", "i", "").replace(r#""HasErrors":false"#, r#""HasErrors":true"#);
    check_page("Invoices", &[flag], &one(), &["refused xero_refused"]);
    let line = invoice_json("AMZ-1", "i", "").replace(
        r#""LineItemID":"x""#,
        r#""ValidationErrors":[{"Message":"The TaxType field is mandatory"}]"#,
    );
    check_page("Invoices", &[line], &one(), &["refused tax_type_invalid"]);
}

#[test]
fn good_members_are_delivered_beside_bad_ones() {
    let bad = r#""StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"The document date cannot be before the period lock date"}],"#;
    let elements = [invoice_json("AMZ-1", "0", bad), invoice_json("AMZ-2", "i-2", "")];
    let sent = reply(200, &page("Invoices", &elements));
    let pushed = check(&sent, &two(), &["refused period_locked", "delivered i-2"]);
    assert_eq!(pushed.detail, "200: 1 delivered, 1 refused period_locked");
}

#[test]
fn a_taken_number_is_a_sighting() {
    let taken = r#""HasErrors":true,"ValidationErrors":[{"Message":"Invoice # must be unique."}],"#;
    let element = invoice_json("AMZ-1", "0", taken).replace(r#","HasErrors":false"#, "");
    check_page("Invoices", &[element], &one(), &["unclear already_exists"]);
    let alone = r#"{"Elements":[{"ValidationErrors":[{"Message":"Invoice # must be unique."}]}]}"#;
    check(&reply(400, alone), &one(), &["unclear already_exists"]);
}

#[test]
fn a_taken_contact_name_or_item_code_is_a_sighting() {
    let element = r#"{"Name":"Amazon.co.uk","ContactNumber":"n","HasValidationErrors":true,"ValidationErrors":[
        {"Message":"The contact name Amazon.co.uk is already assigned to another contact. The contact name must be unique across all active contacts."}]}"#;
    let members = [contact("Amazon.co.uk", "n")];
    check_page("Contacts", &[element.to_owned()], &members, &["unclear already_exists"]);
    let element = r#"{"Code":"MUG","StatusAttributeString":"ERROR","ValidationErrors":[
        {"Message":"Price List Item with Code 'MUG' already exists"}]}"#;
    check_page("Items", &[element.to_owned()], &[item("MUG")], &["unclear already_exists"]);
}

#[test]
fn a_removed_account_leaves_a_document_that_differs() {
    let warning = r#""StatusAttributeString":"WARNING","Warnings":[{"Message":"Account code '200' has been removed as it does not match a recognised account."}],"#;
    check_page(
        "Invoices",
        &[invoice_json("AMZ-1", "i-1", warning)],
        &one(),
        &["differs account_removed"],
    );
}

#[test]
fn a_warning_about_something_else_spoils_nothing() {
    let warning = r#""StatusAttributeString":"WARNING","Warnings":[{"Message":"The currency rate differs from the day's rate."}],"#;
    check_page("Invoices", &[invoice_json("AMZ-1", "i-1", warning)], &one(), &["delivered i-1"]);
}

#[test]
fn every_difference_read_back_is_seen() {
    for (from, to, what) in [
        (r#""Total":120.00"#, r#""Total":119.99"#, "total: 120.00 was meant, Xero has 119.99"),
        (r#""TotalTax":20.00"#, r#""TotalTax":20.01"#, "tax: 20.00 was meant, Xero has 20.01"),
        (
            r#""CurrencyCode":"GBP""#,
            r#""CurrencyCode":"EUR""#,
            "currency: GBP was meant, Xero has EUR",
        ),
        (
            r#""Status":"AUTHORISED""#,
            r#""Status":"DRAFT""#,
            "status: AUTHORISED or PAID was meant, Xero has DRAFT",
        ),
        (
            "2026-01-30T00:00:00",
            "2026-01-31T00:00:00",
            "date: 2026-01-30 was meant, Xero has 2026-01-31",
        ),
        (r#""Reference":"202-1""#, r#""Reference":"x""#, "reference: 202-1 was meant, Xero has x"),
        (CONTACT, "c-9", &format!("contact: {CONTACT} was meant, Xero has c-9")),
        (
            r#""AccountCode":"200""#,
            r#""AccountCode":"260""#,
            "line: 120.00 GBP to 200 with OUTPUT2 was not kept so",
        ),
        (
            r#""TaxType":"OUTPUT2""#,
            r#""TaxType":"NONE""#,
            "line: 120.00 GBP to 200 with OUTPUT2 was not kept so",
        ),
    ] {
        let element = invoice_json("AMZ-1", "i-1", "").replace(from, to);
        let pushed =
            check(&reply(200, &page("Invoices", &[element])), &one(), &["differs xero_differs"]);
        let Outcome::Differs(_, reason) = &pushed.outcomes[0].1 else { panic!("differs") };
        assert_eq!(reason.detail, what);
    }
}

#[test]
fn tracking_that_was_dropped_is_a_difference() {
    let mut made = made_invoice("AMZ-1", gbp(12_000), gbp(20_00));
    made.lines = vec![tracked(line(gbp(12_000), gbp(20_00)))];
    let members = [intent("AMZ-1", intents::Body::Invoice(made))];
    let element = invoice_json("AMZ-1", "i-1", "");
    check_page("Invoices", std::slice::from_ref(&element), &members, &["differs xero_differs"]);
    let kept = element
        .replace(r#""Tracking":[]"#, r#""Tracking":[{"Name":"M","TrackingOptionID":"OPT-1"}]"#);
    check_page("Invoices", &[kept], &members, &["delivered i-1"]);
}

#[test]
fn a_reply_that_leaves_out_what_tells_is_unclear() {
    for field in [r#""Total":120.00,"#, r#""TotalTax":20.00,"#, r#""CurrencyCode":"GBP","#] {
        let element = invoice_json("AMZ-1", "i-1", "").replace(field, "");
        check_page("Invoices", &[element], &one(), &["unclear unclear_reply"]);
    }
    let element = invoice_json("AMZ-1", "", "");
    check_page("Invoices", &[element], &one(), &["unclear unclear_reply"]);
}

#[test]
fn a_success_that_cannot_be_read_is_unclear() {
    let whole = page("Invoices", &[invoice_json("AMZ-1", "i-1", "")]);
    let half: String = whole.chars().take(whole.len() / 2).collect();
    for body in [half.as_str(), "", "<Response/>", "{}", r#"{"Invoices":null}"#, "[]"] {
        check(&reply(200, body), &two(), &["unclear unclear_reply"; 2]);
    }
}

#[test]
fn a_refused_request_is_halved_down_to_one() {
    check(&reply(400, INVALID), &two(), &["halve account_invalid"; 2]);
    check(&reply(400, INVALID), &one(), &["refused account_invalid"]);
    check(&reply(400, "<html>"), &one(), &["refused xero_refused"]);
    check(&reply(413, ""), &two(), &["halve request_too_large"; 2]);
    check(&reply(413, ""), &one(), &["refused request_too_large"]);
}

#[test]
fn a_key_used_for_another_request_says_nothing_about_this_one() {
    let body = r#"{"Message":"Idempotency Key: abc is used with a different request."}"#;
    check(&reply(400, body), &one(), &["unclear idempotency_clash"]);
    check(&reply(400, body), &two(), &["unclear idempotency_clash"; 2]);
}

#[test]
fn a_closed_door_means_that_nothing_was_written() {
    let expired = r#"{"Title":"Unauthorized","Status":401,"Detail":"TokenExpired: x"}"#;
    let pushed = check(&reply(401, expired), &one(), &["not sent token_expired"]);
    assert_eq!(pushed.trouble.map(|trouble| trouble.code()), Some("token_expired"));
    let scope = r#"{"Status":401,"Detail":"AuthorizationUnsuccessful"}"#;
    check(&reply(401, scope), &one(), &["not sent needs_consent"]);
    let gone = r#"{"Status":403,"Detail":"AuthenticationUnsuccessful"}"#;
    check(&reply(403, gone), &one(), &["not sent disconnected"]);
}

#[test]
fn too_many_calls_wait_as_long_as_xero_says() {
    check(&reply(429, ""), &one(), &["busy 5000"]);
    let headers = vec![("retry-after".to_owned(), "42".to_owned())];
    let sent = Sent::Reply(Response { status: 429, headers, body: Vec::new() });
    check(&sent, &two(), &["busy 42000"; 2]);
}

#[test]
fn a_server_error_may_land_later_and_spends_the_key() {
    for status in [500, 502, 503, 504] {
        let pushed = check(&reply(status, ""), &two(), &["lost server_error"; 2]);
        assert!(pushed.saw_server_error);
    }
    assert!(!judged(&reply(200, "{}"), &one()).saw_server_error);
}

#[test]
fn a_status_that_was_never_seen_is_unclear() {
    for status in [100, 302, 304, 408, 409, 412, 418, 499, 999] {
        check(&reply(status, ""), &one(), &["unclear unclear_reply"]);
    }
}

#[test]
fn a_missing_document_is_refused_and_a_missing_address_is_not_sent() {
    let body = "The resource you're looking for cannot be found";
    check(&reply(404, body), &[void()], &["refused document_missing"]);
    check(&reply(404, body), &[edit()], &["refused document_missing"]);
    check(&reply(404, body), &two(), &["not sent not_sent"; 2]);
}

#[test]
fn names_and_xeros_words_stay_out_of_the_stored_detail() {
    let element = r#"{"Name":"Jane Doe","ContactNumber":"n","HasValidationErrors":true,"ValidationErrors":[{"Message":"Jane Doe is odd"}]}"#;
    let sent = reply(200, &page("Contacts", &[element.to_owned()]));
    let pushed = check(&sent, &[contact("Jane Doe", "n")], &["refused xero_refused"]);
    assert_eq!(pushed.detail, "200: 1 refused xero_refused");
}

#[test]
fn a_push_sends_exactly_the_bytes_of_its_send() {
    let members = [(invoice("AMZ-1"), 1)];
    let send = build("tenant", Kind::Invoice, &members, &receipts()).unwrap();
    let elements = [invoice_json("AMZ-1", "i-1", "")];
    let script = Script::new([reply(200, &page("Invoices", &elements))]);
    let pushed = now(push(&script, &send, &one(), &receipts(), NOW));
    assert_eq!(script.asked(), vec![send.request.clone()]);
    assert_eq!(word(&pushed.outcomes[0].1), "delivered i-1");
    assert_eq!(pushed.status, Some(200));
}
