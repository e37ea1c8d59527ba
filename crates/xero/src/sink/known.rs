//! What is known of the documents that an intent refers to: their receipts.

use std::collections::BTreeMap;

use intents::{ContactRef, IntentId, Receipt};

/// The receipts of what the members need.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    receipts: &'a BTreeMap<IntentId, Receipt>,
}

impl<'a> Known<'a> {
    pub(super) fn new(receipts: &'a BTreeMap<IntentId, Receipt>) -> Known<'a> {
        Known { receipts }
    }

    pub(super) fn receipt(self, intent: &IntentId) -> Option<&'a Receipt> {
        self.receipts.get(intent)
    }

    /// Xero's id of what an intent made.
    pub(super) fn id(self, intent: &IntentId) -> Option<&'a str> {
        self.receipt(intent).map(|receipt| receipt.remote_id.as_str())
    }

    pub(super) fn contact(self, contact: &'a ContactRef) -> Option<&'a str> {
        match contact {
            ContactRef::Known(contact_id) => Some(contact_id),
            ContactRef::Made(intent) => self.id(intent),
        }
    }
}

/// Xero's ids are UUIDs: their letters' case means nothing.
pub(super) fn is_same_id(found: Option<&str>, meant: &str) -> bool {
    found.is_some_and(|found| found.eq_ignore_ascii_case(meant))
}
