//! A file of the archive, put at a document.

use base::id::content_hash;
use base::{Call as _, Request};
use intents::{Attachment, Intent};

use super::super::known::Known;
use super::super::thing::endpoint;
use super::BuildError;
use super::parts::made_by;
use crate::api::attachments::{self, BYTES_MAX};

/// The bytes must be those that were archived: once more they are held against their hash.
pub(super) fn attachment(
    intent: &Intent,
    file: &Attachment,
    known: Known<'_>,
) -> Result<Request, BuildError> {
    let id = || intent.id.clone();
    let Some(endpoint) = endpoint(file.to_kind) else {
        return Err(BuildError::NotAttachable { intent: id(), kind: file.to_kind });
    };
    let bytes = known.file(&file.hash).filter(|bytes| content_hash(bytes) == file.hash);
    let bytes = bytes.ok_or_else(|| BuildError::WrongFile { intent: id() })?;
    if bytes.len() > BYTES_MAX {
        let (bytes, max) = (bytes.len(), BYTES_MAX);
        return Err(BuildError::AttachmentTooLarge { intent: id(), bytes, max });
    }
    let call = attachments::Put {
        endpoint,
        document_id: made_by(intent, &file.to, known)?,
        file_name: &file.file_name,
        content_type: &file.content_type,
        bytes,
    };
    Ok(call.request())
}
