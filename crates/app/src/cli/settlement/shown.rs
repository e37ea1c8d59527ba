//! What is shown of settlements, whichever way: the object that `--json` prints, and what the table,
//! the spreadsheets and the page are made of.

use std::fmt;

use base::{Currency, Money};
use facts::settlement::Layout;
use mapping::settlement::{Category, Check, Verdict};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// The one object.
#[derive(Debug, Serialize)]
pub(super) struct Output {
    pub(super) settlements: Vec<Shown>,
    pub(super) files: Vec<FileShown>,
}

/// One settlement. Amounts are plain decimals in `currency`.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub(super) settlement_id: String,
    pub(super) file: String,
    /// Other files with the same rows, byte for byte.
    pub(super) also_in: Vec<String>,
    pub(super) layout: Layout,
    pub(super) currency: Currency,
    pub(super) region: String,
    pub(super) marketplace: String,
    pub(super) start: String,
    pub(super) end: String,
    pub(super) deposit_date: Option<String>,
    /// Money rows.
    pub(super) rows: u64,
    /// What Amazon declares; a date-range report declares nothing.
    pub(super) total: Option<Plain>,
    pub(super) sum: Plain,
    /// `null` where Amazon declares no total to foot with.
    pub(super) foots: Option<bool>,
    pub(super) categories: Categories,
    pub(super) unknown: Vec<UnknownShown>,
    pub(super) checks: Vec<CheckShown>,
    pub(super) rules: RulesShown,
    /// Why there are no documents, or what to know about them.
    pub(super) notes: Vec<String>,
    /// What the documents carry, and what documents of orders carry.
    pub(super) posted: Plain,
    pub(super) covered: Plain,
    pub(super) accounts: Vec<AccountShown>,
    pub(super) documents: Vec<DocumentShown>,
    /// What a person must answer before it is posted.
    pub(super) questions: Vec<QuestionShown>,
    /// The root of the hash tree over the rows, where a proof or a page is asked for, or several
    /// files are compared.
    pub(super) root: Option<String>,
}

impl Shown {
    /// A failing check holds the documents until a person has looked.
    pub(super) fn is_held(&self) -> bool {
        self.checks.iter().any(|check| check.verdict == Verdict::Fails)
    }
}

/// An amount as a plain decimal: `-12.34`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plain(pub(super) Money);

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.amount().fmt(f)
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Category and amount, as an object in the order in which people read them.
#[derive(Debug)]
pub(super) struct Categories(pub(super) Vec<(Category, Money)>);

impl Serialize for Categories {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (category, amount) in &self.0 {
            map.serialize_entry(category.as_str(), &Plain(*amount))?;
        }
        map.end()
    }
}

#[derive(Debug, Serialize)]
pub(super) struct UnknownShown {
    pub(super) transaction_type: String,
    pub(super) amount_type: String,
    pub(super) amount_description: String,
    pub(super) rows: u64,
    pub(super) amount: Plain,
    pub(super) first_line: u64,
    /// The category of the known words that are most like these.
    pub(super) suggestion: Option<Category>,
    pub(super) suggested_by: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct CheckShown {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) verdict: Verdict,
    pub(super) expected: Option<Plain>,
    pub(super) found: Option<Plain>,
    pub(super) detail: String,
}

impl From<&Check> for CheckShown {
    fn from(check: &Check) -> CheckShown {
        CheckShown {
            name: check.name.clone(),
            code: check.code.clone(),
            verdict: check.verdict,
            expected: check.expected.map(Plain),
            found: check.found.map(Plain),
            detail: check.detail.clone(),
        }
    }
}

/// Under which rules the documents are planned.
#[derive(Debug, Serialize)]
pub(super) struct RulesShown {
    /// `uk`, or the file; none where none fits.
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) hash: Option<String>,
    /// `summary` or `per_order`.
    pub(super) way: &'static str,
    /// `document`, `bank_transaction` or `manual_journal`.
    pub(super) untaxed_lines: &'static str,
    /// Why these, in words.
    pub(super) chosen: String,
}

/// What one account gets from the documents' lines. Positive is a credit: income, or a liability.
#[derive(Debug, Serialize)]
pub(super) struct AccountShown {
    pub(super) role: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) amount: Plain,
    pub(super) tax: Plain,
}

/// A document, or a payment beside it.
#[derive(Debug, Serialize)]
pub(super) struct DocumentShown {
    pub(super) part: String,
    /// `invoice`, `bill`, `payment`, `receive`, `spend`, `transfer`, `journal`.
    pub(super) kind: &'static str,
    pub(super) number: String,
    pub(super) date: String,
    pub(super) text: String,
    pub(super) total: Plain,
    pub(super) tax: Plain,
    /// The account that a payment, a receipt, a transfer or a journal goes through.
    pub(super) account: Option<String>,
    pub(super) lines: Vec<LineShown>,
}

impl DocumentShown {
    /// It carries rows, and Xero imports invoices and bills alone.
    pub(super) fn has_no_template(&self) -> bool {
        self.part.starts_with("document:") && !matches!(self.kind, "invoice" | "bill")
    }
}

/// A line, tax included.
#[derive(Debug, Serialize)]
pub(super) struct LineShown {
    pub(super) description: String,
    pub(super) role: String,
    pub(super) account: String,
    pub(super) account_name: String,
    pub(super) tax_class: String,
    /// In percent, such as `20`.
    pub(super) tax_rate: Option<String>,
    /// As the organisation's list of tax rates has it, for the import templates.
    pub(super) tax_name: String,
    pub(super) amount: Plain,
    pub(super) tax: Plain,
    pub(super) stated: bool,
    pub(super) rule: String,
    pub(super) reason: String,
    /// The rule book asks an accountant to confirm the tax.
    pub(super) confirm: bool,
    pub(super) marketplace: String,
    pub(super) fulfilment: String,
    pub(super) rows: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct QuestionShown {
    pub(super) code: String,
    pub(super) detail: String,
}

/// A file, read or not.
#[derive(Debug, Serialize)]
pub(super) struct FileShown {
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) read: Option<ReadShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorShown>,
}

/// How a file was understood.
#[derive(Debug, Serialize)]
pub(super) struct ReadShown {
    pub(super) layout: Layout,
    pub(super) encoding: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) settlements: Vec<String>,
    pub(super) diagnostics: DiagnosticsShown,
}

/// What was noticed in a file that is no error.
#[derive(Debug, Serialize)]
pub(super) struct DiagnosticsShown {
    pub(super) is_gzip: bool,
    pub(super) has_bom: bool,
    pub(super) decimals: Option<String>,
    pub(super) language: Option<String>,
    pub(super) blank_lines: u64,
    pub(super) padded_rows: u64,
    pub(super) lines_without_amount: u64,
    pub(super) repeated_settlements: u64,
    pub(super) repeated_rows: u64,
    pub(super) columns_unknown: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ErrorShown {
    pub(super) code: String,
    /// From 1; 0 is the file as a whole.
    pub(super) line: u64,
    /// The cell, from 1; 0 is the line as a whole.
    pub(super) column: u64,
    pub(super) detail: String,
    pub(super) advice: String,
}

/// `1,234,567.89`, for people.
pub(in crate::cli) fn grouped(money: Money) -> String {
    let text = money.amount().to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(w, r)| (w, Some(r)));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len().saturating_sub(index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart_for_people_only() {
        let money = |minor| Money::from_minor(minor, Currency::GBP);
        assert_eq!(grouped(money(-123_456_789)), "-1,234,567.89");
        assert_eq!(grouped(money(99_999)), "999.99");
        assert_eq!(grouped(money(-5)), "-0.05");
        assert_eq!(grouped(Money::from_minor(123_456, Currency::JPY)), "123,456");
        assert_eq!(Plain(money(-123_456_789)).to_string(), "-1234567.89");
    }

    #[test]
    fn categories_are_an_object_in_reading_order() {
        let categories = Categories(vec![
            (Category::Sales, Money::from_minor(100, Currency::GBP)),
            (Category::AmazonFee, Money::from_minor(-15, Currency::GBP)),
        ]);
        let text = serde_json::to_string(&categories).unwrap();
        assert_eq!(text, r#"{"sales":"1.00","amazon fee":"-0.15"}"#);
    }
}
