//! Bills, supplier credit notes, and money back.

use base::Decimal;

use super::bank::balance;
use super::world::{World, invoice};

fn bill(contact: &str, number: &str, gross: &str) -> String {
    invoice(contact, number, gross)
        .replace("ACCREC", "ACCPAY")
        .replace("\"200\"", "\"404\"")
        .replace("OUTPUT2", "INPUT2")
}

fn credit(contact: &str, number: &str, gross: &str) -> String {
    bill(contact, number, gross)
        .replace("ACCPAY", "ACCPAYCREDIT")
        .replace("InvoiceNumber", "CreditNoteNumber")
}

#[test]
fn a_bill_debits_its_costs_and_the_input_tax_and_credits_payables() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let answer = world.put("/Invoices", &bill(&contact, "AMZ-1", "12.00")).ok();
    assert_eq!(balance(&world, "800"), Decimal::from(-12));
    assert_eq!(balance(&world, "404"), Decimal::from(10));
    assert_eq!(balance(&world, "820"), Decimal::from(2));
    let id = answer.at("Invoices/0/InvoiceID");
    let paid = world.pay(&id, "12.00").ok();
    assert_eq!(paid.at("Payments/0/PaymentType"), "ACCPAYPAYMENT");
    assert_eq!(paid.at("Payments/0/Invoice/Status"), "PAID");
    assert_eq!(balance(&world, "800"), Decimal::ZERO);
    assert_eq!(balance(&world, "612"), Decimal::from(-12));
    let query = format!("/Payments?where=Invoice.InvoiceID%3D%3Dguid(%22{id}%22)");
    assert_eq!(world.get(&query).ok().at("Payments/0/Amount"), "12.00");
}

#[test]
fn a_bills_number_may_repeat_and_its_reference_is_ignored() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let body = bill(&contact, "AMZ-1", "12.00").replace("\"Date\"", "\"Reference\":\"R\",\"Date\"");
    let answer = world.put("/Invoices", &body).ok();
    assert_eq!(answer.at("Invoices/0/Reference"), "");
    world.put("/Invoices", &body).ok();
    assert_eq!(world.numbers(), ["AMZ-1", "AMZ-1"]);
    let unknown = world.kit.log().unknown;
    assert!(unknown.keys().any(|(_, name)| name.contains("Reference of a purchase")));
    let found = world.get("/Invoices?InvoiceNumbers=AMZ-1").ok();
    assert!(!found.at("Invoices/1/InvoiceID").is_empty());
    assert_eq!(world.get("/Invoices/AMZ-1").status, 404);
    assert_eq!(world.post("/Invoices", &body).ok().at("Invoices/0/Type"), "ACCPAY");
    assert_eq!(world.numbers().len(), 3);
    let doubles = crate::truth::doubles(&world.xero.ledger());
    assert_eq!((doubles[0].what, doubles[0].name.as_str(), doubles[0].count), ("bill", "AMZ-1", 3));
}

#[test]
fn a_bill_is_edited_voided_and_never_zero() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.put("/Invoices", &bill(&contact, "AMZ-0", "0")).refused("greater than zero");
    let id =
        world.put("/Invoices", &bill(&contact, "AMZ-1", "12.00")).ok().at("Invoices/0/InvoiceID");
    let path = format!("/Invoices/{id}");
    let lines = r#"{"LineItems":[{"Description":"x","UnitAmount":24,"AccountCode":"404","TaxType":"INPUT2"}]}"#;
    world.post(&path, lines).ok();
    assert_eq!(balance(&world, "820"), Decimal::from(4));
    world.post(&path, r#"{"Status":"VOIDED"}"#).ok();
    assert_eq!(balance(&world, "800"), Decimal::ZERO);
    assert_eq!(balance(&world, "820"), Decimal::ZERO);
    // A stated tax stands on a bill.
    let stated =
        bill(&contact, "AMZ-2", "12.00").replace("\"TaxType\"", "\"TaxAmount\":1.99,\"TaxType\"");
    assert_eq!(world.put("/Invoices", &stated).ok().at("Invoices/0/TotalTax"), "1.99");
}

#[test]
fn a_supplier_credit_note_is_allocated_taken_back_and_refunded() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let bill_id =
        world.put("/Invoices", &bill(&contact, "AMZ-1", "12.00")).ok().at("Invoices/0/InvoiceID");
    let answer = world.put("/CreditNotes", &credit(&contact, "AMZ-1-C", "6.00")).ok();
    let id = answer.at("CreditNotes/0/CreditNoteID");
    assert_eq!(balance(&world, "820"), Decimal::from(1));
    let body = format!(
        r#"{{"Allocations":[{{"Invoice":{{"InvoiceID":"{bill_id}"}},"Amount":4,"Date":"2026-06-05"}}]}}"#
    );
    let allocated = world.put(&format!("/CreditNotes/{id}/Allocations"), &body).ok();
    let path = format!("/CreditNotes/{id}");
    let message = "The status VOIDED cannot be applied to the credit note because it has payments or credit notes allocated to it.";
    world.post(&path, r#"{"Status":"VOIDED"}"#).refused(message);
    let refund = format!(
        r#"{{"CreditNote":{{"CreditNoteID":"{id}"}},"Account":{{"Code":"612"}},"Date":"2026-06-10","Amount":2}}"#
    );
    let paid = world.put("/Payments", &refund).ok();
    assert_eq!(paid.at("Payments/0/PaymentType"), "APCREDITPAYMENT");
    assert_eq!(balance(&world, "612"), Decimal::from(2));
    let shown = world.get(&path).ok();
    assert_eq!(shown.at("CreditNotes/0/Status"), "PAID");
    assert_eq!(shown.at("CreditNotes/0/RemainingCredit"), "0.00");
    assert_eq!(shown.at("CreditNotes/0/Payments/0/Amount"), "2.00");
    assert_eq!(shown.at("CreditNotes/0/Allocations/0/Amount"), "4.00");
    let payment = format!("/Payments/{}", paid.at("Payments/0/PaymentID"));
    world.post(&payment, r#"{"Status":"DELETED"}"#).ok();
    let allocation = allocated.at("Allocations/0/AllocationID");
    world.call(&format!("DELETE {path}/Allocations/{allocation}"), &[], "").ok();
    assert_eq!(world.get(&path).ok().at("CreditNotes/0/RemainingCredit"), "6.00");
    world.post(&path, r#"{"Status":"VOIDED"}"#).ok();
    assert_eq!(balance(&world, "800"), Decimal::from(-12));
}

#[test]
fn a_reconciled_payment_stays() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let body = format!(
        r#"{{"Invoice":{{"InvoiceID":"{id}"}},"Account":{{"Code":"090"}},"Date":"2026-06-10","Amount":12,"IsReconciled":true}}"#
    );
    let payment = world.put("/Payments", &body).ok();
    assert_eq!(payment.at("Payments/0/IsReconciled"), "true");
    let path = format!("/Payments/{}", payment.at("Payments/0/PaymentID"));
    world.post(&path, r#"{"Status":"DELETED"}"#).refused("reconciled with a Bank Statement");
}
