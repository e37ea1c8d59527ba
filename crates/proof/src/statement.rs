//! What a proof says.

use std::collections::BTreeMap;

use base::{Currency, Day, Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::segments::{Sealed, Segment};
use crate::signature::Signature;
use crate::tree::Hash;

/// The version of the proof's shape. A change that older readers cannot follow takes the next one.
pub const FORMAT: u32 = 1;

/// All that is claimed of one settlement. The JSON has these fields in this order; an unknown field
/// is refused, because the signature would not cover it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub format: u32,
    pub settlement: Settlement,
    pub report: Report,
    /// The root of the tree over the report's rows of this settlement.
    pub root: Hash,
    /// How many rows each segment but the last holds.
    pub segment_rows: u64,
    pub segments: Vec<Segment>,
    /// By kind of amount; together the rows' sum.
    pub categories: BTreeMap<String, Money>,
    pub standing: Standing,
    pub coverage: Coverage,
    pub documents: Vec<Document>,
    pub checks: Vec<Check>,
    /// Amazon's own control totals, each given or named as missing.
    pub controls: Vec<Control>,
    pub payout: Option<MoneyOut>,
    pub book: BookSide,
    /// The program that made this, such as `daybook 0.1.0`.
    pub program: String,
    #[serde(with = "iso")]
    pub made_at: Timestamp,
    /// Signed with the key of an installation; otherwise with a key made for this proof alone,
    /// which says that nothing was changed since, not who made it.
    pub installation: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// What Amazon says of the settlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    pub settlement_id: String,
    /// `EU`, `NA`, `FE`; empty where a file does not say.
    pub region: String,
    /// The marketplace that most rows name.
    pub marketplace: String,
    pub currency: Currency,
    #[serde(with = "iso")]
    pub start: Timestamp,
    #[serde(with = "iso")]
    pub end: Timestamp,
    #[serde(with = "iso_option")]
    pub deposit: Option<Timestamp>,
    /// Amazon's declared total; a date-range report declares none.
    pub total: Option<Money>,
}

/// The document that the rows stand in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// SHA-256 of the file's bytes as they came, compressed if they came compressed.
    pub sha256: Hash,
    pub bytes: u64,
    /// `flat_file_v2`, `flat_file_v1`, `date_range`.
    pub layout: String,
    /// Money rows of this settlement, and their sum.
    pub rows: u64,
    pub sum: Money,
}

/// How far the documents have got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A file alone: what would be posted.
    Planned,
    /// Decided in a book; some of it may not be in Xero yet.
    Decided,
    /// All of it is in Xero, with the ids of its documents.
    Posted,
}

/// Each row is in exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Carried by documents of orders, or by the balances that the book began with.
    pub covered: Share,
    /// What of the covered rows the opening balances carry, where the book began in the midst of the
    /// settlement or after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Share>,
    /// Carried by this settlement's documents.
    pub posted: Share,
    /// Would be carried by this settlement's documents.
    pub planned: Share,
    /// Waits for a person.
    pub held: Share,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub rows: u64,
    pub amount: Money,
}

/// One document of the settlement's, or a payment beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub part: String,
    pub number: String,
    /// `invoice`, `bill`, `payment`, `receive`, `spend`, `transfer`, `journal`.
    pub kind: String,
    pub date: Day,
    /// As the ledger shows it, never negative; of a journal its debits.
    pub total: Money,
    pub tax: Money,
    /// What of the settlement's rows it carries, positive where Amazon owes it to the seller: the
    /// total of an invoice, or of money received on clearing in the place of one; that of a bill, or
    /// of money spent, with the other sign; what a journal leaves on clearing. Each without lines
    /// that only carry forward. Zero for what moves money.
    pub carries: Money,
    pub intent_id: Option<String>,
    pub xero_id: Option<String>,
    /// `planned`, `posted`, `held`.
    pub status: String,
}

impl Document {
    /// Rows are on documents. A payment, a transfer, a charge or a payout carries none.
    pub fn may_carry(&self) -> bool {
        let is_document = self.part.starts_with("document:");
        match self.kind.as_str() {
            "invoice" | "bill" | "journal" => true,
            "receive" | "spend" => is_document,
            _ => false,
        }
    }
}

/// One law of a settlement's arithmetic and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub name: String,
    pub code: String,
    pub verdict: Verdict,
    pub expected: Option<Money>,
    pub found: Option<Money>,
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Holds,
    Fails,
    /// A person should look; nothing is held.
    Review,
    /// What it would be compared with is not known.
    Missing,
}

/// A total that Amazon states elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// `summary`, `payout`, `event_group`.
    pub name: String,
    pub verdict: Verdict,
    pub expected: Option<Money>,
    pub found: Option<Money>,
    /// Where it came from, or why it is missing.
    pub detail: String,
}

/// The transfer to the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyOut {
    pub payout_id: Option<String>,
    pub amount: Money,
    #[serde(with = "iso_option")]
    pub initiated: Option<Timestamp>,
    /// Amazon's word for how it went.
    pub status: String,
    /// Whether Xero says that our receipt or payment is reconciled with the bank.
    pub is_matched: bool,
}

/// Under which rules it was decided, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookSide {
    /// The book's id; none for a file alone.
    pub book: Option<String>,
    /// The rule book or pack by name, and the hash of its content.
    pub rules: String,
    pub rules_hash: String,
    /// `summary` or `per_order`.
    pub way: String,
    /// The zone that calendar days are told in.
    pub zone: String,
}

impl Coverage {
    pub fn none(currency: Currency) -> Coverage {
        let none = Share { rows: 0, amount: Money::zero(currency) };
        Coverage { covered: none, opening: None, posted: none, planned: none, held: none }
    }

    pub fn shares(&self) -> [(&'static str, Share); 4] {
        [
            ("covered", self.covered),
            ("posted", self.posted),
            ("planned", self.planned),
            ("held", self.held),
        ]
    }
}

impl Proof {
    /// Takes over what sealing the rows gave.
    pub fn seal(&mut self, sealed: Sealed) {
        self.root = sealed.root;
        self.segment_rows = sealed.segment_rows;
        self.segments = sealed.segments;
        self.report.rows = sealed.rows;
        self.report.sum = sealed.sum;
    }
}

/// Moments as `2026-11-16T09:00:00.000Z`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field as it is")]
mod iso {
    use base::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        moment: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&moment.iso())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).map_err(serde::de::Error::custom)
    }
}

mod iso_option {
    use base::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands the field as it is")]
    pub(super) fn serialize<S: Serializer>(
        moment: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        moment.map(Timestamp::iso).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let parsed = text.map(|text| Timestamp::parse(&text)).transpose();
        parsed.map_err(serde::de::Error::custom)
    }
}
