//! What is kept of a buyer: by default nothing.
//!
//! Amazon's Data Protection Policy lets personal data be kept for thirty days after delivery; an
//! account book is kept for years. So an order is pruned before it is archived, and the fact is
//! read from what is left: what was pruned cannot come back by any way.
//! <https://developer-docs.amazon.com/sp-api/docs/data-protection-policy>

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use super::Account;

/// Removed wherever they stand, whether buyer data is on or off: nothing of ours reads them.
/// Messages and instructions to people, pictures for custom goods, telephone numbers, tax
/// numbers with names and addresses, and what identifies a card payment.
const ALWAYS: [&str; 9] = [
    "giftMessage",
    "customizedUrl",
    "phone",
    "deliveryPreference",
    "extendedFields",
    "taxRegistrations",
    "acquirerId",
    "cardBrand",
    "authorizationCode",
];

/// Removed too where buyer data is off.
const BUYER: [&str; 2] = ["buyer", "recipient"];

/// All that is kept of a buyer's address where buyer data is on: what tax depends on.
const ADDRESS: [&str; 2] = ["countryCode", "stateOrRegion"];

/// Amazon's orders are ten levels deep. What is deeper than this is not theirs and is dropped.
const DEPTH_MAX: u8 = 32;

/// The order as it may be kept. Everything else, numbers included, keeps its text.
pub fn pruned(account: &Account, order: &RawValue) -> String {
    prune(account, order, 0)
}

fn prune(account: &Account, value: &RawValue, depth: u8) -> String {
    let text = value.get();
    let inner = depth.saturating_add(1);
    if inner > DEPTH_MAX {
        return "null".to_owned();
    }
    if text.starts_with('[') {
        let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(text) else {
            return "null".to_owned();
        };
        let parts: Vec<String> = parts.iter().map(|part| prune(account, part, inner)).collect();
        return format!("[{}]", parts.join(","));
    }
    if text.starts_with('{') {
        return prune_object(account, text, inner);
    }
    text.to_owned()
}

fn prune_object(account: &Account, text: &str, depth: u8) -> String {
    let Ok(mut fields) = serde_json::from_str::<Fields>(text) else { return "null".to_owned() };
    fields.0.retain(|(name, _)| is_kept(account, name));
    for (name, value) in &mut fields.0 {
        let kept =
            if name == "deliveryAddress" { address(value) } else { prune(account, value, depth) };
        // What was made of JSON's own parts is JSON; should it not be, nothing is kept of it.
        *value = RawValue::from_string(kept).unwrap_or_else(|_not_json| RawValue::NULL.to_owned());
    }
    serde_json::to_string(&fields).unwrap_or_else(|_not_json| "null".to_owned())
}

fn is_kept(account: &Account, name: &str) -> bool {
    !ALWAYS.contains(&name) && (account.buyer_data || !BUYER.contains(&name))
}

fn address(value: &RawValue) -> String {
    let Ok(mut fields) = serde_json::from_str::<Fields>(value.get()) else {
        return "null".to_owned();
    };
    fields.0.retain(|(name, value)| ADDRESS.contains(&name.as_str()) && is_plain(value));
    serde_json::to_string(&fields).unwrap_or_else(|_not_json| "null".to_owned())
}

fn is_plain(value: &RawValue) -> bool {
    !value.get().starts_with(['{', '['])
}

/// A text of an order that could not be read otherwise.
pub(super) fn text_of(order: &str, field: &str) -> Option<String> {
    let fields: Fields = serde_json::from_str(order).ok()?;
    let (_, value) = fields.0.iter().find(|(name, _)| name == field)?;
    serde_json::from_str(value.get()).ok()
}

/// An object as it was written: order of names, doubles and all.
struct Fields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

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
    use crate::spec::Region;

    fn account(buyer_data: bool) -> Account {
        let marketplaces = Vec::new();
        Account { region: Region::Europe, seller_id: "A1".to_owned(), marketplaces, buyer_data }
    }

    fn kept(buyer_data: bool, text: &str) -> String {
        pruned(&account(buyer_data), &RawValue::from_string(text.to_owned()).unwrap())
    }

    const ORDER: &str = r#"{ "orderId" : "202-1-1",
        "buyer":{"buyerName":"Sarah","buyerEmail":"x@marketplace.amazon.co.uk"},
        "recipient":{"deliveryAddress":{"name":"Sarah","addressLine1":"45 Oak Avenue","postalCode":"SW1A 1AA",
            "countryCode":"GB","stateOrRegion":"England","phone":"+44","extendedFields":{"streetName":"Oak"}},
            "deliveryPreference":{"addressInstruction":"ring twice"}},
        "tax":{"taxRegistrations":[{"entityType":"BUYER","legalName":"Sarah"}],"taxInvoicing":{"invoiceStatus":"PROCESSING"}},
        "payment":{"paymentExecutions":[{"paymentMethod":"CreditCard","authorizationCode":"123456","cardBrand":"Visa","acquirerId":"01"}]},
        "orderItems":[{"product":{"customization":{"customizedUrl":"https://a"}},
            "fulfillment":{"packing":{"giftOption":{"giftMessage":"from Tom","giftWrapLevel":"P"}}}}]}"#;

    #[test]
    fn with_buyer_data_off_nothing_of_the_buyer_is_left() {
        assert_eq!(
            kept(false, ORDER),
            r#"{"orderId":"202-1-1","tax":{"taxInvoicing":{"invoiceStatus":"PROCESSING"}},"payment":{"paymentExecutions":[{"paymentMethod":"CreditCard"}]},"orderItems":[{"product":{"customization":{}},"fulfillment":{"packing":{"giftOption":{"giftWrapLevel":"P"}}}}]}"#
        );
    }

    #[test]
    fn with_buyer_data_on_the_name_and_what_tax_needs_are_left() {
        let kept = kept(true, ORDER);
        let expected =
            r#""recipient":{"deliveryAddress":{"countryCode":"GB","stateOrRegion":"England"}}"#;
        assert!(kept.contains(expected) && kept.contains(r#""buyerName":"Sarah""#), "{kept}");
        for gone in ["Oak", "SW1A", "+44", "ring twice", "from Tom", "123456", "legalName"] {
            assert!(!kept.contains(gone), "{gone} is still there");
        }
    }

    #[test]
    fn numbers_and_texts_keep_how_they_were_written() {
        let text = r#"{"a":1.10,"b":1e2,"c":"\u00e9\/","d":[99999999999999.990,null,true]}"#;
        assert_eq!(kept(false, text), text);
    }

    #[test]
    fn a_name_written_in_another_way_is_still_that_name() {
        assert_eq!(kept(false, r#"{"b\u0075yer":{"buyerName":"Sarah"},"x":1}"#), r#"{"x":1}"#);
    }

    #[test]
    fn what_is_too_deep_is_dropped() {
        let text = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(kept(false, &text).len() < 100);
    }

    #[test]
    fn what_is_no_order_at_all_is_kept_as_it_is() {
        for text in ["null", "12", "\"x\"", "[]", "{}"] {
            assert_eq!(kept(false, text), text);
        }
    }
}
