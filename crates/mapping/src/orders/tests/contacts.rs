//! Whom the invoice is addressed to.

use super::*;

fn contact(name: &str, number: Option<&str>, is_active: bool) -> LedgerContact {
    LedgerContact {
        contact_id: format!("id of {name}"),
        name: name.to_owned(),
        number: number.map(str::to_owned),
        email: None,
        is_active,
        merged_into: None,
    }
}

/// The contacts to be made.
fn contacts(changes: &Changes) -> Vec<intents::Contact> {
    let contact = |intent: &Intent| {
        let Planned::Contact(contact) = &intent.body else { return None };
        Some(contact.clone())
    };
    changes.shared.iter().filter_map(contact).collect()
}

#[test]
fn a_marketplaces_contact_is_found_by_number_then_by_name() {
    let number = "amazon:A1SELLER:A1F83G8C2ARO7P";
    let with = |contacts: Vec<LedgerContact>| {
        let mut sample = uk().having(mug());
        sample.chart.contacts = contacts;
        sample
    };
    let known = |name: &str| ContactRef::Known(format!("id of {name}"));
    let renamed = with(vec![contact("Amazon UK", Some(number), true)]);
    assert_eq!(invoice(&renamed).contact, known("Amazon UK"));
    let by_name = with(vec![contact("amazon.co.uk", None, true)]);
    assert_eq!(invoice(&by_name).contact, known("amazon.co.uk"));
    stops(&with(vec![contact("Amazon", Some(number), false)]), "contact_archived");
    let taken = with(vec![contact("Amazon.co.uk", Some("amazon:OTHER"), true)]).decide();
    assert_eq!(contacts(&taken)[0].name, "Amazon.co.uk (A1SELLER)");
}

#[test]
fn a_merged_contact_is_followed() {
    let mut sample = uk().having(mug());
    let mut merged = contact("Old", Some("amazon:A1SELLER:A1F83G8C2ARO7P"), false);
    merged.merged_into = Some("id of New".to_owned());
    sample.chart.contacts = vec![merged, contact("New", None, true)];
    assert_eq!(invoice(&sample).contact, ContactRef::Known("id of New".to_owned()));
}

#[test]
fn a_buyer_is_matched_exactly_or_asked_about() {
    let buyers = |book: &mut RuleBook| {
        book.settings.contacts = ContactPolicy::Buyer;
        book.settings.buyer_data = true;
    };
    let mut order = mug();
    let company = Some("Müller & Söhne GmbH".to_owned());
    order.buyer =
        Some(facts::order::Buyer { name: None, email: None, company, purchase_order: None });
    let with = |name: &str| {
        let mut sample = uk().with(buyers).having(order.clone());
        sample.chart.contacts = vec![contact(name, None, true)];
        sample
    };
    let exact = invoice(&with("Müller & Söhne GmbH"));
    assert_eq!(exact.contact, ContactRef::Known("id of Müller & Söhne GmbH".to_owned()));
    stops(&with("Muller & Söhne GmbH"), "contact_fuzzy");
    assert!(matches!(invoice(&with("Somebody else")).contact, ContactRef::Made(_)));
}

#[test]
fn an_order_invoiced_by_amazon_has_its_own_contact() {
    let mut order = mug();
    order.programs = vec!["INVOICE_BY_AMAZON".to_owned()];
    let changes = uk().having(order).decide();
    assert_eq!(contacts(&changes)[0].number, "amazon:A1SELLER:A1F83G8C2ARO7P:iba");
}
