//! An object whose names are read whatever their case.

use std::fmt;

use base::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::raw;

/// An object's fields as they were written. Of a name that stands there twice the first counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'a> Parts<'a> {
    /// None where the text is no JSON, or no object.
    pub(super) fn of(text: &'a str) -> Option<Parts<'a>> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.get(name)?.get()).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        Timestamp::parse(&self.text(name)?).ok()
    }

    pub(super) fn object(&self, name: &str) -> Option<Parts<'a>> {
        Parts::of(self.get(name)?.get())
    }

    /// The objects of a list; what is no object is passed over.
    pub(super) fn list(&self, name: &str) -> Vec<Parts<'a>> {
        let list = self.get(name).and_then(|list| elements(list.get()));
        list.into_iter().flatten().filter_map(|one| Parts::of(one.get())).collect()
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}

/// The elements of a list, if it is one.
pub(super) fn elements(text: &str) -> Option<Vec<&RawValue>> {
    raw(text).and_then(|list| serde_json::from_str(list.get()).ok())
}

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Parts(fields))
    }
}
