//! Bills, refunds, bank transactions, transfers, journals and files: their bytes, their replies, and
//! what a look-up shows of them.

use intents::{Body, Direction, Intent, Kind};

use super::super::{BuildError, Given, build};
use super::fixtures::*;
use super::outcomes::{check as check_reply, check_page};
use super::requests::{built, check, header};
use super::sightings::{check as check_seen, check_asked, check_sent};

#[test]
fn a_bill_is_put_alone_without_a_reference() {
    let send = built(Kind::Bill, &[bill("AMZ-EU-1-1")]);
    let body = concat!(
        r#"{"Invoices":[{"Type":"ACCPAY","InvoiceNumber":"AMZ-EU-1-1","#,
        r#""Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"#,
        r#""Date":"2026-01-30","DueDate":"2026-02-13","LineAmountTypes":"Inclusive","CurrencyCode":"GBP","#,
        r#""Status":"AUTHORISED","LineItems":[{"Description":"Blue mug","Quantity":1,"UnitAmount":120.00,"#,
        r#""AccountCode":"200","TaxType":"OUTPUT2","TaxAmount":20.00}]}]}"#,
    );
    check(&send, "PUT", "/Invoices?summarizeErrors=false&unitdp=4", body);
}

#[test]
fn a_supplier_credit_is_a_credit_note_of_the_other_type() {
    let send = built(Kind::SupplierCredit, &[supplier_credit("AMZ-EU-1-C")]);
    let body = String::from_utf8(send.request.body.clone()).unwrap();
    assert!(body.starts_with(
        r#"{"CreditNotes":[{"Type":"ACCPAYCREDIT","CreditNoteNumber":"AMZ-EU-1-C","Contact""#
    ));
    assert_eq!(send.request.target(), "/CreditNotes?summarizeErrors=false&unitdp=4");
}

fn bill_json(remote_id: &str) -> String {
    invoice_json("AMZ-EU-1-1", remote_id, "")
        .replace("ACCREC", "ACCPAY")
        .replace(r#""Reference":"202-1","#, "")
}

fn supplier_json(remote_id: &str) -> String {
    format!(
        r#"{{"Type":"ACCPAYCREDIT","CreditNoteID":"{remote_id}","CreditNoteNumber":"AMZ-EU-1-C",
        "Contact":{{"ContactID":"{CONTACT}"}},"Date":"/Date(1769904000000+0000)/","Status":"AUTHORISED",
        "TotalTax":10.00,"Total":60.00,"CurrencyCode":"GBP","LineItems":[]}}"#
    )
}

#[test]
fn a_bill_is_delivered_when_it_reads_back() {
    let members = [bill("AMZ-EU-1-1")];
    check_page("Invoices", &[bill_json("b-1")], &members, &["delivered b-1"]);
    let sale = bill_json("b-1").replace("ACCPAY", "ACCREC");
    check_page("Invoices", &[sale], &members, &["unclear unclear_reply"]);
    let short = bill_json("b-1").replace(r#""TotalTax":20.00"#, r#""TotalTax":19.99"#);
    check_page("Invoices", &[short], &members, &["differs xero_differs"]);
    let credits = [supplier_credit("AMZ-EU-1-C")];
    check_page("CreditNotes", &[supplier_json("c-1")], &credits, &["delivered c-1"]);
}

#[test]
fn a_bill_is_looked_up_by_type_and_number() {
    check_asked(
        &[bill("AMZ-EU-1-1")],
        "/Invoices?where=Type%3D%3D%22ACCPAY%22%20AND%20InvoiceNumber%3D%3D%22AMZ-EU-1-1%22&includeArchived=true&unitdp=4&page=1&pageSize=1000",
    );
    check_asked(
        &[supplier_credit("AMZ-EU-1-C")],
        "/CreditNotes?where=Type%3D%3D%22ACCPAYCREDIT%22%20AND%20CreditNoteNumber%3D%3D%22AMZ-EU-1-C%22&unitdp=4&page=1&pageSize=1000",
    );
}

#[test]
fn a_bill_is_adopted_only_if_it_is_ours_and_a_voided_one_is_nothing() {
    let members = [bill("AMZ-EU-1-1")];
    let ours = bill_json("b-1");
    let voided = bill_json("b-0").replace("AUTHORISED", "VOIDED");
    let strangers = bill_json("b-9").replace(CONTACT, "someone-else");
    check_seen("Invoices", std::slice::from_ref(&ours), &members, &["found b-1"]);
    check_seen("Invoices", std::slice::from_ref(&voided), &members, &["absent"]);
    check_seen("Invoices", &[voided, ours.clone()], &members, &["found b-1"]);
    check_seen("Invoices", std::slice::from_ref(&strangers), &members, &["differs xero_differs"]);
    check_seen("Invoices", &[strangers, ours.clone()], &members, &["found b-1"]);
    let twice = [ours.clone(), bill_json("b-2")];
    check_seen("Invoices", &twice, &members, &["differs xero_differs"]);
    let found = page("Invoices", &twice);
    check_sent(reply(200, &found), &members, &["b-1"], &["found b-2"]);
    let taken = page("Invoices", &[ours]);
    check_sent(reply(200, &taken), &members, &["b-1"], &["differs xero_differs"]);
    let credits = [supplier_credit("AMZ-EU-1-C")];
    check_seen("CreditNotes", &[supplier_json("c-1")], &credits, &["found c-1"]);
}

fn refund_json(remote_id: &str, document: &str) -> String {
    format!(
        r#"{{"PaymentID":"{remote_id}","Date":"/Date(1769817600000+0000)/","Amount":60.00,"Reference":"202-1",
        "Status":"AUTHORISED","PaymentType":"ARCREDITPAYMENT","Account":{{"AccountID":"{CLEARING}"}}{document}}}"#
    )
}

const NOTE: &str = r#","CreditNote":{"CreditNoteID":"cn-1","CurrencyCode":"GBP"}"#;
const NOTE_AS_INVOICE: &str =
    r#","Invoice":{"Type":"ACCRECCREDIT","InvoiceID":"cn-1","CurrencyCode":"GBP"}"#;

#[test]
fn a_refund_names_the_credit_note() {
    let send = built(Kind::Refund, &[refund("r:1", gbp(60_00))]);
    let body = concat!(
        r#"{"Payments":[{"CreditNote":{"CreditNoteID":"cn-1"},"Account":{"AccountID":"0c61c7b2-2b47-4e0c-9a3b-5d2f3f4f1f00"},"#,
        r#""Date":"2026-01-31","Amount":60.00,"Reference":"202-1"}]}"#,
    );
    check(&send, "PUT", "/Payments?summarizeErrors=false", body);
}

#[test]
fn a_refund_is_told_from_payments_however_xero_names_its_note() {
    let members = [refund("r:1", gbp(60_00))];
    for document in [NOTE, NOTE_AS_INVOICE] {
        check_page("Payments", &[refund_json("a", document)], &members, &["delivered a"]);
    }
    let payment = refund_json("a", NOTE_AS_INVOICE).replace("ARCREDIT", "ACCREC");
    check_page("Payments", &[payment], &members, &["unclear unclear_reply"]);
    let other = refund_json("a", NOTE).replace("cn-1", "cn-2");
    check_page("Payments", &[other], &members, &["unclear unclear_reply"]);
}

#[test]
fn refunds_are_looked_up_by_reference_once() {
    let members = [refund("r:1", gbp(60_00)), refund("r:2", gbp(60_00))];
    check_asked(&members, "/Payments?where=Reference%3D%3D%22202-1%22&page=1&pageSize=1000");
    let found = [refund_json("a", NOTE), payment_json("p", "60.00", "")];
    check_seen("Payments", &found, &members, &["found a", "absent"]);
    let gone = refund_json("a", NOTE).replace("AUTHORISED", "DELETED");
    check_seen("Payments", &[gone], &members, &["absent"; 2]);
    check_seen("Payments", &[refund_json("a", "")], &members, &["unclear look_up_failed"; 2]);
    let taken = page("Payments", &[refund_json("a", NOTE)]);
    check_sent(reply(200, &taken), &members, &["a"], &["absent"; 2]);
}

#[test]
fn a_payment_of_a_bill_is_found_among_payments() {
    let members = [payment("p:1", gbp(60_00))];
    let paid = payment_json("a", "60.00", r#""PaymentType":"ACCPAYPAYMENT","#);
    check_seen("Payments", &[paid], &members, &["found a"]);
    let refund = payment_json("a", "60.00", r#""PaymentType":"APCREDITPAYMENT","#);
    check_seen("Payments", &[refund], &members, &["absent"]);
}

#[test]
fn a_bank_transaction_is_put_with_our_reference_and_no_tax_of_ours() {
    let send = built(Kind::BankTransaction, &[bank_transaction(Direction::Receive)]);
    let body = concat!(
        r#"{"BankTransactions":[{"Type":"RECEIVE","Reference":"AMZ-EU-1-P","#,
        r#""Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"#,
        r#""BankAccount":{"AccountID":"f3a1d0a2-4f0b-4c8a-a0e3-9f8f6a1b2c3d"},"Date":"2026-01-31","#,
        r#""LineAmountTypes":"NoTax","Status":"AUTHORISED","#,
        r#""LineItems":[{"Description":"Blue mug","Quantity":1,"UnitAmount":75.50,"AccountCode":"200","TaxType":"NONE"}]}]}"#,
    );
    check(&send, "PUT", "/BankTransactions?summarizeErrors=false&unitdp=4", body);

    let mut taxed = bank_transaction(Direction::Spend);
    if let Body::BankTransaction(made) = &mut taxed.body {
        made.lines[0].tax = gbp(12_58);
    }
    let send = built(Kind::BankTransaction, &[taxed]);
    let body = String::from_utf8(send.request.body).unwrap();
    assert!(
        body.contains(r#""Type":"SPEND""#) && body.contains(r#""LineAmountTypes":"Inclusive""#)
    );
    assert!(!body.contains("TaxAmount"));
}

#[test]
fn a_bank_transaction_is_judged_by_all_that_it_says() {
    let members = [bank_transaction(Direction::Receive)];
    let made = bank_json("bt-7", "RECEIVE", "");
    check_page("BankTransactions", std::slice::from_ref(&made), &members, &["delivered bt-7"]);
    for (from, to) in [
        (r#""Total":75.50"#, r#""Total":75.51"#),
        (r#""TotalTax":0.00"#, r#""TotalTax":12.58"#),
        (r#""CurrencyCode":"GBP""#, r#""CurrencyCode":"EUR""#),
        (BANK, CLEARING),
        (CONTACT, "someone-else"),
        (r#""Type":"RECEIVE""#, r#""Type":"SPEND""#),
        (r#""DateString":"2026-01-31"#, r#""DateString":"2026-02-01"#),
        (r#""AccountCode":"200""#, r#""AccountCode":"201""#),
        (r#""Status":"AUTHORISED""#, r#""Status":"DELETED""#),
    ] {
        let other = made.replace(from, to);
        assert_ne!(other, made, "{from}");
        check_page("BankTransactions", &[other], &members, &["differs xero_differs"]);
    }
    let elsewhere = made.replace("AMZ-EU-1-P", "AMZ-EU-2-P");
    check_page("BankTransactions", &[elsewhere], &members, &["unclear unclear_reply"]);
    let silent = made.replace(r#""Total":75.50,"#, "");
    check_page("BankTransactions", &[silent], &members, &["unclear unclear_reply"]);
}

#[test]
fn a_bank_transaction_is_found_by_its_reference_unless_it_was_deleted() {
    let members = [bank_transaction(Direction::Receive)];
    check_asked(
        &members,
        "/BankTransactions?where=Reference%3D%3D%22AMZ-EU-1-P%22&unitdp=4&page=1&pageSize=1000",
    );
    let made = bank_json("bt-7", "RECEIVE", "");
    let deleted = bank_json("bt-6", "RECEIVE", "").replace("AUTHORISED", "DELETED");
    let both = [deleted.clone(), made.clone()];
    check_seen("BankTransactions", &both, &members, &["found bt-7"]);
    check_seen("BankTransactions", &[deleted], &members, &["absent"]);
    check_seen("BankTransactions", &[], &members, &["absent"]);
    let moved = made.replace(BANK, CLEARING);
    check_seen("BankTransactions", &[moved], &members, &["differs xero_differs"]);
    let twice = [made.clone(), bank_json("bt-8", "RECEIVE", "")];
    check_seen("BankTransactions", &twice, &members, &["differs xero_differs"]);
    let more = page("BankTransactions", &[])
        .replace(r#""Id":"x""#, r#""pagination":{"page":1,"pageCount":2}"#);
    check_sent(reply(200, &more), &members, &[], &["unclear look_up_failed"]);
    let taken = page("BankTransactions", &[made]);
    check_sent(reply(200, &taken), &members, &["bt-7"], &["differs xero_differs"]);
}

#[test]
fn a_transfer_goes_alone_and_is_found_between_days() {
    let members = [bank_transfer()];
    let send = built(Kind::BankTransfer, &members);
    let body = concat!(
        r#"{"BankTransfers":[{"FromBankAccount":{"AccountID":"0c61c7b2-2b47-4e0c-9a3b-5d2f3f4f1f00"},"#,
        r#""ToBankAccount":{"AccountID":"f3a1d0a2-4f0b-4c8a-a0e3-9f8f6a1b2c3d"},"#,
        r#""Amount":50.00,"Date":"2026-01-31","Reference":"AMZ-EU-1-T"}]}"#,
    );
    check(&send, "PUT", "/BankTransfers", body);
    check_asked(
        &members,
        "/BankTransfers?where=Date%3E%3DDateTime%282026%2C%2001%2C%2030%29%20AND%20Date%3CDateTime%282026%2C%2002%2C%2002%29",
    );
    let made = transfer_json("tr-7", "");
    check_page("BankTransfers", std::slice::from_ref(&made), &members, &["delivered tr-7"]);
    check_seen("BankTransfers", std::slice::from_ref(&made), &members, &["found tr-7"]);
    let other = made.replace("AMZ-EU-1-T", "AMZ-EU-2-T");
    check_seen("BankTransfers", &[other], &members, &["absent"]);
    let back = made.replace(CLEARING, "x").replace(BANK, CLEARING).replace(r#""x""#, r#""y""#);
    check_seen("BankTransfers", &[back], &members, &["differs xero_differs"]);
    let less = made.replace("50.00", "49.99");
    check_page("BankTransfers", &[less], &members, &["differs xero_differs"]);
}

#[test]
fn a_journal_is_posted_without_tax_and_found_by_its_narration() {
    let members = [manual_journal()];
    let send = built(Kind::ManualJournal, &members);
    let body = concat!(
        r#"{"ManualJournals":[{"Narration":"AMZ-EU-2026-01-A1 Accrued fees","Date":"2026-01-31","#,
        r#""LineAmountTypes":"NoTax","Status":"POSTED","ShowOnCashBasisReports":false,"JournalLines":["#,
        r#"{"LineAmount":30.00,"AccountCode":"404","Description":"Accrued fees","TaxType":"NONE"},"#,
        r#"{"LineAmount":-30.00,"AccountCode":"805","Description":"Accrued fees","TaxType":"NONE"}]}]}"#,
    );
    check(&send, "PUT", "/ManualJournals?summarizeErrors=false", body);
    let mut moved = manual_journal();
    if let Body::ManualJournal(made) = &mut moved.body {
        made.on_cash_basis = true;
    }
    let body = body.replace("Reports\":false", "Reports\":true");
    let send = built(Kind::ManualJournal, &[moved]);
    check(&send, "PUT", "/ManualJournals?summarizeErrors=false", &body);
    check_asked(
        &members,
        "/ManualJournals?where=Narration%3D%3D%22AMZ-EU-2026-01-A1%20Accrued%20fees%22&page=1&pageSize=1000",
    );
    let made = journal_json("mj-7", "");
    check_page("ManualJournals", std::slice::from_ref(&made), &members, &["delivered mj-7"]);
    let draft = made.replace("POSTED", "DRAFT");
    check_page("ManualJournals", &[draft], &members, &["differs xero_differs"]);
    let fewer = made.replace("-30.00", "-29.00");
    check_page("ManualJournals", &[fewer], &members, &["differs xero_differs"]);
    let voided = made.replace("POSTED", "VOIDED");
    check_seen("ManualJournals", &[voided], &members, &["absent"]);
    check_seen("ManualJournals", &[made], &members, &["found mj-7"]);
}

#[test]
fn a_warning_about_an_account_spoils_a_journal_wherever_it_stands() {
    const WARNING: &str = r#""Warnings":[{"Message":"Account code '476' has been removed as it does not match a recognised account."}],"#;
    let members = [manual_journal()];
    let own = journal_json("mj-7", WARNING);
    check_page("ManualJournals", &[own], &members, &["differs account_removed"]);
    let of_reply =
        page("ManualJournals", &[journal_json("mj-7", "")]).replace(r#""Status":"OK","#, WARNING);
    check_reply(&reply(200, &of_reply), &members, &["differs account_removed"]);
    let unequal = journal_json(
        "mj-7",
        r#""ValidationErrors":[{"Message":"The total debits (30.00) must equal total credits (-29.00)"}],"#,
    );
    check_page("ManualJournals", &[unequal], &members, &["refused unsendable"]);
}

#[test]
fn a_file_is_put_byte_for_byte_at_its_document() {
    for (kind, target) in [
        (Kind::Invoice, "/Invoices/inv-1/Attachments/settlement%201.txt"),
        (Kind::Bill, "/Invoices/inv-1/Attachments/settlement%201.txt"),
        (Kind::ManualJournal, "/ManualJournals/inv-1/Attachments/settlement%201.txt"),
    ] {
        let send = built(Kind::Attachment, &[attachment(kind)]);
        assert_eq!(send.request.target(), target);
        assert_eq!(send.request.body, FILE);
        assert_eq!(header(&send, "content-type"), Some("text/plain"));
        assert!(header(&send, "idempotency-key").is_some());
    }
}

#[test]
fn a_file_is_there_when_its_name_and_size_are() {
    let members = [attachment(Kind::Bill)];
    check_asked(&members, "/Invoices/inv-1/Attachments");
    let size = FILE.len();
    let there = format!(
        r#"{{"AttachmentID":"at-1","FileName":"settlement 1.txt","ContentLength":{size}}}"#
    );
    check_page("Attachments", std::slice::from_ref(&there), &members, &["delivered at-1"]);
    check_seen("Attachments", std::slice::from_ref(&there), &members, &["found at-1"]);
    let cut = there.replace(&format!(":{size}"), ":1");
    check_page("Attachments", std::slice::from_ref(&cut), &members, &["differs xero_differs"]);
    // Sent again it replaces what is there.
    check_seen("Attachments", &[cut], &members, &["absent"]);
    check_seen("Attachments", &[], &members, &["absent"]);
    check_sent(reply(404, ""), &members, &[], &["differs document_missing"]);
}

#[track_caller]
fn check_not_built(member: &Intent, given: &Given, is_it: fn(&BuildError) -> bool, code: &str) {
    let members = [(member.clone(), 1)];
    let error = build("tenant", member.kind(), &members, given).unwrap_err();
    assert!(is_it(&error), "{error}");
    assert_eq!(error.code(), code);
}

#[test]
fn what_could_not_be_found_again_is_not_sent() {
    let is_it = |error: &BuildError| matches!(error, BuildError::NoKey { .. });
    let mut nameless = [refund("r", gbp(1)), bank_transaction(Direction::Spend), bank_transfer()];
    for member in &mut nameless {
        if let Body::Refund(made) = &mut member.body {
            made.reference.clear();
        } else if let Body::BankTransaction(made) = &mut member.body {
            made.reference = " ".to_owned();
        } else if let Body::BankTransfer(made) = &mut member.body {
            made.reference.clear();
        }
        check_not_built(member, &receipts(), is_it, "unsendable");
    }
    let mut journal = manual_journal();
    let Body::ManualJournal(made) = &mut journal.body else { panic!("a journal") };
    made.narration.clear();
    check_not_built(&journal, &receipts(), is_it, "unsendable");
}

#[test]
fn a_journal_that_does_not_balance_is_not_sent() {
    let mut member = manual_journal();
    let Body::ManualJournal(made) = &mut member.body else { panic!("a journal") };
    made.lines = vec![journal_line(gbp(30_00), "404"), journal_line(gbp(-29_00), "805")];
    let is_it = |error: &BuildError| matches!(error, BuildError::Unbalanced { .. });
    check_not_built(&member, &receipts(), is_it, "unsendable");
    let Body::ManualJournal(made) = &mut member.body else { panic!("a journal") };
    made.lines = vec![journal_line(gbp(0), "404")];
    check_not_built(&member, &receipts(), is_it, "unsendable");
}

#[test]
fn a_file_that_is_not_the_one_meant_or_is_too_large_is_not_sent() {
    let mut given = receipts();
    let member = attachment(Kind::Bill);
    given.files.clear();
    let is_wrong = |error: &BuildError| matches!(error, BuildError::WrongFile { .. });
    check_not_built(&member, &given, is_wrong, "unsendable");
    let Body::Attachment(file) = &member.body else { panic!("a file") };
    given.files.insert(file.hash.clone(), b"other bytes".to_vec());
    check_not_built(&member, &given, is_wrong, "unsendable");

    let bytes = vec![b'x'; 10 * 1024 * 1024 + 1];
    let mut large = member.clone();
    let Body::Attachment(file) = &mut large.body else { panic!("a file") };
    file.hash = base::id::content_hash(&bytes);
    given.files.insert(file.hash.clone(), bytes);
    let is_large = |error: &BuildError| matches!(error, BuildError::AttachmentTooLarge { .. });
    check_not_built(&large, &given, is_large, "attachment_too_large");

    let is_odd = |error: &BuildError| matches!(error, BuildError::NotAttachable { .. });
    check_not_built(&attachment(Kind::Payment), &receipts(), is_odd, "unsendable");
}
