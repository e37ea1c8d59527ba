//! Rows as the tree of amounts that the Finances API shows: three levels, each the sum of the next.

use base::{Currency, Money};

use super::wire::Breakdown;
use crate::amazon::history::{Row, Words};

/// A node while it grows.
struct Node {
    name: &'static str,
    minor: i64,
    below: Vec<Node>,
}

/// The tree of some rows, in the order in which they come.
pub(crate) fn tree<'a>(rows: impl Iterator<Item = &'a Row>, currency: Currency) -> Vec<Breakdown> {
    let mut nodes = Vec::new();
    for row in rows {
        add(&mut nodes, &path(row.words), row.amount);
    }
    nodes.into_iter().map(|node| node.breakdown(currency)).collect()
}

fn add(nodes: &mut Vec<Node>, path: &[&'static str], minor: i64) {
    let [name, rest @ ..] = path else { return };
    if !nodes.iter().any(|node| node.name == *name) {
        nodes.push(Node { name, minor: 0, below: Vec::new() });
    }
    if let Some(node) = nodes.iter_mut().find(|node| node.name == *name) {
        node.minor += minor;
        add(&mut node.below, rest, minor);
    }
}

impl Node {
    fn breakdown(self, currency: Currency) -> Breakdown {
        Breakdown {
            breakdown_type: self.name,
            breakdown_amount: Money::from_minor(self.minor, currency).into(),
            breakdowns: self.below.into_iter().map(|node| node.breakdown(currency)).collect(),
        }
    }
}

/// Where an amount hangs. Amazon publishes no list of these names: those of sales and fees are
/// from replies that sellers have shown, the rest is made in their manner.
fn path(words: Words) -> [&'static str; 3] {
    match (words.amount_type, words.description) {
        ("ItemPrice", "Principal") => ["Sales", "ProductCharges", "OurPricePrincipal"],
        ("ItemPrice", "Tax" | "Product Tax") => ["Sales", "Tax", "OurPriceTax"],
        ("ItemPrice", "Shipping") => ["Sales", "Shipping", "ShippingPrincipal"],
        ("ItemPrice", "ShippingTax" | "Shipping tax") => ["Sales", "Tax", "ShippingTax"],
        ("ItemPrice", "GiftWrap") => ["Sales", "GiftWrap", "GiftWrapPrincipal"],
        ("ItemPrice", "GiftWrapTax") => ["Sales", "Tax", "GiftWrapTax"],
        ("ItemPrice", other) => ["Sales", "Other", other],
        ("Promotion", name) => ["Sales", "Promotions", name],
        ("ItemFees", name) if name.starts_with("FBA") => ["Expenses", "FBAFees", name],
        ("ItemFees", name) => ["Expenses", "AmazonFees", name],
        ("ItemWithheldTax" | "ItemTCS" | "ItemTDS", name) => ["Expenses", "TaxWithheld", name],
        ("FBA Inventory Reimbursement", name) => ["Adjustments", "Reimbursements", name],
        ("Cost of Advertising" | "Refund for Advertiser", name) => {
            ["Expenses", "Advertising", name]
        }
        (
            _,
            name @ ("Current Reserve Amount"
            | "Previous Reserve Amount Balance"
            | "Payable to Amazon"
            | "Successful charge"),
        ) => ["Transfers", "AccountBalance", name],
        ("other-transaction", name) => ["Expenses", "ServiceFees", name],
        (name, part) => ["Expenses", name, part],
    }
}
