//! Tracking categories and their options.
//! <https://developer.xero.com/documentation/api/accounting/trackingcategories>

use base::call::escape;
use base::{Call, Request};
use serde::{Deserialize, Serialize};

use super::query::Query as _;
use super::{blank, operation, put};

/// All categories, archived ones included.
pub struct List;

impl Call for List {
    operation!("GET /TrackingCategories" => Page);

    fn request(&self) -> Request {
        Request::get("/TrackingCategories").with_archived()
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
    operation!("PUT /TrackingCategories" => Page);

    fn request(&self) -> Request {
        put("/TrackingCategories", self)
    }
}

/// Adds one option to a category.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddOption<'a> {
    #[serde(skip)]
    pub category_id: &'a str,
    /// At most 100 characters.
    pub name: &'a str,
}

impl Call for AddOption<'_> {
    operation!("PUT /TrackingCategories/{TrackingCategoryID}/Options" => Options);

    fn request(&self) -> Request {
        put(format!("/TrackingCategories/{}/Options", escape(self.category_id)), self)
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
