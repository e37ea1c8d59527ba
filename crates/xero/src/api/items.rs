//! Items: what is sold, by its code.
//! <https://developer.xero.com/documentation/api/accounting/items>

use base::{Call, Request};
use serde::{Deserialize, Serialize};

use super::query::Query as _;
use super::{Complaint, blank, operation, put};

/// An untracked item: without the two inventory accounts Xero keeps no quantity of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewItem<'a> {
    pub code: &'a str,
    pub name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
    pub is_sold: bool,
    pub is_purchased: bool,
}

/// Creates items, each judged alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Create<'a> {
    pub items: Vec<NewItem<'a>>,
}

impl Call for Create<'_> {
    operation!("PUT /Items" => Page);

    fn request(&self) -> Request {
        put("/Items", self).judged_alone().four_decimals()
    }
}

/// All items: this list has no pages.
pub struct List;

impl Call for List {
    operation!("GET /Items" => Page);

    fn request(&self) -> Request {
        Request::get("/Items").four_decimals()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Item {
    #[serde(rename = "ItemID", deserialize_with = "blank::text")]
    pub item_id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub code: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "blank::flag")]
    pub is_tracked_as_inventory: bool,
    #[serde(deserialize_with = "blank::object")]
    pub sales_details: Option<Side>,
    #[serde(deserialize_with = "blank::flag")]
    pub has_validation_errors: bool,
    #[serde(deserialize_with = "blank::text")]
    pub status_attribute_string: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub validation_errors: Vec<Complaint>,
}

/// What an item brings to a sales line.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Side {
    #[serde(deserialize_with = "blank::text")]
    pub account_code: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub tax_type: Option<String>,
}
