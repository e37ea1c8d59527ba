//! One cell or formula: compiled under limits, evaluated strictly.
//!
//! `zen-expression` answers `null` where it should complain: a field that does not exist, a
//! division by zero. So what it compiled is looked through before it is accepted: every field must
//! exist, nothing may read the clock or roll dice, no divisor may be zero, and loops are few. What
//! is left can only give a value or an error.

use zen_expression::compiler::{FetchFastTarget, Opcode};
use zen_expression::expression::{Standard, Unary};
use zen_expression::functions::{DateMethod, FunctionKind, InternalFunction, MethodKind};
use zen_expression::vm::VM;
use zen_expression::{Expression, Isolate, Variable};

use crate::rulebook::inputs::{Fields, Inputs};

/// Longer sources can exhaust the parser's stack.
pub const SOURCE_MAX: usize = 4096;

/// Loops inside loops take time without bound.
const LOOPS_MAX: usize = 2;

/// What is wrong with a cell, or went wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    #[error("it is longer than {SOURCE_MAX} bytes")]
    TooLong,
    #[error("it is not an expression: {0}")]
    Syntax(String),
    #[error("it names {0}, which is not a field here")]
    UnknownField(String),
    #[error("it uses {0}, which rules may not")]
    Forbidden(String),
    #[error("it divides by something other than a number that is not zero")]
    Divisor,
    #[error("it has loops inside loops inside loops, or loops over a range")]
    Loops,
    #[error("it could not be evaluated: {0}")]
    Failed(String),
    #[error("it gives nothing")]
    Nothing,
    #[error("it gives a {0}, and a text is needed")]
    NotText(&'static str),
}

/// A formula that gives a text.
#[derive(Debug, Clone)]
pub(crate) struct Formula(Expression<Standard>);

/// A condition on one value (`"GB", "IE"`, `> 100`), or on all fields where a column has none.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    OfValue(Expression<Unary>),
    OfFields(Expression<Standard>),
}

impl Formula {
    pub(crate) fn new(source: &str, fields: Fields<'_>) -> Result<Formula, CellError> {
        short(source)?;
        let compiled = Isolate::new().compile_standard(source).map_err(|error| syntax(&error))?;
        screen(compiled.bytecode(), fields)?;
        Ok(Formula(compiled))
    }

    /// The text itself, when the formula is a plain text: checked against the chart at publish.
    pub(crate) fn constant(&self) -> Option<&str> {
        match self.0.bytecode().as_ref() {
            [Opcode::PushString(text)] => Some(text),
            _ => None,
        }
    }

    pub(crate) fn value(&self, inputs: &Inputs) -> Result<Variable, CellError> {
        self.0.evaluate_with_scope(inputs.scope(), &mut VM::new()).map_err(|error| failed(&error))
    }

    pub(crate) fn text(&self, inputs: &Inputs) -> Result<String, CellError> {
        let value = self.value(inputs)?;
        match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None if matches!(value, Variable::Null) => Err(CellError::Nothing),
            None => Err(CellError::NotText(value.type_name())),
        }
    }
}

impl Test {
    pub(crate) fn of_value(source: &str, fields: Fields<'_>) -> Result<Test, CellError> {
        short(source)?;
        let compiled = Isolate::new().compile_unary(source).map_err(|error| syntax(&error))?;
        screen(compiled.bytecode(), fields)?;
        Ok(Test::OfValue(compiled))
    }

    pub(crate) fn of_fields(source: &str, fields: Fields<'_>) -> Result<Test, CellError> {
        Formula::new(source, fields).map(|formula| Test::OfFields(formula.0))
    }

    /// `value` is the column's own, where it has one.
    pub(crate) fn holds(
        &self,
        value: Option<&Variable>,
        inputs: &Inputs,
    ) -> Result<bool, CellError> {
        match (self, value) {
            (Test::OfValue(test), Some(value)) => {
                let mut scope = inputs.scope().clone();
                scope.set_local(Variable::dollar_key(), value.shallow_clone());
                test.evaluate_with_scope(&scope, &mut VM::new()).map_err(|error| failed(&error))
            }
            (Test::OfValue(_), None) => Err(CellError::Nothing),
            (Test::OfFields(test), _) => {
                let answer = test
                    .evaluate_with_scope(inputs.scope(), &mut VM::new())
                    .map_err(|error| failed(&error))?;
                answer.as_bool().ok_or(CellError::Nothing)
            }
        }
    }
}

fn short(source: &str) -> Result<(), CellError> {
    if source.len() > SOURCE_MAX { Err(CellError::TooLong) } else { Ok(()) }
}

fn syntax(error: &zen_expression::IsolateError) -> CellError {
    CellError::Syntax(error.to_string())
}

fn failed(error: &zen_expression::IsolateError) -> CellError {
    CellError::Failed(error.to_string())
}

/// Refuses what could answer in silence, differently each time, or never.
fn screen(code: &[Opcode], fields: Fields<'_>) -> Result<(), CellError> {
    let mut depth: usize = 0;
    let mut before: Option<&Opcode> = None;
    for opcode in code {
        allowed(opcode, fields)?;
        if matches!(opcode, Opcode::Divide | Opcode::Modulo) && !is_safe_divisor(before) {
            return Err(CellError::Divisor);
        }
        if matches!(opcode, Opcode::Begin) {
            depth = depth.saturating_add(1);
            if depth > LOOPS_MAX || matches!(before, Some(Opcode::Interval { .. })) {
                return Err(CellError::Loops);
            }
        }
        if matches!(opcode, Opcode::End) {
            depth = depth.saturating_sub(1);
        }
        before = Some(opcode);
    }
    Ok(())
}

fn is_safe_divisor(opcode: Option<&Opcode>) -> bool {
    matches!(opcode, Some(Opcode::PushNumber(number)) if !number.is_zero())
}

fn allowed(opcode: &Opcode, fields: Fields<'_>) -> Result<(), CellError> {
    if let Opcode::FetchEnv(name) = opcode {
        return known(name, fields);
    }
    if let Opcode::FetchFast(path) = opcode {
        return known(&dotted(path)?, fields);
    }
    if matches!(opcode, Opcode::Fetch | Opcode::FetchRootEnv) {
        return Err(CellError::Forbidden("a field whose name is worked out".to_owned()));
    }
    // zen-expression 2.1.6 panics on an empty template.
    if matches!(opcode, Opcode::Join) {
        return Err(CellError::Forbidden("a text template: join texts with +".to_owned()));
    }
    if let Opcode::CallFunction { kind, arg_count } = opcode
        && is_forbidden(kind, *arg_count)
    {
        return Err(CellError::Forbidden(format!("{kind}()")));
    }
    if let Opcode::CallMethod { kind: MethodKind::DateMethod(method), .. } = opcode
        && matches!(method, DateMethod::IsToday | DateMethod::IsTomorrow | DateMethod::IsYesterday)
    {
        return Err(CellError::Forbidden(format!("{method}()")));
    }
    Ok(())
}

/// Dice, the clock, and scores that come from floats. The deprecated date functions all take
/// `'now'`.
fn is_forbidden(kind: &FunctionKind, arguments: u32) -> bool {
    match kind {
        FunctionKind::Deprecated(_) => true,
        FunctionKind::Closure(_) => false,
        FunctionKind::Internal(function) => {
            matches!(function, InternalFunction::Rand | InternalFunction::FuzzyMatch)
                || (matches!(function, InternalFunction::Date) && arguments == 0)
        }
    }
}

fn known(path: &str, fields: Fields<'_>) -> Result<(), CellError> {
    if path == "$" || fields.iter().any(|group| group.contains(&path)) {
        Ok(())
    } else {
        Err(CellError::UnknownField(path.to_owned()))
    }
}

/// `order.programs[0]` asks for `order.programs`.
fn dotted(path: &[FetchFastTarget]) -> Result<String, CellError> {
    let mut names: Vec<&str> = Vec::new();
    for step in path {
        match step {
            FetchFastTarget::Begin => {}
            FetchFastTarget::String(name) => names.push(name),
            FetchFastTarget::Number(_) => break,
            FetchFastTarget::Root => return Err(CellError::Forbidden("$root".to_owned())),
        }
    }
    Ok(names.join("."))
}

#[cfg(test)]
mod tests {
    use base::Decimal;

    use super::*;
    use crate::rulebook::inputs::Value;

    const FIELDS: Fields<'_> = &[&["order.total", "order.status", "order.programs"]];

    fn inputs() -> Inputs {
        let mut inputs = Inputs::default();
        inputs.set(
            "order",
            vec![
                ("total", Value::Number(Decimal::new(9_999_999_999_999_999, 2))),
                ("status", Value::text("shipped")),
                ("programs", Value::Words(vec!["PRIME".to_owned()])),
            ],
        );
        inputs
    }

    #[track_caller]
    fn refused(source: &str, expected: &CellError) {
        assert_eq!(&Formula::new(source, FIELDS).unwrap_err(), expected, "{source}");
    }

    fn forbidden(what: &str) -> CellError {
        CellError::Forbidden(what.to_owned())
    }

    #[test]
    fn a_field_that_does_not_exist_is_an_error_not_null() {
        refused("order.totl + 1", &CellError::UnknownField("order.totl".to_owned()));
        refused("nope.foo", &CellError::UnknownField("nope.foo".to_owned()));
        refused("order", &CellError::UnknownField("order".to_owned()));
        refused("order[order.status]", &CellError::UnknownField("order".to_owned()));
    }

    #[test]
    fn nothing_reads_the_clock_or_rolls_dice() {
        refused("rand(10)", &forbidden("rand()"));
        refused("d()", &forbidden("d()"));
        refused("date('now')", &forbidden("date()"));
        refused("d('2026-01-01').isToday()", &forbidden("isToday()"));
        refused("$root.order", &forbidden("$root"));
    }

    #[test]
    fn only_numbers_that_are_not_zero_divide() {
        refused("order.total / 0", &CellError::Divisor);
        refused("1 / order.total", &CellError::Divisor);
        refused("order.total % 0", &CellError::Divisor);
        assert!(Formula::new("order.total / 100", FIELDS).is_ok());
    }

    #[test]
    fn loops_are_bounded() {
        refused("map([0..3000], #)", &CellError::Loops);
        let three = "map(order.programs, map(order.programs, map(order.programs, #)))";
        refused(three, &CellError::Loops);
        assert!(Formula::new("some(order.programs, # == 'PRIME')", FIELDS).is_ok());
    }

    #[test]
    fn a_source_has_a_longest_length() {
        refused(&"1+".repeat(3000), &CellError::TooLong);
    }

    #[test]
    fn amounts_stay_exact() {
        let sum = Formula::new("string(order.total + 0.01)", FIELDS).unwrap();
        assert_eq!(sum.text(&inputs()).unwrap(), "100000000000000.00");
        let value = Formula::new("order.total", FIELDS).unwrap().value(&inputs()).unwrap();
        assert_eq!(value.as_number(), Some(Decimal::new(9_999_999_999_999_999, 2)));
    }

    #[test]
    fn a_cell_that_gives_no_text_is_an_error() {
        let number = Formula::new("4004", FIELDS).unwrap();
        assert_eq!(number.text(&inputs()), Err(CellError::NotText("number")));
        let nothing = Formula::new("order.programs[7]", FIELDS).unwrap();
        assert_eq!(nothing.text(&inputs()), Err(CellError::Nothing));
    }

    #[test]
    fn a_broken_cell_does_not_compile() {
        assert!(matches!(Test::of_value("\"Garden", FIELDS), Err(CellError::Syntax(_))));
        assert!(matches!(Formula::new("4004 4005", FIELDS), Err(CellError::Syntax(_))));
    }

    #[test]
    fn a_text_template_is_refused() {
        for source in ["`", "``", "`order ${order.status}`"] {
            let refused = Formula::new(source, FIELDS);
            assert!(matches!(refused, Err(CellError::Forbidden(_))), "{source}");
        }
    }

    #[test]
    fn a_condition_that_fails_is_an_error_not_false() {
        let over = Test::of_value("> 100", FIELDS).unwrap();
        let text = Variable::String(Variable::key("shipped"));
        assert!(matches!(over.holds(Some(&text), &inputs()), Err(CellError::Failed(_))));
    }

    #[test]
    fn compiled_expressions_cross_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<Formula>();
        crosses::<Test>();
    }

    proptest::proptest! {
        #[test]
        fn no_source_makes_the_compiler_panic(source in "[ -~]{0,80}") {
            if let Ok(formula) = Formula::new(&source, FIELDS) {
                let _value = formula.value(&inputs());
            }
            let _test = Test::of_value(&source, FIELDS);
        }
    }
}
