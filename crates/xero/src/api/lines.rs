//! The lines of invoices and credit notes.
//! <https://developer.xero.com/documentation/api/accounting/invoices#lineitems-element>

use base::Exact;
use serde::{Deserialize, Serialize};

use super::{Complaint, blank};

/// A line to be created. `LineAmount` is left out: Xero works it out from the other two, and
/// refuses three numbers that do not agree.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewLine<'a> {
    pub description: &'a str,
    pub quantity: Exact,
    pub unit_amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_code: Option<&'a str>,
    /// For accounts without a code.
    #[serde(rename = "AccountID", skip_serializing_if = "Option::is_none")]
    pub account_id: Option<&'a str>,
    pub tax_type: &'a str,
    /// Left out where Xero works it out and takes no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Exact>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tracking: Vec<NewTracking<'a>>,
}

#[derive(Debug, Clone, Serialize)]
pub struct NewTracking<'a> {
    #[serde(rename = "TrackingCategoryID")]
    pub category_id: &'a str,
    #[serde(rename = "TrackingOptionID")]
    pub option_id: &'a str,
}

/// The party of a document, by id alone: any other field would change the contact.
#[derive(Debug, Clone, Serialize)]
pub struct ContactById<'a> {
    #[serde(rename = "ContactID")]
    pub contact_id: &'a str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Line {
    #[serde(deserialize_with = "blank::text")]
    pub description: Option<String>,
    pub quantity: Option<Exact>,
    pub unit_amount: Option<Exact>,
    pub line_amount: Option<Exact>,
    #[serde(deserialize_with = "blank::text")]
    pub item_code: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub account_code: Option<String>,
    #[serde(rename = "AccountID", deserialize_with = "blank::text")]
    pub account_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub tax_type: Option<String>,
    pub tax_amount: Option<Exact>,
    #[serde(deserialize_with = "blank::list")]
    pub tracking: Vec<Tracking>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Tracking {
    #[serde(rename = "TrackingCategoryID", deserialize_with = "blank::text")]
    pub category_id: Option<String>,
    #[serde(rename = "TrackingOptionID", deserialize_with = "blank::text")]
    pub option_id: Option<String>,
}

/// The party of a document as a reply names it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Party {
    #[serde(rename = "ContactID", deserialize_with = "blank::text")]
    pub contact_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}
