//! Who owes the tax of an item, and what that makes of its rows.
//!
//! Amazon keeps the tax of some sales and remits it. Then the price is without tax, and the tax and
//! what is withheld of it are lines of their own that come to nothing. Of other sales the seller
//! owes the tax: price and tax are one amount, tax included.

use std::collections::{BTreeMap, BTreeSet};

use crate::settlement::fold::calendar::Calendar;
use crate::settlement::fold::cells::{CellKey, Cells, Said};
use crate::settlement::fold::items::{Component, ItemKey, Items};
use crate::settlement::fold::lexicon::{Class, Lexicon, is_of_a_sale};
use crate::settlement::fold::texts::{Texts, is_amazons};
use crate::settlement::fold::told::{Summed, Target, Told};
use crate::settlement::fold::{FoldError, plus};
use crate::settlement::plan::Way;
use crate::settlement::words::{Liable, LineKind};

/// What joining needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'f> {
    pub(super) lexicon: &'f Lexicon,
    pub(super) calendar: &'f Calendar,
    pub(super) texts: &'f Texts,
    pub(super) way: Way,
    pub(super) rest_is_sellers: bool,
    pub(super) uncovered: &'f BTreeSet<u64>,
    pub(super) grain: Grain,
    /// Items whose goods are known to carry no tax, by order and code.
    pub(super) without_tax: &'f BTreeSet<(u64, u64)>,
}

/// How finely claims are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// By order, item and component.
    ByItem,
    /// By component: the order and the item are zero.
    InSum,
}

/// What an item's component comes to for the order's document: by order, item, kind, refund.
pub(super) type Claims = BTreeMap<(u64, u64, LineKind, bool), (i64, u64)>;

#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) cells: Cells,
    pub(super) claims: Claims,
    /// Marketplaces in which Amazon states a tax that the seller owes.
    stated_in: BTreeSet<String>,
    pub(super) differing: Differing,
}

/// Items whose tax is not what Amazon withholds of it.
#[derive(Debug, Default)]
pub(super) struct Differing {
    pub(super) items: u64,
    pub(super) worst: Option<Worst>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Worst {
    pub(super) order: String,
    pub(super) expected: i64,
    pub(super) found: i64,
}

pub(super) fn join(known: Known<'_>, items: &Items, alone: Cells) -> Result<Joined, FoldError> {
    let mut joined = Joined { cells: alone, ..Joined::default() };
    items.each(|key, components| {
        let told = joined.told(known, key, components)?;
        joined.spread(known, key, components, told)
    })?;
    Ok(joined)
}

impl Joined {
    /// Orders without any tax where Amazon states the seller's tax for others, and what they come to.
    pub(super) fn untaxed(
        &self,
        known: Known<'_>,
        items: &Items,
    ) -> Result<(BTreeSet<String>, i64), FoldError> {
        let (mut orders, mut amount) = (BTreeSet::new(), 0);
        if self.stated_in.is_empty() {
            return Ok((orders, amount));
        }
        items.each(|key, components| {
            if let Some(sold) = self.sold_untaxed(known, key, components)? {
                amount = plus(amount, sold)?;
                orders.insert(known.texts.order_text(key.order));
            }
            Ok(())
        })?;
        Ok((orders, amount))
    }

    fn sold_untaxed(
        &self,
        known: Known<'_>,
        key: ItemKey,
        components: &[Component],
    ) -> Result<Option<i64>, FoldError> {
        if known.is_without_tax(key) {
            return Ok(None);
        }
        let (mut sold, mut goods, mut is_there) = (0, 0, false);
        for component in components {
            let Some(class) = known.lexicon.get(component.class) else { continue };
            let kind = class.nature.kind;
            let is_withheld = kind == LineKind::WithheldTax && component.amount != 0;
            if is_withheld || kind == LineKind::SaleTax {
                return Ok(None);
            }
            if kind == LineKind::Goods {
                goods = plus(goods, component.amount)?;
            }
            if is_of_a_sale(kind) && class.belongs_to_an_order {
                sold = plus(sold, component.amount)?;
            }
            is_there |= self.stated_in.contains(known.marketplace(component.place));
        }
        let asks = !key.is_refund && is_there && goods != 0 && !known.texts.is_blank(key.order);
        Ok(asks.then_some(sold))
    }

    fn told(
        &mut self,
        known: Known<'_>,
        key: ItemKey,
        components: &[Component],
    ) -> Result<Told, FoldError> {
        let summed = Summed::of(known.lexicon, components)?;
        let told = summed.told(known.rest_is_sellers)?;
        if told.is_odd {
            let order = known.texts.order_text(key.order);
            self.differing.add(order, summed.tax.saturating_neg(), summed.withheld);
        }
        Ok(told)
    }

    fn spread(
        &mut self,
        known: Known<'_>,
        key: ItemKey,
        components: &[Component],
        told: Told,
    ) -> Result<(), FoldError> {
        let stated = stated_taxes(known, components, told)?;
        if told.liable == Liable::Seller {
            for ((place, _), _) in stated.iter().filter(|(_, tax)| **tax != 0) {
                let marketplace = known.marketplace(*place);
                if !self.stated_in.contains(marketplace) {
                    self.stated_in.insert(marketplace.to_owned());
                }
            }
        }
        let moved_from = known.moved_from(components, told);
        let is_untaxed = known.is_without_tax(key);
        for (at, component) in components.iter().enumerate() {
            let Some(class) = known.lexicon.get(component.class) else { continue };
            let target = told.target(class);
            let is_taxed = stated.get(&(component.place, target.kind)).is_some_and(|tax| *tax != 0);
            let to = target.cell(*component, is_taxed);
            let says_nothing = to.liable == Liable::Seller && to.said == Said::Nothing;
            let is_known = is_untaxed && says_nothing && is_of_a_sale(to.kind);
            let to = if is_known { CellKey { said: Said::Untaxed, ..to } } else { to };
            let tax = if target.is_tax { component.amount } else { 0 };
            let moved = if moved_from == Some(at) { told.residual } else { 0 };
            let stays = component.amount.checked_sub(moved).ok_or(base::MoneyError::Overflow)?;
            self.put(known, key, class, (to, stays, tax, u64::from(component.rows)))?;
            if moved != 0 {
                let goods = Target::SELLERS_GOODS.cell(*component, true);
                self.put(known, key, class, (goods, moved, moved, 0))?;
            }
        }
        Ok(())
    }

    fn put(
        &mut self,
        known: Known<'_>,
        item: ItemKey,
        class: &Class,
        (key, amount, tax, rows): (CellKey, i64, i64, u64),
    ) -> Result<(), FoldError> {
        let covered = known.way == Way::PerOrder
            && class.belongs_to_an_order
            && !known.uncovered.contains(&item.order);
        if !covered || !is_amazons(item.order) {
            return self.cells.add(key, amount, tax, rows);
        }
        let (order, code) = match known.grain {
            Grain::ByItem => (item.order, item.code),
            Grain::InSum => (0, 0),
        };
        let claim = (order, code, key.kind, item.is_refund);
        let claimed = self.claims.entry(claim).or_default();
        *claimed = (plus(claimed.0, amount)?, claimed.1.saturating_add(rows));
        Ok(())
    }
}

impl Known<'_> {
    fn is_without_tax(&self, key: ItemKey) -> bool {
        self.without_tax.contains(&(key.order, key.code))
    }

    fn marketplace(&self, place: u16) -> &str {
        self.calendar.get(place).map_or("", |place| self.calendar.marketplace(place))
    }

    /// The tax rows that a rest which is the seller's is taken from: the tax of goods in the first
    /// month, if there is any. The choice depends on what the rows say, not on their order.
    fn moved_from(&self, components: &[Component], told: Told) -> Option<usize> {
        if told.residual == 0 {
            return None;
        }
        let taxes = components.iter().enumerate().filter_map(|(at, component)| {
            let class = self.lexicon.get(component.class)?;
            let place = self.calendar.get(component.place)?;
            let is_of_another = class.nature.of != LineKind::Goods;
            let where_sold = (self.calendar.marketplace(place), self.calendar.fulfilment(place));
            let key = (is_of_another, self.calendar.period(place), where_sold, class.words());
            (class.nature.kind == LineKind::SaleTax).then_some((key, at))
        });
        taxes.min().map(|(_, at)| at)
    }
}

/// The stated tax of each kind in each place.
fn stated_taxes(
    known: Known<'_>,
    components: &[Component],
    told: Told,
) -> Result<BTreeMap<(u16, LineKind), i64>, FoldError> {
    let mut taxes = BTreeMap::new();
    for component in components {
        let Some(class) = known.lexicon.get(component.class) else { continue };
        let target = told.target(class);
        if target.is_tax {
            super::add_to(&mut taxes, (component.place, target.kind), component.amount)?;
        } else if told.residual != 0 && target.kind == LineKind::Goods {
            super::add_to(&mut taxes, (component.place, LineKind::Goods), told.residual)?;
        }
    }
    Ok(taxes)
}

impl Differing {
    pub(super) fn add(&mut self, order: String, expected: i64, found: i64) {
        self.items = self.items.saturating_add(1);
        let next = Worst { order, expected, found };
        if self.worst.as_ref().is_none_or(|worst| worst.yields_to(&next)) {
            self.worst = Some(next);
        }
    }
}

impl Worst {
    /// The larger difference is shown; of two as large, the first order number.
    fn yields_to(&self, other: &Worst) -> bool {
        let (mine, others) = (self.difference(), other.difference());
        let key = (&other.order, other.expected, other.found);
        others > mine || (others == mine && key < (&self.order, self.expected, self.found))
    }

    fn difference(&self) -> u64 {
        self.expected.abs_diff(self.found)
    }
}
