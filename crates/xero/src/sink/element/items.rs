//! Items in a reply, by code.

use intents::{Body, Receipt};

use super::{Element, Verdict};
use crate::api::items;
use crate::sink::compare::ReadBack;
use crate::sink::known::Known;

impl Element for items::Item {
    fn verdict(&self) -> Verdict<'_> {
        Verdict {
            remote_id: self.item_id.as_deref(),
            has_errors: self.has_validation_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().collect(),
            warnings: &[],
        }
    }

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::Item(made) = body else { return false };
        self.code.as_deref() == Some(made.code.as_str())
    }

    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        let Body::Item(_) = body else { return None };
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.item_id.clone()?,
            number: self.code.clone(),
            status: "ACTIVE".to_owned(),
            total: None,
            tax: None,
        });
        if self.is_tracked_as_inventory {
            let words = "stock: an untracked item was meant, Xero keeps the quantity of this one";
            back.differences.push(words.to_owned());
        }
        Some(back)
    }
}
