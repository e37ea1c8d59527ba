//! What the rows of an item say together: who owes the tax, and where each amount is shown.

use crate::settlement::fold::cells::{CellKey, Said};
use crate::settlement::fold::items::Component;
use crate::settlement::fold::lexicon::{Class, Lexicon, is_of_a_sale};
use crate::settlement::fold::{FoldError, plus};
use crate::settlement::words::{Liable, LineKind};

#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) liable: Liable,
    /// Amazon withholds another amount than the tax, and nobody remits the rest.
    pub(super) is_odd: bool,
    /// Tax that Amazon does not withhold and that the seller is to remit.
    pub(super) residual: i64,
    has_tax: bool,
    /// Where the tax of discounts goes.
    discount: LineKind,
}

/// Where a component is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) kind: LineKind,
    liable: Liable,
    stated: bool,
    pub(super) is_tax: bool,
}

/// What an item's rows come to, as far as its tax is concerned.
#[derive(Debug, Default)]
pub(super) struct Summed {
    pub(super) tax: i64,
    pub(super) withheld: i64,
    /// Fees of states, which Amazon withholds together with the tax or not at all.
    other: i64,
    /// How many there are of them, whatever they come to.
    taxes: u32,
    goods: u32,
    /// How many there are of them that come to something.
    discounts: u32,
    shipping_discounts: u32,
}

impl Summed {
    pub(super) fn of(lexicon: &Lexicon, components: &[Component]) -> Result<Summed, FoldError> {
        let mut summed = Summed::default();
        for component in components {
            summed.add(lexicon.kind(component.class), component.amount)?;
        }
        Ok(summed)
    }

    pub(super) fn told(&self, rest_is_sellers: bool) -> Result<Told, FoldError> {
        let rest = plus(self.tax, self.withheld)?;
        let is_amazons = self.withheld != 0;
        let differs = is_amazons && rest != 0 && plus(rest, self.other)? != 0;
        // More withheld than there is tax is nobody's rest.
        let is_rest = self.tax != 0 && (rest > 0) == (self.tax > 0);
        let is_sellers = differs && rest_is_sellers && is_rest;
        Ok(Told {
            liable: if is_amazons { Liable::Amazon } else { Liable::Seller },
            is_odd: differs && !is_sellers,
            residual: if is_sellers { rest } else { 0 },
            has_tax: self.taxes > 0,
            discount: self.discount(),
        })
    }

    fn add(&mut self, kind: LineKind, amount: i64) -> Result<(), FoldError> {
        let counts = [
            (kind == LineKind::SaleTax, &mut self.taxes),
            (kind == LineKind::Goods, &mut self.goods),
            (kind == LineKind::Discount && amount != 0, &mut self.discounts),
            (kind == LineKind::ShippingDiscount && amount != 0, &mut self.shipping_discounts),
        ];
        for (_, count) in counts.into_iter().filter(|(is_one, _)| *is_one) {
            *count = count.saturating_add(1);
        }
        let sums = [
            (LineKind::SaleTax, &mut self.tax),
            (LineKind::WithheldTax, &mut self.withheld),
            (LineKind::OtherTax, &mut self.other),
        ];
        if let Some((_, sum)) = sums.into_iter().find(|(of, _)| *of == kind) {
            *sum = plus(*sum, amount)?;
        }
        Ok(())
    }

    /// Amazon states one tax for all discounts. It is shown with the discount of goods, or with the
    /// only discount there is.
    fn discount(&self) -> LineKind {
        match (self.discounts > 0, self.shipping_discounts > 0, self.goods > 0) {
            (true, _, _) | (false, false, false) => LineKind::Discount,
            (false, true, _) => LineKind::ShippingDiscount,
            (false, false, true) => LineKind::Goods,
        }
    }
}

impl Told {
    pub(super) fn target(self, class: &Class) -> Target {
        use LineKind as K;
        let (kind, of) = (class.nature.kind, class.nature.of);
        let plain = Target { kind, liable: Liable::Nobody, stated: false, is_tax: false };
        if matches!(kind, K::SaleTax) && self.liable == Liable::Seller {
            let kind = if of == K::Discount { self.discount } else { of };
            return Target { kind, liable: Liable::Seller, stated: true, is_tax: true };
        }
        if matches!(kind, K::SaleTax | K::WithheldTax) {
            return Target { liable: Liable::Amazon, ..plain };
        }
        if matches!(kind, K::OtherTax | K::ShippingChargeback | K::GiftWrapChargeback) {
            return Target { liable: self.liable, ..plain };
        }
        if matches!(kind, K::Goods) && self.residual != 0 {
            return Target::SELLERS_GOODS;
        }
        if is_of_a_sale(kind) {
            let stated = self.liable == Liable::Seller && self.has_tax;
            return Target { liable: self.liable, stated, ..plain };
        }
        plain
    }
}

impl Target {
    /// The goods of an item of whose tax the seller remits a rest.
    pub(super) const SELLERS_GOODS: Target =
        Target { kind: LineKind::Goods, liable: Liable::Seller, stated: true, is_tax: false };

    pub(super) fn cell(self, component: Component, is_taxed: bool) -> CellKey {
        CellKey {
            place: component.place,
            class: component.class,
            kind: self.kind,
            liable: self.liable,
            said: if self.stated { Said::Stated { taxed: is_taxed } } else { Said::Nothing },
        }
    }
}
