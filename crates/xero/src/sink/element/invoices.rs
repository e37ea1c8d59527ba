//! Invoices and bills in a reply: of a create by number, of an edit, a void or an undoing by id.

use intents::Body;

use super::{Element, Verdict, is_undone, of_document, undone};
use crate::api::invoices;
use crate::sink::compare::{ReadBack, fresh};
use crate::sink::known::{Known, is_same_id};
use crate::sink::paper::{Meant, Paper};
use crate::sink::thing::Thing;

impl Element for invoices::Invoice {
    fn verdict(&self) -> Verdict<'_> {
        Verdict {
            remote_id: self.invoice_id.as_deref(),
            has_errors: self.has_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: of_document(
                &self.validation_errors,
                self.contact.as_ref(),
                &self.line_items,
            ),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        let is_numbered = |number: &str, kind: &str| {
            self.invoice_number.as_deref() == Some(number)
                && self.kind.as_deref().is_none_or(|theirs| theirs == kind)
        };
        match body {
            // Bills may have any number, ours too.
            Body::Invoice(made) => is_numbered(&made.number, invoices::SALES),
            Body::Bill(made) => is_numbered(&made.number, invoices::PURCHASE),
            Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => {
                known.id(of).is_some_and(|id| is_same_id(self.invoice_id.as_deref(), id))
            }
            Body::Undo(_) => is_undone(body, Thing::Invoice, self.invoice_id.as_deref(), known),
            Body::Contact(_)
            | Body::Item(_)
            | Body::CreditNote(_)
            | Body::Allocation(_)
            | Body::Payment(_)
            | Body::SupplierCredit(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_) => false,
        }
    }

    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        let paper = Paper::from(self);
        match body {
            Body::Invoice(made) | Body::InvoiceEdit { invoice: made, .. } => {
                fresh(&paper, &Meant::invoice(made, known))
            }
            Body::Bill(made) => fresh(&paper, &Meant::bill(made, known)),
            Body::InvoiceVoid { .. } => {
                let mut back = ReadBack::equal(paper.receipt()?);
                if !paper.is_ended() {
                    let status = back.receipt.status.clone();
                    back.differs("status", "VOIDED", status);
                }
                Some(back)
            }
            Body::Undo(_) => undone(self.invoice_id.as_deref(), self.status.as_deref()),
            Body::Contact(_)
            | Body::Item(_)
            | Body::CreditNote(_)
            | Body::Allocation(_)
            | Body::Payment(_)
            | Body::SupplierCredit(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_) => None,
        }
    }
}
