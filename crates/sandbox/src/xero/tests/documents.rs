use super::world::{World, invoice};

fn with(body: &str, old: &str, new: &str) -> String {
    assert!(body.contains(old), "{body}");
    body.replace(old, new)
}

#[test]
fn an_invoice_is_created_with_its_totals_and_dates() {
    let world = World::new();
    let contact = world.contact("Amazon.co.uk");
    let answer = world.sale(&contact, "AMZ-1", "47.85").ok();
    assert_eq!(answer.at("Invoices/0/Total"), "47.85");
    assert_eq!(answer.at("Invoices/0/TotalTax"), "7.97");
    assert_eq!(answer.at("Invoices/0/SubTotal"), "39.88");
    assert_eq!(answer.at("Invoices/0/AmountDue"), "47.85");
    assert_eq!(answer.at("Invoices/0/Date"), "/Date(1780272000000+0000)/");
    assert_eq!(answer.at("Invoices/0/DateString"), "2026-06-01T00:00:00");
    assert_eq!(answer.at("Invoices/0/LineItems/0/UnitAmount"), "47.85");
    assert_eq!(answer.at("Invoices/0/LineItems/0/Quantity"), "1.0000");
    assert_eq!(answer.at("Status"), "OK");
}

#[test]
fn put_refuses_a_used_number_even_of_a_voided_invoice() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    world.sale(&contact, "AMZ-1", "12.00").refused("Invoice # must be unique.");
    world.post(&format!("/Invoices/{id}"), r#"{"Status":"VOIDED"}"#).ok();
    world.sale(&contact, "AMZ-1", "12.00").refused("Invoice # must be unique.");
    let bill = with(&invoice(&contact, "B-1", "12.00"), "ACCREC", "ACCPAY");
    let bill = with(&with(&bill, "OUTPUT2", "INPUT2"), "\"200\"", "\"404\"");
    world.put("/Invoices", &bill).ok();
    world.put("/Invoices", &bill).ok();
    assert_eq!(world.numbers(), ["AMZ-1", "B-1", "B-1"]);
}

#[test]
fn post_with_a_used_number_changes_that_invoice() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let answer = world.post("/Invoices", &invoice(&contact, "AMZ-1", "15.00")).ok();
    assert_eq!(answer.at("Invoices/0/InvoiceID"), id);
    assert_eq!(answer.at("Invoices/0/Total"), "15.00");
    assert_eq!(world.numbers().len(), 1);
}

#[test]
fn one_bad_element_saves_nothing_unless_errors_are_not_summarised() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let good = invoice(&contact, "AMZ-1", "12.00");
    let bad = with(&invoice(&contact, "AMZ-2", "12.00"), "\"DueDate\":\"2026-06-01\",", "");
    let batch = format!(r#"{{"Invoices":[{good},{bad}]}}"#);
    let answer = world.put("/Invoices", &batch).refused("Due date cannot be empty.");
    assert_eq!(answer.at("ErrorNumber"), "10");
    assert_eq!(answer.at("Type"), "ValidationException");
    assert_eq!(answer.at("Elements/0/InvoiceNumber"), "AMZ-2");
    assert!(world.numbers().is_empty());

    let answer = world.put("/Invoices?summarizeErrors=false", &batch).ok();
    assert_eq!(answer.at("Invoices/0/StatusAttributeString"), "OK");
    assert_eq!(answer.at("Invoices/1/StatusAttributeString"), "ERROR");
    assert_eq!(answer.at("Invoices/1/HasErrors"), "true");
    assert_eq!(world.numbers(), ["AMZ-1"]);
}

#[test]
fn lines_refuse_control_bank_tax_archived_and_unknown_accounts() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = invoice(&contact, "AMZ-1", "12.00");
    for code in ["610", "800", "090", "820", "630", "999"] {
        let body = with(&base, "\"200\"", &format!("\"{code}\""));
        let message = format!("Account code '{code}' is not a valid code for this document.");
        world.put("/Invoices", &body).refused(&message);
    }
    world.xero.archive_account("200");
    world.put("/Invoices", &base).refused(
        "Account code '200' has been archived, or deleted. Each line item must reference a valid account.",
    );
}

#[test]
fn an_unknown_account_on_a_draft_is_only_a_warning() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let body = with(&invoice(&contact, "AMZ-1", "12.00"), "AUTHORISED", "DRAFT");
    let body = with(&body, "\"200\"", "\"476\"");
    let answer = world.put("/Invoices?summarizeErrors=false", &body).ok();
    assert_eq!(answer.at("Invoices/0/StatusAttributeString"), "WARNING");
    assert_eq!(
        answer.at("Invoices/0/Warnings/0/Message"),
        "Account code '476' has been removed as it does not match a recognised account."
    );
}

#[test]
fn a_tax_type_must_exist_and_suit_the_account() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = invoice(&contact, "AMZ-1", "12.00");
    world
        .put("/Invoices", &with(&base, "OUTPUT2", "INPUT2"))
        .refused("The TaxType code 'INPUT2' cannot be used with account code '200'.");
    world.put("/Invoices", &with(&base, "OUTPUT2", "20% (VAT on Income)")).refused(
        "The TaxType code 20% (VAT on Income) does not exist or cannot be used for this type of transaction.",
    );
    world.put("/Invoices", &with(&base, "OUTPUT2", "INPUT")).refused("does not exist or cannot");
    let omitted = with(&base, ",\"TaxType\":\"OUTPUT2\"", "");
    let answer = world.put("/Invoices", &omitted).ok();
    assert_eq!(answer.at("Invoices/0/LineItems/0/TaxType"), "OUTPUT2");
}

#[test]
fn a_negative_line_is_fine_but_not_a_negative_quantity_or_total() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = invoice(&contact, "AMZ-1", "12.00");
    world
        .put("/Invoices", &with(&base, "\"Quantity\":1", "\"Quantity\":-2"))
        .refused("The quantity value '-2.0000' is invalid. Quantity must not be less than zero.");
    world
        .put("/Invoices", &with(&base, "12.00", "-12.00"))
        .refused("The Total for this document must be greater than or equal to zero.");
    world.put("/Invoices", &with(&base, "12.00", "0")).refused("greater than zero");
    let rebate = r#"},{"Description":"Rebate","Quantity":1,"UnitAmount":-2.00,"AccountCode":"200","TaxType":"OUTPUT2"}]"#;
    let answer = world.put("/Invoices", &with(&base, "}]", rebate)).ok();
    assert_eq!(answer.at("Invoices/0/Total"), "10.00");
}

#[test]
fn a_locked_period_takes_no_document_and_no_change() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    world.xero.set_period_lock(base::Day::parse("2026-06-01").unwrap());
    let message =
        "The document date cannot be before the period lock date, currently set at 1 June 2026";
    world.sale(&contact, "AMZ-2", "12.00").refused(message);
    world.post(&format!("/Invoices/{id}"), r#"{"Status":"VOIDED"}"#).refused(message);
    world.post(&format!("/Invoices/{id}"), r#"{"Reference":"x"}"#).refused(message);
    let organisation = world.get("/Organisation").ok();
    assert_eq!(organisation.at("Organisations/0/PeriodLockDate"), "/Date(1780272000000+0000)/");
}

#[test]
fn a_currency_must_be_subscribed_and_yen_are_whole() {
    let world = World::new();
    let contact = world.contact("Amazon.co.jp");
    let yen = |amount| {
        with(
            &invoice(&contact, "AMZ-1", amount),
            "\"Status\"",
            "\"CurrencyCode\":\"JPY\",\"Status\"",
        )
    };
    world.put("/Invoices", &yen("1200")).refused("Organisation is not subscribed to currency JPY");
    world.put("/Currencies", r#"{"Code":"JPY"}"#).ok();
    world.put("/Invoices", &yen("1200.50")).refused("whole numbers");
    let answer = world.put("/Invoices", &yen("1200")).ok();
    assert_eq!(answer.at("Invoices/0/Total"), "1200.00");
    assert_eq!(answer.at("Invoices/0/CurrencyRate"), "193.500000");
}

#[test]
fn editing_replaces_lines_by_their_ids() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let answer = world.sale(&contact, "AMZ-1", "12.00").ok();
    let (id, line) =
        (answer.at("Invoices/0/InvoiceID"), answer.at("Invoices/0/LineItems/0/LineItemID"));
    let body = format!(
        r#"{{"LineItems":[{{"LineItemID":"{line}","UnitAmount":24.00}},{{"Description":"Post","UnitAmount":6,"AccountCode":"260"}}]}}"#
    );
    let answer = world.post(&format!("/Invoices/{id}"), &body).ok();
    assert_eq!(answer.at("Invoices/0/Total"), "30.00");
    assert_eq!(answer.at("Invoices/0/LineItems/0/LineItemID"), line);
    assert_eq!(answer.at("Invoices/0/LineItems/0/Description"), "Mug");
    let body = r#"{"LineItems":[{"Description":"Only","UnitAmount":7.20,"AccountCode":"200"}]}"#;
    let answer = world.post(&format!("/Invoices/{id}"), body).ok();
    assert_eq!(answer.at("Invoices/0/LineItems/1"), "");
    assert_eq!(answer.at("Invoices/0/TotalTax"), "1.20");
}

#[test]
fn a_paid_invoice_is_neither_edited_nor_voided() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let payment = world.pay(&id, "5.00").ok().at("Payments/0/PaymentID");
    let path = format!("/Invoices/{id}");
    let lines = r#"{"LineItems":[{"Description":"x","UnitAmount":1,"AccountCode":"200"}]}"#;
    world.post(&path, lines).refused("Invoice not of valid status for modification").refused(
        "This document cannot be edited as it has a payment or credit note allocated to it.",
    );
    world.post(&path, r#"{"Status":"VOIDED"}"#).refused(
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
    );
    let answer = world.post(&path, r#"{"Reference":"order 1"}"#).ok();
    assert_eq!(answer.at("Invoices/0/Reference"), "order 1");
    world.post(&format!("/Payments/{payment}"), r#"{"Status":"DELETED"}"#).ok();
    let answer = world.post(&path, r#"{"Status":"VOIDED"}"#).ok();
    assert_eq!(answer.at("Invoices/0/AmountDue"), "0.00");
    assert_eq!(answer.at("Invoices/0/Status"), "VOIDED");
}

#[test]
fn a_bare_unknown_name_makes_a_contact_and_an_archived_one_is_refused() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = invoice(&contact, "AMZ-1", "12.00");
    let by_id = format!("\"ContactID\":\"{contact}\"");
    world.put("/Invoices", &with(&base, &by_id, "\"Name\":\"Mrs Miggins\"")).ok();
    assert_eq!(world.xero.ledger().contacts.len(), 2);
    world.xero.archive_contact("Amazon");
    world.sale(&contact, "AMZ-2", "12.00").refused("has been archived");
    let nobody = "00000000-0000-0000-0000-000000000000";
    world.sale(nobody, "AMZ-2", "12.00").refused("could not be found");
}

#[test]
fn a_url_must_be_absolute_and_free_of_xero() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let url = |url: &str| {
        with(
            &invoice(&contact, "AMZ-1", "12.00"),
            "\"Status\"",
            &format!("\"Url\":\"{url}\",\"Status\""),
        )
    };
    world.put("/Invoices", &url("sellercentral/orders")).refused("absolute");
    world.put("/Invoices", &url("https://go.xero.com/1")).refused("must not contain");
    let fine = "https://sellercentral.amazon.co.uk/orders-v3/order/1";
    assert_eq!(world.put("/Invoices", &url(fine)).ok().at("Invoices/0/Url"), fine);
}

#[test]
fn tracking_must_exist() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let body = with(
        &invoice(&contact, "AMZ-1", "12.00"),
        "\"TaxType\"",
        "\"Tracking\":[{\"Name\":\"Marketplace\",\"Option\":\"UK\"}],\"TaxType\"",
    );
    world.put("/Invoices", &body).refused("tracking");
    let category = world.put("/TrackingCategories", r#"{"Name":"Marketplace"}"#).ok();
    let id = category.at("TrackingCategories/0/TrackingCategoryID");
    world.put(&format!("/TrackingCategories/{id}/Options"), r#"{"Name":"UK"}"#).ok();
    let answer = world.put("/Invoices", &body).ok();
    assert_eq!(answer.at("Invoices/0/LineItems/0/Tracking/0/TrackingCategoryID"), id);
    world.put("/TrackingCategories", r#"{"Name":"Region"}"#).ok();
    world.put("/TrackingCategories", r#"{"Name":"Third"}"#).refused("maximum of 2");
}

#[test]
fn more_than_fifty_elements_are_refused() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let one = |n: usize| invoice(&contact, &format!("AMZ-{n}"), "12.00");
    let many: Vec<String> = (0..51).map(one).collect();
    let batch = format!(r#"{{"Invoices":[{}]}}"#, many.join(","));
    assert_eq!(world.put("/Invoices?summarizeErrors=false", &batch).status, 400);
    assert!(world.numbers().is_empty());
}
