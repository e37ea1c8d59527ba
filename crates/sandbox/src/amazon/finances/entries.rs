//! The transactions as they are listed at a moment. A deferred one is listed twice: once as it was
//! posted, and once more when its money came free.

use base::{Timestamp, digest};

use super::breakdowns::tree;
use super::wire::{self, related};
use crate::amazon::history::{History, Row, Settlement, Transaction, Words};

/// A line of the list.
pub(crate) struct Entry<'a> {
    pub id: String,
    pub posted: Timestamp,
    pub status: &'static str,
    what: What<'a>,
}

enum What<'a> {
    /// Posted and free at once.
    Plain(&'a Transaction),
    Deferred(&'a Transaction),
    Released(&'a Transaction),
    /// A payout, which leaves the account.
    Payout(&'a Settlement),
}

/// Everything that the API tells by now, in no order.
pub(crate) fn entries(history: &History, now: Timestamp) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for of in &history.transactions {
        let told = |at: Timestamp| at.after_ms(of.late_ms) <= now;
        let is_free = of.released <= now;
        if of.deferral.is_none() {
            if told(of.posted) {
                let (id, what) = (of.id.clone(), What::Plain(of));
                entries.push(Entry { id, posted: of.posted, status: "RELEASED", what });
            }
            continue;
        }
        if told(of.posted) {
            let status = if is_free { "DEFERRED_RELEASED" } else { "DEFERRED" };
            let (id, what) = (of.id.clone(), What::Deferred(of));
            entries.push(Entry { id, posted: of.posted, status, what });
        }
        if told(of.released) {
            let (id, what) = (of.release_id(), What::Released(of));
            entries.push(Entry { id, posted: of.released, status: "RELEASED", what });
        }
    }
    for of in &history.settlements {
        if let Some(posted) = of.payout.started().filter(|started| *started <= now) {
            let id = digest(&[&of.id, "transfer"]);
            entries.push(Entry { id, posted, status: "RELEASED", what: What::Payout(of) });
        }
    }
    entries
}

impl Entry<'_> {
    fn transaction(&self) -> Option<&Transaction> {
        match self.what {
            What::Plain(of) | What::Deferred(of) | What::Released(of) => Some(of),
            What::Payout(_) => None,
        }
    }

    pub(crate) fn order_id(&self) -> Option<&str> {
        let order = self.transaction().and_then(|of| of.order.as_ref());
        order.map(|order| order.id.as_str()).filter(|id| !id.is_empty())
    }

    /// The period that its money is settled in; a payout is in the one in which it happens, not
    /// in the one that it pays. What is held back is in none.
    pub(crate) fn settlement<'h>(&self, history: &'h History) -> Option<&'h Settlement> {
        if matches!(self.what, What::Deferred(_)) {
            return None;
        }
        let inside = |of: &&Settlement| of.start <= self.posted && self.posted < of.end;
        history.settlements.iter().find(inside)
    }

    pub(crate) fn render(&self, history: &History, now: Timestamp) -> wire::Transaction {
        let place = history.options.setting.market().marketplace();
        let currency = history.currency();
        let rows = self.rows();
        let total: i64 = rows.iter().map(|row| row.amount).sum();
        let (kind, description) = match self.what {
            What::Payout(_) => ("Transfer", "Transfer to bank account"),
            What::Plain(of) | What::Deferred(of) | What::Released(of) => (of.kind, of.description),
        };
        wire::Transaction {
            selling_partner_metadata: wire::SellingPartner {
                selling_partner_id: history.seller_id.clone(),
                account_type: super::ACCOUNT_TYPE,
                marketplace_id: place.id,
            },
            related_identifiers: self.related(history, now),
            transaction_type: kind,
            transaction_id: self.id.clone(),
            transaction_status: self.spelt(),
            description,
            posted_date: self.posted.iso(),
            total_amount: base::Money::from_minor(total, currency).into(),
            marketplace_details: wire::Marketplace {
                marketplace_id: place.id,
                marketplace_name: place.name(),
            },
            items: self.items(history),
            contexts: self.contexts(),
            breakdowns: tree(rows.iter(), currency),
        }
    }

    fn rows(&self) -> Vec<Row> {
        match self.what {
            What::Plain(of) | What::Deferred(of) | What::Released(of) => of.rows.clone(),
            What::Payout(of) => {
                let words = Words {
                    transaction_type: "Transfer",
                    amount_type: "Transfers",
                    description: "Transfer to bank account",
                };
                vec![Row::of(words, -of.payout.amount)]
            }
        }
    }

    /// Some replies spell the status in title case.
    fn spelt(&self) -> &'static str {
        match (self.id.starts_with(['3', 'a']), self.status) {
            (true, "RELEASED") => "Released",
            (true, "DEFERRED") => "Deferred",
            (_, status) => status,
        }
    }

    fn related(&self, history: &History, now: Timestamp) -> Vec<wire::RelatedIdentifier> {
        let mut list = Vec::new();
        if let Some(order) = self.transaction().and_then(|of| of.order.as_ref()) {
            list.push(related("ORDER_ID", &order.id));
            if !order.shipment.is_empty() {
                list.push(related("SHIPMENT_ID", &order.shipment));
            }
            if !order.adjustment.is_empty() {
                list.push(related("REFUND_ID", &order.adjustment));
            }
        }
        match self.what {
            What::Deferred(of) if of.released <= now => {
                list.push(related("RELEASE_TRANSACTION_ID", of.release_id()));
            }
            What::Released(of) => list.push(related("DEFERRED_TRANSACTION_ID", &of.id)),
            What::Payout(of) => list.push(related("DISBURSEMENT_ID", &of.payout.id)),
            What::Plain(_) | What::Deferred(_) => {}
        }
        if let Some(settlement) = self.settlement(history) {
            list.push(related("FINANCIAL_EVENT_GROUP_ID", &settlement.group_id));
            if settlement.end <= now {
                list.push(related("SETTLEMENT_ID", &settlement.id));
            }
        }
        list
    }

    fn items(&self, history: &History) -> Vec<wire::Item> {
        let Some(of) = self.transaction() else { return Vec::new() };
        let network = of.order.as_ref().map(|order| order.network).filter(|of| !of.is_empty());
        let currency = history.currency();
        let each = of.items.iter().enumerate().map(|(place, item)| {
            let rows = || of.rows.iter().filter(move |row| row.item == Some(place));
            let total = rows().map(|row| row.amount).sum();
            let adjustment = (!item.adjustment.is_empty()).then(|| wire::ItemRelatedIdentifier {
                item_related_identifier_name: "ORDER_ADJUSTMENT_ITEM_ID",
                item_related_identifier_value: item.adjustment.clone(),
            });
            wire::Item {
                description: item.product.title,
                related_identifiers: adjustment.into_iter().collect(),
                total_amount: base::Money::from_minor(total, currency).into(),
                breakdowns: (of.kind != "Adjustment").then(|| tree(rows(), currency)),
                contexts: vec![wire::Context {
                    context_type: "ProductContext",
                    asin: Some(item.product.asin),
                    sku: Some(item.product.sku),
                    quantity_shipped: item.quantity,
                    fulfillment_network: network,
                    ..wire::Context::default()
                }],
            }
        });
        each.collect()
    }

    fn contexts(&self) -> Vec<wire::Context> {
        let deferral = self.transaction().and_then(|of| of.deferral);
        let context = deferral.map(|held| wire::Context {
            context_type: "DeferredContext",
            deferral_reason: Some(held.reason),
            maturity_date: Some(held.maturity.iso()),
            ..wire::Context::default()
        });
        context.into_iter().collect()
    }
}
