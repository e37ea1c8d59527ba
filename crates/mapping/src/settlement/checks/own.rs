//! Checks that a settlement answers by itself: its total, its deposit date, its parts.

use base::{Money, MoneyError, Timestamp};

use crate::settlement::checks::{Check, DEPOSIT_DATE, FOOTS, Found, NETS, POSTED, Verdict};
use crate::settlement::footing::Footing;

/// Amazon starts a transfer two days after the close, at the same time of day.
const DEPOSIT_AFTER: i64 = 2 * Timestamp::DAY;

/// A reserve is posted minutes after the close. What is more than a week outside is no matter of
/// clocks: its document would be dated in another month.
const OUTSIDE_AT_MOST: i64 = 7 * Timestamp::DAY;

/// I1: the rows add up to the total that Amazon declares.
pub(crate) fn foots(footing: &Footing) -> Check {
    let Some(total) = footing.settlement.total else {
        return FOOTS.missing("the report declares no total");
    };
    FOOTS.same(total, footing.sum, Verdict::Fails, "the rows add up to Amazon's total")
}

/// I3: the deposit date is two days after the close.
pub(crate) fn deposit_date(footing: &Footing) -> Check {
    let settlement = &footing.settlement;
    let Some(deposit) = settlement.deposit else {
        return DEPOSIT_DATE.missing("the report names no deposit date");
    };
    let expected = settlement.end.after_ms(DEPOSIT_AFTER);
    if expected == deposit {
        let detail = "the deposit date is two days after the close";
        return DEPOSIT_DATE.found(Found::nothing(Verdict::Holds, detail));
    }
    let detail = format!("the deposit date is {deposit}; two days after the close is {expected}");
    DEPOSIT_DATE.found(Found::nothing(Verdict::Review, &detail))
}

/// Nothing is posted long before the settlement starts or long after it ends. Said only where it
/// is: the row counts, for it belongs to the settlement that names it.
pub(crate) fn posted_within(
    footing: &Footing,
    (earliest, latest): (Timestamp, Timestamp),
) -> Option<Check> {
    let (start, end) = (footing.settlement.start, footing.settlement.end);
    let (first, last) = (start.after_ms(-OUTSIDE_AT_MOST), end.after_ms(OUTSIDE_AT_MOST));
    let odd = [earliest, latest].into_iter().find(|moment| *moment < first || *moment > last)?;
    let detail = format!("a row is posted at {odd}; the settlement is from {start} to {end}");
    Some(POSTED.found(Found::nothing(Verdict::Review, &detail)))
}

/// I5: what the groups and the orders' claims come to is what the rows come to. The balance at the
/// beginning and the reserve at the close are groups like the others.
pub(crate) fn nets(footing: &Footing) -> Check {
    let what = "beginning balance, activity and closing reserve come to the settlement's net";
    match by_groups(footing) {
        Ok(net) => NETS.same(footing.sum, net, Verdict::Fails, what),
        Err(error) => NETS.found(Found::nothing(Verdict::Fails, &error.to_string())),
    }
}

fn by_groups(footing: &Footing) -> Result<Money, MoneyError> {
    let groups = footing.parts.iter().flat_map(|part| &part.groups).map(|group| group.amount);
    let claims = footing.claims.values().map(|claimed| claimed.amount);
    let opening = footing.opening.values().map(|opened| opened.amount);
    Money::sum(groups.chain(claims).chain(opening), footing.sum.currency())
}
