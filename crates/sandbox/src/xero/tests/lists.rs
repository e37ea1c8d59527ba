use super::world::{World, invoice};

#[test]
fn a_client_that_does_not_ask_for_json_gets_xml() {
    let world = World::new();
    let answer = world.call("GET /Organisation", &[("accept", "*/*")], "").ok();
    assert!(answer.text.starts_with("<?xml"), "{}", answer.text);
    assert!(answer.header("content-type").starts_with("text/xml"));
}

#[test]
fn a_body_that_is_not_json_is_refused() {
    let world = World::new();
    let answer = world.put("/Contacts", "{\"Contacts\":[");
    assert_eq!(answer.at("Type"), "PostDataInvalidException");
    assert_eq!(answer.status, 400);
}

#[test]
fn unknown_names_are_ignored_and_listed() {
    let world = World::new();
    let body = r#"{"Contacts":[{"Name":"Amazon","Colour":"red","Phones":[{"Ring":1}]}]}"#;
    world.put("/Contacts?speed=fast", body).ok();
    world.get("/Invoices?IDs=x&colour=red").ok();
    assert_eq!(world.get("/Nonsense").status, 404);
    let unknown: Vec<String> = world.kit.log().unknown.into_keys().map(|(_, name)| name).collect();
    assert_eq!(
        unknown,
        [
            "field Contact.Colour on PUT /Contacts",
            "field Phone.Ring on PUT /Contacts",
            "path GET Nonsense",
            "query colour on GET /Invoices",
            "query speed on PUT /Contacts",
        ]
    );
}

#[test]
fn calls_are_counted_by_operation() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let id = world.sale(&contact, "A", "1.00").ok().at("Invoices/0/InvoiceID");
    world.get(&format!("/Invoices/{id}")).ok();
    world.get("/Invoices/A").ok();
    let calls = world.kit.log().calls;
    let count = |operation: &str| calls[&("xero".to_owned(), operation.to_owned())];
    assert_eq!(count("GET /Invoices/{id}"), 2);
    assert_eq!(count("PUT /Invoices"), 1);
    assert_eq!(count("POST /connect/token"), 1);
}

#[test]
fn only_pages_have_lines() {
    let world = World::new();
    let contact = world.contact("Amazon");
    for number in ["A", "B", "C"] {
        world.sale(&contact, number, "12.00").ok();
    }
    let unpaged = world.get("/Invoices").ok();
    assert_eq!(unpaged.at("Invoices/2/LineItems"), "[]");
    assert_eq!(unpaged.at("pagination"), "");
    let page = world.get("/Invoices?page=2&pageSize=2").ok();
    assert_eq!(page.at("Invoices/0/InvoiceNumber"), "C");
    assert_eq!(page.at("Invoices/0/LineItems/0/AccountCode"), "200");
    assert_eq!(page.at("pagination/pageCount"), "2");
    assert_eq!(page.at("pagination/itemCount"), "3");
    assert_eq!(world.get("/Invoices?page=1&pageSize=1001").status, 400);
    let forced = world.get("/Invoices?Statuses=AUTHORISED").ok();
    assert_eq!(forced.at("pagination/page"), "1");
    let summary = world.get("/Invoices?summaryOnly=true").ok();
    assert_eq!(summary.at("Invoices/0/LineItems"), "");
}

#[test]
fn invoices_are_found_by_number_where_and_change() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.sale(&contact, "A", "12.00").ok();
    world.later_ms(5_000);
    let id = world.sale(&contact, "B", "24.00").ok().at("Invoices/0/InvoiceID");
    let first = |path: &str| {
        let answer = world.get(path).ok();
        assert_eq!(answer.at("Invoices/1"), "", "{path}");
        answer.at("Invoices/0/InvoiceNumber")
    };
    assert_eq!(first("/Invoices?InvoiceNumbers=B,Z"), "B");
    assert_eq!(first(&format!("/Invoices?IDs={id}")), "B");
    assert_eq!(first("/Invoices?searchTerm=b"), "B");
    assert_eq!(first("/Invoices?where=AmountDue%3E12"), "B");
    assert_eq!(
        first(
            "/Invoices?where=InvoiceNumber%3D%3D%22A%22%20AND%20Date%3E%3DDateTime(2026%2C06%2C01)"
        ),
        "A"
    );
    let since = [("if-modified-since", "2026-06-15T10:00:00")];
    let changed = world.call("GET /Invoices", &since, "").ok();
    assert_eq!(changed.at("Invoices/0/InvoiceNumber"), "B");
    assert_eq!(changed.at("Invoices/1"), "");
    let newest = world.get("/Invoices?order=Date%20DESC").ok();
    assert_eq!(newest.status, 200);
    let bad = world.get("/Invoices?where=Colour%3D%3D%22red%22");
    assert_eq!((bad.status, bad.at("Type").as_str()), (400, "QueryParseException"));
    assert_eq!(bad.at("ErrorNumber"), "16");
    assert_eq!(world.get("/Invoices/none").status, 404);
}

#[test]
fn payments_are_found_by_their_invoice() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let a = world.sale(&contact, "A", "12.00").ok().at("Invoices/0/InvoiceID");
    let b = world.sale(&contact, "B", "12.00").ok().at("Invoices/0/InvoiceID");
    world.pay(&a, "1.00").ok();
    world.pay(&b, "2.00").ok();
    let path = format!("/Payments?page=1&where=Invoice.InvoiceId%3D%3Dguid(%22{b}%22)");
    let answer = world.get(&path).ok();
    assert_eq!(answer.at("Payments/0/Amount"), "2.00");
    assert_eq!(answer.at("Payments/0/Account/Code"), "612");
    assert_eq!(answer.at("pagination/itemCount"), "1");
}

#[test]
fn contact_names_are_unique_among_the_active_and_tidy() {
    let world = World::new();
    let id = world.contact("Amazon.co.uk");
    let put = |name: &str| world.put("/Contacts", &format!(r#"{{"Name":"{name}"}}"#));
    put("amazon.CO.UK").refused("is already assigned to another contact. The contact name must be unique across all active contacts.");
    put("Amazon  UK").refused("spaces");
    put("<b>").refused("angle brackets");
    world.put("/Contacts", "{}").refused("The Contact must contain at least 1 of the following");
    world.post(&format!("/Contacts/{id}"), r#"{"ContactStatus":"ARCHIVED"}"#).ok();
    put("Amazon.co.uk").ok();
    let list = world.get("/Contacts?where=Name%3D%3D%22amazon.co.uk%22").ok();
    assert_eq!(list.at("Contacts/1"), "");
    let all = world.get("/Contacts?includeArchived=true").ok();
    assert_eq!(all.at("Contacts/1/Name"), "Amazon.co.uk");
}

#[test]
fn contact_numbers_are_unique_and_lead_to_their_contact() {
    let world = World::new();
    world.put("/Contacts", r#"{"Name":"A","ContactNumber":"amazon:1"}"#).ok();
    world.put("/Contacts", r#"{"Name":"B","ContactNumber":"amazon:1"}"#).refused(
        "Another contact has this contact number. Please enter a different contact number.",
    );
    assert_eq!(world.get("/Contacts/amazon%3A1").ok().at("Contacts/0/Name"), "A");
    let answer = world.post("/Contacts", r#"{"Name":"New","ContactNumber":"amazon:1"}"#).ok();
    assert_eq!(answer.at("Contacts/0/Name"), "New");
    assert_eq!(world.xero.ledger().contacts.len(), 1);
}

#[test]
fn item_codes_are_unique_and_at_most_thirty_long() {
    let world = World::new();
    let put = |code: &str| {
        let body = format!(
            r#"{{"Items":[{{"Code":"{code}","Name":"Mug","SalesDetails":{{"UnitPrice":5.125,"AccountCode":"200","TaxType":"OUTPUT2"}}}}]}}"#
        );
        world.put("/Items?unitdp=4", &body)
    };
    assert_eq!(put("MUG-1").ok().at("Items/0/SalesDetails/UnitPrice"), "5.1250");
    put("MUG-1").refused("Price List Item with Code 'MUG-1' already exists");
    put(&"M".repeat(31)).refused("30 characters");
    assert_eq!(world.get("/Items/MUG-1").ok().at("Items/0/Name"), "Mug");
    let contact = world.contact("Amazon");
    let body =
        invoice(&contact, "A", "12.00").replace("\"TaxType\"", "\"ItemCode\":\"CUP\",\"TaxType\"");
    world.put("/Invoices", &body).refused("Item code 'CUP' is not valid");
    world.put("/Invoices", &body.replace("CUP", "MUG-1")).ok();
}

#[test]
fn accounts_are_created_one_at_a_time_with_unique_codes_and_names() {
    let world = World::new();
    world.clearing();
    let body = r#"{"Code":"612","Name":"Other","Type":"CURRENT"}"#;
    world.put("/Accounts", body).refused("Please enter a unique Code.");
    let body = r#"{"Code":"614","Name":"Sales","Type":"CURRENT"}"#;
    world.put("/Accounts", body).refused("Please enter a unique Name.");
    let bank =
        r#"{"Name":"Amazon EUR","Type":"BANK","BankAccountNumber":"1","CurrencyCode":"EUR"}"#;
    world.put("/Accounts", bank).refused("Organisation is not subscribed to currency EUR");
    let two = r#"{"Accounts":[{"Code":"1","Name":"A","Type":"CURRENT"},{"Code":"2","Name":"B","Type":"CURRENT"}]}"#;
    assert_eq!(world.put("/Accounts", two).status, 400);
    let list = world.get("/Accounts?where=SystemAccount%3D%3D%22DEBTORS%22").ok();
    assert_eq!(list.at("Accounts/0/Code"), "610");
}

#[test]
fn settings_are_there_to_read() {
    let world = World::new();
    let rates = world.get("/TaxRates").ok();
    assert_eq!(rates.at("TaxRates/0/TaxType"), "OUTPUT2");
    assert_eq!(rates.at("TaxRates/0/EffectiveRate"), "20.0000");
    assert_eq!(rates.at("TaxRates/0/CanApplyToExpenses"), "false");
    assert_eq!(world.get("/TaxRates/NONE").ok().at("TaxRates/0/Name"), "No VAT");
    assert_eq!(world.get("/Currencies").ok().at("Currencies/0/Code"), "GBP");
    assert_eq!(world.get("/Organisation/Actions").ok().at("Actions/0/Status"), "ALLOWED");
    assert_eq!(world.get("/Organisation").ok().at("Organisations/0/Version"), "UK");
}
