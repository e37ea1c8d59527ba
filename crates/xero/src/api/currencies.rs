//! The currencies that an organisation is subscribed to.
//! <https://developer.xero.com/documentation/api/accounting/currencies>

use base::{Call, CallError, Host, Limit, Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{body, json};
use crate::spec;

/// All currencies of the organisation.
pub struct List;

impl Call for List {
    type Reply = Page;
    const OPERATION: &'static str = "GET /Currencies";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::get("/Currencies")
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
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
    type Reply = Page;
    const OPERATION: &'static str = "PUT /Currencies";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::new(Method::Put, Host::Api, "/Currencies").json(body(self))
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
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
