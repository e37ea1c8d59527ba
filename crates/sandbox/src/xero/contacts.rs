//! `/Contacts` (<https://developer.xero.com/documentation/api/accounting/contacts>).

mod reading;

use std::collections::BTreeMap;

use base::Timestamp;

use super::ask::Ask;
use super::batch::{self, Kind, Refusal, Saved};
use super::books::Books;
use super::dates;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::{Json, Object};
use super::reply::Reply;
use super::touched::{Category, Touched};

const NAME_MAX: usize = 255;
const NUMBER_MAX: usize = 50;

const NOBODY: &str = "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber";
const NUMBER_USED: &str =
    "Another contact has this contact number. Please enter a different contact number.";

pub(crate) const KIND: Kind = Kind {
    collection: "Contacts",
    id: "ContactID",
    flag: "HasValidationErrors",
    elements_max: batch::ELEMENTS_MAX,
};

/// Fields that are kept and given back as they were sent.
const KEPT: &[&str] = &[
    "AccountNumber",
    "FirstName",
    "LastName",
    "CompanyNumber",
    "BankAccountDetails",
    "TaxNumber",
    "AccountsReceivableTaxType",
    "AccountsPayableTaxType",
    "SalesDefaultLineAmountType",
    "PurchasesDefaultLineAmountType",
    "DefaultCurrency",
    "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode",
    "ContactPersons",
    "Addresses",
    "Phones",
    "PaymentTerms",
    "SalesTrackingCategories",
    "PurchasesTrackingCategories",
];

#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) email: String,
    pub(crate) archived: bool,
    pub(crate) is_customer: bool,
    pub(crate) is_supplier: bool,
    pub(crate) kept: Object,
    pub(crate) updated: Timestamp,
    sequence: u64,
}

/// Contacts and their indexes: names of active ones, numbers of all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contacts {
    by_id: BTreeMap<String, Contact>,
    names: BTreeMap<String, String>,
    numbers: BTreeMap<String, String>,
    pub(crate) touched: Touched,
}

impl Contacts {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Contact> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Contact> {
        self.by_id.get(&id.to_lowercase())
    }

    fn by_number(&self, number: &str) -> Option<&Contact> {
        self.numbers.get(&number.to_lowercase()).and_then(|id| self.by_id.get(id))
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&Contact> {
        self.names.get(&name.to_lowercase()).and_then(|id| self.by_id.get(id))
    }

    /// Stores a contact and brings the indexes up to date.
    pub(crate) fn put(&mut self, contact: Contact) {
        let is_new = !self.by_id.contains_key(&contact.id);
        self.touched.note(Category::Contact, &contact.id, is_new);
        if let Some(old) = self.by_id.remove(&contact.id) {
            if self.names.get(&old.name.to_lowercase()) == Some(&old.id) {
                self.names.remove(&old.name.to_lowercase());
            }
            self.numbers.remove(&old.number.to_lowercase());
        }
        if !contact.archived {
            self.names.insert(contact.name.to_lowercase(), contact.id.clone());
        }
        if !contact.number.is_empty() {
            self.numbers.insert(contact.number.to_lowercase(), contact.id.clone());
        }
        self.by_id.insert(contact.id.clone(), contact);
    }

    /// Notes that a contact was sold to or bought from.
    pub(crate) fn traded(&mut self, id: &str, sale: bool) {
        if let Some(contact) = self.by_id.get_mut(id) {
            if sale {
                contact.is_customer = true;
            } else {
                contact.is_supplier = true;
            }
        }
    }
}

impl Contact {
    fn blank(now: Timestamp) -> Contact {
        Contact {
            id: String::new(),
            name: String::new(),
            number: String::new(),
            email: String::new(),
            archived: false,
            is_customer: false,
            is_supplier: false,
            kept: Object::new(),
            updated: now,
            sequence: 0,
        }
    }

    pub(crate) fn render(&self) -> Object {
        let mut object = self.render_summary();
        for (name, value) in &self.kept.0 {
            if let Some(known) = KEPT.iter().find(|known| *known == name) {
                object.set(known, value.clone());
            }
        }
        object
            .with_bool("IsSupplier", self.is_supplier)
            .with_bool("IsCustomer", self.is_customer)
            .with_text("UpdatedDateUTC", dates::moment(self.updated))
            .with_bool("HasAttachments", false)
    }

    /// As a document shows its contact.
    pub(crate) fn render_summary(&self) -> Object {
        let status = if self.archived { "ARCHIVED" } else { "ACTIVE" };
        Object::new()
            .with_text("ContactID", &self.id)
            .with_text("ContactStatus", status)
            .with_some("ContactNumber", Some(&self.number))
            .with_text("Name", &self.name)
            .with_some("EmailAddress", Some(&self.email))
            .with_list("Addresses", Vec::new())
            .with_list("Phones", Vec::new())
            .with_list("ContactGroups", Vec::new())
            .with_list("ContactPersons", Vec::new())
            .with_bool("HasValidationErrors", false)
    }

    fn mentions(&self, term: &str) -> bool {
        let kept = ["FirstName", "LastName", "CompanyNumber"];
        let kept = kept.iter().filter_map(|name| self.kept.text(name));
        let texts = [self.name.as_str(), self.number.as_str(), self.email.as_str()];
        texts.into_iter().chain(kept).any(|text| text.to_lowercase().contains(term))
    }
}

impl Fields for Contact {
    fn field(&self, path: &str) -> Option<Value> {
        Some(match path {
            "contactid" => Value::text(&self.id),
            "name" => Value::text(&self.name),
            "contactnumber" => Value::text(&self.number),
            "emailaddress" => Value::text(&self.email),
            "accountnumber" => Value::text(self.kept.text("AccountNumber").unwrap_or_default()),
            "contactstatus" => Value::text(if self.archived { "ARCHIVED" } else { "ACTIVE" }),
            "iscustomer" => Value::Bool(self.is_customer),
            "issupplier" => Value::Bool(self.is_supplier),
            "updateddateutc" => Value::Moment(self.updated),
            _ => return None,
        })
    }
}

const LIST_PARAMS: &[&str] =
    &["where", "order", "IDs", "page", "includeArchived", "summaryOnly", "searchTerm", "pageSize"];

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(LIST_PARAMS);
    let ids = ask.list("IDs");
    let term = ask.param("searchTerm").map(str::to_lowercase);
    let archived = ask.flag("includeArchived");
    let mut shown: Vec<&Contact> = books.contacts.all().collect();
    shown.retain(|contact| archived || !contact.archived);
    shown.retain(|contact| among(ids.as_deref(), &contact.id));
    shown.retain(|contact| term.as_deref().is_none_or(|term| contact.mentions(term)));
    shown.sort_by_key(|contact| contact.sequence);
    let shown = filter::select(shown, ask, |contact| contact.updated)?;
    let summary = ask.flag("summaryOnly");
    let page = filter::page(shown, ask, summary)?;
    let render = |contact: &&Contact| {
        if summary { contact.render_summary() } else { contact.render() }
    };
    let objects = page.items.iter().map(render).collect();
    Ok(books.reply(ask, filter::members(page.pagination, "Contacts", objects)))
}

/// Whether the id is among those asked for; all are when none were.
pub(crate) fn among(ids: Option<&[&str]>, id: &str) -> bool {
    ids.is_none_or(|ids| ids.iter().any(|asked| asked.eq_ignore_ascii_case(id)))
}

/// `GET /Contacts/{ContactID or ContactNumber}`.
pub(crate) fn one(books: &Books, ask: &Ask<'_>, key: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let found = books.contacts.get(key).or_else(|| books.contacts.by_number(key));
    let object = found.ok_or_else(Reply::not_found)?.render();
    Ok(books.reply(ask, Object::new().with_list("Contacts", vec![object])))
}

/// `PUT /Contacts`: creates, and fails where a name or number is taken.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::CONTACT.walk(ask, element);
        if element.get("ContactID").is_some() {
            ask.unknown(&format!("field Contact.ContactID on {}", ask.operation));
        }
        let id = create(books, ask, element)?;
        saved(books, &id)
    })
}

/// `POST /Contacts`: updates the contact of that id, number or name, else creates it.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::CONTACT.walk(ask, element);
        let id = match find(books, element)? {
            Some(id) => update(books, ask, &id, element)?,
            None => create(books, ask, element)?,
        };
        saved(books, &id)
    })
}

/// `POST /Contacts/{ContactID}`.
pub(crate) fn post_one(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("Contacts")?;
    fields::CONTACT.walk(ask, &element);
    let id = books.contacts.get(id).map(|contact| contact.id.clone());
    let id = id.ok_or_else(Reply::not_found)?;
    let result = update(books, ask, &id, &element).and_then(|id| saved(books, &id));
    batch::alone(books, ask, (&KIND, &element), result)
}

fn saved(books: &Books, id: &str) -> Result<Saved, Refusal> {
    let contact = books.contacts.get(id).ok_or_else(|| Refusal::of(NOBODY))?;
    Ok(Saved::plain(contact.render()))
}

/// The contact that an object names, by id, then number, then name of an active one.
pub(crate) fn find(books: &Books, element: &Object) -> Result<Option<String>, Refusal> {
    if let Some(id) = element.text("ContactID") {
        let contact = books.contacts.get(id);
        let message = "The contact with the specified ContactID could not be found";
        return contact.map(|contact| Some(contact.id.clone())).ok_or_else(|| Refusal::of(message));
    }
    let by_number = element.text("ContactNumber").and_then(|it| books.contacts.by_number(it));
    let found = by_number.or_else(|| books.contacts.by_name(element.text("Name")?));
    Ok(found.map(|contact| contact.id.clone()))
}

/// Whether an object says more about a contact than which one it is.
pub(crate) fn says_more(element: &Object) -> bool {
    let identity = ["ContactID", "ContactNumber", "HasValidationErrors", "ValidationErrors"];
    let by_name = element.get("ContactID").is_none();
    element.0.iter().any(|(name, value)| {
        let identifies = identity.contains(&name.as_ref()) || (by_name && name == "Name");
        !identifies && *value != Json::Null
    })
}

pub(crate) fn create(
    books: &mut Books,
    ask: &Ask<'_>,
    element: &Object,
) -> Result<String, Refusal> {
    if element.text("Name").is_none_or(str::is_empty) {
        return Err(Refusal::of(NOBODY));
    }
    let mut contact = reading::merged(books, ask, Contact::blank(ask.now), element)?;
    contact.id = books.new_id();
    contact.sequence = books.next_sequence();
    let id = contact.id.clone();
    books.contacts.put(contact);
    Ok(id)
}

/// The active contact of a name that a person typed, or a new one.
pub(crate) fn named(books: &mut Books, name: &str, now: Timestamp) -> String {
    let words: Vec<&str> = name.split(['<', '>', ' ']).filter(|word| !word.is_empty()).collect();
    let name: String = words.join(" ").chars().take(NAME_MAX).collect();
    let name = if name.is_empty() { "Unknown".to_owned() } else { name };
    if let Some(contact) = books.contacts.by_name(&name) {
        return contact.id.clone();
    }
    let contact = Contact {
        id: books.new_id(),
        name,
        sequence: books.next_sequence(),
        ..Contact::blank(now)
    };
    let id = contact.id.clone();
    books.contacts.put(contact);
    id
}

/// Fields that are not sent stay as they are.
pub(crate) fn update(
    books: &mut Books,
    ask: &Ask<'_>,
    id: &str,
    element: &Object,
) -> Result<String, Refusal> {
    let contact = books.contacts.get(id).cloned().ok_or_else(|| Refusal::of(NOBODY))?;
    let contact = reading::merged(books, ask, contact, element)?;
    let id = contact.id.clone();
    books.contacts.put(contact);
    Ok(id)
}
