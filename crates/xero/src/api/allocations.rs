//! A credit note set against an invoice.
//! <https://developer.xero.com/documentation/api/accounting/creditnotes#put-creditnotes-allocations>

use base::call::escape;
use base::{Call, Exact, Host, Method, Request};
use serde::{Deserialize, Serialize};

use super::lines::Party;
use super::query::Query as _;
use super::{Complaint, blank, operation, put};

/// Allocates so much of a credit note to an invoice.
pub struct Create<'a> {
    pub credit_note_id: &'a str,
    pub invoice_id: &'a str,
    pub amount: Exact,
    /// `YYYY-MM-DD`.
    pub date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    allocations: [NewAllocation<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewAllocation<'a> {
    invoice: InvoiceById<'a>,
    amount: Exact,
    date: &'a str,
}

/// A document by its id alone.
#[derive(Debug, Clone, Serialize)]
pub struct InvoiceById<'a> {
    #[serde(rename = "InvoiceID")]
    pub invoice_id: &'a str,
}

impl Call for Create<'_> {
    operation!("PUT /CreditNotes/{CreditNoteID}/Allocations" => Page);

    fn request(&self) -> Request {
        let path = format!("/CreditNotes/{}/Allocations", escape(self.credit_note_id));
        let invoice = InvoiceById { invoice_id: self.invoice_id };
        let one = NewAllocation { invoice, amount: self.amount, date: &self.date };
        put(path, &Written { allocations: [one] }).judged_alone()
    }
}

/// Takes an allocation off a credit note. Xero keeps no idempotency key for deletions, and needs
/// none: deleted twice is deleted once.
pub struct Delete<'a> {
    pub credit_note_id: &'a str,
    pub allocation_id: &'a str,
}

impl Call for Delete<'_> {
    operation!("DELETE /CreditNotes/{CreditNoteID}/Allocations/{AllocationID}" => Deleted);

    fn request(&self) -> Request {
        let (note, allocation) = (escape(self.credit_note_id), escape(self.allocation_id));
        let path = format!("/CreditNotes/{note}/Allocations/{allocation}");
        Request::new(Method::Delete, Host::Api, path)
    }
}

/// The reply to a deletion: the allocation by itself, or in a list as elsewhere.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Deleted {
    /// Xero's example writes it so, its other replies `AllocationID`.
    #[serde(alias = "AllocationID", deserialize_with = "blank::text")]
    pub allocation_id: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub is_deleted: bool,
    #[serde(deserialize_with = "blank::list")]
    pub allocations: Vec<Allocation>,
}

impl Deleted {
    /// Every allocation that the reply names, in whichever form.
    pub(crate) fn all(&self) -> Vec<Allocation> {
        let alone = self.allocation_id.clone().map(|id| Allocation {
            allocation_id: Some(id),
            is_deleted: self.is_deleted,
            ..Allocation::default()
        });
        self.allocations.iter().cloned().chain(alone).collect()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub allocations: Vec<Allocation>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Allocation {
    #[serde(rename = "AllocationID", deserialize_with = "blank::text")]
    pub allocation_id: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub invoice: Option<Against>,
    pub amount: Option<Exact>,
    #[serde(deserialize_with = "blank::text")]
    pub date: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub is_deleted: bool,
    #[serde(deserialize_with = "blank::flag")]
    pub has_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}

/// The invoice that a payment or an allocation is against.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Against {
    #[serde(rename = "InvoiceID", deserialize_with = "blank::text")]
    pub invoice_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub invoice_number: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub currency_code: Option<String>,
    #[serde(deserialize_with = "blank::object")]
    pub contact: Option<Party>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}
