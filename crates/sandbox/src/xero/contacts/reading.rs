//! What a contact would be after what a client sent.

use super::{Contact, KEPT, NAME_MAX, NUMBER_MAX, NUMBER_USED};
use crate::xero::ask::Ask;
use crate::xero::batch::Refusal;
use crate::xero::books::Books;
use crate::xero::json::Object;

/// Fields that are not sent stay as they are.
pub(super) fn merged(
    books: &Books,
    ask: &Ask<'_>,
    mut contact: Contact,
    element: &Object,
) -> Result<Contact, Refusal> {
    let mut errors = Refusal::default();
    match element.text("ContactStatus") {
        Some("ARCHIVED") => contact.archived = true,
        Some("ACTIVE") => contact.archived = false,
        Some(_) => errors.say("The ContactStatus is not valid"),
        None => {}
    }
    let set = |slot: &mut String, name: &str| {
        if let Some(text) = element.text(name) {
            text.clone_into(slot);
        }
    };
    set(&mut contact.name, "Name");
    set(&mut contact.number, "ContactNumber");
    set(&mut contact.email, "EmailAddress");
    for name in KEPT {
        if let Some(value) = element.get(name) {
            contact.kept.set(name, value.clone());
        }
    }
    if let Some(code) = element.text("DefaultCurrency") {
        errors.take(books.subscribed(code).map(Some));
    }
    check_name(books, &contact, &mut errors);
    check_number(books, &contact, &mut errors);
    errors.check(is_email(&contact.email), "Email address is not valid.");
    errors.none()?;
    contact.updated = ask.now;
    Ok(contact)
}

fn check_name(books: &Books, contact: &Contact, errors: &mut Refusal) {
    let name = contact.name.as_str();
    errors.check(
        name.chars().count() <= NAME_MAX,
        "The contact name must be 255 characters or fewer.",
    );
    let tidy = name.trim() == name && !name.contains("  ") && !name.contains(['<', '>']);
    errors.check(
        tidy,
        "The contact name cannot contain angle brackets or leading, trailing or repeated spaces.",
    );
    let other = books.contacts.by_name(name).filter(|other| other.id != contact.id);
    if other.is_some() && !contact.archived {
        errors.say(&format!(
            "The contact name {name} is already assigned to another contact. The contact name must be unique across all active contacts."
        ));
    }
}

fn check_number(books: &Books, contact: &Contact, errors: &mut Refusal) {
    let number = contact.number.as_str();
    errors.check(
        number.chars().count() <= NUMBER_MAX,
        "The contact number must be 50 characters or fewer.",
    );
    let other = books.contacts.by_number(number).filter(|other| other.id != contact.id);
    errors.check(number.is_empty() || other.is_none(), NUMBER_USED);
}

fn is_email(text: &str) -> bool {
    let whole = text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && !host.is_empty());
    text.is_empty() || (whole && text.is_ascii() && text.len() <= NAME_MAX && !text.contains(' '))
}
