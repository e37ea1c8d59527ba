//! Sales invoices as they stand in Xero, for the check: did it land, and does it still hold?

use base::{Currency, Decimal, Exact, Timestamp};

use crate::api::{dates, invoices};
use crate::ask::PullStop;

/// An invoice as Xero shows it. Amounts are in `currency`, as decimals: Xero may hold invoices of
/// others that no currency of ours can count exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: String,
    pub number: Option<String>,
    pub status: String,
    pub total: Decimal,
    pub total_tax: Decimal,
    pub amount_due: Decimal,
    pub amount_paid: Decimal,
    pub amount_credited: Decimal,
    pub reference: Option<String>,
    pub currency: Currency,
    pub contact_id: Option<String>,
    pub updated: Timestamp,
}

/// Reads one; what cannot be understood is not left out in silence.
pub(crate) fn seen(wire: &invoices::Invoice) -> Result<Seen, PullStop> {
    read(wire).ok_or_else(|| {
        PullStop::Unreadable("an invoice without id, status, total, currency or date".to_owned())
    })
}

fn read(wire: &invoices::Invoice) -> Option<Seen> {
    let amount = |field: Option<Exact>| field.map_or(Decimal::ZERO, |exact| exact.0);
    Some(Seen {
        id: wire.invoice_id.clone()?,
        number: wire.invoice_number.clone(),
        status: wire.status.clone()?,
        total: wire.total?.0,
        total_tax: amount(wire.total_tax),
        amount_due: amount(wire.amount_due),
        amount_paid: amount(wire.amount_paid),
        amount_credited: amount(wire.amount_credited),
        reference: wire.reference.clone(),
        currency: wire.currency_code.as_deref()?.parse().ok()?,
        contact_id: wire.contact.as_ref().and_then(|contact| contact.contact_id.clone()),
        updated: dates::moment(wire.updated.as_deref()?)?,
    })
}
