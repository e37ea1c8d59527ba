//! Contacts: customers and suppliers.
//! <https://developer.xero.com/documentation/api/accounting/contacts>

use base::{Call, Request};
use serde::{Deserialize, Serialize};

use super::query::Query as _;
use super::{Complaint, Pagination, blank, operation, put};

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewContact<'a> {
    pub name: &'a str,
    /// Can be written by applications alone.
    pub contact_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<&'a str>,
}

/// Creates contacts, each judged alone. `PUT` fails where a name or number is taken.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub contacts: Vec<NewContact<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /Contacts" => Page);

    fn request(&self) -> Request {
        put("/Contacts", self).judged_alone()
    }
}

/// One page of all contacts, archived ones included.
pub struct List {
    pub page: u32,
}

impl Call for List {
    operation!("GET /Contacts" => Page);

    fn request(&self) -> Request {
        Request::get("/Contacts").with_archived().page(self.page)
    }
}

/// Contacts that fulfil a condition, archived ones included.
pub struct Where {
    pub condition: String,
}

impl Call for Where {
    operation!("GET /Contacts" => Page);

    fn request(&self) -> Request {
        Request::get("/Contacts").query("where", self.condition.clone()).with_archived().page(1)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub contacts: Vec<Contact>,
    #[serde(rename = "pagination", default)]
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Contact {
    #[serde(rename = "ContactID", deserialize_with = "blank::text")]
    pub contact_id: Option<String>,
    #[serde(rename = "MergedToContactID", deserialize_with = "blank::text")]
    pub merged_to: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub contact_number: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub contact_status: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub email_address: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_validation_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
    #[serde(deserialize_with = "blank::list")]
    pub warnings: Vec<Complaint>,
}

impl Contact {
    /// Archived contacts cannot be used in new documents.
    pub fn is_active(&self) -> bool {
        self.contact_status.as_deref() == Some("ACTIVE")
    }
}
