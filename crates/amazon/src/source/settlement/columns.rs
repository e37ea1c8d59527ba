//! Where the columns of a flat file are: by their names, in any order.

use super::cells::{NONE, Tabs};
use super::malformed::{Malformed, Place, quoted, refused};

/// The columns of a flat file. V1 has no amount type and no separate time.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) count: usize,
    pub(super) id: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) deposit: usize,
    pub(super) total: usize,
    pub(super) currency: usize,
    pub(super) transaction_type: usize,
    pub(super) order_id: usize,
    pub(super) merchant_order_id: usize,
    pub(super) adjustment_id: usize,
    pub(super) shipment_id: usize,
    pub(super) marketplace: usize,
    pub(super) fulfilment: usize,
    pub(super) posted_date: usize,
    pub(super) posted_time: usize,
    pub(super) order_item_code: usize,
    pub(super) sku: usize,
    pub(super) quantity: usize,
    pub(super) promotion_id: usize,
    /// One in V2, nine or so in V1.
    pub(super) amounts: Vec<Amount>,
}

/// A column of amounts, and where the words for them are.
#[derive(Debug)]
pub(super) struct Amount {
    pub(super) index: usize,
    pub(super) words: usize,
    pub(super) kind: Kind,
}

/// Which of V2's amount types a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// V2 names the type in a cell.
    Cell(usize),
    /// V1's columns have one type each.
    Of(&'static str),
    /// V1's `item-related-fee`: its own type on service fees.
    ItemFees,
    /// V1's `other-amount`: the transaction's type is what describes it.
    Other,
    /// An amount column that V1 did not have when this was written.
    Unknown(String),
}

/// Shared by both flat files.
const BOTH: [&str; 17] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "fulfillment-id",
    "posted-date",
    "order-item-code",
    "sku",
    "quantity-purchased",
];

const V2: [&str; 4] = ["amount-type", "amount-description", "amount", "posted-date-time"];

/// V1's amounts and the columns that say what they are. The three of promotions are left out by
/// Amazon when there was none.
const V1: [(&str, &str); 9] = [
    ("shipment-fee-amount", "shipment-fee-type"),
    ("order-fee-amount", "order-fee-type"),
    ("price-amount", "price-type"),
    ("item-related-fee-amount", "item-related-fee-type"),
    ("misc-fee-amount", ""),
    ("other-fee-amount", "other-fee-reason-description"),
    ("promotion-amount", "promotion-type"),
    ("direct-payment-amount", "direct-payment-type"),
    ("other-amount", ""),
];

/// In both files, used for nothing.
const UNUSED: [&str; 2] = ["merchant-order-item-id", "merchant-adjustment-item-id"];

/// The names of a flat file's first line, in lower case.
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn of(text: &str, tabs: &mut Tabs) -> Names {
        tabs.cut(text);
        let name = |index| tabs.get(text, index).trim_matches('"').to_ascii_lowercase();
        let mut names: Vec<String> = (0..tabs.count()).map(name).collect();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        Names(names)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.at(name) != NONE
    }

    /// V2 and V1 differ in how they name amounts.
    pub(super) fn is_v1(&self) -> bool {
        ["price-type", "price-amount", "item-related-fee-type", "other-amount"]
            .iter()
            .any(|name| self.has(name))
    }

    /// More than a chance likeness: enough of the shared names to say which of them are missing.
    pub(super) fn is_settlement(&self) -> bool {
        const ENOUGH: usize = 5;
        BOTH.iter().chain(&V2).filter(|name| self.has(name)).count() >= ENOUGH
            && (self.has("settlement-id") || self.has("amount-type") || self.has("total-amount"))
    }

    pub(super) fn columns(&self, line: u64) -> Result<Columns, Malformed> {
        self.check(line)?;
        Ok(Columns {
            count: self.0.len(),
            id: self.at("settlement-id"),
            start: self.at("settlement-start-date"),
            end: self.at("settlement-end-date"),
            deposit: self.at("deposit-date"),
            total: self.at("total-amount"),
            currency: self.at("currency"),
            transaction_type: self.at("transaction-type"),
            order_id: self.at("order-id"),
            merchant_order_id: self.at("merchant-order-id"),
            adjustment_id: self.at("adjustment-id"),
            shipment_id: self.at("shipment-id"),
            marketplace: self.at("marketplace-name"),
            fulfilment: self.at("fulfillment-id"),
            posted_date: self.at("posted-date"),
            posted_time: self.at("posted-date-time"),
            order_item_code: self.at("order-item-code"),
            sku: self.at("sku"),
            quantity: self.at("quantity-purchased"),
            promotion_id: self.at("promotion-id"),
            amounts: self.amounts(),
        })
    }

    /// Names that are in neither layout.
    pub(super) fn unknown(&self) -> Vec<String> {
        let is_amount =
            |name: &str| V1.iter().any(|(amount, words)| name == *amount || name == *words);
        let is_known = |name: &str| {
            BOTH.contains(&name)
                || V2.contains(&name)
                || UNUSED.contains(&name)
                || name == "promotion-id"
                || is_amount(name)
        };
        self.0.iter().filter(|name| !is_known(name)).cloned().collect()
    }

    fn at(&self, name: &str) -> usize {
        let named = |other: &String| other == name && !name.is_empty();
        self.0.iter().position(named).unwrap_or(NONE)
    }

    fn check(&self, line: u64) -> Result<(), Malformed> {
        for (index, name) in self.0.iter().enumerate() {
            if !name.is_empty() && self.at(name) < index {
                let detail = format!("two columns are named {}", quoted(name));
                return Err(refused(
                    "settlement_columns_doubled",
                    Place::cell(line, index),
                    detail,
                ));
            }
        }
        let own: Vec<&str> = if self.is_v1() {
            let named = V1.iter().flat_map(|(amount, words)| [*amount, *words]);
            named.filter(|name| !name.is_empty() && !name.starts_with("promotion-")).collect()
        } else {
            V2.to_vec()
        };
        let all = BOTH.iter().copied().chain(own);
        let missing: Vec<&str> = all.filter(|name| !self.has(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let detail = format!("columns are missing: {}", missing.join(", "));
        Err(refused("settlement_columns_missing", Place::line(line), detail))
    }

    fn amounts(&self) -> Vec<Amount> {
        if !self.is_v1() {
            let kind = Kind::Cell(self.at("amount-type"));
            let words = self.at("amount-description");
            return vec![Amount { index: self.at("amount"), words, kind }];
        }
        let is_amount = |name: &str| name.ends_with("-amount") && name != "total-amount";
        let named = self.0.iter().enumerate().filter(|(_, name)| is_amount(name));
        named.map(|(index, name)| self.amount(index, name)).collect()
    }

    fn amount(&self, index: usize, name: &str) -> Amount {
        let known = V1.iter().find(|(amount, _)| *amount == name);
        let words = known.map_or_else(
            || self.at(&format!("{}-type", name.trim_end_matches("-amount"))),
            |(_, words)| self.at(words),
        );
        let kind = match name {
            "shipment-fee-amount" => Kind::Of("ShipmentFees"),
            "order-fee-amount" => Kind::Of("OrderFees"),
            "price-amount" => Kind::Of("ItemPrice"),
            "item-related-fee-amount" => Kind::ItemFees,
            "misc-fee-amount" => Kind::Of("MiscFee"),
            "other-fee-amount" => Kind::Of("OtherFee"),
            "promotion-amount" => Kind::Of("Promotion"),
            "direct-payment-amount" => Kind::Of("DirectPayment"),
            "other-amount" => Kind::Other,
            unknown => Kind::Unknown(unknown.to_owned()),
        };
        Amount { index, words, kind }
    }
}
