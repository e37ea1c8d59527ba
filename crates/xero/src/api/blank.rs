//! How Xero leaves a field blank: by `null`, by `""`, by leaving it out, and where an object would
//! stand, now and then by an empty list.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An object, or nothing where `null` or a list stands.
pub(super) fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if !raw.get().starts_with('{') {
        return Ok(None);
    }
    serde_json::from_str(raw.get()).map(Some).map_err(D::Error::custom)
}

/// A list, empty where `null` stands.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// A text, nothing where `null` or `""` stands.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

/// A yes or no, no where `null` stands.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Inner {
        id: String,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Outer {
        #[serde(deserialize_with = "object")]
        inner: Option<Inner>,
        #[serde(deserialize_with = "list")]
        many: Vec<String>,
        #[serde(deserialize_with = "text")]
        word: Option<String>,
        #[serde(deserialize_with = "flag")]
        yes: bool,
    }

    #[test]
    fn every_way_of_saying_nothing_reads_as_nothing() {
        for json in [
            "{}",
            r#"{"inner":null,"many":null,"word":null,"yes":null}"#,
            r#"{"inner":[],"word":""}"#,
        ] {
            let outer: Outer = serde_json::from_str(json).unwrap();
            assert!(outer.inner.is_none() && outer.many.is_empty() && outer.word.is_none());
            assert!(!outer.yes);
        }
    }

    #[test]
    fn something_reads_as_itself() {
        let json = r#"{"inner":{"id":"a"},"many":["b"],"word":"c","yes":true}"#;
        let outer: Outer = serde_json::from_str(json).unwrap();
        assert_eq!(outer.inner.unwrap().id, "a");
        assert_eq!((outer.many.len(), outer.word.as_deref(), outer.yes), (1, Some("c"), true));
    }
}
