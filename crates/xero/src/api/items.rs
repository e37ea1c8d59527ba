//! Items: what is sold, by its code.
//! <https://developer.xero.com/documentation/api/accounting/items>

use base::{Call, CallError, Host, Limit, Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{Complaint, blank, body, json};
use crate::spec;

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
pub struct Create<'a> {
    pub items: Vec<NewItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    items: &'a [NewItem<'a>],
}

impl Call for Create<'_> {
    type Reply = Page;
    const OPERATION: &'static str = "PUT /Items";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::new(Method::Put, Host::Api, "/Items")
            .query("summarizeErrors", "false")
            .query("unitdp", "4")
            .json(body(&Written { items: &self.items }))
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
    }
}

/// All items: this list has no pages.
pub struct List;

impl Call for List {
    type Reply = Page;
    const OPERATION: &'static str = "GET /Items";
    const LIMIT: Limit = spec::LIMIT;

    fn request(&self) -> Request {
        Request::get("/Items").query("unitdp", "4")
    }

    fn read(&self, response: &Response) -> Result<Page, CallError> {
        json(response)
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
