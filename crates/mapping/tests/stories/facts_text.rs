//! Facts, for reading.

use facts::order::{Charge, ChargeKind, Order};
use facts::{Body, Fact};

pub(crate) fn told(facts: &[Fact]) -> String {
    facts.iter().map(one).collect()
}

fn one(fact: &Fact) -> String {
    let time = fact.occurred.iso();
    match &fact.body {
        Body::Order(order) => format!("{time} {}\n{}", fact.subject, order_text(order)),
        Body::Unreadable { reason } => format!("{time} {} unreadable: {reason}\n", fact.subject),
        Body::Approval(approval) => {
            format!("{time} {} {} says {:?}\n", fact.subject, approval.who, approval.act)
        }
    }
}

fn order_text(order: &Order) -> String {
    let total = order.grand_total.map_or("no total".to_owned(), |total| total.to_string());
    let mut text = format!(
        "    {:?}, {:?} in {}, {total}, ordered {}\n",
        order.status,
        order.channel,
        order.marketplace_name,
        order.created.iso()
    );
    if !order.programs.is_empty() || !order.payment_methods.is_empty() {
        text += &format!("    {:?}, paid by {:?}\n", order.programs, order.payment_methods);
    }
    for charge in order.charges.iter().filter(|c| c.kind == ChargeKind::DeliveryTip) {
        text += &format!("    order: {:?} {}\n", charge.kind, charge.amount);
    }
    for item in &order.items {
        let (fulfilled, open) = (item.fulfilled.unwrap_or(0), item.unfulfilled.unwrap_or(0));
        let charges: Vec<String> = item.charges.iter().map(charge_text).collect();
        let total = item.total.map_or("no total".to_owned(), |total| total.to_string());
        text += &format!(
            "    item {}: {} x {}, {fulfilled} shipped, {open} to ship, {total}: {}\n",
            item.item_id,
            item.ordered,
            item.sku.as_deref().unwrap_or("no SKU"),
            charges.join(", ")
        );
        if let Some(facilitator) = &item.facilitator {
            text += &format!("        tax is remitted by {facilitator}\n");
        }
    }
    text
}

fn charge_text(charge: &Charge) -> String {
    let parts: Vec<String> =
        charge.parts.iter().map(|part| format!("{:?} {}", part.of, part.amount.amount())).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    format!("{:?} {}{parts}", charge.kind, charge.amount.amount())
}
