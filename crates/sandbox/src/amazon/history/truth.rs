//! What is so, for tests to judge by.

use std::collections::BTreeMap;

use base::{Money, Timestamp};

use super::History;
use super::words::Words;

/// A settlement as its whole document tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementTruth {
    pub id: String,
    pub start: Timestamp,
    pub end: Timestamp,
    pub deposit: Timestamp,
    pub total: Money,
    /// Rows of money: the header row is none.
    pub rows: u64,
    /// Minor units by what the rows say.
    pub sums: BTreeMap<Words, i64>,
}

/// What became of an order's money, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderTruth {
    /// What the buyer was charged for what shipped: prices, taxes, less discounts.
    pub charged: i64,
    /// Taxes that Amazon handed over instead of the seller; negative.
    pub withheld: i64,
    /// Negative.
    pub fees: i64,
    /// What went back to the buyer; negative.
    pub refunded: i64,
    /// Fees and withheld taxes that came back with refunds, less what Amazon kept.
    pub returned: i64,
}

impl OrderTruth {
    /// What is left for the seller.
    pub fn net(&self) -> i64 {
        self.charged + self.withheld + self.fees + self.refunded + self.returned
    }
}

const REFUNDS: [&str; 3] = ["Refund", "A-to-z Guarantee Refund", "Chargeback Refund"];

impl History {
    /// Every settlement that has ended, in turn.
    pub fn settlement_truth(&self, until: Timestamp) -> Vec<SettlementTruth> {
        let ended = self.settlements.iter().filter(|settlement| settlement.end <= until);
        ended
            .map(|settlement| {
                let mut sums: BTreeMap<Words, i64> = BTreeMap::new();
                let mut rows = 0;
                for (_, _, row) in self.rows(settlement) {
                    *sums.entry(row.words).or_default() += row.amount;
                    rows += 1;
                }
                SettlementTruth {
                    id: settlement.id.clone(),
                    start: settlement.start,
                    end: settlement.end,
                    deposit: settlement.deposit,
                    total: Money::from_minor(settlement.total, self.currency()),
                    rows,
                    sums,
                }
            })
            .collect()
    }

    /// The money of every order that came free before a moment, by order id.
    pub fn order_truth(&self, until: Timestamp) -> BTreeMap<String, OrderTruth> {
        let mut orders: BTreeMap<String, OrderTruth> = BTreeMap::new();
        let free = self.transactions.iter().filter(|of| of.released < until);
        for transaction in free.filter(|of| matches!(of.kind, "Shipment" | "Refund")) {
            let order = orders.entry(transaction.order_id().to_owned()).or_default();
            for row in &transaction.rows {
                let is_refund = REFUNDS.contains(&row.words.transaction_type);
                let sum = match (is_refund, row.words.is_price()) {
                    (true, true) => &mut order.refunded,
                    (true, false) => &mut order.returned,
                    (false, true) => &mut order.charged,
                    (false, false) if row.words.is_withheld() => &mut order.withheld,
                    (false, false) => &mut order.fees,
                };
                *sum += row.amount;
            }
        }
        orders
    }
}
