//! Contacts, items, invoices, bills and credit notes, as Xero writes them.

use base::{Call as _, Request};
use intents::{Body, Contact, CreditNote, Intent, IntentId, Invoice, InvoiceStatus, Item};

use super::super::known::Known;
use super::BuildError;
use super::parts::{check_sums, contact, lines, made_by, rate};
use crate::api::{contacts, credit_notes, invoices, items};

pub(super) fn new_contact(body: &Body) -> Option<contacts::NewContact<'_>> {
    let Body::Contact(Contact { name, number, email }) = body else { return None };
    Some(contacts::NewContact { name, contact_number: number, email_address: email.as_deref() })
}

/// An item that is sold and not bought: no account of it decides anything, and Xero keeps no stock.
pub(super) fn new_item(body: &Body) -> Option<items::NewItem<'_>> {
    let Body::Item(Item { code, name, description }) = body else { return None };
    Some(items::NewItem { code, name, description, is_sold: true, is_purchased: false })
}

pub(super) fn invoice<'a>(
    intent: &'a Intent,
    made: &'a Invoice,
    known: Known<'a>,
) -> Result<invoices::NewInvoice<'a>, BuildError> {
    check_sums(intent, &made.lines, made.total, made.tax)?;
    Ok(invoices::NewInvoice {
        kind: Some(invoices::SALES),
        invoice_number: Some(&made.number),
        reference: Some(&made.reference),
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

/// A bill has no reference: its number stands where it would.
pub(super) fn bill<'a>(
    intent: &'a Intent,
    made: &'a Invoice,
    known: Known<'a>,
) -> Result<invoices::NewInvoice<'a>, BuildError> {
    let bill = invoice(intent, made, known)?;
    Ok(invoices::NewInvoice { kind: Some(invoices::PURCHASE), reference: None, ..bill })
}

pub(super) fn edit(
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
pub(super) fn end(intent: &Intent, of: &IntentId, known: Known<'_>) -> Result<Request, BuildError> {
    let invoice_id = made_by(intent, of, known)?;
    let is_draft = known.receipt(of).is_some_and(|receipt| receipt.status == "DRAFT");
    let status = if is_draft { "DELETED" } else { "VOIDED" };
    Ok(invoices::End { invoice_id, status }.request())
}

pub(super) fn credit_note<'a>(
    intent: &'a Intent,
    made: &'a CreditNote,
    known: Known<'a>,
) -> Result<credit_notes::NewCreditNote<'a>, BuildError> {
    check_sums(intent, &made.lines, made.total, made.tax)?;
    Ok(credit_notes::NewCreditNote {
        kind: credit_notes::SALES,
        credit_note_number: &made.number,
        reference: Some(&made.reference),
        contact: contact(intent, &made.contact, known)?,
        date: made.date.to_string(),
        line_amount_types: "Inclusive",
        currency_code: made.currency.code(),
        currency_rate: rate(intent, made.rate)?,
        status: "AUTHORISED",
        line_items: lines(intent, &made.lines)?,
    })
}

pub(super) fn supplier_credit<'a>(
    intent: &'a Intent,
    made: &'a CreditNote,
    known: Known<'a>,
) -> Result<credit_notes::NewCreditNote<'a>, BuildError> {
    let note = credit_note(intent, made, known)?;
    Ok(credit_notes::NewCreditNote { kind: credit_notes::PURCHASE, reference: None, ..note })
}
