//! The trial balance: what every account comes to at the end of a day.
//! <https://developer.xero.com/documentation/api/accounting/reports#trialbalance>

use base::{Call, Day, Request};
use serde::Deserialize;

use super::{blank, operation};

pub struct Get {
    pub date: Day,
}

impl Call for Get {
    operation!("GET /Reports/TrialBalance" => Page);

    fn request(&self) -> Request {
        Request::get("/Reports/TrialBalance").query("date", self.date.to_string())
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    pub reports: Vec<Report>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    pub rows: Vec<Row>,
}

/// A row, or a section of rows. Every number is a text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Row {
    #[serde(deserialize_with = "blank::text")]
    pub row_type: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub cells: Vec<Cell>,
    #[serde(deserialize_with = "blank::list")]
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Cell {
    #[serde(deserialize_with = "blank::text")]
    pub value: Option<String>,
    #[serde(deserialize_with = "blank::list")]
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Attribute {
    #[serde(deserialize_with = "blank::text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "blank::text")]
    pub value: Option<String>,
}
