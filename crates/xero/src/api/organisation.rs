//! The organisation itself.
//! <https://developer.xero.com/documentation/api/accounting/organisation>

use base::{Call, CallError, Limit, Request, Response};
use serde::Deserialize;

use super::{blank, json};
use crate::spec;

/// The organisation that the tenant id names.
pub struct Get;

impl Call for Get {
    type Reply = Organisation;
    const OPERATION: &'static str = "GET /Organisation";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::get("/Organisation")
    }

    fn read(&self, response: &Response) -> Result<Organisation, CallError> {
        let page: Page = json(response)?;
        let detail = "the reply names no organisation".to_owned();
        page.organisations.into_iter().next().ok_or(CallError::Unreadable { detail })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    organisations: Vec<Organisation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organisation {
    #[serde(rename = "OrganisationID")]
    pub organisation_id: String,
    pub name: String,
    pub base_currency: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub country_code: Option<String>,
    #[serde(default, deserialize_with = "blank::text")]
    pub version: Option<String>,
    #[serde(default, deserialize_with = "blank::text")]
    pub class: Option<String>,
    /// A Windows name without spaces: `GMTSTANDARDTIME`.
    pub timezone: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub sales_tax_basis: Option<String>,
    #[serde(default, deserialize_with = "blank::flag")]
    pub pays_tax: bool,
    #[serde(default, deserialize_with = "blank::flag")]
    pub is_demo_company: bool,
    /// Shown if set.
    #[serde(default, deserialize_with = "blank::text")]
    pub period_lock_date: Option<String>,
    /// Shown if set.
    #[serde(default, deserialize_with = "blank::text")]
    pub end_of_year_lock_date: Option<String>,
    #[serde(default, deserialize_with = "blank::text")]
    pub short_code: Option<String>,
}
