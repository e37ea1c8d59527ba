//! `includedData`: which parts of an order a request asked for and may see.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The datasets of the model, and the field that each one is.
const DATASETS: [(&str, &str); 11] = [
    ("BUYER", "buyer"),
    ("RECIPIENT", "recipient"),
    ("PROCEEDS", "proceeds"),
    ("EXPENSE", "expense"),
    ("PROMOTION", "promotion"),
    ("CANCELLATION", "cancellation"),
    ("FULFILLMENT", "fulfillment"),
    ("PACKAGES", "packages"),
    ("TAX", "tax"),
    ("PAYMENT", "payment"),
    ("FULFILLMENT_ORDERS", "fulfillmentOrders"),
];

/// Need a restricted role on the application
/// (<https://developer-docs.amazon.com/sp-api/docs/access-orders-pii>).
const RESTRICTED: [&str; 2] = ["BUYER", "RECIPIENT"];

/// What a request asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Datasets(Vec<&'static str>);

impl Datasets {
    /// Reads `PROCEEDS,TAX`; the first word that the model does not have is the error.
    pub(crate) fn parse(text: &str) -> Result<Datasets, String> {
        text.split(',')
            .map(|word| {
                let known = DATASETS.iter().find(|(name, _)| *name == word);
                known.map(|(name, _)| *name).ok_or_else(|| word.to_owned())
            })
            .collect::<Result<Vec<&'static str>, String>>()
            .map(Datasets)
    }

    /// Without the datasets that need a restricted role.
    pub(crate) fn unrestricted(mut self) -> Datasets {
        self.0.retain(|name| !RESTRICTED.contains(name));
        self
    }

    fn covers(&self, field: &str) -> bool {
        match DATASETS.iter().find(|(_, of)| *of == field) {
            Some((name, _)) => self.0.contains(name),
            None => true,
        }
    }

    /// The order with only the parts that were asked for. Texts of values stay as they are.
    pub(crate) fn filter(&self, order: &str) -> Result<String, serde_json::Error> {
        let mut order: Fields = serde_json::from_str(order)?;
        order.0.retain(|(name, _)| self.covers(name));
        if let Some((_, items)) = order.0.iter_mut().find(|(name, _)| name == "orderItems") {
            let mut lines: Vec<Fields> = serde_json::from_str(items.get())?;
            for line in &mut lines {
                line.0.retain(|(name, _)| self.covers(name));
            }
            *items = RawValue::from_string(serde_json::to_string(&lines)?)?;
        }
        serde_json::to_string(&order)
    }
}

/// An object's fields in their order, each value's text untouched.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_is_not_there() {
        let order = r#"{"orderId":"1","proceeds":{"a":"1.10"},"tax":{},"orderItems":[{"orderItemId":"2","proceeds":{},"measurement":{"value":1.50}}]}"#;
        let none = Datasets::default().filter(order).unwrap();
        assert_eq!(
            none,
            r#"{"orderId":"1","orderItems":[{"orderItemId":"2","measurement":{"value":1.50}}]}"#
        );
        let proceeds = Datasets::parse("PROCEEDS").unwrap().filter(order).unwrap();
        assert!(proceeds.contains(r#""proceeds":{"a":"1.10"}"#) && !proceeds.contains("tax"));
    }

    #[test]
    fn an_unknown_dataset_is_named() {
        assert_eq!(Datasets::parse("TAX,Proceeds"), Err("Proceeds".to_owned()));
    }
}
