//! The settlement report in its one living form: flat file V2, 24 columns and no quotes.

use base::Timestamp;

use super::setting::Setting;
use super::transaction::{Row, Transaction};

const COLUMNS: [&str; 24] = [
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
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

/// What the header row of a settlement says.
pub(crate) struct Head<'a> {
    pub id: &'a str,
    pub start: Timestamp,
    pub end: Timestamp,
    pub deposit: Timestamp,
    pub total: i64,
}

/// Writes the lines of one file.
pub(crate) struct File<'a> {
    pub setting: Setting,
    pub out: &'a mut String,
    /// The moment of the rows before, with its texts: most come in groups.
    posted: (Timestamp, String, String),
}

impl<'a> File<'a> {
    pub(crate) fn new(setting: Setting, out: &'a mut String) -> File<'a> {
        let (day, moment) = setting.day_and_moment(Timestamp(0));
        File { setting, out, posted: (Timestamp(0), day, moment) }
    }

    pub(crate) fn columns(&mut self) {
        self.out.push_str(&COLUMNS.join("\t"));
        self.out.push('\n');
    }

    /// The row that names the period and the total; all its other cells are empty.
    pub(crate) fn head(&mut self, head: &Head<'_>) {
        self.out.push_str(head.id);
        for at in [head.start, head.end, head.deposit] {
            self.cell(&self.setting.day_and_moment(at).1);
        }
        self.out.push('\t');
        self.setting.write_amount(self.out, head.total);
        self.cell(self.setting.market().marketplace().currency);
        self.out.extend(std::iter::repeat_n('\t', 18));
        self.out.push('\n');
    }

    /// A row of money.
    pub(crate) fn row(&mut self, id: &str, of: Option<&Transaction>, at: Timestamp, row: &Row) {
        let order = of.and_then(|of| of.order.as_ref());
        let item = row.item.and_then(|place| of.and_then(|of| of.items.get(place)));
        let text = |cell: Option<&'a str>| cell.unwrap_or_default();
        self.out.push_str(id);
        self.out.push_str("\t\t\t\t\t");
        self.cell(row.words.transaction_type);
        match order {
            Some(order) => {
                self.cell(&order.id);
                self.cell(&order.merchant_id);
                self.cell(&order.adjustment);
                self.cell(&order.shipment);
                self.cell(&order.store);
            }
            None => self.out.push_str("\t\t\t\t\t"),
        }
        self.cell(row.words.amount_type);
        self.cell(row.words.description);
        self.out.push('\t');
        self.setting.write_amount(self.out, row.amount);
        self.cell(order.map_or("", |order| order.network));
        self.moment(at);
        self.cell(item.map_or("", |item| &item.code));
        let is_elsewhere = order.is_some_and(|order| order.is_elsewhere);
        self.cell(item.filter(|_| is_elsewhere).map_or("", |item| item.product.sku));
        self.cell(item.map_or("", |item| &item.adjustment));
        self.cell(item.map_or("", |item| item.product.sku));
        match item.and_then(|item| item.quantity) {
            Some(quantity) => self.cell(&quantity.to_string()),
            None => self.out.push('\t'),
        }
        if !row.is_short {
            self.cell(text(row.promotion));
        }
        self.out.push('\n');
    }

    fn moment(&mut self, at: Timestamp) {
        if self.posted.0 != at {
            let (day, moment) = self.setting.day_and_moment(at);
            self.posted = (at, day, moment);
        }
        self.out.push('\t');
        self.out.push_str(&self.posted.1);
        self.out.push('\t');
        self.out.push_str(&self.posted.2);
    }

    fn cell(&mut self, text: &str) {
        self.out.push('\t');
        self.out.push_str(text);
    }
}
