//! Files in a reply, by their names.

use intents::{Body, Receipt};

use super::{Element, Verdict};
use crate::api::attachments;
use crate::sink::compare::ReadBack;
use crate::sink::known::Known;

impl Element for attachments::Attachment {
    fn verdict(&self) -> Verdict<'_> {
        Verdict {
            remote_id: self.attachment_id.as_deref(),
            has_errors: self.has_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().collect(),
            warnings: &[],
        }
    }

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::Attachment(file) = body else { return false };
        self.file_name.as_deref() == Some(file.file_name.as_str())
    }

    /// Xero shows no hash: name and size have to do.
    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        let Body::Attachment(file) = body else { return None };
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.attachment_id.clone()?,
            number: Some(file.file_name.clone()),
            status: "ATTACHED".to_owned(),
            total: None,
            tax: None,
        });
        let size = u64::try_from(known.file(&file.hash)?.len()).ok()?;
        back.check("bytes", size, self.content_length?);
        Some(back)
    }
}
