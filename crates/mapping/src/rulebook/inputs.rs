//! What cells can ask about. Amounts enter as exact decimals; nothing is ever null.

use std::fmt::Write as _;

use base::Decimal;
use zen_expression::variable::VariableMap;
use zen_expression::{Scope, Variable};

/// The fields that a cell may name, in groups.
pub(crate) type Fields<'a> = &'a [&'a [&'a str]];

/// What is known of the order as a whole.
pub(crate) const ORDER: &[&str] = &[
    "order.id",
    "order.seller",
    "order.region",
    "order.marketplace_id",
    "order.marketplace",
    "order.country",
    "order.host",
    "order.channel",
    "order.status",
    "order.fulfilled_by",
    "order.programs",
    "order.payment_methods",
    "order.is_replacement",
    "order.has_total",
    "order.total",
    "order.currency",
    "order.ship_to",
    "order.created",
    "organisation.country",
    "organisation.currency",
    "organisation.version",
];

/// What is known of one line besides.
pub(crate) const LINE: &[&str] = &[
    "line.kind",
    "line.of",
    "line.amount",
    "item.sku",
    "item.asin",
    "item.title",
    "item.category",
    "item.tax_class",
    "item.quantity",
];

/// What the tax table is asked besides.
pub(crate) const TAX: &[&str] =
    &["tax.responsible", "tax.stated", "tax.due", "tax.scheme", "tax.is_home"];

/// A value on its way into an expression. There is no float and no null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(Decimal),
    Flag(bool),
    Words(Vec<String>),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    fn into_variable(self) -> Variable {
        match self {
            Value::Text(text) => Variable::String(Variable::key(&text)),
            Value::Number(number) => Variable::Number(number),
            Value::Flag(flag) => Variable::Bool(flag),
            Value::Words(words) => Variable::from_array(
                words.iter().map(|word| Variable::String(Variable::key(word))).collect(),
            ),
        }
    }
}

/// The values that one evaluation sees.
#[derive(Debug, Clone)]
pub(crate) struct Inputs(Scope);

impl Default for Inputs {
    fn default() -> Self {
        Inputs(Scope::new(Variable::empty_object()))
    }
}

impl Inputs {
    /// Replaces a whole group, such as `order`.
    pub(crate) fn set(&mut self, group: &str, members: Vec<(&str, Value)>) {
        let mut map = VariableMap::with_capacity(members.len());
        for (name, value) in members {
            let _replaced = map.insert(Variable::key(name), value.into_variable());
        }
        self.0.set_local(Variable::key(group), Variable::from_object(map));
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.0
    }
}

/// A value as a trace shows it.
pub(crate) fn in_words(value: &Variable) -> String {
    if let Some(text) = value.as_str() {
        return if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    }
    if let Some(number) = value.as_number() {
        return number.to_string();
    }
    if let Some(flag) = value.as_bool() {
        return if flag { "yes".to_owned() } else { "no".to_owned() };
    }
    let Some(members) = value.as_array() else { return value.type_name().to_owned() };
    let mut words = String::new();
    for member in members.borrow().iter() {
        let separator = if words.is_empty() { "" } else { " + " };
        // Writing to a String cannot fail.
        let _written = write!(words, "{separator}{}", in_words(member));
    }
    if words.is_empty() { "nothing".to_owned() } else { words }
}
