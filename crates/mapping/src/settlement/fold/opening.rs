//! Rows that the book's opening balances carry: what Amazon posted before the cut-over.
//!
//! Such a row is added up for the settlement's sum and goes to no month and no item: it is in the
//! balance that the book began with. All of them together are one amount for each account of it.

use std::collections::{BTreeMap, BTreeSet};

use base::{Day, Timestamp};
use facts::settlement::{Row, Settlement};

use crate::settlement::fold::texts::Texts;
use crate::settlement::fold::{FoldError, plus};
use crate::settlement::footing::{Balance, Opening};
use crate::settlement::transactions::is_refund_word;
use crate::settlement::words::LineKind;

/// Where a book begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The first day that is the book's own. Amazon's days begin at midnight UTC.
    pub day: Day,
    /// What Amazon had posted before and held back then: its rows come when the money comes free.
    pub held_back: BTreeSet<HeldBack>,
}

/// A parcel's sale, or a refund, whose money Amazon held back at the cut-over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldBack {
    pub order_id: String,
    pub is_refund: bool,
    /// Empty where Amazon names none: then any row of the order's sale, or of its refund.
    pub shipment_id: String,
}

impl Cut {
    /// The moment up to which Amazon's money is in the opening balances.
    pub fn before(&self) -> Timestamp {
        self.day.midnight_utc()
    }
}

/// The opening part of a settlement that is being added up.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) day: Day,
    before: Timestamp,
    /// It ended before: every row is in the opening balance, whatever it is dated.
    is_whole: bool,
    held_back: BTreeMap<(u64, bool), BTreeSet<String>>,
    /// By account, order (none on clearing and reserved) and refund.
    pub(super) sums: BTreeMap<(Balance, Option<u64>, bool), (i64, u64)>,
}

impl Part {
    pub(super) fn new(cut: &Cut, settlement: &Settlement, texts: &mut Texts) -> Part {
        let mut held_back: BTreeMap<(u64, bool), BTreeSet<String>> = BTreeMap::new();
        for one in &cut.held_back {
            let order = texts.order(&one.order_id);
            held_back.entry((order, one.is_refund)).or_default().insert(one.shipment_id.clone());
        }
        let before = cut.before();
        let is_whole = settlement.end <= before;
        Part { day: cut.day, before, is_whole, held_back, sums: BTreeMap::new() }
    }

    /// True when an opening balance carries the row, which is then added up here.
    pub(super) fn takes(
        &mut self,
        row: &Row<'_>,
        kind: LineKind,
        texts: &mut Texts,
    ) -> Result<bool, FoldError> {
        let key = if self.is_whole {
            Some((Balance::Clearing, None, false))
        } else if row.posted < self.before {
            let is_reserve = matches!(kind, LineKind::PreviousReserve | LineKind::CurrentReserve);
            let balance = if is_reserve { Balance::Reserved } else { Balance::Clearing };
            Some((balance, None, false))
        } else {
            self.held(row, texts)
        };
        let Some(key) = key else { return Ok(false) };
        let sum = self.sums.entry(key).or_default();
        *sum = (plus(sum.0, row.amount.minor())?, sum.1.saturating_add(1));
        Ok(true)
    }

    fn held(&self, row: &Row<'_>, texts: &mut Texts) -> Option<(Balance, Option<u64>, bool)> {
        if self.held_back.is_empty() || row.order_id.is_empty() {
            return None;
        }
        let is_refund = is_refund_word(row.transaction_type);
        if !is_refund && !row.transaction_type.eq_ignore_ascii_case("Order") {
            return None;
        }
        let order = texts.order(row.order_id);
        let shipments = self.held_back.get(&(order, is_refund))?;
        let is_it = row.shipment_id.is_empty()
            || shipments.contains("")
            || shipments.contains(row.shipment_id);
        is_it.then_some((Balance::Deferred, Some(order), is_refund))
    }

    /// What the sums are called outside.
    pub(super) fn named(&self, texts: &Texts) -> impl Iterator<Item = (Opening, (i64, u64))> {
        self.sums.iter().map(|(&(balance, order, is_refund), sum)| {
            let order_id = order.map(|order| texts.order_text(order)).unwrap_or_default();
            (Opening { balance, order_id, is_refund }, *sum)
        })
    }
}
