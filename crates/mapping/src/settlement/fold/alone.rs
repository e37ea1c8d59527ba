//! What is looked at while the rows go by, for checks that one settlement can answer.

use std::collections::BTreeMap;

use base::{Currency, Money};
use facts::settlement::Row;

use crate::settlement::checks::{self, Check, Found, Verdict};
use crate::settlement::fold::join::{Differing, Worst};
use crate::settlement::fold::texts::Texts;
use crate::settlement::fold::{FoldError, add_to, plus};
use crate::settlement::taxonomy::Watched;

#[derive(Debug, Default)]
pub(super) struct Watch {
    /// By order and item.
    refunds: BTreeMap<(u64, u64), Refunded>,
    /// By order and the moment in which they were posted.
    retrocharges: BTreeMap<(u64, i64), i64>,
}

/// Referral fees of an item's refunds.
#[derive(Debug, Default)]
struct Refunded {
    /// What Amazon gives back, as rows have it: positive.
    referral: i64,
    /// What it keeps of that: negative.
    kept: i64,
    kept_rows: i64,
}

impl Watch {
    pub(super) fn row(
        &mut self,
        watched: Watched,
        order: u64,
        row: &Row<'_>,
        texts: &mut Texts,
    ) -> Result<(), FoldError> {
        let amount = row.amount.minor();
        match watched {
            Watched::No => Ok(()),
            Watched::Retrocharge => add_to(&mut self.retrocharges, (order, row.posted.0), amount),
            Watched::Referral => {
                let refund = self.refund(order, row, texts);
                refund.referral = plus(refund.referral, amount)?;
                Ok(())
            }
            Watched::RefundFee => {
                let refund = self.refund(order, row, texts);
                refund.kept = plus(refund.kept, amount)?;
                refund.kept_rows = refund.kept_rows.saturating_add(1);
                Ok(())
            }
        }
    }

    fn refund(&mut self, order: u64, row: &Row<'_>, texts: &mut Texts) -> &mut Refunded {
        let code = texts.code(row.order_item_code);
        self.refunds.entry((order, code)).or_default()
    }

    /// I8: Amazon keeps at most a fifth of the referral fee that it gives back.
    pub(super) fn refund_commission(&self, texts: &Texts, currency: Currency) -> Check {
        let rule = checks::REFUND_COMMISSION;
        if currency.code() == "INR" {
            let detail = "Amazon.in keeps a fixed fee, whatever the referral fee was";
            return rule.found(Found::nothing(Verdict::Missing, detail));
        }
        let mut odd = Differing::default();
        for ((order, _), refund) in self.refunds.iter().filter(|(_, refund)| refund.is_odd()) {
            let kept = refund.kept.saturating_neg();
            odd.add(texts.order_text(*order), refund.fifth(), kept);
        }
        let holds = "of no refund more than a fifth of the referral fee is kept";
        let fails = "refunds that keep more than a fifth of the referral fee, or have an odd sign";
        rule.found(several(&odd, currency, Verdict::Review, [holds, fails]))
    }

    /// I9: tax that is worked out again is withheld again.
    pub(super) fn retrocharge(&self, texts: &Texts, currency: Currency) -> Check {
        let mut odd = Differing::default();
        for ((order, _), sum) in self.retrocharges.iter().filter(|(_, sum)| **sum != 0) {
            odd.add(texts.order_text(*order), 0, *sum);
        }
        let says = ["retrocharges come to nothing", "retrocharges that do not come to nothing"];
        checks::RETROCHARGE.found(several(&odd, currency, Verdict::Review, says))
    }
}

/// I10: what Amazon withholds is the tax of the item.
pub(super) fn withheld_tax(differing: &Differing, currency: Currency) -> Check {
    let holds = "what Amazon withholds is the tax of each item";
    let says = [holds, "items that are taxed otherwise than Amazon withholds"];
    checks::WITHHELD_TAX.found(several(differing, currency, Verdict::Fails, says))
}

/// The worst of several differences, and how many there are.
fn several(odd: &Differing, currency: Currency, verdict: Verdict, says: [&str; 2]) -> Found {
    let [holds, fails] = says;
    let Some(Worst { order, expected, found }) = &odd.worst else {
        return Found::nothing(Verdict::Holds, holds);
    };
    let place = if order.is_empty() {
        "rows without an order".to_owned()
    } else {
        format!("order {order}")
    };
    Found {
        verdict,
        expected: Some(Money::from_minor(*expected, currency)),
        actual: Some(Money::from_minor(*found, currency)),
        detail: format!("{fails}: {}; the largest difference is in {place}", odd.items),
    }
}

impl Refunded {
    /// A fifth of what is given back.
    fn fifth(&self) -> i64 {
        self.referral.checked_div(5).unwrap_or(0)
    }

    fn is_odd(&self) -> bool {
        // Each row may be rounded up by less than one cent.
        let kept = self.kept.saturating_neg();
        let most = self.referral.saturating_add(self.kept_rows.saturating_mul(5));
        self.referral < 0 || kept < 0 || kept.saturating_mul(5) > most
    }
}
