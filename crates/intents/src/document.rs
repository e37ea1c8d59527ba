//! The documents that intents describe: final in every amount, account, date and text.

use base::{Currency, Day, Decimal, Money, Rate};
use serde::{Deserialize, Serialize};

use crate::IntentId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// At most 255 characters, no angle brackets, no doubled spaces.
    pub name: String,
    /// Our key: `amazon:<seller>:<marketplace>`, at most 50 characters.
    pub number: String,
    pub email: Option<String>,
}

/// An untracked item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// At most 30 characters; Amazon's SKUs may have 40.
    pub code: String,
    /// At most 50 characters.
    pub name: String,
    pub description: String,
}

/// Whom a document is addressed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactRef {
    /// A contact that Xero has: by `ContactID`.
    Known(String),
    /// A contact that an intent makes: its receipt's id.
    Made(IntentId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Not in the ledger; no payment.
    Draft,
    Authorised,
}

/// A sales invoice (ACCREC) whose lines include their tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// `AMZ-<order id>`, unique for ever, even when voided.
    pub number: String,
    pub contact: ContactRef,
    pub date: Day,
    pub due_date: Day,
    pub currency: Currency,
    /// Foreign units for one unit of the organisation's currency; none in its own currency.
    pub rate: Option<Rate>,
    /// Who said the rate that the amounts were converted by, or are to be: `HMRC monthly`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_source: Option<String>,
    /// The day from which that rate holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_from: Option<Day>,
    /// The order id.
    pub reference: String,
    /// The order in Seller Central.
    pub url: Option<String>,
    pub status: InvoiceStatus,
    pub lines: Vec<Line>,
    /// Sum of the lines, tax included: Amazon's grand total.
    pub total: Money,
    /// Sum of the lines' tax.
    pub tax: Money,
}

/// A credit note to a customer (ACCRECCREDIT), lines positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNote {
    /// `AMZ-<order id>-CN<n>`.
    pub number: String,
    pub contact: ContactRef,
    pub date: Day,
    pub currency: Currency,
    pub rate: Option<Rate>,
    pub reference: String,
    pub lines: Vec<Line>,
    pub total: Money,
    pub tax: Money,
}

/// One line, tax included: `quantity` times `unit_amount` is `amount`, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub description: String,
    pub quantity: Decimal,
    /// At most four decimals.
    pub unit_amount: Decimal,
    pub amount: Money,
    pub account_id: String,
    pub account_code: String,
    pub tax_type: String,
    /// The tax inside the line, as Amazon states it or as the rate gives it.
    pub tax: Money,
    /// Why this tax type: shown to the accountant.
    pub tax_reason: String,
    pub item_code: Option<String>,
    pub tracking: Vec<Tracking>,
    /// What of the order the line carries: later documents claim against these.
    pub covers: Vec<Cover>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    pub category_id: String,
    pub option_id: String,
    /// For people: `Marketplace: Amazon.co.uk`.
    pub label: String,
}

/// A component of an order item (or of the order, when `item_id` is empty) and how much of the
/// line it makes up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    pub item_id: String,
    /// `item`, `shipping`, `gift_wrap`, `discount`, `facilitator_tax`, `delivery_tip` and so on.
    pub component: String,
    pub amount: Money,
}

/// Money received against an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The intent that made the invoice.
    pub invoice: IntentId,
    pub invoice_number: String,
    pub account_id: String,
    pub account_name: String,
    pub date: Day,
    pub amount: Money,
    /// The invoice's rate, used again.
    pub rate: Option<Rate>,
    /// The order id.
    pub reference: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    pub credit_note: IntentId,
    pub credit_note_number: String,
    pub invoice: IntentId,
    pub invoice_number: String,
    pub date: Day,
    pub amount: Money,
}

/// Money that reached or left a bank account outside any invoice: RECEIVE or SPEND.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankTransaction {
    pub direction: Direction,
    /// Must be of type BANK; its currency is the transaction's.
    pub bank_account_id: String,
    pub bank_account_name: String,
    pub contact: ContactRef,
    pub date: Day,
    pub currency: Currency,
    /// Units of `currency` for one of the organisation's, where they differ; at most six decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Ours, by which it is found again: `AMZ-EU-12345678901-payout`.
    pub reference: String,
    /// Each of no tax of one's own: Xero works the tax of bank transactions out by itself.
    pub lines: Vec<Line>,
    /// Sum of the lines; always more than zero.
    pub total: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Receive,
    Spend,
}

/// Money moved between two bank accounts of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankTransfer {
    pub from_account_id: String,
    pub from_account_name: String,
    pub to_account_id: String,
    pub to_account_name: String,
    pub date: Day,
    pub amount: Money,
    pub reference: String,
}

/// A journal that adds up to nothing, in the organisation's own currency, without tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualJournal {
    /// Begins with our key, by which Xero finds it again: `AMZ-EU-2026-01-A1 Accrued fees`.
    pub narration: String,
    pub date: Day,
    /// Debits positive, credits negative.
    pub lines: Vec<JournalLine>,
    /// Money moved by it: a report of cash shows it. Accruals and stock have no place there.
    #[serde(default, skip_serializing_if = "is_no")]
    pub on_cash_basis: bool,
}

impl ManualJournal {
    /// Our key, with which the narration begins.
    pub fn number(&self) -> &str {
        self.narration.split(' ').next().unwrap_or_default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_no(flag: &bool) -> bool {
    !flag
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    pub description: String,
    pub amount: Money,
    pub account_id: String,
    pub account_code: String,
    pub tax_type: String,
    pub tracking: Vec<Tracking>,
    /// What of a settlement's rows the line carries, positive where Amazon owes it to the seller.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
}

/// A file of the archive, shown at a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The intent that made the document.
    pub to: IntentId,
    pub to_kind: crate::Kind,
    /// Without `< > : " / \\ | ? * +`.
    pub file_name: String,
    pub content_type: String,
    /// SHA-256 of the bytes in the archive, at most 10 MB.
    pub hash: String,
}

/// A document that an intent made is taken back: a payment or a bank transaction deleted, an
/// allocation removed, a bill, a credit note or a journal voided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// The intent that made it.
    pub of: IntentId,
    /// What that intent made.
    pub of_kind: crate::Kind,
    /// For people: `payment of 12.00 GBP on AMZ-EU-1-1`.
    pub label: String,
    /// For an allocation: the intent of the credit note that it stands on.
    pub on: Option<IntentId>,
}
