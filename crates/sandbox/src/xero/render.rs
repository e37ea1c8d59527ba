//! How invoices, credit notes and payments look in replies.

use base::Decimal;

use super::allocations::Allocation;
use super::books::Books;
use super::contacts::Contact;
use super::dates;
use super::document::{Document, Status};
use super::json::{Json, Object};
use super::payments::Payment;

/// A document with its lines and all that was paid or allocated.
pub(crate) fn document(books: &Books, document: &Document, decimals: u32) -> Object {
    let lines = document.lines.iter().map(|line| line.render(books, decimals)).collect();
    let contact = books.contacts.get(&document.contact).map(Contact::render);
    whole(books, document, contact, lines)
}

/// The same without lines, as an unpaged list has it.
pub(crate) fn without_lines(books: &Books, document: &Document) -> Object {
    let contact = books.contacts.get(&document.contact).map(Contact::render_summary);
    whole(books, document, contact, Vec::new())
}

/// The same without lines, payments and attachments: `summaryOnly=true`.
pub(crate) fn summary(books: &Books, document: &Document) -> Object {
    let mut object = without_lines(books, document);
    let dropped = ["LineItems", "Payments", "HasAttachments", "CreditNotes"];
    object.0.retain(|(name, _)| !dropped.contains(&name.as_ref()));
    object
}

fn whole(
    books: &Books,
    document: &Document,
    contact: Option<Object>,
    lines: Vec<Object>,
) -> Object {
    let object = Object::new()
        .with_text("Type", document.kind.word())
        .with_text(
            if document.kind.is_credit() { "CreditNoteID" } else { "InvoiceID" },
            &document.id,
        )
        .with_text(number_name(document), &document.number)
        .with_text("Reference", &document.reference);
    let object = if document.kind.is_credit() {
        credit_members(books, document, object)
    } else {
        invoice_members(books, document, object)
    };
    let object = object
        .with_scaled("CurrencyRate", document.rate, 6)
        .with_bool("HasErrors", false)
        .with_bool("HasAttachments", books.attachments.has(&document.id))
        .with_bool("SentToContact", document.sent)
        .with("Contact", Json::Object(contact.unwrap_or_default()));
    dated(document, object)
        .with_text("Status", document.status.word())
        .with_text("LineAmountTypes", document.amounts.word())
        .with_list("LineItems", lines)
        .with_money("SubTotal", document.totals.net)
        .with_money("TotalTax", document.totals.tax)
        .with_money("Total", document.totals.total)
        .with_text("UpdatedDateUTC", dates::moment(document.updated))
        .with_text("UpdatedDateUTCString", dates::moment_string(document.updated))
        .with_text("CurrencyCode", document.currency.code())
}

fn number_name(document: &Document) -> &'static str {
    if document.kind.is_credit() { "CreditNoteNumber" } else { "InvoiceNumber" }
}

fn dated(document: &Document, object: Object) -> Object {
    let mut object = object
        .with_text("DateString", dates::day_string(document.date))
        .with_text("Date", dates::day(document.date));
    if let Some(due) = document.due {
        object = object
            .with_text("DueDateString", dates::day_string(due))
            .with_text("DueDate", dates::day(due));
    }
    if let Some(day) = document.settled.fully_on.filter(|_| document.status == Status::Paid) {
        object = object.with_text("FullyPaidOnDate", dates::day(day));
    }
    object
}

fn invoice_members(books: &Books, document: &Document, object: Object) -> Object {
    let credits = allocations(books, document).map(|allocation| applied_credit(books, allocation));
    object
        .with_some("Url", Some(&document.url))
        .with_list("Payments", payments(books, document))
        .with_list("CreditNotes", credits.collect())
        .with_list("Prepayments", Vec::new())
        .with_list("Overpayments", Vec::new())
        .with_money("AmountDue", document.outstanding())
        .with_money("AmountPaid", document.settled.paid)
        .with_money("AmountCredited", document.settled.credited)
        .with_bool("IsDiscounted", document.lines.iter().any(|line| line.discount_rate.is_some()))
}

fn credit_members(books: &Books, document: &Document, object: Object) -> Object {
    let allocations = allocations(books, document).map(|it| allocation(books, it)).collect();
    object
        .with_list("Payments", payments(books, document))
        .with_list("Allocations", allocations)
        .with_money("RemainingCredit", document.outstanding())
        .with_money("AppliedAmount", document.settled.credited)
        .with_text("ID", &document.id)
}

fn payments(books: &Books, document: &Document) -> Vec<Object> {
    let found = document.settled.payments.iter().filter_map(|id| books.payments.get(id));
    let render = |payment: &Payment| {
        Object::new()
            .with_text("PaymentID", &payment.id)
            .with_text("Date", dates::day(payment.date))
            .with_money("Amount", payment.amount)
            .with_some("Reference", Some(&payment.reference))
            .with_scaled("CurrencyRate", payment.rate, 6)
            .with_bool("HasAccount", false)
            .with_bool("HasValidationErrors", false)
    };
    found.map(render).collect()
}

fn allocations<'a>(
    books: &'a Books,
    document: &'a Document,
) -> impl Iterator<Item = &'a Allocation> {
    document.settled.allocations.iter().filter_map(|id| books.allocations.get(id))
}

fn applied_credit(books: &Books, allocation: &Allocation) -> Object {
    let credit = books.documents.get(&allocation.credit);
    Object::new()
        .with_text("CreditNoteID", &allocation.credit)
        .with_some("CreditNoteNumber", credit.map(|credit| credit.number.as_str()))
        .with_text("ID", &allocation.credit)
        .with_text("DateString", dates::day_string(allocation.date))
        .with_text("Date", dates::day(allocation.date))
        .with_money("Total", credit.map_or(Decimal::ZERO, |credit| credit.totals.total))
        .with_money("AppliedAmount", allocation.amount)
        .with_list("LineItems", Vec::new())
}

pub(crate) fn allocation(books: &Books, allocation: &Allocation) -> Object {
    let invoice = books.documents.get(&allocation.invoice);
    let invoice = Object::new()
        .with_text("InvoiceID", &allocation.invoice)
        .with_some("InvoiceNumber", invoice.map(|invoice| invoice.number.as_str()))
        .with_list("Payments", Vec::new())
        .with_list("CreditNotes", Vec::new())
        .with_list("Prepayments", Vec::new())
        .with_list("Overpayments", Vec::new())
        .with_bool("HasErrors", false)
        .with_bool("IsDiscounted", false)
        .with_list("LineItems", Vec::new());
    Object::new()
        .with_text("AllocationID", &allocation.id)
        .with_money("Amount", allocation.amount)
        .with_text("Date", dates::day(allocation.date))
        .with("Invoice", Json::Object(invoice))
        .with_bool("IsDeleted", false)
}

/// A payment. The document it pays is shown under `Invoice` with its own type, also where it is a
/// credit note: so it is in the replies that Xero's `OpenAPI` file shows.
pub(crate) fn payment(books: &Books, payment: &Payment) -> Object {
    let paid = books.documents.get(&payment.document);
    let account = books.account_by_id(&payment.account);
    let account_object = Object::new()
        .with_text("AccountID", &payment.account)
        .with_some("Code", account.map(|account| account.code.as_str()))
        .with_some("Name", account.map(|account| account.name.as_str()));
    let mut object = Object::new()
        .with_text("PaymentID", &payment.id)
        .with_text("Date", dates::day(payment.date))
        .with_money("BankAmount", payment.bank_amount)
        .with_money("Amount", payment.amount)
        .with_some("Reference", Some(&payment.reference))
        .with_scaled("CurrencyRate", payment.rate, 6)
        .with_some("PaymentType", paid.map(super::payments::type_of))
        .with_text("Status", if payment.deleted { "DELETED" } else { "AUTHORISED" })
        .with_text("UpdatedDateUTC", dates::moment(payment.updated))
        .with_text("UpdatedDateUTCString", dates::moment_string(payment.updated))
        .with_bool("HasAccount", true)
        .with_bool("IsReconciled", payment.reconciled)
        .with("Account", Json::Object(account_object));
    if let Some(document) = paid {
        object = object.with("Invoice", Json::Object(paid_document(books, document)));
        if document.kind.is_credit() {
            let credit = Object::new()
                .with_text("CreditNoteID", &document.id)
                .with_text("CreditNoteNumber", &document.number)
                .with_text("Type", document.kind.word());
            object = object.with("CreditNote", Json::Object(credit));
        }
    }
    object.with_bool("HasValidationErrors", false)
}

fn paid_document(books: &Books, document: &Document) -> Object {
    let contact = books.contacts.get(&document.contact);
    let contact = Object::new()
        .with_text("ContactID", &document.contact)
        .with_some("Name", contact.map(|contact| contact.name.as_str()))
        .with_list("ContactPersons", Vec::new())
        .with_bool("HasValidationErrors", false);
    let object = Object::new()
        .with_text("Type", document.kind.word())
        .with_text("InvoiceID", &document.id)
        .with_text("InvoiceNumber", &document.number)
        .with_text("Reference", &document.reference)
        .with_list("Prepayments", Vec::new())
        .with_list("Overpayments", Vec::new())
        .with_money("AmountDue", document.outstanding())
        .with_money("AmountPaid", document.settled.paid)
        .with_bool("SentToContact", document.sent)
        .with_scaled("CurrencyRate", document.rate, 6)
        .with_bool("HasErrors", false)
        .with_bool("IsDiscounted", false)
        .with("Contact", Json::Object(contact));
    dated(document, object)
        .with_text("Status", document.status.word())
        .with_text("LineAmountTypes", document.amounts.word())
        .with_list("LineItems", Vec::new())
        .with_money("SubTotal", document.totals.net)
        .with_money("TotalTax", document.totals.tax)
        .with_money("Total", document.totals.total)
        .with_text("UpdatedDateUTC", dates::moment(document.updated))
        .with_text("CurrencyCode", document.currency.code())
}
