//! Checks of a settlement against the one before it.

use base::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::settlement::checks::{Check, DEBT, Found, GAP, RESERVE, Rule, Verdict};
use crate::settlement::footing::Footing;

/// How a settlement ended: what the next one of the same marketplace account, account type and
/// currency must begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub settlement_id: String,
    pub end: Timestamp,
    /// Amazon's total; the sum of the rows where the report declares none.
    pub total: Money,
    pub current_reserve: Money,
}

impl End {
    pub fn of(footing: &Footing) -> End {
        End {
            settlement_id: footing.settlement.settlement_id.clone(),
            end: footing.settlement.end,
            total: footing.settlement.total.unwrap_or(footing.sum),
            current_reserve: footing.links.current_reserve,
        }
    }
}

/// I2, I4 and I6: no gap between the two, the reserve comes back, a debt is carried on.
///
/// Where there is a gap, the one before is not the neighbour, and nothing can be said of the rest.
pub fn neighbours(before: &End, after: &Footing) -> Vec<Check> {
    let gap = gap(before, after);
    let is_neighbour = gap.verdict == Verdict::Holds;
    let mut checks = vec![gap];
    if is_neighbour && before.total.currency() == after.sum.currency() {
        checks.push(reserve(before, after));
        checks.extend(debt(before, after));
    } else {
        let why = "the settlement before this one is not known";
        checks.extend([RESERVE.missing(why), DEBT.missing(why)]);
    }
    checks
}

fn gap(before: &End, after: &Footing) -> Check {
    let (end, start) = (before.end, after.settlement.start);
    let id = &before.settlement_id;
    if end == start {
        let detail = format!("it begins when settlement {id} ends");
        return GAP.found(Found::nothing(Verdict::Holds, &detail));
    }
    let how = if start > end { "a settlement between them is missing" } else { "they overlap" };
    let detail = format!("settlement {id} ends {end} and this one begins {start}: {how}");
    GAP.found(Found::nothing(Verdict::Fails, &detail))
}

fn reserve(before: &End, after: &Footing) -> Check {
    let what = format!("the reserve of settlement {} comes back", before.settlement_id);
    let found = after.links.previous_reserve;
    same_as_negated(RESERVE, before.current_reserve, found, &what)
}

/// A settlement below zero is a debt: the next one begins with it, and what Amazon charges to a card
/// pays it. Smaller debts are carried on without a charge.
fn debt(before: &End, after: &Footing) -> Vec<Check> {
    let links = &after.links;
    let owed = if before.total.is_negative() {
        before.total
    } else {
        Money::zero(before.total.currency())
    };
    let id = &before.settlement_id;
    if !owed.is_zero() && links.payable_to_amazon.is_zero() && links.debt_adjustments.is_positive()
    {
        let detail = format!("what settlement {id} owes was moved to another of Amazon's accounts");
        return vec![DEBT.found(Found {
            verdict: Verdict::Review,
            expected: Some(owed),
            actual: Some(links.debt_adjustments),
            detail,
        })];
    }
    let what = format!("what settlement {id} owes is carried on");
    let carried = DEBT.same(owed, links.payable_to_amazon, Verdict::Fails, &what);
    let paid = links.successful_charge.plus(links.debt_adjustments);
    let is_part = paid.as_ref().is_ok_and(|paid| is_part_of(*paid, owed));
    let mut checks = vec![carried];
    if let (true, Ok(paid)) = (is_part, paid) {
        let what = format!("what settlement {id} owes is paid whole, or not at all");
        checks.push(same_turned(DEBT, owed, paid, &what));
    }
    checks
}

/// Whether a payment pays some of a debt and leaves some.
fn is_part_of(paid: Money, owed: Money) -> bool {
    let rest = paid.plus(owed).unwrap_or(Money::zero(owed.currency()));
    paid.is_positive() && rest.is_negative()
}

fn same_turned(rule: Rule, owed: Money, paid: Money, what: &str) -> Check {
    match owed.negated() {
        Ok(expected) => rule.same(expected, paid, Verdict::Review, what),
        Err(error) => rule.found(Found::nothing(Verdict::Review, &error.to_string())),
    }
}

fn same_as_negated(rule: Rule, before: Money, after: Money, what: &str) -> Check {
    match before.negated() {
        Ok(expected) => rule.same(expected, after, Verdict::Fails, what),
        Err(error) => rule.found(Found::nothing(Verdict::Fails, &error.to_string())),
    }
}
