//! What is to become of each order: where it is bought, how it lives, and what is special.

use super::market::Market;
use crate::random::Random;

/// How an order goes from its placing to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    Pending,
    Unshipped,
    Shipped,
    /// Stays shipped in part.
    PartlyOpen,
    PartlyThenRest,
    /// The rest is cancelled; the totals are restated to what shipped.
    PartlyRestCancelled,
    CancelledPending,
    /// Cancelled after it was ready to ship, so that a posted invoice must go.
    CancelledUnshipped,
    /// Units are cancelled before anything ships.
    FewerUnits,
    LowerPrice,
}

/// What is special about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    MultiUnit,
    MultiLine,
    ShippingCharge,
    ShippingDiscount,
    Promotion,
    GiftWrap,
    ZeroRated,
    Food,
    /// A business buyer who pays by invoice.
    Invoiced,
    BusinessPrice,
    MultiChannel,
    Replacement,
    InvoiceByAmazon,
    DeliveryTip,
    Ioss,
    Uoss,
    /// Imported goods of low value: Amazon collects the Australian tax.
    LowValueGoods,
    Points,
    SubscribeAndSave,
    FulfilledByMerchant,
}

/// A fault in an order that must stop it. Each is named by the reason that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    MissingSku,
    UntiedTotal,
    UnknownStatus,
    CurrencyNotEnabled,
    UnreadableOrder,
    TaxQuestion,
}

impl Defect {
    pub const ALL: [Defect; 6] = [
        Defect::MissingSku,
        Defect::UntiedTotal,
        Defect::UnknownStatus,
        Defect::CurrencyNotEnabled,
        Defect::UnreadableOrder,
        Defect::TaxQuestion,
    ];

    pub fn reason(self) -> &'static str {
        match self {
            Defect::MissingSku => "missing_sku",
            Defect::UntiedTotal => "untied_total",
            Defect::UnknownStatus => "unknown_status",
            Defect::CurrencyNotEnabled => "currency_not_enabled",
            Defect::UnreadableOrder => "unreadable_order",
            Defect::TaxQuestion => "tax_question",
        }
    }
}

/// The special things about an order, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traits(u32);

impl Traits {
    pub fn of(traits: &[Trait]) -> Traits {
        traits.iter().fold(Traits::default(), |set, one| set.with(*one))
    }

    #[must_use]
    pub fn with(self, one: Trait) -> Traits {
        Traits(self.0 | bit(one))
    }

    pub fn has(self, one: Trait) -> bool {
        self.0 & bit(one) != 0
    }
}

fn bit(one: Trait) -> u32 {
    1 << match one {
        Trait::MultiUnit => 0,
        Trait::MultiLine => 1,
        Trait::ShippingCharge => 2,
        Trait::ShippingDiscount => 3,
        Trait::Promotion => 4,
        Trait::GiftWrap => 5,
        Trait::ZeroRated => 6,
        Trait::Food => 7,
        Trait::Invoiced => 8,
        Trait::BusinessPrice => 9,
        Trait::MultiChannel => 10,
        Trait::Replacement => 11,
        Trait::InvoiceByAmazon => 12,
        Trait::DeliveryTip => 13,
        Trait::Ioss => 14,
        Trait::Uoss => 15,
        Trait::LowValueGoods => 16,
        Trait::Points => 17,
        Trait::SubscribeAndSave => 18,
        Trait::FulfilledByMerchant => 19,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    pub market: Market,
    pub life: Life,
    pub traits: Traits,
    pub defect: Option<Defect>,
}

/// So many recipes: every case once, as far as there is room, then at random, then shuffled.
pub fn recipes(random: &mut Random, count: usize, defects: usize) -> Vec<Recipe> {
    let mut recipes: Vec<Recipe> = (0..defects.min(count))
        .map(|index| broken(random, index))
        .chain(CASES.iter().map(case))
        .take(count)
        .collect();
    while recipes.len() < count {
        recipes.push(drawn(random));
    }
    shuffle(random, &mut recipes);
    recipes
}

/// Fisher and Yates.
pub(crate) fn shuffle<T>(random: &mut Random, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = usize::try_from(random.below(last as u64 + 1)).unwrap_or(last);
        items.swap(last, other);
    }
}

fn broken(random: &mut Random, index: usize) -> Recipe {
    let defect = Defect::ALL.get(index % Defect::ALL.len()).copied().unwrap_or(Defect::MissingSku);
    let anywhere = [Market::UkVat, Market::UkGross, Market::DeVat, Market::Us, Market::Ca];
    let market = match defect {
        Defect::CurrencyNotEnabled => Market::Se,
        Defect::TaxQuestion => Market::UkVat,
        Defect::MissingSku
        | Defect::UntiedTotal
        | Defect::UnknownStatus
        | Defect::UnreadableOrder => random.pick(&anywhere).copied().unwrap_or(Market::UkVat),
    };
    Recipe { market, life: Life::Shipped, traits: Traits::default(), defect: Some(defect) }
}

fn case(case: &(Market, Life, &[Trait])) -> Recipe {
    Recipe { market: case.0, life: case.1, traits: Traits::of(case.2), defect: None }
}

fn drawn(random: &mut Random) -> Recipe {
    if let Some((market, special)) = weighted(random, &SPECIALS).flatten() {
        let traits = Traits::of(&[special]);
        return Recipe { market, life: Life::Shipped, traits, defect: None };
    }
    let market = weighted(random, &MARKETS).unwrap_or(Market::UkVat);
    let life = weighted(random, &LIVES).unwrap_or(Life::Shipped);
    let mut traits = Traits::default();
    for (one, per_mille) in CHANCES {
        if random.chance(per_mille) && allowed(one, market, life) {
            traits = traits.with(one);
        }
    }
    if in_parts(life) {
        traits = traits.with(Trait::MultiUnit);
    }
    Recipe { market, life, traits, defect: None }
}

pub(crate) fn weighted<T: Copy>(random: &mut Random, choices: &[(T, u64)]) -> Option<T> {
    let mut left = random.below(choices.iter().map(|(_, weight)| weight).sum());
    for (choice, weight) in choices {
        if left < *weight {
            return Some(*choice);
        }
        left -= weight;
    }
    None
}

pub(crate) fn in_parts(life: Life) -> bool {
    matches!(
        life,
        Life::PartlyOpen | Life::PartlyThenRest | Life::PartlyRestCancelled | Life::FewerUnits
    )
}

pub(crate) fn allowed(one: Trait, market: Market, life: Life) -> bool {
    let uk_or_de =
        matches!(market, Market::UkVat | Market::UkGross | Market::DeVat | Market::DeGross);
    match one {
        Trait::MultiUnit
        | Trait::MultiLine
        | Trait::SubscribeAndSave
        | Trait::FulfilledByMerchant
        | Trait::BusinessPrice => true,
        // A restated total must split without a rest, so such orders carry nothing but items.
        Trait::ShippingCharge | Trait::ShippingDiscount | Trait::Promotion | Trait::GiftWrap => {
            life != Life::PartlyRestCancelled
        }
        Trait::ZeroRated | Trait::Food => uk_or_de || matches!(market, Market::Au | Market::Jp),
        Trait::Invoiced => life == Life::Shipped,
        Trait::DeliveryTip => market == Market::Us && life == Life::Shipped,
        Trait::LowValueGoods => market == Market::Au,
        Trait::Points => market == Market::Jp,
        Trait::Ioss | Trait::Uoss => market == Market::DeVat,
        Trait::MultiChannel | Trait::Replacement | Trait::InvoiceByAmazon => false,
    }
}

const MARKETS: [(Market, u64); 8] = [
    (Market::UkVat, 30),
    (Market::UkGross, 12),
    (Market::DeVat, 14),
    (Market::DeGross, 4),
    (Market::Us, 22),
    (Market::Ca, 6),
    (Market::Au, 6),
    (Market::Jp, 6),
];

const LIVES: [(Life, u64); 10] = [
    (Life::Shipped, 780),
    (Life::Unshipped, 25),
    (Life::Pending, 15),
    (Life::PartlyOpen, 15),
    (Life::PartlyThenRest, 40),
    (Life::PartlyRestCancelled, 20),
    (Life::CancelledPending, 20),
    (Life::CancelledUnshipped, 40),
    (Life::FewerUnits, 20),
    (Life::LowerPrice, 25),
];

/// Orders that have nothing else about them, by their weight beside all others.
const SPECIALS: [(Option<(Market, Trait)>, u64); 7] = [
    (None, 955),
    (Some((Market::UkVat, Trait::MultiChannel)), 15),
    (Some((Market::UkVat, Trait::Replacement)), 5),
    (Some((Market::DeVat, Trait::Replacement)), 5),
    (Some((Market::Us, Trait::Replacement)), 5),
    (Some((Market::UkGross, Trait::InvoiceByAmazon)), 10),
    (Some((Market::DeGross, Trait::InvoiceByAmazon)), 5),
];

/// Per mille of the orders for which each is allowed.
const CHANCES: [(Trait, u64); 17] = [
    (Trait::MultiUnit, 200),
    (Trait::MultiLine, 150),
    (Trait::ShippingCharge, 250),
    (Trait::ShippingDiscount, 60),
    (Trait::Promotion, 150),
    (Trait::GiftWrap, 50),
    (Trait::ZeroRated, 80),
    (Trait::Food, 60),
    (Trait::Invoiced, 30),
    (Trait::BusinessPrice, 60),
    (Trait::DeliveryTip, 60),
    (Trait::LowValueGoods, 300),
    (Trait::Points, 400),
    (Trait::SubscribeAndSave, 70),
    (Trait::FulfilledByMerchant, 350),
    (Trait::Ioss, 60),
    (Trait::Uoss, 60),
];

/// Every case that must be there, once.
const CASES: [(Market, Life, &[Trait]); 57] = [
    (Market::UkVat, Life::Shipped, &[]),
    (Market::UkVat, Life::Shipped, &[Trait::MultiUnit, Trait::FulfilledByMerchant]),
    (Market::UkVat, Life::Shipped, &[Trait::MultiLine, Trait::ShippingCharge]),
    (Market::UkVat, Life::Shipped, &[Trait::Promotion]),
    (Market::UkVat, Life::Shipped, &[Trait::ShippingCharge, Trait::ShippingDiscount]),
    (Market::UkVat, Life::Shipped, &[Trait::GiftWrap]),
    (Market::UkVat, Life::Shipped, &[Trait::ZeroRated]),
    (Market::UkVat, Life::Shipped, &[Trait::ZeroRated, Trait::MultiLine]),
    (Market::UkVat, Life::Shipped, &[Trait::Food]),
    (Market::UkVat, Life::Shipped, &[Trait::Invoiced]),
    (Market::UkVat, Life::Shipped, &[Trait::BusinessPrice, Trait::MultiUnit]),
    (Market::UkVat, Life::Shipped, &[Trait::MultiChannel]),
    (Market::UkVat, Life::Shipped, &[Trait::Replacement]),
    (Market::UkVat, Life::CancelledPending, &[]),
    (Market::UkVat, Life::CancelledUnshipped, &[]),
    (Market::UkVat, Life::PartlyThenRest, &[Trait::MultiUnit]),
    (Market::UkVat, Life::PartlyRestCancelled, &[Trait::MultiUnit]),
    (Market::UkVat, Life::FewerUnits, &[Trait::MultiUnit]),
    (Market::UkVat, Life::LowerPrice, &[]),
    (Market::UkVat, Life::Unshipped, &[]),
    (Market::UkVat, Life::Pending, &[]),
    (Market::UkVat, Life::PartlyOpen, &[Trait::MultiUnit]),
    (Market::UkGross, Life::Shipped, &[Trait::ShippingCharge]),
    (Market::UkGross, Life::Shipped, &[Trait::Promotion, Trait::MultiLine]),
    (Market::UkGross, Life::Shipped, &[Trait::ZeroRated]),
    (Market::UkGross, Life::Shipped, &[Trait::InvoiceByAmazon]),
    (Market::UkGross, Life::PartlyThenRest, &[Trait::MultiUnit, Trait::MultiLine]),
    (Market::UkGross, Life::CancelledUnshipped, &[]),
    (Market::DeVat, Life::Shipped, &[]),
    (Market::DeVat, Life::Shipped, &[Trait::ZeroRated]),
    (Market::DeVat, Life::Shipped, &[Trait::Promotion, Trait::ShippingCharge]),
    (Market::DeVat, Life::Shipped, &[Trait::Ioss, Trait::FulfilledByMerchant]),
    (Market::DeVat, Life::Shipped, &[Trait::Uoss]),
    (Market::DeVat, Life::Shipped, &[Trait::Invoiced]),
    (Market::DeVat, Life::PartlyThenRest, &[Trait::MultiUnit, Trait::ShippingCharge]),
    (Market::DeGross, Life::Shipped, &[]),
    (Market::Us, Life::Shipped, &[]),
    (Market::Us, Life::Shipped, &[Trait::DeliveryTip, Trait::FulfilledByMerchant]),
    (Market::Us, Life::Shipped, &[Trait::Promotion, Trait::MultiUnit]),
    (Market::Us, Life::Shipped, &[Trait::GiftWrap, Trait::ShippingCharge, Trait::ShippingDiscount]),
    (Market::Us, Life::Shipped, &[Trait::SubscribeAndSave]),
    (Market::Us, Life::Shipped, &[Trait::Replacement]),
    (Market::Us, Life::PartlyThenRest, &[Trait::MultiLine]),
    (Market::Us, Life::PartlyRestCancelled, &[Trait::MultiLine]),
    (Market::Us, Life::PartlyOpen, &[Trait::MultiLine]),
    (Market::Us, Life::CancelledUnshipped, &[]),
    (Market::Us, Life::FewerUnits, &[Trait::MultiUnit]),
    (Market::Ca, Life::Shipped, &[]),
    (Market::Ca, Life::Shipped, &[Trait::Promotion]),
    (Market::Ca, Life::Shipped, &[Trait::MultiLine, Trait::ShippingCharge]),
    (Market::Au, Life::Shipped, &[]),
    (Market::Au, Life::Shipped, &[Trait::LowValueGoods]),
    (Market::Au, Life::Shipped, &[Trait::Promotion, Trait::ShippingCharge]),
    (Market::Jp, Life::Shipped, &[Trait::Points]),
    (Market::Jp, Life::Shipped, &[Trait::MultiUnit, Trait::Promotion]),
    (Market::Jp, Life::Shipped, &[Trait::Food]),
    (Market::Jp, Life::CancelledUnshipped, &[]),
];
