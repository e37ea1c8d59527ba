//! Decision tables: the first row that matches decides, in the order the user sees.

mod compile;

use std::collections::BTreeMap;
use std::fmt;

use intents::Trace;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zen_expression::Variable;

use crate::rulebook::expression::{CellError, Formula, Test};
use crate::rulebook::inputs::{Inputs, in_words};
pub(crate) use compile::{Report, Shape};

/// A table's content in the JSON shape of the JDM decision-table editor, kept verbatim: what this
/// build does not read (column types, widths) must survive a save.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Table(Box<RawValue>);

/// The part of a table's content that decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Content {
    #[serde(rename = "hitPolicy")]
    pub hit_policy: String,
    pub inputs: Vec<Column>,
    pub outputs: Vec<Column>,
    /// Cells by column id, with `_id` and `_description`.
    pub rules: Vec<BTreeMap<String, Option<String>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    pub id: String,
    #[serde(default)]
    pub name: String,
    /// Of an input: the field its cells test; without one a cell is a condition on all fields.
    /// Of an output: what is decided.
    #[serde(default)]
    pub field: Option<String>,
}

/// A table ready to decide.
#[derive(Debug, Clone)]
pub(crate) struct CompiledTable {
    name: &'static str,
    inputs: Vec<Asked>,
    outputs: Vec<Output>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Asked {
    label: String,
    value: Option<Formula>,
}

#[derive(Debug, Clone)]
struct Output {
    id: String,
    field: String,
    is_required: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// One per input column; an empty cell asks nothing.
    tests: Vec<Option<(String, Test)>>,
    /// One per output column.
    answers: Vec<Option<Formula>>,
    /// The conditions' texts, for finding rows that can never be reached.
    pub(crate) sources: Vec<String>,
}

/// What a table said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    answers: BTreeMap<String, String>,
    pub(crate) trace: Trace,
}

/// Why a table said nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RuleFailure {
    #[error("no row of {table} matches {asked}")]
    NoMatch { table: &'static str, asked: String },
    #[error("{table}, row {row}, {cell}: {problem}")]
    Cell { table: &'static str, row: String, cell: String, problem: CellError },
}

impl Table {
    pub fn from_json(text: String) -> Result<Table, serde_json::Error> {
        RawValue::from_string(text).map(Table)
    }

    /// The JSON as it was given.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    pub fn content(&self) -> Result<Content, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get())
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for Table {}

impl Decision {
    /// An answer; empty where the row leaves an optional one out.
    pub(crate) fn get(&self, output: &str) -> &str {
        self.answers.get(output).map_or("", String::as_str)
    }
}

impl CompiledTable {
    /// The first matching row's answers. A cell that fails stops the table: it never counts as
    /// "no match".
    pub(crate) fn decide(&self, inputs: &Inputs) -> Result<Decision, RuleFailure> {
        let asked = self.asked(inputs)?;
        for row in &self.rows {
            if self.matches(row, &asked, inputs)? {
                return self.answer(row, &asked, inputs);
            }
        }
        Err(RuleFailure::NoMatch { table: self.name, asked: self.in_words(&asked) })
    }

    fn asked(&self, inputs: &Inputs) -> Result<Vec<Option<Variable>>, RuleFailure> {
        let value =
            |column: &Asked| column.value.as_ref().map(|formula| formula.value(inputs)).transpose();
        self.inputs
            .iter()
            .map(|column| {
                value(column).map_err(|problem| self.cell("(columns)", &column.label, problem))
            })
            .collect()
    }

    fn matches(
        &self,
        row: &Row,
        asked: &[Option<Variable>],
        inputs: &Inputs,
    ) -> Result<bool, RuleFailure> {
        for (test, value) in row.tests.iter().zip(asked) {
            let Some((cell, test)) = test else { continue };
            let holds = test.holds(value.as_ref(), inputs);
            if !holds.map_err(|problem| self.cell(&row.id, cell, problem))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn answer(
        &self,
        row: &Row,
        asked: &[Option<Variable>],
        inputs: &Inputs,
    ) -> Result<Decision, RuleFailure> {
        let mut answers = BTreeMap::new();
        for (output, formula) in self.outputs.iter().zip(&row.answers) {
            let text = match formula {
                Some(formula) => formula.text(inputs),
                None if output.is_required => Err(CellError::Nothing),
                None => continue,
            };
            let text = text.map_err(|problem| self.cell(&row.id, &output.id, problem))?;
            answers.insert(output.field.clone(), text);
        }
        let said: Vec<&str> = answers.values().map(String::as_str).collect();
        let reading = format!("{} → {}", self.in_words(asked), said.join(", "));
        let trace = Trace { table: self.name.to_owned(), rule: row.id.clone(), reading };
        Ok(Decision { answers, trace })
    }

    fn in_words(&self, asked: &[Option<Variable>]) -> String {
        let known = self.inputs.iter().zip(asked).filter_map(|(column, value)| {
            value.as_ref().map(|value| format!("{} = {}", column.label, in_words(value)))
        });
        known.collect::<Vec<_>>().join(", ")
    }

    fn cell(&self, row: &str, cell: &str, problem: CellError) -> RuleFailure {
        RuleFailure::Cell { table: self.name, row: row.to_owned(), cell: cell.to_owned(), problem }
    }

    /// The plain texts that an output column gives, with their rows.
    pub(crate) fn constants(&self, field: &str) -> Vec<(&str, &str)> {
        let Some(at) = self.outputs.iter().position(|output| output.field == field) else {
            return Vec::new();
        };
        let constant = |row: &Row| row.answers.get(at).cloned().flatten();
        self.rows
            .iter()
            .filter_map(|row| {
                constant(row)?;
                let text = row.answers.get(at)?.as_ref()?.constant()?;
                Some((row.id.as_str(), text))
            })
            .collect()
    }
}
