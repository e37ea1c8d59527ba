//! A document as Xero shows it and as an intent means it, in one shape for invoices and credit
//! notes, so that one comparison serves both.

use base::{Currency, Day, Decimal, Exact, Money};
use intents::{Body, CreditNote, Invoice, InvoiceStatus, Line, Receipt};

use super::known::Known;
use crate::api::{credit_notes, dates, invoices, lines};

/// As Xero shows it. Nothing in it is sure to be there.
pub(super) struct Paper<'a> {
    pub(super) kind: Option<&'a str>,
    pub(super) id: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    pub(super) reference: Option<&'a str>,
    pub(super) status: Option<&'a str>,
    pub(super) contact_id: Option<&'a str>,
    pub(super) currency: Option<Currency>,
    pub(super) date: Option<Day>,
    pub(super) due_date: Option<Day>,
    pub(super) total: Option<Decimal>,
    pub(super) tax: Option<Decimal>,
    pub(super) lines: &'a [lines::Line],
}

fn number(exact: Option<Exact>) -> Option<Decimal> {
    exact.map(|exact| exact.0)
}

pub(super) fn currency(code: Option<&str>) -> Option<Currency> {
    code.and_then(|code| code.parse().ok())
}

impl<'a> From<&'a invoices::Invoice> for Paper<'a> {
    fn from(wire: &'a invoices::Invoice) -> Paper<'a> {
        Paper {
            kind: wire.kind.as_deref(),
            id: wire.invoice_id.as_deref(),
            number: wire.invoice_number.as_deref(),
            reference: wire.reference.as_deref(),
            status: wire.status.as_deref(),
            contact_id: wire.contact.as_ref().and_then(|party| party.contact_id.as_deref()),
            currency: currency(wire.currency_code.as_deref()),
            date: dates::day_of(wire.date_string.as_deref(), wire.date.as_deref()),
            due_date: dates::day_of(wire.due_date_string.as_deref(), wire.due_date.as_deref()),
            total: number(wire.total),
            tax: number(wire.total_tax),
            lines: &wire.line_items,
        }
    }
}

impl<'a> From<&'a credit_notes::CreditNote> for Paper<'a> {
    fn from(wire: &'a credit_notes::CreditNote) -> Paper<'a> {
        Paper {
            kind: wire.kind.as_deref(),
            id: wire.credit_note_id.as_deref(),
            number: wire.credit_note_number.as_deref(),
            reference: wire.reference.as_deref(),
            status: wire.status.as_deref(),
            contact_id: wire.contact.as_ref().and_then(|party| party.contact_id.as_deref()),
            currency: currency(wire.currency_code.as_deref()),
            date: dates::day_of(wire.date_string.as_deref(), wire.date.as_deref()),
            due_date: None,
            total: number(wire.total),
            tax: number(wire.total_tax),
            lines: &wire.line_items,
        }
    }
}

impl Paper<'_> {
    /// Ended documents keep their numbers and mean nothing.
    pub(super) fn is_ended(&self) -> bool {
        matches!(self.status, Some("VOIDED" | "DELETED"))
    }

    /// Xero's word that it exists; nothing without an id and a status.
    pub(super) fn receipt(&self) -> Option<Receipt> {
        let money = |amount: Option<Decimal>| Money::exact(amount?, self.currency?).ok();
        Some(Receipt {
            remote_id: self.id?.to_owned(),
            number: self.number.map(str::to_owned),
            status: self.status?.to_owned(),
            total: money(self.total),
            tax: money(self.tax),
        })
    }
}

/// As an intent means it.
pub(super) struct Meant<'a> {
    pub(super) kind: &'static str,
    /// The statuses that fulfil it.
    pub(super) statuses: &'static [&'static str],
    pub(super) number: &'a str,
    /// Nothing where Xero keeps none: at bills and at credit notes from suppliers.
    pub(super) reference: Option<&'a str>,
    /// A number is used once and for ever; bills may share theirs.
    pub(super) is_number_unique: bool,
    /// Nothing when the contact's own receipt is missing: then nothing equals it.
    pub(super) contact_id: Option<&'a str>,
    pub(super) date: Day,
    pub(super) due_date: Option<Day>,
    pub(super) total: Money,
    pub(super) tax: Money,
    pub(super) lines: &'a [Line],
}

impl<'a> Meant<'a> {
    pub(super) fn invoice(made: &'a Invoice, known: Known<'a>) -> Meant<'a> {
        Meant {
            kind: invoices::SALES,
            statuses: match made.status {
                // A person may have approved our draft meanwhile.
                InvoiceStatus::Draft => &["DRAFT", "AUTHORISED", "PAID"],
                InvoiceStatus::Authorised => &["AUTHORISED", "PAID"],
            },
            number: &made.number,
            reference: Some(&made.reference),
            is_number_unique: true,
            contact_id: known.contact(&made.contact),
            date: made.date,
            due_date: Some(made.due_date),
            total: made.total,
            tax: made.tax,
            lines: &made.lines,
        }
    }

    pub(super) fn bill(made: &'a Invoice, known: Known<'a>) -> Meant<'a> {
        let (kind, reference) = (invoices::PURCHASE, None);
        Meant { kind, reference, is_number_unique: false, ..Meant::invoice(made, known) }
    }

    pub(super) fn supplier_credit(made: &'a CreditNote, known: Known<'a>) -> Meant<'a> {
        let (kind, reference) = (credit_notes::PURCHASE, None);
        Meant { kind, reference, is_number_unique: false, ..Meant::credit_note(made, known) }
    }

    pub(super) fn credit_note(made: &'a CreditNote, known: Known<'a>) -> Meant<'a> {
        Meant {
            kind: credit_notes::SALES,
            statuses: &["AUTHORISED", "PAID"],
            number: &made.number,
            reference: Some(&made.reference),
            is_number_unique: true,
            contact_id: known.contact(&made.contact),
            date: made.date,
            due_date: None,
            total: made.total,
            tax: made.tax,
            lines: &made.lines,
        }
    }

    /// What a new document's body means; nothing of anything else.
    pub(super) fn of(body: &'a Body, known: Known<'a>) -> Option<Meant<'a>> {
        match body {
            Body::Invoice(made) => Some(Meant::invoice(made, known)),
            Body::Bill(made) => Some(Meant::bill(made, known)),
            Body::CreditNote(made) => Some(Meant::credit_note(made, known)),
            Body::SupplierCredit(made) => Some(Meant::supplier_credit(made, known)),
            Body::Contact(_)
            | Body::Item(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::Allocation(_)
            | Body::Payment(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_)
            | Body::Undo(_) => None,
        }
    }
}
