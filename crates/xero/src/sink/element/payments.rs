//! Payments and refunds in a reply, by what they pay, from where, and how much; of an undoing by id.

use intents::{Body, Payment, Receipt};

use super::{Element, Verdict, is_undone, undone};
use crate::api::{dates, payments};
use crate::sink::compare::ReadBack;
use crate::sink::known::{Known, is_same_id};
use crate::sink::thing::Thing;

impl Element for payments::Payment {
    fn verdict(&self) -> Verdict<'_> {
        let invoice = self.invoice.iter().flat_map(|invoice| &invoice.validation_errors);
        let note = self.credit_note.iter().flat_map(|note| &note.validation_errors);
        let account = self.account.iter().flat_map(|account| &account.validation_errors);
        let own = self.validation_errors.iter();
        Verdict {
            remote_id: self.payment_id.as_deref(),
            has_errors: self.has_validation_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: own.chain(invoice).chain(note).chain(account).collect(),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        match body {
            Body::Payment(made) => {
                self.is_of_type(PAYMENTS) && self.pays_invoice(made, known) && self.moves(made)
            }
            Body::Refund(made) => {
                self.is_of_type(REFUNDS) && self.refunds_note(made, known) && self.moves(made)
            }
            Body::Undo(_) => is_undone(body, Thing::Payment, self.payment_id.as_deref(), known),
            Body::Contact(_)
            | Body::Item(_)
            | Body::Invoice(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::CreditNote(_)
            | Body::Allocation(_)
            | Body::Bill(_)
            | Body::SupplierCredit(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_) => false,
        }
    }

    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        if let Body::Undo(_) = body {
            return undone(self.payment_id.as_deref(), self.status.as_deref());
        }
        let (Body::Payment(made) | Body::Refund(made)) = body else { return None };
        let status = self.status.as_deref()?;
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.payment_id.clone()?,
            number: None,
            status: status.to_owned(),
            total: Some(made.amount),
            tax: None,
        });
        back.check("status", "AUTHORISED", status);
        back.check("date", made.date, dates::day(self.date.as_deref()?)?);
        let meant = made.amount.currency();
        back.check("currency", meant.code(), self.currency_code().unwrap_or(meant.code()));
        Some(back)
    }
}

/// The types of payments of invoices and bills.
/// <https://developer.xero.com/documentation/api/accounting/types#payment-types>
const PAYMENTS: [&str; 2] = ["ACCRECPAYMENT", "ACCPAYPAYMENT"];
/// The types of refunds of credit notes.
const REFUNDS: [&str; 2] = ["ARCREDITPAYMENT", "APCREDITPAYMENT"];

impl payments::Payment {
    /// The reply to a create may leave the type out.
    fn is_of_type(&self, types: [&str; 2]) -> bool {
        self.payment_type.as_deref().is_none_or(|kind| types.contains(&kind))
    }

    fn pays_invoice(&self, made: &Payment, known: Known<'_>) -> bool {
        self.invoice.as_ref().is_some_and(|invoice| match invoice.invoice_id.as_deref() {
            Some(id) => known.id(&made.invoice).is_some_and(|meant| is_same_id(Some(id), meant)),
            None => invoice.invoice_number.as_deref() == Some(made.invoice_number.as_str()),
        })
    }

    /// A refund names its credit note as such, or where other payments name their invoice.
    fn refunds_note(&self, made: &Payment, known: Known<'_>) -> bool {
        let note = self.credit_note.as_ref().and_then(|note| note.credit_note_id.as_deref());
        let invoice = self.invoice.as_ref().and_then(|invoice| invoice.invoice_id.as_deref());
        known.id(&made.invoice).is_some_and(|meant| is_same_id(note.or(invoice), meant))
    }

    /// So much, from or into that account.
    fn moves(&self, made: &Payment) -> bool {
        let account = self.account.as_ref().and_then(|account| account.account_id.as_deref());
        is_same_id(account, &made.account_id)
            && self.amount.is_some_and(|exact| exact.0 == made.amount.amount())
    }

    /// A live payment of the amount and the account that does not say what it pays.
    pub(in crate::sink) fn may_be(&self, body: &Body) -> bool {
        let (Body::Payment(made) | Body::Refund(made)) = body else { return false };
        let note = self.credit_note.as_ref().and_then(|note| note.credit_note_id.as_ref());
        let invoice = self.invoice.as_ref();
        let is_named = note.is_some()
            || invoice.is_some_and(|one| one.invoice_id.is_some() || one.invoice_number.is_some());
        !is_named && self.status.as_deref() == Some("AUTHORISED") && self.moves(made)
    }

    fn currency_code(&self) -> Option<&str> {
        let note = self.credit_note.as_ref().and_then(|note| note.currency_code.as_deref());
        let invoice = self.invoice.as_ref().and_then(|invoice| invoice.currency_code.as_deref());
        note.or(invoice)
    }
}
