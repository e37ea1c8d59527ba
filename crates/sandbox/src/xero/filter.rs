//! `where`, `order`, `page` and `If-Modified-Since` on lists
//! (<https://developer.xero.com/documentation/api/accounting/requests-and-responses>).

use std::cmp::Ordering;

use base::{Decimal, Timestamp};

use super::ask::Ask;
use super::dates;
use super::expression::{self, Expression};
use super::json::{Json, Object};
use super::reply::Reply;

const PAGE_SIZE: usize = 100;
const PAGE_SIZE_MAX: usize = 1000;

/// A value that a filter can compare.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(Decimal),
    Moment(Timestamp),
    Bool(bool),
    Null,
}

/// What a list can be filtered and ordered by, in lower case.
pub(crate) trait Fields {
    /// `None` if there is no such field.
    fn field(&self, path: &str) -> Option<Value>;
}

/// One page of a list, or the whole of it.
pub(crate) struct Page<'a, T> {
    pub(crate) items: Vec<&'a T>,
    /// Absent when the client did not ask for a page.
    pub(crate) pagination: Option<Object>,
}

impl Value {
    pub(crate) fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// `None` when the two cannot be compared.
    pub(crate) fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Text(a), Value::Text(b)) => Some(ignoring_case(a, b)),
            (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
            (Value::Moment(a), Value::Moment(b)) => Some(a.cmp(b)),
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Null, Value::Null) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// An order of all values, for sorting: nothing first.
    fn rank(&self, other: &Value) -> Ordering {
        let kind = |value: &Value| match value {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::Moment(_) => 3,
            Value::Text(_) => 4,
        };
        self.compare(other).unwrap_or_else(|| kind(self).cmp(&kind(other)))
    }
}

/// Texts compare without regard to case.
fn ignoring_case(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        let lower =
            |text: &'_ str| text.bytes().map(|byte| byte.to_ascii_lowercase()).collect::<Vec<u8>>();
        return if a.eq_ignore_ascii_case(b) { Ordering::Equal } else { lower(a).cmp(&lower(b)) };
    }
    a.to_lowercase().cmp(&b.to_lowercase())
}

/// Those that the request's `If-Modified-Since` and `where` let through, in the asked order.
pub(crate) fn select<'a, T: Fields>(
    mut items: Vec<&'a T>,
    ask: &Ask<'_>,
    updated: impl Fn(&T) -> Timestamp,
) -> Result<Vec<&'a T>, Reply> {
    if let Some(since) = ask.header("if-modified-since") {
        match dates::parse_moment(since) {
            // Second resolution, and later than that second: an overlap is the client's business.
            Some(since) => items.retain(|item| seconds(updated(item)) > seconds(since)),
            None => ask.unknown(&format!("header If-Modified-Since: {since} on {}", ask.operation)),
        }
    }
    if let Some(text) = ask.param("where") {
        let expression = expression::parse(text).map_err(|message| bad_query(&message))?;
        items = keep(items, &expression)?;
    }
    order(&mut items, ask.param("order"), &updated)?;
    Ok(items)
}

fn keep<'a, T: Fields>(items: Vec<&'a T>, expression: &Expression) -> Result<Vec<&'a T>, Reply> {
    let mut kept = Vec::new();
    for item in items {
        let holds = expression.holds(&|path| item.field(path));
        if holds.map_err(|message| bad_query(&message))? {
            kept.push(item);
        }
    }
    Ok(kept)
}

fn order<T: Fields>(
    items: &mut [&T],
    asked: Option<&str>,
    updated: &impl Fn(&T) -> Timestamp,
) -> Result<(), Reply> {
    let Some(asked) = asked else {
        items.sort_by_key(|item| updated(item));
        return Ok(());
    };
    let mut words = asked.split_whitespace();
    let path = words.next().unwrap_or_default().to_lowercase();
    let descending = words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    if items.iter().any(|item| item.field(&path).is_none()) {
        return Err(bad_query(&format!("No property or field '{path}' exists")));
    }
    items.sort_by(|a, b| {
        let value = |item: &T| item.field(&path).unwrap_or(Value::Null);
        let ordering = value(a).rank(&value(b));
        if descending { ordering.reverse() } else { ordering }
    });
    Ok(())
}

fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::SECOND)
}

/// The asked page; `forced` when another parameter makes the list paged anyway.
pub(crate) fn page<'a, T>(
    items: Vec<&'a T>,
    ask: &Ask<'_>,
    forced: bool,
) -> Result<Page<'a, T>, Reply> {
    let number = number(ask, "page")?;
    let size = number_within(ask)?;
    if number.is_none() && size.is_none() && !forced {
        return Ok(Page { items, pagination: None });
    }
    let (number, size) = (number.unwrap_or(1), size.unwrap_or(PAGE_SIZE));
    let count = items.len();
    let start = (number - 1).saturating_mul(size);
    let items: Vec<&T> = items.into_iter().skip(start).take(size).collect();
    let pagination = Object::new()
        .with("page", Json::Number(number.to_string()))
        .with("pageSize", Json::Number(size.to_string()))
        .with("pageCount", Json::Number(count.div_ceil(size).to_string()))
        .with("itemCount", Json::Number(count.to_string()));
    Ok(Page { items, pagination: Some(pagination) })
}

fn number(ask: &Ask<'_>, name: &str) -> Result<Option<usize>, Reply> {
    let Some(text) = ask.param(name) else { return Ok(None) };
    match text.parse() {
        Ok(number) if number >= 1 => Ok(Some(number)),
        Ok(_) | Err(_) => Err(bad_query(&format!("{name} must be a number from 1"))),
    }
}

fn number_within(ask: &Ask<'_>) -> Result<Option<usize>, Reply> {
    match number(ask, "pageSize")? {
        Some(size) if size > PAGE_SIZE_MAX => {
            Err(bad_query("pageSize must be a number from 1 to 1000"))
        }
        size => Ok(size),
    }
}

/// The members of a list reply: pagination if there is any, then the collection.
pub(crate) fn members(
    pagination: Option<Object>,
    collection: &'static str,
    objects: Vec<Object>,
) -> Object {
    let members = match pagination {
        Some(pagination) => Object::new().with("pagination", Json::Object(pagination)),
        None => Object::new(),
    };
    members.with_list(collection, objects)
}

fn bad_query(message: &str) -> Reply {
    Reply::refused(16, "QueryParseException", message)
}
