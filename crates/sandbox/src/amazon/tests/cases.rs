use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Timestamp};
use serde::Deserialize;

use super::client::{START, options};
use crate::amazon::Layout;
use crate::amazon::generate::market::{DiscountSign, Market, Reading};
use crate::amazon::generate::{Defect, Draft, Generated, Life, Options, Trait, generate};

fn all(options: Options) -> Vec<Generated> {
    generate(options).collect()
}

fn text(draft: &Draft) -> String {
    serde_json::to_string(&draft.render()).unwrap()
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let story = |seed| -> Vec<String> {
        all(options(seed, 120)).iter().flat_map(|order| &order.states).map(text).collect()
    };
    assert_eq!(story(7), story(7));
    assert_ne!(story(7), story(8));
}

#[test]
fn sixty_orders_hold_every_case() {
    let orders = all(options(1, 60));
    let lives: BTreeSet<Life> = orders.iter().map(|order| order.recipe.life).collect();
    assert_eq!(lives.len(), 10);
    let traits = [
        Trait::MultiUnit,
        Trait::MultiLine,
        Trait::ShippingCharge,
        Trait::ShippingDiscount,
        Trait::Promotion,
        Trait::GiftWrap,
        Trait::ZeroRated,
        Trait::Food,
        Trait::Invoiced,
        Trait::BusinessPrice,
        Trait::MultiChannel,
        Trait::Replacement,
        Trait::InvoiceByAmazon,
        Trait::DeliveryTip,
        Trait::Ioss,
        Trait::Uoss,
        Trait::LowValueGoods,
        Trait::Points,
        Trait::SubscribeAndSave,
        Trait::FulfilledByMerchant,
    ];
    for one in traits {
        assert!(orders.iter().any(|order| order.recipe.traits.has(one)), "{one:?}");
    }
    let markets: BTreeSet<Market> = orders.iter().map(|order| order.recipe.market).collect();
    assert!(markets.len() >= 8);
    assert!(orders.iter().any(|order| order.recipe.defect.is_some()));
}

#[test]
fn a_thousand_orders_hold_every_defect_and_few_of_them() {
    let orders = all(options(7, 1000));
    let mut defects: BTreeMap<Defect, usize> = BTreeMap::new();
    for defect in orders.iter().filter_map(|order| order.recipe.defect) {
        *defects.entry(defect).or_default() += 1;
    }
    assert_eq!(defects.len(), Defect::ALL.len());
    assert_eq!(defects.values().sum::<usize>(), 15);
    let calm = all(Options { defects_per_mille: 0, ..options(7, 1000) });
    assert!(calm.iter().all(|order| order.recipe.defect.is_none()));
}

#[test]
fn ids_are_unique() {
    let orders = all(options(7, 3000));
    let first = |order: &Generated| order.states[0].id.clone();
    let ids: BTreeSet<String> = orders.iter().map(first).collect();
    assert_eq!(ids.len(), orders.len());
    let lines = orders.iter().flat_map(|order| &order.states[0].lines);
    let items: BTreeSet<u64> = lines.clone().map(|line| line.item_id).collect();
    assert_eq!(items.len(), lines.count());
}

#[test]
fn settled_orders_lie_behind_the_start_and_live_ones_within_two_hours_of_it() {
    let settled = all(options(7, 500));
    assert!(settled.iter().flat_map(|order| &order.states).all(|state| state.updated < START));
    let live = all(Options { layout: Layout::Live, ..options(7, 500) });
    let begun_later = live.iter().filter(|order| order.states[0].created > START).count();
    assert_eq!(begun_later, 100);
    let end = START.after_ms(2 * Timestamp::HOUR);
    for order in &live {
        assert!(order.states.iter().all(|state| state.updated < end));
        assert!(order.states.windows(2).all(|pair| pair[0].updated < pair[1].updated));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    proceeds: Option<Proceeds>,
    order_items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proceeds {
    grand_total: Option<Amount>,
    #[serde(default)]
    breakdowns: Vec<Breakdown>,
}

#[derive(Deserialize)]
struct Item {
    proceeds: Option<ItemProceeds>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemProceeds {
    proceeds_total: Amount,
    breakdowns: Vec<Breakdown>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Breakdown {
    #[serde(rename = "type")]
    kind: String,
    subtotal: Amount,
    #[serde(default)]
    detailed_breakdowns: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    subtype: String,
    value: Amount,
}

#[derive(Deserialize)]
struct Amount {
    amount: String,
}

impl Amount {
    fn value(&self) -> Decimal {
        self.amount.parse().unwrap()
    }
}

/// The sum of breakdowns as the market reads them, worked out from the JSON alone.
fn foot(market: Market, breakdowns: &[Breakdown]) -> Decimal {
    let sign = |kind: &str| match (kind, market.reading(), market.discount_sign()) {
        ("TAX", Reading::TaxInside, _) => Decimal::ZERO,
        ("DISCOUNT", _, DiscountSign::Positive) => Decimal::NEGATIVE_ONE,
        _ => Decimal::ONE,
    };
    breakdowns.iter().map(|part| sign(&part.kind) * part.subtotal.value()).sum()
}

#[test]
fn every_order_without_a_defect_foots_in_its_own_reading() {
    for order in all(options(11, 2000)).iter().filter(|order| order.recipe.defect.is_none()) {
        let market = order.recipe.market;
        for state in &order.states {
            let read: Order = serde_json::from_str(&text(state)).unwrap();
            let Some(proceeds) = read.proceeds else { continue };
            let total = proceeds.grand_total.unwrap().value();
            let lines = read.order_items.iter().filter_map(|item| item.proceeds.as_ref());
            for line in lines.clone() {
                assert_eq!(foot(market, &line.breakdowns), line.proceeds_total.value());
                line.breakdowns.iter().for_each(|part| details_foot(market, part));
            }
            let tip = Decimal::new(state.tip, market.currency().exponent());
            let sum: Decimal = lines.map(|line| line.proceeds_total.value()).sum();
            assert_eq!(sum + tip, total, "{}", state.id);
            if !proceeds.breakdowns.is_empty() {
                assert_eq!(foot(market, &proceeds.breakdowns), total, "{}", state.id);
            }
        }
    }
}

fn details_foot(market: Market, part: &Breakdown) {
    let negative = part.kind == "TAX" && market.discount_sign() == DiscountSign::Positive;
    let taken_off = |detail: &Detail| negative && detail.subtype == "DISCOUNT";
    let sign = |detail| if taken_off(detail) { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let sum: Decimal =
        part.detailed_breakdowns.iter().map(|detail| sign(detail) * detail.value.value()).sum();
    if !part.detailed_breakdowns.is_empty() {
        assert_eq!(sum, part.subtotal.value());
    }
}

#[test]
fn a_pending_order_shows_no_amount_at_all() {
    for order in all(options(5, 200)) {
        let pending = text(&order.states[0]);
        assert!(pending.contains(r#""fulfillmentStatus":"PENDING""#));
        assert!(!pending.contains("currencyCode"), "{pending}");
    }
}

#[test]
fn the_restated_rest_is_what_the_first_shipment_paid() {
    let orders = all(options(13, 3000));
    let mut seen = 0;
    for order in orders.iter().filter(|order| order.recipe.life == Life::PartlyRestCancelled) {
        let partly = order.states[2].state();
        let rest = order.states[3].state();
        assert_eq!(partly.status, "PARTIALLY_SHIPPED");
        assert_eq!(rest.status, "SHIPPED");
        assert_eq!(partly.paid(), rest.total);
        assert!(rest.total.unwrap().is_positive());
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn an_untied_order_foots_in_no_reading() {
    let orders = all(options(7, 2000));
    let untied = orders.iter().filter(|order| order.recipe.defect == Some(Defect::UntiedTotal));
    let mut seen = 0;
    for order in untied {
        let read: Order = serde_json::from_str(&text(order.states.last().unwrap())).unwrap();
        let total = read.proceeds.unwrap().grand_total.unwrap().value();
        let lines = || read.order_items.iter().filter_map(|item| item.proceeds.as_ref());
        let sum = |kind: &str| -> Decimal {
            let parts = lines().flat_map(|line| &line.breakdowns);
            parts.filter(|part| part.kind == kind).map(|part| part.subtotal.value()).sum()
        };
        for tax in [Decimal::ZERO, sum("TAX")] {
            assert_ne!(sum("ITEM") + tax, total);
        }
        seen += 1;
    }
    assert!(seen > 1);
}
