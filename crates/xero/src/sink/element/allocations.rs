//! Allocations in a reply, by the invoice that they pay and how much; of an undoing by id.

use intents::{Body, Receipt};

use super::{Element, Verdict, is_undone, undone};
use crate::api::allocations;
use crate::sink::compare::ReadBack;
use crate::sink::known::{Known, is_same_id};
use crate::sink::thing::Thing;

impl Element for allocations::Allocation {
    fn verdict(&self) -> Verdict<'_> {
        let invoice = self.invoice.iter().flat_map(|invoice| &invoice.validation_errors);
        Verdict {
            remote_id: self.allocation_id.as_deref(),
            has_errors: self.has_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().chain(invoice).collect(),
            warnings: &[],
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        if let Body::Undo(_) = body {
            return is_undone(body, Thing::Allocation, self.allocation_id.as_deref(), known);
        }
        let Body::Allocation(made) = body else { return false };
        let invoice = self.invoice.as_ref().and_then(|invoice| invoice.invoice_id.as_deref());
        !self.is_deleted
            && known.id(&made.invoice).is_some_and(|id| is_same_id(invoice, id))
            && self.amount.is_some_and(|exact| exact.0 == made.amount.amount())
    }

    /// Older replies name no allocation; then the two documents that it joins name it.
    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        if let Body::Undo(_) = body {
            let status = if self.is_deleted { "DELETED" } else { "AUTHORISED" };
            return undone(self.allocation_id.as_deref(), Some(status));
        }
        let Body::Allocation(made) = body else { return None };
        let remote_id = match self.allocation_id.clone() {
            Some(id) => id,
            None => format!("{}:{}", known.id(&made.credit_note)?, known.id(&made.invoice)?),
        };
        Some(ReadBack::equal(Receipt {
            remote_id,
            number: None,
            status: "AUTHORISED".to_owned(),
            total: Some(made.amount),
            tax: None,
        }))
    }
}
