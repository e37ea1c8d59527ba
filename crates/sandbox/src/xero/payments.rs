//! `/Payments` (<https://developer.xero.com/documentation/api/accounting/payments>).

use base::{Day, Decimal, Timestamp};

use super::accounts::Account;
use super::ask::Ask;
use super::batch::{self, Refusal, Saved};
use super::books::Books;
use super::document::{Document, Kind};
use super::documents::{CREDIT_NOTES, Family, INVOICES};
use super::drafting;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::Object;
use super::ledger;
use super::render;
use super::reply::Reply;

const REFERENCE_MAX: usize = 255;

const KIND: batch::Kind = batch::Kind {
    collection: "Payments",
    id: "PaymentID",
    flag: "HasValidationErrors",
    elements_max: batch::ELEMENTS_MAX,
};

#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) account: String,
    pub(crate) date: Day,
    pub(crate) amount: Decimal,
    /// The amount in the account's own currency.
    pub(crate) bank_amount: Decimal,
    pub(crate) rate: Decimal,
    /// What it took off the control account, in base currency.
    released: Decimal,
    pub(crate) reference: String,
    pub(crate) reconciled: bool,
    pub(crate) deleted: bool,
    pub(crate) updated: Timestamp,
    pub(crate) sequence: u64,
}

struct Row<'a> {
    payment: &'a Payment,
    document: Option<&'a Document>,
}

impl Fields for Row<'_> {
    fn field(&self, path: &str) -> Option<Value> {
        let payment = self.payment;
        Some(match path {
            "paymentid" => Value::text(&payment.id),
            "paymenttype" => Value::text(self.document.map_or("", type_of)),
            "status" => Value::text(if payment.deleted { "DELETED" } else { "AUTHORISED" }),
            "date" => Value::Moment(payment.date.midnight_utc()),
            "amount" => Value::Number(payment.amount),
            "reference" => Value::text(&payment.reference),
            "invoice.invoiceid" | "creditnote.creditnoteid" => Value::text(&payment.document),
            "invoice.invoicenumber" => {
                Value::text(self.document.map_or("", |document| document.number.as_str()))
            }
            "account.accountid" => Value::text(&payment.account),
            "isreconciled" => Value::Bool(payment.reconciled),
            "updateddateutc" => Value::Moment(payment.updated),
            _ => return None,
        })
    }
}

/// Xero's `PaymentType`.
pub(crate) fn type_of(document: &Document) -> &'static str {
    match document.kind {
        Kind::Invoice => "ACCRECPAYMENT",
        Kind::Bill => "ACCPAYPAYMENT",
        Kind::SalesCredit => "ARCREDITPAYMENT",
        Kind::PurchaseCredit => "APCREDITPAYMENT",
    }
}

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order", "page", "pageSize"]);
    let mut payments: Vec<&Payment> = books.payments.values().collect();
    payments.sort_by_key(|payment| payment.sequence);
    let row = |payment| Row { payment, document: books.documents.get(&payment.document) };
    let rows: Vec<Row<'_>> = payments.into_iter().map(row).collect();
    let selected = filter::select(rows.iter().collect(), ask, |row| row.payment.updated)?;
    let page = filter::page(selected, ask, false)?;
    let objects = page.items.iter().map(|row| render::payment(books, row.payment)).collect();
    Ok(books.reply(ask, filter::members(page.pagination, "Payments", objects)))
}

pub(crate) fn one(books: &Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let payment = books.payments.get(&id.to_lowercase()).ok_or_else(Reply::not_found)?;
    let object = render::payment(books, payment);
    Ok(books.reply(ask, Object::new().with_list("Payments", vec![object])))
}

/// `PUT /Payments`.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    batch::run(books, ask, &KIND, &mut |books, element| create(books, ask, element))
}

/// `POST /Payments` takes one payment and creates it; it has no `summarizeErrors`.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("Payments")?;
    let result = create(books, ask, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn create(books: &mut Books, ask: &Ask<'_>, element: &Object) -> Result<Saved, Refusal> {
    fields::PAYMENT.walk(ask, element);
    let document = paid_document(books, element)?.clone();
    let mut errors = Refusal::default();
    let account = read_account(books, element, &document, &mut errors);
    let amount = read_amount(element, &document, &mut errors);
    let date = drafting::read_day(element, "Date", &mut errors).unwrap_or_else(|| ask.today());
    if let Some(message) = books.organisation.lock_message(date) {
        errors.say(&message);
    }
    let rate = drafting::read_rate(element, books.base_currency, document.currency);
    let rate = errors.take(rate).unwrap_or(document.rate);
    let reference = element.text("Reference").unwrap_or_default();
    let short = reference.chars().count() <= REFERENCE_MAX;
    errors.check(short, "Reference must not be more than 255 characters long.");
    errors.none()?;
    let Some(account) = account else { return Err(Refusal::of(NO_ACCOUNT)) };
    let paid = Paid {
        date,
        amount,
        rate,
        reference: reference.to_owned(),
        reconciled: element.bool("IsReconciled") == Some(true),
    };
    let payment = pay(books, ask.now, (&document, &account), paid);
    Ok(Saved::plain(render::payment(books, &payment)))
}

/// What a payment is, beside what it pays and where it goes.
pub(crate) struct Paid {
    pub(crate) date: Day,
    pub(crate) amount: Decimal,
    pub(crate) rate: Decimal,
    pub(crate) reference: String,
    pub(crate) reconciled: bool,
}

/// Pays a document: the payment, its legs, and what is left of the document.
pub(crate) fn pay(
    books: &mut Books,
    now: Timestamp,
    (document, account): (&Document, &Account),
    paid: Paid,
) -> Payment {
    let Paid { date, amount, rate, reference, reconciled } = paid;
    let foreign = account.bank.as_ref().is_some_and(|bank| bank.currency == document.currency);
    let base_amount = super::document::to_base(amount, rate);
    let payment = Payment {
        id: books.new_id(),
        document: document.id.clone(),
        account: account.id.clone(),
        date,
        amount,
        bank_amount: if foreign { amount } else { base_amount },
        rate,
        released: document.release(amount),
        reference,
        reconciled,
        deleted: false,
        updated: now,
        sequence: books.next_sequence(),
    };
    let money = (payment.account.as_str(), payment.amount);
    let legs = ledger::payment_legs(books, document, money, payment.rate, payment.released);
    books.ledger.post(&payment.id, payment.date, legs);
    if let Some(document) = books.documents.get_mut(&payment.document) {
        document.settled.paid += payment.amount;
        document.settled.released += payment.released;
        document.settled.payments.push(payment.id.clone());
        document.restate(payment.date, now);
    }
    books.payments.insert(payment.id.clone(), payment.clone());
    payment
}

/// The one document that a payment names.
fn paid_document<'a>(books: &'a Books, element: &Object) -> Result<&'a Document, Refusal> {
    let (invoice, credit) = (element.object("Invoice"), element.object("CreditNote"));
    let text = |object: Option<&Object>, name: &str| {
        object.and_then(|object| object.text(name)).map(str::to_owned)
    };
    let invoice = text(invoice, "InvoiceID")
        .or_else(|| text(invoice, "InvoiceNumber"))
        .or_else(|| text(Some(element), "InvoiceNumber"));
    let credit = text(credit, "CreditNoteID")
        .or_else(|| text(credit, "CreditNoteNumber"))
        .or_else(|| text(Some(element), "CreditNoteNumber"));
    let others = ["Prepayment", "Overpayment"].iter().any(|name| element.get(name).is_some());
    let find = |family: &Family, key: &str, noun: &str| {
        books.documents.find(family, key).ok_or_else(|| {
            Refusal::of(&format!("An existing {noun} with the specified ID could not be found"))
        })
    };
    match (invoice, credit, others) {
        (Some(key), None, false) => find(&INVOICES, &key, "Invoice"),
        (None, Some(key), false) => find(&CREDIT_NOTES, &key, "Credit Note"),
        _ => Err(Refusal::of(
            "A payment must be against exactly one Invoice, CreditNote, Prepayment or Overpayment",
        )),
    }
}

const NO_ACCOUNT: &str = "You must specify an Account code or Account ID for the payment.";

/// A payment goes through a bank account in the document's or the base currency, or through an
/// account with payments enabled.
fn read_account(
    books: &Books,
    element: &Object,
    document: &Document,
    errors: &mut Refusal,
) -> Option<Account> {
    let sent = element.object("Account");
    let id = sent.and_then(|account| account.text("AccountID"));
    let code = sent.and_then(|account| account.text("Code")).or_else(|| element.text("Code"));
    let found = match (id, code) {
        (Some(id), _) => books.account_by_id(id),
        (None, Some(code)) => books.account_by_code(code),
        (None, None) => {
            errors.say(NO_ACCOUNT);
            return None;
        }
    };
    let shown = code.or(id).unwrap_or_default();
    let payable = |account: &&Account| account.is_bank() || account.takes_payments;
    let Some(account) = found.filter(payable) else {
        errors.say(&format!("Account code '{shown}' is not a valid code for this document."));
        return None;
    };
    errors.check(
        !account.archived,
        &format!("Account code '{shown}' has been archived, or deleted."),
    );
    let currency = account.bank.as_ref().map_or(books.base_currency, |bank| bank.currency);
    let matches = currency == document.currency || currency == books.base_currency;
    errors
        .check(matches, "The currency of the bank account must match the currency of the document");
    Some(account.clone())
}

fn read_amount(element: &Object, document: &Document, errors: &mut Refusal) -> Decimal {
    let amount = errors.take(element.decimal("Amount")).unwrap_or_default();
    let decimals = document.currency.exponent().min(2);
    let valid = amount > Decimal::ZERO && amount.round_dp(decimals) == amount;
    errors.check(valid, "The payment amount must be greater than zero and have at most 2 decimals");
    if document.status.is_posted() {
        errors.check(
            amount <= document.outstanding(),
            "Payment amount exceeds the amount outstanding on this document",
        );
    } else {
        errors.say("Payments can only be made against Authorised documents");
    }
    amount
}

/// `POST /Payments/{PaymentID}` with Status DELETED: all that can be done to a payment.
pub(crate) fn delete(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("Payments")?;
    fields::PAYMENT.walk(ask, &element);
    let payment = books.payments.get(&id.to_lowercase()).cloned().ok_or_else(Reply::not_found)?;
    let result = take_back(books, ask, payment, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn take_back(
    books: &mut Books,
    ask: &Ask<'_>,
    mut payment: Payment,
    element: &Object,
) -> Result<Saved, Refusal> {
    let mut errors = Refusal::default();
    let delete = element.text("Status") == Some("DELETED");
    errors.check(delete, "A payment can only be deleted: Status must be DELETED");
    errors.check(!payment.deleted, "Payment not of valid status for modification");
    // Xero says so of bank transactions; of payments it is the stricter reading.
    errors.check(
        !payment.reconciled,
        "This Payment cannot be edited as it has been reconciled with a Bank Statement.",
    );
    if let Some(message) = books.organisation.lock_message(payment.date) {
        errors.say(&message);
    }
    errors.none()?;
    books.ledger.reverse(&payment.id);
    if let Some(document) = books.documents.get_mut(&payment.document) {
        document.settled.paid -= payment.amount;
        document.settled.released -= payment.released;
        document.settled.payments.retain(|id| *id != payment.id);
        document.restate(payment.date, ask.now);
    }
    payment.deleted = true;
    payment.updated = ask.now;
    let object = render::payment(books, &payment);
    books.payments.insert(payment.id.clone(), payment);
    Ok(Saved::plain(object))
}
