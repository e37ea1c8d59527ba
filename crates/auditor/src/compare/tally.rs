//! What has been found so far, and the verdict.

use base::MoneyError;

use super::Both;
use super::sums::Sums;
use crate::{Audit, Difference, Settled};

#[derive(Default)]
pub(super) struct Tally {
    pub(super) audit: Audit,
    pub(super) amazon: Sums,
    pub(super) xero: Sums,
    pub(super) payments_expected: Sums,
    pub(super) payments_found: Sums,
    pub(super) refunds_expected: Sums,
    pub(super) refunds_found: Sums,
    /// The facilitator's tax of what is not paid yet.
    pub(super) open_tax: Sums,
    pub(super) settled: Settled,
    pub(super) settled_amazon: Sums,
    pub(super) settled_xero: Sums,
}

impl Tally {
    pub(super) fn differ(&mut self, order_id: &str, what: &str, amazon: &str, xero: &str) {
        self.audit.differences.push(Difference {
            order_id: order_id.to_owned(),
            settlement_id: String::new(),
            what: what.to_owned(),
            amazon: amazon.to_owned(),
            xero: xero.to_owned(),
        });
    }

    /// The same about a settlement.
    pub(super) fn unsettle(&mut self, id: &str, what: &str, amazon: &str, xero: &str) {
        self.audit.differences.push(Difference {
            order_id: String::new(),
            settlement_id: id.to_owned(),
            what: what.to_owned(),
            amazon: amazon.to_owned(),
            xero: xero.to_owned(),
        });
    }

    /// An amount with too many decimals, or a sum beyond counting.
    pub(super) fn uncountable(&mut self, order_id: &str, checked: Result<(), MoneyError>) {
        if let Err(error) = checked {
            self.differ(order_id, "an amount cannot be counted", "", &error.to_string());
        }
    }

    pub(super) fn finish(self, both: &Both<'_>) -> Audit {
        let mut audit = self.audit;
        audit.too_recent = both.orders.too_recent.iter().cloned().collect();
        audit.amazon_total = self.amazon.texts();
        audit.xero_total = self.xero.texts();
        audit.payments_expected = self.payments_expected.texts();
        audit.payments_found = self.payments_found.texts();
        audit.refunds_expected = self.refunds_expected.texts();
        audit.refunds_found = self.refunds_found.texts();
        let mut settled = self.settled;
        settled.amazon_total = self.settled_amazon.texts();
        settled.xero_total = self.settled_xero.texts();
        audit.agrees = audit.differences.is_empty()
            && audit.duplicates.is_empty()
            && audit.lost.is_empty()
            && audit.posted == audit.should_post
            && audit.amazon_total == audit.xero_total
            && audit.payments_expected == audit.payments_found
            && audit.refunds_expected == audit.refunds_found
            && settled.agrees()
            && audit.trial_balance_balances;
        audit.settlements = both.told.map(|_| settled);
        audit
    }
}

impl Settled {
    fn agrees(&self) -> bool {
        self.duplicates.is_empty()
            && self.lost.is_empty()
            && self.posted == self.should_post
            && self.amazon_total == self.xero_total
    }
}
