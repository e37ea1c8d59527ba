//! Attachments and notes.

use axum::body::Body;

use super::bank::money;
use super::world::{Answer, World};

fn upload(world: &World, path: &str, content: &[u8]) -> Answer {
    let mut request = world.request(&format!("PUT {path}"), &[], "");
    request.headers_mut().insert("content-type", "text/csv".parse().unwrap());
    *request.body_mut() = Body::from(content.to_vec());
    world.raw(request)
}

#[test]
fn a_file_comes_back_as_it_was_sent() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    assert_eq!(world.get(&format!("/Invoices/{id}")).ok().at("Invoices/0/HasAttachments"), "false");
    let folder = format!("/Invoices/{id}/Attachments");
    let answer = upload(&world, &format!("{folder}/rows.csv?IncludeOnline=true"), b"a,b\r\n").ok();
    assert_eq!(answer.at("Attachments/0/FileName"), "rows.csv");
    assert_eq!(answer.at("Attachments/0/MimeType"), "text/csv");
    assert_eq!(answer.at("Attachments/0/ContentLength"), "5");
    assert_eq!(answer.at("Attachments/0/IncludeOnline"), "true");
    let file = world.get(&format!("{folder}/rows.csv")).ok();
    assert_eq!((file.text.as_str(), file.header("content-type")), ("a,b\r\n", "text/csv"));
    let by_id = world.get(&format!("{folder}/{}", answer.at("Attachments/0/AttachmentID"))).ok();
    assert_eq!(by_id.text, "a,b\r\n");
    assert_eq!(world.get(&format!("/Invoices/{id}")).ok().at("Invoices/0/HasAttachments"), "true");
    // The same name again takes the old one's place.
    upload(&world, &format!("{folder}/ROWS.csv"), b"new").ok();
    let list = world.get(&folder).ok();
    assert_eq!(list.at("Attachments/0/ContentLength"), "3");
    assert_eq!(list.at("Attachments/1"), "");
    assert_eq!(world.get(&format!("{folder}/other.csv")).status, 404);
    assert!(world.kit.log().unknown.is_empty());
}

#[test]
fn files_have_limits_and_their_names_rules() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    let path = |name: &str| format!("/Invoices/{id}/Attachments/{name}");
    for name in ["a%3Ab.csv", "a%2Bb.csv", "a%3Fb.csv", "a%20b.csv"] {
        upload(&world, &path(name), b"x").refused("is not valid");
    }
    upload(&world, &path("a.csv"), b"").refused("no content");
    upload(&world, &path("a.csv"), &vec![b'x'; 10 * 1024 * 1024 + 1]).refused("larger than 10 MB");
    upload(&world, &path("a.csv"), &vec![b'x'; 10 * 1024 * 1024]).ok();
    for number in 1..10 {
        upload(&world, &path(&format!("{number}.csv")), b"x").ok();
    }
    upload(&world, &path("11.csv"), b"x").refused("at most 10 attachments");
    upload(&world, &path("9.csv"), b"y").ok();
}

#[test]
fn every_kind_of_document_takes_files_and_notes() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let money = world.put("/BankTransactions", &money("SPEND", &contact, "P-1", "1.00")).ok();
    let transfer =
        r#"{"FromBankAccount":{"Code":"090"},"ToBankAccount":{"Code":"091"},"Amount":1}"#;
    let transfer = world.put("/BankTransfers", transfer).ok();
    let journal = r#"{"Narration":"x","JournalLines":[{"LineAmount":1,"AccountCode":"404"},{"LineAmount":-1,"AccountCode":"805"}]}"#;
    let journal = world.put("/ManualJournals", journal).ok();
    let credit = super::world::invoice(&contact, "C-1", "5.00")
        .replace("ACCREC", "ACCRECCREDIT")
        .replace("InvoiceNumber", "CreditNoteNumber");
    let credit = world.put("/CreditNotes", &credit).ok();
    for (endpoint, id) in [
        ("BankTransactions", money.at("BankTransactions/0/BankTransactionID")),
        ("BankTransfers", transfer.at("BankTransfers/0/BankTransferID")),
        ("ManualJournals", journal.at("ManualJournals/0/ManualJournalID")),
        ("CreditNotes", credit.at("CreditNotes/0/CreditNoteID")),
    ] {
        upload(&world, &format!("/{endpoint}/{id}/Attachments/a.csv"), b"x").ok();
        let shown = world.get(&format!("/{endpoint}/{id}")).ok();
        assert_eq!(shown.at(&format!("{endpoint}/0/HasAttachments")), "true", "{endpoint}");
        let path = format!("/{endpoint}/{id}/History");
        let note = r#"{"HistoryRecords":[{"Details":"Posted by Daybook"}]}"#;
        world.put(&path, note).ok();
        let notes = world.get(&path).ok();
        assert_eq!(notes.at("HistoryRecords/0/Details"), "Posted by Daybook");
        let long = format!(r#"{{"HistoryRecords":[{{"Details":"{}"}}]}}"#, "x".repeat(2501));
        world.put(&path, &long).refused("2500");
        // An id of another endpoint leads nowhere.
        assert_eq!(world.get(&format!("/Invoices/{id}/History")).status, 404);
    }
    assert_eq!(world.put("/Payments/x/History", "{}").status, 404);
}

#[test]
fn files_need_their_own_scope() {
    let needs = |path: &str, scope: &str| {
        let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        let resource = crate::xero::scopes::resource(&segments);
        let held = |scope: &str| crate::xero::scopes::allow(&[scope.to_owned()], "PUT", &resource);
        assert!(held(scope), "{path}");
        assert!(!held("accounting.invoices") || scope == "accounting.invoices", "{path}");
        assert!(!held(&format!("{scope}.read")), "{path}");
    };
    needs("Invoices/1", "accounting.invoices");
    needs("Invoices/1/History", "accounting.invoices");
    needs("Invoices/1/Attachments/a.csv", "accounting.attachments");
    needs("BankTransactions", "accounting.banktransactions");
    needs("BankTransfers/1", "accounting.banktransactions");
    needs("ManualJournals", "accounting.manualjournals");
}
