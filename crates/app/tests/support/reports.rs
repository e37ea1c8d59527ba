//! Amazon's settlement reports, written in code: real-shaped, with made-up numbers.

use std::fmt::Write as _;

const COLUMNS: &str = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\torder-id\tmerchant-order-id\tadjustment-id\tshipment-id\tmarketplace-name\tamount-type\tamount-description\tamount\tfulfillment-id\tposted-date\tposted-date-time\torder-item-code\tmerchant-order-item-id\tmerchant-adjustment-item-id\tsku\tquantity-purchased\tpromotion-id";

/// A flat file V2 of one settlement, in Britain's manner.
pub(crate) struct Flat {
    pub(crate) id: String,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) deposit: String,
    pub(crate) total: String,
    pub(crate) currency: String,
    pub(crate) rows: Vec<[String; 7]>,
}

impl Flat {
    /// The worked example: sold for 120.00, fees of 21.96, 98.04 paid out.
    pub(crate) fn uk() -> Flat {
        let mut flat = Flat {
            id: "11111111111".to_owned(),
            start: "02.11.2026 08:00:00 UTC".to_owned(),
            end: "16.11.2026 08:00:00 UTC".to_owned(),
            deposit: "18.11.2026 08:00:00 UTC".to_owned(),
            total: "98.04".to_owned(),
            currency: "GBP".to_owned(),
            rows: Vec::new(),
        };
        let order = "202-1111111-1111111";
        flat.row(["Order", order, "ItemPrice", "Principal"], "100.00");
        flat.row(["Order", order, "ItemPrice", "Tax"], "20.00");
        flat.row(["Order", order, "ItemFees", "Commission"], "-18.36");
        flat.row(["Order", order, "ItemFees", "FBAPerUnitFulfillmentFee"], "-3.60");
        flat
    }

    /// A row by transaction type, order, amount type and description.
    pub(crate) fn row(&mut self, words: [&str; 4], amount: &str) {
        self.row_on(words, amount, "05.11.2026 10:00:00 UTC");
    }

    pub(crate) fn row_on(&mut self, words: [&str; 4], amount: &str, posted: &str) {
        let [kind, order, what, text] = words;
        let row = [kind, order, "Amazon.co.uk", what, text, amount, posted];
        self.rows.push(row.map(str::to_owned));
    }

    pub(crate) fn text(&self) -> String {
        let mut out = format!("{COLUMNS}\n");
        let head = [&self.id, &self.start, &self.end, &self.deposit, &self.total, &self.currency];
        let head = head.map(String::as_str).join("\t");
        writeln!(out, "{head}{}", "\t".repeat(18)).unwrap();
        for [kind, order, marketplace, what, text, amount, posted] in &self.rows {
            let (marketplace, item, sku, by) = if order.is_empty() {
                ("", "", "", "")
            } else {
                (marketplace.as_str(), "12345678901", "MUG-1", "AFN")
            };
            let day = posted.split(' ').next().unwrap();
            writeln!(
                out,
                "{}\t\t\t\t\t\t{kind}\t{order}\t{order}\t\t\t{marketplace}\t{what}\t{text}\t{amount}\t{by}\t{day}\t{posted}\t{item}\t\t\t{sku}\t\t",
                self.id
            )
            .unwrap();
        }
        out
    }
}
