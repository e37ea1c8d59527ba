//! Checks of two reports of the same settlement.

use base::Money;

use crate::settlement::checks::{Check, DATE_RANGE, Found, REISSUED, Verdict};
use crate::settlement::footing::Footing;

/// A settlement as one document has it. The caller has hashed the rows' bytes in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue<'a> {
    pub settlement_id: &'a str,
    pub hash: &'a str,
    pub rows: u64,
    pub sum: Money,
}

/// I11: a settlement that two documents have is the same in both, byte for byte. Else Amazon has
/// issued it again: the later one takes the place of the earlier, and is never added to it.
pub fn reissue(before: &Issue<'_>, after: &Issue<'_>) -> Check {
    let id = after.settlement_id;
    if before.settlement_id != id {
        return REISSUED
            .missing(&format!("settlements {} and {id} are not the same", before.settlement_id));
    }
    let same = before.hash == after.hash && before.rows == after.rows && before.sum == after.sum;
    let detail = if same {
        format!("settlement {id} is the same in both documents")
    } else {
        format!("settlement {id} was issued again: {} rows before, {} now", before.rows, after.rows)
    };
    REISSUED.found(Found {
        verdict: if same { Verdict::Holds } else { Verdict::Fails },
        expected: Some(before.sum),
        actual: Some(after.sum),
        detail,
    })
}

/// I12: a date-range report of a settlement, without the payouts that it shows, comes to the same as
/// the settlement report.
pub fn date_range(settlement: &Footing, date_range: &Footing) -> Check {
    let (ours, theirs) = (&settlement.settlement, &date_range.settlement);
    if ours.settlement_id != theirs.settlement_id {
        return DATE_RANGE.missing("the date-range report is of another settlement");
    }
    let what = "the date-range report comes to the same as the settlement report";
    DATE_RANGE.same(settlement.sum, date_range.sum, Verdict::Fails, what)
}
