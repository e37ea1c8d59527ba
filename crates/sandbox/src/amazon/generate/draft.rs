//! An order as the generator thinks of it: whole numbers of the currency's minor unit.

use base::{Money, Timestamp};

use super::catalogue::Product;
use super::market::{Market, Reading};
use super::people::Place;
use super::recipe::{Defect, Trait, Traits};
use crate::amazon::state::{LineState, State};

/// One state of an order.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: String,
    /// The order that this one replaces.
    pub original: Option<String>,
    pub number: u64,
    pub market: Market,
    pub traits: Traits,
    pub defect: Option<Defect>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub status: &'static str,
    pub place: &'static Place,
    pub buyer: &'static str,
    pub shown: Shown,
    /// What the buyer gives the driver; it belongs to no line.
    pub tip: i64,
    pub lines: Vec<Line>,
}

/// Which amounts an order shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// None, not even prices: it is pending.
    Nothing,
    /// Prices, but no proceeds: it was cancelled.
    Prices,
    /// A grand total of zero.
    Zero,
    All,
}

#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub item_id: u64,
    pub product: &'static Product,
    pub ordered: i64,
    pub fulfilled: i64,
    pub unfulfilled: i64,
    pub unit: i64,
    pub shipping: i64,
    pub gift: i64,
    pub promotion: i64,
    pub shipping_discount: i64,
    /// Tax in thousandths of a percent.
    pub rate: i64,
    /// The line's total where the shipped share was restated.
    pub restated: Option<i64>,
    pub cancelled_by: Option<&'static str>,
}

/// A line's amounts. Discounts are positive here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    pub item: i64,
    pub shipping: i64,
    pub gift: i64,
    pub promotion: i64,
    pub shipping_discount: i64,
    pub tax_item: i64,
    pub tax_shipping: i64,
    pub tax_gift: i64,
    pub tax_discount: i64,
}

impl Parts {
    pub fn discount(&self) -> i64 {
        self.promotion + self.shipping_discount
    }

    pub fn tax(&self) -> i64 {
        self.tax_item + self.tax_shipping + self.tax_gift - self.tax_discount
    }

    pub fn total(&self, reading: Reading) -> i64 {
        let plain = self.item + self.shipping + self.gift - self.discount();
        match reading {
            Reading::TaxOnTop => plain + self.tax(),
            Reading::TaxInside => plain,
        }
    }
}

impl Line {
    /// Units that are still sold.
    pub fn units(&self) -> i64 {
        self.fulfilled + self.unfulfilled
    }

    pub fn parts(&self, reading: Reading) -> Parts {
        let item = self.unit * self.units();
        let tax = |amount| match reading {
            Reading::TaxOnTop => rounded(amount * self.rate, 100_000),
            Reading::TaxInside => amount - rounded(amount * 100_000, 100_000 + self.rate),
        };
        let mut parts = Parts {
            item,
            shipping: self.shipping,
            gift: self.gift,
            promotion: self.promotion,
            shipping_discount: self.shipping_discount,
            tax_item: tax(item),
            tax_shipping: tax(self.shipping),
            tax_gift: tax(self.gift),
            tax_discount: tax(self.promotion + self.shipping_discount),
        };
        if let (Some(total), Reading::TaxOnTop) = (self.restated, reading) {
            parts.tax_item += total - parts.total(reading);
        }
        parts
    }
}

/// The quotient rounded half up; both numbers are not negative.
fn rounded(dividend: i64, divisor: i64) -> i64 {
    (dividend + divisor / 2) / divisor
}

impl Draft {
    pub fn reading(&self) -> Reading {
        self.market.reading()
    }

    /// The sum of the lines and the tip, whatever is shown of it.
    pub fn total(&self) -> i64 {
        let lines = self.lines.iter().map(|line| line.parts(self.reading()).total(self.reading()));
        lines.sum::<i64>() + self.tip
    }

    /// The grand total as Amazon shows it, before a defect touches it.
    pub fn grand_total(&self) -> Option<Money> {
        match self.shown {
            Shown::Nothing | Shown::Prices => None,
            Shown::Zero => Some(self.market.money(0)),
            Shown::All => Some(self.market.money(self.total())),
        }
    }

    pub fn fulfilled_by(&self) -> &'static str {
        if self.traits.has(Trait::FulfilledByMerchant) { "MERCHANT" } else { "AMAZON" }
    }

    pub fn sold_on_amazon(&self) -> bool {
        !self.traits.has(Trait::MultiChannel)
    }

    pub fn state(&self) -> State {
        State {
            status: self.status.to_owned(),
            sold_on_amazon: self.sold_on_amazon(),
            marketplace_id: self.marketplace_id().to_owned(),
            fulfilled_by: self.fulfilled_by().to_owned(),
            replaces: self.original.is_some(),
            invoiced: self.traits.has(Trait::Invoiced),
            total: self.grand_total(),
            lines: self.lines.iter().map(|line| self.line_state(line)).collect(),
        }
    }

    fn line_state(&self, line: &Line) -> LineState {
        let total = line.parts(self.reading()).total(self.reading());
        LineState {
            total: self.market.money(total),
            fulfilled: u64::try_from(line.fulfilled).unwrap_or(0),
            unfulfilled: u64::try_from(line.unfulfilled).unwrap_or(0),
        }
    }

    pub fn marketplace_id(&self) -> &'static str {
        // A multi-channel order of the United Kingdom.
        if self.sold_on_amazon() { self.market.marketplace().id } else { "AZMDEXL2RVFNN" }
    }
}
