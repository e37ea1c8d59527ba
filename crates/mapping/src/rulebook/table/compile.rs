//! From a table's JSON to cells that can run, with every error and its place.

use std::collections::BTreeMap;

use super::{Asked, CompiledTable, Content, Output, Row, Table};
use crate::rulebook::RuleError;
use crate::rulebook::expression::{CellError, Formula, Test};
use crate::rulebook::inputs::Fields;

/// What a table is asked and what it has to answer.
pub(crate) struct Shape {
    pub name: &'static str,
    pub fields: Fields<'static>,
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

impl CompiledTable {
    /// Compiles every cell; `errors` gets all that is wrong, not only the first.
    pub(crate) fn new(
        table: &Table,
        shape: &Shape,
        errors: &mut Vec<RuleError>,
    ) -> Option<CompiledTable> {
        let mut report = Report { table: shape.name, errors };
        let content = match table.content() {
            Ok(content) => content,
            Err(error) => {
                report.add("", "", error.to_string());
                return None;
            }
        };
        if content.hit_policy != "first" {
            report.add("", "hitPolicy", "only the first matching row can decide".to_owned());
        }
        let inputs = columns(&content, shape, &mut report);
        let outputs = outputs(&content, shape, &mut report);
        let rows = content
            .rules
            .iter()
            .enumerate()
            .map(|(index, cells)| row(cells, index, (&content, &outputs), shape, &mut report))
            .collect();
        Some(CompiledTable { name: shape.name, inputs, outputs, rows })
    }
}

/// Collects what is wrong with one table.
pub(crate) struct Report<'a> {
    pub(crate) table: &'a str,
    pub(crate) errors: &'a mut Vec<RuleError>,
}

impl Report<'_> {
    pub(crate) fn add(&mut self, row: &str, cell: &str, problem: String) {
        self.errors.push(RuleError {
            table: self.table.to_owned(),
            row: row.to_owned(),
            cell: cell.to_owned(),
            problem,
        });
    }
}

fn columns(content: &Content, shape: &Shape, report: &mut Report<'_>) -> Vec<Asked> {
    let mut asked = Vec::new();
    for column in &content.inputs {
        let field = column.field.as_deref().filter(|field| !field.is_empty());
        let value = match field.map(|field| Formula::new(field, shape.fields)) {
            None => None,
            Some(Ok(formula)) => Some(formula),
            Some(Err(problem)) => {
                report.add("(columns)", &column.id, problem.to_string());
                None
            }
        };
        let label = field.unwrap_or(&column.name).to_owned();
        asked.push(Asked { label, value });
    }
    asked
}

fn outputs(content: &Content, shape: &Shape, report: &mut Report<'_>) -> Vec<Output> {
    let mut outputs = Vec::new();
    for column in &content.outputs {
        let field = column.field.clone().unwrap_or_default();
        let is_required = shape.required.contains(&field.as_str());
        if !is_required && !shape.optional.contains(&field.as_str()) {
            report.add("(columns)", &column.id, format!("{field:?} is not decided by this table"));
        }
        outputs.push(Output { id: column.id.clone(), field, is_required });
    }
    for required in shape.required {
        if !outputs.iter().any(|output| output.field == *required) {
            report.add("(columns)", required, "the table has no such output".to_owned());
        }
    }
    outputs
}

fn row(
    cells: &BTreeMap<String, Option<String>>,
    index: usize,
    (content, outputs): (&Content, &[Output]),
    shape: &Shape,
    report: &mut Report<'_>,
) -> Row {
    let cell = |id: &str| cells.get(id).and_then(Option::as_deref).map_or("", str::trim).to_owned();
    let id = match cell("_id") {
        id if id.is_empty() => index.saturating_add(1).to_string(),
        id => id,
    };
    let mut row =
        Row { id: id.clone(), tests: Vec::new(), answers: Vec::new(), sources: Vec::new() };
    for column in &content.inputs {
        let source = cell(&column.id);
        let is_of_value = column.field.as_deref().is_some_and(|field| !field.is_empty());
        let test = match (source.is_empty(), is_of_value) {
            (true, _) => None,
            (false, true) => Some(Test::of_value(&source, shape.fields)),
            (false, false) => Some(Test::of_fields(&source, shape.fields)),
        };
        let test = test.and_then(|test| kept(test, &id, &column.id, report));
        row.tests.push(test.map(|test| (column.id.clone(), test)));
        row.sources.push(source);
    }
    for output in outputs {
        let source = cell(&output.id);
        let answer = if source.is_empty() {
            if output.is_required {
                report.add(&id, &output.id, "it must not be empty".to_owned());
            }
            None
        } else {
            kept(Formula::new(&source, shape.fields), &id, &output.id, report)
        };
        row.answers.push(answer);
    }
    row
}

fn kept<T>(
    compiled: Result<T, CellError>,
    row: &str,
    cell: &str,
    report: &mut Report<'_>,
) -> Option<T> {
    match compiled {
        Ok(compiled) => Some(compiled),
        Err(problem) => {
            report.add(row, cell, problem.to_string());
            None
        }
    }
}
