//! Facts, for reading.

use facts::order::{Charge, ChargeKind, FulfilledBy, Item, Order};
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
        Body::Settlement(found) => {
            let total = amount(found.settlement.total);
            format!("{time} {} settlement of {total} in {} rows\n", fact.subject, found.rows)
        }
        Body::Transaction(one) => format!(
            "{time} {} {} of {}, {:?}\n",
            fact.subject, one.transaction_type, one.total, one.status
        ),
        Body::Payout(payout) => {
            let paid = amount(payout.amount);
            format!("{time} {} payout of {paid}, {:?}\n", fact.subject, payout.status)
        }
        Body::Summary(summary) => {
            format!("{time} {} summary of {}\n", fact.subject, summary.net_proceeds)
        }
        Body::PaymentGroup(group) => {
            let total = amount(group.original_total);
            format!("{time} {} payment group of {total}, {}\n", fact.subject, group.status)
        }
        Body::Proof { hash } => format!("{time} {} proof {hash}\n", fact.subject),
        Body::Balance(balance) => format!("{time} {} balance of {}\n", fact.subject, balance.total),
    }
}

fn amount(amount: Option<base::Money>) -> String {
    amount.map_or("no amount".to_owned(), |amount| amount.to_string())
}

fn order_text(order: &Order) -> String {
    let mut lines = vec![head(order)];
    if !order.programs.is_empty() || !order.payment_methods.is_empty() {
        lines.push(format!("    {:?}, paid by {:?}\n", order.programs, order.payment_methods));
    }
    let tips = order.charges.iter().filter(|charge| charge.kind == ChargeKind::DeliveryTip);
    lines.extend(tips.map(|tip| format!("    order: {:?} {}\n", tip.kind, tip.amount)));
    lines.extend(order.items.iter().map(item_text));
    lines.concat()
}

fn head(order: &Order) -> String {
    let total = order.grand_total.map_or("no total".to_owned(), |total| total.to_string());
    let merchant = order.fulfilled_by == FulfilledBy::Merchant;
    let dispatched = if merchant { " dispatched by the merchant," } else { "" };
    format!(
        "    {:?}, {:?} in {},{dispatched} {total}, ordered {}\n",
        order.status,
        order.channel,
        order.marketplace_name,
        order.created.iso()
    )
}

fn item_text(item: &Item) -> String {
    let (fulfilled, open) = (item.fulfilled.unwrap_or(0), item.unfulfilled.unwrap_or(0));
    let charges: Vec<String> = item.charges.iter().map(charge_text).collect();
    let total = item.total.map_or("no total".to_owned(), |total| total.to_string());
    let remitted = item
        .facilitator
        .as_ref()
        .map_or(String::new(), |facilitator| format!("        tax is remitted by {facilitator}\n"));
    format!(
        "    item {}: {} x {}, {fulfilled} shipped, {open} to ship, {total}: {}\n{remitted}",
        item.item_id,
        item.ordered,
        item.sku.as_deref().unwrap_or("no SKU"),
        charges.join(", ")
    )
}

fn charge_text(charge: &Charge) -> String {
    let parts: Vec<String> =
        charge.parts.iter().map(|part| format!("{:?} {}", part.of, part.amount.amount())).collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    format!("{:?} {}{parts}", charge.kind, charge.amount.amount())
}
