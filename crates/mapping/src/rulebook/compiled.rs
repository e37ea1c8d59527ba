//! A rule book made runnable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{Currency, Day};
use facts::Chart;

use crate::rulebook::expression::{CellError, Formula};
use crate::rulebook::inputs::{Fields, Inputs, LINE, ORDER, TAX};
use crate::rulebook::table::{CompiledTable, Decision, Report, RuleFailure, Shape, Table};
use crate::rulebook::{
    DatedRate, EVALUATOR, Field, Marketplace, Role, RuleBook, RuleError, Settings, Sku,
};

/// Compiled once per published version and shared between threads.
#[derive(Debug, Clone)]
pub struct Compiled(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    book: RuleBook,
    hash: String,
    skus: BTreeMap<String, Sku>,
    posting: CompiledTable,
    accounts: CompiledTable,
    tax: CompiledTable,
    tracking: CompiledTable,
    contacts: CompiledTable,
    header: BTreeMap<String, (String, Formula)>,
    line: BTreeMap<String, (String, Formula)>,
}

/// The tables that order rules consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Posting,
    Accounts,
    Tax,
    Tracking,
    Contacts,
}

const POSTING: Shape =
    Shape { name: "posting", fields: &[ORDER], required: &["act", "reason"], optional: &[] };
const ACCOUNTS: Shape =
    Shape { name: "accounts", fields: &[ORDER, LINE], required: &["account"], optional: &[] };
const TAXES: Shape = Shape {
    name: "tax",
    fields: &[ORDER, LINE, TAX],
    required: &["treatment", "class", "reason"],
    optional: &[],
};
const TRACKING: Shape = Shape {
    name: "tracking",
    fields: &[ORDER, LINE],
    required: &[],
    optional: &["category", "option", "category_2", "option_2"],
};
const CONTACTS: Shape =
    Shape { name: "contacts", fields: &[ORDER], required: &["name"], optional: &["key"] };

const HEADER_TARGETS: &[&str] = &["number", "reference", "url"];
const LINE_TARGETS: &[&str] = &["description"];

impl Compiled {
    pub(crate) fn new(book: &RuleBook) -> Result<Compiled, Vec<RuleError>> {
        let mut errors = Vec::new();
        let mut table =
            |table: &Table, shape: &Shape| CompiledTable::new(table, shape, &mut errors);
        let posting = table(&book.tables.posting, &POSTING);
        let accounts = table(&book.tables.accounts, &ACCOUNTS);
        let tax = table(&book.tables.tax, &TAXES);
        let tracking = table(&book.tables.tracking, &TRACKING);
        let contacts = table(&book.tables.contacts, &CONTACTS);
        let mut header = Report { table: "header", errors: &mut errors };
        let header = formulas(&book.header, &[ORDER], HEADER_TARGETS, &mut header);
        let mut line = Report { table: "line", errors: &mut errors };
        let line = formulas(&book.line, &[ORDER, LINE], LINE_TARGETS, &mut line);
        let hash = hash(book, &mut errors);
        match (posting, accounts, tax, tracking, contacts) {
            (Some(posting), Some(accounts), Some(tax), Some(tracking), Some(contacts))
                if errors.is_empty() =>
            {
                let book = book.clone();
                let skus = book.skus.iter().map(|known| (known.sku.clone(), known.clone()));
                let skus = skus.collect();
                Ok(Compiled(Arc::new(Inner {
                    book,
                    hash,
                    skus,
                    posting,
                    accounts,
                    tax,
                    tracking,
                    contacts,
                    header,
                    line,
                })))
            }
            _ => Err(errors),
        }
    }

    pub fn book(&self) -> &RuleBook {
        &self.0.book
    }

    /// The rule book's content hash.
    pub fn hash(&self) -> &str {
        &self.0.hash
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.book.settings
    }

    pub(crate) fn table(&self, ask: Ask) -> &CompiledTable {
        match ask {
            Ask::Posting => &self.0.posting,
            Ask::Accounts => &self.0.accounts,
            Ask::Tax => &self.0.tax,
            Ask::Tracking => &self.0.tracking,
            Ask::Contacts => &self.0.contacts,
        }
    }

    pub(crate) fn ask(&self, ask: Ask, inputs: &Inputs) -> Result<Decision, RuleFailure> {
        self.table(ask).decide(inputs)
    }

    /// A field of the invoice; none where the rule book does not fill it.
    pub(crate) fn header(&self, target: &str, inputs: &Inputs) -> Filled {
        filled("header", &self.0.header, target, inputs)
    }

    /// A field of a line.
    pub(crate) fn line(&self, target: &str, inputs: &Inputs) -> Filled {
        filled("line", &self.0.line, target, inputs)
    }

    pub(crate) fn account(&self, role: Role) -> Option<&str> {
        self.0.book.accounts.get(&role).map(String::as_str)
    }

    pub(crate) fn tax_type(&self, class: &str) -> Option<&str> {
        self.0.book.tax_types.get(class).map(String::as_str)
    }

    pub(crate) fn sku(&self, sku: &str) -> Option<&Sku> {
        self.0.skus.get(sku)
    }

    /// SKUs whose goods carry no tax in the organisation: as the owner's table says, by the rate of
    /// their class there.
    pub fn untaxed_skus(&self, chart: &Chart) -> BTreeSet<String> {
        let is_without = |sku: &&Sku| {
            let tax_type = sku.tax_class.as_deref().and_then(|class| self.tax_type(class));
            let rate = tax_type.and_then(|tax_type| chart.tax_rate(tax_type));
            rate.is_some_and(|rate| rate.percent.is_zero())
        };
        self.0.book.skus.iter().filter(is_without).map(|sku| sku.sku.clone()).collect()
    }

    pub(crate) fn marketplace(&self, id: &str) -> Option<&Marketplace> {
        self.0.book.marketplaces.iter().find(|known| known.marketplace_id == id)
    }

    /// The currency's rate on a day: the latest one that begins on or before it.
    pub(crate) fn rate(&self, currency: Currency, day: Day) -> Option<&DatedRate> {
        let rates = self.0.book.rates.iter();
        rates.filter(|rate| rate.currency == currency && rate.from <= day).max_by_key(|r| r.from)
    }
}

/// What a field map gives for a target.
pub(crate) type Filled = Result<Option<String>, RuleFailure>;

fn filled(
    table: &'static str,
    formulas: &BTreeMap<String, (String, Formula)>,
    target: &str,
    inputs: &Inputs,
) -> Filled {
    let Some((id, formula)) = formulas.get(target) else { return Ok(None) };
    formula.text(inputs).map(Some).map_err(|problem| RuleFailure::Cell {
        table,
        row: id.clone(),
        cell: target.to_owned(),
        problem,
    })
}

fn formulas(
    fields: &[Field],
    known: Fields<'_>,
    targets: &[&str],
    report: &mut Report<'_>,
) -> BTreeMap<String, (String, Formula)> {
    let mut filled = BTreeMap::new();
    for field in fields {
        let formula: Result<Formula, CellError> = Formula::new(&field.formula, known);
        if !targets.contains(&field.target.as_str()) {
            report.add(&field.id, &field.target, "there is no such target".to_owned());
        }
        match formula {
            Ok(formula) => {
                let before = filled.insert(field.target.clone(), (field.id.clone(), formula));
                if before.is_some() {
                    report.add(&field.id, &field.target, "it is filled twice".to_owned());
                }
            }
            Err(problem) => report.add(&field.id, &field.target, problem.to_string()),
        }
    }
    for target in targets.iter().filter(|target| **target != "url") {
        if !filled.contains_key(*target) {
            report.add("", target, "it must be filled".to_owned());
        }
    }
    filled
}

fn hash(book: &RuleBook, errors: &mut Vec<RuleError>) -> String {
    let mut report = Report { table: "rule book", errors };
    if book.evaluator != EVALUATOR {
        let written_for =
            format!("written for {}, and this build runs {EVALUATOR}", book.evaluator);
        report.add("", "evaluator", written_for);
    }
    match book.hash() {
        Ok(hash) => hash,
        Err(error) => {
            report.add("", "", error.to_string());
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiled_rule_book_is_shared_between_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<Compiled>();
    }
}
