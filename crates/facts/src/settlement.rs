//! A settlement of Amazon's: what it says of itself, and its rows.

use base::{Currency, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// What a settlement report says of a settlement as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Amazon's number, such as `12345678901`.
    pub settlement_id: String,
    pub start: Timestamp,
    pub end: Timestamp,
    /// When Amazon starts the transfer; the bank has it one to five days later. Absent in a
    /// date-range report.
    pub deposit: Option<Timestamp>,
    /// What Amazon declares to have settled. Absent in a date-range report, which declares none.
    pub total: Option<Money>,
    pub currency: Currency,
}

/// One amount of a settlement, borrowed from the text that is being read. Words are Amazon's own,
/// trimmed; an empty text is an empty cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The line of the file, from 1, for people. One line may give several rows (V1, date range).
    pub line: u64,
    pub settlement_id: &'a str,
    pub transaction_type: &'a str,
    pub order_id: &'a str,
    pub merchant_order_id: &'a str,
    pub adjustment_id: &'a str,
    pub shipment_id: &'a str,
    /// `Amazon.de`, `Non-Amazon UK`, or nothing.
    pub marketplace: &'a str,
    pub amount_type: &'a str,
    pub amount_description: &'a str,
    /// Positive: Amazon owes it to the seller. In the settlement's currency.
    pub amount: Money,
    /// `AFN`, `MFN` or nothing.
    pub fulfilment: &'a str,
    pub posted: Timestamp,
    pub order_item_code: &'a str,
    pub sku: &'a str,
    pub quantity: &'a str,
    pub promotion_id: &'a str,
    /// The line's bytes as they stand in the file, without its end: what a proof hashes.
    pub raw: &'a [u8],
}

/// Which report a settlement was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// `GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2`: one amount a line.
    FlatFileV2,
    /// `GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE`, removed by Amazon on 11 November 2026.
    FlatFileV1,
    /// The unified transaction report of Seller Central: one transaction a line, no total.
    DateRange,
}

/// A settlement as it was found in a report: what the book keeps of it besides the archived bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub settlement: Settlement,
    pub layout: Layout,
    /// Amazon's report id, where it came by the API.
    pub report_id: Option<String>,
    pub region: String,
    pub seller_id: String,
    /// The marketplace that its rows name most often, such as `Amazon.de`; empty where none does.
    pub marketplace: String,
    /// Money rows, and their sum.
    pub rows: u64,
    pub sum: Money,
    /// The archived bytes are gzip, as Amazon gave them.
    #[serde(default)]
    pub gzip: bool,
}
