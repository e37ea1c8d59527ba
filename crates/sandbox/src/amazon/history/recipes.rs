//! What becomes of each order of a history: mostly a plain sale, in the shares that sellers see.

use super::setting::Setting;
use crate::amazon::generate::recipe::{self, Traits};
use crate::amazon::generate::{Life, Recipe, Trait};
use crate::random::Random;

const LIVES: [(Life, u64); 7] = [
    (Life::Shipped, 910),
    (Life::PartlyThenRest, 20),
    (Life::PartlyRestCancelled, 10),
    (Life::CancelledPending, 20),
    (Life::CancelledUnshipped, 20),
    (Life::FewerUnits, 10),
    (Life::LowerPrice, 10),
];

/// Per mille of the orders for which each is allowed. Nearly all is fulfilled by Amazon.
const CHANCES: [(Trait, u64); 14] = [
    (Trait::MultiUnit, 110),
    (Trait::MultiLine, 60),
    (Trait::ShippingCharge, 70),
    (Trait::ShippingDiscount, 155),
    (Trait::Promotion, 30),
    (Trait::GiftWrap, 12),
    (Trait::ZeroRated, 60),
    (Trait::Food, 50),
    (Trait::Invoiced, 30),
    (Trait::BusinessPrice, 40),
    (Trait::LowValueGoods, 15),
    (Trait::FulfilledByMerchant, 50),
    (Trait::Ioss, 25),
    (Trait::Uoss, 40),
];

/// One order's recipe. A delivery tip never comes: no settlement row is known for it.
pub(crate) fn recipe(random: &mut Random, setting: Setting) -> Recipe {
    let market = setting.market();
    let alone = |traits: &[Trait]| Recipe {
        market,
        life: Life::Shipped,
        traits: Traits::of(traits),
        defect: None,
    };
    match random.below(1000) {
        0..15 => return alone(&[Trait::MultiChannel]),
        15..20 => return alone(&[Trait::Replacement]),
        _ => {}
    }
    let life = recipe::weighted(random, &LIVES).unwrap_or(Life::Shipped);
    let mut traits = Traits::default();
    for (one, per_mille) in CHANCES {
        if random.chance(per_mille) && recipe::allowed(one, market, life) {
            traits = traits.with(one);
        }
    }
    if recipe::in_parts(life) {
        traits = traits.with(Trait::MultiUnit);
    }
    Recipe { market, life, traits, defect: None }
}
