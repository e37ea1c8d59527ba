//! Reading `/Invoices` and `/CreditNotes`.

use super::ask::Ask;
use super::books::Books;
use super::contacts::{Contact, among};
use super::document::{Document, Kind};
use super::documents::Family;
use super::filter::{self, Fields, Value};
use super::json::Object;
use super::render;
use super::reply::Reply;

/// A document with its contact, as filters see it.
struct Row<'a> {
    document: &'a Document,
    contact: Option<&'a Contact>,
}

impl Fields for Row<'_> {
    fn field(&self, path: &str) -> Option<Value> {
        let document = self.document;
        let contact = |read: fn(&Contact) -> &str| Value::text(self.contact.map_or("", read));
        Some(match path {
            "invoiceid" | "creditnoteid" => Value::text(&document.id),
            "invoicenumber" | "creditnotenumber" => Value::text(&document.number),
            "type" => Value::text(document.kind.word()),
            "status" => Value::text(document.status.word()),
            "reference" => Value::text(&document.reference),
            "contact.contactid" => contact(|contact| &contact.id),
            "contact.name" => contact(|contact| &contact.name),
            "contact.contactnumber" => contact(|contact| &contact.number),
            "date" => Value::Moment(document.date.midnight_utc()),
            "duedate" => document.due.map_or(Value::Null, |due| Value::Moment(due.midnight_utc())),
            "amountdue" | "remainingcredit" => Value::Number(document.outstanding()),
            "amountpaid" => Value::Number(document.settled.paid),
            "amountcredited" => Value::Number(document.settled.credited),
            "total" => Value::Number(document.totals.total),
            "currencycode" => Value::text(document.currency.code()),
            "updateddateutc" => Value::Moment(document.updated),
            _ => return None,
        })
    }
}

const INVOICE_PARAMS: &[&str] = &[
    "where",
    "order",
    "IDs",
    "InvoiceNumbers",
    "ContactIDs",
    "Statuses",
    "page",
    "includeArchived",
    "createdByMyApp",
    "unitdp",
    "summaryOnly",
    "pageSize",
    "searchTerm",
];
const CREDIT_PARAMS: &[&str] = &["where", "order", "page", "unitdp", "pageSize"];

/// `GET /Invoices`, `GET /CreditNotes`. Without a page there are no lines.
pub(crate) fn list(books: &Books, ask: &Ask<'_>, family: &Family) -> Result<Reply, Reply> {
    ask.knows(if family.is_credit { CREDIT_PARAMS } else { INVOICE_PARAMS });
    let rows = rows(books, ask, family);
    let selected = filter::select(rows.iter().collect(), ask, |row| row.document.updated)?;
    let summary = !family.is_credit && ask.flag("summaryOnly");
    let forced = summary || (!family.is_credit && ask.param("Statuses").is_some());
    let page = filter::page(selected, ask, forced)?;
    let paged = page.pagination.is_some();
    let render = |row: &&Row<'_>| match (summary, paged) {
        (true, _) => render::summary(books, row.document),
        (false, true) => render::document(books, row.document, ask.unit_decimals()),
        (false, false) => render::without_lines(books, row.document),
    };
    let objects = page.items.iter().map(render).collect();
    Ok(books.reply(ask, filter::members(page.pagination, family.kind.collection, objects)))
}

/// Every document of the collection that the list parameters let through, oldest first.
fn rows<'a>(books: &'a Books, ask: &Ask<'_>, family: &Family) -> Vec<Row<'a>> {
    let numbers = ask.list("InvoiceNumbers").filter(|_| !family.is_credit);
    let mut documents: Vec<&Document> = match &numbers {
        None => books.documents.all().collect(),
        Some(numbers) => numbers.iter().flat_map(|number| numbered(books, number)).collect(),
    };
    documents.retain(|document| document.kind.is_credit() == family.is_credit);
    if !family.is_credit {
        let ids = ask.list("IDs");
        let contacts = ask.list("ContactIDs");
        let statuses = ask.list("Statuses");
        let term = ask.param("searchTerm").map(str::to_lowercase);
        documents.retain(|document| among(ids.as_deref(), &document.id));
        documents.retain(|document| among(contacts.as_deref(), &document.contact));
        documents.retain(|document| among(statuses.as_deref(), document.status.word()));
        documents.retain(|document| term.as_deref().is_none_or(|term| mentions(document, term)));
    }
    documents.sort_by_key(|document| document.sequence);
    documents.dedup_by_key(|document| document.sequence);
    let row =
        |document: &'a Document| Row { document, contact: books.contacts.get(&document.contact) };
    documents.into_iter().map(row).collect()
}

fn numbered<'a>(books: &'a Books, number: &str) -> Vec<&'a Document> {
    let sales = books.documents.numbered(Kind::Invoice, number);
    sales.chain(books.documents.numbered(Kind::Bill, number)).collect()
}

fn mentions(document: &Document, term: &str) -> bool {
    [&document.number, &document.reference].iter().any(|text| text.to_lowercase().contains(term))
}

/// `GET /Invoices/{InvoiceID or InvoiceNumber}`, and the same for credit notes.
pub(crate) fn one(
    books: &Books,
    ask: &Ask<'_>,
    family: &Family,
    key: &str,
) -> Result<Reply, Reply> {
    ask.knows(&["unitdp"]);
    let document = books.documents.find(family, key).ok_or_else(Reply::not_found)?;
    let object = render::document(books, document, ask.unit_decimals());
    Ok(books.reply(ask, Object::new().with_list(family.kind.collection, vec![object])))
}
