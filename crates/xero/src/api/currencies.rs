//! The currencies that an organisation is subscribed to.
//! <https://developer.xero.com/documentation/api/accounting/currencies>

use base::{Call, Request};
use serde::{Deserialize, Serialize};

use super::{operation, put};

/// All currencies of the organisation.
pub struct List;

impl Call for List {
    operation!("GET /Currencies" => Page);

    fn request(&self) -> Request {
        Request::get("/Currencies")
    }
}

/// Subscribes the organisation to a currency. It cannot be taken back, and needs a plan with
/// several currencies.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Add<'a> {
    pub code: &'a str,
}

impl Call for Add<'_> {
    operation!("PUT /Currencies" => Page);

    fn request(&self) -> Request {
        put("/Currencies", self)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub currencies: Vec<Currency>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Currency {
    pub code: String,
}
