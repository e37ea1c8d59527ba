//! Tracking categories and their options.
//! <https://developer.xero.com/documentation/api/accounting/trackingcategories>

use base::call::escape;
use base::{Call, CallError, Host, Limit, Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{blank, body, json};
use crate::spec;

/// All categories, archived ones included.
pub struct List;

impl Call for List {
    type Reply = Page;
    const OPERATION: &'static str = "GET /TrackingCategories";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::get("/TrackingCategories").query("includeArchived", "true")
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
    }
}

/// Creates a category. An organisation has two active ones at most.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateCategory<'a> {
    /// At most 100 characters.
    pub name: &'a str,
}

impl Call for CreateCategory<'_> {
    type Reply = Page;
    const OPERATION: &'static str = "PUT /TrackingCategories";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::new(Method::Put, Host::Api, "/TrackingCategories").json(body(self))
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
    }
}

/// Adds one option to a category.
pub struct AddOption<'a> {
    pub category_id: &'a str,
    /// At most 100 characters.
    pub name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewOption<'a> {
    name: &'a str,
}

impl Call for AddOption<'_> {
    type Reply = Options;
    const OPERATION: &'static str = "PUT /TrackingCategories/{TrackingCategoryID}/Options";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        let path = format!("/TrackingCategories/{}/Options", escape(self.category_id));
        Request::new(Method::Put, Host::Api, path).json(body(&NewOption { name: self.name }))
    }

    fn read(&self, response: &Response) -> Result<Options, CallError> {
        json(response)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub tracking_categories: Vec<Category>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Options {
    pub options: Vec<CategoryOption>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Category {
    #[serde(rename = "TrackingCategoryID")]
    pub category_id: String,
    pub name: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "blank::list")]
    pub options: Vec<CategoryOption>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CategoryOption {
    #[serde(rename = "TrackingOptionID")]
    pub option_id: String,
    pub name: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub status: Option<String>,
}
