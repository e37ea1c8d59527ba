//! What an intent makes, in a few words for people.

use crate::{Body, Intent};

impl Intent {
    /// `invoice AMZ-202-1`, `payment of 12.00 GBP on AMZ-202-1`.
    pub fn label(&self) -> String {
        match &self.body {
            Body::Contact(made) => format!("contact {}", made.name),
            Body::Item(made) => format!("item {}", made.code),
            Body::Invoice(made) | Body::InvoiceEdit { invoice: made, .. } => {
                format!("invoice {}", made.number)
            }
            Body::InvoiceVoid { number, .. } => format!("void of invoice {number}"),
            Body::CreditNote(made) => format!("credit note {}", made.number),
            Body::Allocation(made) => {
                let (amount, note) = (made.amount, &made.credit_note_number);
                format!("allocation of {amount} from {note} to {}", made.invoice_number)
            }
            Body::Payment(made) => format!("payment of {} on {}", made.amount, made.invoice_number),
            Body::Bill(made) => format!("bill {}", made.number),
            Body::SupplierCredit(made) => format!("supplier's credit note {}", made.number),
            Body::Refund(made) => format!("refund of {} on {}", made.amount, made.invoice_number),
            Body::BankTransaction(made) => {
                format!("bank transaction {} of {}", made.reference, made.total)
            }
            Body::BankTransfer(made) => {
                format!("bank transfer {} of {}", made.reference, made.amount)
            }
            Body::ManualJournal(made) => format!("journal {}", made.number()),
            Body::Attachment(made) => format!("file {}", made.file_name),
            Body::Undo(made) => format!("undoing of {}", made.label),
        }
    }
}
