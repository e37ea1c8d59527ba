//! What an order asks of the books, worked out from Amazon's words alone.
//!
//! The policy, restated: an order is posted at Amazon's grand total unless it is not sold, not by
//! Amazon, or not worth anything; what has shipped is paid, the facilitator's tax into *Marketplace
//! tax* and the rest into clearing; what the buyer is invoiced for is not paid
//! until Amazon lets the money go.

use base::{Currency, CurrencyError, Money, MoneyError};

use crate::amazon::wire::{Amount, Item, Order};

/// What the books should hold of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    Posted(Posted),
    /// Not a sale, or none yet: the reason.
    Nothing(&'static str),
}

/// An order that should have one live invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) total: Money,
    /// What has shipped, less the facilitator's tax on it.
    pub(crate) to_clearing: Money,
    /// The facilitator's tax on what has shipped.
    pub(crate) to_marketplace_tax: Money,
    /// The facilitator's tax on the whole order.
    pub(crate) facilitator_tax: Money,
    /// Units that have left, where nothing is left that may.
    pub(crate) units: Option<u64>,
    /// The buyer pays an invoice later: nothing is paid until Amazon lets the money go.
    pub(crate) is_invoiced: bool,
}

impl Posted {
    /// The same once Amazon has let the money go of an order that the buyer is invoiced for.
    pub(crate) fn released(self) -> Result<Posted, MoneyError> {
        if !self.is_invoiced {
            return Ok(self);
        }
        let to_clearing = self.total.minus(self.facilitator_tax)?;
        Ok(Posted { to_clearing, to_marketplace_tax: self.facilitator_tax, ..self })
    }
}

/// Why it cannot be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExpectError {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Currency(#[from] CurrencyError),
}

const NO_TOTAL: &str = "no total";

pub(crate) fn expected(order: &Order) -> Result<Expected, ExpectError> {
    if let Some(reason) = not_a_sale(order) {
        return Ok(Expected::Nothing(reason));
    }
    let Some(total) = grand_total(order)?.filter(|total| !total.is_zero()) else {
        return Ok(Expected::Nothing(NO_TOTAL));
    };
    let none = Money::zero(total.currency());
    let facilitator_tax = whole_tax(order, total.currency())?;
    let (shipped, tax) = if is_invoiced(order) {
        (none, none)
    } else if has_shipped_whole(order) {
        (total, facilitator_tax)
    } else {
        part(order, total.currency())?
    };
    let to_clearing = shipped.minus(tax)?;
    let units = has_shipped_whole(order).then(|| fulfilled(order));
    Ok(Expected::Posted(Posted {
        total,
        to_clearing,
        to_marketplace_tax: tax,
        facilitator_tax,
        units,
        is_invoiced: is_invoiced(order),
    }))
}

/// True when nothing is left to invoice of what may have been invoiced before.
pub(crate) fn explains_a_void(order: &Order) -> bool {
    let is_worthless = matches!(expected(order), Ok(Expected::Nothing(NO_TOTAL)));
    status(order) == "CANCELLED" || is_worthless
}

pub(crate) fn grand_total(order: &Order) -> Result<Option<Money>, ExpectError> {
    let total = order.proceeds.as_ref().and_then(|proceeds| proceeds.grand_total.as_ref());
    total.map(money).transpose()
}

fn status(order: &Order) -> &str {
    order.fulfillment.as_ref().map_or("", |fulfillment| fulfillment.fulfillment_status.as_str())
}

fn not_a_sale(order: &Order) -> Option<&'static str> {
    match status(order) {
        "PENDING" | "PENDING_AVAILABILITY" => return Some("pending"),
        "CANCELLED" => return Some("cancelled"),
        _ => {}
    }
    if order.sales_channel.channel_name == "NON_AMAZON" {
        return Some("sold elsewhere");
    }
    let replaces = order.associated_orders.iter().flatten().any(|other| {
        matches!(
            other.association_type.as_deref(),
            Some("REPLACEMENT_ORIGINAL_ID" | "EXCHANGE_ORIGINAL_ID")
        )
    });
    replaces.then_some("replacement or exchange")
}

/// The buyer pays an invoice later: Amazon owes nothing yet.
fn is_invoiced(order: &Order) -> bool {
    let executions = order.payment.iter().flat_map(|payment| payment.payment_executions.iter());
    executions.flatten().any(|execution| execution.payment_method.as_deref() == Some("Invoice"))
}

/// Everything that is not cancelled has left, and with it what belongs to no item.
fn has_shipped_whole(order: &Order) -> bool {
    let units: Vec<[u64; 2]> = order.items.iter().map(units).collect();
    let anything = units.iter().any(|[fulfilled, _]| *fulfilled > 0);
    let nothing_left = units.iter().all(|[_, unfulfilled]| *unfulfilled == 0);
    status(order) == "SHIPPED" || (anything && nothing_left)
}

fn fulfilled(order: &Order) -> u64 {
    order.items.iter().map(units).fold(0, |sum, [fulfilled, _]| sum.saturating_add(fulfilled))
}

fn units(item: &Item) -> [u64; 2] {
    let fulfillment = item.fulfillment.as_ref();
    let fulfilled = fulfillment.and_then(|units| units.quantity_fulfilled);
    let unfulfilled = fulfillment.and_then(|units| units.quantity_unfulfilled);
    [fulfilled.unwrap_or(0), unfulfilled.unwrap_or(0)]
}

/// The shipped share of each item's total, and of its facilitator's tax.
fn part(order: &Order, currency: Currency) -> Result<(Money, Money), ExpectError> {
    let mut shipped = Money::zero(currency);
    let mut tax = Money::zero(currency);
    for item in &order.items {
        let [fulfilled, unfulfilled] = units(item);
        if fulfilled == 0 {
            continue;
        }
        let share = |whole: Money| -> Result<Money, MoneyError> {
            let parts = whole.allocate(&[fulfilled, unfulfilled])?;
            Ok(parts.first().copied().unwrap_or(whole))
        };
        shipped = shipped.plus(share(item_total(item, currency)?)?)?;
        tax = tax.plus(share(item_tax(item, currency)?)?)?;
    }
    Ok((shipped, tax))
}

fn item_total(item: &Item, currency: Currency) -> Result<Money, ExpectError> {
    let total = item.proceeds.as_ref().and_then(|proceeds| proceeds.proceeds_total.as_ref());
    total.map_or_else(|| Ok(Money::zero(currency)), money)
}

fn whole_tax(order: &Order, currency: Currency) -> Result<Money, ExpectError> {
    let mut tax = Money::zero(currency);
    for item in &order.items {
        tax = tax.plus(item_tax(item, currency)?)?;
    }
    Ok(tax)
}

/// The tax that Amazon withholds and remits itself.
fn item_tax(item: &Item, currency: Currency) -> Result<Money, ExpectError> {
    let collections = item.tax.iter().flat_map(|tax| tax.tax_collections.iter()).flatten();
    let mut models = collections.map(|collection| collection.model.as_deref());
    let mut tax = Money::zero(currency);
    if !models.any(|model| model == Some("MARKETPLACE_FACILITATOR")) {
        return Ok(tax);
    }
    let breakdowns = item.proceeds.iter().flat_map(|proceeds| proceeds.breakdowns.iter());
    for breakdown in breakdowns.flatten().filter(|breakdown| breakdown.kind == "TAX") {
        tax = tax.plus(money(&breakdown.subtotal)?)?;
    }
    Ok(tax)
}

fn money(amount: &Amount) -> Result<Money, ExpectError> {
    Ok(Money::exact(amount.amount.0, amount.currency_code.parse()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(status: &str, extra: &str, items: &str) -> Order {
        let text = format!(
            r#"{{"orderId":"1-1","lastUpdatedTime":"2026-11-02T00:00:00Z","salesChannel":{{"channelName":"AMAZON"}},
                "proceeds":{{"grandTotal":{{"amount":"107.00","currencyCode":"USD"}}}},
                "fulfillment":{{"fulfillmentStatus":"{status}"}},"orderItems":[{items}]{extra}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    /// An item of 107.00 of which 7.00 is the facilitator's tax.
    fn item(fulfilled: u64, unfulfilled: u64) -> String {
        format!(
            r#"{{"proceeds":{{"proceedsTotal":{{"amount":"107.00","currencyCode":"USD"}},"breakdowns":[
                {{"type":"ITEM","subtotal":{{"amount":"100.00","currencyCode":"USD"}}}},
                {{"type":"TAX","subtotal":{{"amount":"7.00","currencyCode":"USD"}}}}]}},
                "tax":{{"taxCollections":[{{"model":"MARKETPLACE_FACILITATOR"}}]}},
                "fulfillment":{{"quantityFulfilled":{fulfilled},"quantityUnfulfilled":{unfulfilled}}}}}"#
        )
    }

    #[track_caller]
    fn paid(order: &Order) -> (i64, i64) {
        match expected(order).unwrap() {
            Expected::Posted(posted) => {
                assert_eq!(posted.total.to_string(), "107.00 USD");
                (posted.to_clearing.minor(), posted.to_marketplace_tax.minor())
            }
            Expected::Nothing(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn what_shipped_is_paid_and_the_facilitators_tax_apart() {
        assert_eq!(paid(&order("SHIPPED", "", &item(2, 0))), (10_000, 700));
    }

    #[test]
    fn what_has_not_shipped_is_not_paid() {
        assert_eq!(paid(&order("UNSHIPPED", "", &item(0, 2))), (0, 0));
    }

    #[test]
    fn a_part_is_shared_by_units_to_the_cent() {
        assert_eq!(paid(&order("PARTIALLY_SHIPPED", "", &item(1, 2))), (3_567 - 233, 233));
    }

    #[test]
    fn a_part_with_nothing_left_is_the_whole() {
        assert_eq!(paid(&order("PARTIALLY_SHIPPED", "", &item(1, 0))), (10_000, 700));
    }

    #[test]
    fn an_invoiced_order_is_not_paid() {
        let payment = r#","payment":{"paymentExecutions":[{"paymentMethod":"Invoice"}]}"#;
        assert_eq!(paid(&order("SHIPPED", payment, &item(2, 0))), (0, 0));
    }

    #[test]
    fn an_invoiced_order_is_paid_once_its_money_is_free() {
        let payment = r#","payment":{"paymentExecutions":[{"paymentMethod":"Invoice"}]}"#;
        let Ok(Expected::Posted(posted)) = expected(&order("SHIPPED", payment, &item(2, 0))) else {
            panic!("it is posted");
        };
        let released = posted.released().unwrap();
        assert_eq!(
            (released.to_clearing.minor(), released.to_marketplace_tax.minor()),
            (10_000, 700)
        );
    }

    #[test]
    fn tax_that_the_seller_owes_is_part_of_what_is_cleared() {
        let item = item(2, 0).replace("MARKETPLACE_FACILITATOR", "STANDARD");
        assert_eq!(paid(&order("SHIPPED", "", &item)), (10_700, 0));
    }

    #[test]
    fn what_is_not_a_sale_is_not_expected() {
        let nothing = |order: &Order| matches!(expected(order).unwrap(), Expected::Nothing(_));
        for status in ["PENDING", "PENDING_AVAILABILITY", "CANCELLED"] {
            assert!(nothing(&order(status, "", "")));
        }
        let replacement = r#","associatedOrders":[{"associationType":"REPLACEMENT_ORIGINAL_ID"}]"#;
        assert!(nothing(&order("SHIPPED", replacement, "")));
        let mut elsewhere = order("SHIPPED", "", "");
        elsewhere.sales_channel.channel_name = "NON_AMAZON".to_owned();
        assert!(nothing(&elsewhere));
        let mut free = order("SHIPPED", "", "");
        free.proceeds = None;
        assert!(nothing(&free));
    }

    #[test]
    fn an_unknown_status_is_expected_unless_it_is_held() {
        assert_eq!(paid(&order("INVOICE_UNCONFIRMED", "", &item(0, 2))), (0, 0));
    }

    #[test]
    fn mixed_currencies_cannot_be_worked_out() {
        let item = item(1, 1).replacen("USD", "CAD", 1);
        assert!(expected(&order("PARTIALLY_SHIPPED", "", &item)).is_err());
    }
}
