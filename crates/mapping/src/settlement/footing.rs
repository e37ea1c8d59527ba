//! What a settlement adds up to.

use std::collections::{BTreeMap, BTreeSet};

use base::{Day, Money, MoneyError};
use facts::settlement::{Layout, Settlement};
use serde::{Deserialize, Serialize};

use crate::settlement::checks::Check;
use crate::settlement::words::{Category, Liable, LineKind};

/// The result of the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footing {
    pub settlement: Settlement,
    pub layout: Layout,
    /// Money rows.
    pub rows: u64,
    pub sum: Money,
    pub categories: BTreeMap<Category, Money>,
    /// One per month part in time order. A settlement inside one month has one.
    pub parts: Vec<Part>,
    pub unknown: Vec<Unknown>,
    /// The checks that one settlement alone can answer. Those that need its neighbours, Amazon's
    /// control totals or another report are asked with the functions of [`crate::settlement::checks`].
    pub checks: Vec<Check>,
    /// What the next settlement, and the one before, must agree with.
    pub links: Links,
    /// Rows that order documents carry (per-order mode), by order, item and component; or by
    /// component alone, where the fold was finished in sum.
    pub claims: BTreeMap<Claim, Claimed>,
    /// Rows that the book's opening balances carry, where it began in the midst of the settlement
    /// or after it.
    pub opening: BTreeMap<Opening, Claimed>,
    /// Sold without any tax where Amazon states tax for others: "export, or tax calculation off?"
    pub untaxed: Untaxed,
    /// The marketplace that most rows name; empty where none does.
    pub marketplace: String,
    /// Payouts that a date-range report shows beside its transactions. They are no part of the sum.
    pub transfers: Money,
}

/// Rows of one calendar month in the organisation's zone (and of one tax period, where a tax rule
/// changes within the month).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The first day of the month.
    pub month: Day,
    /// The last day on which something was posted: the document's date.
    pub last: Day,
    pub total: Money,
    pub groups: Vec<Group>,
}

/// Amounts that are alike in everything that accounts, tax and tracking are chosen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub kind: LineKind,
    pub is_refund: bool,
    pub liable: Liable,
    /// As the rows name it: `Amazon.de`; empty where they name none.
    pub marketplace: String,
    /// `AFN`, `MFN` or empty.
    pub fulfilment: String,
    /// Before or after a tax rule's date: the first day of the tax period that the rows fall in.
    pub period: Day,
    /// Amazon states the tax (it is inside `amount`). What it states a tax of nothing for is a group
    /// of its own: `stated`, with a `tax` of zero.
    pub stated: bool,
    /// Goods that the owner's table knows to carry no tax at home, and Amazon states none.
    pub untaxed: bool,
    /// Tax inside where the seller owes it.
    pub amount: Money,
    /// The stated tax inside `amount`; zero where none is stated.
    pub tax: Money,
    pub rows: u64,
    /// Amazon's own words with their amounts, largest first, at most twenty: for people.
    pub words: Vec<(String, Money)>,
}

/// Rows whose words nobody knows, by their words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    pub transaction_type: String,
    pub amount_type: String,
    pub amount_description: String,
    pub rows: u64,
    pub amount: Money,
    /// Line of the first one in its file.
    pub first_line: u64,
    /// The known kind whose words are most like these, for a person to confirm.
    pub suggestion: Option<Category>,
    pub suggested_by: Option<String>,
}

/// What ties a settlement to its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    pub previous_reserve: Money,
    pub current_reserve: Money,
    pub payable_to_amazon: Money,
    pub successful_charge: Money,
    pub failed_transfers: Money,
    pub debt_adjustments: Money,
}

/// A component of an order's document that settlement rows settle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Claim {
    pub order_id: String,
    pub item_id: String,
    pub kind: LineKind,
    pub is_refund: bool,
}

impl Balance {
    pub const ALL: [Balance; 3] = [Balance::Clearing, Balance::Reserved, Balance::Deferred];

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Balance::Clearing => "clearing",
            Balance::Reserved => "reserved",
            Balance::Deferred => "deferred",
        }
    }
}

/// What of the opening balances settlement rows settle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening {
    pub balance: Balance,
    /// Of what Amazon held back at the cut-over; empty on the other accounts.
    pub order_id: String,
    pub is_refund: bool,
}

/// The accounts that opening balances stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Balance {
    Clearing,
    Reserved,
    Deferred,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    pub amount: Money,
    pub rows: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untaxed {
    pub orders: BTreeSet<String>,
    pub amount: Money,
}

impl Footing {
    /// What the opening balances carry of it: amount and rows, of one account or of all.
    pub fn opened(&self, of: Option<Balance>) -> Result<Claimed, MoneyError> {
        let mut all = Claimed { amount: Money::zero(self.sum.currency()), rows: 0 };
        let counted = |opening: &Opening| of.is_none_or(|of| of == opening.balance);
        for (_, one) in self.opening.iter().filter(|(opening, _)| counted(opening)) {
            all.amount = all.amount.plus(one.amount)?;
            all.rows = all.rows.saturating_add(one.rows);
        }
        Ok(all)
    }

    /// The same, with what was sold without tax taken as sold at no tax: someone said that this is
    /// right.
    pub fn with_untaxed_right(&self) -> Footing {
        let mut footing = self.clone();
        for group in footing.parts.iter_mut().flat_map(|part| &mut part.groups) {
            // What Amazon keeps of shipping and gift wrap follows these, taxed or not.
            let is_kept =
                matches!(group.kind, LineKind::ShippingChargeback | LineKind::GiftWrapChargeback);
            let is_sale = matches!(group.liable, Liable::Seller) && !is_kept;
            group.stated = group.stated || is_sale;
        }
        footing
    }
}
