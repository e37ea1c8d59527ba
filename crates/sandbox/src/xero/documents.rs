//! `/Invoices` and `/CreditNotes`: create, change, void.

use std::collections::BTreeMap;

use super::ask::Ask;
use super::batch::{self, Refusal, Saved};
use super::books::Books;
use super::document::{Document, Kind, Status};
use super::drafting::{self, Draft};
use super::fields::{self, Shape};
use super::json::{Json, Object};
use super::ledger;
use super::render;
use super::reply::Reply;
use super::touched::{Category, Touched};

/// What differs between the two collections.
pub(crate) struct Family {
    pub(crate) kind: batch::Kind,
    pub(crate) is_credit: bool,
    pub(crate) number: &'static str,
    shape: &'static Shape,
}

pub(crate) const INVOICES: Family = Family {
    kind: batch::Kind {
        collection: "Invoices",
        id: "InvoiceID",
        flag: "HasErrors",
        elements_max: batch::ELEMENTS_MAX,
    },
    is_credit: false,
    number: "InvoiceNumber",
    shape: &fields::INVOICE,
};

pub(crate) const CREDIT_NOTES: Family = Family {
    kind: batch::Kind {
        collection: "CreditNotes",
        id: "CreditNoteID",
        flag: "HasErrors",
        elements_max: batch::ELEMENTS_MAX,
    },
    is_credit: true,
    number: "CreditNoteNumber",
    shape: &fields::CREDIT_NOTE,
};

/// All documents. Numbers of sales documents are unique among their type, and a voided or deleted
/// one keeps its number; numbers of bills are the supplier's and may repeat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Documents {
    by_id: BTreeMap<String, Document>,
    numbers: BTreeMap<(Kind, String), Vec<String>>,
    given: u64,
    pub(crate) touched: Touched,
}

impl Documents {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Document> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Document> {
        self.by_id.get(&id.to_lowercase())
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Document> {
        let document = self.by_id.get_mut(id)?;
        self.touched.note(category(document.kind), id, false);
        Some(document)
    }

    /// All of that type and number: at most one if it is a sale.
    pub(crate) fn numbered(
        &self,
        kind: Kind,
        number: &str,
    ) -> impl Iterator<Item = &Document> + use<'_> {
        let ids = self.numbers.get(&(kind, number.to_lowercase()));
        ids.into_iter().flatten().filter_map(|id| self.by_id.get(id))
    }

    /// The sales document of that number.
    pub(crate) fn by_number(&self, kind: Kind, number: &str) -> Option<&Document> {
        if kind.is_sale() { self.numbered(kind, number).next() } else { None }
    }

    /// The document of a collection by its id, or by its number where numbers are unique.
    pub(crate) fn find(&self, family: &Family, key: &str) -> Option<&Document> {
        let sales = if family.is_credit { Kind::SalesCredit } else { Kind::Invoice };
        let found = self.get(key).or_else(|| self.by_number(sales, key));
        found.filter(|document| document.kind.is_credit() == family.is_credit)
    }

    fn put(&mut self, document: Document) {
        let is_new = !self.by_id.contains_key(&document.id);
        self.touched.note(category(document.kind), &document.id, is_new);
        if let Some(old) = self.by_id.get(&document.id) {
            let key = (old.kind, old.number.to_lowercase());
            if let Some(ids) = self.numbers.get_mut(&key) {
                ids.retain(|id| *id != document.id);
            }
        }
        if !document.number.is_empty() {
            let key = (document.kind, document.number.to_lowercase());
            self.numbers.entry(key).or_default().push(document.id.clone());
        }
        self.by_id.insert(document.id.clone(), document);
    }

    /// The next free number of a sales document that was sent without one.
    fn next_number(&mut self, kind: Kind) -> String {
        let prefix = if kind.is_credit() { "CN" } else { "INV" };
        loop {
            self.given += 1;
            let number = format!("{prefix}-{:04}", self.given);
            if self.by_number(kind, &number).is_none() {
                return number;
            }
        }
    }
}

fn category(kind: Kind) -> Category {
    if kind.is_credit() { Category::CreditNote } else { Category::Invoice }
}

const WRITE_PARAMS: &[&str] = &["summarizeErrors", "unitdp"];

/// `PUT`: creates.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>, family: &Family) -> Result<Reply, Reply> {
    ask.knows(WRITE_PARAMS);
    batch::run(books, ask, &family.kind, &mut |books, element| {
        walk(ask, family, element);
        if element.get(family.kind.id).is_some() {
            ask.unknown(&format!("field {} on {}", family.kind.id, ask.operation));
        }
        create(books, ask, family, element)
    })
}

/// `POST`: changes the document of that id or number, else creates it.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>, family: &Family) -> Result<Reply, Reply> {
    ask.knows(WRITE_PARAMS);
    batch::run(books, ask, &family.kind, &mut |books, element| {
        walk(ask, family, element);
        let found = match (element.text(family.kind.id), element.text(family.number)) {
            (Some(id), _) => Some(known(books, family, id)?),
            (None, Some(number)) => by_sent_number(books, element, number),
            (None, None) => None,
        };
        match found {
            Some(document) => change(books, ask, family, document, element),
            None => create(books, ask, family, element),
        }
    })
}

/// `POST /{id}`.
pub(crate) fn post_one(
    books: &mut Books,
    ask: &Ask<'_>,
    family: &Family,
    key: &str,
) -> Result<Reply, Reply> {
    ask.knows(&["unitdp"]);
    let element = ask.element(family.kind.collection)?;
    walk(ask, family, &element);
    let document = books.documents.find(family, key).cloned().ok_or_else(Reply::not_found)?;
    let result = change(books, ask, family, document, &element);
    batch::alone(books, ask, (&family.kind, &element), result)
}

/// Notes what Xero would ignore, such as the Reference of a bill: purchases have none.
fn walk(ask: &Ask<'_>, family: &Family, element: &Object) {
    family.shape.walk(ask, element);
    let purchase = element.text("Type").and_then(Kind::read).is_some_and(|kind| !kind.is_sale());
    if purchase && element.get("Reference").is_some() {
        ask.unknown(&format!("field Reference of a purchase on {}", ask.operation));
    }
}

fn known(books: &Books, family: &Family, id: &str) -> Result<Document, Refusal> {
    let found = books.documents.get(id);
    let found = found.filter(|document| document.kind.is_credit() == family.is_credit);
    found.cloned().ok_or_else(|| {
        let noun = if family.is_credit { "Credit Note" } else { "Invoice" };
        Refusal::of(&format!("An existing {noun} with the specified ID could not be found"))
    })
}

fn by_sent_number(books: &Books, element: &Object, number: &str) -> Option<Document> {
    let kind = element.text("Type").and_then(Kind::read)?;
    books.documents.by_number(kind, number).cloned()
}

fn create(
    books: &mut Books,
    ask: &Ask<'_>,
    family: &Family,
    element: &Object,
) -> Result<Saved, Refusal> {
    let blank = Document::blank(Kind::Invoice, ask.today(), books.base_currency, ask.now);
    let mut draft = drafting::draft(books, ask, family, blank, element)?;
    draft.document.contact = draft.party.settle(books, ask)?;
    let Draft { mut document, warnings, .. } = draft;
    document.id = books.new_id();
    document.sequence = books.next_sequence();
    if document.number.is_empty() && document.kind.is_sale() {
        document.number = books.documents.next_number(document.kind);
    }
    Ok(save(books, ask, document, warnings))
}

/// Stores the document, brings the ledger in line with it and says what it is now.
fn save(books: &mut Books, ask: &Ask<'_>, mut document: Document, warnings: Vec<String>) -> Saved {
    for line in &mut document.lines {
        if line.id.is_empty() {
            line.id = books.new_id();
        }
    }
    books.ledger.reverse(&document.id);
    if document.status.is_posted() {
        let legs = ledger::document_legs(books, &document);
        books.ledger.post(&document.id, document.date, legs);
    }
    books.contacts.traded(&document.contact, document.kind.is_sale());
    let object = render::document(books, &document, ask.unit_decimals());
    books.documents.put(document);
    Saved { object, warnings }
}

fn change(
    books: &mut Books,
    ask: &Ask<'_>,
    family: &Family,
    document: Document,
    element: &Object,
) -> Result<Saved, Refusal> {
    let invalid = invalid_status(&document);
    if matches!(document.status, Status::Voided | Status::Deleted) {
        return Err(Refusal::of(invalid));
    }
    if let Some(message) = books.organisation.lock_message(document.date) {
        return Err(Refusal::of(&message));
    }
    match element.text("Status").and_then(Status::read) {
        Some(Status::Voided) => return void(books, ask, document),
        Some(Status::Deleted) if document.status.is_posted() => return Err(Refusal::of(invalid)),
        Some(Status::Deleted) => {
            let document = Document { status: Status::Deleted, updated: ask.now, ..document };
            return Ok(save(books, ask, document, Vec::new()));
        }
        Some(Status::Draft | Status::Submitted | Status::Authorised | Status::Paid) | None => {}
    }
    if document.is_settled_in_part() {
        return change_settled(books, ask, family, document, element);
    }
    let mut draft = drafting::draft(books, ask, family, document, element)?;
    draft.document.contact = draft.party.settle(books, ask)?;
    Ok(save(books, ask, draft.document, draft.warnings))
}

fn invalid_status(document: &Document) -> &'static str {
    if document.kind.is_credit() {
        "Credit Note or Invoice not of valid status for modification"
    } else {
        "Invoice not of valid status for modification"
    }
}

fn void(books: &mut Books, ask: &Ask<'_>, document: Document) -> Result<Saved, Refusal> {
    if document.is_settled_in_part() {
        let noun = if document.kind.is_credit() { "credit note" } else { "invoice" };
        return Err(Refusal::of(&format!(
            "The status VOIDED cannot be applied to the {noun} because it has payments or credit notes allocated to it."
        )));
    }
    if document.status != Status::Authorised {
        return Err(Refusal::of(invalid_status(&document)));
    }
    let document = Document { status: Status::Voided, updated: ask.now, ..document };
    Ok(save(books, ask, document, Vec::new()))
}

/// What may still change on a document with payments or credit on it. Xero also lets a line's
/// description, account and tracking change; here lines are closed.
const OPEN_WHEN_SETTLED: &[&str] = &[
    "InvoiceID",
    "CreditNoteID",
    "Type",
    "Status",
    "Reference",
    "DueDate",
    "InvoiceNumber",
    "CreditNoteNumber",
    "BrandingThemeID",
    "Url",
    "SentToContact",
    "HasErrors",
    "StatusAttributeString",
    "ValidationErrors",
    "Warnings",
];

fn change_settled(
    books: &mut Books,
    ask: &Ask<'_>,
    family: &Family,
    mut document: Document,
    element: &Object,
) -> Result<Saved, Refusal> {
    let mut errors = Refusal::default();
    let mut sent = element.0.iter().filter(|(_, value)| *value != Json::Null);
    let closed = sent.any(|(name, _)| !OPEN_WHEN_SETTLED.contains(&name.as_ref()));
    let status = element.text("Status").is_none_or(|word| word == document.status.word());
    if closed || !status {
        errors.say(invalid_status(&document));
        errors.say(
            "This document cannot be edited as it has a payment or credit note allocated to it.",
        );
    }
    drafting::read_texts(books, family, &mut document, element, &mut errors);
    drafting::read_due(&mut document, element, &mut errors);
    errors.none()?;
    document.updated = ask.now;
    let object = render::document(books, &document, ask.unit_decimals());
    books.documents.put(document);
    Ok(Saved::plain(object))
}
