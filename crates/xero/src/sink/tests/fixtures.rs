//! Intents, receipts and replies to test with.

use std::collections::BTreeMap;

use base::{Currency, Day, Decimal, Money, Rate, Subject};
use intents::document::Cover;
use intents::{
    Allocation, Body, BookId, Contact, ContactRef, CreditNote, Intent, IntentId, Invoice,
    InvoiceStatus, Item, Line, Payment, Receipt, Tracking,
};

use crate::script::because;
pub(super) use crate::script::{Script, now, reply};

pub(super) const CONTACT: &str = "5b96e86b-418e-48e8-8949-308c14aec278";
pub(super) const CLEARING: &str = "0c61c7b2-2b47-4e0c-9a3b-5d2f3f4f1f00";

pub(super) fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(super) fn intent(part: &str, body: Body) -> Intent {
    let book = BookId::derive(&["book"]);
    let subject = Subject::order("202-1");
    Intent {
        id: Intent::id_of(&book, &subject, part, 1),
        book,
        subject,
        part: part.to_owned(),
        revision: 1,
        body,
        needs: Vec::new(),
        supersedes: None,
        hold: None,
        because: because(),
    }
}

pub(super) fn id(part: &str) -> IntentId {
    Intent::id_of(&BookId::derive(&["book"]), &Subject::order("202-1"), part, 1)
}

pub(super) fn line(amount: Money, tax: Money) -> Line {
    Line {
        description: "Blue mug".to_owned(),
        quantity: Decimal::ONE,
        unit_amount: amount.amount(),
        amount,
        account_id: "acc-200".to_owned(),
        account_code: "200".to_owned(),
        tax_type: "OUTPUT2".to_owned(),
        tax,
        tax_reason: "stated".to_owned(),
        item_code: None,
        tracking: Vec::new(),
        covers: vec![Cover { item_id: "1".to_owned(), component: "item".to_owned(), amount }],
    }
}

pub(super) fn made_invoice(number: &str, total: Money, tax: Money) -> Invoice {
    Invoice {
        number: number.to_owned(),
        contact: ContactRef::Known(CONTACT.to_owned()),
        date: day("2026-01-30"),
        due_date: day("2026-02-13"),
        currency: total.currency(),
        rate: None,
        rate_source: None,
        rate_from: None,
        reference: "202-1".to_owned(),
        url: None,
        status: InvoiceStatus::Authorised,
        lines: vec![line(total, tax)],
        total,
        tax,
    }
}

pub(super) fn invoice(number: &str) -> Intent {
    intent(number, Body::Invoice(made_invoice(number, gbp(12_000), gbp(20_00))))
}

pub(super) fn contact(name: &str, number: &str) -> Intent {
    let (name, number) = (name.to_owned(), number.to_owned());
    intent(&format!("contact:{number}"), Body::Contact(Contact { name, number, email: None }))
}

pub(super) fn item(code: &str) -> Intent {
    let (code, name) = (code.to_owned(), "Blue mug".to_owned());
    intent(&code.clone(), Body::Item(Item { code, name, description: String::new() }))
}

pub(super) fn credit_note(number: &str) -> Intent {
    let made = CreditNote {
        number: number.to_owned(),
        contact: ContactRef::Known(CONTACT.to_owned()),
        date: day("2026-02-01"),
        currency: Currency::GBP,
        rate: None,
        reference: "202-1".to_owned(),
        lines: vec![line(gbp(60_00), gbp(10_00))],
        total: gbp(60_00),
        tax: gbp(10_00),
    };
    intent(number, Body::CreditNote(made))
}

/// A payment of the invoice that `AMZ-1` made, into clearing.
pub(super) fn payment(part: &str, amount: Money) -> Intent {
    let made = Payment {
        invoice: id("AMZ-1"),
        invoice_number: "AMZ-1".to_owned(),
        account_id: CLEARING.to_owned(),
        account_name: "Amazon clearing".to_owned(),
        date: day("2026-01-31"),
        amount,
        rate: None,
        reference: "202-1".to_owned(),
    };
    intent(part, Body::Payment(made))
}

pub(super) fn allocation() -> Intent {
    let made = Allocation {
        credit_note: id("AMZ-1-CN1"),
        credit_note_number: "AMZ-1-CN1".to_owned(),
        invoice: id("AMZ-1"),
        invoice_number: "AMZ-1".to_owned(),
        date: day("2026-02-01"),
        amount: gbp(60_00),
    };
    intent("allocation", Body::Allocation(made))
}

pub(super) fn edit() -> Intent {
    let invoice = made_invoice("AMZ-1", gbp(96_00), gbp(16_00));
    intent("edit", Body::InvoiceEdit { of: id("AMZ-1"), invoice })
}

pub(super) fn void() -> Intent {
    intent("void", Body::InvoiceVoid { of: id("AMZ-1"), number: "AMZ-1".to_owned() })
}

pub(super) fn tracked(mut line: Line) -> Line {
    line.tracking = vec![Tracking {
        category_id: "cat-1".to_owned(),
        option_id: "opt-1".to_owned(),
        label: "Marketplace: Amazon.co.uk".to_owned(),
    }];
    line
}

pub(super) fn rate(text: &str) -> Rate {
    Rate(text.parse().unwrap())
}

fn receipt(remote_id: &str, status: &str) -> Receipt {
    let (remote_id, status) = (remote_id.to_owned(), status.to_owned());
    Receipt { remote_id, number: None, status, total: None, tax: None }
}

/// `AMZ-1` is invoice `inv-1`, its credit note is `cn-1`, the made contact is `con-1`.
pub(super) fn receipts() -> BTreeMap<IntentId, Receipt> {
    BTreeMap::from([
        (id("AMZ-1"), receipt("inv-1", "AUTHORISED")),
        (id("AMZ-1-CN1"), receipt("cn-1", "AUTHORISED")),
        (id("contact:uk"), receipt("con-1", "ACTIVE")),
    ])
}

pub(super) fn draft_receipts() -> BTreeMap<IntentId, Receipt> {
    BTreeMap::from([(id("AMZ-1"), receipt("inv-1", "DRAFT"))])
}

/// An invoice of a reply, as [`invoice`] means it; `more` are further fields, each ending in a comma.
pub(super) fn invoice_json(number: &str, remote_id: &str, more: &str) -> String {
    format!(
        r#"{{{more}"Type":"ACCREC","InvoiceID":"{remote_id}","InvoiceNumber":"{number}","Reference":"202-1",
        "Contact":{{"ContactID":"{CONTACT}","Name":"Amazon.co.uk","ContactPersons":[]}},
        "DateString":"2026-01-30T00:00:00","Date":"/Date(1769731200000+0000)/",
        "DueDateString":"2026-02-13T00:00:00","DueDate":"/Date(1770940800000+0000)/",
        "Status":"AUTHORISED","LineAmountTypes":"Inclusive",
        "LineItems":[{{"Description":"Blue mug","UnitAmount":120.0000,"TaxType":"OUTPUT2","TaxAmount":20.00,
        "LineAmount":120.00,"AccountCode":"200","Tracking":[],"Quantity":1.0000,"LineItemID":"x"}}],
        "SubTotal":100.00,"TotalTax":20.00,"Total":120.00,"AmountDue":120.00,"AmountPaid":0.00,
        "UpdatedDateUTC":"/Date(1769731200000+0000)/","CurrencyCode":"GBP","HasErrors":false}}"#
    )
}

pub(super) fn payment_json(remote_id: &str, amount: &str, more: &str) -> String {
    format!(
        r#"{{{more}"PaymentID":"{remote_id}","Date":"/Date(1769817600000+0000)/","Amount":{amount},
        "Status":"AUTHORISED","HasAccount":true,"Account":{{"AccountID":"{CLEARING}","Code":"611"}},
        "Invoice":{{"InvoiceID":"inv-1","InvoiceNumber":"AMZ-1","CurrencyCode":"GBP","LineItems":[]}}}}"#
    )
}

pub(super) fn page(collection: &str, elements: &[String]) -> String {
    let elements = elements.join(",");
    format!(r#"{{"Id":"x","Status":"OK","{collection}":[{elements}]}}"#)
}
