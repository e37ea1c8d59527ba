//! What is known of the documents that an intent refers to: their receipts, and the bytes of files.

use std::collections::BTreeMap;

use intents::{ContactRef, IntentId, Receipt};

/// What requests are made from, and replies judged by, beside the intents themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The receipts of every intent that the members refer to.
    pub receipts: BTreeMap<IntentId, Receipt>,
    /// The bytes of the files that attachments name, by their content hash.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl From<BTreeMap<IntentId, Receipt>> for Given {
    fn from(receipts: BTreeMap<IntentId, Receipt>) -> Given {
        Given { receipts, files: BTreeMap::new() }
    }
}

/// The receipts and files of what the members need.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    given: &'a Given,
}

impl<'a> Known<'a> {
    pub(super) fn new(given: &'a Given) -> Known<'a> {
        Known { given }
    }

    pub(super) fn receipt(self, intent: &IntentId) -> Option<&'a Receipt> {
        self.given.receipts.get(intent)
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

    pub(super) fn file(self, hash: &str) -> Option<&'a [u8]> {
        self.given.files.get(hash).map(Vec::as_slice)
    }
}

/// Xero's ids are UUIDs: their letters' case means nothing.
pub(super) fn is_same_id(found: Option<&str>, meant: &str) -> bool {
    found.is_some_and(|found| found.eq_ignore_ascii_case(meant))
}
