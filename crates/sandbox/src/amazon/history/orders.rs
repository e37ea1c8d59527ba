//! The orders of a history: placed over the months, shipped in one or two parcels.

use base::{Currency, Money, Timestamp};

use super::recipes::recipe;
use super::setting::Setting;
use crate::amazon::generate::draft::{Draft, Line, Parts};
use crate::amazon::generate::market::Reading;
use crate::amazon::generate::{self, Generated, Layout, Product, TaxClass, Trait, life};
use crate::random::Random;

/// Goods whose SKU is not plain ASCII: files in old encodings must bring them back whole.
static ABROAD: [Product; 4] = [
    Product {
        sku: "TASSE-GRÖSSE-M-WEISS",
        asin: "B0SBX00041",
        title: "Kaffeetasse, Größe M, weiß",
        tax_class: TaxClass::Standard,
        price: 1095,
    },
    Product {
        sku: "CAFÉ-SERVICE-6",
        asin: "B0SBX00042",
        title: "Café Service for Six",
        tax_class: TaxClass::Standard,
        price: 5450,
    },
    Product {
        sku: "NIÑO-LUNCHBOX “BLUE”",
        asin: "B0SBX00043",
        title: "Children's Lunch Box, Blue",
        tax_class: TaxClass::Standard,
        price: 1350,
    },
    Product {
        sku: "KIT-½-INCH-€20-EDITION",
        asin: "B0SBX00044",
        title: "Half-inch Socket Kit, Twenty Euro Edition",
        tax_class: TaxClass::Standard,
        price: 1999,
    },
];

/// A parcel: what of each line is in it.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub at: Timestamp,
    pub lines: Vec<Shipped>,
}

/// Some units of a line, and what the buyer pays for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shipped {
    pub line: Line,
    pub units: i64,
    pub parts: Parts,
}

/// One order: its states, and the parcels that they tell of.
#[derive(Debug)]
pub(crate) struct Told {
    pub order: Generated,
    pub parcels: Vec<Parcel>,
}

impl Told {
    /// How the order ends.
    pub(crate) fn end(&self) -> Option<&Draft> {
        self.order.states.last()
    }
}

/// The order of a number, placed at a moment.
pub(crate) fn order(seed: u64, setting: Setting, number: u64, placed: Timestamp) -> Told {
    let mut random = Random::stream(seed, &format!("history order {number}"));
    let recipe = recipe(&mut random, setting);
    let options = generate::Options {
        seed,
        orders: 1,
        start: placed,
        layout: Layout::Backfill,
        window_ms: 0,
        defects_per_mille: 0,
    };
    let mut ready = generate::ready(&options, number, recipe, &mut random);
    if recipe.traits.has(Trait::MultiChannel) {
        // 3-7-7 as all others, with a first block of its own.
        ready.id.replace_range(..3, "S02");
    }
    for line in &mut ready.lines {
        if line.product.tax_class == TaxClass::Standard && random.chance(60) {
            line.product = random.pick(&ABROAD).unwrap_or(line.product);
        }
    }
    let mut states = life::states(&ready, recipe.life, &mut random);
    schedule(&mut states, placed, &mut random);
    let parcels = parcels(&states);
    let region = setting.region();
    Told { order: Generated { region, recipe, states }, parcels }
}

/// Gives each state its moment, on whole seconds.
fn schedule(states: &mut [Draft], placed: Timestamp, random: &mut Random) {
    let mut at = placed;
    for state in states {
        let (least, most) = match state.status {
            "PENDING" => (0, 1),
            "UNSHIPPED" => (20, 90),
            "CANCELLED" => (60, 1200),
            _ => (400, 2600),
        };
        let minutes = least + random.below(most - least);
        let seconds = minutes * 60 + random.below(60);
        at = at.after_ms(i64::try_from(seconds).unwrap_or(0) * Timestamp::SECOND);
        state.created = placed;
        state.updated = at;
    }
}

/// What each state ships more than the one before. The last parcel brings what is left of the
/// order's total, so that no penny is lost between two.
fn parcels(states: &[Draft]) -> Vec<Parcel> {
    let mut parcels = Vec::new();
    let Some(last) = states.last() else { return parcels };
    let mut before: Vec<(i64, Parts)> = vec![(0, Parts::default()); last.lines.len()];
    let shipping = |state: &&Draft| matches!(state.status, "PARTIALLY_SHIPPED" | "SHIPPED");
    for state in states.iter().filter(shipping) {
        let mut lines = Vec::new();
        for (line, (units, paid)) in state.lines.iter().zip(&mut before) {
            let now = shipped_parts(line, state.reading());
            let part =
                Shipped { line: *line, units: line.fulfilled - *units, parts: less(&now, paid) };
            if part.units > 0 {
                lines.push(part);
            }
            (*units, *paid) = (line.fulfilled, now);
        }
        if !lines.is_empty() {
            parcels.push(Parcel { at: state.updated, lines });
        }
    }
    parcels
}

/// What the buyer pays for the units that have shipped: their share of the line's total.
fn shipped_parts(line: &Line, reading: Reading) -> Parts {
    let whole = line.parts(reading);
    if line.unfulfilled == 0 {
        return whole;
    }
    let (sent, units) = (line.fulfilled, line.units().max(1));
    let of = |amount: i64| amount * sent / units;
    let mut parts = Parts {
        item: line.unit * sent,
        shipping: of(whole.shipping),
        gift: of(whole.gift),
        promotion: of(whole.promotion),
        shipping_discount: of(whole.shipping_discount),
        tax_item: of(whole.tax_item),
        tax_shipping: of(whole.tax_shipping),
        tax_gift: of(whole.tax_gift),
        tax_discount: of(whole.tax_discount),
    };
    let weights = [sent, line.unfulfilled].map(|count| u64::try_from(count).unwrap_or(0));
    let total = Money::from_minor(whole.total(reading), Currency::GBP).allocate(&weights);
    let share = total.ok().and_then(|shares| shares.first().copied()).map_or(0, Money::minor);
    let rest = share - parts.total(reading);
    if reading == Reading::TaxOnTop && whole.tax_item > 0 {
        parts.tax_item += rest;
    } else {
        parts.item += rest;
    }
    parts
}

fn less(now: &Parts, before: &Parts) -> Parts {
    Parts {
        item: now.item - before.item,
        shipping: now.shipping - before.shipping,
        gift: now.gift - before.gift,
        promotion: now.promotion - before.promotion,
        shipping_discount: now.shipping_discount - before.shipping_discount,
        tax_item: now.tax_item - before.tax_item,
        tax_shipping: now.tax_shipping - before.tax_shipping,
        tax_gift: now.tax_gift - before.tax_gift,
        tax_discount: now.tax_discount - before.tax_discount,
    }
}
