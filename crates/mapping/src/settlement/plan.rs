//! The documents that a settlement becomes.
//!
//! Each amount of a footing gets its account and tax from a pack, amounts that are alike become one
//! line, and the lines of a month part become one document. What is planned adds up to the
//! settlement to the cent, or nothing is planned.

pub(crate) mod lines;
mod per_order;
mod questions;
pub(crate) mod sheet;
mod summary;
mod untaxed;

use base::{Day, Money, MoneyError, Rate, Zone};
use serde::{Deserialize, Serialize};

use crate::Role;
use crate::settlement::footing::Footing;
use crate::settlement::pack::Pack;
use crate::settlement::plan::sheet::Sheet;
use crate::settlement::words::LineKind;

/// Parts of what carries rows begin with it.
pub(crate) const DOCUMENT: &str = "document:";

/// How a book posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One document per settlement and month part; its total is what reaches the bank.
    Summary,
    /// Orders and refunds have documents of their own; the settlement posts the rest.
    PerOrder,
}

impl Way {
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Summary => "summary",
            Way::PerOrder => "per_order",
        }
    }

    pub fn parse(text: &str) -> Option<Way> {
        [Way::Summary, Way::PerOrder].into_iter().find(|way| way.as_str() == text)
    }
}

/// What lines without tax become where a settlement posts what orders do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UntaxedLines {
    /// An invoice or a bill, paid at once: with the lines that are taxed.
    #[default]
    Document,
    /// Money received or spent on clearing, which must be of Xero's type BANK.
    BankTransaction,
    /// A journal against clearing, which must not be, in the organisation's own currency.
    ManualJournal,
}

impl UntaxedLines {
    pub const ALL: [UntaxedLines; 3] =
        [UntaxedLines::Document, UntaxedLines::BankTransaction, UntaxedLines::ManualJournal];

    pub fn as_str(self) -> &'static str {
        match self {
            UntaxedLines::Document => "document",
            UntaxedLines::BankTransaction => "bank_transaction",
            UntaxedLines::ManualJournal => "manual_journal",
        }
    }

    pub fn parse(text: &str) -> Option<UntaxedLines> {
        UntaxedLines::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// All documents of a settlement, in the order in which they are to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub way: Way,
    pub documents: Vec<Planned>,
    /// Posted by these documents, and covered by order documents or the book's opening balances:
    /// together the settlement's sum.
    pub posted: Money,
    pub covered: Money,
    /// What a person must answer before it is posted, as code and words.
    pub questions: Vec<Question>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// A page in `docs/errors`.
    pub code: String,
    pub detail: String,
}

/// One document or payment, by roles and tax classes: accounts and tax types come from the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Which of the settlement's documents: `document:1`, `payment:1`, `charge:1`, `payout`.
    pub part: String,
    pub what: What,
    /// `AMZ-EU-12345678901-1`; for payments the number of what is paid.
    pub number: String,
    pub date: Day,
    pub lines: Vec<PlannedLine>,
    /// Always more than zero; of a journal its debits.
    pub total: Money,
    pub tax: Money,
    /// Units of the total's currency for one of the organisation's, where the plan knows better than
    /// the rule book's table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// For people: `January part of settlement 12345678901`.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// ACCREC; stays open for the bank line where it is the settlement's last part.
    Invoice,
    /// ACCPAY.
    Bill,
    /// A payment of the document of part `of_part` out of or into an account.
    Payment {
        of_part: u32,
        account: Role,
    },
    /// RECEIVE on the bank account.
    Receive {
        bank: Role,
    },
    /// SPEND on a bank account or card.
    Spend {
        bank: Role,
    },
    Transfer {
        from: Role,
        to: Role,
    },
    /// A manual journal; what its lines come to is on `against`.
    Journal {
        against: Role,
    },
}

impl Planned {
    /// It carries rows of the settlement. Payments, charges and payouts only move money.
    pub fn is_document(&self) -> bool {
        self.part.starts_with(DOCUMENT)
    }

    /// An amount of its lines in the sense of income.
    pub fn as_income(&self, amount: Money) -> Result<Money, MoneyError> {
        match self.what {
            What::Bill | What::Spend { .. } => amount.negated(),
            What::Invoice
            | What::Payment { .. }
            | What::Receive { .. }
            | What::Transfer { .. }
            | What::Journal { .. } => Ok(amount),
        }
    }
}

/// One line, tax included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLine {
    pub kind: LineKind,
    pub is_refund: bool,
    pub description: String,
    pub role: Role,
    /// The tax class (`standard`, `input_standard`, `reverse_charge`, `none`), which the book's rule book turns
    /// into a tax type of the organisation.
    pub class: String,
    /// The rate that the pack expects of that class, where it is not zero.
    pub rate: Option<Rate>,
    /// In the document's sense: positive on an invoice or a journal is income, positive on a bill is a
    /// cost.
    pub amount: Money,
    /// The tax inside, of the same sign as `amount`.
    pub tax: Money,
    /// Amazon states the tax: the document's line carries it, whatever the rate gives.
    pub stated: bool,
    /// The rule that chose the class, and why.
    pub rule: String,
    pub reason: String,
    /// For tracking: `Amazon.de`; empty where rows name none.
    pub marketplace: String,
    pub fulfilment: String,
    pub rows: u64,
}

/// What a plan depends on besides the settlement and the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub way: Way,
    /// `EU`, `NA`, `FE`: a part of the documents' numbers.
    pub region: String,
    /// The number of the first document: 1 unless earlier ones were taken back, whose numbers Xero
    /// does not free.
    pub next_number: u32,
    /// The clearing account is of Xero's type BANK: document lines cannot stand on it.
    pub clearing_is_bank: bool,
    pub untaxed_lines: UntaxedLines,
    pub card: Card,
    /// What Amazon pays out, where that is not the settlement's currency.
    pub converted: Option<Converted>,
    /// The organisation's time zone: the payout's day is a day there.
    pub zone: Zone,
}

/// The card that Amazon charges for a settlement below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// The book does not say which it is.
    Unknown,
    Known,
    /// Kept in another currency: what the charge came to there only its statement tells.
    OtherCurrency,
}

/// A payout that Amazon converted on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converted {
    /// What reaches the bank, in the bank's currency.
    pub amount: Money,
    /// That currency is the organisation's own.
    pub is_base: bool,
}

/// Why a footing has no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("no rule of the tax pack fits {kind:?} in {marketplace:?}")]
    NoRule { kind: LineKind, marketplace: String },
    #[error("the tax pack has no account for {kind:?}")]
    NoAccount { kind: LineKind },
    #[error("the tax pack has no class {class:?}, which its rule {rule:?} names")]
    NoClass { class: String, rule: String },
    #[error("the documents come to {documents} and the settlement to {settlement}")]
    Differs { documents: Money, settlement: Money },
    #[error("an amount cannot be worked out")]
    Amount(#[from] MoneyError),
}

/// The documents that a settlement becomes under a pack. Pure: the same footing gives the same plan.
pub fn plan(footing: &Footing, pack: &Pack, about: &About) -> Result<Plan, PlanError> {
    let mut sheet = Sheet::new(footing, about);
    let claims = footing.claims.values().map(|claimed| claimed.amount);
    let covered = Money::sum(claims, footing.sum.currency())?.plus(footing.opened(None)?.amount)?;
    match about.way {
        Way::Summary => summary::draw(&mut sheet, pack)?,
        Way::PerOrder => per_order::draw(&mut sheet, pack)?,
    }
    let posted = sheet.posted()?;
    let documents = posted.plus(covered)?;
    if documents != footing.sum {
        return Err(PlanError::Differs { documents, settlement: footing.sum });
    }
    let questions = questions::of(footing, pack, about)?;
    Ok(Plan { way: about.way, documents: sheet.documents, posted, covered, questions })
}

#[cfg(test)]
mod tests;
