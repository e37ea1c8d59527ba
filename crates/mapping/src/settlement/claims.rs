//! What documents of an order carry of a settlement's rows, and claims that come to more.
//!
//! Settlement rows claim the documents of their order: its invoices answer for the sale, its credit
//! notes for refunds. All claims together never come to more than those carry, or a cent of Amazon's
//! would be counted that no document has.

use base::{Currency, Money, MoneyError};
use intents::{Body, Decided, Line};

use crate::orders::is_refund_note;
use crate::settlement::ledger::Standing;

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
        let standing = Standing::of(decided);
        let zero = Money::zero(currency);
        let mut carried = Carried { sale: zero, refunds: zero };
        for one in standing.live() {
            if let Some(invoice) = standing.invoice(one) {
                if invoice.currency != currency {
                    return Ok(None);
                }
                let rows = of_rows(invoice.total, &invoice.lines, tax_account)?;
                carried.sale = carried.sale.plus(rows)?;
            }
            if let Body::CreditNote(note) = &one.intent.body {
                if note.currency != currency {
                    return Ok(None);
                }
                let rows = of_rows(note.total, &note.lines, tax_account)?;
                let is_refund = is_refund_note(&one.intent);
                let side = if is_refund { &mut carried.refunds } else { &mut carried.sale };
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

fn of_rows(total: Money, lines: &[Line], tax_account: Option<&str>) -> Result<Money, MoneyError> {
    let taxes = lines.iter().filter(|line| Some(line.account_id.as_str()) == tax_account);
    total.minus(Money::sum(taxes.map(|line| line.amount), total.currency())?)
}

#[cfg(test)]
mod tests;
