//! The arithmetic that a settlement must obey, as checks with names.
//!
//! The fold answers what one settlement can answer alone. [`neighbours`], [`failed_transfer`],
//! [`controls`], [`date_range`] and [`reissue`] need what only the caller has.

mod controls;
mod neighbours;
mod own;
mod reports;

#[cfg(test)]
mod tests;

use base::Money;
use serde::{Deserialize, Serialize};

pub use controls::{controls, failed_transfer};
pub use neighbours::{End, neighbours};
pub(crate) use own::{deposit_date, foots, nets, posted_within};
pub use reports::{Issue, date_range, reissue};

/// One check and what it found, with both numbers where there are two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// `I1`, `I4`, `control_payout`.
    pub name: String,
    /// The page in `docs/errors` that explains a failure.
    pub code: String,
    pub verdict: Verdict,
    pub expected: Option<Money>,
    pub found: Option<Money>,
    /// In words, for people.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Holds,
    /// The settlement is held until a person has looked.
    Fails,
    /// A person should look; nothing is held.
    Review,
    /// What it would be compared with is not known (no neighbour, no role, too old).
    Missing,
}

/// A check by its name and the page that explains its failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    name: &'static str,
    code: &'static str,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) verdict: Verdict,
    pub(crate) expected: Option<Money>,
    pub(crate) actual: Option<Money>,
    pub(crate) detail: String,
}

pub(crate) const FOOTS: Rule = Rule { name: "I1", code: "settlement_does_not_foot" };
pub(crate) const GAP: Rule = Rule { name: "I2", code: "settlement_gap" };
pub(crate) const DEPOSIT_DATE: Rule = Rule { name: "I3", code: "settlement_deposit_date" };
pub(crate) const RESERVE: Rule = Rule { name: "I4", code: "settlement_reserve_differs" };
pub(crate) const POSTED: Rule = Rule { name: "posted", code: "settlement_row_outside" };
pub(crate) const NETS: Rule = Rule { name: "I5", code: "settlement_does_not_net" };
pub(crate) const DEBT: Rule = Rule { name: "I6", code: "settlement_debt_differs" };
pub(crate) const FAILED_TRANSFER: Rule =
    Rule { name: "I7", code: "settlement_failed_transfer_unknown" };
pub(crate) const REFUND_COMMISSION: Rule = Rule { name: "I8", code: "refund_commission_unusual" };
pub(crate) const RETROCHARGE: Rule = Rule { name: "I9", code: "retrocharge_does_not_net" };
pub(crate) const WITHHELD_TAX: Rule = Rule { name: "I10", code: "withheld_tax_differs" };
pub(crate) const REISSUED: Rule = Rule { name: "I11", code: "settlement_reissued" };
pub(crate) const DATE_RANGE: Rule = Rule { name: "I12", code: "date_range_differs" };
pub(crate) const SUMMARY: Rule = Rule { name: "control_summary", code: "control_summary_differs" };
pub(crate) const PAYOUT: Rule = Rule { name: "control_payout", code: "control_payout_differs" };
pub(crate) const GROUP: Rule = Rule { name: "control_group", code: "control_group_differs" };

impl Rule {
    pub(crate) fn found(self, found: Found) -> Check {
        Check {
            name: self.name.to_owned(),
            code: self.code.to_owned(),
            verdict: found.verdict,
            expected: found.expected,
            found: found.actual,
            detail: found.detail,
        }
    }

    /// Two amounts that must be the same. `otherwise` is the verdict if they are not.
    pub(crate) fn same(
        self,
        expected: Money,
        found: Money,
        otherwise: Verdict,
        what: &str,
    ) -> Check {
        let verdict = if expected == found { Verdict::Holds } else { otherwise };
        let detail = if expected == found {
            what.to_owned()
        } else {
            format!("{what}: expected {expected}, found {found}")
        };
        self.found(Found { verdict, expected: Some(expected), actual: Some(found), detail })
    }

    /// There is nothing to compare with.
    pub(crate) fn missing(self, why: &str) -> Check {
        self.found(Found::nothing(Verdict::Missing, why))
    }
}

impl Found {
    /// Without amounts.
    pub(crate) fn nothing(verdict: Verdict, detail: &str) -> Found {
        Found { verdict, expected: None, actual: None, detail: detail.to_owned() }
    }
}
