//! Intents as they were stored once must be read for ever. A file is never changed; a new shape
//! gets a new file.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use intents::{Body, Intent, Kind};

#[track_caller]
fn check(text: &str, kind: Kind) -> Intent {
    let intent: Intent = serde_json::from_str(text).unwrap();
    let again: Intent = serde_json::from_str(&serde_json::to_string(&intent).unwrap()).unwrap();
    assert_eq!(intent, again);
    assert_eq!(intent.kind(), kind);
    intent
}

#[test]
fn every_stored_intent_is_still_read() {
    check(include_str!("golden/contact.json"), Kind::Contact);
    check(include_str!("golden/item.json"), Kind::Item);
    check(include_str!("golden/invoice.json"), Kind::Invoice);
    check(include_str!("golden/invoice_edit.json"), Kind::InvoiceEdit);
    check(include_str!("golden/invoice_void.json"), Kind::InvoiceVoid);
    check(include_str!("golden/credit_note.json"), Kind::CreditNote);
    check(include_str!("golden/allocation.json"), Kind::Allocation);
    check(include_str!("golden/payment.json"), Kind::Payment);
}

#[test]
fn an_invoice_from_before_rates_had_sources_is_read_without_one() {
    let intent = check(include_str!("golden/invoice_without_rate_source.json"), Kind::Invoice);
    let Body::Invoice(invoice) = intent.body else { panic!("an invoice") };
    assert_eq!((invoice.rate_source, invoice.rate_from), (None, None));
}
