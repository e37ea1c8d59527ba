//! A vendor's JSON number, read and written as text.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A decimal on a vendor's wire, whether the vendor wrote a number or a quoted string. It never
/// passes through a float. Always written as a number.
///
/// Works only in plain structs: inside `flatten`, `untagged` or `tag` serde buffers the value and
/// the number's text is lost.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(pub Decimal);

impl Exact {
    fn parse(text: &str) -> Option<Decimal> {
        let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        match Decimal::from_str_exact(digits) {
            Ok(decimal) => Some(decimal),
            Err(_) => Decimal::from_scientific(digits).ok(),
        }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get())
            .map(Exact)
            .ok_or_else(|| D::Error::custom(format!("{} is not an exact decimal", raw.get())))
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl From<Decimal> for Exact {
    fn from(decimal: Decimal) -> Self {
        Exact(decimal)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Line {
        amount: Exact,
        tax: Option<Exact>,
    }

    #[test]
    fn a_number_keeps_its_text() {
        let line: Line =
            serde_json::from_str(r#"{"amount":99999999999999.99,"tax":null}"#).unwrap();
        assert_eq!(line.amount.0.to_string(), "99999999999999.99");
        assert_eq!(
            serde_json::to_string(&line).unwrap(),
            r#"{"amount":99999999999999.99,"tax":null}"#
        );
    }

    #[test]
    fn a_quoted_number_is_read_too() {
        let line: Line = serde_json::from_str(r#"{"amount":"1800.00","tax":0.10}"#).unwrap();
        assert_eq!(line.amount.0.to_string(), "1800.00");
        assert_eq!(line.tax.unwrap().0.to_string(), "0.10");
    }

    #[test]
    fn a_word_is_refused() {
        assert!(serde_json::from_str::<Line>(r#"{"amount":"twelve"}"#).is_err());
        assert!(serde_json::from_str::<Line>(r#"{"amount":null}"#).is_err());
    }
}
