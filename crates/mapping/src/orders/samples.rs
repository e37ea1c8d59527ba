//! An organisation and orders for this crate's own tests.

use std::collections::BTreeMap;

use base::{Currency, FactId, Money, Subject, Timestamp};
use facts::finances::{Part, Transaction, TransactionItem, TransactionStatus};
use facts::order::{Channel, Charge, ChargeKind, FulfilledBy, Item, Order, Status};
use facts::{Body, Chart, Fact};
use intents::{BookId, Decided};

use crate::orders::Situation;
use crate::rulebook::{Compiled, Role, RuleBook};

/// A book in the United Kingdom, in posting mode.
pub(crate) struct Sample {
    pub(crate) book: BookId,
    pub(crate) rules: Compiled,
    pub(crate) chart: Chart,
    pub(crate) subject: Subject,
    pub(crate) facts: Vec<Fact>,
    pub(crate) decided: Vec<Decided>,
}

pub(crate) const ORDER_ID: &str = "202-1234567-1234567";

pub(crate) fn chart() -> Chart {
    serde_json::from_str(include_str!("../../tests/chart.json")).unwrap()
}

pub(crate) fn roles() -> BTreeMap<Role, String> {
    let named = [
        (Role::Sales, "acc-sales"),
        (Role::ShippingIncome, "acc-shipping"),
        (Role::GiftWrapIncome, "acc-wrap"),
        (Role::PromotionalRebates, "acc-promo"),
        (Role::MarketplaceTax, "acc-mtax"),
        (Role::ForeignVat, "acc-fvat"),
        (Role::Suspense, "acc-susp"),
        (Role::FxDifferences, "acc-fx"),
        (Role::Clearing(Currency::GBP), "acc-gbp"),
        (Role::Clearing(Currency::EUR), "acc-eur"),
        (Role::Clearing(Currency::USD), "acc-usd"),
    ];
    named.into_iter().map(|(role, id)| (role, id.to_owned())).collect()
}

pub(crate) fn rule_book() -> RuleBook {
    let mut book = RuleBook::first(&chart(), roles()).unwrap();
    book.settings.posting = crate::rulebook::Posting::Post;
    book
}

pub(crate) fn uk() -> Sample {
    Sample {
        book: BookId::from_stored("book_sample"),
        rules: rule_book().compile().unwrap(),
        chart: chart(),
        subject: Subject::order(ORDER_ID),
        facts: Vec::new(),
        decided: Vec::new(),
    }
}

impl Sample {
    pub(crate) fn with(mut self, change: impl FnOnce(&mut RuleBook)) -> Sample {
        let mut book = self.rules.book().clone();
        change(&mut book);
        self.rules = book.compile().unwrap();
        self
    }

    pub(crate) fn situation(&self) -> Situation<'_> {
        Situation {
            book: &self.book,
            rules: &self.rules,
            chart: &self.chart,
            subject: &self.subject,
            facts: &self.facts,
            decided: &self.decided,
            posted_before: 0,
        }
    }

    /// One mug for 12.00, shipped.
    #[expect(clippy::unused_self, reason = "it reads well: the sample's order")]
    pub(crate) fn order(&self) -> Order {
        order(vec![item("1", vec![(ChargeKind::Item, 12_00)])], 12_00)
    }
}

pub(crate) fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

pub(crate) fn item(id: &str, charges: Vec<(ChargeKind, i64)>) -> Item {
    let charge = |(kind, minor)| Charge { kind, amount: gbp(minor), parts: Vec::new() };
    Item {
        item_id: id.to_owned(),
        sku: Some(format!("SKU-{id}")),
        asin: None,
        title: Some("Mug".to_owned()),
        ordered: 1,
        fulfilled: Some(1),
        unfulfilled: Some(0),
        unit_price: None,
        total: None,
        charges: charges.into_iter().map(charge).collect(),
        promotions: Vec::new(),
        facilitator: None,
        reporting_scheme: None,
        cancelled_by: None,
    }
}

pub(crate) fn order(items: Vec<Item>, total: i64) -> Order {
    Order {
        order_id: ORDER_ID.to_owned(),
        region: "EU".to_owned(),
        seller_id: "A1SELLER".to_owned(),
        marketplace_id: "A1F83G8C2ARO7P".to_owned(),
        marketplace_name: "Amazon.co.uk".to_owned(),
        channel: Channel::Amazon,
        created: Timestamp::parse("2026-01-08T10:00:00Z").unwrap(),
        updated: Timestamp::parse("2026-01-10T15:00:00Z").unwrap(),
        status: Status::Shipped,
        fulfilled_by: FulfilledBy::Amazon,
        programs: Vec::new(),
        associated: Vec::new(),
        grand_total: Some(gbp(total)),
        charges: Vec::new(),
        items,
        payment_methods: Vec::new(),
        ship_to: None,
        buyer: None,
    }
}

pub(crate) fn fact(order: Order) -> Fact {
    let text = serde_json::to_string(&order).unwrap();
    Fact {
        id: FactId::derive(&["sample", &text]),
        subject: Subject::order(&order.order_id),
        occurred: order.updated,
        source: "amazon:EU:orders".to_owned(),
        raw_hash: String::new(),
        body: Body::Order(Box::new(order)),
    }
}

/// Ten in the morning of a day.
pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{text}T10:00:00Z")).unwrap()
}

/// A sale of 120.00 with 24.00 of fees, as Amazon's Finances tell it.
pub(crate) fn sale(id: &str, (posted, status): (&str, TransactionStatus)) -> Transaction {
    let part = |path: &[&str], minor| Part {
        path: path.iter().map(|word| (*word).to_owned()).collect(),
        amount: gbp(minor),
    };
    let parts = vec![
        part(&["Sales", "ProductCharges", "OurPricePrincipal"], 10_000),
        part(&["Sales", "ProductCharges", "OurPriceTax"], 2_000),
        part(&["Expenses", "AmazonFees", "Commission"], -2_400),
    ];
    Transaction {
        transaction_id: id.to_owned(),
        transaction_type: "Shipment".to_owned(),
        status,
        description: "Order Payment".to_owned(),
        posted: at(posted),
        total: gbp(9_600),
        region: "EU".to_owned(),
        seller_id: "A1SELLER".to_owned(),
        account_type: "Standard Orders".to_owned(),
        marketplace_id: "A1F83G8C2ARO7P".to_owned(),
        marketplace_name: "Amazon.co.uk".to_owned(),
        order_id: Some(ORDER_ID.to_owned()),
        shipment_id: None,
        refund_id: None,
        settlement_id: None,
        event_group_id: None,
        releases: None,
        released_by: None,
        deferral: None,
        items: vec![TransactionItem {
            item_id: None,
            adjustment_item_id: None,
            sku: Some("MUG".to_owned()),
            quantity: Some(1),
            fulfilment: "AFN".to_owned(),
            description: "Mug".to_owned(),
            total: gbp(9_600),
            parts,
        }],
        parts: Vec::new(),
    }
}

/// The transaction as a fact of its order.
pub(crate) fn fact_of(of: Transaction) -> Fact {
    let text = serde_json::to_string(&of).unwrap();
    Fact {
        id: FactId::derive(&["transaction", &text]),
        subject: Subject::order(ORDER_ID),
        occurred: of.posted,
        source: "amazon:EU:transactions".to_owned(),
        raw_hash: String::new(),
        body: Body::Transaction(Box::new(of)),
    }
}
