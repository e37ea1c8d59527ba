//! Checks of a settlement against what Amazon says of it elsewhere.

use base::Money;
use facts::finances::{PaymentGroup, Payout, PayoutStatus};

use crate::settlement::checks::{
    Check, FAILED_TRANSFER, Found, GROUP, PAYOUT, Rule, SUMMARY, Verdict,
};
use crate::settlement::footing::Footing;

/// Three control totals of Amazon's, each compared or named as missing: the summary of the
/// settlement, the payout, and the payment group of the older Finances API.
pub fn controls(
    footing: &Footing,
    summary: Option<Money>,
    payout: Option<&Payout>,
    group: Option<&PaymentGroup>,
) -> Vec<Check> {
    let total = footing.settlement.total.unwrap_or(footing.sum);
    vec![by_summary(total, summary), by_payout(total, payout, group), by_group(total, group)]
}

/// I7: money that came back is money that a payout failed to bring.
///
/// `payouts`: those of the seller's account up to this settlement.
pub fn failed_transfer(footing: &Footing, payouts: &[Payout]) -> Check {
    let back = footing.links.failed_transfers;
    if back.is_zero() {
        let detail = "no transfer came back";
        return FAILED_TRANSFER.found(Found::nothing(Verdict::Holds, detail));
    }
    if payouts.is_empty() {
        let detail = format!("{back} came back from the bank, and no payout is known");
        return FAILED_TRANSFER
            .found(Found { actual: Some(back), ..Found::nothing(Verdict::Missing, &detail) });
    }
    let failed: Vec<Money> = payouts
        .iter()
        .filter(|payout| has_failed(payout))
        .filter_map(|payout| payout.amount)
        .collect();
    let all = Money::sum(failed.iter().copied(), back.currency()).ok();
    if failed.contains(&back) || all == Some(back) {
        let what = "what came back is what a payout failed to bring";
        return FAILED_TRANSFER.same(back, back, Verdict::Fails, what);
    }
    FAILED_TRANSFER.found(Found {
        verdict: Verdict::Fails,
        expected: all.or(Some(Money::zero(back.currency()))),
        actual: Some(back),
        detail: format!("{back} came back from the bank, and no failed payout is of that amount"),
    })
}

fn has_failed(payout: &Payout) -> bool {
    matches!(payout.status, PayoutStatus::Failed | PayoutStatus::Cancelled)
}

fn by_summary(total: Money, summary: Option<Money>) -> Check {
    match summary {
        Some(summary) => compare(SUMMARY, total, summary, "Amazon's summary of the settlement"),
        None => SUMMARY.missing("Amazon's summary of the settlement is not known"),
    }
}

fn by_group(total: Money, group: Option<&PaymentGroup>) -> Check {
    match group.and_then(|group| group.original_total) {
        Some(original) => compare(GROUP, total, original, "Amazon's payment group"),
        None => GROUP.missing("Amazon's payment group of the settlement is not known"),
    }
}

fn by_payout(total: Money, payout: Option<&Payout>, group: Option<&PaymentGroup>) -> Check {
    let due = if total.is_positive() { total } else { Money::zero(total.currency()) };
    let Some(payout) = payout else {
        return none_known(due);
    };
    if payout.status == PayoutStatus::NoPayout && due.is_zero() {
        return no_payout(due);
    }
    let Some(paid) = payout.amount else {
        return PAYOUT.missing("Amazon names no amount for the payout");
    };
    if paid.currency() == due.currency() {
        return compare(PAYOUT, due, paid, "Amazon's payout");
    }
    match group.and_then(|group| group.converted_total) {
        Some(converted) if converted.currency() == paid.currency() => {
            compare(PAYOUT, converted, paid, "Amazon's payout, converted")
        }
        _ => PAYOUT
            .missing(&format!("{paid} was paid out, and what {due} was converted to is not known")),
    }
}

fn no_payout(due: Money) -> Check {
    PAYOUT.same(Money::zero(due.currency()), due, Verdict::Fails, "there is nothing to pay out")
}

fn none_known(due: Money) -> Check {
    if due.is_zero() {
        return no_payout(due);
    }
    PAYOUT.missing("the payout of the settlement is not known")
}

fn compare(rule: Rule, ours: Money, theirs: Money, whose: &str) -> Check {
    rule.same(theirs, ours, Verdict::Fails, &format!("the settlement is the same as {whose}"))
}
