//! A parcel as money: what the buyer pays, what Amazon withholds, and its fees.

use super::india;
use super::orders::{Parcel, Shipped};
use super::setting::{Setting, Taxes};
use super::transaction::{Item, OrderRef, Row, Transaction};
use super::words::{self, Words, order};
use crate::amazon::generate::draft::{Draft, Parts};
use crate::amazon::generate::{TaxClass, Trait};

/// Who hands over the tax instead of the seller, by the words of the rows that take it off.
struct Collector {
    principal: Words,
    shipping: Words,
    other: Words,
    /// Europe writes a row for shipping even where it is nothing.
    says_nothing: bool,
}

const FACILITATOR: Collector = Collector {
    principal: order("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"),
    shipping: order("ItemWithheldTax", "MarketplaceFacilitatorTax-Shipping"),
    other: order("ItemWithheldTax", "MarketplaceFacilitatorTax-Other"),
    says_nothing: false,
};
const DEEMED_SUPPLIER: Collector = Collector {
    principal: order("ItemWithheldTax", "MarketplaceFacilitatorVAT-Principal"),
    shipping: order("ItemWithheldTax", "MarketplaceFacilitatorVAT-Shipping"),
    other: order("ItemWithheldTax", "MarketplaceFacilitatorTax-Other"),
    says_nothing: true,
};
const LOW_VALUE: Collector = Collector {
    principal: order("ItemWithheldTax", "LowValueGoodsTax-Principal"),
    shipping: order("ItemWithheldTax", "LowValueGoodsTax-Shipping"),
    other: order("ItemWithheldTax", "LowValueGoodsTax-Other"),
    says_nothing: false,
};

/// A parcel's amounts as rows show them: discounts are negative.
#[derive(Default)]
struct Shown {
    principal: i64,
    tax: i64,
    shipping: i64,
    shipping_tax: i64,
    gift: i64,
    gift_tax: i64,
    promotion: i64,
    shipping_promotion: i64,
    tax_discount: i64,
    /// The part of `tax_discount` that is about shipping; positive.
    off_shipping: i64,
}

/// The transaction of a parcel, posted when it ships.
pub(crate) fn sale(setting: Setting, draft: &Draft, parcel: &Parcel, index: usize) -> Transaction {
    let mut transaction = Transaction::charge(("Shipment", "Order Payment"), parcel.at, Vec::new());
    for shipped in &parcel.lines {
        let rows = line(setting, draft, shipped);
        let copies = copies(draft, shipped.units, &rows);
        for _ in 0..copies {
            let place = transaction.items.len();
            transaction.items.push(Item {
                code: shipped.line.item_id.to_string(),
                product: shipped.line.product,
                quantity: Some(shipped.units / copies),
                adjustment: String::new(),
            });
            let each = rows.iter().map(|row| Row {
                amount: row.amount / copies,
                item: Some(place),
                ..*row
            });
            transaction.rows.extend(each);
        }
    }
    let is_elsewhere = !draft.sold_on_amazon();
    transaction.order = Some(OrderRef {
        id: draft.id.clone(),
        merchant_id: if is_elsewhere {
            format!("#{}", 1000 + draft.number % 100_000)
        } else {
            draft.id.clone()
        },
        shipment: shipment_id(draft.number, index),
        adjustment: String::new(),
        store: if is_elsewhere { setting.elsewhere().to_owned() } else { setting.store() },
        network: if draft.fulfilled_by() == "AMAZON" { "AFN" } else { "MFN" },
        is_elsewhere,
    });
    transaction
}

/// Nine letters and digits, as Amazon's are.
fn shipment_id(number: u64, index: usize) -> String {
    let mut left = number * 7 + index as u64 + 1;
    let mut id = "Bk".to_owned();
    for _ in 0..7 {
        let digit = left * 31 % 36;
        left = left / 36 + number % 1_000_003;
        id.extend(char::from_digit(u32::try_from(digit).unwrap_or(0), 36));
    }
    id
}

fn line(setting: Setting, draft: &Draft, shipped: &Shipped) -> Vec<Row> {
    if !draft.sold_on_amazon() {
        return elsewhere(setting, shipped);
    }
    let collector = collector(setting, draft);
    let shown = shown(setting, &shipped.parts, collector.is_some());
    let (offer, free) = (Some("PAWS-V2-AUTUMN-OFFER"), Some("Free Delivery on Eligible Orders"));
    let of_tax = if shown.promotion == 0 { free } else { offer };
    let amounts = [
        (words::PRINCIPAL, shown.principal, None),
        (words::TAX, shown.tax, None),
        (words::SHIPPING, shown.shipping, None),
        (words::SHIPPING_TAX, shown.shipping_tax, None),
        (words::GIFT_WRAP, shown.gift, None),
        (words::GIFT_WRAP_TAX, shown.gift_tax, None),
        (words::PROMOTION, shown.promotion, offer),
        (words::PROMOTION_SHIPPING, shown.shipping_promotion, free),
        (words::TAX_DISCOUNT, shown.tax_discount, of_tax),
    ];
    let mut rows: Vec<Row> = amounts
        .into_iter()
        .filter(|(_, amount, _)| *amount != 0)
        .map(|(words, amount, promotion)| Row { promotion, ..Row::of(words, amount) })
        .collect();
    if let Some(collector) = collector {
        rows.extend(withheld(&collector, &shown));
    }
    rows.extend(fees(setting, draft, shipped));
    if setting == Setting::In {
        rows = india::rows(rows, shown_net(&shown));
    }
    rows
}

/// What the Indian income tax and the tax collected at source are worked out from.
fn shown_net(shown: &Shown) -> i64 {
    shown.principal + shown.shipping + shown.gift + shown.promotion + shown.shipping_promotion
}

fn elsewhere(setting: Setting, shipped: &Shipped) -> Vec<Row> {
    let fee = fulfilment(setting, shipped) * 3 / 2;
    vec![Row::of(words::PRINCIPAL, 0), Row::of(words::FULFILMENT, -fee * shipped.units)]
}

fn collector(setting: Setting, draft: &Draft) -> Option<Collector> {
    match setting {
        Setting::Us | Setting::Ca => Some(FACILITATOR),
        Setting::De if draft.traits.has(Trait::Ioss) || draft.traits.has(Trait::Uoss) => {
            Some(DEEMED_SUPPLIER)
        }
        Setting::Au if draft.traits.has(Trait::LowValueGoods) => Some(LOW_VALUE),
        Setting::UkVat | Setting::UkGross | Setting::De | Setting::Au | Setting::In => None,
    }
}

fn shown(setting: Setting, parts: &Parts, is_collected: bool) -> Shown {
    let gross = Shown {
        principal: parts.item,
        tax: 0,
        shipping: parts.shipping,
        shipping_tax: 0,
        gift: parts.gift,
        gift_tax: 0,
        promotion: -parts.promotion,
        shipping_promotion: -parts.shipping_discount,
        tax_discount: 0,
        off_shipping: 0,
    };
    let (off_item, off_shipping) = discounted_tax(parts);
    match setting.taxes() {
        Taxes::OnTop => Shown {
            tax: parts.tax_item,
            shipping_tax: parts.tax_shipping,
            gift_tax: parts.tax_gift,
            tax_discount: -parts.tax_discount,
            off_shipping,
            ..gross
        },
        Taxes::Netted => Shown {
            tax: parts.tax_item - off_item,
            shipping_tax: parts.tax_shipping - off_shipping,
            gift_tax: parts.tax_gift,
            ..gross
        },
        // Where Amazon hands it over, it is taken out of the price to be shown apart.
        Taxes::Inside if is_collected => Shown {
            principal: parts.item - parts.tax_item,
            tax: parts.tax_item,
            shipping: parts.shipping - parts.tax_shipping,
            shipping_tax: parts.tax_shipping,
            gift: parts.gift - parts.tax_gift,
            gift_tax: parts.tax_gift,
            promotion: off_item - parts.promotion,
            shipping_promotion: off_shipping - parts.shipping_discount,
            tax_discount: -parts.tax_discount,
            off_shipping,
        },
        Taxes::Inside => gross,
    }
}

/// The tax on discounts, of the item and of shipping.
fn discounted_tax(parts: &Parts) -> (i64, i64) {
    let discount = parts.discount().max(1);
    let shipping = parts.tax_discount * parts.shipping_discount / discount;
    let shipping = shipping.min(parts.tax_shipping);
    (parts.tax_discount - shipping, shipping)
}

/// Takes off exactly the tax that the rows show, so that the pairs add up to nothing.
fn withheld(collector: &Collector, shown: &Shown) -> Vec<Row> {
    let off_shipping = shown.off_shipping;
    let principal = shown.tax + shown.tax_discount + off_shipping;
    let shipping = shown.shipping_tax - off_shipping;
    let all = [
        (collector.principal, principal, false),
        (collector.shipping, shipping, collector.says_nothing && shown.tax != 0),
        (collector.other, shown.gift_tax, false),
    ];
    all.into_iter()
        .filter(|(_, amount, is_said)| *amount != 0 || *is_said)
        .map(|(words, amount, _)| Row::of(words, -amount))
        .collect()
}

fn fees(setting: Setting, draft: &Draft, shipped: &Shipped) -> Vec<Row> {
    let parts = &shipped.parts;
    let is_ours = draft.fulfilled_by() == "AMAZON";
    let commission = commission(setting, shipped);
    let mut rows = vec![(words::COMMISSION, commission)];
    if is_ours {
        rows.push((words::FULFILMENT, fulfilment(setting, shipped) * shipped.units));
        rows.push((words::SHIPPING_CHARGEBACK, parts.shipping - parts.shipping_discount));
        rows.push((words::GIFT_WRAP_CHARGEBACK, parts.gift));
    }
    if shipped.line.product.tax_class == TaxClass::Book && setting != Setting::In {
        rows.push((words::CLOSING, draft.market.price(45) * shipped.units));
    }
    // In Germany only sales to some other countries bear it.
    if setting != Setting::De || draft.number.is_multiple_of(4) {
        let is_spelt = setting == Setting::De && draft.number.is_multiple_of(16);
        let words = if is_spelt { words::DIGITAL_SPELT } else { words::DIGITAL };
        rows.push((words, rounded(commission * setting.digital_fee(), 1000)));
    }
    rows.into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(words, amount)| Row::of(words, -amount))
        .collect()
}

/// A share of what the buyer pays, worked out for one unit.
fn commission(setting: Setting, shipped: &Shipped) -> i64 {
    let parts = &shipped.parts;
    let paid = match setting.taxes() {
        Taxes::Netted => parts.total(crate::amazon::generate::market::Reading::TaxInside),
        Taxes::OnTop | Taxes::Inside => parts.total(setting.market().reading()),
    };
    let per_mille = match shipped.line.product.tax_class {
        TaxClass::Standard | TaxClass::Book => 153,
        TaxClass::Food => 82,
    };
    rounded(paid / shipped.units.max(1) * per_mille, 1000) * shipped.units
}

fn fulfilment(setting: Setting, shipped: &Shipped) -> i64 {
    setting.market().price(205 + shipped.line.product.price / 17)
}

/// Rounded half up, for amounts that are not negative.
pub(crate) fn rounded(dividend: i64, divisor: i64) -> i64 {
    (dividend + divisor / 2) / divisor
}

/// Amazon sometimes writes each unit for itself: then rows are the same to the byte.
fn copies(draft: &Draft, units: i64, rows: &[Row]) -> i64 {
    let splits = draft.number.is_multiple_of(3) && units > 1;
    if splits && rows.iter().all(|row| row.amount % units == 0) { units } else { 1 }
}
