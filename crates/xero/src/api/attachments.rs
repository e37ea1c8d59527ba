//! Files shown at a document.
//! <https://developer.xero.com/documentation/api/accounting/attachments>

use base::call::escape;
use base::{Call, Host, Method, Request};
use serde::Deserialize;

use super::{Complaint, blank, operation};

/// Xero takes files of up to 10 MB, and ten of them at a document.
pub const BYTES_MAX: usize = 10 * 1024 * 1024;

/// Puts a file at a document. One of the same name there is replaced.
pub struct Put<'a> {
    /// The document's resource: `Invoices`, `CreditNotes`, `BankTransactions` and so on.
    pub endpoint: &'a str,
    pub document_id: &'a str,
    pub file_name: &'a str,
    pub content_type: &'a str,
    pub bytes: &'a [u8],
}

impl Call for Put<'_> {
    operation!("PUT /{Endpoint}/{DocumentID}/Attachments/{FileName}" => Page);

    fn request(&self) -> Request {
        let (document, name) = (escape(self.document_id), escape(self.file_name));
        let path = format!("/{}/{document}/Attachments/{name}", self.endpoint);
        let mut request =
            Request::new(Method::Put, Host::Api, path).header("content-type", self.content_type);
        request.body = self.bytes.to_vec();
        request
    }
}

/// The files of a document.
pub struct List<'a> {
    pub endpoint: &'a str,
    pub document_id: &'a str,
}

impl Call for List<'_> {
    operation!("GET /{Endpoint}/{DocumentID}/Attachments" => Page);

    fn request(&self) -> Request {
        let document = escape(self.document_id);
        Request::get(format!("/{}/{document}/Attachments", self.endpoint))
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub attachments: Vec<Attachment>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Attachment {
    #[serde(rename = "AttachmentID", deserialize_with = "blank::text")]
    pub attachment_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub file_name: Option<String>,
    pub content_length: Option<u64>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}
