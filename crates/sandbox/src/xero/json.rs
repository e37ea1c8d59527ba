//! JSON as an ordered tree in which a number keeps its text, for reading what a client wrote
//! (known names or not) and for writing replies.

use std::borrow::Cow;
use std::fmt::Write as _;

use base::Decimal;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper bodies than any vendor object are not JSON for us.
const DEPTH_MAX: u32 = 32;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The number as it was or will be written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// Members in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Object(pub(crate) Vec<(Cow<'static, str>, Json)>);

impl Json {
    /// Reads a whole text; `None` if it is not JSON.
    pub(crate) fn parse(text: &str) -> Option<Json> {
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        read(raw.get(), 0)
    }

    pub(crate) fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(text) => out.push_str(text),
            Json::Text(text) => quote(text, out),
            Json::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    separate(index, out);
                    item.write_to(out);
                }
                out.push(']');
            }
            Json::Object(object) => object.write_to(out),
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object> {
        if let Json::Object(object) = self { Some(object) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Json]> {
        if let Json::List(items) = self { Some(items) } else { None }
    }

    /// The text of a text or number.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) | Json::Number(text) => Some(text),
            Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => None,
        }
    }
}

impl Object {
    pub(crate) fn new() -> Object {
        Object::default()
    }

    /// The member of that name; null counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        found.filter(|value| **value != Json::Null)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Json::as_text)
    }

    pub(crate) fn object(&self, name: &str) -> Option<&Object> {
        self.get(name).and_then(Json::as_object)
    }

    pub(crate) fn list(&self, name: &str) -> Option<&[Json]> {
        self.get(name).and_then(Json::as_list)
    }

    /// The objects of a list member.
    pub(crate) fn objects(&self, name: &str) -> Vec<&Object> {
        self.list(name).unwrap_or_default().iter().filter_map(Json::as_object).collect()
    }

    /// True or false, also as a text.
    pub(crate) fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Json::Bool(value) => Some(*value),
            Json::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Json::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Json::Null | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// A decimal, written as a number or as a text; `Err` with the member's name if it is neither.
    pub(crate) fn decimal(&self, name: &str) -> Result<Option<Decimal>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_text().unwrap_or_default().trim();
        let parsed = match Decimal::from_str_exact(text) {
            Ok(decimal) => Some(decimal),
            Err(_) => Decimal::from_scientific(text).ok(),
        };
        parsed.map(Some).ok_or_else(|| format!("{name} is not a valid number"))
    }

    /// Adds or replaces a member.
    pub(crate) fn set(&mut self, name: &'static str, value: Json) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some(member) => member.1 = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: Json) -> Object {
        self.0.push((Cow::Borrowed(name), value));
        self
    }

    pub(crate) fn with_text(self, name: &'static str, text: impl Into<String>) -> Object {
        self.with(name, Json::Text(text.into()))
    }

    /// Adds the member only if there is a text and it is not empty.
    pub(crate) fn with_some(self, name: &'static str, text: Option<&str>) -> Object {
        match text {
            Some(text) if !text.is_empty() => self.with_text(name, text),
            Some(_) | None => self,
        }
    }

    pub(crate) fn with_bool(self, name: &'static str, value: bool) -> Object {
        self.with(name, Json::Bool(value))
    }

    pub(crate) fn with_int(self, name: &'static str, value: i64) -> Object {
        self.with(name, Json::Number(value.to_string()))
    }

    /// An amount with two decimals, as Xero writes totals.
    pub(crate) fn with_money(self, name: &'static str, amount: Decimal) -> Object {
        self.with_scaled(name, amount, 2)
    }

    /// A number with so many decimals.
    pub(crate) fn with_scaled(self, name: &'static str, number: Decimal, scale: u32) -> Object {
        self.with(name, Json::Number(scaled(number, scale)))
    }

    pub(crate) fn with_list(self, name: &'static str, items: Vec<Object>) -> Object {
        self.with(name, Json::List(items.into_iter().map(Json::Object).collect()))
    }

    fn write_to(&self, out: &mut String) {
        out.push('{');
        for (index, (name, value)) in self.0.iter().enumerate() {
            separate(index, out);
            quote(name, out);
            out.push(':');
            value.write_to(out);
        }
        out.push('}');
    }
}

/// The number with exactly so many decimals, rounded half to even if it has more.
pub(crate) fn scaled(number: Decimal, scale: u32) -> String {
    let mut number = number.round_dp(scale);
    number.rescale(scale);
    if number.is_zero() {
        number.set_sign_positive(true);
    }
    number.to_string()
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                // Writing to a String cannot fail.
                if write!(out, "\\u{:04x}", u32::from(control)).is_err() {
                    return;
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn read(text: &str, depth: u32) -> Option<Json> {
    if depth > DEPTH_MAX {
        return None;
    }
    match text.as_bytes().first()? {
        b'{' => {
            let members: Members<'_> = serde_json::from_str(text).ok()?;
            let read_member = |(name, raw): (String, &RawValue)| {
                read(raw.get(), depth + 1).map(|value| (Cow::Owned(name), value))
            };
            members
                .0
                .into_iter()
                .map(read_member)
                .collect::<Option<_>>()
                .map(Object)
                .map(Json::Object)
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let items = items.into_iter().map(|raw| read(raw.get(), depth + 1));
            items.collect::<Option<_>>().map(Json::List)
        }
        b'"' => serde_json::from_str(text).ok().map(Json::Text),
        b't' => Some(Json::Bool(true)),
        b'f' => Some(Json::Bool(false)),
        b'n' => Some(Json::Null),
        _ => Some(Json::Number(text.to_owned())),
    }
}

/// An object's members, each value still as it was written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk<'a>(std::marker::PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Walk<'a> {
            type Value = Members<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Walk(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text_and_members_their_order() {
        let text = r#"{"b":99999999999999.99,"a":[1.10,"x\n",null,true,{}]}"#;
        assert_eq!(Json::parse(text).unwrap().write(), text);
    }

    #[test]
    fn a_decimal_may_be_quoted() {
        let json = Json::parse(r#"{"a":"1.50","b":2e1,"c":"two"}"#).unwrap();
        let object = json.as_object().unwrap();
        assert_eq!(object.decimal("a").unwrap().unwrap().to_string(), "1.50");
        assert_eq!(object.decimal("b").unwrap().unwrap().to_string(), "20");
        assert!(object.decimal("c").is_err());
    }

    #[test]
    fn what_is_not_json_is_refused() {
        assert!(Json::parse("{\"a\":").is_none());
        assert!(Json::parse("<Invoice/>").is_none());
    }
}
