//! Whom an order's invoice is addressed to: the marketplace, or the buyer where the owner chose so.

use base::Subject;
use facts::chart::LedgerContact;
use intents::{Body, Contact, ContactRef, Intent, Trace};

use crate::orders::because;
use crate::orders::case::Case;
use crate::orders::stop::Stop;
use crate::orders::texts;
use crate::rulebook::ContactPolicy;
use crate::rulebook::compiled::Ask;
use crate::suggest::similar_contact;

/// Xero accepts 50 characters in a contact number.
const NUMBER_MAX: usize = 50;

pub(crate) struct Addressed {
    pub(crate) contact: ContactRef,
    pub(crate) made_by: Option<Intent>,
    pub(crate) trace: Trace,
}

pub(crate) fn address(case: &Case<'_>) -> Result<Addressed, Stop> {
    match buyer(case) {
        Some(wanted) => of_buyer(case, wanted),
        None => of_marketplace(case),
    }
}

/// A contact as it should be, if Xero does not have it.
struct Wanted {
    name: String,
    number: String,
    email: Option<String>,
    trace: Trace,
}

fn buyer(case: &Case<'_>) -> Option<Wanted> {
    let settings = case.settings();
    if settings.contacts != ContactPolicy::Buyer || !settings.buyer_data {
        return None;
    }
    let buyer = case.order.buyer.as_ref()?;
    let name = buyer.company.as_deref().or(buyer.name.as_deref()).map(texts::contact_name)?;
    if name.is_empty() {
        return None;
    }
    let number = number(&["amazon-buyer", &case.order.seller_id, &name.to_lowercase()]);
    let trace = Trace {
        table: "settings".to_owned(),
        rule: "contacts".to_owned(),
        reading: "contacts = buyer".to_owned(),
    };
    Some(Wanted { name, number, email: buyer.email.clone(), trace })
}

/// By number, then by exact name; a name that is only similar is a question.
fn of_buyer(case: &Case<'_>, wanted: Wanted) -> Result<Addressed, Stop> {
    let chart = case.situation.chart;
    if let Some(found) = chart.contact_by_number(&wanted.number) {
        return known(found, wanted.trace);
    }
    if let Some(found) = by_name(case, &wanted.name) {
        return known(found, wanted.trace);
    }
    if let Some(similar) = similar_contact(chart, &wanted.name) {
        let detail = format!("is the buyer the contact {:?} in Xero?", similar.name);
        return Err(Stop::new("contact_fuzzy", detail));
    }
    Ok(make(case, wanted))
}

fn of_marketplace(case: &Case<'_>) -> Result<Addressed, Stop> {
    let decision = case.situation.rules.ask(Ask::Contacts, &case.inputs)?;
    let order = case.order;
    let mut parts = vec!["amazon", &order.seller_id, &order.marketplace_id];
    parts.extend(Some(decision.get("key")).filter(|key| !key.is_empty()));
    let number = number(&parts);
    let mut name = texts::contact_name(decision.get("name"));
    if name.is_empty() {
        return Err(Stop::new("rule_failed", "the contacts table gives an empty name"));
    }
    let trace = decision.trace;
    if let Some(found) = case.situation.chart.contact_by_number(&number) {
        return known(found, trace);
    }
    match by_name(case, &name) {
        Some(found) if found.number.is_none() => return known(found, trace),
        // Another seller account's contact: Xero's names are unique.
        Some(_) => name = texts::contact_name(&format!("{name} ({})", order.seller_id)),
        None => {}
    }
    Ok(make(case, Wanted { name, number, email: None, trace }))
}

fn by_name<'c>(case: &Case<'c>, name: &str) -> Option<&'c LedgerContact> {
    let mut contacts = case.situation.chart.contacts.iter();
    contacts.find(|contact| contact.is_active && contact.name.to_lowercase() == name.to_lowercase())
}

/// Renamed or merged contacts are followed by their id; an archived one takes no documents.
fn known(found: &LedgerContact, trace: Trace) -> Result<Addressed, Stop> {
    if !found.is_active {
        let detail = format!("the contact {:?} is archived in Xero", found.name);
        return Err(Stop::new("contact_archived", detail));
    }
    let contact = ContactRef::Known(found.contact_id.clone());
    Ok(Addressed { contact, made_by: None, trace })
}

fn make(case: &Case<'_>, wanted: Wanted) -> Addressed {
    let subject = Subject::contact(&wanted.number);
    let book = case.situation.book;
    let id = Intent::id_of(book, &subject, "contact", 1);
    let body = Contact { name: wanted.name, number: wanted.number, email: wanted.email };
    let intent = Intent {
        id: id.clone(),
        book: book.clone(),
        subject,
        part: "contact".to_owned(),
        revision: 1,
        body: Body::Contact(body),
        needs: Vec::new(),
        supersedes: None,
        hold: None,
        because: because::shared(case),
    };
    Addressed { contact: ContactRef::Made(id), made_by: Some(intent), trace: wanted.trace }
}

/// Readable where it fits, else a digest of the same parts.
fn number(parts: &[&str]) -> String {
    let readable = parts.join(":");
    if readable.is_ascii() && readable.len() <= NUMBER_MAX && !parts.contains(&"amazon-buyer") {
        return readable;
    }
    let digest: String = base::digest(parts).chars().take(24).collect();
    format!("{}:{digest}", parts.first().copied().unwrap_or("amazon"))
}
