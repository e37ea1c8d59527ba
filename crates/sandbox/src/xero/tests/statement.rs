//! The bank's statement and the bookkeeper in front of it.

use base::{Currency, Day, Decimal, Money, Timestamp};

use super::bank::{balance, money};
use super::world::{World, invoice};
use crate::truth::doubles;
use crate::xero::{Mood, Stand, StatementError, StatementLine};

fn line(id: &str, minor: i64, mood: Mood) -> StatementLine {
    StatementLine {
        id: id.to_owned(),
        account: "090".to_owned(),
        date: Day::parse("2026-06-14").unwrap(),
        amount: Money::from_minor(minor, Currency::GBP),
        text: "AMAZON PAYMENTS UK".to_owned(),
        mood,
    }
}

fn stand(world: &World, index: usize) -> Stand {
    world.xero.bank_lines().get(index).unwrap().stand.clone()
}

#[test]
fn a_line_is_matched_with_an_open_invoice_once_there_is_one() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.xero.bank_statement(line("1", 1200, Mood::Matches)).unwrap();
    assert_eq!(stand(&world, 0), Stand::Waiting);
    world.sale(&contact, "AMZ-1", "13.00").ok();
    assert_eq!(stand(&world, 0), Stand::Waiting);
    let id = world.sale(&contact, "AMZ-2", "12.00").ok().at("Invoices/0/InvoiceID");
    let shown = world.get(&format!("/Invoices/{id}")).ok();
    assert_eq!(shown.at("Invoices/0/Status"), "PAID");
    let payment = shown.at("Invoices/0/Payments/0/PaymentID");
    let payment = world.get(&format!("/Payments/{payment}")).ok();
    assert_eq!(payment.at("Payments/0/IsReconciled"), "true");
    assert_eq!(payment.at("Payments/0/Reference"), "AMAZON PAYMENTS UK");
    assert_eq!(balance(&world, "090"), Decimal::from(12));
    // The same line again is the same line.
    world.xero.bank_statement(line("1", 1200, Mood::Matches)).unwrap();
    assert_eq!(world.xero.bank_lines().len(), 1);
}

#[test]
fn money_that_is_in_the_books_comes_before_an_open_invoice() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let invoice = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let answer = world.put("/BankTransactions", &money("RECEIVE", &contact, "P-1", "12.00")).ok();
    let id = answer.at("BankTransactions/0/BankTransactionID");
    world.xero.bank_statement(line("1", 1200, Mood::Matches)).unwrap();
    assert_eq!(stand(&world, 0), Stand::Reconciled { with: "BankTransactions", id: id.clone() });
    let shown = world.get(&format!("/BankTransactions/{id}")).ok();
    assert_eq!(shown.at("BankTransactions/0/IsReconciled"), "true");
    let open = world.get(&format!("/Invoices/{invoice}")).ok();
    assert_eq!(open.at("Invoices/0/Status"), "AUTHORISED");
}

#[test]
fn a_transfer_and_a_payment_are_matched_too() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let transfer = r#"{"FromBankAccount":{"Code":"091"},"ToBankAccount":{"Code":"090"},"Amount":20,"Date":"2026-06-14"}"#;
    let id = world.put("/BankTransfers", transfer).ok().at("BankTransfers/0/BankTransferID");
    world.xero.bank_statement(line("1", 2000, Mood::Matches)).unwrap();
    let shown = world.get(&format!("/BankTransfers/{id}")).ok();
    assert_eq!(shown.at("BankTransfers/0/ToIsReconciled"), "true");
    assert_eq!(shown.at("BankTransfers/0/FromIsReconciled"), "false");
    let bill = invoice(&contact, "B-1", "7.00")
        .replace("ACCREC", "ACCPAY")
        .replace("\"200\"", "\"404\"")
        .replace("OUTPUT2", "INPUT2");
    let id = world.put("/Invoices", &bill).ok().at("Invoices/0/InvoiceID");
    let body = format!(
        r#"{{"Invoice":{{"InvoiceID":"{id}"}},"Account":{{"Code":"090"}},"Date":"2026-06-14","Amount":7}}"#
    );
    let payment = world.put("/Payments", &body).ok().at("Payments/0/PaymentID");
    world.xero.bank_statement(line("2", -700, Mood::Matches)).unwrap();
    assert_eq!(stand(&world, 1), Stand::Reconciled { with: "Payments", id: payment.clone() });
    let shown = world.get(&format!("/Payments/{payment}")).ok();
    assert_eq!(shown.at("Payments/0/IsReconciled"), "true");
}

#[test]
fn a_late_bookkeeper_waits_for_the_day() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.sale(&contact, "AMZ-1", "12.00").ok();
    world.xero.bank_statement(line("1", 1200, Mood::Late { days: 3 })).unwrap();
    let status = || world.xero.ledger().invoices.first().unwrap().status;
    // It is the 15th; three days after the line is the 17th.
    assert_eq!(status(), "AUTHORISED");
    world.later_ms(Timestamp::DAY);
    assert_eq!(status(), "AUTHORISED");
    world.later_ms(Timestamp::DAY);
    assert_eq!(status(), "PAID");
    assert!(matches!(stand(&world, 0), Stand::Paid { .. }));
}

#[test]
fn a_wrongly_coded_line_leaves_the_invoice_open() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    world.xero.bank_statement(line("1", 1200, Mood::CodesWrongly)).unwrap();
    world.xero.bank_statement(line("2", 1200, Mood::CodesWrongly)).unwrap();
    let found = world.get("/BankTransactions?page=1").ok();
    assert_eq!(found.at("BankTransactions/0/Type"), "RECEIVE");
    assert_eq!(found.at("BankTransactions/0/Reference"), "AMAZON PAYMENTS UK");
    assert_eq!(found.at("BankTransactions/0/IsReconciled"), "true");
    assert_eq!(found.at("BankTransactions/0/LineItems/0/AccountCode"), "200");
    assert_eq!(found.at("BankTransactions/0/Contact/Name"), "AMAZON PAYMENTS UK");
    assert_eq!(balance(&world, "200"), Decimal::from(-30));
    let open = world.get(&format!("/Invoices/{id}")).ok();
    assert_eq!(open.at("Invoices/0/Status"), "AUTHORISED");
    // What people do twice is not the client's double.
    assert!(doubles(&world.xero.ledger()).is_empty());
}

#[test]
fn a_line_needs_a_bank_account_of_its_currency() {
    let world = World::new();
    let unknown = StatementLine { account: "612".to_owned(), ..line("1", 1, Mood::Matches) };
    let refused = world.xero.bank_statement(unknown).unwrap_err();
    assert_eq!(refused, StatementError::NoAccount { code: "612".to_owned() });
    let amount = Money::from_minor(100, Currency::EUR);
    let foreign = StatementLine { amount, ..line("1", 1, Mood::Matches) };
    assert!(world.xero.bank_statement(foreign).is_err());
    assert_eq!(Mood::named("late:12"), Some(Mood::Late { days: 12 }));
    assert_eq!(Mood::named("late:"), None);
}

#[test]
fn of_two_open_invoices_the_one_that_the_line_names_is_paid() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.sale(&contact, "AMZ-1", "12.00").ok();
    let named = world.sale(&contact, "AMZ-2", "12.00").ok().at("Invoices/0/InvoiceID");
    let text = "AMAZON PAYMENTS amz-2".to_owned();
    world.xero.bank_statement(StatementLine { text, ..line("1", 1200, Mood::Matches) }).unwrap();
    let shown = world.get(&format!("/Invoices/{named}")).ok();
    assert_eq!(shown.at("Invoices/0/Status"), "PAID");
}

#[test]
fn what_a_client_wrote_twice_is_counted() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    for _ in 0..2 {
        world.put("/BankTransactions", &money("SPEND", &contact, "P-1", "1.00")).ok();
        let transfer = r#"{"FromBankAccount":{"Code":"090"},"ToBankAccount":{"Code":"091"},"Amount":1,"Reference":"T-1"}"#;
        world.put("/BankTransfers", transfer).ok();
        let journal = r#"{"Narration":"J-1","JournalLines":[{"LineAmount":1,"AccountCode":"404"},{"LineAmount":-1,"AccountCode":"805"}]}"#;
        world.put("/ManualJournals", journal).ok();
    }
    let credit = invoice(&contact, "C-1", "5.00")
        .replace("ACCREC", "ACCRECCREDIT")
        .replace("InvoiceNumber", "CreditNoteNumber");
    let id = world.put("/CreditNotes", &credit).ok().at("CreditNotes/0/CreditNoteID");
    let refund = format!(
        r#"{{"CreditNote":{{"CreditNoteID":"{id}"}},"Account":{{"Code":"612"}},"Date":"2026-06-10","Amount":2}}"#
    );
    world.put("/Payments", &refund).ok();
    let last = world.put("/Payments", &refund).ok().at("Payments/0/PaymentID");
    let whats =
        || -> Vec<&str> { doubles(&world.xero.ledger()).iter().map(|it| it.what).collect() };
    assert_eq!(whats(), ["bank transaction", "bank transfer", "manual journal", "refund"]);
    world.post(&format!("/Payments/{last}"), r#"{"Status":"DELETED"}"#).ok();
    assert_eq!(whats(), ["bank transaction", "bank transfer", "manual journal"]);
}
