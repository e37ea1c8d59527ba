//! Orders made up from a seed: every case that a seller meets, in believable shares, each one
//! moving through its states at its own times.

pub mod catalogue;
pub mod draft;
pub(crate) mod life;
pub mod market;
pub mod people;
mod proceeds;
pub mod recipe;
mod render;

use base::Timestamp;

pub use self::catalogue::{CATALOGUE, Product, TaxClass};
pub use self::draft::Draft;
pub use self::recipe::{Defect, Life, Recipe, Trait};

use self::draft::{Line, Shown};
use self::market::{Market, Reading};
use super::marketplaces::Region;
use crate::random::Random;

/// When the orders happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All is settled before the world starts.
    Backfill,
    /// Four in five are settled before the world starts; the rest begin and change within the two
    /// hours that follow.
    Live,
    /// They begin over so many days from the world's start, and change within the hours after.
    Ahead { days: u16 },
}

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub seed: u64,
    pub orders: usize,
    /// When the world starts.
    pub start: Timestamp,
    pub layout: Layout,
    /// How far back the oldest order lies.
    pub window_ms: i64,
    /// Of a thousand orders, how many have a defect that must stop them.
    pub defects_per_mille: usize,
}

/// How long before the start the last settled order is placed, so that all of it lies behind.
const SETTLED_MS: i64 = 4 * Timestamp::DAY;

/// One order, state by state.
#[derive(Debug)]
pub struct Generated {
    pub region: Region,
    pub recipe: Recipe,
    /// The last one is how it ends.
    pub states: Vec<Draft>,
}

/// All orders of a seed, in no particular order of time.
pub fn generate(options: Options) -> impl Iterator<Item = Generated> {
    let mut random = Random::stream(options.seed, "recipes");
    let share = options.orders * options.defects_per_mille / 1000;
    let some = options.defects_per_mille > 0 && options.orders >= 20;
    let defects = share.max(usize::from(some));
    let recipes = recipe::recipes(&mut random, options.orders, defects);
    recipes.into_iter().enumerate().map(move |(index, recipe)| one(&options, index as u64, recipe))
}

fn one(options: &Options, number: u64, recipe: Recipe) -> Generated {
    let mut random = Random::stream(options.seed, &format!("order {number}"));
    let ready = ready(options, number, recipe, &mut random);
    let mut states = life::states(&ready, recipe.life, &mut random);
    let when = match options.layout {
        Layout::Backfill => When::Settled,
        Layout::Live if number < options.orders as u64 * 4 / 5 => When::Settled,
        Layout::Live => When::Within(Timestamp::HOUR),
        Layout::Ahead { days } => When::Within(i64::from(days.max(1)) * Timestamp::DAY),
    };
    schedule(&mut states, options, when, &mut random);
    Generated { region: recipe.market.marketplace().region, recipe, states }
}

/// When an order begins: so long before the world's start that all of it lies behind, or within so
/// many milliseconds after it.
#[derive(Clone, Copy)]
enum When {
    Settled,
    Within(i64),
}

/// Gives each state its moment.
fn schedule(states: &mut [Draft], options: &Options, when: When, random: &mut Random) {
    let mut drawn = |from: i64, to: i64| {
        from + i64::try_from(random.below(u64::try_from(to - from).unwrap_or(0))).unwrap_or(0)
    };
    let (created, duration) = match when {
        When::Settled => {
            let oldest = options.window_ms.max(SETTLED_MS + Timestamp::DAY);
            let created = options.start.after_ms(drawn(-oldest, -SETTLED_MS));
            (created, drawn(6 * Timestamp::HOUR, 72 * Timestamp::HOUR))
        }
        When::Within(ms) => {
            let created = options.start.after_ms(drawn(Timestamp::MINUTE, ms));
            (created, drawn(20 * Timestamp::MINUTE, 58 * Timestamp::MINUTE))
        }
    };
    let step = duration / i64::try_from(states.len().max(1)).unwrap_or(1);
    let mut at = created;
    for state in states {
        state.created = created;
        state.updated = at;
        at = at.after_ms(step / 2 + drawn(0, step / 2));
    }
}

/// The order when all of it is ready to ship.
pub(crate) fn ready(options: &Options, number: u64, recipe: Recipe, random: &mut Random) -> Draft {
    let market = recipe.market;
    let traits = recipe.traits;
    let place = random.pick(market.places()).unwrap_or(&people::UK[0]);
    let shown = if traits.has(Trait::MultiChannel) { Shown::Nothing } else { Shown::All };
    let mut draft = Draft {
        id: order_id(options.seed, number, market, random),
        original: traits
            .has(Trait::Replacement)
            .then(|| order_id(options.seed, number + 5_000_000, market, random)),
        number,
        market,
        traits,
        defect: recipe.defect,
        created: options.start,
        updated: options.start,
        status: "UNSHIPPED",
        place,
        buyer: random.pick(&people::NAMES).copied().unwrap_or("Alex Reed"),
        shown,
        tip: 0,
        lines: Vec::new(),
    };
    if traits.has(Trait::DeliveryTip) {
        draft.tip = 100 * i64::try_from(1 + random.below(8)).unwrap_or(1);
    }
    let count = if traits.has(Trait::MultiLine) { 2 + random.below(2) } else { 1 };
    for index in 0..count {
        let line = line(&draft, index, random);
        draft.lines.push(line);
    }
    keep_readings_apart(&mut draft);
    draft
}

/// 3-7-7 digits. The last block makes it unique: its factor shares no divisor with ten million.
fn order_id(seed: u64, number: u64, market: Market, random: &mut Random) -> String {
    const BLOCK: u64 = 10_000_000;
    let first = random.pick(market.id_prefixes()).copied().unwrap_or(202);
    let last = (number * 7_919_717 + seed % BLOCK) % BLOCK;
    format!("{first}-{:07}-{last:07}", random.below(BLOCK))
}

fn line(draft: &Draft, index: u64, random: &mut Random) -> Line {
    let (market, traits) = (draft.market, draft.traits);
    let product = product(draft, index, random);
    let units = |random: &mut Random| i64::try_from(2 + random.below(4)).unwrap_or(2);
    let ordered = if index == 0 && traits.has(Trait::MultiUnit) { units(random) } else { 1 };
    let unit = unit_price(draft, product, random);
    let first = index == 0;
    let ships = traits.has(Trait::ShippingCharge) || traits.has(Trait::ShippingDiscount);
    let pence = i64::try_from(299 + random.below(301)).unwrap_or(399);
    let shipping = if first && ships { market.price(pence) } else { 0 };
    let percent = random.pick(&[5_i64, 10, 15, 20]).copied().unwrap_or(10);
    let promoted = traits.has(Trait::Promotion);
    let discounted = traits.has(Trait::ShippingDiscount);
    let off = if random.chance(600) { shipping } else { shipping / 2 };
    let rate = market.rate(product.tax_class, draft.place);
    Line {
        item_id: 10_000_000_000_000 + (draft.number * 8 + index) * 982_451_653 % 89_999_999_999_999,
        product,
        ordered,
        fulfilled: 0,
        unfulfilled: ordered,
        unit,
        shipping,
        gift: if first && traits.has(Trait::GiftWrap) { market.price(350) } else { 0 },
        promotion: if promoted { unit * ordered * percent / 100 } else { 0 },
        shipping_discount: if discounted { off } else { 0 },
        rate: if draft.defect == Some(Defect::TaxQuestion) { 0 } else { rate },
        restated: None,
        cancelled_by: None,
    }
}

fn product(draft: &Draft, index: u64, random: &mut Random) -> &'static Product {
    let class = match (draft.traits.has(Trait::ZeroRated), draft.traits.has(Trait::Food)) {
        (true, _) if index == 0 => TaxClass::Book,
        (_, true) if index == 0 => TaxClass::Food,
        _ => TaxClass::Standard,
    };
    let fresh: Vec<&'static Product> = CATALOGUE
        .iter()
        .filter(|product| product.tax_class == class)
        .filter(|product| draft.lines.iter().all(|line| line.product != *product))
        .collect();
    random.pick(&fresh).copied().unwrap_or(&CATALOGUE[0])
}

fn unit_price(draft: &Draft, product: &Product, random: &mut Random) -> i64 {
    if draft.traits.has(Trait::Replacement) {
        return 0;
    }
    let percent = 95 + i64::try_from(random.below(11)).unwrap_or(5);
    let percent = if draft.traits.has(Trait::BusinessPrice) { percent - 10 } else { percent };
    draft.market.price(product.price) * percent / 100
}

/// Where the tax happens to be twice the discount, adding one and subtracting the other gives the
/// same total; such an order would foot under a wrong reading too.
fn keep_readings_apart(draft: &mut Draft) {
    if draft.reading() == Reading::TaxInside {
        return;
    }
    for _ in 0..4 {
        let parts: Vec<draft::Parts> =
            draft.lines.iter().map(|line| line.parts(Reading::TaxOnTop)).collect();
        let tax: i64 = parts.iter().map(draft::Parts::tax).sum();
        let discount: i64 = parts.iter().map(draft::Parts::discount).sum();
        let same = |tax: i64, discount: i64| discount > 0 && tax == 2 * discount;
        let each = parts.iter().any(|part| same(part.tax(), part.discount()));
        if !each && !same(tax, discount) {
            return;
        }
        if let Some(line) = draft.lines.iter_mut().find(|line| line.promotion > 0) {
            line.promotion += 1;
        } else if let Some(line) = draft.lines.iter_mut().find(|line| line.shipping_discount > 1) {
            line.shipping_discount -= 1;
        }
    }
}
