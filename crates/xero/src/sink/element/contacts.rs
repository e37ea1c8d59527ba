//! Contacts in a reply, by our number or else by name.

use intents::{Body, Receipt};

use super::{Element, Verdict};
use crate::api::contacts;
use crate::sink::compare::ReadBack;
use crate::sink::known::Known;

impl Element for contacts::Contact {
    fn verdict(&self) -> Verdict<'_> {
        Verdict {
            remote_id: self.contact_id.as_deref(),
            has_errors: self.has_validation_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().collect(),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::Contact(made) = body else { return false };
        match self.contact_number.as_deref() {
            Some(number) => number == made.number,
            None => self.name.as_deref() == Some(made.name.as_str()),
        }
    }

    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        let Body::Contact(made) = body else { return None };
        let number = self.contact_number.as_deref().unwrap_or_default();
        let mut back = ReadBack::equal(self.receipt(number)?);
        if number != made.number {
            back.differs("number", &made.number, format!("{number:?}"));
        }
        Some(back)
    }
}

impl contacts::Contact {
    /// Xero's word that it exists. A merged contact lives on as the one it was merged into.
    pub(in crate::sink) fn receipt(&self, number: &str) -> Option<Receipt> {
        let id = self.merged_to.as_deref().or(self.contact_id.as_deref())?;
        Some(Receipt {
            remote_id: id.to_owned(),
            number: Some(number.to_owned()),
            status: self.contact_status.clone().unwrap_or_else(|| "ACTIVE".to_owned()),
            total: None,
            tax: None,
        })
    }
}
