//! Deciding single orders.

mod amounts;
mod changes;
mod contacts;
mod ended;
mod stops;

use base::{Currency, Day, FactId, Money, Timestamp};
use facts::chart::LedgerContact;
use facts::order::{Channel, ChargeKind, FulfilledBy, Item, Order, OrderCharge, Part, Status};
use facts::{Act, Approval, Body, Fact};
use intents::{Body as Planned, ContactRef, Decided, Intent, Invoice, Progress, Receipt, State};

use super::samples::{Sample, fact, gbp, item, order, uk};
use super::{Changes, decide};
use crate::rulebook::{
    ContactPolicy, InvoiceDate, Posting, RuleBook, Sku, Table, TrackedItems, UnknownSku,
};

impl Sample {
    pub(super) fn having(mut self, order: Order) -> Sample {
        self.facts.push(fact(order));
        self
    }

    pub(super) fn decide(&self) -> Changes {
        decide(&self.situation())
    }
}

#[track_caller]
fn stops(sample: &Sample, code: &str) -> String {
    let changes = sample.decide();
    assert!(changes.intents.is_empty(), "{changes:?}");
    let stop = changes.stop.expect("a stop");
    assert_eq!(stop.code, code, "{}", stop.detail);
    stop.detail
}

#[track_caller]
fn invoice(sample: &Sample) -> Invoice {
    let changes = sample.decide();
    assert_eq!(changes.stop, None);
    let Planned::Invoice(invoice) = &changes.intents.first().expect("an invoice").body else {
        panic!("no invoice: {changes:?}")
    };
    invoice.clone()
}

fn mug() -> Order {
    uk().order()
}

fn row(table: &mut Table, cells: &str) {
    let text = table.as_json().replacen("\"rules\": [", &format!("\"rules\": [{{{cells}}},"), 1);
    *table = Table::from_json(text).unwrap();
}
