//! Tax rates. They are read and never created: rates that an application makes do not reach the
//! tax returns of Australia, New Zealand and the United Kingdom.
//! <https://developer.xero.com/documentation/api/accounting/taxrates>

use base::{Call, Exact, Request};
use serde::Deserialize;

use super::{blank, operation};

/// All tax rates.
pub struct List;

impl Call for List {
    operation!("GET /TaxRates" => Page);

    fn request(&self) -> Request {
        Request::get("/TaxRates")
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub tax_rates: Vec<TaxRate>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "five flags of Xero's, one for each class")]
pub struct TaxRate {
    pub name: String,
    pub tax_type: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub status: Option<String>,
    /// In percent.
    #[serde(default)]
    pub effective_rate: Option<Exact>,
    #[serde(default)]
    pub display_tax_rate: Option<Exact>,
    #[serde(default, deserialize_with = "blank::flag")]
    pub can_apply_to_assets: bool,
    #[serde(default, deserialize_with = "blank::flag")]
    pub can_apply_to_equity: bool,
    #[serde(default, deserialize_with = "blank::flag")]
    pub can_apply_to_expenses: bool,
    #[serde(default, deserialize_with = "blank::flag")]
    pub can_apply_to_liabilities: bool,
    #[serde(default, deserialize_with = "blank::flag")]
    pub can_apply_to_revenue: bool,
}
