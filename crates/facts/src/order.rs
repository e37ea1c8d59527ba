//! An Amazon order in our words.

use base::{Currency, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// An order as it stood at `updated`. Everything but ids and times may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Amazon's 3-7-7 number.
    pub order_id: String,
    /// Which seller authorisation showed it: `EU`, `NA` or `FE`.
    pub region: String,
    pub seller_id: String,
    pub marketplace_id: String,
    /// `Amazon.co.uk`, as Amazon prints it; empty if it does not.
    pub marketplace_name: String,
    pub channel: Channel,
    /// When the customer placed it.
    pub created: Timestamp,
    pub updated: Timestamp,
    pub status: Status,
    pub fulfilled_by: FulfilledBy,
    /// `PRIME`, `AMAZON_BUSINESS`, `INVOICE_BY_AMAZON` and so on: an open set.
    pub programs: Vec<String>,
    pub associated: Vec<Associated>,
    /// What the seller receives for the order, tax included; absent while prices are not known.
    pub grand_total: Option<Money>,
    /// The order's charges summed over items, and those that belong to no item (a delivery tip).
    pub charges: Vec<OrderCharge>,
    pub items: Vec<Item>,
    /// How the buyer pays, such as `CreditCard` or `Invoice`.
    pub payment_methods: Vec<String>,
    /// Where the book's owner turned buyer data on.
    pub ship_to: Option<ShipTo>,
    pub buyer: Option<Buyer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Amazon,
    /// Multi-channel fulfilment of a sale made elsewhere.
    NonAmazon,
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    PendingAvailability,
    Pending,
    Unshipped,
    PartiallyShipped,
    Shipped,
    Cancelled,
    Unfulfillable,
    /// A word that the model does not list, or no word at all (empty).
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilledBy {
    Amazon,
    Merchant,
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Associated {
    pub order_id: String,
    pub association: Association,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Association {
    ReplacementOf,
    ExchangeOf,
    Other(String),
}

/// What an amount is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// The goods: price times quantity.
    Item,
    Shipping,
    GiftWrap,
    CodFee,
    Tax,
    /// Amazon prints it positive in some marketplaces and negative in others.
    Discount,
    DeliveryTip,
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCharge {
    pub kind: ChargeKind,
    /// Amazon has not charged it yet (a tip still open to change).
    pub is_pending: bool,
    /// As Amazon printed it, sign included.
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub item_id: String,
    /// The seller's SKU, up to 40 characters.
    pub sku: Option<String>,
    pub asin: Option<String>,
    pub title: Option<String>,
    pub ordered: u64,
    pub fulfilled: Option<u64>,
    pub unfulfilled: Option<u64>,
    pub unit_price: Option<Money>,
    /// Amazon's own total of this item.
    pub total: Option<Money>,
    pub charges: Vec<Charge>,
    pub promotions: Vec<String>,
    /// Who withholds and remits the tax, when it is not the seller (the marketplace facilitator).
    pub facilitator: Option<String>,
    /// `UOSS` or `IOSS`.
    pub reporting_scheme: Option<String>,
    pub cancelled_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub kind: ChargeKind,
    /// As Amazon printed it, sign included.
    pub amount: Money,
    /// What a tax or a discount falls upon, where Amazon says so.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub of: ChargeKind,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipTo {
    /// ISO 3166, two letters.
    pub country: Option<String>,
    pub state: Option<String>,
}

/// Personal data: present only where the book's owner turned it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub company: Option<String>,
    pub purchase_order: Option<String>,
}

impl Order {
    /// The currency of the order, from the grand total or the first amount that has one.
    pub fn currency(&self) -> Option<Currency> {
        let charges = self.items.iter().flat_map(|item| item.charges.iter().map(|c| c.amount));
        self.grand_total.or_else(|| charges.into_iter().next()).map(Money::currency)
    }

    /// True when the order replaces or exchanges another one: nothing is sold anew.
    pub fn is_replacement(&self) -> bool {
        self.associated.iter().any(|other| match &other.association {
            Association::ReplacementOf | Association::ExchangeOf => true,
            Association::Other(_) => false,
        })
    }

    pub fn has_program(&self, program: &str) -> bool {
        self.programs.iter().any(|word| word == program)
    }
}

impl Item {
    /// The sum of this item's charges of a kind, if it has any.
    pub fn charge(&self, kind: &ChargeKind) -> Option<&Charge> {
        self.charges.iter().find(|charge| charge.kind == *kind)
    }

    /// Units that are still part of the order: shipped or to be shipped.
    pub fn live(&self) -> u64 {
        match (self.fulfilled, self.unfulfilled) {
            (None, None) => self.ordered,
            (fulfilled, unfulfilled) => {
                fulfilled.unwrap_or(0).saturating_add(unfulfilled.unwrap_or(0))
            }
        }
    }
}
