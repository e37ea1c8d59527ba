//! What is read of Xero's JSON. Written down here for itself, not shared with the connector.

use base::{Currency, Exact, Money, MoneyError, Timestamp};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    pub(crate) page_count: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invoices {
    pub(crate) pagination: Option<Pagination>,
    #[serde(rename = "Invoices")]
    pub(crate) invoices: Vec<Invoice>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invoice {
    #[serde(rename = "InvoiceID")]
    pub(crate) id: String,
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    #[serde(rename = "InvoiceNumber")]
    pub(crate) number: Option<String>,
    #[serde(rename = "Reference")]
    pub(crate) reference: Option<String>,
    #[serde(rename = "Status")]
    pub(crate) status: String,
    #[serde(rename = "CurrencyCode")]
    pub(crate) currency: Currency,
    #[serde(rename = "Total")]
    pub(crate) total: Exact,
    /// `2026-01-31T00:00:00`.
    #[serde(rename = "DateString")]
    pub(crate) date: Option<String>,
    /// `/Date(1762300800000+0000)/`.
    #[serde(rename = "UpdatedDateUTC")]
    pub(crate) updated: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CreditNotes {
    pub(crate) pagination: Option<Pagination>,
    #[serde(rename = "CreditNotes")]
    pub(crate) credit_notes: Vec<CreditNote>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CreditNote {
    #[serde(rename = "CreditNoteID")]
    pub(crate) id: String,
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    #[serde(rename = "CreditNoteNumber")]
    pub(crate) number: Option<String>,
    #[serde(rename = "Reference")]
    pub(crate) reference: Option<String>,
    #[serde(rename = "Status")]
    pub(crate) status: String,
    #[serde(rename = "CurrencyCode")]
    pub(crate) currency: Currency,
    #[serde(rename = "Total")]
    pub(crate) total: Exact,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Payments {
    pub(crate) pagination: Option<Pagination>,
    #[serde(rename = "Payments")]
    pub(crate) payments: Vec<Payment>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Payment {
    #[serde(rename = "PaymentID")]
    pub(crate) id: String,
    #[serde(rename = "Status")]
    pub(crate) status: String,
    /// In the invoice's currency.
    #[serde(rename = "Amount")]
    pub(crate) amount: Exact,
    #[serde(rename = "Account")]
    pub(crate) account: Option<Account>,
    /// What is paid; of a credit note Xero shows that here, too.
    #[serde(rename = "Invoice")]
    invoice: Option<Paid>,
    #[serde(rename = "CreditNote")]
    credit_note: Option<Credited>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    #[serde(rename = "AccountID")]
    pub(crate) account_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Paid {
    #[serde(rename = "InvoiceID")]
    invoice_id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Credited {
    #[serde(rename = "CreditNoteID")]
    credit_note_id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Reports {
    #[serde(rename = "Reports")]
    pub(crate) reports: Vec<Report>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    #[serde(rename = "Rows")]
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    #[serde(rename = "RowType")]
    pub(crate) kind: String,
    #[serde(rename = "Rows")]
    pub(crate) rows: Option<Vec<Row>>,
    #[serde(rename = "Cells")]
    pub(crate) cells: Option<Vec<Cell>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cell {
    #[serde(rename = "Value")]
    pub(crate) value: Option<String>,
    #[serde(rename = "Attributes")]
    pub(crate) attributes: Option<Vec<Attribute>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Attribute {
    #[serde(rename = "Id")]
    pub(crate) id: Option<String>,
    #[serde(rename = "Value")]
    pub(crate) value: Option<String>,
}

impl Invoice {
    pub(crate) fn is_live(&self) -> bool {
        is_live(&self.status)
    }

    pub(crate) fn is_void(&self) -> bool {
        self.status == "VOIDED"
    }

    pub(crate) fn money(&self) -> Result<Money, MoneyError> {
        Money::exact(self.total.0, self.currency)
    }

    /// When Xero last changed it, if it says so in its way.
    pub(crate) fn updated(&self) -> Option<Timestamp> {
        let inner = self.updated.as_deref()?.strip_prefix("/Date(")?.strip_suffix(")/")?;
        let ms = inner.split(['+', ')']).next()?;
        ms.parse().ok().map(Timestamp)
    }
}

impl CreditNote {
    pub(crate) fn is_live(&self) -> bool {
        is_live(&self.status)
    }

    pub(crate) fn money(&self) -> Result<Money, MoneyError> {
        Money::exact(self.total.0, self.currency)
    }
}

impl Payment {
    /// The invoice, the bill or the credit note.
    pub(crate) fn document_id(&self) -> Option<&str> {
        let credit_note = self.credit_note.as_ref().map(|note| note.credit_note_id.as_str());
        credit_note.or(self.invoice.as_ref().map(|invoice| invoice.invoice_id.as_str()))
    }

    pub(crate) fn account_id(&self) -> &str {
        self.account.as_ref().and_then(|account| account.account_id.as_deref()).unwrap_or_default()
    }
}

/// In the ledger: drafts make no journals, voided documents take theirs back.
fn is_live(status: &str) -> bool {
    matches!(status, "AUTHORISED" | "PAID")
}
