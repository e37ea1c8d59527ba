//! `/CreditNotes/{CreditNoteID}/Allocations`: a credit note set against invoices.

use base::{Day, Decimal};

use super::ask::Ask;
use super::batch::{self, Refusal, Saved};
use super::books::Books;
use super::document::{Document, Kind, Status};
use super::documents::{CREDIT_NOTES, INVOICES};
use super::drafting;
use super::fields;
use super::json::{Json, Object};
use super::ledger;
use super::render;
use super::reply::Reply;

const KIND: batch::Kind = batch::Kind {
    collection: "Allocations",
    id: "AllocationID",
    flag: "HasErrors",
    elements_max: batch::ELEMENTS_MAX,
};

#[derive(Debug, Clone)]
pub(crate) struct Allocation {
    pub(crate) id: String,
    pub(crate) credit: String,
    pub(crate) invoice: String,
    pub(crate) date: Day,
    pub(crate) amount: Decimal,
    credit_released: Decimal,
    invoice_released: Decimal,
}

/// `PUT /CreditNotes/{CreditNoteID}/Allocations`.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>, credit: &str) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    let credit = books.documents.find(&CREDIT_NOTES, credit).ok_or_else(Reply::not_found)?;
    let credit = credit.id.clone();
    batch::run(books, ask, &KIND, &mut |books, element| create(books, ask, &credit, element))
}

fn create(
    books: &mut Books,
    ask: &Ask<'_>,
    credit: &str,
    element: &Object,
) -> Result<Saved, Refusal> {
    fields::ALLOCATION.walk(ask, element);
    let missing = |noun: &str| {
        Refusal::of(&format!("An existing {noun} with the specified ID could not be found"))
    };
    let credit = books.documents.get(credit).cloned().ok_or_else(|| missing("Credit Note"))?;
    let sent = element.object("Invoice");
    let key = sent
        .and_then(|invoice| invoice.text("InvoiceID").or_else(|| invoice.text("InvoiceNumber")));
    let invoice = key.and_then(|key| books.documents.find(&INVOICES, key)).cloned();
    let invoice = invoice.ok_or_else(|| missing("Invoice"))?;
    let mut errors = Refusal::default();
    let date = drafting::read_day(element, "Date", &mut errors);
    errors.check(date.is_some(), "Date must be specified");
    if let Some(message) = date.and_then(|date| books.organisation.lock_message(date)) {
        errors.say(&message);
    }
    let amount = errors.take(element.decimal("Amount")).unwrap_or_default();
    check(&credit, &invoice, amount, &mut errors);
    errors.none()?;
    let allocation = Allocation {
        id: books.new_id(),
        credit_released: credit.release(amount),
        invoice_released: invoice.release(amount),
        credit: credit.id.clone(),
        invoice: invoice.id.clone(),
        date: date.unwrap_or_else(|| ask.today()),
        amount,
    };
    save(books, ask, (&credit, &invoice), &allocation);
    let object = render::allocation(books, &allocation);
    Ok(Saved::plain(object))
}

fn check(credit: &Document, invoice: &Document, amount: Decimal, errors: &mut Refusal) {
    let posted = credit.status == Status::Authorised && invoice.status == Status::Authorised;
    errors.check(posted, "Credit notes can only be allocated between Authorised documents");
    let pair = matches!(
        (credit.kind, invoice.kind),
        (Kind::SalesCredit, Kind::Invoice) | (Kind::PurchaseCredit, Kind::Bill)
    );
    let same = credit.contact == invoice.contact && credit.currency == invoice.currency;
    errors.check(
        pair && same,
        "A credit note can only be allocated to a document of the same type, contact and currency",
    );
    let cents = amount.round_dp(credit.currency.exponent().min(2)) == amount;
    errors
        .check(amount > Decimal::ZERO && cents, "The allocation amount must be greater than zero");
    errors.check(
        amount <= credit.outstanding(),
        "The amount to allocate exceeds the remaining credit on this credit note",
    );
    errors.check(
        amount <= invoice.outstanding(),
        "The amount to allocate exceeds the amount outstanding on this document",
    );
}

fn save(
    books: &mut Books,
    ask: &Ask<'_>,
    (credit, invoice): (&Document, &Document),
    allocation: &Allocation,
) {
    let legs = ledger::allocation_legs(
        books,
        (credit, allocation.credit_released),
        (invoice, allocation.invoice_released),
    );
    books.ledger.post(&allocation.id, allocation.date, legs);
    let sides = [
        (&allocation.credit, allocation.credit_released),
        (&allocation.invoice, allocation.invoice_released),
    ];
    for (id, released) in sides {
        if let Some(document) = books.documents.get_mut(id) {
            document.settled.credited += allocation.amount;
            document.settled.released += released;
            document.settled.allocations.push(allocation.id.clone());
            document.restate(allocation.date, ask.now);
        }
    }
    books.allocations.insert(allocation.id.clone(), allocation.clone());
}

/// `DELETE /CreditNotes/{CreditNoteID}/Allocations/{AllocationID}`.
pub(crate) fn delete(
    books: &mut Books,
    ask: &Ask<'_>,
    credit: &str,
    id: &str,
) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let found = books.allocations.get(&id.to_lowercase()).cloned();
    let found = found.filter(|allocation| allocation.credit.eq_ignore_ascii_case(credit));
    let allocation = found.ok_or_else(Reply::not_found)?;
    if let Some(message) = books.organisation.lock_message(allocation.date) {
        return Err(Reply::refused(10, "ValidationException", &message));
    }
    books.ledger.reverse(&allocation.id);
    books.allocations.remove(&allocation.id);
    let sides = [
        (&allocation.credit, allocation.credit_released),
        (&allocation.invoice, allocation.invoice_released),
    ];
    for (id, released) in sides {
        if let Some(document) = books.documents.get_mut(id) {
            document.settled.credited -= allocation.amount;
            document.settled.released -= released;
            document.settled.allocations.retain(|id| *id != allocation.id);
            document.restate(allocation.date, ask.now);
        }
    }
    let mut object = render::allocation(books, &allocation);
    object.set("IsDeleted", Json::Bool(true));
    Ok(Reply::json(200, object))
}
