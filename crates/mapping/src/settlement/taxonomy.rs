//! What Amazon's words stand for.
//!
//! Amazon publishes no list of transaction types, amount types and descriptions, and puts free text
//! into them. `taxonomy/words.tsv` holds what is known, in the three shapes that the same charge has
//! had. Nothing is guessed: words that stand nowhere in it are unknown, whatever they resemble.

mod overrides;
mod similar;
mod table;
mod twin;

pub use overrides::{Override, Overrides};
pub use similar::{Similar, similar};

use facts::settlement::Row;

use crate::settlement::taxonomy::table::Table;
use crate::settlement::words::{LineKind, Nature};

/// What a transaction type, an amount type and a description stand for together, if anyone knows.
pub fn classify(transaction_type: &str, amount_type: &str, description: &str) -> Option<Nature> {
    Table::built_in().nature([transaction_type, amount_type, description])
}

/// As [`classify`], of a row.
pub fn classify_row(row: &Row<'_>) -> Option<Nature> {
    classify(row.transaction_type, row.amount_type, row.amount_description)
}

/// What people call an amount: the fee's own name where the description says only which part of
/// the fee it is.
pub(crate) fn word(words: [&str; 3]) -> &str {
    let [transaction_type, amount_type, description] = words;
    let loose = twin::loose(description);
    let is_part = ["", "basefee", "basecharge", "discountonfee", "transactiontotalamount"]
        .contains(&loose.as_str());
    let says_nothing = is_part || loose.starts_with("taxonfee");
    let names = if says_nothing { [amount_type, transaction_type] } else { [description, ""] };
    names.into_iter().find(|name| !name.is_empty()).unwrap_or(description)
}

/// What the fold looks at besides the amount itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watched {
    No,
    /// A referral fee that Amazon gives back with a refund.
    Referral,
    /// What Amazon keeps of it.
    RefundFee,
    /// Tax worked out again later, which nets to zero with what Amazon withholds.
    Retrocharge,
}

pub(crate) fn watched(words: [&str; 3], nature: Nature) -> Watched {
    let [transaction_type, _, description] = words;
    if twin::loose(transaction_type).ends_with("retrocharge") {
        return Watched::Retrocharge;
    }
    if nature.kind == LineKind::RefundFee {
        return Watched::RefundFee;
    }
    let is_fee_back = nature.is_refund && nature.kind == LineKind::SellingFee;
    if is_fee_back && twin::loose(description).starts_with("commission") {
        return Watched::Referral;
    }
    Watched::No
}

/// Whether a document of an order carries such rows.
pub(crate) fn belongs_to_an_order(words: [&str; 3], nature: Nature) -> bool {
    const TYPES: [&str; 4] = ["order", "refund", "atozguaranteerefund", "chargebackrefund"];
    const AMOUNTS: [&str; 4] = ["itemprice", "promotion", "itemwithheldtax", "points"];
    let [transaction_type, amount_type, _] = words.map(twin::loose);
    TYPES.contains(&transaction_type.as_str())
        && AMOUNTS.contains(&amount_type.as_str())
        && nature.kind != LineKind::IncomeTaxWithheld
}

#[cfg(test)]
mod tests;
