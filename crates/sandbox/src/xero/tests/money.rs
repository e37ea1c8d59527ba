use base::Decimal;

use super::world::{World, invoice};

fn tax_of(world: &World, line: &str, amounts: &str) -> String {
    let contact = world.contact("Amazon");
    let body = format!(
        r#"{{"Type":"ACCREC","Contact":{{"ContactID":"{contact}"}},"Date":"2026-06-01","DueDate":"2026-06-01","LineAmountTypes":"{amounts}","Status":"AUTHORISED","LineItems":[{line}]}}"#
    );
    world.put("/Invoices", &body).ok().at("Invoices/0/TotalTax")
}

#[test]
fn tax_is_rounded_per_line_and_a_half_goes_to_the_even_penny() {
    let line = r#"{"Description":"x","UnitAmount":0.10,"AccountCode":"200","TaxType":"RROUTPUT"}"#;
    assert_eq!(tax_of(&World::new(), line, "Exclusive"), "0.00");
    let line = r#"{"Description":"x","UnitAmount":0.30,"AccountCode":"200","TaxType":"RROUTPUT"}"#;
    assert_eq!(tax_of(&World::new(), line, "Exclusive"), "0.02");
    let three = [line, line, line].join(",");
    assert_eq!(tax_of(&World::new(), &three, "Exclusive"), "0.06");
}

#[test]
fn no_tax_means_none_whatever_the_line_says() {
    let line = r#"{"Description":"x","UnitAmount":10,"AccountCode":"200","TaxType":"OUTPUT2"}"#;
    assert_eq!(tax_of(&World::new(), line, "NoTax"), "0.00");
}

#[test]
fn a_stated_tax_amount_wins_up_to_the_line_amount() {
    let world = World::new();
    let line = r#"{"Description":"x","UnitAmount":12.00,"AccountCode":"200","TaxType":"OUTPUT2","TaxAmount":1.99}"#;
    assert_eq!(tax_of(&world, line, "Inclusive"), "1.99");
    let contact = world.xero.ledger().contacts.first().unwrap().id.clone();
    let body = invoice(&contact, "AMZ-2", "12.00")
        .replace("\"TaxType\"", "\"TaxAmount\":12.01,\"TaxType\"");
    world.put("/Invoices", &body).refused("The tax amount cannot be greater than the line amount!");
}

#[test]
fn unit_amounts_have_two_decimals_unless_four_are_asked_for() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let body = |number: &str| {
        invoice(&contact, number, "4.9925").replace("\"Quantity\":1", "\"Quantity\":4")
    };
    let answer = world.put("/Invoices", &body("AMZ-1")).ok();
    assert_eq!(answer.at("Invoices/0/LineItems/0/UnitAmount"), "4.99");
    assert_eq!(answer.at("Invoices/0/Total"), "19.96");
    let answer = world.put("/Invoices?unitdp=4", &body("AMZ-2")).ok();
    assert_eq!(answer.at("Invoices/0/LineItems/0/UnitAmount"), "4.9925");
    assert_eq!(answer.at("Invoices/0/Total"), "19.97");
}

#[test]
fn a_line_amount_must_be_the_product() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let body = invoice(&contact, "AMZ-1", "5.00")
        .replace("\"Quantity\":1", "\"LineAmount\":11,\"Quantity\":2");
    world.put("/Invoices", &body).refused("does not match the expected line total 10.00");
}

#[test]
fn a_payment_needs_an_open_invoice_and_an_account_that_takes_payments() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    world.pay(&id, "12.00").refused("Account code '612' is not a valid code");
    world.clearing();
    world
        .pay(&id, "12.01")
        .refused("Payment amount exceeds the amount outstanding on this document");
    let answer = world.pay(&id, "5.00").ok();
    assert_eq!(answer.at("Payments/0/PaymentType"), "ACCRECPAYMENT");
    assert_eq!(answer.at("Payments/0/Invoice/AmountDue"), "7.00");
    assert_eq!(answer.at("Payments/0/Invoice/Status"), "AUTHORISED");
    assert_eq!(world.pay(&id, "7.00").ok().at("Payments/0/Invoice/Status"), "PAID");
    world.pay(&id, "0.01").refused("Payment amount exceeds");
    let draft = invoice(&contact, "AMZ-2", "12.00").replace("AUTHORISED", "DRAFT");
    let id = world.put("/Invoices", &draft).ok().at("Invoices/0/InvoiceID");
    world.pay(&id, "12.00").refused("Payments can only be made against Authorised documents");
    let body = format!(r#"{{"Invoice":{{"InvoiceID":"{id}"}},"Amount":1}}"#);
    world
        .put("/Payments", &body)
        .refused("You must specify an Account code or Account ID for the payment.");
}

#[test]
fn deleting_a_payment_opens_the_invoice_again() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let payment = world.pay(&id, "12.00").ok().at("Payments/0/PaymentID");
    let path = format!("/Payments/{payment}");
    world.post(&path, r#"{"Amount":3}"#).refused("only be deleted");
    assert_eq!(
        world.post(&path, r#"{"Status":"DELETED"}"#).ok().at("Payments/0/Status"),
        "DELETED"
    );
    let invoice = world.get(&format!("/Invoices/{id}")).ok();
    assert_eq!(invoice.at("Invoices/0/Status"), "AUTHORISED");
    assert_eq!(invoice.at("Invoices/0/Payments"), "[]");
    world.post(&path, r#"{"Status":"DELETED"}"#).refused("not of valid status");
}

#[test]
fn a_credit_note_is_allocated_up_to_what_is_open_on_both_sides() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let invoice_id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let credit = invoice(&contact, "AMZ-1-C", "5.00")
        .replace("ACCREC", "ACCRECCREDIT")
        .replace("InvoiceNumber", "CreditNoteNumber");
    let credit = world.put("/CreditNotes", &credit).ok().at("CreditNotes/0/CreditNoteID");
    let allocate = |amount: &str| {
        let body = format!(
            r#"{{"Allocations":[{{"Invoice":{{"InvoiceID":"{invoice_id}"}},"Amount":{amount},"Date":"2026-06-05"}}]}}"#
        );
        world.put(&format!("/CreditNotes/{credit}/Allocations"), &body)
    };
    allocate("5.01").refused("remaining credit");
    let allocation = allocate("5.00").ok().at("Allocations/0/AllocationID");
    let answer = world.get(&format!("/Invoices/{invoice_id}")).ok();
    assert_eq!(answer.at("Invoices/0/AmountCredited"), "5.00");
    assert_eq!(answer.at("Invoices/0/AmountDue"), "7.00");
    let answer = world.get(&format!("/CreditNotes/{credit}")).ok();
    assert_eq!(answer.at("CreditNotes/0/Status"), "PAID");
    assert_eq!(answer.at("CreditNotes/0/RemainingCredit"), "0.00");
    let path = format!("DELETE /CreditNotes/{credit}/Allocations/{allocation}");
    assert_eq!(world.call(&path, &[], "").ok().at("IsDeleted"), "true");
    let answer = world.get(&format!("/CreditNotes/{credit}")).ok();
    assert_eq!(answer.at("CreditNotes/0/RemainingCredit"), "5.00");
}

#[test]
fn a_credit_note_is_refunded_by_a_payment() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let credit = invoice(&contact, "AMZ-1-C", "5.00")
        .replace("ACCREC", "ACCRECCREDIT")
        .replace("InvoiceNumber", "CreditNoteNumber");
    let id = world.put("/CreditNotes", &credit).ok().at("CreditNotes/0/CreditNoteID");
    let body = format!(
        r#"{{"CreditNote":{{"CreditNoteID":"{id}"}},"Account":{{"Code":"612"}},"Date":"2026-06-10","Amount":5}}"#
    );
    let answer = world.put("/Payments", &body).ok();
    assert_eq!(answer.at("Payments/0/PaymentType"), "ARCREDITPAYMENT");
    let balance = |code: &str| {
        let accounts = world.xero.ledger().accounts;
        accounts.into_iter().find(|account| account.code == code).unwrap().balance
    };
    assert_eq!((balance("612"), balance("610")), (Decimal::from(-5), Decimal::ZERO));
}
