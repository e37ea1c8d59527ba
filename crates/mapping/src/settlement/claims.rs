//! What documents of an order carry of a settlement's rows, and claims that come to more.
//!
//! Settlement rows claim the documents of their order: its invoices answer for the sale, its credit
//! notes for refunds. All claims together never come to more than those carry, or a cent of Amazon's
//! would be counted that no document has.

use std::collections::BTreeSet;

use base::{Currency, Money, MoneyError};
use intents::{Body, CreditNote, Decided, Intent, IntentId, Invoice, Line};

use crate::orders::is_refund_note;
use crate::settlement::ledger;

/// What the documents of one order carry for settlement rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Invoices, less the credit notes of what was cancelled.
    pub sale: Money,
    /// Credit notes of refunds: zero or less.
    pub refunds: Money,
}

/// Rows of an order that claim more than its documents carry, with both numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    pub order_id: String,
    pub is_refund: bool,
    /// All claims up to and with the settlement that is decided.
    pub claimed: Money,
    pub carried: Money,
}

impl Carried {
    /// Of an order's posted documents. None where one is in another currency than the claims: then
    /// the two cannot be held against each other. Lines on `tax_account` are Amazon's tax, which no
    /// row of the sale pays: a payment of its own settles it.
    pub fn of(
        decided: &[Decided],
        tax_account: Option<&str>,
        currency: Currency,
    ) -> Result<Option<Carried>, MoneyError> {
        let posted: Vec<&Intent> =
            ledger::posted(decided).into_iter().map(|one| &one.intent).collect();
        let voided: BTreeSet<&IntentId> =
            posted.iter().filter_map(|one| voided(&one.body)).collect();
        let zero = Money::zero(currency);
        let mut carried = Carried { sale: zero, refunds: zero };
        for intent in posted.iter().filter(|one| !voided.contains(&one.id)) {
            if let Some(invoice) = invoice(intent, &posted) {
                if invoice.currency != currency {
                    return Ok(None);
                }
                let rows = of_rows(invoice.total, &invoice.lines, tax_account)?;
                carried.sale = carried.sale.plus(rows)?;
            }
            if let Some(note) = note(&intent.body) {
                if note.currency != currency {
                    return Ok(None);
                }
                let rows = of_rows(note.total, &note.lines, tax_account)?;
                let side =
                    if is_refund_note(intent) { &mut carried.refunds } else { &mut carried.sale };
                *side = side.minus(rows)?;
            }
        }
        Ok(Some(carried))
    }

    /// The excess of these claims, if they come to more: of a sale above, of a refund below.
    pub fn excess(&self, order_id: &str, is_refund: bool, claimed: Money) -> Option<Excess> {
        let (carried, exceeds) = if is_refund {
            (self.refunds, claimed.minor() < self.refunds.minor())
        } else {
            (self.sale, claimed.minor() > self.sale.minor())
        };
        let order_id = order_id.to_owned();
        exceeds.then_some(Excess { order_id, is_refund, claimed, carried })
    }
}

impl Excess {
    /// The code and page in `docs/errors`.
    pub const CODE: &'static str = "claims_exceed_document";

    /// `order 202-1: settlement rows come to 120.00 GBP, and its documents carry 100.00 GBP`.
    pub fn words(&self) -> String {
        let what = if self.is_refund { "refund rows" } else { "rows" };
        format!(
            "order {}: settlement {what} come to {}, and its documents carry {}",
            self.order_id, self.claimed, self.carried
        )
    }
}

fn voided(body: &Body) -> Option<&IntentId> {
    if let Body::InvoiceVoid { of, .. } = body { Some(of) } else { None }
}

fn note(body: &Body) -> Option<&CreditNote> {
    if let Body::CreditNote(note) = body { Some(note) } else { None }
}

/// The invoice that an intent made, as it reads after its last edit.
fn invoice<'a>(intent: &'a Intent, posted: &[&'a Intent]) -> Option<&'a Invoice> {
    let Body::Invoice(made) = &intent.body else { return None };
    let edits = posted.iter().filter_map(|other| {
        if let Body::InvoiceEdit { of, invoice } = &other.body {
            Some((of, other.revision, invoice))
        } else {
            None
        }
    });
    let last = edits.filter(|(of, ..)| **of == intent.id).max_by_key(|(_, revision, _)| *revision);
    Some(last.map_or(made, |(.., invoice)| invoice))
}

fn of_rows(total: Money, lines: &[Line], tax_account: Option<&str>) -> Result<Money, MoneyError> {
    let taxes = lines.iter().filter(|line| Some(line.account_id.as_str()) == tax_account);
    total.minus(Money::sum(taxes.map(|line| line.amount), total.currency())?)
}

#[cfg(test)]
mod tests;
