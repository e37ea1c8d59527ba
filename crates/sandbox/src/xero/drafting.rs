//! What a document would be after what a client sent: its fields merged, checked and worked out.

use base::{Currency, Day, Decimal};

use super::ask::Ask;
use super::batch::Refusal;
use super::books::Books;
use super::contacts;
use super::dates;
use super::document::{Amounts, Document, Kind, Status};
use super::documents::Family;
use super::json::Object;
use super::lines::{self, Findings, Line, Terms};
use super::reading;

const TEXT_MAX: usize = 255;

const NO_CONTACT: &str = "A Contact must be specified for this type of transaction";
pub(crate) const NO_LINES: &str = "One or more line items must be specified";
const ARCHIVED: &str = "The contact with the specified contact details has been archived. The contact must be un-archived before creating new invoices or credit notes.";

/// A document as it would be saved, and whom it is for.
pub(crate) struct Draft {
    pub(crate) document: Document,
    pub(crate) party: Party,
    pub(crate) warnings: Vec<String>,
}

/// The contact of a draft. A bare unknown name makes a contact; more fields than the identity
/// change one.
pub(crate) enum Party {
    Known(String),
    Changed(String, Object),
    New(Object),
}

impl Party {
    /// Finds, changes or makes the contact. It fails before anything else is saved.
    pub(crate) fn settle(&self, books: &mut Books, ask: &Ask<'_>) -> Result<String, Refusal> {
        match self {
            Party::Known(id) => Ok(id.clone()),
            Party::Changed(id, sent) => contacts::update(books, ask, id, sent),
            Party::New(sent) => contacts::create(books, ask, sent),
        }
    }
}

/// Merges what was sent into a document that is new or may still be edited as a whole.
pub(crate) fn draft(
    books: &Books,
    ask: &Ask<'_>,
    family: &Family,
    old: Document,
    element: &Object,
) -> Result<Draft, Refusal> {
    let mut findings = Findings::default();
    let mut document = old;
    let errors = &mut findings.errors;
    read_kind(family, &mut document, element, errors);
    read_status(&mut document, element, errors);
    read_texts(books, family, &mut document, element, errors);
    read_dates(&mut document, element, errors);
    read_currency(books, &mut document, element, errors);
    let party = read_party(books, &document.contact, element, errors)?;
    read_lines(books, ask, &mut document, element, &mut findings);
    check_whole(books, &document, &mut findings.errors);
    findings.errors.none()?;
    document.updated = ask.now;
    Ok(Draft { document, party, warnings: findings.warnings })
}

fn read_kind(family: &Family, document: &mut Document, element: &Object, errors: &mut Refusal) {
    let is_new = document.id.is_empty();
    let sent = element.text("Type");
    let kind = sent.and_then(Kind::read).filter(|kind| kind.is_credit() == family.is_credit);
    match (sent, kind) {
        (None, _) => errors.check(!is_new, "Type must be specified"),
        (Some(_), Some(kind)) if is_new => document.kind = kind,
        (Some(_), Some(kind)) => {
            errors.check(kind == document.kind, "The Type of a document cannot be changed");
        }
        (Some(sent), None) => errors.say(&format!("Type '{sent}' is not valid")),
    }
}

fn read_status(document: &mut Document, element: &Object, errors: &mut Refusal) {
    let Some(sent) = element.text("Status") else { return };
    match Status::read(sent) {
        Some(status) if may_become(document, status) => document.status = status,
        Some(_) | None => errors.say(&format!(
            "{} Status '{sent}' is not valid for this document",
            document.kind.noun()
        )),
    }
}

/// Voiding and deleting are decided elsewhere; PAID comes of payments alone.
fn may_become(document: &Document, status: Status) -> bool {
    match document.status {
        Status::Draft | Status::Submitted => {
            matches!(status, Status::Draft | Status::Submitted | Status::Authorised)
        }
        Status::Authorised => status == Status::Authorised,
        Status::Paid | Status::Voided | Status::Deleted => false,
    }
}

/// Number, reference and link.
pub(crate) fn read_texts(
    books: &Books,
    family: &Family,
    document: &mut Document,
    element: &Object,
    errors: &mut Refusal,
) {
    if let Some(number) = element.text(family.number) {
        number.clone_into(&mut document.number);
        let printable = number.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let valid = printable && number.len() <= TEXT_MAX;
        errors.check(valid, &format!("{} is not valid", family.number));
        let other = books.documents.by_number(document.kind, number);
        let taken = other.is_some_and(|other| other.id != document.id);
        errors.check(!taken, &format!("{} # must be unique.", document.kind.noun()));
    }
    // A bill's or supplier credit's own reference is its number: Reference is for sales.
    if document.kind.is_sale() {
        read_reference(&mut document.reference, element, errors);
    }
    read_url(&mut document.url, element, errors);
    if let Some(sent) = element.bool("SentToContact") {
        errors.check(
            !sent || document.status.is_posted(),
            "SentToContact can only be set on an approved document",
        );
        document.sent = sent;
    }
}

pub(crate) fn read_reference(slot: &mut String, element: &Object, errors: &mut Refusal) {
    let Some(reference) = element.text("Reference") else { return };
    reference.clone_into(slot);
    let length = reference.chars().count();
    errors.check(length <= TEXT_MAX, "Reference must not be more than 255 characters long.");
}

/// The link back to the app: never into Xero itself.
pub(crate) fn read_url(slot: &mut String, element: &Object, errors: &mut Refusal) {
    let Some(url) = element.text("Url") else { return };
    url.clone_into(slot);
    let absolute = url.starts_with("https://") || url.starts_with("http://");
    errors.check(absolute, "Url must be an absolute URL");
    errors.check(!url.to_lowercase().contains("xero"), "Url must not contain the word 'xero'");
}

fn read_dates(document: &mut Document, element: &Object, errors: &mut Refusal) {
    if let Some(day) = read_day(element, "Date", errors) {
        document.date = day;
    }
    read_due(document, element, errors);
}

pub(crate) fn read_due(document: &mut Document, element: &Object, errors: &mut Refusal) {
    if let Some(day) = read_day(element, "DueDate", errors) {
        document.due = Some(day);
    }
}

/// A date member; what is there but not a date is an error.
pub(crate) fn read_day(element: &Object, name: &str, errors: &mut Refusal) -> Option<Day> {
    let text = element.text(name).filter(|text| !text.is_empty())?;
    let day = dates::parse_day(text);
    errors.check(day.is_some(), &format!("{name} '{text}' is not a valid date"));
    day
}

fn read_currency(books: &Books, document: &mut Document, element: &Object, errors: &mut Refusal) {
    let is_new = document.id.is_empty();
    read_amounts(&mut document.amounts, element, errors);
    let before = document.currency;
    if let Some(code) = element.text("CurrencyCode") {
        match books.subscribed(code) {
            Ok(currency) => document.currency = currency,
            Err(message) => errors.say(&message),
        }
    }
    let given = errors.take(read_rate(element, books.base_currency, document.currency));
    if let Some(rate) = given {
        document.rate = rate;
    } else if is_new || document.currency != before {
        document.rate = books.day_rate(document.currency);
    }
}

pub(crate) fn read_amounts(slot: &mut Amounts, element: &Object, errors: &mut Refusal) {
    let Some(name) = element.text("LineAmountTypes") else { return };
    match Amounts::read(name) {
        Some(amounts) => *slot = amounts,
        None => errors.say(&format!("LineAmountTypes '{name}' is not valid")),
    }
}

/// `CurrencyRate`: up to six decimals, more than zero, and always 1 in the base currency.
pub(crate) fn read_rate(
    element: &Object,
    base: Currency,
    currency: Currency,
) -> Result<Option<Decimal>, String> {
    let Some(rate) = element.decimal("CurrencyRate")? else { return Ok(None) };
    if currency == base {
        return Ok(Some(Decimal::ONE));
    }
    let rate = rate.round_dp(6);
    if rate.is_sign_negative() || rate.is_zero() {
        return Err("CurrencyRate must be greater than zero".to_owned());
    }
    Ok(Some(rate))
}

/// Whom a document is for; `before` is its contact so far, empty if it is new.
pub(crate) fn read_party(
    books: &Books,
    before: &str,
    element: &Object,
    errors: &mut Refusal,
) -> Result<Party, Refusal> {
    let Some(sent) = element.object("Contact") else {
        errors.check(!before.is_empty(), NO_CONTACT);
        return Ok(Party::Known(before.to_owned()));
    };
    let Some(id) = contacts::find(books, sent)? else {
        errors.check(sent.text("Name").is_some(), NO_CONTACT);
        return Ok(Party::New(sent.clone()));
    };
    let archived = books.contacts.get(&id).is_some_and(|contact| contact.archived);
    errors.check(!archived, ARCHIVED);
    if contacts::says_more(sent) {
        return Ok(Party::Changed(id, sent.clone()));
    }
    Ok(Party::Known(id))
}

/// Lines that are sent replace the document's: with a known id changed, without one new, and
/// those not sent are gone.
fn read_lines(
    books: &Books,
    ask: &Ask<'_>,
    document: &mut Document,
    element: &Object,
    findings: &mut Findings,
) {
    let old = std::mem::take(&mut document.lines);
    let terms = Terms {
        kind: document.kind,
        status: document.status,
        amounts: document.amounts,
        currency: document.currency,
        tax_is_fixed: false,
    };
    document.lines = merged_lines(books, ask, terms, (&old, element), findings);
    document.totals = lines::totals(&document.lines, document.amounts);
    let empty = document.lines.is_empty() && terms.status != Status::Draft;
    findings.errors.check(!empty, NO_LINES);
}

/// The lines after what was sent; all of the old ones, read again, if none were.
pub(crate) fn merged_lines(
    books: &Books,
    ask: &Ask<'_>,
    terms: Terms,
    (old, element): (&[Line], &Object),
    findings: &mut Findings,
) -> Vec<Line> {
    let sources: Vec<Object> = match element.list("LineItems") {
        None => old.iter().map(|line| as_sent(books, terms, line)).collect(),
        Some(_) => element
            .objects("LineItems")
            .into_iter()
            .map(|sent| source(books, terms, (old, sent), &mut findings.errors))
            .collect(),
    };
    sources.iter().map(|object| reading::read(books, ask, terms, object, findings)).collect()
}

/// A line of before. A tax that cannot be stated is worked out again with whatever changes.
fn as_sent(books: &Books, terms: Terms, line: &Line) -> Object {
    let mut object = line.as_sent(books);
    if terms.tax_is_fixed {
        object.0.retain(|(name, _)| name != "TaxAmount");
    }
    object
}

fn source(
    books: &Books,
    terms: Terms,
    (old, sent): (&[Line], &Object),
    errors: &mut Refusal,
) -> Object {
    let Some(id) = sent.text("LineItemID") else { return sent.clone() };
    if let Some(line) = old.iter().find(|line| line.id == id) {
        return lines::overlaid(as_sent(books, terms, line), sent);
    }
    errors.say(&format!("LineItemID '{id}' does not belong to this document"));
    sent.clone()
}

fn check_whole(books: &Books, document: &Document, errors: &mut Refusal) {
    let total = document.totals.total;
    errors.check(
        total.is_zero() || total.is_sign_positive(),
        "The Total for this document must be greater than or equal to zero.",
    );
    if document.status != Status::Draft && !document.kind.is_credit() {
        errors.check(document.due.is_some(), "Due date cannot be empty.");
    }
    // What Xero does with an approved document of nothing is not published.
    let nothing = document.status == Status::Authorised && total.is_zero();
    errors.check(!nothing, "The Total for an approved document must be greater than zero.");
    if let Some(message) = books.organisation.lock_message(document.date) {
        errors.say(&message);
    }
}
