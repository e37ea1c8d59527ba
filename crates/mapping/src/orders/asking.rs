//! An order in the words that rules ask about.

use base::{Decimal, Money, Zone};
use facts::order::{Channel, ChargeKind, FulfilledBy, Item, Order, Status};

use crate::orders::Situation;
use crate::rulebook::Marketplace;
use crate::rulebook::inputs::{Inputs, Value};

pub(crate) fn status(status: &Status) -> &str {
    match status {
        Status::PendingAvailability => "pending_availability",
        Status::Pending => "pending",
        Status::Unshipped => "unshipped",
        Status::PartiallyShipped => "partially_shipped",
        Status::Shipped => "shipped",
        Status::Cancelled => "cancelled",
        Status::Unfulfillable => "unfulfillable",
        Status::Other(word) => word,
    }
}

pub(crate) fn kind(kind: &ChargeKind) -> &str {
    match kind {
        ChargeKind::Item => "item",
        ChargeKind::Shipping => "shipping",
        ChargeKind::GiftWrap => "gift_wrap",
        ChargeKind::CodFee => "cod_fee",
        ChargeKind::Tax => "tax",
        ChargeKind::Discount => "discount",
        ChargeKind::DeliveryTip => "delivery_tip",
        ChargeKind::Other(word) => word,
    }
}

fn channel(channel: &Channel) -> &str {
    match channel {
        Channel::Amazon => "amazon",
        Channel::NonAmazon => "non_amazon",
        Channel::Other(word) => word,
    }
}

fn fulfilled_by(by: &FulfilledBy) -> &str {
    match by {
        FulfilledBy::Amazon => "amazon",
        FulfilledBy::Merchant => "merchant",
        FulfilledBy::Other(word) => word,
    }
}

/// The fields of an order and its organisation. A marketplace that the rule book does not list
/// has no country and no host.
pub(crate) fn order(
    situation: &Situation<'_>,
    order: &Order,
    place: Option<&Marketplace>,
    zone: &Zone,
) -> Inputs {
    let mut inputs = Inputs::default();
    inputs.set("order", fields(order, place, zone));
    let organisation = &situation.chart.organisation;
    inputs.set(
        "organisation",
        vec![
            ("country", Value::text(&organisation.country)),
            ("currency", Value::text(organisation.base_currency.to_string())),
            ("version", Value::text(&organisation.version)),
        ],
    );
    inputs
}

/// The fields of the order alone.
pub(crate) fn fields(
    order: &Order,
    place: Option<&Marketplace>,
    zone: &Zone,
) -> Vec<(&'static str, Value)> {
    let total = order.grand_total;
    let ship_to = order.ship_to.as_ref().and_then(|to| to.country.clone()).unwrap_or_default();
    let name = place.map_or(order.marketplace_name.as_str(), |place| &place.name);
    let currency = order.currency().map(|currency| currency.to_string()).unwrap_or_default();
    vec![
        ("id", Value::text(&order.order_id)),
        ("seller", Value::text(&order.seller_id)),
        ("region", Value::text(&order.region)),
        ("marketplace_id", Value::text(&order.marketplace_id)),
        ("marketplace", Value::text(name)),
        ("country", Value::text(place.map_or("", |place| &place.country))),
        ("host", Value::text(place.map_or("", |place| &place.host))),
        ("channel", Value::text(channel(&order.channel))),
        ("status", Value::text(status(&order.status))),
        ("fulfilled_by", Value::text(fulfilled_by(&order.fulfilled_by))),
        ("programs", Value::Words(order.programs.clone())),
        ("payment_methods", Value::Words(order.payment_methods.clone())),
        ("is_replacement", Value::Flag(order.is_replacement())),
        ("has_total", Value::Flag(total.is_some())),
        ("total", Value::Number(total.map_or(Decimal::ZERO, Money::amount))),
        ("currency", Value::text(currency)),
        ("ship_to", Value::text(ship_to)),
        ("created", Value::text(order.created.day(zone).to_string())),
    ]
}

/// A line that belongs to no item, for the tables that are asked once per line.
pub(crate) fn plain_line(inputs: &mut Inputs, amount: Money) {
    inputs.set(
        "line",
        vec![
            ("kind", Value::text("settlement")),
            ("of", Value::text("")),
            ("amount", Value::Number(amount.amount())),
        ],
    );
    let nothing = ["sku", "asin", "title", "category", "tax_class"];
    let mut item: Vec<(&str, Value)> =
        nothing.into_iter().map(|name| (name, Value::text(""))).collect();
    item.push(("quantity", Value::Number(Decimal::ONE)));
    inputs.set("item", item);
}

/// What a line is about, for the tables that are asked once per line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) kind: &'a ChargeKind,
    pub(crate) of: Option<&'a ChargeKind>,
    pub(crate) amount: Money,
    pub(crate) item: Option<&'a Item>,
    pub(crate) category: &'a str,
    pub(crate) tax_class: &'a str,
}

/// The order's fields with a line's. A product without a title is called by its SKU.
pub(crate) fn line(order: &Inputs, asked: &Asked<'_>) -> Inputs {
    let item = asked.item;
    let sku = item.and_then(|item| item.sku.as_deref()).unwrap_or_default();
    let title = item.and_then(|item| item.title.as_deref()).unwrap_or(sku);
    let asin = item.and_then(|item| item.asin.as_deref()).unwrap_or_default();
    let quantity = item.map_or(Decimal::ONE, |item| Decimal::from(item.live()));
    let mut inputs = order.clone();
    inputs.set(
        "line",
        vec![
            ("kind", Value::text(kind(asked.kind))),
            ("of", Value::text(asked.of.map_or("", kind))),
            ("amount", Value::Number(asked.amount.amount())),
        ],
    );
    inputs.set(
        "item",
        vec![
            ("sku", Value::text(sku)),
            ("asin", Value::text(asin)),
            ("title", Value::text(title)),
            ("category", Value::text(asked.category)),
            ("tax_class", Value::text(asked.tax_class)),
            ("quantity", Value::Number(quantity)),
        ],
    );
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::expression::Formula;
    use crate::rulebook::inputs::{LINE, ORDER};

    /// Every field that a rule may name has a value: an unknown one would be null in silence.
    #[test]
    fn every_field_that_rules_may_name_is_filled() {
        let sample = crate::orders::samples::uk();
        let order = sample.order();
        let inputs = super::order(&sample.situation(), &order, None, &Zone::utc());
        let asked = Asked {
            kind: &ChargeKind::Item,
            of: None,
            amount: Money::zero(base::Currency::GBP),
            item: None,
            category: "",
            tax_class: "",
        };
        let inputs = line(&inputs, &asked);
        for field in ORDER.iter().chain(LINE) {
            let value = Formula::new(field, &[ORDER, LINE]).unwrap().value(&inputs).unwrap();
            assert!(!matches!(value, zen_expression::Variable::Null), "{field} is null");
        }
    }
}
