//! Intents, receipts and replies to test with.

use std::collections::BTreeMap;

use base::id::content_hash;
use base::{Currency, Day, Decimal, Money, Rate, Subject};
use intents::document::Cover;
use intents::{
    Allocation, Attachment, BankTransaction, BankTransfer, Body, BookId, Contact, ContactRef,
    CreditNote, Direction, Intent, IntentId, Invoice, InvoiceStatus, Item, JournalLine, Kind, Line,
    ManualJournal, Payment, Receipt, Tracking, Undo,
};

use super::super::Given;
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

pub(super) const BANK: &str = "f3a1d0a2-4f0b-4c8a-a0e3-9f8f6a1b2c3d";
pub(super) const FILE: &[u8] = b"settlement-id\tdeposit-date\n\xff\n";

pub(super) fn bill(number: &str) -> Intent {
    intent(number, Body::Bill(made_invoice(number, gbp(12_000), gbp(20_00))))
}

pub(super) fn supplier_credit(number: &str) -> Intent {
    let Body::CreditNote(made) = credit_note(number).body else { panic!("a credit note") };
    intent(number, Body::SupplierCredit(made))
}

/// Money given back against the credit note that `AMZ-1-CN1` made, from clearing.
pub(super) fn refund(part: &str, amount: Money) -> Intent {
    let Body::Payment(made) = payment(part, amount).body else { panic!("a payment") };
    let invoice_number = "AMZ-1-CN1".to_owned();
    intent(part, Body::Refund(Payment { invoice: id("AMZ-1-CN1"), invoice_number, ..made }))
}

pub(super) fn bank_transaction(direction: Direction) -> Intent {
    let untaxed = Line { tax_type: "NONE".to_owned(), ..line(gbp(75_50), gbp(0)) };
    let made = BankTransaction {
        direction,
        bank_account_id: BANK.to_owned(),
        bank_account_name: "Business account".to_owned(),
        contact: ContactRef::Known(CONTACT.to_owned()),
        date: day("2026-01-31"),
        currency: Currency::GBP,
        rate: None,
        reference: "AMZ-EU-1-P".to_owned(),
        lines: vec![untaxed],
        total: gbp(75_50),
    };
    intent("AMZ-EU-1-P", Body::BankTransaction(made))
}

pub(super) fn bank_transfer() -> Intent {
    let made = BankTransfer {
        from_account_id: CLEARING.to_owned(),
        from_account_name: "Amazon clearing".to_owned(),
        to_account_id: BANK.to_owned(),
        to_account_name: "Business account".to_owned(),
        date: day("2026-01-31"),
        amount: gbp(50_00),
        reference: "AMZ-EU-1-T".to_owned(),
    };
    intent("AMZ-EU-1-T", Body::BankTransfer(made))
}

pub(super) fn journal_line(amount: Money, code: &str) -> JournalLine {
    JournalLine {
        description: "Accrued fees".to_owned(),
        amount,
        account_id: format!("acc-{code}"),
        account_code: code.to_owned(),
        tax_type: "NONE".to_owned(),
        tracking: Vec::new(),
        covers: Vec::new(),
    }
}

pub(super) fn manual_journal() -> Intent {
    let made = ManualJournal {
        narration: "AMZ-EU-2026-01-A1 Accrued fees".to_owned(),
        date: day("2026-01-31"),
        lines: vec![journal_line(gbp(30_00), "404"), journal_line(gbp(-30_00), "805")],
        on_cash_basis: false,
    };
    intent("AMZ-EU-2026-01-A1", Body::ManualJournal(made))
}

pub(super) fn attachment(to_kind: Kind) -> Intent {
    let made = Attachment {
        to: id("AMZ-1"),
        to_kind,
        file_name: "settlement 1.txt".to_owned(),
        content_type: "text/plain".to_owned(),
        hash: content_hash(FILE),
    };
    intent("file", Body::Attachment(made))
}

pub(super) fn undo(part: &str, of_kind: Kind) -> Intent {
    let on = (of_kind == Kind::Allocation).then(|| id("AMZ-1-CN1"));
    let made = Undo { of: id(part), of_kind, label: part.to_owned(), on };
    intent(&format!("undo:{part}"), Body::Undo(made))
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

pub(super) fn receipt(remote_id: &str, status: &str) -> Receipt {
    let (remote_id, status) = (remote_id.to_owned(), status.to_owned());
    Receipt { remote_id, number: None, status, total: None, tax: None }
}

/// `AMZ-1` is invoice `inv-1`, its credit note is `cn-1`, the made contact is `con-1`; the others are
/// named after what they are.
pub(super) fn receipts() -> Given {
    let known = [
        ("AMZ-1", "inv-1", "AUTHORISED"),
        ("AMZ-1-CN1", "cn-1", "AUTHORISED"),
        ("contact:uk", "con-1", "ACTIVE"),
        ("payment", "pay-1", "AUTHORISED"),
        ("allocated", "al-1", "AUTHORISED"),
        ("bill", "bill-1", "AUTHORISED"),
        ("bank", "bt-1", "AUTHORISED"),
        ("transfer", "tr-1", "AUTHORISED"),
        ("journal", "mj-1", "POSTED"),
    ];
    let receipts = known.map(|(part, remote_id, status)| (id(part), receipt(remote_id, status)));
    Given {
        receipts: BTreeMap::from(receipts),
        files: BTreeMap::from([(content_hash(FILE), FILE.to_vec())]),
    }
}

pub(super) fn draft_receipts() -> Given {
    Given::from(BTreeMap::from([(id("AMZ-1"), receipt("inv-1", "DRAFT"))]))
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

/// A bank transaction of a reply, as [`bank_transaction`] means it.
pub(super) fn bank_json(remote_id: &str, kind: &str, more: &str) -> String {
    format!(
        r#"{{{more}"BankTransactionID":"{remote_id}","Type":"{kind}","Reference":"AMZ-EU-1-P","IsReconciled":false,
        "BankAccount":{{"AccountID":"{BANK}","Code":"090"}},"Contact":{{"ContactID":"{CONTACT}","Name":"Amazon"}},
        "DateString":"2026-01-31T00:00:00","Date":"/Date(1769817600000+0000)/","Status":"AUTHORISED",
        "LineAmountTypes":"NoTax","LineItems":[{{"Description":"Blue mug","UnitAmount":75.5000,"TaxType":"NONE",
        "TaxAmount":0.00,"LineAmount":75.50,"AccountCode":"200","Tracking":[],"Quantity":1.0000}}],
        "SubTotal":75.50,"TotalTax":0.00,"Total":75.50,"CurrencyCode":"GBP"}}"#
    )
}

pub(super) fn transfer_json(remote_id: &str, more: &str) -> String {
    format!(
        r#"{{{more}"BankTransferID":"{remote_id}","DateString":"2026-01-31 00:00:00","Date":"/Date(1769817600000+0000)/",
        "Status":"AUTHORISED","FromBankAccount":{{"AccountID":"{CLEARING}"}},"ToBankAccount":{{"AccountID":"{BANK}"}},
        "Amount":50.00,"Reference":"AMZ-EU-1-T","ValidationErrors":[]}}"#
    )
}

pub(super) fn journal_json(remote_id: &str, more: &str) -> String {
    format!(
        r#"{{{more}"ManualJournalID":"{remote_id}","Narration":"AMZ-EU-2026-01-A1 Accrued fees",
        "Date":"/Date(1769817600000+0000)/","Status":"POSTED","LineAmountTypes":"NoTax","ShowOnCashBasisReports":false,
        "JournalLines":[{{"LineAmount":30.00,"AccountCode":"404","TaxType":"NONE","Tracking":[]}},
        {{"LineAmount":-30.00,"AccountCode":"805","TaxType":"NONE","Tracking":[]}}]}}"#
    )
}
