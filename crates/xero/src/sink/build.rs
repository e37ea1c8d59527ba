//! Intents → one write request, exact bytes. It formats; everything was decided before.

use std::collections::BTreeMap;

use base::{Call as _, Decimal, Exact, Money, MoneyError, Rate, Request, digest};
use intents::send::Member;
use intents::{
    Allocation, Body, Contact, ContactRef, CreditNote, Intent, IntentId, Invoice, InvoiceStatus,
    Item, Kind, Line, Payment, Receipt, Send, SendId,
};

use super::known::Known;
use crate::api::lines::{ContactById, NewLine, NewTracking};
use crate::api::payments::AccountById;
use crate::api::{allocations, contacts, credit_notes, invoices, items, payments};
use crate::ask::tenanted;

/// `unitdp=4` lets unit amounts have four decimals; quantities have as many.
/// <https://developer.xero.com/documentation/api/accounting/invoices#optional-parameters>
const UNIT_DECIMALS_MAX: u32 = 4;

/// Xero keeps eighteen digits before and six after the point of a rate.
const RATE_DECIMALS_MAX: u32 = 6;

/// Why an intent cannot be written down as Xero's request. Each is a fault of ours: what decides
/// intents promises otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    #[error("a send of nothing")]
    Empty,
    #[error("{count} members in a send that takes {max}")]
    TooMany { count: usize, max: usize },
    #[error("{intent} is not of the send's kind {kind:?}")]
    Mixed { intent: IntentId, kind: Kind },
    #[error("{intent} needs the receipt of {needed}, which is not there")]
    MissingReceipt { intent: IntentId, needed: IntentId },
    #[error("the lines of {intent} sum to {found}, not to {meant}")]
    Untied { intent: IntentId, meant: Money, found: Money },
    #[error("a line of {intent} is {quantity} times {unit_amount}, which is not exactly {amount}")]
    Inexact { intent: IntentId, quantity: Decimal, unit_amount: Decimal, amount: Money },
    #[error("{number} in {intent} has more decimals than Xero keeps")]
    TooFine { intent: IntentId, number: Decimal },
    #[error("the amounts of {intent} do not add up")]
    Amounts {
        intent: IntentId,
        #[source]
        source: MoneyError,
    },
}

impl BuildError {
    pub fn code(&self) -> &'static str {
        match self {
            BuildError::MissingReceipt { .. } => "missing_receipt",
            BuildError::Empty
            | BuildError::TooMany { .. }
            | BuildError::Mixed { .. }
            | BuildError::Untied { .. }
            | BuildError::Inexact { .. }
            | BuildError::TooFine { .. }
            | BuildError::Amounts { .. } => "unsendable",
        }
    }
}

/// Writes the send of these members (each with its generation) to an organisation.
pub fn build(
    tenant_id: &str,
    kind: Kind,
    members: &[(Intent, u32)],
    receipts: &BTreeMap<IntentId, Receipt>,
) -> Result<Send, BuildError> {
    let (count, max) = (members.len(), kind.batch_max());
    if count > max {
        return Err(BuildError::TooMany { count, max });
    }
    let intents: Vec<&Intent> = members.iter().map(|(intent, _)| intent).collect();
    let request = request(kind, &intents, Known::new(receipts))?;
    let key = key(tenant_id, members, &request);
    let request = tenanted(request, tenant_id).header("idempotency-key", key.clone());
    let members = members.iter();
    Ok(Send {
        id: SendId::derive(&[&key]),
        kind,
        members: members
            .map(|(intent, generation)| Member {
                intent: intent.id.clone(),
                generation: *generation,
            })
            .collect(),
        request,
        first_sent: None,
        saw_server_error: false,
    })
}

/// The idempotency key: the same send again has the same one, and nothing else has. Forty
/// characters of the 128 that Xero takes.
/// <https://developer.xero.com/documentation/guides/idempotent-requests/idempotency/>
fn key(tenant_id: &str, members: &[(Intent, u32)], request: &Request) -> String {
    let mut parts = vec![tenant_id.to_owned(), request.method.as_str().to_owned()];
    parts.push(request.target());
    for (intent, generation) in members {
        parts.push(intent.id.as_str().to_owned());
        parts.push(generation.to_string());
    }
    parts.push(String::from_utf8_lossy(&request.body).into_owned());
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    digest(&parts)
}

fn request(kind: Kind, members: &[&Intent], known: Known<'_>) -> Result<Request, BuildError> {
    match kind {
        Kind::Contact => {
            let contacts = each(kind, members, |_, body| new_contact(body).map(Ok))?;
            Ok(contacts::Create { contacts }.request())
        }
        Kind::Item => {
            let items = each(kind, members, |_, body| new_item(body).map(Ok))?;
            Ok(items::Create { items }.request())
        }
        Kind::Invoice => {
            let invoices = each(kind, members, |intent, body| {
                let Body::Invoice(made) = body else { return None };
                Some(invoice(intent, made, known))
            })?;
            Ok(invoices::Create { invoices }.request())
        }
        Kind::CreditNote => {
            let credit_notes = each(kind, members, |intent, body| {
                let Body::CreditNote(made) = body else { return None };
                Some(credit_note(intent, made, known))
            })?;
            Ok(credit_notes::Create { credit_notes }.request())
        }
        Kind::Payment => {
            let payments = each(kind, members, |intent, body| {
                let Body::Payment(made) = body else { return None };
                Some(payment(intent, made, known))
            })?;
            Ok(payments::Create { payments }.request())
        }
        Kind::InvoiceEdit | Kind::InvoiceVoid | Kind::Allocation => alone(kind, members, known),
    }
}

/// Edits, voids and allocations name one document in their path.
fn alone(kind: Kind, members: &[&Intent], known: Known<'_>) -> Result<Request, BuildError> {
    let mut requests = each(kind, members, |intent, body| match (kind, body) {
        (Kind::InvoiceEdit, Body::InvoiceEdit { of, invoice: content }) => {
            Some(edit(intent, of, content, known))
        }
        (Kind::InvoiceVoid, Body::InvoiceVoid { of, .. }) => Some(end(intent, of, known)),
        (Kind::Allocation, Body::Allocation(made)) => Some(allocation(intent, made, known)),
        (_, _) => None,
    })?;
    requests.pop().ok_or(BuildError::Empty)
}

fn each<'a, T>(
    kind: Kind,
    members: &[&'a Intent],
    write: impl Fn(&'a Intent, &'a Body) -> Option<Result<T, BuildError>>,
) -> Result<Vec<T>, BuildError> {
    if members.is_empty() {
        return Err(BuildError::Empty);
    }
    let written = members.iter().map(|intent| {
        write(intent, &intent.body)
            .unwrap_or_else(|| Err(BuildError::Mixed { intent: intent.id.clone(), kind }))
    });
    written.collect()
}

fn new_contact(body: &Body) -> Option<contacts::NewContact<'_>> {
    let Body::Contact(Contact { name, number, email }) = body else { return None };
    Some(contacts::NewContact { name, contact_number: number, email_address: email.as_deref() })
}

/// An item that is sold and not bought: no account of it decides anything, and Xero keeps no stock.
fn new_item(body: &Body) -> Option<items::NewItem<'_>> {
    let Body::Item(Item { code, name, description }) = body else { return None };
    Some(items::NewItem { code, name, description, is_sold: true, is_purchased: false })
}

fn invoice<'a>(
    intent: &'a Intent,
    made: &'a Invoice,
    known: Known<'a>,
) -> Result<invoices::NewInvoice<'a>, BuildError> {
    check_sums(intent, &made.lines, made.total, made.tax)?;
    Ok(invoices::NewInvoice {
        kind: Some(invoices::SALES),
        invoice_number: Some(&made.number),
        reference: &made.reference,
        contact: contact(intent, &made.contact, known)?,
        date: made.date.to_string(),
        due_date: made.due_date.to_string(),
        line_amount_types: "Inclusive",
        currency_code: made.currency.code(),
        currency_rate: rate(intent, made.rate)?,
        url: made.url.as_deref(),
        status: match made.status {
            InvoiceStatus::Draft => "DRAFT",
            InvoiceStatus::Authorised => "AUTHORISED",
        },
        line_items: lines(intent, &made.lines)?,
    })
}

fn edit(
    intent: &Intent,
    of: &IntentId,
    content: &Invoice,
    known: Known<'_>,
) -> Result<Request, BuildError> {
    let invoice = invoices::NewInvoice {
        kind: None,
        invoice_number: None,
        ..invoice(intent, content, known)?
    };
    let invoice_id = made_by(intent, of, known)?;
    Ok(invoices::Edit { invoice_id, invoice }.request())
}

/// A draft is deleted, anything else voided: Xero knows no other way out of either.
fn end(intent: &Intent, of: &IntentId, known: Known<'_>) -> Result<Request, BuildError> {
    let invoice_id = made_by(intent, of, known)?;
    let is_draft = known.receipt(of).is_some_and(|receipt| receipt.status == "DRAFT");
    let status = if is_draft { "DELETED" } else { "VOIDED" };
    Ok(invoices::End { invoice_id, status }.request())
}

fn credit_note<'a>(
    intent: &'a Intent,
    made: &'a CreditNote,
    known: Known<'a>,
) -> Result<credit_notes::NewCreditNote<'a>, BuildError> {
    check_sums(intent, &made.lines, made.total, made.tax)?;
    Ok(credit_notes::NewCreditNote {
        kind: credit_notes::SALES,
        credit_note_number: &made.number,
        reference: &made.reference,
        contact: contact(intent, &made.contact, known)?,
        date: made.date.to_string(),
        line_amount_types: "Inclusive",
        currency_code: made.currency.code(),
        currency_rate: rate(intent, made.rate)?,
        status: "AUTHORISED",
        line_items: lines(intent, &made.lines)?,
    })
}

fn payment<'a>(
    intent: &'a Intent,
    made: &'a Payment,
    known: Known<'a>,
) -> Result<payments::NewPayment<'a>, BuildError> {
    let invoice_id = made_by(intent, &made.invoice, known)?;
    Ok(payments::NewPayment {
        invoice: allocations::InvoiceById { invoice_id },
        account: AccountById { account_id: &made.account_id },
        date: made.date.to_string(),
        amount: Exact(made.amount.amount()),
        currency_rate: rate(intent, made.rate)?,
        reference: &made.reference,
    })
}

fn allocation(intent: &Intent, made: &Allocation, known: Known<'_>) -> Result<Request, BuildError> {
    let call = allocations::Create {
        credit_note_id: made_by(intent, &made.credit_note, known)?,
        invoice_id: made_by(intent, &made.invoice, known)?,
        amount: Exact(made.amount.amount()),
        date: made.date.to_string(),
    };
    Ok(call.request())
}

fn contact<'a>(
    intent: &Intent,
    contact: &'a ContactRef,
    known: Known<'a>,
) -> Result<ContactById<'a>, BuildError> {
    match contact {
        ContactRef::Known(contact_id) => Ok(ContactById { contact_id }),
        ContactRef::Made(maker) => Ok(ContactById { contact_id: made_by(intent, maker, known)? }),
    }
}

fn made_by<'a>(intent: &Intent, maker: &IntentId, known: Known<'a>) -> Result<&'a str, BuildError> {
    known.id(maker).ok_or_else(|| BuildError::MissingReceipt {
        intent: intent.id.clone(),
        needed: maker.clone(),
    })
}

fn lines<'a>(intent: &Intent, lines: &'a [Line]) -> Result<Vec<NewLine<'a>>, BuildError> {
    lines.iter().map(|made| line(intent, made)).collect()
}

fn line<'a>(intent: &Intent, made: &'a Line) -> Result<NewLine<'a>, BuildError> {
    let has_code = !made.account_code.is_empty();
    Ok(NewLine {
        description: &made.description,
        quantity: Exact(fits(intent, made.quantity, UNIT_DECIMALS_MAX)?),
        unit_amount: Exact(fits(intent, made.unit_amount, UNIT_DECIMALS_MAX)?),
        item_code: made.item_code.as_deref(),
        account_code: has_code.then_some(made.account_code.as_str()),
        account_id: (!has_code).then_some(made.account_id.as_str()),
        tax_type: &made.tax_type,
        tax_amount: Exact(made.tax.amount()),
        tracking: made
            .tracking
            .iter()
            .map(|one| NewTracking { category_id: &one.category_id, option_id: &one.option_id })
            .collect(),
    })
}

fn rate(intent: &Intent, rate: Option<Rate>) -> Result<Option<Exact>, BuildError> {
    let Some(Rate(factor)) = rate else { return Ok(None) };
    Ok(Some(Exact(fits(intent, factor, RATE_DECIMALS_MAX)?)))
}

fn fits(intent: &Intent, number: Decimal, decimals: u32) -> Result<Decimal, BuildError> {
    if number.normalize().scale() > decimals {
        return Err(BuildError::TooFine { intent: intent.id.clone(), number });
    }
    Ok(number)
}

/// The lines are what the document says they are; checked once more because here it leaves us.
fn check_sums(intent: &Intent, lines: &[Line], total: Money, tax: Money) -> Result<(), BuildError> {
    for line in lines {
        if line.quantity.checked_mul(line.unit_amount) != Some(line.amount.amount()) {
            return Err(BuildError::Inexact {
                intent: intent.id.clone(),
                quantity: line.quantity,
                unit_amount: line.unit_amount,
                amount: line.amount,
            });
        }
    }
    check_sum(intent, lines.iter().map(|line| line.amount), total)?;
    check_sum(intent, lines.iter().map(|line| line.tax), tax)
}

fn check_sum(
    intent: &Intent,
    parts: impl Iterator<Item = Money>,
    meant: Money,
) -> Result<(), BuildError> {
    let found = Money::sum(parts, meant.currency())
        .map_err(|source| BuildError::Amounts { intent: intent.id.clone(), source })?;
    if found == meant {
        return Ok(());
    }
    Err(BuildError::Untied { intent: intent.id.clone(), meant, found })
}
